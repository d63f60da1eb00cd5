// SPDX-License-Identifier: GPL-2.0-only
/* Kernel symbols: every table layout, System.map, probe sites, damage. */
#include "build/debuginfo/ksym.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/debuginfo/btf.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/image.h"
#include "build/debuginfo/ksites.h"
#include "bundle/base/err.h"
#include "tests/tap.h"
#include "tests/unit/mkelf.h"
#include "tests/unit/mkksym.h"

#include <bpf/btf.h>
#include <stdlib.h>

#define TEXT   0xffffffff81000000ull
#define RODATA 0xffffffff82000000ull
#define INIT   0xffffffff83000000ull
#define NSYMS  701 /* odd: tables need padding; three markers */

/* Sorted as kernels sort; a per-cpu symbol, aliases and a very long name. */
static size_t make_syms(struct mksym *s, enum mkkind kind)
{
	size_t n = 0, i;

	if (kind == MK_PERCPU)
		s[n++] = (struct mksym){ 0x1f000, "Acurrent_task" };
	s[n++] = (struct mksym){ TEXT, "T_text" };
	s[n++] = (struct mksym){ TEXT, "T_stext" };
	for (i = 0; n < NSYMS - 4; i++) {
		s[n].addr = TEXT + 16 * (i / 2); /* aliases share addresses */
		snprintf(s[n++].text, sizeof(s[0].text), "t%s_%zu",
			 i % 2 ? "alias" : "func", i);
	}
	s[n].addr = TEXT + 0x8000;
	memset(s[n].text, 'T', 300);
	memcpy(s[n].text, "tlong_", 6);
	s[n++].text[300] = 0;
	s[n++] = (struct mksym){ TEXT + 0xff00, "T_etext" };
	s[n++] = (struct mksym){ RODATA, "D__start_rodata" };
	s[n++] = (struct mksym){ INIT, "tdo_init" };
	return n;
}

static void make_kernel(struct buf *elf, const struct buf *ro)
{
	static char zero[0x10000];
	const struct mksect sects[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, TEXT, zero,
		  sizeof(zero), 0, 0 },
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, RODATA, ro->p, ro->len, 0,
		  0 },
		{ ".init.text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, INIT,
		  zero, 256, 0, 0 },
	};

	mkelf(elf, ET_EXEC, sects, 3);
}

static bool is_same(const struct ksyms *k, const struct mksym *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && k->n == n; i++)
		if (k->v[i].addr != s[i].addr || k->v[i].type != s[i].text[0] ||
		    strcmp(k->v[i].name, s[i].text + 1))
			break;
	return i == n;
}

static void check_lookups(const struct ksyms *k, size_t n)
{
	const struct ksym *f = ksym_find(k, "func_100");
	size_t i;

	ok(f && f->addr == TEXT + 800 && f->size == 16 && f->flags == KSYM_TEXT,
	   "a function: address, size, text");
	ok(!ksym_find(k, "") && !ksym_find(k, "func_") && !ksym_find(k, "zzz"),
	   "absent names");
	ok(ksym_at(k, TEXT + 801) == f && ksym_at(k, TEXT + 815) == f,
	   "address to the first of two aliases");
	f = ksym_find(k, "do_init");
	ok(f && f->flags == (KSYM_TEXT | KSYM_INIT) && f->size == 256,
	   "init text, size up to the end of the section");
	f = ksym_find(k, "_etext");
	ok(f && f->size == 0x100, "size stops at the end of the section");
	for (i = 1; i < n; i++)
		if (strcmp(k->v[k->byname[i - 1]].name,
			   k->v[k->byname[i]].name) > 0)
			break;
	ok(i == n, "by name");
}

