// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms tables in a .rodata of any bytes; System.map of any text. */
#include "build/debuginfo/ksym.h"
#include "build/base/arena.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/ksites.h"
#include "build/debuginfo/ktracepoint.h"
#include "tests/unit/mkelf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT   0xffffffff81000000ull
#define RODATA 0xffffffff82000000ull

static void use(const struct efile *f, const struct ksyms *k, struct arena *a)
{
	struct ksites_range *r;
	struct ktracepoint *tp;
	uint64_t *sites;
	size_t i, n;

	for (i = 0; i < k->n; i++) {
		const struct ksym *s = &k->v[i];

		if (i && s[-1].addr > s->addr)
			abort();
		if (!ksym_find(k, s->name) ||
		    ksym_at(k, s->addr)->addr != s->addr)
			abort();
	}
	ksites_ftrace(a, f, k, &sites, &n, NULL);
	ksites_blacklist(a, f, k, &r, &n, NULL);
	ktracepoint_collect(a, f, k, NULL, &tp, &n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[64];
	const struct mksect sects[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, TEXT, text,
		  sizeof(text), 0, 0 },
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, RODATA, data, size, 0,
		  0 },
	};
	struct buf elf = BUF_INIT;
	struct arena a = { 0 };
	struct efile f;
	struct ksyms k;

	if (!size)
		return 0;
	mkelf(&elf, ET_EXEC, sects, 2);
	if (efile_open(&f, elf.p, elf.len, NULL))
		abort();
	if (!ksym_decode(&a, &f, &k, NULL))
		use(&f, &k, &a);
	if (!ksym_from_system_map(&a, data, size, &f, &k, NULL))
		use(&f, &k, &a);
	efile_close(&f);
	buf_deinit(&elf);
	arena_deinit(&a);
	return 0;
}
