// SPDX-License-Identifier: GPL-2.0-only
/* The table of intrinsics.def, with types spelled out. */
#include "build/sema/intrinsic.h"

#include "build/base/arena.h"
#include "build/sema/tree.h"

#include <stdarg.h>
#include <string.h>

#define TY_OF(c) ((c) == 'l' ? TY_LONG : (c) == 's' ? TY_STRING : TY_UNKNOWN)
/* The index is clamped so that the constant expression stays in the literal. */
#define ARG_OF(s, i)                                                 \
	((i) < sizeof(s) - 1 ? TY_OF((s)[(i) < sizeof(s) ? (i) : 0]) \
			     : TY_UNKNOWN)

static const struct intrinsic table[] = {
#define INTRINSIC(n, c, t, a, f)                                      \
	{ #n,                                                         \
	  #c,                                                         \
	  TY_OF(t),                                                   \
	  sizeof(a) - 1,                                              \
	  { ARG_OF(a, 0), ARG_OF(a, 1), ARG_OF(a, 2), ARG_OF(a, 3) }, \
	  f },
#include "build/sema/intrinsics.def"
#undef INTRINSIC
};

#define NTABLE (sizeof(table) / sizeof(table[0]))

const struct intrinsic *intrinsic_any(const char *name)
{
	size_t lo = 0, hi = NTABLE;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(table[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < NTABLE && !strcmp(table[lo].name, name))
		return &table[lo];
	return NULL;
}

const struct intrinsic *intrinsic_find(const char *name, size_t nargs)
{
	const struct intrinsic *in = intrinsic_any(name);

	for (; in && in < table + NTABLE && !strcmp(in->name, name); in++)
		if (in->nargs == nargs)
			return in;
	return NULL;
}

struct ast_expr *intrinsic_call(struct arena *a, struct span at,
				const char *name, unsigned int nargs, ...)
{
	struct ast_expr *e = tree_expr(a, EX_CALL, at);
	va_list ap;

	e->name = name;
	e->intrinsic = intrinsic_find(name, nargs);
	e->type = e->intrinsic->type;
	e->nargs = nargs;
	e->args = arena_array(a, struct ast_expr *, nargs);
	va_start(ap, nargs);
	for (unsigned int i = 0; i < nargs; i++)
		e->args[i] = va_arg(ap, struct ast_expr *);
	va_end(ap);
	return e;
}

uint32_t intrinsic_flags(const char *cname)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < NTABLE; i++)
		if (!strcmp(table[i].cname, cname))
			flags |= table[i].flags;
	return flags;
}

const struct intrinsic *intrinsic_at(size_t i)
{
	return i < NTABLE ? &table[i] : NULL;
}
