/* SPDX-License-Identifier: GPL-2.0-only */
/* From the checked program to the C text of its script object. */
#ifndef BUILD_EMIT_EMIT_H
#define BUILD_EMIT_EMIT_H

struct buf;
struct diags;
struct program;
struct session;

/**
 * emit_program() - print the generated C of @p
 * @p: what sema_run() returned; not modified
 * @s: -G settings; limits when @p carries none
 * @out: the text is appended
 * @d: what cannot be expressed yet is reported here, with its place
 *
 * The text includes <gen.h> only (pass -I with runtime/), names no kernel and no
 * directory, and depends on nothing but the program's shape: numbers, points and
 * their texts are in the per-target object.  Compile it with -fwrapv
 * -fno-strict-aliasing, which every kernel's flags imply; script arithmetic wraps
 * as plain C arithmetic under these.
 *
 * Return: 0, or ERR_UNSUPPORTED after diag_error(); @out is then incomplete.
 */
int emit_program(const struct program *p, const struct session *s,
		 struct buf *out, struct diags *d);

#endif
