/* SPDX-License-Identifier: GPL-2.0-only */
/* The few fields of an ELF file that name a kernel module. */
#include "runner/koid.h"
#include "runner/sys.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#define KOID_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define KOID_MACHINE EM_AARCH64
#else
#error "which e_machine do modules have here?"
#endif

struct koid_section {
	uint32_t name;
	uint64_t off, size;
};

/* Header @i of a table at @shoff; 64-bit little endian. */
static bool koid_section(const struct cur *ko, uint64_t shoff, uint32_t i,
			 struct koid_section *s)
{
	uint64_t at = shoff + (uint64_t)i * sizeof(Elf64_Shdr);
	struct cur c;

	if (at < shoff)
		return false;
	c = cur_sub(ko, (size_t)at, sizeof(Elf64_Shdr));
	s->name = cur_le32(&c);
	cur_le32(&c); /* type */
	cur_le64(&c); /* flags */
	cur_le64(&c); /* address */
	s->off = cur_le64(&c);
	s->size = cur_le64(&c);
	return cur_ok(&c);
}

/* A cursor over .modinfo; failed when there is none. */
static struct cur koid_modinfo(const struct cur *ko)
{
	struct cur c = *ko, bad = cur_init(NULL, 0);
	struct koid_section names, s;
	uint64_t shoff;
	uint16_t n, str, i;

	bad.failed = true;
	cur_seek(&c, offsetof(Elf64_Ehdr, e_shoff));
	shoff = cur_le64(&c);
	cur_seek(&c, offsetof(Elf64_Ehdr, e_shnum));
	n = cur_le16(&c);
	str = cur_le16(&c);
	if (!cur_ok(&c) || str >= n || !koid_section(ko, shoff, str, &names))
		return bad;
	for (i = 0; i < n; i++) {
		struct cur t =
			cur_sub(ko, (size_t)names.off, (size_t)names.size);
		const char *name;

		if (!koid_section(ko, shoff, i, &s))
			return bad;
		cur_seek(&t, s.name);
		name = cur_str(&t);
		if (name && strcmp(name, ".modinfo") == 0)
			return cur_sub(ko, (size_t)s.off, (size_t)s.size);
	}
	return bad;
}

/* The value of the next "key=value" whose key is @key, or NULL. */
static const char *koid_next(struct cur *c, const char *key)
{
	size_t n = strlen(key);

	while (cur_left(c)) {
		const char *s = cur_str(c);

		if (!s)
			return NULL;
		if (strncmp(s, key, n) == 0 && s[n] == '=')
			return s + n + 1;
	}
	return NULL;
}

static int koid_depends(const char *list, const char *name, struct err *e)
{
	while (*list) {
		size_t n = strcspn(list, ",");
		char path[128];
		size_t i;

		if (n && n <= BUNDLE_MODULE_MAX) {
			snprintf(path, sizeof(path), "/sys/module/%.*s", (int)n,
				 list);
			/* sysfs writes '_' where a file name may have '-' */
			for (i = strlen("/sys/module/"); path[i]; i++)
				if (path[i] == '-')
					path[i] = '_';
			if (sys->exists("/sys/module") && !sys->exists(path)) {
				err_set(e, -BERR_SYMBOLS,
					"module '%s' needs module '%.*s', "
					"which is not loaded",
					name, (int)n, list);
				return err_hint(e, "modprobe %.*s", (int)n,
						list);
			}
		}
		list += n + (list[n] == ',');
	}
	return 0;
}

/* Equal, but for blanks at the end of @have, which a manifest cannot hold. */
static bool koid_equal(const char *have, const char *want)
{
	size_t n = strlen(have);

	while (n && have[n - 1] == ' ')
		n--;
	return n == strlen(want) && memcmp(have, want, n) == 0;
}

/* Every value of @key must be @want. */
static int koid_same(struct cur c, const char *key, const char *want,
		     struct err *e)
{
	const char *v;

	while ((v = koid_next(&c, key)))
		if (!koid_equal(v, want))
			return err_set(e, -BERR_KO_IDENTITY,
				       "the module's %s is '%.100s', the "
				       "manifest says '%.100s'",
				       key, v, want);
	return 0;
}

int koid_check(const void *ko, size_t n, const char *name, const char *vermagic,
	       struct err *e)
{
	struct cur c = cur_init(ko, n), info;
	const uint8_t *ident = cur_take(&c, EI_NIDENT);
	uint16_t type = cur_le16(&c), machine = cur_le16(&c);
	const char *v;
	int r;

	if (!cur_ok(&c) || memcmp(ident, ELFMAG, SELFMAG) != 0 ||
	    ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB ||
	    type != ET_REL || machine != KOID_MACHINE)
		return err_set(e, -BERR_KO_IDENTITY,
			       "'%s' is not a module of this machine", name);
	c = cur_init(ko, n);
	info = koid_modinfo(&c);
	if (!cur_ok(&info))
		return err_set(e, -BERR_KO_IDENTITY,
			       "'%s' has no .modinfo section", name);
	r = koid_same(info, "name", name, e);
	if (r == 0 && vermagic)
		r = koid_same(info, "vermagic", vermagic, e);
	if (r < 0)
		return r;
	while ((v = koid_next(&info, "depends"))) {
		r = koid_depends(v, name, e);
		if (r < 0)
			return r;
	}
	return 0;
}
