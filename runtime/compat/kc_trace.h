/* SPDX-License-Identifier: GPL-2.0-only */
/* A line in the kernel's trace buffer. */
#ifndef RUNTIME_COMPAT_KC_TRACE_H
#define RUNTIME_COMPAT_KC_TRACE_H

#include <linux/kernel.h>
#include <linux/string.h>

#include "kc_config.h"

/*
 * Not trace_printk(): a module that names it makes the kernel print a banner and
 * allocate buffers when it is loaded.  __trace_puts() lost its size in 6.17.
 */
static inline void kc_trace_puts(const char *msg)
{
#if KC_HAVE_TRACE_PUTS_SYMBOL && KC_HAVE_TRACE_PUTS_SIZE
	__trace_puts(_THIS_IP_, msg, strlen(msg));
#elif KC_HAVE_TRACE_PUTS_SYMBOL
	__trace_puts(_THIS_IP_, msg);
#endif
}

#endif
