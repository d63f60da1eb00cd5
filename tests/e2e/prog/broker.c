// SPDX-License-Identifier: GPL-2.0-only
/*
 * What systemd does for a socket unit with Accept=yes, and a client that may be odd:
 *
 *   broker listen SOCKET CAPS UID COMMAND...   COMMAND for each connection, which is its
 *       standard input, as UID with the capabilities CAPS (a mask as in CapEff), no
 *       environment; "-" for CAPS: as the caller.  Prints "ready".
 *   broker ask SOCKET WHAT [FILE...]   a request with the text WHAT (\n is a newline; a @
 *       and a number: so many bytes; - : none is sent) and a descriptor of each FILE
 *       (>FILE: open for writing only, /FILE..: read only, =FILE: O_PATH, +FILE: read and
 *       write).  Copies what comes, prints "exit N" or "end".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
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

static void die(const char *what)
{
	perror(what);
	exit(70);
}

static void become(const char *mask, uid_t uid)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };
	uint64_t caps = strtoull(mask, NULL, 16);
	int i;

	if (!strcmp(mask, "-"))
		return;
	for (i = 0; i < 2; i++)
		d[i].permitted = d[i].effective = d[i].inheritable =
			(uint32_t)(caps >> 32 * i);
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setgid(uid) || setuid(uid) ||
	    syscall(SYS_capset, &h, d))
		die("capset");
	for (i = 0; i < 64; i++)
		if (caps >> i & 1 &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0))
			die("ambient");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no_new_privs");
}

static int make_socket(const char *path, struct sockaddr_un *a)
{
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strncpy(a->sun_path, path, sizeof(a->sun_path) - 1);
	if (s < 0)
		die("socket");
	return s;
}

static _Noreturn void do_listen(char **argv)
{
	char *none[] = { NULL };
	struct sockaddr_un a;
	int s = make_socket(argv[2], &a);

	unlink(argv[2]);
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) || listen(s, 8))
		die(argv[2]);
	chmod(argv[2], 0666);
	signal(SIGCHLD, SIG_IGN);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		int c = accept4(s, NULL, NULL, SOCK_CLOEXEC);

		if (c >= 0 && !fork()) {
			signal(SIGCHLD, SIG_DFL);
			become(argv[3], (uid_t)atoi(argv[4]));
			dup2(c, STDIN_FILENO);
			execvpe(argv[5], argv + 5, none);
			die(argv[5]);
		}
		if (c >= 0)
			close(c);
	}
}

static int open_file(const char *name)
{
	int fd;

	if (*name == '>')
		fd = open(name + 1, O_WRONLY | O_CLOEXEC);
	else if (*name == '=')
		fd = open(name + 1, O_PATH | O_CLOEXEC);
	else if (*name == '+')
		fd = open(name + 1, O_RDWR | O_CLOEXEC);
	else
		fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		die(name);
	return fd;
}

/* "a\nb" or "@5000" */
static size_t make_text(const char *what, char **text)
{
	size_t n = 0, many = *what == '@' ? (size_t)atol(what + 1) : 0;

	*text = calloc(strlen(what) + many + 1, 1);
	if (!*text)
		die("memory");
	if (many)
		memset(*text, 'a', many);
	for (; !many && *what; what++) {
		bool is_newline = what[0] == '\\' && what[1] == 'n';

		(*text)[n++] = is_newline ? '\n' : *what;
		what += is_newline;
	}
	return many ? many : n;
}

static void ask(int s, const char *what, char **files, int n)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(64 * sizeof(int))];
	} c = { 0 };
	char *text;
	struct iovec v;
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	int i, fds[64];

	v.iov_len = make_text(what, &text);
	v.iov_base = text;
	for (i = 0; i < n && i < 64; i++)
		fds[i] = open_file(files[i]);
	if (i) {
		struct cmsghdr *h;

		m.msg_control = c.bytes;
		m.msg_controllen = CMSG_SPACE((size_t)i * sizeof(int));
		h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN((size_t)i * sizeof(int));
		memcpy(CMSG_DATA(h), fds, (size_t)i * sizeof(int));
	}
	if (sendmsg(s, &m, MSG_NOSIGNAL) < 0)
		die("sendmsg");
	free(text);
}

/* Both pipes to their end; the error's is short, so one after the other will do. */
static void copy(int from, int to)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, (size_t)n) != n)
			break;
}

static int do_ask(int argc, char **argv)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} c = { 0 };
	char text[256];
	struct iovec v = { text, sizeof(text) - 1 };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = c.bytes,
			    .msg_controllen = sizeof(c.bytes) };
	struct sockaddr_un a;
	int s = make_socket(argv[2], &a), fds[2];
	ssize_t n;

	if (connect(s, (struct sockaddr *)&a, sizeof(a)) ||
	    recvmsg(s, &m, MSG_CMSG_CLOEXEC) <= 0 || !CMSG_FIRSTHDR(&m))
		die(argv[2]);
	memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fds));
	if (!strcmp(argv[3], "-"))
		shutdown(s, SHUT_WR);
	else
		ask(s, argv[3], argv + 4, argc - 4);
	copy(fds[0], STDOUT_FILENO);
	copy(fds[1], STDERR_FILENO);
	n = recv(s, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	printf("%s", n > 0 ? text : "end\n");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 5 && !strcmp(argv[1], "listen"))
		do_listen(argv);
	if (argc > 3 && !strcmp(argv[1], "ask"))
		return do_ask(argc, argv);
	fprintf(stderr, "broker: see the top of tests/e2e/prog/broker.c\n");
	return 2;
}
