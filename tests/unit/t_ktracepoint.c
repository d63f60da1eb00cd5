// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints and their systems in an image and in a module. */
#include "build/base/arena.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/ksym.h"
#include "build/debuginfo/ktracepoint.h"
#include "bundle/base/err.h"
#include "tests/tap.h"
#include "tests/unit/mkelf.h"

#define DATA 0xffffffff82000000ull

/* Word 0: table; 2…5: an event; 6: its class; 8: text; 10, 11: tracepoints. */
static const uint64_t data[16] = {
	[0] = DATA + 16,
	[1] = DATA + 0x10000, /* an event that is nowhere */
	[4] = DATA + 48,      /* class of the event at word 2 */
	[5] = DATA + 80,      /* its tracepoint */
	[6] = DATA + 64,      /* system of the class */
	[8] = 0x6465686373ull /* "sched" */,
};

static const char map[] = "ffffffff81000000 T _text\n"
			  "ffffffff82000000 D __start_ftrace_events\n"
			  "ffffffff82000010 D __stop_ftrace_events\n"
			  "ffffffff82000050 D __tracepoint_one\n"
			  "ffffffff82000058 D __tracepoint_two\n"
			  "ffffffff82000060 d __tracepoint_ptr_one\n"
			  "ffffffff82000068 r __tpstrtab_one\n"
			  "ffffffff82000070 r __tpstrtab_two\n";

static void test_image(void)
{
	struct mksect sects[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
		  0xffffffff81000000ull, NULL, 0x1000, 0, 0 },
		{ ".data", SHT_PROGBITS, SHF_ALLOC, DATA, data, sizeof(data), 0,
		  0 },
	};
	struct buf elf = BUF_INIT;
	struct ktracepoint *v = NULL;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct ksyms k;
	struct efile f;
	size_t n = 0;

	mkelf(&elf, ET_EXEC, sects, 2);
	if (!ok(!efile_open(&f, elf.p, elf.len, &e) &&
			!ksym_from_system_map(&a, map, sizeof(map) - 1, &f, &k,
					      &e),
		"image %s", e.text))
		return;
	ktracepoint_collect(&a, &f, &k, NULL, &v, &n);
	ok(n == 2 && !strcmp(v[0].name, "one") && v[0].addr == DATA + 80 &&
		   !strcmp(v[0].system, "sched"),
	   "a tracepoint with an event");
	ok(n == 2 && !strcmp(v[1].name, "two") && !*v[1].system,
	   "a tracepoint without one");
	efile_close(&f);
	buf_deinit(&elf);
	arena_deinit(&a);
}

/* ---- a module ------------------------------------------------------------------- */

enum { S_EVENTS = 1, S_REL_EVENTS, S_DATA, S_REL_DATA, S_TP, S_STR, S_SYM };

static const char names[] = "\0__tracepoint_b\0__tracepoint_a\0event";
static const char strings[] = "xx\0xfs";

static Elf64_Sym syms[] = {
	{ 0 },
	{ .st_name = 1, .st_shndx = S_TP, .st_value = 64 },
	{ .st_name = 16, .st_shndx = S_TP, .st_value = 0 },
	{ .st_name = 0, .st_shndx = S_DATA },
	{ .st_name = 0, .st_shndx = S_STR },
	{ .st_name = 1, .st_shndx = SHN_UNDEF }, /* of another module */
};

#define R(at, sym, add)                                 \
	{                                               \
		at, ELF64_R_INFO(sym, R_X86_64_64), add \
	}

static const Elf64_Rela rel_events[] = { R(0, 3, 32), R(8, 3, 4096) };
/* The event at 32 has its class at 0 and is of tracepoint b. */
static Elf64_Rela rel_data[] = { R(56, 1, 0), R(48, 3, 0), R(0, 4, 3) };

static void module_file(struct buf *elf)
{
	static const uint64_t zero[16];
	const struct mksect sects[] = {
		{ "_ftrace_events", SHT_PROGBITS, SHF_ALLOC, 0, zero, 16, 0,
		  0 },
		{ ".rela_ftrace_events", SHT_RELA, 0, 0, rel_events,
		  sizeof(rel_events), S_SYM, S_EVENTS },
		{ ".data", SHT_PROGBITS, SHF_ALLOC, 0, zero, 64, 0, 0 },
		{ ".rela.data", SHT_RELA, 0, 0, rel_data, sizeof(rel_data),
		  S_SYM, S_DATA },
		{ "__tracepoints", SHT_PROGBITS, SHF_ALLOC, 0, zero, 128, 0,
		  0 },
		{ ".rodata.str1.1", SHT_PROGBITS, SHF_ALLOC, 0, strings,
		  sizeof(strings), 0, 0 },
		{ ".symtab", SHT_SYMTAB, 0, 0, syms, sizeof(syms), S_SYM + 1,
		  1 },
		{ ".strtab", SHT_STRTAB, 0, 0, names, sizeof(names), 0, 0 },
	};

	mkelf(elf, ET_REL, sects, sizeof(sects) / sizeof(*sects));
}

static int read_module(struct arena *a, struct ktracepoint **v, size_t *n,
		       struct err *e)
{
	struct buf elf = BUF_INIT;
	struct efile f;
	int rc;

	module_file(&elf);
	rc = efile_open(&f, elf.p, elf.len, e);
	if (rc < 0)
		return rc;
	rc = ktracepoint_module(a, &f, v, n, e);
	efile_close(&f);
	buf_deinit(&elf);
	return rc;
}

static void test_module(void)
{
	struct ktracepoint *v = NULL;
	struct arena a = { 0 };
	struct err e = { 0 };
	uint64_t off;
	size_t n = 0;

	ok(!read_module(&a, &v, &n, &e) && n == 2 && !strcmp(v[0].name, "a") &&
		   !*v[0].system && !strcmp(v[1].name, "b") &&
		   !strcmp(v[1].system, "xfs") && !v[1].addr,
	   "a module's own, sorted, with systems %s", e.text);
	/* whatever is wrong with the pointers, there is no system then */
	for (off = 0; off < 3; off++) {
		Elf64_Rela good = rel_data[off];

		rel_data[off].r_addend = 0x7fffffff;
		ok(!read_module(&a, &v, &n, &e) && n == 2 && !*v[1].system,
		   "pointer %d leads nowhere", (int)off);
		rel_data[off] = good;
		rel_data[off].r_info = ELF64_R_INFO(1u << 30, R_X86_64_64);
		ok(!read_module(&a, &v, &n, &e) && n == 2 && !*v[1].system,
		   "pointer %d has no symbol", (int)off);
		rel_data[off] = good;
	}
	syms[1].st_name = 1u << 20;
	ok(!read_module(&a, &v, &n, &e) && n == 1, "a symbol without name");
	syms[1].st_name = 1;
	arena_deinit(&a);
}

int main(void)
{
	test_image();
	test_module();
	return tap_done();
}
