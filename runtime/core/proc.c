// SPDX-License-Identifier: GPL-2.0-only
/* The current process's command line and environment. */
#include "runtime/core/core.h"

#include <linux/mm_types.h>
#include <linux/sched.h>

#include "runtime/core/fn_words.c"

void taprt_fn_cmdline_args(struct taprt_ctx *c, char *dst, u32 size, s64 n,
			   s64 m, const char *delim)
{
	struct mm_struct *mm = current->mm;

	*dst = 0;
	if (mm)
		rt_words_join(dst, size, mm->arg_start, mm->arg_end, n, m,
			      delim);
}

void taprt_fn_env_var(struct taprt_ctx *c, char *dst, u32 size,
		      const char *name)
{
	struct mm_struct *mm = current->mm;

	*dst = 0;
	if (mm)
		rt_words_find(dst, size, mm->env_start, mm->env_end, name);
}
