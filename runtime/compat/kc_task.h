/* SPDX-License-Identifier: GPL-2.0-only */
/* The current task: ids, parent, stack. */
#ifndef RUNTIME_COMPAT_KC_TASK_H
#define RUNTIME_COMPAT_KC_TASK_H

#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "kc_config.h"

#if KC_HAVE_SCHED_TASK_STACK_H
#include <linux/sched/task_stack.h>
#endif
#if KC_HAVE_CURRENT_CRED || KC_HAVE_KUID
#include <linux/cred.h>
#endif

#if KC_HAVE_KUID
#include <linux/uidgid.h>
#define kc_uid()  __kuid_val(current_uid())
#define kc_euid() __kuid_val(current_euid())
#define kc_gid()  __kgid_val(current_gid())
#define kc_egid() __kgid_val(current_egid())
#elif KC_HAVE_CURRENT_CRED
#define kc_uid()  current_uid()
#define kc_euid() current_euid()
#define kc_gid()  current_gid()
#define kc_egid() current_egid()
#else
#define kc_uid()  (current->uid)
#define kc_euid() (current->euid)
#define kc_gid()  (current->gid)
#define kc_egid() (current->egid)
#endif

/*
 * Are fewer than @need bytes left?  Of the task's own stack, or of the page that an NMI
 * or a debug trap in the kernel has for one, in an area of their own since 92a0f81d8957
 * (4.15); those of interrupts are the kernel's business.
 */
static inline bool kc_stack_low(unsigned long need)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);
	unsigned long base = (unsigned long)task_stack_page(current);

	if (sp - base < THREAD_SIZE)
		return sp - base < need;
#ifdef CPU_ENTRY_AREA_BASE
	if (sp - CPU_ENTRY_AREA_BASE < 1UL << P4D_SHIFT)
		return (sp & (PAGE_SIZE - 1)) < need;
#endif
	return false;
}

#endif
