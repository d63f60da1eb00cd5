/* SPDX-License-Identifier: GPL-2.0-only */
/* Small objects with debug information, made by the compiler of this machine. */
#ifndef TESTS_UNIT_DWARF_FIX_H
#define TESTS_UNIT_DWARF_FIX_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/ddom.h"
#include "build/dwarf/dfile.h"
#include "build/dwarf/dindex.h"
#include "build/dwarf/dwx.h"
#include "bundle/base/err.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

/* Lines are counted by the tests: LINE_* below. */
static const char dwarf_fix_source[] =
	"struct pair { int a; long b; unsigned bit : 3; };\n"
	"typedef unsigned int u32;\n"
	"struct own { struct own *next; u32 id; union { int i; char c; }; };\n"
	"static int counter = 3;\n"
	"int shared_var;\n"
	"struct own *owned;\n"
	"extern int other(struct pair *p, const char *s);\n"
	"static inline __attribute__((always_inline)) int twice(int x)\n"
	"{\n"
	"	int y = x * counter;\n"
	"	counter += y;\n"
	"	return y;\n"
	"}\n"
	"int __attribute__((noinline)) work(struct pair *p, u32 n)\n"
	"{\n"
	"	int i, sum = 0;\n"
	"	for (i = 0; i < (int)n; i++) {\n"
	"		long k = p->b + i;\n"
	"		sum += twice(k);\n"
	"		if (sum > 100)\n"
	"			goto done;\n"
	"		sum += other(p, \"x\");\n"
	"	}\n"
	"	sum += twice(sum);\n"
	"done:\n"
	"	other(p, \"y\");\n"
	"	return sum + shared_var;\n"
	"}\n"
	"static __attribute__((noinline)) int lone(int (*fn)(int), int v)\n"
	"{\n"
	"	return fn(v) + twice(v);\n"
	"}\n"
	"int start(int (*fn)(int))\n"
	"{\n"
	"	static long calls;\n"
	"	return lone(fn, ++calls) + owned->id;\n"
	"}\n";

#define LINE_COUNTER 4
#define LINE_TWICE   8
#define LINE_TWICE_Y 10
#define LINE_WORK    14
#define LINE_CALL_1  19
#define LINE_CALL_2  24
#define LINE_LONE    29

/* Of the kernel that an index is of; a module's own is "00". */
static const char *dwarf_fix_build_id = "0123456789abcdef";

/* One compiled object and its index. */
struct dwarf_fix {
	char *dir;
	struct buf file;
	struct dwx *x;
	struct btfv btf;
	struct buf btf_index;
	void *btf_data;
};

/* Types a kernel would have: int, long, unsigned, struct pair, but no struct own. */
static inline void dwarf_fix_btf(struct dwarf_fix *f, const struct btfv *base,
				 bool other_pair)
{
	struct btf *b = btf__new_empty();
	struct err e = { 0 };
	const void *p;
	uint32_t n;

	btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	btf__add_int(b, "long int", 8, BTF_INT_SIGNED);
	btf__add_int(b, "unsigned int", 4, 0);
	btf__add_int(b, "char", 1, BTF_INT_SIGNED);
	btf__add_typedef(b, "u32", 3);
	if (other_pair) {
		/* the same name and size, other members */
		btf__add_struct(b, "pair", 24);
		btf__add_field(b, "x", 2, 0, 0);
	}
	btf__add_struct(b, "pair", 24);
	btf__add_field(b, "a", 1, 0, 0);
	btf__add_field(b, "b", 2, 64, 0);
	btf__add_field(b, "bit", 3, 128, 3);
	btf__add_ptr(b, other_pair ? 7 : 6);
	p = btf__raw_data(b, &n);
	f->btf_data = malloc(n);
	memcpy(f->btf_data, p, n);
	btf__free(b);
	buf_init(&f->btf_index);
	(void)base;
	if (btf_make_index(f->btf_data, n, NULL, &f->btf_index, &e) < 0 ||
	    btf_open(&f->btf, f->btf_data, n, f->btf_index.p, f->btf_index.len,
		     NULL, &e) < 0)
		abort();
}

