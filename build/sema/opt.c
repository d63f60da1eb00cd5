// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that has no effect is dropped: values nobody reads, expressions without
 * side effects, handlers with nothing left in them.
 *
 * Aliases compute many variables of which a script uses few; this is what makes
 * them cost nothing.  User code gets a warning for each thing dropped.
 */
#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/families/family.h"
#include "build/sema/opt.h"
#include "build/session.h"

#include <string.h>

/* Only about what the user wrote in a probe or function, and only once. */
bool opt_may_warn(struct opt *o, const struct span *at)
{
	const char *key;

	if (!at->src || at->src->is_library || o->is_alias)
		return false;
	key = arena_printf(o->sm->a, "%p:%u", (void *)at->src, at->off);
	return !map_put(&o->sm->warned, key, o);
}

/* ---- snapshots ----------------------------------------------------------- */

static bool renumber_saved(struct walk *w, struct ast_expr **ep)
{
	int64_t *index = w->arg;

	if ((*ep)->kind == EX_SAVED)
		(*ep)->num = index[(*ep)->num];
	return true;
}

static bool mark_saved(struct walk *w, struct ast_expr **ep)
{
	int64_t *index = w->arg;

	if ((*ep)->kind == EX_SAVED)
		index[(*ep)->num] = 1;
	return true;
}

static void drop_saved(struct sema *sm, struct dprobe *p)
{
	int64_t *index = arena_array(sm->a, int64_t, p->saved.n + 1);
	struct walk mark = { .expr = mark_saved, .arg = index };
	struct walk renumber = { .expr = renumber_saved, .arg = index };
	size_t i, n = 0;

	walk_stmt(&mark, &p->body);
	for (i = 0; i < p->saved.n; i++) {
		if (!index[i])
			continue;
		index[i] = (int64_t)n;
		p->saved.v[n++] = p->saved.v[i];
	}
	p->saved.n = n;
	walk_stmt(&renumber, &p->body);
}

static bool opt_probe(struct opt *o, struct handler *h)
{
	struct dprobe *p = h->p;

	p->locals.n = opt_body(o, &p->body, p->locals.v, p->locals.n, h);
	drop_saved(o->sm, p);
	if (!opt_is_empty(p->body) || p->kind->flags & KIND_PASSIVE)
		return true;
	if (opt_may_warn(o, &p->at))
		diag_warn(o->sm->d, &p->at, DIAG_UNUSED,
			  "Probe '%s' has been elided: its handler does "
			  "nothing",
			  p->name);
	return false;
}

/* ---- globals and functions ----------------------------------------------- */

/* Which globals are read as scalars, which get values; by index. */
struct global_use {
	struct walk w;
	bool *read, *written;
};

static void global_written(struct global_use *u, const struct sym *s)
{
	if (s && s->kind == SYM_GLOBAL)
		u->written[s->index] = true;
}

static bool global_expr(struct walk *w, struct ast_expr **ep)
{
	struct global_use *u = w->arg;
	const struct ast_expr *e = *ep;

	if (e->kind == EX_ASSIGN || e->kind == EX_INCDEC)
		global_written(u, e->a->sym);
	else if (e->kind == EX_STATOP || e->kind == EX_HIST)
		return false;
	else if (e->kind == EX_NAME && opt_is_global(e))
		u->read[e->sym->index] = true;
	return true;
}

static bool global_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct global_use *u = w->arg;
	const struct ast_stmt *s = *sp;
	size_t i;

	if (s->kind == ST_DELETE)
		global_written(u, s->e->sym);
	else if (s->kind == ST_TRY)
		global_written(u, s->catch_sym);
	else if (s->kind == ST_FOREACH) {
		global_written(u, s->foreach->value_sym);
		for (i = 0; i < s->foreach->nkeys; i++)
			global_written(u, s->foreach->key_syms[i]);
	}
	return true;
}

static bool was_cloned(const struct sema *sm, const struct ast_func *f)
{
	struct func_info **c;

	vec_foreach(c, &sm->clones)
		if ((*c)->origin->f == f)
			return true;
	return false;
}

/* Another of its name and number of parameters is used instead of @f. */
static bool is_overloaded(const struct sema *sm, const struct ast_func *f)
{
	struct ast_func **o;
	size_t i;

	for (i = 0; i < sm->nuser; i++)
		vec_foreach(o, &sm->files.v[i]->ast->funcs)
			if ((*o)->is_used && (*o)->name == f->name &&
			    (*o)->nparams == f->nparams)
				return true;
	return false;
}

