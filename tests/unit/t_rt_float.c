// SPDX-License-Identifier: GPL-2.0-only
/* Doubles in integers against the machine's own. */
#include "tests/tap.h"
#include "tests/unit/rt_user.h"

#include "runtime/core/fn_float.c"

#include <math.h>
#include <stdio.h>

#define ROUNDS 200000

static struct rt_cpu *cpu;

static u64 bits(double d)
{
	u64 v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

static double number(u64 v)
{
	double d;

	memcpy(&d, &v, sizeof(d));
	return d;
}

static u64 rnd(void)
{
	static u64 x = 88172645463325252ULL;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

/* Any pattern, exponents near each other, few bits, and the edges. */
static u64 pick(void)
{
	static const u64 edge[] = {
		0,
		1,
		FP_HIDDEN - 1,
		FP_HIDDEN,
		FP_INFTY - 1,
		FP_INFTY,
		FP_QNAN,
		FP_HIDDEN + 1,
		1023ULL << 52,
		0x3ff0000000000001,
		1024ULL << 52,
		1022ULL << 52,
		1085ULL << 52,
		1086ULL << 52,
		1075ULL << 52,
		2ULL << 52,
		0x3fe8000000000000,
	};
	u64 v = rnd(), sign = rnd() & FP_SIGN;

	switch (rnd() % 6) {
	case 0:
		return v;
	case 1:
		return sign | edge[v % (sizeof(edge) / sizeof(*edge))];
	case 2: /* few bits set */
		return sign | (1000 + v % 60) << 52 | (rnd() & 0xf) << 48;
	case 3:
		return sign | (1020 + v % 6) << 52 | (rnd() & (FP_HIDDEN - 1));
	case 4: /* near halves of integers */
		return bits(((double)(s64)(v >> (v % 60)) + 0.5) *
			    (sign ? -1 : 1));
	default:
		return sign | v % (4ULL << 52);
	}
}

static bool same(u64 got, double want)
{
	return isnan(want) ? fp_is_nan(got) : got == bits(want);
}

static void test_two(const char *name, s64 (*fn)(struct taprt_ctx *, s64, s64),
		     double (*op)(double, double))
{
	u64 a = 0, b = 0;
	int bad = 0;

	for (int i = 0; i < ROUNDS && !bad; i++) {
		a = pick();
		b = pick();
		bad = !same((u64)fn(&cpu->c, (s64)a, (s64)b),
			    op(number(a), number(b)));
	}
	ok(!bad, "%s (last %#llx %#llx)", name, a, b);
}

static double op_add(double a, double b)
{
	return a + b;
}

static double op_sub(double a, double b)
{
	return a - b;
}

static double op_mul(double a, double b)
{
	return a * b;
}

static double op_div(double a, double b)
{
	return a / b;
}

/* IEEE 754: a remainder of 0 has the sign of @a; glibc loses it for tiny @b */
static double op_rem(double a, double b)
{
	double r = remainder(a, b);

	return r == 0 ? copysign(0, a) : r;
}

static void test_compare(void)
{
	int bad = 0;

	for (int i = 0; i < ROUNDS && !bad; i++) {
		u64 a = pick(), b = i % 8 ? pick() : a ^ (rnd() & FP_SIGN);
		double x = number(a), y = number(b);

		bad = taprt_fn_fp_eq(NULL, (s64)a, (s64)b) != (x == y) ||
		      taprt_fn_fp_le(NULL, (s64)a, (s64)b) != (x <= y) ||
		      taprt_fn_fp_lt(NULL, (s64)a, (s64)b) != (x < y);
	}
	ok(!bad, "eq, le and lt");
}

static void test_one(void)
{
	int root = 0, single = 0, whole = 0;

	for (int i = 0; i < ROUNDS; i++) {
		u64 a = pick();
		s64 n = (s64)(rnd() >> (rnd() % 64)) * (i & 1 ? -1 : 1);
		u32 s = (u32)rnd();
		float f;

		memcpy(&f, &s, sizeof(f));
		root += !same((u64)taprt_fn_fp_sqrt(NULL, (s64)a),
			      sqrt(number(a)));
		single += !same((u64)taprt_fn_fp32_to_fp64(NULL, s), f);
		whole += (u64)taprt_fn_long_to_fp(NULL, n) != bits((double)n);
	}
	ok(!root, "sqrt");
	ok(!single, "single precision");
	ok(!whole, "integers");
}

static void test_to_long(void)
{
	static double (*const how[])(double) = { rint, trunc, floor, ceil,
						 round };
	int bad = 0, odd = 0;

	for (int i = 0; i < ROUNDS; i++) {
		u64 a = pick();
		int mode = (int)(rnd() % 5);
		double d = how[mode](number(a)), t = trunc(number(a));
		bool fits = d >= -9223372036854775808.0 &&
			    d < 9223372036854775808.0;
		s64 want = fits ? (s64)d : S64_MIN;

		bad += taprt_fn_fp_to_long(NULL, (s64)a, mode, 1) != want;
		if (!fits || fabs(t) > 1e15)
			continue;
		want = (s64)t;
		if (t != number(a) && !(want & 1))
			want += number(a) < 0 ? -1 : 1;
		odd += taprt_fn_fp_to_long(NULL, (s64)a, 5, 0) != want;
		odd += taprt_fn_fp_to_long(NULL, (s64)a, 6, 0) != want;
	}
	ok(!bad, "to integers, five ways");
	ok(!odd, "to odd integers");
}

static void test_to_string(void)
{
	static char want[2048], got[2048];
	int bad = 0;

	for (int i = 0; i < ROUNDS / 20 && !bad; i++) {
		u64 a = pick();
		int places = (int)(rnd() % (i % 50 ? 20 : 1100));

		if (fp_is_nan(a))
			continue;
		snprintf(want, sizeof(want), "%.*f", places, number(a));
		taprt_fn_fp_to_string(&cpu->c, got, sizeof(got), (s64)a,
				      places);
		bad = strcmp(got, want) != 0;
		if (bad)
			printf("# %#llx .%d: %s, not %s\n", a, places, got,
			       want);
	}
	ok(!bad, "to text");
	taprt_fn_fp_to_string(&cpu->c, got, 8, (s64)bits(1e300), 3);
	ok(!strcmp(got, "1000000"), "long text is cut: %s", got);
	taprt_fn_fp_to_string(&cpu->c, got, 64, (s64)FP_QNAN, 3);
	ok(!strcmp(got, "nan"), "no number");
	taprt_fn_fp_to_string(&cpu->c, got, 64, (s64)bits(2.5), -1);
	ok(!strcmp(got, "2"), "no places");
}

static bool reads(const char *text)
{
	u64 got = (u64)taprt_fn_string_to_fp(&cpu->c, text);

	if (same(got, strtod(text, NULL)))
		return true;
	printf("# %s: %a, not %a\n", text, number(got), strtod(text, NULL));
	return false;
}

static void test_from_string(void)
{
	static const char *const edge[] = {
		"0",
		"-0",
		"",
		"x",
		"+1.5",
		" 12",
		".5",
		"5.",
		"1e5",
		"1E+5",
		"1e-5",
		"1e400",
		"-1e400",
		"1e-400",
		"inf",
		"-Inf",
		"nan",
		"1e99999999999",
		"1.2.3",
		"1e",
		"0e999999",
		"00012",
		"0.00012",
		"-.0e5",
		"4.9e-324",
		"2.4703282292062327e-324",
		"2.4703282292062328e-324",
		"1.7976931348623157e308",
		"1.7976931348623158e308",
		"1.7976931348623159e308",
		"2.2250738585072011e-308",
		"2.2250738585072014e-308",
		"9007199254740993",
		"9007199254740992.999999999999999999",
		"1e23",
		"8.5e-320",
		"179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
	};
	char text[1200];
	int bad = 0;

	for (size_t i = 0; i < sizeof(edge) / sizeof(*edge); i++)
		bad += !reads(edge[i]);
	ok(!bad, "texts at the edges");
	for (int i = 0; i < ROUNDS / 20 && !bad; i++) {
		u64 a = pick();

		snprintf(text, sizeof(text), i % 2 ? "%.17g" : "%.25e",
			 number(a));
		bad = !reads(text);
	}
	ok(!bad, "texts of doubles");
	for (int i = 0; i < ROUNDS / 100 && !bad; i++) {
		/* exactly between two of them, and a little above */
		u64 a = rnd() % (FP_INFTY - 1);
		long double mid =
			((long double)number(a) + (long double)number(a + 1)) /
			2;

		snprintf(text, sizeof(text), "%.1100Lf", mid);
		bad = !reads(text);
		text[strlen(text) - 1] = '1';
		bad |= !reads(text);
	}
	ok(!bad, "texts half way");
}

int main(void)
{
	cpu = rt_test_context(0);
	test_two("add", taprt_fn_fp_add, op_add);
	test_two("sub", taprt_fn_fp_sub, op_sub);
	test_two("mul", taprt_fn_fp_mul, op_mul);
	test_two("div", taprt_fn_fp_div, op_div);
	test_two("rem", taprt_fn_fp_rem, op_rem);
	test_compare();
	test_one();
	test_to_long();
	test_to_string();
	test_from_string();
	taprt_free(cpu);
	return tap_done();
}
