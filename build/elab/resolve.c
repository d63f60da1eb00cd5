// SPDX-License-Identifier: GPL-2.0-only
/* Names to definitions; library files are parsed when a name leads to them. */
#include "build/elab/resolve.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/elab/library.h"
#include "build/elab/target.h"
#include "build/lang/lang.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"
#include "build/session.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct binder - where names of one body are looked up
 * @h: the handler, or NULL in a function
 * @fi: the function, or NULL in a handler
 * @no_locals: entry snapshots and conditions see globals only
 */
struct binder {
	struct walk w;
	struct sema *sm;
	struct scope_file *file;
	struct handler *h;
	struct func_info *fi;
	struct map *locals;
	const char *no_locals;
};

/* ---- files --------------------------------------------------------------- */

static int func_rank(const struct func_info *fi)
{
	if (fi->f->priority)
		return fi->f->priority;
	return fi->f->is_library ? 1 : 0;
}

static struct func_set *func_set_get(struct sema *sm, const char *name)
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
		func_set_add(sm, func_set_get(sm, (*fn)->name), fi);
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
static bool load_named(struct sema *sm, enum lib_kind kind, const char *name,
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
		if (pass || !load_named(sm, LIB_GLOBAL, name, at, false))
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

/* ---- functions ----------------------------------------------------------- */

struct has_next {
	struct walk w;
	bool found;
};

static bool has_next_stmt(struct walk *w, struct ast_stmt **s)
{
	struct has_next *h = w->arg;

	if ((*s)->kind == ST_NEXT)
		h->found = true;
	return !h->found;
}

/* Every call asks: its body is read once. */
static bool func_has_next(struct func_info *fi)
{
	struct has_next h = { .w = { .stmt = has_next_stmt } };

	if (fi->next == NEXT_UNKNOWN) {
		h.w.arg = &h;
		if (fi->f->embed)
			h.found = strstr(fi->f->embed->text, "STAP_NEXT");
		else
			walk_stmt(&h.w, &fi->f->body);
		fi->next = h.found ? NEXT_YES : NEXT_NO;
	}
	return fi->next == NEXT_YES;
}

/* Has file @from a private function of that name?  It hides those of other files. */
static bool hides_others(const struct func_set *fs, size_t nargs,
			 const struct scope_file *from)
{
	struct func_info *const *fi;

	if (fs->has_private)
		vec_foreach(fi, &fs->v)
			if ((*fi)->f->is_private && (*fi)->file == from &&
			    (*fi)->f->nparams == nargs)
				return true;
	return false;
}

/* @hides: hides_others() */
static bool visible(const struct func_info *fi, const struct scope_file *from,
		    bool hides)
{
	return fi->file == from || (!fi->f->is_private && !hides);
}

/* Take @fi into the program; its body is bound later. */
static void use_func(struct sema *sm, struct func_info *fi)
{
	if (fi->f->is_used)
		return;
	fi->f->is_used = true;
	fi->f->index = (int)sm->funcs.n;
	vec_apush(sm->a, &sm->funcs, fi);
}

void resolve_use_library(struct sema *sm)
{
	struct func_info **fi;
	size_t i;

	for (i = 0; i < sm->fsets.n; i++) {
		struct func_set *fs = sm->fsets.ent[i].val;

		vec_foreach(fi, &fs->v)
			if ((*fi)->f->is_library)
				use_func(sm, *fi);
	}
}

/* A library may call what a script may call only with -g. */
static void check_guru(struct sema *sm, const struct scope_file *from,
		       const struct intrinsic *in, const struct span *at)
{
	if ((in->flags & IN_GURU) && !sm->s->guru && !from->ast->is_library)
		diag_error(sm->d, at, DIAG_NEED_GURU,
			   "function '%s' may not be called by an unprivileged "
			   "script; need -g",
			   in->name);
}

/* "return NAME(params)", of what the runtime has under the name of @over. */
static struct ast_stmt *intrinsic_body(struct sema *sm,
				       const struct ast_func *over,
				       const struct intrinsic *in)
{
	struct ast_expr *e = tree_expr(sm->a, EX_CALL, over->at);
	struct ast_stmt *s;
	size_t i;

	e->name = in->name;
	e->intrinsic = in;
	e->nargs = over->nparams;
	e->args = arena_array(sm->a, struct ast_expr *, e->nargs + 1);
	for (i = 0; i < e->nargs; i++) {
		e->args[i] = tree_expr(sm->a, EX_NAME, over->at);
		e->args[i]->name = over->params[i]->name;
	}
	s = tree_stmt(sm->a, in->type == TY_UNKNOWN ? ST_EXPR : ST_RETURN,
		      over->at);
	s->e = e;
	return s;
}

/* An intrinsic as the function that `next` in @prev leads to. */
static void chain_intrinsic(struct sema *sm, struct func_info *prev,
			    const struct intrinsic *in)
{
	struct func_info *fi = arena_new(sm->a, struct func_info);
	struct ast_func *f = arena_new(sm->a, struct ast_func);
	size_t i;

	f->at = prev->f->at;
	f->name = in->name;
	f->is_library = true;
	f->index = -1;
	f->nparams = prev->f->nparams;
	f->params = arena_array(sm->a, struct sym *, f->nparams + 1);
	for (i = 0; i < f->nparams; i++) {
		f->params[i] = arena_new(sm->a, struct sym);
		f->params[i]->name = prev->f->params[i]->name;
		f->params[i]->at = prev->f->params[i]->at;
	}
	f->body = intrinsic_body(sm, prev->f, in);
	fi->f = f;
	fi->file = prev->file;
	prev->f->next_overload = f;
	check_guru(sm, prev->file, in, &f->at);
	use_func(sm, fi);
}

/* Link the overloads that `next` can reach, starting with @fs->v.v[i]. */
static void chain_overloads(struct sema *sm, struct func_set *fs, size_t i,
			    size_t nargs, struct scope_file *from)
{
	const struct intrinsic *in = intrinsic_find(fs->name, nargs);
	bool hides = hides_others(fs, nargs, from);
	struct func_info *prev = fs->v.v[i];

	use_func(sm, prev);
	for (i++; i < fs->v.n && func_has_next(prev); i++) {
		struct func_info *fi = fs->v.v[i];

		if (fi->f->nparams != nargs || !visible(fi, from, hides))
			continue;
		if (!prev->f->next_overload)
			prev->f->next_overload = fi->f;
		use_func(sm, fi);
		prev = fi;
	}
	if (in && !prev->f->next_overload && func_has_next(prev))
		chain_intrinsic(sm, prev, in);
}

/* The first overload a call from @from means: its place in @fs, or fs->v.n. */
static size_t find_overload(const struct func_set *fs, size_t nargs,
			    const struct scope_file *from)
{
	bool hides = hides_others(fs, nargs, from);
	size_t i;

	for (i = 0; i < fs->v.n; i++)
		if (fs->v.v[i]->f->nparams == nargs &&
		    visible(fs->v.v[i], from, hides))
			break;
	return i;
}

static struct func_set *load_functions(struct sema *sm, const char *name,
				       const struct span *at)
{
	struct func_set *fs = func_set_get(sm, name);

	if (!fs->is_library_loaded) {
		unsigned int before = sm->d->nerrors;

		fs->is_library_loaded = true;
		load_named(sm, LIB_FUNC, name, at, true);
		fs->is_broken = sm->d->nerrors > before;
	}
	return fs;
}

static bool pick_func(struct binder *b, struct ast_expr *e)
{
	struct func_set *fs = func_set_get(b->sm, e->name);
	size_t i = find_overload(fs, e->nargs, b->file);

	if (i == fs->v.n)
		return false;
	e->func = fs->v.v[i]->f;
	chain_overloads(b->sm, fs, i, e->nargs, b->file);
	return true;
}

/* Words of the language that a misspelt call may have meant. */
static const char *const words[] = {
	"delete", "for",     "foreach",	  "if",	     "return",	 "while",
	"print",  "printd",  "printdln",  "printf",  "println",	 "print_char",
	"sprint", "sprintd", "sprintdln", "sprintf", "sprintln",
};

/* One of that name, whatever it takes, that a call from @from can see, or NULL. */
static struct ast_func *any_visible(const struct func_set *fs,
				    const struct scope_file *from)
{
	struct func_info *const *fi;

	if (fs)
		vec_foreach(fi, &fs->v)
			if (visible(*fi, from, false))
				return (*fi)->f;
	return NULL;
}

static void report_call(struct binder *b, struct ast_expr *e)
{
	struct func_set *fs = map_get(&b->sm->fsets, e->name);
	const struct ast_func *f = any_visible(fs, b->file);
	const struct intrinsic *in = intrinsic_any(e->name);
	const char *const *names;
	struct similar sim;
	size_t i, n;

	if (in || f) {
		diag_error(b->sm->d, &e->at, DIAG_ARITY,
			   "arity mismatch found (function '%s' takes %zu "
			   "args, not %zu)",
			   e->name, in ? in->nargs : f->nparams, e->nargs);
		if (f)
			diag_note(b->sm->d, &f->at, "'%s' is defined here",
				  e->name);
		return;
	}
	similar_init(&sim, e->name);
	for (i = 0; i < b->sm->fsets.n; i++) {
		fs = b->sm->fsets.ent[i].val;
		if (any_visible(fs, b->file))
			similar_add(&sim, fs->name);
	}
	for (i = 0; (in = intrinsic_at(i)); i++)
		similar_add(&sim, in->name);
	n = b->sm->in->lib ? library_names(b->sm->in->lib, LIB_FUNC, &names)
			   : 0;
	for (i = 0; i < n; i++)
		if (strcmp(names[i], e->name)) /* a private one */
			similar_add(&sim, names[i]);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		similar_add(&sim, words[i]);
	diag_error(b->sm->d, &e->at, DIAG_UNKNOWN_FUNCTION,
		   "unresolved function %s%s", e->name,
		   similar_text(b->sm->a, &sim, "similar"));
}

static void bind_call(struct binder *b, struct ast_expr *e)
{
	struct func_set *fs = load_functions(b->sm, e->name, &e->at);

	if (pick_func(b, e))
		return;
	e->intrinsic = intrinsic_find(e->name, e->nargs);
	if (e->intrinsic)
		check_guru(b->sm, b->file, e->intrinsic, &e->at);
	if (!e->intrinsic && !fs->is_broken)
		report_call(b, e);
}

/* ---- functions that see the place they are called at --------------------- */

/**
 * struct context - what is looked for in a body
 * @found: it needs the place it is called at
 * @casts: it gives a number a type; @returns: and may return such a one
 */
struct context {
	struct walk w;
	struct sema *sm;
	struct func_info *fi;
	struct scope_file *file;
	bool found, casts, returns;
};

/* "p->m" of a parameter: what it points to the caller knows. */
static bool is_param(const struct func_info *fi, const struct ast_expr *e)
{
	for (size_t i = 0; e->kind == EX_NAME && i < fi->f->nparams; i++)
		if (!strcmp(fi->f->params[i]->name, e->name))
			return true;
	return false;
}

static bool context_expr(struct walk *w, struct ast_expr **ep)
{
	struct context *c = w->arg;
	struct ast_expr *e = *ep;

	if ((e->kind == EX_TARGET && !e->target->is_atvar) ||
	    e->kind == EX_ATENTRY ||
	    (e->kind == EX_AUTOCAST && is_param(c->fi, e->target->operand)))
		c->found = true;
	else if (e->kind == EX_CALL && !e->func && !e->intrinsic)
		c->found |= resolve_context_function(c->sm, c->file, e) != NULL;
	return !c->found;
}

/* Does the body of @fi use them, or what it calls? */
static bool uses_context(struct sema *sm, struct func_info *fi,
			 const struct span *at)
{
	struct context c = { .w = { .expr = context_expr },
			     .sm = sm,
			     .fi = fi };

	if (fi->context == CONTEXT_UNKNOWN) {
		fi->context = CONTEXT_NO; /* while it is being looked at */
		if (!sema_enter_call(sm, at))
			return false;
		c.w.arg = &c;
		c.file = fi->file;
		walk_stmt(&c.w, &fi->f->body);
		fi->context = c.found ? CONTEXT_YES : CONTEXT_NO;
		sm->call_depth--;
	}
	return fi->context == CONTEXT_YES;
}

/* Behind @fs->v.v[i], what `next` in it leads to; or fs->v.n. */
static size_t next_overload(const struct func_set *fs, size_t i,
			    const struct scope_file *from)
{
	struct ast_func *f = fs->v.v[i]->f;
	bool hides;

	if (!func_has_next(fs->v.v[i]))
		return fs->v.n;
	hides = hides_others(fs, f->nparams, from);
	for (i++; i < fs->v.n; i++)
		if (fs->v.v[i]->f->nparams == f->nparams &&
		    visible(fs->v.v[i], from, hides))
			break;
	return i;
}

size_t resolve_chain(struct sema *sm, const struct func_info *fi,
		     const struct scope_file *from, struct func_info ***ret)
{
	const struct func_set *fs = func_set_get(sm, fi->f->name);
	VEC(struct func_info *) v = { 0 };
	size_t i = 0;

	while (fs->v.v[i] != fi)
		i++;
	for (; i < fs->v.n; i = next_overload(fs, i, from))
		vec_apush(sm->a, &v, fs->v.v[i]);
	*ret = v.v;
	return v.n;
}

struct func_info *resolve_context_function(struct sema *sm,
					   struct scope_file *from,
					   const struct ast_expr *call)
{
	struct func_set *fs = load_functions(sm, call->name, &call->at);
	size_t first = find_overload(fs, call->nargs, from), i;

	for (i = first; i < fs->v.n; i = next_overload(fs, i, from))
		if (uses_context(sm, fs->v.v[i], &call->at))
			return fs->v.v[first];
	return NULL;
}

static bool casting_expr(struct walk *w, struct ast_expr **ep)
{
	struct context *c = w->arg;

	c->casts |= (*ep)->kind == EX_ATCAST || (*ep)->kind == EX_TARGET;
	return true;
}

static bool casting_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct context *c = w->arg;
	const struct ast_expr *e = (*sp)->e;

	c->returns |= (*sp)->kind == ST_RETURN && e &&
		      (e->kind == EX_NAME || e->kind == EX_ATCAST ||
		       e->kind == EX_AUTOCAST || e->kind == EX_TARGET ||
		       e->kind == EX_COND);
	return true;
}

