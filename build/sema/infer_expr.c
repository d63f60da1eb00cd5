// SPDX-License-Identifier: GPL-2.0-only
/* Inference of expressions and variables, and what is said when types disagree. */
#include "build/sema/infer.h"

#include "build/base/diag.h"
#include "build/sema/intrinsic.h"

const char *ty_name(enum ty t)
{
	switch (t) {
	case TY_LONG:
		return "long";
	case TY_STRING:
		return "string";
	case TY_STAT:
		return "stats";
	case TY_UNKNOWN:
		break;
	}
	return "unknown";
}

/* ---- reporting ----------------------------------------------------------- */

/* The variable or function whose earlier use decided the type of @e. */
void infer_note_origin(struct infer *in, const struct ast_expr *e)
{
	const struct sym *s = e->sym;

	if (e->kind == EX_CALL && e->func) {
		diag_note(in->sm->d, &e->func->at,
			  "'%s' returns %s and is defined here", e->func->name,
			  ty_name(e->func->type));
		return;
	}
	if (!s || !s->type_at.src ||
	    (s->type_at.src == e->at.src && s->type_at.off == e->at.off))
		return;
	diag_note(in->sm->d, &s->type_at, "'%s' was first used as %s here",
		  s->name, ty_name(s->type));
}

/* One explanation is enough: what it was assigned to has no type either. */
static void report_unresolved(struct infer *in, const struct ast_expr *e)
{
	in->is_lost = true;
	if ((e->sym && e->sym->is_reported) || in->sm->is_partial)
		return;
	if (e->kind == EX_HIST) {
		diag_error(in->sm->d, &e->at, DIAG_HIST_VALUE,
			   "base histogram operator where expression "
			   "expected: print it, index it, or use foreach");
		in->is_explained = true;
	} else if (e->kind == EX_CALL && (e->func || e->intrinsic)) {
		diag_error(in->sm->d, &e->at, DIAG_NO_VALUE,
			   "function '%s' returns no value", e->name);
		if (e->func)
			diag_note(in->sm->d, &e->func->at,
				  "it is defined here");
		in->is_explained = true;
	} else if (!in->is_explained && (e->sym || e->kind != EX_INDEX)) {
		diag_error(in->sm->d, &e->at, DIAG_UNRESOLVED_TYPE,
			   "unresolved type%s%s%s", e->name ? " of '" : "",
			   e->name ? e->name : "", e->name ? "'" : "");
	}
}

/* @e must be a @want; report only. */
void infer_demand(struct infer *in, const struct ast_expr *e, enum ty want)
{
	if (!in->report || !e)
		return;
	if (e->type == TY_UNKNOWN) {
		report_unresolved(in, e);
	} else if (want != TY_UNKNOWN && e->type != want) {
		diag_error(in->sm->d, &e->at, DIAG_TYPE_MISMATCH,
			   "type mismatch: expected %s but found %s",
			   ty_name(want), ty_name(e->type));
		infer_note_origin(in, e);
	}
}

void infer_need(struct infer *in, struct ast_expr *e, enum ty want)
{
	if (!e)
		return;
	infer_expr(in, e, want);
	infer_demand(in, e, want);
}

/* ---- variables ----------------------------------------------------------- */

/* Fill in a type that is unknown, and where it came from; true when it did. */
static bool set_type(struct infer *in, enum ty *slot, struct span *slot_at,
		     enum ty t, const struct span *at)
{
	if (in->report || *slot != TY_UNKNOWN || t == TY_UNKNOWN)
		return false;
	*slot = t;
	if (slot_at && at)
		*slot_at = *at;
	return true;
}

void infer_set_var(struct infer *in, struct sym *s, enum ty t,
		   const struct span *at)
{
	if (set_type(in, &s->type, &s->type_at, t, at))
		infer_changed(in, s->users);
}

void infer_set_key(struct infer *in, struct sym *s, size_t i, enum ty t,
		   const struct span *at)
{
	if (set_type(in, &s->keys[i], i ? &s->key_at[i] : NULL, t, at))
		infer_changed(in, s->users);
}

void infer_set_return(struct infer *in, struct ast_func *f, enum ty t,
		      const struct span *at)
{
	if (set_type(in, &f->type, &f->type_at, t, at))
		infer_changed(in, f->users);
}

