// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formatted output into a sink: the ring or a string buffer.
 *
 * Loops are bounded by the sink for strings and by PUT_MAX for padding.
 */
#include "runtime/core/core.h"

#define PUT_MAX	   4096 /* most padding or precision of one item */
#define PUT_DIGITS 24	/* 22 octal digits of a u64, prefix */

static inline void rt_putc(struct taprt_sink *s, char ch)
{
	if (unlikely(s->p == s->end) && !taprt_sink_more(s))
		return;
	*s->p++ = ch;
}

void taprt_put_lit(struct taprt_sink *s, const char *p, u32 len)
{
	u32 n;

	if (likely(len <= (size_t)(s->end - s->p))) {
		rt_copy(s->p, p, len);
		s->p += len;
		return;
	}
	while (len) {
		n = s->end - s->p;
		if (!n) {
			if (!taprt_sink_more(s))
				return;
			continue;
		}
		if (n > len)
			n = len;
		rt_copy(s->p, p, n);
		s->p += n;
		p += n;
		len -= n;
	}
}

void taprt_pad(struct taprt_sink *s, char ch, s32 n)
{
	if (n > PUT_MAX)
		n = PUT_MAX;
	for (; n > 0; n--)
		rt_putc(s, ch);
}

static void rt_puts(struct taprt_sink *s, const char *z)
{
	taprt_put_lit(s, z, rt_strnlen(z, PUT_MAX));
}

void taprt_sink_buf(struct taprt_sink *s, char *dst, u32 size)
{
	s->start = s->p = dst;
	s->end = dst + size - 1;
	s->ring = NULL;
}

void taprt_sink_end(struct taprt_sink *s)
{
	*s->p = 0;
}

static const char rt_pairs[] = "0001020304050607080910111213141516171819"
			       "2021222324252627282930313233343536373839"
			       "4041424344454647484950515253545556575859"
			       "6061626364656667686970717273747576777879"
			       "8081828384858687888990919293949596979899";

/* Digits of @v, ending before @end; returns the first. */
static char *rt_digits(char *end, u64 v, u32 base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	if (base == 10) {
		for (; v >= 100; v /= 100) {
			end -= 2;
			memcpy(end, rt_pairs + v % 100 * 2, 2);
		}
		if (v >= 10)
			*--end = '0' + v % 10, v /= 10;
		*--end = '0' + v;
		return end;
	}
	do {
		*--end = set[v & (base - 1)];
		v >>= base == 16 ? 4 : 3;
	} while (v);
	return end;
}

void taprt_put_dec(struct taprt_sink *s, s64 v)
{
	char b[PUT_DIGITS], *p;

	p = rt_digits(b + sizeof(b), v < 0 ? -(u64)v : (u64)v, 10, false);
	if (v < 0)
		*--p = '-';
	taprt_put_lit(s, p, b + sizeof(b) - p);
}

/* The sign or base prefix of a number, as text. */
static const char *rt_num_prefix(s64 v, char conv, u32 flags)
{
	switch (conv) {
	case 'd':
		if (v < 0)
			return "-";
		return flags & TAPRT_F_PLUS    ? "+"
		       : flags & TAPRT_F_SPACE ? " "
					       : "";
	case 'o':
		return flags & TAPRT_F_ALT ? "0" : "";
	case 'x':
		return flags & TAPRT_F_ALT ? "0x" : "";
	case 'X':
		return flags & TAPRT_F_ALT ? "0X" : "";
	case 'p':
		return "0x";
	}
	return "";
}

