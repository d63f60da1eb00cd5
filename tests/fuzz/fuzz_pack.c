// SPDX-License-Identifier: GPL-2.0-only
/*
 * A zstd frame whose digest is right: two bytes say how much the manifest says
 * it holds (in units of 16), the rest is the frame.
 */
#include "bundle/base/err.h"
#include "bundle/pack_read.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes, whether they are taken whole, in two parts or hashed. */
static void use(const uint8_t *z, size_t n, uint64_t raw, void *work,
		size_t need)
{
	uint8_t *all = malloc(raw + 1), *two = calloc(1, raw + 1), sha[32];
	struct pack_range whole = { 0, (size_t)raw, all };
	struct pack_range part[2] = { { raw / 3, (size_t)(raw / 3), two },
				      { raw / 3 * 2, (size_t)(raw / 3),
					two + raw / 3 } };
	struct err e = { 0 };
	int r = pack_extract(z, n, raw, &whole, 1, work, need, &e);
	int p = pack_extract(z, n, raw, part, 2, work, need, &e);

	/* a part may end before what is wrong with the rest */
	if (!r && (p || memcmp(all + raw / 3, two, raw / 3 * 2) != 0))
		abort();
	memset(sha, 0, sizeof(sha));
	if (!pack_check(z, n, raw, sha, work, need, &e))
		abort(); /* nothing has this digest */
	free(all);
	free(two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	uint64_t raw;
	size_t need;
	void *work;
	int r;

	if (size < 2)
		return 0;
	raw = ((uint64_t)data[0] << 8 | data[1]) * 16;
	r = pack_work_size(data + 2, size - 2, raw, &need, &e);
	if (r && (r != e.code || !e.text[0]))
		abort();
	if (r)
		return 0;
	work = malloc(need);
	use(data + 2, size - 2, raw, work, need);
	free(work);
	return 0;
}