void infer_set_arity(struct infer *in, struct sym *s, int arity,
		     const struct span *at)
{
	if (s->kind != SYM_GLOBAL)
		return;
	if (s->arity < 0) {
		s->arity = arity;
		s->key_at[0] = *at;
		infer_changed(in, s->users);
	} else if (in->report && s->arity != arity) {
		s->is_reported = true;
		diag_error(in->sm->d, at, DIAG_ARITY_CONFLICT,
			   "inconsistent arity (%d vs %d) of '%s'", arity,
			   s->arity, s->name);
		diag_note(in->sm->d, s->key_at[0].src ? &s->key_at[0] : &s->at,
			  "arity %d first inferred here", s->arity);
	}
}

static enum ty var_type(struct infer *in, struct ast_expr *e, enum ty want)
{
	struct sym *s = e->sym;

	if (!s)
		return TY_UNKNOWN;
	/* A statistic needs a declaration: locals are plain values. */
	if (want == TY_STAT && s->kind != SYM_GLOBAL) {
		if (in->report && !s->is_reported)
			diag_error(in->sm->d, &e->at, DIAG_LOCAL_STAT,
				   "stat locals not supported: '%s', missing "
				   "global declaration?",
				   s->name);
		s->is_reported |= in->report;
		return TY_STAT;
	}
	infer_set_var(in, s, want, &e->at);
	return s->type;
}

void infer_keys(struct infer *in, struct sym *s, struct ast_expr **keys,
		size_t n, const struct span *at)
{
	size_t i;

	if (s)
		infer_set_arity(in, s, (int)n, at);
	for (i = 0; i < n; i++) {
		enum ty t;

		if (!keys[i])
			continue;
		if (!s || i >= TAPRT_MAXKEYS || s->arity != (int)n) {
			infer_expr(in, keys[i], TY_UNKNOWN);
			continue;
		}
		t = infer_expr(in, keys[i], s->keys[i]);
		infer_set_key(in, s, i, t, &keys[i]->at);
		if (!in->report)
			continue;
		if (t == TY_UNKNOWN || t == TY_STAT) {
			infer_demand(in, keys[i], TY_LONG);
		} else if (t != s->keys[i]) {
			diag_error(in->sm->d, &keys[i]->at, DIAG_KEY_MISMATCH,
				   "index %zu type mismatch (%s) of '%s'", i,
				   ty_name(t), s->name);
			diag_note(in->sm->d,
				  s->key_at[i].src ? &s->key_at[i] : &s->at,
				  "type of index %zu was first inferred here "
				  "(%s)",
				  i, ty_name(s->keys[i]));
		}
	}
}

/* ---- expressions --------------------------------------------------------- */

/* Two sides of one type; returns it. */
static enum ty same(struct infer *in, struct ast_expr *a, struct ast_expr *b,
		    enum ty want, const struct span *at)
{
	enum ty x, y;

	if (in->report) {
		x = infer_expr(in, a, TY_UNKNOWN);
		y = infer_expr(in, b, TY_UNKNOWN);
	} else {
		x = infer_expr(in, a, want);
		y = infer_expr(in, b, x != TY_UNKNOWN ? x : want);
		if (x == TY_UNKNOWN && y != TY_UNKNOWN)
			x = infer_expr(in, a, y);
	}
	if (in->report && (x == TY_UNKNOWN || y == TY_UNKNOWN)) {
		/* A call without a value explains a variable without a type. */
		bool is_b = x != TY_UNKNOWN || b->kind == EX_CALL ||
			    b->kind == EX_HIST;

		infer_demand(in, is_b ? b : a, TY_UNKNOWN);
	} else if (in->report && x != y) {
		diag_error(in->sm->d, at, DIAG_TYPE_MISMATCH,
			   "type mismatch: left and right sides don't agree "
			   "(%s vs %s)",
			   ty_name(x), ty_name(y));
		infer_note_origin(in, a);
		infer_note_origin(in, b);
		return TY_UNKNOWN;
	}
	return x != TY_UNKNOWN ? x : y;
}

static enum ty visit_assign(struct infer *in, struct ast_expr *e)
{
	enum ty t;

