/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of a listing: which blocks are looked into, and blocks of any bytes at all. */
#include "build/elab/lst.c"
#include "tests/tap.h"

#include "build/base/buf.h"

static char strings[] = "\0abc\0xfs\0yam";
enum { VMLINUX = 0, ABC = 1, XFS = 5, YAM = 9 };

/* A listing in memory; data and blocks are made by add(). */
struct fix {
	struct lst l;
	struct buf data;
	struct lst_block block[8];
};

static void fix_init(struct fix *f)
{
	memset(f, 0, sizeof(*f));
	buf_init(&f->data);
	f->l.f.str = strings;
	f->l.f.str_len = sizeof(strings);
	f->l.block = f->block;
}

static void fix_deinit(struct fix *f)
{
	char **p;

	vec_foreach(p, &f->l.unpacked)
		free(*p);
	vec_deinit(&f->l.unpacked);
	buf_deinit(&f->data);
}

static void add(struct fix *f, enum lst_table t, uint32_t first, uint32_t last,
		const void *raw, size_t n)
{
	char z[4096];
	size_t zlen = ZSTD_compress(z, sizeof(z), raw, n, 1);

	f->block[f->l.nblocks++] = (struct lst_block){ .off = f->data.len,
						       .zlen = (uint32_t)zlen,
						       .len = (uint32_t)n,
						       .table = t,
						       .first = first,
						       .last = last };
	buf_add(&f->data, z, zlen);
	f->l.data = (const uint8_t *)f->data.p;
	f->l.ndata = f->data.len;
}

#define AT_FLAGS		    (LST_ROW_ONLY_AT | LST_ROW_CALL | LST_ROW_RET)
#define ADD(f, t, first, last, raw) add(f, t, first, last, raw, sizeof(raw))

/* "BIN:KEY>SHOWN/SUB[@AT,FLAGS][VARS|RETURN|REST] ", of all rows; "!" at the end: it is
 * bad. */
static const char *walk(struct fix *f, enum lst_table t, const char *bin)
{
	static char text[4096];
	struct lst_walk w = { .l = &f->l, .table = t, .bin = bin };
	struct lst_row r;
	size_t n = 0;

	*text = '\0';
	while (lst_next(&w, &r) && n < sizeof(text) - 512) {
		n += (size_t)snprintf(text + n, 256, "%s%s:%s>%s/%s", r.bin,
				      r.has_debug ? "+" : "", r.key, r.shown,
				      r.sub);
		if (*r.at)
			n += (size_t)snprintf(text + n, 64, "@%s,%x", r.at,
					      r.flags & AT_FLAGS);
		n += (size_t)snprintf(text + n, 192, "[%s|%s|%s] ", r.vars[0],
				      r.vars[1], r.vars[2]);
	}
	if (w.is_bad)
		strcat(text, "!");
	return text;
}

static void wants(struct fix *f, enum lst_table t, const char *bin,
		  const char *want)
{
	const char *got = walk(f, t, bin);

	ok(!strcmp(got, want), "table %d of '%s': %s", (int)t,
	   bin ? bin : "all modules", got);
}

static void test_rows(void)
{
	struct fix f;

	fix_init(&f);
	ADD(&f, LST_FUNCTION, VMLINUX, VMLINUX,
	    "\3\0"
	    "\0read\0 $a:int\0"
	    "\24wr.isra.0\0wr\0 $b:int\0 $return:int\0 $c:x");
	ADD(&f, LST_FUNCTION, ABC, XFS,
	    "\1abc\0"
	    "\0one\0\0"
	    "\3xfs\0"
	    "\0two\0\0"
	    "\0three\0");
	ADD(&f, LST_FUNCTION, YAM, YAM,
	    "\1yam\0"
	    "\0four\0");
	ADD(&f, LST_LABEL, ABC, ABC,
	    "\3abc\0"
	    "\14f\0f@a.c:1\0out\0 $x:int");
	wants(&f, LST_FUNCTION, "",
	      "+:read>read/[ $a:int||] +:wr.isra.0>wr/[ $b:int| $return:int| $c:x] ");
	ok(f.l.unpacked.n == 1, "only that block was unpacked");
	wants(&f, LST_FUNCTION, "xfs",
	      "xfs+:two>two/[||] xfs+:three>three/[||] ");
	wants(&f, LST_FUNCTION, "abd", "");
	wants(&f, LST_FUNCTION, "zzz", "");
	wants(&f, LST_FUNCTION, NULL,
	      "abc:one>one/[||] xfs+:two>two/[||] xfs+:three>three/[||] yam:four>four/[||] ");
	wants(&f, LST_LABEL, NULL, "abc+:f>f@a.c:1/out[ $x:int||] ");
	wants(&f, LST_INLINE, NULL, "");
	fix_deinit(&f);
}

