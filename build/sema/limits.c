// SPDX-License-Identifier: GPL-2.0-only
/* The run-time limits a script is built with. */
#include "build/sema/limits.h"

#include "bundle/base/err.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct limit {
	const char *name;
	size_t off;
	int64_t dflt;
};

/* What the runtime can be given; anything else would not load or not compile. */
static void limit_range(const char *name, int64_t *lo, int64_t *hi)
{
	*lo = 0;
	*hi = INT32_MAX;
	if (!strcmp(name, "MAXSTRINGLEN")) {
		*lo = 16;
		*hi = 65536;
	} else if (!strcmp(name, "MAXMAPENTRIES") ||
		   !strcmp(name, "MAXNESTING")) {
		*lo = 1;
	} else if (!strcmp(name, "HIST_ELISION")) {
		*lo = -1;
	} else if (!strcmp(name, "HIST_WIDTH")) {
		*lo = 1;
		*hi = 1000;
	} else if (!strcmp(name, "MAXBACKTRACE")) {
		*lo = 1;
		*hi = 1024;
	} else if (!strcmp(name, "STP_MAX_BUCKETS")) {
		*lo = 3;
		*hi = 65536;
	} else if (!strncmp(name, "STP_OVERLOAD_", 13)) {
		*hi = INT64_MAX;
	}
}

static const struct limit table[] = {
#define LIMIT(field, name, dflt) { name, offsetof(struct limits, field), dflt },
#include "build/sema/limits.def"
#undef LIMIT
};

#define NTABLE (sizeof(table) / sizeof(table[0]))

static int64_t *limit_field(struct limits *l, const struct limit *t)
{
	return (int64_t *)(void *)((char *)l + t->off);
}

void limits_init(struct limits *l)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < NTABLE; i++)
		*limit_field(l, &table[i]) = table[i].dflt;
}

static int limit_parse(const struct limit *t, const char *text, int64_t *ret,
		       struct err *e)
{
	int64_t lo, hi, v;
	char *end;

	limit_range(t->name, &lo, &hi);
	errno = 0;
	v = strtoll(text, &end, 0);
	if (end == text || *end || errno)
		return err_set(e, ERR_INVALID, "%s needs a number, not '%s'",
			       t->name, text);
	if (v < lo || v > hi)
		return err_set(e, ERR_INVALID,
			       "%s is out of range: %lld, must be %lld to %lld",
			       t->name, (long long)v, (long long)lo,
			       (long long)hi);
	*ret = v;
	return 0;
}

static const struct limit *limit_find(const char *assignment)
{
	size_t i, n = strcspn(assignment, "=");

	for (i = 0; i < NTABLE; i++)
		if (strlen(table[i].name) == n &&
		    !strncmp(table[i].name, assignment, n))
			return &table[i];
	return NULL;
}

const char *limits_idle(const char *assignment)
{
	static const struct {
		const char *name, *why;
	} idle[] = {
#define IDLE(name, why) { name, why },
#include "build/sema/idle.def"
#undef IDLE
	};
	size_t i, n = strcspn(assignment, "=");

	for (i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
		if (strlen(idle[i].name) == n &&
		    !strncmp(idle[i].name, assignment, n))
			return idle[i].why;
	return NULL;
}

bool limits_known(const char *assignment)
{
	return limit_find(assignment) != NULL;
}

int limits_set(struct limits *l, const char *assignment, struct err *e)
{
	const struct limit *t = limit_find(assignment);
	const char *eq = strchr(assignment, '=');

	if (!t)
		return err_set(e, ERR_NOT_FOUND, "no limit is called '%.*s'",
			       (int)strcspn(assignment, "="), assignment);
	/* Like a C macro: -DNAME alone is 1. */
	return limit_parse(t, eq ? eq + 1 : "1", limit_field(l, t), e);
}