/* Library functions say what they return with types of their own. */
static bool is_of_script(const struct sema *sm, const struct func_info *fi)
{
	for (size_t k = 0; k < sm->nuser; k++)
		if (sm->files.v[k] == fi->file)
			return true;
	return false;
}

static bool is_casting(const struct sema *sm, struct func_info *fi)
{
	struct context c = { .w = { .expr = casting_expr,
				    .stmt = casting_stmt } };

	if (fi->casting == CASTING_UNKNOWN) {
		c.w.arg = &c;
		if (fi->f->body && is_of_script(sm, fi))
			walk_stmt(&c.w, &fi->f->body);
		fi->casting = c.casts && c.returns ? CASTING_YES : CASTING_NO;
	}
	return fi->casting == CASTING_YES;
}

struct func_info *resolve_casting_function(struct sema *sm,
					   struct scope_file *from,
					   const struct ast_expr *call)
{
	struct func_set *fs = load_functions(sm, call->name, &call->at);
	size_t i = find_overload(fs, call->nargs, from);

	return i < fs->v.n && is_casting(sm, fs->v.v[i]) ? fs->v.v[i] : NULL;
}

static struct sym *clone_param(struct sema *sm, const struct sym *p)
{
	return arena_memdup(sm->a, p, sizeof(*p));
}

