/* SPDX-License-Identifier: GPL-2.0-only */
/* What a module relies on, so that a host can tell whether it may run there. */
#ifndef BUILD_PACK_RELIES_H
#define BUILD_PACK_RELIES_H

struct arena;
struct module_job;
struct target;

/**
 * relies_make() - with --fallback, before the module is linked
 * @t: rely, nrely or bound are set; of @a
 * @j: glue.by_name is set where the module may run elsewhere
 *
 * Figures are of the kit's own BTF; whatever cannot be told of another kernel by its
 * BTF and its symbols binds the module to this one, with the reason.
 * Source: bundle/FORMAT.md section 12.
 */
void relies_make(struct arena *a, struct target *t, struct module_job *j);

#endif
