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
static s64 g2_seen = 0LL;
static s64 g3_most = 10LL;

static const struct taprt_global globals[4] = {
	{
		.name = "hits", .ptr = &g0_hits, .type = TAPRT_LONG,
		.settable = true,
	},
	{
		.name = "bytes", .ptr = &g1_bytes, .type = TAPRT_LONG,
		.settable = true,
	},
	{
		.name = "seen", .ptr = &g2_seen, .type = TAPRT_LONG,
		.settable = true,
	},
	{
		.name = "most", .ptr = &g3_most, .type = TAPRT_LONG,
		.settable = true,
	},
};

static void h0(struct taprt_ctx *c)
{
	__atomic_fetch_add(&g0_hits, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&g1_bytes, taprt_fn_cpu(c), __ATOMIC_RELAXED);
}

static const struct taprt_lockreq h1_locks[] = {
	{ 2, 1 }, /* g2_seen */
};

static void h1(struct taprt_ctx *c)
{
	if (taprt_fn_pid(c) == taprt_fn_target(c)) {
		if (!taprt_lock(c, h1_locks, 1))
			goto out;
		if (g2_seen < g3_most) {
			g2_seen++;
		}
		goto unlock;
	}
	goto out;
unlock:;
	taprt_unlock(c, h1_locks, 1);
out:;
}

static void h2(struct taprt_ctx *c)
{
	taprt_put_dec(&c->out, __atomic_load_n(&g0_hits, __ATOMIC_RELAXED));
	taprt_put_lit(&c->out, " ", 1);
	taprt_put_dec(&c->out, __atomic_load_n(&g1_bytes, __ATOMIC_RELAXED));
	taprt_put_lit(&c->out, "\n", 1);
}

extern const struct taprt_kind taprt_kind_timer;
static const struct taprt_probe probes[3] = {
	{
		.handler = h0,
		.name = "timer.us(100)", .kind = &taprt_kind_timer, .flags = 16,
		.interval = 100000ULL, .randomize = 0ULL,
		.actions = 10000LL,
	},
	{
		.handler = h1,
		.name = "timer.us(200)", .kind = &taprt_kind_timer, .flags = 16,
		.interval = 200000ULL, .randomize = 0ULL,
		.actions = 10000LL,
	},
	{
		.handler = h2,
		.name = "timer.s(1)", .kind = &taprt_kind_timer, .flags = 16,
		.interval = 1000000000ULL, .randomize = 0ULL,
		.actions = 10000LL,
	},
};

const struct taprt_program taprt_program = {
	.abi = &TAPRT_ABI,
	.nprobes = 3, .probes = probes,
	.nglobals = 4, .globals = globals,
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
