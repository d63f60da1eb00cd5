/* SPDX-License-Identifier: GPL-2.0-only */
/* Wildcards over many names. */
#include "build/base/glob.h"

#include <fnmatch.h>
#include <stddef.h>

bool glob_match(const char *glob, const char *s)
{
	const char *g = glob, *p = s, *star = NULL, *back = NULL;

	if (g[0] == '*' && !g[1])
		return true;
	while (*p) {
		if (*g == '*') {
			star = g++;
			back = p;
		} else if (*g == '[' || *g == '\\') {
			return !fnmatch(glob, s, 0);
		} else if (*g == '?' || *g == *p) {
			g++;
			p++;
		} else if (star) {
			g = star + 1;
			p = ++back;
		} else {
			return false;
		}
	}
	while (*g == '*')
		g++;
	return !*g;
}
