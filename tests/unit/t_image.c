// SPDX-License-Identifier: GPL-2.0-only
/* Kernel images in every compression, banner, build-id, modinfo, damage. */
#include "build/debuginfo/image.h"
#include "build/base/arena.h"
#include "build/debuginfo/elf.h"
#include "bundle/base/err.h"
#include "tests/tap.h"
#include "tests/unit/mkelf.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#define BANNER_HEAD "Linux version 9.9.9-test (x@y) (gcc (Debian 1) 1, ld) "

static const char rodata[] =
	"noise\0Linux version %s (%s\n\0" BANNER_HEAD "# SMP Debian\n\0"
	"\0" BANNER_HEAD "#7 SMP Debian 9.9.9-1 (2026-01-01)\n\0end";

static const char note[] = "\4\0\0\0\2\0\0\0\1\0\0\0Xen\0zz\0\0"
			   "\4\0\0\0\4\0\0\0\3\0\0\0GNU\0\x0f\xab\0\x7f";
static const char modinfo[] = "license=GPL\0\0\0vermagic=9.9.9 SMP \0depends=";

static const Elf64_Sym symtab[] = {
	{ 0 },
	{ .st_name = 1,
	  .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
	  .st_shndx = 1,
	  .st_value = 8,
	  .st_size = 4 },
	{ .st_name = 4, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE) },
};

static void make_vmlinux(struct buf *b)
{
	static char filler[50000];
	const struct mksect s[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC, 0x1000, filler,
		  sizeof(filler), 0, 0 },
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, 0x20000, rodata,
		  sizeof(rodata), 0, 0 },
		{ ".notes", SHT_NOTE, SHF_ALLOC, 0x30000, note,
		  sizeof(note) - 1, 0, 0 },
		{ ".modinfo", SHT_PROGBITS, 0, 0, modinfo, sizeof(modinfo), 0,
		  0 },
		{ ".symtab", SHT_SYMTAB, 0, 0, symtab, sizeof(symtab), 6, 0 },
		{ ".strtab", SHT_STRTAB, 0, 0, "\0go\0gone", 9, 0, 0 },
		{ ".bss", SHT_NOBITS, SHF_ALLOC, 0x40000, NULL, 0x5000, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(filler); i++)
		filler[i] = (char)(i * i >> 7);
	mkelf(b, ET_EXEC, s, 7);
}

static bool pack(struct buf *out, const struct buf *in, int filter)
{
	struct archive *ar = archive_write_new();
	struct archive_entry *ent = archive_entry_new();
	size_t cap = in->len * 2 + 65536, used = 0;
	bool good;

	buf_reserve(out, cap);
	good = archive_write_add_filter(ar, filter) == ARCHIVE_OK &&
	       archive_write_set_format_raw(ar) == ARCHIVE_OK &&
	       archive_write_set_bytes_per_block(ar, 0) == ARCHIVE_OK &&
	       archive_write_open_memory(ar, out->p, cap, &used) == ARCHIVE_OK;
	archive_entry_set_filetype(ent, AE_IFREG);
	good = good && archive_write_header(ar, ent) == ARCHIVE_OK &&
	       archive_write_data(ar, in->p, in->len) == (la_ssize_t)in->len &&
	       archive_write_close(ar) == ARCHIVE_OK;
	archive_entry_free(ent);
	archive_write_free(ar);
	out->len = used;
	return good;
}

static void put32(struct buf *b, size_t off, uint32_t v)
{
	memcpy(b->p + off, &v, 4);
}

/* Setup of 3 sectors, 0x100 bytes of code, the payload, room for a signature. */
static void make_bzimage(struct buf *b, const struct buf *payload, size_t size,
			 bool is_gzip)
{
	buf_zero(b, 4 * 512 + 0x100);
	b->p[0x1f1] = 3;
	put32(b, 0x1fc, 0xaa550000);
	put32(b, 0x202, 0x53726448);
	b->p[0x206] = 0x0f;
	b->p[0x207] = 2;
	put32(b, 0x248, 0x100);
	put32(b, 0x24c, (uint32_t)(payload->len + (is_gzip ? 0 : 4)));
	buf_add(b, payload->p, payload->len);
	if (!is_gzip)
		buf_add(b, &(uint32_t){ (uint32_t)size }, 4);
	buf_zero(b, 512);
}

