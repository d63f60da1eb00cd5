// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doubles without a floating-point unit: script functions on IEEE 754 binary64
 * bit patterns, in integers only, rounded to nearest even.
 *
 * Every loop is bounded: division and root by the bits of the result, the
 * remainder by the difference of the exponents (at most 2100 steps).
 */
#include "runtime/core/core.h"

#define FP_FRAC	   52
#define FP_HIDDEN  (1ULL << FP_FRAC)
#define FP_SIGN	   (1ULL << 63)
#define FP_EXP_MAX 2047
#define FP_INFTY   ((u64)FP_EXP_MAX << FP_FRAC)
#define FP_QNAN	   (FP_INFTY | FP_HIDDEN >> 1)

/**
 * struct rt_fp - a number taken apart: sig * 2^(exp - 1023 - 52)
 * @sig: 0, or with its highest bit at FP_FRAC, subnormal numbers too
 * @exp: FP_EXP_MAX for infinity and NaN
 */
struct rt_fp {
	bool neg;
	s32 exp;
	u64 sig;
};

static inline bool fp_is_nan(u64 v)
{
	return (v & ~FP_SIGN) > FP_INFTY;
}

static inline bool fp_is_inf(u64 v)
{
	return (v & ~FP_SIGN) == FP_INFTY;
}

static inline bool fp_is_zero(u64 v)
{
	return !(v & ~FP_SIGN);
}

/* Not for NaN; infinity has the significand of 1. */
static struct rt_fp fp_take(u64 v)
{
	struct rt_fp f = { v >> 63, (s32)(v >> FP_FRAC & FP_EXP_MAX),
			   v & (FP_HIDDEN - 1) };
	s32 up;

	if (f.exp) {
		f.sig |= FP_HIDDEN;
	} else if (f.sig) {
		up = __builtin_clzll(f.sig) - (63 - FP_FRAC);
		f.sig <<= up;
		f.exp = 1 - up;
	}
	return f;
}

/* @v >> @n; bits that fall out leave their trace in the lowest one. */
static inline u64 fp_jam(u64 v, u32 n)
{
	if (!n)
		return v;
	if (n > 63)
		return v != 0;
	return v >> n | ((v << (64 - n)) != 0);
}

/*
 * Round @sig * 2^(@exp - 1023 - 62) to a double.  @sig is 0 or has any highest
 * bit; its lowest may stand for bits below it.
 */
static u64 fp_round(bool neg, s32 exp, u64 sig)
{
	u64 sign = neg ? FP_SIGN : 0, v;
	s32 up;

	if (!sig)
		return sign;
	up = __builtin_clzll(sig) - 1;
	if (up < 0) {
		sig = fp_jam(sig, 1);
		exp++;
	} else {
		sig <<= up;
		exp -= up;
	}
	if (exp >= FP_EXP_MAX)
		return sign | FP_INFTY;
	if (exp <= 0) {
		sig = fp_jam(sig, 1 - exp);
		exp = 0;
	}
	/* ten bits too many; a carry out of the fraction is the next exponent */
	v = sig >> 10;
	if ((sig & 0x3ff) > 0x200 || ((sig & 0x3ff) == 0x200 && (v & 1)))
		v++;
	if (exp)
		v += ((u64)exp << FP_FRAC) - FP_HIDDEN;
	return sign | v;
}

/* ---- arithmetic ------------------------------------------------------------------ */

static u64 fp_add_finite(u64 a, u64 b)
{
	struct rt_fp x = fp_take(a), y = fp_take(b), t;
	u64 p, q;

	if (!x.sig ||
	    (y.sig && (x.exp < y.exp || (x.exp == y.exp && x.sig < y.sig)))) {
		t = x;
		x = y;
		y = t;
	}
	if (!y.sig) {
		if (x.sig)
			return fp_round(x.neg, x.exp, x.sig << 10);
		return x.neg && y.neg ? FP_SIGN : 0;
	}
	p = x.sig << 9; /* one bit free for the carry */
	q = fp_jam(y.sig << 9, x.exp - y.exp);
	p = x.neg == y.neg ? p + q : p - q;
	return p ? fp_round(x.neg, x.exp + 1, p) : 0;
}

s64 taprt_fn_fp_add(struct taprt_ctx *c, s64 va, s64 vb)
{
	u64 a = va, b = vb;

	(void)c;
	if (fp_is_nan(a) || fp_is_nan(b))
		return FP_QNAN;
	if (fp_is_inf(a))
		return fp_is_inf(b) && a != b ? FP_QNAN : a;
	if (fp_is_inf(b))
		return b;
	return fp_add_finite(a, b);
}

