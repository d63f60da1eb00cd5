// SPDX-License-Identifier: GPL-2.0-only
/* Writing memory that may not be there, for scripts with -g. */
#include "runtime/core/core.h"

#include "runtime/compat/kc_uaccess.h"
#include "runtime/core/arch.h"

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
			taprt_fail_addr(c, RT_WRITE_FAULT, addr, "");    \
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

/* The first bytes are the low ones. */
#define RT_FN_POKE(name, user)                                               \
	s64 taprt_fn_##name(struct taprt_ctx *c, s64 addr, s64 v, s64 bytes) \
	{                                                                    \
		if (rt_write_mem(addr, &v, bytes, user))                     \
			taprt_fail_addr(c, RT_WRITE_FAULT, addr, "");        \
		return v;                                                    \
	}
RT_FN_POKE(poke, false)
RT_FN_POKE(poke_user, true)

/* @how: bits of the field, << 8 its first bit, << 16 bytes of the unit that has it */
s64 taprt_fn_poke_bits(struct taprt_ctx *c, s64 addr, s64 v, s64 how)
{
	u32 bits = how & 0xff, shift = how >> 8 & 0xff, bytes = how >> 16;
	u64 unit = 0, mask = ~0ULL >> (64 - bits) << shift;
	int rc = rt_kernel_addr(addr, bytes)
			 ? kc_read_kernel(&unit, addr, bytes)
			 : -EFAULT;

	unit = (unit & ~mask) | ((u64)v << shift & mask);
	if (rc || rt_write_mem(addr, &unit, bytes, false))
		taprt_fail_addr(c, RT_WRITE_FAULT, addr, "");
	return v;
}

/* At most @n bytes of @val and its NUL. */
#define RT_FN_SET_STRING(space, user)                                          \
	s64 taprt_fn_set_##space##_string_n(struct taprt_ctx *c, s64 addr,     \
					    s64 n, const char *val)            \
	{                                                                      \
		u32 len = rt_strnlen(val, taprt_program.strsize) + 1;          \
		if (n < len)                                                   \
			len = n < 0 ? 0 : (u32)n;                              \
		if (rt_write_mem(addr, val, len, user))                        \
			taprt_fail_addr(c, RT_WRITE_FAULT, addr, "");          \
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

/* The registers are put back into the function when the handler has ended. */
s64 taprt_fn_set_nth_arg(struct taprt_ctx *c, s64 n, s64 v)
{
	const void *regs = taprt_arg_regs(c, n);

	if (!regs)
		return 0;
	if (n <= RT_REGS_ARGS)
		*rt_regs_arg_place((struct pt_regs *)regs, n - 1) = v;
	else
		taprt_fn_set_kernel_long(c, taprt_arg_place(regs, n), v);
	return v;
}

s64 taprt_fn_set_nth_arg32(struct taprt_ctx *c, s64 n, s64 v)
{
	taprt_fn_set_nth_arg(c, n, (u32)v);
	return v;
}
