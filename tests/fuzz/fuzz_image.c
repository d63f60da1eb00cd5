// SPDX-License-Identifier: GPL-2.0-only
/* A kernel image or module of any bytes: unpack it, read its sections. */
#include "build/debuginfo/image.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/ksym.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char id[EFILE_BUILD_ID_MAX];
	struct image_banner banner;
	struct buf b = BUF_INIT;
	struct arena a = { 0 };
	struct efile_sym *syms;
	struct efile f;
	struct ksyms k;
	size_t n, pos = 0;

	if (image_extract(data, size, &b, NULL) ||
	    efile_open(&f, b.p, b.len, NULL))
		goto out;
	image_banner(&f, &a, &banner, NULL);
	efile_build_id(&f, id);
	while (efile_modinfo_next(&f, &pos))
		;
	efile_symbols(&f, &a, &syms, &n, NULL);
	efile_bytes(&f, 0x1000, 64);
	ksym_decode(&a, &f, &k, NULL);
	efile_close(&f);
out:
	buf_deinit(&b);
	arena_deinit(&a);
	return 0;
}
