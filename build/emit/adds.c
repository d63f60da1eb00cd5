// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handlers that only count: "n++", "n += 2", or nothing at all.  The runtime adds for
 * them, without a context and without a call (struct taprt_add).
 */
#include "build/emit/em.h"

#include "build/families/family.h"
#include "build/sema/limits.h"
#include "build/session.h"

#include <inttypes.h>

#define ADDS_MAX 8 /* more is a handler */

struct adds {
	struct {
		const struct sym *to;
		int64_t by;
	} v[ADDS_MAX];
	size_t n;
	bool ended; /* what follows is not reached */
};

static bool adds_expr(const struct em *em, const struct ast_expr *e,
		      struct adds *a)
{
	uint64_t by = e->kind == EX_ASSIGN ? (uint64_t)e->b->num : 1;

	if (!effect_is_add(e) || e->a->kind != EX_NAME ||
	    em->guard[e->a->sym->index] != GUARD_ATOMIC ||
	    (e->kind == EX_ASSIGN && e->b->kind != EX_NUMBER) ||
	    a->n == ADDS_MAX)
		return false;
	a->v[a->n].to = e->a->sym;
	a->v[a->n++].by = (int64_t)(e->op == OP_SUB ? -by : by);
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

/*
 * They are not measured for overload: what they do takes less than what brings the CPU
 * to them, which is never half of its time.
 */
static bool adds_of(struct em *em, size_t i, struct adds *a)
{
	const struct dprobe *p = em->p->probes.v[i];
	const struct limits *l = em->p->limits;

	*a = (struct adds){ .n = 0 };
	return p->kind->flags & KIND_HOT && !p->cond && !p->saved.n &&
	       !em->strict && !em->s->timing &&
	       (l->no_overload ||
		l->overload_threshold >= l->overload_interval / 2) &&
	       !effect_switches(em, &em->handler[i]) &&
	       adds_stmt(em, p->body, a);
}

bool em_adds(struct em *em, size_t i)
{
	struct adds a;

	return adds_of(em, i, &a);
}

void em_adds_print(struct em *em, size_t i)
{
	struct adds a;

	if (!adds_of(em, i, &a))
		return;
	cw_open(&em->w, "static const struct taprt_add a%zu[%zu] =", i,
		a.n + 1);
	for (size_t k = 0; k < a.n; k++)
		cw_line(&em->w, "{ &%s, (s64)%" PRIu64 "ULL },",
			em_var(em, a.v[k].to), (uint64_t)a.v[k].by);
	cw_line(&em->w, "{ 0 },");
	cw_close(&em->w, ";");
	cw_blank(&em->w);
}
