/* SPDX-License-Identifier: GPL-2.0-only */
/* Give up every privilege that the next step does not need. */
#ifndef RUNNER_PRIV_H
#define RUNNER_PRIV_H

#include <linux/capability.h>
#include <stdint.h>

struct err;

/*
 * What a run needs at all.  The last two only root has: output in a directory of
 * somebody else, and who reads a module that is already there.
 */
#define PRIV_MODULE  (UINT64_C(1) << CAP_SYS_MODULE)
#define PRIV_LOG     (UINT64_C(1) << CAP_SYSLOG)
#define PRIV_SEARCH  (UINT64_C(1) << CAP_DAC_READ_SEARCH)
#define PRIV_FILES   (UINT64_C(1) << CAP_DAC_OVERRIDE)
#define PRIV_OTHERS  (UINT64_C(1) << CAP_SYS_PTRACE)
#define PRIV_LOADING (PRIV_MODULE | PRIV_LOG)
#define PRIV_ALL     (PRIV_LOADING | PRIV_SEARCH | PRIV_FILES | PRIV_OTHERS)

/** priv_init() - no core dump, no ptrace by others; refuse to be set-id */
int priv_init(struct err *e);

/**
 * priv_begin() - no way back: no_new_privs, empty bounding and ambient sets
 *
 * Where the kernel allows that.  Nothing is executed after this.
 * Source: prctl(2).
 */
void priv_begin(void);

/**
 * priv_drop() - keep at most the capabilities in @keep, for ever
 * @keep: mask of PRIV_*; what this process does not have stays away
 * @now: those that are in effect until the next priv_drop()
 *
 * The result is read back.
 * Context: this thread only, so call it before the first thread is made.
 * Return: 0, or -BERR_INTERNAL.
 * Source: capabilities(7), capset(2).
 */
int priv_drop(uint64_t keep, uint64_t now, struct err *e);

#endif
