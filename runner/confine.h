/* SPDX-License-Identifier: GPL-2.0-only */
/* The system calls a relay may make, enforced by the kernel. */
#ifndef RUNNER_CONFINE_H
#define RUNNER_CONFINE_H

#include <stdbool.h>

/**
 * confine_relay() - allow only what relaying needs, for ever
 * @may_open: allow opening and removing files too (-S, -b, --metrics)
 *
 * Everything else (exec, sockets, ptrace, modules, mounts ...) fails with
 * EPERM.  Threads made later inherit it.  A kernel without seccomp filters
 * (before 3.5) goes on without one: the capabilities are gone already.
 * Context: after priv_drop(), which sets no_new_privs.
 * Return: true when the filter is in place.
 * Source: seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
 */
bool confine_relay(bool may_open);

#endif