s64 taprt_fn_fp_sub(struct taprt_ctx *c, s64 a, s64 b)
{
	return taprt_fn_fp_add(c, a, (s64)((u64)b ^ FP_SIGN));
}

s64 taprt_fn_fp_mul(struct taprt_ctx *c, s64 va, s64 vb)
{
	u64 a = va, b = vb, sign = (a ^ b) & FP_SIGN;
	unsigned __int128 p;
	struct rt_fp x, y;

	(void)c;
	if (fp_is_nan(a) || fp_is_nan(b))
		return FP_QNAN;
	if (fp_is_inf(a) || fp_is_inf(b))
		return fp_is_zero(a) || fp_is_zero(b) ? FP_QNAN
						      : sign | FP_INFTY;
	if (fp_is_zero(a) || fp_is_zero(b))
		return sign;
	x = fp_take(a);
	y = fp_take(b);
	p = (unsigned __int128)x.sig * y.sig; /* 2^104 stands for 1 */
	return fp_round(sign != 0, x.exp + y.exp - 1023,
			(u64)(p >> 42) | ((u64)p << 22 != 0));
}

s64 taprt_fn_fp_div(struct taprt_ctx *c, s64 va, s64 vb)
{
	u64 a = va, b = vb, sign = (a ^ b) & FP_SIGN, q = 0, r;
	struct rt_fp x, y;
	u32 i;

	(void)c;
	if (fp_is_nan(a) || fp_is_nan(b) || (fp_is_inf(a) && fp_is_inf(b)) ||
	    (fp_is_zero(a) && fp_is_zero(b)))
		return FP_QNAN;
	if (fp_is_inf(a) || fp_is_zero(b))
		return sign | FP_INFTY;
	if (fp_is_zero(a) || fp_is_inf(b))
		return sign;
	x = fp_take(a);
	y = fp_take(b);
	r = x.sig;
	for (i = 0; i < 63; i++) {
		q <<= 1;
		if (r >= y.sig) {
			r -= y.sig;
			q |= 1;
		}
		r <<= 1;
	}
	return fp_round(sign != 0, x.exp - y.exp + 1023, q | (r != 0));
}

/* x - n * y for the integer n nearest to x / y; it is always exact. */
s64 taprt_fn_fp_rem(struct taprt_ctx *c, s64 va, s64 vb)
{
	u64 a = va, b = vb, r;
	struct rt_fp x, y;
	bool odd = false;
	s32 e;

	(void)c;
	if (fp_is_nan(a) || fp_is_nan(b) || fp_is_inf(a) || fp_is_zero(b))
		return FP_QNAN;
	if (fp_is_inf(b) || fp_is_zero(a))
		return a;
	x = fp_take(a);
	y = fp_take(b);
	if (x.exp < y.exp - 1)
		return a;
	r = x.sig;
	if (x.exp < y.exp) {
		/* x < y: the question is only which half */
		y.sig <<= 1;
		y.exp--;
	}
	for (e = x.exp - y.exp; e >= 0; e--) {
		odd = r >= y.sig;
		if (odd)
			r -= y.sig;
		if (e)
			r <<= 1;
	}
	if (2 * r > y.sig || (2 * r == y.sig && odd)) {
		r = y.sig - r;
		x.neg = !x.neg;
	}
	return fp_round(x.neg, y.exp + 10, r);
}

s64 taprt_fn_fp_sqrt(struct taprt_ctx *c, s64 va)
{
	u64 a = va, root = 0, rest = 0, try;
	struct rt_fp x;
	s32 i;

	(void)c;
	if (fp_is_zero(a) || a == FP_INFTY)
		return a;
	if (fp_is_nan(a) || a & FP_SIGN)
		return FP_QNAN;
	x = fp_take(a);
	x.exp -= 1023;
	if (x.exp & 1) { /* an even exponent halves */
		x.sig <<= 1;
		x.exp--;
	}
	/* two bits of sig * 2^72 a step: 54 bits of root and a remainder */
	for (i = 62; i >= 0; i--) {
		s32 at = 2 * i - 72;

		rest = rest << 2 | (at >= 0    ? x.sig >> at & 3
				    : at == -1 ? x.sig << 1 & 3
					       : 0);
		try = root << 2 | 1;
		root <<= 1;
		if (rest >= try) {
			rest -= try;
			root |= 1;
		}
	}
	return fp_round(false, x.exp / 2 + 1023, root | (rest != 0));
}

