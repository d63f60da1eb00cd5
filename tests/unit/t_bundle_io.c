/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading: each byte once, in any portions, with any failure on the way. */
#include "tests/unit/bundle_fix.h"

#include <errno.h>
#include <sys/syscall.h>

static unsigned char reads[1 << 16]; /* how often each byte was read */
static unsigned int calls, fail_at;
static int fail_errno; /* 0: end of file */
static size_t most;    /* bytes per call */

/* The library's pread(2), watched and disturbed. */
ssize_t pread(int fd, void *buf, size_t n, off_t off)
{
	long r;

	if (++calls == fail_at) {
		errno = fail_errno;
		return fail_errno ? -1 : 0;
	}
	if (most && n > most)
		n = most;
	r = syscall(SYS_pread64, fd, buf, n, off);
	for (long i = 0; i < r; i++)
		if ((size_t)(off + i) < sizeof(reads))
			reads[off + i]++;
	return r;
}

static int use_all(struct fix *f, struct err *e)
{
	uint8_t ko[700];
	int r;

	memset(e, 0, sizeof(*e));
	memset(reads, 0, sizeof(reads));
	calls = 0;
	r = bundle_open_fd(f->b, f->fd, "t.tap", &f->opts, e);
	if (!r)
		r = bundle_read_module(f->b, &f->b->man.targets[2], ko, 700, e);
	if (!r && memcmp(ko, f->ko[0], 700) != 0)
		r = 1;
	return r ? r : bundle_check_rest(f->b, e);
}

static void test_once(struct fix *f, size_t len)
{
	size_t wrong = 0;
	struct err e;

	ok(!use_all(f, &e), "open, module, rest: %s", e.text);
	for (size_t i = 0; i < len; i++)
		wrong += reads[i] != 1;
	ok(!wrong, "each of %zu bytes is read exactly once", len);
	most = 1;
	ok(!use_all(f, &e), "one byte at a time: %s", e.text);
	most = 0;
}

/* Fail at the Nth call, N = 1, 2, ... until none is left. */
static void test_faults(struct fix *f, int sys_errno, int code,
			const char *what)
{
	unsigned int n = 0, wrong = 0;
	struct err e;
	int r;

	fail_errno = sys_errno;
	for (fail_at = 1;; fail_at++) {
		r = use_all(f, &e);
		if (calls < fail_at)
			break;
		n++;
		wrong += r != code || e.code != code;
	}
	fail_at = 0;
	ok(n > 10 && !wrong && !r, "%s at each of %u reads", what, n);
}

int main(void)
{
	struct fix f;
	struct buf b;

	fix_init(&f);
	b = fix_write(&f);
	if (b.len > sizeof(reads))
		abort();
	fix_store(&f, b.p, b.len);
	test_once(&f, b.len);
	test_faults(&f, EIO, ERR_IO, "EIO");
	test_faults(&f, 0, -BERR_TRUNCATED, "end of file");
	test_faults(&f, EINTR, 0, "EINTR, which is no failure");
	buf_deinit(&b);
	fix_deinit(&f);
	return tap_done();
}
