// SPDX-License-Identifier: GPL-2.0-only
/*
 * killat N one|all COMMAND...: COMMAND is killed (SIGKILL) where it enters its N-th
 * system call, alone or with the children it has then.  Says the name of that call.
 *
 * killat 0 FILE COMMAND...: nothing is killed; FILE gets the names of all calls, a line
 * each.  Ends like COMMAND.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	long nr;
	const char *name;
} names[] = {
#define N(name) { SYS_##name, #name },
	N(access) N(arch_prctl) N(brk) N(capget) N(capset) N(clock_gettime) N(
		clone) N(close) N(delete_module) N(epoll_ctl) N(epoll_pwait) N(execve)
		N(exit_group) N(fcntl) N(finit_module) N(fork) N(fstat) N(fsync) N(
			ftruncate) N(getdents64) N(getpid) N(gettid) N(getuid)
			N(ioctl) N(kill) N(lseek) N(madvise) N(memfd_create) N(
				mmap) N(mprotect) N(munmap) N(newfstatat) N(open)
				N(openat) N(openat2) N(pipe2) N(poll) N(ppoll) N(
					prctl) N(pread64) N(prlimit64) N(read)
					N(readv) N(rt_sigaction) N(rt_sigprocmask) N(
						rt_sigtimedwait) N(seccomp)
						N(set_tid_address) N(setpriority) N(
							sched_setscheduler) N(signalfd4)
							N(statx) N(timerfd_create) N(
								timerfd_settime)
								N(umask) N(uname) N(
									wait4) N(write)
									N(writev)
#undef N
};

static const char *name_of(long nr)
{
	static char other[24];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].nr == nr)
			return names[i].name;
	snprintf(other, sizeof(other), "call_%ld", nr);
	return other;
}

static int die(const char *what)
{
	perror(what);
	return 1;
}

/* The parent of @pid, by /proc; 0 when it is gone. */
static int parent_of(int pid)
{
	char path[64], line[512], *end;
	FILE *f;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f) && (end = strrchr(line, ')')))
		sscanf(end, ") %*c %d", &parent);
	fclose(f);
	return parent;
}

static void kill_children(pid_t pid)
{
	DIR *d = opendir("/proc");
	struct dirent *de;

	while (d && (de = readdir(d))) {
		int child = atoi(de->d_name);

		if (child > 0 && parent_of(child) == pid)
			kill(child, SIGKILL);
	}
	if (d)
		closedir(d);
}

/* @st: of a child that ended */
static int code_of(int st)
{
	return WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
}

/* The number of the call at whose entry @pid stands, or -1. */
static long entered(pid_t pid, int st, bool *inside)
{
	struct user_regs_struct r;

	if (!WIFSTOPPED(st) || WSTOPSIG(st) != (SIGTRAP | 0x80))
		return -1;
	*inside = !*inside;
	if (!*inside || ptrace(PTRACE_GETREGS, pid, NULL, &r))
		return -1;
	return (long)r.orig_rax;
}

static int follow(pid_t pid, long at, bool all, FILE *list)
{
	bool inside = false;
	long n = 0, nr;
	int st, sig = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, sig) ||
		    waitpid(pid, &st, 0) < 0)
			return die("ptrace");
		if (!WIFSTOPPED(st))
			return code_of(st);
		sig = WSTOPSIG(st);
		if (sig == SIGTRAP || sig == (SIGTRAP | 0x80))
			sig = 0;
		nr = entered(pid, st, &inside);
		if (nr < 0)
			continue;
		if (list)
			fprintf(list, "%s\n", name_of(nr));
		if (++n != at)
			continue;
		fprintf(stderr, "killat: %ld %s\n", n, name_of(nr));
		if (all)
			kill_children(pid);
		kill(pid, SIGKILL);
		waitpid(pid, &st, 0);
		return code_of(st);
	}
}

int main(int argc, char **argv)
{
	long at = argc > 3 ? atol(argv[1]) : -1;
	FILE *list = NULL;
	int st, code;
	pid_t pid;

	if (at < 0)
		return die(
			"usage: killat N one|all COMMAND..., killat 0 FILE COMMAND...");
	if (!at && !(list = fopen(argv[2], "we")))
		return die(argv[2]);
	pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[3], argv + 3);
		_exit(die(argv[3]));
	}
	if (pid < 0 || waitpid(pid, &st, 0) < 0 || !WIFSTOPPED(st) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		return die("fork");
	code = follow(pid, at, !strcmp(argv[2], "all"), list);
	if (list)
		fclose(list);
	return code;
}
