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
#define RECIPE_DIRS "tap.include.tar"

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
 * struct recipe - bundle/FORMAT.md section 9, read
 * @file, @extra: names of files in the source; @script: what @file was called
 * @options: words to give again, -r, -I and -E not among them
 * @ndirs: of -I; their files are in RECIPE_DIRS
 */
struct recipe {
	const char *tapbuild, *file, *script;
	enum recipe_how how;
	unsigned int ndirs;
	VEC(const char *) options, extra, args;
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

/** recipe_file() - the file of @spec's source that is called @name, or NULL */
const struct bundle_script *recipe_file(const struct bundle_spec *spec,
					const char *name);

/**
 * recipe_each_dir_file() - what is in RECIPE_DIRS
 * @n: bytes of @tar
 * @fn: gets "N/PATH", which stays below the N-th directory; a negative result ends it
 *
 * Return: 0, -BERR_FORMAT, what @fn returned.
 */
int recipe_each_dir_file(const void *tar, size_t n,
			 int (*fn)(void *arg, const char *path, const void *p,
				   size_t len, struct err *e),
			 void *arg, struct err *e);

/** struct recipe_piece - the @nth kernel of a part of a build */
struct recipe_piece {
	const struct bundle_spec *spec;
	size_t nth;
};

/**
 * recipe_join() - recipe and log of a whole build from those of its parts
 * @piece: the kernels in the order of the build, @n of them
 * @spec: of one of the parts; gets both texts, which @a owns
 *
 * Return: 0, ERR_FORMAT (parts that were not built alike).
 */
int recipe_join(const struct recipe_piece *piece, size_t n,
		struct bundle_spec *spec, struct arena *a, struct err *e);

#endif
