/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A script is data from elsewhere: that it may run commands here is the decision of
 * whoever starts taprun, and off unless made.  The confined relay cannot start
 * anything, so a process made before the confinement does.
 */
#include "runner/shell.h"
#include "runner/background.h"
#include "runner/say.h"
#include "runner/signals.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "runtime/uapi/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELL_BYTES (TAPW_SYSTEM_MAX + 1)

static void shell_exec(const char *cmd)
{
	signals_reset();
	execl("/bin/sh", "sh", "-c", cmd, (char *)NULL);
	say_warningf("cannot start /bin/sh: %s", strerror(errno));
	_exit(127);
}

/* Until end of file; its signals stay blocked, so that a Ctrl-C which ends the
 * session leaves somebody to run what the end probes ask for. */
static void shell_main(int fd)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	char cmd[SHELL_BYTES];

	signals_init();
	sigaction(SIGCHLD, &ignore, NULL); /* nobody asks how they ended */
	while (io_read_full(fd, cmd, sizeof(cmd), NULL) == 0) {
		pid_t pid = fork();

		cmd[sizeof(cmd) - 1] = '\0';
		if (pid == 0)
			shell_exec(cmd);
		if (pid < 0)
			say_warningf("cannot run '%s': %s", cmd,
				     strerror(errno));
	}
	_exit(0);
}

int shell_start(struct shell *s, const int *close_fds, size_t n, struct err *e)
{
	int p[2];
	size_t i;

	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(e, "cannot make a pipe");
	s->pid = fork();
	if (s->pid == 0) {
		close(p[1]);
		for (i = 0; i < n; i++)
			if (close_fds[i] > STDERR_FILENO)
				close(close_fds[i]);
		background_detach(0);
		shell_main(p[0]);
	}
	close(p[0]);
	if (s->pid < 0) {
		err_sys(e, "cannot fork");
		close(p[1]);
		return ERR_IO;
	}
	s->fd = p[1];
	/* a script faster than fork() must not stop the relay */
	fcntl(s->fd, F_SETFL, O_NONBLOCK);
	return 0;
}

void shell_run(struct shell *s, const char *p, size_t n)
{
	char cmd[SHELL_BYTES] = "";

	if (n > TAPW_SYSTEM_MAX)
		n = TAPW_SYSTEM_MAX;
	memcpy(cmd, p, n);
	if (s->pid <= 0) {
		if (!s->refused++)
			say_warningf("system(): not run without "
				     "--allow-system: %s",
				     cmd);
		return;
	}
	/* shorter than PIPE_BUF: all of it or nothing */
	if (write(s->fd, cmd, sizeof(cmd)) != (ssize_t)sizeof(cmd))
		s->dropped++;
}

void shell_end(struct shell *s)
{
	if (s->pid <= 0)
		return;
	close(s->fd);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
}

void shell_report(const struct shell *s)
{
	if (s->refused > 1)
		say_warningf("%llu commands of system() were not run; "
			     "--allow-system runs them",
			     (unsigned long long)s->refused);
	if (s->dropped)
		say_warningf("%llu commands of system() came faster than they "
			     "could be started",
			     (unsigned long long)s->dropped);
}
