/* SPDX-License-Identifier: GPL-2.0-only */
/* The manifest parser: one text for each content, everything else refused. */
#include "tests/unit/bundle_fix.h"

#include "bundle/line.h"
#include "bundle/tar.h"
#include "bundle/target.h"

#include <stdio.h>

/* Parse a copy that ends where its memory ends. */
static int parse(struct manifest *m, const char *text, size_t n, struct err *e)
{
	char *copy = malloc(n ? n : 1);
	int r;

	memcpy(copy, text, n);
	memset(e, 0, sizeof(*e));
	r = manifest_parse(m, copy, n, e);
	free(copy);
	return r;
}

/*
 * Rows: the first @from in the valid text becomes @to (NULL: @to is put at the
 * end).
 */
struct row {
	const char *from, *to;
	int code;
};

static const struct row rows[] = {
	/* the first lines */
	{ "tap-manifest: 1", "tap-manifest: 2", BERR_FORMAT },
	{ "tap-manifest: 1\n", "", BERR_FORMAT },
	{ "tap-manifest: 1\n", "tap-manifest: 1\ntap-manifest: 1\n",
	  BERR_FORMAT },
	{ "tap-manifest: 1\n", "\ntap-manifest: 1\n", BERR_FORMAT },
	{ "pack-zstd", "pack-delta pack-zstd", BERR_FEATURE },
	{ "pack-zstd", "pack-zstd zz", BERR_FEATURE },
	{ "pack-zstd", "pack-zstd pack-zstd", BERR_FORMAT },
	{ "pack-zstd", "pack-zstd ", BERR_FORMAT },
	{ "pack-zstd", "ksig pack-zstd", BERR_FORMAT },
	{ "pack-zstd", "ksig", BERR_FORMAT },
	/* what is relied on, and its feature word */
	{ "pack-zstd", "fallback pack-zstd", BERR_FORMAT },
	{ "wire: 1\n", "wire: 1\nbound: x\n", BERR_FORMAT },
	{ "wire: 1\n", "wire: 1\nrely: function f\n", BERR_FORMAT },
	/* line syntax */
	{ "name: ", "name:", BERR_FORMAT },
	{ "name: ", "name:  ", BERR_FORMAT },
	{ "name: ", "Name: ", BERR_FORMAT },
	{ "name: ", " name: ", BERR_FORMAT },
	{ "name: ", "name : ", BERR_FORMAT },
	{ "name: ", "# a remark\nname: ", BERR_FORMAT },
	{ "\nversion: 7\n", "\r\nversion: 7\n", BERR_FORMAT },
	{ "\nversion: 7\n", " \nversion: 7\n", BERR_FORMAT },
	{ "\nversion: 7\n", "\n\nversion: 7\n", BERR_FORMAT },
	{ "caf??", "caf\x01?", BERR_FORMAT },
	{ "caf??", "caf\xc3\xa9", BERR_FORMAT },
	{ "caf??", "caf\t?", BERR_FORMAT },
	{ "caf??", "caf\x7f", BERR_FORMAT },
	/* numbers and names */
	{ "version: 7", "version: 07", BERR_FORMAT },
	{ "version: 7", "version: +7", BERR_FORMAT },
	{ "version: 7", "version: -7", BERR_FORMAT },
	{ "version: 7", "version: 0x7", BERR_FORMAT },
	{ "version: 7", "version: 18446744073709551616", BERR_FORMAT },
	{ "version: 7", "version: 18446744073709551615", 0 },
	{ "epoch: 0", "epoch: 4294967296", BERR_FORMAT },
	{ "created: 1700000000", "created: 8589934592", BERR_FORMAT },
	{ "name: vfs", "name: -fs", BERR_FORMAT },
	{ "name: vfs", "name: v/s", BERR_FORMAT },
	{ "name: vfs-latency",
	  "name: abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvw",
	  BERR_FORMAT },
	/* order, twice, missing, unknown */
	{ "epoch: 0\n", "", BERR_FORMAT },
	{ "epoch: 0\n", "epoch: 0\nepoch: 0\n", BERR_FORMAT },
	{ "epoch: 0\n", "epoch: 0\ncolour: red\n", BERR_FORMAT },
	{ "version: 7\nepoch: 0\n", "epoch: 0\nversion: 7\n", BERR_FORMAT },
	{ "guru: no\n", "guru: maybe\n", BERR_FORMAT },
	{ "privilege: stapdev\n", "privilege: root\n", BERR_FORMAT },
	{ "privilege: stapdev\n", "", BERR_FORMAT },
	{ "writes: none\n", "writes: some\n", BERR_FORMAT },
	{ "bundle-id: ", "bundle-id: 0", BERR_FORMAT },
	{ "script: a.stp 9", "script: c.stp 9", BERR_FORMAT },
	{ "script: a.stp 9", "script: ../a 9", BERR_FORMAT },
	{ "script: a.stp 9", "script: .a 9", BERR_FORMAT },
	{ "script: a.stp 9", "script: b.stp 9", BERR_FORMAT },
	{ "probe-summary: kprobe 2", "probe-summary: kprobe", BERR_FORMAT },
	{ "probe-summary: kprobe 2", "probe-summary: timer 2", BERR_FORMAT },
	/* dates and lists */
	{ "bundle-id: ", "not-before: 5\nnot-after: 4\nbundle-id: ",
	  BERR_FORMAT },
	{ "bundle-id: ", "not-before: 0\nbundle-id: ", BERR_FORMAT },
	{ "bundle-id: ", "not-before: 4\nnot-after: 4\nbundle-id: ", 0 },
	{ "bundle-id: ", "audience: lab-1 prod\nbundle-id: ", 0 },
	{ "bundle-id: ", "audience: prod lab-1\nbundle-id: ", BERR_FORMAT },
	{ "bundle-id: ", "audience: a  b\nbundle-id: ", BERR_FORMAT },
	{ "bundle-id: ", "audience: a/b\nbundle-id: ", BERR_FORMAT },
	/* parameters */
	{ "int64 5 -1 1000", "int64 5 6 1000", BERR_FORMAT },
	{ "int64 5 -1 1000", "int64 5 -1", BERR_FORMAT },
	{ "int64 5 -1 1000", "int64 5 -0 1000", BERR_FORMAT },
	{ "int64 5 -1 1000", "int64 5 -9223372036854775808 1000", 0 },
	{ "int64 5 -1 1000", "int64 5 -9223372036854775809 1000", BERR_FORMAT },
	{ "int64 5 -1 1000", "int32 5 -1 1000", BERR_FORMAT },
	{ "string[16]", "string[0]", BERR_FORMAT },
	{ "string[16]", "string[3]", BERR_FORMAT },
	{ "string[16]", "string[65536]", BERR_FORMAT },
	{ "string[16]", "string[16", BERR_FORMAT },
	{ "=a%20b%25", "a%20b%25", BERR_FORMAT },
	{ "=a%20b%25", "=a%20b%", BERR_FORMAT },
	{ "=a%20b%25", "=a%20b%2", BERR_FORMAT },
	{ "=a%20b%25", "=%61%20b%25", BERR_FORMAT },
	{ "=a%20b%25", "=a%00b%25", BERR_FORMAT },
	{ "=a%20b%25", "=", 0 },
	{ "param: comm", "param: zoo", BERR_FORMAT },
	{ "param: comm", "param: threshold", BERR_FORMAT },
	{ "param: comm", "param: 1comm", BERR_FORMAT },
	/* limits and needs */
	{ "member: tap-1/source",
	  "limit: runtime 60\nlimit: output 9\n"
	  "needs: kprobes\nneeds: uprobes\n"
	  "member: tap-1/source",
	  0 },
	{ "member: tap-1/source",
	  "limit: output 60\nlimit: runtime 9\n"
	  "member: tap-1/source",
	  BERR_FORMAT },
	{ "member: tap-1/source", "limit: runtime 0\nmember: tap-1/source",
	  BERR_FORMAT },
	{ "member: tap-1/source", "limit: tea 9\nmember: tap-1/source",
	  BERR_FORMAT },
	{ "member: tap-1/source", "needs: b\nneeds: a\nmember: tap-1/source",
	  BERR_FORMAT },
	{ "member: tap-1/source", "needs: a b\nmember: tap-1/source",
	  BERR_FORMAT },
	/* members and packs */
	{ "member: tap-1/source", "member: tap-1/sauce", BERR_FORMAT },
	{ "member: tap-1/source", "member: ../../source", BERR_FORMAT },
	{ "member: tap-1/pack-0000", "member: tap-1/pack-0001", BERR_FORMAT },
	{ "member: tap-1/pack-0000", "member: tap-1/source", BERR_FORMAT },
	{ "member: tap-1/pack-0000 ", "member: tap-1/pack-0000 9999999999",
	  BERR_FORMAT },
	{ "member: tap-1/pack-0000 ", "member: tap-1/pack-0000 100000",
	  BERR_LIMIT },
	{ "member: tap-1/pack-0000 ", "member: tap-1/pack-0000 0 ",
	  BERR_FORMAT },
	{ "pack: 0 ", "pack: 1 ", BERR_FORMAT },
	{ "pack: 0 3584", "pack: 0 3585", BERR_FORMAT },
	{ "pack: 0 3584", "pack: 0 3072", BERR_FORMAT },
	{ "pack: 0 3584", "pack: 0 67108865", BERR_LIMIT },
	{ "pack: 0 3584", "pack: 0 18446744073709551615", BERR_LIMIT },
	/* targets */
	{ "target: 0", "target: 1", BERR_FORMAT },
	{ "target: 1", "target: 2", BERR_FORMAT },
	{ "release: 6.1.0-9-amd64", "release: 6.1.0-57-amd64", BERR_FORMAT },
	{ "release: 6.1.0-9-amd64", "release: ../../etc", BERR_FORMAT },
	{ "release: 6.1.0-9-amd64", "release: 6.1 0", BERR_FORMAT },
	{ "machine: x86_64", "machine: X86", BERR_FORMAT },
	{ "build-id: 1f2e", "build-id: 1F2E", BERR_FORMAT },
	{ "build-id: 1f2e", "build-id: 1f2e0", BERR_FORMAT },
	{ "version: #1 old\n", "version: *\n", BERR_FORMAT },
	{ "status: ok\n", "status: good\n", BERR_FORMAT },
	{ "status: ok\n", "status: ok \n", BERR_FORMAT },
	{ "status: ok\n", "status: unsupported E-X why\n", BERR_FORMAT },
	{ "unsupported E-SYM vfs", "unsupported e-sym vfs", BERR_FORMAT },
	{ "unsupported E-SYM vfs_fsync_range is not in this kernel",
	  "unsupported E-SYM", BERR_FORMAT },
	{ "module: t_00000002", "module: t-00000002", BERR_FORMAT },
	{ "module: t_00000002", "module: t_00000002 a=1", BERR_FORMAT },
	{ "module: t_00000002",
	  "module: t_01234567890123456789012345678901234567890123456789012345",
	  BERR_FORMAT },
	{ "ko: 0 512 512", "ko: 0 0 512", BERR_FORMAT },
	{ "ko: 0 512 512", "ko: 1 512 512", BERR_FORMAT },
	{ "ko: 0 512 512", "ko: 0 512 0", BERR_FORMAT },
	{ "ko: 0 512 512", "ko: 0 512 513", BERR_FORMAT },
	{ "ko: 0 512 512", "ko: 0 512 33554433", BERR_LIMIT },
	{ "ko: 0 512 512", "ko: 0 512 18446744073709551615", BERR_LIMIT },
	{ "ko: 0 512 512", "ko: 0 18446744073709551104 512", BERR_FORMAT },
	{ "layout-crc: deadbeef", "layout-crc: DEADBEEF", BERR_FORMAT },
	{ "layout-crc: deadbeef", "layout-crc: none", 0 },
	{ "layout-crc: deadbeef", "layout-crc: deadbeef0", BERR_FORMAT },
	{ "wire: 1\n", "wire: 1\nksig: aa 0 5 00\n", BERR_FORMAT },
	{ "wire: 1\n", "", BERR_FORMAT },
	/* extensions and the end */
	{ "wire: 1\n", "wire: 1\nx-a: b\nx-c: d\n", 0 },
	{ "wire: 1\n", "wire: 1\nx-c: b\nx-a: d\n", BERR_FORMAT },
	{ "wire: 1\n", "wire: 1\nx-a: b\nx-a: d\n", BERR_FORMAT },
	{ "wire: 1\n", "x-a: b\nwire: 1\n", BERR_FORMAT },
	{ "wire: 1\n", "wire: 1\ny-a: b\n", BERR_FORMAT },
	{ NULL, "\n", BERR_FORMAT },
	{ NULL, "\n\n", BERR_FORMAT },
	{ NULL, "x", BERR_FORMAT },
	{ NULL, "x-end: 1\n", 0 },
	{ NULL, "\ntarget: 3\n", BERR_FORMAT },
};

