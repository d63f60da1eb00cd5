// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's headers: comments go, lines stay; packed, unpacked, bad packs. */
#include "tests/tap.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/kit/headers.h"
#include "build/kit/ktree.h"
#include "bundle/base/err.h"

#include <string.h>
#include <unistd.h>
#include <zstd.h>

static void strip(const char *in, const char *want, const char *what)
{
	struct buf b = BUF_INIT;

	headers_strip(in, strlen(in), &b);
	ok(!strcmp(b.p, want), "%s", what);
	if (strcmp(b.p, want))
		printf("# '%s' became '%s'\n", in, b.p);
	buf_deinit(&b);
}

static void test_strip(void)
{
	strip("a/* x */b", "a b", "a comment is one space");
	strip("#define A /* x\n y */ 5\n", "#define A  \\\n 5\n",
	      "in a directive, too, over lines");
	strip("a // x\nb", "a  \nb", "a line's end");
	strip("a // x \\\n y\nb", "a  \\\n\nb", "a continued line's end");
	strip("\"/* no */\" '\"' /* \" */ x", "\"/* no */\" '\"'   x",
	      "strings and characters");
	strip("\"\\\"/*\" /* y */", "\"\\\"/*\"  ", "an escaped quote");
	strip("#error don't\n/* x */y", "#error don't\n y", "a lone quote");
	strip("/* SPDX-License-Identifier: X */\nx",
	      "/* SPDX-License-Identifier: X */\nx", "a notice stays");
	strip("/* Copyright (C) me */x // y", "/* Copyright (C) me */x  ",
	      "whose work it is, too");
	strip("a / b", "a / b", "a division");
	strip("x /* open", "x  ", "an open comment");
	strip("x /", "x /", "a slash at the end");
	strip("\"open", "\"open", "an open string");
}

static const char *put(struct arena *a, const char *dir, const char *name,
		       const char *text)
{
	char *path = arena_printf(a, "%s/%s", dir, name), *slash;
	struct err e;

	slash = strrchr(path, '/');
	*slash = '\0';
	fs_mkdirs(path, &e);
	*slash = '/';
	fs_write_scratch(path, text, strlen(text), &e);
	return path;
}

static bool reads(struct arena *a, const char *dir, const char *name,
		  const char *want)
{
	struct buf b = BUF_INIT;
	struct err e;
	bool same = fs_read(arena_printf(a, "%s/%s", dir, name), &b, 4096,
			    &e) == 0 &&
		    !strcmp(b.p, want);

	buf_deinit(&b);
	return same;
}

static void test_tree(void)
{
	struct arena a = { 0 };
	struct err e;
	char *dir = fs_tmpdir(&a, "t-headers", &e);
	char *out = arena_printf(&a, "%s/out", dir);
	struct ktree t = { .common = arena_printf(&a, "%s/c", dir),
			   .headers = arena_printf(&a, "%s/h", dir) };
	struct words rec = { 0 }, flags = { 0 };
	struct buf one = BUF_INIT, two = BUF_INIT;

	put(&a, t.common, "include/linux/x.h", "x /* gone */\n");
	put(&a, t.common, "include/linux/kconfig.h", "k\n");
	put(&a, t.common, "drivers/y.h", "y\n");
	put(&a, t.common, "include/Kbuild", "no header\n");
	put(&a, t.headers, "include/generated/z.h", "z\n");
	words_add(&a, &rec, "-O2");
	words_add(&a, &rec, arena_printf(&a, "-I%s/include", t.common));
	words_add(&a, &rec, arena_printf(&a, "-I%s/../h/include", t.common));
	words_add(&a, &rec, arena_printf(&a, "-I%s/none", t.common));
	words_add(&a, &rec, "-isystem");
	words_add(&a, &rec, "/tmp");
	words_add(&a, &rec, "-include");
	words_add(&a, &rec,
		  arena_printf(&a, "%s/include/linux/kconfig.h", t.common));
	headers_flags(&a, &t, &rec, "/tmp", &flags);
	ok(flags.n == 7 && !strcmp(flags.v[0], "-O2"), "flags");
	ok(flags.n == 7 && !strcmp(flags.v[1], "-I@headers/src/include") &&
		   !strcmp(flags.v[2], "-I@headers/obj/include"),
	   "directories by their part; absent ones are dropped");
	ok(flags.n == 7 && !strcmp(flags.v[4], "@cc") &&
		   !strcmp(flags.v[6], "@headers/src/include/linux/kconfig.h"),
	   "the compiler's own directory, a file");

	ok(headers_pack(&a, &t, &flags, &one, &e) == 0 && one.len, "packed");
	ok(headers_pack(&a, &t, &flags, &two, &e) == 0 && one.len == two.len &&
		   !memcmp(one.p, two.p, one.len),
	   "packed twice: the same bytes");
	ok(headers_unpack(&a, one.p, one.len, out, &e) == 0, "unpacked");
	ok(reads(&a, out, "src/include/linux/x.h", "x  \n"), "stripped");
	ok(reads(&a, out, "obj/include/generated/z.h", "z\n"), "generated");
	ok(!fs_exists(arena_printf(&a, "%s/src/drivers", out)) &&
		   !fs_exists(arena_printf(&a, "%s/src/include/Kbuild", out)),
	   "nothing else");
	one.p[one.len / 2] ^= 1;
	ok(headers_unpack(&a, one.p, one.len, out, &e) < 0, "a damaged pack");
	ok(headers_unpack(&a, "text", 4, out, &e) < 0, "no pack");
	buf_deinit(&one);
	buf_deinit(&two);
	fs_rmtree(dir, &e);
	arena_deinit(&a);
}

static void bad(const char *bytes, size_t n, const char *what)
{
	struct arena a = { 0 };
	struct err e;
	char *dir = fs_tmpdir(&a, "t-headers", &e), z[4096];
	size_t zn = ZSTD_compress(z, sizeof(z), bytes, n, 1);

	ok(headers_unpack(&a, z, zn, arena_printf(&a, "%s/out", dir), &e) < 0 &&
		   !fs_exists(arena_printf(&a, "%s/evil", dir)),
	   "%s", what);
	fs_rmtree(dir, &e);
	arena_deinit(&a);
}

#define BAD(s, what) bad(s, sizeof(s) - 1, what)

static void test_bad(void)
{
	BAD("src/../../evil\0\1\0\0\0x", "a name that leads out");
	BAD("/evil\0\1\0\0\0x", "an absolute name");
	BAD("src/a\0\2\0\0\0x", "bytes that are missing");
	BAD("src/a\0\1\0", "a length that is cut");
	BAD("src/abc", "a name without end");
}

int main(void)
{
	test_strip();
	test_tree();
	test_bad();
	return tap_done();
}
