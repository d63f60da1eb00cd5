/* SPDX-License-Identifier: GPL-2.0-only */
/* Each phase's system calls: what works, and every call that must not. */
#include "runner/confine.c"
#include "tests/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define V   (1u << CONFINE_VERIFY)
#define L   (1u << CONFINE_LOAD)
#define F   (1u << CONFINE_RELAY_FILES)
#define R   (1u << CONFINE_RELAY)
#define K   (1u << CONFINE_KEEP)
#define ALL (V | L | F | R | K)

static const char *const phase_names[] = { "verify", "load", "relay with files",
					   "relay", "keep" };

/* A call, and the phases in which it must be refused whatever its arguments. */
static const struct row {
	long nr;
	const char *name;
	unsigned int phases;
} rows[] = {
#define C(call, phases) { SYS_##call, #call, phases },
	C(execve, ALL)	 /* attack 24 */
	C(execveat, ALL) /* attack 24 */
	C(clone3, ALL)	 /* attack 24 */
#ifdef SYS_fork
	C(chmod, ALL) /* attack 24 */
	C(fork, ALL)  /* attack 24 */
	C(vfork, ALL) /* attack 24 */
#endif
	C(socket, ALL)		  /* attack 24 */
	C(socketpair, ALL)	  /* attack 24 */
	C(connect, ALL)		  /* attack 24 */
	C(bind, ALL)		  /* attack 24 */
	C(listen, ALL)		  /* attack 24 */
	C(accept4, ALL)		  /* attack 24 */
	C(sendmsg, ALL)		  /* attack 24 */
	C(recvmsg, ALL)		  /* attack 24 */
	C(recvfrom, ALL)	  /* attack 24 */
	C(ptrace, ALL)		  /* attack 24 */
	C(process_vm_readv, ALL)  /* attack 24 */
	C(process_vm_writev, ALL) /* attack 24 */
	C(kcmp, ALL)		  /* attack 24 */
	C(pidfd_open, ALL)	  /* attack 24 */
	C(pidfd_getfd, ALL)	  /* attack 24 */
	C(mount, ALL)		  /* attack 24 */
	C(umount2, ALL)		  /* attack 24 */
	C(pivot_root, ALL)	  /* attack 24 */
	C(chroot, ALL)		  /* attack 24 */
	C(chdir, ALL)		  /* attack 24 */
	C(unshare, ALL)		  /* attack 24 */
	C(setns, ALL)		  /* attack 24 */
	C(setuid, ALL)		  /* attack 24 */
	C(setresuid, ALL)	  /* attack 24 */
	C(setgroups, ALL)	  /* attack 24 */
	C(fchmod, ALL)		  /* attack 24 */
	C(fchown, ALL)		  /* attack 24 */
	C(linkat, ALL)		  /* attack 24 */
	C(symlinkat, ALL)	  /* attack 24 */
	C(mknodat, ALL)		  /* attack 24 */
	C(setxattr, ALL)	  /* attack 24 */
	C(bpf, ALL)		  /* attack 24 */
	C(perf_event_open, ALL)	  /* attack 24 */
	C(userfaultfd, ALL)	  /* attack 24 */
	C(io_uring_setup, ALL)	  /* attack 24 */
	C(open_by_handle_at, ALL) /* attack 24 */
	C(keyctl, ALL)		  /* attack 24 */
	C(add_key, ALL)		  /* attack 24 */
	C(kexec_load, ALL)	  /* attack 24 */
	C(kexec_file_load, ALL)	  /* attack 24 */
	C(reboot, ALL)		  /* attack 24 */
	C(swapon, ALL)		  /* attack 24 */
	C(settimeofday, ALL)	  /* attack 24 */
	C(clock_settime, ALL)	  /* attack 24 */
	C(sethostname, ALL)	  /* attack 24 */
	C(syslog, ALL)		  /* attack 24 */
	C(personality, ALL)	  /* attack 24 */
	C(tgkill, ALL)		  /* attack 24 */
	C(tkill, ALL)		  /* attack 24 */
	C(prlimit64, ALL)	  /* attack 24 */
	C(seccomp, ALL)		  /* attack 24 */
	/* what one phase needs the others do not have */
	C(delete_module, V | L | F | R) /* attack 24 */
	C(finit_module, F | R | K)	/* attack 24 */
	C(init_module, F | R | K)	/* attack 24 */
	C(memfd_create, F | R | K)	/* attack 24 */
	C(capset, F | R | K)		/* attack 24 */
	C(prctl, F | R | K)		/* attack 24 */
	C(openat, R | K)		/* attack 24 */
	C(openat2, F | R | K)		/* attack 24 */
	C(unlinkat, R | K)		/* attack 24 */
	C(renameat2, R | K)		/* attack 24 */
	C(fcntl, R | K)			/* attack 24 */
	C(pread64, F | R | K)		/* attack 24 */
	C(getdents64, F | R | K)	/* attack 24 */
	C(readlinkat, F | R | K)	/* attack 24 */
	C(sendto, F | R | K)		/* attack 24 */
	C(ioctl, F | R)			/* attack 24 */
	C(rt_sigaction, F | R | K)	/* attack 24 */
	C(uname, L | F | R | K)		/* attack 24 */
	C(getuid, L | F | R | K)	/* attack 24 */
	C(mmap, K)			/* attack 24 */
	C(clone, K)			/* attack 24 */
	C(kill, K)			/* attack 24 */
	C(wait4, K)			/* attack 24 */
#undef C
};

#define ROWS	  (sizeof(rows) / sizeof(rows[0]))
#define NO_FILTER 255

