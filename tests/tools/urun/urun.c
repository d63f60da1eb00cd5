// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a generated script object in user space on the runtime's own pure parts.
 *
 * begin probes, then every other probe up to ROUNDS times or until exit(), then
 * end probes (error probes after an error).  Output, warnings and errors go to
 * stdout in the order they happen.  With the argument "threads" the other probes
 * run THREAD_ROUNDS times on each of two threads at once instead: what the end
 * probe then shows proves the locks.  The string stack is a heap block of exactly
 * frame_size bytes, filled with garbage before each handler, so that ASan sees a
 * wrong frame size and goldens see a missing initialisation.
 */
#include "runtime/core/core.h"

#include <pthread.h>
#include <stdio.h>

#include "runtime/core/alloc.c"
#include "runtime/core/error.c"
#include "runtime/core/regex.c"
#include "runtime/core/str.c"
#include "runtime/core/print.c"
#include "runtime/core/put_mem.c"
#include "runtime/core/fn_ctx.c"
#include "runtime/core/fn_errno.c"
#include "runtime/core/fn_str.c"
#include "runtime/core/fn_mem.c"
#include "runtime/core/fn_words.c"
#include "runtime/core/hist.c"
#include "runtime/core/stat.c"
#include "runtime/core/lock.c"
#include "runtime/core/maps.c"
#include "runtime/core/random.c"
#include "runtime/core/fn_sym.c"
#include "runtime/core/fn_float.c"

#define ROUNDS	      3
#define THREAD_ROUNDS 3000
#define CPUS	      2

__thread u32 rt_test_cpu;
u32 taprt_ncpus = CPUS;
u32 taprt_patience = 1;
u64 taprt_seed = 7;
void (*taprt_release)(struct rt_cpu *r);
static struct rt_cpu cpus[CPUS], *cpu_list[CPUS];
struct rt_cpu **taprt_cpus = cpu_list;
static char outs[CPUS][65536];
static bool exiting, threads;
static u32 errors;

bool taprt_cpu_possible(u32 i)
{
	return i < taprt_ncpus;
}

static void flush(struct taprt_sink *s)
{
	char *out = outs[rt_test_cpu];

	fwrite(out, 1, s->p - out, stdout);
	s->p = s->start = out;
	s->end = out + sizeof(outs[0]);
	s->ring = out;
}

bool taprt_sink_more(struct taprt_sink *s)
{
	if (!s->ring)
		return false;
	flush(s);
	return true;
}

/*
 * Addresses 0x1000… hold their own low bytes, 0x3000… what MEMORY says up to the
 * end of that page; everything else faults.
 */
#define MEMORY	      0x3000
#define CMDLINE	      MEMORY
#define CMDLINE_BYTES 24
#define ENVIRON	      (MEMORY + 0x20)
#define ENVIRON_BYTES 47

static struct {
	char cmdline[0x20], environ[0x40], text[0x20];
	u16 utf16[0x20];
	u32 utf32[0x20];
	char zero[0xe80], last[0x40]; /* up to a page that is not there */
} memory = {
	.cmdline = "/bin/prog\0one\0\0three four",
	.environ = "HOME=/root\0HOMEX=no\0EMPTY=\0X=a=b\0LONGNAME=12345",
	.text = "say \"hi\"\n\tdone \xc3\xa9",
	.utf16 = { 'a', 0xe9, 0x20ac, 0xd83d, 0xde00, 'z', 0, 0xd83d, 'q', 0,
		   0xdc00, 0 },
	.utf32 = { 'a', 0xe9, 0x20ac, 0x1f600, 'z', 0, 0x110000, 0, 0xd800, 0 },
	.last = "-------------------------------------------------the last words",
};

int taprt_read_mem(void *dst, u64 addr, u32 n, bool user)
{
	(void)user;
	for (u32 i = 0; i < n; i++, addr++) {
		if (addr >= 0x1000 && addr < 0x2000)
			((u8 *)dst)[i] = (u8)addr;
		else if (addr >= MEMORY && addr < MEMORY + sizeof(memory))
			((u8 *)dst)[i] = ((u8 *)&memory)[addr - MEMORY];
		else
			return -14;
	}
	return 0;
}

static u64 mem(struct taprt_ctx *c, u64 addr, u32 n)
{
	u64 v = 0;

	if (taprt_read_mem(&v, addr, n, false)) {
		taprt_fail_addr(c, "read fault at ", addr, "");
		return 0;
	}
	return v;
}

u64 taprt_kread_u8(struct taprt_ctx *c, u64 a)
{
	return mem(c, a, 1);
}

