/* SPDX-License-Identifier: GPL-2.0-only */
/* Buffered output that survives short writes, closed pipes and full disks. */
#include "runner/out.h"
#include "runner/outname.h"
#include "runner/say.h"
#include "runner/signals.h"
#include "runner/sys.h"
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

/* FILE, FILE_cpuN, FILE.SEQ, FILE_cpuN.SEQ; FILE with the time @unix_s */
static int out_file(const struct out *o, unsigned int seq, uint64_t unix_s,
		    char *path)
{
	char cpu[16] = "", end[16] = "";
	int n = outname_expand(path, OUT_PATH_MAX, o->path, unix_s);

	if (n < 0)
		return -1;
	if (o->has_cpu)
		snprintf(cpu, sizeof(cpu), "_cpu%u", o->cpu);
	if (o->rotate_bytes)
		snprintf(end, sizeof(end), ".%u", seq);
	if (snprintf(path + n, OUT_PATH_MAX - (size_t)n, "%s%s", cpu, end) <
	    OUT_PATH_MAX - n)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/* When file @seq was opened is part of its name: kept until the file may go. */
static uint64_t *out_time_of(const struct out *o, unsigned int seq)
{
	return &o->times[seq % o->rotate_files];
}

static int out_open_file(struct out *o, unsigned int seq, int flags)
{
	uint64_t now = sys_real_ns() / 1000000000u;
	char path[OUT_PATH_MAX];

	if (out_file(o, seq, now, path) < 0)
		return -1;
	if (o->times)
		*out_time_of(o, seq) = now;
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

/* Room for the times of the files that -S keeps, if their names have any. */
static int out_keep_times(struct out *o)
{
	if (!o->rotate_bytes || !o->rotate_files || !strchr(o->path, '%'))
		return 0;
	o->times = sys_map(o->rotate_files * sizeof(*o->times));
	return o->times ? 0 : -1;
}

int out_open_cpu(struct out *o, const struct out *like, unsigned int cpu)
{
	o->path = like->path;
	o->rotate_bytes = like->rotate_bytes;
	o->rotate_files = like->rotate_files;
	o->on_wait = like->on_wait;
	o->arg = like->arg;
	o->give_up = like->give_up;
	o->has_cpu = true;
	o->cpu = cpu;
	if (out_keep_times(o) < 0)
		return -1;
	o->fd = out_open_file(o, 0, O_TRUNC);
	return o->fd < 0 ? -1 : 0;
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
		o->fd = out_keep_times(o) < 0 ? -1 : out_open_file(o, 0, 0);
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
	uint64_t then;
	int fd;

	if (!o->rotate_bytes)
		return;
	out_flush(o);
	/* of the file that goes: its place is the new one's */
	then = o->times ? *out_time_of(o, o->seq + 1) : 0;
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
	    out_file(o, o->seq - o->rotate_files, then, old) == 0)
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
	if (o->times)
		sys_unmap(o->times, o->rotate_files * sizeof(*o->times));
	o->times = NULL;
	if (!o->failed)
		return 0;
	errno = o->failed;
	if (o->path)
		return err_sys(e, "cannot write '%s'", o->path);
	return err_sys(e, "cannot write to standard output");
}
