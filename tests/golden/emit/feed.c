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

static void __attribute__((noinline, cold))
tap_maxaction(struct taprt_ctx *c, const char *near)
{
	taprt_fail(c, "MAXACTION exceeded");
	c->aborted = true;
	c->near = near;
}

static struct taprt_map *g0_arr;

static const struct taprt_global globals[1] = {
	{
		.name = "arr", .ptr = &g0_arr, .type = TAPRT_STAT,
		.array = true, .nkeys = 1, .keystr = 0, .max_entries = 2048,
		.orders = 1,
	},
};

static void h0(struct taprt_ctx *c)
{
	taprt_map_add1(c, g0_arr, taprt_fn_pid(c), taprt_fn_cpu(c));
	if (unlikely(c->error)) {
		c->near = "near operator '<<<' at feed.stp:3:34";
		goto out;
	}
out:;
}

static void h1(struct taprt_ctx *c)
{
	char *const f = c->frame;
	s64 l_p = 0;

	c->frame = f + 208;
	c->actions -= 1;
	struct taprt_iter *const i0 = (void *)f;
	taprt_iter_begin(c, i0, g0_arr, 16, true, 0x7fffffffffffffffLL, NULL, 0xffffffff);
	while (taprt_iter_next(c, i0)) {
		l_p = i0->key[0].i;
		if (unlikely((c->actions -= 2) < 0)) {
			tap_maxaction(c, "near keyword 'foreach' at feed.stp:4:13");
			goto out;
		}
		const s64 t1_count = i0->stat->count, t1_sum = i0->stat->sum,
			  t1_min = i0->stat->min, t1_max = i0->stat->max,
			  t1_avg = i0->stat->avg;
		if (unlikely(!t1_count)) {
			taprt_fail(c, "empty aggregate");
			c->near = "near operator '@avg' at feed.stp:4:73";
			goto out;
		}
		taprt_put_dec(&c->out, l_p);
		taprt_put_lit(&c->out, " ", 1);
		taprt_put_dec(&c->out, t1_count);
		taprt_put_lit(&c->out, " ", 1);
		taprt_put_dec(&c->out, t1_avg);
		taprt_put_lit(&c->out, "\n", 1);
	}
	taprt_iter_end(c, i0);
	if (unlikely(c->error)) {
		c->near = "near keyword 'foreach' at feed.stp:4:13";
		goto out;
	}
out:;
	c->frame = f;
}

extern const struct taprt_kind taprt_kind_timer;
extern const struct taprt_kind taprt_kind_end;
static const struct taprt_probe probes[2] = {
	{
		.handler = h0,
		.name = "timer.us(100)", .kind = &taprt_kind_timer, .flags = 16,
		.interval = 100000ULL, .randomize = 0ULL,
		.actions = 10000LL,
	},
	{
		.handler = h1,
		.name = "end", .kind = &taprt_kind_end, .flags = 0,
		.actions = 10000LL,
	},
};

const struct taprt_program taprt_program = {
	.abi = &TAPRT_ABI,
	.nprobes = 2, .probes = probes,
	.nglobals = 1, .globals = globals,
	.strsize = STRSIZE,
	.frame_size = 208,
	.maxskipped = 100,
	.maxnesting = 1,
	.trylock_tries = 100,
	.trylock_delay_us = 10,
	.minstack = 1024,
	.maxbacktrace = 20,
	.overload_interval = 1000000000,
	.overload_threshold = 500000000,
};
