// SPDX-License-Identifier: GPL-2.0-only
/* The system call a probe is in, and the names of all. */
#include "runtime/core/core.h"

#include "runtime/compat/kc_syscall.h"

s64 taprt_fn_syscall_nr(struct taprt_ctx *c)
{
	return (u32)c->nr;
}

s64 taprt_fn_syscall_compat(struct taprt_ctx *c)
{
	return c->nr >> 32;
}

/* ---- names ---------------------------------------------------------------------------- */

struct rt_sys_name {
	s16 nr, nr32;
	const char *name;
};

static const struct rt_sys_name rt_sys_names[] = {
#define SYSCALL(name, nr, nr32, args) { nr, nr32, #name },
#include "runtime/uapi/syscalls.def"
#undef SYSCALL
};

void taprt_fn_syscall_name(struct taprt_ctx *c, char *dst, u32 size, s64 nr)
{
	bool compat = kc_compat_syscall();
	struct taprt_sink s;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rt_sys_names); i++) {
		const struct rt_sys_name *n = &rt_sys_names[i];

		if (nr < 0 || (compat ? n->nr32 : n->nr) != nr)
			continue;
		taprt_strcpy(dst, n->name, size);
		return;
	}
	taprt_sink_buf(&s, dst, size);
	taprt_put_dec(&s, nr);
	taprt_sink_end(&s);
}

s64 taprt_fn_syscall_num(struct taprt_ctx *c, const char *name)
{
	bool compat = kc_compat_syscall();
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rt_sys_names); i++) {
		const struct rt_sys_name *n = &rt_sys_names[i];
		s64 nr = compat ? n->nr32 : n->nr;

		if (nr >= 0 && !taprt_strcmp(n->name, name))
			return nr;
	}
	return -1;
}
