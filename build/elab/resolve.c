// SPDX-License-Identifier: GPL-2.0-only
/* Names to definitions; library files are parsed when a name leads to them. */
#include "build/elab/resolve_priv.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/elab/target.h"
#include "build/lang/lang.h"
#include "build/session.h"

#include <stdlib.h>
#include <string.h>

/* ---- files --------------------------------------------------------------- */

static int func_rank(const struct func_info *fi)
{
	if (fi->f->priority)
		return fi->f->priority;
	return fi->f->is_library ? 1 : 0;
}

struct func_set *resolve_func_set(struct sema *sm, const char *name)
{
	struct func_set *fs = map_get(&sm->fsets, name);

	if (!fs) {
		fs = arena_new(sm->a, struct func_set);
		fs->name = name;
		map_put(&sm->fsets, name, fs);
	}
	return fs;
}

/* Keep the set ordered: by priority, then user before library, then as written. */
static void func_set_add(struct sema *sm, struct func_set *fs,
			 struct func_info *fi)
{
	size_t i;

	fs->has_private |= fi->f->is_private;
	vec_apush(sm->a, &fs->v, fi);
	for (i = fs->v.n - 1; i > 0; i--) {
		struct func_info *prev = fs->v.v[i - 1];

		if (func_rank(prev) < func_rank(fi) ||
		    (func_rank(prev) == func_rank(fi) &&
		     prev->f->is_library <= fi->f->is_library))
			break;
		fs->v.v[i] = prev;
		fs->v.v[i - 1] = fi;
	}
}

static void add_global(struct sema *sm, struct scope_file *sf, struct sym *g)
{
	size_t i;

	(void)sm;
	g->kind = SYM_GLOBAL;
	g->index = -1;
	g->is_library = sf->ast->is_library;
	g->arity = g->init ? 0 : -1;
	g->type = TY_UNKNOWN;
	for (i = 0; i < TAPRT_MAXKEYS; i++)
		g->keys[i] = TY_UNKNOWN;
	if (g->init) {
		g->type = g->init->kind == EX_STRING ? TY_STRING : TY_LONG;
		g->type_at = g->init->at;
	}
	map_put(&sf->globals, g->name, g);
}

struct scope_file *resolve_add_file(struct sema *sm, struct ast_file *f)
{
	struct scope_file *sf = arena_new(sm->a, struct scope_file);
	struct ast_global **g;
	struct ast_func **fn;

	sf->ast = f;
	vec_foreach(g, &f->globals)
		add_global(sm, sf, (*g)->sym);
	vec_foreach(fn, &f->funcs) {
		struct func_info *fi = arena_new(sm->a, struct func_info);

		fi->f = *fn;
		fi->file = sf;
		(*fn)->is_library = f->is_library;
		(*fn)->index = -1;
		func_set_add(sm, resolve_func_set(sm, (*fn)->name), fi);
	}
	vec_apush(sm->a, &sm->files, sf);
	return sf;
}

void resolve_add_user(struct sema *sm)
{
	struct ast_file **more;

	resolve_add_file(sm, sm->in->user);
	vec_foreach(more, &sm->in->user->more)
		resolve_add_file(sm, *more);
	sm->nuser = sm->files.n;
}

struct scope_file *resolve_load(struct sema *sm, const struct lib_file *lf,
				const struct span *why)
{
	struct scope_file *sf = map_get(&sm->loaded, lf->path);
	unsigned int before = sm->d->nerrors;
	struct ast_file *f;

	if (sf)
		return sf->ast ? sf : NULL;
	f = lang_parse(sm->a, library_lexed(sm->in->lib, lf), sm->in->env,
		       sm->d);
	if (!f) {
		if (why && sm->d->nerrors > before)
			diag_note(sm->d, why, "tapset file '%s' is needed here",
				  lf->path);
		/* Remembered, so that it is reported once. */
		map_put(&sm->loaded, lf->path,
			arena_new(sm->a, struct scope_file));
		return NULL;
	}
	f->is_library = true;
	sf = resolve_add_file(sm, f);
	map_put(&sm->loaded, lf->path, sf);
	return sf;
}

