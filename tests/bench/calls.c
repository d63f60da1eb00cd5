/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's load: N calls of a cheap system call, timed by itself.
 *
 *   calls COUNT [ROUNDS]    prints the smallest ns per call over the rounds
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 100000;
	int rounds = argc > 2 ? atoi(argv[2]) : 7;
	double best = 0;

	for (int r = 0; r < rounds; r++) {
		double t = now_ns();

		for (long i = 0; i < n; i++)
			syscall(SYS_getppid);
		t = (now_ns() - t) / (double)n;
		if (!r || t < best)
			best = t;
	}
	printf("%.1f\n", best);
	return 0;
}
