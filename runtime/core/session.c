// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session: its state, who may change it, and the order of things.
 *
 *   LOADED -> STARTING -> RUNNING -> STOPPING or ERROR -> STOPPED
 *
 * Handlers move RUNNING (or STARTING) to STOPPING or ERROR by cmpxchg; all else
 * happens in process context under rt_mutex.
 */
#include "runtime/core/enter.h"

static DEFINE_MUTEX(rt_mutex);
s32 taprt_state = TAPW_LOADED;
static u32 rt_event; /* the runner has not seen the state yet */
static s32 rt_exit_status;
static bool rt_failed; /* an error in an end probe has no state of its own */
s32 taprt_session_target;
static u32 rt_reason_taken;
static char rt_reason[sizeof(((struct tapw_event *)NULL)->reason)];

void taprt_session_lock(void)
{
	mutex_lock(&rt_mutex);
}

void taprt_session_unlock(void)
{
	mutex_unlock(&rt_mutex);
}

static bool rt_state_move(s32 from, s32 to)
{
	if (rt_cmpxchg(&taprt_state, from, to) != from)
		return false;
	rt_store_release(&rt_event, 1u);
	return true;
}

static void rt_state_set(s32 to)
{
	rt_xchg(&taprt_state, to);
	rt_store_release(&rt_event, 1u);
}

/* No handler but the error ones runs any more.  Any context. */
void taprt_session_fail(const char *reason)
{
	s32 s = rt_read_once(taprt_state);

	if (s != TAPW_RUNNING && s != TAPW_STARTING && s != TAPW_STOPPING)
		return;
	rt_write_once(rt_failed, true);
	if (*reason && !rt_xchg(&rt_reason_taken, 1u))
		taprt_strcpy(rt_reason, reason, sizeof(rt_reason));
	if (!rt_state_move(TAPW_RUNNING, TAPW_ERROR) &&
	    !rt_state_move(TAPW_STARTING, TAPW_ERROR))
		rt_state_move(TAPW_STOPPING, TAPW_ERROR);
}

s64 taprt_fn_exit(struct taprt_ctx *c)
{
	(void)c;
	if (!rt_state_move(TAPW_RUNNING, TAPW_STOPPING))
		rt_state_move(TAPW_STARTING, TAPW_STOPPING);
	return 0;
}

s64 taprt_fn_exit_code(struct taprt_ctx *c, s64 code)
{
	rt_write_once(rt_exit_status, (s32)code);
	return taprt_fn_exit(c);
}

/* ---- globals -------------------------------------------------------------------- */

int taprt_global_failed(const struct taprt_global *g, int rc)
{
	if (rc == -EINVAL)
		pr_err("%s: %s: histogram: Number of buckets must be between 1 and 126\n",
		       THIS_MODULE->name, g->name);
	else
		pr_err("%s: global variable '%s' allocation failed\n",
		       THIS_MODULE->name, g->name);
	return rc;
}

static const struct taprt_global *rt_global_find(const char *name)
{
	u32 i;

	for (i = 0; i < taprt_program.nglobals; i++)
		if (!strcmp(taprt_program.globals[i].name, name))
			return &taprt_program.globals[i];
	return NULL;
}

static int rt_global_set(const char *name, const char *value)
{
	const struct taprt_global *g = rt_global_find(name);
	u64 u;

	if (!g || !g->settable || g->array)
		return -ENOENT;
	if (g->type == TAPRT_STRING) {
		taprt_strcpy(g->ptr, value, taprt_program.strsize);
		return 0;
	}
	if (g->type != TAPRT_LONG)
		return -ENOENT;
	/* the script's numbers: up to 2^64-1, or negative */
	if (*value == '-')
		return kstrtoll(value, 0, (s64 *)g->ptr) ? -EINVAL : 0;
	if (kstrtoull(value, 0, &u))
		return -EINVAL;
	*(s64 *)g->ptr = u;
	return 0;
}

/* ---- start and stop --------------------------------------------------------------- */

