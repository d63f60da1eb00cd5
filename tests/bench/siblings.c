/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bundle of many kernels from one of a few: siblings KEY IN.tap OUT.tap N [ID]
 *
 * Target I of N has the module of kernel I mod the number of kernels in IN.tap, changed as
 * a later build of that kernel changes it: another release, module name and build-id
 * everywhere they stand, and other CRCs for an eighth of the imported symbols.  Real
 * neighbours differ in less (70 bytes of patch from Debian's 6.1.0-54 to -55).
 *
 * ID: one target more, the last, for the machine that this runs on, with that build-id.
 */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/pack/respec.h"
#include "bundle/base/err.h"
#include "bundle/reader.h"
#include "bundle/write.h"

#include <ctype.h>
#include <libelf.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define VERSIONS_ENTRY 64 /* struct modversion_info: u64 crc, char name[56] */

struct many {
	struct arena a;
	struct bundle_target *t;
	size_t n;
};

/* The same numbers in each run. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* @k added to the digits after the second number: 6.1.0-56-amd64 has three of them. */
static bool next_release(char *r, unsigned int k)
{
	char *digit[8];
	size_t n = 0, numbers = 1;

	for (char *p = r; *p && !isalpha((unsigned char)*p); p++) {
		numbers += *p == '.' || *p == '-' || *p == '+';
		if (numbers > 2 && isdigit((unsigned char)*p) && n < 8)
			digit[n++] = p;
	}
	while (n--) {
		k += (unsigned int)(*digit[n] - '0');
		*digit[n] = (char)('0' + k % 10);
		k /= 10;
	}
	return !k;
}

static void replace_all(uint8_t *p, size_t n, const char *old, const char *new)
{
	size_t len = strlen(old);
	uint8_t *at = p;

	while ((at = memmem(at, n - (size_t)(at - p), old, len))) {
		memcpy(at, new, len);
		at += len;
	}
}

/* Every eighth symbol is of a structure that changed. */
static void change_section(uint8_t *ko, const char *name, size_t off, size_t n,
			   uint64_t seed)
{
	if (!strcmp(name, "__versions"))
		for (size_t i = 0; i + VERSIONS_ENTRY <= n; i += VERSIONS_ENTRY)
			if (mix(seed ^ mix(i)) % 8 == 0)
				memcpy(ko + off + i,
				       &(uint32_t){ (uint32_t)mix(seed + i) },
				       4);
	if (!strcmp(name, ".note.gnu.build-id") && n >= 36)
		for (size_t i = 16; i < 36; i++)
			ko[off + i] = (uint8_t)mix(seed + i);
}

static bool change_sections(uint8_t *ko, size_t n, uint64_t seed)
{
	Elf *elf = elf_memory((char *)ko, n);
	size_t names;

	if (!elf || elf_getshdrstrndx(elf, &names) < 0)
		return false;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s));) {
		const Elf64_Shdr *h = elf64_getshdr(s);
		const char *name = elf_strptr(elf, names, h->sh_name);

		if (h->sh_type != SHT_NOBITS && name)
			change_section(ko, name, h->sh_offset, h->sh_size,
				       seed);
	}
	elf_end(elf);
	return true;
}

static bool add_sibling(struct many *m, const struct bundle_target *from,
			unsigned int k, uint64_t seed)
{
	struct bundle_target *t = &m->t[m->n];
	char *release = arena_strdup(&m->a, from->release);
	char *module = arena_strdup(&m->a, from->module);
	char *vermagic = arena_strdup(&m->a, from->vermagic);
	uint8_t *ko = arena_memdup(&m->a, from->ko, from->ko_len);

	if (!next_release(release, k) || strlen(module) < 8)
		return false;
	snprintf(module + strlen(module) - 8, 9, "%08x", (uint32_t)mix(seed));
	replace_all(ko, from->ko_len, from->release, release);
	replace_all(ko, from->ko_len, from->module, module);
	replace_all((uint8_t *)vermagic, strlen(vermagic), from->release,
		    release);
	if (!change_sections(ko, from->ko_len, seed))
		return false;
	*t = *from;
	t->release = release;
	t->module = module;
	t->vermagic = vermagic;
	t->version = "*";
	t->build_id = arena_printf(
		&m->a, "%016llx%016llx%08x", (unsigned long long)mix(seed + 1),
		(unsigned long long)mix(seed + 2), (uint32_t)mix(seed + 3));
	t->ko = ko;
	m->n++;
	return true;
}

static void add_self(struct many *m, const char *id)
{
	struct utsname *u = arena_alloc(&m->a, sizeof(*u));
	struct bundle_target *t = &m->t[m->n];

	uname(u);
	if (!add_sibling(m, &m->t[0], 0, m->n))
		return;
	t->machine = u->machine;
	t->release = u->release;
	t->build_id = id;
	t->flavour = "zz"; /* the last */
}

static int write_many(struct bundle_spec *spec, struct bundle *in, size_t n,
		      const char *id, const struct signer *s, const char *out,
		      struct err *e)
{
	struct many m = { 0 };
	struct buf b = BUF_INIT;
	int r;

	arena_init(&m.a);
	r = respec(spec, in, &m.a, e);
	if (r < 0 || !spec->ntargets)
		return r;
	m.t = arena_array(&m.a, struct bundle_target, n + 1);
	for (size_t i = 0; m.n < n && i < 64 * n; i++)
		add_sibling(&m, &spec->target[i % spec->ntargets],
			    (unsigned int)(i / spec->ntargets), i);
	if (id)
		add_self(&m, id);
	spec->target = m.t;
	spec->ntargets = m.n;
	spec->frame = NULL;
	spec->nframes = 0;
	spec->bundle_id = NULL;
	r = bundle_write(spec, s, &b, e);
	if (!r)
		r = fs_write_atomic(out, b.p, b.len, 0644, e);
	buf_deinit(&b);
	arena_deinit(&m.a);
	return r;
}

int main(int argc, char **argv)
{
	struct keyring *ring = xcalloc(1, sizeof(*ring));
	struct bundle *in = xmalloc(sizeof(*in));
	struct bundle_opts o = { .keys = ring };
	struct bundle_spec spec;
	struct signer s;
	struct err e = { 0 };
	int r;

	if (sodium_init() < 0 || argc < 5 || elf_version(EV_CURRENT) == EV_NONE)
		return 2;
	r = signer_load(&s, argv[1], &e);
	memcpy(ring->keys[0].pk, s.pk, sizeof(s.pk));
	sig_key_id(s.pk, ring->keys[0].id);
	ring->keys[0].roles = s.role;
	ring->nkeys = 1;
	if (!r)
		r = bundle_open_signed(in, argv[2], &o, &e);
	if (!r)
		r = write_many(&spec, in, strtoul(argv[4], NULL, 10),
			       argc > 5 ? argv[5] : NULL, &s, argv[3], &e);
	if (r < 0)
		fprintf(stderr, "siblings: %s\n", e.text);
	free(in);
	free(ring);
	return r < 0;
}
