// SPDX-License-Identifier: GPL-2.0-only
/* The guest's init: loads tapsmoke.ko again and again and checks what it says. */
#include "runtime/uapi/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int failed, checks;

static void ok(bool good, const char *fmt, ...)
{
	va_list ap;

	checks++;
	failed += !good;
	printf("%s - ", good ? "ok" : "NOT OK");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

static unsigned long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* ---- one session ---------------------------------------------------------------- */

struct session {
	int ctl, data;
	char *map;
	struct tapw_header h;
	char *out[5]; /* text by record type */
	size_t len[5];
	unsigned recs, gaps, seq[64], disorder;
	unsigned long long last_time[64];
	struct tapw_event ev;
};

static int load(void)
{
	int fd = open("/tapsmoke.ko", O_RDONLY | O_CLOEXEC), rc;

	rc = syscall(SYS_finit_module, fd, "", 0);
	if (rc)
		printf("finit_module: %s\n", strerror(errno));
	close(fd);
	return rc;
}

static int unload(void)
{
	return syscall(SYS_delete_module, "tapsmoke", O_NONBLOCK);
}

static int send_msg(struct session *s, unsigned type, const void *p, unsigned n)
{
	char b[TAPW_MSG_MAX];
	struct tapw_msg m = { type, n };

	memcpy(b, &m, sizeof(m));
	memcpy(b + sizeof(m), p, n);
	return write(s->ctl, b, sizeof(m) + n) == (ssize_t)(sizeof(m) + n)
		       ? 0
		       : -errno;
}

static void attach(struct session *s, bool map)
{
	memset(s, 0, sizeof(*s));
	s->ctl = open("/proc/tap-tapsmoke/ctl", O_RDWR | O_CLOEXEC);
	s->data = open("/proc/tap-tapsmoke/data", O_RDWR | O_CLOEXEC);
	ok(s->ctl >= 0 && s->data >= 0, "files open");
	if (!map)
		return;
	s->map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, s->data, 0);
	memcpy(&s->h, s->map, sizeof(s->h));
	munmap(s->map, 4096);
	s->map = mmap(NULL, s->h.map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		      s->data, 0);
	ok(s->map != MAP_FAILED && s->h.magic == TAPW_MAGIC,
	   "mapped %llu bytes, %u rings", (unsigned long long)s->h.map_bytes,
	   s->h.nrings);
}

static void detach(struct session *s)
{
	int i;

	if (s->map)
		munmap(s->map, s->h.map_bytes);
	close(s->data);
	close(s->ctl);
	for (i = 0; i < 5; i++)
		free(s->out[i]);
}

static void take(struct session *s, unsigned slot, const struct tapw_rec *r)
{
	size_t n = r->len - sizeof(*r);

	if (r->type == TAPW_REC_PAD || r->type > 4)
		return;
	s->recs++;
	if (s->seq[slot] != r->seq)
		s->gaps++;
	s->seq[slot] = r->seq + 1;
	if (r->time_ns < s->last_time[slot])
		s->disorder++;
	s->last_time[slot] = r->time_ns;
	s->out[r->type] = realloc(s->out[r->type], s->len[r->type] + n + 1);
	memcpy(s->out[r->type] + s->len[r->type], r + 1, n);
	s->len[r->type] += n;
	s->out[r->type][s->len[r->type]] = 0;
}

static void drain(struct session *s)
{
	unsigned i;

	for (i = 0; i < s->h.nrings; i++) {
		char *base =
			s->map + s->h.ring_off + (size_t)i * s->h.ring_stride;
		struct tapw_cpu *c = (void *)base;
		__u64 head = __atomic_load_n(&c->head, __ATOMIC_ACQUIRE);
		__u64 tail = c->tail;

		while (tail < head) {
			struct tapw_rec *r =
				(void *)(base + TAPW_PAGE +
					 (tail & (s->h.ring_bytes - 1)));

			take(s, i, r);
			tail += (r->len + 7) & ~7ull;
		}
		__atomic_store_n(&c->tail, tail, __ATOMIC_RELEASE);
	}
}