/* Load what the library has under @name; true if anything. */
bool resolve_load_named(struct sema *sm, enum lib_kind kind, const char *name,
			const struct span *why, bool all)
{
	const struct lib_file **lf = NULL;
	size_t i, n;
	bool any = false;

	if (!sm->in->lib)
		return false;
	n = library_find(sm->in->lib, kind, name,
			 sm->in->env ? sm->in->env->target : NULL, &lf);
	for (i = 0; i < n && (all || !any); i++)
		any |= resolve_load(sm, lf[i], why) != NULL;
	free(lf);
	return any;
}

/* ---- variables ----------------------------------------------------------- */

static struct sym *library_global(struct sema *sm, const char *name,
				  const struct span *at)
{
	struct scope_file **sf;
	size_t pass;

	for (pass = 0; pass < 2; pass++) {
		vec_foreach(sf, &sm->files) {
			struct sym *g = map_get(&(*sf)->globals, name);

			if (g && g->is_library && !g->is_private)
				return g;
		}
		if (pass ||
		    !resolve_load_named(sm, LIB_GLOBAL, name, at, false))
			return NULL;
	}
	return NULL;
}

/* The file's own, else what another file of the script lets it see. */
static struct sym *file_global(const struct sema *sm,
			       const struct scope_file *file, const char *name)
{
	struct sym *g = map_get(&file->globals, name);
	size_t i;

	if (g || file->ast->is_library)
		return g;
	for (i = 0; i < sm->nuser; i++) {
		g = map_get(&sm->files.v[i]->globals, name);
		if (g && !g->is_private)
			return g;
	}
	return NULL;
}

static void use_global(struct sema *sm, struct sym *g)
{
	if (g->index >= 0)
		return;
	g->index = (int)sm->prog->globals.n;
	vec_apush(sm->a, &sm->prog->globals, g);
}

static struct sym *find_global(struct binder *b, const char *name,
			       const struct span *at, bool library)
{
	struct sym *g = file_global(b->sm, b->file, name);

	if (!g && library)
		g = library_global(b->sm, name, at);
	if (g)
		use_global(b->sm, g);
	return g;
}

static struct sym *new_local(struct binder *b, const char *name,
			     const struct span *at)
{
	struct sym *s = arena_new(b->sm->a, struct sym);

	s->kind = SYM_LOCAL;
	s->name = name;
	s->at = *at;
	map_put(b->locals, name, s);
	if (b->h) {
		s->index = (int)b->h->p->locals.n;
		vec_apush(b->sm->a, &b->h->p->locals, s);
	} else {
		s->index = (int)b->fi->f->locals.n;
		vec_apush(b->sm->a, &b->fi->f->locals, s);
	}
	return s;
}

/* A scalar: the file's global, a local in scope, a library global, new local. */
static struct sym *find_scalar(struct binder *b, const char *name,
			       const struct span *at)
{
	struct sym *s = file_global(b->sm, b->file, name);

	if (s && b->fi && map_get(b->locals, name))
		s = NULL; /* a parameter hides a global */
	if (s) {
		use_global(b->sm, s);
		return s;
	}
	s = b->no_locals ? NULL : map_get(b->locals, name);
	if (s)
		return s;
	s = find_global(b, name, at, true);
	if (s)
		return s;
	if (b->no_locals) {
		diag_error(b->sm->d, at, DIAG_LOCAL_SCOPE, "%s: '%s'",
			   b->no_locals, name);
		return new_local(b, name, at);
	}
	return new_local(b, name, at);
}

