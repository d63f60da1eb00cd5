/* SPDX-License-Identifier: GPL-2.0-only */
/* Load, connect, drop every privilege, relay. */
#include "runner/run.h"
#include "runner/confine.h"
#include "runner/fence.h"
#include "runner/priv.h"
#include "runner/zone.h"
#include "bundle/base/err.h"

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

int run_session(struct run *r, struct err *e)
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
