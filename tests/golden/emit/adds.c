/* Made by tapbuild from a script; compile with -fwrapv. */
#include <gen.h>

enum { STRSIZE = 512 };

static inline s64 tap_div(s64 a, s64 b)
{
	return b == -1 ? -a : a / b;
}

static inline s64 tap_mod(s64 a, s64 b)
{
	return b == -1 ? 0 : a % b;
}

static s64 g0_hits __attribute__((aligned(64))) = (s64)0ULL;
static s64 g1_bytes __attribute__((aligned(64))) = (s64)0ULL;
static s64 g2_odd __attribute__((aligned(64))) = (s64)0ULL;
static s64 g3_seen = 0LL;
static s64 g4_most = 10LL;

static const struct taprt_global globals[5] = {
	{
		.name = "hits", .ptr = &g0_hits, .type = TAPRT_LONG,
		.settable = true,
	},
	{
		.name = "bytes", .ptr = &g1_bytes, .type = TAPRT_LONG,
		.settable = true,
	},
	{
		.name = "odd", .ptr = &g2_odd, .type = TAPRT_LONG,
		.settable = true,
	},
	{
		.name = "seen", .ptr = &g3_seen, .type = TAPRT_LONG,
		.settable = true,
	},
	{
		.name = "most", .ptr = &g4_most, .type = TAPRT_LONG,
		.settable = true,
	},
};

static void h0(struct taprt_ctx *c)
{
	__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&g1_bytes, 3LL, __ATOMIC_RELAXED);
}

static void h1(struct taprt_ctx *c)
{
	__atomic_fetch_add(&g0_hits, 9223372036854775807LL, __ATOMIC_RELAXED);
}

static void h2(struct taprt_ctx *c)
{
	goto out;
out:;
}

static const struct taprt_lockreq h3_locks[] = {
	{ 3, 1 }, /* g3_seen */
};

static void h3(struct taprt_ctx *c)
{
	if (!taprt_lock(c, h3_locks, 1))
		goto out;
	g3_seen++;
	if (g3_seen > g4_most) {
		__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
	}
unlock:;
	taprt_unlock(c, h3_locks, 1);
out:;
}

static void h4(struct taprt_ctx *c)
{
	__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g1_bytes, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g1_bytes, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g1_bytes, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g1_bytes, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g1_bytes, 1, __ATOMIC_RELAXED);
}

static void h5(struct taprt_ctx *c)
{
	__atomic_fetch_add(&g2_odd, (taprt_fn_cpu(c) & 1LL), __ATOMIC_RELAXED);
}

static void h6(struct taprt_ctx *c)
{
	__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
}

static void h7(struct taprt_ctx *c)
{
	taprt_put_dec(&c->out, __atomic_load_n(&g0_hits, __ATOMIC_RELAXED));
	taprt_put_dec(&c->out, __atomic_load_n(&g1_bytes, __ATOMIC_RELAXED));
	taprt_put_dec(&c->out, __atomic_load_n(&g2_odd, __ATOMIC_RELAXED));
	taprt_put_lit(&c->out, "\n", 1);
}

extern const struct taprt_kind taprt_kind_netfilter;
extern const struct taprt_kind taprt_kind_perf;
extern const struct taprt_kind taprt_kind_timer;
extern const struct taprt_kind taprt_kind_end;
static const struct taprt_add a0[3] = {
	{ &g0_hits, (s64)1ULL },
	{ &g1_bytes, (s64)18446744073709551613ULL },
	{ 0 },
};

static const struct taprt_add a1[2] = {
	{ &g0_hits, (s64)9223372036854775807ULL },
	{ 0 },
};

static const struct taprt_add a2[1] = {
	{ 0 },
};

static const struct taprt_add a4[11] = {
	{ &g0_hits, (s64)1ULL },
	{ &g1_bytes, (s64)1ULL },
	{ &g0_hits, (s64)1ULL },
	{ &g1_bytes, (s64)1ULL },
	{ &g0_hits, (s64)1ULL },
	{ &g1_bytes, (s64)1ULL },
	{ &g0_hits, (s64)1ULL },
	{ &g1_bytes, (s64)1ULL },
	{ &g0_hits, (s64)1ULL },
	{ &g1_bytes, (s64)1ULL },
	{ 0 },
};

static const struct taprt_probe probes[8] = {
	{
		.handler = h0,
		.adds = a0,
		.name = "netfilter.pf(\"NFPROTO_IPV4\").hook(\"NF_INET_PRE_ROUTING\")", .kind = &taprt_kind_netfilter, .flags = 16,
		.num = { 2LL, 0LL, 0LL },
		.actions = 10000LL,
	},
	{
		.handler = h1,
		.adds = a1,
		.name = "perf.type(1).config(0).sample(1000)", .kind = &taprt_kind_perf, .flags = 16,
		.pn = "perf.sw.cpu_clock.sample(1000)",
		.num = { 1LL, 0LL, 1000LL },
		.actions = 10000LL,
	},
	{
		.handler = h2,
		.adds = a2,
		.name = "perf.type(1).config(0).sample(2000)", .kind = &taprt_kind_perf, .flags = 16,
		.pn = "perf.sw.cpu_clock.sample(2000)",
		.num = { 1LL, 0LL, 2000LL },
		.actions = 10000LL,
	},
	{
		.handler = h3,
		.name = "perf.type(1).config(0).sample(3000)", .kind = &taprt_kind_perf, .flags = 16,
		.pn = "perf.sw.cpu_clock.sample(3000)",
		.num = { 1LL, 0LL, 3000LL },
		.actions = 10000LL,
	},
	{
		.handler = h4,
		.adds = a4,
		.name = "perf.type(1).config(0).sample(3500)", .kind = &taprt_kind_perf, .flags = 16,
		.pn = "perf.sw.cpu_clock.sample(3500)",
		.num = { 1LL, 0LL, 3500LL },
		.actions = 10000LL,
	},
	{
		.handler = h5,
		.name = "perf.type(1).config(0).sample(4000)", .kind = &taprt_kind_perf, .flags = 16,
		.pn = "perf.sw.cpu_clock.sample(4000)",
		.num = { 1LL, 0LL, 4000LL },
		.actions = 10000LL,
	},
	{
		.handler = h6,
		.name = "timer.ms(100)", .kind = &taprt_kind_timer, .flags = 16,
		.interval = 100000000ULL, .randomize = 0ULL,
		.actions = 10000LL,
	},
	{
		.handler = h7,
		.name = "end", .kind = &taprt_kind_end, .flags = 16,
		.actions = 10000LL,
	},
};

const struct taprt_program taprt_program = {
	.abi = &TAPRT_ABI,
	.nprobes = 8, .probes = probes,
	.nglobals = 5, .globals = globals,
	.strsize = STRSIZE,
	.maxskipped = 100,
	.maxnesting = 1,
	.trylock_tries = 100,
	.trylock_delay_us = 10,
	.minstack = 1024,
	.maxbacktrace = 20,
	.overload_interval = 1000000000,
	.overload_threshold = 500000000,
};
