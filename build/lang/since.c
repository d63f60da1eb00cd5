// SPDX-License-Identifier: GPL-2.0-only
/* What a source of an older version may say, and what that means. */
#include "build/lang/since.h"
#include "build/base/diag.h"

#include <stdlib.h>

#define VERSION(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor))

static const struct {
	uint32_t version;
	const char *what;
} table[] = {
#define SINCE(name, major, minor, what) { VERSION(major, minor), what },
#include "build/lang/since.def"
#undef SINCE
};

uint32_t since_version(const char *compatible)
{
	unsigned long major, minor = 0;
	char *end;

	if (!compatible)
		return 0;
	major = strtoul(compatible, &end, 10);
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	/* 0 is for the newest */
	return major || minor ? VERSION(major & 0xffff, minor & 0xffff) : 1;
}

bool since_has(const struct src *s, enum since f)
{
	return f == SINCE_EVER || !s || !s->version ||
	       s->version >= table[f].version;
}

bool since_check(struct diags *d, const struct span *at, enum since f)
{
	uint32_t v, is;

	if (since_has(at->src, f))
		return true;
	v = table[f].version;
	is = at->src->version;
	diag_error(d, at, DIAG_SINCE,
		   "%s came with SystemTap %u.%u; --compatible=%u.%u does "
		   "without",
		   table[f].what, v >> 16, v & 0xffff, is >> 16, is & 0xffff);
	return false;
}
