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
 */
struct reach {
	struct walk w;
	struct sema *sm;
	struct func_info **was;
	bool *seen;
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
