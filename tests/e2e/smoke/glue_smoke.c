// SPDX-License-Identifier: GPL-2.0-only
/* The per-target object: smoke_addrs.h has this kernel's link-time addresses. */
#include "runtime/gen.h"
#include "smoke_addrs.h"

#define FUNC_OFF(i) ((i) * 64)
#define PP_OFF(i)   ((i) * 64 + 32)

const struct taprt_target taprt_target = {
	.ref_addr = ADDR_register_kprobe,
	.npoints = 7,
	.nnums = 1,
};

const struct taprt_point taprt_points[] = {
	{ ADDR_vfs_read, 5, TAPRT_MECH_FTRACE, FUNC_OFF(0), PP_OFF(0) },
	{ ADDR_vfs_write, 5, TAPRT_MECH_FTRACE, FUNC_OFF(1), PP_OFF(1) },
	{ ADDR_vfs_read, 6, TAPRT_MECH_KRETPROBE, FUNC_OFF(0), PP_OFF(0) },
	{ ADDR_vfs_open, 7, TAPRT_MECH_KPROBE, FUNC_OFF(2), PP_OFF(2) },
	{ ADDR_vfs_read, 8, TAPRT_MECH_FTRACE, FUNC_OFF(0), PP_OFF(0) },
	/* a wrong address: must be refused, not armed */
	{ ADDR_vfs_open + 16, 7, TAPRT_MECH_KPROBE, FUNC_OFF(2), PP_OFF(3) },
	/* seven arguments or more on every kernel */
	{ ADDR_do_mmap, 9, TAPRT_MECH_FTRACE, FUNC_OFF(4), PP_OFF(4) },
};

const s64 taprt_nums[] = { 0 };

const char taprt_strings[64 * 8] = {
	[FUNC_OFF(0)] = 'v', 'f', 's', '_', 'r', 'e', 'a', 'd',
	[PP_OFF(0)] = 'p', 'p', '_', 'v', 'f', 's', '_', 'r', 'e', 'a', 'd',
	[FUNC_OFF(1)] = 'v', 'f', 's', '_', 'w', 'r', 'i', 't', 'e',
	[PP_OFF(1)] = 'p', 'p', '_', 'v', 'f', 's', '_', 'w', 'r', 'i', 't',
	'e',
	[FUNC_OFF(2)] = 'v', 'f', 's', '_', 'o', 'p', 'e', 'n',
	[PP_OFF(2)] = 'p', 'p', '_', 'v', 'f', 's', '_', 'o', 'p', 'e', 'n',
	[PP_OFF(3)] = 'p', 'p', '_', 'w', 'r', 'o', 'n', 'g',
	[FUNC_OFF(4)] = 'd', 'o', '_', 'm', 'm', 'a', 'p',
	[PP_OFF(4)] = 'p', 'p', '_', 'd', 'o', '_', 'm', 'm', 'a', 'p',
};
