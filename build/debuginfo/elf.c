// SPDX-License-Identifier: GPL-2.0-only
/* ELF files in memory through libelf; section bytes are used where they lie. */
#include "build/debuginfo/elf.h"
#include "build/base/arena.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

static int read_section(struct efile *f, Elf_Scn *scn, size_t strndx,
			struct cur whole, struct err *e)
{
	size_t i = elf_ndxscn(scn);
	struct efile_sect *s;
	const char *name;
	struct cur body;
	GElf_Shdr sh;

	if (i >= f->nsect || !gelf_getshdr(scn, &sh))
		return err_set(e, ERR_FORMAT, "bad ELF section header %zu", i);
	s = &f->sect[i];
	name = elf_strptr(f->elf, strndx, sh.sh_name);
	s->name = name ? name : "";
	s->len = sh.sh_size;
	s->addr = sh.sh_addr;
	s->flags = sh.sh_flags;
	s->align = sh.sh_addralign;
	s->type = sh.sh_type;
	s->link = sh.sh_link;
	s->info = sh.sh_info;
	if (sh.sh_type == SHT_NOBITS || sh.sh_type == SHT_NULL || !sh.sh_size)
		return 0;
	body = cur_sub(&whole, sh.sh_offset, sh.sh_size);
	if (!cur_ok(&body))
		return err_set(e, ERR_TRUNCATED,
			       "ELF section '%.64s' ends after the file",
			       s->name);
	s->data = body.start;
	return 0;
}

static int check_header(struct efile *f, const uint8_t *p, struct err *e)
{
	GElf_Ehdr eh;

	if (!f->elf || elf_kind(f->elf) != ELF_K_ELF ||
	    !gelf_getehdr(f->elf, &eh))
		return err_set(e, ERR_FORMAT, "not an ELF file: %s",
			       f->elf ? "bad header" : elf_errmsg(-1));
	if (p[EI_CLASS] != ELFCLASS64 || p[EI_DATA] != ELFDATA2LSB)
		return err_set(e, ERR_UNSUPPORTED,
			       "only 64-bit little-endian ELF is supported");
	f->type = eh.e_type;
	f->machine = eh.e_machine;
	return 0;
}

int efile_open(struct efile *ret, const void *p, size_t n, struct err *e)
{
	struct efile f = { 0 };
	size_t strndx, i;
	Elf_Scn *scn = NULL;
	int r;

	if (n < sizeof(Elf64_Ehdr) || memcmp(p, ELFMAG, SELFMAG))
		return err_set(e, ERR_FORMAT, "not an ELF file");
	elf_version(EV_CURRENT);
	/* libelf's prototype lacks const; it never writes to a read-only Elf */
	f.elf = elf_memory((char *)(uintptr_t)p, n);
	r = check_header(&f, p, e);
	if (r)
		goto err;
	if (elf_getshdrnum(f.elf, &f.nsect) ||
	    elf_getshdrstrndx(f.elf, &strndx)) {
		r = err_set(e, ERR_FORMAT, "bad ELF section table: %s",
			    elf_errmsg(-1));
		goto err;
	}
	/* libelf checked the table against the file, so this is bounded by n */
	f.sect = xcalloc(f.nsect + 1, sizeof(*f.sect));
	for (i = 0; i < f.nsect; i++) {
		f.sect[i].index = (uint32_t)i;
		f.sect[i].name = "";
	}
	while ((scn = elf_nextscn(f.elf, scn))) {
		r = read_section(&f, scn, strndx, cur_init(p, n), e);
		if (r)
			goto err;
	}
	*ret = f;
	return 0;
err:
	efile_close(&f);
	return r;
}

void efile_close(struct efile *f)
{
	elf_end(f->elf);
	free(f->sect);
	memset(f, 0, sizeof(*f));
}

const struct efile_sect *efile_section(const struct efile *f, const char *name)
{
	size_t i;

	for (i = 1; i < f->nsect; i++)
		if (!strcmp(f->sect[i].name, name))
			return &f->sect[i];
	return NULL;
}

const struct efile_sect *efile_section_at(const struct efile *f, uint64_t addr)
{
	size_t i;

	for (i = 1; i < f->nsect; i++) {
		const struct efile_sect *s = &f->sect[i];

		/* x86's .data..percpu is linked at 0: not where anything is */
		if ((s->flags & SHF_ALLOC) && s->addr && addr >= s->addr &&
		    addr - s->addr < s->len)
			return s;
	}
	return NULL;
}

