// SPDX-License-Identifier: GPL-2.0-only
/* Functions of a module's file: places, flags, order; what is damaged. */
#include "build/base/arena.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/modfunc.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "build/kit/modfuncs.h"
#include "bundle/base/err.h"
#include "tests/tap.h"
#include "tests/unit/mkelf.h"

#include <zstd.h>

enum {
	TEXT = 1,
	INIT,
	UNLIKELY,
	NOINSTR,
	MCOUNT,
	RELA_MCOUNT,
	BLACK,
	RELA_BLACK,
	SYMTAB,
	STRTAB
};

/* 1 and 2 are nameless section symbols, as relocations use them. */
static const struct {
	const char *name;
	unsigned int sect, value, size, type;
} symbols[] = {
	{ "", TEXT, 0, 0, STT_SECTION },
	{ "", UNLIKELY, 0, 0, STT_SECTION },
	{ "zeta", TEXT, 0, 16, STT_FUNC },
	{ "alpha", TEXT, 0x10, 16, STT_FUNC },
	{ "twice", TEXT, 0x20, 4, STT_FUNC },
	{ "twice", TEXT, 0x24, 4, STT_FUNC },
	{ "start", INIT, 0x8, 8, STT_FUNC },
	{ "rare", UNLIKELY, 4, 8, STT_FUNC },
	{ "quiet", NOINSTR, 0, 8, STT_FUNC },
	{ "zeta.cold", UNLIKELY, 0, 4, STT_FUNC },
	{ "__pfx_zeta", TEXT, 0, 0, STT_FUNC },
	{ "data", MCOUNT, 0, 8, STT_OBJECT },
	{ "__ksymtab_zeta", MCOUNT, 0, 8, STT_OBJECT },
	{ "outside", 0, 0, 0, STT_FUNC },
};

static Elf64_Rela rela(unsigned int sym, int64_t addend)
{
	return (Elf64_Rela){ .r_info = ELF64_R_INFO(sym, R_X86_64_64),
			     .r_addend = addend };
}

static void make(struct buf *elf, size_t text_len)
{
	static const uint8_t bytes[64];
	/* alpha's site is after an endbr64, rare's is where it begins */
	const Elf64_Rela sites[] = { rela(1, 0), rela(1, 0x14), rela(2, 4) };
	const Elf64_Rela black[] = { rela(4, 0) };
	struct buf tab = BUF_INIT, str = BUF_INIT;
	size_t i;

	buf_zero(&tab, sizeof(Elf64_Sym));
	buf_addc(&str, 0);
	for (i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		Elf64_Sym s = { .st_name = (uint32_t)str.len,
				.st_info = (unsigned char)ELF64_ST_INFO(
					STB_GLOBAL, symbols[i].type),
				.st_shndx = (uint16_t)symbols[i].sect,
				.st_value = symbols[i].value,
				.st_size = symbols[i].size };

		buf_add(&str, symbols[i].name, strlen(symbols[i].name) + 1);
		buf_add(&tab, &s, sizeof(s));
	}
	const uint64_t ax = SHF_ALLOC | SHF_EXECINSTR;
	const struct mksect sects[] = {
		{ ".text", SHT_PROGBITS, ax, 0, bytes, text_len, 0, 0 },
		{ ".init.text", SHT_PROGBITS, ax, 0, bytes, 20, 0, 0 },
		{ ".text.unlikely", SHT_PROGBITS, ax, 0, bytes, 12, 0, 0 },
		{ ".noinstr.text", SHT_PROGBITS, ax, 0, bytes, 8, 0, 0 },
		{ "__mcount_loc", SHT_PROGBITS, 2, 0, bytes, 24, 0, 0 },
		{ ".rela", SHT_RELA, 0, 0, sites, sizeof(sites), SYMTAB,
		  MCOUNT },
		{ "_kprobe_blacklist", SHT_PROGBITS, 2, 0, bytes, 8, 0, 0 },
		{ ".rela", SHT_RELA, 0, 0, black, sizeof(black), SYMTAB,
		  BLACK },
		{ ".symtab", SHT_SYMTAB, 0, 0, tab.p, tab.len, STRTAB, 0 },
		{ ".strtab", SHT_STRTAB, 0, 0, str.p, str.len, 0, 0 },
	};

	mkelf(elf, ET_REL, sects, sizeof(sects) / sizeof(*sects));
	buf_deinit(&tab);
	buf_deinit(&str);
}

