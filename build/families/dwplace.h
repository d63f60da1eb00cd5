/* SPDX-License-Identifier: GPL-2.0-only */
/* A place in code as full debug information sees it: what $variables exist there. */
#ifndef BUILD_FAMILIES_DWPLACE_H
#define BUILD_FAMILIES_DWPLACE_H

#include <stdint.h>

struct btfv;
struct dwx_body;
struct dwx_dir;
struct dwx_scope;

/**
 * struct dwplace - a probed address (struct fam_point.dw)
 * @dir: file the code is in: vmlinux or a module
 * @pc: address of the probe in @dir, not slid
 * @scope: innermost scope at @pc (dwx_scope_at()); for an inlined function's
 *         entry the scope of that instance
 * @body: the function that was compiled, which holds @scope
 * @types: what type ids of @dir are of; to be fam_point.dp.types too where that
 *         is not the kernel's own
 *
 * Everything belongs to the run's arena or its struct dwkit.
 */
struct dwplace {
	struct dwx_dir *dir;
	uint64_t pc;
	struct dwx_scope *scope;
	const struct dwx_body *body;
	const struct btfv *types;
};

#endif
