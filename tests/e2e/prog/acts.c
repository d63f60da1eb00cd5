// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the cases of the tapset's aliases see: each event for certain, in one process.
 *
 *   acts tcp | tcp6      a connection on loopback: 300 bytes one way, then let go
 *   acts udp             50 bytes to itself, connected, and let go
 *   acts sock            a pair of sockets: 5 bytes by each call
 *   acts promisc DEV     all packets of a device, and no longer
 *   acts signals         a handler, a mask, what waits, a timer's signal
 *   acts segv            a child whose handler has no stack
 *   acts vm              a mapping, written, given back; heap; a page shared and written
 *   acts tasks           a child on the other CPU, traced, waited for
 *   acts tty             a terminal of its own: resized, written, polled, read
 *   acts files DIR       reads, writes and maps a file of 8192 bytes
 *   acts dirty FILE      writes to it where it is mapped
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char bytes[8192];

static void want(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

/* ---- sockets ------------------------------------------------------------------ */

static socklen_t loopback(struct sockaddr_storage *ss, int family)
{
	struct sockaddr_in *in = (void *)ss;
	struct sockaddr_in6 *in6 = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = (sa_family_t)family;
	if (family == AF_INET)
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		in6->sin6_addr = in6addr_loopback;
	return family == AF_INET ? sizeof(*in) : sizeof(*in6);
}

static void disconnect(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	want(!connect(fd, &none, sizeof(none)), "disconnect");
}

static void tell_port(int fd)
{
	struct sockaddr_in6 name; /* the port is at the same place */
	socklen_t n = sizeof(name);

	want(!getsockname(fd, (struct sockaddr *)&name, &n), "getsockname");
	printf("port %d\n", ntohs(name.sin6_port));
	fflush(stdout);
}

static void act_tcp(int family)
{
	int s = socket(family, SOCK_STREAM, 0), on = 1, c, a;
	struct sockaddr_storage ss;
	socklen_t n = loopback(&ss, family);

	want(!bind(s, (struct sockaddr *)&ss, n) && !listen(s, 1), "listen");
	want(!getsockname(s, (struct sockaddr *)&ss, &n), "getsockname");
	tell_port(s);
	c = socket(family, SOCK_STREAM, 0);
	want(!connect(c, (struct sockaddr *)&ss, n), "connect");
	a = accept(s, NULL, NULL);
	want(a >= 0, "accept");
	want(!setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)),
	     "TCP_NODELAY");
	if (family == AF_INET6)
		want(!setsockopt(c, IPPROTO_IPV6, IPV6_TCLASS, &on, sizeof(on)),
		     "IPV6_TCLASS");
	want(send(c, bytes, 300, 0) == 300, "send");
	want(recv(a, bytes, sizeof(bytes), 0) == 300, "recv");
	disconnect(c);
	close(a);
	close(c);
	/* nobody listens any more: that is refused by a packet */
	close(s);
	c = socket(family, SOCK_STREAM, 0);
	want(connect(c, (struct sockaddr *)&ss, n) < 0, "refused");
	close(c);
}

static void act_udp(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_storage ss;
	socklen_t n = loopback(&ss, AF_INET);

	want(!bind(s, (struct sockaddr *)&ss, n), "bind");
	want(!getsockname(s, (struct sockaddr *)&ss, &n), "getsockname");
	tell_port(s);
	want(!connect(s, (struct sockaddr *)&ss, n), "connect");
	want(send(s, bytes, 50, 0) == 50, "send");
	want(recv(s, bytes, sizeof(bytes), 0) == 50, "recv");
	disconnect(s);
	close(s);
}

static void act_sock(void)
{
	struct iovec io = { bytes, 5 };
	struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1 };
	int v[2];

	want(!socketpair(AF_UNIX, SOCK_STREAM, 0, v), "socketpair");
	want(send(v[0], bytes, 5, 0) == 5 && sendmsg(v[0], &msg, 0) == 5 &&
		     write(v[0], bytes, 5) == 5 && writev(v[0], &io, 1) == 5,
	     "send");
	want(recv(v[1], bytes, 5, 0) == 5 && recvmsg(v[1], &msg, 0) == 5 &&
		     read(v[1], bytes, 5) == 5 && readv(v[1], &io, 1) == 5,
	     "recv");
	close(v[0]);
	close(v[1]);
}

static void act_promisc(const char *dev)
{
	struct packet_mreq m = { .mr_ifindex = (int)if_nametoindex(dev),
				 .mr_type = PACKET_MR_PROMISC };
	int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	want(!setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m, sizeof(m)),
	     "promiscuous");
	close(s);
}

/* ---- signals ------------------------------------------------------------------ */

static void handler(int sig)
{
	(void)sig;
}

static void act_signals(void)
{
	struct sigaction sa = { .sa_handler = handler },
			 ign = { .sa_handler = SIG_IGN };
	struct itimerspec at = { .it_value.tv_nsec = 1 };
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIGUSR2 };
	sigset_t block, old;
	timer_t t;

	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigaddset(&block, SIGUSR2);
	want(!sigaction(SIGUSR1, &sa, NULL), "sigaction");
	want(!sigaction(SIGUSR2, &sa, NULL), "sigaction");
	want(!sigaction(SIGHUP, &ign, NULL), "sigaction");
	want(!sigprocmask(SIG_BLOCK, &block, &old), "sigprocmask");
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGHUP);
	syscall(SYS_tkill, gettid(), SIGUSR1);
	syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1);
	want(!timer_create(CLOCK_MONOTONIC, &ev, &t), "timer_create");
	want(!timer_settime(t, 0, &at, NULL), "timer_settime");
	do {
		usleep(1000);
		want(!sigpending(&old), "sigpending");
	} while (!sigismember(&old, SIGUSR2));
	want(!sigprocmask(SIG_UNBLOCK, &block, NULL), "sigprocmask");
	kill(getpid(), SIGUSR1);
}