/* Compile @source with @flags (NULL-terminated) to @dir/work.o; 0, or an error */
static inline int dwarf_fix_compile(struct arena *a, const char *dir,
				    const char *cc, const char *const *flags,
				    const char *source, struct err *e)
{
	const char *argv[24] = { cc, "-c", "-O2", "-o", "work.o", "work.c" };
	struct spawn s = { .argv = argv, .cwd = dir };
	size_t n = 6;
	int rc;

	while (*flags && n < 23)
		argv[n++] = *flags++;
	rc = fs_write_scratch(arena_printf(a, "%s/work.c", dir), source,
			      strlen(source), e);
	if (rc == 0)
		rc = spawn_run(&s, e);
	buf_deinit(&s.out);
	return rc;
}

/* Index the bytes at @p (from malloc, taken over) as vmlinux or a module. */
static inline int dwarf_fix_index(struct arena *a, const char *dir, uint8_t *p,
				  size_t n, const struct btfv *btf,
				  uint64_t part_bytes, struct buf *out,
				  struct err *e)
{
	struct dbin bin = { .name = "work", .build_id = "00" };
	struct tindex types;
	struct dfile f;
	uint64_t *cut = NULL;
	size_t i;
	char id[65];
	int rc = dfile_open(&f, "work.o", p, n, false, e);

	if (rc < 0)
		return rc;
	tindex_init(&types, btf);
	rc = dfile_prepare(&f, e);
	if (rc == 0)
		rc = ddom_plan(&f, dir, part_bytes, &cut, &bin.ndom, e);
	if (rc < 0)
		bin.ndom = 0;
	bin.dom = xcalloc(bin.ndom + 1, sizeof(*bin.dom));
	for (i = 0; i < bin.ndom; i++) {
		ddom_init(&bin.dom[i], &types, NULL);
		if (rc == 0)
			rc = ddom_read(&bin.dom[i], &f, dir, cut[i], cut[i + 1],
				       e);
	}
	/* addresses of a linked file are a kernel's */
	if (!f.nsect)
		bin.name = "vmlinux";
	bin.sect = f.sect;
	bin.nsect = f.nsect;
	dindex_set_base(&bin, btf);
	if (rc == 0)
		rc = dindex_write(a, "1.0", dwarf_fix_build_id, btf, &bin, 1, 2,
				  out, id, e);
	for (i = 0; i < bin.ndom; i++)
		ddom_deinit(&bin.dom[i]);
	free(bin.dom);
	free(cut);
	tindex_deinit(&types);
	dfile_close(&f);
	return rc;
}

static inline int dwarf_fix_read(struct arena *a, struct dwarf_fix *f,
				 const char *name, struct err *e)
{
	struct buf b = BUF_INIT;
	uint8_t *p;
	size_t n;
	int rc =
		fs_read(arena_printf(a, "%s/%s", f->dir, name), &b, 1 << 24, e);

	if (rc < 0)
		return rc;
	p = (uint8_t *)buf_detach(&b, &n);
	return dwarf_fix_index(a, f->dir, p, n, &f->btf, UINT64_MAX, &f->file,
			       e);
}

/* Compile @source, index, open. */
static inline int dwarf_fix_make_of(struct arena *a, struct dwarf_fix *f,
				    const char *cc, const char *const *flags,
				    bool other_pair, const char *source,
				    struct err *e)
{
	int rc;

	*f = (struct dwarf_fix){ .file = BUF_INIT, .btf_index = BUF_INIT };
	f->dir = fs_tmpdir(a, "t-dwarf", e);
	dwarf_fix_btf(f, NULL, other_pair);
	rc = dwarf_fix_compile(a, f->dir, cc, flags, source, e);
	if (rc == 0)
		rc = dwarf_fix_read(a, f, "work.o", e);
	if (rc == 0)
		rc = dwx_open_bytes(f->file.p, f->file.len, &f->x, e);
	return rc;
}

/* The same of the source above. */
static inline int dwarf_fix_make(struct arena *a, struct dwarf_fix *f,
				 const char *cc, const char *const *flags,
				 bool other_pair, struct err *e)
{
	return dwarf_fix_make_of(a, f, cc, flags, other_pair, dwarf_fix_source,
				 e);
}

static inline void dwarf_fix_free(struct dwarf_fix *f)
{
	dwx_close(f->x);
	buf_deinit(&f->file);
	buf_deinit(&f->btf_index);
	free(f->btf_data);
	if (f->dir)
		fs_rmtree(f->dir, NULL);
	*f = (struct dwarf_fix){ 0 };
}

#endif
