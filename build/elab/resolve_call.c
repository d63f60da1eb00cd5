// SPDX-License-Identifier: GPL-2.0-only
/* Which function a call means, and what `next` leads to from it. */
#include "build/elab/resolve_priv.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"
#include "build/session.h"

#include <string.h>

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
bool resolve_has_next(struct func_info *fi)
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

bool resolve_hides_others(const struct func_set *fs, size_t nargs,
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

bool resolve_visible(const struct func_info *fi, const struct scope_file *from,
		     bool hides)
{
	return fi->file == from || (!fi->f->is_private && !hides);
}

void resolve_use_func(struct sema *sm, struct func_info *fi)
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
				resolve_use_func(sm, *fi);
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

void resolve_chain_intrinsic(struct sema *sm, struct func_info *prev,
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
	resolve_use_func(sm, fi);
}

/* Link the overloads that `next` can reach, starting with @fs->v.v[i]. */
static void chain_overloads(struct sema *sm, struct func_set *fs, size_t i,
			    size_t nargs, struct scope_file *from)
{
	const struct intrinsic *in = intrinsic_find(fs->name, nargs);
	bool hides = resolve_hides_others(fs, nargs, from);
	struct func_info *prev = fs->v.v[i];

	resolve_use_func(sm, prev);
	for (i++; i < fs->v.n && resolve_has_next(prev); i++) {
		struct func_info *fi = fs->v.v[i];

		if (fi->f->nparams != nargs ||
		    !resolve_visible(fi, from, hides))
			continue;
		if (!prev->f->next_overload)
			prev->f->next_overload = fi->f;
		resolve_use_func(sm, fi);
		prev = fi;
	}
	if (in && !prev->f->next_overload && resolve_has_next(prev))
		resolve_chain_intrinsic(sm, prev, in);
}

size_t resolve_find_overload(const struct func_set *fs, size_t nargs,
			     const struct scope_file *from)
{
	bool hides = resolve_hides_others(fs, nargs, from);
	size_t i;

	for (i = 0; i < fs->v.n; i++)
		if (fs->v.v[i]->f->nparams == nargs &&
		    resolve_visible(fs->v.v[i], from, hides))
			break;
	return i;
}

struct func_set *resolve_load_functions(struct sema *sm, const char *name,
					const struct span *at)
{
	struct func_set *fs = resolve_func_set(sm, name);

	if (!fs->is_library_loaded) {
		unsigned int before = sm->d->nerrors;

		fs->is_library_loaded = true;
		resolve_load_named(sm, LIB_FUNC, name, at, true);
		fs->is_broken = sm->d->nerrors > before;
	}
	return fs;
}

static bool pick_func(struct binder *b, struct ast_expr *e)
{
	struct func_set *fs = resolve_func_set(b->sm, e->name);
	size_t i = resolve_find_overload(fs, e->nargs, b->file);

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
			if (resolve_visible(*fi, from, false))
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

void resolve_bind_call(struct binder *b, struct ast_expr *e)
{
	struct func_set *fs = resolve_load_functions(b->sm, e->name, &e->at);

	if (pick_func(b, e))
		return;
	e->intrinsic = intrinsic_find(e->name, e->nargs);
	if (e->intrinsic)
		check_guru(b->sm, b->file, e->intrinsic, &e->at);
	if (!e->intrinsic && !fs->is_broken)
		report_call(b, e);
}
