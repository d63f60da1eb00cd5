/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own words about the module it has just refused. */
#ifndef RUNNER_KLOG_H
#define RUNNER_KLOG_H

#include <stddef.h>

/** klog_open() - a descriptor at the end of the kernel log, or -1 */
int klog_open(void);

/**
 * klog_read() - last line since klog_open() that speaks about module @name
 * @fd: from klog_open(), closed here; -1 gives ""
 * @out: @cap bytes; "" when there is no such line
 */
void klog_read(int fd, const char *name, char *out, size_t cap);

/**
 * klog_match() - the text of one /dev/kmsg record if it is about @name
 * @rec: "6,1234,567890,-;text\n", NUL-terminated; cut in place
 *
 * Return: the text, or NULL.
 * Source: Documentation/ABI/testing/dev-kmsg.
 */
const char *klog_match(char *rec, const char *name);

#endif
