/* SPDX-License-Identifier: GPL-2.0-only */
/* The -c command: forked early, started only when the probes are armed. */
#ifndef RUNNER_CHILD_H
#define RUNNER_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

#define CHILD_WORDS_MAX 256
#define CHILD_TEXT_MAX	32768

/** struct child_words - a command line cut into words; argv ends with NULL */
struct child_words {
	char *argv[CHILD_WORDS_MAX + 1];
	size_t n;
	char text[CHILD_TEXT_MAX];
};

/**
 * child_split() - words of @cmd: blanks separate, '...' "..." and \ quote
 *
 * No shell is run.  What only a shell can do (| & ; < > $ ` * ? ( ) outside of
 * quotes) is refused with the way to ask for a shell.
 * Return: 0, or ERR_INVALID.
 */
int child_split(struct child_words *w, const char *cmd, struct err *e);

/**
 * struct child - zero-initialise
 * @go: pipe on which it waits; @status: pipe on which a failed exec is told
 * @no_stdin: its standard input is /dev/null
 * @is_done, @wait_status: set by child_reap()
 */
struct child {
	pid_t pid;
	int go, status;
	bool no_stdin, is_done;
	int wait_status;
};

/**
 * child_fork() - make the process; on return it waits and does nothing else
 * @close_fds: @n descriptors that it must not hold while waiting
 *
 * The command has the privileges, environment, files and signals of taprun's
 * caller.
 * Return: 0, ERR_IO.
 */
int child_fork(struct child *c, struct child_words *w, const int *close_fds,
	       size_t n, struct err *e);

/** child_go() - exec it; ERR_IO when it cannot be started */
int child_go(struct child *c, const char *name, struct err *e);

/** child_reap() - has it ended?  Never waits. */
bool child_reap(struct child *c);

/** child_cancel() - end it before it was started */
void child_cancel(struct child *c);

#endif
