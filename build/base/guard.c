/* SPDX-License-Identifier: GPL-2.0-only */
/* Scratch directories that vanish with the process, however it ends. */
#include "build/base/guard.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Tools that outlive us for a moment may still write: 10 s of patience. */
#define GUARD_TRIES    100
#define GUARD_PAUSE_NS 100000000L

static void guard_remove(const char *path)
{
	const struct timespec pause = { 0, GUARD_PAUSE_NS };
	struct err e;

	for (int i = 0; i < GUARD_TRIES && fs_rmtree(path, &e) < 0; i++)
		nanosleep(&pause, NULL);
}

static _Noreturn void guard_run(int fd)
{
	struct buf paths = BUF_INIT;
	char path[PATH_MAX];
	ssize_t n;

	/* Out of reach of the terminal's signals, and holding nothing that
	 * somebody waits for: neither the pipes of our caller nor its cwd. */
	setsid();
	if ((fd != 0 && dup2(fd, 0) < 0) || chdir("/") < 0)
		_exit(1);
	close_range(1, ~0U, 0);
	/* One path a message, until the other end is gone. */
	while ((n = recv(0, path, sizeof(path), 0)) != 0) {
		if (n > 0)
			buf_add(&paths, path, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	for (size_t at = 0; at < paths.len; at += strlen(paths.p + at) + 1)
		guard_remove(paths.p + at);
	_exit(0);
}

/* The end that tells the guard: closed by the kernel, with this process. */
static int guard_fd = -1;

void guard_start(void)
{
	int s[2];

	/* TAP_KEEP is for looking at what is there. */
	if (guard_fd >= 0 || getenv("TAP_KEEP") ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s) < 0)
		return;
	switch (fork()) {
	case 0:
		guard_run(s[0]);
	case -1:
		close(s[1]);
		break;
	default:
		guard_fd = s[1];
	}
	close(s[0]);
}

void guard_tree(const char *path)
{
	char *real;

	guard_start();
	if (guard_fd < 0)
		return;
	real = realpath(path, NULL);
	if (real && send(guard_fd, real, strlen(real) + 1, MSG_NOSIGNAL) < 0) {
		/* somebody ended it: the next tree gets another */
		close(guard_fd);
		guard_fd = -1;
	}
	free(real);
}