/* Relay until the state is @state or @ms are over. */
static bool wait_state(struct session *s, unsigned state, int ms)
{
	unsigned long long end = now_ns() + ms * 1000000ull;
	struct pollfd p[2] = { { s->ctl, POLLIN, 0 }, { s->data, POLLIN, 0 } };
	struct tapw_event ev;

	while (now_ns() < end) {
		poll(p, 2, 20);
		if (s->map)
			drain(s);
		if ((p[0].revents & POLLIN) &&
		    read(s->ctl, &ev, sizeof(ev)) == sizeof(ev))
			s->ev = ev;
		if (s->ev.state == state)
			return true;
	}
	return false;
}

static bool has(struct session *s, unsigned type, const char *text)
{
	return s->out[type] && strstr(s->out[type], text);
}

static void start(struct session *s, const char *param)
{
	struct tapw_start st = { 42, 0 };
	char set[64];
	int n = snprintf(set, sizeof(set), "param%c%s", 0, param) + 1;

	ok(!send_msg(s, TAPW_SET, set, n), "SET param=%s", param);
	ok(!send_msg(s, TAPW_SET, "name\0smoke", 11), "SET name");
	ok(send_msg(s, TAPW_SET, "nothing\0x", 10) == -ENOENT,
	   "SET of an unknown global is refused");
	ok(send_msg(s, TAPW_SET, "param\0zz", 9) == -EINVAL,
	   "SET of a bad number is refused");
	ok(send_msg(s, TAPW_SET, "param\0zz", 8) == -EINVAL,
	   "SET without its NUL is refused");
	ok(!send_msg(s, TAPW_START, &st, sizeof(st)), "START");
}

static void workload(void)
{
	char b[1024];
	int fd = open("/hello", O_RDWR | O_CREAT | O_TRUNC, 0600), i;

	memcpy(b, "\"tap\"\n", 7);
	ok(write(fd, "1234567", 7) == 7, "workload writes");
	for (i = 0; i < 200; i++) {
		lseek(fd, 0, SEEK_SET);
		if (read(fd, b + 100, 7) != 7)
			ok(false, "workload reads");
	}
	memcpy(b, "\"tap\"\n", 7);
	if (read(fd, b, 777) || read(fd, b, 778))
		ok(false, "end of file");
	munmap(mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	       8192);
	close(fd);
}

static void print_event(const struct tapw_event *e)
{
	printf("# state %u exit %d errors %u skipped %llu (re %llu lock %llu stack %llu missed %llu ovl %llu) lost %llu hits %llu points %u/%u mem %llu '%s'\n",
	       e->state, e->exit_code, e->errors,
	       (unsigned long long)e->skipped,
	       (unsigned long long)e->skipped_reentry,
	       (unsigned long long)e->skipped_lock,
	       (unsigned long long)e->skipped_stack,
	       (unsigned long long)e->skipped_missed,
	       (unsigned long long)e->skipped_overload,
	       (unsigned long long)e->lost, (unsigned long long)e->hits,
	       e->points, e->points_failed, (unsigned long long)e->memory_bytes,
	       e->reason);
}

/* ---- cases ------------------------------------------------------------------------ */

static void check_plain_text(struct session *s)
{
	ok(has(s, 1, "begin param=5 name=smoke target=42\n"), "begin ran");
	ok(has(s, 1, "begin again\n"), "output goes on after a warning");
	ok(has(s, 2, "a warning"), "warn()");
	ok(has(s, 2, "registration error") && has(s, 2, "pp_wrong"),
	   "a wrong address is refused");
	ok(s->ev.points == 6 && s->ev.points_failed == 1,
	   "6 points, 1 refused");
	ok(has(s, 1, "ret 7 pid=1 ppid=0 uid=0 pp=pp_vfs_read\n"),
	   "return probe, its pid, its pp");
	ok(has(s, 1, "read777 buf=\\\"tap\\\"\\n\n"),
	   "user_string of an argument");
	ok(has(s, 1, "caught read fault [man error::fault] at 0x123\n"),
	   "a fault is caught");
	ok(has(s, 1, "edges 9\n") || has(s, 1, "edges 10\n"),
	   "reads at the edges of the address space");
	ok(has(s, 1, "end reads=") && has(s, 1, "value |---"), "end ran");
	ok(has(s, 1, "by drive_smoke 0 = ") || has(s, 1, "by init 0 = "),
	   "array by execname");
	ok(!has(s, 1, "arg8=0x0\n") && has(s, 1, "arg8=0x"),
	   "the 8th argument was read");
	ok(has(s, 1, "end done\n"), "end ran to its end");
}

