// SPDX-License-Identifier: GPL-2.0-only
/*
 * What systemd does for a service with Type=notify, User= and AmbientCapabilities=, for
 * guests that have none:
 *
 *   unit UID COMMAND...
 *
 * COMMAND gets no_new_privs, the capabilities of runner/systemd/taprun@.service and
 * nothing else, a stderr that is a socket of /run/systemd/journal/stdout, and for the word
 * NOTIFY the path of a socket like $NOTIFY_SOCKET.  Prints "journal: LINE" and
 * "notify: MESSAGE" as they come, "exit CODE" at the end.  SIGTERM is passed on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOURNAL "/run/systemd/journal/stdout"
#define NOTIFY	"/run/systemd/notify"

static const int caps[] = { CAP_SYS_MODULE, CAP_SYSLOG, CAP_DAC_READ_SEARCH };
static pid_t child;

static void die(const char *what)
{
	perror(what);
	exit(70);
}

static int make_socket(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	unlink(path);
	strcpy(a.sun_path, path);
	if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof(a)) < 0)
		die(path);
	chmod(path, 0666);
	return s;
}

static void become(uid_t uid)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		d[caps[i] / 32].permitted |= 1u << caps[i] % 32;
	for (i = 0; i < 2; i++)
		d[i].effective = d[i].inheritable = d[i].permitted;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid) || syscall(SYS_capset, &h, d))
		die("capset");
	for (i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, caps[i], 0, 0))
			die("ambient");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no_new_privs");
}

static void on_term(int sig)
{
	kill(child, sig);
}

/* what came, line by line; false at the end */
static int show(int fd, const char *what)
{
	char text[4096], *p, *line;
	ssize_t n = read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return n < 0 && errno == EINTR;
	text[n] = '\0';
	for (p = text; (line = strsep(&p, "\n"));)
		if (*line)
			printf("%s: %s\n", what, line);
	fflush(stdout);
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = JOURNAL };
	struct pollfd f[2];
	int listener, err, st, i;

	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/journal", 0755);
	listener = make_socket(JOURNAL, SOCK_STREAM);
	f[1].fd = make_socket(NOTIFY, SOCK_DGRAM);
	err = socket(AF_UNIX, SOCK_STREAM, 0);
	if (argc < 3 || listen(listener, 1) ||
	    connect(err, (struct sockaddr *)&a, sizeof(a)))
		die("journal");
	f[0].fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	for (i = 2; i < argc; i++)
		if (!strcmp(argv[i], "NOTIFY"))
			argv[i] = NOTIFY;
	child = fork();
	if (!child) {
		become((uid_t)atoi(argv[1]));
		dup2(err, STDERR_FILENO);
		close(err);
		execvp(argv[2], argv + 2);
		die(argv[2]);
	}
	close(err);
	signal(SIGTERM, on_term);
	f[0].events = f[1].events = POLLIN;
	while (f[0].fd >= 0) {
		if (poll(f, 2, -1) < 0)
			continue;
		/* messages first: the journal's end is the end */
		if (f[1].revents)
			show(f[1].fd, "notify");
		else if (f[0].revents && !show(f[0].fd, "journal"))
			f[0].fd = -1;
	}
	while (waitpid(child, &st, 0) < 0)
		;
	printf("exit %d\n",
	       WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st));
	return 0;
}