static void edit(struct buf *out, const char *text, const struct row *r)
{
	const char *at = r->from ? strstr(text, r->from) : text + strlen(text);

	buf_reset(out);
	if (!at) {
		printf("# not in the text: %s\n", r->from);
		abort();
	}
	buf_add(out, text, (size_t)(at - text));
	buf_adds(out, r->to);
	buf_adds(out, at + (r->from ? strlen(r->from) : 0));
}

static void test_rows(struct manifest *m, const char *text)
{
	struct buf b = BUF_INIT;
	char what[48];
	struct err e;

	ok(!parse(m, text, strlen(text), &e), "the text itself: %s", e.text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r;

		edit(&b, text, &rows[i]);
		r = parse(m, b.p, b.len, &e);
		snprintf(what, sizeof(what), "%s",
			 rows[i].from ? rows[i].from : "(end)");
		for (char *p = what; *p; p++)
			if (*p == '\n')
				*p = '|';
		ok(r == -rows[i].code && (!r || e.code == r),
		   "row %zu, %s: %d %s", i, what, r, e.text);
	}
	buf_deinit(&b);
}

/* Every prefix, every byte set to NUL, CR, 0xff. */
static void test_bytes(struct manifest *m, const char *text)
{
	static const char evil[] = { '\0', '\r', (char)0xff, '\n' };
	size_t n = strlen(text), accepted = 0;
	char *copy = malloc(n);
	struct err e;

	for (size_t i = 0; i < n; i++)
		accepted += !parse(m, text, i, &e);
	ok(!accepted, "%zu prefixes are refused", n);
	accepted = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(evil); k++) {
			memcpy(copy, text, n);
			if (copy[i] == evil[k])
				continue;
			copy[i] = evil[k];
			accepted += !parse(m, copy, n, &e);
		}
	ok(!accepted, "NUL, CR, 0xff or LF anywhere is refused");
	free(copy);
}

