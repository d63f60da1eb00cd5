/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that list points: the lines, and who collects them. */
#ifndef BUILD_ELAB_LISTING_PRIV_H
#define BUILD_ELAB_LISTING_PRIV_H

#include "build/base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ast_point;
struct btfv;
struct lst;
struct sema_in;

/**
 * struct line - one entry
 * @seq: its place among those that were added
 * @is_inline: a place where a function is inlined: others of that name come first,
 *             which have its variables in the order in which they are declared
 * @addr: of a place in code, as in struct dpoint; else 0
 * @vars: " name:type" each, in order
 * @text: instead of @vars: all of them, as they are printed; or NULL
 */
struct line {
	const char *name;
	size_t seq;
	bool is_inline;
	uint64_t addr;
	VEC(const char *) vars;
	const char *text;
};

/**
 * struct lines - what is to be printed; texts are in @a, @v is from malloc
 * @is_mixed: not in the order in which they are printed
 */
struct lines {
	struct arena *a;
	VEC(struct line) v;
	bool is_mixed;
};

void lines_put(struct lines *l, struct line n);
/** lines_sort() - by name, each once, with the variables that all of it have */
void lines_sort(struct lines *l);

/**
 * struct spelt - types of one view by their numbers, as they are printed
 * @v: NULL where one was not needed yet
 */
struct spelt {
	const struct btfv *b;
	const char **v;
};

/**
 * struct lister - what is asked for, and what was found
 * @kernel, @split: of the kernel's types, of the last module's
 * @missing: what only debug information has, or NULL
 * @is_refused: something was not found for another reason
 * @lst, @is_tried: what was listed when the kit was made, once it was asked for
 */
struct lister {
	const struct sema_in *in;
	struct arena *a;
	struct lines lines;
	struct spelt kernel, split;
	bool vars, verbose;
	const char *missing;
	bool is_refused, is_tried;
	struct lst *lst;
};

void lister_deinit(struct lister *x);

/**
 * lister_point() - one point in a run of its own: what cannot be had on this kernel
 *                  spoils no other
 * @name: the alias it is listed as, or NULL for the places themselves
 */
void lister_point(struct lister *x, const struct ast_point *pt,
		  const char *name);
/** lister_lacks() - note what there is no debug information of: @module or, NULL, all */
void lister_lacks(struct lister *x, const char *module);

/**
 * lister_known() - the same from what was listed when the kit was made
 * Return: false: nothing was added, and lister_point() has to find out.
 */
bool lister_known(struct lister *x, const struct ast_point *pt);

#endif
