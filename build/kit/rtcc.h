/* SPDX-License-Identifier: GPL-2.0-only */
/* How C that includes kernel headers is compiled for one kernel: facts and runtime. */
#ifndef BUILD_KIT_RTCC_H
#define BUILD_KIT_RTCC_H

#include "build/kit/flags.h"

struct arena;
struct err;
struct recipe;
struct spawn;

/**
 * struct rtcc - a compiler that has read the headers nearly all sources want
 * @dir: for what is made; holds kc_config.h when the facts are known
 * @argv: the command but for its -c or -fsyntax-only, output and source
 */
struct rtcc {
	const char *runtime, *dir;
	struct words argv;
};

/**
 * rtcc_init() - make @scratch/runtime and the precompiled header in it
 * @runtime: directory of the runtime's sources; they include "runtime/…"
 * @ret: strings in @a
 *
 * Return: 0, ERR_TOOL (with the first error line), ERR_IO.
 */
int rtcc_init(struct arena *a, const char *runtime, const struct recipe *r,
	      const char *scratch, struct rtcc *ret, struct err *e);

/** rtcc_object() - the command that compiles @source, below the runtime, to @object */
struct spawn rtcc_object(struct arena *a, const struct rtcc *cc,
			 const char *source, const char *object);

/** rtcc_failed() - what a tool said, in one line, as an error; returns ERR_TOOL */
int rtcc_failed(struct arena *a, const struct spawn *s, const char *what,
		struct err *e);

#endif