const uint8_t *efile_bytes(const struct efile *f, uint64_t addr, size_t len)
{
	const struct efile_sect *s = efile_section_at(f, addr);
	struct cur c;

	if (!s || !s->data)
		return NULL;
	c = cur_init(s->data, s->len);
	cur_seek(&c, addr - s->addr);
	return cur_take(&c, len);
}

static struct cur sect_cur(const struct efile_sect *s)
{
	return s && s->data ? cur_init(s->data, s->len) : cur_init("", 0);
}

static const char *str_at(const struct efile_sect *s, uint32_t off)
{
	struct cur c = sect_cur(s);

	cur_seek(&c, off);
	return cur_str(&c);
}

/* One statement a field: initialisers have no order. */
static bool read_symbol(struct cur *c, const struct efile_sect *strs,
			struct efile_sym *ret)
{
	uint32_t name = cur_le32(c);
	uint8_t info = cur_u8(c);

	cur_u8(c); /* st_other */
	ret->sect = cur_le16(c);
	ret->value = cur_le64(c);
	ret->size = cur_le64(c);
	ret->bind = ELF64_ST_BIND(info);
	ret->type = ELF64_ST_TYPE(info);
	ret->name = str_at(strs, name);
	return cur_ok(c) && ret->name;
}

static const struct efile_sect *find_symtab(const struct efile *f)
{
	size_t i;

	for (i = 1; i < f->nsect; i++)
		if (f->sect[i].type == SHT_SYMTAB && f->sect[i].data)
			return &f->sect[i];
	return NULL;
}

int efile_symbols(const struct efile *f, struct arena *a,
		  struct efile_sym **ret, size_t *n, struct err *e)
{
	const struct efile_sect *tab = find_symtab(f);
	size_t i, count;
	struct cur c;

	*ret = NULL;
	*n = 0;
	if (!tab)
		return 0;
	if (tab->link >= f->nsect || !f->sect[tab->link].data)
		return err_set(e, ERR_FORMAT, "symbol table without names");
	count = tab->len / sizeof(Elf64_Sym);
	*ret = arena_array(a, struct efile_sym, count);
	c = cur_init(tab->data, tab->len);
	for (i = 0; i < count; i++) {
		struct efile_sym *s = &(*ret)[*n];

		if (!read_symbol(&c, &f->sect[tab->link], s))
			return err_set(e, ERR_FORMAT, "bad symbol %zu", i);
		if (s->name[0])
			++*n;
	}
	return 0;
}

static bool note_build_id(const struct efile_sect *s,
			  char ret[EFILE_BUILD_ID_MAX])
{
	struct cur c = cur_init(s->data, s->len);

	while (cur_left(&c) >= 12) {
		uint32_t namesz = cur_le32(&c), descsz = cur_le32(&c);
		uint32_t type = cur_le32(&c), i;
		const uint8_t *name = cur_take(&c, ((size_t)namesz + 3) & ~3ul);
		const uint8_t *desc = cur_take(&c, descsz);

		if (!cur_ok(&c))
			return false;
		cur_take(&c, -(size_t)descsz & 3);
		if (type != NT_GNU_BUILD_ID || namesz != 4 ||
		    memcmp(name, "GNU", 4) ||
		    descsz > (EFILE_BUILD_ID_MAX - 1) / 2 || !descsz)
			continue;
		for (i = 0; i < descsz; i++) {
			ret[2 * i] = "0123456789abcdef"[desc[i] >> 4];
			ret[2 * i + 1] = "0123456789abcdef"[desc[i] & 15];
		}
		ret[2 * i] = 0;
		return true;
	}
	return false;
}

bool efile_build_id(const struct efile *f, char ret[EFILE_BUILD_ID_MAX])
{
	size_t i;

	for (i = 1; i < f->nsect; i++)
		if (f->sect[i].type == SHT_NOTE && f->sect[i].data &&
		    note_build_id(&f->sect[i], ret))
			return true;
	ret[0] = 0;
	return false;
}

const char *efile_modinfo_next(const struct efile *f, size_t *pos)
{
	const struct efile_sect *s = efile_section(f, ".modinfo");
	struct cur c = sect_cur(s);
	const char *str = "";

	cur_seek(&c, *pos);
	/* padding between strings reads as empty strings */
	while (str && !*str && cur_left(&c))
		str = cur_str(&c);
	*pos = cur_off(&c);
	return str && *str ? str : NULL;
}
