/* SPDX-License-Identifier: GPL-2.0-only */
/* Odds and ends of the kernel: load averages. */
#ifndef RUNTIME_COMPAT_KC_KERNEL_H
#define RUNTIME_COMPAT_KC_KERNEL_H

#include <linux/sched.h>

#include "kc_config.h"

#if KC_HAVE_SCHED_LOADAVG_H
#include <linux/sched/loadavg.h>
#endif

#define kc_loadavg(i) READ_ONCE(avenrun[i])

#endif
