/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory. */
#ifndef RUNTIME_COMPAT_KC_MEM_H
#define RUNTIME_COMPAT_KC_MEM_H

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "kc_config.h"

#define KC_MEM_LARGE 65536
#define KC_MEM_KEEP  (64ul << 20) /* bytes left for everybody else */

/*
 * Would @bytes leave the machine something?  An allocation that takes the last
 * page does not fail: it makes the kernel kill other programs.
 * si_mem_available() came with d02bd27bd33d (4.6).
 */
static inline bool kc_mem_fits(size_t bytes)
{
#if KC_HAVE_SI_MEM_AVAILABLE
	if (bytes >= KC_MEM_LARGE)
		return (u64)si_mem_available() << PAGE_SHIFT >=
		       (u64)bytes + KC_MEM_KEEP;
#endif
	return true;
}

/* A CPU that may be plugged in later can have a node that has no memory yet. */
static inline int kc_node(int cpu)
{
	int node = cpu_to_node(cpu);

	return node >= 0 && node_online(node) ? node : NUMA_NO_NODE;
}

/**
 * kc_zalloc() - zeroed memory near @cpu, aligned to 64; may sleep, never warns
 *
 * NULL also where the memory would be missing elsewhere.
 *
 * Physically contiguous where possible: the linear map's large pages spare the
 * hot paths most TLB misses.
 */
static inline void *kc_zalloc(size_t bytes, int cpu)
{
#if KC_HAVE_KVMALLOC
	size_t n = bytes < PAGE_SIZE ? roundup_pow_of_two(bytes | 64) : bytes;

	/* above INT_MAX the kernel refuses, some with a warning: 7661809d493b */
	if (n > INT_MAX || !kc_mem_fits(bytes))
		return NULL;
	return kvmalloc_node(n, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN,
			     kc_node(cpu));
#else
	void *p = NULL;

	if (kc_mem_fits(bytes))
		p = vmalloc_node(bytes, kc_node(cpu));
	if (p)
		memset(p, 0, bytes);
	return p;
#endif
}

static inline void kc_free(void *p)
{
#if KC_HAVE_KVMALLOC
	kvfree(p);
#else
	vfree(p);
#endif
}

#endif
