/* SPDX-License-Identifier: GPL-2.0-only */
/* Stacks and symbols: what fn_sym.c makes text of, and who finds it. */
#ifndef RUNTIME_CORE_STACK_H
#define RUNTIME_CORE_STACK_H

#include "runtime/core/part.h"

/**
 * struct rt_frames - addresses, innermost first
 * @ip: in this CPU's own memory, valid until the next call
 * @max: how many have room
 * @from: the first is a function that returns to the second
 */
struct rt_frames {
	u64 *ip;
	u32 n, max;
	bool from;
};

/* fn_stack.c, or the test */
/** taprt_frames_none() - no frame, and room for them */
struct rt_frames taprt_frames_none(struct taprt_ctx *c);
/** taprt_frames() - the kernel's stack at the probed place */
struct rt_frames taprt_frames(struct taprt_ctx *c);
/** taprt_frames_task() - that of a task; no frame: it runs, or there is none */
struct rt_frames taprt_frames_task(struct taprt_ctx *c, u64 task);
/** taprt_frames_user() - the program's, by frame pointers */
struct rt_frames taprt_frames_user(struct taprt_ctx *c);
/** taprt_frames_user_at() - the same from an address and a frame pointer on */
struct rt_frames taprt_frames_user_at(struct taprt_ctx *c, u64 ip, u64 fp);
/** taprt_symbol() - "name+0x1/0x2 [module]", no module: the kernel; or "0x…";
 *  in this CPU's own memory */
const char *taprt_symbol(struct taprt_ctx *c, u64 addr);

#endif
