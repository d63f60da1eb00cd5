/* SPDX-License-Identifier: GPL-2.0-only */
/* Per-CPU rings of a module merged into one order by time, losses counted. */
#ifndef RUNNER_STREAM_H
#define RUNNER_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct tapw_cpu;

#define STREAM_RINGS_MAX 8192 /* NR_CPUS of the largest distribution kernel */

/**
 * typedef stream_emit - take one record
 * @type: enum tapw_rec_type, never PAD
 * @p: @n bytes, valid during the call only; shared with the kernel
 */
typedef void (*stream_emit)(void *arg, unsigned int type, const void *p,
			    size_t n);

/**
 * struct stream_rec - who wrote a record, and when
 * @cpu, @seq: as the writer says
 * @goes_on: it begins where this CPU's record before, of the same time, ended
 */
struct stream_rec {
	uint64_t time_ns;
	uint32_t cpu, seq;
	bool goes_on;
};

/**
 * struct stream_ring - the reader's view of one ring
 *
 * Invariant: tail <= head, head - tail <= ring_bytes, all multiples of 8;
 * has_rec means that the fields below it describe the record at tail.
 * @told: the tail the writer knows
 * @safe_ns: every record with an earlier time is below head
 * @last_ns: time of the last record taken; times never go back in a ring
 */
struct stream_ring {
	volatile struct tapw_cpu *ctl;
	const uint8_t *data;
	uint64_t head, tail, told;
	uint64_t safe_ns, last_ns;
	uint32_t next_seq;
	bool is_busy, has_seq, has_rec;
	uint16_t type, flags;
	uint32_t cpu, seq;
	uint32_t payload, step; /* bytes of payload, of the whole record */
	uint64_t time_ns;
};

/**
 * struct stream - zero-initialise; stream_open() or stream_attach() fills it
 * @clock: CLOCK_MONOTONIC in ns; a test may set another
 * @rec: of the record that is being emitted
 * @records, @bytes: taken so far (bytes: payload)
 * @gaps: records missing by sequence number
 * @damaged: times a ring's content made no sense and was skipped
 * @late: records older than one already given out (a bug of the clock)
 */
struct stream {
	int fd;
	uint8_t *map;
	size_t map_len;
	uint32_t nrings, ring_bytes;
	struct stream_ring *ring;
	uint32_t *heap; /* rings with a record, earliest at 0 */
	uint32_t nheap;
	size_t state_len;
	uint64_t horizon_ns, last_ns;
	uint64_t (*clock)(void);
	struct stream_rec rec;
	uint64_t records, bytes, gaps, damaged, late;
	bool is_clock_apart;
	uint8_t *rbuf; /* read() instead of mmap() */
	size_t rlen;
};

/**
 * stream_open() - map the rings behind @fd (/proc/tap-NAME/data)
 *
 * Falls back to read() where the file cannot be mapped.  @fd is borrowed.
 * Context: allocates its state once, by mmap.
 * Return: 0, -BERR_RELAY when the header is not one this runner understands.
 */
int stream_open(struct stream *s, int fd, struct err *e);

/** stream_attach() - same over memory that the caller keeps: tests, fuzzing */
int stream_attach(struct stream *s, void *map, size_t len, struct err *e);

/**
 * stream_drain() - give out every record whose place in the order is known
 * @is_final: no writer is left: give out all
 *
 * Return: the number of records given out.
 */
size_t stream_drain(struct stream *s, bool is_final, stream_emit emit,
		    void *arg);

/** stream_has_pending() - is something in the rings that was not given out? */
bool stream_has_pending(const struct stream *s);

/** stream_lost() - records and bytes the writers dropped, so far */
void stream_lost(const struct stream *s, uint64_t *records, uint64_t *bytes);

void stream_close(struct stream *s);

#endif
