/* SPDX-License-Identifier: GPL-2.0-only */
/* Altered, cut, extended and spliced bundles: all refused, each for its reason. */
#include "tests/unit/bundle_fix.h"
#include "tests/unit/bundle_regions.h"

#include "bundle/pack_read.h"
#include "bundle/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zstd.h>

/* ---- every single bit ---------------------------------------------------- */

static void test_bits(struct fix *f, const struct buf *b)
{
	unsigned int flips[R_COUNT] = { 0 }, wrong[R_COUNT] = { 0 };
	struct bundle *map = malloc(sizeof(*map));
	struct err e;

	fix_open_bytes(f, b->p, b->len, &e);
	memcpy(map, f->b, sizeof(*map));
	for (size_t i = 0; i < b->len; i++) {
		enum region r = region_of(map, i);

		for (int bit = 0; bit < 8; bit++) {
			char c = (char)(b->p[i] ^ (1 << bit));
			int code;

			if (pwrite(f->fd, &c, 1, (off_t)i) != 1)
				abort();
			code = fix_open(f, &e);
			flips[r]++;
			if (is_expected(r, code))
				continue;
			if (!wrong[r]++)
				printf("# byte %zu bit %d: %d %s\n", i, bit,
				       code, e.text);
		}
		if (pwrite(f->fd, &b->p[i], 1, (off_t)i) != 1)
			abort();
	}
	for (int r = 0; r < R_COUNT; r++)
		ok(flips[r] && !wrong[r],
		   "%u flips of a bit of %s refused with its code", flips[r],
		   regions[r].name);
	ok(!fix_open(f, &e), "the unchanged bundle is still accepted");
	free(map);
}

/* ---- length -------------------------------------------------------------- */

static void test_truncate(struct fix *f, const struct buf *b)
{
	unsigned int n = 0, bad = 0;
	struct err e;

	for (size_t at = 0; at <= b->len; at += TAR_BLOCK) {
		for (int d = -1; d <= 1; d++) {
			size_t len = at + (size_t)d;
			int code;

			if ((!at && d < 0) || len >= b->len)
				continue;
			code = fix_open_bytes(f, b->p, len, &e);
			n++;
			if (code != -BERR_TRUNCATED && !bad++)
				printf("# %zu bytes: %d %s\n", len, code,
				       e.text);
		}
	}
	ok(n > 20 && !bad, "%u truncated files are 23 TRUNCATED", n);
}

static void test_append(struct fix *f, const struct buf *b)
{
	static const size_t more[] = { 1, 511, 512, 1024, 10240 };
	struct buf x = BUF_INIT;
	struct err e;

	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		buf_reset(&x);
		buf_add(&x, b->p, b->len);
		buf_zero(&x, more[i]);
		ok(fix_open_bytes(f, x.p, x.len, &e) == -BERR_CONTAINER,
		   "%zu bytes appended: %s", more[i], e.text);
	}
	buf_reset(&x);
	buf_add(&x, b->p, b->len);
	buf_add(&x, b->p, b->len);
	ok(fix_open_bytes(f, x.p, x.len, &e) == -BERR_CONTAINER,
	   "twice itself: %s", e.text);
	buf_deinit(&x);
}

/* Two bundles by the same key, of the same shape; parts of B put into A. */
static void test_splice(struct fix *f, const struct buf *a)
{
	struct buf b, x = BUF_INIT;
	uint64_t sig_end;
	struct err e;
	int r;

	f->ko[0][300] ^= 1;
	f->spec.version++;
	b = fix_write(f);
	f->spec.version--;
	f->ko[0][300] ^= 1;
	if (!ok(a->len == b.len, "two bundles of one size"))
		return;
	fix_open_bytes(f, a->p, a->len, &e);
	sig_end = f->b->man.members[0].offset - TAR_BLOCK;
	buf_add(&x, a->p, sig_end);
	buf_add(&x, b.p + sig_end, b.len - sig_end);
	r = fix_open_bytes(f, x.p, x.len, &e);
	/* the compressed size may differ too, which is seen first */
	ok(r == -BERR_PACK_HASH || r == -BERR_CONTAINER,
	   "packs of another bundle: %s", e.text);
	sig_end = TAR_BLOCK + tar_padded(f->b->manifest_len);
	buf_reset(&x);
	buf_add(&x, b.p, sig_end);
	buf_add(&x, a->p + sig_end, a->len - sig_end);
	ok(fix_open_bytes(f, x.p, x.len, &e) == -BERR_NO_SIGNATURE,
	   "manifest of another bundle: %s", e.text);
	buf_deinit(&b);
	buf_deinit(&x);
}