static void case_plain(void)
{
	struct session s;
	char *p, *q;
	size_t n = 0;

	ok(!load(), "load");
	attach(&s, true);
	start(&s, "5");
	ok(wait_state(&s, TAPW_RUNNING, 5000), "RUNNING");
	workload();
	wait_state(&s, 99, 400);
	ok(!send_msg(&s, TAPW_STOP, "", 0), "STOP");
	ok(wait_state(&s, TAPW_STOPPED, 2000), "STOPPED");
	drain(&s);
	print_event(&s.ev);
	check_plain_text(&s);
	/* 34000 bytes of one handler: more than a record, in one piece */
	p = s.out[1] ? strstr(s.out[1], "0123456789abcdef\n") : NULL;
	for (q = p; q && !strncmp(q, "0123456789abcdef\n", 17); q += 17)
		n++;
	ok(n == 2000, "long output is whole (%zu lines)", n);
	ok(!s.gaps && !s.disorder && !s.ev.lost, "no gap, no disorder");
	ok(!s.ev.errors && s.ev.hits > 400, "hits counted");
	if ((p = s.out[1] ? strstr(s.out[1], "end reads=") : NULL))
		puts(p);
	ok(unload() < 0 && errno == EWOULDBLOCK, "busy while attached");
	detach(&s);
	ok(!unload(), "unload");
}

static void case_error(void)
{
	struct session s;

	ok(!load(), "load");
	attach(&s, true);
	start(&s, "13");
	ok(wait_state(&s, TAPW_ERROR, 5000), "ERROR");
	ok(!send_msg(&s, TAPW_STOP, "", 0), "STOP");
	ok(wait_state(&s, TAPW_STOPPED, 2000), "STOPPED");
	drain(&s);
	print_event(&s.ev);
	ok(has(&s, 3, "unlucky near 'x' at smoke.stp:1:1"), "error text");
	ok(has(&s, 1, "error probe\n") && !has(&s, 1, "end reads"),
	   "error probe instead of end");
	ok(s.ev.errors == 1, "one error");
	detach(&s);
	ok(!unload(), "unload");
}

static void case_exit(void)
{
	struct session s;

	ok(!load(), "load");
	attach(&s, true);
	start(&s, "14");
	ok(wait_state(&s, TAPW_STOPPING, 5000), "exit() seen");
	ok(!send_msg(&s, TAPW_STOP, "", 0), "STOP");
	ok(wait_state(&s, TAPW_STOPPED, 2000), "STOPPED");
	drain(&s);
	ok(s.ev.exit_code == 3 && has(&s, 1, "end done"), "exit(3), end ran");
	detach(&s);
	ok(!unload(), "unload");
}

static void case_overload(void)
{
	struct session s;

	ok(!load(), "load");
	attach(&s, true);
	start(&s, "15");
	ok(wait_state(&s, TAPW_ERROR, 20000), "overload is noticed");
	ok(!send_msg(&s, TAPW_STOP, "", 0), "STOP");
	ok(wait_state(&s, TAPW_STOPPED, 2000), "STOPPED");
	print_event(&s.ev);
	ok(!strncmp(s.ev.reason, "probe overhead (", 16) &&
		   s.ev.skipped_overload,
	   "and explained");
	detach(&s);
	ok(!unload(), "unload");
}

