/* SPDX-License-Identifier: GPL-2.0-only */
/* What taprun does but run: look at a bundle, at runs, end and clear them. */
#include "runner/run.h"
#include "runner/attach.h"
#include "runner/instances.h"
#include "runner/priv.h"
#include "runner/say.h"
#include "runner/show.h"
#include "runner/show_json.h"
#include "runner/signals.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
		n = load_params(&r->load, &r->opts, e);
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
		n = in.pid || (in.is_used && geteuid())
			    ? 0
			    : instances_reap(in.name, e);
		if (n > 0)
			say_note("unloaded %s", in.name);
		else if (n == 0 && !in.pid)
			say_note("%s is in use", in.name);
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

int run_other(struct run *r)
{
	struct err e;
	int n;

	priv_begin();
	switch (r->opts.mode) {
	case OPTS_STOP:
		n = attach_stop(r->opts.run, r->opts.run_ns, &e);
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
