// SPDX-License-Identifier: GPL-2.0-only
/*
 * @var("name@file", "module"): variables at file scope.
 *
 * What the kernel's own types and symbols tell comes first: per-CPU variables
 * are in BTF, and an address alone needs no type.
 */
#include "build/elab/atvar.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dwkit.h"
#include "build/elab/dwloc.h"
#include "build/elab/dwvar.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <string.h>

/* ---- without debug information ------------------------------------------------- */

/* Type of the only variable of that name, 0 when there is none or several. */
static uint32_t btf_variable(const struct btfv *b, const char *name)
{
	uint32_t first = btf_find(b, BTFK_VAR, name), id;

	for (id = first + 1; first && id < b->start_id + b->ntypes; id++) {
		struct btft t = btf_type(b, id);

		if (t.kind == BTFK_VAR && !strcmp(t.name, name))
			return 0;
	}
	return first ? btf_type(b, first).ref : 0;
}

/* The kernel's types without what an index adds to them. */
static bool by_btf(struct tgt *t, struct span at, const char *name,
		   struct fam_value *v)
{
	const struct btfv *b = kit_btf(t->sm->kit);
	uint64_t addr = kit_symbol(t->sm->kit, name);
	uint32_t type = addr ? btf_variable(b, name) : 0;

	if (!type)
		return false;
	*v = (struct fam_value){ .e = dwloc_data(t->sm, at, addr),
				 .type = type,
				 .is_mem = true };
	return true;
}

/* Only "&@var(x)": a symbol has no type. */
static bool by_symbol(struct tgt *t, const struct ast_expr *e, const char *name,
		      struct fam_value *v)
{
	const struct ast_target *tg = e->target;
	uint64_t addr = kit_symbol(t->sm->kit, name);

	if (!addr || !tg->addressof || tg->nsel)
		return false;
	*v = (struct fam_value){ .e = dwloc_data(t->sm, e->at, addr),
				 .is_mem = true };
	return true;
}

/* ---- the parts of the argument ---------------------------------------------------- */

const char *atvar_as_name(struct tgt *t, const struct ast_target *tg)
{
	if (tg->module || strchr(tg->name, '@'))
		return NULL;
	return arena_printf(t->sm->a, "$%s", tg->name);
}

/**
 * struct wanted - what is looked for
 * @file: behind the "@", or NULL
 * @module: of the index
 */
struct wanted {
	const char *name, *file, *module;
};

static struct wanted wanted_of(struct tgt *t, const struct ast_target *tg)
{
	const char *at = strchr(tg->name, '@');
	struct wanted w = { .name = tg->name, .module = "vmlinux" };

	if (at) {
		w.name = arena_strndup(t->sm->a, tg->name,
				       (size_t)(at - tg->name));
		w.file = at + 1;
	}
	if (tg->module && *tg->module) {
		if (!tgt_is_kernel(tg->module))
			w.module = tg->module;
	} else if (t->fp && t->fp->dp.module) {
		w.module = t->fp->dp.module;
	}
	return w;
}

static bool report(struct tgt *t, const struct ast_expr *e,
		   const struct wanted *w, const struct err *no)
{
	const char *hint =
		*no->hint ? arena_printf(t->sm->a, ": %s", no->hint) : "";

	if (!strcmp(w->module, "vmlinux") && kit_symbol(t->sm->kit, w->name))
		diag_error(t->sm->d, &e->at, DIAG_NO_DEBUGINFO,
			   "unresolved @var(\"%s\") expression: its type is "
			   "in full debug information only, and %s%s",
			   e->target->name, no->text, hint);
	else
		diag_error(t->sm->d, &e->at, DIAG_NO_DEBUGINFO,
			   "unresolved @var(\"%s\") expression: %s%s",
			   e->target->name, no->text, hint);
	return false;
}

/* ---- with it ------------------------------------------------------------------------ */

static bool by_index(struct tgt *t, struct ast_expr *e, const struct wanted *w,
		     struct fam_value *v)
{
	const struct dwfile *f = NULL;
	const char *why = NULL;
	struct err no = { 0 };