/* Rows of what symbols and debug information have, or one of them. */
static void test_places(void)
{
	struct fix f;

	fix_init(&f);
	ADD(&f, LST_FUNCTION, VMLINUX, VMLINUX,
	    "\3\0"
	    "\300read\0r.c:7\0 $a:int\0"
	    "\324wr.isra.0\0wr\0w.c:9\0 $b:int\0 $return:int\0 $c:x\0"
	    "\102out\0o.c:1\0\0"
	    "\0none\0");
	wants(&f, LST_FUNCTION, "",
	      "+:read>read/@r.c:7,c0[ $a:int||] "
	      "+:wr.isra.0>wr/@w.c:9,c0[ $b:int| $return:int| $c:x] "
	      "+:out>out/@o.c:1,42[||] +:none>none/[||] ");
	fix_deinit(&f);
}

static void test_damage(void)
{
	struct fix f;

	fix_init(&f);
	ADD(&f, LST_INLINE, ABC, ABC, "\1abc");
	ADD(&f, LST_LABEL, ABC, ABC, "\1abc\0\14f\0g");
	add(&f, LST_CALLEE, ABC, ABC, "\1abc\0\0f\0g", 8);
	ADD(&f, LST_KPROBE, ABC, ABC, "\1abc\0\100f");
	wants(&f, LST_INLINE, NULL, "");
	wants(&f, LST_LABEL, NULL, "!");
	wants(&f, LST_CALLEE, NULL, "!");
	wants(&f, LST_KPROBE, NULL, "!");
	f.block[0].len++;
	wants(&f, LST_INLINE, NULL, "!");
	f.block[0].len = UINT32_MAX;
	wants(&f, LST_INLINE, NULL, "!");
	f.block[0].len = 0;
	wants(&f, LST_INLINE, NULL, "!");
	f.block[0].len = 5;
	f.block[0].off = UINT64_MAX;
	wants(&f, LST_INLINE, NULL, "!");
	f.block[0].off = 0;
	f.block[0].zlen = UINT32_MAX;
	wants(&f, LST_INLINE, NULL, "!");
	f.block[0].first = UINT32_MAX;
	wants(&f, LST_INLINE, NULL, "");
	fix_deinit(&f);
}

/* Under the sanitizers: whatever is in a block, nothing outside of it is read. */
static void test_any_bytes(void)
{
	uint32_t seed = 1;
	size_t i, k, n;
	char raw[200];

	for (i = 0; i < 5000; i++) {
		struct fix f;

		fix_init(&f);
		for (k = 0; k < sizeof(raw); k++) {
			seed = seed * 1664525 + 1013904223;
			raw[k] = seed >> 28 < 5 ? '\0' : (char)(seed >> 20);
		}
		n = 1 + (seed >> 8) % sizeof(raw);
		add(&f, LST_FUNCTION, VMLINUX, VMLINUX, raw, n);
		walk(&f, LST_FUNCTION, "");
		fix_deinit(&f);
	}
	ok(true, "any bytes");
}

int main(void)
{
	test_rows();
	test_places();
	test_damage();
	test_any_bytes();
	return tap_done();
}