/* Call a hook of every part that has it. */
#define RT_EACH_PART(hook, ...)                                     \
	do {                                                        \
		const struct taprt_part *const *rt_p = taprt_parts; \
		for (; *rt_p; rt_p++)                               \
			if ((*rt_p)->hook)                          \
				(*rt_p)->hook(__VA_ARGS__);         \
	} while (0)

static int rt_parts_init(void)
{
	const struct taprt_part *const *p;
	int rc = 0;

	for (p = taprt_parts; *p && !rc; p++)
		if ((*p)->init)
			rc = (*p)->init();
	return rc;
}

/* Backwards, so that nothing is gone that another still needs. */
static u32 rt_parts_count(void)
{
	u32 n = 0;

	while (taprt_parts[n])
		n++;
	return n;
}

static void rt_parts_exit(void)
{
	u32 i;

	for (i = rt_parts_count(); i--;)
		if (taprt_parts[i]->exit)
			taprt_parts[i]->exit();
}

static void rt_parts_disarm(void)
{
	u32 i;

	for (i = rt_parts_count(); i--;)
		if (taprt_parts[i]->disarm)
			taprt_parts[i]->disarm();
}

static int rt_session_start(s32 target)
{
	if (taprt_state != TAPW_LOADED)
		return -EBUSY;
	taprt_session_target = target;
	RT_EACH_PART(start);
	rt_state_set(TAPW_STARTING);
	rt_special_run(&taprt_kind_begin, TAPW_STARTING);
	if (rt_read_once(taprt_state) == TAPW_STARTING)
		RT_EACH_PART(arm);
	if (rt_state_move(TAPW_STARTING, TAPW_RUNNING))
		RT_EACH_PART(run);
	RT_EACH_PART(started);
	return 0;
}

/* @say_goodbye: run the end or error probes; not when the runner is gone. */
static void rt_session_stop(bool say_goodbye)
{
	if (taprt_state == TAPW_STOPPED)
		return;
	if (taprt_state == TAPW_LOADED) {
		rt_state_set(TAPW_STOPPED);
		return;
	}
	rt_state_move(TAPW_RUNNING, TAPW_STOPPING);
	rt_parts_disarm();
	if (say_goodbye) {
		if (rt_read_once(taprt_state) == TAPW_ERROR)
			rt_special_run(&taprt_kind_error, TAPW_ERROR);
		else
			rt_special_run(&taprt_kind_end, TAPW_STOPPING);
		RT_EACH_PART(report);
		RT_EACH_PART(skips);
	}
	rt_state_set(TAPW_STOPPED);
}

static void rt_event_fill(struct tapw_event *ev)
{
	struct rt_cpu *r;
	u32 i;

	memset(ev, 0, sizeof(*ev));
	ev->type = TAPW_EV_STATE;
	ev->state = rt_read_once(taprt_state);
	ev->exit_code = rt_exit_status;
	if (!ev->exit_code && rt_read_once(rt_failed))
		ev->exit_code = 1;
	ev->errors = atomic_read(&rt_nerrors);
	for (i = 0; i < taprt_ncpus; i++) {
		r = taprt_cpus[i];
		if (!r)
			continue;
		ev->hits += r->hits + per_cpu(taprt_counted_hits, i);
		ev->lost += r->ring.lost;
		ev->skipped_reentry += r->skipped[RT_SKIP_REENTRY] +
				       per_cpu(taprt_counted_skips, i);
		ev->skipped_lock += r->skipped[RT_SKIP_LOCK];
		ev->skipped_stack += r->skipped[RT_SKIP_STACK];
		ev->skipped_overload += r->skipped[RT_SKIP_OVERLOAD];
	}
	RT_EACH_PART(counts, ev);
	ev->skipped = ev->skipped_reentry + ev->skipped_lock +
		      ev->skipped_stack + ev->skipped_overload +
		      ev->skipped_missed;
	ev->memory_bytes = taprt_memory;
	if (ev->state == TAPW_ERROR || ev->state == TAPW_STOPPED)
		memcpy(ev->reason, rt_reason, sizeof(ev->reason));
}