/* The reader is killed while the session runs. */
static void case_killed(void)
{
	unsigned long long t0;
	struct session s;
	int pid, st, fd[2];
	char c;

	ok(!load(), "load");
	if (pipe(fd))
		return;
	pid = fork();
	if (!pid) {
		attach(&s, true);
		start(&s, "5");
		if (write(fd[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(fd[0], &c, 1) != 1)
		ok(false, "child started");
	workload();
	t0 = now_ns();
	kill(pid, SIGKILL);
	waitpid(pid, &st, 0);
	while (unload() && now_ns() - t0 < 5000000000ull)
		usleep(1000);
	ok(access("/proc/tap-tapsmoke", F_OK) < 0,
	   "unloaded %llu ms after SIGKILL", (now_ns() - t0) / 1000000);
}

/* Nobody reads: what does not fit is counted. */
static void case_loss(void)
{
	struct session s;
	char b[1024];
	unsigned long long lost;
	int fd, i;

	ok(!load(), "load");
	attach(&s, true);
	start(&s, "5");
	fd = open("/hello", O_RDONLY);
	for (i = 0; i < 40; i++)
		if (read(fd, b, 778) < 0)
			break;
	close(fd);
	ok(!send_msg(&s, TAPW_STOP, "", 0), "STOP");
	ok(wait_state(&s, TAPW_STOPPED, 2000), "STOPPED");
	drain(&s);
	print_event(&s.ev);
	lost = s.ev.lost;
	ok(lost > 0 && s.gaps > 0, "%llu records lost, gaps %u", lost, s.gaps);
	detach(&s);
	ok(!unload(), "unload");
}

/* The same through read(): whole records in one order of time. */
static void case_read(void)
{
	static char buf[1 << 20];
	unsigned long long last = 0;
	unsigned disorder = 0;
	struct session s;
	ssize_t n, at;

	ok(!load(), "load");
	attach(&s, false);
	start(&s, "5");
	workload();
	usleep(200000);
	ok(!send_msg(&s, TAPW_STOP, "", 0), "STOP");
	while ((n = read(s.data, buf, sizeof(buf))) > 0)
		for (at = 0; at < n;) {
			struct tapw_rec *r = (void *)(buf + at);

			take(&s, r->cpu, r);
			disorder += r->time_ns < last;
			last = r->time_ns;
			at += (r->len + 7) & ~7u;
		}
	ok(n == 0, "end of file");
	ok(has(&s, 1, "end done\n") && s.recs > 200, "%u records", s.recs);
	ok(!disorder && !s.gaps, "in order of time over all CPUs");
	detach(&s);
	ok(!unload(), "unload");
}

/*
 * Writes all over what the reader may write, for ever: mostly tails that are, or
 * once were, the beginning of a record, so that much of it is believed at first.
 */
static void scribble(const struct session *s)
{
	static unsigned long long seen[64][16];
	unsigned long long x = 88172645463325252ull;
	struct tapw_cpu *c;
	unsigned i, k;
	char *ring;

	for (;;) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		i = (x >> 8) % s->h.nrings % 64;
		k = x >> 24 & 15;
		ring = s->map + s->h.ring_off + i * (size_t)s->h.ring_stride;
		c = (void *)ring;
		switch (x & 1023) {
		case 0:
			c->tail = x;
			break;
		case 1:
			c->committing = 0;
			break;
		case 2: /* a length somewhere */
			*(__u32 *)(ring + TAPW_PAGE +
				   ((x >> 16) & (s->h.ring_bytes - 8))) =
				x >> 40;
			break;
		case 3:
			seen[i][k] = c->head;
			break;
		default:
			c->tail = seen[i][k];
		}
	}
}

/* A reader that lies: it may get nonsense, the kernel may not mind. */
static void case_hostile(void)
{
	static char buf[1 << 20];
	unsigned long long end;
	struct session s;
	unsigned reads = 0;
	char b[1024];
	int pid, st, fd;

	ok(!load(), "load");
	attach(&s, true);
	start(&s, "5");
	fcntl(s.data, F_SETFL, O_NONBLOCK);
	pid = fork();
	if (!pid)
		scribble(&s);
	munmap(s.map, s.h.map_bytes); /* we ourselves believe none of it */
	s.map = NULL;
	fd = open("/hello", O_RDONLY);
	for (end = now_ns() + 3000000000ull; now_ns() < end;) {
		if (read(fd, b, 778) < 0 || read(fd, b, 7) < 0)
			break;
		if (read(s.data, buf, sizeof(buf)) > 0)
			reads++;
	}
	close(fd);
	kill(pid, SIGKILL);
	waitpid(pid, &st, 0);
	ok(!send_msg(&s, TAPW_STOP, "", 0), "STOP");
	ok(wait_state(&s, TAPW_STOPPED, 2000), "STOPPED");
	ok(reads > 0, "%u reads gave something", reads);
	detach(&s);
	ok(!unload(), "unload");
}

/* Arm and disarm while every CPU hits the probes. */
static void case_stress(void)
{
	int pid[4], i, round, st;
	struct session s;

	for (i = 0; i < 4; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			char b[64];
			int fd = open("/hello", O_RDONLY);

			for (;;) {
				lseek(fd, 0, SEEK_SET);
				if (read(fd, b, 7) < 0)
					_exit(1);
			}
		}
	}
	for (round = 0; round < 6; round++) {
		ok(!load(), "load");
		attach(&s, true);
		start(&s, "5");
		wait_state(&s, 99, 300);
		if (round & 1)
			send_msg(&s, TAPW_STOP, "", 0);
		wait_state(&s, TAPW_STOPPED, round & 1 ? 2000 : 1);
		print_event(&s.ev);
		ok(!s.disorder, "no disorder in a ring");
		detach(&s);
		ok(!unload(), "unload");
	}
	for (i = 0; i < 4; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], &st, 0);
	}
}

