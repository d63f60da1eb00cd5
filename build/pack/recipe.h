/* SPDX-License-Identifier: GPL-2.0-only */
/* How a bundle was made: what its maker was given, inside the bundle's source. */
#ifndef BUILD_PACK_RECIPE_H
#define BUILD_PACK_RECIPE_H

#include "build/base/vec.h"
#include "bundle/write.h"

struct arena;
struct buf;
struct err;
struct library;
struct opts;
struct session;
struct target;

#define RECIPE_NAME "tap.recipe"
#define RECIPE_LOG  "tap.log"

/** struct recipe_in - a build whose targets are finished */
struct recipe_in {
	const struct session *s;
	const struct opts *o;
	const struct library *lib;
	const struct target *target;
	size_t n;
};

/** enum recipe_how - where the script came from; messages of a module name it */
enum recipe_how { RECIPE_FILE, RECIPE_TEXT, RECIPE_STDIN };

struct recipe_kit {
	const char *release, *id;
};

/**
 * struct recipe_include - a file of -I
 * @dir: which -I, from 1; @path: below it; @file: its name in the source
 */
struct recipe_include {
	unsigned int dir;
	const char *path, *file;
};

/**
 * struct recipe - bundle/FORMAT.md section 9, read
 * @file, @extra: names of files in the source; @script: what @file was called
 * @options: words to give again, -r, -I and -E not among them
 */
struct recipe {
	const char *tapbuild, *file, *script;
	enum recipe_how how;
	VEC(const char *) options, extra, args;
	VEC(struct recipe_include) include;
	VEC(struct recipe_kit) kits;
};

typedef VEC(struct bundle_script) recipe_files;

/**
 * recipe_files_make() - all that goes into a bundle's source: the script, the texts of
 *                       -E, what was used of -I, the recipe, the log
 * @a: owns names and texts that are not the session's
 */
void recipe_files_make(const struct recipe_in *in, struct arena *a,
		       recipe_files *ret);

/**
 * recipe_read() - the recipe in @n bytes of @text
 * @a: owns what it says
 * Return: 0, -BERR_FORMAT with the line.
 */
int recipe_read(struct arena *a, const char *text, size_t n, struct recipe *ret,
		struct err *e);

#endif
