// SPDX-License-Identifier: GPL-2.0-only
/* Statistics: feeding, extractors, histogram buckets. */
#include "build/emit/em.h"
#include "build/lang/since.h"

static const char *const fields[] = {
	[ST_COUNT] = "count", [ST_SUM] = "sum", [ST_MIN] = "min",
	[ST_MAX] = "max",     [ST_AVG] = "avg", [ST_VARIANCE] = "variance",
};

void em_feed(struct em *em, struct ast_expr *lv, struct ast_expr *value,
	     const struct span *at, struct val *result)
{
	struct ast_expr *list[TAPRT_MAXKEYS + 1];
	struct val v[TAPRT_MAXKEYS + 1] = { 0 }, *x = &v[lv->nargs];

	for (size_t i = 0; i < lv->nargs; i++)
		list[i] = lv->args[i];
	list[lv->nargs] = value;
	em_list(em, list, lv->nargs + 1, v, false);
	if (result)
		*result = *x = em_atom(em, em_fix(em, *x, TY_LONG));
	if (lv->kind == EX_NAME)
		cw_line(&em->w, "taprt_stat_add(%s, %s);", em_var(em, lv->sym),
			x->c);
	else
		em_map_add(em, lv, v, x->c, at);
}

void em_map_add(struct em *em, struct ast_expr *lv, const struct val *v,
		const char *x, const struct span *at)
{
	const char *name = em_var(em, lv->sym);

	if (em_one_long_key(lv->sym))
		cw_line(&em->w, "taprt_map_add1(c, %s, %s, %s);", name, v[0].c,
			x);
	else
		cw_line(&em->w, "taprt_map_add(c, %s, %s, %s);", name,
			em_keys(em, lv->sym, v, lv->nargs), x);
	em_check(em, at);
}

const char *em_stat_read(struct em *em, struct ast_expr *e)
{
	struct val k[TAPRT_MAXKEYS] = { 0 };
	const char *v;

	if (e->kind == EX_INDEX)
		em_list(em, e->args, e->nargs, k, false);
	v = em_text(em, "v%u", em->fn->ntemp++);
	if (e->kind == EX_INDEX)
		cw_line(&em->w,
			"const struct taprt_statval *%s = "
			"taprt_map_get_stat(c, %s, %s);",
			v, em_var(em, e->sym),
			em_keys(em, e->sym, k, e->nargs));
	else
		cw_line(&em->w,
			"const struct taprt_statval *%s = "
			"taprt_stat_get(c, %s);",
			v, em_var(em, e->sym));
	if (e->kind == EX_INDEX) /* a CPU that holds its table too long */
		em_check(em, &e->at);
	return v;
}

/* Is @e the element some enclosing foreach is at?  Returns that loop. */
static const struct em_loop *stat_current(struct em *em,
					  const struct ast_expr *e)
{
	const struct em_loop *l;
	size_t i;

	if (e->kind != EX_INDEX)
		return NULL;
	for (l = em->fn->loop; l; l = l->outer) {
		if (l->fe->array_sym != e->sym || l->fe->nkeys != e->nargs)
			continue;
		for (i = 0; i < e->nargs; i++)
			if (!e->args[i] || e->args[i]->kind != EX_NAME ||
			    e->args[i]->sym != l->fe->key_syms[i])
				break;
		if (i == e->nargs)
			return l;
	}
	return NULL;
}

/*
 * Merging all CPUs is what an extractor costs, so "@count(x), @avg(x)" in one
 * statement merges once.  The fields are copied because the next merge of
 * another statistic reuses the storage; the compiler drops the unused copies.
 */
static unsigned int stat_fields(struct em *em, struct ast_expr *of)
{
	const struct em_loop *loop = stat_current(em, of);
	struct em_stat *s;
	const char *v;
	bool variance = of->sym->keep & TAPRT_KEEP_VARIANCE;
	unsigned int t;

	if (!em->fn->writes_in_stmt)
		vec_foreach(s, &em->fn->stats)
			if (effect_same(s->of, of))
				return s->temp;
	v = loop ? em_text(em, "%s->stat", loop->it) : em_stat_read(em, of);
	t = em->fn->ntemp++;
	cw_line(&em->w, "const s64 t%u_count = %s->count, t%u_sum = %s->sum,",
		t, v, t, v);
	cw_line(&em->w, "\t  t%u_min = %s->min, t%u_max = %s->max,", t, v, t,
		v);
	cw_line(&em->w, "\t  t%u_avg = %s->avg%s", t, v, variance ? "," : ";");
	if (variance)
		cw_line(&em->w, "\t  t%u_variance = %s->variance;", t, v);
	vec_apush(&em->arena, &em->fn->stats, (struct em_stat){ of, t });
	return t;
}

struct val em_statop(struct em *em, struct ast_expr *e)
{
	unsigned int t;

	t = stat_fields(em, e->a);
	if (e->statop != ST_COUNT &&
	    (e->statop != ST_SUM || !since_has(e->at.src, SINCE_EMPTY_SUM)))
		em_raise(em, em_text(em, "!t%u_count", t), "empty aggregate",
			 &e->at);
	return (struct val){ em_text(em, "t%u_%s", t, fields[e->statop]), true,
			     true, false };
}

struct val em_hist_index(struct em *em, struct ast_expr *e)
{
	struct val b = em_expr(em, e->b);
	const char *v;
	unsigned int t;

	b = em_fix(em, b, TY_LONG);
	v = em_stat_read(em, e->a->a);
	t = em->fn->ntemp++;
	cw_line(&em->w, "s64 t%u = taprt_hist_count(c, %s, %s);", t, v, b.c);
	em_check(em, &e->a->at);
	return (struct val){ em_text(em, "t%u", t), true, true, false };
}

/* b in @hist_log(a): is there a bucket of that number? */
struct val em_hist_in(struct em *em, struct ast_expr *e)
{
	struct val b =
		em_atom(em, em_fix(em, em_expr(em, e->args[0]), TY_LONG));
	const char *v = em_stat_read(em, e->a->a);
	unsigned int t = em->fn->ntemp++;

	cw_line(&em->w, "s64 t%u = %s->count && (u64)%s < %s->nbuckets;", t, v,
		b.c, v);
	return (struct val){ em_text(em, "t%u", t), true, true, false };
}
