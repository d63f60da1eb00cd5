/* SPDX-License-Identifier: GPL-2.0-only */
/* Scratch directories that vanish with the process, however it ends. */
#include "build/base/guard.h"
#include "build/base/fs.h"
#include "bundle/base/err.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Tools that outlive us for a moment may still write: 10 s of patience. */
#define GUARD_TRIES    100
#define GUARD_PAUSE_NS 100000000L

static _Noreturn void guard_wait(int fd, const char *path)
{
	const struct timespec pause = { 0, GUARD_PAUSE_NS };
	struct err e;
	char c;

	/* Out of reach of the terminal's signals, and holding nothing that
	 * somebody waits for: neither the pipes of our caller nor its cwd. */
	setsid();
	if (fd != 0 && dup2(fd, 0) < 0)
		_exit(1);
	close_range(1, ~0U, 0);
	if (*path == '/' && chdir("/") < 0)
		_exit(1);
	/* Nothing is ever written: this returns when the other end is closed. */
	while (read(0, &c, 1) > 0)
		;
	for (int i = 0; i < GUARD_TRIES && fs_rmtree(path, &e) < 0; i++)
		nanosleep(&pause, NULL);
	_exit(0);
}

void guard_tree(const char *path)
{
	int p[2];

	/* TAP_KEEP is for looking at what is there.  p[1] stays open until this
	 * process ends. */
	if (getenv("TAP_KEEP") || pipe2(p, O_CLOEXEC) < 0)
		return;
	switch (fork()) {
	case 0:
		guard_wait(p[0], path);
	case -1:
		close(p[1]);
		break;
	}
	close(p[0]);
}
