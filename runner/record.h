/* SPDX-License-Identifier: GPL-2.0-only */
/* --json: the records of runner/output.schema.json. */
#ifndef RUNNER_RECORD_H
#define RUNNER_RECORD_H

#include "runner/counts.h"
#include "runner/json.h"
#include "runner/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

#define RECORD_TEXT_BYTES 16384
/* The end of a line that does not come: its beginning is given out alone. */
#define RECORD_WAIT_NS 100000000

/**
 * struct record - zero-initialise, set @is_on and @json.out
 * @at, @text, @n: output of one handler that ends inside a line so far
 * @is_cont: it goes on where the record before ended
 * @told: the losses that were told already
 */
struct record {
	bool is_on;
	struct json json;
	struct stream_rec at;
	bool is_cont;
	size_t n;
	uint8_t text[RECORD_TEXT_BYTES];
	struct counts told;
};

/** struct record_run - what is attached; strings are borrowed for the call */
struct record_run {
	const char *bundle, *module, *kernel, *taprun;
	uint64_t version;
	int pid, target;
	uint64_t realtime_ns, monotonic_ns;
};

/**
 * struct record_end - how it ended
 * @reason: why the module ended the session, or NULL
 * @ms: from START to the last probe taken away
 * @written: bytes of output before this record
 */
struct record_end {
	int exit_code;
	const char *reason;
	uint64_t ms, written;
};

/**
 * record_data() - output of a handler: @n bytes of the record @at
 *
 * What one handler printed is one record as long as it fits RECORD_TEXT_BYTES, else
 * it is cut after a line; in a longer line, between two characters.  The texts of
 * all data records, one after the other, are what the run prints without --json.
 */
void record_data(struct record *r, const struct stream_rec *at, const void *p,
		 size_t n);

/** record_flush() - give out the beginning of a line, too */
void record_flush(struct record *r);

/** record_message() - a script's "warning", "error" or "log" */
void record_message(struct record *r, const char *type,
		    const struct stream_rec *at, const void *p, size_t n);

/** record_own() - the same kinds, of taprun itself */
void record_own(struct record *r, const char *type, const char *text);

/** record_err() - a failure with code, name and hint; @code: the exit code */
void record_err(struct record *r, const struct err *e, int code);

void record_attached(struct record *r, const struct record_run *run,
		     const struct counts *c);

/** record_lost() - when anything was lost since the last one */
void record_lost(struct record *r, const struct counts *c);

void record_summary(struct record *r, const struct record_end *end,
		    const struct counts *c);

#endif
