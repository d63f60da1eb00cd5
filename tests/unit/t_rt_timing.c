// SPDX-License-Identifier: GPL-2.0-only
/* The -t report, on samples that the test makes. */
#define RT_TEST_PROGRAM
#include "tests/tap.h"
#include "tests/unit/rt_user.h"

static char text[4096];
static struct rt_cpu *cpu;

static struct taprt_ctx *rt_timing_enter(void);
static void rt_timing_leave(struct taprt_ctx *c);

#include "runtime/core/timing.c"

static u32 handled;

static void handler(struct taprt_ctx *c)
{
	(void)c;
	handled++;
}

static const struct taprt_kind special, places;

static const struct taprt_probe probes[] = {
	{ .handler = handler,
	  .kind = &special,
	  .name = "begin",
	  .at = "x.stp:1:7",
	  .from = "begin <- oneshot" },
	{ .handler = handler,
	  .kind = &places,
	  .flags = TAPRT_P_POINTS,
	  .name = "",
	  .at = "x.stp:2:7",
	  .from = "kernel.function(\"f*\")" },
	{ .handler = handler,
	  .kind = &special,
	  .name = "end",
	  .at = "x.stp:3:7",
	  .from = "end" },
};

static s64 counter;
static const struct taprt_global globals[] = {
	{ .name = "free", .ptr = &counter },
	{ .name = "g", .ptr = &counter },
};

const struct taprt_target taprt_target = { .npoints = 3 };
const char taprt_strings[] =
	"\0kernel.function(\"f1\")\0kernel.function(\"f2\")";
const struct taprt_point taprt_points[] = { { .probe = 1, .pp = 1 },
					    { .probe = 1, .pp = 23 },
					    { .probe = 1, .pp = 1 } };

const struct taprt_program taprt_program = {
	.strsize = 512,
	.nprobes = 3,
	.probes = probes,
	.nglobals = 2,
	.globals = globals,
	.timing = TAPRT_TIMING_CYCLES,
};

static struct taprt_ctx *rt_timing_enter(void)
{
	taprt_sink_buf(&cpu->c.out, text + strlen(text),
		       (u32)(sizeof(text) - strlen(text)));
	return &cpu->c;
}

static void rt_timing_leave(struct taprt_ctx *c)
{
	taprt_sink_end(&c->out);
}

static void sample(u32 probe, u32 point, u32 on_cpu, s64 cycles)
{
	rt_test_cpu = on_cpu;
	taprt_stat_add(rt_timing[rt_timing_slot(&probes[probe], point)],
		       cycles);
	rt_test_cpu = 0;
}

static void contend(u32 n)
{
	static const struct taprt_lockreq write_g = { 1, 1 };

	rt_lock_wait_ns = 1000;
	taprt_lock(&cpu->c, &write_g, 1);
	while (n--) {
		taprt_lock(&cpu->c, &write_g, 1);
		cpu->c.error = NULL;
		cpu->c.aborted = false;
	}
	taprt_unlock(&cpu->c, &write_g, 1);
}

static void test_report(void)
{
	ok(rt_timing_init() == 0 && rt_timing, "with -t there is room");
	sample(0, 0, 0, 500);
	sample(1, 1, 0, 10);
	sample(1, 1, 1, 20);
	sample(1, 1, 3, 30);
	sample(1, 2, 0, 7);
	taprt_stat_add(rt_timing_start, 12345);
	contend(3);
	rt_timing_report();
	ok(!strcmp(text,
		   "----- probe hit report: \n"
		   "begin, (x.stp:1:7), hits: 1, cycles: 500min/500avg/500max, "
		   "variance: 0, from: begin <- oneshot, index: 0\n"
		   "kernel.function(\"f2\"), (x.stp:2:7), hits: 3, cycles: "
		   "10min/20avg/30max, variance: 100, from: "
		   "kernel.function(\"f*\"), index: 1\n"
		   "kernel.function(\"f1\"), (x.stp:2:7), hits: 1, cycles: "
		   "7min/7avg/7max, variance: 0, from: kernel.function(\"f*\"), "
		   "index: 1\n"
		   "----- module init report: \n"
		   "hits: 1, cycles: 12345min/12345avg/12345max, variance: 0\n"
		   "'g' lock contention occurred 3 times\n"),
	   "the report:\n%s", text);
	rt_timing_exit();
}

static void test_handler(void)
{
	text[0] = '\0';
	rt_timing_init();
	cpu->c.probe = &probes[2];
	taprt_timed(&cpu->c);
	rt_timing_report();
	ok(handled == 1 &&
		   strstr(text, "end, (x.stp:3:7), hits: 1, cycles: ") != NULL,
	   "a handler");
	rt_timing_exit();
	ok(!rt_timing && !rt_timing_start, "nothing is left");
}

int main(void)
{
	cpu = rt_test_context(0);
	taprt_locks = taprt_alloc(2 * sizeof(*taprt_locks));
	test_report();
	test_handler();
	taprt_free(taprt_locks);
	taprt_free(cpu);
	return tap_done();
}