static void test_layout(const struct mklayout *l)
{
	static struct mksym syms[NSYMS + 1];
	size_t n = make_syms(syms, l->kind), odd;
	struct arena a = { 0 };
	struct err e = { 0 };

	/* an odd and an even number of symbols: padding or none */
	for (odd = 0; odd < 2; odd++) {
		struct buf ro = BUF_INIT, elf = BUF_INIT;
		struct efile f;
		struct ksyms k;

		buf_adds(&ro, "something else in .rodata");
		buf_zero(&ro, 777);
		mk_kallsyms(&ro, l, RODATA, syms, n - odd);
		buf_zero(&ro, 100);
		make_kernel(&elf, &ro);
		if (!ok(!efile_open(&f, elf.p, elf.len, &e), "ELF opens"))
			return;
		e.text[0] = 0;
		ok(!ksym_decode(&a, &f, &k, &e) && is_same(&k, syms, n - odd),
		   "%s, %zu symbols %s", l->name, n - odd, e.text);
		if (!odd && k.n == n)
			check_lookups(&k, n);
		efile_close(&f);
		buf_deinit(&ro);
		buf_deinit(&elf);
	}
	arena_deinit(&a);
}

/* Tables that disagree with themselves or with .text are refused. */
static void test_refusals(void)
{
	static struct mksym syms[NSYMS + 1];
	const struct mklayout *l = &mklayouts[2];
	size_t n = make_syms(syms, l->kind), i;
	struct buf ro = BUF_INIT, elf = BUF_INIT;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct efile f;
	struct ksyms k;

	for (i = 0; i < n; i++)
		syms[i].addr += 16;
	mk_kallsyms(&ro, l, RODATA, syms, n);
	make_kernel(&elf, &ro);
	ok(!efile_open(&f, elf.p, elf.len, &e) &&
		   ksym_decode(&a, &f, &k, &e) == ERR_FORMAT && !k.n,
	   "_text elsewhere: %s", e.text);
	efile_close(&f);
	buf_reset(&elf);
	buf_reset(&ro);
	buf_zero(&ro, 100000);
	make_kernel(&elf, &ro);
	ok(!efile_open(&f, elf.p, elf.len, &e) &&
		   ksym_decode(&a, &f, &k, &e) == ERR_NOT_FOUND,
	   "no tables: %s", e.text);
	efile_close(&f);
	buf_deinit(&ro);
	buf_deinit(&elf);
	arena_deinit(&a);
}

static void test_damage(void)
{
	static struct mksym syms[NSYMS + 1];
	const struct mklayout *l = &mklayouts[4];
	size_t n = make_syms(syms, l->kind), i;
	struct buf ro = BUF_INIT;
	unsigned int seed = 1;

	mk_kallsyms(&ro, l, RODATA, syms, n);
	for (i = 0; i < 300; i++) {
		struct buf elf = BUF_INIT;
		struct arena a = { 0 };
		struct efile f;
		struct ksyms k;
		size_t at = (size_t)rand_r(&seed) % ro.len;
		char was = ro.p[at];

		ro.p[at] ^= (char)(1 + rand_r(&seed) % 255);
		make_kernel(&elf, &ro);
		if (!efile_open(&f, elf.p, elf.len, NULL)) {
			if (!ksym_decode(&a, &f, &k, NULL))
				ksym_find(&k, "func_1");
			efile_close(&f);
		}
		ro.p[at] = was;
		buf_deinit(&elf);
		arena_deinit(&a);
	}
	buf_deinit(&ro);
	ok(true, "no changed byte crashes");
}

static void test_system_map(void)
{
	static const char map[] = "0000000000000000 A fixed_percpu\n"
				  "ffffffff81000000 T _text\n"
				  "ffffffff81000040 t two\n"
				  "ffffffff81000010 t one\n";
	static const char stub[] =
		"Kernel symbols are in the debug package, sorry\n";
	struct arena a = { 0 };
	struct err e = { 0 };
	struct ksyms k;
	const struct ksym *one;

	ok(!ksym_from_system_map(&a, map, sizeof(map) - 1, NULL, &k, &e) &&
		   k.n == 4,
	   "System.map");
	one = ksym_find(&k, "one");
	ok(one && one->size == 0x30 && one->flags == KSYM_TEXT &&
		   one == ksym_at(&k, 0xffffffff81000015),
	   "unsorted lines are sorted");
	ok(ksym_find(&k, "fixed_percpu")->flags == KSYM_ABS, "absolute");
	ok(ksym_from_system_map(&a, stub, sizeof(stub) - 1, NULL, &k, &e) ==
		   ERR_NOT_FOUND,
	   "a stub: %s", e.text);
	ok(ksym_from_system_map(&a, map, sizeof(map) - 9, NULL, &k, &e) ==
		   ERR_FORMAT,
	   "cut: %s", e.text);
	arena_deinit(&a);
}

