/* SPDX-License-Identifier: GPL-2.0-only */
/* A procfs file that can be read, written, polled and mapped. */
#ifndef RUNTIME_COMPAT_KC_PROC_H
#define RUNTIME_COMPAT_KC_PROC_H

#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>

#include "kc_config.h"

#if KC_HAVE_POLL_T
typedef __poll_t kc_poll_t;
#else
typedef unsigned int kc_poll_t;
#endif

/* struct proc_ops: d56c0d45f0e2 (5.6) */
#if KC_HAVE_PROC_OPS
#define KC_PROC_OPS(name, op, rel, rd, wr, pl, mm) \
	static const struct proc_ops name = {      \
		.proc_open = op,                   \
		.proc_release = rel,               \
		.proc_read = rd,                   \
		.proc_write = wr,                  \
		.proc_poll = pl,                   \
		.proc_mmap = mm,                   \
		.proc_lseek = noop_llseek,         \
	}
#else
#define KC_PROC_OPS(name, op, rel, rd, wr, pl, mm)   \
	static const struct file_operations name = { \
		.owner = THIS_MODULE,                \
		.open = op,                          \
		.release = rel,                      \
		.read = rd,                          \
		.write = wr,                         \
		.poll = pl,                          \
		.mmap = mm,                          \
		.llseek = noop_llseek,               \
	}
#endif

/* What proc_create_data() was given; 359745d78351 (5.17) */
static inline void *kc_pde_data(const struct inode *inode)
{
#if KC_HAVE_PDE_DATA
	return pde_data(inode);
#else
	return PDE_DATA(inode);
#endif
}

#endif