static void test_long(struct manifest *m, const char *text)
{
	struct row r = { "caf??", NULL, 0 };
	struct buf b = BUF_INIT, v = BUF_INIT;
	struct err e;

	for (int i = 0; i < 1024 - 14; i++)
		buf_addc(&v, 'a');
	r.to = v.p;
	edit(&b, text, &r);
	ok(!parse(m, b.p, b.len, &e), "a line of 1024 bytes: %s", e.text);
	buf_addc(&v, 'a');
	r.to = v.p;
	edit(&b, text, &r);
	ok(parse(m, b.p, b.len, &e) == -BERR_FORMAT, "%s", e.text);
	for (int i = 0; i < 1 << 20; i++)
		buf_addc(&v, 'a');
	ok(parse(m, v.p, v.len, &e) == -BERR_LIMIT, "%s", e.text);
	buf_deinit(&b);
	buf_deinit(&v);
}

/* A target of a bundle with the feature: what it relies on, or why it is bound. */
static void test_relies(struct manifest *m, struct fix *f)
{
	static const struct rely relies[] = {
		{ .kind = RELY_FUNCTION, .name = "vfs_read" },
		{ .kind = RELY_MEMBER,
		  .name = "file",
		  .member = "f_path",
		  .off = 128,
		  .size = 16,
		  .hash = 1 },
		{ .kind = RELY_TYPE, .name = "cred", .size = 176, .hash = 2 },
	};
	static const struct row cases[] = {
		{ "rely: function vfs_read\n", "", 0 },
		{ "rely: function vfs_read\n", "rely: function\n",
		  BERR_FORMAT },
		{ "rely: function vfs_read\n",
		  "rely: function vfs_read\nrely: function vfs_read\n",
		  BERR_FORMAT },
		{ "rely: function vfs_read\n",
		  "rely: function vfs_write\nrely: function vfs_read\n",
		  BERR_FORMAT },
		{ "rely: function vfs_read\n",
		  "rely: type struct a 1 0000000000000001\nrely: function a\n",
		  BERR_FORMAT },
		{ "rely: function vfs_read\n",
		  "bound: so\nrely: function vfs_read\n", BERR_FORMAT },
		{ "f_path 128 0 16", "f_path 0128 0 16", BERR_FORMAT },
		{ "f_path 128 0 16", "f_path 128 0", BERR_FORMAT },
		{ "f_path 128 0 16", "f_path 128 0 16 7", BERR_FORMAT },
		{ "bound: it has C of its own\n", "", BERR_FORMAT },
		{ "bound: it has C of its own\n", "bound: one\nbound: two\n",
		  BERR_FORMAT },
		{ "bound: it has C of its own\n",
		  "rely: trace t 5 0123456789abcdef\n", 0 },
		{ "fallback ", "", BERR_FORMAT },
		{ "fallback pack-zstd", "pack-zstd fallback", BERR_FORMAT },
		{ "fallback ", "fallback fallback ", BERR_FORMAT },
	};
	struct buf b = BUF_INIT, t = BUF_INIT, many = BUF_INIT, file;
	uint64_t size = 0, mtime;
	char *text;
	struct err e;

	f->target[0].rely = relies;
	f->target[0].nrely = 3;
	f->target[1].bound = "it has C\nof its own";
	file = fix_write(f);
	tar_peek((const uint8_t *)file.p, &size, &mtime);
	text = strndup(file.p + TAR_BLOCK, size);
	ok(!parse(m, text, strlen(text), &e) && m->has_fallback &&
		   m->nrelies == 3,
	   "read back: %s", e.text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		edit(&b, text, &cases[i]);
		ok(parse(m, b.p, b.len, &e) == -cases[i].code,
		   "%.40s: %.80s: %s", cases[i].from, cases[i].to, e.text);
	}
	for (unsigned int i = 0; i <= BUNDLE_TARGET_RELIES_MAX; i++)
		buf_printf(&many, "rely: function f%05u\n", i);
	edit(&b, text, &(struct row){ "rely: function vfs_read\n", many.p, 0 });
	ok(parse(m, b.p, b.len, &e) == -BERR_LIMIT, "%s", e.text);
	for (int i = 0; i <= BUNDLE_BOUND_MAX; i++)
		buf_addc(&t, 'a');
	edit(&b, text, &(struct row){ "it has C of its own", t.p, 0 });
	ok(parse(m, b.p, b.len, &e) == -BERR_FORMAT, "%s", e.text);
	f->target[0].nrely = 0;
	f->target[1].bound = NULL;
	free(text);
	buf_deinit(&b);
	buf_deinit(&t);
	buf_deinit(&many);
	buf_deinit(&file);
}

