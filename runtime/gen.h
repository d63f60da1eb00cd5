/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seam between generated C and the runtime: all that a script object may use.
 *
 * Included by generated C (which includes no kernel header), by the runtime
 * (after kernel headers, with TAPRT_HAVE_TYPES) and by user-space unit tests.
 * Nothing here depends on a kernel: what does comes from the link-time tables
 * taprt_nums/taprt_points/taprt_strings/taprt_target, one object per target.
 */
#ifndef RUNTIME_GEN_H
#define RUNTIME_GEN_H

#ifndef TAPRT_HAVE_TYPES
typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
#ifndef bool
#define bool _Bool
#define true 1
#define false 0
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef likely
#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif
#endif

/*
 * The version of what is in this file is a symbol's name: a program needs it and the
 * runtime defines it, so a kit with the runtime of another version does not link.
 */
#define TAPRT_ABI taprt_abi_6
extern const u32 TAPRT_ABI;

#define TAPRT_MAXKEYS  9
#define TAPRT_MAXCALLS 8 /* calls an error's text names */

struct taprt_map;  /* runtime/core/map.c */
struct taprt_stat; /* runtime/core/stat.c */

/* ---- output ---------------------------------------------------------------- */

/**
 * struct taprt_sink - where formatted bytes go: the ring, or a string buffer
 * @p: next free byte; @end: one past the last usable one
 * @start: first byte of what is being built
 * @ring: non-NULL when this writes straight into a CPU's ring
 */
struct taprt_sink {
	char *p, *end, *start;
	void *ring;
};

enum taprt_flag {
	TAPRT_F_MINUS = 1,
	TAPRT_F_PLUS = 2,
	TAPRT_F_SPACE = 4,
	TAPRT_F_ZERO = 8,
	TAPRT_F_ALT = 16,
};

/* ---- context --------------------------------------------------------------- */

/* One statistic, merged over CPUs.  @min, @max and @variance are filled where the
 * global keeps them (enum taprt_keep); with @avg they mean something if count > 0. */
struct taprt_statval {
	s64 count, sum, min, max;
	s64 avg, variance;
	s64 means, squares; /* private: of the CPUs, while merging */
	u32 nbuckets;	    /* 0 = no histogram */
	const s64 *bucket; /* nbuckets counts, valid until the next stat read */
};

/**
 * struct taprt_ctx - the per-CPU context a handler runs in
 *
 * The runtime embeds it in a larger private struct.  A handler never sleeps,
 * never allocates, and is never re-entered on its CPU.
 */
struct taprt_ctx {
	const char *error; /* pending run-time error, or NULL */
	const char *near; /* literal "near X at F:L:C" of that error, or NULL */
	u32 ncalls;  /* calls the error went through; > MAXCALLS: not kept */
	s64 actions; /* what is left of MAXACTION */
	u32 depth;   /* script function nesting */
	u32 point;   /* index into taprt_points, or of the probe if none */
	const struct taprt_probe *probe;
	const char *func; /* probefunc(), or "" */
	const char *pp;	  /* pp() */
	u64 arg[6];	  /* integer arguments at function entry */
	u64 stack;	  /* address of the 7th argument, 0 if unknown */
	u64 retval;	  /* at function return */
	u64 nr;		  /* of a system call; bit 32: of a 32-bit program */
	u64 ip;		  /* run-time address of the place, or 0 */
	u64 from; /* at function return: run-time address of the function */
	const void *regs; /* struct pt_regs there, or NULL */
	void *event;	  /* what else its family knows of the event */
	char *saved;	  /* return probes: bytes the entry handler stored */
	char *frame;	  /* string stack: next free byte */
	char *frame_end;
	struct taprt_sink out;	   /* this handler's output */
	struct taprt_statval stat; /* the last statistic read */
	const char *calls
		[TAPRT_MAXCALLS]; /* literals like @near, innermost first */
	u32 groups; /* of the last =~, the whole match counted; 0 = no match */
	bool aborted; /* error that try/catch must not catch (MAXACTION, abort()) */
};

/* ---- what the generated C defines --------------------------------------- */

/* What a probe is; taprt_kind_NAME is in the part of the runtime that runs such
 * probes, which naming it links (runtime/core/part.h). */
struct taprt_kind;

enum taprt_probe_flag {
	TAPRT_P_RETURN = 1, /* function exit; entry() runs first if set */
	TAPRT_P_ARGS = 2,   /* handler or entry() reads c->arg / c->stack */
	TAPRT_P_JIFFIES = 4,
	TAPRT_P_POINTS = 8,  /* each event is at one of taprt_points */
	TAPRT_P_STEADY = 16, /* takes about as long each time: no loop, no C */
};

/* What a handler that only counts adds; a list ends with @to NULL. */
struct taprt_add {
	s64 *to;
	s64 by;
};

