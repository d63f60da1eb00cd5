// SPDX-License-Identifier: GPL-2.0-only
/* Tab-separated lines: CRC, symbol, module, kind of export, namespace. */
#include "build/kit/symvers.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/vec.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>

#define SYMVERS_MAX ((size_t)64 << 20)

static int export_cmp(const void *a, const void *b)
{
	const struct export *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* The next tab-separated field of [*s, end), or NULL. */
static const char *field(struct arena *a, const char **s, const char *end)
{
	const char *p = *s;
	size_t n = 0;

	if (p > end)
		return NULL;
	while (p + n < end && p[n] != '\t')
		n++;
	*s = p + n + 1;
	return arena_strndup(a, p, n);
}

static bool read_line(struct arena *a, const char *s, const char *end,
		      struct symvers *ret)
{
	const char *crc = field(a, &s, end), *name = field(a, &s, end);
	const char *module = field(a, &s, end), *kind = field(a, &s, end);
	struct export x = { name, module, 0, false };
	char *stop;

	if (!crc || !name || !module || !*name)
		return false;
	x.crc = (uint32_t)strtoul(crc, &stop, 16);
	if (*stop || stop == crc)
		return false;
	x.gpl_only = kind && strstr(kind, "_GPL");
	vec_push(ret, x);
	return true;
}

int symvers_read(struct arena *a, const char *path, struct symvers *ret,
		 struct err *e)
{
	struct buf b = BUF_INIT;
	struct symvers v = { 0 };
	const char *s, *end;
	size_t line = 0, i;
	int rc = fs_read(path, &b, SYMVERS_MAX, e);

	for (s = b.p; rc == 0 && *s; s = end + (*end == '\n')) {
		end = s + strcspn(s, "\n");
		line++;
		if (!read_line(a, s, end, &v))
			rc = err_set(e, ERR_FORMAT,
				     "line %zu of Module.symvers is damaged",
				     line);
	}
	buf_deinit(&b);
	if (rc == 0 && !v.n)
		rc = err_set(e, ERR_TRUNCATED, "Module.symvers is empty");
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), export_cmp);
	for (i = 0; i < v.n; i++)
		if (!i || strcmp(v.v[i].name, v.v[i - 1].name))
			vec_apush(a, ret, v.v[i]);
	vec_deinit(&v);
	return rc;
}

const struct export *symvers_find(const struct symvers *s, const char *name)
{
	struct export key = { .name = name };

	return s->n ? bsearch(&key, s->v, s->n, sizeof(*s->v), export_cmp)
		    : NULL;
}