#define HEX64                              \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"

/* Counts: one more than the limit of each. */
static void test_counts(struct manifest *m, const char *text)
{
	static const struct {
		const char *before, *key, *rest;
		unsigned int first, max;
	} many[] = {
		{ "privilege:", "script", " 0 " HEX64, 2, BUNDLE_SCRIPTS_MAX },
		{ "writes:", "probe-summary", " 1", 2, BUNDLE_PROBES_MAX },
		{ "member:", "param", " int64 1 1 1", 2, BUNDLE_PARAMS_MAX },
		{ "member:", "needs", "", 0, BUNDLE_NEEDS_MAX },
	};
	struct buf lines = BUF_INIT, b = BUF_INIT;
	struct err e;

	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		struct row r = { many[i].before, NULL, 0 };

		buf_reset(&lines);
		for (unsigned int n = many[i].first; n < many[i].max + 1; n++)
			buf_printf(&lines, "%s: x%05u%s\n", many[i].key, n,
				   many[i].rest);
		buf_adds(&lines, many[i].before);
		r.to = lines.p;
		edit(&b, text, &r);
		ok(parse(m, b.p, b.len, &e) == -BERR_LIMIT, "%.60s: %s",
		   many[i].before, e.text);
	}
	buf_deinit(&lines);
	buf_deinit(&b);
}