/**
 * struct taprt_probe - one handler
 * @handler: the body
 * @adds: all that it does, or NULL if it does more
 * @entry: return probes: fills c->saved (saved_size bytes) at function entry, or
 *         NULL.  A pending c->error after entry() drops that instance.
 * @cond: sets c->retval: is the probe to be in place?  NULL = always
 * @name: pp() text when the probe has no points (begin, end, timers)
 * @pn: pn() text of such a probe where it is not @name, or NULL
 * @order: begin(N)/end(N)/error(N)
 * @actions: MAXACTION budget
 */
struct taprt_probe {
	void (*handler)(struct taprt_ctx *c);
	void (*entry)(struct taprt_ctx *c);
	void (*cond)(struct taprt_ctx *c);
	const struct taprt_add *adds;
	const char *name;
	const char *pn;
	const struct taprt_kind *kind;
	u32 flags;
	s64 order;
	u64 interval; /* ns, or jiffies with TAPRT_P_JIFFIES */
	u64 randomize;
	s64 actions;
	u32 saved_size;	  /* bytes */
	u32 maxactive;	  /* 0 = default */
	const char *text; /* what else its family needs, or NULL */
	s64 num[3];
	/* with -t, else NULL: "FILE:L:C", and what it was derived from */
	const char *at, *from;
};

/* tapbuild -t: what the report counts. */
enum taprt_timing {
	TAPRT_TIMING_OFF,
	TAPRT_TIMING_CYCLES,
	TAPRT_TIMING_NS,   /* -DSTP_TIMING_NSECS */
	TAPRT_TIMING_HITS, /* -DSTP_ALIBI: how often, and no handler runs */
};

enum taprt_type { TAPRT_LONG, TAPRT_STRING, TAPRT_STAT };

enum taprt_hist_kind { TAPRT_HIST_NONE, TAPRT_HIST_LOG, TAPRT_HIST_LINEAR };

struct taprt_hist {
	u32 kind;
	s64 lo, hi, step; /* linear only */
};

/* What a statistic keeps besides count, sum and histogram: what is read of it. */
enum taprt_keep {
	TAPRT_KEEP_MINMAX = 1,
	TAPRT_KEEP_VARIANCE = 2,
};

/**
 * struct taprt_global - one global variable
 * @array: false: scalar; @ptr is s64 *, char * (strsize bytes) or struct taprt_stat **
 *         true: @ptr is struct taprt_map **, filled by the runtime at load
 * @settable: may be given as var=value (scalars long and string)
 * @orders: array: foreach that may run at a time, of those that need an order
 * @spread: array of longs: every CPU counts for itself (taprt_map_add())
 * @shared_often: its lock is taken for sharing by hot handlers: a word a CPU
 * @keep: statistics: a set of enum taprt_keep
 * @shift: @variance: values are taken times 2^shift, for precision
 */
struct taprt_global {
	const char *name;
	void *ptr;
	u8 type; /* enum taprt_type of the value */
	bool array;
	bool wrap; /* NAME% */
	bool settable;
	bool spread, shared_often;
	u8 nkeys;
	u16 keystr; /* bit i: key i is a string */
	u32 max_entries;
	bool sized; /* NAME[N]: for the text of the overflow error */
	struct taprt_hist hist;
	u8 keep, shift, orders;
};

/** struct taprt_program - defined once by the generated C as `taprt_program` */
struct taprt_program {
	const u32 *abi; /* TAPRT_ABI */
	u32 nprobes, nglobals;
	const struct taprt_probe *probes;
	const struct taprt_global *globals;
	u32 strsize;	/* MAXSTRINGLEN, NUL included */
	u32 frame_size; /* string stack of one context, bytes */
	u32 maxerrors, maxskipped, maxnesting;
	u64 maxmemory;	/* bytes a session may allocate; 0 = no limit */
	u32 ring_bytes; /* per CPU, power of two; 0 = runtime's default */
	u32 trylock_tries, trylock_delay_us; /* MAXTRYLOCK, TRYLOCKDELAY */
	u32 minstack;			     /* MINSTACKSPACE */
	u32 maxbacktrace;		     /* MAXBACKTRACE */
	u32 kretactive;			     /* KRETACTIVE, 0 = default */
	u64 overload_interval, overload_threshold; /* cycles; 0 = off */
	u32 timing;				   /* enum taprt_timing */
	u32 hist_buckets; /* of the largest histogram */
	u32 hist_width;	  /* HIST_WIDTH, 0 = 50 */
	s32 hist_elision; /* HIST_ELISION, negative = show every row */
	bool captures;	  /* some =~ keeps its groups */
	bool regs;	  /* something asks for registers */
	/* with some @cond: by probe, and taprt_cond_changed(); else NULL */
	u8 *wanted;
	void (*cond_changed)(void);
	/* taprt_timed() with -t, taprt_alibi() with -DSTP_ALIBI, else NULL: instead
	 * of the handler of c->probe */
	void (*timed)(struct taprt_ctx *c);
	/* taprt_fault() with -DTAP_FAULT, else NULL */
	bool (*fault)(void);
};
extern const struct taprt_program taprt_program;

