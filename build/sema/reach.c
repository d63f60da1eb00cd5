// SPDX-License-Identifier: GPL-2.0-only
/* What the probes still use: functions and globals nobody reaches are let go. */
#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/sema/ctx.h"
#include "build/sema/tree.h"

#include <string.h>

/**
 * struct reach - one walk from the handlers
 * @was: functions by old index
 * @seen: by old index
 * @is_broken: something was called that is
 */
struct reach {
	struct walk w;
	struct sema *sm;
	struct func_info **was;
	bool *seen, is_broken;
};

static void reach_sym(struct sym *s)
{
	if (s && s->kind == SYM_GLOBAL)
		s->index = 0;
}

bool sema_enter_call(struct sema *sm, const struct span *at)
{
	if (sm->call_depth < SEMA_MAX_CALLS) {
		sm->call_depth++;
		return true;
	}
	if (!sm->is_too_deep)
		diag_error(sm->d, at, DIAG_TOO_DEEP,
			   "functions call each other more than %d deep",
			   SEMA_MAX_CALLS);
	sm->is_too_deep = true;
	return false;
}

static void reach_func(struct reach *r, struct ast_func *f)
{
	struct embed_use *u;

	if (r->seen[f->index])
		return;
	r->seen[f->index] = true;
	vec_apush(r->sm->a, &r->sm->funcs, r->was[f->index]);
	walk_stmt(&r->w, &f->body);
	if (f->embed)
		vec_foreach(u, &f->embed->uses)
			reach_sym(u->sym);
	if (f->next_overload)
		reach_func(r, f->next_overload);
}

static bool reach_expr(struct walk *w, struct ast_expr **ep)
{
	reach_sym((*ep)->sym);
	if ((*ep)->kind == EX_CALL && (*ep)->func)
		reach_func(w->arg, (*ep)->func);
	return true;
}

static bool reach_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct ast_stmt *s = *sp;
	size_t i;

	(void)w;
	reach_sym(s->catch_sym);
	if (s->kind != ST_FOREACH)
		return true;
	reach_sym(s->foreach->array_sym);
	reach_sym(s->foreach->value_sym);
	for (i = 0; i < s->foreach->nkeys; i++)
		reach_sym(s->foreach->key_syms[i]);
	return true;
}

/* Globals in the order they are written, file by file: the same on all targets. */
static void keep_globals(struct sema *sm)
{
	struct scope_file **sf;
	struct ast_global **g;

	memset(&sm->prog->globals, 0, sizeof(sm->prog->globals));
	vec_foreach(sf, &sm->files) {
		vec_foreach(g, &(*sf)->ast->globals) {
			if ((*g)->sym->index < 0)
				continue;
			(*g)->sym->index = (int)sm->prog->globals.n;
			vec_apush(sm->a, &sm->prog->globals, (*g)->sym);
		}
	}
}

bool sema_reach(struct sema *sm, bool never_too)
{
	struct reach r = { .w = { reach_expr, reach_stmt, NULL }, .sm = sm };
	size_t i, nfuncs = sm->funcs.n, nglobals = sm->prog->globals.n;
	struct handler **h;
	struct sym **s;

	r.w.arg = &r;
	r.was = sm->funcs.v;
	r.seen = arena_array(sm->a, bool, nfuncs + 1);
	memset(&sm->funcs, 0, sizeof(sm->funcs));
	vec_foreach(s, &sm->prog->globals)
		(*s)->index = -1;
	vec_foreach(h, &sm->handlers)
		if (never_too || !(*h)->is_never)
			walk_dprobe(&r.w, (*h)->p);
	for (i = 0; i < nfuncs; i++) {
		r.was[i]->f->is_used = r.seen[i];
		r.was[i]->f->index = -1;
	}
	for (i = 0; i < sm->funcs.n; i++)
		sm->funcs.v[i]->f->index = (int)i;
	keep_globals(sm);
	return sm->funcs.n != nfuncs || sm->prog->globals.n != nglobals;
}

/* ---- --semantic-keep-going ----------------------------------------------- */

static bool lose_expr(struct walk *w, struct ast_expr **ep)
{
	(void)w;
	if ((*ep)->sym)
		(*ep)->sym->is_lost = true;
	return true;
}

/* What only a broken part says of a global's type is not known. */
static void lose_globals(struct sema *sm)
{
	struct walk w = { lose_expr, NULL, NULL };
	struct func_info **f;
	struct handler **h;

	vec_foreach(f, &sm->funcs)
		if ((*f)->is_broken)
			walk_stmt(&w, &(*f)->f->body);
	vec_foreach(h, &sm->handlers)
		if ((*h)->is_broken)
			walk_dprobe(&w, (*h)->p);
}

static bool broken_expr(struct walk *w, struct ast_expr **ep)
{
	const struct ast_expr *e = *ep;
	struct reach *r = w->arg;
	struct ast_func *f;

	if (e->kind != EX_CALL)
		return true;
	for (f = e->func; f; f = f->next_overload)
		r->is_broken |= f->index < 0 || r->was[f->index]->is_broken;
	return true;
}

void sema_drop_broken(struct sema *sm)
{
	struct reach r = { .w = { broken_expr, NULL, NULL },
			   .sm = sm,
			   .was = sm->funcs.v };
	struct func_info **f;
	struct handler **h;
	size_t before, broken = 0, n = 0;

	sm->is_partial = true;
	r.w.arg = &r;
	do {
		before = broken;
		broken = 0;
		vec_foreach(f, &sm->funcs) {
			r.is_broken = (*f)->is_broken;
			if (!r.is_broken)
				walk_stmt(&r.w, &(*f)->f->body);
			(*f)->is_broken = r.is_broken;
			broken += r.is_broken;
		}
	} while (broken != before);
	vec_foreach(h, &sm->handlers) {
		r.is_broken = (*h)->is_broken;
		walk_dprobe(&r.w, (*h)->p);
		(*h)->is_broken = r.is_broken;
	}
	lose_globals(sm);
	vec_foreach(h, &sm->handlers) {
		if ((*h)->is_broken)
			map_deinit(&(*h)->locals);
		else
			sm->handlers.v[n++] = *h;
	}
	sm->handlers.n = n;
	sema_reach(sm, true);
}
