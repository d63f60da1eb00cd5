/* SPDX-License-Identifier: GPL-2.0-only */
/* What ends with a run, and what it ends with. */
#include "runner/run.h"
#include "runner/notify.h"
#include "runner/say.h"
#include "runner/signals.h"
#include "runner/sys.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static void run_wait_child(struct run *r)
{
	struct child *c = &r->child;
	int told = 0;

	if (c->pid <= 0)
		return;
	if (!r->relay.is_released) {
		child_cancel(c);
		return;
	}
	while (!child_reap(c) && !signals_hurry) {
		if (signals_stops > told) {
			/* a new request to end is for the command too */
			told = signals_stops;
			kill(c->pid, SIGTERM);
		} else if (!told) {
			say_note("waiting for '%s' (pid %d) to end",
				 r->words.argv[0], (int)c->pid);
		}
		signals_ppoll(NULL, 0, -1);
	}
}

/* What the command's end says about the whole run. */
static int run_child_code(const struct run *r)
{
	int st = r->child.wait_status;

	if (!r->child.is_done || !r->relay.is_released || signals_stops)
		return 0;
	if (WIFSIGNALED(st))
		say_warningf("Child process terminated by signal %d",
			     WTERMSIG(st));
	else if (WEXITSTATUS(st))
		say_warningf("Child process exited with status %d",
			     WEXITSTATUS(st));
	else
		return 0;
	return RUN_SCRIPT;
}

static int run_result(const struct run *r)
{
	const struct relay *y = &r->relay;
	int code;

	if (y->start_errno && !y->said_error) {
		struct err e;

		errno = y->start_errno;
		err_sys(&e, "the module did not start");
		e.code = -BERR_INIT;
		say_err(&e);
		return BERR_INIT;
	}
	if (y->has_error)
		return RUN_SCRIPT;
	code = run_child_code(r);
	return y->last.exit_code ? y->last.exit_code & 0xff : code;
}

/* A refusal is an "error" of --json on stdout; no file is made for it. */
void run_say_refused(struct run *r, const struct err *e)
{
	if (r->opts.json && !r->has_out && !r->opts.out)
		run_open_out(r, NULL);
	say_err(e);
}

/* A file keeps what is in it until a session begins. */
bool run_may_record(const struct run *r)
{
	return r->has_out && (r->has_begun || !r->opts.out);
}

static int run_close_out(struct run *r, int code)
{
	struct err e;
	int n = 0;

	if (!r->has_out)
		return code;
	r->has_out = false; /* a failure of it is told elsewhere */
	r->metrics.written = r->bulk.n ? bulk_total(&r->bulk) : r->out.total;
	if (r->bulk.n)
		n = bulk_close(&r->bulk, &e);
	if (out_close(&r->out, n < 0 ? NULL : &e) < 0)
		n = ERR_IO;
	if (n < 0) {
		say_err(&e);
		if (!code)
			code = r->is_loaded ? BERR_RELAY : RUN_HOST;
	}
	return code;
}

static void run_summary(struct run *r, int code)
{
	const struct relay *y = &r->relay;
	struct record_end end = { .exit_code = code, .written = r->out.total };

	if (!run_may_record(r))
		return;
	if (y->last.reason[0])
		end.reason = y->last.reason;
	if (y->started_ns && y->stopped_ns)
		end.ms = (y->stopped_ns - y->started_ns) / 1000000;
	record_lost(&r->record, &r->counts);
	record_summary(&r->record, &end, &r->counts);
}

static void run_last_metrics(struct run *r, int code)
{
	struct err e;

	if (!r->metrics.run || !r->opts.metrics)
		return;
	r->metrics.is_over = true;
	r->metrics.exit_code = code;
	r->counts.armed = 0;
	r->counts.memory_bytes = 0;
	if (metrics_write(&r->metrics, &r->counts, sys_now_ns(), &e) < 0 &&
	    !r->metrics.is_told)
		say_warningf("%s", e.text);
}

/* In this order: files of the module, the module, the command. */
int run_finish(struct run *r, int failed)
{
	struct err e;
	int code = failed;

	if (!r->opts.json) /* else its last line is still to come */
		code = run_close_out(r, code);
	if (r->has_stream)
		stream_close(&r->stream);
	if (r->has_session)
		session_close(&r->session);
	input_close(&r->input);
	load_release(&r->load);
	if (keeper_end(&r->keeper, &e) < 0) {
		say_err(&e);
		if (!code)
			code = RUN_HOST;
	} else if (r->is_loaded) {
		run_mark(r, MARK_UNLOADED);
	}
	shell_end(&r->relay.shell);
	run_wait_child(r);
	run_say_times(r);
	if (!code && r->is_loaded)
		code = run_result(r);
	if (r->opts.json) {
		run_summary(r, code);
		code = run_close_out(r, code);
	}
	run_last_metrics(r, code);
	notify_send(r->notify, "STATUS=ended with exit code %d", code);
	return code;
}
