/* SPDX-License-Identifier: GPL-2.0-only */
/* Connect, ask, copy two pipes, pass Ctrl-C on. */
#include "runner/via.h"
#include "runner/ask.h"
#include "runner/message.h"
#include "runner/opts.h"
#include "runner/serve.h"
#include "runner/signals.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VIA_SOCK, VIA_OUT, VIA_ERR, VIA_COUNT };

/**
 * struct via - a connection
 * @fd: of the broker; -1: at its end
 * @code: the run's exit code, -1: not told yet
 * @told: how many requests to end were passed on
 */
struct via {
	int fd[VIA_COUNT];
	int code, told;
};

static int via_open_bundle(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return err_set(e, -BERR_UNSAFE_FILE,
			       "%s: a symbolic link; name the file itself",
			       path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "cannot open '%s'", path);
	if (S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(e, -BERR_UNSAFE_FILE, "%s: not a regular file", path);
}

static int via_connect(struct via *v, const char *path, struct err *e)
{
	if (path[0] != '/')
		return err_set(e, ERR_INVALID, "--via takes /PATH, not '%s'",
			       path);
	v->fd[VIA_SOCK] = sys_connect(path, SOCK_SEQPACKET);
	if (v->fd[VIA_SOCK] >= 0)
		return 0;
	err_sys(e, "--via: cannot reach '%s'", path);
	return err_hint(e, e && e->sys_errno == EACCES
				   ? "only the socket's group may ask"
				   : "systemctl status tap-serve.socket");
}

static int via_ask(struct via *v, const struct opts *o, struct err *e)
{
	static char text[ASK_BYTES_MAX];
	char head[sizeof(ASK_HEAD)];
	int n, r, bundle;

	n = ask_format(text, o, e);
	if (n < 0)
		return n;
	bundle = via_open_bundle(o->bundle, e);
	if (bundle < 0)
		return bundle;
	r = via_connect(v, o->via, e);
	if (r == 0)
		r = message_receive(v->fd[VIA_SOCK], head, sizeof(head),
				    v->fd + VIA_OUT, 2, e);
	if (r == 0)
		r = err_set(e, ERR_IO, "'%s' has hung up", o->via);
	if (r > 0 && (r != sizeof(ASK_HEAD) - 1 ||
		      memcmp(head, ASK_HEAD, (size_t)r) != 0))
		r = err_set(e, ERR_IO, "'%s' is not a version-1 broker",
			    o->via);
	if (r > 0)
		r = message_send(v->fd[VIA_SOCK], text, (size_t)n, &bundle, 1,
				 e);
	close(bundle);
	return r;
}

static void via_close(struct via *v, int which)
{
	if (v->fd[which] >= 0)
		close(v->fd[which]);
	v->fd[which] = -1;
}

/* When nobody takes it any more, the broker is to see that too. */
static void via_copy(struct via *v, int which)
{
	static char buf[65536];
	int to = which == VIA_OUT ? STDOUT_FILENO : STDERR_FILENO;
	ssize_t n = read(v->fd[which], buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0 || io_write_full(to, buf, (size_t)n, NULL) < 0)
		via_close(v, which);
}

static void via_end(struct via *v)
{
	char text[SERVE_END_MAX];
	ssize_t n = recv(v->fd[VIA_SOCK], text, sizeof(text) - 1, 0);

	/* a request to end that came too late is told first, once */
	if (n < 0 && errno == ECONNRESET)
		n = recv(v->fd[VIA_SOCK], text, sizeof(text) - 1, 0);
	if (n < 0 && errno == EINTR)
		return;
	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, SERVE_EXIT, &v->code) != 1 || v->code < 0 ||
	    v->code > 255)
		v->code = -1;
	via_close(v, VIA_SOCK);
}

static void via_pass_on(struct via *v)
{
	for (; v->told < signals_stops && v->fd[VIA_SOCK] >= 0; v->told++)
		if (message_send(v->fd[VIA_SOCK], "stop\n", 5, NULL, 0, NULL) <
		    0)
			break;
}

static void via_relay(struct via *v)
{
	while (v->fd[VIA_SOCK] >= 0 || v->fd[VIA_OUT] >= 0 ||
	       v->fd[VIA_ERR] >= 0) {
		struct pollfd p[VIA_COUNT];
		int i;

		for (i = 0; i < VIA_COUNT; i++)
			p[i] = (struct pollfd){ v->fd[i], POLLIN, 0 };
		if (signals_ppoll(p, VIA_COUNT, -1) > 0) {
			if (p[VIA_SOCK].revents)
				via_end(v);
			for (i = VIA_OUT; i < VIA_COUNT; i++)
				if (p[i].revents)
					via_copy(v, i);
		}
		via_pass_on(v);
	}
}

int via_run(const struct opts *o, struct err *e)
{
	struct via v = { { -1, -1, -1 }, -1, 0 };
	int r = via_ask(&v, o, e);

	if (r == 0) {
		signals_init();
		via_relay(&v);
		r = v.code;
		if (r < 0)
			r = err_set(e, ERR_IO,
				    "the broker ended without an answer");
	}
	via_close(&v, VIA_SOCK);
	via_close(&v, VIA_OUT);
	via_close(&v, VIA_ERR);
	return r;
}
