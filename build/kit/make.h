/* SPDX-License-Identifier: GPL-2.0-only */
/* From packages to kits. */
#ifndef BUILD_KIT_MAKE_H
#define BUILD_KIT_MAKE_H

#include <stddef.h>

struct arena;
struct err;

/**
 * struct kit_maker - how to make kits
 * @cc: compiler, or NULL for recipe_cc()'s choice
 * @runtime: directory of the runtime's sources
 * @jobs: threads, 0 = one per CPU
 * @say: told what is done, one line without newline; NULL for silence
 * @step: told how long a step took, in seconds; NULL for silence
 * @arg: passed to both
 * @debug: dmake_index(), for kit_fetch() to get debug packages too; or NULL
 */
struct kit_maker {
	const char *cc, *runtime;
	unsigned int jobs;
	void (*say)(void *arg, const char *line);
	void (*step)(void *arg, const char *name, double seconds);
	void *arg;
	int (*debug)(struct arena *a, const struct kit_maker *m,
		     const char *const *inputs, size_t n, const char ***ret,
		     size_t *nret, struct err *e);
};

/** kit_say() - tell @m->say, if there is one, a line */
void kit_say(const struct kit_maker *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * kit_make() - make one kit of every kernel in @inputs and store them
 * @inputs: package files, or directories (installed or unpacked systems)
 * @ret: paths of the stored kits, in @a
 *
 * A kit of the same kernel build that is already stored is replaced.
 * Return: 0, or the first failure; kits finished before it stay.
 */
int kit_make(struct arena *a, const struct kit_maker *m,
	     const char *const *inputs, size_t n, const char ***ret,
	     size_t *nret, struct err *e);

#endif
