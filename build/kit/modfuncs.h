/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of all modules, as a kit keeps them. */
#ifndef BUILD_KIT_MODFUNCS_H
#define BUILD_KIT_MODFUNCS_H

#include "build/kit/frames.h"

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct kf_view;
struct kit_func;
struct modfunc;

/** modfuncs_encode() - append a module's functions to @out, a multiple of 8 bytes */
void modfuncs_encode(const struct modfunc *v, size_t n, struct buf *out);

/** struct modfuncs - what was unpacked so far; zero to begin with */
struct modfuncs {
	struct frames frames;
	struct modfuncs_list *list; /* by module */
};

/**
 * modfuncs_get() - functions of module @i of @nmodules
 * @ret: owned by @m; names as well
 * Return: number of functions; 0 also where the kit has none or they are damaged.
 */
size_t modfuncs_get(struct modfuncs *m, const struct kf_view *f, size_t i,
		    size_t nmodules, const struct kit_func **ret);
void modfuncs_deinit(struct modfuncs *m, size_t nmodules);

#endif
