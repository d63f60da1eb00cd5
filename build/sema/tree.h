/* SPDX-License-Identifier: GPL-2.0-only */
/* Walking, comparing and building syntax trees. */
#ifndef BUILD_SEMA_TREE_H
#define BUILD_SEMA_TREE_H

#include "build/lang/ast.h"

#include <stdbool.h>

struct arena;

/**
 * struct walk - a pre-order visit
 * @expr, @stmt: called before the children; may replace the node through the
 *               pointer; false = do not visit the children.  NULL = always go on.
 */
struct walk {
	bool (*expr)(struct walk *w, struct ast_expr **e);
	bool (*stmt)(struct walk *w, struct ast_stmt **s);
	void *arg;
};

/** walk_expr(), walk_stmt() - visit one tree; NULL nodes are skipped */
void walk_expr(struct walk *w, struct ast_expr **e);
void walk_stmt(struct walk *w, struct ast_stmt **s);
/** walk_children() - visit below @e without @e itself */
void walk_children(struct walk *w, struct ast_expr *e);
/** tree_writes() - does anything in @s assign to the variable @name, or step it? */
bool tree_writes(struct ast_stmt **s, const char *name);
/** walk_dprobe() - body, condition and snapshots */
void walk_dprobe(struct walk *w, struct dprobe *p);

/**
 * tree_equal_expr(), tree_equal_stmt() - same meaning
 * @nums: values of EX_KNUM nodes, which are compared by value; may be NULL when
 *        neither tree has any
 *
 * Places in the source are not compared.
 */
bool tree_equal_expr(const struct ast_expr *x, const struct ast_expr *y,
		     const int64_t *nums);
bool tree_equal_stmt(const struct ast_stmt *x, const struct ast_stmt *y,
		     const int64_t *nums);

/** tree_hash_expr(), tree_hash_stmt() - equal trees have equal hashes */
uint64_t tree_hash_expr(const struct ast_expr *e, const int64_t *nums);
uint64_t tree_hash_stmt(const struct ast_stmt *s, const int64_t *nums);

/* Builders; @at is the place errors in the new node are reported at. */
struct ast_expr *tree_expr(struct arena *a, enum ex kind, struct span at);
struct ast_expr *tree_num(struct arena *a, struct span at, int64_t v);
struct ast_expr *tree_str(struct arena *a, struct span at, const char *s);
struct ast_expr *tree_binary(struct arena *a, enum op op, struct ast_expr *x,
			     struct ast_expr *y);
struct ast_stmt *tree_stmt(struct arena *a, enum st kind, struct span at);
struct ast_stmt *tree_block(struct arena *a, struct span at,
			    struct ast_stmt **v, size_t n);

#endif
