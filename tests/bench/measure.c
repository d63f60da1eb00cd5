/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a command again and again and prints what one run costs.
 *
 *   measure RUNS COMMAND...   "@@" in an argument is the number of the run
 *
 * Prints "min median cpu rss": milliseconds of wall clock (smallest, median),
 * median user+sys milliseconds of the process tree, and the largest resident
 * size in KiB.  The command's stdout is discarded; its stderr is kept and
 * shown when it fails, and then nothing is printed and the exit code is 1.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 1000 };

struct cost {
	double wall[MAX_RUNS], cpu[MAX_RUNS]; /* ms */
	long rss_kib;
};

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static double tv_ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* "nonce-@@" becomes "nonce-3"; the caller frees nothing: the child execs. */
static char *fill(const char *arg, int run)
{
	const char *at = strstr(arg, "@@");
	char *s;

	if (!at)
		return (char *)(unsigned long)arg;
	s = malloc(strlen(arg) + 16);
	if (!s)
		_exit(127);
	sprintf(s, "%.*s%d%s", (int)(at - arg), arg, run, at + 2);
	return s;
}

static void child(char **argv, int run, int err)
{
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; argv[i]; i++)
		argv[i] = fill(argv[i], run);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static void show(int fd)
{
	char text[4096];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, text, sizeof(text))) > 0)
		fwrite(text, 1, (size_t)n, stderr);
}

static int once(struct cost *c, int run, char **argv)
{
	FILE *err = tmpfile();
	struct rusage ru;
	double t = now_ms();
	int status;
	pid_t pid;

	if (!err)
		return 1;
	pid = fork();
	if (pid == 0)
		child(argv, run, fileno(err));
	if (pid < 0 || wait4(pid, &status, 0, &ru) != pid)
		return 1;
	c->wall[run] = now_ms() - t;
	c->cpu[run] = tv_ms(ru.ru_utime) + tv_ms(ru.ru_stime);
	if (ru.ru_maxrss > c->rss_kib)
		c->rss_kib = ru.ru_maxrss;
	if (status) {
		fprintf(stderr, "measure: %s: status 0x%x\n", argv[0], status);
		show(fileno(err));
	}
	fclose(err);
	return status != 0;
}

int main(int argc, char **argv)
{
	static struct cost c;
	int runs = argc > 2 ? atoi(argv[1]) : 0;

	if (runs < 1 || runs > MAX_RUNS) {
		fprintf(stderr, "usage: measure RUNS COMMAND...\n");
		return 2;
	}
	for (int i = 0; i < runs; i++)
		if (once(&c, i, argv + 2))
			return 1;
	qsort(c.wall, (size_t)runs, sizeof(double), by_value);
	qsort(c.cpu, (size_t)runs, sizeof(double), by_value);
	printf("%.2f %.2f %.2f %ld\n", c.wall[0], c.wall[runs / 2],
	       c.cpu[runs / 2], c.rss_kib);
	return 0;
}
