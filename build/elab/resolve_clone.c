// SPDX-License-Identifier: GPL-2.0-only
/* Functions that see the place they are called at, and copies of functions. */
#include "build/elab/resolve_priv.h"

#include "build/base/arena.h"
#include "build/lang/lang.h"
#include "build/sema/intrinsic.h"

#include <string.h>

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

	if (!resolve_has_next(fs->v.v[i]))
		return fs->v.n;
	hides = resolve_hides_others(fs, f->nparams, from);
	for (i++; i < fs->v.n; i++)
		if (fs->v.v[i]->f->nparams == f->nparams &&
		    resolve_visible(fs->v.v[i], from, hides))
			break;
	return i;
}

size_t resolve_chain(struct sema *sm, const struct func_info *fi,
		     const struct scope_file *from, struct func_info ***ret)
{
	const struct func_set *fs = resolve_func_set(sm, fi->f->name);
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
	struct func_set *fs = resolve_load_functions(sm, call->name, &call->at);
	size_t first = resolve_find_overload(fs, call->nargs, from), i;

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
	struct func_set *fs = resolve_load_functions(sm, call->name, &call->at);
	size_t i = resolve_find_overload(fs, call->nargs, from);

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
	else if (in && resolve_has_next(clone))
		resolve_chain_intrinsic(sm, clone, in);
}

void resolve_use_clone(struct sema *sm, struct ast_func *f)
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
			resolve_use_func(sm, sm->clones.v[k]);
	}
}
