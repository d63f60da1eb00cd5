/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Precompiled once per kernel and put before the facts and every part
 * (build/kit/rtcc.c).  Only what makes them compile faster, and nothing that asks a
 * fact: each still includes all that it uses.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/uaccess.h>

#if __has_include(<linux/sched/signal.h>)
#include <linux/sched/signal.h>
#endif
#if __has_include(<linux/ftrace.h>)
#include <linux/ftrace.h>
#endif
#if __has_include(<linux/kprobes.h>)
#include <linux/kprobes.h>
#endif
#if __has_include(<linux/tracepoint.h>)
#include <linux/tracepoint.h>
#endif