u64 taprt_kread_u16(struct taprt_ctx *c, u64 a)
{
	return mem(c, a, 2);
}

u64 taprt_kread_u32(struct taprt_ctx *c, u64 a)
{
	return mem(c, a, 4);
}

u64 taprt_kread_u64(struct taprt_ctx *c, u64 a)
{
	return mem(c, a, 8);
}

u64 taprt_uread_u8(struct taprt_ctx *c, u64 a)
{
	return mem(c, a, 1);
}

u64 taprt_uread_u16(struct taprt_ctx *c, u64 a)
{
	return mem(c, a, 2);
}

u64 taprt_uread_u32(struct taprt_ctx *c, u64 a)
{
	return mem(c, a, 4);
}

u64 taprt_uread_u64(struct taprt_ctx *c, u64 a)
{
	return mem(c, a, 8);
}

u64 taprt_stack_arg(struct taprt_ctx *c, u32 n)
{
	(void)c;
	return 0x100 + n;
}

/* Nothing is in place here that could be switched: handlers ask. */
void taprt_cond_changed(void)
{
}

/* A procfs file is read on the output, and each write is of the number it is. */
static s64 writes;

void taprt_fn_procfs_value(struct taprt_ctx *c, char *dst, u32 size)
{
	(void)c;
	snprintf(dst, size, "%lld", (long long)++writes);
}

s64 taprt_fn_procfs_serial(struct taprt_ctx *c)
{
	(void)c;
	return writes;
}

s64 taprt_fn_procfs_set(struct taprt_ctx *c, const char *s)
{
	taprt_put_lit(&c->out, "=", 1);
	return taprt_fn_procfs_add(c, s);
}

s64 taprt_fn_procfs_add(struct taprt_ctx *c, const char *s)
{
	taprt_put_lit(&c->out, s, strlen(s));
	return 0;
}

/* Kernel numbers: 0, 8, 16, … */
const s64 taprt_nums[] = { 0, 8, 16, 24, 32, 40, 48, 56 };
const struct taprt_point taprt_points[1];
const char taprt_strings[1];

/* ---- script functions ---------------------------------------------------------- */

#define FN_LONG(name, value)                     \
	s64 taprt_fn_##name(struct taprt_ctx *c) \
	{                                        \
		(void)c;                         \
		return value;                    \
	}
FN_LONG(pid, 100)
FN_LONG(tid, 101)
FN_LONG(ppid, 1)
FN_LONG(uid, 1000)
FN_LONG(euid, 1001)
FN_LONG(gid, 1002)
FN_LONG(egid, 1003)
FN_LONG(cpu, 0)
FN_LONG(target, 0)
FN_LONG(pgrp, 102)
FN_LONG(sid, 103)
FN_LONG(is_myproc, 1)
FN_LONG(task_current, 0x1100)
FN_LONG(ns_pid, 10)
FN_LONG(ns_tid, 11)
FN_LONG(ns_ppid, 12)
FN_LONG(ns_pgrp, 13)
FN_LONG(ns_sid, 14)
FN_LONG(ns_uid, 15)
FN_LONG(ns_euid, 16)
FN_LONG(ns_gid, 17)
FN_LONG(ns_egid, 18)
FN_LONG(user_mode, 0)
FN_LONG(stack_size, 16384)
FN_LONG(stack_used, 1000)
FN_LONG(stack_unused, 15384)
FN_LONG(stp_pid, 99)
FN_LONG(gettimeofday_ns, 1700000000123456789LL)
FN_LONG(gettimeofday_us, 1700000000123456LL)
FN_LONG(gettimeofday_ms, 1700000000123LL)
FN_LONG(gettimeofday_s, 1700000000LL)
FN_LONG(ktime_get_ns, 123456789)
FN_LONG(get_cycles, 42)
FN_LONG(jiffies, 4294937296LL)
FN_LONG(hz, 250)
FN_LONG(page_size, 4096)
FN_LONG(user32, 0)
FN_LONG(local_clock_ns, 5123456789LL)

s64 taprt_fn_cpu_clock_ns(struct taprt_ctx *c, s64 number)
{
	if (number < 0 || number >= CPUS) {
		taprt_fail_num(c, "cpu_clock_ns: there is no CPU ", number, "");
		return 0;
	}
	return 5123456789LL + number;
}

/* tasks and memory of a kernel are not here */
#define FN_LONG1(name, value)                           \
	s64 taprt_fn_##name(struct taprt_ctx *c, s64 a) \
	{                                               \
		(void)c;                                \
		(void)a;                                \
		return value;                           \
	}
