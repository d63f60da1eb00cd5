// SPDX-License-Identifier: GPL-2.0-only
/* Who is running, and what the handler knows of itself. */
#include "runtime/core/core.h"

#include "runtime/compat/kc_task.h"

s64 taprt_fn_pid(struct taprt_ctx *c)
{
	return current->tgid;
}

s64 taprt_fn_tid(struct taprt_ctx *c)
{
	return current->pid;
}

s64 taprt_fn_ppid(struct taprt_ctx *c)
{
	s64 v;

	rcu_read_lock();
	v = rcu_dereference(current->real_parent)->tgid;
	rcu_read_unlock();
	return v;
}

s64 taprt_fn_uid(struct taprt_ctx *c)
{
	return kc_uid();
}

s64 taprt_fn_euid(struct taprt_ctx *c)
{
	return kc_euid();
}

s64 taprt_fn_gid(struct taprt_ctx *c)
{
	return kc_gid();
}

s64 taprt_fn_egid(struct taprt_ctx *c)
{
	return kc_egid();
}

/* comm is changed under a lock we cannot take: it ends within its array. */
static void rt_comm(char *dst, u32 size, const struct task_struct *t)
{
	u32 n = sizeof(t->comm);

	if (likely(size >= sizeof(t->comm))) {
		rt_copy(dst, t->comm,
			n); /* whatever follows its NUL is harmless */
		dst[n - 1] = 0;
		return;
	}
	n = rt_strnlen(t->comm, size - 1);
	rt_copy(dst, t->comm, n);
	dst[n] = 0;
}

void taprt_fn_execname(struct taprt_ctx *c, char *dst, u32 size)
{
	rt_comm(dst, size, current);
}

void taprt_fn_pexecname(struct taprt_ctx *c, char *dst, u32 size)
{
	rcu_read_lock();
	rt_comm(dst, size, rcu_dereference(current->real_parent));
	rcu_read_unlock();
}

s64 taprt_fn_cpu(struct taprt_ctx *c)
{
	return rt_of(c)->cpu;
}

s64 taprt_fn_target(struct taprt_ctx *c)
{
	return taprt_session_target;
}

void taprt_fn_probefunc(struct taprt_ctx *c, char *dst, u32 size)
{
	taprt_strcpy(dst, c->func, size);
}

void taprt_fn_pp(struct taprt_ctx *c, char *dst, u32 size)
{
	taprt_strcpy(dst, c->pp, size);
}

s64 taprt_fn_error(struct taprt_ctx *c, const char *msg)
{
	taprt_fail_str(c, msg, "");
	return 0;
}

s64 taprt_fn_warn(struct taprt_ctx *c, const char *msg)
{
	taprt_ring_text(&rt_of(c)->ring, &c->out, TAPW_REC_WARN, msg, NULL);
	return 0;
}

/* What the runner is asked to do lies between what is printed before and after. */
s64 taprt_fn_system(struct taprt_ctx *c, const char *cmd)
{
	char b[TAPW_SYSTEM_MAX + 1];

	taprt_strcpy(b, cmd, sizeof(b));
	taprt_ring_text(&rt_of(c)->ring, &c->out, TAPW_REC_SYSTEM, b, NULL);
	return 0;
}

s64 taprt_fn_switch_file(struct taprt_ctx *c)
{
	taprt_ring_text(&rt_of(c)->ring, &c->out, TAPW_REC_SWITCH, " ", NULL);
	return 0;
}

s64 taprt_fn_log(struct taprt_ctx *c, const char *msg)
{
	taprt_put_lit(&c->out, msg, rt_strnlen(msg, taprt_program.strsize));
	taprt_put_lit(&c->out, "\n", 1);
	return 0;
}
