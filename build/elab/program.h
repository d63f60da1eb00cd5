/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of pass 2 that listings need by themselves. */
#ifndef BUILD_ELAB_PROGRAM_H
#define BUILD_ELAB_PROGRAM_H

#include "build/sema/ctx.h"

/** program_init() - an empty run of pass 2; program_deinit() frees its tables */
void program_init(struct sema *sm, const struct sema_in *in, struct arena *a,
		  struct diags *d);
void program_deinit(struct sema *sm);

/** program_elaborate() - files to handlers, names to definitions */
void program_elaborate(struct sema *sm);

#endif