FN_LONG1(pid2task, a == 1 ? 0x1200 : 0)
FN_LONG1(percpu_sum, 7)
FN_LONG1(addr_to_node, 0)

/* Every reading finds one event more; of counter 3 there is none. */
s64 taprt_fn_perf_counter(struct taprt_ctx *c, s64 id)
{
	static s64 n;

	(void)c;
	return id == 3 ? TAPRT_NO_COUNT : 100 * id + n++;
}

s64 taprt_fn_perf_value(struct taprt_ctx *c, s64 id, s64 count)
{
	(void)id;
	if (count == TAPRT_NO_COUNT)
		taprt_fail(c, "the kernel has not got this perf counter");
	return count;
}

s64 taprt_fn_bits_set(struct taprt_ctx *c, s64 addr, s64 n)
{
	(void)c;
	(void)addr;
	return n;
}

s64 taprt_fn_loadavg(struct taprt_ctx *c, s64 i)
{
	if (i >= 0 && i <= 2)
		return 2048 * (i + 1) + 512;
	taprt_fail_num(c, "there is no load average ", i, "");
	return 0;
}

/*
 * A stack of ten frames, in return probes from the function on; symbols in three
 * ranges, of a module from 0x2000 on, and none above 0x4000.
 */
static u64 frames[1024];
static char symbol[64];

struct rt_frames taprt_frames_none(struct taprt_ctx *c)
{
	(void)c;
	return (struct rt_frames){ .ip = frames,
				   .max = taprt_program.maxbacktrace };
}

struct rt_frames taprt_frames_user_at(struct taprt_ctx *c, u64 ip, u64 fp)
{
	struct rt_frames f = taprt_frames_none(c);

	for (; f.n < 10 && f.n < f.max; ip += fp)
		f.ip[f.n++] = ip;
	return f;
}

struct rt_frames taprt_frames(struct taprt_ctx *c)
{
	struct rt_frames f = taprt_frames_user_at(c, 0x1100, 0x456);

	f.from = c->probe->flags & TAPRT_P_RETURN;
	return f;
}

struct rt_frames taprt_frames_user(struct taprt_ctx *c)
{
	return taprt_frames_user_at(c, 0x400000, 16);
}

struct rt_frames taprt_frames_task(struct taprt_ctx *c, u64 task)
{
	return task == 0x1200 ? taprt_frames(c) : taprt_frames_none(c);
}

const char *taprt_symbol(struct taprt_ctx *c, u64 addr)
{
	static const char *const mod[] = { "", "", " [ext4]", " [a_b 12ab]" };

	(void)c;
	if (addr < 0x1000 || addr >= 0x4000)
		snprintf(symbol, sizeof(symbol), "0x%llx", addr);
	else
		snprintf(symbol, sizeof(symbol),
			 "fn_%llx.isra.0+0x%llx/0x1000%s", addr >> 12,
			 addr & 0xfff, mod[addr >> 12]);
	return symbol;
}

s64 taprt_fn_nth_arg(struct taprt_ctx *c, s64 n)
{
	if (n < 1 || n > 6)
		taprt_fail_num(c, "there is no argument ", n, "");
	return n * 0x111111111 - 0x80000000;
}

#define FN_STR(name, value)                                            \
	void taprt_fn_##name(struct taprt_ctx *c, char *dst, u32 size) \
	{                                                              \
		(void)c;                                               \
		taprt_strcpy(dst, value, size);                        \
	}
FN_STR(execname, "urun")
FN_STR(pexecname, "parent")
FN_STR(probefunc, c->func)
FN_STR(pp, c->pp)
FN_STR(module_name, "tap_urun")
FN_STR(module_size, "1alloc kb")

#define FN_KERNEL(name, type)                                               \
	s64 taprt_fn_kernel_##name(struct taprt_ctx *c, s64 addr)           \
	{                                                                   \
		type v;                                                     \
		if (!taprt_read_mem(&v, addr, sizeof(v), false))            \
			return v;                                           \
		taprt_fail_addr(c, "kernel " #name " copy fault at ", addr, \
				"");                                        \
		return 0;                                                   \
	}
FN_KERNEL(char, u8)
FN_KERNEL(short, s16)
FN_KERNEL(int, s32)
FN_KERNEL(long, s64)
FN_KERNEL(pointer, s64)

s64 taprt_fn_exit(struct taprt_ctx *c)
{
	(void)c;
	exiting = true;
	return 0;
}

s64 taprt_fn_exit_code(struct taprt_ctx *c, s64 code)
{
	(void)code;
	return taprt_fn_exit(c);
}