void taprt_timed(struct taprt_ctx *c);
void taprt_alibi(struct taprt_ctx *c);

/** taprt_fault() - for tests: shall what comes now fail? (runtime/core/fault.c) */
bool taprt_fault(void);

/** taprt_cond_changed() - a handler wrote to what some probe's condition reads */
void taprt_cond_changed(void);

/* ---- what the per-target object defines ----------------------------------- */

enum taprt_mech {
	TAPRT_MECH_FTRACE = 1, /* entry by ftrace_ops (fall back to kprobe) */
	TAPRT_MECH_KPROBE = 2,
	TAPRT_MECH_KRETPROBE = 3,
	TAPRT_MECH_TRACEPOINT = 4,
	TAPRT_MECH_SYSCALL = 5,
	TAPRT_MECH_ABSOLUTE = 6, /* kprobe at a run-time address */
	TAPRT_MECH_DATA = 7,	 /* a watchpoint */
};

/*
 * taprt_point.addr of a system call: its number, then what it is, then from bit 32 on
 * four bits an argument
 */
#define TAPRT_SYS_NR	 0xffff
#define TAPRT_SYS_COMPAT 0x10000 /* of 32-bit programs */
#define TAPRT_SYS_ANY	 0x20000 /* any number, of any program */
#define TAPRT_SYS_KIND	 32

enum taprt_arg_kind {
	TAPRT_ARG_WORD,
	TAPRT_ARG_S32,
	TAPRT_ARG_U32,
	TAPRT_ARG_U16,
};

#define TAPRT_ADDR_BY_NAME (~0ULL)

/** struct taprt_point - one place in one kernel */
struct taprt_point {
	/* link-time address of the function, or struct tracepoint; of a function in a
	 * module: bytes from where its text begins, or TAPRT_ADDR_BY_NAME */
	u64 addr;
	u32 probe; /* index into taprt_program.probes */
	u32 mech;
	u32 func;   /* offset in taprt_strings: probefunc(), or "SYSTEM:NAME" */
	u32 pp;	    /* offset in taprt_strings: pp() */
	u32 pn;	    /* offset in taprt_strings: pn() */
	u32 module; /* offset in taprt_strings: the module it is in, or "" */
	u32 symbol; /* offset in taprt_strings: what begins at @addr; 0: @func */
	u32 offset; /* bytes from @addr to the probe */
	u32 caller,
		ncallers; /* taprt_nums from here: link-time addresses that calls
				 return to which count, of a module bytes from
				 the point; none: all calls do */
};

/* It may run on a kernel that it was not linked for: a function that is not where it
 * should be is looked up by its name.  What that name is, the runner has proved. */
#define TAPRT_T_BY_NAME 1

struct taprt_target {
	u64 ref_addr; /* link-time address of register_kprobe(): gives the slide */
	u32 npoints, nnums;
	u32 strings_len;
	u32 flags; /* TAPRT_T_* */
};

extern const struct taprt_target taprt_target;
extern const struct taprt_point taprt_points[];
extern const s64 taprt_nums[]; /* member offsets and other kernel numbers */
extern const char taprt_strings[];

/* ---- errors and control ----------------------------------------------------- */

/** taprt_fail() - raise a run-time error with a constant text */
void taprt_fail(struct taprt_ctx *c, const char *msg);
/** taprt_fail_called() - the pending error leaves a function called at @near */
void taprt_fail_called(struct taprt_ctx *c, const char *near);
/** taprt_catch() - copy the pending error's text to @dst (may be NULL) and clear it */
void taprt_catch(struct taprt_ctx *c, char *dst, u32 size);

/* ---- locks -------------------------------------------------------------------- */

struct taprt_lockreq {
	u16 global; /* index into taprt_program.globals */
	u16 write;
};

/**
 * taprt_lock() - take @n global locks in the given (ascending) order
 *
 * @write: alone; else together with others that do not write.
 * Return: false after bounded waiting; nothing is held, the skip is counted and
 * the handler must return at once.
 */
bool taprt_lock(struct taprt_ctx *c, const struct taprt_lockreq *l, u32 n);
void taprt_unlock(struct taprt_ctx *c, const struct taprt_lockreq *l, u32 n);

/* ---- strings ------------------------------------------------------------------ */

/* All truncate at @size and always terminate.  Overlap of dst and src is fine. */
void taprt_strcpy(char *dst, const char *src, u32 size);
void taprt_strcat(char *dst, const char *src, u32 size); /* appends */
s32 taprt_strcmp(const char *a, const char *b);		 /* unsigned bytes */

/* ---- regular expressions ------------------------------------------------------- */

