// SPDX-License-Identifier: GPL-2.0-only
/* Sections of debug information as libdw wants them: plain and relocated. */
#include "build/dwarf/dfile.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "bundle/base/err.h"

#include <elf.h>
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* No kernel's section is near; zlib cannot unpack to more per byte. */
#define SECT_MAX  ((uint64_t)2 << 30)
#define RATIO_MAX 1100

/* struct dsec - one section of debug information, as it will be shown */
struct dsec {
	const struct efile_sect *s;
	const char *name; /* ".debug_x" also for ".zdebug_x" */
	uint8_t *data;
	size_t len;
	bool is_owned;
};

struct prep {
	struct dfile *f;
	struct dsec *v;
	size_t n;
	bool is_packed; /* at least one was compressed */
};

static bool is_debug(const char *name)
{
	return !strncmp(name, ".debug_", 7) || !strncmp(name, ".zdebug_", 8) ||
	       !strcmp(name, ".gnu_debugaltlink");
}

/*
 * A relocatable file may have several sections of one name (type units are
 * groups of their own).  They are shown as one: each gets its offset in it.
 */
static void join_names(struct dfile *f, struct prep *p)
{
	size_t i, k;

	for (i = 0; i < p->n; i++) {
		uint64_t at = 0;

		for (k = 0; k < i; k++)
			if (!strcmp(p->v[k].name, p->v[i].name))
				at += p->v[k].len;
		f->base[p->v[i].s->index] = at;
		p->is_packed |= at != 0;
	}
}

/* Give every section that is loaded a place of its own. */
static void lay_out(struct dfile *f)
{
	uint64_t at = DFILE_BASE;
	size_t i;

	f->base = xcalloc(f->f.nsect + 1, sizeof(*f->base));
	if (f->f.type != ET_REL)
		return;
	f->sect = xcalloc(f->f.nsect + 1, sizeof(*f->sect));
	for (i = 0; i < f->f.nsect; i++) {
		const struct efile_sect *s = &f->f.sect[i];

		if (!(s->flags & SHF_ALLOC) || s->len > SECT_MAX)
			continue;
		f->base[i] = at;
		f->sect[f->nsect++] =
			(struct dfile_sect){ s->name, at, s->len };
		at = (at + s->len + 0xfff) & ~(uint64_t)0xfff;
	}
}

int dfile_open(struct dfile *ret, const char *name, uint8_t *bytes, size_t len,
	       bool is_mapped, struct err *e)
{
	size_t i;
	int rc;

	*ret = (struct dfile){
		.name = name, .bytes = bytes, .len = len, .is_mapped = is_mapped
	};
	rc = efile_open(&ret->f, bytes, len, e);
	if (rc < 0) {
		dfile_close(ret);
		return err_prefix(e, "'%s'", name);
	}
	ret->is_open = true;
	efile_build_id(&ret->f, ret->build_id);
	for (i = 0; i < ret->f.nsect; i++) {
		const char *s = ret->f.sect[i].name;

		if (!strcmp(s, ".debug_info") || !strcmp(s, ".zdebug_info"))
			ret->has_dwarf = ret->f.sect[i].data != NULL;
	}
	lay_out(ret);
	return 0;
}

void dfile_close(struct dfile *f)
{
	if (f->is_open)
		efile_close(&f->f);
	if (f->image && f->image != f->bytes)
		free(f->image);
	if (f->is_mapped)
		munmap(f->bytes, f->len);
	else
		free(f->bytes);
	free(f->sect);
	free(f->base);
	*f = (struct dfile){ 0 };
}

/* ---- compression ------------------------------------------------------------ */

static int bad_section(const struct prep *p, const struct dsec *d, uint64_t off,
		       const char *what, struct err *e)
{
	return err_set(e, ERR_CORRUPT,
		       "'%s': section '%.64s', offset 0x%llx: %s", p->f->name,
		       d->name, (unsigned long long)off, what);
}

