/* SPDX-License-Identifier: GPL-2.0-only */
/* Yes-or-no questions about a kernel, settled by one compile and Module.symvers. */
#ifndef BUILD_KIT_FACTS_H
#define BUILD_KIT_FACTS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct err;
struct symvers;
struct words;

/** struct fact - one answered question */
struct fact {
	const char *name; /* without KC_HAVE_ */
	bool yes;
};

struct facts {
	struct fact *v; /* sorted by name */
	size_t n, cap;
};

/**
 * facts_settle() - answer every line of a facts.def
 * @def: text of the file; see runtime/compat/facts.def for its format:
 *   FACT(NAME, "linux/a.h linux/b.h", "C statements")  does this compile?
 *   HEADER(NAME, "linux/a.h")                          is there such a header?
 *   CALL(NAME, symbol)                                 is it exported?
 *   (C comments; strings may be split as in C)
 * @cc: compiler and flags (struct rtcc)
 * @scratch: directory for the generated file
 *
 * FACT code is the body of a function; a header that does not exist is left
 * out.  Two canaries, one that must compile and one that must not, make sure
 * that a broken compile is not taken for a kernel without features.
 * Return: 0, ERR_FORMAT (bad line, with its number), ERR_TOOL (canaries).
 */
int facts_settle(struct arena *a, const char *def, const struct words *cc,
		 const struct symvers *sv, const char *scratch,
		 struct facts *ret, struct err *e);

/** facts_header() - text of kc_config.h: "#define KC_HAVE_X 0" or 1, each */
void facts_header(const struct facts *f, struct buf *ret);

#endif
