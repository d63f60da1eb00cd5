/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's load: N calls of a cheap system call, timed by itself.
 *
 *   calls COUNT [ROUNDS [CPUS]]    prints the smallest ns per call over the rounds;
 *                                  on CPUS processors at once: the mean of theirs
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double smallest(long n, int rounds)
{
	double best = 0;

	for (int r = 0; r < rounds; r++) {
		double t = now_ns();

		for (long i = 0; i < n; i++)
			syscall(SYS_getppid);
		t = (now_ns() - t) / (double)n;
		if (!r || t < best)
			best = t;
	}
	return best;
}

/* One child a CPU; they begin when the last of them is there. */
static int at_once(long n, int rounds, int cpus)
{
	double sum = 0, one;
	int ready[2], go[2], result[2];
	char c;

	if (pipe(ready) || pipe(go) || pipe(result))
		return 1;
	for (int i = 0; i < cpus; i++) {
		cpu_set_t set;

		if (fork())
			continue;
		CPU_ZERO(&set);
		CPU_SET(i, &set);
		if (sched_setaffinity(0, sizeof(set), &set) ||
		    write(ready[1], "", 1) != 1 || read(go[0], &c, 1) != 1)
			_exit(1);
		one = smallest(n, rounds);
		_exit(write(result[1], &one, sizeof(one)) != sizeof(one));
	}
	for (int i = 0; i < cpus; i++)
		if (read(ready[0], &c, 1) != 1)
			return 1;
	for (int i = 0; i < cpus; i++)
		if (write(go[1], "", 1) != 1)
			return 1;
	for (int i = 0; i < cpus; i++) {
		if (read(result[0], &one, sizeof(one)) != sizeof(one))
			return 1;
		sum += one;
	}
	while (wait(NULL) > 0)
		;
	printf("%.1f\n", sum / cpus);
	return 0;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 100000;
	int rounds = argc > 2 ? atoi(argv[2]) : 7;

	if (argc > 3)
		return at_once(n, rounds, atoi(argv[3]));
	printf("%.1f\n", smallest(n, rounds));
	return 0;
}
