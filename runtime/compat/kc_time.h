/* SPDX-License-Identifier: GPL-2.0-only */
/* Clocks that are safe in a probe, high-resolution and ordinary timers. */
#ifndef RUNTIME_COMPAT_KC_TIME_H
#define RUNTIME_COMPAT_KC_TIME_H

#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/timer.h>

#include "kc_config.h"
#if KC_HAVE_SCHED_CLOCK_H
#include <linux/sched/clock.h>
#else
#include <linux/sched.h>
#endif

/* CLOCK_MONOTONIC; the fast form takes no lock (NMI-safe) since 3.17. */
static inline u64 kc_mono_ns(void)
{
#if KC_HAVE_KTIME_GET_MONO_FAST_NS
	return ktime_get_mono_fast_ns();
#else
	return ktime_to_ns(ktime_get());
#endif
}

static inline u64 kc_real_ns(void)
{
#if KC_HAVE_KTIME_GET_REAL_FAST_NS
	return ktime_get_real_fast_ns();
#else
	return ktime_to_ns(ktime_get_real());
#endif
}

/*
 * The scheduler's clock, which both inlines of the header (local_clock() is a
 * function since 6.7) reach through sched_clock_cpu().
 */
#if KC_HAVE_SCHED_CLOCK_CPU
#define kc_local_clock()  local_clock()
#define kc_cpu_clock(cpu) cpu_clock(cpu)
#else
#define kc_local_clock()  kc_mono_ns()
#define kc_cpu_clock(cpu) kc_mono_ns()
#endif

/* PREEMPT_RT runs unmarked hrtimers in a thread (5.4). */
#if KC_HAVE_HRTIMER_MODE_HARD
#define KC_HRTIMER_ABS HRTIMER_MODE_ABS_HARD
#else
#define KC_HRTIMER_ABS HRTIMER_MODE_ABS
#endif

static inline void kc_hrtimer_init(struct hrtimer *t,
				   enum hrtimer_restart (*fn)(struct hrtimer *))
{
#if KC_HAVE_HRTIMER_SETUP
	/* 908a1d775422 (6.13); the old pair went in 6.15 */
	hrtimer_setup(t, fn, CLOCK_MONOTONIC, KC_HRTIMER_ABS);
#else
	hrtimer_init(t, CLOCK_MONOTONIC, KC_HRTIMER_ABS);
	t->function = fn;
#endif
}

#if KC_HAVE_TIMER_SETUP
#define kc_timer_init(t, fn) timer_setup(t, fn, 0)
#define KC_TIMER_FN(name)    static void name(struct timer_list *kc_timer)
#define kc_timer_of(type, m) container_of(kc_timer, type, m)
#else
/* before e99e88a9d2b0 (4.14/15): an unsigned long, here the timer itself */
#define kc_timer_init(t, fn) setup_timer(t, fn, (unsigned long)(t))
#define KC_TIMER_FN(name)    static void name(unsigned long kc_timer)
#define kc_timer_of(type, m) \
	container_of((struct timer_list *)kc_timer, type, m)
#endif

static inline void kc_timer_stop(struct timer_list *t)
{
#if KC_HAVE_TIMER_DELETE_SYNC
	timer_delete_sync(t);
#else
	del_timer_sync(t);
#endif
}

#endif
