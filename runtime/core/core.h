/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of core/ share: the per-CPU state and small inline helpers. */
#ifndef RUNTIME_CORE_CORE_H
#define RUNTIME_CORE_CORE_H

#include "runtime/core/env.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "core/ looks for the end of a string from a word's low byte"
#endif

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
enum taprt_skip {
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
 * @looks: it is no handler but a condition: nothing counts as skipped
 * @held: maps whose foreach scratch this handler took (core/iter.c)
 * @hist: buckets of the last statistic read, taprt_program.hist_buckets
 * @match: NULL unless some =~ keeps its groups
 * @frame_mem: string stack, taprt_program.frame_size bytes
 */
struct rt_cpu {
	struct taprt_ctx c;
	u32 cpu;
	bool looks;
	u32 nheld;
	struct taprt_map *held[RT_HELD_MAX];
	struct rt_ring ring;
	u64 hits, skipped[RT_NSKIPS];
	u64 cycles_base, cycles_used; /* overload, core/context.c */
	u32 pass, pace; /* … which hits are measured, core/enter.h */
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

extern u32 taprt_ncpus;		   /* CPU ids are below this */
extern struct rt_cpu **taprt_cpus; /* by CPU id */
bool taprt_cpu_possible(u32 cpu);  /* context.c, or the test */
extern s32 taprt_session_target;   /* the runner's -x or -c */
extern u64 taprt_seed;		   /* of this session's hashes */
extern u32 taprt_patience; /* how much longer than usual to wait for CPUs */
/* iter.c: what a handler's foreach took; called while nheld is not 0 */
extern void (*taprt_release)(struct rt_cpu *r);

/* A handler that gives up with this error is skipped, not failed. */
extern const char taprt_skip_lock_msg[];
/* abort(): ends the handler like an error that nobody is told of. */
extern const char taprt_abort_msg[];

static inline u64 rt_random(struct rt_cpu *r)
{
	u64 x = r->rnd;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return r->rnd = x;
}

/* ---- failing on purpose: fault.c --------------------------------------------- */

/* Shall what comes now fail as if there were no memory?  Only with -DTAP_FAULT. */
static inline bool rt_fault(void)
{
	return unlikely(taprt_program.fault) && taprt_program.fault();
}

/* @call asks the kernel for something: 0 or -errno. */
#define rt_try(call) (rt_fault() ? -ENOMEM : (call))
/* The same where the answer is a pointer. */
#define rt_try_ptr(call) (rt_fault() ? NULL : (call))

/* ---- memory of the session: alloc.c ---------------------------------------- */

extern u64 taprt_memory;       /* allocated, bytes */
extern u64 taprt_memory_max;   /* the script's own limit; 0 = none */
extern bool taprt_memory_over; /* it refused some */

bool taprt_memory_allowed(u64 bytes);
/* Zeroed, 64-byte aligned, near @cpu; NULL also beyond the limit.  At load only. */
void *taprt_alloc_cpu(size_t bytes, u32 cpu);
void *taprt_alloc(size_t bytes);
void taprt_free(void *p);
/* Say why a global has no memory: returns @rc, -ENOMEM or -EINVAL (its histogram). */
int taprt_global_failed(const struct taprt_global *g, int rc);

/* ---- small copies: the kernel's memcpy costs more than the bytes ---------- */

typedef u64 __attribute__((may_alias, aligned(1))) rt_word;

/* Forward: @d may lie before @s and overlap it. */
static inline void rt_copy(char *d, const char *s, size_t n)
{
	if (n > 512) {
		memmove(d, s, n);
		return;
	}
	for (; n >= 8; n -= 8, d += 8, s += 8)
		*(rt_word *)d = *(const rt_word *)s;
	for (; n; n--)
		*d++ = *s++;
}

/* ---- strings, eight bytes at a time -------------------------------------------- */

/*
 * A word that reaches behind a string's end is in the page of its last byte: the
 * aligned ones always, others where rt_word_here() says so.  Bytes are numbered
 * from the low end, as they lie in memory.
 */
#define RT_BYTES(b) (~0ULL / 255 * (b))

/* The lowest bit set is in the first byte that is 0. */
static inline u64 rt_zero_byte(u64 w)
{
	return (w - RT_BYTES(1)) & ~w & RT_BYTES(0x80);
}

static inline bool rt_word_here(const char *s)
{
	return ((unsigned long)s & 4095) <= 4096 - 8;
}

static RT_PAST_END inline size_t rt_strnlen(const char *s, size_t max)
{
	u32 skip = (unsigned long)s & 7;
	const rt_word *p = (const rt_word *)(s - skip);
	u64 z = rt_zero_byte(*p | ((1ULL << 8 * skip) - 1));
	size_t n = 0;

	while (!z && (n = (const char *)++p - s) < max)
		z = rt_zero_byte(*p);
	if (z)
		n = (const char *)p - s + (__builtin_ctzll(z) >> 3);
	return n < max ? n : max;
}

/* How the first bytes that differ, or the ends, compare; the first @max count. */
static RT_PAST_END inline s32 rt_strncmp(const char *a, const char *b, u32 max)
{
	u64 v, w, end;
	u32 i = 0, at;

	while (i < max) {
		if (unlikely(!rt_word_here(a + i) || !rt_word_here(b + i))) {
			if (a[i] != b[i] || !a[i])
				return (s32)(u8)a[i] - (s32)(u8)b[i];
			i++;
			continue;
		}
		v = *(const rt_word *)(a + i);
		w = *(const rt_word *)(b + i);
		end = (v ^ w) | rt_zero_byte(v);
		if (end) {
			at = __builtin_ctzll(end) & ~7u;
			if (i + at / 8 >= max)
				return 0;
			return (s32)(v >> at & 255) - (s32)(w >> at & 255);
		}
		i += 8;
	}
	return 0;
}

/* ring.c */
bool taprt_sink_more(struct taprt_sink *s);
void taprt_ring_end(struct rt_ring *g, struct taprt_sink *s);
/* One record of another type amid a handler's output; @b: more text, or NULL */
void taprt_ring_text(struct rt_ring *g, struct taprt_sink *s, u32 type,
		     const char *a, const char *b);
/* print.c */
void taprt_pad(struct taprt_sink *s, char ch, s32 n);
u32 taprt_escape(char b[4], u8 ch, bool hex);
void taprt_put_escaped(struct taprt_sink *s, const char *str, u32 max);
/* error.c */
void taprt_put_text(struct taprt_sink *s, const char *text);
void taprt_give_up(struct taprt_ctx *c);
void taprt_fail_num(struct taprt_ctx *c, const char *before, s64 v,
		    const char *after);
void taprt_fail_addr(struct taprt_ctx *c, const char *before, u64 addr,
		     const char *after);
void taprt_fail_str(struct taprt_ctx *c, const char *before, const char *after);
/* copy.c, or the test: 0 or -EFAULT; never sleeps */
int taprt_read_mem(void *dst, u64 addr, u32 n, bool user);
/* fn_regs.c: struct pt_regs at the entry of a function that has argument @n, or NULL
 * and an error; where on the stack an argument lies that is in no register */
const void *taprt_arg_regs(struct taprt_ctx *c, s64 n);
u64 taprt_arg_place(const void *regs, s64 n);
/* context.c, in process context: a record, and a line about skipped probes */
void taprt_say(u32 type, const char *a, const char *b);
void taprt_say_skips(const char *a, const char *name, const char *b, u64 n);

#endif
