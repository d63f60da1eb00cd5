/* SPDX-License-Identifier: GPL-2.0-only */
/* One poll loop; every reason to end becomes wants_stop. */
#include "runner/relay.h"
#include "runner/background.h"
#include "runner/notify.h"
#include "runner/say.h"
#include "runner/signals.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Pause when a ring has records whose place is not known yet. */
#define RELAY_PAUSE_NS 100000
/* Rounds of draining before the loop looks at anything else. */
#define RELAY_ROUNDS 64
/* How often the counters are looked at, where somebody wants to know. */
#define RELAY_LOOK_NS 10000000000u

static void relay_fail(struct relay *r, int code)
{
	if (!r->failed)
		r->failed = code;
	r->wants_stop = true;
}

static void relay_command(struct relay *r, enum tapw_cmd cmd,
			  enum relay_phase next)
{
	struct err e;

	if (session_command(r->session, cmd, r->target, &e) < 0) {
		if (!r->failed && r->e)
			*r->e = e;
		relay_fail(r, e.code);
		r->phase = RELAY_DONE; /* closing ctl disarms the probes */
		return;
	}
	r->phase = next;
}

/* ---- records ------------------------------------------------------------- */

static void relay_put(struct relay *r, const void *p, size_t n)
{
	r->data_bytes += n;
	if (r->record)
		record_data(r->record, &r->stream->rec, p, n);
	else if (r->bulk)
		bulk_put(r->bulk, r->stream->rec.cpu, p, n);
	else
		out_put(r->out, p, n);
}

static void relay_flush(struct relay *r)
{
	if (r->bulk)
		bulk_flush(r->bulk);
	else
		out_flush(r->out);
}

static void relay_rotate(struct relay *r)
{
	if (r->bulk)
		bulk_rotate(r->bulk);
	else
		out_rotate(r->out);
}

uint64_t relay_written(const struct relay *r)
{
	return r->bulk ? bulk_total(r->bulk) : r->out->total;
}

/* What a script says is for stderr as ever; --json has it in its place, too. */
static void relay_record(struct relay *r, unsigned int type, const void *p,
			 size_t n)
{
	const char *kind = type == TAPW_REC_WARN    ? "warning"
			   : type == TAPW_REC_ERROR ? "error"
			   : type == TAPW_REC_LOG   ? "log"
						    : NULL;

	if (r->record && kind)
		record_message(r->record, kind, &r->stream->rec, p, n);
}

static void relay_emit(void *arg, unsigned int type, const void *p, size_t n)
{
	struct relay *r = arg;

	if (!r->first_ns)
		r->first_ns = sys_now_ns();
	if (type == TAPW_REC_DATA) {
		relay_put(r, p, n);
		return;
	}
	relay_record(r, type, p, n);
	/* what the script printed before must be seen before */
	relay_flush(r);
	switch (type) {
	case TAPW_REC_WARN:
		say_warning(p, n);
		break;
	case TAPW_REC_ERROR:
		r->said_error = true;
		say_error(p, n);
		break;
	case TAPW_REC_LOG:
		say_raw(p, n);
		break;
	case TAPW_REC_SYSTEM:
		shell_run(&r->shell, p, n);
		break;
	case TAPW_REC_SWITCH:
		relay_rotate(r);
		break;
	default: /* of a newer module: not ours to guess */
		break;
	}
}

static void relay_drain(struct relay *r)
{
	bool is_final = r->phase == RELAY_DONE;
	int i;

	for (i = 0; i < RELAY_ROUNDS; i++)
		if (!stream_drain(r->stream, is_final, relay_emit, r))
			break;
	relay_flush(r);
	if (i == 0 && !is_final)
		sys_sleep_ns(RELAY_PAUSE_NS);
	if (r->limit_bytes && r->data_bytes > r->limit_bytes &&
	    !r->told_limit) {
		say_warningf("the bundle's output limit of %llu bytes is "
			     "reached",
			     (unsigned long long)r->limit_bytes);
		r->told_limit = true;
		r->wants_stop = true;
	}
	if (out_is_dead(r->out))
		r->wants_stop = true;
}

/* ---- counters ------------------------------------------------------------ */

void relay_counts(const struct relay *r, struct counts *c)
{
	const struct tapw_event *v = &r->last;

	memset(c, 0, sizeof(*c));
	stream_lost(r->stream, &c->lost, &c->lost_bytes);
	if (c->lost < v->lost)
		c->lost = v->lost;
	c->records = r->stream->records;
	c->bytes = r->data_bytes;
	c->damaged = r->stream->damaged;
	c->hits = v->hits;
	c->errors = v->errors;
	c->armed = v->points;
	c->failed = v->points_failed;
	c->memory_bytes = v->memory_bytes;
	c->skipped = v->skipped;
#define X(id, words) c->skip_##id = v->skipped_##id;
	COUNTS_SKIPS(X)
#undef X
}

static bool relay_wants_looks(const struct relay *r)
{
	return r->record || r->metrics;
}

