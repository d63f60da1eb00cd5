// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault N COMMAND...: the modules that COMMAND and its children load get the parameter
 * fault=N, whatever they give themselves (runtime/core/fault.c).
 *
 * taprun loads modules without parameters and is not to learn otherwise for tests, so
 * this changes the system call.  Ends like COMMAND, when its last child has ended.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                             \
	(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)
#define BELOW 1024 /* the stack pointer, more than the red zone */

static int die(const char *what)
{
	perror(what);
	return 1;
}

static int run(char **argv)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_finit_module, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_init_module, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { sizeof(f) / sizeof(*f), f };

	raise(SIGSTOP); /* until we are traced */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0))
		return die("seccomp");
	execvp(argv[0], argv);
	return die(argv[0]);
}

/* At the entry of the call: its parameters are @text. */
static int put_parameters(pid_t pid, const char *text)
{
	struct user_regs_struct r;
	unsigned long long at;
	size_t i, n = strlen(text) + 1;
	long word;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &r))
		return die("PTRACE_GETREGS");
	at = (r.rsp - BELOW) & ~15ull;
	for (i = 0; i < n; i += sizeof(word)) {
		word = 0;
		memcpy(&word, text + i,
		       n - i < sizeof(word) ? n - i : sizeof(word));
		if (ptrace(PTRACE_POKEDATA, pid, (void *)(at + i),
			   (void *)word))
			return die("PTRACE_POKEDATA");
	}
	if (r.orig_rax == SYS_finit_module)
		r.rsi = at;
	else
		r.rdx = at;
	return ptrace(PTRACE_SETREGS, pid, NULL, &r) ? die("PTRACE_SETREGS")
						     : 0;
}

/* What a stopped process is to be told when it goes on. */
static int stopped(pid_t pid, int status, const char *text)
{
	int event = status >> 16;

	if (event == PTRACE_EVENT_SECCOMP)
		put_parameters(pid, text);
	return event ? 0 : WSTOPSIG(status);
}

int main(int argc, char **argv)
{
	char text[32];
	int status, rc = 1, sig;
	pid_t first, pid;

	if (argc < 3) {
		fprintf(stderr, "fault N COMMAND...\n");
		return 2;
	}
	snprintf(text, sizeof(text), "fault=%s", argv[1]);
	first = fork();
	if (first < 0)
		return die("fork");
	if (!first)
		_exit(run(argv + 2));
	if (waitpid(first, &status, WUNTRACED) != first ||
	    ptrace(PTRACE_SEIZE, first, NULL, (void *)OPTIONS))
		return die("PTRACE_SEIZE");
	kill(first, SIGCONT);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status)) {
			sig = stopped(pid, status, text);
			ptrace(PTRACE_CONT, pid, NULL, (void *)(long)sig);
		} else if (pid == first) {
			rc = WIFEXITED(status) ? WEXITSTATUS(status)
					       : 128 + WTERMSIG(status);
		}
	}
	return rc;
}