s64 taprt_fn_error(struct taprt_ctx *c, const char *msg)
{
	taprt_fail_str(c, msg, "");
	return 0;
}

void taprt_fn_cmdline_args(struct taprt_ctx *c, char *dst, u32 size, s64 n,
			   s64 m, const char *delim)
{
	(void)c;
	rt_words_join(dst, size, CMDLINE, CMDLINE + CMDLINE_BYTES, n, m, delim);
}

void taprt_fn_env_var(struct taprt_ctx *c, char *dst, u32 size,
		      const char *name)
{
	(void)c;
	rt_words_find(dst, size, ENVIRON, ENVIRON + ENVIRON_BYTES, name);
}

static s64 say(struct taprt_ctx *c, const char *before, const char *msg)
{
	flush(&c->out);
	printf("%s%s\n", before, msg);
	return 0;
}

s64 taprt_fn_printk(struct taprt_ctx *c, s64 level, const char *msg)
{
	flush(&c->out);
	printf("kernel <%lld>: %s\n", level, msg);
	return 0;
}

s64 taprt_fn_ftrace(struct taprt_ctx *c, const char *msg)
{
	return say(c, "trace: ", msg);
}

s64 taprt_fn_udelay(struct taprt_ctx *c, s64 us)
{
	flush(&c->out);
	printf("delay %lld us\n", us);
	return 0;
}

s64 taprt_fn_mdelay(struct taprt_ctx *c, s64 ms)
{
	return taprt_fn_udelay(c, ms * 1000);
}

s64 taprt_fn_raise(struct taprt_ctx *c, s64 signo)
{
	flush(&c->out);
	printf("signal %lld\n", signo);
	return 0;
}

s64 taprt_fn_panic(struct taprt_ctx *c, const char *msg)
{
	return say(c, "panic: ", msg);
}

s64 taprt_fn_dump_stack(struct taprt_ctx *c)
{
	return say(c, "kernel stack", "");
}

s64 taprt_fn_warn(struct taprt_ctx *c, const char *msg)
{
	return say(c, "WARNING: ", msg);
}

s64 taprt_fn_log(struct taprt_ctx *c, const char *msg)
{
	return say(c, "", msg);
}

s64 taprt_fn_system(struct taprt_ctx *c, const char *cmd)
{
	return say(c, "SYSTEM: ", cmd);
}

s64 taprt_fn_switch_file(struct taprt_ctx *c)
{
	return say(c, "", "SWITCH");
}

/* ---- session ---------------------------------------------------------------------- */

static void bug(const char *what)
{
	fflush(stdout);
	fprintf(stderr, "urun: %s\n", what);
	exit(70);
}

static void check_end(struct rt_cpu *r, bool alone)
{
	if (r->c.frame != r->frame_mem || r->c.depth)
		bug("a handler left its frame or depth changed");
	for (u32 i = 0; alone && i < taprt_program.nglobals; i++)
		if (taprt_locks[i].v ||
		    (taprt_locks[i].cpu && taprt_locks[i].cpu[r->cpu].held))
			bug("a handler left a global locked");
	rt_maps_release(r);
}

static void run_one(const struct taprt_probe *p,
		    void (*handler)(struct taprt_ctx *c), char *saved)
{
	struct rt_cpu *r = &cpus[rt_test_cpu];
	struct taprt_ctx *c = &r->c;

	memset(c, 0, sizeof(*c));
	memset(r->frame_mem, 0xa5, taprt_program.frame_size);
	c->frame = r->frame_mem;
	c->frame_end = r->frame_mem + taprt_program.frame_size;
	c->actions = p->actions;
	c->probe = p;
	c->func = "a_function";
	c->pp = p->name;
	c->retval = (u64)-7;
	c->saved = saved;
	for (u32 i = 0; i < 6; i++)
		c->arg[i] = 0x1000 + 16 * i;
	c->out.start = c->out.p = outs[rt_test_cpu];
	flush(&c->out);
	handler(c);
	flush(&c->out);
	check_end(r, !threads);
	if (!c->error || c->error == taprt_skip_lock_msg ||
	    c->error == taprt_abort_msg)
		return; /* a foreach another CPU was at: skipped, not failed */
	__atomic_fetch_add(&errors, 1, __ATOMIC_RELAXED);
	if (!c->near)
		c->near = "nowhere";
	printf("ERROR: ");
	rt_error_put(c, &c->out);
	flush(&c->out);
	printf("\n");
}

