/* SPDX-License-Identifier: GPL-2.0-only */
/* Run tools without a shell; several at once; output captured. */
#ifndef BUILD_BASE_SPAWN_H
#define BUILD_BASE_SPAWN_H

#include "build/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/**
 * struct spawn - one child
 * @argv: NULL-terminated, argv[0] searched in PATH; borrowed until waited for
 * @cwd: directory to start in, or NULL
 * @env: extra "NAME=value" strings, NULL-terminated, or NULL; LC_ALL=C is always set
 * @inherit: hand on our whole environment; otherwise only what finds programs, their
 *           libraries and room for scratch files, because MAKEFLAGS, ARCH, KCFLAGS
 *           or CPATH of a caller would change what compilers and kbuild make
 * @out: stdout and stderr together; caller buf_deinit()s
 * @status: wait status after spawn_wait*()
 */
struct spawn {
	const char *const *argv;
	const char *cwd;
	const char *const *env;
	bool inherit;
	struct buf out;
	int status;
	/* private */
	pid_t pid;
	int fd;
};

/** spawn_start() - start the child; ERR_IO when it cannot be started */
int spawn_start(struct spawn *s, struct err *e);
/** spawn_wait() - collect output and status; ERR_TOOL if it did not exit 0 */
int spawn_wait(struct spawn *s, struct err *e);
/** spawn_run() - start and wait */
int spawn_run(struct spawn *s, struct err *e);

/**
 * spawn_run_all() - run @n children, at most @jobs at a time (0: one per CPU)
 *
 * Every child is run even when one fails; each status is in its struct.
 * Return: 0, or ERR_TOOL/ERR_IO of the first (by index) that failed.
 */
int spawn_run_all(struct spawn *s, size_t n, unsigned int jobs, struct err *e);

/** spawn_jobs() - number of CPUs this process may use */
unsigned int spawn_jobs(void);

#endif