/**
 * struct taprt_regex - an automaton; build/regex/regex.h says what its tables hold
 * @link, @pool, @ops: NULL unless groups are asked for
 */
struct taprt_regex {
	const u8 *col;
	const u16 *next, *link, *pool;
	const u8 *ops, *skip;
	u16 start, ncols, wait; /* @wait: 0, or where @skip says what to pass */
	u32 ngroups;		/* the whole match not counted */
};

/** taprt_regex_test() - is there a match in @s? */
bool taprt_regex_test(const struct taprt_regex *re, const char *s);
/** taprt_regex_match() - the same, and keep its groups for matched(), ngroups() */
bool taprt_regex_match(struct taprt_ctx *c, const struct taprt_regex *re,
		       const char *s);

/* ---- formatted output --------------------------------------------------------- */

void taprt_sink_buf(struct taprt_sink *s, char *dst, u32 size);
void taprt_sink_end(struct taprt_sink *s); /* NUL-terminates a string sink */
void taprt_put_lit(struct taprt_sink *s, const char *p, u32 len);
void taprt_put_dec(struct taprt_sink *s, s64 v);
/** taprt_put_num() - @conv is one of d u o x X p; @prec -1 = none; @width 0 = none */
void taprt_put_num(struct taprt_sink *s, s64 v, char conv, u32 flags, s32 width,
		   s32 prec);
void taprt_put_str(struct taprt_sink *s, const char *str, u32 flags, s32 width,
		   s32 prec);
void taprt_put_chr(struct taprt_sink *s, s64 v, u32 flags, s32 width);
/** taprt_put_bin() - @bytes is 1, 2, 4 or 8 */
void taprt_put_bin(struct taprt_sink *s, s64 v, u32 bytes);
/** taprt_put_mem() - %m / %M: raw or hex bytes from memory; may raise an error */
void taprt_put_mem(struct taprt_ctx *c, struct taprt_sink *s, s64 addr, s64 len,
		   bool hex, bool user);
/** taprt_put_hist() - the histogram table of @v, which must come from a stat read */
void taprt_put_hist(struct taprt_ctx *c, struct taprt_sink *s,
		    const struct taprt_statval *v, const struct taprt_hist *h);

/* ---- statistics ----------------------------------------------------------------- */

void taprt_stat_add(struct taprt_stat *st, s64 v);
/** taprt_stat_get() - merge all CPUs into c->stat; returns &c->stat */
const struct taprt_statval *taprt_stat_get(struct taprt_ctx *c,
					   struct taprt_stat *st);
void taprt_stat_clear(struct taprt_stat *st);
/** taprt_hist_bucket() - value range start of bucket @i, and counts, for [] and foreach */
s64 taprt_hist_count(struct taprt_ctx *c, const struct taprt_statval *v, s64 i);

/* ---- arrays ----------------------------------------------------------------------- */

union taprt_key {
	s64 i;
	const char *s;
};

/* Reading an absent element gives 0, "" or an empty statistic. */
s64 taprt_map_get_long(struct taprt_map *m, const union taprt_key *k);
const char *taprt_map_get_str(struct taprt_map *m, const union taprt_key *k);
const struct taprt_statval *taprt_map_get_stat(struct taprt_ctx *c,
					       struct taprt_map *m,
					       const union taprt_key *k);
bool taprt_map_has(struct taprt_map *m, const union taprt_key *k);
/** taprt_map_has_slice() - bit i of @any set: key i matches everything */
bool taprt_map_has_slice(struct taprt_map *m, const union taprt_key *k,
			 u32 any);

/* Find or create; NULL with c->error set when the array is full and not wrapping. */
s64 *taprt_map_slot_long(struct taprt_ctx *c, struct taprt_map *m,
			 const union taprt_key *k);
char *taprt_map_slot_str(struct taprt_ctx *c, struct taprt_map *m,
			 const union taprt_key *k);
/** taprt_map_add() - arr[k] <<< v, and arr[k] += v where it is spread; per CPU */
void taprt_map_add(struct taprt_ctx *c, struct taprt_map *m,
		   const union taprt_key *k, s64 v);

/* The common shape: exactly one long key. */
s64 taprt_map_get_long1(struct taprt_map *m, s64 k);
s64 *taprt_map_slot_long1(struct taprt_ctx *c, struct taprt_map *m, s64 k);
void taprt_map_add1(struct taprt_ctx *c, struct taprt_map *m, s64 k, s64 v);
bool taprt_map_has1(struct taprt_map *m, s64 k);

void taprt_map_del(struct taprt_map *m, const union taprt_key *k);
void taprt_map_del_slice(struct taprt_map *m, const union taprt_key *k,
			 u32 any);
void taprt_map_clear(struct taprt_map *m);

