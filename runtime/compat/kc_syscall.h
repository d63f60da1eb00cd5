/* SPDX-License-Identifier: GPL-2.0-only */
/* Is the current task in a system call of a 32-bit program? */
#ifndef RUNTIME_COMPAT_KC_SYSCALL_H
#define RUNTIME_COMPAT_KC_SYSCALL_H

#include <linux/compat.h>
#include <linux/thread_info.h>

#include "kc_config.h"

/* in_ia32_syscall() is of abfb9498ee13 (4.7) */
static __always_inline bool kc_compat_syscall(void)
{
#if KC_HAVE_IN_IA32_SYSCALL
	return in_ia32_syscall();
#else
	return false;
#endif
}

#endif
