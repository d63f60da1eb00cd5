/* SPDX-License-Identifier: GPL-2.0-only */
/* Small ELF files for tests of what reads them. */
#ifndef TESTS_UNIT_MKELF_H
#define TESTS_UNIT_MKELF_H

#include "build/base/buf.h"

#include <elf.h>
#include <string.h>

/* struct mksect - a section to write; data NULL makes it NOBITS */
struct mksect {
	const char *name;
	uint32_t type;
	uint64_t flags, addr;
	const void *data;
	size_t len;
	uint32_t link, info;
};

static inline void mkelf_put_header(struct buf *b, uint16_t type, size_t shoff,
				    size_t nsect)
{
	Elf64_Ehdr eh = { .e_type = type,
			  .e_machine = EM_X86_64,
			  .e_version = EV_CURRENT,
			  .e_shoff = shoff,
			  .e_ehsize = sizeof(Elf64_Ehdr),
			  .e_shentsize = sizeof(Elf64_Shdr),
			  .e_shnum = (uint16_t)(nsect + 2),
			  .e_shstrndx = (uint16_t)(nsect + 1) };

	memcpy(eh.e_ident, ELFMAG, SELFMAG);
	eh.e_ident[EI_CLASS] = ELFCLASS64;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	eh.e_ident[EI_VERSION] = EV_CURRENT;
	memcpy(b->p, &eh, sizeof(eh));
}

/** mkelf() - @n sections, numbered from 1, then .shstrtab; appended to empty @b */
static inline void mkelf(struct buf *b, uint16_t type, const struct mksect *s,
			 size_t n)
{
	struct buf names = BUF_INIT, heads = BUF_INIT;
	size_t i;

	buf_zero(b, sizeof(Elf64_Ehdr));
	buf_addc(&names, 0);
	buf_zero(&heads, sizeof(Elf64_Shdr));
	for (i = 0; i <= n; i++) {
		const struct mksect str = { ".shstrtab", SHT_STRTAB, 0, 0,
					    "",		 0,	     0, 0 };
		const struct mksect *m = i < n ? &s[i] : &str;
		Elf64_Shdr sh = { .sh_name = (uint32_t)names.len,
				  .sh_type = m->data ? m->type : SHT_NOBITS,
				  .sh_flags = m->flags,
				  .sh_addr = m->addr,
				  .sh_link = m->link,
				  .sh_info = m->info,
				  .sh_addralign = 8 };

		buf_add(&names, m->name, strlen(m->name) + 1);
		buf_align(b, 16);
		sh.sh_offset = b->len;
		sh.sh_size = i < n ? m->len : names.len;
		if (i == n)
			buf_add(b, names.p, names.len);
		else if (m->data)
			buf_add(b, m->data, m->len);
		buf_add(&heads, &sh, sizeof(sh));
	}
	buf_align(b, 16);
	mkelf_put_header(b, type, b->len, n);
	buf_add(b, heads.p, heads.len);
	buf_deinit(&names);
	buf_deinit(&heads);
}

#endif
