// SPDX-License-Identifier: GPL-2.0-only
/* From functions that were found to the labels in them and to what they call. */
#include "build/base/arena.h"
#include "build/base/glob.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/families/dwfind.h"
#include "build/families/dwfind_priv.h"

#include <string.h>

/* ---- labels ------------------------------------------------------------------------ */

static void labels_below(struct dwfind *w, const struct dwspot *fn,
			 struct dwx_scope *s, const char *glob)
{
	struct dwx_scope *c;
	size_t i;

	for (i = 0; i < s->nlabels; i++) {
		const struct dwx_label *l = &s->label[i];
		struct dwspot spot = *fn;

		if (!l->pc || !glob_match(glob, l->name))
			continue;
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

struct calls {
	struct dwfind *w;
	const struct spec *s;
	VEC(struct called) v;
};

static void add_call(struct calls *c, uint32_t unit, const struct dwx_call *l)
{
	struct called *d, new = { .name = l->callee, .unit = unit };

	if (!*l->callee || !glob_match(c->s->func, l->callee))
		return;
	if (l->is_tail || !l->return_pc) {
		c->w->ntails++;
		return;
	}
	vec_foreach(d, &c->v) {
		if (d->unit != unit || strcmp(d->name, l->callee))
			continue;
		vec_apush(c->w->a, &d->from, l->return_pc);
		return;
	}
	vec_apush(c->w->a, &new.from, l->return_pc);
	vec_apush(c->w->a, &c->v, new);
}

/* The code of a function has what was inlined into it. */
static void calls_below(struct calls *c, uint32_t unit,
			const struct dwx_scope *s)
{
	const struct dwx_scope *k;
	size_t i;

	for (i = 0; i < s->ncalls; i++)
		add_call(c, unit, &s->call[i]);
	for (k = s->child; k; k = k->next)
		calls_below(c, unit, k);
}

/* What is called from more than one place is one spot. */
static void add_callee(struct dwfind *w, const struct called *d,
		       const struct dwx_body *b)
{
	struct dwspot *p, spot = dwfind_spot(w, b, b->top, b->top->entry);
	uint64_t *from;

	vec_foreach(p, &w->spots)
		if (p->at.pc == spot.at.pc)
			break;
	if (p == w->spots.v + w->spots.n) {
		dwfind_add(w, &spot);
		p = &w->spots.v[w->spots.n - 1];
	}
	from = arena_array(w->a, uint64_t, p->ncallers + d->from.n);
	if (p->ncallers)
		memcpy(from, p->caller, p->ncallers * sizeof(*from));
	memcpy(from + p->ncallers, d->from.v, d->from.n * sizeof(*from));
	p->caller = from;
	p->ncallers += d->from.n;
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
					add_callee(c->w, d, b);
			}
		}
	}
	return rc;
}

static bool was_caller(const struct dwspot *v, size_t n, uint64_t pc)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].at.pc == pc)
			return true;
	return false;
}

/* Calls of the functions [@from, @to) of @fn are found into @w->spots. */
static int one_level(struct dwfind *w, const struct spec *s,
		     const struct dwspot *fn, size_t from, size_t to,
		     struct err *e)
{
	struct calls c = { .w = w, .s = s };
	struct called *d;
	size_t i;
	int rc = 0;

	for (i = from; i < to; i++)
		if (!was_caller(fn + from, i - from, fn[i].at.pc))
			calls_below(&c, fn[i].at.body->unit, fn[i].at.scope);
	vec_foreach(d, &c.v) {
		rc = find_callee(&c, d, e);
		if (rc < 0)
			break;
	}
	return rc;
}

int dwfind_callees(struct dwfind *w, const struct spec *s, unsigned int depth,
		   struct err *e)
{
	struct dwspot *fn = w->spots.v;
	size_t n = w->spots.n, done = 0;
	int rc;

	memset(&w->spots, 0, sizeof(w->spots));
	rc = one_level(w, s, fn, 0, n, e);
	while (rc == 0 && --depth && done < w->spots.n) {
		struct dwspot *level = w->spots.v;
		size_t to = w->spots.n;

		/* the vector may move while it grows */
		level = arena_memdup(w->a, level, to * sizeof(*level));
		rc = one_level(w, s, level, done, to, e);
		done = to;
	}
	return rc;
}
