/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands of the script's system(): a process that runs each by "sh -c". */
#ifndef RUNNER_SHELL_H
#define RUNNER_SHELL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

/**
 * struct shell - zero-initialise: then every command is refused
 * @fd: pipe to the process; valid while @pid is positive
 * @refused: commands that nobody allowed; @dropped: that found the pipe full
 */
struct shell {
	pid_t pid;
	int fd;
	uint64_t refused, dropped;
};

/**
 * shell_start() - allow commands
 * @close_fds: @n descriptors that the process must not hold
 *
 * Before privileges are dropped: commands have those of taprun's caller, as that
 * of -c.  Interrupts of the terminal are for taprun and for the commands.
 * Return: 0, ERR_IO.
 */
int shell_start(struct shell *s, const int *close_fds, size_t n, struct err *e);

/** shell_run() - the first @n bytes of @p, at most TAPW_SYSTEM_MAX; never waits */
void shell_run(struct shell *s, const char *p, size_t n);

/** shell_end() - every command given has been started when this returns */
void shell_end(struct shell *s);

/** shell_report() - what was not run, as a warning */
void shell_report(const struct shell *s);

#endif