	switch (e->op) {
	case OP_FEED:
		infer_need(in, e->a, TY_STAT);
		infer_need(in, e->b, TY_LONG);
		return TY_LONG;
	case OP_CONCAT:
		infer_need(in, e->a, TY_STRING);
		infer_need(in, e->b, TY_STRING);
		return TY_STRING;
	case OP_SET:
		t = same(in, e->a, e->b, TY_UNKNOWN, &e->at);
		if (!in->report || t != TY_STAT)
			return t;
		diag_error(in->sm->d, &e->at, DIAG_STAT_VALUE,
			   "invalid type stats: a statistic cannot be "
			   "assigned, feed it with <<<");
		if (e->a->sym)
			e->a->sym->is_reported = true;
		return t;
	default:
		infer_need(in, e->a, TY_LONG);
		infer_need(in, e->b, TY_LONG);
		return TY_LONG;
	}
}

static enum ty visit_binary(struct infer *in, struct ast_expr *e)
{
	enum ty t;

	switch (e->op) {
	case OP_LT:
	case OP_GT:
	case OP_LE:
	case OP_GE:
	case OP_EQ:
	case OP_NE:
		t = same(in, e->a, e->b, TY_UNKNOWN, &e->at);
		if (in->report && t == TY_STAT)
			diag_error(in->sm->d, &e->at, DIAG_STAT_VALUE,
				   "invalid type stats: statistics cannot be "
				   "compared, use an extractor such as @count");
		return TY_LONG;
	case OP_CONCAT:
		infer_need(in, e->a, TY_STRING);
		infer_need(in, e->b, TY_STRING);
		return TY_STRING;
	default:
		infer_need(in, e->a, TY_LONG);
		infer_need(in, e->b, TY_LONG);
		return TY_LONG;
	}
}

static enum ty visit_call(struct infer *in, struct ast_expr *e, enum ty want)
{
	struct ast_func *f;
	size_t i;

	if (e->intrinsic) {
		for (i = 0; i < e->nargs; i++)
			infer_need(in, e->args[i], e->intrinsic->arg[i]);
		/* nothing, which is what it is taken for: 0 or "" */
		if (e->intrinsic->type == TY_UNKNOWN && want != TY_STAT)
			return want;
		return e->intrinsic->type;
	}
	if (!e->func) {
		for (i = 0; i < e->nargs; i++)
			infer_expr(in, e->args[i], TY_UNKNOWN);
		return TY_UNKNOWN;
	}
	for (i = 0; i < e->nargs; i++) {
		struct sym *p = e->func->params[i];
		enum ty t = infer_expr(in, e->args[i], p->type);

		infer_set_var(in, p, t, &e->args[i]->at);
		if (!in->report)
			continue;
		infer_demand(in, e->args[i], p->type);
		if (t != TY_UNKNOWN && p->type != TY_UNKNOWN && t != p->type)
			diag_note(in->sm->d,
				  p->type_at.src ? &p->type_at : &p->at,
				  "parameter '%s' of '%s' is %s from here",
				  p->name, e->func->name, ty_name(p->type));
	}
	for (f = e->func; f; f = f->next_overload)
		if (in->sm->funcs.v[f->index]->typed_by_use)
			infer_set_return(in, e->func, want, &e->at);
	return e->func->type;
}

/* Only delete, `in` and foreach know what "any key" means. */
static void check_wildcards(struct infer *in, const struct ast_expr *e)
{
	size_t i;

	for (i = 0; i < e->nargs && e->args[i]; i++)
		;
	if (i == e->nargs || in->is_delete || !in->report)
		return;
	diag_error(in->sm->d, &e->at, DIAG_WILDCARD_INDEX,
		   "wildcard not allowed in array index");
	if (e->sym)
		e->sym->is_reported = true;
}

/* What a conversion reads; '*' is handled by the caller. */
static enum ty conv_type(const struct fmt_piece *f)
{
	return f->conv == 's' ? TY_STRING : TY_LONG;
}

static void visit_format(struct infer *in, struct ast_expr *e)
{
	const struct ast_print *pr = e->print;
	size_t i, arg = 0, want = 0;

	for (i = 0; i < pr->nfmt; i++) {
		const struct fmt_piece *f = &pr->fmt[i];

		if (f->kind != FMT_CONV)
			continue;
		want += 1 + (f->width == -2) + (f->prec == -2);
		if (f->width == -2 && arg < e->nargs)
			infer_need(in, e->args[arg++], TY_LONG);
		if (f->prec == -2 && arg < e->nargs)
			infer_need(in, e->args[arg++], TY_LONG);
		if (arg < e->nargs)
			infer_need(in, e->args[arg++], conv_type(f));
	}
	for (; arg < e->nargs; arg++)
		infer_expr(in, e->args[arg], TY_UNKNOWN);
	if (in->report && want != e->nargs)
		diag_error(in->sm->d, &e->at, DIAG_PRINT_ARGS,
			   "wrong number of args to formatted print operator: "
			   "the format takes %zu, not %zu",
			   want, e->nargs);
}

