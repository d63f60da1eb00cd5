/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: finding them, and a probe function for any prototype.
 *
 * KC_TRACE_FN(name) { … } is a probe function; inside, kc_data, kc_targ(0) to
 * kc_targ(5) and kc_tstack(), the address of what follows, are its arguments.
 */
#ifndef RUNTIME_COMPAT_KC_TRACEPOINT_H
#define RUNTIME_COMPAT_KC_TRACEPOINT_H

#include <linux/tracepoint.h>

#include "kc_config.h"

/*
 * Where the kernel compares the hash of a prototype before it calls (kCFI,
 * FineIBT), no function of ours would be called with any other than its own.
 */
#if KC_HAVE_FOR_EACH_KERNEL_TRACEPOINT && \
	KC_HAVE_TRACEPOINT_PROBE_REGISTER_PRIO && !KC_HAVE_CFI
#define KC_TRACEPOINT 1
#else
#define KC_TRACEPOINT 0
#endif

/*
 * The data pointer takes the first of six argument registers, so there are five
 * left, and then the stack: two words above the frame pointer, past the saved one
 * and the return address.
 */
#ifdef CONFIG_X86_64
#define KC_TRACE_FN(name)                                                  \
	static void notrace name(void *kc_data, unsigned long kc_a0,       \
				 unsigned long kc_a1, unsigned long kc_a2, \
				 unsigned long kc_a3, unsigned long kc_a4)
#define kc_targ(n)            \
	((n) < 5 ? KC_TARG(n) \
		 : ((unsigned long *)__builtin_frame_address(0))[2])
#define KC_TARG(n)          \
	((n) == 0   ? kc_a0 \
	 : (n) == 1 ? kc_a1 \
	 : (n) == 2 ? kc_a2 \
	 : (n) == 3 ? kc_a3 \
		    : kc_a4)
#define kc_tstack() \
	((unsigned long)((unsigned long *)__builtin_frame_address(0) + 3))
#endif

/* A module's table of tracepoints; relative pointers since 46e0c9be206f (4.19). */
#if KC_HAVE_TRACEPOINT_PTR_DEREF
#define kc_module_tracepoint(mod, i) \
	tracepoint_ptr_deref(&(mod)->tracepoints_ptrs[i])
#else
#define kc_module_tracepoint(mod, i) ((mod)->tracepoints_ptrs[i])
#endif

#endif