struct func_info *resolve_clone_function(struct sema *sm, struct func_info *fi)
{
	struct func_info *c = arena_memdup(sm->a, fi, sizeof(*fi));
	size_t i;

	c->f = arena_memdup(sm->a, fi->f, sizeof(*fi->f));
	c->f->index = -1;
	c->f->is_used = false;
	c->f->next_overload = NULL;
	memset(&c->f->locals, 0, sizeof(c->f->locals));
	c->f->params = arena_array(sm->a, struct sym *, fi->f->nparams);
	for (i = 0; i < fi->f->nparams; i++)
		c->f->params[i] = clone_param(sm, fi->f->params[i]);
	c->f->body = lang_clone_stmt(sm->a, fi->f->body);
	c->origin = fi;
	c->is_bound = false;
	vec_apush(sm->a, &sm->clones, c);
	return c;
}

void resolve_link_clone(struct sema *sm, struct func_info *clone,
			struct func_info *next)
{
	const struct intrinsic *in =
		intrinsic_find(clone->f->name, clone->f->nparams);

	if (next)
		clone->f->next_overload = next->f;
	else if (in && func_has_next(clone))
		chain_intrinsic(sm, clone, in);
}

/* A call that was bound to a clone: take it, and what `next` leads to from it, into the
 * program. */
static void use_clone(struct sema *sm, struct ast_func *f)
{
	size_t k = 0, left;

	/* those of a chain follow each other */
	for (; f; f = f->next_overload) {
		for (left = sm->clones.n; left; left--) {
			if (sm->clones.v[k]->f == f)
				break;
			k = k + 1 < sm->clones.n ? k + 1 : 0;
		}
		if (left)
			use_func(sm, sm->clones.v[k]);
	}
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
	use_func(b->sm, fi);
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
			bind_call(b, e);
		else if (e->func && !e->func->is_used)
			use_clone(b->sm, e->func);
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
