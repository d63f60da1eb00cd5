/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's headers in a kit, for C that a script brings along. */
#ifndef BUILD_KIT_HEADERS_H
#define BUILD_KIT_HEADERS_H

#include "build/kit/flags.h"

#include <stddef.h>

struct arena;
struct buf;
struct err;
struct ktree;

/* In flags: the directory the headers are unpacked in, the compiler's own one. */
#define HEADERS_AT "@headers"
#define HEADERS_CC "@cc"

/**
 * headers_flags() - header flags of a recipe that hold for any place
 * @recorded: flags_headers() of the kernel's own build
 * @cc_include: where @cc keeps stddef.h and the like, or NULL
 *
 * Paths into the tree become HEADERS_AT "/src/…" (common part) or "/obj/…"
 * (configured part); what lies elsewhere, or is not there, is dropped.
 */
void headers_flags(struct arena *a, const struct ktree *t,
		   const struct words *recorded, const char *cc_include,
		   struct words *ret);

/**
 * headers_place() - the flags of headers_flags() for headers that lie in @dir
 * @flags: NULL-terminated; @cc: the compiler to be used
 */
void headers_place(struct arena *a, const char *const *flags, const char *dir,
		   const char *cc, struct words *ret);

/** headers_cc_include() - directory of the headers that belong to @cc, or NULL */
const char *headers_cc_include(struct arena *a, const char *cc);

/**
 * headers_pack() - all headers that @flags (of headers_flags()) can reach
 * @out: one zstd frame; what unpacks is, sorted by name and for each file:
 *       "src/…" or "obj/…" with its NUL, its length as u32, its bytes
 *
 * Comments other than notices of licence and copyright are left out, line
 * numbers kept.  The bytes depend on the tree's files alone.
 * Return: 0, ERR_IO, ERR_LIMIT.
 */
int headers_pack(struct arena *a, const struct ktree *t,
		 const struct words *flags, struct buf *out, struct err *e);

/** headers_strip() - append @n bytes of C to @out without its comments */
void headers_strip(const char *p, size_t n, struct buf *out);

/** headers_unpack() - write what headers_pack() made below directory @dir
 *  Return: 0, ERR_IO, ERR_CORRUPT, ERR_FORMAT (names that lead elsewhere). */
int headers_unpack(struct arena *a, const void *p, size_t n, const char *dir,
		   struct err *e);

#endif