enum taprt_sort_by {
	TAPRT_SORT_NONE = 0, /* list order: of insertion, or of the last sort */
	TAPRT_SORT_KEY = 1,  /* + key index */
	TAPRT_SORT_LIST =
		15, /* list order, though the body may sort the array */
	TAPRT_SORT_VALUE = 16, /* value; statistics: count */
	TAPRT_SORT_COUNT,
	TAPRT_SORT_SUM,
	TAPRT_SORT_MIN,
	TAPRT_SORT_MAX,
	TAPRT_SORT_AVG,
};

/**
 * struct taprt_iter - one foreach
 * @key, @value*: the current element after taprt_iter_next() returned true
 */
struct taprt_iter {
	struct taprt_map *map;
	u32 at, n;  /* private */
	void *node; /* private: the snapshot, or NULL = the list itself */
	s64 left;   /* private: what is left of limit */
	union taprt_key key[TAPRT_MAXKEYS];
	s64 value;
	const char *str;
	const struct taprt_statval *stat;
	union taprt_key match[TAPRT_MAXKEYS]; /* private: slice */
	u32 any;			      /* private */
	bool plain; /* private: the list itself, one long key, longs */
};

/**
 * taprt_iter_begin() - start a foreach; where values are spread, merges all CPUs
 * @by: enum taprt_sort_by (+ key number for TAPRT_SORT_KEY); @desc: descending
 * @limit: at most this many; negative: no iteration; S64_MAX: all
 * @match, @any: slice: bit i of @any set: key i is free; ~0u = everything
 */
void taprt_iter_begin(struct taprt_ctx *c, struct taprt_iter *it,
		      struct taprt_map *m, u32 by, bool desc, s64 limit,
		      const union taprt_key *match, u32 any);
bool taprt_iter_next(struct taprt_ctx *c, struct taprt_iter *it);
/** taprt_iter_end() - leave a foreach early; not needed after next() said false */
void taprt_iter_end(struct taprt_ctx *c, struct taprt_iter *it);
/** taprt_iter_drop() - end each foreach whose iterator is not below @from */
void taprt_iter_drop(struct taprt_ctx *c, const void *from);

/* ---- memory and arguments ------------------------------------------------------- */

/* Safe reads; a fault sets c->error ("read fault at 0x…") and gives 0. */
u64 taprt_kread_u8(struct taprt_ctx *c, u64 addr);
u64 taprt_kread_u16(struct taprt_ctx *c, u64 addr);
u64 taprt_kread_u32(struct taprt_ctx *c, u64 addr);
u64 taprt_kread_u64(struct taprt_ctx *c, u64 addr);
u64 taprt_uread_u8(struct taprt_ctx *c, u64 addr);
u64 taprt_uread_u16(struct taprt_ctx *c, u64 addr);
u64 taprt_uread_u32(struct taprt_ctx *c, u64 addr);
u64 taprt_uread_u64(struct taprt_ctx *c, u64 addr);
/** taprt_stack_arg() - argument @n >= 6 of the probed function, at its entry */
u64 taprt_stack_arg(struct taprt_ctx *c, u32 n);

/* ---- C in scripts (runtime/embed.h) ---------------------------------------------- */

