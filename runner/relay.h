/* SPDX-License-Identifier: GPL-2.0-only */
/* The session while it runs: start, relay, stop, drain. */
#ifndef RUNNER_RELAY_H
#define RUNNER_RELAY_H

#include "runner/bulk.h"
#include "runner/child.h"
#include "runner/counts.h"
#include "runner/input.h"
#include "runner/metrics.h"
#include "runner/out.h"
#include "runner/record.h"
#include "runner/session.h"
#include "runner/shell.h"
#include "runner/stream.h"

#include <stdbool.h>
#include <stdint.h>

struct err;

enum relay_phase {
	RELAY_STARTING, /* START was sent */
	RELAY_RUNNING,
	RELAY_STOPPING, /* STOP was sent */
	RELAY_DONE,	/* the module has stopped, or was given up */
};

/**
 * struct relay - zero-initialise, set the first group, call relay_run()
 * @shell: for system(); only by shell_start() does it run anything
 * @input: with -i, else NULL
 * @target: for TAPW_START
 * @record: with --json, else NULL
 * @bulk: with -b, else NULL
 * @metrics: with --metrics, else NULL
 * @notify: descriptor of notify_open(), -1 = none
 * @about: who this is, for @record and @metrics
 * @command: name of -c for messages, or NULL
 * @run_ns: stop after this long, 0 = never
 * @patience_ns: how long a session that ends waits for an output that takes nothing,
 *	0 = until a second signal
 * @limit_bytes: stop after so much output of the script, 0 = never
 *
 * Results:
 * @last: the last event; counters are final when its state is STOPPED
 * @has_error: the session was in state ERROR, or START failed
 * @start_errno: errno of a START that failed, or 0
 * @started_ns, @first_ns: CLOCK_MONOTONIC when START returned and when the
 *	first record came; 0 = never
 * @stopping_ns, @stopped_ns: likewise when STOP was asked for and when it
 *	returned: in between every probe was taken away
 * @data_bytes: output of the script so far
 * @look_ns: when the counters are looked at next
 */
struct relay {
	struct session *session;
	struct stream *stream;
	struct out *out;
	struct child *child;
	struct shell shell;
	struct input *input;
	struct record *record;
	struct bulk *bulk;
	struct metrics *metrics;
	int notify;
	struct record_run about;
	const char *command;
	int32_t target;
	uint64_t run_ns, limit_bytes, patience_ns;

	enum relay_phase phase;
	struct tapw_event last;
	bool has_error, wants_stop, is_hasty, is_released, told_limit;
	bool said_error, said_reason, is_over, is_told;
	int start_errno;
	uint64_t started_ns, first_ns, stopping_ns, stopped_ns, deadline_ns;
	uint64_t data_bytes, look_ns, waiting_ns, waiting_total;
	struct err *e;
	int failed;
};

/**
 * relay_run() - from START to the last byte
 *
 * Signals, -T, the end of -c, exit() and errors in the script all lead to STOP;
 * then the rings are emptied.  A second signal gives up at once.
 * Return: 0, or -BERR_RELAY / ERR_IO when the relay itself failed.
 */
int relay_run(struct relay *r, struct err *e);

/** relay_counts() - what was counted so far; before stream_close() */
void relay_counts(const struct relay *r, struct counts *c);

/** relay_written() - bytes that the output took */
uint64_t relay_written(const struct relay *r);

/** relay_report() - the warnings of a finished session (stderr) */
void relay_report(const struct relay *r);

#endif