/* ---- other containers ---------------------------------------------------- */

/* The same members, written by libarchive in another dialect. */
static void rewrite(const struct buf *b, struct buf *out,
		    int (*format)(struct archive *), bool owner)
{
	struct archive *in = archive_read_new(), *w = archive_write_new();
	struct archive_entry *en;
	static char file[1 << 20], data[1 << 20];
	size_t used = 0;

	archive_read_support_format_tar(in);
	archive_read_open_memory(in, b->p, b->len);
	format(w);
	archive_write_set_bytes_per_block(w, 0);
	archive_write_open_memory(w, file, sizeof(file), &used);
	while (archive_read_next_header(in, &en) == ARCHIVE_OK) {
		la_ssize_t n = archive_read_data(in, data, sizeof(data));

		if (owner)
			archive_entry_set_uname(en, "root");
		archive_write_header(w, en);
		archive_write_data(w, data, (size_t)n);
	}
	archive_write_close(w);
	archive_write_free(w);
	archive_read_free(in);
	buf_reset(out);
	buf_add(out, file, used);
}

static void test_dialects(struct fix *f, const struct buf *b)
{
	struct buf x = BUF_INIT;
	struct err e;
	int r;

	rewrite(b, &x, archive_write_set_format_pax, true);
	r = fix_open_bytes(f, x.p, x.len, &e);
	ok(r == -BERR_FORMAT, "pax: %s", e.text);
	rewrite(b, &x, archive_write_set_format_gnutar, true);
	r = fix_open_bytes(f, x.p, x.len, &e);
	ok(r == -BERR_FORMAT, "GNU: %s", e.text);
	rewrite(b, &x, archive_write_set_format_ustar, true);
	r = fix_open_bytes(f, x.p, x.len, &e);
	ok(r == -BERR_FORMAT, "ustar with an owner: %s", e.text);
	rewrite(b, &x, archive_write_set_format_v7tar, false);
	r = fix_open_bytes(f, x.p, x.len, &e);
	ok(r == -BERR_FORMAT, "V7: %s", e.text);
	rewrite(b, &x, archive_write_set_format_cpio, false);
	r = fix_open_bytes(f, x.p, x.len, &e);
	ok(r == -BERR_FORMAT, "cpio: %s", e.text);
	buf_deinit(&x);
}

/* Change the header at @off and make its checksum right again. */
static void edit_header(struct buf *b, size_t off, size_t at, const char *v,
			size_t n)
{
	unsigned int sum = 0;
	char text[8];

	memcpy(b->p + off + at, v, n);
	memset(b->p + off + 148, ' ', 8);
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)b->p[off + i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(b->p + off + 148, text, 7);
}

static void test_headers(struct fix *f, const struct buf *b)
{
	static const struct {
		const char *what;
		size_t at, n;
		const char *v;
		int first, other; /* code in the first header, in a pack's */
	} rows[] = {
		{ "name", 0, 6, "tap-2/", BERR_FORMAT, BERR_CONTAINER },
		{ "absolute name", 0, 2, "/t", BERR_FORMAT, BERR_CONTAINER },
		{ "mode 4755", 100, 8, "0004755", BERR_FORMAT, BERR_CONTAINER },
		{ "owner 1000", 108, 8, "0001750", BERR_FORMAT,
		  BERR_CONTAINER },
		{ "2 GiB", 124, 12, "20000000000", BERR_LIMIT, BERR_CONTAINER },
		{ "8 GiB - 1", 124, 12, "77777777777", BERR_LIMIT,
		  BERR_CONTAINER },
		{ "size 0", 124, 12, "00000000000", BERR_CONTAINER,
		  BERR_CONTAINER },
		{ "base-256 size", 124, 12, "\x80\0\0\0\0\0\0\1\0\0\0\0",
		  BERR_FORMAT, BERR_CONTAINER },
		{ "blank before the size", 124, 2, " 0", BERR_FORMAT,
		  BERR_CONTAINER },
		{ "another time", 136, 12, "14524570001", BERR_CONTAINER,
		  BERR_CONTAINER },
		{ "symbolic link", 156, 1, "2", BERR_FORMAT, BERR_CONTAINER },
		{ "device", 156, 1, "3", BERR_FORMAT, BERR_CONTAINER },
		{ "pax record", 156, 1, "x", BERR_FORMAT, BERR_CONTAINER },
		{ "old regular file", 156, 1, "\0", BERR_FORMAT,
		  BERR_CONTAINER },
		{ "prefix", 345, 4, "../a", BERR_FORMAT, BERR_CONTAINER },
		{ "byte 511", 511, 1, "x", BERR_FORMAT, BERR_CONTAINER },
	};
	struct buf x = BUF_INIT;
	struct err e;
	size_t pack;

	fix_open_bytes(f, b->p, b->len, &e);
	pack = f->b->man.members[1].offset - TAR_BLOCK;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int one, two;

		buf_reset(&x);
		buf_add(&x, b->p, b->len);
		edit_header(&x, 0, rows[i].at, rows[i].v, rows[i].n);
		one = fix_open_bytes(f, x.p, x.len, &e);
		buf_reset(&x);
		buf_add(&x, b->p, b->len);
		edit_header(&x, pack, rows[i].at, rows[i].v, rows[i].n);
		two = fix_open_bytes(f, x.p, x.len, &e);
		ok(one == -rows[i].first && two == -rows[i].other,
		   "header with a right checksum and %s: %d, %d", rows[i].what,
		   one, two);
	}
	buf_deinit(&x);
}

