/* SPDX-License-Identifier: GPL-2.0-only */
/* --background: fork, wait for the news, let go of the terminal. */
#include "runner/background.h"
#include "runner/audit.h"
#include "runner/sys.h"
#include "runner/say.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int background_log = -1;

void background_close_others(void)
{
	int fd;

	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) == 0)
		return;
	for (fd = STDERR_FILENO + 1; fd < 1024; fd++)
		close(fd);
}

/* What the run says when it has started (runner/relay.c), or nothing: it ended. */
static ssize_t background_news(int fd, char *buf, size_t cap)
{
	ssize_t n;

	do {
		n = read(fd, buf, cap - 1);
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		buf[n] = '\0';
	return n;
}

/* The caller's process, to its end. */
static void background_wait(pid_t pid, int fd)
{
	static const char ready[] = "READY=1\nSTATUS=";
	char text[512], line[32];
	int st = 0;

	if (background_news(fd, text, sizeof(text)) > 0 &&
	    strncmp(text, ready, sizeof(ready) - 1) == 0) {
		int n = snprintf(line, sizeof(line), "%d\n", (int)pid);

		say_note("%s", text + sizeof(ready) - 1);
		io_write_full(STDOUT_FILENO, line, (size_t)n, NULL);
		_exit(0);
	}
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st));
}

int background_start(int *notify, struct err *e)
{
	int p[2], null;
	pid_t pid;

	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || pipe2(p, O_CLOEXEC) < 0)
		return err_sys(e, "--background");
	pid = fork();
	if (pid < 0)
		return err_sys(e, "--background: cannot fork");
	if (pid > 0) {
		close(p[1]);
		background_wait(pid, p[0]);
	}
	close(p[0]);
	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	*notify = p[1];
	return 0;
}

int background_open_log(struct err *e)
{
	struct stat st;

	background_close_others();
	if (say_is_to_journal() ||
	    (fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode)))
		return 0;
	background_log = sys_connect(AUDIT_DEV_LOG, SOCK_DGRAM);
	if (background_log >= 0)
		return 0;
	err_sys(e,
		"--background: no syslog for its messages (" AUDIT_DEV_LOG ")");
	return err_hint(e, "2>FILE keeps them in a file");
}

void background_detach(int pid)
{
	if (background_log < 0)
		return;
	/* dup2() would be another call than the one that confine() allows */
	if (syscall(SYS_dup3, background_log, STDERR_FILENO, 0) >= 0)
		say_to_syslog(pid);
	close(background_log);
	background_log = -1;
}
