// SPDX-License-Identifier: GPL-2.0-only
/* What @cast names: types of the kernel, of a module, of a header. */
#include "build/elab/target_priv.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dwkit.h"
#include "build/elab/atvar.h"
#include "build/elab/cnumber.h"
#include "build/elab/place.h"
#include "build/kit/hdrtypes.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <string.h>

static bool skip_word(const char **s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*s, word, n))
		return false;
	*s += n;
	return true;
}

static uint32_t find_type(const struct btfv *b, const char *name)
{
	uint32_t id;

	if (skip_word(&name, "struct "))
		return btf_find(b, BTFK_STRUCT, name);
	if (skip_word(&name, "union "))
		return btf_find(b, BTFK_UNION, name);
	if (skip_word(&name, "enum "))
		return btf_find(b, BTFK_ENUM, name);
	id = btf_find(b, BTFK_STRUCT, name);
	if (!id)
		id = btf_find(b, BTFK_UNION, name);
	if (!id)
		id = btf_find_typedef(b, name);
	if (!id)
		id = btf_find(b, BTFK_ENUM, name);
	return id ? id : cnumber_find(b, name);
}

/* "kernel", "kernel<linux/fs.h>", or a list with one of them in it. */
static bool is_kernel_module(const char *module)
{
	const char *p = module;

	while (p && *p) {
		if (!strncmp(p, "kernel", 6) &&
		    (!p[6] || p[6] == ':' || p[6] == '<'))
			return true;
		p = strchr(p, ':');
		if (p)
			p++;
	}
	return !module || !*module;
}

bool tgt_is_kernel(const char *module)
{
	return is_kernel_module(module);
}

bool tgt_need_btf(struct tgt *t, const struct span *at)
{
	if (t->sm->btf)
		return true;
	diag_error(t->sm->d, at, DIAG_NO_TARGET, "types need a target kernel");
	return false;
}

uint32_t tgt_find_type(const struct btfv *b, const char *name,
		       const char *module)
{
	return is_kernel_module(module) ? find_type(b, name) : 0;
}

/* What the kit has of a module, or else its debug information. */
static const struct btfv *of_module(const struct tgt *t, const char *module,
				    const char *type)
{
	const struct kit *k = t->sm->kit;
	size_t m = kit_find_module(k, module);
	const struct btfv *types = NULL;
	const struct dwfile *f;

	if (m < kit_nmodules(k))
		types = kit_module_types(k, m);
	if (types && find_type(types, type))
		return types;
	if (!t->sm->in->dw || dwkit_file(t->sm->in->dw, module, &f, NULL) < 0)
		return NULL;
	return find_type(f->types, type) ? f->types : NULL;
}

/* "<sys/time.h>" of a program, "kernel<linux/fs.h>" of the kernel; @why: why none */
static const struct btfv *of_header(const struct tgt *t, const char *place,
				    const char *type, struct err *why)
{
	bool is_user = *place == '<';
	const char *name = strchr(place, '<') + 1;
	const struct btfv *types = kit_header_types(
		t->sm->kit, arena_strndup(t->sm->a, name, strlen(name) - 1),
		is_user, why);

	return types && find_type(types, type) ? types : NULL;
}

/* Those of the first module or header in the list "a:b" that has the type; or NULL. */
static const struct btfv *listed_types(const struct tgt *t, const char *list,
				       const char *type, struct err *why)
{
	const struct btfv *types;
	const char *place;
	size_t len;

	for (; t->sm->kit && list && *list; list += len + (list[len] == ':')) {
		len = strcspn(list, ":");
		place = arena_strndup(t->sm->a, list, len);
		if (len && place[len - 1] == '>' &&
		    (*place == '<' || !strncmp(place, "kernel<", 7)))
			types = of_header(t, place, type, why);
		else
			types = of_module(t, place, type);
		if (types)
			return types;
	}
	return NULL;
}

/* Names of types that are near, of those that are found by name. */
static void types_near(const struct btfv *b, struct similar *sim)
{
	uint32_t i;

	for (i = 0; sim->want && b && i < b->nbyname; i++) {
		struct btft ty = btf_type(b, b->byname[i]);

		if (ty.kind == BTFK_STRUCT || ty.kind == BTFK_UNION ||
		    ty.kind == BTFK_ENUM)
			similar_add(sim, ty.name);
	}
}

/* @failed: of the last header that did not compile */
static void no_type(struct tgt *t, const struct ast_expr *e,
		    const struct err *failed)
{
	const struct ast_target *tg = e->target;
	const char *name = tg->cast_type, *why;
	struct similar sim;

	if (!skip_word(&name, "struct ") && !skip_word(&name, "union "))
		skip_word(&name, "enum ");
	similar_init(&sim, diags_near(t->sm->d, name));
	if (is_kernel_module(tg->module))
		types_near(t->sm->btf, &sim);
	diag_error(t->sm->d, &e->at, DIAG_UNKNOWN_TYPE,
		   "type definition '%s' not found in '%s'%s", tg->cast_type,
		   tg->module ? tg->module : "kernel",
		   similar_text(t->sm->a, &sim, "similar types"));
	if (failed->code)
		diag_note(t->sm->d, &e->at, "%s", failed->text);
	if (is_kernel_module(tg->module) || strpbrk(tg->module, ":<") ||
	    !atvar_is_untyped(t, tg->module))
		return;
	why = atvar_lacking(t, tg->module);
	if (why)
		diag_note(t->sm->d, &e->at,
			  "the kit has no types of module '%s': they are in "
			  "full debug information only: %s",
			  tg->module, why);
}

/* A member is looked up elsewhere by the name of its struct: a typedef's is not one. */
static void bind_unnamed(struct tgt *t, const char *name, uint32_t id)
{
	struct btft ty = btf_type(t->sm->btf, id);

	if ((ty.kind != BTFK_STRUCT && ty.kind != BTFK_UNION) || !*ty.name)
		sema_bind(t->sm,
			  "it casts to '%s', which is no name of a struct",
			  name);
}

bool tgt_cast_place(struct tgt *t, struct ast_expr *e, struct place *pl)
{
	const struct ast_target *tg = e->target;
	const struct btfv *types = NULL;
	struct err why = { 0 };
	uint32_t id;

	if (!tgt_need_btf(t, &e->at))
		return false;
	id = tgt_find_type(t->sm->btf, tg->cast_type, tg->module);
	if (!id) {
		types = listed_types(t, tg->module, tg->cast_type, &why);
		id = types ? find_type(types, tg->cast_type) : 0;
	}
	if (!id) {
		no_type(t, e, &why);
		return false;
	}
	if (types)
		t->sm->btf = types;
	bind_unnamed(t, tg->cast_type, id);
	*pl = (struct place){ .kind = PLACE_PTR, .e = tg->operand, .type = id };
	return true;
}
