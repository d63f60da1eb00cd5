/* SPDX-License-Identifier: GPL-2.0-only */
/* The order of a run; what each step is stands in its own file. */
#include "runner/run.h"
#include "runner/background.h"
#include "runner/notify.h"
#include "runner/priv.h"
#include "runner/say.h"
#include "runner/signals.h"
#include "runner/sys.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

void run_mark(struct run *r, enum mark m)
{
	r->mark[m] = sys_now_ns();
}

int run_exit_code(int code)
{
	if (code <= -BERR_CONFIG)
		return -code;
	switch (code) {
	case 0:
		return 0;
	case ERR_INVALID:
		return RUN_USAGE;
	default:
		return RUN_HOST;
	}
}

void run_say_times(const struct run *r)
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

int run_check_words(struct run *r, struct err *e)
{
	if (r->opts.target && kill(r->opts.target, 0) < 0 && errno == ESRCH) {
		err_set(e, ERR_NOT_FOUND, "-x: there is no process %d",
			(int)r->opts.target);
		return ERR_NOT_FOUND;
	}
	return r->opts.cmd ? child_split(&r->words, r->opts.cmd, e) : 0;
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

int run_all(struct run *r)
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