/* A directory that is full or gone: the run goes on, and it is told once. */
static void relay_write_metrics(struct relay *r, const struct counts *c)
{
	struct metrics *m = r->metrics;
	struct err e;

	if (!m)
		return;
	m->written = relay_written(r);
	if (metrics_write(m, c, sys_now_ns(), &e) == 0) {
		m->is_told = false;
	} else if (!m->is_told) {
		m->is_told = true;
		say_warningf("%s", e.text);
	}
}

static void relay_take_events(struct relay *r);

/* Every RELAY_LOOK_NS: the module is asked for its counters. */
static void relay_look(struct relay *r)
{
	struct counts c;
	uint64_t now;

	if (!relay_wants_looks(r) || r->phase != RELAY_RUNNING)
		return;
	now = sys_now_ns();
	if (now < r->look_ns)
		return;
	r->look_ns = now + RELAY_LOOK_NS;
	if (session_look(r->session))
		relay_take_events(r);
	relay_counts(r, &c);
	if (r->record)
		record_lost(r->record, &c);
	relay_write_metrics(r, &c);
}

static void relay_attached(struct relay *r)
{
	struct counts c;

	r->is_told = true;
	r->about.target = r->target;
	relay_counts(r, &c);
	if (r->record)
		record_attached(r->record, &r->about, &c);
	relay_flush(r);
	relay_write_metrics(r, &c);
	r->look_ns = sys_now_ns() + RELAY_LOOK_NS;
	notify_send(r->notify,
		    "READY=1\nSTATUS=%s: %llu probe points armed, "
		    "%llu could not be",
		    r->about.module ? r->about.module : "",
		    (unsigned long long)c.armed, (unsigned long long)c.failed);
	background_detach(r->about.pid);
}

/* What puts records into the output: never from relay_on_wait(), which is inside it. */
static void relay_tell(struct relay *r)
{
	if (r->started_ns && !r->is_told)
		relay_attached(r);
	relay_look(r);
}

/* ---- events -------------------------------------------------------------- */

static void relay_take_events(struct relay *r)
{
	struct tapw_event ev;
	int n;

	while ((n = session_event(r->session, &ev, r->failed ? NULL : r->e)) >
	       0) {
		r->last = ev;
		if (ev.state == TAPW_ERROR)
			r->has_error = true;
		if (ev.reason[0] && !r->said_reason) {
			r->said_reason = true;
			r->has_error = true;
			say_error(ev.reason, strlen(ev.reason));
		}
		if (ev.state == TAPW_ERROR || ev.state == TAPW_STOPPING)
			r->wants_stop = true;
	}
	if (n < 0) {
		relay_fail(r, n);
		r->phase = RELAY_DONE;
	}
}

static void relay_release_child(struct relay *r)
{
	struct err e;

	if (r->is_released || r->child->pid <= 0)
		return;
	r->is_released = true;
	if (child_go(r->child, r->command, &e) < 0) {
		if (!r->failed && r->e)
			*r->e = e;
		relay_fail(r, e.code);
	}
}

static void relay_command_done(struct relay *r)
{
	int bad = session_finish(r->session);

	relay_take_events(r);
	if (r->phase == RELAY_STOPPING) {
		r->phase = RELAY_DONE;
		r->stopped_ns = sys_now_ns();
		return;
	}
	if (bad) {
		r->start_errno = bad;
		r->has_error = true;
		/* after a refused START there is nothing to stop, unless the
		 * module says that its error probes want to run */
		r->wants_stop = true;
		if (r->last.state != TAPW_ERROR &&
		    r->last.state != TAPW_STOPPING)
			r->phase = RELAY_DONE;
		else
			r->phase = RELAY_RUNNING;
		return;
	}
	if (r->phase != RELAY_STARTING)
		return;
	r->phase = RELAY_RUNNING;
	r->started_ns = sys_now_ns();
	if (r->run_ns)
		r->deadline_ns = r->started_ns + r->run_ns;
	if (!r->wants_stop)
		relay_release_child(r);
}

/* All that can end a session apart from the module itself. */
static void relay_look_around(struct relay *r)
{
	if (signals_stops)
		r->wants_stop = true;
	if (signals_hurry)
		r->is_hasty = true;
	if (signals_rotate) {
		signals_rotate = 0;
		relay_rotate(r);
	}
	if (signals_child) {
		signals_child = 0;
		if (r->is_released && child_reap(r->child))
			r->wants_stop = true;
	}
	if (r->deadline_ns && sys_now_ns() >= r->deadline_ns)
		r->wants_stop = true;
	if (r->wants_stop && r->phase == RELAY_RUNNING) {
		r->stopping_ns = sys_now_ns();
		notify_send(r->notify, "STOPPING=1");
		relay_command(r, TAPW_STOP, RELAY_STOPPING);
	}
}

/* The session ends: nobody waits for ever for a reader that takes nothing at all. */
static void relay_be_patient(struct relay *r)
{
	uint64_t now = sys_now_ns();

	if (!r->waiting_ns || r->waiting_total != r->out->total) {
		r->waiting_ns = now;
		r->waiting_total = r->out->total;
	} else if (now - r->waiting_ns > r->patience_ns) {
		signals_hurry = 1;
	}
}

