/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes into a bundle: from finished targets to one signed file. */
#ifndef BUILD_PACK_PLAN_H
#define BUILD_PACK_PLAN_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct opts;
struct recipe_in;
struct session;
struct target;
struct units;

/**
 * plan_module_name() - set @t->module: NAME_<8 hex of its content>
 *
 * The name must differ between contents, because the kernel refuses a second
 * module of one name and renaming would break a kernel signature.
 */
void plan_module_name(struct target *t, const struct opts *o,
		      const char *script_name);

/**
 * plan_check() - before the work: can the bundle be signed and written?
 * Return: 0; ERR_IO, ERR_EXISTS, ERR_NOT_FOUND (no signing key), as plan_write().
 */
int plan_check(const struct session *s, const struct opts *o, struct arena *a,
	       struct err *e);

/**
 * plan_write() - sign and write the bundle of a finished build
 * @units: with --shard: the plan; then an unsigned part is written
 * @path: set to the file written; owned by @a
 * Return: 0; ERR_IO, ERR_NOT_FOUND (no signing key). Nothing is left half-written.
 */
int plan_write(const struct recipe_in *in, const struct units *units,
	       struct arena *a, const char **path, size_t *bytes,
	       struct err *e);

/** plan_created() - SOURCE_DATE_EPOCH, else 0: no time is claimed */
uint64_t plan_created(void);

#endif