/* ---- comparison ------------------------------------------------------------------- */

/* Order of the bit patterns as numbers; -0 and 0 are the same. */
static s64 fp_order(u64 v)
{
	return v & FP_SIGN ? -(s64)(v & ~FP_SIGN) : (s64)v;
}

s64 taprt_fn_fp_eq(struct taprt_ctx *c, s64 a, s64 b)
{
	(void)c;
	return !fp_is_nan(a) && !fp_is_nan(b) && fp_order(a) == fp_order(b);
}

s64 taprt_fn_fp_le(struct taprt_ctx *c, s64 a, s64 b)
{
	(void)c;
	return !fp_is_nan(a) && !fp_is_nan(b) && fp_order(a) <= fp_order(b);
}

s64 taprt_fn_fp_lt(struct taprt_ctx *c, s64 a, s64 b)
{
	(void)c;
	return !fp_is_nan(a) && !fp_is_nan(b) && fp_order(a) < fp_order(b);
}

/* ---- integers and single precision ------------------------------------------------ */

s64 taprt_fn_long_to_fp(struct taprt_ctx *c, s64 v)
{
	(void)c;
	return fp_round(v < 0, 1023 + 62, v < 0 ? -(u64)v : (u64)v);
}

s64 taprt_fn_fp32_to_fp64(struct taprt_ctx *c, s64 v)
{
	u64 sign = ((u64)v >> 31 & 1) << 63, frac = v & 0x7fffff;
	s32 exp = v >> 23 & 0xff;

	(void)c;
	if (exp == 0xff)
		return frac ? FP_QNAN : sign | FP_INFTY;
	if (!exp)
		exp = 1;
	else
		frac |= 0x800000;
	return fp_round(sign != 0, exp - 127 + 1023, frac << (62 - 23));
}

enum fp_rounding {
	FP_NEAR_EVEN,
	FP_TO_ZERO,
	FP_DOWN,
	FP_UP,
	FP_NEAR_AWAY,
	FP_ODD,
};

/* @rest: the bits behind the point, the highest is a half; is @n one too small? */
static bool fp_rounds_up(s64 mode, bool neg, u64 n, u64 rest)
{
	switch (mode) {
	case FP_NEAR_EVEN:
		return rest > FP_SIGN || (rest == FP_SIGN && (n & 1));
	case FP_TO_ZERO:
		return false;
	case FP_DOWN:
		return neg && rest;
	case FP_UP:
		return !neg && rest;
	case FP_NEAR_AWAY:
		return rest >= FP_SIGN;
	default: /* to odd */
		return rest && !(n & 1);
	}
}

s64 taprt_fn_fp_to_long(struct taprt_ctx *c, s64 va, s64 mode, s64 exact)
{
	u64 a = va, n, rest = 0;
	struct rt_fp x;
	s32 e;

	(void)c, (void)exact; /* there is no inexact exception to raise */
	if (fp_is_nan(a) || fp_is_inf(a))
		return S64_MIN;
	x = fp_take(a);
	e = x.exp - 1023 - FP_FRAC;
	if (e > 63 - FP_FRAC)
		return S64_MIN;
	if (e >= 0) {
		n = x.sig << e;
	} else if (e > -64) {
		n = x.sig >> -e;
		rest = x.sig << (64 + e);
	} else {
		n = 0;
		rest = x.sig != 0;
	}
	n += fp_rounds_up(mode, x.neg, n, rest);
	if (n > (u64)S64_MAX + x.neg)
		return S64_MIN;
	return x.neg ? (s64)-n : (s64)n;
}

/* ---- decimal text ------------------------------------------------------------------ */

#define FP_DIGITS 800 /* no double has more than 767 that matter */
#define FP_SHIFT  60  /* most binary places in one step: 10 * 2^60 < 2^64 */

/**
 * struct rt_dec - 0.d[0]d[1]…d[n-1] * 10^point, exactly
 * @more: digits that were not 0 did not find room behind the last
 *
 * It lies in the context's error buffer: no error is pending here, and a
 * kernel stack has better uses for its bytes.
 */
struct rt_dec {
	s32 point;
	u32 n;
	bool more;
	u8 d[FP_DIGITS];
};

