// SPDX-License-Identifier: GPL-2.0-only
/*
 * killat N one|all COMMAND...: COMMAND is killed (SIGKILL) where it enters its N-th
 * system call, alone or with the children it has then.  Says the name of that call.
 *
 * killat 0 FILE COMMAND...: nothing is killed; FILE gets the names of all calls, a line
 * each.  Ends like COMMAND.
 *
 * killat show FILE COMMAND...: the same, and after each name the process's permitted and
 * effective capabilities, how many seccomp filters it has, and of open() the path; of
 * finit_module() how it ends to open its file for writing, to write and to cut it then.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

/* " PERMITTED EFFECTIVE FILTERS", as /proc shows them; a kernel before 5.9 counts none. */
static void show_status(FILE *f, pid_t pid)
{
	static const char *const keys[] = { "CapPrm:", "CapEff:",
					    "Seccomp_filters:" };
	char path[64], line[512], text[3][24] = { "?", "?", "?" };
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof(line), status))
		for (size_t i = 0; i < 3; i++)
			if (!strncmp(line, keys[i], strlen(keys[i])))
				sscanf(line + strlen(keys[i]), "%23s", text[i]);
	if (status)
		fclose(status);
	fprintf(f, " %s %s %s", text[0], text[1], text[2]);
}

/* " PATH", which lies at @at in the other process */
static void show_path(FILE *f, pid_t pid, unsigned long at)
{
	for (fputc(' ', f);; at += sizeof(long)) {
		long word;

		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, pid, at, NULL);
		if (errno)
			return;
		for (size_t i = 0; i < sizeof(word); i++) {
			char c = ((char *)&word)[i];

			if (!c)
				return;
			fputc(c, f);
		}
	}
}

/* The other process stands still: what is written now the kernel would load. */
static void show_writes(FILE *f, pid_t pid, unsigned long its)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/fd/%lu", pid, its);
	fd = open(path, O_RDWR | O_CLOEXEC);
	fprintf(f, " open: %s", fd < 0 ? strerror(errno) : "ok");
	if (fd < 0)
		return;
	fprintf(f, " write: %s",
		pwrite(fd, "X", 1, 64) < 0 ? strerror(errno) : "ok");
	fprintf(f, " cut: %s", ftruncate(fd, 64) < 0 ? strerror(errno) : "ok");
	close(fd);
}

static void show(FILE *f, pid_t pid, const struct user_regs_struct *r,
		 bool full)
{
	fprintf(f, "%s", name_of((long)r->orig_rax));
	if (full)
		show_status(f, pid);
	if (full && r->orig_rax == SYS_open)
		show_path(f, pid, r->rdi);
	if (full && (r->orig_rax == SYS_openat || r->orig_rax == SYS_openat2))
		show_path(f, pid, r->rsi);
	if (full && r->orig_rax == SYS_finit_module)
		show_writes(f, pid, r->rdi);
	fputc('\n', f);
}

/* Does @pid stand at the entry of a call? */
static bool entered(pid_t pid, int st, bool *inside, struct user_regs_struct *r)
{
	if (!WIFSTOPPED(st) || WSTOPSIG(st) != (SIGTRAP | 0x80))
		return false;
	*inside = !*inside;
	return *inside && !ptrace(PTRACE_GETREGS, pid, NULL, r);
}

static int follow(pid_t pid, long at, const char *how, FILE *list)
{
	struct user_regs_struct r = { 0 };
	bool inside = false;
	long n = 0;
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
		if (!entered(pid, st, &inside, &r))
			continue;
		if (list)
			show(list, pid, &r, !strcmp(how, "show"));
		if (++n != at)
			continue;
		fprintf(stderr, "killat: %ld %s\n", n,
			name_of((long)r.orig_rax));
		if (!strcmp(how, "all"))
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
			"usage: killat N one|all COMMAND..., killat 0|show FILE COMMAND...");
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
	code = follow(pid, at, list ? argv[1] : argv[2], list);
	if (list)
		fclose(list);
	return code;
}
