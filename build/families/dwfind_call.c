// SPDX-License-Identifier: GPL-2.0-only
/* From functions that were found to the labels in them and to what they call. */
#include "build/base/arena.h"
#include "build/base/glob.h"
#include "build/base/map.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/families/dwfind.h"
#include "build/families/dwfind_priv.h"

#include <string.h>

#define OTHERS 200 /* names that are kept for a message */

static void add_other(struct dwfind *w, const char *name)
{
	const char **p;

	if (!*name || w->others.n == OTHERS)
		return;
	vec_foreach(p, &w->others)
		if (!strcmp(*p, name))
			return;
	vec_apush(w->a, &w->others, name);
}

/* ---- labels ------------------------------------------------------------------------ */

static void labels_below(struct dwfind *w, const struct dwspot *fn,
			 struct dwx_scope *s, const char *glob)
{
	struct dwx_scope *c;
	size_t i;

	for (i = 0; i < s->nlabels; i++) {
		const struct dwx_label *l = &s->label[i];
		struct dwspot spot = *fn;

		if (!l->pc)
			continue;
		if (!glob_match(glob, l->name)) {
			add_other(w, l->name);
			continue;
		}
		spot.at.pc = l->pc;
		spot.at.scope = dwx_scope_at(fn->at.body, l->pc);
		if (!spot.at.scope)
			spot.at.scope = s;
		spot.label = l->name;
		dwfind_add(w, &spot);
	}
	for (c = s->child; c; c = c->next)
		if (c->kind == DWX_SCOPE_BLOCK)
			labels_below(w, fn, c, glob);
}

int dwfind_labels(struct dwfind *w, const char *glob)
{
	size_t i, n = w->spots.n;
	struct dwspot *fn = w->spots.v;

	memset(&w->spots, 0, sizeof(w->spots));
	for (i = 0; i < n; i++)
		labels_below(w, &fn[i], fn[i].at.scope, glob);
	return 0;
}

/* ---- calls -------------------------------------------------------------------------- */

/* One name that is called, from one unit. */
struct called {
	const char *name;
	uint32_t unit;
	VEC(uint64_t) from;
};

/* Addresses that calls return to; of one of @w->spots. */
struct callers {
	VEC(uint64_t) v;
};

/**
 * struct calls - a search for callees, level by level
 * @v: what the functions of a level call, by what and where from in @called
 * @spot: callers by the callee's address, in the order of @w->spots
 * @seen: scopes whose calls were taken: what is inlined is in two functions
 */
struct calls {
	struct dwfind *w;
	const struct spec *s;
	VEC(struct called *) v;
	struct map called, spot, seen;
};

static void add_call(struct calls *c, uint32_t unit, const struct dwx_call *l)
{
	struct called *d;
	const char *key;

	if (!*l->callee)
		return;
	if (!glob_match(c->s->func, l->callee)) {
		if (!l->is_tail && l->return_pc)
			add_other(c->w, l->callee);
		return;
	}
	if (l->is_tail || !l->return_pc) {
		c->w->ntails++;
		return;
	}
	key = arena_printf(c->w->a, "%x:%s", unit, l->callee);
	d = map_get(&c->called, key);
	if (!d) {
		d = arena_new(c->w->a, struct called);
		d->name = l->callee;
		d->unit = unit;
		map_put(&c->called, key, d);
		vec_apush(c->w->a, &c->v, d);
	}
	vec_apush(c->w->a, &d->from, l->return_pc);
}

/* The code of a function has what was inlined into it. */
static void calls_below(struct calls *c, uint32_t unit,
			const struct dwx_scope *s)
{
	const struct dwx_scope *k;
	size_t i;

	/* a block is in one function only */
	if (s->kind != DWX_SCOPE_BLOCK &&
	    map_put(&c->seen, arena_printf(c->w->a, "%p", (const void *)s), c))
		return;
	for (i = 0; i < s->ncalls; i++)
		add_call(c, unit, &s->call[i]);
	for (k = s->child; k; k = k->next)
		calls_below(c, unit, k);
}

