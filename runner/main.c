/* SPDX-License-Identifier: GPL-2.0-only */
/* taprun: verify, pick, unpack, load, drop every privilege, relay, unload. */
#include "runner/attach.h"
#include "runner/background.h"
#include "runner/child.h"
#include "runner/confine.h"
#include "runner/fence.h"
#include "runner/gate.h"
#include "runner/input.h"
#include "runner/instances.h"
#include "runner/keeper.h"
#include "runner/load.h"
#include "runner/metrics.h"
#include "runner/notify.h"
#include "runner/opts.h"
#include "runner/out.h"
#include "runner/priv.h"
#include "runner/relay.h"
#include "runner/say.h"
#include "runner/serve.h"
#include "runner/session.h"
#include "runner/show.h"
#include "runner/show_json.h"
#include "runner/signals.h"
#include "runner/stream.h"
#include "runner/sys.h"
#include "runner/via.h"
#include "runner/zone.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit codes that are not those of bundle/limits.h. */
#define EXIT_SCRIPT 1
#define EXIT_USAGE  2
#define EXIT_HOST   3

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

/* All state of a run; static, because the stack is for calls. */
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
	char bundle[BUNDLE_NAME_MAX + 1]; /* its name */
	bool has_out, has_begun, has_session, has_stream, is_loaded;
	uint64_t mark[MARK_COUNT];
};

static struct run run;

static void run_mark(struct run *r, enum mark m)
{
	r->mark[m] = sys_now_ns();
}

static int run_exit_code(int code)
{
	if (code <= -BERR_CONFIG)
		return -code;
	switch (code) {
	case 0:
		return 0;
	case ERR_INVALID:
		return EXIT_USAGE;
	default:
		return EXIT_HOST;
	}
}

static void run_say_times(const struct run *r)
{
	static const char *const names[MARK_COUNT] = {
		"exec",	   "verified",	   "picked",   "unpacked", "loaded",
		"started", "first-output", "stopping", "stopped",  "unloaded",
	};
	char line[256];
	size_t n = 0;
	int i;

	for (i = MARK_VERIFIED; i < MARK_COUNT && n < sizeof(line); i++)
		if (r->mark[i]) {
			uint64_t us = (r->mark[i] - r->mark[MARK_EXEC]) / 1000;

			n += (size_t)snprintf(
				line + n, sizeof(line) - n, " %s %llu.%02llu",
				names[i], (unsigned long long)us / 1000,
				(unsigned long long)us % 1000 / 10);
		}
	if (n)
		say_verbose("ms since exec:%s", line);
}

/* ---- before the load ----------------------------------------------------- */

/* A closed stdin, stdout or stderr must not become the number of a file. */
static void run_fill_std_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_NOCTTY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* The host's own files first, then the bundle by them. */
static int run_verify(struct run *r, struct err *e)
{
	int n = gate_open(&r->gate, r->opts.mode == OPTS_RUN, e);

	/* what is read next nobody has vouched for yet */
	if (n == 0)
		n = priv_drop(PRIV_ALL, PRIV_SEARCH, e);
	if (n < 0)
		return n;
	confine(CONFINE_VERIFY, r->child.pid);
	return load_open(&r->load, &r->opts, &r->gate.policy,
			 r->gate.state.newest, e);
}

static int run_prepare(struct run *r, struct err *e)
{
	int n;

	n = run_verify(r, e);
	if (n < 0)
		return n;
	run_mark(r, MARK_VERIFIED);
	n = load_params(&r->load, &r->opts, e);
	if (n < 0)
		return n;
	n = gate_judge(&r->gate, &r->load, e);
	if (n == 0)
		n = priv_drop(PRIV_ALL & ~PRIV_SEARCH, PRIV_ALL, e);
	if (n < 0)
		return n;
	n = load_pick(&r->load, &r->opts, &r->gate.policy, e);
	if (n < 0)
		return n;
	run_mark(r, MARK_PICKED);
	say_verbose("%s: module %s for %s", r->load.bundle->name, r->load.name,
		    r->load.target->release);
	preflight_read(&r->load.preflight);
	n = preflight_check(&r->load.preflight, e);
	if (n < 0)
		return n;
	n = load_unpack(&r->load, e);
	if (n < 0)
		return n;
	run_mark(r, MARK_UNPACKED);
	n = gate_check_kernel(&r->gate, &r->load, e);
	if (n < 0)
		return n;
	return load_check_free(&r->load, e);
}

/*
 * Where output goes: only a bundle that was verified makes or empties a file.  With -o
 * that is a FIFO it waits for a reader; before signals_init() signals end that.
 */
