/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is judged and opened before the kernel is asked. */
#include "runner/run.h"
#include "runner/confine.h"
#include "runner/priv.h"
#include "runner/say.h"
#include "runner/sys.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The host's own files first, then the bundle by them. */
int run_verify(struct run *r, struct err *e)
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

int run_prepare(struct run *r, struct err *e)
{
	int n;

	r->gate.has_commands = r->opts.allow_system;
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

int run_open_out(struct run *r, struct err *e)
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
int run_open_reports(struct run *r, struct err *e)
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
