/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's side of a connection, up to where it is a run like any other.
 * Neither the environment nor a descriptor of the caller comes in but the bundle,
 * which is only read.
 */
#include "runner/serve.h"
#include "runner/ask.h"
#include "runner/message.h"
#include "runner/opts.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59 /* asm-generic/socket.h since 4.13 */
#endif

static int serve_number(int sock, int option)
{
	socklen_t n = sizeof(int);
	int v = -1;

	return getsockopt(sock, SOL_SOCKET, option, &v, &n) < 0 ? -1 : v;
}

/* Before 4.13 the supplementary groups are not known: such a line does not fit. */
static int serve_who(struct serve *s, struct err *e)
{
	struct policy_who *w = &s->who;
	gid_t groups[POLICY_GROUPS_MAX - 1];
	struct ucred c;
	socklen_t n = sizeof(c);
	unsigned int i;

	if (getsockopt(s->sock, SOL_SOCKET, SO_PEERCRED, &c, &n) < 0 ||
	    c.uid == (uid_t)-1)
		return err_sys(e, "--serve: who is it?");
	w->uid = c.uid;
	w->login = POLICY_NO_LOGINUID;
	w->groups[0] = c.gid;
	w->ngroups = 1;
	n = sizeof(groups);
	if (getsockopt(s->sock, SOL_SOCKET, SO_PEERGROUPS, groups, &n) < 0)
		n = 0;
	for (i = 0; i < n / sizeof(groups[0]); i++)
		w->groups[w->ngroups++] = groups[i];
	return 0;
}

/* Standard input, output and error of a run that has no terminal. */
static int serve_pipes(struct serve *s, struct err *e)
{
	int out[2], err[2], fds[2], null;

	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		return err_sys(e, "--serve");
	fds[0] = out[0];
	fds[1] = err[0];
	if (message_send(s->sock, ASK_HEAD, sizeof(ASK_HEAD) - 1, fds, 2, e) <
	    0)
		return err_prefix(e, "--serve");
	dup2(null, STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	dup2(err[1], STDERR_FILENO);
	close(null);
	close(out[0]);
	close(out[1]);
	close(err[0]);
	close(err[1]);
	return 0;
}

int serve_open(struct serve *s, struct err *e)
{
	const struct timeval wait = { SERVE_WAIT_S, 0 };

	s->sock = -1;
	if (serve_number(STDIN_FILENO, SO_TYPE) != SOCK_SEQPACKET ||
	    serve_number(STDIN_FILENO, SO_DOMAIN) != AF_UNIX ||
	    serve_number(STDIN_FILENO, SO_ACCEPTCONN) != 0) {
		err_set(e, ERR_INVALID,
			"--serve: standard input is not a connection of a "
			"client");
		return err_hint(e, "systemctl enable --now tap-serve.socket");
	}
	s->sock = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (s->sock < 0)
		return err_sys(e, "--serve");
	/* a client that says nothing, or takes nothing, holds nobody up */
	setsockopt(s->sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(s->sock, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	return serve_pipes(s, e);
}

/* A file that can be read: what else it is the bundle's reader sees. */
static int serve_check_bundle(int fd, const char *name, struct err *e)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (flags < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "%s", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, -BERR_UNSAFE_FILE, "%s: not a regular file",
			       name);
	if ((flags & O_PATH) || (flags & O_ACCMODE) == O_WRONLY)
		return err_set(e, -BERR_UNSAFE_FILE,
			       "%s: the descriptor is not open for reading",
			       name);
	return 0;
}

/* From here on whatever the client sends, or its end, ends the run like Ctrl-C. */
static int serve_watch(const struct serve *s, struct err *e)
{
	struct pollfd p = { .fd = s->sock, .events = POLLIN };

	if (fcntl(s->sock, F_SETOWN, (int)getpid()) < 0 ||
	    fcntl(s->sock, F_SETSIG, SIGINT) < 0 ||
	    fcntl(s->sock, F_SETFL, O_ASYNC) < 0)
		return err_sys(e, "--serve: cannot watch the client");
	if (poll(&p, 1, 0) > 0)
		return err_set(e, ERR_INVALID, "request: the client is gone");
	return 0;
}

int serve_take(struct serve *s, struct opts *o, struct err *e)
{
	static char text[ASK_BYTES_MAX];
	int n, r, fd = -1;

	r = serve_who(s, e);
	if (r < 0)
		return r;
	n = message_receive(s->sock, text, sizeof(text), &fd, 1, e);
	if (n < 0 && e->sys_errno == EAGAIN)
		return err_set(e, ERR_INVALID, "request: none came in %d s",
			       SERVE_WAIT_S);
	if (n < 0)
		return err_prefix(e, "request");
	if (n == 0)
		return err_set(e, ERR_INVALID, "request: the client is gone");
	r = ask_parse(o, text, (size_t)n, e);
	if (r == 0)
		r = serve_check_bundle(fd, o->bundle, e);
	if (r == 0)
		r = serve_watch(s, e);
	o->bundle_fd = fd;
	return r;
}

int serve_end(const struct serve *s, int code)
{
	char text[SERVE_END_MAX];
	int n = snprintf(text, sizeof(text), SERVE_EXIT, code);

	/* confined by now: write() and not send() */
	if (s->sock >= 0 && write(s->sock, text, (size_t)n) < 0)
		return code; /* nobody is left to be told */
	return code;
}
