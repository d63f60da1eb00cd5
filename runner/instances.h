/* SPDX-License-Identifier: GPL-2.0-only */
/* Modules of taprun that are loaded now, and who reads them. */
#ifndef RUNNER_INSTANCES_H
#define RUNNER_INSTANCES_H

#include "runner/sys.h"

#include <sys/types.h>

struct err;

/**
 * struct instances - walk over /proc/tap-*
 * @name: module of the current entry
 * @pid: the process that has its ctl file open, 0 = nobody that is seen
 * @is_used: there is one, seen or not
 */
struct instances {
	struct sys_dir dir;
	char name[64];
	pid_t pid;
	bool is_used;
};

/** instances_open() - 0 or ERR_IO; end with instances_close() */
int instances_open(struct instances *in, struct err *e);
bool instances_next(struct instances *in);
void instances_close(struct instances *in);

/**
 * instances_reader() - who has the ctl file of module @name open?
 *
 * Sees other users' processes only with CAP_SYS_PTRACE (root).
 * Return: a pid, or 0.
 */
pid_t instances_reader(const char *name);

/**
 * instances_reap() - unload module @name if nobody reads it
 *
 * Looks twice, so that one that is just being started is left alone.
 * Return: 1 unloaded, 0 in use, ERR_IO.
 */
int instances_reap(const char *name, struct err *e);

#endif
