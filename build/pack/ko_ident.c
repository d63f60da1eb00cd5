/* SPDX-License-Identifier: GPL-2.0-only */
/* Identity of a module in memory, by libelf. */
#include "build/pack/ko_ident.h"
#include "bundle/base/err.h"
#include "bundle/manifest.h"

#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned int em;
} machines[] = {
	{ "x86_64", EM_X86_64 }, { "aarch64", EM_AARCH64 },
	{ "i686", EM_386 },	 { "armv7l", EM_ARM },
	{ "ppc64le", EM_PPC64 }, { "s390x", EM_S390 },
	{ "riscv64", EM_RISCV },
};

/* Value of @tag in "tag=value" strings; NULL when absent or not terminated. */
static const char *modinfo(const char *p, size_t n, const char *tag)
{
	size_t len = strlen(tag);

	while (n) {
		const char *nul = memchr(p, '\0', n);
		size_t one = nul ? (size_t)(nul - p) : n;

		if (!nul)
			return NULL;
		if (one > len && p[len] == '=' && !memcmp(p, tag, len))
			return p + len + 1;
		p += one + 1;
		n -= one + 1;
	}
	return NULL;
}

/* Equal, but for blanks at the end of @have, which a manifest cannot hold. */
static bool same_text(const char *have, const char *want)
{
	size_t n = have ? strlen(have) : 0;

	while (n && have[n - 1] == ' ')
		n--;
	return n == strlen(want) && !memcmp(have ? have : "", want, n);
}

static Elf_Data *find_modinfo(Elf *elf)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) < 0)
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr sh;
		const char *name;

		if (!gelf_getshdr(scn, &sh))
			return NULL;
		name = elf_strptr(elf, names, sh.sh_name);
		if (name && !strcmp(name, ".modinfo"))
			return elf_rawdata(scn, NULL);
	}
	return NULL;
}

static int differs(const struct manifest_target *t, const char *what,
		   const char *have, const char *want, struct err *e)
{
	return err_set(e, -BERR_KO_IDENTITY,
		       "module of %s: its %s is '%.80s', the manifest says "
		       "'%.80s'",
		       t->release, what, have ? have : "", want);
}

static int check_elf(const struct manifest_target *t, Elf *elf, struct err *e)
{
	const char *name, *vermagic;
	Elf_Data *d;
	GElf_Ehdr eh;

	if (!elf || !gelf_getehdr(elf, &eh) || eh.e_type != ET_REL)
		return err_set(e, -BERR_KO_IDENTITY,
			       "module of %s is not a relocatable ELF file",
			       t->release);
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(machines[i].name, t->machine) &&
		    machines[i].em != eh.e_machine)
			return err_set(e, -BERR_KO_IDENTITY,
				       "module of %s is for ELF machine %u, "
				       "not %s",
				       t->release, eh.e_machine, t->machine);
	d = find_modinfo(elf);
	if (!d || !d->d_buf)
		return err_set(e, -BERR_KO_IDENTITY,
			       "module of %s has no .modinfo", t->release);
	name = modinfo(d->d_buf, d->d_size, "name");
	vermagic = modinfo(d->d_buf, d->d_size, "vermagic");
	/* kernels before 4.16 keep the name in struct module only */
	if (name && strcmp(name, t->module) != 0)
		return differs(t, "name", name, t->module, e);
	if (!same_text(vermagic, t->vermagic))
		return differs(t, "vermagic", vermagic, t->vermagic, e);
	return 0;
}

int ko_ident_check(const struct manifest_target *t, const void *ko, size_t n,
		   struct err *e)
{
	Elf *elf;
	int r;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)(uintptr_t)ko, n);
	r = check_elf(t, elf, e);
	elf_end(elf);
	return r;
}
