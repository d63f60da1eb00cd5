// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strings from memory that may not be there (tapset/linux/conversions.stp,
 * tapset/base/uconversions.stp).
 *
 * Every loop is bounded by the length of a script string.
 */
#include "runtime/core/bytes.h"
#include "runtime/core/quote.h"

/*
 * Copy a string of at most @size - 1 bytes.  Reads stay within aligned 64-byte
 * blocks, so that one never runs into a page the string does not reach.
 */
static int rt_read_str(char *dst, u32 size, u64 addr, bool user)
{
	u32 n, len, done = 0;
	int rc;

	while (done + 1 < size) {
		n = RT_BLOCK - (addr & (RT_BLOCK - 1));
		if (n > size - 1 - done)
			n = size - 1 - done;
		rc = taprt_read_mem(dst + done, addr, n, user);
		if (rc)
			return rc;
		len = rt_strnlen(dst + done, n);
		if (len < n)
			return 0;
		done += n;
		addr += n;
	}
	dst[done] = 0;
	return 0;
}

static void rt_fail_string(struct taprt_ctx *c, u64 addr, bool user)
{
	taprt_fail_addr(c,
			user ? "user string copy fault -14 at "
			     : "kernel string copy fault at ",
			addr, " [man error::fault]");
}

/* At most @n bytes of a string. */
void taprt_fn_string_n(struct taprt_ctx *c, char *dst, u32 size, s64 addr,
		       s64 n, s64 user)
{
	if (n < 0)
		n = 0;
	if (n < size - 1)
		size = n + 1;
	if (!rt_read_str(dst, size, addr, user))
		return;
	*dst = 0;
	rt_fail_string(c, addr, user);
}

void taprt_fn_kernel_string(struct taprt_ctx *c, char *dst, u32 size, s64 addr)
{
	taprt_fn_string_n(c, dst, size, addr, size, false);
}

void taprt_fn_user_string(struct taprt_ctx *c, char *dst, u32 size, s64 addr)
{
	taprt_fn_string_n(c, dst, size, addr, size, true);
}

void taprt_fn_kernel_string_default(struct taprt_ctx *c, char *dst, u32 size,
				    s64 addr, const char *dflt)
{
	(void)c;
	if (rt_read_str(dst, size, addr, false))
		taprt_strcpy(dst, dflt, size);
}

void taprt_fn_user_string_default(struct taprt_ctx *c, char *dst, u32 size,
				  s64 addr, const char *dflt)
{
	(void)c;
	if (rt_read_str(dst, size, addr, true))
		taprt_strcpy(dst, dflt, size);
}

/* ---- byte by byte --------------------------------------------------------------- */

void taprt_bytes_begin(struct rt_bytes *b, u64 at, u64 n, bool user)
{
	b->at = at;
	b->left = n;
	b->n = b->have = 0;
	b->user = user;
}

int taprt_bytes_next(struct rt_bytes *b)
{
	if (!b->have) {
		if (!b->left)
			return RT_BYTES_END;
		/* blocks never reach into a page that is not asked for */
		b->n = RT_BLOCK - (b->at & (RT_BLOCK - 1));
		if (b->n > b->left)
			b->n = b->left;
		if (taprt_read_mem(b->block, b->at, b->n, b->user))
			return RT_BYTES_FAULT;
		b->at += b->n;
		b->left -= b->n;
		b->have = b->n;
	}
	return (u8)b->block[b->n - b->have--];
}

/* ---- quoted --------------------------------------------------------------------- */

/*
 * @inlen bytes at @addr escaped and in quotes, at most @outlen bytes of result
 * (not positive: what fits).  @flags: 1 user space, 2 a NUL does not end it.
 */
void taprt_fn_quoted(struct taprt_ctx *c, char *dst, u32 size, s64 addr,
		     s64 inlen, s64 outlen, s64 flags)
{
	struct rt_quoter q;
	struct rt_bytes b;
	int ch;

	taprt_bytes_begin(&b, addr, inlen < 0 ? 0 : inlen, flags & 1);
	taprt_quote_begin(&q, dst, size, outlen);
	do {
		ch = taprt_bytes_next(&b);
	} while ((ch > 0 || (!ch && (flags & 2))) && taprt_quote_put(&q, ch));
	taprt_quote_end(&q);
	if (ch != RT_BYTES_FAULT)
		return;
	*dst = 0;
	rt_fail_string(c, addr, flags & 1);
}

/* ---- wide characters ------------------------------------------------------------ */

#define RT_BAD_CHAR (-3)

/* The next @bytes bytes as a number in the machine's order, or RT_BYTES_*. */
static s64 rt_wide_unit(struct rt_bytes *b, u32 bytes)
{
	union {
		u8 b[4];
		u16 u16;
		u32 u32;
	} v;
	u32 i;
	int ch;

	for (i = 0; i < bytes; i++) {
		ch = taprt_bytes_next(b);
		if (ch < 0)
			return ch;
		v.b[i] = ch;
	}
	return bytes == 2 ? v.u16 : v.u32;
}

/* One character of UTF-16 or UTF-32, RT_BAD_CHAR or RT_BYTES_*. */
static s64 rt_wide_char(struct rt_bytes *b, u32 bytes)
{
	s64 hi = rt_wide_unit(b, bytes), lo;

	if (hi < 0xd800 || (hi > 0xdfff && hi <= 0x10ffff))
		return hi;
	if (bytes != 2 || hi > 0xdbff)
		return RT_BAD_CHAR;
	lo = rt_wide_unit(b, bytes);
	if (lo < 0)
		return lo;
	if (lo < 0xdc00 || lo > 0xdfff)
		return RT_BAD_CHAR;
	return 0x10000 + ((hi & 0x3ff) << 10) + (lo & 0x3ff);
}

/* @ch in UTF-8 (RFC 3629 section 3): its bytes at @b, their number. */
static u32 rt_utf8(char b[4], u32 ch)
{
	static const u8 lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	u32 n = ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4, i;

	for (i = n - 1; i; i--) {
		b[i] = 0x80 | (ch & 0x3f);
		ch >>= 6;
	}
	b[0] = lead[n] | ch;
	return n;
}

/* A string of @bits-bit characters as UTF-8; cut between characters. */
void taprt_fn_string_wide(struct taprt_ctx *c, char *dst, u32 size, s64 addr,
			  s64 bits, s64 user)
{
	struct rt_bytes r;
	struct taprt_sink s;
	char b[4];
	u32 n;
	s64 ch;

	taprt_bytes_begin(&r, addr, ~0ULL, user);
	taprt_sink_buf(&s, dst, size);
	while ((ch = rt_wide_char(&r, bits / 8)) > 0) {
		n = rt_utf8(b, ch);
		if (n > s.end - s.p)
			break;
		taprt_put_lit(&s, b, n);
	}
	taprt_sink_end(&s);
	if (ch >= 0)
		return;
	*dst = 0;
	if (ch == RT_BAD_CHAR)
		taprt_fail_addr(c, "invalid wide character in the string at ",
				addr, "");
	else
		rt_fail_string(c, addr, user);
}