/* What is called from more than one place is one spot. */
static void add_callee(struct calls *c, const struct called *d,
		       const struct dwx_body *b)
{
	struct dwspot spot = dwfind_spot(c->w, b, b->top, b->top->entry);
	struct arena *a = c->w->a;
	const char *key =
		arena_printf(a, "%llx", (unsigned long long)spot.at.pc);
	struct callers *to = map_get(&c->spot, key);
	const uint64_t *from;

	if (!to) {
		to = arena_new(a, struct callers);
		map_put(&c->spot, key, to);
		dwfind_add(c->w, &spot);
	}
	vec_foreach(from, &d->from)
		vec_apush(a, &to->v, *from);
}

/* Which of the functions of a name: the caller's own static one goes first. */
enum callee_rank { CALLEE_OTHER, CALLEE_EXTERNAL, CALLEE_OWN };

static enum callee_rank callee_rank(const struct called *d, uint32_t flags,
				    struct dwx_ref ref)
{
	if (ref.unit == d->unit)
		return CALLEE_OWN;
	return flags & DWX_FN_EXTERNAL ? CALLEE_EXTERNAL : CALLEE_OTHER;
}

static int find_callee(struct calls *c, const struct called *d, struct err *e)
{
	const struct dwx_dir *dir = c->w->f->dir;
	int best = -1, rc = 0, pass;
	size_t i, k, n;
	uint32_t *func;

	n = dwx_find_funcs(dir, d->name, c->s->file, c->w->a, &func);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < n; i++) {
			struct dwx_func f = dwx_func(dir, func[i]);

			for (k = 0; k < f.nrefs && rc == 0; k++) {
				struct dwx_ref ref = dwx_ref(dir, func[i], k);
				int rank = callee_rank(d, f.flags, ref);
				struct dwx_body *b;

				if (ref.is_inline)
					continue;
				if (!pass && rank > best)
					best = rank;
				if (!pass || rank != best)
					continue;
				rc = dwfind_body(c->w, ref, &b, e);
				if (rc == 0)
					add_callee(c, d, b);
			}
		}
	}
	return rc;
}

/* Calls of the functions [@from, @to) of @fn are found into @w->spots. */
static int one_level(struct calls *c, const struct dwspot *fn, size_t from,
		     size_t to, struct err *e)
{
	struct called **d;
	size_t i;
	int rc = 0;

	for (i = from; i < to; i++)
		calls_below(c, fn[i].at.body->unit, fn[i].at.scope);
	vec_foreach(d, &c->v) {
		rc = find_callee(c, *d, e);
		if (rc < 0)
			break;
	}
	c->v.n = 0;
	map_deinit(&c->called);
	return rc;
}

int dwfind_callees(struct dwfind *w, const struct spec *s, unsigned int depth,
		   struct err *e)
{
	struct calls c = { .w = w, .s = s };
	struct dwspot *fn = w->spots.v;
	size_t i, n = w->spots.n, done = 0;
	int rc;

	memset(&w->spots, 0, sizeof(w->spots));
	rc = one_level(&c, fn, 0, n, e);
	while (rc == 0 && --depth && done < w->spots.n) {
		struct dwspot *level = w->spots.v;
		size_t to = w->spots.n;

		/* the vector may move while it grows */
		level = arena_memdup(w->a, level, to * sizeof(*level));
		rc = one_level(&c, level, done, to, e);
		done = to;
	}
	for (i = 0; i < w->spots.n; i++) {
		const struct callers *to = c.spot.ent[i].val;

		w->spots.v[i].caller = to->v.v;
		w->spots.v[i].ncallers = to->v.n;
	}
	map_deinit(&c.spot);
	map_deinit(&c.seen);
	return rc;
}
