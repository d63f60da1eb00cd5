/* SPDX-License-Identifier: GPL-2.0-only */
/* Which kernel runs here: what uname(2) says and what its build-id proves. */
#ifndef RUNNER_KERNEL_H
#define RUNNER_KERNEL_H

#include "bundle/target.h"

#include <sys/utsname.h>

struct err;

/** struct kernel - @host points into @uts: do not copy */
struct kernel {
	struct utsname uts;
	struct target_host host;
};

/**
 * kernel_read() - uname(2) and /sys/kernel/notes
 *
 * A host without the notes file (no sysfs, or before 2.6.23) has no build-id.
 * Return: 0, ERR_IO, or -BERR_FORMAT when the notes are malformed.
 */
int kernel_read(struct kernel *k, struct err *e);

#endif
