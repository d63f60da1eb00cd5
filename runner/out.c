/* SPDX-License-Identifier: GPL-2.0-only */
/* Buffered output that survives short writes, closed pipes and full disks. */
#include "runner/out.h"
#include "runner/say.h"
#include "runner/signals.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_PATH_MAX 4096
#define OUT_CHUNK    4096 /* PIPE_BUF */
#define OUT_WAIT_NS  50000000

static int out_file(const struct out *o, unsigned int seq, char *path)
{
	int n = snprintf(path, OUT_PATH_MAX, o->rotate_bytes ? "%s.%u" : "%s",
			 o->path, seq);

	if (n < 0 || n >= OUT_PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}

static int out_open_file(const struct out *o, unsigned int seq, int flags)
{
	char path[OUT_PATH_MAX];

	if (out_file(o, seq, path) < 0)
		return -1;
	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | flags,
		    0666);
}

/*
 * A pipe or terminal that nobody reads must not stop the session from ending:
 * a second, non-blocking way to it takes what fits and never waits.  Our stdout
 * itself is shared with the shell and stays as it is.
 */
static void out_unblock(struct out *o, const struct stat *st)
{
	char path[32];
	int fd;

	if (S_ISREG(st->st_mode) || (S_ISCHR(st->st_mode) && !isatty(o->fd)))
		return;
	o->can_block = true;
	o->chunk = OUT_CHUNK;
	if (S_ISSOCK(st->st_mode))
		return; /* cannot be opened again */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->fd);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return;
	if (o->path)
		close(o->fd);
	o->fd = fd;
	o->chunk = OUT_BUF_BYTES;
}

int out_open(struct out *o, const char *path, uint64_t rotate_bytes,
	     unsigned int rotate_files, struct err *e)
{
	struct stat st;

	o->path = path;
	o->rotate_bytes = rotate_bytes;
	o->rotate_files = rotate_files;
	o->fd = STDOUT_FILENO;
	if (path) {
		/* a device has no size to limit and no name to extend */
		if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
			o->rotate_bytes = 0;
		o->fd = out_open_file(o, 0, 0);
		if (o->fd < 0)
			return err_sys(e, "cannot open '%s' for output", path);
	}
	if (fstat(o->fd, &st) == 0)
		out_unblock(o, &st);
	return 0;
}

void out_begin(struct out *o)
{
	/* fails for what has no length: nothing to empty there */
	if (o->path && ftruncate(o->fd, 0) < 0 && errno == EIO)
		o->failed = errno;
}

bool out_is_dead(const struct out *o)
{
	return o->is_closed || o->failed;
}

static void out_fail(struct out *o)
{
	if (errno == EPIPE)
		o->is_closed = true;
	else
		o->failed = errno;
}

/*
 * Wait until the output takes bytes.  Signals come in only here.  Where writes
 * do block, only OUT_CHUNK bytes follow: what polls writable has room for them.
 */
static bool out_wait(struct out *o)
{
	for (;;) {
		struct pollfd p = { .fd = o->fd, .events = POLLOUT };

		if (o->give_up && *o->give_up) {
			o->is_closed = true;
			return false;
		}
		if (signals_ppoll(&p, 1, OUT_WAIT_NS) > 0)
			return true;
		if (o->on_wait)
			o->on_wait(o->arg);
	}
}

static void out_write(struct out *o, const char *p, size_t n)
{
	size_t done = 0;

	o->is_writing = true;
	while (done < n && !out_is_dead(o)) {
		size_t k = n - done;
		ssize_t r;

		if (o->can_block && !out_wait(o))
			break;
		if (o->can_block && k > o->chunk)
			k = o->chunk;
		r = write(o->fd, p + done, k);
		if (r >= 0)
			done += (size_t)r;
		else if (errno != EINTR && errno != EAGAIN)
			out_fail(o);
	}
	o->is_writing = false;
	o->file_bytes += done;
	o->total += done;
}

void out_rotate(struct out *o)
{
	char old[OUT_PATH_MAX];
	int fd;

	if (!o->rotate_bytes)
		return;
	out_flush(o);
	fd = out_open_file(o, o->seq + 1, O_TRUNC);
	if (fd < 0) {
		say_warningf("cannot open '%s.%u' (%s): output goes on in the "
			     "file before",
			     o->path, o->seq + 1, strerror(errno));
		o->file_bytes = 0;
		return;
	}
	close(o->fd);
	o->fd = fd;
	o->file_bytes = 0;
	o->seq++;
	if (o->rotate_files && o->seq >= o->rotate_files &&
	    out_file(o, o->seq - o->rotate_files, old) == 0)
		unlink(old);
}

void out_flush(struct out *o)
{
	size_t n = o->n;

	if (!n)
		return;
	o->n = 0;
	out_write(o, o->buf, n);
}

void out_put(struct out *o, const void *p, size_t n)
{
	const char *s = p;

	if (out_is_dead(o))
		return;
	/* a file never ends inside a record: records are put whole */
	if (o->rotate_bytes && o->file_bytes + o->n &&
	    o->file_bytes + o->n + n > o->rotate_bytes)
		out_rotate(o);
	while (n) {
		size_t k = sizeof(o->buf) - o->n;

		if (k > n)
			k = n;
		memcpy(o->buf + o->n, s, k);
		o->n += k;
		s += k;
		n -= k;
		if (o->n == sizeof(o->buf))
			out_flush(o);
	}
}

int out_close(struct out *o, struct err *e)
{
	out_flush(o);
	/* a full disk may show only now (NFS, quotas) */
	if (close(o->fd) < 0 && !o->failed && errno != EINTR)
		o->failed = errno;
	o->fd = -1;
	if (!o->failed)
		return 0;
	errno = o->failed;
	if (o->path)
		return err_sys(e, "cannot write '%s'", o->path);
	return err_sys(e, "cannot write to standard output");
}
