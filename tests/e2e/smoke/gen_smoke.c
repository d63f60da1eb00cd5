// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the emitter would make of a script, by hand: exercises the whole seam.
 *
 * Every handler prints lines that drive_smoke.c looks for.
 */
#include <gen.h>

#define LIT(s) taprt_put_lit(&c->out, s, sizeof(s) - 1)

static s64 g_reads, g_ticks, g_jticks, g_opens, g_rets, g_param = 5;
static s64 g_arg8;
static char g_name[64] = "unset";
static struct taprt_stat *g_sizes;
static struct taprt_map *g_lat;
static struct taprt_map *g_by;

static const struct taprt_global globals[] = {
	{ "reads", &g_reads, TAPRT_LONG },
	{ "param", &g_param, TAPRT_LONG, .settable = true },
	{ "name", g_name, TAPRT_STRING, .settable = true },
	{ "sizes", &g_sizes, TAPRT_STAT,
	  .hist = { TAPRT_HIST_LINEAR, 0, 100, 10 } },
	{ "lat", &g_lat, TAPRT_STAT, .array = true, .nkeys = 1,
	  .max_entries = 512, .orders = 1, .hist = { TAPRT_HIST_LOG } },
	{ "by", &g_by, TAPRT_LONG, .array = true, .nkeys = 2, .keystr = 1,
	  .max_entries = 256, .orders = 1, .wrap = true },
};

static const struct taprt_lockreq lock_reads[] = { { 0, 1 } };
static const struct taprt_lockreq lock_by[] = { { 5, 1 } };

static void h_begin(struct taprt_ctx *c)
{
	LIT("begin param=");
	taprt_put_dec(&c->out, g_param);
	LIT(" name=");
	taprt_put_str(&c->out, g_name, 0, 0, -1);
	LIT(" target=");
	taprt_put_dec(&c->out, taprt_fn_target(c));
	LIT("\n");
	taprt_fn_warn(c, "a warning");
	LIT("begin again\n");
}

static void h_end(struct taprt_ctx *c)
{
	struct taprt_iter it;
	const struct taprt_statval *v;

	LIT("end reads=");
	taprt_put_dec(&c->out, g_reads);
	LIT(" rets=");
	taprt_put_dec(&c->out, g_rets);
	LIT(" opens=");
	taprt_put_dec(&c->out, g_opens);
	LIT(" ticks=");
	taprt_put_dec(&c->out, g_ticks);
	LIT(" jticks=");
	taprt_put_dec(&c->out, g_jticks);
	LIT(" arg8=");
	taprt_put_num(&c->out, g_arg8, 'p', 0, 0, -1);
	LIT("\n");
	v = taprt_stat_get(c, g_sizes);
	taprt_put_hist(c, &c->out, v, &globals[3].hist);
	taprt_iter_begin(c, &it, g_lat, TAPRT_SORT_COUNT, true, 3, NULL, ~0u);
	while (taprt_iter_next(c, &it)) {
		LIT("pid=");
		taprt_put_dec(&c->out, it.key[0].i);
		LIT(" n=");
		taprt_put_dec(&c->out, it.stat->count);
		LIT(" avg=");
		taprt_put_dec(&c->out, it.stat->avg);
		LIT("\n");
		taprt_put_hist(c, &c->out, it.stat, &globals[4].hist);
	}
	taprt_iter_begin(c, &it, g_by, TAPRT_SORT_VALUE, true, 5, NULL, ~0u);
	while (taprt_iter_next(c, &it)) {
		LIT("by ");
		taprt_put_str(&c->out, it.key[0].s, 0, 0, -1);
		LIT(" ");
		taprt_put_dec(&c->out, it.key[1].i);
		LIT(" = ");
		taprt_put_dec(&c->out, it.value);
		LIT("\n");
	}
	LIT("end done\n");
}

static void h_error(struct taprt_ctx *c)
{
	LIT("error probe\n");
}

/* Reads that end in the vsyscall page or begin in it, or wrap: faults, no oops. */
static void read_edges(struct taprt_ctx *c)
{
	static const u64 at[] = { 0xffffffffff5fffffULL, 0xffffffffff5fffc0ULL,
				  0xffffffffff600000ULL, 0xffffffffff600fffULL,
				  0xffffffffffffffc0ULL };
	char text[64];
	u32 i, faults = 0;

	for (i = 0; i < sizeof(at) / sizeof(*at); i++) {
		taprt_kread_u64(c, at[i]);
		faults += c->error != NULL;
		taprt_catch(c, NULL, 0);
		taprt_fn_kernel_string(c, text, sizeof(text), (s64)at[i]);
		taprt_catch(c, NULL, 0);
		taprt_put_mem(c, &c->out, (s64)at[i], 128, true, false);
		faults += c->error != NULL;
		taprt_catch(c, NULL, 0);
	}
	LIT("edges ");
	taprt_put_dec(&c->out, faults);
	LIT("\n");
}