static struct sym *find_array(struct binder *b, const char *name, size_t arity,
			      const struct span *at)
{
	struct sym *s;

	if (map_get(b->locals, name) && !file_global(b->sm, b->file, name)) {
		diag_error(b->sm->d, at, DIAG_LOCAL_ARRAY,
			   "array locals not supported: '%s' is a local here, "
			   "missing global declaration?",
			   name);
		return NULL;
	}
	s = find_global(b, name, at, true);
	if (!s && arity)
		diag_error(b->sm->d, at, DIAG_UNDECLARED_ARRAY,
			   "unresolved arity-%zu global array %s, missing "
			   "global declaration?",
			   arity, name);
	else if (!s)
		diag_error(b->sm->d, at, DIAG_UNDECLARED_ARRAY,
			   "unresolved global array %s, missing global "
			   "declaration?",
			   name);
	return s;
}

/* ---- bodies -------------------------------------------------------------- */

/* The globals that C names in its comments. */
static void bind_embed(struct binder *b, struct embed *em)
{
	struct embed_use *u;
	size_t i;

	vec_foreach(u, &em->uses) {
		struct similar sim;

		u->sym = find_global(b, u->name, &u->at, true);
		if (u->sym)
			continue;
		similar_init(&sim, u->name);
		for (i = 0; i < b->file->globals.n; i++)
			similar_add(&sim, b->file->globals.ent[i].key);
		diag_error(b->sm->d, &u->at, DIAG_EMBEDDED_PRAGMA,
			   "unresolved global '%s' in pragma%s", u->name,
			   similar_text(b->sm->a, &sim, "similar"));
	}
}

/* "%{ … %}" as a value becomes a call of a function with that body. */
static void bind_embedded(struct binder *b, struct ast_expr *e)
{
	struct func_info *fi = arena_new(b->sm->a, struct func_info);
	struct ast_func *f = arena_new(b->sm->a, struct ast_func);

	f->at = e->at;
	f->name = "embedded";
	f->embed = arena_memdup(b->sm->a, e->embed, sizeof(*e->embed));
	f->embed->is_expr = true;
	f->embedded = e->str;
	f->type = f->embed->flags & EMBED_STRING ? TY_STRING : TY_LONG;
	f->type_declared = true;
	f->index = -1;
	f->is_library = b->file->ast->is_library;
	fi->f = f;
	fi->file = b->file;
	resolve_use_func(b->sm, fi);
	e->kind = EX_CALL;
	e->name = f->name;
	e->func = f;
}

static bool bind_expr(struct walk *w, struct ast_expr **ep)
{
	struct binder *b = w->arg;
	struct ast_expr *e = *ep;

	switch (e->kind) {
	case EX_NAME:
		if (!e->sym)
			e->sym = find_scalar(b, e->name, &e->at);
		break;
	case EX_INDEX:
	case EX_IN:
		/* "x in @hist_log(a)" carries a histogram instead of a name */
		if (!e->sym && e->name)
			e->sym = find_array(b, e->name, e->nargs, &e->at);
		break;
	case EX_CALL:
		if (!e->func && !e->intrinsic)
			resolve_bind_call(b, e);
		else if (e->func && !e->func->is_used)
			resolve_use_clone(b->sm, e->func);
		break;
	case EX_EMBEDDED:
		bind_embedded(b, e);
		break;
	default:
		break;
	}
	return true;
}

static void bind_foreach(struct binder *b, struct ast_foreach *f)
{
	size_t i;

	if (!f->key_syms)
		f->key_syms = arena_array(b->sm->a, struct sym *, f->nkeys);
	for (i = 0; i < f->nkeys; i++)
		f->key_syms[i] = find_scalar(b, f->keys[i], &f->key_spans[i]);
	if (f->value)
		f->value_sym = find_scalar(b, f->value, &f->array_at);
	if (f->array)
		f->array_sym = find_array(b, f->array, f->nkeys, &f->array_at);
}

