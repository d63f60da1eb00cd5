// SPDX-License-Identifier: GPL-2.0-only
/*
 * Types by propagation to a fixpoint; conflicts are reported with both places.
 *
 * Silent rounds only ever fill in unknown types, so they end.  A last round
 * changes nothing and reports every place that disagrees.
 */
#include "build/base/diag.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"

#include <string.h>

struct infer {
	struct sema *sm;
	struct func_info *fi; /* the function being looked at, or NULL */
	struct dprobe *p;     /* the probe being looked at, or NULL */
	bool changed, report, backward;
	bool is_explained; /* why something has no type */
	bool is_lost;	   /* something has no type */
	bool is_delete;	   /* looking at what delete names */
};

static enum ty visit(struct infer *in, struct ast_expr *e, enum ty want);

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
static void note_origin(struct infer *in, const struct ast_expr *e)
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
static void demand(struct infer *in, const struct ast_expr *e, enum ty want)
{
	if (!in->report || !e)
		return;
	if (e->type == TY_UNKNOWN) {
		report_unresolved(in, e);
	} else if (want != TY_UNKNOWN && e->type != want) {
		diag_error(in->sm->d, &e->at, DIAG_TYPE_MISMATCH,
			   "type mismatch: expected %s but found %s",
			   ty_name(want), ty_name(e->type));
		note_origin(in, e);
	}
}

static void need(struct infer *in, struct ast_expr *e, enum ty want)
{
	if (!e)
		return;
	visit(in, e, want);
	demand(in, e, want);
}

/* ---- variables ----------------------------------------------------------- */

static void set_type(struct infer *in, enum ty *slot, struct span *slot_at,
		     enum ty t, const struct span *at)
{
	if (in->report || *slot != TY_UNKNOWN || t == TY_UNKNOWN)
		return;
	*slot = t;
	if (slot_at && at)
		*slot_at = *at;
	in->changed = true;
}