static int inflate_zlib(const uint8_t *in, size_t n, uint8_t *out, size_t len)
{
	uLongf got = len;

	return uncompress(out, &got, in, n) == Z_OK && got == len ? 0 : -1;
}

static int inflate_zstd(const uint8_t *in, size_t n, uint8_t *out, size_t len)
{
	size_t got = ZSTD_decompress(out, len, in, n);

	return ZSTD_isError(got) || got != len ? -1 : 0;
}

/* What follows the header of a compressed section; false when it is not one. */
static bool packed_body(const struct dsec *d, size_t *head, uint64_t *len,
			uint32_t *type)
{
	const uint8_t *in = d->s->data;
	Elf64_Chdr ch;
	size_t i;

	if (d->s->flags & SHF_COMPRESSED && d->s->len >= sizeof(ch)) {
		memcpy(&ch, in, sizeof(ch));
		*head = sizeof(ch);
		*len = ch.ch_size;
		*type = ch.ch_type;
		return true;
	}
	if (d->s->name[1] != 'z' || d->s->len < 12 || memcmp(in, "ZLIB", 4))
		return false;
	*head = 12;
	*type = ELFCOMPRESS_ZLIB;
	for (*len = 0, i = 4; i < 12; i++)
		*len = *len << 8 | in[i];
	return true;
}

static int unpack_section(struct prep *p, struct dsec *d, struct err *e)
{
	uint64_t len;
	uint32_t type;
	size_t head;
	int rc;

	if (!packed_body(d, &head, &len, &type)) {
		if (d->s->flags & SHF_COMPRESSED || d->s->name[1] == 'z')
			return bad_section(p, d, 0, "bad compression header",
					   e);
		return 0;
	}
	if (type != ELFCOMPRESS_ZLIB && type != 2 /* ELFCOMPRESS_ZSTD */)
		return bad_section(p, d, 0, "unknown compression", e);
	if (len > SECT_MAX || len > d->s->len * RATIO_MAX + 4096)
		return bad_section(p, d, 0, "claims an impossible size", e);
	d->data = xmalloc(len + 1);
	d->len = len;
	d->is_owned = true;
	p->is_packed = true;
	if (type == ELFCOMPRESS_ZLIB)
		rc = inflate_zlib(d->s->data + head, d->s->len - head, d->data,
				  len);
	else
		rc = inflate_zstd(d->s->data + head, d->s->len - head, d->data,
				  len);
	return rc < 0 ? bad_section(p, d, head, "does not unpack", e) : 0;
}

/* ---- relocation --------------------------------------------------------------- */

/* Bytes a relocation fills in; 0 for none, -1 for one that is not known. */
static int reloc_size(uint16_t machine, uint32_t type)
{
	static const struct {
		uint16_t machine;
		uint32_t type;
		int size;
	} known[] = {
		{ EM_X86_64, R_X86_64_NONE, 0 },
		{ EM_X86_64, R_X86_64_64, 8 },
		{ EM_X86_64, R_X86_64_32, 4 },
		{ EM_X86_64, R_X86_64_32S, 4 },
		{ EM_X86_64, R_X86_64_DTPOFF64, 8 },
		{ EM_X86_64, R_X86_64_DTPOFF32, 4 },
		{ EM_AARCH64, R_AARCH64_NONE, 0 },
		{ EM_AARCH64, R_AARCH64_ABS64, 8 },
		{ EM_AARCH64, R_AARCH64_ABS32, 4 },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].machine == machine && known[i].type == type)
			return known[i].size;
	return -1;
}

