/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads that fail instead of faulting or sleeping. */
#ifndef RUNTIME_COMPAT_KC_UACCESS_H
#define RUNTIME_COMPAT_KC_UACCESS_H

#include <linux/uaccess.h>

#include "kc_config.h"

#if !KC_HAVE_COPY_FROM_KERNEL_NOFAULT || !KC_HAVE_COPY_FROM_USER_NOFAULT
#error "kernel without copy_from_{kernel,user}_nofault: see compat/README.md"
#endif

/**
 * kc_read_kernel() - 0 or a negative errno; any context
 *
 * Not for user addresses, nor for the vsyscall page: before 32019c659ecf (6.9) the
 * kernel's own check lets that through to a fault which it does not survive.
 */
static inline int kc_read_kernel(void *dst, u64 addr, size_t n)
{
	return copy_from_kernel_nofault(dst, (const void *)(long)addr, n);
}

static inline int kc_read_user(void *dst, u64 addr, size_t n)
{
	return copy_from_user_nofault(
		dst, (const void __user *)(unsigned long)addr, n);
}

#endif
