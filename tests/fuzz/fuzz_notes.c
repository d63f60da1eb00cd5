// SPDX-License-Identifier: GPL-2.0-only
/* /sys/kernel/notes: the build-id, or a refusal; never bytes from outside. */
#include "bundle/base/err.h"
#include "bundle/target.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct target_host h = { .build_id_len = 99 };
	struct err e = { 0 };
	int r;

	memcpy(copy, data, size);
	r = target_notes_build_id(copy, size, &h, &e);
	if (r && (r != e.code || !e.text[0]))
		abort();
	if (!r && h.build_id_len > sizeof(h.build_id))
		abort();
	if (!r && h.build_id_len &&
	    !memmem(copy, size, h.build_id, h.build_id_len))
		abort();
	free(copy);
	return 0;
}