static void test_params(const struct manifest *m)
{
	const struct manifest_param *p;
	struct err e = { 0 };
	int64_t v;

	ok(!manifest_check_param(m, "threshold", "0x10", &p, &v, &e) && v == 16,
	   "hexadecimal value");
	ok(!manifest_check_param(m, "threshold", "-1", &p, &v, &e) && v == -1,
	   "least value");
	ok(manifest_check_param(m, "threshold", "1001", &p, &v, &e) ==
		   -BERR_PARAM,
	   "%s", e.text);
	ok(manifest_check_param(m, "threshold", "1 x=2", &p, &v, &e) ==
		   -BERR_PARAM,
	   "%s", e.text);
	ok(manifest_check_param(m, "threshold", "", &p, &v, &e) == -BERR_PARAM,
	   "%s", e.text);
	ok(manifest_check_param(m, "threshold", " 5", &p, &v, &e) ==
		   -BERR_PARAM,
	   "%s", e.text);
	ok(manifest_check_param(m, "threshold", "99999999999999999999", &p, &v,
				&e) == -BERR_PARAM,
	   "%s", e.text);
	ok(manifest_check_param(m, "treshold", "5", &p, &v, &e) ==
			   -BERR_PARAM &&
		   !strcmp(e.hint, "did you mean 'threshold'?"),
	   "%s; %s", e.text, e.hint);
	ok(manifest_check_param(m, "xyzzy", "5", &p, &v, &e) == -BERR_PARAM &&
		   !strstr(e.hint, "mean"),
	   "%s; %s", e.text, e.hint);
	ok(!manifest_check_param(m, "comm", "sixteen bytes 16", &p, &v, &e),
	   "string that fits");
	ok(manifest_check_param(m, "comm", "sixteen bytes 16+", &p, &v, &e) ==
		   -BERR_PARAM,
	   "%s", e.text);
}

