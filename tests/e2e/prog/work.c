// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the cases of the guest do to be traced: known system calls, known often.
 *
 *   work read N SIZE [CPU]     N reads of SIZE bytes of /dev/zero
 *   work write N SIZE [CPU]    N writes of SIZE bytes to /dev/null
 *   work both N SIZE           two processes, one on each of CPU 0 and 1, N writes each
 *   work each N SIZE           the same on every CPU there is
 *   work spin SECONDS          writes of 1 byte until the time is over; prints how many
 *   work sleep N MS            N processes that sleep, and MS more when all of them do
 *   work calls                 the calls of cases/values.stp
 *   work epoll DEPTH           a pipe in an epoll in an epoll ..., and one write
 *   work map FILE PAGE         mmap of one page of FILE at PAGE
 *   work stuck read|write FILE   a read or write of FILE with memory that never comes
 *   work watch CPU N           N hardware watchpoints of a CPU, until killed
 *   work as UID COMMAND...     COMMAND as another user
 *   work with CAPS UID COMMAND...   the same with capabilities, CAPS a mask like in CapEff
 *   work without CALL COMMAND...   COMMAND on a kernel that has no CALL: finit_module,
 *                              init_module, or shared_mmap (of files)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char bytes[65536];

static int die(const char *what)
{
	perror(what);
	return 1;
}

static void pin(const char *cpu)
{
	cpu_set_t set;

	if (!cpu)
		return;
	CPU_ZERO(&set);
	CPU_SET(atoi(cpu), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		perror("sched_setaffinity");
}

static int work_io(int is_write, long n, size_t size)
{
	int fd = open(is_write ? "/dev/null" : "/dev/zero", O_RDWR);

	if (fd < 0 || size > sizeof(bytes))
		return die("open");
	while (n--)
		if ((is_write ? write(fd, bytes, size)
			      : read(fd, bytes, size)) != (ssize_t)size)
			return die("io");
	close(fd);
	return 0;
}

static int reap(int n)
{
	int st, bad = 0;

	while (n--) {
		if (wait(&st) < 0)
			return die("wait");
		bad |= st;
	}
	return bad != 0;
}

static int work_cpus(int cpus, long n, size_t size)
{
	char cpu[16];
	int i;

	for (i = 0; i < cpus; i++)
		if (!fork()) {
			snprintf(cpu, sizeof(cpu), "%d", i);
			pin(cpu);
			_exit(work_io(1, n, size));
		}
	return reap(cpus);
}

static int work_spin(long seconds)
{
	struct timespec t;
	time_t end;
	long n = 0;
	int fd = open("/dev/null", O_WRONLY);

	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec + seconds;
	do {
		if (write(fd, bytes, 1) != 1)
			return die("write");
		n++;
		if (!(n & 63))
			clock_gettime(CLOCK_MONOTONIC, &t);
	} while (t.tv_sec < end);
	printf("%ld\n", n);
	return 0;
}

static int is_asleep(pid_t pid)
{
	char path[64], line[512], *s;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	s = f && fgets(line, sizeof(line), f) ? strrchr(line, ')') : NULL;
	if (f)
		fclose(f);
	return s && s[2] == 'S';
}

/* The children know no time and nothing else that they could wait for. */
static int work_sleep(int n, long ms)
{
	struct timespec t = { 86400, 0 };
	pid_t pid[64];
	int i;

	if (n > 64)
		return 2;
	for (i = 0; i < n; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
			_exit(1);
		}
	}
	/* poll(), since the probes are in what sleeps */
	for (i = 0; i < n; i++)
		while (!is_asleep(pid[i]))
			poll(NULL, 0, 5);
	poll(NULL, 0, (int)ms);
	for (i = 0; i < n; i++)
		kill(pid[i], SIGKILL);
	reap(n);
	return 0;
}

/* Signed, unsigned, wide and narrow arguments and results: values.stp checks. */
static int work_calls(void)
{
	int fd = open("/dev/null", O_WRONLY), pipes[2], waiting, file;

	if (fd < 0 || pipe(pipes))
		return die("open");
	if (ioctl(pipes[0], FIONREAD, &waiting))
		return die("ioctl");
	lseek(fd, -5, SEEK_END);
	mkdir("/tmp/work.dir", 0700);
	close(open("/tmp/work.dir/file", O_CREAT | O_WRONLY, 0600));
	if (!rmdir("/tmp/work.dir"))
		return die("rmdir of a full directory");
	file = open("/tmp/work.dir/file", O_WRONLY);
	fdatasync(file);
	close(file);
	if (read(fd, bytes, 1) != -1 || errno != EBADF)
		return die("read of a file open for writing");
	memcpy(bytes, "user bytes\0hidden", 18);
	if (write(fd, bytes, 777) != 777)
		return die("write");
	/* an address of this process that is not mapped */
	if (write(fd, (void *)8, 778) != 778)
		return die("write");
	unlink("/tmp/work.dir/file");
	rmdir("/tmp/work.dir");
	return 0;
}

static int work_map(const char *file, long page)
{
	int fd = open(file, O_RDONLY);
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, page * 4096);

	return p == MAP_FAILED ? die("mmap") : 0;
}

