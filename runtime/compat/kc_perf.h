/* SPDX-License-Identifier: GPL-2.0-only */
/* Perf events and hardware watchpoints with a handler in a module. */
#ifndef RUNTIME_COMPAT_KC_PERF_H
#define RUNTIME_COMPAT_KC_PERF_H

#include "kc_config.h"

/* The last parameter came with 4dc0da86967d (3.0), nmi went with a8b0ca17b80e (3.1) */
#if KC_HAVE_PERF_KERNEL_COUNTER && KC_HAVE_PERF_EVENT_CREATE_KERNEL_COUNTER
#define KC_PERF 1
#include <linux/err.h>
#include <linux/perf_event.h>
#else
#define KC_PERF 0
#endif

#if KC_PERF && KC_HAVE_WIDE_HW_BREAKPOINT && KC_HAVE_REGISTER_WIDE_HW_BREAKPOINT
#define KC_HWBP 1
#include <linux/hw_breakpoint.h>
#else
#define KC_HWBP 0
#endif

/* Hotplug states of one's own: 5ef428c4b5950 (4.8) */
#if KC_HAVE_CPUHP
#include <linux/cpuhotplug.h>
#endif

/* Call @fn(cpu) for each CPU that comes from now on; a state, or negative errno. */
static inline int kc_cpuhp_begin(int (*fn)(unsigned int cpu))
{
#if KC_HAVE_CPUHP
	return cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "tap:online", fn,
					 NULL);
#else
	(void)fn;
	return -ENOSYS;
#endif
}

static inline void kc_cpuhp_end(int state)
{
#if KC_HAVE_CPUHP
	if (state >= 0)
		cpuhp_remove_state_nocalls(state);
#else
	(void)state;
#endif
}

#endif
