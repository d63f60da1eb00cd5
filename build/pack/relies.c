/* SPDX-License-Identifier: GPL-2.0-only */
/* From a checked program to the "rely" lines of its module. */
#include "build/pack/relies.h"
#include "build/base/arena.h"
#include "build/base/vec.h"
#include "build/families/family.h"
#include "build/kit/kit.h"
#include "build/lang/ast.h"
#include "build/link/module.h"
#include "build/target.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/manifest.h"
#include "runtime/gen.h"

#include <stdlib.h>
#include <string.h>

/* The host looks each name up in all symbols of its kernel. */
#define RELIES_FUNCTIONS_MAX 256

/**
 * struct relies - being collected
 * @bound: the first reason found, or NULL
 */
struct relies {
	struct arena *a;
	const struct kit *kit;
	VEC(struct rely) v;
	size_t nfunctions;
	const char *bound;
};

static void bind(struct relies *r, const char *what, const char *why)
{
	if (!r->bound)
		r->bound = arena_printf(r->a, "%.120s %s", what, why);
}

static void add(struct relies *r, const struct rely *one)
{
	const struct rely *o;

	vec_foreach(o, &r->v)
		if (!rely_cmp(o, one))
			return;
	r->nfunctions += one->kind == RELY_FUNCTION;
	vec_apush(r->a, &r->v, *one);
}

/* ---- probes -------------------------------------------------------------- */

/* An entry or a return of one function that a name is enough to find. */
static void add_function(struct relies *r, const struct dpoint *p)
{
	size_t i = kit_find_func(r->kit, p->func);

	if (p->offset)
		bind(r, p->pp, "is inside a function");
	else if (p->symbol)
		bind(r, p->pp, "is a copy that the compiler made");
	else if (p->ncallers)
		bind(r, p->pp, "counts calls from certain places");
	else if (p->dw)
		bind(r, p->pp, "was found by debug information");
	else if (!text_only(p->func, "A-Za-z0-9_", RELY_NAME_MAX))
		bind(r, p->pp,
		     "is a part that the compiler made of a function");
	else if (i == kit_nfuncs(r->kit) ||
		 kit_func(r->kit, i).flags & KIT_FN_DUP)
		bind(r, p->pp, "has no name of its own");
	if (r->bound)
		return;
	add(r, &(struct rely){ .kind = RELY_FUNCTION, .name = p->func });
	if (p->btf)
		add(r, &(struct rely){ .kind = RELY_PROTO, .name = p->func });
	if (r->nfunctions > RELIES_FUNCTIONS_MAX)
		bind(r, "it", "probes more than 256 functions");
}

static void add_point(struct relies *r, const struct dpoint *p)
{
	const char *colon = strchr(p->func ? p->func : "", ':');

	if (p->module) {
		bind(r, p->pp, "is in a module");
		return;
	}
	switch (p->mech) {
	case TAPRT_MECH_FTRACE:
	case TAPRT_MECH_KPROBE:
	case TAPRT_MECH_KRETPROBE:
		add_function(r, p);
		break;
	case TAPRT_MECH_TRACEPOINT:
		add(r, &(struct rely){ .kind = RELY_TRACE,
				       .name = colon ? colon + 1 : p->func });
		break;
	case TAPRT_MECH_SYSCALL: /* by its number, which is for ever */
		break;
	default:
		bind(r, p->pp, "is at an address");
		break;
	}
}

/* ---- the runtime --------------------------------------------------------- */

static const struct {
	const char *part, *types;
} part_types[] = {
#define USES(part, types) { #part, types },
#include "build/pack/rely_parts.def"
#undef USES
};

static void add_types(struct relies *r, const char *types)
{
	size_t n;

	for (; *types; types += n + (types[n] == ' ')) {
		n = strcspn(types, " ");
		add(r, &(struct rely){ .kind = RELY_TYPE,
				       .name = arena_strndup(r->a, types, n) });
	}
}

static void add_part(struct relies *r, const char *name)
{
	size_t i, n = sizeof(part_types) / sizeof(part_types[0]);

	for (i = 0; i < n && strcmp(part_types[i].part, name) != 0; i++)
		;
	if (i < n)
		add_types(r, part_types[i].types);
	else
		bind(r, arena_printf(r->a, "the runtime's part '%s'", name),
		     "is not known to be the same elsewhere");
}

/* ---- figures ------------------------------------------------------------- */

static int cmp(const void *a, const void *b)
{
	return rely_cmp(a, b);
}

/* A name that means two things here may mean a third elsewhere. */
static void take(struct relies *r, const struct rely *one,
		 const struct rely_found *f, struct rely *out, size_t *n)
{
	/* the runtime's list is of all kernels: what one lacks it does not use */
	if (one->kind == RELY_TYPE && !f->n)
		return;
	out[*n] = *one;
	if (one->kind != RELY_FUNCTION &&
	    (!f->n || f->nhave != f->n || f->nother || !f->hash))
		bind(r, one->name,
		     f->n > 1 ? "is the name of different things in its types"
			      : "is not described by its types");
	out[*n].off = f->off;
	out[*n].bits = f->bits;
	out[*n].size = f->size;
	out[*n].hash = f->hash;
	++*n;
}

static void measure(struct relies *r, struct target *t)
{
	const struct btfv *b = kit_btf(r->kit);
	size_t n = r->v.n, k = 0;
	struct rely_found *f = arena_array(r->a, struct rely_found, n + 1);
	struct rely *out = arena_array(r->a, struct rely, n + 1);
	struct err e;

	if (n)
		qsort(r->v.v, n, sizeof(r->v.v[0]), cmp);
	if (!b || rely_measure(b->data, b->len,
			       arena_array(r->a, uint32_t,
					   rely_index_entries(b->len)),
			       r->v.v, n, f, &e) < 0) {
		bind(r, "its kernel", "has no types (CONFIG_DEBUG_INFO_BTF)");
		return;
	}
	for (size_t i = 0; i < n; i++)
		take(r, &r->v.v[i], &f[i], out, &k);
	if (k > BUNDLE_TARGET_RELIES_MAX)
		bind(r, "it", "relies on more than a manifest holds");
	t->rely = out;
	t->nrely = k;
}

void relies_make(struct arena *a, struct target *t, struct module_job *j)
{
	struct relies r = { .a = a, .kit = t->kit, .bound = t->program->bound };
	struct dprobe **d;
	struct dpoint *p;
	struct rely *one;

	/* that is told where it is linked */
	if (module_choose_parts(j) < 0)
		return;
	if (j->embedded)
		bind(&r, "the script", "has C of its own");
	if (!kit_info(t->kit)->modversions)
		bind(&r, "its kernel", "has no CRCs (CONFIG_MODVERSIONS)");
	vec_foreach(d, &t->program->probes)
		vec_foreach(p, &(*d)->points)
			add_point(&r, p);
	for (size_t i = 0; i < kit_nparts(t->kit); i++)
		if (j->glue.parts >> i & 1)
			add_part(&r, kit_part(t->kit, i).name);
	vec_foreach(one, &t->program->relies)
		add(&r, one);
	if (!r.bound)
		measure(&r, t);
	t->bound = r.bound;
	if (r.bound)
		t->nrely = 0;
	j->glue.by_name = !r.bound;
}