void taprt_put_num(struct taprt_sink *s, s64 v, char conv, u32 flags, s32 width,
		   s32 prec)
{
	u32 base = conv == 'o' ? 8 : conv == 'd' || conv == 'u' ? 10 : 16;
	const char *pre = rt_num_prefix(v, conv, flags);
	char b[PUT_DIGITS], *p;
	s32 n, zeros, fill;

	if (!flags && width <= 0 && prec < 0 && !*pre) {
		p = rt_digits(b + sizeof(b), v, base, conv == 'X');
		taprt_put_lit(s, p, b + sizeof(b) - p);
		return;
	}
	p = rt_digits(b + sizeof(b), conv == 'd' && v < 0 ? -(u64)v : (u64)v,
		      base, conv == 'X');
	n = b + sizeof(b) - p;
	zeros = prec > n ? prec - n : 0;
	fill = width - n - zeros - (s32)rt_strnlen(pre, 2);
	/* unlike in C, the flag holds with a precision too */
	if (fill > 0 && (flags & TAPRT_F_ZERO) && !(flags & TAPRT_F_MINUS)) {
		zeros += fill;
		fill = 0;
	}
	if (!(flags & TAPRT_F_MINUS))
		taprt_pad(s, ' ', fill);
	rt_puts(s, pre);
	taprt_pad(s, '0', zeros);
	taprt_put_lit(s, p, n);
	if (flags & TAPRT_F_MINUS)
		taprt_pad(s, ' ', fill);
}

/* @ch as it is written inside C quotes: 1, 2 or 4 bytes at @b. */
u32 taprt_escape(char b[4], u8 ch, bool hex)
{
	static const char from[] = "\a\b\t\n\v\f\r\"\\";
	static const char to[] = "abtnvfr\"\\";
	u32 i;

	for (i = 0; i < sizeof(from) - 1; i++)
		if (ch == (u8)from[i]) {
			b[0] = '\\';
			b[1] = to[i];
			return 2;
		}
	if (hex && ch == '\'') { /* a string stands in the other quotes */
		b[0] = '\\';
		b[1] = ch;
		return 2;
	}
	if (ch >= ' ' && ch < 0x7f) {
		b[0] = ch;
		return 1;
	}
	b[0] = '\\';
	if (hex) {
		b[1] = 'x';
		b[2] = "0123456789abcdef"[ch >> 4];
		b[3] = "0123456789abcdef"[ch & 15];
	} else {
		b[1] = '0' + (ch >> 6);
		b[2] = '0' + ((ch >> 3) & 7);
		b[3] = '0' + (ch & 7);
	}
	return 4;
}

static u32 rt_escaped_len(const char *str, u32 max)
{
	u32 len = 0, n;
	char b[4];

	for (; *str; str++) {
		n = taprt_escape(b, *str, false);
		if (len + n > max)
			break;
		len += n;
	}
	return len;
}

void taprt_put_escaped(struct taprt_sink *s, const char *str, u32 max)
{
	u32 len = 0, n;
	char b[4];

	for (; *str; str++) {
		n = taprt_escape(b, *str, false);
		if (len + n > max)
			break;
		taprt_put_lit(s, b, n);
		len += n;
	}
}

void taprt_put_str(struct taprt_sink *s, const char *str, u32 flags, s32 width,
		   s32 prec)
{
	u32 max = prec < 0 ? 1u << 20 : (u32)prec, n;
	bool alt = flags & TAPRT_F_ALT;

	if (likely(!flags && width <= 0)) {
		taprt_put_lit(s, str, rt_strnlen(str, max));
		return;
	}
	n = alt ? rt_escaped_len(str, max) : rt_strnlen(str, max);
	if (!(flags & TAPRT_F_MINUS))
		taprt_pad(s, ' ', width - (s32)n);
	if (alt)
		taprt_put_escaped(s, str, max);
	else
		taprt_put_lit(s, str, n);
	if (flags & TAPRT_F_MINUS)
		taprt_pad(s, ' ', width - (s32)n);
	if (flags & TAPRT_F_ZERO)
		rt_putc(s, 0);
}

void taprt_put_chr(struct taprt_sink *s, s64 v, u32 flags, s32 width)
{
	char b[4];
	u32 n = 1;

	b[0] = v;
	if (flags & TAPRT_F_ALT)
		n = taprt_escape(b, v, true);
	if (!(flags & TAPRT_F_MINUS))
		taprt_pad(s, ' ', width - (s32)n);
	taprt_put_lit(s, b, n);
	if (flags & TAPRT_F_MINUS)
		taprt_pad(s, ' ', width - (s32)n);
}

void taprt_put_bin(struct taprt_sink *s, s64 v, u32 bytes)
{
	char b[8];

	memcpy(b, &v, sizeof(b)); /* little endian: the low bytes are first */
	taprt_put_lit(s, b, bytes);
}
