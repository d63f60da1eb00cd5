/* SPDX-License-Identifier: GPL-2.0-only */
/* The ring reader over hostile memory: header, control pages, records. */
#include "runner/stream.c"
#include "runner/stream_read.c"
#include "runner/sys.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define FUZZ_RINGS 2
#define FUZZ_BYTES (TAPW_PAGE + FUZZ_RINGS * (TAPW_PAGE + 4096))

static uint64_t fuzz_clock(void)
{
	return 1u << 20;
}

/* Touch every byte that is given out. */
static void fuzz_emit(void *arg, unsigned int type, const void *p, size_t n)
{
	volatile uint8_t *sum = arg;
	const uint8_t *b = p;
	size_t i;

	for (i = 0; i < n; i++)
		*sum = (uint8_t)(*sum + b[i] + type);
}

/* Spread the input over a small area, so that few bytes reach every field. */
static void fuzz_fill(uint8_t *area, const uint8_t *data, size_t n)
{
	struct tapw_header h = {
		.magic = TAPW_MAGIC,
		.version = TAPW_VERSION,
		.nrings = FUZZ_RINGS,
		.ring_bytes = 4096,
		.ring_stride = TAPW_PAGE + 4096,
		.ring_off = TAPW_PAGE,
		.map_bytes = FUZZ_BYTES,
	};
	size_t i, k;

	memset(area, 0, FUZZ_BYTES);
	memcpy(area, &h, sizeof(h));
	if (n >= sizeof(h) && data[n - 1] == 0xff)
		memcpy(area, data, sizeof(h));
	for (i = 0; i < FUZZ_RINGS; i++) {
		uint8_t *base = area + TAPW_PAGE + i * (TAPW_PAGE + 4096);

		k = n < 32 ? n : 32;
		memcpy(base, data, k); /* head, committing, cpu, lost */
		data += k;
		n -= k;
		k = n < 8 ? n : 8;
		memcpy(base + offsetof(struct tapw_cpu, tail), data, k);
		data += k;
		n -= k;
		k = n / (FUZZ_RINGS - i);
		if (k > 4096)
			k = 4096;
		memcpy(base + TAPW_PAGE, data, k);
		data += k;
		n -= k;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct stream s = { .clock = fuzz_clock };
	uint8_t *area = aligned_alloc(TAPW_PAGE, FUZZ_BYTES), sum = 0;
	uint64_t a, b;

	if (n >= 1u << 18)
		n = (1u << 18) - 1;
	fuzz_fill(area, data, n);
	if (stream_attach(&s, area, FUZZ_BYTES, NULL) == 0) {
		stream_drain(&s, false, fuzz_emit, &sum);
		stream_drain(&s, false, fuzz_emit, &sum);
		stream_drain(&s, true, fuzz_emit, &sum);
		stream_has_pending(&s);
		stream_lost(&s, &a, &b);
		stream_close(&s);
	}
	memset(&s, 0, sizeof(s));
	if (stream_read_open(&s, NULL) == 0) {
		stream_read_records(&s, data, n, fuzz_emit, &sum);
		stream_close(&s);
	}
	free(area);
	return 0;
}
