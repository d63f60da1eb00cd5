// SPDX-License-Identifier: GPL-2.0-only
/* Reading memory that may not be there: never faults, never sleeps. */
#include "runtime/core/core.h"

#include "runtime/compat/kc_uaccess.h"
#include "runtime/core/arch.h"

#define RT_FAULT "read fault [man error::fault] at "

int taprt_read_mem(void *dst, u64 addr, u32 n, bool user)
{
	if (user)
		return kc_read_user(dst, addr, n);
	return rt_kernel_addr(addr, n) ? kc_read_kernel(dst, addr, n) : -EFAULT;
}

#if KC_HAVE_GET_KERNEL_NOFAULT
#define RT_KREAD(type, c, addr, what, after)                                 \
	type v;                                                              \
	if (likely(rt_kernel_addr(addr, sizeof(v)))) {                       \
		__get_kernel_nofault(&v, (type *)(long)(addr), type, fault); \
		return v;                                                    \
	}                                                                    \
fault:                                                                       \
	taprt_fail_addr(c, what, addr, after);                               \
	return 0
#else
#define RT_KREAD(type, c, addr, what, after)                     \
	type v;                                                  \
	if (likely(!taprt_read_mem(&v, addr, sizeof(v), false))) \
		return v;                                        \
	taprt_fail_addr(c, what, addr, after);                   \
	return 0
#endif

#define RT_UREAD(type, c, addr)                         \
	type v;                                         \
	if (likely(!kc_read_user(&v, addr, sizeof(v)))) \
		return v;                               \
	taprt_fail_addr(c, RT_FAULT, addr, "");         \
	return 0

/* taprt_kread_u8() … taprt_uread_u64(): runtime/gen.h */
#define RT_READERS(type)                                      \
	u64 taprt_kread_##type(struct taprt_ctx *c, u64 addr) \
	{                                                     \
		RT_KREAD(type, c, addr, RT_FAULT, "");        \
	}                                                     \
	u64 taprt_uread_##type(struct taprt_ctx *c, u64 addr) \
	{                                                     \
		RT_UREAD(type, c, addr);                      \
	}

RT_READERS(u8)
RT_READERS(u16)
RT_READERS(u32)
RT_READERS(u64)

/* kernel_char() … kernel_pointer(): numbers at an address, with its own error. */
#define RT_FN_KERNEL(name, type)                                  \
	s64 taprt_fn_kernel_##name(struct taprt_ctx *c, s64 addr) \
	{                                                         \
		RT_KREAD(type, c, (u64)addr,                      \
			 "kernel " #name " copy fault at ",       \
			 " [man error::fault]");                  \
	}
RT_FN_KERNEL(char, u8)
RT_FN_KERNEL(short, s16)
RT_FN_KERNEL(int, s32)
RT_FN_KERNEL(long, s64)
RT_FN_KERNEL(pointer, s64)
