// SPDX-License-Identifier: GPL-2.0-only
/* Calls of functions that use $variables: copies for the place, and for the arguments. */
#include "build/elab/target_priv.h"

#include "build/base/diag.h"
#include "build/elab/resolve.h"
#include "build/lang/lang.h"

#include <string.h>

/* Do the arguments point to what the parameters of the copy do? */
static bool same_types(const struct func_info *fi, const struct ast_expr *call)
{
	for (size_t i = 0; i < call->nargs; i++)
		if (fi->f->params[i]->btf_type != call->args[i]->btf_type)
			return false;
	return true;
}

/* The copy for this probe and such arguments; NULL: there is none yet. */
static const struct clone *clone_of(const struct tgt *t,
				    const struct func_info *fi,
				    const struct ast_expr *call)
{
	const struct clone *c;

	vec_foreach(c, &t->clones)
		if (c->fi->origin == fi && c->fi->at_entry == t->at_entry &&
		    same_types(c->fi, call))
			return c;
	return NULL;
}

static void type_params(struct tgt *t, struct ast_func *f,
			const struct ast_expr *call)
{
	for (size_t i = 0; i < call->nargs; i++) {
		uint32_t id = call->args[i]->btf_type;

		f->params[i]->btf_type = id;
		map_put(&t->types, f->params[i]->name, tgt_type_box(id));
	}
}

/* Is it a call of what it is in? */
static bool is_recursion(const struct tgt *t, const struct ast_expr *e)
{
	const struct clone *c;

	if (e->kind == EX_CALL)
		vec_foreach(c, &t->clones)
			if (c->is_open && c->fi->f == e->func)
				return true;
	return false;
}

void tgt_returned(struct tgt *t, const struct ast_expr *e)
{
	if (!e || e->kind == EX_NUMBER || is_recursion(t, e))
		return;
	t->type = t->has_returned && t->type != e->btf_type ? 0 : e->btf_type;
	t->has_returned = true;
}

/* @t->type: what it returns, and what those before it in a chain did, points to. */
static struct func_info *clone_here(struct tgt *t, struct func_info *fi,
				    const struct ast_expr *call)
{
	struct scope_file *file = t->file;
	struct map types = t->types;
	bool was_in = t->in_function;
	struct func_info *n = resolve_clone_function(t->sm, fi);
	struct clone c = { .fi = n, .is_open = true };
	size_t at = t->clones.n;

	n->at_entry = t->at_entry;
	memset(&t->types, 0, sizeof(t->types));
	type_params(t, n->f, call);
	vec_apush(t->sm->a, &t->clones, c);
	t->file = fi->file;
	t->in_function = true;
	walk_stmt(&t->w, &n->f->body);
	t->clones.v[at].type = t->type;
	t->clones.v[at].is_open = false;
	map_deinit(&t->types);
	t->types = types;
	t->file = file;
	t->in_function = was_in;
	return n;
}

/* Copies of @fi and of what `next` leads to from it. */
static struct func_info *clone_chain(struct tgt *t, struct func_info *fi,
				     struct ast_expr *call)
{
	struct func_info **chain, *first = NULL, *c, *prev = NULL;
	const struct clone *known = clone_of(t, fi, call);
	bool had = t->has_returned;
	uint32_t type = t->type;
	size_t i, n;

	if (known) {
		call->btf_type = known->type;
		return known->fi;
	}
	t->has_returned = false;
	t->type = 0;
	n = resolve_chain(t->sm, fi, t->file, &chain);
	for (i = 0; i < n; i++) {
		c = clone_here(t, chain[i], call);
		if (prev)
			resolve_link_clone(t->sm, prev, c);
		else
			first = c;
		prev = c;
	}
	resolve_link_clone(t->sm, prev, NULL);
	call->btf_type = t->type;
	t->has_returned = had;
	t->type = type;
	return first;
}

/* What a function that is no copy returns points to: what it does to its casts is done to
 * a copy that is thrown away. */
static uint32_t returned_type(struct tgt *t, struct func_info *fi)
{
	const struct btfv *kernel = t->sm->btf;
	struct diags quiet, *d = t->sm->d;
	struct ast_stmt *body;
	struct tgt look;

	if (fi->has_returns)
		return fi->returns;
	body = lang_clone_stmt(t->sm->a, fi->f->body);
	diags_init_quiet(&quiet);
	t->sm->d = &quiet;
	tgt_init(&look, t->sm);
	look.probing = look.in_function = true;
	walk_stmt(&look.w, &body);
	map_deinit(&look.types);
	t->sm->d = d;
	t->sm->btf = kernel;
	diags_deinit(&quiet);
	fi->has_returns = true;
	fi->returns = look.type;
	return fi->returns;
}

void tgt_lower_call(struct tgt *t, struct ast_expr *e)
{
	struct func_info *fi;

	for (size_t i = 0; i < e->nargs; i++)
		walk_expr(&t->w, &e->args[i]);
	if (!t->fam || !t->file || e->func || e->intrinsic)
		return;
	fi = resolve_context_function(t->sm, t->file, e);
	if (fi) {
		e->func = clone_chain(t, fi, e)->f;
		return;
	}
	fi = resolve_casting_function(t->sm, t->file, e);
	if (fi)
		e->btf_type = returned_type(t, fi);
}
