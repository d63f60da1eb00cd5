/* SPDX-License-Identifier: GPL-2.0-only */
/* Following $a->b[c] through BTF types to an address and a width. */
#ifndef BUILD_ELAB_PLACE_H
#define BUILD_ELAB_PLACE_H

#include "build/sema/ctx.h"

struct btf_memb;
struct dwloc;
struct fam_value;

/**
 * struct place - where a target expression has got to
 * @kind: PLACE_VALUE: @e is the value; PLACE_PTR: @e points to an object of
 *        @type; PLACE_MEM: an object of @type lies at @e + @off; PLACE_PARTS: it
 *        lies @off bytes into what @parts says, not all of it in memory
 * @off: bytes, a number that depends on the kernel when @is_knum
 * @bits, @bit_off: bit field of @bits bits, @bit_off from @e + @off
 */
struct place {
	enum { PLACE_VALUE, PLACE_PTR, PLACE_MEM, PLACE_PARTS } kind;
	struct ast_expr *e;
	const struct dwloc *parts; /* build/elab/dwloc.h */
	uint32_t type;
	int64_t off;
	bool is_knum;
	uint32_t bits, bit_off;
};

/** place_from() - where a $variable is; @v->e or @v->parts is set */
struct place place_from(const struct fam_value *v);

/* All report what cannot be done and return false or NULL. */
bool place_member(struct sema *sm, struct place *p, const char *name,
		  const struct span *at);
bool place_index(struct sema *sm, struct place *p, struct ast_expr *index,
		 const struct span *at);
/** place_load() - the value; btf_type tells what a pointer points to */
struct ast_expr *place_load(struct sema *sm, struct place *p,
			    const struct span *at);
struct ast_expr *place_address(struct sema *sm, struct place *p,
			       const struct span *at);
/** place_deref() - pointers in memory or in hand become the object they point to */
bool place_deref(struct sema *sm, struct place *p, const struct span *at);

/** place_enter() - from a struct to its member @m */
void place_enter(struct place *p, const struct btf_memb *m);

/** place_access() - how a scalar type is loaded; false for structs and the like */
bool place_access(const struct btfv *b, uint32_t type, struct access *ret);

#endif