/* ---- sites --------------------------------------------------------------------- */

static const uint64_t mcount[] = { TEXT + 36, 0, TEXT + 16, TEXT + 16, 0 };
static const uint64_t black[] = { TEXT + 16 };

static void test_sites(void)
{
	struct mksect sects[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, TEXT, NULL,
		  0x1000, 0, 0 },
		{ ".init.data", SHT_PROGBITS, SHF_ALLOC, INIT, mcount,
		  sizeof(mcount), 0, 0 },
		{ ".blacklist", SHT_PROGBITS, SHF_ALLOC, INIT + 4096, black,
		  sizeof(black), 0, 0 },
	};
	static const char map[] =
		"ffffffff81000000 T _text\nffffffff81000010 t one\n"
		"ffffffff81000020 t two\nffffffff81000030 t three\n"
		"ffffffff81000040 t one.cold\n"
		"ffffffff81000050 T __noinstr_text_start\n"
		"ffffffff81000070 T __noinstr_text_end\n"
		"ffffffff83000000 D __start_mcount_loc\n"
		"ffffffff83000028 D __stop_mcount_loc\n"
		"ffffffff83001000 D __start_kprobe_blacklist\n"
		"ffffffff83001008 D __stop_kprobe_blacklist\n";
	struct buf elf = BUF_INIT;
	struct ksites_range *r;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct efile f;
	struct ksyms k;
	uint64_t *v;
	size_t n;

	mkelf(&elf, ET_EXEC, sects, 3);
	if (!ok(!efile_open(&f, elf.p, elf.len, &e) &&
			!ksym_from_system_map(&a, map, sizeof(map) - 1, &f, &k,
					      &e),
		"kernel with sites %s", e.text))
		return;
	ok(!ksites_ftrace(&a, &f, &k, &v, &n, &e) && n == 2 &&
		   v[0] == TEXT + 16 && v[1] == TEXT + 36,
	   "sites: sorted, unique, no zeroes");
	ok(ksites_at_entry(v, n, ksym_find(&k, "one")) == TEXT + 16,
	   "site at the entry");
	ok(ksites_at_entry(v, n, ksym_find(&k, "two")) == TEXT + 36,
	   "site after endbr64");
	ok(!ksites_at_entry(v, n, ksym_find(&k, "three")) &&
		   !ksites_at_entry(v, n, ksym_find(&k, "_text")),
	   "no site");
	ok(!ksites_blacklist(&a, &f, &k, &r, &n, &e) && n == 2 &&
		   r[0].start == TEXT + 16 && r[0].end == TEXT + 32 &&
		   r[1].start == TEXT + 64 && r[1].end == TEXT + 0x70,
	   "blacklist: function, its cold part joined with noinstr");
	ok(ksites_in(r, n, TEXT + 31) && !ksites_in(r, n, TEXT + 32) &&
		   !ksites_in(r, n, TEXT) && ksites_in(r, n, TEXT + 0x6f),
	   "inside and outside");
	efile_close(&f);
	buf_deinit(&elf);
	arena_deinit(&a);
}

/* ---- reserved instructions ------------------------------------------------------- */

/* A row has the distance second, as none of the real ones: that is asked as well. */
static void make_types(struct btfv *ret, struct buf *index, struct btf **own)
{
	struct btf *b = btf__new_empty();
	const void *raw;
	uint32_t len;

	btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	btf__add_int(b, "long", 8, BTF_INT_SIGNED);
	btf__add_struct(b, "bug_entry", 12);
	btf__add_field(b, "file_disp", 1, 0, 0);
	btf__add_field(b, "bug_addr_disp", 1, 32, 0);
	btf__add_struct(b, "jump_entry", 16);
	btf__add_field(b, "code", 1, 0, 0);
	btf__add_struct(b, "static_call_site", 8);
	btf__add_field(b, "addr", 2, 0, 0);
	raw = btf__raw_data(b, &len);
	*own = b;
	ok(!btf_make_index(raw, len, NULL, index, NULL) &&
		   !btf_open(ret, raw, len, index->p, index->len, NULL, NULL),
	   "types");
}

