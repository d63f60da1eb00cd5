/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line that made a bundle, from its recipe. */
#ifndef BUILD_CMD_AGAIN_H
#define BUILD_CMD_AGAIN_H

#include "build/base/arena.h"
#include "build/base/vec.h"
#include "build/pack/recipe.h"

struct bundle;
struct err;

/**
 * struct again - a build that a bundle tells of; starts as zeros
 * @dir: private directory of this run; the script and the files of -I are there
 * @r: the recipe
 * @argv: for cmd_build(), ends with NULL
 */
struct again {
	struct arena *a;
	struct bundle *b;
	const char *dir;
	struct recipe r;
	VEC(char *) argv;
};

/**
 * again_make() - read the recipe of @b, write its inputs to a directory, set @argv
 * @out: of -o; NULL: new.tap in @x->dir
 * @more: @n words more, options
 * @a: owns what @x holds
 *
 * Also says on stderr which kits are missing, and that another tapbuild made it.  A script from standard input becomes
 * stdin.
 * Return: 0, ERR_UNSUPPORTED (no recipe), ERR_NOT_FOUND (kits), -BERR_FORMAT, ERR_IO.
 */
int again_make(struct again *x, struct bundle *b, struct arena *a,
	       const char *out, const char *const *more, size_t n,
	       struct err *e);

/**
 * again_time() - SOURCE_DATE_EPOCH as it was
 *
 * Context: with that, what decides a build and is not in a recipe is the default
 * options and keys of who builds.
 */
void again_time(const struct again *x);

/**
 * again_alone() - neither the user's default options nor their key, but one of no one
 *
 * Its public half is tap/build.pub in @x->dir.
 */
int again_alone(struct again *x, struct err *e);

/** again_end() - remove the directory */
void again_end(struct again *x);

#endif