static void h_tick(struct taprt_ctx *c)
{
	g_ticks++;
	if (g_ticks == 3) {
		taprt_kread_u64(c, 0x123);
		if (c->error) {
			char text[128];

			taprt_catch(c, text, sizeof(text));
			LIT("caught ");
			taprt_put_str(&c->out, text, 0, 0, -1);
			LIT("\n");
		}
		taprt_kread_u64(c, 0x8000000000000000ULL);
		taprt_catch(c, NULL, 0);
		taprt_kread_u64(c, ~0ULL - 7);
		taprt_catch(c, NULL, 0);
		taprt_kread_u64(c, 0xffffffffff600000ULL);
		taprt_catch(c, NULL, 0);
		taprt_uread_u64(c, 0x123);
		taprt_catch(c, NULL, 0);
		taprt_uread_u64(c, (u64)&g_reads);
		taprt_catch(c, NULL, 0);
		read_edges(c);
	}
	if (g_param == 13 && g_ticks == 5) {
		c->near = "near 'x' at smoke.stp:1:1";
		taprt_fn_error(c, "unlucky");
	}
	if (g_param == 15) { /* longer than the timer's interval */
		s64 t0 = taprt_fn_ktime_get_ns(c);

		while (taprt_fn_ktime_get_ns(c) - t0 < 80000000)
			;
	}
	if (g_param == 14 && g_ticks == 5)
		taprt_fn_exit_code(c, 3);
}

static void h_jtick(struct taprt_ctx *c)
{
	g_jticks++;
}

static void h_rw(struct taprt_ctx *c)
{
	union taprt_key k[2];
	char *exec = c->frame;
	s64 *slot;

	taprt_stat_add(g_sizes, (s64)c->arg[2]);
	taprt_fn_execname(c, exec, 64);
	c->frame += 64;
	if (!taprt_lock(c, lock_by, 1))
		return;
	k[0].s = exec;
	k[1].i = taprt_strcmp(c->func, "vfs_read") ? 1 : 0;
	slot = taprt_map_slot_long(c, g_by, k);
	if (slot)
		++*slot;
	taprt_unlock(c, lock_by, 1);
	c->frame -= 64;
}

static void e_read(struct taprt_ctx *c)
{
	*(s64 *)c->saved = taprt_fn_ktime_get_ns(c);
}

static void h_read_ret(struct taprt_ctx *c)
{
	s64 d = taprt_fn_ktime_get_ns(c) - *(s64 *)c->saved;

	taprt_map_add1(c, g_lat, taprt_fn_pid(c), d);
	__sync_fetch_and_add(&g_rets, 1);
	if ((s64)c->retval == 7) {
		LIT("ret 7 pid=");
		taprt_put_dec(&c->out, taprt_fn_pid(c));
		LIT(" ppid=");
		taprt_put_dec(&c->out, taprt_fn_ppid(c));
		LIT(" uid=");
		taprt_put_dec(&c->out, taprt_fn_uid(c));
		LIT(" pp=");
		taprt_put_str(&c->out, c->pp, 0, 0, -1);
		LIT("\n");
	}
}

static void h_open(struct taprt_ctx *c)
{
	__sync_fetch_and_add(&g_opens, 1);
}

static void h_read_only(struct taprt_ctx *c)
{
	char *s = c->frame;

	if (!taprt_lock(c, lock_reads, 1))
		return;
	g_reads++;
	if (c->arg[2] == 777) {
		taprt_fn_user_string_default(c, s, 64, c->arg[1], "<none>");
		LIT("read777 buf=");
		taprt_put_str(&c->out, s, TAPRT_F_ALT, 0, -1);
		LIT("\n");
	}
	if (c->arg[2] == 778) {
		u32 i;

		for (i = 0; i < 2000; i++)
			LIT("0123456789abcdef\n");
	}
	taprt_unlock(c, lock_reads, 1);
}

static void h_mmap(struct taprt_ctx *c)
{
	g_arg8 = taprt_stack_arg(c, 7); /* a pointer on all kernels */
}

static const struct taprt_probe probes[] = {
	{ h_begin, .name = "begin", .family = TAPRT_BEGIN, .actions = 1000 },
	{ h_end, .name = "end", .family = TAPRT_END, .actions = 1000 },
	{ h_error, .name = "error", .family = TAPRT_ERROR, .actions = 1000 },
	{ h_tick, .name = "timer.ms(50)", .family = TAPRT_TIMER,
	  .interval = 50000000, .actions = 1000 },
	{ h_jtick, .name = "timer.jiffies(5)", .family = TAPRT_TIMER,
	  .flags = TAPRT_P_JIFFIES, .interval = 5, .randomize = 2,
	  .actions = 1000 },
	{ h_rw, .family = TAPRT_FUNCTION, .flags = TAPRT_P_ARGS,
	  .actions = 1000 },
	{ h_read_ret, .entry = e_read, .family = TAPRT_FUNCTION,
	  .flags = TAPRT_P_RETURN, .saved_size = 8, .actions = 1000 },
	{ h_open, .family = TAPRT_FUNCTION, .actions = 1000 },
	{ h_read_only, .family = TAPRT_FUNCTION, .flags = TAPRT_P_ARGS,
	  .actions = 1000 },
	{ h_mmap, .family = TAPRT_FUNCTION, .flags = TAPRT_P_ARGS,
	  .actions = 1000 },
};

const struct taprt_program taprt_program = {
	.abi = TAPRT_ABI,
	.nprobes = sizeof(probes) / sizeof(*probes),
	.nglobals = sizeof(globals) / sizeof(*globals),
	.probes = probes,
	.globals = globals,
	.strsize = 64,
	.frame_size = 4096,
	.maxskipped = 100,
	.maxnesting = 10,
	.ring_bytes = 1 << 18,
	.trylock_tries = 100,
	.trylock_delay_us = 10,
	.minstack = 1024,
	.overload_interval = 1000000000,
	.overload_threshold = 900000000,
};
