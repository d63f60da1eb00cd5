/* SPDX-License-Identifier: GPL-2.0-only */
/* -b: the output of each CPU in a file of its own, FILE_cpuN. */
#ifndef RUNNER_BULK_H
#define RUNNER_BULK_H

#include "runner/out.h"

#include <stdint.h>

struct err;

#define BULK_CPUS_MAX 8192 /* NR_CPUS of the largest distribution kernel */

/**
 * struct bulk - zero-initialise, then bulk_open()
 * @first: the file of CPU 0; where one of the others fails, this one has failed
 * @outs: @n of them; [0] is unused, the others are opened when their CPU prints
 * @open, @nopen: the CPUs whose file is open
 */
struct bulk {
	struct out *first;
	struct out *outs;
	uint32_t n, nopen;
	uint16_t open[BULK_CPUS_MAX];
};

/**
 * bulk_open() - @ncpus files, all but the first still to come
 * @first: open, with has_cpu
 *
 * Memory: 64 KiB a CPU, of which only what is used is ever touched.
 * Return: 0 or ERR_IO.
 */
int bulk_open(struct bulk *b, struct out *first, uint32_t ncpus, struct err *e);

/** bulk_put() - append to the file of @cpu */
void bulk_put(struct bulk *b, uint32_t cpu, const void *p, size_t n);
void bulk_flush(struct bulk *b);
/** bulk_rotate() - the next file of every CPU that printed (only with -S) */
void bulk_rotate(struct bulk *b);
/** bulk_total() - bytes written to all of them */
uint64_t bulk_total(const struct bulk *b);
/** bulk_close() - all but the first; 0, or ERR_IO when any byte was not written */
int bulk_close(struct bulk *b, struct err *e);

#endif