static int run_open_out(struct run *r, struct err *e)
{
	const struct opts *o = &r->opts;
	bool rotates = o->mode == OPTS_RUN;
	struct stat out, in;
	int n;

	r->out.has_cpu = o->bulk && rotates;
	n = out_open(&r->out, o->out, rotates ? o->rotate_bytes : 0,
		     rotates ? o->rotate_files : 0, e);

	if (n < 0)
		return n;
	r->has_out = true;
	r->record.json.out = &r->out;
	if (o->out && r->load.bundle && fstat(r->out.fd, &out) == 0 &&
	    fstat(r->load.bundle->fd, &in) == 0 && out.st_dev == in.st_dev &&
	    out.st_ino == in.st_ino)
		return err_set(e, ERR_INVALID, "-o: '%s' is the bundle itself",
			       o->out);
	return 0;
}

/* What others are told of this run; of the bundle, what outlives load_release(). */
static void run_about(struct run *r)
{
	const struct manifest *m = &r->load.bundle->man;

	snprintf(r->bundle, sizeof(r->bundle), "%s", m->name);
	r->relay.about = (struct record_run){
		.bundle = r->bundle,
		.version = m->version,
		.module = r->load.name,
		.kernel = r->load.kernel.uts.release,
		.taprun = TAP_VERSION,
		.pid = (int)getpid(),
		.realtime_ns = sys_real_ns(),
		.monotonic_ns = sys_now_ns(),
	};
}

/* --metrics: a place that cannot be written is told before the load. */
static int run_open_reports(struct run *r, struct err *e)
{
	int n = 0;

	run_about(r);
	r->metrics.run = &r->relay.about;
	r->metrics.path = r->opts.metrics;
	if (r->opts.metrics)
		n = metrics_write(&r->metrics, &r->counts, sys_now_ns(), e);
	r->metrics.is_told = n < 0;
	return n;
}

/* ---- load to relay ------------------------------------------------------- */

static int run_load_one(struct run *r, struct err *e)
{
	int n = gate_loading(&r->gate, &r->load, r->opts.bundle, e);

	if (n < 0)
		return n;
	/* armed first: killed at any moment, no module stays behind */
	n = keeper_arm(&r->keeper, r->load.name, e);
	if (n < 0)
		return n;
	n = load_insert(&r->load, e);
	if (n < 0)
		keeper_arm(&r->keeper, "", NULL);
	return n;
}

/* Siblings are tried in turn; what is said is of the nearest. */
static int run_load_any(struct run *r, struct err *e)
{
	struct err other;
	int n = run_load_one(r, e);

	while (n == -BERR_SYMBOLS && r->load.is_fallback &&
	       load_next(&r->load, &other) == 0 &&
	       gate_check_kernel(&r->gate, &r->load, &other) == 0 &&
	       load_check_free(&r->load, &other) == 0) {
		n = run_load_one(r, &other);
		if (n < 0 && n != -BERR_SYMBOLS)
			*e = other;
	}
	return n;
}

static int run_load(struct run *r, struct err *e)
{
	uint64_t files = r->opts.bulk ? PRIV_FILES : 0;
	int n = priv_drop(PRIV_LOADING | files, PRIV_LOADING, e);

	if (n < 0)
		return n;
	confine(CONFINE_LOAD, r->child.pid);
	n = run_load_any(r, e);
	if (n < 0)
		return n;
	r->is_loaded = true;
	run_mark(r, MARK_LOADED);
	/* from here on nothing the kernel or the script sends meets a
	 * privilege; unloading is the keeper's */
	n = priv_drop(files, files, e);
	if (n < 0)
		return n;
	n = gate_loaded(&r->gate, &r->load, r->opts.bundle, e);
	if (n == 0)
		gate_close(&r->gate);
	return n;
}

static int run_open_bulk(struct run *r, struct err *e)
{
	if (!r->stream.nrings)
		return err_set(
			e, -BERR_RELAY,
			"-b: the module's buffers cannot be mapped here");
	return bulk_open(&r->bulk, &r->out, r->stream.nrings, e);
}

static int run_connect(struct run *r, struct err *e)
{
	unsigned int i;
	int n;

	n = session_open(&r->session, r->load.name, e);
	if (n < 0)
		return n;
	r->has_session = true;
	n = stream_open(&r->stream, r->session.data, e);
	if (n < 0)
		return n;
	r->has_stream = true;
	n = r->opts.bulk ? run_open_bulk(r, e) : 0;
	if (n < 0)
		return n;
	n = r->opts.input ? input_open(&r->input, r->load.name, e) : 0;
	if (n < 0)
		return n;
	n = zone_set(&r->session, e);
	if (n < 0)
		return n;
	for (i = 0; i < r->load.nparams; i++) {
		n = session_set(&r->session, r->load.params[i].name,
				r->load.params[i].value, e);
		if (n < 0)
			return n;
	}
	return 0;
}

