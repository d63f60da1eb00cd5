/* SPDX-License-Identifier: GPL-2.0-only */
/* How a kernel builds modules, learnt by watching its own kbuild build one. */
#ifndef BUILD_KIT_RECIPE_H
#define BUILD_KIT_RECIPE_H

#include "build/base/buf.h"
#include "build/kit/flags.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct ktree;

/**
 * struct recipe - everything that is constant for modules of one kernel
 * @cc: compiler ("gcc-12"), @cc_text: first line of its --version
 * @headers: flags for C that includes kernel headers (flags_headers())
 * @abi: flags for generated C (flags_abi())
 * @objtool: arguments between "objtool" and the file; empty if there is no such
 * @objtool_path: the program itself (no wrapper, no multiplexer), or NULL
 * @objtool_cmd: one that runs on this machine, or NULL
 * @ld: flags of the final ld -r, without -T and -o
 * @lds: path of the linker script, or NULL
 * @vermagic, @modinfo: from .modinfo; @modinfo without name, vermagic, license,
 *   depends: NUL-terminated strings, one after the other
 * @consts: assembler source of the sections that are equal in all modules
 *   (.orc_header, notes)
 * @size…@align: of struct module, bytes
 */
struct recipe {
	const char *cc, *cc_text;
	struct words headers, abi, objtool, ld;
	const char *objtool_path, *objtool_cmd, *lds;
	const char *vermagic;
	struct buf modinfo, consts;
	uint32_t size, name_off, init_off, exit_off, align;
};

/**
 * recipe_learn() - build a tiny module below @scratch and read what happened
 * @cc: compiler to use
 *
 * Replaces tools of @t that cannot run here by wrappers around t->libs when
 * @t is private.  Strings belong to @a; buffers are freed by recipe_deinit().
 * Return: 0, ERR_TOOL (kbuild failed; the text has its first error line),
 * ERR_FORMAT, ERR_NOT_FOUND (no compiler, no make).
 */
int recipe_learn(struct arena *a, const struct ktree *t, const char *cc,
		 const char *scratch, struct recipe *ret, struct err *e);
void recipe_deinit(struct recipe *r);

/**
 * recipe_cc() - the compiler to use: @want, $TAP_CC, or gcc with its version
 * Return: name in @a, or NULL (ERR_NOT_FOUND).
 */
const char *recipe_cc(struct arena *a, const char *want, struct err *e);

/** recipe_cc_text() - first line of @cc --version, "" when it does not run */
const char *recipe_cc_text(struct arena *a, const char *cc);

/** recipe_cc_takes() - does @cc accept @flag? (a probe, never a version) */
bool recipe_cc_takes(const char *cc, const char *flag);

#endif
