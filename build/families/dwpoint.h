/* SPDX-License-Identifier: GPL-2.0-only */
/* From places that debug information knows to points that a kernel can be probed at. */
#ifndef BUILD_FAMILIES_DWPOINT_H
#define BUILD_FAMILIES_DWPOINT_H

#include "build/families/dwfind.h"
#include "build/families/family.h"
#include "build/families/symat.h"

/**
 * struct dwpoint - one probe point of a script being resolved by debug information
 * @pt: the point; @comp: its component that is a specification or an address
 * @module: or NULL: the kernel itself
 * @file: vmlinux or the module, once dwpoint_open() said yes
 * @w: what was found
 * @mech: of points at the entry of a function; 0: ftrace where it can, else kprobe
 * @wanted: KIT_FN_* that a symbol must have
 * @refused: of what was found and cannot be probed, the last, and why: for the
 *           message
 */
struct dwpoint {
	struct sema *sm;
	const struct ast_point *pt;
	const struct ast_comp *comp;
	const struct dwfile *file;
	struct dwfind w;
	struct symat symat;
	uint32_t mech, wanted;
	const char *module;
	struct {
		const char *name, *why;
	} refused;
};

/**
 * dwpoint_open() - begin with the debug information of vmlinux or a module
 * @ret: dwpoint_close() it, whatever the answer
 * @module: NULL: the kernel
 * @quiet: its absence is no mistake
 * Return: is it there?  Reported when not.
 */
bool dwpoint_open(struct dwpoint *ret, struct sema *sm,
		  const struct ast_point *pt, const char *module, bool quiet);
void dwpoint_close(struct dwpoint *d);

/** dwpoint_module() - pattern of modules that @pt is about; NULL: the kernel */
const char *dwpoint_module(struct sema *sm, const struct ast_point *pt);

typedef enum fam_result (*dwpoint_fn)(struct dwpoint *d, void *arg,
				      struct fam_probe *ret);
/**
 * dwpoint_each() - @fn for the kernel, or for each module that @pt names
 *
 * Sets the kind of @ret->p.  Of several modules those count where @fn finds something.
 */
enum fam_result dwpoint_each(struct sema *sm, const struct ast_point *pt,
			     dwpoint_fn fn, void *arg, struct fam_probe *ret);

/** dwpoint_spec() - take the component's string apart; reported when it is none */
bool dwpoint_spec(struct sema *sm, const struct ast_comp *c, struct spec *ret);

/**
 * dwpoint_once() - from here on find functions, and of several places with one name
 * only the first that can be probed, where the run wants names only
 */
void dwpoint_once(struct dwpoint *d);

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

#endif