/** taprt_embed_fail() - raise a run-time error with a formatted text */
void taprt_embed_fail(struct taprt_ctx *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** taprt_embed_printf() - formatted output by the kernel's own rules; what is
 *  longer than a ring record's rest or 1023 bytes is cut off */
void taprt_embed_printf(struct taprt_ctx *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** taprt_regs() - struct pt_regs of the probed place, NULL where there are none */
const void *taprt_regs(const struct taprt_ctx *c);

/* The same value all through one handler: generated code may keep the first. */
#ifdef TAPRT_HAVE_TYPES
#define TAPRT_STABLE
#else
#define TAPRT_STABLE __attribute__((const))
#endif

/* ---- script functions the runtime implements (build/sema/intrinsics.def) --------
 * long result: s64 f(ctx, args…); string result: void f(ctx, dst, size, args…)
 */
s64 taprt_fn_pid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_tid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ppid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_uid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_euid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_gid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_egid(struct taprt_ctx *c) TAPRT_STABLE;
void taprt_fn_execname(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_pexecname(struct taprt_ctx *c, char *dst, u32 size);
s64 taprt_fn_cpu(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_target(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_gettimeofday_ns(struct taprt_ctx *c);
s64 taprt_fn_gettimeofday_us(struct taprt_ctx *c);
s64 taprt_fn_gettimeofday_ms(struct taprt_ctx *c);
s64 taprt_fn_gettimeofday_s(struct taprt_ctx *c);
s64 taprt_fn_ktime_get_ns(struct taprt_ctx *c);
s64 taprt_fn_get_cycles(struct taprt_ctx *c);
s64 taprt_fn_jiffies(struct taprt_ctx *c);
s64 taprt_fn_hz(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_local_clock_ns(struct taprt_ctx *c);
s64 taprt_fn_cpu_clock_ns(struct taprt_ctx *c, s64 cpu);
s64 taprt_fn_randint(struct taprt_ctx *c, s64 n);
void taprt_fn_probefunc(struct taprt_ctx *c, char *dst, u32 size);
s64 taprt_fn_maxstringlen(struct taprt_ctx *c);
void taprt_fn_pn(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_pnlabel(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_pp(struct taprt_ctx *c, char *dst, u32 size);
s64 taprt_fn_pgrp(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_sid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_is_myproc(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_task_current(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_pid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_tid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_ppid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_pgrp(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_sid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_uid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_euid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_gid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_ns_egid(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_user_mode(struct taprt_ctx *c);
/* stacks and symbols, core/fn_sym.c */
void taprt_fn_backtrace(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_callers(struct taprt_ctx *c, char *dst, u32 size, s64 n);
s64 taprt_fn_stack(struct taprt_ctx *c, s64 n);
void taprt_fn_task_backtrace(struct taprt_ctx *c, char *dst, u32 size,
			     s64 task);
s64 taprt_fn_print_backtrace(struct taprt_ctx *c);
void taprt_fn_sprint_backtrace(struct taprt_ctx *c, char *dst, u32 size);
s64 taprt_fn_print_syms(struct taprt_ctx *c, const char *list);
void taprt_fn_sprint_syms(struct taprt_ctx *c, char *dst, u32 size,
			  const char *list);
void taprt_fn_symname(struct taprt_ctx *c, char *dst, u32 size, s64 addr);
void taprt_fn_symdata(struct taprt_ctx *c, char *dst, u32 size, s64 addr);
void taprt_fn_modname(struct taprt_ctx *c, char *dst, u32 size, s64 addr);
void taprt_fn_probemod(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_ucallers(struct taprt_ctx *c, char *dst, u32 size, s64 n);
void taprt_fn_ucallers_at(struct taprt_ctx *c, char *dst, u32 size, s64 ip,
			  s64 fp);
s64 taprt_fn_ustack(struct taprt_ctx *c, s64 n);
/* registers by name and by DWARF number, arguments by theirs: from 1 on */
s64 taprt_fn_register(struct taprt_ctx *c, const char *name);
s64 taprt_fn_u_register(struct taprt_ctx *c, const char *name);
s64 taprt_fn_uregister(struct taprt_ctx *c, s64 n);
s64 taprt_fn_nth_arg(struct taprt_ctx *c, s64 n);
s64 taprt_fn_set_nth_arg(struct taprt_ctx *c, s64 n, s64 v);
s64 taprt_fn_set_nth_arg32(struct taprt_ctx *c, s64 n, s64 v);
s64 taprt_fn_registers_valid(struct taprt_ctx *c);
s64 taprt_fn_print_regs(struct taprt_ctx *c);
/* a register of the probed place, by its DWARF number */
s64 taprt_fn_kregister(struct taprt_ctx *c, s64 n);
/* run-time address of kernel data linked at @link; of this CPU's own copy of it */
s64 taprt_fn_kaddr(struct taprt_ctx *c, s64 link) TAPRT_STABLE;
s64 taprt_fn_kaddr_cpu(struct taprt_ctx *c, s64 link) TAPRT_STABLE;
/* where @module has @symbol, both literals; of a per-CPU one, this CPU's copy */
s64 taprt_fn_maddr(struct taprt_ctx *c, const char *module, const char *symbol);
s64 taprt_fn_maddr_cpu(struct taprt_ctx *c, const char *module,
		       const char *symbol);
s64 taprt_fn_addr(struct taprt_ctx *c);
s64 taprt_fn_uaddr(struct taprt_ctx *c);
s64 taprt_fn_target_set_pid(struct taprt_ctx *c, s64 pid);
s64 taprt_fn_target_set_report(struct taprt_ctx *c);
s64 taprt_fn_is_return(struct taprt_ctx *c);
s64 taprt_fn_returnval(struct taprt_ctx *c);
s64 taprt_fn_stack_size(struct taprt_ctx *c);
s64 taprt_fn_stack_used(struct taprt_ctx *c);
s64 taprt_fn_stack_unused(struct taprt_ctx *c);
s64 taprt_fn_stp_pid(struct taprt_ctx *c) TAPRT_STABLE;
/* of the system call that a handler is at; syscall_name(), syscall_num() */
s64 taprt_fn_syscall_nr(struct taprt_ctx *c);
s64 taprt_fn_syscall_compat(struct taprt_ctx *c);
/* what @v means in a set of runtime/uapi/flags.def: "A|B|0x10" */
void taprt_fn_flags(struct taprt_ctx *c, char *dst, u32 size, const char *set,
		    s64 v);
void taprt_fn_syscall_name(struct taprt_ctx *c, char *dst, u32 size, s64 nr);
s64 taprt_fn_syscall_num(struct taprt_ctx *c, const char *name);
/* "SYSTEM:NAME" of a point, taken apart */
void taprt_fn_point_name(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_point_system(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_ppfunc(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_probe_type(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_module_name(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_module_size(struct taprt_ctx *c, char *dst, u32 size);
void taprt_fn_cmdline_args(struct taprt_ctx *c, char *dst, u32 size, s64 n,
			   s64 m, const char *delim);
void taprt_fn_env_var(struct taprt_ctx *c, char *dst, u32 size,
		      const char *name);
void taprt_fn_errno_str(struct taprt_ctx *c, char *dst, u32 size, s64 err);
/* a fault is an error; the _default forms return the given text instead */
void taprt_fn_kernel_string(struct taprt_ctx *c, char *dst, u32 size, s64 addr);
void taprt_fn_kernel_string_default(struct taprt_ctx *c, char *dst, u32 size,
				    s64 addr, const char *dflt);
void taprt_fn_user_string(struct taprt_ctx *c, char *dst, u32 size, s64 addr);
void taprt_fn_user_string_default(struct taprt_ctx *c, char *dst, u32 size,
				  s64 addr, const char *dflt);
void taprt_fn_string_n(struct taprt_ctx *c, char *dst, u32 size, s64 addr,
		       s64 n, s64 user);
void taprt_fn_string_wide(struct taprt_ctx *c, char *dst, u32 size, s64 addr,
			  s64 bits, s64 user);
void taprt_fn_quoted(struct taprt_ctx *c, char *dst, u32 size, s64 addr,
		     s64 inlen, s64 outlen, s64 flags);
s64 taprt_fn_kernel_char(struct taprt_ctx *c, s64 addr);
s64 taprt_fn_kernel_short(struct taprt_ctx *c, s64 addr);
s64 taprt_fn_kernel_int(struct taprt_ctx *c, s64 addr);
s64 taprt_fn_kernel_long(struct taprt_ctx *c, s64 addr);
s64 taprt_fn_kernel_pointer(struct taprt_ctx *c, s64 addr);
/* Assignments to $variables: build/elab/poke.c. */
s64 taprt_fn_poke(struct taprt_ctx *c, s64 addr, s64 v, s64 bytes);
s64 taprt_fn_poke_user(struct taprt_ctx *c, s64 addr, s64 v, s64 bytes);
s64 taprt_fn_poke_arg(struct taprt_ctx *c, s64 n, s64 v);
s64 taprt_fn_poke_bits(struct taprt_ctx *c, s64 addr, s64 v, s64 how);
s64 taprt_fn_poke_return(struct taprt_ctx *c, s64 v);
s64 taprt_fn_set_kernel_char(struct taprt_ctx *c, s64 addr, s64 val);
s64 taprt_fn_set_kernel_short(struct taprt_ctx *c, s64 addr, s64 val);
s64 taprt_fn_set_kernel_int(struct taprt_ctx *c, s64 addr, s64 val);
s64 taprt_fn_set_kernel_long(struct taprt_ctx *c, s64 addr, s64 val);
s64 taprt_fn_set_user_char(struct taprt_ctx *c, s64 addr, s64 val);
s64 taprt_fn_set_user_short(struct taprt_ctx *c, s64 addr, s64 val);
s64 taprt_fn_set_user_int(struct taprt_ctx *c, s64 addr, s64 val);
s64 taprt_fn_set_user_long(struct taprt_ctx *c, s64 addr, s64 val);
s64 taprt_fn_set_kernel_string(struct taprt_ctx *c, s64 addr, const char *val);
s64 taprt_fn_set_kernel_string_n(struct taprt_ctx *c, s64 addr, s64 n,
				 const char *val);
s64 taprt_fn_set_user_string(struct taprt_ctx *c, s64 addr, const char *val);
s64 taprt_fn_set_user_string_arg(struct taprt_ctx *c, s64 addr,
				 const char *val);
s64 taprt_fn_set_user_string_n(struct taprt_ctx *c, s64 addr, s64 n,
			       const char *val);
s64 taprt_fn_exit(struct taprt_ctx *c);
s64 taprt_fn_exit_code(struct taprt_ctx *c, s64 code);
s64 taprt_fn_abort(struct taprt_ctx *c);
s64 taprt_fn_error(struct taprt_ctx *c, const char *msg);
s64 taprt_fn_printk(struct taprt_ctx *c, s64 level, const char *msg);
s64 taprt_fn_ftrace(struct taprt_ctx *c, const char *msg);
s64 taprt_fn_dump_stack(struct taprt_ctx *c);
s64 taprt_fn_warn(struct taprt_ctx *c, const char *msg);
s64 taprt_fn_log(struct taprt_ctx *c, const char *msg);
s64 taprt_fn_system(struct taprt_ctx *c, const char *cmd);
s64 taprt_fn_switch_file(struct taprt_ctx *c);
/* tasks by number, bitmaps, per-CPU sums; guru, core/fn_kernel.c, fn_guru.c */
s64 taprt_fn_page_size(struct taprt_ctx *c) TAPRT_STABLE;
s64 taprt_fn_pid2task(struct taprt_ctx *c, s64 pid);
s64 taprt_fn_bits_set(struct taprt_ctx *c, s64 addr, s64 n);
s64 taprt_fn_percpu_sum(struct taprt_ctx *c, s64 ptr);
/* of the probe of kind `counter` whose num[2] is @id; never fails */
#define TAPRT_NO_COUNT (-0x7fffffffffffffffll - 1)
s64 taprt_fn_perf_counter(struct taprt_ctx *c, s64 id);
/* @count, which the former gave: that there was none fails here */
s64 taprt_fn_perf_value(struct taprt_ctx *c, s64 id, s64 count);
s64 taprt_fn_loadavg(struct taprt_ctx *c, s64 i);
s64 taprt_fn_addr_to_node(struct taprt_ctx *c, s64 addr);
s64 taprt_fn_udelay(struct taprt_ctx *c, s64 us);
s64 taprt_fn_mdelay(struct taprt_ctx *c, s64 ms);
s64 taprt_fn_user32(struct taprt_ctx *c);
s64 taprt_fn_panic(struct taprt_ctx *c, const char *msg);
s64 taprt_fn_raise(struct taprt_ctx *c, s64 signo);
s64 taprt_fn_strlen(struct taprt_ctx *c, const char *s);
/* doubles as bit patterns, core/fn_float.c */
s64 taprt_fn_fp_add(struct taprt_ctx *c, s64 a, s64 b);
s64 taprt_fn_fp_sub(struct taprt_ctx *c, s64 a, s64 b);
s64 taprt_fn_fp_mul(struct taprt_ctx *c, s64 a, s64 b);
s64 taprt_fn_fp_div(struct taprt_ctx *c, s64 a, s64 b);
s64 taprt_fn_fp_rem(struct taprt_ctx *c, s64 a, s64 b);
s64 taprt_fn_fp_sqrt(struct taprt_ctx *c, s64 a);
s64 taprt_fn_fp_eq(struct taprt_ctx *c, s64 a, s64 b);
s64 taprt_fn_fp_le(struct taprt_ctx *c, s64 a, s64 b);
s64 taprt_fn_fp_lt(struct taprt_ctx *c, s64 a, s64 b);
s64 taprt_fn_fp32_to_fp64(struct taprt_ctx *c, s64 a);
s64 taprt_fn_long_to_fp(struct taprt_ctx *c, s64 v);
s64 taprt_fn_fp_to_long(struct taprt_ctx *c, s64 a, s64 mode, s64 exact);
void taprt_fn_fp_to_string(struct taprt_ctx *c, char *dst, u32 size, s64 a,
			   s64 places);
s64 taprt_fn_string_to_fp(struct taprt_ctx *c, const char *s);
/* netfilter probes: what becomes of the packet */
s64 taprt_fn_netfilter_verdict(struct taprt_ctx *c);
s64 taprt_fn_netfilter_set(struct taprt_ctx *c, s64 v);
/* procfs probes: the text of the file, or of the write() */
void taprt_fn_procfs_value(struct taprt_ctx *c, char *dst, u32 size);
s64 taprt_fn_procfs_serial(struct taprt_ctx *c); /* which write() it is */
s64 taprt_fn_procfs_set(struct taprt_ctx *c, const char *s);
s64 taprt_fn_procfs_add(struct taprt_ctx *c, const char *s);
/* without such a group, or when the last =~ did not match: an error */
void taprt_fn_matched(struct taprt_ctx *c, char *dst, u32 size, s64 n);
void taprt_fn_matched_str(struct taprt_ctx *c, char *dst, u32 size);
s64 taprt_fn_ngroups(struct taprt_ctx *c);
void taprt_fn_substr(struct taprt_ctx *c, char *dst, u32 size, const char *s,
		     s64 start, s64 length);
s64 taprt_fn_strpos(struct taprt_ctx *c, const char *s, const char *what);
s64 taprt_fn_stringat(struct taprt_ctx *c, const char *s, s64 pos);
void taprt_fn_str_replace(struct taprt_ctx *c, char *dst, u32 size,
			  const char *s, const char *what, const char *with);
s64 taprt_fn_strtol(struct taprt_ctx *c, const char *s, s64 base);
void taprt_fn_text_strn(struct taprt_ctx *c, char *dst, u32 size, const char *s,
			s64 len, s64 quoted);
void taprt_fn_token(struct taprt_ctx *c, char *dst, u32 size, const char *s,
		    const char *delim);
void taprt_fn_token_rest(struct taprt_ctx *c, char *dst, u32 size,
			 const char *s, const char *delim);

#endif
