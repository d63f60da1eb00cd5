/* SPDX-License-Identifier: GPL-2.0-only */
/* Control protocol of runtime/uapi/wire.h, the runner's side. */
#include "runner/session.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "bundle/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SESSION_STACK_BYTES 65536

static int session_open_file(const char *name, const char *file, int flags,
			     int *fd, struct err *e)
{
	char path[sizeof("/proc/" TAPW_PROC_PREFIX "/data") +
		  BUNDLE_MODULE_MAX];

	snprintf(path, sizeof(path), "/proc/" TAPW_PROC_PREFIX "%s/%s", name,
		 file);
	*fd = open(path, O_RDWR | O_CLOEXEC | flags);
	if (*fd >= 0)
		return 0;
	err_sys(e, "cannot open '%s'", path);
	if (e) {
		e->code = -BERR_RELAY;
		if (e->sys_errno == EBUSY)
			err_hint(e, "another taprun reads this module");
	}
	return -BERR_RELAY;
}

int session_open(struct session *s, const char *name, struct err *e)
{
	int r;

	s->ctl = -1;
	s->data = -1;
	s->done[0] = -1;
	s->done[1] = -1;
	r = session_open_file(name, "ctl", 0, &s->ctl, e);
	if (r == 0)
		/* its read(), where it cannot be mapped, must not wait */
		r = session_open_file(name, "data", O_NONBLOCK, &s->data, e);
	if (r == 0 && pipe2(s->done, O_CLOEXEC) < 0) {
		err_sys(e, "cannot make a pipe");
		r = -BERR_RELAY;
	}
	if (r < 0)
		session_close(s);
	return r;
}

static size_t session_put_msg(uint8_t *buf, uint32_t type, const void *payload,
			      size_t len)
{
	struct tapw_msg m = { type, (uint32_t)len };

	memcpy(buf, &m, sizeof(m));
	if (len)
		memcpy(buf + sizeof(m), payload, len);
	return sizeof(m) + len;
}

int session_format_set(uint8_t *buf, size_t cap, const char *name,
		       const char *value, struct err *e)
{
	struct tapw_msg m = { TAPW_SET, 0 };
	size_t n = strlen(name) + 1, v = strlen(value) + 1;

	if (cap > TAPW_MSG_MAX)
		cap = TAPW_MSG_MAX;
	if (n > cap || v > cap || sizeof(m) + n + v > cap)
		return err_set(e, -BERR_PARAM,
			       "the value of '%s' has %zu bytes, limit %zu",
			       name, v - 1, cap - sizeof(m) - n - 1);
	m.len = (uint32_t)(n + v);
	memcpy(buf, &m, sizeof(m));
	memcpy(buf + sizeof(m), name, n);
	memcpy(buf + sizeof(m) + n, value, v);
	return (int)(sizeof(m) + n + v);
}

/* One message is one write(): the module takes it whole or not at all. */
static int session_write(int fd, const void *p, size_t n)
{
	ssize_t r;

	do {
		r = write(fd, p, n);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno;
	return (size_t)r == n ? 0 : EIO;
}

static int session_set_or(struct session *s, const char *name,
			  const char *value, int pardon, struct err *e)
{
	uint8_t buf[TAPW_MSG_MAX];
	int n = session_format_set(buf, sizeof(buf), name, value, e);
	int bad;

	if (n < 0)
		return n;
	bad = session_write(s->ctl, buf, (size_t)n);
	if (bad == pardon)
		return bad != 0;
	if (!bad)
		return 0;
	return err_set(e, -BERR_PARAM, "the module refuses %s=%s: %s", name,
		       value, strerror(bad));
}

int session_set(struct session *s, const char *name, const char *value,
		struct err *e)
{
	return session_set_or(s, name, value, 0, e);
}

int session_set_known(struct session *s, const char *name, const char *value,
		      struct err *e)
{
	return session_set_or(s, name, value, ENOENT, e);
}

static void *session_thread(void *arg)
{
	struct session *s = arg;

	s->result = session_write(s->ctl, s->msg, s->msg_len);
	/* also a release: result is read after the byte */
	io_write_full(s->done[1], "", 1, NULL);
	return NULL;
}

int session_command(struct session *s, enum tapw_cmd cmd, int32_t target,
		    struct err *e)
{
	struct tapw_start start = { target, 0 };
	pthread_attr_t a;
	int r;

	s->msg_len = session_put_msg(s->msg, cmd, &start,
				     cmd == TAPW_START ? sizeof(start) : 0);
	s->result = 0;
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, SESSION_STACK_BYTES);
	/* its signals are blocked, like everywhere outside of ppoll() */
	r = pthread_create(&s->thread, &a, session_thread, s);
	pthread_attr_destroy(&a);
	if (r) {
		errno = r;
		return err_sys(e, "cannot start a thread");
	}
	s->is_busy = true;
	s->has_thread = true;
	return 0;
}

int session_finish(struct session *s)
{
	char c;

	io_read_full(s->done[0], &c, 1, NULL);
	pthread_join(s->thread, NULL);
	s->is_busy = false;
	s->has_thread = false;
	return s->result;
}

bool session_look(struct session *s)
{
	uint8_t buf[sizeof(struct tapw_msg)];
	size_t n = session_put_msg(buf, TAPW_LOOK, NULL, 0);

	return !s->is_busy && session_write(s->ctl, buf, n) == 0;
}

int session_event(struct session *s, struct tapw_event *ev, struct err *e)
{
	ssize_t r;

	do {
		r = read(s->ctl, ev, sizeof(*ev));
	} while (r < 0 && errno == EINTR);
	if (r == 0 || (r < 0 && errno == EAGAIN))
		return 0;
	if (r < 0) {
		err_sys(e, "cannot read the module's events");
		if (e)
			e->code = -BERR_RELAY;
		return -BERR_RELAY;
	}
	if ((size_t)r != sizeof(*ev) || ev->type != TAPW_EV_STATE)
		return err_set(e, -BERR_RELAY,
			       "an event of %zd bytes, expected %zu", r,
			       sizeof(*ev));
	ev->reason[sizeof(ev->reason) - 1] = '\0';
	return 1;
}

void session_close(struct session *s)
{
	int i;

	if (s->ctl >= 0)
		close(s->ctl);
	if (s->data >= 0)
		close(s->data);
	/* a command that was given up still answers into the pipe */
	for (i = 0; i < 2; i++)
		if (s->done[i] >= 0 && !s->has_thread)
			close(s->done[i]);
	s->ctl = -1;
	s->data = -1;
	s->done[0] = -1;
	s->done[1] = -1;
}