static const struct modfunc wanted[] = {
	{ "alpha", 0x10, 16, MODFUNC_FTRACE | MODFUNC_BLACKLIST },
	/* .text ends at 0x2c, its successor is aligned to 8 */
	{ "quiet", 0x40, 8, MODFUNC_BLACKLIST },
	{ "rare", 0x34, 8, MODFUNC_FTRACE },
	{ "start", 0, 8, MODFUNC_INIT },
	{ "twice", 0x20, 4, MODFUNC_DUP },
	{ "twice", 0x24, 4, MODFUNC_DUP },
	{ "zeta", 0, 16, MODFUNC_FTRACE | MODFUNC_EXPORTED },
};
#define NWANTED (sizeof(wanted) / sizeof(*wanted))

static bool same(const struct modfunc *a, const char *name, uint64_t off,
		 uint32_t size, uint32_t flags)
{
	return !strcmp(a->name, name) && a->off == off && a->size == size &&
	       a->flags == flags;
}

static void test_read(void)
{
	struct buf elf = BUF_INIT;
	struct arena a = { 0 };
	struct modfunc *v;
	struct efile f;
	struct err e;
	size_t n, i;

	make(&elf, 0x2c);
	ok(efile_open(&f, elf.p, elf.len, &e) == 0, "the file opens");
	ok(modfunc_read(&a, &f, &v, &n, &e) == 0, "its functions are read");
	ok(n == NWANTED, "%zu functions", n);
	for (i = 0; i < n && i < NWANTED; i++)
		ok(same(&wanted[i], v[i].name, v[i].off, v[i].size, v[i].flags),
		   "function %s: %#x %u %#x", v[i].name, v[i].off, v[i].size,
		   v[i].flags);
	efile_close(&f);
	buf_deinit(&elf);
	arena_deinit(&a);
}

/* A file with the two sections of functions, and @cut bytes less of a table. */
static size_t round_trip(size_t cut, const struct kit_func **ret,
			 struct modfuncs *m, struct buf *file)
{
	struct kf_modfuncs row = { 0 };
	struct buf raw = BUF_INIT;
	struct kf_writer w;
	struct arena a = { 0 };
	struct kf_view view;
	char id[65], z[1024];
	struct err e;
	size_t n;

	modfuncs_encode(wanted, NWANTED, &raw);
	row.raw_len = (uint32_t)(raw.len - cut);
	row.group_len = (uint32_t)raw.len;
	row.zlen = (uint32_t)ZSTD_compress(z, sizeof(z), raw.p, raw.len, 1);
	kfw_init(&w, &a);
	buf_add(kfw_section(&w, KF_MODFN), z, row.zlen);
	buf_add(kfw_section(&w, KF_MODFUNCS), &row, sizeof(row));
	ok(kfw_finish(&w, file, id, &e) == 0 &&
		   kf_open(&view, file->p, file->len, &e) == 0,
	   "a file with %u bytes of functions", row.raw_len);
	n = modfuncs_get(m, &view, 0, 1, ret);
	kfw_deinit(&w);
	arena_deinit(&a);
	buf_deinit(&raw);
	return n;
}

static void test_kept(void)
{
	const struct kit_func *v;
	size_t n, i, cut;

	for (cut = 0; cut < 200; cut++) {
		struct buf file = BUF_INIT;
		struct modfuncs m = { 0 };

		n = round_trip(cut, &v, &m, &file);
		ok(cut < 8 ? n == NWANTED || cut : n < NWANTED,
		   "%zu bytes less: %zu functions", cut, n);
		for (i = 0; i < n; i++)
			ok(same(&wanted[i], v[i].name, v[i].addr, v[i].size,
				v[i].flags),
			   "function %s", v[i].name);
		modfuncs_deinit(&m, 1);
		buf_deinit(&file);
	}
}

int main(void)
{
	test_read();
	test_kept();
	return tap_done();
}
