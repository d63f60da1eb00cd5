/* SPDX-License-Identifier: GPL-2.0-only */
/* From places that debug information knows to points that a kernel can be probed at. */
#ifndef BUILD_FAMILIES_DWPOINT_H
#define BUILD_FAMILIES_DWPOINT_H

#include "build/families/dwfind.h"
#include "build/families/family.h"

struct kit_func;

/**
 * struct dwpoint - one probe point of a script being resolved by debug information
 * @pt: the point; @comp: its component that is a specification or an address
 * @file: vmlinux or the module, once dwpoint_open() said yes
 * @w: what was found
 * @mech: of points at the entry of a function; 0: ftrace where it can, else kprobe
 * @wanted: KIT_FN_* that a symbol must have
 * @refused: of what was found and cannot be probed, the last: for the message
 */
struct dwpoint {
	struct sema *sm;
	const struct ast_point *pt;
	const struct ast_comp *comp;
	const struct dwfile *file;
	struct dwfind w;
	uint32_t mech, wanted;
	const char *module;
	struct {
		const char *name;
		uint32_t flags;
	} refused;
};

/**
 * dwpoint_open() - begin with the kernel's debug information
 * @ret: dwpoint_close() it, whatever the answer
 * @quiet: its absence is no mistake
 * Return: is it there?  Reported when not.
 */
bool dwpoint_open(struct dwpoint *ret, struct sema *sm,
		  const struct ast_point *pt, bool quiet);
void dwpoint_close(struct dwpoint *d);

/** dwpoint_spec() - take the component's string apart; reported when it is none */
bool dwpoint_spec(struct sema *sm, const struct ast_comp *c, struct spec *ret);

/**
 * dwpoint_add() - @d->w.spots into @ret->points
 * @text: what stands for @d->comp's argument is "FUNC@FILE:LINE"
 *
 * What the kernel does not let be probed, or has thrown away after boot, is left
 * out and remembered in @d->refused.
 */
void dwpoint_add(struct dwpoint *d, struct fam_probe *ret);

/** dwpoint_none() - report that nothing was found: what was looked at, what is near */
enum fam_result dwpoint_none(struct dwpoint *d, const struct spec *s);
/** dwpoint_broken() - report @e of a search */
enum fam_result dwpoint_broken(struct dwpoint *d, const struct err *e);

/** dwpoint_needed() - report that only debug information could tell @what */
void dwpoint_needed(struct sema *sm, const struct ast_comp *c,
		    const char *what);
/** dwpoint_symbol() - the symbol of the kernel that code at @pc of @b belongs to */
bool dwpoint_symbol(struct sema *sm, const struct dwx_body *b, uint64_t pc,
		    struct kit_func *ret);

#endif