/* ---- files --------------------------------------------------------------- */

static void test_files(struct fix *f, const struct buf *b)
{
	char dir[] = "/tmp/t_bundle.XXXXXX", path[64], other[64];
	struct err e;
	int fd;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/a.tap", dir);
	snprintf(other, sizeof(other), "%s/b.tap", dir);
	ok(bundle_open(f->b, path, &f->opts, &e) == ERR_IO, "%s", e.text);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	if (write(fd, b->p, b->len) != (ssize_t)b->len)
		abort();
	close(fd);
	ok(!bundle_open(f->b, path, &f->opts, &e), "a plain file");
	bundle_close(f->b);
	if (symlink("a.tap", other) < 0)
		abort();
	ok(bundle_open(f->b, other, &f->opts, &e) == -BERR_UNSAFE_FILE, "%s",
	   e.text);
	unlink(other);
	if (mkfifo(other, 0600) < 0)
		abort();
	ok(bundle_open(f->b, other, &f->opts, &e) == -BERR_UNSAFE_FILE,
	   "fifo: %s", e.text);
	unlink(other);
	ok(bundle_open(f->b, dir, &f->opts, &e) == -BERR_UNSAFE_FILE,
	   "directory: %s", e.text);
	ok(bundle_open(f->b, "/dev/zero", &f->opts, &e) == -BERR_UNSAFE_FILE,
	   "device: %s", e.text);
	ok(bundle_open(f->b, "/proc/self/mem", &f->opts, &e) < 0,
	   "/proc/self/mem: %s", e.text);
	unlink(path);
	rmdir(dir);
}

/* The file changes after it was opened: what was verified is what is used. */
static void test_changes(struct fix *f, const struct buf *b)
{
	uint8_t ko[700];
	struct err e;
	uint64_t at;
	char c = 0;

	fix_open_bytes(f, b->p, b->len, &e);
	fix_store(f, b->p, b->len);
	ok(!bundle_open_fd(f->b, f->fd, "t", &f->opts, &e), "open");
	at = f->b->man.members[1].offset + 40;
	if (pwrite(f->fd, &c, 1, (off_t)at) != 1)
		abort();
	ok(bundle_read_module(f->b, &f->b->man.targets[2], ko, 700, &e) ==
		   -BERR_PACK_HASH,
	   "pack written to after the check: %s", e.text);
	if (ftruncate(f->fd, (off_t)at) < 0)
		abort();
	ok(bundle_read_module(f->b, &f->b->man.targets[2], ko, 700, &e) ==
		   -BERR_TRUNCATED,
	   "cut while it is read: %s", e.text);
	if (ftruncate(f->fd, (off_t)300 << 20) < 0)
		abort();
	ok(fix_open(f, &e) == -BERR_LIMIT, "%s", e.text);
}

int main(void)
{
	struct fix f;
	struct buf b;

	fix_init(&f);
	b = fix_write(&f);
	test_bits(&f, &b);
	test_truncate(&f, &b);
	test_append(&f, &b);
	test_splice(&f, &b);
	test_dialects(&f, &b);
	test_headers(&f, &b);
	test_files(&f, &b);
	test_changes(&f, &b);
	buf_deinit(&b);
	fix_deinit(&f);
	return tap_done();
}