static bool same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && !memcmp(a->p, b->p, a->len);
}

static void test_cuts(const struct buf *img, const char *name)
{
	struct err e = { 0 };
	bool refused = true;
	size_t n;

	/* the 512 bytes of signature may go; anything more may not */
	for (n = 0; n < img->len - 512; n += n < 3000 ? 1 : 997) {
		struct buf out = BUF_INIT;
		void *cut = xmalloc(n + 1);

		memcpy(cut, img->p, n);
		refused &= image_extract(cut, n, &out, &e) < 0 && !out.len;
		free(cut);
		buf_deinit(&out);
	}
	ok(refused, "%s: every cut is refused: %s", name, e.text);
}

static void test_format(const struct buf *vmlinux, const char *name, int filter)
{
	struct buf packed = BUF_INIT, img = BUF_INIT, out = BUF_INIT;
	struct err e = { 0 };

	if (!ok(pack(&packed, vmlinux, filter), "%s: packed", name))
		return;
	make_bzimage(&img, &packed, vmlinux->len,
		     filter == ARCHIVE_FILTER_GZIP);
	ok(!image_extract(img.p, img.len, &out, &e) && same(&out, vmlinux),
	   "%s: bzImage %s", name, e.text);
	test_cuts(&img, name);
	buf_reset(&out);
	ok(!image_extract(packed.p, packed.len, &out, &e) &&
		   same(&out, vmlinux),
	   "%s: compressed vmlinux", name);
	buf_reset(&out);
	ok(!image_decompress(packed.p, packed.len, &out, vmlinux->len, &e) &&
		   same(&out, vmlinux),
	   "%s: module", name);
	buf_reset(&out);
	ok(image_decompress(packed.p, packed.len, &out, vmlinux->len - 1, &e) ==
			   ERR_LIMIT &&
		   !out.len,
	   "%s: limit: %s", name, e.text);
	buf_deinit(&packed);
	buf_deinit(&img);
	buf_deinit(&out);
}

static void test_refusals(const struct buf *vmlinux)
{
	struct buf packed = BUF_INIT, img = BUF_INIT, out = BUF_INIT;
	char arm[64] = { 0 };
	struct err e = { 0 };

	ok(image_extract("hello", 5, &out, &e) == ERR_FORMAT, "%s", e.text);
	ok(image_extract(arm, sizeof(arm), &out, &e) == ERR_FORMAT, "zeroes");
	memcpy(arm + 56, "ARM\x64", 4);
	ok(image_extract(arm, sizeof(arm), &out, &e) == ERR_UNSUPPORTED, "%s",
	   e.text);
	pack(&packed, vmlinux, ARCHIVE_FILTER_ZSTD);
	make_bzimage(&img, &packed, 0x3fffffff, false);
	ok(image_extract(img.p, img.len, &out, &e) == ERR_LIMIT, "%s", e.text);
	buf_reset(&img);
	make_bzimage(&img, &packed, vmlinux->len - 1, false);
	ok(image_extract(img.p, img.len, &out, &e) == ERR_CORRUPT, "%s",
	   e.text);
	buf_reset(&img);
	buf_adds(&packed, "garbage");
	make_bzimage(&img, &packed, vmlinux->len, false);
	ok(image_extract(img.p, img.len, &out, &e) == ERR_CORRUPT && !out.len,
	   "garbage after the frame: %s", e.text);
	buf_deinit(&packed);
	buf_deinit(&img);
	buf_deinit(&out);
}

static void test_modinfo(const struct efile *f)
{
	static const char *const want[] = { "license=GPL",
					    "vermagic=9.9.9 SMP ", "depends=" };
	size_t pos = 0, i;

	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		const char *s = efile_modinfo_next(f, &pos);

		ok(s && !strcmp(s, want[i]), "modinfo: %s", want[i]);
	}
	ok(!efile_modinfo_next(f, &pos), "modinfo ends");
}

