/* SPDX-License-Identifier: GPL-2.0-only */
/* The bounded cursor: the only way any program here reads outside bytes. */
#ifndef BUNDLE_BASE_CUR_H
#define BUNDLE_BASE_CUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct cur - a position in borrowed bytes
 *
 * Invariant: start <= pos <= end.  A read that does not fit returns zero (or
 * NULL), moves nothing and sets @failed, which stays set: parse a whole
 * structure, then test cur_ok() once.
 */
struct cur {
	const uint8_t *start, *pos, *end;
	bool failed;
};

static inline struct cur cur_init(const void *p, size_t n)
{
	const uint8_t *b = p;

	/* NULL + 0 is undefined before C2y */
	return (struct cur){ b, b, n ? b + n : b, false };
}

static inline bool cur_ok(const struct cur *c)
{
	return !c->failed;
}

static inline size_t cur_left(const struct cur *c)
{
	return (size_t)(c->end - c->pos);
}

static inline size_t cur_off(const struct cur *c)
{
	return (size_t)(c->pos - c->start);
}

/** cur_take() - the next @n bytes, or NULL; borrowed from the input */
static inline const uint8_t *cur_take(struct cur *c, size_t n)
{
	const uint8_t *p = c->pos;

	if (c->failed || n > cur_left(c)) {
		c->failed = true;
		return NULL;
	}
	c->pos += n;
	return p;
}

/** cur_seek() - absolute move; false and failed when outside */
static inline bool cur_seek(struct cur *c, size_t off)
{
	if (c->failed || off > (size_t)(c->end - c->start)) {
		c->failed = true;
		return false;
	}
	c->pos = c->start + off;
	return true;
}

/** cur_sub() - a cursor over [off, off+n) of the input; failed when outside */
struct cur cur_sub(const struct cur *c, size_t off, size_t n);

uint8_t cur_u8(struct cur *c);
/* little endian */
uint16_t cur_le16(struct cur *c);
uint32_t cur_le32(struct cur *c);
uint64_t cur_le64(struct cur *c);
uint32_t cur_be32(struct cur *c);

/** cur_str() - NUL-terminated string; NULL when no NUL is left in the input */
const char *cur_str(struct cur *c);

/** cur_uleb() - DWARF 5 section 7.6 unsigned LEB128, at most 64 bits */
uint64_t cur_uleb_long(struct cur *c);
static inline uint64_t cur_uleb(struct cur *c)
{
	/* most of them are one byte, and there are millions */
	if (!c->failed && c->pos < c->end && *c->pos < 0x80)
		return *c->pos++;
	return cur_uleb_long(c);
}
/** cur_sleb() - the signed one */
int64_t cur_sleb(struct cur *c);

#endif
