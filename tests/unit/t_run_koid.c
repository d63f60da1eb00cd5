/* SPDX-License-Identifier: GPL-2.0-only */
/* Module identity: good, other, damaged at every byte. */
#include "runner/koid.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <stdlib.h>

static const char modinfo[] = "license=GPL\0name=demo_1\0vermagic=6.1.0 SMP \0"
			      "depends=";
static const char names[] = "\0.shstrtab\0.modinfo";

/* header, names, modinfo + @depends, section headers */
static size_t make(uint8_t *b, const char *depends)
{
	Elf64_Ehdr h = { .e_type = ET_REL,
			 .e_machine = KOID_MACHINE,
			 .e_shnum = 3,
			 .e_shstrndx = 1,
			 .e_shentsize = sizeof(Elf64_Shdr) };
	Elf64_Shdr s[3] = { 0 };
	size_t info = sizeof(modinfo) - 1 + strlen(depends) + 1;

	memcpy(h.e_ident, ELFMAG, SELFMAG);
	h.e_ident[EI_CLASS] = ELFCLASS64;
	h.e_ident[EI_DATA] = ELFDATA2LSB;
	s[1].sh_name = 1;
	s[1].sh_offset = sizeof(h);
	s[1].sh_size = sizeof(names);
	s[2].sh_name = 11;
	s[2].sh_offset = sizeof(h) + sizeof(names);
	s[2].sh_size = info;
	h.e_shoff = s[2].sh_offset + info;
	memcpy(b, &h, sizeof(h));
	memcpy(b + s[1].sh_offset, names, sizeof(names));
	memcpy(b + s[2].sh_offset, modinfo, sizeof(modinfo) - 1);
	memcpy(b + s[2].sh_offset + sizeof(modinfo) - 1, depends,
	       strlen(depends) + 1);
	memcpy(b + h.e_shoff, s, sizeof(s));
	return h.e_shoff + sizeof(s);
}

/* Only module "there" is loaded. */
static bool fake_exists(const char *path)
{
	return strcmp(path, "/sys/module") == 0 ||
	       strcmp(path, "/sys/module/the_re") == 0;
}

static int check(const uint8_t *b, size_t n, const char *name,
		 const char *vermagic, struct err *e)
{
	uint8_t *p =
		malloc(n ? n : 1); /* exact, so that ASan sees over-reads */
	int r;

	memcpy(p, b, n);
	r = koid_check(p, n, name, vermagic, e);
	free(p);
	return r;
}

int main(void)
{
	static struct sys_ops fake;
	uint8_t b[1024];
	struct err e;
	size_t n = make(b, ""), i, refused = 0;

	fake = sys_host;
	fake.exists = fake_exists;
	sys = &fake;
	ok(check(b, n, "demo_1", "6.1.0 SMP", &e) == 0, "good");
	ok(check(b, n, "demo_1", NULL, &e) == 0, "vermagic left to the kernel");
	ok(check(b, n, "demo_2", NULL, &e) == -BERR_KO_IDENTITY, "%s", e.text);
	ok(check(b, n, "demo_1", "6.1.1 SMP", &e) == -BERR_KO_IDENTITY, "%s",
	   e.text);
	for (i = 0; i < n; i++)
		refused += check(b, i, "demo_1", NULL, &e) < 0;
	ok(refused == n, "every truncation is refused");
	for (i = 0; i < n * 8; i++) {
		b[i / 8] ^= (uint8_t)(1u << i % 8);
		check(b, n, "demo_1", "6.1.0 SMP", &e);
		b[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	ok(true, "no flipped bit reads outside");
	b[EI_CLASS] = ELFCLASS32;
	ok(check(b, n, "demo_1", NULL, &e) == -BERR_KO_IDENTITY, "%s", e.text);
	n = make(b, "the-re");
	ok(check(b, n, "demo_1", NULL, &e) == 0, "a loaded dependency");
	n = make(b, "the-re,missing");
	ok(check(b, n, "demo_1", NULL, &e) == -BERR_SYMBOLS &&
		   strcmp(e.hint, "modprobe missing") == 0,
	   "%s", e.text);
	return tap_done();
}
