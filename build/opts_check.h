/* SPDX-License-Identifier: GPL-2.0-only */
/* What values options take, and which options do not go together. */
#ifndef BUILD_OPTS_CHECK_H
#define BUILD_OPTS_CHECK_H

struct err;
struct opts;

/**
 * struct value_check - what a value must look like (features.md 3.1)
 * @pattern: extended regular expression, letters of either case; NULL = any
 * @want: how that is said
 */
struct value_check {
	const char *pattern, *want;
};

extern const struct value_check value_any, value_path, value_word, value_name,
	value_pass, value_buffer, value_modinfo, value_define, value_kbuild,
	value_global, value_version, value_privilege, value_runtime,
	value_digits, value_when, value_date, value_number, value_rotate,
	value_shard, value_seconds;

/** value_fits() - 0, or ERR_INVALID naming @option */
int value_fits(const struct value_check *c, const char *option,
	       const char *text, struct err *e);

/** opts_conflict() - after all options: ERR_INVALID for what cannot be together */
int opts_conflict(const struct opts *o, struct err *e);

#endif
