/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of core/ share: the per-CPU state and small inline helpers. */
#ifndef RUNTIME_CORE_CORE_H
#define RUNTIME_CORE_CORE_H

#include "runtime/core/env.h"

#define RT_HIST_LOG_BUCKETS 128
#define RT_HIST_MAX_BUCKETS 65536 /* the builder is stricter */
#define RT_ERRBUF_BYTES	    1024
#define RT_HELD_MAX	    8 /* maps one handler may hold for foreach */
#define RT_JUNK_BYTES	    256

/**
 * struct rt_ring - the write side of one CPU's ring
 * @page: control page shared with the reader; only @page->tail is read back
 * @head: next free byte, absolute; page->head is what has been published
 * @time_ns: time of this handler's first record; 0 = no record yet
 * @last_ns: time of the newest record; the fast clock may step back a little
 * @reserve: room that script output leaves to warnings and errors
 * @lost, @lost_bytes: truth of what the page shows
 * @dropped: bytes thrown away since the ring was found full; @dropping
 * @pub: page->head as it was written, for readers in the kernel
 * @snap, @snap_busy: read()'s view of @pub and committing
 *
 * Written only by the handler that owns the CPU's context, so without locks.
 */
struct rt_ring {
	struct tapw_cpu *page;
	char *data;
	u64 head, time_ns, last_ns;
	u32 size, seq, cpu, reserve;
	u16 flags, held_flags; /* held: while a record of another type is put */
	bool dropping;
	u32 dropped;
	u64 lost, lost_bytes;
	u64 pub, snap;
	bool snap_busy;
	char junk[RT_JUNK_BYTES];
};

/* Why a handler did not run; indexes of rt_cpu.skipped. */
enum rt_skip {
	RT_SKIP_REENTRY,
	RT_SKIP_LOCK,
	RT_SKIP_STACK,
	RT_SKIP_OVERLOAD,
	RT_NSKIPS,
};

#define RT_GROUPS 64 /* REGEX_MAX_GROUPS and the whole match */

/**
 * struct rt_match - what the last =~ of a CPU's handler matched
 * @start, @end: of each group, bytes of @subject; @end below 0: not in the match
 * @path: scratch: the table entry each byte led through
 *
 * One allocation with what it points to, strsize bytes and entries.
 */
struct rt_match {
	s32 start[RT_GROUPS], end[RT_GROUPS];
	char *subject;
	u16 *path;
};

/**
 * struct rt_cpu - the context of one CPU; one handler owns it at a time
 * @c: what generated code sees
 * @busy: a handler runs here; whatever arrives meanwhile is skipped
 * @held: maps whose foreach scratch this handler took (core/iter.c)
 * @hist: buckets of the last statistic read, taprt_program.hist_buckets
 * @match: NULL unless some =~ keeps its groups
 * @frame_mem: string stack, taprt_program.frame_size bytes
 */
struct rt_cpu {
	struct taprt_ctx c;
	u32 busy;
	u32 cpu;
	u32 nheld;
	struct taprt_map *held[RT_HELD_MAX];
	struct rt_ring ring;
	u64 hits, skipped[RT_NSKIPS];
	u64 cycles_base, cycles_used; /* overload, core/context.c */
	u64 rnd;
	struct rt_match *match;
	char *frame_mem;
	char errbuf[RT_ERRBUF_BYTES];
	s64 *hist;
};

static inline struct rt_cpu *rt_of(struct taprt_ctx *c)
{
	return (struct rt_cpu *)c; /* @c is the first member */
}

extern u32 rt_ncpus;	       /* CPU ids are below this */
bool rt_cpu_possible(u32 cpu); /* context.c, or the test */

/* A handler that gives up with this error is skipped, not failed. */
extern const char rt_skip_lock_msg[];
/* abort(): ends the handler like an error that nobody is told of. */
extern const char rt_abort_msg[];

/* Memory allocated for the session, bytes. */
extern u64 rt_memory;

extern u64 rt_memory_max;   /* the script's own limit, bytes; 0 = none */
extern bool rt_memory_over; /* it refused some */

static inline bool rt_memory_allowed(u64 bytes)
{
	u64 max = rt_memory_max;

	if (max && (bytes > max || rt_memory > max - bytes))
		rt_memory_over = true;
	return !rt_memory_over;
}

static inline void *rt_alloc_cpu(size_t bytes, u32 cpu)
{
	void *p = rt_memory_allowed(bytes) ? kc_zalloc(bytes, cpu) : NULL;

	if (p)
		rt_memory += bytes;
	return p;
}

static inline void *rt_alloc(size_t bytes)
{
	return rt_alloc_cpu(bytes, rt_cpu_id());
}

/* ---- bounded spin lock, for tables no handler may keep across a call ------- */

#define RT_SPIN_MAX (1u << 22) /* about 50 ms: the holder's CPU is stuck */

static inline bool rt_spin(u32 *l)
{
	u32 n;

	if (likely(!rt_xchg(l, 1u)))
		return true;
	for (n = 0; n < RT_SPIN_MAX; n++) {
		rt_relax();
		if (!rt_read_once(*l) && !rt_xchg(l, 1u))
			return true;
	}
	return false;
}

static inline void rt_unspin(u32 *l)
{
	rt_store_release(l, 0u);
}

/* ---- small copies: the kernel's memcpy costs more than the bytes ---------- */

typedef u64 __attribute__((may_alias, aligned(1))) rt_word;

static inline void rt_copy(char *d, const char *s, size_t n)
{
	if (n > 128) {
		memcpy(d, s, n);
		return;
	}
	for (; n >= 8; n -= 8, d += 8, s += 8)
		*(rt_word *)d = *(const rt_word *)s;
	for (; n; n--)
		*d++ = *s++;
}

static inline size_t rt_strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

/* ring.c */
bool rt_sink_more(struct taprt_sink *s);
/* copy.c, or the test: 0 or -EFAULT; never sleeps */
int rt_read_mem(void *dst, u64 addr, u32 n, bool user);

#endif