static void run(const struct taprt_probe *p)
{
	char *saved = NULL;

	if (p->entry) {
		saved = malloc(p->saved_size);
		memset(saved, 0xa5, p->saved_size);
		run_one(p, p->entry, saved);
		if (cpus[rt_test_cpu].c.error) {
			free(saved);
			return;
		}
	}
	run_one(p, p->handler, saved);
	free(saved);
}

#define KIND(name)                                                  \
	static const char *name##_type(const struct taprt_probe *p) \
	{                                                           \
		(void)p;                                            \
		return #name;                                       \
	}                                                           \
	const struct taprt_kind taprt_kind_##name = { .type = name##_type }
KIND(begin);
KIND(end);
KIND(error);
KIND(timer);
KIND(perf);
KIND(counter);
KIND(hwbp);
KIND(function);
KIND(modfunc);
KIND(trace);
KIND(syscall);
KIND(procfs);
KIND(netfilter);

/* Probes of one kind by ascending order, ties in source order. */
static void run_kind(const struct taprt_kind *kind, bool stop_at_exit)
{
	const struct taprt_program *t = &taprt_program;
	bool done[256] = { false };

	for (;;) {
		u32 best = t->nprobes;

		for (u32 i = 0; i < t->nprobes; i++)
			if (!done[i] && t->probes[i].kind == kind &&
			    (best == t->nprobes ||
			     t->probes[i].order < t->probes[best].order))
				best = i;
		if (best == t->nprobes || (stop_at_exit && exiting) ||
		    (kind != &taprt_kind_error && errors > t->maxerrors))
			return;
		done[best] = true;
		run(&t->probes[best]);
	}
}

int taprt_global_failed(const struct taprt_global *g, int rc)
{
	fprintf(stderr, "urun: no global %s\n", g->name);
	return rc;
}

void taprt_say_skips(const char *a, const char *name, const char *b, u64 n)
{
	printf("%s %s%s: %llu\n", a, name, b, n);
}

static void parts_init(void)
{
	static const struct taprt_part *const part[] = {
		&taprt_part_lock,
		&taprt_part_stat,
		&taprt_part_map,
		&taprt_part_regex,
	};

	for (u32 i = 0; i < sizeof(part) / sizeof(*part); i++)
		if (part[i]->init())
			bug("a part of the runtime");
	/* a descheduled thread must not look like a stuck CPU */
	rt_lock_wait_ns = 60000000000ull;
}

static bool is_armed(const struct taprt_probe *p)
{
	return p->kind != &taprt_kind_begin && p->kind != &taprt_kind_end &&
	       p->kind != &taprt_kind_error;
}

/* One round of every probe that begin and end bracket. */
static void run_armed(void)
{
	for (u32 i = 0; i < taprt_program.nprobes; i++)
		if (is_armed(&taprt_program.probes[i]) && !exiting &&
		    errors <= taprt_program.maxerrors)
			run(&taprt_program.probes[i]);
}

static void *thread_main(void *number)
{
	rt_test_cpu = *(u32 *)number;
	for (u32 i = 0; i < THREAD_ROUNDS; i++)
		run_armed();
	return NULL;
}

static void run_threads(void)
{
	u32 number[CPUS];
	pthread_t t[CPUS];

	for (u32 i = 0; i < CPUS; i++) {
		number[i] = i;
		if (pthread_create(&t[i], NULL, thread_main, &number[i]))
			bug("no thread");
	}
	for (u32 i = 0; i < CPUS; i++)
		pthread_join(t[i], NULL);
}

const u32 TAPRT_ABI = 1;

int main(int argc, char **argv)
{
	const struct taprt_program *t = &taprt_program;

	if (t->abi != &TAPRT_ABI || t->nprobes > 256)
		bug("not a program for this runtime");
	for (u32 i = 0; i < CPUS; i++) {
		cpus[i].cpu = i;
		cpus[i].rnd = i + 1;
		cpus[i].frame_mem = malloc(t->frame_size);
		cpus[i].hist = calloc(t->hist_buckets, sizeof(s64));
		cpu_list[i] = &cpus[i];
	}
	parts_init();
	run_kind(&taprt_kind_begin, true);
	threads = argc > 1 && !strcmp(argv[1], "threads");
	if (threads)
		run_threads();
	threads = false;
	for (u32 i = 0; argc < 2 && i < ROUNDS; i++) {
		rt_test_cpu = i % CPUS;
		run_armed();
	}
	rt_test_cpu = 0;
	run_kind(errors > t->maxerrors ? &taprt_kind_error : &taprt_kind_end,
		 false);
	return errors > t->maxerrors;
}