/* Both keep the privileges that taprun is about to drop, and wait. */
static int run_fork_others(struct run *r, struct err *e)
{
	int fds[] = { r->keeper.fd, r->notify, -1 };
	const size_t nfds = sizeof(fds) / sizeof(fds[0]);
	int n;

	if (r->opts.allow_system) {
		n = shell_start(&r->relay.shell, fds, nfds, e);
		if (n < 0)
			return err_prefix(e, "--allow-system");
		fds[nfds - 1] = r->relay.shell.fd;
	}
	if (!r->opts.cmd)
		return 0;
	/* two readers of one terminal would each get half of it */
	r->child.no_stdin = r->opts.input;
	n = child_fork(&r->child, &r->words, fds, nfds, e);
	if (n < 0)
		return err_prefix(e, "-c");
	return 0;
}

static void run_fill_relay(struct run *r)
{
	struct relay *y = &r->relay;

	y->record = r->opts.json ? &r->record : NULL;
	y->bulk = r->opts.bulk ? &r->bulk : NULL;
	y->metrics = r->opts.metrics ? &r->metrics : NULL;
	y->notify = r->notify;

	y->session = &r->session;
	y->stream = &r->stream;
	y->out = &r->out;
	y->child = &r->child;
	y->input = r->opts.input ? &r->input : NULL;
	y->command = r->words.argv[0];
	y->target = r->opts.cmd ? r->child.pid : r->opts.target;
	y->run_ns = r->opts.run_ns;
	if (r->load.run_ns && (!y->run_ns || r->load.run_ns < y->run_ns))
		y->run_ns = r->load.run_ns;
	y->limit_bytes = r->load.out_bytes;
	/* who asked a broker may not hold a module by reading nothing */
	y->patience_ns = r->gate.peer ? SERVE_WAIT_S * 1000000000ull : 0;
}

/* No privilege from here on, and as few calls and files as the options allow. */
static int run_confine(struct run *r, struct err *e)
{
	const struct opts *o = &r->opts;
	bool more = r->out.rotate_bytes || o->bulk || o->metrics;
	const char *paths[] = { o->out, o->metrics };
	int n;

	if (more)
		fence(paths, 2);
	n = priv_drop(0, 0, e);
	if (n < 0)
		return n;
	confine(more ? CONFINE_RELAY_FILES : CONFINE_RELAY, r->child.pid);
	return 0;
}

static int run_session(struct run *r, struct err *e)
{
	int n;

	n = run_load(r, e);
	if (n < 0)
		return n;
	n = run_connect(r, e);
	if (n < 0)
		return n;
	load_release(&r->load);
	out_begin(&r->out);
	r->has_begun = true;
	n = run_confine(r, e);
	if (n < 0)
		return n;
	run_fill_relay(r);
	n = relay_run(&r->relay, e);
	r->mark[MARK_STARTED] = r->relay.started_ns;
	r->mark[MARK_FIRST] = r->relay.first_ns;
	r->mark[MARK_STOPPING] = r->relay.stopping_ns;
	r->mark[MARK_STOPPED] = r->relay.stopped_ns;
	shell_end(&r->relay.shell);
	relay_report(&r->relay);
	relay_counts(&r->relay, &r->counts);
	return n;
}

/* ---- after --------------------------------------------------------------- */

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
	return EXIT_SCRIPT;
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
		return EXIT_SCRIPT;
	code = run_child_code(r);
	return y->last.exit_code ? y->last.exit_code & 0xff : code;
}

/* A refusal is an "error" of --json on stdout; no file is made for it. */
static void run_say_refused(struct run *r, const struct err *e)
{
	if (r->opts.json && !r->has_out && !r->opts.out)
		run_open_out(r, NULL);
	say_err(e);
}

/* A file keeps what is in it until a session begins. */
static bool run_may_record(void)
{
	return run.has_out && (run.has_begun || !run.opts.out);
}

static void run_on_warning(const char *text)
{
	if (run_may_record())
		record_own(&run.record, "warning", text);
}

static void run_on_err(const struct err *e)
{
	if (run_may_record())
		record_err(&run.record, e, run_exit_code(e->code));
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
			code = r->is_loaded ? BERR_RELAY : EXIT_HOST;
	}
	return code;
}

