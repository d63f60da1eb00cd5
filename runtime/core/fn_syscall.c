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

/* By line of the list, which says the same row to each table; gaps have no name. */
static const struct rt_sys_name rt_sys_names[] = {
#define SYSCALL(name, nr, nr32, args) [__LINE__] = { nr, nr32, #name },
#include "runtime/uapi/syscalls.def"
#undef SYSCALL
};

/* By number plus 1; [0] collects what has no number there. */
static const u16 rt_sys_by_nr[] = {
#define SYSCALL(name, nr, nr32, args) [(nr) + 1] = __LINE__,
#include "runtime/uapi/syscalls.def"
#undef SYSCALL
};

static const u16 rt_sys_by_nr32[] = {
#define SYSCALL(name, nr, nr32, args) [(nr32) + 1] = __LINE__,
#include "runtime/uapi/syscalls.def"
#undef SYSCALL
};

/* NULL: no call has this number. */
static const char *rt_sys_name(const u16 *by_nr, u32 n, s64 nr)
{
	u32 at = nr >= 0 && nr < n - 1 ? by_nr[nr + 1] : 0;

	return rt_sys_names[at].name;
}

void taprt_fn_syscall_name(struct taprt_ctx *c, char *dst, u32 size, s64 nr)
{
	const char *name = kc_compat_syscall()
				   ? rt_sys_name(rt_sys_by_nr32,
						 ARRAY_SIZE(rt_sys_by_nr32), nr)
				   : rt_sys_name(rt_sys_by_nr,
						 ARRAY_SIZE(rt_sys_by_nr), nr);
	struct taprt_sink s;

	if (name) {
		taprt_strcpy(dst, name, size);
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

		if (n->name && nr >= 0 && !taprt_strcmp(n->name, name))
			return nr;
	}
	return -1;
}
