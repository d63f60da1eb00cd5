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

/**
 * kc_write_kernel() - 0 or a negative errno; any context
 *
 * Not for user addresses.  2, 4 or 8 bytes are written at once, others one by one.
 */
static inline int kc_write_kernel(u64 addr, const void *src, size_t n)
{
#if KC_HAVE_PUT_KERNEL_NOFAULT
	const u8 *p = src;
	u8 *d = (u8 *)(long)addr;

	pagefault_disable();
	if (n == 8)
		__put_kernel_nofault(d, p, u64, fault);
	else if (n == 4)
		__put_kernel_nofault(d, p, u32, fault);
	else if (n == 2)
		__put_kernel_nofault(d, p, u16, fault);
	else
		for (; n; n--, d++, p++)
			__put_kernel_nofault(d, p, u8, fault);
	pagefault_enable();
	return 0;
fault:
	pagefault_enable();
#endif
	return -EFAULT;
}

static inline int kc_write_user(u64 addr, const void *src, size_t n)
{
#if KC_HAVE_COPY_TO_USER_NOFAULT
	return copy_to_user_nofault((void __user *)(unsigned long)addr, src, n);
#else
	return -EFAULT;
#endif
}

#endif
