/* SPDX-License-Identifier: GPL-2.0-only */
/* Give up every privilege that the next step does not need. */
#ifndef RUNNER_PRIV_H
#define RUNNER_PRIV_H

#include <stdint.h>

struct err;

/** priv_init() - no core dump, no ptrace by others; refuse to be set-id */
int priv_init(struct err *e);

/**
 * priv_drop() - keep at most the capabilities in @keep, for ever
 * @keep: bit mask of CAP_*; 0 = none
 *
 * Bounding and ambient sets are emptied where the kernel allows it and
 * no_new_privs is set.  The result is read back.
 * Context: this thread only, so call it before the first thread is made.
 * Return: 0, or -BERR_INTERNAL.
 * Source: capabilities(7), prctl(2).
 */
int priv_drop(uint64_t keep, struct err *e);

#endif