static void set_arity(struct infer *in, struct sym *s, int arity,
		      const struct span *at)
{
	if (s->kind != SYM_GLOBAL)
		return;
	if (s->arity < 0) {
		s->arity = arity;
		s->key_at[0] = *at;
		in->changed = true;
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
	set_type(in, &s->type, &s->type_at, want, &e->at);
	return s->type;
}

static void visit_keys(struct infer *in, struct sym *s, struct ast_expr **keys,
		       size_t n, const struct span *at)
{
	size_t i;

	if (s)
		set_arity(in, s, (int)n, at);
	for (i = 0; i < n; i++) {
		enum ty t;

		if (!keys[i])
			continue;
		if (!s || i >= TAPRT_MAXKEYS || s->arity != (int)n) {
			visit(in, keys[i], TY_UNKNOWN);
			continue;
		}
		t = visit(in, keys[i], s->keys[i]);
		set_type(in, &s->keys[i], i ? &s->key_at[i] : NULL, t,
			 &keys[i]->at);
		if (!in->report)
			continue;
		if (t == TY_UNKNOWN || t == TY_STAT) {
			demand(in, keys[i], TY_LONG);
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
		x = visit(in, a, TY_UNKNOWN);
		y = visit(in, b, TY_UNKNOWN);
	} else {
		x = visit(in, a, want);
		y = visit(in, b, x != TY_UNKNOWN ? x : want);
		if (x == TY_UNKNOWN && y != TY_UNKNOWN)
			x = visit(in, a, y);
	}
	if (in->report && (x == TY_UNKNOWN || y == TY_UNKNOWN)) {
		/* A call without a value explains a variable without a type. */
		bool is_b = x != TY_UNKNOWN || b->kind == EX_CALL ||
			    b->kind == EX_HIST;

		demand(in, is_b ? b : a, TY_UNKNOWN);
	} else if (in->report && x != y) {
		diag_error(in->sm->d, at, DIAG_TYPE_MISMATCH,
			   "type mismatch: left and right sides don't agree "
			   "(%s vs %s)",
			   ty_name(x), ty_name(y));
		note_origin(in, a);
		note_origin(in, b);
		return TY_UNKNOWN;
	}
	return x != TY_UNKNOWN ? x : y;
}

static enum ty visit_assign(struct infer *in, struct ast_expr *e)
{
	enum ty t;

	switch (e->op) {
	case OP_FEED:
		need(in, e->a, TY_STAT);
		need(in, e->b, TY_LONG);
		return TY_LONG;
	case OP_CONCAT:
		need(in, e->a, TY_STRING);
		need(in, e->b, TY_STRING);
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
		need(in, e->a, TY_LONG);
		need(in, e->b, TY_LONG);
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
		need(in, e->a, TY_STRING);
		need(in, e->b, TY_STRING);
		return TY_STRING;
	default:
		need(in, e->a, TY_LONG);
		need(in, e->b, TY_LONG);
		return TY_LONG;
	}
}

static enum ty visit_call(struct infer *in, struct ast_expr *e, enum ty want)
{
	struct ast_func *f;
	size_t i;

	if (e->intrinsic) {
		for (i = 0; i < e->nargs; i++)
			need(in, e->args[i], e->intrinsic->arg[i]);
		return e->intrinsic->type;
	}
	if (!e->func) {
		for (i = 0; i < e->nargs; i++)
			visit(in, e->args[i], TY_UNKNOWN);
		return TY_UNKNOWN;
	}
	for (i = 0; i < e->nargs; i++) {
		struct sym *p = e->func->params[i];
		enum ty t = visit(in, e->args[i], p->type);

		set_type(in, &p->type, &p->type_at, t, &e->args[i]->at);
		if (!in->report)
			continue;
		demand(in, e->args[i], p->type);
		if (t != TY_UNKNOWN && p->type != TY_UNKNOWN && t != p->type)
			diag_note(in->sm->d,
				  p->type_at.src ? &p->type_at : &p->at,
				  "parameter '%s' of '%s' is %s from here",
				  p->name, e->func->name, ty_name(p->type));
	}
	for (f = e->func; f; f = f->next_overload)
		if (in->sm->funcs.v[f->index]->returns_value)
			set_type(in, &e->func->type, &e->func->type_at, want,
				 &e->at);
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
			need(in, e->args[arg++], TY_LONG);
		if (f->prec == -2 && arg < e->nargs)
			need(in, e->args[arg++], TY_LONG);
		if (arg < e->nargs)
			need(in, e->args[arg++], conv_type(f));
	}
	for (; arg < e->nargs; arg++)
		visit(in, e->args[arg], TY_UNKNOWN);
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
			need(in, e->args[i], TY_LONG);
		return;
	}
	for (i = 0; i < e->nargs; i++) {
		struct ast_expr *x = e->args[i];
		enum ty t = visit(in, x, TY_UNKNOWN);

		if (x->kind == EX_HIST || !in->report)
			continue;
		if (t == TY_STAT && x->sym && x->sym->is_reported)
			continue;
		if (t == TY_STAT)
			diag_error(in->sm->d, &x->at, DIAG_PRINT_STAT,
				   "cannot print a raw stats object: use "
				   "@count, @avg, @hist_log, ...");
		else
			demand(in, x, TY_UNKNOWN);
	}
}

static enum ty visit_saved(struct infer *in, struct ast_expr *e, enum ty want)
{
	if (!in->p || (size_t)e->num >= in->p->saved.n)
		return TY_UNKNOWN;
	/* The snapshot itself is visited, and reported, with its probe. */
	if (in->report)
		return in->p->saved.v[e->num].e->type;
	return visit(in, in->p->saved.v[e->num].e, want);
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
			set_arity(in, e->sym, 0, &e->at);
		return var_type(in, e, want);
	case EX_INDEX:
		check_wildcards(in, e);
		visit_keys(in, e->sym, e->args, e->nargs, &e->at);
		return var_type(in, e, want);
	case EX_CALL:
		return visit_call(in, e, want);
	case EX_UNARY:
	case EX_INCDEC:
	case EX_KREAD:
		need(in, e->a, TY_LONG);
		return TY_LONG;
	case EX_BINARY:
		return visit_binary(in, e);
	case EX_COND:
		need(in, e->a, TY_LONG);
		return same(in, e->b, e->c, want, &e->at);
	case EX_ASSIGN:
		return visit_assign(in, e);
	case EX_IN:
		if (e->a)
			visit(in, e->a, TY_UNKNOWN);
		visit_keys(in, e->sym, e->args, e->nargs, &e->at);
		return TY_LONG;
	case EX_REGEX:
		need(in, e->a, TY_STRING);
		return TY_LONG;
	case EX_PRINT:
		visit_print(in, e);
		return e->print->to_string ? TY_STRING : TY_LONG;
	case EX_STATOP:
		need(in, e->a, TY_STAT);
		return TY_LONG;
	case EX_HIST:
		need(in, e->a, TY_STAT);
		return TY_UNKNOWN;
	case EX_HISTIDX:
		if (e->a)
			visit(in, e->a, TY_UNKNOWN);
		need(in, e->b, TY_LONG);
		return TY_LONG;
	case EX_SAVED:
		return visit_saved(in, e, want);
	default:
		break;
	}
	return e->type;
}

