/* SPDX-License-Identifier: GPL-2.0-only */
/* The reasons to refuse a bundle: names, and what helps. */
#include "bundle/limits.h"

#include <stddef.h>

static const struct reason {
	int code;
	const char *name, *hint;
} reasons[] = {
#define X(id, code, name, hint) { code, name, hint },
	BUNDLE_REASONS(X)
#undef X
};

static const struct reason *find(int code)
{
	static const struct reason none = { 0, "", "" };
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].code == (code < 0 ? -code : code))
			return &reasons[i];
	return &none;
}

const char *bundle_reason_name(int code)
{
	return find(code)->name;
}

const char *bundle_reason_hint(int code)
{
	return find(code)->hint;
}