/* The BUG() that "one" begins with, one inside of "three", a static branch that "two"
 * begins with after its endbr64. */
static void test_reserved(void)
{
	static const uint8_t text[0x100] = { [0x20] = 0xf3, 0x0f, 0x1e, 0xfa };
	static const uint32_t rows[] = {
		0,
		0x10 - 0x1000004u,
		0,
		0,
		0x34 - 0x1000010u,
		0,
		0x24 - 0x1000018u,
		0,
		0,
		0,
		0x30 - 0x1000028u,
		0,
	};
	const struct mksect sects[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, TEXT, text,
		  sizeof(text), 0, 0 },
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, RODATA, rows,
		  sizeof(rows), 0, 0 },
	};
	static const char map[] =
		"ffffffff81000000 T _text\nffffffff81000010 t one\n"
		"ffffffff81000020 t two\nffffffff81000030 t three\n"
		"ffffffff82000000 D __start___bug_table\n"
		"ffffffff82000018 D __stop___bug_table\n"
		"ffffffff82000018 D __start___jump_table\n"
		"ffffffff82000028 D __stop___jump_table\n"
		"ffffffff82000028 D __start_static_call_sites\n"
		"ffffffff82000030 D __stop_static_call_sites\n";
	struct buf elf = BUF_INIT, index = BUF_INIT;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct btfv types;
	struct efile f;
	struct ksyms k;
	struct btf *b;
	uint64_t *v;
	size_t n = 0;

	make_types(&types, &index, &b);
	mkelf(&elf, ET_EXEC, sects, 2);
	if (!ok(!efile_open(&f, elf.p, elf.len, &e) &&
			!ksym_from_system_map(&a, map, sizeof(map) - 1, &f, &k,
					      &e),
		"kernel with tables %s", e.text))
		return;
	ok(!ksites_reserved(&a, &f, &k, &types, &v, &n, &e) && n == 3 &&
		   v[0] == TEXT + 0x10 && v[1] == TEXT + 0x24 &&
		   v[2] == TEXT + 0x34,
	   "reserved: sorted; a table of whole addresses is left alone");
	ok(ksites_begins_reserved(v, n, &f, ksym_find(&k, "one")) &&
		   ksites_begins_reserved(v, n, &f, ksym_find(&k, "two")) &&
		   !ksites_begins_reserved(v, n, &f, ksym_find(&k, "three")),
	   "what begins with one, also after endbr64; not what has one inside");
	efile_close(&f);
	btf__free(b);
	buf_deinit(&index);
	buf_deinit(&elf);
	arena_deinit(&a);
}

/* ---- a real kernel, where one is at hand ------------------------------------------ */

static void test_image(const char *path)
{
	struct buf elf = BUF_INIT;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct efile f;
	struct ksyms k;
	const void *p;
	size_t len, n;
	uint64_t *v;

	if (!ok(!fs_map(path, &p, &len, &e) &&
			!image_extract(p, len, &elf, &e) &&
			!efile_open(&f, elf.p, elf.len, &e) &&
			!ksym_decode(&a, &f, &k, &e),
		"%s: %s", path, e.text))
		return;
	ok(k.n > 10000 && ksym_find(&k, "vfs_read") &&
		   ksym_find(&k, "register_kprobe"),
	   "%s: %zu symbols", path, k.n);
	if (ksites_ftrace(&a, &f, &k, &v, &n, &e))
		n = 0;
	ok(n > 1000 && ksites_at_entry(v, n, ksym_find(&k, "vfs_read")),
	   "%s: %zu sites, vfs_read is one", path, n);
	efile_close(&f);
	buf_deinit(&elf);
	arena_deinit(&a);
}

int main(void)
{
	const char *image = getenv("TAP_TEST_IMAGE");
	size_t i;

	for (i = 0; i < MK_NLAYOUTS; i++)
		test_layout(&mklayouts[i]);
	test_refusals();
	test_damage();
	test_system_map();
	test_sites();
	test_reserved();
	if (image)
		test_image(image);
	else
		ok(true, "# SKIP TAP_TEST_IMAGE names no kernel image");
	return tap_done();
}
