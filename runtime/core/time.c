// SPDX-License-Identifier: GPL-2.0-only
/* Clocks for scripts; none takes a lock. */
#include "runtime/core/cpu.h"

s64 taprt_fn_gettimeofday_ns(struct taprt_ctx *c)
{
	return kc_real_ns();
}

s64 taprt_fn_gettimeofday_us(struct taprt_ctx *c)
{
	return kc_real_ns() / 1000;
}

s64 taprt_fn_gettimeofday_ms(struct taprt_ctx *c)
{
	return kc_real_ns() / 1000000;
}

s64 taprt_fn_gettimeofday_s(struct taprt_ctx *c)
{
	return kc_real_ns() / 1000000000;
}

s64 taprt_fn_ktime_get_ns(struct taprt_ctx *c)
{
	return kc_mono_ns();
}

s64 taprt_fn_get_cycles(struct taprt_ctx *c)
{
	return get_cycles();
}

s64 taprt_fn_hz(struct taprt_ctx *c)
{
	return HZ;
}

s64 taprt_fn_local_clock_ns(struct taprt_ctx *c)
{
	return kc_local_clock();
}

s64 taprt_fn_cpu_clock_ns(struct taprt_ctx *c, s64 cpu)
{
	if (cpu < 0 || cpu >= taprt_ncpus || !taprt_cpu_possible(cpu)) {
		taprt_fail_num(c, "cpu_clock_ns: there is no CPU ", cpu, "");
		return 0;
	}
	return kc_cpu_clock(cpu);
}

s64 taprt_fn_jiffies(struct taprt_ctx *c)
{
	return jiffies;
}