/* ---- targets ------------------------------------------------------------- */

static void test_order(void)
{
	static const char *const sorted[] = {
		"2.6.18",	  "5.10.0-46-amd64",   "6.1.0",
		"6.1.0-9-amd64",  "6.1.0-010-amd64",   "6.1.0-10-amd64",
		"6.1.0-56-amd64", "6.1.0-56-rt-amd64", "6.12.1",
	};
	size_t n = sizeof(sorted) / sizeof(sorted[0]);
	bool good = true;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int c = target_release_cmp(sorted[i], sorted[j]);

			if ((c > 0) - (c < 0) != (i > j) - (i < j)) {
				printf("# %s, %s: %d\n", sorted[i], sorted[j],
				       c);
				good = false;
			}
		}
	ok(good, "releases are totally ordered, digits as numbers");
}

static struct target_host host(const char *release, const char *version,
			       int last)
{
	struct target_host h = { .machine = "x86_64",
				 .release = release,
				 .version = version };

	if (last >= 0) {
		h.build_id_len = 20;
		h.build_id[0] = 0x1f;
		h.build_id[1] = 0x2e;
		h.build_id[19] = (uint8_t)last;
	}
	return h;
}

static void test_pick(const struct manifest *m)
{
	static const struct {
		const char *what, *machine, *release, *version;
		int id, code;
		const char *got;  /* module, or part of the text */
		const char *hint; /* part of it */
	} pick[] = {
		{ "the kernel", "x86_64", "6.1.0-56-amd64", "x", 1, 0,
		  "t_00000001", "" },
		{ "other build", "x86_64", "6.1.0-56-amd64", "x", 9,
		  BERR_BUILD_ID,
		  "running 1f2e000000000000..; bundle 'vfs-latency' has 2 "
		  "kernels, none of this build",
		  "tapbuild kit add the packages of the running build, then "
		  "tapbuild add -r 6.1.0-56-amd64 vfs-latency.tap" },
		{ "no build-id", "x86_64", "6.1.0-56-amd64",
		  "#1 SMP Debian 6.1.1", -1, BERR_BUILD_ID, "has no build-id",
		  "is /sys mounted" },
		{ "false name", "x86_64", "6.1.0-56-fake", "x", 1,
		  BERR_BUILD_ID, "calls itself 6.1.0-56-fake",
		  "without setarch" },
		{ "name of another", "x86_64", "6.1.0-9-amd64", "x", 1,
		  BERR_BUILD_ID, "", "" },
		{ "false machine", "i686", "6.1.0-56-amd64", "x", 1,
		  BERR_BUILD_ID, "calls itself 6.1.0-56-amd64 i686", "" },
		{ "unknown kernel", "x86_64", "6.1.0-57-amd64", "x", 9,
		  BERR_NO_KERNEL,
		  "no module for 6.1.0-57-amd64 x86_64; bundle 'vfs-latency' "
		  "has 2 kernels, nearest 6.1.0-56-amd64, which is another "
		  "build (6.1.0-56, here 6.1.0-57)",
		  "tapbuild kit add its packages, then tapbuild add -r "
		  "6.1.0-57-amd64 vfs-latency.tap" },
		{ "unknown old kernel", "x86_64", "6.1.0-10-amd64", "x", 9,
		  BERR_NO_KERNEL,
		  "nearest 6.1.0-9-amd64, which is another build (6.1.0-9, "
		  "here 6.1.0-10)",
		  "" },
		{ "other flavour", "x86_64", "6.1.0-56-cloud-amd64", "x", 9,
		  BERR_NO_KERNEL,
		  "nearest 6.1.0-56-amd64, which is another flavour "
		  "('-amd64', here '-cloud-amd64')",
		  "" },
		{ "a number more", "x86_64", "6.1.0-56.1-amd64", "x", 9,
		  BERR_NO_KERNEL, "another flavour ('-amd64', here '.1-amd64')",
		  "" },
		{ "no numbers", "x86_64", "custom", "x", 9, BERR_NO_KERNEL,
		  "another flavour ('6.1.0-", "" },
		{ "other update", "x86_64", "6.1.170-56-amd64", "x", 9,
		  BERR_NO_KERNEL,
		  "which is another update (6.1.0, here 6.1.170)", "" },
		{ "other version", "x86_64", "6.12.117+deb13-amd64", "x", 9,
		  BERR_NO_KERNEL, "which is another version (6.1, here 6.12)",
		  "" },
		{ "other machine", "aarch64", "6.1.0-57-arm64", "x", 9,
		  BERR_NO_KERNEL, "2 kernels, none for this machine",
		  "tapbuild add -r 6.1.0-57-arm64 " },
		{ "unsupported", "x86_64", "5.10.0-46-amd64", "#1 old", 9,
		  BERR_KERNEL_UNSUPPORTED, "E-SYM vfs_fsync_range",
		  "tapbuild check -r 5.10.0-46-amd64 " },
		{ "unsupported, other build", "x86_64", "5.10.0-46-amd64",
		  "#2 old", 9, BERR_BUILD_ID,
		  "bundle '#1 old', running '#2 old'; bundle 'vfs-latency' "
		  "has 2 kernels",
		  "" },
	};

	for (size_t i = 0; i < sizeof(pick) / sizeof(pick[0]); i++) {
		struct target_host h =
			host(pick[i].release, pick[i].version, pick[i].id);
		const struct manifest_target *t = NULL;
		struct err e = { 0 };
		int r;

		h.machine = pick[i].machine;
		r = target_pick(m, &h, &t, &e);
		ok(r == -pick[i].code &&
			   (r ? !!strstr(e.text, pick[i].got)
			      : !strcmp(t->module, pick[i].got)) &&
			   strstr(e.hint, pick[i].hint),
		   "%s: %s; %s", pick[i].what, e.text, e.hint);
	}
}