/* Each epoll watches the one before it: the wake-up calls itself DEPTH deep. */
static int work_epoll(int depth)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int pipes[2], fd, i, outer;

	if (pipe(pipes))
		return die("pipe");
	fd = pipes[0];
	for (i = 0; i < depth; i++) {
		outer = epoll_create1(0);
		if (epoll_ctl(outer, EPOLL_CTL_ADD, fd, &ev))
			return die("epoll_ctl");
		fd = outer;
	}
	if (write(pipes[1], "x", 1) != 1)
		return die("write");
	/* nobody else wakes them: the process ends with its files open */
	return epoll_wait(fd, &ev, 1, 100000) == 1 ? 0 : die("epoll_wait");
}

/* Waits, in the kernel, for a page that somebody else were to bring, till it is killed. */
static int work_stuck(const char *how, const char *file)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = open(file, *how == 'w' ? O_WRONLY : O_RDONLY);
	int faults = (int)syscall(SYS_userfaultfd, 0);
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || p == MAP_FAILED)
		return die(file);
	reg.range.start = (uintptr_t)p;
	reg.range.len = 4096;
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api) ||
	    ioctl(faults, UFFDIO_REGISTER, &reg))
		return die("userfaultfd");
	if ((*how == 'w' ? write(fd, p, 1) : read(fd, p, 1)) < 0)
		return die(how);
	return 0;
}

static int work_watch(int cpu, int n)
{
	static long watched[8];
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_W,
		.bp_len = HW_BREAKPOINT_LEN_8,
		.exclude_kernel = 1,
	};

	while (n--) {
		attr.bp_addr = (uintptr_t)&watched[n & 7];
		if (syscall(SYS_perf_event_open, &attr, -1, cpu, -1, 0) < 0)
			return die("perf_event_open");
	}
	puts("watching");
	fflush(stdout);
	pause();
	return 0;
}

/* By the ambient set, as a service manager does it. */
static int work_with(uint64_t caps, uid_t uid, char **argv)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };
	int i;

	for (i = 0; i < 2; i++)
		d[i].permitted = d[i].effective = d[i].inheritable =
			(uint32_t)(caps >> 32 * i);
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setgid(uid) || setuid(uid) ||
	    syscall(SYS_capset, &h, d))
		return die("capset");
	for (i = 0; i < 64; i++)
		if (caps >> i & 1 &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0))
			return die("ambient");
	execvp(argv[0], argv);
	return die(argv[0]);
}

static int work_as(uid_t uid, char **argv)
{
	if (setgid(uid) || setuid(uid))
		return die("setuid");
	execvp(argv[0], argv);
	return die(argv[0]);
}

/* Calls fail as on a kernel, or for a file, that does not have them. */
static int work_without(const char *call, char **argv)
{
	static const struct {
		const char *name;
		uint32_t nr, error;
		uint32_t
			flags; /* only with these, the fourth argument; 0: always */
	} calls[] = {
		{ "finit_module", SYS_finit_module, ENOSYS, 0 },
		{ "init_module", SYS_init_module, ENOSYS, 0 },
		{ "shared_mmap", SYS_mmap, ENODEV, MAP_SHARED },
	};
	size_t i, n = sizeof(calls) / sizeof(*calls);

	for (i = 0; i < n && strcmp(calls[i].name, call); i++)
		;
	if (i == n)
		return die(call);
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].nr, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[3])),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K,
			 calls[i].flags ? MAP_TYPE | MAP_ANONYMOUS : 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].flags, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | calls[i].error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(f) / sizeof(*f), f };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0))
		return die("seccomp");
	execvp(argv[0], argv);
	return die(argv[0]);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	long n = argc > 2 ? atol(argv[2]) : 0;
	size_t size = argc > 3 ? (size_t)atol(argv[3]) : 0;

	if (argc == 2 && !strcmp(argv[1], "calls"))
		return work_calls();
	if (!strcmp(what, "read") || !strcmp(what, "write")) {
		pin(argc > 4 ? argv[4] : NULL);
		return work_io(what[0] == 'w', n, size);
	}
	if (!strcmp(what, "both"))
		return work_cpus(2, n, size);
	if (!strcmp(what, "each"))
		return work_cpus((int)sysconf(_SC_NPROCESSORS_ONLN), n, size);
	if (!strcmp(what, "spin"))
		return work_spin(n);
	if (!strcmp(what, "sleep") && argc > 3)
		return work_sleep((int)n, (long)size);
	if (!strcmp(what, "epoll"))
		return work_epoll((int)n);
	if (!strcmp(what, "map") && argc > 3)
		return work_map(argv[2], (long)size);
	if (!strcmp(what, "stuck") && argc > 3)
		return work_stuck(argv[2], argv[3]);
	if (!strcmp(what, "watch") && argc > 3)
		return work_watch((int)n, (int)size);
	if (!strcmp(what, "as") && argc > 3)
		return work_as((uid_t)n, argv + 3);
	if (!strcmp(what, "with") && argc > 4)
		return work_with(strtoull(argv[2], NULL, 16),
				 (uid_t)atol(argv[3]), argv + 4);
	if (!strcmp(what, "without") && argc > 3)
		return work_without(argv[2], argv + 3);
	fprintf(stderr, "work: see the top of tests/e2e/prog/work.c\n");
	return 2;
}