/* The frame of the handler cannot be written. */
static void act_segv(void)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = SA_ONSTACK };
	stack_t st = { .ss_sp = (void *)4096, .ss_size = 65536 };
	int status;

	if (!fork()) {
		sigaltstack(&st, NULL);
		sigaction(SIGUSR1, &sa, NULL);
		raise(SIGUSR1);
		_exit(0);
	}
	wait(&status);
	want(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "no SIGSEGV");
}

/* ---- memory and tasks --------------------------------------------------------- */

static void act_vm(void)
{
	char *p = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	want(p != MAP_FAILED, "mmap");
	printf("at %lx\n", (unsigned long)p);
	fflush(stdout);
	p[4096] = 1;
	if (!fork()) {
		p[4096] = 2;
		_exit(0);
	}
	wait(NULL);
	want(!munmap(p, 5 * 4096), "munmap");
	want(syscall(SYS_brk, syscall(SYS_brk, 0) + 3 * 4096) > 0, "brk");
}

static void act_tasks(void)
{
	int v[2];
	pid_t pid;
	cpu_set_t set;
	char c;

	want(!pipe(v), "pipe");
	pid = fork();
	if (!pid) {
		for (int cpu = 0; cpu < 2; cpu++) {
			CPU_ZERO(&set);
			CPU_SET(cpu, &set);
			sched_setaffinity(0, sizeof(set), &set);
		}
		close(v[1]);
		_exit(read(v[0], &c, 1) == 1 ? 7 : 8);
	}
	printf("child %d\n", pid);
	fflush(stdout);
	want(!ptrace(PTRACE_ATTACH, pid, 0, 0), "attach");
	waitpid(pid, NULL, 0);
	want(!ptrace(PTRACE_DETACH, pid, 0, 0), "detach");
	want(write(v[1], "x", 1) == 1, "write");
	waitpid(pid, NULL, 0);
}

/* ---- files --------------------------------------------------------------------- */

static void act_tty(void)
{
	struct winsize w = { 25, 81, 0, 0 };
	int m = open("/dev/ptmx", O_RDWR | O_NOCTTY), s;
	struct pollfd p;

	want(m >= 0 && !unlockpt(m), "ptmx");
	s = open(ptsname(m), O_RDWR | O_NOCTTY);
	want(s >= 0, "slave");
	want(!ioctl(m, TIOCSWINSZ, &w), "TIOCSWINSZ");
	want(write(m, "typed\n", 6) == 6, "write");
	p = (struct pollfd){ s, POLLIN, 0 };
	want(poll(&p, 1, 300000) == 1, "poll");
	want(read(s, bytes, sizeof(bytes)) == 6, "read");
	want(write(s, "shown", 5) == 5, "write");
	close(s);
	close(m);
}

static void act_files(const char *dir)
{
	struct iovec io[2] = { { bytes, 1000 }, { bytes, 24 } };
	char path[256], *p;
	int fd;

	snprintf(path, sizeof(path), "%s/acts.file", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	want(fd >= 0, path);
	want(write(fd, bytes, 8192) == 8192, "write");
	want(lseek(fd, 100, SEEK_SET) == 100, "lseek");
	want(read(fd, bytes, 700) == 700, "read");
	want(writev(fd, io, 2) == 1024, "writev");
	want(readv(fd, io, 2) == 1024, "readv");
	p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	want(p != MAP_FAILED && *p == 0, "mmap");
	want(!fsync(fd), "fsync");
	close(fd);
	want(!unlink(path), "unlink");
}

static void act_dirty(const char *path)
{
	int fd = open(path, O_RDWR);
	char *p;

	want(fd >= 0, path);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	want(p != MAP_FAILED, "mmap");
	*p = 1;
	want(!msync(p, 4096, MS_SYNC) && !munmap(p, 4096), "msync");
	close(fd);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "",
		   *arg = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "tcp"))
		act_tcp(AF_INET);
	else if (!strcmp(what, "tcp6"))
		act_tcp(AF_INET6);
	else if (!strcmp(what, "udp"))
		act_udp();
	else if (!strcmp(what, "sock"))
		act_sock();
	else if (!strcmp(what, "promisc"))
		act_promisc(arg);
	else if (!strcmp(what, "signals"))
		act_signals();
	else if (!strcmp(what, "segv"))
		act_segv();
	else if (!strcmp(what, "vm"))
		act_vm();
	else if (!strcmp(what, "tasks"))
		act_tasks();
	else if (!strcmp(what, "tty"))
		act_tty();
	else if (!strcmp(what, "files"))
		act_files(arg);
	else if (!strcmp(what, "dirty"))
		act_dirty(arg);
	else
		return fprintf(stderr,
			       "acts: see the top of tests/e2e/prog/acts.c\n"),
		       2;
	return 0;
}
