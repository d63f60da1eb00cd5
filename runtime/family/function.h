/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What places in functions have in common, whosever the functions are: the table of
 * points, and arming and disarming those of one owner.  rt_function.c has it all.
 */
#ifndef RUNTIME_FAMILY_FUNCTION_H
#define RUNTIME_FAMILY_FUNCTION_H

#include "runtime/core/enter.h"

#include <linux/kallsyms.h>
#include <linux/mutex.h>

#include "runtime/compat/kc_ftrace.h"
#include "runtime/compat/kc_kprobe.h"

#define RT_OWNER_KERNEL 0 /* others: modules, from 1 on */
#define RT_OWNER_MAX	0xfffe
#define RT_OWNER_ANY	0xffff
#define RT_ENDBR	4 /* bytes: what a function may begin with */

enum rt_point_state {
	RT_POINT_OFF,
	RT_POINT_REFUSED, /* not the function it should be */
	RT_POINT_WANTED,  /* to be armed */
	RT_POINT_FTRACE,
	RT_POINT_KPROBE,
	RT_POINT_KRETPROBE,
};

struct rt_point {
	unsigned long ip; /* run-time address of the function */
	const struct taprt_probe *probe;
	u32 next; /* other point of the same site */
	u16 owner;
	u8 state;
	bool on : 1;	 /* FTRACE: in the filter; KPROBE, KRETPROBE: enabled */
	bool told : 1;	 /* that it is refused; modules come again and again */
	bool choosy : 1; /* not all calls count: .callee */
	union {
		struct kprobe *kp;
		struct kretprobe *krp;
	};
};

struct rt_site {
	unsigned long ip;
	u32 first;
};

/* The entries of one owner's functions that ftrace shows us. */
struct rt_sites {
#if KC_FTRACE
	struct ftrace_ops ops;
#endif
	struct rt_site *v; /* open addressing; ip = 0: empty */
	u32 shift, mask;
	bool on;
};

/* By point; other families' unused. */
extern struct rt_point *taprt_fn_points;
/* Held over arming and arming again, whosever: what is below sleeps and needs it. */
extern struct mutex taprt_fn_mutex;

const char *taprt_fn_type(const struct taprt_probe *p);

/** taprt_fn_sites_init() - room for @points; 0 or -ENOMEM; taprt_fn_sites_exit() */
int taprt_fn_sites_init(struct rt_sites *s, u32 points);
void taprt_fn_sites_exit(struct rt_sites *s);
/** taprt_fn_sites_reset() - nothing is in @s, which is disarmed; arm it again */
void taprt_fn_sites_reset(struct rt_sites *s);

/** taprt_fn_arm() - all of @owner that are WANTED; failures are told */
void taprt_fn_arm(struct rt_sites *s, u16 owner);
/** taprt_fn_rearm() - what is armed follows rt_wanted() */
void taprt_fn_rearm(struct rt_sites *s, u16 owner);
/** taprt_fn_ftrace_disarm() - no handler runs through @s, nor will one */
void taprt_fn_ftrace_disarm(struct rt_sites *s);
/** taprt_fn_kprobes_disarm() - likewise for kprobes; states stay as they are
 *  @of_ftrace: only those that are in ftrace's filter */
void taprt_fn_kprobes_disarm(u16 owner, bool of_ftrace);
/** taprt_fn_by_ftrace() - is it ftrace, with kprobes or without, that calls point @p? */
bool taprt_fn_by_ftrace(const struct rt_point *p);
/** taprt_fn_failed() - tell of point @i, once; @rc 0: something else is there */
void taprt_fn_failed(u32 i, int rc);
/** taprt_fn_gone() - point @i, disarmed, does not count any more */
void taprt_fn_gone(u32 i);
/** taprt_fn_missed() - hits of an armed point that the kernel could not deliver */
u64 taprt_fn_missed(const struct rt_point *p);

/** taprt_fn_is() - does @ip begin function @name?  It may have other names too */
bool taprt_fn_is(unsigned long ip, const char *name);
/** taprt_fn_named() - where the kernel says that function @name begins, or 0 */
unsigned long taprt_fn_named(const char *name);

#endif
