/* SPDX-License-Identifier: GPL-2.0-only */
/* The C of a script: its own object, and the compiler's words about it. */
#ifndef BUILD_EMIT_EMBED_H
#define BUILD_EMIT_EMBED_H

#include "build/base/buf.h"
#include "build/base/vec.h"

#include <stdbool.h>

struct arena;
struct diags;
struct program;
struct session;
struct src;

/* A script file as #line directives name it. */
struct embed_src {
	const char *name;
	struct src *src;
};

/**
 * struct embed_unit - the text of one embedded object
 * @c: to be compiled with the kernel's headers; empty where no C is used
 * @srcs: the files it was put together from
 */
struct embed_unit {
	struct buf c;
	VEC(struct embed_src) srcs;
};

/**
 * emit_embedded() - print the C of @p's functions, expressions and blocks
 * @u: zero or embed_unit_init(); memory of @a, and of the buffer
 *
 * Includes <embed.h> of runtime/.  Every function is known to the script object
 * as taprt_embed_N, every global it names as taprt_global_N_get and _set, which
 * emit_program() defines.  No directory is named.
 */
void emit_embedded(const struct program *p, const struct session *s,
		   struct arena *a, struct embed_unit *u);
void embed_unit_init(struct embed_unit *u);
void embed_unit_deinit(struct embed_unit *u);

/**
 * embed_report() - what a compiler printed, as diagnostics at the script
 * @text: output of gcc; @release: of the kernel it was compiled for
 * @failed: the compiler failed: there is an error even if none can be placed
 */
void embed_report(const struct embed_unit *u, const char *text,
		  const char *release, bool failed, struct diags *d);

/**
 * embed_report_symbol() - the kernel does not export @symbol
 *
 * At its first mention in the script's C, if there is one.
 */
void embed_report_symbol(const struct program *p, const char *symbol,
			 const char *release, struct diags *d);

#endif
