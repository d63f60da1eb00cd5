/* SPDX-License-Identifier: GPL-2.0-only */
/* Script objects: compile generated C once for every target with equal flags. */
#ifndef BUILD_LINK_COMPILE_H
#define BUILD_LINK_COMPILE_H

#include "build/base/buf.h"
#include "build/base/digest.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"

#include <stdbool.h>

struct arena;
struct err;
struct kit;

/**
 * struct script_object - one compiled script, shared by targets, or its C
 * @key: digest of C text, gen.h, flags and compiler: the cache's file name
 * @embedded: C of the script itself, against one kernel's headers
 * @path: the cached object
 * @undefs: symbols it needs that the runtime interface does not define
 * @calls: those that it does
 * @cached: was there before this run
 * @failed: the compiler refused it; @spawn.out says why (our bug, not the script's,
 *   unless it is @embedded)
 */
struct script_object {
	char key[DIGEST_HEX];
	const char *path;
	const char *c_text;
	size_t c_len;
	const char *const *cflags;
	const char *cc;
	VEC(const char *) undefs, calls;
	bool cached, failed, embedded;
	struct spawn spawn; /* private */
	const char **argv;  /* private */
	char *dir, *tmp;    /* private */
};

/** struct compiler - the objects of one run */
struct compiler {
	struct arena *arena;
	const char *cache;   /* directory of cached objects */
	const char *runtime; /* directory with gen.h */
	char *scratch;	     /* private directory of this run */
	bool no_read;	     /* what is cached is compiled again */
	char gen_h[DIGEST_HEX], embed_h[DIGEST_HEX];
	VEC(struct script_object *) objects;
};

/* Below the cache: objects, and the answers of run_answer.c. */
#define OBJECT_CACHE "obj"

/* What the cache of objects is for. */
enum {
	COMPILER_CACHE,	     /* look there, then put there */
	COMPILER_WRITE_ONLY, /* compile anyway, put there */
	COMPILER_NO_CACHE,   /* neither */
};

int compiler_init(struct compiler *c, struct arena *a, unsigned int cache,
		  struct err *e);
void compiler_deinit(struct compiler *c);

/**
 * compiler_add() - the object for @text under @kit's flags; the same pointer for
 *                  an equal request.  Nothing is compiled yet.
 */
struct script_object *compiler_add(struct compiler *c, const struct kit *kit,
				   const char *text, size_t len);

/**
 * compiler_add_embedded() - the object for C @text of a script, for @kit's kernel
 *
 * @flags: more flags, -B; @nflags of them
 *
 * Unpacks the kit's headers at their first use on this machine.
 * Return: NULL after ERR_UNSUPPORTED (a kit without headers), ERR_IO, ERR_CORRUPT.
 */
struct script_object *compiler_add_embedded(struct compiler *c,
					    const struct kit *kit,
					    const char *text, size_t len,
					    const char *const *flags,
					    size_t nflags, struct err *e);

/**
 * compiler_run() - compile what is not cached, @jobs at a time; reads undefs
 * Return: 0; ERR_IO.  A compiler error only marks its object failed.
 */
int compiler_run(struct compiler *c, unsigned int jobs, struct err *e);

/** compiler_clean_cache() - remove every cached object and answer; how many, how large */
int compiler_clean_cache(struct arena *a, size_t *n, size_t *bytes,
			 struct err *e);

#endif
