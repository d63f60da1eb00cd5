// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which globals need locks, and where a handler holds them.
 *
 * begin, end and error probes run alone (before arming, after disarming), so
 * only handlers of the other families count.  A global that none of them changes
 * needs no lock.  One whose only changes are "+=" and "++" as statements, in
 * handlers that do not also read it, is added to with relaxed atomics: the sum is
 * the same in every order, and a reader sees some value the counter really had.
 * Statistics guard themselves per CPU: feeding and merging need a lock only where
 * some handler deletes.  Sorting does not touch the array: the runtime gives each
 * foreach its own order.
 */
#include "build/emit/em.h"

static bool lock_concurrent(const struct dprobe *p)
{
	switch (p->family) {
	case TAPRT_BEGIN:
	case TAPRT_END:
	case TAPRT_ERROR:
		return false;
	default:
		return true;
	}
}

static bool lock_counter(const struct sym *g)
{
	return g->type == TY_LONG && !g->arity;
}

static void lock_merge(struct em *em, const struct effect *fx, uint8_t *all,
		       bool *mixed)
{
	for (size_t g = 0; g < em->p->globals.n; g++) {
		all[g] |= fx->use[g];
		mixed[g] |= (fx->use[g] & USE_ADD) && (fx->use[g] & USE_READ);
	}
}

void lock_decide(struct em *em)
{
	uint8_t *all = arena_alloc(&em->arena, em->p->globals.n + 1);
	bool *mixed = arena_array(&em->arena, bool, em->p->globals.n + 1);
	size_t i;

	for (i = 0; i < em->p->probes.n; i++) {
		if (!lock_concurrent(em->p->probes.v[i]))
			continue;
		lock_merge(em, &em->handler[i], all, mixed);
		lock_merge(em, &em->entry[i], all, mixed);
	}
	for (i = 0; i < em->p->globals.n; i++) {
		const struct sym *g = em->p->globals.v[i];
		unsigned int use = all[i];

		if (use & USE_WRITE || mixed[i])
			em->guard[i] = GUARD_LOCK;
		else if (use & USE_ADD)
			em->guard[i] =
				lock_counter(g) ? GUARD_ATOMIC : GUARD_LOCK;
		else
			em->guard[i] = GUARD_NONE;
	}
}

/* 0: not listed, 1: for reading, 2: for writing */
static int lock_mode(struct em *em, size_t g, unsigned int use)
{
	use &= ~(unsigned int)USE_FEED;
	if (em->guard[g] != GUARD_LOCK || !use)
		return 0;
	return use == USE_READ ? 1 : 2;
}

void lock_list(struct em *em, const char *name, const struct effect *fx,
	       struct em_fn *fn)
{
	fn->locks = NULL;
	fn->nlocks = 0;
	if (!lock_concurrent(fn->probe))
		return;
	for (size_t g = 0; g < em->p->globals.n; g++)
		fn->nlocks += lock_mode(em, g, fx->use[g]) != 0;
	if (!fn->nlocks)
		return;
	fn->locks = em_text(em, "%s_locks", name);
	cw_open(&em->w, "static const struct taprt_lockreq %s[] =", fn->locks);
	for (size_t g = 0; g < em->p->globals.n; g++) {
		int mode = lock_mode(em, g, fx->use[g]);

		if (mode)
			cw_line(&em->w, "{ %zu, %d }, /* %s */", g, mode - 1,
				em->global[g]);
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
	for (size_t i = 0; i < n; i++) {
		em_stmt(em, v[i]);
		em_touch(em); /* the first statement has done so by now */
	}
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
	size_t from = 0, to = n, i;

	/* a handler that runs alone holds nothing */
	while (from < n && (!em->fn->locks || !effect_locks_stmt(em, v[from])))
		from++;
	while (to > from && !effect_locks_stmt(em, v[to - 1]))
		to--;
	for (i = 0; i < from; i++)
		em_stmt(em, v[i]);
	if (to == from)
		return;
	last = last && to == n;
	if (to > from + 1 || !lock_inside(em, v[from], last))
		lock_around(em, v + from, to - from, last);
	for (i = to; i < n; i++)
		em_stmt(em, v[i]);
}

void em_locked_body(struct em *em, struct ast_stmt *s)
{
	lock_branch(em, s, true);
}
