/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface of a probe family: what points it has, what they expand to on a
 * target, and which $variables exist there.  Nothing outside a family's own
 * files knows more than this.
 */
#ifndef BUILD_FAMILIES_FAMILY_H
#define BUILD_FAMILIES_FAMILY_H

#include "build/base/vec.h"
#include "build/lang/ast.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dwloc;
struct dwplace;
struct family;
struct sema;

enum fam_result {
	FAM_OK,
	FAM_NOT_MINE, /* nothing said; somebody else may know it */
	FAM_REFUSED,  /* reported */
};

/**
 * struct fam_point - one place
 * @btf: id of the FUNC or PROTO whose parameters are $variables there, or 0; in
 *       @dp.types where that is set; or a FAM_BTF_*
 * @is_extra: left out, with a warning, where what the handler reads cannot be had
 * @dw: what full debug information knows of the place, or NULL
 */
struct fam_point {
	struct dpoint dp;
	uint32_t btf;
	const struct dwplace *dw; /* build/families/dwplace.h */
	bool is_extra;
};

/* The family's types() sets dp.types and fam_point.btf, or dp.types alone. */
#define FAM_BTF_LATER UINT32_MAX
#define FAM_BTF_TYPES (UINT32_MAX - 1)

/**
 * struct fam_probe - what one probe point becomes
 * @p: everything but body, cond and points; owned by the run's arena
 * @fam: whose it is
 * @points: empty for families without places
 * @is_never: checked, then dropped
 */
struct fam_probe {
	struct dprobe *p;
	const struct family *fam;
	VEC(struct fam_point) points;
	bool is_never;
};

/**
 * struct fam_value - a $variable's value where it is read directly
 * @e: long or string expression, NULL when there is none in this place
 * @is_mem: @e is the address of the object
 * @parts: instead of @e: an object that is not all in memory (build/elab/dwloc.h)
 * @type: BTF type id of the value
 * @at_entry: it only exists at function entry: readers in a return probe take
 *            a snapshot
 * @write_only: it is there, for @assign only
 */
struct fam_value {
	struct ast_expr *e;
	const struct dwloc *parts;
	uint32_t type;
	bool is_mem, at_entry, write_only;
};

/**
 * struct fam_form - one accepted chain: "timer.s(N).randomize(N)"
 *
 * (N) number, (S) string argument.
 */
struct fam_form {
	const char *text;
	unsigned int id; /* the family's own */
};

/**
 * struct family - one kind of probe point
 * @forms, @nforms: the grammar
 * @expand: one form at one point of a script
 * @types: called for a place before its $variables are asked for: what is dear to
 *         know of it and matters to them alone; NULL: nothing is
 * @var: the value of "$name" (with dollar, not $$); FAM_NOT_MINE = no such
 *       variable; reports what cannot be read and returns FAM_REFUSED
 * @assign: what the assignment @e to the family's own variable e->a becomes;
 *          FAM_NOT_MINE = that variable is not such a one; NULL = there are none
 * @names: calls @add for every $variable of a point ("$file") but locals; entry
 *         arguments first, in order
 * @locals: the same for local variables; NULL: there are none
 * @text: the value of "$$name" where that is the family's own, a string
 *        expression; NULL = no such
 * @needs_kit: cannot expand without a target
 * @writes_back: with -g, what an alias copies from a $variable is that variable to the
 *               handler: what is written to one is written to the other
 */
struct family {
	const char *name;
	const struct fam_form *forms;
	size_t nforms;
	enum fam_result (*expand)(struct sema *sm, const struct ast_point *pt,
				  unsigned int form, struct fam_probe *ret);
	void (*types)(struct sema *sm, struct fam_point *p);
	enum fam_result (*var)(struct sema *sm, const struct dprobe *p,
			       const struct fam_point *fp, struct span at,
			       const char *name, struct fam_value *ret);
	enum fam_result (*assign)(struct sema *sm, const struct dprobe *p,
				  const struct ast_expr *e,
				  struct ast_expr **ret);
	void (*names)(struct sema *sm, const struct dprobe *p,
		      const struct fam_point *fp,
		      void (*add)(void *arg, const char *name), void *arg);
	void (*locals)(struct sema *sm, const struct dprobe *p,
		       const struct fam_point *fp,
		       void (*add)(void *arg, const char *name), void *arg);
	struct ast_expr *(*text)(struct sema *sm, struct span at,
				 const char *name);
	bool needs_kit, writes_back;
};

/*
 * Kinds of probes.
 * CONCURRENT: handlers run beside each other, on several CPUs
 * HOT: at any rate; else when they are told
 * SWITCHED: the runtime puts in place only those whose condition holds
 * PASSIVE: there is no handler; others read what it counts
 */
enum kind_flags {
	KIND_CONCURRENT = 1,
	KIND_HOT = 2,
	KIND_SWITCHED = 4,
	KIND_PASSIVE = 8,
};

/** struct probe_kind - what the rest of the builder must know of a kind */
struct probe_kind {
	const char *name;
	unsigned int flags;
};

#define KIND(v, f) extern const struct probe_kind kind_##v;
#include "build/families/families.def"

/** family_at() - the @i-th of families.def, NULL at the end */
const struct family *family_at(size_t i);

/**
 * family_match() - does @pt fit @form?
 * Return: 0 no; 1 yes; *@depth is set to the number of leading components that
 * fit, also when the answer is no
 */
int family_match(const struct fam_form *form, const struct ast_point *pt,
		 size_t *depth);

/** family_concrete() - @pt, which fits @form, with its words for @pt's patterns */
struct ast_point family_concrete(const struct fam_form *form,
				 const struct ast_point *pt, struct arena *a);

/** family_form_word() - the word of component @i of a form, "" past the end */
const char *family_form_word(const struct fam_form *form, size_t i,
			     struct arena *a);

/** family_word_match() - a component word with * against a plain one */
bool family_word_match(const char *pattern, const char *word);

/** family_comp() - the component called @name of a matched point, or NULL */
const struct ast_comp *family_comp(const struct ast_point *pt,
				   const char *name);

#endif
