/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole reads and writes: EINTR handled, O_CLOEXEC always. */
#ifndef BUNDLE_BASE_IO_H
#define BUNDLE_BASE_IO_H

#include <stddef.h>
#include <stdint.h>

struct err;

/** io_read_full() - read exactly @n bytes; ERR_TRUNCATED at end of file */
int io_read_full(int fd, void *buf, size_t n, struct err *e);

/** io_write_full() - write all @n bytes; ERR_IO with errno otherwise */
int io_write_full(int fd, const void *buf, size_t n, struct err *e);

#endif