static void test_notes(void)
{
	uint8_t n[64] = { 4,   0,   0,	 0,   4, 0, 0, 0, 1, 0, 0,
			  0,   'G', 'N', 'U', 0, 9, 9, 9, 9, 4, 0,
			  0,   0,   6,	 0,   0, 0, 3, 0, 0, 0, 'G',
			  'N', 'U', 0,	 1,   2, 3, 4, 5, 6, 0, 0 };
	struct target_host h;
	struct err e;
	uint8_t *copy;
	int bad = 0;

	ok(!target_notes_build_id(n, 44, &h, &e) && h.build_id_len == 6 &&
		   h.build_id[5] == 6,
	   "build-id in the second note");
	ok(!target_notes_build_id(n, 20, &h, &e) && !h.build_id_len,
	   "no such note");
	for (size_t i = 1; i < 44; i++) {
		copy = malloc(i);
		memcpy(copy, n, i);
		bad += i != 20 &&
		       target_notes_build_id(copy, i, &h, &e) != -BERR_FORMAT;
		free(copy);
	}
	ok(!bad, "cut notes are refused");
	n[4] = 0xff;
	n[7] = 0xff;
	ok(target_notes_build_id(n, 44, &h, &e) == -BERR_FORMAT,
	   "a note of 4 GiB: %s", e.text);
}