static void test_elf(const struct buf *vmlinux)
{
	char id[EFILE_BUILD_ID_MAX];
	struct efile_sym *syms;
	struct image_banner b;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct efile f;
	size_t n;

	if (!ok(!efile_open(&f, vmlinux->p, vmlinux->len, &e), "vmlinux %s",
		e.text))
		return;
	ok(!image_banner(&f, &a, &b, &e) && !strcmp(b.release, "9.9.9-test") &&
		   !strcmp(b.version, "#7 SMP Debian 9.9.9-1 (2026-01-01)"),
	   "banner: the final one, not the template or the placeholder");
	ok(efile_build_id(&f, id) && !strcmp(id, "0fab007f"), "build-id");
	test_modinfo(&f);
	ok(!efile_symbols(&f, &a, &syms, &n, &e) && n == 2 &&
		   !strcmp(syms[0].name, "go") && syms[0].value == 8 &&
		   syms[0].size == 4 && syms[0].type == STT_FUNC &&
		   syms[1].sect == SHN_UNDEF && !strcmp(syms[1].name, "gone"),
	   "symbols");
	ok(efile_section(&f, ".bss")->len == 0x5000 &&
		   !efile_section(&f, ".bss")->data &&
		   !efile_bytes(&f, 0x40000, 1),
	   ".bss has no bytes");
	ok(efile_bytes(&f, 0x20000, sizeof(rodata)) &&
		   !efile_bytes(&f, 0x20000, sizeof(rodata) + 1) &&
		   !efile_bytes(&f, 0x1000 + 50000 - 4, 8),
	   "bytes by address");
	efile_close(&f);
	arena_deinit(&a);
}

/* Any header field may lie; reading must stay inside. */
static void test_damage(const struct buf *vmlinux)
{
	size_t shoff = vmlinux->len - 9 * sizeof(Elf64_Shdr), i;
	unsigned int seed = 7;

	for (i = 0; i < 4000; i++) {
		size_t span =
			i % 4 ? 9 * sizeof(Elf64_Shdr) : sizeof(Elf64_Ehdr);
		size_t at = (i % 4 ? shoff : 0) + (size_t)rand_r(&seed) % span;
		char id[EFILE_BUILD_ID_MAX], was = vmlinux->p[at];
		struct image_banner b;
		struct efile_sym *syms;
		struct arena a = { 0 };
		struct efile f;
		size_t n, pos = 0;

		vmlinux->p[at] = (char)rand_r(&seed);
		if (!efile_open(&f, vmlinux->p, vmlinux->len, NULL)) {
			image_banner(&f, &a, &b, NULL);
			efile_build_id(&f, id);
			while (efile_modinfo_next(&f, &pos))
				;
			efile_symbols(&f, &a, &syms, &n, NULL);
			efile_close(&f);
		}
		vmlinux->p[at] = was;
		arena_deinit(&a);
	}
	ok(true, "no changed header crashes");
}

int main(void)
{
	struct buf vmlinux = BUF_INIT, out = BUF_INIT;
	struct err e = { 0 };

	make_vmlinux(&vmlinux);
	ok(!image_extract(vmlinux.p, vmlinux.len, &out, &e) &&
		   same(&out, &vmlinux),
	   "plain vmlinux");
	test_format(&vmlinux, "gzip", ARCHIVE_FILTER_GZIP);
	test_format(&vmlinux, "xz", ARCHIVE_FILTER_XZ);
	test_format(&vmlinux, "zstd", ARCHIVE_FILTER_ZSTD);
	test_format(&vmlinux, "lzma", ARCHIVE_FILTER_LZMA);
	test_format(&vmlinux, "bzip2", ARCHIVE_FILTER_BZIP2);
	test_format(&vmlinux, "lz4", ARCHIVE_FILTER_LZ4);
	test_refusals(&vmlinux);
	test_elf(&vmlinux);
	test_damage(&vmlinux);
	buf_deinit(&vmlinux);
	buf_deinit(&out);
	return tap_done();
}
