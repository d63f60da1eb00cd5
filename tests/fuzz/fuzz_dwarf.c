// SPDX-License-Identifier: GPL-2.0-only
/* An ELF file with debug information: index it, then read all of the index. */
#include "tests/fuzz/dwarf_visit.h"
#include "tests/unit/dwarf_fix.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dwarf_fix fix;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = BUF_INIT;
	struct err e = { 0 };
	struct dwx_dir *d;
	struct arena a;
	struct dwx *x;
	uint8_t *p;

	if (!fix.btf_data)
		dwarf_fix_btf(&fix, NULL, false);
	arena_init(&a);
	p = malloc(size + 1);
	memcpy(p, data, size);
	if (dwarf_fix_index(&a, "/nonexistent", p, size, &fix.btf, 4096, &out,
			    &e) == 0) {
		/* what we wrote is not damaged, whatever it was made of */
		if (dwx_open_bytes(out.p, out.len, &x, &e) < 0 ||
		    dwx_dir(x, 0, &d, &e) < 0 || visit_dir(d, &a)) {
			fprintf(stderr, "own index refused: %s\n", e.text);
			abort();
		}
		dwx_close(x);
	}
	buf_deinit(&out);
	arena_deinit(&a);
	return 0;
}
