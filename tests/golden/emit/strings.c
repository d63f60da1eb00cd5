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

static struct taprt_map *g0_names;
static char g1_last[STRSIZE] = "";

static const struct taprt_global globals[2] = {
	{
		.name = "names", .ptr = &g0_names, .type = TAPRT_STRING,
		.array = true, .nkeys = 1, .keystr = 0, .max_entries = 2048,
	},
	{
		.name = "last", .ptr = g1_last, .type = TAPRT_STRING,
		.settable = true,
	},
};

static void f0_tag(struct taprt_ctx *c, char *ret, const char *a0);

static void f0_tag(struct taprt_ctx *c, char *ret, const char *a0)
{
	const char *const s_s = a0;

	*ret = 0;
	taprt_strcpy(ret, "<", STRSIZE);
	taprt_strcat(ret, s_s, STRSIZE);
	taprt_strcat(ret, ">", STRSIZE);
}

static const struct taprt_lockreq h0_locks[] = {
	{ 0, 1 }, /* g0_names */
	{ 1, 1 }, /* g1_last */
};

static void h0(struct taprt_ctx *c)
{
	char *const f = c->frame;
	char *const s_e = f;

	c->frame = f + 1536;
	*s_e = 0;
	taprt_fn_execname(c, s_e, STRSIZE);
	{
		f0_tag(c, (f + 512), s_e);
		if (!taprt_lock(c, h0_locks, 2))
			goto out;
		union taprt_key k1[1];
		char *p0 = taprt_map_slot_str(c, g0_names, (k1[0].i = taprt_fn_tid(c), k1));
		if (unlikely(!p0)) {
			c->near = "near identifier 'names' at strings.stp:6:2";
			goto unlock;
		}
		taprt_strcpy(p0, (f + 512), STRSIZE);
	}
	taprt_strcat(g1_last, s_e, STRSIZE);
	{
		union taprt_key k2[1];
		taprt_strcpy((f + 1024), taprt_map_get_str(g0_names, (k2[0].i = taprt_fn_tid(c), k2)), STRSIZE);
		taprt_strcpy(g1_last, s_e, STRSIZE);
		taprt_strcpy((f + 512), (f + 1024), STRSIZE);
		taprt_strcat((f + 512), g1_last, STRSIZE);
		taprt_put_str(&c->out, (f + 512), 0, 0, -1);
		taprt_put_lit(&c->out, "\n", 1);
	}
unlock:;
	taprt_unlock(c, h0_locks, 2);
out:;
	c->frame = f;
}

extern const struct taprt_kind taprt_kind_timer;
static const struct taprt_probe probes[1] = {
	{
		.handler = h0,
		.name = "timer.s(1)", .kind = &taprt_kind_timer, .flags = 16,
		.interval = 1000000000ULL, .randomize = 0ULL,
		.actions = 10000LL,
	},
};

const struct taprt_program taprt_program = {
	.abi = &TAPRT_ABI,
	.nprobes = 1, .probes = probes,
	.nglobals = 2, .globals = globals,
	.strsize = STRSIZE,
	.frame_size = 1536,
	.maxskipped = 100,
	.maxnesting = 2,
	.trylock_tries = 100,
	.trylock_delay_us = 10,
	.minstack = 1024,
	.maxbacktrace = 20,
	.overload_interval = 1000000000,
	.overload_threshold = 500000000,
};