static enum ty visit(struct infer *in, struct ast_expr *e, enum ty want)
{
	enum ty t = visit_kind(in, e, want);

	/*
	 * Filled in once and then left alone, else the rounds need not end: a
	 * local is a statistic where one is wanted and unknown where not.
	 */
	if (!in->report && e->type == TY_UNKNOWN && t != TY_UNKNOWN) {
		e->type = t;
		in->changed = true;
	}
	return e->type;
}

/* ---- statements ---------------------------------------------------------- */

static void var_is(struct infer *in, struct sym *s, enum ty t,
		   const struct span *at, const char *what)
{
	if (!s)
		return;
	set_arity(in, s, 0, at);
	set_type(in, &s->type, &s->type_at, t, at);
	if (!in->report || t == TY_UNKNOWN || s->type == t)
		return;
	diag_error(in->sm->d, at, DIAG_TYPE_MISMATCH,
		   "type mismatch: %s '%s' is %s, expected %s", what, s->name,
		   ty_name(s->type), ty_name(t));
	if (s->type_at.src)
		diag_note(in->sm->d, &s->type_at,
			  "type was first inferred here (%s)",
			  ty_name(s->type));
}

static void visit_foreach(struct infer *in, struct ast_foreach *f)
{
	struct sym *a = f->array_sym;
	size_t i;

	if (f->limit)
		need(in, f->limit, TY_LONG);
	if (f->hist) {
		visit(in, f->hist, TY_UNKNOWN);
		for (i = 0; i < f->nkeys; i++)
			var_is(in, f->key_syms[i], TY_LONG, &f->key_spans[i],
			       "key");
		var_is(in, f->value_sym, TY_LONG, &f->array_at, "value");
		return;
	}
	if (!a)
		return;
	set_arity(in, a, (int)f->nkeys, &f->array_at);
	if (f->nslice)
		visit_keys(in, a, f->slice, f->nslice, &f->array_at);
	for (i = 0; i < f->nkeys && a->arity == (int)f->nkeys; i++) {
		struct sym *k = f->key_syms[i];

		var_is(in, k, a->keys[i], &f->key_spans[i], "key");
		set_type(in, &a->keys[i], i ? &a->key_at[i] : NULL, k->type,
			 &f->key_spans[i]);
	}
	if (f->sort >= TAPRT_SORT_COUNT)
		set_type(in, &a->type, &a->type_at, TY_STAT, &f->array_at);
	if (!f->value_sym)
		return;
	if (in->report && a->type == TY_STAT) {
		diag_error(in->sm->d, &f->array_at, DIAG_LOCAL_STAT,
			   "stat locals not supported: '%s' cannot hold an "
			   "element of '%s'",
			   f->value, a->name);
		return;
	}
	var_is(in, f->value_sym, a->type == TY_STAT ? TY_UNKNOWN : a->type,
	       &f->array_at, "value");
	set_type(in, &a->type, &a->type_at, f->value_sym->type, &f->array_at);
}

