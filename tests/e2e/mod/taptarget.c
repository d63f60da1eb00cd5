// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module to be traced: it does what is written to its parameters.
 *
 *   echo N >/sys/module/taptarget/parameters/poke    calls tt_entry(N)
 *   echo N >/sys/module/taptarget/parameters/stack   calls tt_stack(N)
 *   insmod taptarget.ko spin=1                       a thread calls tt_tick() until unload
 *
 * tt_entry(N) calls, once each: tt_args(1 … 8), tt_struct(&s, N), tt_notrace(N),
 * tt_forbidden(N), tt_loop(N), tt_both(N); its result and theirs are known (see each).
 * Line numbers are of interest to some: add at the end.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

enum tt_color { TT_RED, TT_GREEN = 5, TT_BLUE };

struct tt_inner {
	int a;
	unsigned int low : 3, mid : 7;
	signed int neg : 5;
	const char *name;
};

union tt_word {
	unsigned long word;
	unsigned char byte[8];
};

struct tt_outer {
	long id;
	struct tt_inner in;
	struct tt_inner *link;
	struct tt_outer *next;
	short table[4];
	struct {
		int anon_a, anon_b;
	};
	union tt_word u;
	enum tt_color color;
};

/* Globals and statics, for those who read them. */
long tt_global = 4711;
static int tt_static = -17;
static const char tt_text[] = "target text";
static DEFINE_PER_CPU(int, tt_percpu) = 99;
static struct tt_inner tt_link = { 31, 5, 77, -3, "link" };
struct tt_outer tt_last;

/* 1+2+…+8 */
noinline long tt_args(char a, short b, int c, long d, unsigned char e,
		      unsigned short f, unsigned int g, unsigned long h)
{
	barrier();
	return a + b + c + d + e + f + g + (long)h;
}

/* Inlined wherever it is called: twice in tt_struct(), once in tt_loop(). */
static __always_inline long tt_inlined(long x, long y)
{
	long sum = x + y;

	tt_global += sum;
	return sum;
}

/* s->id + n + s->link->a */
noinline long tt_struct(struct tt_outer *s, long n)
{
	long first = tt_inlined(s->id, n);
	long second;

	barrier();
	second = tt_inlined(first, s->link->a);
	WRITE_ONCE(tt_last.id, second);
	return second;
}

/* No ftrace site: a kprobe with a breakpoint. */
noinline notrace int tt_notrace(int n)
{
	barrier();
	return n + 1;
}

/* Neither may be probed. */
noinline int tt_forbidden(int n)
{
	barrier();
	return n + 2;
}
NOKPROBE_SYMBOL(tt_forbidden);

/* Sum of 0 … n-1, at most 100 of them; has labels. */
noinline int tt_loop(int n)
{
	int i = 0, sum = 0;

again:
	if (i >= n || i >= 100)
		goto out;
	sum += i;
	i++;
	tt_static = (int)tt_inlined(sum, i);
	if (READ_ONCE(tt_global) != 0)
		goto again;
out:
	barrier();
	return sum;
}

/* taptwin.ko has one as well. */
noinline int tt_both(int n)
{
	barrier();
	return n + 10;
}

/* What tt_tick() calls, so that there is something static with a caller. */
static noinline __attribute__((noclone)) void tt_static_leaf(int *count)
{
	barrier();
	++*count;
}

noinline void tt_tick(void)
{
	static int count;

	tt_static_leaf(&count);
}

/* Every one of them, in this order; the sum of tt_args() and tt_struct(). */
noinline long tt_entry(long n)
{
	struct tt_outer s = {
		.id = 1000,
		.in = { 11, 2, 100, -5, "inner" },
		.link = &tt_link,
		.table = { 3, 1, 4, 1 },
		.color = TT_GREEN,
	};
	long ret;

	s.anon_b = 12;
	s.u.word = 0x1122334455667788;
	ret = tt_args(1, 2, 3, 4, 5, 6, 7, 8);
	ret += tt_struct(&s, n);
	tt_notrace((int)n);
	tt_forbidden((int)n);
	tt_loop((int)n);
	tt_both((int)n);
	raw_cpu_inc(tt_percpu);
	return ret;
}

static int tt_poke(const char *text, const struct kernel_param *kp)
{
	long n;
	int rc = kstrtol(text, 0, &n);

	if (!rc)
		tt_entry(n);
	return rc;
}

static int tt_said(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%s %ld\n", tt_text, READ_ONCE(tt_last.id));
}