static int relocate_one(struct prep *p, struct dsec *d, const Elf64_Rela *r,
			const struct efile_sect *syms, struct err *e)
{
	uint64_t k = ELF64_R_SYM(r->r_info), val;
	int size = reloc_size(p->f->f.machine, ELF64_R_TYPE(r->r_info));
	Elf64_Sym sym;

	if (size < 0)
		return bad_section(p, d, r->r_offset,
				   "relocation of an unknown type", e);
	if (k >= syms->len / sizeof(sym))
		return bad_section(p, d, r->r_offset,
				   "relocation by a symbol that is not there",
				   e);
	if (r->r_offset > d->len || (size_t)size > d->len - r->r_offset)
		return bad_section(p, d, r->r_offset,
				   "relocation outside the section", e);
	memcpy(&sym, syms->data + k * sizeof(sym), sizeof(sym));
	val = sym.st_value + (uint64_t)r->r_addend;
	if (k && sym.st_shndx == SHN_UNDEF)
		val += DFILE_ELSEWHERE;
	else if (sym.st_shndx < p->f->f.nsect)
		val += p->f->base[sym.st_shndx];
	memcpy(d->data + r->r_offset, &val, (size_t)size);
	return 0;
}

static int relocate(struct prep *p, struct dsec *d, struct err *e)
{
	const struct efile *f = &p->f->f;
	size_t i, at;

	for (i = 0; i < f->nsect; i++) {
		const struct efile_sect *r = &f->sect[i], *syms;

		if (r->type != SHT_RELA || r->info != d->s->index || !r->data)
			continue;
		syms = r->link < f->nsect ? &f->sect[r->link] : NULL;
		if (!syms || !syms->data || syms->type != SHT_SYMTAB)
			return bad_section(p, d, 0,
					   "relocations without symbols", e);
		for (at = 0; at + sizeof(Elf64_Rela) <= r->len;
		     at += sizeof(Elf64_Rela)) {
			Elf64_Rela one;
			int rc;

			memcpy(&one, r->data + at, sizeof(one));
			rc = relocate_one(p, d, &one, syms, e);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* ---- the image libdw sees ------------------------------------------------------ */

/* Is there one of the same name before it? */
static bool is_later(const struct prep *p, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (!strcmp(p->v[k].name, p->v[i].name))
			return true;
	return false;
}

/* An ELF file of nothing but the unpacked sections. */
static void make_image(struct prep *p)
{
	struct buf out = BUF_INIT, names = BUF_INIT;
	Elf64_Shdr *sh = xcalloc(p->n + 2, sizeof(*sh));
	Elf64_Ehdr eh = { 0 };
	size_t i, k, n = 1;

	buf_zero(&out, sizeof(eh));
	buf_addc(&names, '\0');
	for (i = 0; i <= p->n; i++) {
		const char *name = i < p->n ? p->v[i].name : ".shstrtab";

		if (i < p->n && is_later(p, i))
			continue;
		sh[n].sh_name = (Elf64_Word)names.len;
		buf_add(&names, name, strlen(name) + 1);
		sh[n].sh_offset = out.len;
		sh[n].sh_addralign = 1;
		sh[n].sh_type = i < p->n ? SHT_PROGBITS : SHT_STRTAB;
		for (k = i; k < p->n; k++)
			if (!strcmp(p->v[k].name, name))
				buf_add(&out, p->v[k].data, p->v[k].len);
		if (i == p->n)
			buf_add(&out, names.p, names.len);
		sh[n].sh_size = out.len - sh[n].sh_offset;
		n++;
		buf_align(&out, 8);
	}
	memcpy(&eh, p->f->bytes, EI_NIDENT);
	eh.e_type = ET_EXEC;
	eh.e_machine = p->f->f.machine;
	eh.e_version = EV_CURRENT;
	eh.e_ehsize = sizeof(eh);
	eh.e_shentsize = sizeof(*sh);
	eh.e_shnum = (Elf64_Half)n;
	eh.e_shstrndx = (Elf64_Half)(n - 1);
	eh.e_shoff = out.len;
	memcpy(out.p, &eh, sizeof(eh));
	buf_add(&out, sh, n * sizeof(*sh));
	free(sh);
	buf_deinit(&names);
	p->f->image = (uint8_t *)buf_detach(&out, &p->f->image_len);
}

static int prepare_section(struct prep *p, const struct efile_sect *s,
			   struct err *e)
{
	struct dsec *d = &p->v[p->n++];
	char *name;

	*d = (struct dsec){ .s = s, .name = s->name, .len = s->len };
	/* the file's bytes are ours to write; struct efile only lends them */
	d->data = p->f->bytes + (s->data - p->f->bytes);
	if (s->name[1] == 'z') {
		name = xstrdup(s->name + 1);
		name[0] = '.'; /* ".zdebug_x" without its z */
		d->name = name;
	}
	return unpack_section(p, d, e);
}

int dfile_prepare(struct dfile *f, struct err *e)
{
	struct prep p = { .f = f };
	size_t i;
	int rc = 0;

	p.v = xcalloc(f->f.nsect + 1, sizeof(*p.v));
	for (i = 0; i < f->f.nsect && rc == 0; i++) {
		const struct efile_sect *s = &f->f.sect[i];

		if (s->data && is_debug(s->name) && s->type != SHT_RELA)
			rc = prepare_section(&p, s, e);
	}
	if (rc == 0)
		join_names(f, &p);
	for (i = 0; i < p.n && rc == 0 && f->f.type == ET_REL; i++)
		rc = relocate(&p, &p.v[i], e);
	if (rc == 0 && p.is_packed) {
		make_image(&p);
	} else if (rc == 0) {
		f->image = f->bytes;
		f->image_len = f->len;
	}
	for (i = 0; i < p.n; i++) {
		if (p.v[i].is_owned)
			free(p.v[i].data);
		if (p.v[i].name != p.v[i].s->name)
			free((char *)(uintptr_t)p.v[i].name);
	}
	free(p.v);
	return rc;
}

/* ---- libdw ------------------------------------------------------------------------ */

static int open_alt(struct dhandle *h, const struct dfile *f, const char *dir,
		    struct err *e)
{
	const char *name;
	const void *id, *have_id;
	char path[4096];
	struct stat st;
	ssize_t have, n = dwelf_dwarf_gnu_debugaltlink(h->dw, &name, &id);

	if (n <= 0)
		return 0;
	snprintf(path, sizeof(path), "%s%s%s", dir && *name != '/' ? dir : "",
		 dir && *name != '/' ? "/" : "", name);
	h->alt_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (h->alt_fd < 0 || fstat(h->alt_fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_NOT_FOUND,
			       "'%s' needs '%.200s', which cannot be opened",
			       f->name, path);
	h->alt = dwarf_begin(h->alt_fd, DWARF_C_READ);
	if (!h->alt)
		return err_set(e, ERR_CORRUPT, "'%.200s': %s", path,
			       dwarf_errmsg(-1));
	have = dwelf_elf_gnu_build_id(dwarf_getelf(h->alt), &have_id);
	if (have != n || memcmp(have_id, id, (size_t)n) != 0)
		return err_set(
			e, ERR_CORRUPT,
			"'%.200s' is not the file '%s' was made with: their build-ids differ",
			path, f->name);
	dwarf_setalt(h->dw, h->alt);
	return 0;
}

int dhandle_open(struct dhandle *ret, const struct dfile *f, const char *dir,
		 struct err *e)
{
	int rc;

	*ret = (struct dhandle){ .alt_fd = -1 };
	ret->elf = elf_memory((char *)f->image, f->image_len);
	if (ret->elf)
		ret->dw = dwarf_begin_elf(ret->elf, DWARF_C_READ, NULL);
	if (!ret->dw) {
		rc = err_set(e, ERR_CORRUPT, "'%s': %s", f->name,
			     ret->elf ? dwarf_errmsg(-1) : elf_errmsg(-1));
		dhandle_close(ret);
		return rc;
	}
	rc = open_alt(ret, f, dir, e);
	if (rc < 0)
		dhandle_close(ret);
	return rc;
}

void dhandle_close(struct dhandle *h)
{
	if (h->dw)
		dwarf_end(h->dw);
	if (h->alt)
		dwarf_end(h->alt);
	if (h->elf)
		elf_end(h->elf);
	if (h->alt_fd >= 0)
		close(h->alt_fd);
	*h = (struct dhandle){ .alt_fd = -1 };
}