static void visit_return(struct infer *in, struct ast_stmt *s)
{
	struct ast_func *f;
	enum ty t;

	if (!in->fi || !s->e)
		return;
	f = in->fi->f;
	in->fi->returns_value = true;
	t = visit(in, s->e, f->type);
	set_type(in, &f->type, &f->type_at, t, &s->e->at);
	if (!in->report)
		return;
	if (t == TY_UNKNOWN || f->type == TY_UNKNOWN || t == f->type) {
		demand(in, s->e, TY_UNKNOWN);
		return;
	}
	diag_error(in->sm->d, &s->e->at, DIAG_RETURN_TYPE,
		   "return type mismatch: function '%s' returns %s, this is %s",
		   f->name, ty_name(f->type), ty_name(t));
	note_origin(in, s->e);
	diag_note(in->sm->d, f->type_at.src ? &f->type_at : &f->at,
		  "type was first inferred here (%s)", ty_name(f->type));
}

/* delete takes whole arrays and statistics; neither needs a known type. */
static void visit_delete(struct infer *in, struct ast_expr *e)
{
	if (e->kind == EX_NAME) {
		e->type = e->sym ? e->sym->type : TY_UNKNOWN;
	} else if (e->kind == EX_INDEX) {
		in->is_delete = true;
		visit(in, e, TY_UNKNOWN);
		in->is_delete = false;
	}
}

static bool infer_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct infer *in = w->arg;
	struct ast_stmt *s = *sp;

	switch (s->kind) {
	case ST_EXPR:
		visit(in, s->e, TY_UNKNOWN);
		break;
	case ST_IF:
	case ST_WHILE:
		need(in, s->e, TY_LONG);
		break;
	case ST_FOR:
		if (s->init)
			visit(in, s->init, TY_UNKNOWN);
		need(in, s->e, TY_LONG);
		if (s->step)
			visit(in, s->step, TY_UNKNOWN);
		break;
	case ST_FOREACH:
		visit_foreach(in, s->foreach);
		break;
	case ST_RETURN:
		visit_return(in, s);
		break;
	case ST_DELETE:
		visit_delete(in, s->e);
		break;
	case ST_TRY:
		var_is(in, s->catch_sym, TY_STRING, &s->catch_at,
		       "catch variable");
		break;
	default:
		break;
	}
	return true;
}

/* Expressions are reached from their statements, never by the walk itself. */
static bool infer_no_expr(struct walk *w, struct ast_expr **e)
{
	(void)w;
	(void)e;
	return false;
}

/* Overloads that `next` leads to take and return the same. */
static void same_overload(struct infer *in, struct ast_func *f,
			  struct ast_func *o)
{
	size_t i;

	set_type(in, &f->type, &f->type_at, o->type, &o->type_at);
	set_type(in, &o->type, &o->type_at, f->type, &f->type_at);
	for (i = 0; i < f->nparams; i++) {
		struct sym *p = f->params[i], *q = o->params[i];

		set_type(in, &p->type, &p->type_at, q->type, &q->type_at);
		set_type(in, &q->type, &q->type_at, p->type, &p->type_at);
		if (!in->report || p->type == q->type)
			continue;
		diag_error(in->sm->d, &q->at, DIAG_OVERLOAD,
			   "conflicting functions: parameter '%s' of this "
			   "'%s' is %s",
			   q->name, o->name, ty_name(q->type));
		diag_note(in->sm->d, &p->at, "of this one it is %s",
			  ty_name(p->type));
	}
	if (!in->report || f->type == o->type)
		return;
	diag_error(in->sm->d, &o->at, DIAG_OVERLOAD,
		   "conflicting functions: this '%s' returns %s", o->name,
		   ty_name(o->type));
	diag_note(in->sm->d, &f->at, "this one returns %s", ty_name(f->type));
}