static struct rt_dec *dec_new(struct taprt_ctx *c)
{
	struct rt_dec *x = (struct rt_dec *)(void *)rt_of(c)->errbuf;

	_Static_assert(sizeof(*x) <= RT_ERRBUF_BYTES, "rt_dec fits");
	x->point = 0;
	x->n = 0;
	x->more = false;
	return x;
}

static void dec_put(struct rt_dec *x, u8 digit)
{
	if (x->n < FP_DIGITS)
		x->d[x->n++] = digit;
	else
		x->more |= digit != 0;
}

/* 0s behind the point say nothing and take room. */
static void dec_trim(struct rt_dec *x)
{
	while (x->n && !x->d[x->n - 1])
		x->n--;
	if (!x->n)
		x->point = 0;
}

/* Multiply by 2^@k, @k <= FP_SHIFT. */
static void dec_up(struct rt_dec *x, u32 k)
{
	u64 carry = 0, rest;
	u32 i, grow = 0, keep;

	for (i = x->n; i--;) {
		carry += (u64)x->d[i] << k;
		x->d[i] = carry % 10;
		carry /= 10;
	}
	for (rest = carry; rest; rest /= 10)
		grow++;
	keep = x->n + grow > FP_DIGITS ? FP_DIGITS - grow : x->n;
	for (i = keep; i < x->n; i++)
		x->more |= x->d[i] != 0;
	memmove(x->d + grow, x->d, keep);
	x->n = keep + grow;
	x->point += grow;
	for (; grow; carry /= 10)
		x->d[--grow] = carry % 10;
	dec_trim(x);
}

/* Divide by 2^@k, @k <= FP_SHIFT. */
static void dec_down(struct rt_dec *x, u32 k)
{
	u64 acc = 0, mask = (1ULL << k) - 1;
	u32 n = x->n, from;
	bool begun = false;
	u8 digit;

	x->n = 0;
	for (from = 0; from < n || (acc && from < 2 * FP_DIGITS); from++) {
		acc = acc * 10 + (from < n ? x->d[from] : 0);
		digit = acc >> k;
		acc &= mask;
		/* what is written never overtakes what is read */
		if (begun || digit) {
			begun = true;
			dec_put(x, digit);
		} else {
			x->point--;
		}
	}
	x->more |= acc != 0;
	dec_trim(x);
}

static void dec_scale(struct rt_dec *x, s32 e)
{
	bool up = e > 0;
	s32 k;

	for (e = up ? e : -e; e && x->n; e -= k) {
		k = e < FP_SHIFT ? e : FP_SHIFT;
		if (up)
			dec_up(x, k);
		else
			dec_down(x, k);
	}
}

/* The integer nearest to it, ties to even; for numbers below 2^63. */
static u64 dec_integer(const struct rt_dec *x)
{
	u64 v = 0;
	s32 i;
	u8 next;

	if (x->point < 0)
		return 0;
	for (i = 0; i < x->point; i++)
		v = v * 10 + (i < (s32)x->n ? x->d[i] : 0);
	next = i < (s32)x->n ? x->d[i] : 0;
	if (next > 5 ||
	    (next == 5 && (i + 1 < (s32)x->n || x->more || (v & 1))))
		v++;
	return v;
}

/* Round to @places behind the point, ties to even. */
static void dec_round(struct rt_dec *x, s64 places)
{
	s64 at = x->point + places; /* first digit that goes */
	bool up;

	if (at >= (s64)x->n)
		return;
	if (at < 0) {
		x->n = 0;
		x->point = 0;
		return;
	}
	up = x->d[at] > 5 ||
	     (x->d[at] == 5 && (at + 1 < (s64)x->n || x->more ||
				(at > 0 && (x->d[at - 1] & 1))));
	x->n = at;
	while (up && x->n && x->d[x->n - 1] == 9)
		x->n--;
	if (!up) {
		dec_trim(x);
	} else if (x->n) {
		x->d[x->n - 1]++;
	} else {
		x->d[x->n++] = 1;
		x->point++;
	}
}

static void dec_print(const struct rt_dec *x, struct taprt_sink *s, s64 places)
{
	s32 i;

	if (x->point <= 0)
		taprt_put_lit(s, "0", 1);
	for (i = 0; i < x->point; i++)
		taprt_put_dec(s, i < (s32)x->n ? x->d[i] : 0);
	if (places > 0)
		taprt_put_lit(s, ".", 1);
	for (i = x->point; i < x->point + places && s->p < s->end; i++)
		taprt_put_dec(s, i >= 0 && i < (s32)x->n ? x->d[i] : 0);
}

