/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that make a listing. */
#ifndef BUILD_ELAB_LST_PRIV_H
#define BUILD_ELAB_LST_PRIV_H

#include "build/elab/lst.h"

struct buf;
struct session;

/** struct lst_of - what rows are made of: a kit, its debug information, options */
struct lst_of {
	struct kit *k;
	struct dwkit *dw;
	struct session *s;
};

/**
 * struct lst_source - the point that a table is listed by
 * @point: with "HEAD", which is "kernel" or a module; @head: what @tail and the name
 *         follow in what it lists; @mid: between the name and a label
 * @is_merged: a name is one row, not one for each place
 * @is_debug: only debug information has any; @is_kernel: no module has
 */
struct lst_source {
	const char *word, *args, *head, *mid, *tail;
	bool is_merged, is_debug, is_kernel;
};

extern const struct lst_source lst_sources[LST_TABLES];

/**
 * lst_put_bin() - append the rows of table @t that vmlinux ("") or module @bin has
 * Return: false when what the families list is not what is known of them here.
 */
bool lst_put_bin(const struct lst_of *m, enum lst_table t, const char *bin,
		 struct buf *out);

#endif
