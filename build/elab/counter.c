// SPDX-License-Identifier: GPL-2.0-only
/* @perf("NAME"): reading a perf counter. */
#include "build/elab/counter.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/elab/target_priv.h"
#include "build/sema/intrinsic.h"

/* What the counter says now; that it cannot be read is no error yet. */
static struct ast_expr *counter_call(struct sema *sm, struct span at, size_t id)
{
	return intrinsic_call(sm->a, at, "__perf_counter", 1,
			      tree_num(sm->a, at, (int64_t)id));
}

/* @read is the value, or an error here, where a try {} may be around it. */
static struct ast_expr *counter_value(struct sema *sm, struct span at,
				      size_t id, struct ast_expr *read)
{
	return intrinsic_call(sm->a, at, "__perf_value", 2,
			      tree_num(sm->a, at, (int64_t)id), read);
}

/* The variable with a counter's value; in no script does a name begin so. */
static struct ast_expr *counter_var(struct sema *sm, struct span at, size_t id)
{
	struct ast_expr *e = tree_expr(sm->a, EX_NAME, at);

	e->name = arena_printf(sm->a, "0perf%zu", id);
	return e;
}

/* Is it read in this probe already?  Else note it, if there is room. */
static bool counter_note(struct tgt *t, size_t id, struct span at)
{
	const struct counter_use *u;
	struct counter_use more = { id, at };

	vec_foreach(u, &t->counters)
		if (u->id == id)
			return true;
	if (t->counters.n == COUNTER_MAX) {
		diag_error(t->sm->d, &at, DIAG_SPEC,
			   "a probe may read %d perf counters, not more",
			   COUNTER_MAX);
		return false;
	}
	vec_apush(t->sm->a, &t->counters, more);
	return true;
}

void counter_lower(struct tgt *t, struct ast_expr **ep, const char *name)
{
	struct sema *sm = t->sm;
	struct span at = (*ep)->at;
	size_t id;

	if (t->probing && !sema_counter_known(sm, name)) {
		diag_error(sm->d, &at, DIAG_TARGET_CONTEXT,
			   "perf counter '%s' not defined", name);
		return;
	}
	id = sema_counter_use(sm, name, at);
	if (!t->p || t->in_function || t->at_entry)
		*ep = counter_value(sm, at, id, counter_call(sm, at, id));
	else if (t->probing || counter_note(t, id, at))
		*ep = counter_value(sm, at, id, counter_var(sm, at, id));
}

/* The user did not write these assignments: no warning is about them. */
static struct ast_stmt *counter_read(struct sema *sm,
				     const struct counter_use *u)
{
	struct ast_stmt *s = tree_stmt(sm->a, ST_EXPR, u->at);
	struct ast_expr *e = tree_expr(sm->a, EX_ASSIGN, (struct span){ 0 });

	e->op = OP_SET;
	e->a = counter_var(sm, u->at, u->id);
	e->b = counter_call(sm, u->at, u->id);
	s->e = e;
	return s;
}

void counter_prologue(struct tgt *t, struct body_part *part)
{
	size_t i, n = t->counters.n;
	struct ast_stmt **v;

	if (!n)
		return;
	v = arena_array(t->sm->a, struct ast_stmt *, n + 1);
	for (i = 0; i < n; i++)
		v[i] = counter_read(t->sm, &t->counters.v[i]);
	v[n] = part->s;
	part->s = tree_block(t->sm->a, part->s->at, v, n + 1);
}
