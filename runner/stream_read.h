/* SPDX-License-Identifier: GPL-2.0-only */
/* The rings by read(2), for hosts that refuse to map the data file. */
#ifndef RUNNER_STREAM_READ_H
#define RUNNER_STREAM_READ_H

#include "runner/stream.h"

/** stream_read_open() - use read(); s->fd is set */
int stream_read_open(struct stream *s, struct err *e);

/**
 * stream_read_drain() - read once, give out in order of time
 *
 * read() gives whole records of one ring after the other, so the order holds
 * within what one call returned.
 * Return: the number of records given out.
 */
size_t stream_read_drain(struct stream *s, stream_emit emit, void *arg);

/**
 * stream_read_records() - give out the records in @n bytes of @p, by time
 * Return: their number; malformed rest is counted in s->damaged
 */
size_t stream_read_records(struct stream *s, const uint8_t *p, size_t n,
			   stream_emit emit, void *arg);

void stream_read_close(struct stream *s);

#endif
