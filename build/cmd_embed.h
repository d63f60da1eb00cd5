/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a build that only scripts with C in them take. */
#ifndef BUILD_CMD_EMBED_H
#define BUILD_CMD_EMBED_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct compiler;
struct err;
struct session;
struct target;

/**
 * embed_add() - ask for the object of @t's C, if the script has any
 *
 * Flags of the compiler come from -B CFLAGS=… and the names kbuild has for it.
 * A kit without headers makes the target unsupported.
 * Return: 0, ERR_IO, ERR_CORRUPT.
 */
int embed_add(struct compiler *c, struct target *t, const struct session *s,
	      struct err *e);

/**
 * embed_finish() - after compiler_run(): what the compiler said, at the script
 *
 * Errors, and symbols that the kernel does not export, make the target
 * unsupported.
 */
void embed_finish(struct target *t);

/** embed_print_warnings() - what is new in the diagnostics of the first of @n
 *  targets that is fine and has warnings */
void embed_print_warnings(struct target *t, size_t n);

/** embed_print_refusal() - why no kernel takes the C, as the first says it */
void embed_print_refusal(const struct target *t);

/** embed_keep() - -k: the C beside that of the script object, "x.c": "x.embed.c" */
int embed_keep(const char *c_path, const struct target *t, bool quiet,
	       struct err *e);

/** embed_undefs() - what both objects need of the kernel, each symbol once */
const char *const *embed_undefs(struct arena *a, const struct target *t,
				size_t *n);

#endif
