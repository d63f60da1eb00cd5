/* SPDX-License-Identifier: GPL-2.0-only */
/* --metrics FILE: OpenMetrics text for a node exporter's textfile collector. */
#ifndef RUNNER_METRICS_H
#define RUNNER_METRICS_H

#include "runner/counts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct record_run;

#define METRICS_BYTES 16384

/**
 * struct metrics - zero-initialise, set @path and @run
 * @run: labels; borrowed
 * @is_over, @exit_code: the run has ended with it
 * @written: bytes of output
 */
struct metrics {
	const char *path;
	const struct record_run *run;
	bool is_over, is_told;
	int exit_code;
	uint64_t written;
	size_t n;
	char buf[METRICS_BYTES];
};

/**
 * metrics_format() - the text, in @m->buf and @m->n
 * @real_ns, @now_ns: unix time and CLOCK_MONOTONIC of this moment
 *
 * Every sample has the labels bundle and module, so that files of several taprun
 * may lie in one directory.  Also good for readers of Prometheus' own text format.
 * Source: OpenMetrics 1.0 (prometheus/OpenMetrics), ABNF.
 */
void metrics_format(struct metrics *m, const struct counts *c, uint64_t now_ns);

/**
 * metrics_write() - the text into FILE.PID.tmp, then over FILE: no reader ever sees
 *                   half of it
 * Return: 0 or ERR_IO; nothing of a failed one stays.
 */
int metrics_write(struct metrics *m, const struct counts *c, uint64_t now_ns,
		  struct err *e);

#endif