/* Runs @work confined; what it returns, or -1 when it was killed. */
static int in_child(enum confine_phase phase, pid_t may_signal,
		    int (*work)(enum confine_phase, pid_t))
{
	pid_t pid = fork();
	int st;

	if (pid == 0) {
		int r = NO_FILTER;

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (confine(phase, may_signal))
			r = work(phase, may_signal);
		/* ASan makes calls of its own in _exit() */
		syscall(SYS_exit_group, r);
	}
	while (waitpid(pid, &st, 0) < 0)
		;
	return WIFEXITED(st) ? WEXITSTATUS(st) : -1;
}

static bool is_refused(long nr, long a, long b, long c)
{
	return syscall(nr, a, b, c, -1L, -1L, -1L) == -1 && errno == EPERM;
}

/* Number of the first row that is not refused, from 1; 0: all are. */
static int try_rows(enum confine_phase phase, pid_t unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < ROWS; i++)
		if ((rows[i].phases >> phase & 1) &&
		    !is_refused(rows[i].nr, -1, -1, -1))
			return (int)i + 1;
	return 0;
}

static int try_args(enum confine_phase phase, pid_t child)
{
	if (!is_refused(SYS_clone, SIGCHLD, 0, 0))
		return 1;
	if (!is_refused(SYS_kill, getppid(), 0, 0) ||
	    !is_refused(SYS_kill, -1, 0, 0) || !is_refused(SYS_kill, 0, 0, 0))
		return 2;
	if (child && syscall(SYS_kill, child, 0) < 0)
		return 3;
	if (!is_refused(SYS_finit_module, -1, -1, 1) ||
	    !is_refused(SYS_finit_module, -1, -1, 2) ||
	    !is_refused(SYS_finit_module, -1, -1, 4))
		return 4;
	/* without a flag it is the kernel that answers; root is told of the
	 * descriptor */
	if (phase <= CONFINE_LOAD && geteuid() == 0 &&
	    is_refused(SYS_finit_module, -1, 0, 0))
		return 5;
#ifdef __x86_64__
	if (!is_refused(0x40000000L | SYS_write, 1, 0, 0)) /* x32 */
		return 6;
#endif
	return 0;
}

#ifdef __x86_64__
/* i386's number 4 is write(), 5 open(), 11 execve(), 20 getpid() */
static int try_i386(enum confine_phase phase, pid_t unused)
{
	static const int nrs[] = { 4, 5, 11, 20, 350 };
	size_t i;

	(void)phase;
	(void)unused;
	for (i = 0; i < sizeof(nrs) / sizeof(nrs[0]); i++) {
		long r = nrs[i];

		__asm__ volatile("int $0x80"
				 : "+a"(r)
				 : "b"(-1L), "c"(0L), "d"(0L)
				 : "memory", "r8", "r9", "r10", "r11");
		if ((int)r != -EPERM)
			return (int)i + 1;
	}
	return 0;
}
#endif

enum { OPENS = 1, WRITES = 2, MAPS = 4, WAITS = 8 };

static int try_works(enum confine_phase phase, pid_t unused)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct timespec ts = { 0, 1 };
	int r = 0;

	(void)phase;
	(void)unused;
	if (fd >= 0)
		r |= OPENS;
	if (write(STDERR_FILENO, "", 0) == 0)
		r |= WRITES;
	if (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	    MAP_FAILED)
		r |= MAPS;
	if (nanosleep(&ts, NULL) == 0)
		r |= WAITS;
	return r;
}

static void t_phase(enum confine_phase phase, pid_t child, int works)
{
	const char *name = phase_names[phase];
	int r = in_child(phase, 0, try_rows);

	ok(r == 0, "%s: %zu forbidden calls%s%s", name, ROWS,
	   r > 0 ? ", but not " : "", r > 0 ? rows[r - 1].name : "");
	r = in_child(phase, 0, try_works);
	ok(r == works, "%s: what works (%d)", name, r);
	if (phase == CONFINE_KEEP)
		return;
	r = in_child(phase, 0, try_args); /* attack 24 */
	ok(r == 0, "%s: forbidden arguments (%d)", name, r);
	r = in_child(phase, child, try_args); /* attack 24 */
	ok(r == 0, "%s: nobody but the child is signalled (%d)", name, r);
#ifdef __x86_64__
	r = in_child(phase, 0, try_i386); /* attack 24 */
	ok(r == 0, "%s: calls of i386 (%d)", name, r);
#endif
}

/* Filters add up: what a later phase has the earlier ones must have, too. */
static void t_order(void)
{
	size_t i, bad = 0;

	for (i = 0; i < CONFINE_COUNT; i++) {
		unsigned int p = confine_calls[i].phases & (V | L | F | R);

		if ((p & L && !(p & V)) || (p & F && !(p & L)) ||
		    (p & R && !(p & F)))
			bad++;
	}
	ok(bad == 0, "each phase is part of the one before");
}

int main(void)
{
	pid_t child;

	if (in_child(CONFINE_KEEP, 0, try_works) == NO_FILTER) {
		ok(true, "skip: this kernel has no seccomp filters");
		return tap_done();
	}
	child = fork();
	if (child == 0) {
		pause();
		syscall(SYS_exit_group, 0);
	}
	t_order();
	t_phase(CONFINE_VERIFY, child, OPENS | WRITES | MAPS | WAITS);
	t_phase(CONFINE_LOAD, child, OPENS | WRITES | MAPS | WAITS);
	t_phase(CONFINE_RELAY_FILES, child, OPENS | WRITES | MAPS | WAITS);
	t_phase(CONFINE_RELAY, child, WRITES | MAPS | WAITS);
	t_phase(CONFINE_KEEP, child, WRITES | WAITS);
	kill(child, SIGKILL);
	return tap_done();
}