static void warn_unused(struct sema *sm, const struct ast_file *f)
{
	struct ast_global **g;
	struct ast_func **fn;

	vec_foreach(fn, &f->funcs) {
		if ((*fn)->is_used || was_cloned(sm, *fn))
			continue;
		else if (is_overloaded(sm, *fn))
			diag_warn(sm->d, &(*fn)->at, DIAG_UNUSED,
				  "instance of overloaded function '%s' will "
				  "never be reached",
				  (*fn)->name);
		else
			diag_warn(sm->d, &(*fn)->at, DIAG_UNUSED,
				  "Eliding unused function '%s'", (*fn)->name);
	}
	vec_foreach(g, &f->globals)
		if ((*g)->sym->index < 0)
			diag_warn(sm->d, &(*g)->at, DIAG_UNUSED,
				  "Eliding unused variable '%s'",
				  (*g)->sym->name);
}

/* The name of an embedded function's global stands somewhere in its text. */
static bool is_embedded_use(const struct sema *sm, const struct sym *g)
{
	size_t i;

	for (i = 0; i < sm->funcs.n; i++)
		if (sm->funcs.v[i]->f->embedded &&
		    strstr(sm->funcs.v[i]->f->embedded, g->name))
			return true;
	return false;
}

static bool is_set(const struct session *s, const struct sym *g)
{
	size_t i, n = strlen(g->name);

	for (i = 0; i < s->nglobal_set; i++)
		if (!strncmp(s->global_set[i], g->name, n) &&
		    s->global_set[i][n] == '=')
			return true;
	return false;
}

static void warn_unassigned_global(struct opt *o, const struct ast_file *f,
				   const struct sym *s)
{
	struct similar sim;
	struct ast_global **g;

	similar_init(&sim, s->name);
	vec_foreach(g, &f->globals)
		if ((*g)->sym != s && o->nsimilar < 100)
			similar_add(&sim, (*g)->sym->name);
	if (opt_may_warn(o, &s->at))
		diag_warn(o->sm->d, &s->at, DIAG_NEVER_ASSIGNED,
			  "never-assigned global variable '%s'%s", s->name,
			  similar_text(o->sm->a, &sim, "similar"));
	o->nsimilar++;
}

/* Scalars of the script that are read and have only the value they start with. */
static void warn_globals(struct opt *o)
{
	struct global_use u = { .w = { global_expr, global_stmt, NULL } };
	struct sema *sm = o->sm;
	struct ast_global **g;
	struct handler **h;
	size_t i;

	u.w.arg = &u;
	u.written = arena_array(sm->a, bool, sm->prog->globals.n + 1);
	u.read = arena_array(sm->a, bool, sm->prog->globals.n + 1);
	for (i = 0; i < sm->funcs.n; i++)
		walk_stmt(&u.w, &sm->funcs.v[i]->f->body);
	vec_foreach(h, &sm->handlers)
		walk_dprobe(&u.w, (*h)->p);
	for (i = 0; i < sm->nuser; i++) {
		vec_foreach(g, &sm->files.v[i]->ast->globals) {
			const struct sym *s = (*g)->sym;

			if (s->index >= 0 && !s->init && !u.written[s->index] &&
			    u.read[s->index] && !is_set(sm->s, s) &&
			    !is_embedded_use(sm, s))
				warn_unassigned_global(o, sm->files.v[i]->ast,
						       s);
		}
	}
}

static void opt_function(struct opt *o, struct ast_func *f)
{
	if (!f->body)
		return;
	f->locals.n = opt_body(o, &f->body, f->locals.v, f->locals.n, NULL);
	if (opt_is_empty(f->body) && opt_may_warn(o, &f->at))
		diag_warn(o->sm->d, &f->at, DIAG_UNUSED,
			  "side-effect-free function '%s'", f->name);
}

void sema_optimize(struct sema *sm)
{
	struct opt o = { .sm = sm, .keeps_groups = sema_keeps_groups(sm) };
	struct handler **h;
	size_t i, n;

	if (sm->s->unoptimized)
		return;
	warn_globals(&o);
	do {
		opt_find_pure(&o);
		for (i = 0; i < sm->funcs.n; i++)
			opt_function(&o, sm->funcs.v[i]->f);
		n = 0;
		vec_foreach(h, &sm->handlers) {
			if (opt_probe(&o, *h))
				sm->handlers.v[n++] = *h;
			else
				map_deinit(&(*h)->locals);
		}
		sm->handlers.n = n;
	} while (sema_reach(sm, true));
	for (i = 0; i < sm->nuser; i++)
		warn_unused(sm, sm->files.v[i]->ast);
}
