/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the C of a script finds: kernel headers and the names it is written with.
 *
 * Included by the embedded object only, which is compiled against one kernel's
 * own headers.  The names here are the script language's and stay as they are;
 * ours start with "tap".
 *
 * CONTEXT has these members:
 *   last_error    NULL, or set to a text and return to raise it
 *   error_buffer  MAXSTRINGLEN bytes that such a text may be composed in
 *   last_stmt     "near …" of a pending error, or NULL
 *   probe_point   what pp() says
 *   nesting       depth of script functions
 *   actionremaining  what is left of MAXACTION
 *   kregs, uregs  registers of the probed place, in the kernel or in a program;
 *                 NULL where a probe has none
 *   user_mode_p   it is in a program
 */
#ifndef RUNTIME_EMBED_H
#define RUNTIME_EMBED_H

#include <linux/version.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/dcache.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/hardirq.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#if __has_include(<linux/sched/signal.h>)
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#endif
#if __has_include(<linux/timekeeping.h>)
#include <linux/timekeeping.h>
#endif

#define TAPRT_HAVE_TYPES
#include "gen.h"

/* Scripts are fond of it, and newer kernels have it no more. */
static inline size_t tap_strlcpy(char *dst, const char *src, size_t size)
{
	if (size)
		taprt_strcpy(dst, src, size);
	return strlen(src);
}
#undef strlcpy
#define strlcpy(dst, src, size) tap_strlcpy(dst, src, size)

/* A string of a script; MAXSTRINGLEN comes with the generated part. */
typedef char string_t[MAXSTRINGLEN];

struct context {
	struct taprt_ctx *tap;
	bool tap_next;
	const char *last_error;
	const char *last_stmt;
	const char *probe_point;
	char *error_buffer;
	int nesting;
	s64 actionremaining;
	struct pt_regs *kregs, *uregs;
	int user_mode_p;
};

#define CONTEXT (tap_context)

#define STAP_PRINTF(...) taprt_embed_printf(CONTEXT->tap, __VA_ARGS__)

#define STAP_ERROR(...)                                      \
	do {                                                 \
		taprt_embed_fail(CONTEXT->tap, __VA_ARGS__); \
		return;                                      \
	} while (0)

#define STAP_NEXT                         \
	do {                              \
		CONTEXT->tap_next = true; \
		return;                   \
	} while (0)

#define TAP_RETURN_LONG(v)                    \
	do {                                  \
		STAP_RETVALUE = (int64_t)(v); \
		return;                       \
	} while (0)

#define TAP_RETURN_STRING(v)                                    \
	do {                                                    \
		taprt_strcpy(STAP_RETVALUE, (v), MAXSTRINGLEN); \
		return;                                         \
	} while (0)

/* A function whose value nobody uses may still return one. */
#define TAP_RETURN_VOID(v...)   \
	do {                    \
		(void)(0, ##v); \
		return;         \
	} while (0)

static inline void tap_enter(struct context *x, struct taprt_ctx *c,
			     char *errbuf)
{
	struct pt_regs *regs;

	x->tap = c;
	x->tap_next = false;
	x->last_error = NULL;
	x->last_stmt = c->near;
	x->probe_point = c->pp;
	x->error_buffer = errbuf;
	x->nesting = c->depth;
	x->actionremaining = c->actions;
	x->kregs = x->uregs = NULL;
	regs = (struct pt_regs *)taprt_regs(c);
	x->user_mode_p = regs && user_mode(regs);
	if (x->user_mode_p)
		x->uregs = regs;
	else
		x->kregs = regs;
	if (errbuf)
		*errbuf = 0;
}

/* Return: does another overload have to be tried? */
static inline int tap_leave(struct context *x)
{
	if (unlikely(x->last_error != NULL))
		taprt_embed_fail(x->tap, "%s", x->last_error);
	return x->tap_next;
}

#endif
