/* SPDX-License-Identifier: GPL-2.0-only */
/* The tapset: an index of library files, each parsed only when it is needed. */
#ifndef BUILD_ELAB_LIBRARY_H
#define BUILD_ELAB_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diags;
struct lexed;
struct library;
struct pp_env;
struct pp_macros;
struct pp_target;
struct session;
struct src;

/**
 * struct lib_file - one .stp or .stpm file
 * @path: as found below an include directory
 * @arch: directory says it is for this machine only ("x86_64"), or NULL
 * @kver: directory says it is for this kernel version only ("5.10"), or NULL
 * @src: its text
 * @lexed: private to the library: tokens, or NULL before they are asked for
 * @id: position in the index
 */
struct lib_file {
	const char *path, *arch, *kver;
	struct src *src;
	const struct lexed *lexed;
	size_t id;
};

enum lib_kind { LIB_FUNC, LIB_GLOBAL, LIB_ALIAS, LIB_KINDS };

/**
 * library_open() - look into every file below session.include; once per process
 * @d: files that cannot be read are skipped with a warning here
 *
 * Searched in each directory: the top, base/, linux/, and below the top and
 * linux/ the directories KVER/ARCH, KVER and ARCH.  Order: directories as given,
 * most specific first, then by name.
 * Return: never NULL; owned by session.perm.
 */
struct library *library_open(struct session *s, struct diags *d);

/** library_lexed() - the tokens of a .stp file, shared by all targets */
const struct lexed *library_lexed(struct library *lib,
				  const struct lib_file *f);

/**
 * library_macros() - the macros of the .stpm files that apply to a target
 * @a: owns the set
 * @env: its target decides which files apply; .library is not read
 *
 * Return: never NULL; files with errors are skipped with a warning.
 */
struct pp_macros *library_macros(struct library *lib, struct arena *a,
				 const struct pp_env *env, struct diags *d);

/**
 * library_find() - files that define @name, in search order
 * @name: a function, a global, or the first word of an alias (glob allowed)
 * Return: number of files in *@ret (allocated with malloc; caller frees), those
 * for other kernels left out.
 */
size_t library_find(const struct library *lib, enum lib_kind kind,
		    const char *name, const struct pp_target *t,
		    const struct lib_file ***ret);

/** library_names() - every name of one kind, for "similar" suggestions */
size_t library_names(const struct library *lib, enum lib_kind kind,
		     const char *const **ret);

/** library_file() - file @i of library_nfiles(), and whether it is for @t */
const struct lib_file *library_file(const struct library *lib, size_t i);
bool library_applies(const struct lib_file *f, const struct pp_target *t);

size_t library_nfiles(const struct library *lib);

/** library_each() - every file, those with macros first */
void library_each(const struct library *lib,
		  void (*fn)(void *arg, const struct lib_file *f), void *arg);

#endif