/* The output takes nothing: the session must still be able to end. */
static void relay_on_wait(void *arg)
{
	struct relay *r = arg;
	bool is_busy = r->session->is_busy;
	struct pollfd p = { .fd = is_busy ? r->session->done[0]
					  : r->session->ctl,
			    .events = POLLIN };

	if (r->phase != RELAY_DONE && poll(&p, 1, 0) > 0) {
		if (is_busy)
			relay_command_done(r);
		else
			relay_take_events(r);
	}
	relay_look_around(r);
	if (r->patience_ns && (r->wants_stop || r->phase == RELAY_DONE))
		relay_be_patient(r);
}

/* Until the next thing that no file tells; negative = for ever. */
static int64_t relay_timeout(const struct relay *r)
{
	uint64_t now = sys_now_ns(), t = UINT64_MAX;

	if (r->phase == RELAY_RUNNING) {
		if (r->deadline_ns)
			t = r->deadline_ns;
		if (relay_wants_looks(r) && r->look_ns < t)
			t = r->look_ns;
	}
	if (r->record && r->record->n && now + RECORD_WAIT_NS < t)
		t = now + RECORD_WAIT_NS;
	if (t == UINT64_MAX)
		return -1;
	return now >= t ? 0 : (int64_t)(t - now);
}

static void relay_poll(struct relay *r)
{
	enum relay_phase phase = r->phase;
	bool is_busy = r->session->is_busy;
	bool has_out = r->out->can_block && !out_is_dead(r->out);
	bool has_in = r->input && !r->input->is_over && !r->wants_stop &&
		      phase == RELAY_RUNNING;
	struct pollfd p[4] = {
		{ .fd = r->is_over ? -1 : r->session->data, .events = POLLIN },
		/* the module answers no read() of events while a command
		 * runs, so a look at them would block the relay */
		{ .fd = is_busy ? r->session->done[0] : r->session->ctl,
		  .events = POLLIN },
		/* no events: only told when the pipe's reader is gone */
		{ .fd = has_out ? r->out->fd : -1, .events = 0 },
		{ .fd = has_in ? STDIN_FILENO : -1, .events = POLLIN },
	};
	int n;

	n = signals_ppoll(p, 4, relay_timeout(r));
	if (n == 0 && r->record) {
		record_flush(r->record);
		out_flush(r->out);
	}
	if (n <= 0)
		return;
	if (p[2].revents & (POLLERR | POLLHUP)) {
		r->out->is_closed = true;
		r->wants_stop = true;
	}
	if (p[3].revents)
		input_relay(r->input);
	if (p[0].revents & POLLIN)
		relay_drain(r);
	/* POLLHUP: stopped; what is left is drained when STOP has returned */
	if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		r->is_over = true;
	/* relay_drain() may have taken what p[1] told already */
	if (r->phase != phase || !p[1].revents)
		return;
	if (is_busy)
		relay_command_done(r);
	else
		relay_take_events(r);
}

int relay_run(struct relay *r, struct err *e)
{
	r->e = e;
	r->out->on_wait = relay_on_wait;
	r->out->arg = r;
	r->out->give_up = &signals_hurry;
	relay_command(r, TAPW_START, RELAY_STARTING);
	while (r->phase != RELAY_DONE && !r->is_hasty) {
		relay_poll(r);
		relay_tell(r);
		relay_look_around(r);
	}
	if (!r->is_hasty)
		relay_drain(r);
	if (!r->is_hasty && !r->failed)
		relay_take_events(r);
	r->phase = RELAY_DONE;
	return r->failed;
}

/* ---- report -------------------------------------------------------------- */

static void relay_report_skips(const struct counts *c)
{
#define X(id, words)                                           \
	if (c->skip_##id)                                      \
		say_warningf("Skipped due to %s: %llu", words, \
			     (unsigned long long)c->skip_##id);
	COUNTS_SKIPS(X)
#undef X
}

void relay_report(const struct relay *r)
{
	const struct tapw_event *v = &r->last;
	struct counts c;

	relay_counts(r, &c);
	if (v->errors || v->skipped || v->skipped_reentry)
		say_warningf("Number of errors: %u, skipped probes: %llu",
			     v->errors, (unsigned long long)v->skipped);
	if (say_conf.verbose)
		relay_report_skips(&c);
	shell_report(&r->shell);
	if (c.lost || c.damaged)
		say_warningf("There were %llu lost messages, %llu lost bytes, "
			     "and %llu unexpected sequences.",
			     (unsigned long long)c.lost,
			     (unsigned long long)c.lost_bytes,
			     (unsigned long long)c.damaged);
	if (say_lost())
		say_warningf("%lu messages were lost: nobody read stderr",
			     say_lost());
	say_verbose("%llu hits, %u probe points armed, %u could not be armed, "
		    "%llu bytes of kernel memory",
		    (unsigned long long)v->hits, v->points, v->points_failed,
		    (unsigned long long)v->memory_bytes);
	say_verbose("%llu records, %llu bytes of output",
		    (unsigned long long)c.records,
		    (unsigned long long)relay_written(r));
}
