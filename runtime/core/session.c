// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session: its state, who may change it, and the order of things.
 *
 *   LOADED -> STARTING -> RUNNING -> STOPPING or ERROR -> STOPPED
 *
 * Handlers move RUNNING (or STARTING) to STOPPING or ERROR by cmpxchg; all else
 * happens in process context under rt_mutex.
 */
#include "runtime/core/core.h"

static DEFINE_MUTEX(rt_mutex);
static s32 rt_state = TAPW_LOADED;
static u32 rt_event; /* the runner has not seen the state yet */
static s32 rt_exit_status;
static bool rt_failed; /* an error in an end probe has no state of its own */
static s32 rt_target;
static u32 rt_reason_taken;
static char rt_reason[sizeof(((struct tapw_event *)NULL)->reason)];

static bool rt_state_move(s32 from, s32 to)
{
	if (rt_cmpxchg(&rt_state, from, to) != from)
		return false;
	rt_store_release(&rt_event, 1u);
	return true;
}

static void rt_state_set(s32 to)
{
	rt_xchg(&rt_state, to);
	rt_store_release(&rt_event, 1u);
}

static inline bool rt_running(void)
{
	return likely(rt_read_once(rt_state) == TAPW_RUNNING);
}

/* No handler but the error ones runs any more.  Any context. */
static void rt_session_fail(const char *reason)
{
	s32 s = rt_read_once(rt_state);

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

static void rt_globals_exit(void)
{
	const struct taprt_global *g = taprt_program.globals;
	u32 i;

	for (i = 0; i < taprt_program.nglobals; i++, g++) {
		if (g->array) {
			rt_map_free(*(struct taprt_map **)g->ptr);
			*(struct taprt_map **)g->ptr = NULL;
		} else if (g->type == TAPRT_STAT) {
			rt_stat_free(*(struct taprt_stat **)g->ptr);
			*(struct taprt_stat **)g->ptr = NULL;
		}
	}
	rt_locks_exit(taprt_program.nglobals);
}

static int rt_global_init(const struct taprt_global *g, u64 seed)
{
	if (g->hist.kind == TAPRT_HIST_LINEAR && !rt_hist_buckets(&g->hist)) {
		pr_err("%s: %s: histogram: Number of buckets must be between 1 and 126\n",
		       THIS_MODULE->name, g->name);
		return -EINVAL;
	}
	if (g->array) {
		if (!g->nkeys || g->nkeys > TAPRT_MAXKEYS)
			return -EINVAL;
		*(struct taprt_map **)g->ptr =
			rt_map_new(g, taprt_program.strsize, seed);
	} else if (g->type == TAPRT_STAT) {
		*(struct taprt_stat **)g->ptr = rt_stat_new(g);
	} else {
		return 0;
	}
	if (*(void **)g->ptr)
		return 0;
	pr_err("%s: global variable '%s' allocation failed\n",
	       THIS_MODULE->name, g->name);
	return -ENOMEM;
}

static int rt_globals_init(void)
{
	u32 i;
	u64 seed;
	int rc = 0;

	get_random_bytes(&seed, sizeof(seed));
	rt_lock_wait_ns = (u64)taprt_program.trylock_tries *
			  taprt_program.trylock_delay_us * 1000 *
			  rt_arch_patience();
	rt_own_wait_ns *= rt_arch_patience();
	if (rt_locks_init(taprt_program.globals, taprt_program.nglobals))
		return -ENOMEM;
	for (i = 0; i < taprt_program.nglobals && !rc; i++)
		rc = rt_global_init(&taprt_program.globals[i], seed);
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

static int rt_session_start(s32 target)
{
	u64 t0 = rt_timing_now();

	if (rt_state != TAPW_LOADED)
		return -EBUSY;
	rt_target = target;
	kc_runner_get(&rt_runner);
	rt_state_set(TAPW_STARTING);
	rt_special_run(TAPRT_BEGIN, TAPW_STARTING);
	if (rt_read_once(rt_state) == TAPW_STARTING)
		rt_function_arm();
	if (rt_read_once(rt_state) == TAPW_STARTING)
		rt_trace_arm();
	if (rt_read_once(rt_state) == TAPW_STARTING)
		rt_syscall_arm();
	if (rt_state_move(TAPW_STARTING, TAPW_RUNNING))
		rt_timers_arm();
	if (rt_timing)
		taprt_stat_add(rt_timing_start, rt_timing_now() - t0);
	return 0;
}

/* Where handlers were skipped; the runner adds the sum. */
static void rt_session_skips(void)
{
	u32 i;

	for (i = 0; i < taprt_program.nglobals; i++)
		if (rt_locks[i].timeouts)
			rt_say_skips("Skipped due to global",
				     taprt_program.globals[i].name,
				     " lock timeout", rt_locks[i].timeouts);
	rt_function_skips();
	rt_syscall_skips();
}

/* @say_goodbye: run the end or error probes; not when the runner is gone. */
static void rt_session_stop(bool say_goodbye)
{
	if (rt_state == TAPW_STOPPED)
		return;
	if (rt_state == TAPW_LOADED) {
		rt_state_set(TAPW_STOPPED);
		return;
	}
	rt_state_move(TAPW_RUNNING, TAPW_STOPPING);
	rt_timers_disarm();
	rt_syscall_disarm();
	rt_trace_disarm();
	rt_function_disarm();
	if (say_goodbye) {
		if (rt_read_once(rt_state) == TAPW_ERROR)
			rt_special_run(TAPRT_ERROR, TAPW_ERROR);
		else
			rt_special_run(TAPRT_END, TAPW_STOPPING);
		rt_timing_report();
		rt_session_skips();
	}
	rt_state_set(TAPW_STOPPED);
}

static void rt_event_fill(struct tapw_event *ev)
{
	struct rt_cpu *r;
	u32 i;

	memset(ev, 0, sizeof(*ev));
	ev->type = TAPW_EV_STATE;
	ev->state = rt_read_once(rt_state);
	ev->exit_code = rt_exit_status;
	if (!ev->exit_code && rt_read_once(rt_failed))
		ev->exit_code = 1;
	ev->errors = atomic_read(&rt_nerrors);
	for (i = 0; i < rt_ncpus; i++) {
		r = rt_cpus[i];
		if (!r)
			continue;
		ev->hits += r->hits;
		ev->lost += r->ring.lost;
		ev->skipped_reentry += r->skipped[RT_SKIP_REENTRY];
		ev->skipped_lock += r->skipped[RT_SKIP_LOCK];
		ev->skipped_stack += r->skipped[RT_SKIP_STACK];
		ev->skipped_overload += r->skipped[RT_SKIP_OVERLOAD];
	}
	rt_function_counts(ev);
	rt_trace_counts(ev);
	rt_syscall_counts(ev);
	ev->skipped = ev->skipped_reentry + ev->skipped_lock +
		      ev->skipped_stack + ev->skipped_overload +
		      ev->skipped_missed;
	ev->memory_bytes = rt_memory;
	if (ev->state == TAPW_ERROR || ev->state == TAPW_STOPPED)
		memcpy(ev->reason, rt_reason, sizeof(ev->reason));
}