/* What the writer is asked to write and the format cannot hold. */
static void test_writer(struct fix *f)
{
	struct buf out = BUF_INIT;
	struct err e;
	const char *keep = f->spec.name;

	f->spec.name = "No Such Name";
	ok(bundle_write(&f->spec, &f->signer, &out, &e) == ERR_INVALID &&
		   !out.len,
	   "%s", e.text);
	f->spec.name = keep;
	keep = f->target[1].release;
	f->target[1].release = f->target[0].release;
	f->target[1].build_id = f->target[0].build_id;
	ok(bundle_write(&f->spec, &f->signer, &out, &e) == ERR_INVALID, "%s",
	   e.text);
	f->target[1].release = keep;
	f->target[1].build_id = FIX_ID_B;
	f->script[0].name = "x/a.stp"; /* twice a.stp */
	ok(bundle_write(&f->spec, &f->signer, &out, &e) == ERR_INVALID, "%s",
	   e.text);
	f->script[0].name = "b.stp";
	f->target[0].ko_len = 0;
	ok(bundle_write(&f->spec, &f->signer, &out, &e) == -BERR_LIMIT, "%s",
	   e.text);
	f->target[0].ko_len = 700;
	buf_deinit(&out);
}

int main(void)
{
	struct manifest *m = malloc(sizeof(*m));
	struct err e = { 0 };
	struct fix f;
	struct buf b;
	uint64_t size = 0, mtime;
	char *text;

	fix_init(&f);
	b = fix_write(&f);
	tar_peek((const uint8_t *)b.p, &size, &mtime);
	text = strndup(b.p + TAR_BLOCK, size);
	test_rows(m, text);
	test_bytes(m, text);
	test_long(m, text);
	test_counts(m, text);
	ok(!fix_open_bytes(&f, b.p, b.len, &e), "open: %s", e.text);
	test_params(&f.b->man);
	test_order();
	test_pick(&f.b->man);
	test_notes();
	test_writer(&f);
	test_relies(m, &f);
	free(text);
	free(m);
	buf_deinit(&b);
	fix_deinit(&f);
	return tap_done();
}
