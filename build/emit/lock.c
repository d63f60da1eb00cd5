// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which globals need locks, and where a handler holds them.
 *
 * begin, end and error probes run alone (before arming, after disarming), so
 * only handlers of the other families count.  A global that none of them changes
 * needs no lock.  What they only add to, in handlers that do not also read it, is
 * the same in every order:
 *
 * - A scalar is added to with relaxed atomics; a reader sees some value the counter
 *   really had.
 * - A statistic is fed, and an array counted, per CPU.  While some handler deletes,
 *   those who feed share the lock, each CPU by a word of its own; so does a reader
 *   of a statistic, which merges.  Who reads a counter wants it alone, for the value
 *   to stay while the handler runs; an array that hot handlers read is therefore not
 *   spread but locked.
 * - A wrapping statistic evicts when it is fed, which a reader must not see.
 *
 * Sorting changes the order of a plain array's list, so it writes; what is spread
 * has its own lock for that.
 */
#include "build/emit/em.h"

#include "build/families/family.h"
#include "build/sema/limits.h"

static bool lock_concurrent(const struct dprobe *p)
{
	return p->kind->flags & KIND_CONCURRENT;
}

static bool lock_hot(const struct dprobe *p)
{
	return p->kind->flags & KIND_HOT;
}

/*
 * What concurrent handlers do with one global.
 * @mixed: some handler adds and reads or deletes
 * @hot: some hot handler reads or deletes
 */
struct lock_use {
	unsigned int all;
	bool mixed, hot;
};

static void lock_merge(const struct effect *fx, bool hot, struct lock_use *use)
{
	const struct effect_use *u;

	vec_foreach(u, &fx->uses) {
		struct lock_use *g = &use[u->index];
		bool looks = u->use & (USE_READ | USE_DELETE);

		g->all |= u->use;
		g->mixed |= (u->use & USE_ADD) && looks;
		g->hot |= hot && looks;
	}
}

static enum guard guard_stat(const struct sym *g, unsigned int use)
{
	if (g->wrap && use & USE_FEED && use & (USE_READ | USE_DELETE))
		return GUARD_LOCK;
	return use & USE_DELETE ? GUARD_SHARED : GUARD_NONE;
}

/* A counter a CPU takes 32 bytes an element and CPU: not for huge arrays. */
#define SPREAD_MAX 16384

static bool lock_spreads(struct em *em, const struct sym *g,
			 const struct lock_use *u)
{
	int64_t n =
		g->max_entries ? g->max_entries : em->p->limits->maxmapentries;

	return g->type == TY_LONG && g->arity > 0 && !g->wrap &&
	       n <= SPREAD_MAX && u->all & USE_ADD && !(u->all & USE_WRITE) &&
	       !u->mixed && !u->hot;
}

static enum guard guard_of(struct em *em, size_t i, const struct lock_use *u)
{
	const struct sym *g = em->p->globals.v[i];

	if (g->type == TY_STAT)
		return guard_stat(g, u->all);
	em->spread[i] = lock_spreads(em, g, u);
	if (em->spread[i])
		return u->all & (USE_READ | USE_DELETE) ? GUARD_SHARED
							: GUARD_NONE;
	if (u->all & (USE_WRITE | USE_DELETE | USE_SORT) || u->mixed)
		return GUARD_LOCK;
	if (u->all & USE_ADD)
		return g->arity ? GUARD_LOCK : GUARD_ATOMIC;
	return GUARD_NONE;
}

void lock_decide(struct em *em)
{
	struct lock_use *use =
		arena_array(&em->arena, struct lock_use, em->p->globals.n + 1);
	size_t i;

	for (i = 0; i < em->p->probes.n; i++) {
		const struct dprobe *p = em->p->probes.v[i];

		if (!lock_concurrent(p))
			continue;
		lock_merge(&em->handler[i], lock_hot(p), use);
		lock_merge(&em->entry[i], lock_hot(p), use);
		lock_merge(&em->cond[i], false, use);
	}
	for (i = 0; i < em->p->globals.n; i++)
		em->guard[i] = guard_of(em, i, &use[i]);
}

int lock_mode(struct em *em, size_t g, unsigned int use)
{
	bool stat = em->p->globals.v[g]->type == TY_STAT;

	if (!use)
		return 0;
	switch (em->guard[g]) {
	case GUARD_LOCK:
		if (stat) /* feeding evicts; the list has its own lock */
			use &= ~(unsigned int)USE_SORT;
		return use == USE_READ ? 1 : 2;
	case GUARD_SHARED:
		if (stat)
			return use & USE_DELETE ? 2 : 1;
		return use == USE_ADD ? 1 : 2;
	default:
		return 0;
	}
}

