/* SPDX-License-Identifier: GPL-2.0-only */
/* Growable bytes; always NUL-terminated, so ->p is a C string. */
#ifndef BUILD_BASE_BUF_H
#define BUILD_BASE_BUF_H

#include <stddef.h>

/** struct buf - owned bytes; BUF_INIT or zero + buf_init, buf_deinit frees */
struct buf {
	char *p;
	size_t len, cap;
};

extern char buf_empty[1];
#define BUF_INIT                \
	{                       \
		buf_empty, 0, 0 \
	}

void buf_init(struct buf *b);
void buf_deinit(struct buf *b);
void buf_reset(struct buf *b); /* length 0, keeps the memory */
void buf_reserve(struct buf *b, size_t extra);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_zero(struct buf *b, size_t n);
void buf_align(struct buf *b, size_t align); /* pad with zero bytes */
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** buf_detach() - hand the bytes to the caller, who frees them */
char *buf_detach(struct buf *b, size_t *len);

#endif
