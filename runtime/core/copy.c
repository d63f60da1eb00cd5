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
#define RT_KREAD(type, c, addr)                                              \
	type v;                                                              \
	if (likely(rt_kernel_addr(addr, sizeof(v)))) {                       \
		__get_kernel_nofault(&v, (type *)(long)(addr), type, fault); \
		return v;                                                    \
	}                                                                    \
fault:                                                                       \
	rt_fail_addr(c, RT_FAULT, addr, "");                                 \
	return 0
#else
#define RT_KREAD(type, c, addr)                               \
	type v;                                               \
	if (likely(!rt_read_mem(&v, addr, sizeof(v), false))) \
		return v;                                     \
	rt_fail_addr(c, RT_FAULT, addr, "");                  \
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
		RT_KREAD(type, c, addr);                      \
	}                                                     \
	u64 taprt_uread_##type(struct taprt_ctx *c, u64 addr) \
	{                                                     \
		RT_UREAD(type, c, addr);                      \
	}

RT_READERS(u8)
RT_READERS(u16)
RT_READERS(u32)
RT_READERS(u64)

/*
 * Copy a string of at most @size - 1 bytes.  Reads stay within aligned 64-byte
 * blocks, so that one never runs into a page the string does not reach.
 */
static int rt_read_str(char *dst, u32 size, u64 addr, bool user)
{
	u32 n, len, done = 0;
	int rc;

	while (done + 1 < size) {
		n = 64 - (addr & 63);
		if (n > size - 1 - done)
			n = size - 1 - done;
		rc = rt_read_mem(dst + done, addr, n, user);
		if (rc)
			return rc;
		len = rt_strnlen(dst + done, n);
		if (len < n)
			return 0;
		done += n;
		addr += n;
	}
	dst[done] = 0;
	return 0;
}

void taprt_fn_kernel_string(struct taprt_ctx *c, char *dst, u32 size, s64 addr)
{
	if (!rt_read_str(dst, size, addr, false))
		return;
	*dst = 0;
	rt_fail_addr(c, "kernel string copy fault at ", addr,
		     " [man error::fault]");
}

void taprt_fn_kernel_string_default(struct taprt_ctx *c, char *dst, u32 size,
				    s64 addr, const char *dflt)
{
	(void)c;
	if (rt_read_str(dst, size, addr, false))
		taprt_strcpy(dst, dflt, size);
}

void taprt_fn_user_string(struct taprt_ctx *c, char *dst, u32 size, s64 addr)
{
	if (!rt_read_str(dst, size, addr, true))
		return;
	*dst = 0;
	rt_fail_addr(c, "user string copy fault -14 at ", addr,
		     " [man error::fault]");
}

void taprt_fn_user_string_default(struct taprt_ctx *c, char *dst, u32 size,
				  s64 addr, const char *dflt)
{
	(void)c;
	if (rt_read_str(dst, size, addr, true))
		taprt_strcpy(dst, dflt, size);
}