static bool bind_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct binder *b = w->arg;
	struct ast_stmt *s = *sp;

	if (s->kind == ST_FOREACH)
		bind_foreach(b, s->foreach);
	else if (s->kind == ST_TRY && s->catch_name)
		s->catch_sym = find_scalar(b, s->catch_name, &s->catch_at);
	return true;
}

static void binder_init(struct binder *b, struct sema *sm)
{
	memset(b, 0, sizeof(*b));
	b->w.expr = bind_expr;
	b->w.stmt = bind_stmt;
	b->w.arg = b;
	b->sm = sm;
}

/* --suppress-handler-errors: as if all of it stood in try { } catch { next } */
static struct ast_stmt *quiet_body(struct sema *sm, struct ast_stmt *body)
{
	struct ast_stmt *s = arena_new(sm->a, struct ast_stmt);
	struct ast_stmt *next = arena_new(sm->a, struct ast_stmt);

	s->kind = ST_TRY;
	next->kind = ST_NEXT;
	s->at = next->at = body->at;
	s->then = body;
	s->otherwise = next;
	return s;
}

/* One part is the body itself; several become a block. */
static struct ast_stmt *handler_parts(struct sema *sm, const struct handler *h)
{
	struct ast_stmt *s = tree_block(sm->a, h->p->at, NULL, 0);
	size_t i;

	if (h->parts.n == 1)
		return h->parts.v[0].s;
	s->nbody = h->parts.n;
	s->body = arena_array(sm->a, struct ast_stmt *, s->nbody);
	for (i = 0; i < s->nbody; i++)
		s->body[i] = h->parts.v[i].s;
	return s;
}

static struct ast_stmt *handler_body(struct sema *sm, const struct handler *h)
{
	struct ast_stmt *s = handler_parts(sm, h);

	return sm->s->suppress_handler_errors ? quiet_body(sm, s) : s;
}

void resolve_handler(struct sema *sm, struct handler *h)
{
	struct body_part *part;
	unsigned int before = sm->d->nerrors;
	struct binder b;
	struct saved *sv;

	binder_init(&b, sm);
	b.h = h;
	b.locals = &h->locals;
	b.file = h->file;
	b.no_locals = "probe condition must not reference undeclared global";
	walk_expr(&b.w, &h->p->cond);
	b.no_locals = "a value taken at function entry cannot use locals";
	vec_foreach(sv, &h->p->saved)
		walk_expr(&b.w, &sv->e);
	b.no_locals = NULL;
	vec_foreach(part, &h->parts) {
		b.file = part->file;
		walk_stmt(&b.w, &part->s);
	}
	h->p->body = handler_body(sm, h);
	h->is_broken |= sm->d->nerrors > before;
}

static void resolve_function(struct sema *sm, struct func_info *fi)
{
	struct map locals = { 0 };
	struct binder b;
	size_t i;

	fi->is_bound = true;
	binder_init(&b, sm);
	b.fi = fi;
	b.file = fi->file;
	b.locals = &locals;
	for (i = 0; i < fi->f->nparams; i++) {
		fi->f->params[i]->kind = SYM_PARAM;
		fi->f->params[i]->index = (int)i;
		map_put(&locals, fi->f->params[i]->name, fi->f->params[i]);
	}
	if (fi->f->embed)
		bind_embed(&b, fi->f->embed);
	if (fi->f->body) {
		if (!fi->origin) /* clones are lowered at their place */
			target_lower_function(sm, fi);
		sema_fold_stmt(sm, &fi->f->body);
		walk_stmt(&b.w, &fi->f->body);
	}
	map_deinit(&locals);
}

void resolve_functions(struct sema *sm)
{
	size_t i;

	for (i = 0; i < sm->funcs.n; i++) {
		unsigned int before = sm->d->nerrors;

		if (sm->funcs.v[i]->is_bound)
			continue;
		resolve_function(sm, sm->funcs.v[i]);
		sm->funcs.v[i]->is_broken = sm->d->nerrors > before;
	}
}