static const struct kernel_param_ops tt_poke_ops = {
	.set = tt_poke,
	.get = tt_said,
};
module_param_cb(poke, &tt_poke_ops, NULL, 0600);

/* Where tt_stack() had its table when it was last called, for who compares. */
static unsigned long tt_stack_at;
module_param_named(stack_at, tt_stack_at, ulong, 0400);

/* From @from on; by address, so that @to must be in memory. */
static noinline __attribute__((noclone)) void tt_fill(long *to, int n,
						      long from)
{
	int i;

	for (i = 0; i < n; i++)
		WRITE_ONCE(to[i], from + i);
}

/* Two of them are pushed: the stack pointer moves for the call. */
static noinline __attribute__((noclone)) long
tt_many(long a, long b, long c, long d, long e, long f, long g, long h)
{
	barrier();
	return a + b + c + d + e + f + g * h;
}

/* Inlined, and its array with it. */
static __always_inline long tt_stack_inlined(long from)
{
	long inner[3];

	tt_fill(inner, 3, from * 100);
	barrier();
	return READ_ONCE(inner[1]);
}

/* Locals on the stack: n … n+3, and 100 n … 100 n+2; then all of n+1.  A label. */
noinline long tt_stack(long n)
{
	struct tt_inner in = { 41, 3, 9, -7, "stack" };
	long table[4], sum = 0;
	int round = 0;

	tt_stack_at = (unsigned long)table;
again:
	tt_fill(table, 4, n + round);
	barrier_data(&in);
	sum += tt_many(n, 2, 3, 4, 5, 6, READ_ONCE(table[3]), in.low);
	sum += tt_stack_inlined(READ_ONCE(table[0]));
	if (++round < 2 && READ_ONCE(table[1]))
		goto again;
	return sum;
}

static int tt_stack_poke(const char *text, const struct kernel_param *kp)
{
	long n;
	int rc = kstrtol(text, 0, &n);

	if (!rc)
		tt_stack(n);
	return rc;
}

static const struct kernel_param_ops tt_stack_ops = { .set = tt_stack_poke };
module_param_cb(stack, &tt_stack_ops, NULL, 0200);

static int spin;
module_param(spin, int, 0400);
static struct task_struct *tt_thread;

static int tt_spin(void *arg)
{
	int n = 0;

	while (!kthread_should_stop()) {
		tt_tick();
		/* disarming ftrace waits until every task has slept once */
		if (!(++n % 64))
			usleep_range(20, 100);
	}
	return 0;
}

/* Only while it loads. */
static noinline int __init tt_at_load(int n)
{
	barrier();
	return n;
}

static int __init tt_init(void)
{
	if (tt_at_load(spin))
		tt_thread = kthread_run(tt_spin, NULL, "taptarget");
	return IS_ERR(tt_thread) ? PTR_ERR(tt_thread) : 0;
}

static void __exit tt_exit(void)
{
	if (tt_thread)
		kthread_stop(tt_thread);
	tt_tick();
}

/* Called by two, who are called by whoever writes to the parameter "pair". */
static noinline __attribute__((noclone)) int tt_shared(int n)
{
	barrier();
	return 2 * n;
}

noinline int tt_left(int n)
{
	return tt_shared(n) + 1;
}

noinline int tt_right(int n)
{
	return tt_shared(n + 1) + 2;
}

static int tt_pair(const char *text, const struct kernel_param *kp)
{
	int n, rc = kstrtoint(text, 0, &n);

	return rc || tt_left(n) + tt_right(n) == 4 * n + 5 ? rc : -ERANGE;
}

static const struct kernel_param_ops tt_pair_ops = { .set = tt_pair };
module_param_cb(pair, &tt_pair_ops, NULL, 0200);

/* Statics of one name, some in a section where nothing tells which is which. */
static noinline int tt_twin_one(int n)
{
	static int tt_twin __section(".tt_twins") = 1;
	static int tt_seen = 31;

	tt_seen += n;
	return tt_twin++;
}

static noinline int tt_twin_two(int n)
{
	static int tt_twin __section(".tt_twins") = 2;
	static int tt_seen = 62;

	tt_seen += n;
	return tt_twin++;
}

static int tt_twins(const char *text, const struct kernel_param *kp)
{
	int n, rc = kstrtoint(text, 0, &n);

	return rc || tt_twin_one(n) < tt_twin_two(n) ? rc : -ERANGE;
}

static const struct kernel_param_ops tt_twins_ops = { .set = tt_twins };
module_param_cb(twins, &tt_twins_ops, NULL, 0200);

module_init(tt_init);
module_exit(tt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("target of tap's tests");
