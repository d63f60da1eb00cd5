// SPDX-License-Identifier: GPL-2.0-only
/* runtime/core/print.c, hist.c and ring.c */
#include "tests/unit/rt_user.h"

#include "tests/tap.h"

#include <stdio.h>

static char out[8192];

static void check(const char *got, const char *want, const char *what)
{
	ok(!strcmp(got, want), "%s: '%s'", what, got);
	if (strcmp(got, want))
		printf("# want '%s'\n", want);
}

struct num {
	s64 v;
	char conv;
	u32 flags;
	s32 width, prec;
	const char *want;
};

#define M TAPRT_F_MINUS
#define P TAPRT_F_PLUS
#define S TAPRT_F_SPACE
#define Z TAPRT_F_ZERO
#define A TAPRT_F_ALT

static const struct num nums[] = {
	{ 0, 'd', 0, 0, -1, "0" },
	{ -1, 'd', 0, 0, -1, "-1" },
	{ S64_MIN, 'd', 0, 0, -1, "-9223372036854775808" },
	{ -1, 'u', 0, 0, -1, "18446744073709551615" },
	{ 42, 'd', P, 0, -1, "+42" },
	{ 42, 'd', S, 0, -1, " 42" },
	{ 42, 'd', 0, 6, -1, "    42" },
	{ 42, 'd', M, 6, -1, "42    " },
	{ -42, 'd', Z, 6, -1, "-00042" },
	{ 42, 'd', 0, 6, 4, "  0042" },
	{ 42, 'd', Z, 6, 4, "000042" }, /* not as in C: observed */
	{ 255, 'x', 0, 0, -1, "ff" },
	{ 255, 'X', A, 0, -1, "0XFF" },
	{ 255, 'x', A | Z, 8, -1, "0x0000ff" },
	{ 0, 'x', A, 0, -1, "0x0" },
	{ 8, 'o', A, 0, -1, "010" },
	{ -1, 'o', 0, 0, -1, "1777777777777777777777" },
	{ 4096, 'p', 0, 0, -1, "0x1000" },
	{ 4096, 'p', 0, 10, -1, "    0x1000" },
};

static void test_numbers(void)
{
	struct taprt_sink s;
	size_t i;
	char b[64];

	for (i = 0; i < sizeof(nums) / sizeof(*nums); i++) {
		taprt_sink_buf(&s, out, sizeof(out));
		taprt_put_num(&s, nums[i].v, nums[i].conv, nums[i].flags,
			      nums[i].width, nums[i].prec);
		taprt_sink_end(&s);
		snprintf(b, sizeof(b), "row %zu", i);
		check(out, nums[i].want, b);
	}
	taprt_sink_buf(&s, out, sizeof(out));
	taprt_put_dec(&s, S64_MIN);
	taprt_put_dec(&s, S64_MAX);
	taprt_sink_end(&s);
	check(out, "-92233720368547758089223372036854775807", "put_dec");
}

static void put_str(const char *str, u32 flags, s32 width, s32 prec,
		    const char *want)
{
	struct taprt_sink s;

	taprt_sink_buf(&s, out, sizeof(out));
	taprt_put_str(&s, str, flags, width, prec);
	taprt_sink_end(&s);
	check(out, want, "put_str");
}

static void put_chr(s64 v, u32 flags, s32 width, const char *want)
{
	struct taprt_sink s;

	taprt_sink_buf(&s, out, sizeof(out));
	taprt_put_chr(&s, v, flags, width);
	taprt_sink_end(&s);
	check(out, want, "put_chr");
}

static void test_text(void)
{
	struct taprt_sink s;
	char small[5];

	put_str("abc", 0, 0, -1, "abc");
	put_str("abc", 0, 5, -1, "  abc");
	put_str("abc", M, 5, -1, "abc  ");
	put_str("abc", 0, 5, 2, "   ab");
	put_str("a\n\"\x01\xff", A, 0, -1, "a\\n\\\"\\001\\377");
	put_str("a\nb", A, 6, -1, "  a\\nb");
	put_chr('x', 0, 0, "x");
	put_chr('x', 0, 3, "  x");
	put_chr('\n', A, 0, "\\n");
	put_chr(1, A | M, 6, "\\x01  ");
	taprt_sink_buf(&s, small, sizeof(small));
	taprt_put_lit(&s, "123456789", 9);
	taprt_put_num(&s, 5, 'd', 0, 100, -1);
	taprt_sink_end(&s);
	check(small, "1234", "a full buffer cuts");
	taprt_sink_buf(&s, out, sizeof(out));
	taprt_put_bin(&s, 0x44434241, 4);
	taprt_put_bin(&s, 0x4645, 2);
	taprt_sink_end(&s);
	check(out, "ABCDEF", "put_bin");
}

static void test_mem(void)
{
	struct rt_cpu *r = rt_test_context(0);
	struct taprt_sink s;

	memcpy(rt_test_mem, "\x00\x7f\xffxyz", 6);
	taprt_sink_buf(&s, out, sizeof(out));
	taprt_put_mem(&r->c, &s, 0, 4, true, false);
	taprt_put_mem(&r->c, &s, 3, 3, false, false);
	taprt_sink_end(&s);
	check(out, "007fff78xyz", "put_mem");
	taprt_put_mem(&r->c, &s, 60, 8, true, false);
	check(r->c.error ? r->c.error : "",
	      "read fault [man error::fault] at 0x3c", "fault");
	taprt_catch(&r->c, NULL, 0);
	taprt_put_mem(&r->c, &s, 0, 5000, true, false);
	check(r->c.error ? r->c.error : "",
	      "5000 is too many bytes for a memory dump", "limit");
	taprt_free(r);
}

