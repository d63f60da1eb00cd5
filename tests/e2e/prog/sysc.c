// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls that the cases of syscall.* count and read.
 *
 *   sysc count N    N of each getppid, openat and close; N 32-bit getppid and close
 *   sysc args       calls with known arguments and results, native and 32-bit
 *   sysc structs    calls with structures: nothing changes, most of them fail
 *   sysc until FILE calls until there is such a file
 *
 * Nothing here goes through the C library's wrappers.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	NR32_OPEN = 5,
	NR32_CLOSE = 6,
	NR32_LSEEK = 19,
	NR32_UTIME = 30,
	NR32_GETPPID = 64,
	NR32_NANOSLEEP = 162,
	NR32_CLOCK_SETTIME = 264,
	NR32_PREADV = 333,
};

static char path[] = "/tmp/sysc.file"; /* below 4 GB: this program is static */

/* As a 32-bit program does it.  int $0x80 keeps all but rax from 4.17 on. */
static long int80(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

static int count(long n)
{
	while (n--) {
		long fd = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY);

		syscall(SYS_getppid);
		syscall(SYS_close, fd);
		int80(NR32_GETPPID, 0, 0, 0);
		int80(NR32_CLOSE, -1, 0, 0);
	}
	return 0;
}

static int until(const char *file)
{
	while (syscall(SYS_access, file, F_OK))
		;
	return 0;
}

static int args(void)
{
	static char data[] = "say \"hi\"\n";
	struct timespec t = { 0, 1 };
	struct rlimit lim = { 64, RLIM_INFINITY };
	long fd = syscall(SYS_openat, AT_FDCWD, path,
			  O_CREAT | O_RDWR | O_CLOEXEC, 0640);
	char buf[8];

	syscall(SYS_write, fd, data, sizeof(data) - 1);
	syscall(SYS_lseek, fd, -5L, SEEK_END);
	syscall(SYS_read, fd, buf, sizeof(buf));
	syscall(SYS_pread64, fd, buf, 4, 2L);
	syscall(SYS_openat, -1, "/none", O_WRONLY | O_APPEND);
	syscall(SYS_close, -1);
	syscall(SYS_open, (void *)8, O_RDONLY);
	syscall(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	syscall(SYS_socket, AF_LOCAL, SOCK_STREAM | SOCK_CLOEXEC, 0);
	syscall(SYS_kill, 0, 0);
	syscall(SYS_nanosleep, &t, NULL);
	syscall(SYS_setrlimit, RLIMIT_NOFILE, &lim);
	syscall(SYS_fcntl, fd, F_GETFL, 0);
	syscall(SYS_unlink, path);
	syscall(SYS_fchmodat, AT_FDCWD, path, 0755);
	int80(NR32_OPEN, (long)path, O_WRONLY, 0);
	int80(NR32_LSEEK, 77, -3, SEEK_CUR);
	syscall(9999, 1, 2, 3);
	return 0;
}

static void sockets(void)
{
	const struct sockaddr_in in = {
		AF_INET, htons(80), { htonl(INADDR_LOOPBACK) }, { 0 }
	};
	const struct sockaddr_in6 in6 = { AF_INET6, htons(443), 7,
					  IN6ADDR_LOOPBACK_INIT, 2 };
	const struct sockaddr_un un = { AF_UNIX, "/tmp/sysc.sock" };

	syscall(SYS_connect, -1, &in, sizeof(in));
	syscall(SYS_bind, -1, &in6, sizeof(in6));
	syscall(SYS_sendto, -1, "x", 1L, 0, &un, 16);
	syscall(SYS_connect, -1, (void *)8, 16);
}

static int structs(void)
{
	static const struct {
		void *handler;
		unsigned long flags;
		void *restorer;
		unsigned long mask;
	} act = { SIG_IGN, 0x10000000, NULL, 1UL << (SIGINT - 1) };
	static const long interval[] = { 1, 2, 3, 500 }, times[] = { 11, 22 };
	static const struct {
		int v[3];
	} info = { { SIGUSR1, 3, -6 } };
	static const stack_t alt = { (void *)0x10000, 2, 8192 };
	static const int times32[] = { 33, 44 }, brief[] = { 0, 7 };

	sockets();
	syscall(SYS_rt_sigaction, 99, &act, NULL, 8L);
	syscall(SYS_timer_settime, -1, 0, interval, NULL);
	syscall(SYS_utime, "/none", times);
	syscall(SYS_utime, "/none", NULL);
	syscall(SYS_ioprio_set, 1, -1, 2 << 13 | 4);
	syscall(SYS_rt_sigqueueinfo, -1, SIGUSR1, &info);
	syscall(SYS_sigaltstack, &alt, NULL);
	int80(NR32_UTIME, (long)"/none", (long)times32, 0);
	int80(NR32_NANOSLEEP, (long)brief, 0, 0);
	int80(NR32_CLOCK_SETTIME, -9, (long)times32, 0);
	syscall(SYS_preadv, -1, NULL, 0L, 5L, 1L);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "count"))
		return count(atol(argv[2]));
	if (argc == 2 && !strcmp(argv[1], "args"))
		return args();
	if (argc == 2 && !strcmp(argv[1], "structs"))
		return structs();
	if (argc == 3 && !strcmp(argv[1], "until"))
		return until(argv[2]);
	fprintf(stderr, "sysc: see the top of tests/e2e/prog/sysc.c\n");
	return 2;
}
