// SPDX-License-Identifier: GPL-2.0-only
/*
 * Types by propagation to a fixpoint; conflicts are reported with both places.
 *
 * Silent rounds (infer_work.c) only ever fill in unknown types, so they end.  A
 * last round changes nothing and reports every place that disagrees.
 */
#include "build/sema/infer.h"

#include "build/base/diag.h"
#include "build/sema/tree.h"

/* ---- statements ---------------------------------------------------------- */

static void var_is(struct infer *in, struct sym *s, enum ty t,
		   const struct span *at, const char *what)
{
	if (!s)
		return;
	infer_set_arity(in, s, 0, at);
	infer_set_var(in, s, t, at);
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
		infer_need(in, f->limit, TY_LONG);
	if (f->hist) {
		infer_expr(in, f->hist, TY_UNKNOWN);
		for (i = 0; i < f->nkeys; i++)
			var_is(in, f->key_syms[i], TY_LONG, &f->key_spans[i],
			       "key");
		var_is(in, f->value_sym, TY_LONG, &f->array_at, "value");
		return;
	}
	if (!a)
		return;
	infer_set_arity(in, a, (int)f->nkeys, &f->array_at);
	if (f->nslice)
		infer_keys(in, a, f->slice, f->nslice, &f->array_at);
	for (i = 0; i < f->nkeys && a->arity == (int)f->nkeys; i++) {
		struct sym *k = f->key_syms[i];

		var_is(in, k, a->keys[i], &f->key_spans[i], "key");
		infer_set_key(in, a, i, k->type, &f->key_spans[i]);
	}
	if (f->sort >= TAPRT_SORT_COUNT)
		infer_set_var(in, a, TY_STAT, &f->array_at);
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
	infer_set_var(in, a, f->value_sym->type, &f->array_at);
}

static void visit_return(struct infer *in, struct ast_stmt *s)
{
	struct ast_func *f;
	enum ty t;

	if (!in->fi || !s->e)
		return;
	f = in->fi->f;
	t = infer_expr(in, s->e, f->type);
	infer_set_return(in, f, t, &s->e->at);
	if (!in->report)
		return;
	if (t == TY_UNKNOWN || f->type == TY_UNKNOWN || t == f->type) {
		infer_demand(in, s->e, TY_UNKNOWN);
		return;
	}
	diag_error(in->sm->d, &s->e->at, DIAG_RETURN_TYPE,
		   "return type mismatch: function '%s' returns %s, this is %s",
		   f->name, ty_name(f->type), ty_name(t));
	infer_note_origin(in, s->e);
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
		infer_expr(in, e, TY_UNKNOWN);
		in->is_delete = false;
	}
}

void infer_stmt(struct infer *in, struct ast_stmt *s)
{
	switch (s->kind) {
	case ST_EXPR:
		infer_expr(in, s->e, TY_UNKNOWN);
		break;
	case ST_IF:
	case ST_WHILE:
		infer_need(in, s->e, TY_LONG);
		break;
	case ST_FOR:
		if (s->init)
			infer_expr(in, s->init, TY_UNKNOWN);
		infer_need(in, s->e, TY_LONG);
		if (s->step)
			infer_expr(in, s->step, TY_UNKNOWN);
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
}

/* ---- the last round ------------------------------------------------------ */

static bool report_stmt(struct walk *w, struct ast_stmt **sp)
{
	infer_stmt(w->arg, *sp);
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
void infer_overload(struct infer *in, struct ast_func *f)
{
	struct ast_func *o = f->next_overload;
	size_t i;

	infer_set_return(in, f, o->type, &o->type_at);
	infer_set_return(in, o, f->type, &f->type_at);
	for (i = 0; i < f->nparams; i++) {
		struct sym *p = f->params[i], *q = o->params[i];

		infer_set_var(in, p, q->type, &q->type_at);
		infer_set_var(in, q, p->type, &p->type_at);
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

struct returns {
	bool value, plain;
};

static bool find_return(struct walk *w, struct ast_stmt **sp)
{
	struct returns *r = w->arg;

	if ((*sp)->kind == ST_RETURN && (*sp)->e)
		r->value = true;
	else if ((*sp)->kind == ST_RETURN)
		r->plain = true;
	return true;
}

/* A function that just ends returns what its callers take it for: 0 or "".  What C
 * returns they say too. */
static void find_returns(struct sema *sm)
{
	struct func_info **fi;

	vec_foreach(fi, &sm->funcs) {
		struct returns r = { false, false };
		struct walk w = { infer_no_expr, find_return, &r };

		walk_stmt(&w, &(*fi)->f->body);
		(*fi)->typed_by_use = r.value || !r.plain;
	}
}

/* Everything once more, to say what disagrees. */
static void report_all(struct infer *in)
{
	struct walk w = { infer_no_expr, report_stmt, in };
	struct func_info **fi;
	struct handler **h;
	struct saved *sv;

	vec_foreach(fi, &in->sm->funcs) {
		unsigned int before = in->sm->d->nerrors;

		in->is_lost = false;
		in->fi = *fi;
		walk_stmt(&w, &(*fi)->f->body);
		if ((*fi)->f->next_overload)
			infer_overload(in, (*fi)->f);
		(*fi)->is_broken |= in->sm->d->nerrors > before || in->is_lost;
	}
	in->fi = NULL;
	vec_foreach(h, &in->sm->handlers) {
		unsigned int before = in->sm->d->nerrors;

		in->is_lost = false;
		in->p = (*h)->p;
		infer_need(in, in->p->cond, TY_LONG);
		vec_foreach(sv, &in->p->saved)
			infer_need(in, sv->e, TY_UNKNOWN);
		walk_stmt(&w, &in->p->body);
		(*h)->is_broken |= in->sm->d->nerrors > before || in->is_lost;
	}
	in->p = NULL;
}

/* ---- what stays unknown -------------------------------------------------- */

static bool default_long(struct infer *in, struct sym *s)
{
	s->type = TY_LONG;
	s->type_at = s->at;
	infer_changed(in, s->users);
	return true;
}

static bool default_local(struct infer *in, struct sym *s)
{
	if (s->type != TY_UNKNOWN || infer_is_assigned(in, s))
		return false;
	return default_long(in, s);
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
			any |= default_local(in, *s);
	for (i = 0; i < in->sm->funcs.n; i++)
		vec_foreach(s, &in->sm->funcs.v[i]->f->locals)
			any |= default_local(in, *s);
	vec_foreach(s, &in->sm->prog->globals)
		if ((*s)->type == TY_UNKNOWN && (*s)->arity <= 0 &&
		    !(*s)->is_lost)
			any |= default_long(in, *s);
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

	find_returns(sm);
	infer_work_start(&in);
	do {
		do
			infer_work_round(&in);
		while (in.changed);
	} while (infer_defaults(&in));
	infer_work_end(&in);
	in.report = true;
	report_all(&in);
	report_symbols(&in);
}
