/* SPDX-License-Identifier: GPL-2.0-only */
/* The relay's system calls: what works, what does not. */
#include "runner/confine.c"
#include "tests/tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	EXEC_REFUSED = 1,
	SOCKET_REFUSED = 2,
	OPEN_REFUSED = 4,
	WRITE_WORKS = 8,
	NO_FILTER = 128,
};

static int in_child(bool may_open)
{
	char *argv[] = { NULL };
	int st, fd, p[2];
	pid_t pid;

	if (pipe(p))
		return -1;
	pid = fork();
	if (pid == 0) {
		int r = 0;

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (!confine_relay(may_open))
			_exit(NO_FILTER);
		if (execve("/bin/true", argv, argv) < 0 && errno == EPERM)
			r |= EXEC_REFUSED;
		if (socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM)
			r |= SOCKET_REFUSED;
		fd = openat(AT_FDCWD, "/dev/null", O_WRONLY);
		if (fd < 0 && errno == EPERM)
			r |= OPEN_REFUSED;
		if (write(p[1], "x", 1) == 1)
			r |= WRITE_WORKS;
		/* ASan makes calls of its own in _exit() */
		syscall(SYS_exit_group, r);
	}
	while (waitpid(pid, &st, 0) < 0)
		;
	close(p[0]);
	close(p[1]);
	return WIFEXITED(st) ? WEXITSTATUS(st) : -1;
}

int main(void)
{
	int r = in_child(false);

	if (r == NO_FILTER) {
		ok(true, "skip: this kernel has no seccomp filters");
		return tap_done();
	}
	ok(r == (EXEC_REFUSED | SOCKET_REFUSED | OPEN_REFUSED |
		 WRITE_WORKS), /* attack 24 */
	   "no exec, no socket, no open; write works (%d)", r);
	r = in_child(true);
	ok(r == (EXEC_REFUSED | SOCKET_REFUSED | WRITE_WORKS), /* attack 24 */
	   "with -S files may be opened (%d)", r);
	return tap_done();
}
