// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handlers that only count: "n++", "n += 2", or nothing at all.  The runtime adds for
 * them, without a context and without a call (struct taprt_add).
 */
#include "build/emit/em.h"

#include "build/base/vec.h"
#include "build/families/family.h"
#include "build/session.h"

#include <inttypes.h>

struct add {
	const struct sym *to;
	int64_t by;
};

struct adds {
	VEC(struct add) v;
	bool ended; /* what follows is not reached */
};

static bool adds_expr(const struct em *em, const struct ast_expr *e,
		      struct adds *a)
{
	uint64_t by = e->kind == EX_ASSIGN ? (uint64_t)e->b->num : 1;

	if (!effect_is_add(e) || e->a->kind != EX_NAME ||
	    em->guard[e->a->sym->index] != GUARD_ATOMIC ||
	    (e->kind == EX_ASSIGN && e->b->kind != EX_NUMBER))
		return false;
	vec_push(&a->v, (struct add){ e->a->sym,
				      (int64_t)(e->op == OP_SUB ? -by : by) });
	return true;
}

/* false: it does something else. */
static bool adds_stmt(const struct em *em, const struct ast_stmt *s,
		      struct adds *a)
{
	switch (s->kind) {
	case ST_EMPTY:
		return true;
	case ST_NEXT:
		a->ended = true;
		return true;
	case ST_EXPR:
		return adds_expr(em, s->e, a);
	case ST_BLOCK:
		for (size_t i = 0; i < s->nbody && !a->ended; i++)
			if (!adds_stmt(em, s->body[i], a))
				return false;
		return true;
	default:
		return false;
	}
}

/* @a, empty, gets what handler @i adds; the caller frees it. */
static bool adds_of(struct em *em, size_t i, struct adds *a)
{
	const struct dprobe *p = em->p->probes.v[i];

	return p->kind->flags & KIND_HOT && !p->cond && !p->saved.n &&
	       !em->strict && !em->s->timing && !em->p->limits->alibi &&
	       !effect_switches(em, &em->handler[i]) &&
	       adds_stmt(em, p->body, a);
}

bool em_adds(struct em *em, size_t i)
{
	struct adds a = { .ended = false };
	bool only = adds_of(em, i, &a);

	vec_deinit(&a.v);
	return only;
}

static void adds_print(struct em *em, size_t i, const struct adds *a)
{
	const struct add *add;

	cw_open(&em->w, "static const struct taprt_add a%zu[%zu] =", i,
		a->v.n + 1);
	vec_foreach(add, &a->v)
		cw_line(&em->w, "{ &%s, (s64)%" PRIu64 "ULL },",
			em_var(em, add->to), (uint64_t)add->by);
	cw_line(&em->w, "{ 0 },");
	cw_close(&em->w, ";");
	cw_blank(&em->w);
}

void em_adds_print(struct em *em, size_t i)
{
	struct adds a = { .ended = false };

	if (adds_of(em, i, &a))
		adds_print(em, i, &a);
	vec_deinit(&a.v);
}
