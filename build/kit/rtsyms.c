// SPDX-License-Identifier: GPL-2.0-only
/* Which object of the runtime needs which, and what each needs from the kernel. */
#include "build/kit/rtobj.h"
#include "build/base/arena.h"
#include "build/base/map.h"
#include "build/base/vec.h"
#include "build/debuginfo/elf.h"
#include "build/kit/symvers.h"
#include "bundle/base/err.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define OURS "taprt_" /* what our global symbols begin with */

/* Each object's symbols, while they are being matched. */
struct syms {
	struct efile f;
	struct efile_sym *v;
	size_t n;
};

static int export_cmp(const void *a, const void *b)
{
	const struct export *x = *(const struct export *const *)a;
	const struct export *y = *(const struct export *const *)b;

	return strcmp(x->name, y->name);
}

/* What generated C and the glue define. */
static bool is_of_module(const char *name)
{
	static const char *const names[] = {
		"__this_module", "taprt_nums",	  "taprt_parts",
		"taprt_points",	 "taprt_program", "taprt_strings",
		"taprt_target",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void list_defs(struct arena *a, struct rtobj *o, const struct syms *s,
		      struct map *who)
{
	const char *hooks = arena_printf(a, OURS "part_%s", o->name);
	VEC(const char *) v = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		const struct efile_sym *y = &s->v[i];

		if (y->sect == SHN_UNDEF || y->bind == STB_LOCAL ||
		    strncmp(y->name, OURS, sizeof(OURS) - 1))
			continue;
		vec_apush(a, &v, arena_strdup(a, y->name));
		map_put(who, v.v[v.n - 1], o);
		o->hooks |= !strcmp(y->name, hooks);
	}
	o->def = v.v;
	o->ndef = v.n;
}

static int list_needs(struct arena *a, struct rtobjs *l, struct rtobj *o,
		      const struct syms *s, const struct map *who,
		      const struct symvers *sv, struct err *e)
{
	VEC(const struct export *) v = { 0 };

	o->needs = 1ull << (o - l->v);
	for (size_t i = 0; i < s->n; i++) {
		const struct efile_sym *y = &s->v[i];
		const struct rtobj *by = map_get(who, y->name);
		const struct export *x;

		if (y->sect != SHN_UNDEF || !*y->name || is_of_module(y->name))
			continue;
		if (by) {
			o->needs |= 1ull << (by - l->v);
			continue;
		}
		x = symvers_find(sv, y->name);
		if (x)
			vec_apush(a, &v, x);
		else if (y->bind != STB_WEAK)
			return err_set(
				e, ERR_NOT_FOUND,
				"the runtime needs '%s', which this kernel does not export",
				y->name);
	}
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), export_cmp);
	o->undef = v.v;
	o->nundef = v.n;
	return 0;
}

/* What is needed by what one needs. */
static void close_needs(struct rtobjs *l)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < l->n; i++) {
			uint64_t was = l->v[i].needs;

			for (size_t k = 0; k < l->n; k++)
				if (was >> k & 1)
					l->v[i].needs |= l->v[k].needs;
			more |= l->v[i].needs != was;
		}
	}
}

int rtobj_resolve(struct arena *a, struct rtobjs *l, const struct symvers *sv,
		  struct err *e)
{
	struct syms *s = arena_array(a, struct syms, l->n);
	struct map who = { 0 };
	int rc = 0;

	for (size_t i = 0; i < l->n && rc == 0; i++) {
		rc = efile_open(&s[i].f, l->v[i].obj.p, l->v[i].obj.len, e);
		if (rc == 0)
			rc = efile_symbols(&s[i].f, a, &s[i].v, &s[i].n, e);
		if (rc == 0)
			list_defs(a, &l->v[i], &s[i], &who);
	}
	for (size_t i = 0; i < l->n && rc == 0; i++)
		rc = list_needs(a, l, &l->v[i], &s[i], &who, sv, e);
	for (size_t i = 0; i < l->n; i++)
		efile_close(&s[i].f);
	map_deinit(&who);
	close_needs(l);
	return rc;
}
