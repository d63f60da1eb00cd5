/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code before a bundle's signature holds, branch by branch: what the other tests of
 * the bundle room do not reach.  tests/tools/coverage.sh counts the branches.
 */
#include "tests/unit/bundle_fix.h"

#include "bundle/line.h"
#include "bundle/tar.h"

#include <fcntl.h>
#include <unistd.h>

/* Change bytes of the good bundle at @at and open it. */
static int changed(struct fix *f, const struct buf *good, size_t at,
		   const char *p, size_t n, struct err *e)
{
	struct buf b = BUF_INIT;
	int r;

	buf_add(&b, good->p, good->len);
	memcpy(b.p + at, p, n);
	r = fix_open_bytes(f, b.p, b.len, e);
	buf_deinit(&b);
	return r;
}

static void test_first_block(struct fix *f, const struct buf *good)
{
	static const struct {
		const char *what;
		size_t at, n;
		const char *v, *says;
	} rows[] = {
		{ "no tap", 0, 3, "xyz", "not a version-1 bundle" },
		{ "tap-!", 4, 1, "!", "not a version-1 bundle" },
		{ "tap-x", 4, 1, "x", "not a version-1 bundle" },
		{ "tap-2", 4, 1, "2", "another version" },
		{ "tap-10/", 4, 3, "10/", "another version" },
		{ "tap-part-", 4, 5, "part-", "which nobody signed" },
		{ "tap-1/signatures", 6, 10, "signatures", "not a version-1" },
		{ "size with 8", 130, 1, "8", "not one of ours" },
		{ "size with /", 130, 1, "/", "not one of ours" },
		{ "size without NUL", 135, 1, "0", "not one of ours" },
		{ "time with 8", 140, 1, "8", "not one of ours" },
		{ "time without NUL", 147, 1, " ", "not one of ours" },
		{ "padding of the name", 50, 1, "x", "not one of ours" },
	};
	size_t sig = TAR_BLOCK + tar_padded(f->b->manifest_len);
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(changed(f, good, rows[i].at, rows[i].v, rows[i].n, &e) ==
				   -BERR_FORMAT &&
			   strstr(e.text, rows[i].says),
		   "%s: %s", rows[i].what, e.text);
	for (size_t i = 7; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(changed(f, good, sig + rows[i].at, rows[i].v, rows[i].n,
			   &e) == -BERR_CONTAINER,
		   "signatures, %s: %s", rows[i].what, e.text);
}

/* A header that is right, and says too much; what lies behind a manifest. */
static void test_sizes(struct fix *f, const struct buf *good)
{
	size_t pad = TAR_BLOCK + f->b->manifest_len;
	uint8_t h[TAR_BLOCK];
	struct err e;

	tar_header(h, "tap-1/manifest", BUNDLE_MANIFEST_MAX + 1, 1700000000);
	ok(changed(f, good, 0, (char *)h, sizeof(h), &e) == -BERR_LIMIT, "%s",
	   e.text);
	tar_header(h, "tap-1/manifest", BUNDLE_MANIFEST_MAX, 1700000000);
	ok(changed(f, good, 0, (char *)h, sizeof(h), &e) == -BERR_TRUNCATED,
	   "%s", e.text);
	ok(changed(f, good, pad, "\1", 1, &e) == -BERR_CONTAINER, "%s", e.text);
	ok(changed(f, good, tar_padded(pad) - 1, "\1", 1, &e) ==
		   -BERR_CONTAINER,
	   "%s", e.text);
}

static void test_descriptor(struct fix *f, const struct buf *good)
{
	static const char *const names[][2] = {
		{ "plain.tap", "plain.tap:" },
		{ "/a/b.tap", "b.tap:" },
		{ "/a/b/", "/a/b/:" },
		{ "\033[2J\n.tap", "?[2J?.tap:" },
		{ "caf\xc3\xa9.tap", "caf??.tap:" },
		{ "\x7f", "?:" },
	};
	struct err e = { 0 };
	int p[2];

	ok(bundle_open_fd(f->b, -1, "x", &f->opts, &e) == ERR_IO, "%s", e.text);
	if (pipe(p) < 0)
		abort();
	ok(bundle_open_fd(f->b, p[0], "x", &f->opts, &e) == -BERR_UNSAFE_FILE,
	   "%s", e.text);
	close(p[0]);
	close(p[1]);
	fix_store(f, good->p, good->len);
	if (ftruncate(f->fd, (off_t)BUNDLE_FILE_MAX + 1) < 0)
		abort();
	ok(fix_open(f, &e) == -BERR_LIMIT, "%s", e.text);
	fix_store(f, "", 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ok(bundle_open_fd(f->b, f->fd, names[i][0], &f->opts, &e) ==
				   -BERR_TRUNCATED &&
			   !strncmp(e.text, names[i][1], strlen(names[i][1])),
		   "name: %s", e.text);
}

static void test_lines(void)
{
	static char text[9000];
	static const char id[] = "00112233445566778899aabbccddeeff"
				 "00112233445566778899aabbccddeeff";
	static const struct {
		const char *format; /* '@': 64 digits; '#': 8200; '%': 128 */
		int code;
	} rows[] = {
		{ "", 0 },
		{ "x y 0 @ 00\n", 0 },
		{ "x build 0 @ 00\n", 0 },
		{ "x release 0 @ 00\n", 0 },
		{ "ed25519 other 0 @ 00\n", 0 },
		{ "ed25519 build 0 @ %\n", 0 },
		{ "ed25519 build 0 @ %0\n", BERR_FORMAT },
		{ "ed25519 build 0 @ 00\n", BERR_FORMAT },
		{ "x y 0 @ 00", BERR_FORMAT },
		{ "\n", BERR_FORMAT },
		{ "x\n", BERR_FORMAT },
		{ "x y\n", BERR_FORMAT },
		{ "x y 0\n", BERR_FORMAT },
		{ "x y 0 @\n", BERR_FORMAT },
		{ "x y 0 @ \n", BERR_FORMAT },
		{ "x y 0 @0 00\n", BERR_FORMAT },
		{ "x y 0 00 00\n", BERR_FORMAT },
		{ "x y 0 @ 0g\n", BERR_FORMAT },
		{ "x y 0 @ 0:\n", BERR_FORMAT },
		{ "x y 0 @ 0/\n", BERR_FORMAT },
		{ "x y 0 @ 0A\n", BERR_FORMAT },
		{ "X y 0 @ 00\n", BERR_FORMAT },
		{ "x Y 0 @ 00\n", BERR_FORMAT },
		{ "x y z @ 00\n", BERR_FORMAT },
		{ "x y 0 g@ 00\n", BERR_FORMAT },
		{ "aaaaaaaaaaaaaaaaa y 0 @ 00\n", BERR_FORMAT },
		{ "x y 0 @ #\n", BERR_FORMAT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = { 0 };
		struct sig_set s;
		size_t n = 0;
		int r;

		for (const char *p = rows[i].format; *p; p++) {
			if (*p == '@')
				n += (size_t)sprintf(text + n, "%s", id);
			else if (*p == '%')
				n += (size_t)sprintf(text + n, "%s%s", id, id);
			else if (*p == '#')
				n += (size_t)sprintf(text + n, "%08200d", 0);
			else
				text[n++] = *p;
		}
		r = sig_parse(&s, text, n, &e);
		ok(r == -rows[i].code, "line %zu: %d %s", i, r, e.text);
	}
}

/* Two lines by unknown keys and kinds; what a revocation list may have. */
static void test_reasons(struct fix *f, const struct buf *good)
{
	static struct keyring none, two;
	struct bundle_opts o = f->opts;
	struct err e;
	int r;

	o.keys = &none;
	fix_store(f, good->p, good->len);
	r = bundle_open_fd(f->b, f->fd, "t", &o, &e);
	ok(r == -BERR_NO_SIGNATURE && strstr(e.hint, "trusts no key"), "%s: %s",
	   e.text, e.hint);
	two = f->ring;
	two.nrevoked = 2;
	two.revoked[0].kind = REVOKED_NAME;
	two.revoked[1].kind = REVOKED_KEY; /* of another id */
	o.keys = &two;
	ok(!bundle_open_fd(f->b, f->fd, "t", &o, &e), "other revocations");
	for (int i = 0; i < 4; i++) {
		two.nrevoked = 0;
		two.keys[0].not_before = i & 1 ? o.now + 1 : o.now;
		two.keys[0].not_after = i & 2 ? o.now - 1 : o.now;
		r = bundle_open_fd(f->b, f->fd, "t", &o, &e);
		ok(r == (i ? -BERR_NO_SIGNATURE : 0), "key's times %d: %d", i,
		   r);
	}
}

static void test_two_reasons(struct fix *f)
{
	struct sig_set s = { .n = 2 };
	uint8_t text[SIG_HEADER_MAX + 1] = { 0 };
	struct err e = { 0 };

	s.line[0].key = s.line[1].key = -1;
	s.line[1].is_known = true;
	s.line[1].role = SIG_BUILD;
	ok(sig_verify(&s, &f->ring, text, 1, 0, 0, 1, &e) ==
			   -BERR_NO_SIGNATURE &&
		   strstr(e.text, "; unknown key"),
	   "%s", e.text);
}

static void test_tar(void)
{
	static char name[102];
	uint8_t h[TAR_BLOCK];
	uint64_t a, b;

	memset(name, 'a', 101);
	ok(!tar_header(h, "", 0, 0), "no name");
	ok(!tar_header(h, name, 0, 0), "a name of 101 bytes");
	ok(tar_header(h, name + 1, TAR_SIZE_MAX, TAR_SIZE_MAX), "100, 8 GiB");
	ok(!tar_header(h, "a", TAR_SIZE_MAX + 1, 0), "8 GiB and a byte");
	ok(!tar_header(h, "a", 0, TAR_SIZE_MAX + 1), "after 2242");
	ok(tar_header(h, "a", 7, 8) && tar_peek(h, &a, &b) && a == 7 && b == 8,
	   "size and time");
	ok(tar_differs(h, h) == -1 && tar_is_zero(h, 0), "itself, nothing");
}

static void test_words(void)
{
	static const struct {
		const char *s;
		uint64_t max;
		bool good;
	} nums[] = {
		{ NULL, 9, false },
		{ "", 9, false },
		{ "0", 9, true },
		{ "00", 9, false },
		{ "9", 9, true },
		{ "10", 9, false },
		{ "/", 9, false },
		{ ":", 9, false },
		{ "19", 18, false },
		{ "18", 18, true },
		{ "1a", 99, false },
		{ "18446744073709551615", UINT64_MAX, true },
		{ "18446744073709551616", UINT64_MAX, false },
		{ "184467440737095516150", UINT64_MAX, false },
	};
	static const char *const hex[] = { NULL, "",   "0",  "00",  "0g", "g0",
					   "0:", "/0", "`0", "000", "ff" };
	uint64_t v;
	uint8_t b;

	for (size_t i = 0; i < sizeof(nums) / sizeof(nums[0]); i++)
		ok(num_u64(nums[i].s, nums[i].max, &v) == nums[i].good,
		   "number '%s'", nums[i].s ? nums[i].s : "none");
	for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++)
		ok(hex_bytes(hex[i], &b, 1) == (i == 3 || i == 10), "hex '%s'",
		   hex[i] ? hex[i] : "none");
	ok(!text_only("", "a-z", 3) && text_only("abc", "a-z", 3) &&
		   !text_only("abcd", "a-z", 3) && !text_only("a!", "a-z", 3) &&
		   text_only("a-", "a-", 3) && !text_only("{", "a-z", 3),
	   "texts");
}

int main(void)
{
	struct err e;
	struct fix f;
	struct buf b;

	fix_init(&f);
	b = fix_write(&f);
	ok(!fix_open_bytes(&f, b.p, b.len, &e), "the good bundle");
	test_first_block(&f, &b);
	fix_open_bytes(&f, b.p, b.len, &e);
	test_sizes(&f, &b);
	test_descriptor(&f, &b);
	test_lines();
	test_reasons(&f, &b);
	test_two_reasons(&f);
	test_tar();
	test_words();
	buf_deinit(&b);
	fix_deinit(&f);
	return tap_done();
}
