/* SPDX-License-Identifier: GPL-2.0-only */
/* "FUNC@FILE:LINE": what the string of a function or statement probe says. */
#ifndef BUILD_FAMILIES_SPEC_H
#define BUILD_FAMILIES_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum spec_lines {
	SPEC_NO_LINE,
	SPEC_LINES,    /* "@file:10", "@file:10,20-25" */
	SPEC_RELATIVE, /* "@file+3": counted from the function's declaration */
	SPEC_ALL_LINES /* "@file:*" */
};

/** struct spec_range - lines @first to @last, @first <= @last */
struct spec_range {
	uint32_t first, last;
};

/**
 * struct spec - one specification, taken apart
 * @scope: "a::b" of "a::b::f", "" of "::f", NULL without any
 * @func: glob, never empty
 * @file: glob, or NULL
 * @range, @nranges: of SPEC_LINES and SPEC_RELATIVE, as they are written
 */
struct spec {
	const char *scope, *func, *file;
	enum spec_lines lines;
	struct spec_range *range;
	size_t nranges;
};

/** spec_is_glob() - can @s stand for more than one name? */
bool spec_is_glob(const char *s);

/**
 * spec_parse() - take @text apart
 * @a: owns the result
 * @why: what is wrong with it, where the answer is false
 * Source: features.md 2.3
 */
bool spec_parse(struct arena *a, const char *text, struct spec *ret,
		const char **why);

/** spec_has_line() - is @line one of those @s asks for?  @decl: of the function */
bool spec_has_line(const struct spec *s, uint32_t line, uint32_t decl);

#endif