void taprt_fn_fp_to_string(struct taprt_ctx *c, char *dst, u32 size, s64 va,
			   s64 places)
{
	struct rt_dec *x = dec_new(c);
	struct taprt_sink s;
	struct rt_fp f;
	u64 v;

	taprt_sink_buf(&s, dst, size);
	if (places < 0)
		places = 0;
	if (places > size)
		places = size;
	if (fp_is_nan(va)) {
		taprt_put_lit(&s, "nan", 3);
		taprt_sink_end(&s);
		return;
	}
	if ((u64)va & FP_SIGN)
		taprt_put_lit(&s, "-", 1);
	if (fp_is_inf(va)) {
		taprt_put_lit(&s, "inf", 3);
		taprt_sink_end(&s);
		return;
	}
	f = fp_take(va);
	for (v = f.sig; v; v /= 10)
		x->n++;
	x->point = x->n;
	for (v = f.sig; v; v /= 10)
		x->d[--x->point] = v % 10;
	x->point = x->n;
	dec_trim(x);
	dec_scale(x, f.exp - 1023 - FP_FRAC);
	dec_round(x, places);
	dec_print(x, &s, places);
	taprt_sink_end(&s);
}

/* Binary places that bring a number below 10^@point to below 1. */
static u32 dec_step(s32 point)
{
	static const u8 places[] = { 0,	 3,  6,	 9,  13, 16, 19, 23, 26, 29,
				     33, 36, 39, 43, 46, 49, 53, 56, 59 };

	return point < (s32)sizeof(places) ? places[point] : FP_SHIFT;
}

static u64 dec_to_fp(struct rt_dec *x, bool neg)
{
	u64 sign = neg ? FP_SIGN : 0, v;
	s32 e = 0, k;

	dec_trim(x);
	if (!x->n || x->point < -330)
		return sign;
	if (x->point > 310)
		return sign | FP_INFTY;
	while (x->point > 0) {
		k = dec_step(x->point);
		dec_down(x, k);
		e += k;
	}
	while (x->point < 0 || x->d[0] < 5) {
		k = x->point < 0 ? dec_step(-x->point) : 1;
		dec_up(x, k);
		e -= k;
	}
	/* now in [1/2, 1) * 2^e; below 2^-1022 there are fewer bits */
	k = 53;
	if (e - 1 < -1022)
		k -= -1022 - (e - 1);
	if (k < 0)
		return sign;
	dec_scale(x, k);
	v = dec_integer(x);
	if (k < 53) /* subnormal, or just not any more */
		return sign | v;
	if (v >> 53) {
		v >>= 1;
		e++;
	}
	if (e - 1 > 1023)
		return sign | FP_INFTY;
	return sign | ((u64)(e - 1 + 1023) << FP_FRAC) | (v - FP_HIDDEN);
}

/* What follows the digits: "e-12"; saturates far outside of every exponent. */
static s32 dec_exponent(const char *s)
{
	bool neg;
	s32 v = 0;

	if (*s != 'e' && *s != 'E')
		return 0;
	neg = *++s == '-';
	if (*s == '-' || *s == '+')
		s++;
	for (; *s >= '0' && *s <= '9'; s++)
		if (v < 100000)
			v = v * 10 + *s - '0';
	return neg ? -v : v;
}

static bool fp_word(const char *s, const char *word)
{
	while (*word && (*s | 0x20) == *word)
		s++, word++;
	return !*word;
}

s64 taprt_fn_string_to_fp(struct taprt_ctx *c, const char *s)
{
	struct rt_dec *x = dec_new(c);
	bool neg, point = false;

	while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		s++;
	neg = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if (fp_word(s, "inf"))
		return (neg ? FP_SIGN : 0) | FP_INFTY;
	if (fp_word(s, "nan"))
		return FP_QNAN;
	for (; (*s >= '0' && *s <= '9') || (*s == '.' && !point); s++) {
		if (*s == '.') {
			point = true;
			continue;
		}
		if (*s == '0' && !x->n) {
			x->point -= point; /* leading 0s take no room */
			continue;
		}
		dec_put(x, *s - '0');
		x->point += !point;
	}
	x->point += dec_exponent(s);
	return dec_to_fp(x, neg);
}
