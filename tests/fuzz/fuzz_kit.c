// SPDX-License-Identifier: GPL-2.0-only
/* A kit file from somewhere: header, table, strings. */
#include "build/kit/kit_file.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const pair[] = { KF_INFO, KF_CONFIG, KF_FACTS };
	uint8_t *p = aligned_alloc(8, (size + 8) & ~(size_t)7);
	volatile size_t sum = 0;
	struct kf_view v;
	struct err e;
	size_t i, k, n;

	memcpy(p, data, size);
	if (kf_open(&v, p, size, &e) == 0) {
		kf_check(&v, &e);
		for (i = 0; i < sizeof(pair) / sizeof(*pair); i++) {
			const struct kf_pair *t =
				kf_table(&v, pair[i], sizeof(*t), &n);

			for (k = 0; k < n; k++)
				sum += strlen(kf_str(&v, t[k].key)) +
				       strlen(kf_str(&v, t[k].val));
			sum += kf_lower(&v, t, n, sizeof(*t), 0, "release");
		}
	}
	free(p);
	return 0;
}
