/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Precompiled once per kernel and put before every part (build/kit/rtobj.c).  Only
 * what makes the parts compile faster: each still includes all that it uses.
 */
#include "runtime/core/env.h"

#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
