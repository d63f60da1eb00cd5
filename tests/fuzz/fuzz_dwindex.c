// SPDX-License-Identifier: GPL-2.0-only
/* A debug index from somewhere: ask it everything; whatever it says is bounded. */
#include "build/base/buf.h"
#include "build/debuginfo/btf.h"
#include "tests/fuzz/dwarf_visit.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct btfv none = { .start_id = 1 };
	uint8_t *p = aligned_alloc(8, (size + 8) & ~(size_t)7);
	struct buf bytes = BUF_INIT;
	struct dwx_dir *d;
	struct btfv types;
	struct arena a;
	struct dwx *x;
	struct err e;
	size_t i;

	arena_init(&a);
	memcpy(p, data, size);
	if (dwx_open_bytes(p, size, &x, &e) == 0) {
		dwx_info(x);
		for (i = 0; i < dwx_nfiles(x) && i < 4; i++) {
			dwx_find_file(x, dwx_file_name(x, i));
			if (dwx_dir(x, i, &d, &e) < 0)
				continue;
			visit_dir(d, &a);
			dwx_types(d, &none, &bytes, &types, &e);
		}
		dwx_close(x);
	}
	buf_deinit(&bytes);
	arena_deinit(&a);
	free(p);
	return 0;
}
