// SPDX-License-Identifier: GPL-2.0-only
/* The session's memory, counted and limited (MAXMEMORY): taken at load only. */
#include "runtime/core/cpu.h"

#ifdef __KERNEL__
#include "runtime/compat/kc_mem.h"
#endif

u64 taprt_memory, taprt_memory_max;
bool taprt_memory_over;

bool taprt_memory_allowed(u64 bytes)
{
	u64 max = taprt_memory_max;

	if (max && (bytes > max || taprt_memory > max - bytes))
		taprt_memory_over = true;
	return !taprt_memory_over;
}

void *taprt_alloc_cpu(size_t bytes, u32 cpu)
{
	void *p = NULL;

	if (taprt_memory_allowed(bytes))
		p = rt_try_ptr(kc_zalloc(bytes, cpu));
	if (p)
		taprt_memory += bytes;
	return p;
}

void *taprt_alloc(size_t bytes)
{
	return taprt_alloc_cpu(bytes, rt_cpu_id());
}

void taprt_free(void *p)
{
	kc_free(p);
}
