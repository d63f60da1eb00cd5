/* SPDX-License-Identifier: GPL-2.0-only */
/* A small process that unloads the module when the runner ends or is killed. */
#ifndef RUNNER_KEEPER_H
#define RUNNER_KEEPER_H

#include <sys/types.h>

struct err;
struct input;

/**
 * struct keeper - the runner's handle
 * @fd: write end of the pipe whose end of file makes the keeper act
 *
 * The keeper has CAP_SYS_MODULE and nothing else: no other capability, no file
 * but the pipe, stderr and with -i the terminal, no system call but those of
 * CONFINE_KEEP.  It reads nothing that comes from the module.
 */
struct keeper {
	pid_t pid;
	int fd;
};

/**
 * keeper_start() - fork it; call while this process is still small, and before the
 *                  output is open, which the keeper must not hold
 * @in: the terminal that it sets back, or NULL
 */
int keeper_start(struct keeper *k, const struct input *in, struct err *e);

/**
 * keeper_arm() - from now on module @name is unloaded when @k->fd closes
 * @name: "" = nothing is to be unloaded any more
 */
int keeper_arm(struct keeper *k, const char *name, struct err *e);

/**
 * keeper_end() - let it unload and wait for it
 * Return: 0, or ERR_IO when the module is still there.
 */
int keeper_end(struct keeper *k, struct err *e);

#endif
