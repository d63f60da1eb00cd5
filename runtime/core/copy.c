// SPDX-License-Identifier: GPL-2.0-only
/* Reading memory that may not be there: never faults, never sleeps. */
#include "runtime/core/core.h"

#define RT_FAULT "read fault [man error::fault] at "

int rt_read_mem(void *dst, u64 addr, u32 n, bool user)
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
	rt_fail_addr(c, what, addr, after);                                  \
	return 0
#else
#define RT_KREAD(type, c, addr, what, after)                  \
	type v;                                               \
	if (likely(!rt_read_mem(&v, addr, sizeof(v), false))) \
		return v;                                     \
	rt_fail_addr(c, what, addr, after);                   \
	return 0
#endif

#define RT_UREAD(type, c, addr)                         \
	type v;                                         \
	if (likely(!kc_read_user(&v, addr, sizeof(v)))) \
		return v;                               \
	rt_fail_addr(c, RT_FAULT, addr, "");            \
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

/* ---- writing, for scripts with -g ------------------------------------------------ */

static int rt_write_mem(u64 addr, const void *src, u32 n, bool user)
{
	if (user)
		return kc_write_user(addr, src, n);
	return rt_kernel_addr(addr, n) ? kc_write_kernel(addr, src, n)
				       : -EFAULT;
}

#define RT_WRITE_FAULT "write fault [man error::fault] at "

#define RT_FN_SET(space, user, name, type)                               \
	s64 taprt_fn_set_##space##_##name(struct taprt_ctx *c, s64 addr, \
					  s64 val)                       \
	{                                                                \
		type v = (type)val;                                      \
		if (rt_write_mem(addr, &v, sizeof(v), user))             \
			rt_fail_addr(c, RT_WRITE_FAULT, addr, "");       \
		return 0;                                                \
	}
RT_FN_SET(kernel, false, char, u8)
RT_FN_SET(kernel, false, short, u16)
RT_FN_SET(kernel, false, int, u32)
RT_FN_SET(kernel, false, long, u64)
RT_FN_SET(user, true, char, u8)
RT_FN_SET(user, true, short, u16)
RT_FN_SET(user, true, int, u32)
RT_FN_SET(user, true, long, u64)

/* At most @n bytes of @val and its NUL. */
#define RT_FN_SET_STRING(space, user)                                          \
	s64 taprt_fn_set_##space##_string_n(struct taprt_ctx *c, s64 addr,     \
					    s64 n, const char *val)            \
	{                                                                      \
		u32 len = rt_strnlen(val, taprt_program.strsize) + 1;          \
		if (n < len)                                                   \
			len = n < 0 ? 0 : (u32)n;                              \
		if (rt_write_mem(addr, val, len, user))                        \
			rt_fail_addr(c, RT_WRITE_FAULT, addr, "");             \
		return 0;                                                      \
	}                                                                      \
	s64 taprt_fn_set_##space##_string(struct taprt_ctx *c, s64 addr,       \
					  const char *val)                     \
	{                                                                      \
		return taprt_fn_set_##space##_string_n(c, addr, S64_MAX, val); \
	}
RT_FN_SET_STRING(kernel, false)
RT_FN_SET_STRING(user, true)

/* What is not writable stays as it is. */
s64 taprt_fn_set_user_string_arg(struct taprt_ctx *c, s64 addr, const char *val)
{
	rt_write_mem(addr, val, rt_strnlen(val, taprt_program.strsize) + 1,
		     true);
	return 0;
}
