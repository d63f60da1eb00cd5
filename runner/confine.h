/* SPDX-License-Identifier: GPL-2.0-only */
/* The system calls each phase of a run may make, enforced by the kernel. */
#ifndef RUNNER_CONFINE_H
#define RUNNER_CONFINE_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * enum confine_phase - filters add up, so one process goes down this list only
 * @CONFINE_VERIFY: before a byte of the bundle is read, until it is judged
 * @CONFINE_LOAD: give the module to the kernel, open its files
 * @CONFINE_RELAY: what the kernel sends to where the output goes
 * @CONFINE_RELAY_FILES: the same with new files (-S, -b, --metrics)
 * @CONFINE_KEEP: the process that waits and unloads; never one of the others
 */
enum confine_phase {
	CONFINE_VERIFY,
	CONFINE_LOAD,
	CONFINE_RELAY_FILES,
	CONFINE_RELAY,
	CONFINE_KEEP,
};

/**
 * confine() - allow only what @phase needs, for ever
 * @child: the one process that may be signalled; 0 = none
 *
 * Everything else fails with EPERM: in every phase exec, new processes, sockets,
 * ptrace, mounts, other users' ids, bpf, keys, and module flags that lower the
 * kernel's checks.  Threads made later inherit it.  A kernel without seccomp
 * filters (before 3.5) goes on without: the capabilities are gone already.
 * Context: after priv_begin(), which sets no_new_privs.
 * Return: true when the filter is in place.
 * Source: seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
 */
bool confine(enum confine_phase phase, pid_t child);

#endif