/* ---- histograms ------------------------------------------------------------------ */

static void hist(struct rt_cpu *r, const struct taprt_hist *h, const s64 *v,
		 size_t n)
{
	const struct taprt_global g = { .hist = *h };
	struct taprt_stat *st = taprt_stat_new(&g);
	struct taprt_sink s;

	while (n--)
		taprt_stat_add(st, *v++);
	taprt_sink_buf(&s, out, sizeof(out));
	taprt_put_hist(&r->c, &s, taprt_stat_get(&r->c, st), h);
	taprt_sink_end(&s);
	taprt_stat_free(st);
}

static void test_hist_tables(void)
{
	static const struct taprt_hist log = { TAPRT_HIST_LOG, 0, 0, 0 };
	static const struct taprt_hist lin = { TAPRT_HIST_LINEAR, 0, 30, 10 };
	static const s64 a[] = { 1, 1, 2, 3, 1000 };
	static const s64 neg[] = { -1, -5, 0 };
	static const s64 l[] = { 0, 9, 10, 31, -1 };
	struct rt_cpu *r = rt_test_context(0);

	hist(r, &log, a, 5);
	check(out,
	      "value |-------------------------------------------------- count\n"
	      "    0 |                                                   0\n"
	      "    1 |@@                                                 2\n"
	      "    2 |@@                                                 2\n"
	      "    4 |                                                   0\n"
	      "    8 |                                                   0\n"
	      "      ~\n"
	      "  128 |                                                   0\n"
	      "  256 |                                                   0\n"
	      "  512 |@                                                  1\n"
	      " 1024 |                                                   0\n"
	      " 2048 |                                                   0\n"
	      "\n",
	      "log");
	hist(r, &log, neg, 3);
	check(out,
	      "value |-------------------------------------------------- count\n"
	      "  -16 |                                                   0\n"
	      "   -8 |                                                   0\n"
	      "   -4 |@                                                  1\n"
	      "   -2 |                                                   0\n"
	      "   -1 |@                                                  1\n"
	      "    0 |@                                                  1\n"
	      "    1 |                                                   0\n"
	      "    2 |                                                   0\n"
	      "\n",
	      "negative");
	hist(r, &lin, l, 5);
	check(out,
	      "value |-------------------------------------------------- count\n"
	      "   <0 |@                                                  1\n"
	      "    0 |@@                                                 2\n"
	      "   10 |@                                                  1\n"
	      "   20 |                                                   0\n"
	      "   30 |                                                   0\n"
	      "  >30 |@                                                  1\n"
	      "\n",
	      "linear");
	hist(r, &lin, l + 1, 2);
	check(out,
	      "value |-------------------------------------------------- count\n"
	      "    0 |@                                                  1\n"
	      "   10 |@                                                  1\n"
	      "   20 |                                                   0\n"
	      "   30 |                                                   0\n"
	      "\n",
	      "linear, no empty under- or overflow row");
	hist(r, &log, NULL, 0);
	check(r->c.error ? r->c.error : "", "empty aggregate", "empty");
	taprt_free(r);
}

static void test_hist_scale(void)
{
	static const struct taprt_hist log = { TAPRT_HIST_LOG, 0, 0, 0 };
	struct rt_cpu *r = rt_test_context(0);
	static s64 v[1010];
	size_t i;
	char *row;

	for (i = 0; i < 1010; i++)
		v[i] = i < 1000 ? 5 : 1;
	hist(r, &log, v, 1010);
	row = strstr(out, "    4 |");
	ok(row && !strncmp(row + 7 + 50, " 1000\n", 6) && row[7 + 49] == '@',
	   "the tallest row is 50 wide");
	row = strstr(out, "    1 |");
	ok(row && row[7] == ' ' && !strncmp(row + 7 + 51, "  10\n", 5),
	   "counts align; 10 of 20 is no mark");
	taprt_free(r);
}

static void test_hist_index(void)
{
	static const struct {
		s64 v;
		u32 want;
	} row[] = {
		{ 0, 64 },  { 1, 65 },	      { 2, 66 },  { 3, 66 },
		{ 4, 67 },  { S64_MAX, 127 }, { -1, 63 }, { -2, 62 },
		{ -3, 62 }, { S64_MIN, 0 },
	};
	static const struct taprt_hist bad[] = {
		{ TAPRT_HIST_LINEAR, 0, RT_HIST_MAX_BUCKETS, 1 },
		{ TAPRT_HIST_LINEAR, 0, -1, 1 },
		{ TAPRT_HIST_LINEAR, 0, 10, 0 },
		{ TAPRT_HIST_LINEAR, S64_MIN, S64_MAX, 1 },
	};
	static const struct taprt_hist max = { TAPRT_HIST_LINEAR, 0, 125, 1 };
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(*row); i++)
		ok(rt_hist_log_index(row[i].v) == row[i].want, "bucket of %lld",
		   (long long)row[i].v);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!rt_hist_buckets(&bad[i]), "bad bounds %zu", i);
	ok(rt_hist_buckets(&max) == 128, "126 and two");
	ok(rt_hist_index(&max, 128, -1) == 0 &&
		   rt_hist_index(&max, 128, 125) == 126 &&
		   rt_hist_index(&max, 128, 126) == 127,
	   "under, last, over");
}

int main(void)
{
	test_numbers();
	test_text();
	test_mem();
	test_hist_tables();
	test_hist_scale();
	test_hist_index();
	return tap_done();
}