static void infer_round(struct infer *in)
{
	struct walk w = { .expr = infer_no_expr,
			  .stmt = infer_stmt,
			  .arg = in };
	struct handler **h;
	size_t i;

	/* What a function does with its parameters says more than one call. */
	in->p = NULL;
	for (i = 0; i < in->sm->funcs.n; i++) {
		/* both ways in turn, so that long chains take few rounds */
		size_t k = in->backward ? in->sm->funcs.n - 1 - i : i;
		unsigned int before = in->sm->d->nerrors;
		struct ast_func *f = in->sm->funcs.v[k]->f;

		in->is_lost = false;
		in->fi = in->sm->funcs.v[k];
		/* What C returns, its callers say. */
		in->fi->returns_value |= f->embed != NULL;
		walk_stmt(&w, &f->body);
		if (f->next_overload)
			same_overload(in, f, f->next_overload);
		in->fi->is_broken |= in->sm->d->nerrors > before || in->is_lost;
	}
	in->fi = NULL;
	vec_foreach(h, &in->sm->handlers) {
		unsigned int before = in->sm->d->nerrors;
		struct saved *sv;

		in->is_lost = false;
		in->p = (*h)->p;
		need(in, in->p->cond, TY_LONG);
		vec_foreach(sv, &in->p->saved)
			need(in, sv->e, TY_UNKNOWN);
		walk_stmt(&w, &in->p->body);
		(*h)->is_broken |= in->sm->d->nerrors > before || in->is_lost;
	}
	in->p = NULL;
}

/* ---- what stays unknown -------------------------------------------------- */

struct assigned {
	struct walk w;
	const struct sym *s;
	bool found;
};

static bool assigned_expr(struct walk *w, struct ast_expr **ep)
{
	struct assigned *as = w->arg;
	const struct ast_expr *e = *ep;

	if ((e->kind == EX_ASSIGN || e->kind == EX_INCDEC) && e->a &&
	    e->a->sym == as->s)
		as->found = true;
	return !as->found;
}

static bool default_local(struct infer *in, struct sym *s,
			  struct ast_stmt **body)
{
	struct assigned as = { .w = { .expr = assigned_expr }, .s = s };

	if (s->type != TY_UNKNOWN)
		return false;
	as.w.arg = &as;
	walk_stmt(&as.w, body);
	if (as.found)
		return false;
	s->type = TY_LONG;
	s->type_at = s->at;
	(void)in;
	return true;
}

/*
 * A variable nobody gives a value is 0.  Returns true when that decided a type,
 * so that the rest can follow.
 */
static bool infer_defaults(struct infer *in)
{
	struct handler **h;
	struct sym **s;
	bool any = false;
	size_t i;

	vec_foreach(h, &in->sm->handlers)
		vec_foreach(s, &(*h)->p->locals)
			any |= default_local(in, *s, &(*h)->p->body);
	for (i = 0; i < in->sm->funcs.n; i++)
		vec_foreach(s, &in->sm->funcs.v[i]->f->locals)
			any |= default_local(in, *s,
					     &in->sm->funcs.v[i]->f->body);
	vec_foreach(s, &in->sm->prog->globals) {
		if ((*s)->type == TY_UNKNOWN && (*s)->arity <= 0 &&
		    !(*s)->is_lost) {
			(*s)->type = TY_LONG;
			(*s)->type_at = (*s)->at;
			any = true;
		}
	}
	return any;
}

static void report_symbols(struct infer *in)
{
	struct sym **s;
	int i;

	vec_foreach(s, &in->sm->prog->globals) {
		if ((*s)->is_reported || in->sm->is_partial)
			continue;
		if ((*s)->arity > 0 && (*s)->type == TY_UNKNOWN)
			diag_error(in->sm->d, &(*s)->at, DIAG_UNRESOLVED_TYPE,
				   "unresolved type of the elements of '%s'",
				   (*s)->name);
		for (i = 0; i < (*s)->arity && i < TAPRT_MAXKEYS; i++)
			if ((*s)->keys[i] == TY_UNKNOWN)
				diag_error(in->sm->d, &(*s)->at,
					   DIAG_UNRESOLVED_TYPE,
					   "unresolved type of index %d of "
					   "'%s'",
					   i, (*s)->name);
		/* A global only deleted is a scalar. */
		if ((*s)->arity < 0)
			(*s)->arity = 0;
	}
}

void sema_infer(struct sema *sm)
{
	struct infer in = { .sm = sm };

	do {
		do {
			in.changed = false;
			infer_round(&in);
			in.backward = !in.backward;
		} while (in.changed);
	} while (infer_defaults(&in));
	in.report = true;
	in.backward = false;
	infer_round(&in);
	report_symbols(&in);
}
