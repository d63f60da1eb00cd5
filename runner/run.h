/* SPDX-License-Identifier: GPL-2.0-only */
/* One run of taprun from its words to its exit code, and what its parts share. */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include "runner/bulk.h"
#include "runner/child.h"
#include "runner/counts.h"
#include "runner/gate.h"
#include "runner/input.h"
#include "runner/keeper.h"
#include "runner/load.h"
#include "runner/metrics.h"
#include "runner/opts.h"
#include "runner/out.h"
#include "runner/record.h"
#include "runner/relay.h"
#include "runner/serve.h"
#include "runner/session.h"
#include "runner/stream.h"

#include <stdbool.h>
#include <stdint.h>

struct err;

/* Exit codes that are not those of bundle/limits.h. */
#define RUN_SCRIPT 1
#define RUN_USAGE  2
#define RUN_HOST   3

/* Moments whose time -v says. */
enum mark {
	MARK_EXEC,
	MARK_VERIFIED,
	MARK_PICKED,
	MARK_UNPACKED,
	MARK_LOADED,
	MARK_STARTED,
	MARK_FIRST,
	MARK_STOPPING,
	MARK_STOPPED,
	MARK_UNLOADED,
	MARK_COUNT,
};

/**
 * struct run - all state of a run; one, static, because the stack is for calls
 * @notify: socket of --notify, or -1
 * @bundle: its name, which outlives the bundle
 * @has_begun: the session goes on: from here the file of -o is written
 */
struct run {
	struct opts opts;
	struct serve serve;
	struct gate gate;
	struct load load;
	struct keeper keeper;
	struct session session;
	struct stream stream;
	struct out out;
	struct input input;
	struct child child;
	struct child_words words;
	struct relay relay;
	struct record record;
	struct bulk bulk;
	struct metrics metrics;
	int notify;
	struct counts counts;
	char bundle[BUNDLE_NAME_MAX + 1];
	bool has_out, has_begun, has_session, has_stream, is_loaded;
	uint64_t mark[MARK_COUNT];
};

/** run_mark() - now is the moment @m */
void run_mark(struct run *r, enum mark m);

/** run_say_times() - with -v: when each moment was */
void run_say_times(const struct run *r);

/** run_exit_code() - of 0 or a negative error */
int run_exit_code(int code);

/** run_check_words() - -x is there, -c can be split: 0, ERR_INVALID, ERR_NOT_FOUND */
int run_check_words(struct run *r, struct err *e);

/** run_all() - a run, whoever asked for it; its exit code */
int run_all(struct run *r);

/** run_other() - every mode but a run and the broker; its exit code */
int run_other(struct run *r);

/* ---- before the load: run_ready.c ------------------------------------------ */

/** run_verify() - the host's own files, then the bundle by them: 0 or why not */
int run_verify(struct run *r, struct err *e);

/** run_prepare() - that and all else up to finit_module: judge, pick, unpack */
int run_prepare(struct run *r, struct err *e);

/**
 * run_open_out() - where output goes; only for a bundle that was verified
 *
 * Makes or empties the file.  With a FIFO it waits for a reader; before signals_init()
 * signals end that.
 * Return: 0, ERR_IO, ERR_INVALID (it is the bundle itself).
 */
int run_open_out(struct run *r, struct err *e);

/** run_open_reports() - --metrics: a place that cannot be written is told here */
int run_open_reports(struct run *r, struct err *e);

/* ---- load to relay: run_relay.c -------------------------------------------- */

/** run_session() - load, connect, give up every privilege, relay to the end */
int run_session(struct run *r, struct err *e);

/* ---- after: run_end.c ------------------------------------------------------- */

/** run_say_refused() - why nothing ran; with --json a record too */
void run_say_refused(struct run *r, const struct err *e);

/** run_may_record() - may a record of --json be written now? */
bool run_may_record(const struct run *r);

/** run_finish() - undo what there is; @failed: exit code so far; the one to end with */
int run_finish(struct run *r, int failed);

#endif