static void visit_print(struct infer *in, struct ast_expr *e)
{
	size_t i;

	if (e->print->kind == PR_PRINTF) {
		visit_format(in, e);
		return;
	}
	if (e->print->kind == PR_CHAR) {
		for (i = 0; i < e->nargs; i++)
			infer_need(in, e->args[i], TY_LONG);
		return;
	}
	for (i = 0; i < e->nargs; i++) {
		struct ast_expr *x = e->args[i];
		enum ty t = infer_expr(in, x, TY_UNKNOWN);

		if (x->kind == EX_HIST || !in->report)
			continue;
		if (t == TY_STAT && x->sym && x->sym->is_reported)
			continue;
		if (t == TY_STAT)
			diag_error(in->sm->d, &x->at, DIAG_PRINT_STAT,
				   "cannot print a raw stats object: use "
				   "@count, @avg, @hist_log, ...");
		else
			infer_demand(in, x, TY_UNKNOWN);
	}
}

static enum ty visit_saved(struct infer *in, struct ast_expr *e, enum ty want)
{
	struct saved *sv, *outer = in->saved;
	enum ty t;

	if (!in->p || (size_t)e->num >= in->p->saved.n)
		return TY_UNKNOWN;
	sv = &in->p->saved.v[e->num];
	/* The snapshot itself is visited, and reported, with its probe. */
	if (in->report)
		return sv->e->type;
	in->saved = sv;
	t = infer_expr(in, sv->e, want);
	in->saved = outer;
	return t;
}

static enum ty visit_kind(struct infer *in, struct ast_expr *e, enum ty want)
{
	switch (e->kind) {
	case EX_NUMBER:
	case EX_ARG:
	case EX_RETVAL:
	case EX_KNUM:
	case EX_EMBEDDED:
		return TY_LONG;
	case EX_STRING:
		return TY_STRING;
	case EX_NAME:
		if (e->sym)
			infer_set_arity(in, e->sym, 0, &e->at);
		return var_type(in, e, want);
	case EX_INDEX:
		check_wildcards(in, e);
		infer_keys(in, e->sym, e->args, e->nargs, &e->at);
		return var_type(in, e, want);
	case EX_CALL:
		return visit_call(in, e, want);
	case EX_UNARY:
	case EX_INCDEC:
	case EX_KREAD:
		infer_need(in, e->a, TY_LONG);
		return TY_LONG;
	case EX_BINARY:
		return visit_binary(in, e);
	case EX_COND:
		infer_need(in, e->a, TY_LONG);
		return same(in, e->b, e->c, want, &e->at);
	case EX_ASSIGN:
		return visit_assign(in, e);
	case EX_IN:
		if (e->a)
			infer_expr(in, e->a, TY_UNKNOWN);
		infer_keys(in, e->sym, e->args, e->nargs, &e->at);
		return TY_LONG;
	case EX_REGEX:
		infer_need(in, e->a, TY_STRING);
		return TY_LONG;
	case EX_PRINT:
		visit_print(in, e);
		return e->print->to_string ? TY_STRING : TY_LONG;
	case EX_STATOP:
		infer_need(in, e->a, TY_STAT);
		return TY_LONG;
	case EX_HIST:
		infer_need(in, e->a, TY_STAT);
		return TY_UNKNOWN;
	case EX_HISTIDX:
		if (e->a)
			infer_expr(in, e->a, TY_UNKNOWN);
		infer_need(in, e->b, TY_LONG);
		return TY_LONG;
	case EX_SAVED:
		return visit_saved(in, e, want);
	default:
		break;
	}
	return e->type;
}

enum ty infer_expr(struct infer *in, struct ast_expr *e, enum ty want)
{
	enum ty t = visit_kind(in, e, want);

	/*
	 * Filled in once and then left alone, else the rounds need not end: a
	 * local is a statistic where one is wanted and unknown where not.
	 */
	if (!in->report && e->type == TY_UNKNOWN && t != TY_UNKNOWN) {
		e->type = t;
		infer_changed(in, in->saved ? in->saved->users : NULL);
	}
	return e->type;
}