/* The probes are hit by every CPU at once, but not while they are (dis)armed. */
static void case_parallel(void)
{
	struct session s;
	int pid[4], i, st;

	for (i = 0; i < 4; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			char b[64];
			int fd = open("/hello", O_RDONLY);

			raise(SIGSTOP);
			for (;;) {
				lseek(fd, 0, SEEK_SET);
				if (read(fd, b, 7) < 0)
					_exit(1);
			}
		}
		waitpid(pid[i], &st, WUNTRACED);
	}
	ok(!load(), "load");
	attach(&s, true);
	start(&s, "5");
	for (i = 0; i < 4; i++)
		kill(pid[i], SIGCONT);
	wait_state(&s, 99, 3000);
	for (i = 0; i < 4; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], &st, 0);
	}
	drain(&s); /* room for what the end probes print */
	ok(!send_msg(&s, TAPW_STOP, "", 0), "STOP");
	ok(wait_state(&s, TAPW_STOPPED, 2000), "STOPPED");
	drain(&s);
	print_event(&s.ev);
	ok(s.ev.hits > 1000 && !s.ev.errors && !s.disorder, "hit in parallel");
	ok(has(&s, 1, "end done\n"), "end ran");
	detach(&s);
	ok(!unload(), "unload");
}

static void check_dmesg(void)
{
	static char log[1 << 20];
	static const char *const bad[] = { "WARNING:",
					   "BUG:",
					   "Oops",
					   "Unpatched",
					   "Call Trace",
					   "INFO:",
					   "scheduling while atomic",
					   "unable to handle",
					   "tap-" };
	int n = klogctl(3, log, sizeof(log) - 1);
	unsigned i;
	char *p;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		p = n > 0 ? strstr(log, bad[i]) : NULL;
		ok(!p, "dmesg has no '%s'", bad[i]);
		if (p)
			printf("%.3000s\n", p > log + 200 ? p - 200 : p);
	}
}

int main(int argc, char **argv)
{
	bool stress = argc < 2 || strcmp(argv[argc - 1], "nostress");

	mkdir("/proc", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	case_plain();
	case_error();
	case_exit();
	case_overload();
	case_killed();
	case_loss();
	case_read();
	case_parallel();
	case_hostile();
	if (stress)
		case_stress();
	check_dmesg();
	printf("SMOKE %s: %d checks, %d failed\n", failed ? "FAILED" : "OK",
	       checks, failed);
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