	if (dwkit_file(t->sm->in->dw, w->module, &f, &no) < 0)
		return report(t, e, w, &no);
	switch (dwvar_global(t->sm, f, e->at, w->name, w->file, v, &why)) {
	case DWVAR_OK:
		return true;
	case DWVAR_NO:
		err_set(&no, ERR_NOT_FOUND, "%s has no such variable%s%s",
			f->name, w->file ? " in a file " : "",
			w->file ? w->file : "");
		break;
	case DWVAR_LOST:
		err_set(&no, ERR_NOT_FOUND, "%s", why);
		break;
	}
	diag_error(t->sm->d, &e->at, DIAG_NO_ACCESS,
		   "unresolved @var(\"%s\") expression: %s", e->target->name,
		   no.text);
	/* such as jiffies, which the linker makes */
	if (!w->file && !strcmp(w->module, "vmlinux") &&
	    kit_symbol(t->sm->kit, w->name))
		diag_note(t->sm->d, &e->at,
			  "it is a symbol without a type: "
			  "@cast(&@var(\"%s\"), \"TYPE\")[0]",
			  w->name);
	return false;
}

static bool find(struct tgt *t, struct ast_expr *e, struct fam_value *v)
{
	const char *as = atvar_as_name(t, e->target);
	struct wanted w = wanted_of(t, e->target);
	bool kernel = !strcmp(w.module, "vmlinux");
	enum fam_result r = FAM_NOT_MINE;
	const struct dwfile *f;

	if (as && t->fam && t->fam->var && t->fp)
		r = t->fam->var(t->sm, t->p, t->fp, e->at, as, v);
	if (r != FAM_NOT_MINE)
		return r == FAM_OK;
	/* a file is looked at where that can be */
	if (kernel &&
	    (!w.file || dwkit_file(t->sm->in->dw, w.module, &f, NULL) < 0) &&
	    by_btf(t, e->at, w.name, v))
		return true;
	if (kernel && !w.file && by_symbol(t, e, w.name, v))
		return true;
	return by_index(t, e, &w, v);
}

bool atvar_place(struct tgt *t, struct ast_expr *e, struct place *pl)
{
	struct fam_value v = { 0 };

	if (!t->sm->kit) {
		diag_error(t->sm->d, &e->at, DIAG_NO_TARGET,
			   "variables of the kernel need a target kernel");
		return false;
	}
	if (!find(t, e, &v))
		return false;
	*pl = place_from(&v);
	return true;
}

/* ---- what is not there -------------------------------------------------------------- */

/* Modules of kernels before 5.11 have no types, nor have others' modules. */
bool atvar_is_untyped(const struct tgt *t, const char *module)
{
	const struct kit *k = t->sm->kit;
	size_t i = k && module ? kit_find_module(k, module) : 0;

	return k && module && (i == kit_nmodules(k) || !kit_module_types(k, i));
}

const char *atvar_lacking(struct tgt *t, const char *module)
{
	const struct dwfile *f;
	struct err no = { 0 };

	if (!t->sm->in->dw ||
	    dwkit_file(t->sm->in->dw, module ? module : "vmlinux", &f, &no) !=
		    ERR_NOT_FOUND)
		return NULL;
	return arena_printf(t->sm->a, "%s%s%s", no.text, *no.hint ? ": " : "",
			    no.hint);
}

void atvar_note_missing(struct tgt *t, const struct span *at)
{
	const char *module = t->fp ? t->fp->dp.module : NULL;
	bool untyped = atvar_is_untyped(t, module);
	const char *why;

	if (t->probing)
		return;
	if (!t->fam->locals) {
		if (untyped)
			diag_note(t->sm->d, at,
				  "the kit has no types of module '%s', which "
				  "tell the parameters of its tracepoints",
				  module);
		return;
	}
	why = atvar_lacking(t, module);
	if (why && untyped)
		diag_note(t->sm->d, at,
			  "the kit has no types of module '%s': parameters "
			  "too are in full debug information only: %s",
			  module, why);
	else if (why)
		diag_note(t->sm->d, at,
			  "locals, globals and statics are in full debug "
			  "information only: %s",
			  why);
}
