// SPDX-License-Identifier: GPL-2.0-only
/* foreach over arrays and histogram buckets. */
#include "build/emit/em.h"

#define ALL_ELEMENTS "0x7fffffffffffffffLL"

static const char *loop_limit(struct em *em, struct ast_foreach *fe)
{
	struct val v;

	if (!fe->limit)
		return ALL_ELEMENTS;
	v = em_expr(em, fe->limit);
	return em_fix(em, v, TY_LONG).c;
}

/* Slice strings must outlive the statement that began the loop: fixed copies. */
static const char *loop_slice(struct em *em, struct ast_foreach *fe,
			      unsigned int *any)
{
	struct val k[TAPRT_MAXKEYS] = { 0 };

	*any = ~0u;
	if (!fe->slice)
		return "NULL";
	*any = 0;
	for (size_t i = 0; i < fe->nslice; i++)
		*any |= (fe->slice[i] ? 0u : 1u) << i;
	em_list(em, fe->slice, fe->nslice, k, true);
	return em_keys(em, fe->array_sym, k, fe->nslice);
}

static void set_long(struct em *em, const struct sym *sym, const char *text)
{
	if (sym)
		cw_line(&em->w, "%s = %s;", em_var(em, sym), text);
}

static void set_string(struct em *em, const struct sym *sym, const char *text)
{
	if (sym)
		cw_line(&em->w, "taprt_strcpy(%s, %s, STRSIZE);",
			em_var(em, sym), text);
}

static void loop_bind(struct em *em, struct ast_foreach *fe, const char *it)
{
	for (size_t i = 0; i < fe->nkeys; i++) {
		if (fe->array_sym->keys[i] == TY_STRING)
			set_string(em, fe->key_syms[i],
				   em_text(em, "%s->key[%zu].s", it, i));
		else
			set_long(em, fe->key_syms[i],
				 em_text(em, "%s->key[%zu].i", it, i));
	}
	if (fe->array_sym->type == TY_STRING)
		set_string(em, fe->value_sym, em_text(em, "%s->str", it));
	else
		set_long(em, fe->value_sym, em_text(em, "%s->value", it));
}

/* Do the keys name the current element all through the body? */
static bool loop_stays(struct ast_stmt *s)
{
	struct ast_foreach *fe = s->foreach;

	for (size_t i = 0; i < fe->nkeys; i++)
		if (!fe->key_syms[i] || fe->key_syms[i]->kind == SYM_GLOBAL ||
		    effect_assigns(s->then, fe->key_syms[i]))
			return false;
	return fe->array_sym->type == TY_STAT;
}

static void loop_body(struct em *em, struct ast_stmt *s, const char *it)
{
	struct em_fn *fn = em->fn;
	struct em_label *outer = fn->continue_to;
	struct em_loop loop = { s->foreach, it, fn->loop };

	if (loop_stays(s))
		fn->loop = &loop;
	fn->continue_to = NULL;
	em_loop_body(em, s->then, &s->at);
	fn->continue_to = outer;
	fn->loop = loop.outer;
}

static void loop_array(struct em *em, struct ast_stmt *s)
{
	struct ast_foreach *fe = s->foreach;
	unsigned int any;
	const char *match = loop_slice(em, fe, &any);
	const char *limit = loop_limit(em, fe), *it, *slot, *below;
	unsigned int by = fe->sort;

	if (!by && effect_sorts(em, s->then, fe->array_sym))
		by = TAPRT_SORT_LIST;

	em->fn->niter++;
	it = em_text(em, "i%u", em->fn->ntemp++);
	slot = em_slot(em, sizeof(struct taprt_iter));
	/* an iterator is too large for the kernel's stack */
	cw_line(&em->w, "struct taprt_iter *const %s = (void *)%s;", it, slot);
	cw_line(&em->w, "taprt_iter_begin(c, %s, %s, %u, %s, %s, %s, %#x);", it,
		em_var(em, fe->array_sym), by, fe->desc ? "true" : "false",
		limit, match, any);
	cw_open(&em->w, "while (taprt_iter_next(c, %s))", it);
	loop_bind(em, fe, it);
	/* a part of the body has the frame, not the name */
	below = em->fn->outlined
			? em_text(em, "((struct taprt_iter *)%s)", slot)
			: it;
	loop_body(em, s, below);
	cw_close(&em->w, "");
	/* after a break; a loop that ran out has nothing left to end */
	cw_line(&em->w, "taprt_iter_end(c, %s);", it);
	em_check(em, &s->at);
}

/* Buckets 0 … n-1, empty ones too, of an empty statistic as well: there each holds
 * 0, though asking for one by number is an error.  A statement of the body may merge another
 * statistic, so the counts are merged again when they are asked for. */
static void loop_hist(struct em *em, struct ast_stmt *s)
{
	struct ast_foreach *fe = s->foreach;
	struct em_label *outer = em->fn->continue_to;
	const char *limit = loop_limit(em, fe);
	const char *v = em_stat_read(em, fe->hist->a);
	unsigned int n = em->fn->ntemp++, i = em->fn->ntemp++;

	cw_line(&em->w, "s64 t%u = %s->nbuckets;", n, v);
	if (fe->limit) {
		cw_line(&em->w, "if (t%u > %s)", n, limit);
		cw_line(&em->w, "\tt%u = %s;", n, limit);
	}
	cw_open(&em->w, "for (s64 t%u = 0; t%u < t%u; t%u++)", i, i, n, i);
	if (fe->nkeys)
		set_long(em, fe->key_syms[0], em_text(em, "t%u", i));
	if (fe->value_sym) {
		v = em_stat_read(em, fe->hist->a);
		cw_line(&em->w,
			"%s = %s->count ? taprt_hist_count(c, %s, t%u) : 0;",
			em_var(em, fe->value_sym), v, v, i);
		em_check(em, &s->at);
	}
	em->fn->continue_to = NULL;
	em_loop_body(em, s->then, &s->at);
	em->fn->continue_to = outer;
	cw_close(&em->w, "");
}

void em_foreach(struct em *em, struct ast_stmt *s)
{
	if (s->foreach->hist)
		loop_hist(em, s);
	else
		loop_array(em, s);
}