static void run_summary(struct run *r, int code)
{
	const struct relay *y = &r->relay;
	struct record_end end = { .exit_code = code, .written = r->out.total };

	if (!run_may_record())
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
static int run_finish(struct run *r, int failed)
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
			code = EXIT_HOST;
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

static int run_check_words(struct run *r, struct err *e)
{
	if (r->opts.target && kill(r->opts.target, 0) < 0 && errno == ESRCH) {
		err_set(e, ERR_NOT_FOUND, "-x: there is no process %d",
			(int)r->opts.target);
		return ERR_NOT_FOUND;
	}
	return r->opts.cmd ? child_split(&r->words, r->opts.cmd, e) : 0;
}

static int run_go_background(struct run *r, struct err *e)
{
	int n = background_open_log(e);

	return n < 0 ? n : background_start(&r->notify, e);
}

/* All that starts or calls somebody, before the first thing that is not allowed to. */
static int run_begin(struct run *r, struct err *e)
{
	int n = run_fork_others(r, e);

	if (n == 0 && r->opts.notify)
		r->notify = notify_open(r->opts.notify, &n, e);
	priv_begin();
	return n;
}

static int run_all(struct run *r)
{
	struct err e;
	int n = run_check_words(r, &e);

	if (n == 0 && r->opts.background)
		n = run_go_background(r, &e);
	if (n < 0) {
		run_say_refused(r, &e);
		return run_finish(r, run_exit_code(n));
	}
	input_init(&r->input);
	n = keeper_start(&r->keeper, r->opts.input ? &r->input : NULL, &e);
	if (n == 0)
		n = run_begin(r, &e);
	if (n == 0)
		n = run_prepare(r, &e);
	if (n == 0)
		n = run_open_out(r, &e);
	if (n == 0)
		n = run_open_reports(r, &e);
	signals_init();
	if (n == 0)
		n = run_session(r, &e);
	if (n < 0) {
		run_say_refused(r, &e);
		gate_refused(&r->gate, &r->load, r->opts.bundle,
			     run_exit_code(n), &e);
	}
	gate_close(&r->gate);
	return run_finish(r, run_exit_code(n));
}

/* ---- other modes --------------------------------------------------------- */

static int run_dry(struct run *r, struct err *e)
{
	int n = run_check_words(r, e);

	if (n == 0)
		n = run_prepare(r, e);
	if (n == 0 && !r->opts.json)
		say_note("%s is good for this kernel: module %s, %zu bytes "
			 "(not loaded%s)",
			 r->load.bundle->name, r->load.name, r->load.image_len,
			 r->load.is_fallback
				 ? "; the kernel compares CRCs when it is"
				 : "");
	run_say_times(r);
	return n;
}

/* All that can be said of a bundle without its kernels: every byte and every module. */
static int run_check(struct run *r, struct err *e)
{
	int n = run_verify(r, e);

	if (n == 0)
		n = load_params(&r->load, &r->opts, e);
	if (n == 0)
		n = bundle_check_modules(r->load.bundle, e);
	if (n == 0)
		n = bundle_check_rest(r->load.bundle, e);
	if (n == 0 && !r->opts.json)
		say_note("%s is good: every module of %u kernels is as it was "
			 "signed (none looked at for this kernel)",
			 r->load.bundle->name, r->load.bundle->man.ntargets);
	return n;
}

/* With --json the answer is a record, whichever it is. */
static int run_check_json(struct run *r, int n, struct err *e)
{
	struct err bad;

	if (run_open_out(r, &bad) < 0) {
		say_err(&bad);
		return n < 0 ? n : bad.code;
	}
	out_begin(&r->out);
	if (n < 0)
		show_json_bad(&r->record.json, r->opts.bundle, e,
			      run_exit_code(n));
	else
		show_json_good(&r->record.json, &r->load);
	return n;
}

static int run_begin_out(struct run *r, struct err *e)
{
	int n = run_open_out(r, e);

	signals_init();
	if (n == 0)
		out_begin(&r->out);
	return n;
}

static int run_show(struct run *r, struct err *e)
{
	int n = run_verify(r, e);

	if (n == 0)
		n = bundle_check_rest(r->load.bundle, e);
	if (n == 0 && r->opts.mode == OPTS_LIST)
		n = kernel_read(&r->load.kernel, e);
	if (n == 0)
		n = run_begin_out(r, e);
	if (n < 0)
		return n;
	if (r->opts.json && r->opts.mode == OPTS_INFO)
		show_json_info(&r->record.json, &r->load);
	else if (r->opts.json)
		show_json_list(&r->record.json, &r->load, &r->load.kernel);
	else if (r->opts.mode == OPTS_INFO)
		show_info(&r->out, &r->load);
	else
		show_list(&r->out, &r->load, &r->load.kernel);
	return 0;
}

static int run_reap(struct err *e)
{
	struct instances in;
	int n, failed;

	n = instances_open(&in, e);
	if (n < 0)
		return n;
	failed = 0;
	while (instances_next(&in)) {
		n = in.pid ? 0 : instances_reap(in.name, e);
		if (n > 0)
			say_note("unloaded %s", in.name);
		else if (n == 0)
			say_note("%s is in use by pid %d", in.name,
				 (int)in.pid);
		else
			say_err(e);
		if (n < 0)
			failed = n;
	}
	instances_close(&in);
	if (failed)
		return err_set(e, failed, "not every module was unloaded");
	return 0;
}

/* What needs no bundle. */
static int run_words(struct run *r, struct err *e)
{
	static const char version[] = "taprun " TAP_VERSION "\n";
	char text[4096];
	int n = run_begin_out(r, e);

	if (n < 0)
		return n;
	switch (r->opts.mode) {
	case OPTS_HELP:
		out_put(&r->out, text, opts_usage(text, sizeof(text)));
		return 0;
	case OPTS_VERSION:
		out_put(&r->out, version, strlen(version));
		return 0;
	case OPTS_ATTACH:
		return attach_follow(r->opts.run, &r->out, e);
	default:
		return r->opts.json ? show_json_running(&r->record.json, e)
				    : show_running(&r->out, e);
	}
}

static int run_other(struct run *r)
{
	struct err e;
	int n;

	priv_begin();
	switch (r->opts.mode) {
	case OPTS_STOP:
		n = attach_stop(r->opts.run, &e);
		break;
	case OPTS_REAP:
		signals_init();
		n = run_reap(&e);
		break;
	case OPTS_DRY_RUN:
	case OPTS_CHECK:
		signals_init();
		n = r->opts.mode == OPTS_CHECK ? run_check(r, &e)
					       : run_dry(r, &e);
		if (r->opts.json)
			n = run_check_json(r, n, &e);
		break;
	case OPTS_LIST:
	case OPTS_INFO:
		n = run_show(r, &e);
		break;
	default:
		n = run_words(r, &e);
		break;
	}
	if (n < 0)
		say_err(&e);
	if (r->has_out && out_close(&r->out, &e) < 0 && n == 0) {
		n = e.code;
		say_err(&e);
	}
	return run_exit_code(n);
}

static void run_set_words(const struct opts *o)
{
	say_conf.verbose = o->verbose;
	say_conf.is_quiet = o->is_quiet;
	say_conf.no_warnings = o->no_warnings;
	if (o->mode == OPTS_RUN && o->json) {
		say_conf.on_warning = run_on_warning;
		say_conf.on_err = run_on_err;
	}
}

/* A run like any other, for somebody else. */
static int run_serve(struct run *r)
{
	struct err e;
	int n = serve_open(&r->serve, &e);

	say_init(); /* stderr is another one now */
	/* nothing in effect while a stranger's request is read */
	if (n == 0)
		n = priv_drop(PRIV_ALL, 0, &e);
	if (n == 0)
		n = serve_take(&r->serve, &r->opts, &e);
	if (n == 0)
		n = priv_drop(PRIV_ALL, PRIV_ALL, &e);
	if (n < 0) {
		say_err(&e);
		return serve_end(&r->serve, run_exit_code(n));
	}
	r->gate.peer = &r->serve.who;
	run_set_words(&r->opts);
	return serve_end(&r->serve, run_all(r));
}

static int run_via(struct run *r)
{
	struct err e;
	int n = via_run(&r->opts, &e);

	if (n < 0)
		say_err(&e);
	return n < 0 ? run_exit_code(n) : n;
}

int main(int argc, char **argv)
{
	struct err e;
	int n;

	run_mark(&run, MARK_EXEC);
	run.notify = -1;
	run_fill_std_fds();
	n = opts_parse(&run.opts, argc, argv, &e);
	if (n == 0)
		n = priv_init(&e);
	if (n < 0) {
		say_err(&e);
		return run_exit_code(n);
	}
	say_init();
	if (run.opts.via)
		return run_via(&run);
	if (run.opts.mode == OPTS_SERVE)
		return run_serve(&run);
	run_set_words(&run.opts);
	if (run.opts.mode == OPTS_RUN)
		return run_all(&run);
	return run_other(&run);
}