void lock_list(struct em *em, const char *name, const struct effect *fx,
	       struct em_fn *fn)
{
	const struct effect_use *u;

	fn->locks = NULL;
	fn->nlocks = 0;
	if (!lock_concurrent(fn->probe))
		return;
	vec_foreach(u, &fx->uses)
		fn->nlocks += lock_mode(em, u->index, u->use) != 0;
	if (!fn->nlocks)
		return;
	fn->locks = em_text(em, "%s_locks", name);
	cw_open(&em->w, "static const struct taprt_lockreq %s[] =", fn->locks);
	vec_foreach(u, &fx->uses) {
		int mode = lock_mode(em, u->index, u->use);

		if (mode)
			cw_line(&em->w, "{ %u, %d }, /* %s */", u->index,
				mode - 1, em->global[u->index]);
	}
	cw_close(&em->w, ";");
	cw_blank(&em->w);
}

/* ---- where ------------------------------------------------------------------- */

void em_lock(struct em *em)
{
	struct em_fn *fn = em->fn;

	cw_line(&em->w, "if (!taprt_lock(c, %s, %u))", fn->locks, fn->nlocks);
	cw_line(&em->w, "\tgoto %s;", em_goto(fn->leave));
	fn->err = fn->leave = &fn->unlock;
}

void em_touch(struct em *em)
{
	if (!em->fn || !em->fn->lock_pending)
		return;
	em->fn->lock_pending = false;
	em_lock(em);
}

void em_unlock(struct em *em)
{
	struct em_fn *fn = em->fn;

	cw_line(&em->w, "taprt_unlock(c, %s, %u);", fn->locks, fn->nlocks);
	fn->err = fn->leave = fn->out;
}

static void lock_list_at(struct em *em, struct ast_stmt *const *v, size_t n,
			 bool last);

/* The branches of an if after which nothing or something runs in the handler. */
static void lock_branch(struct em *em, struct ast_stmt *s, bool last)
{
	struct ast_stmt *const one[] = { s };

	if (!s)
		return;
	em_charge(em, one, 1);
	if (s->kind == ST_BLOCK)
		lock_list_at(em, s->body, s->nbody, last);
	else
		lock_list_at(em, one, 1, last);
}

static void branch_last(struct em *em, struct ast_stmt *s)
{
	lock_branch(em, s, true);
}

static void branch_inner(struct em *em, struct ast_stmt *s)
{
	lock_branch(em, s, false);
}

/* The only statement that needs the lock is a block or an if that decides
 * without it: take the lock inside, where a filtered-out hit never gets. */
static bool lock_inside(struct em *em, struct ast_stmt *s, bool last)
{
	uint32_t frame = em->fn->frame_now;

	if (s->kind == ST_BLOCK) {
		lock_list_at(em, s->body, s->nbody, last);
		return true;
	}
	if (s->kind != ST_IF || effect_locks_expr(em, s->e))
		return false;
	em_if(em, s, last ? branch_last : branch_inner);
	em->fn->frame_now = frame;
	return true;
}

/*
 * An error or next between lock and unlock goes to the label that releases; so
 * does the end of the region when it is the end of the handler.  A plain
 * expression takes the lock only at its first use of a global: what it reads
 * from user or kernel memory before that keeps nobody waiting.
 */
static void lock_around(struct em *em, struct ast_stmt *const *v, size_t n,
			bool last)
{
	struct em_fn *fn = em->fn;

	fn->lock_pending = true;
	if (v[0]->kind != ST_EXPR)
		em_touch(em);
	em_stmt(em, v[0]);
	em_touch(em); /* the first statement has done so by now */
	em_stmts(em, v + 1, n - 1);
	if (last) {
		cw_line(&em->w, "goto %s;", em_goto(&fn->unlock));
		fn->err = fn->leave = fn->out;
	} else {
		em_unlock(em);
	}
}

/* Statements before the first and after the last that need the lock run free. */
static void lock_list_at(struct em *em, struct ast_stmt *const *v, size_t n,
			 bool last)
{
	size_t from = 0, to = n;

	/* a handler that runs alone holds nothing */
	while (from < n && (!em->fn->locks || !effect_locks_stmt(em, v[from])))
		from++;
	while (to > from && !effect_locks_stmt(em, v[to - 1]))
		to--;
	em_stmts(em, v, from);
	if (to == from)
		return;
	last = last && to == n;
	if (to > from + 1 || !lock_inside(em, v[from], last))
		lock_around(em, v + from, to - from, last);
	em_stmts(em, v + to, n - to);
}

void em_locked_body(struct em *em, struct ast_stmt *s)
{
	lock_branch(em, s, true);
}
