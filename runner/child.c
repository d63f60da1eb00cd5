/* SPDX-License-Identifier: GPL-2.0-only */
/* Word splitting and the two-step start of the -c command. */
#include "runner/child.h"
#include "runner/background.h"
#include "runner/signals.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- words --------------------------------------------------------------- */

struct split {
	const char *p;
	char *o, *end;
	struct err *e;
};

static int split_put(struct split *s, char c)
{
	if (s->o == s->end)
		return err_set(s->e, ERR_INVALID, "-c: more than %d bytes",
			       CHILD_TEXT_MAX);
	*s->o++ = c;
	return 0;
}

/* After the opening quote @q; p ends behind the closing one. */
static int split_quoted(struct split *s, char q)
{
	for (; *s->p != q; s->p++) {
		if (*s->p == '\0')
			return err_set(s->e, ERR_INVALID, "-c: no closing %c",
				       q);
		if (q == '"' && (*s->p == '$' || *s->p == '`'))
			return err_set(s->e, ERR_INVALID,
				       "-c runs no shell, but has '%c'", *s->p);
		if (q == '"' && *s->p == '\\' && s->p[1] &&
		    strchr("\"\\$`", s->p[1]))
			s->p++;
		if (split_put(s, *s->p) < 0)
			return ERR_INVALID;
	}
	s->p++;
	return 0;
}

static int split_word(struct split *s)
{
	while (*s->p && !strchr(" \t\n", *s->p)) {
		char c = *s->p++;
		int r = 0;

		if (c == '\'' || c == '"') {
			r = split_quoted(s, c);
		} else if (c == '\\') {
			if (*s->p == '\0')
				return err_set(s->e, ERR_INVALID,
					       "-c: ends in a backslash");
			r = split_put(s, *s->p++);
		} else if (strchr("|&;<>$`*?()", c)) {
			r = err_set(s->e, ERR_INVALID,
				    "-c runs no shell, but has '%c'", c);
		} else {
			r = split_put(s, c);
		}
		if (r < 0)
			return r;
	}
	return split_put(s, '\0');
}

int child_split(struct child_words *w, const char *cmd, struct err *e)
{
	struct split s = { cmd, w->text, w->text + sizeof(w->text), e };

	w->n = 0;
	for (;;) {
		s.p += strspn(s.p, " \t\n");
		if (*s.p == '\0')
			break;
		if (w->n == CHILD_WORDS_MAX)
			return err_set(e, ERR_INVALID, "-c: more than %d words",
				       CHILD_WORDS_MAX);
		w->argv[w->n++] = s.o;
		if (split_word(&s) < 0)
			return err_hint(e, "quote it, or: -c \"sh -c '...'\"");
	}
	w->argv[w->n] = NULL;
	if (w->n == 0)
		return err_set(e, ERR_INVALID, "-c: no command");
	return 0;
}

/* ---- process ------------------------------------------------------------- */

static void child_main(struct child_words *w, int go, int status)
{
	int saved = 0;
	char c;

	signals_init();
	io_write_full(status, &saved, sizeof(saved), NULL); /* ready */
	/* end of file instead of a byte: the runner is gone or gave up */
	if (io_read_full(go, &c, 1, NULL) < 0)
		_exit(127);
	signals_reset();
	execvp(w->argv[0], w->argv);
	saved = errno;
	io_write_full(status, &saved, sizeof(saved), NULL);
	_exit(127);
}

static void child_no_stdin(void)
{
	int fd = open("/dev/null", O_RDONLY);

	if (fd < 0)
		_exit(127);
	dup2(fd, STDIN_FILENO);
	close(fd);
}

/* What it does before it waits must not be seen by probes that come then. */
static bool child_is_ready(struct child *c, struct err *e)
{
	int word;

	if (io_read_full(c->status, &word, sizeof(word), NULL) >= 0)
		return true;
	child_cancel(c);
	err_set(e, ERR_IO, "the process for -c ended early");
	return false;
}

int child_fork(struct child *c, struct child_words *w, const int *close_fds,
	       size_t n, struct err *e)
{
	int go[2], status[2];
	size_t i;

	if (pipe2(go, O_CLOEXEC) < 0)
		return err_sys(e, "cannot make a pipe");
	if (pipe2(status, O_CLOEXEC) < 0) {
		err_sys(e, "cannot make a pipe");
		close(go[0]);
		close(go[1]);
		return ERR_IO;
	}
	c->pid = fork();
	if (c->pid == 0) {
		close(go[1]);
		close(status[0]);
		for (i = 0; i < n; i++)
			if (close_fds[i] > STDERR_FILENO)
				close(close_fds[i]);
		background_detach(0);
		if (c->no_stdin)
			child_no_stdin();
		child_main(w, go[0], status[1]);
	}
	if (c->pid < 0)
		err_sys(e, "cannot fork");
	close(go[0]);
	close(status[1]);
	c->go = go[1];
	c->status = status[0];
	if (c->pid > 0 && child_is_ready(c, e))
		return 0;
	close(c->go);
	close(c->status);
	return ERR_IO;
}

int child_go(struct child *c, const char *name, struct err *e)
{
	int r, failed = 0;

	r = io_write_full(c->go, "", 1, e);
	close(c->go);
	/* end of file: exec closed the pipe, the command runs */
	if (r == 0 &&
	    io_read_full(c->status, &failed, sizeof(failed), NULL) == 0) {
		errno = failed;
		r = err_sys(e, "cannot start '%s'", name);
	}
	close(c->status);
	return r;
}

bool child_reap(struct child *c)
{
	if (c->pid > 0 && !c->is_done &&
	    waitpid(c->pid, &c->wait_status, WNOHANG) == c->pid)
		c->is_done = true;
	return c->is_done;
}

void child_cancel(struct child *c)
{
	if (c->pid <= 0 || c->is_done)
		return;
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, &c->wait_status, 0) < 0 && errno == EINTR)
		;
	c->is_done = true;
}
