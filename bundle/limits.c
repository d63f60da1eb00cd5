/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the reasons to refuse a bundle. */
#include "bundle/limits.h"

const char *bundle_reason_name(int code)
{
	switch (code < 0 ? -code : code) {
#define X(id, num, text, hint) \
	case num:              \
		return text;
		BUNDLE_REASONS(X)
#undef X
	default:
		return "";
	}
}

const char *bundle_reason_hint(int code)
{
	switch (code < 0 ? -code : code) {
#define X(id, num, text, hint) \
	case num:              \
		return hint;
		BUNDLE_REASONS(X)
#undef X
	default:
		return "";
	}
}
