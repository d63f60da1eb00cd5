/* SPDX-License-Identifier: GPL-2.0-only */
/* Children with captured output. */
#include "build/base/spawn.h"
#include "build/base/arena.h"
#include "build/base/vec.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

unsigned int spawn_jobs(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned int)CPU_COUNT(&set);
}

/* Is variable @p ("NAME=value", @name bytes with the '=') one that every tool gets? */
static bool is_handed_on(const char *p, size_t name)
{
	static const char *const keep[] = { "PATH=", "HOME=", "TMPDIR=",
					    "LD_LIBRARY_PATH=", "LD_PRELOAD=" };
	size_t i;

	for (i = 0; i < sizeof(keep) / sizeof(*keep); i++)
		if (strlen(keep[i]) == name && !strncmp(keep[i], p, name))
			return true;
	return false;
}

/* What of the parent's environment the child may see, with @extra and LC_ALL=C in
 * front (first one wins in execvpe's child for every libc we run). */
static char **make_env(const char *const *extra, bool inherit)
{
	VEC(char *) v = { 0 };
	static char locale[] = "LC_ALL=C";
	char **p;

	vec_push(&v, locale);
	for (; extra && *extra; extra++)
		vec_push(&v, (char *)(uintptr_t)*extra);
	for (p = environ; *p; p++) {
		size_t name = strcspn(*p, "=") + 1, i;

		if (!inherit && !is_handed_on(*p, name))
			continue;
		for (i = 0; i < v.n; i++)
			if (!strncmp(v.v[i], *p, name))
				break;
		if (i == v.n)
			vec_push(&v, *p);
	}
	vec_push(&v, NULL);
	return v.v;
}

static _Noreturn void child(struct spawn *s, int out, char **env)
{
	int null = open("/dev/null", O_RDONLY);

	/* A tool must not go on writing when nobody waits for it any more. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		_exit(127);
	if (s->cwd && chdir(s->cwd) < 0)
		_exit(127);
	execvpe(s->argv[0], (char *const *)(uintptr_t)s->argv, env);
	dprintf(2, "cannot run '%s': %s\n", s->argv[0], strerror(errno));
	_exit(127);
}

int spawn_start(struct spawn *s, struct err *e)
{
	char **env;
	pid_t pid;
	int p[2];

	buf_init(&s->out);
	s->pid = -1;
	s->fd = -1;
	s->status = -1;
	if (pipe2(p, O_CLOEXEC) < 0)
		return err_sys(e, "cannot make a pipe");
	env = make_env(s->env, s->inherit);
	/* The child only redirects and executes: no copy of our page tables. */
	pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
	/*
	 * POSIX promises nothing but exec and _exit here.  Linux suspends us
	 * until then, and child() makes system calls only: it writes nothing
	 * that we read afterwards (vfork(2)).
	 */
	if (pid == 0)
		child(s, p[1], env); /* NOLINT(clang-analyzer-unix.Vfork) */
	s->pid = pid;
	free(env);
	close(p[1]);
	s->fd = p[0];
	if (s->pid < 0) {
		err_sys(e, "cannot start '%s'", s->argv[0]);
		close(p[0]);
		s->fd = -1;
		return ERR_IO;
	}
	return 0;
}

/* True while there may be more. */
static bool drain(struct spawn *s)
{
	ssize_t n;

	buf_reserve(&s->out, 4096);
	n = read(s->fd, s->out.p + s->out.len, 4096);
	if (n < 0)
		return errno == EINTR;
	s->out.len += (size_t)n;
	s->out.p[s->out.len] = '\0';
	return n > 0;
}

static int finish(struct spawn *s, struct err *e)
{
	close(s->fd);
	s->fd = -1;
	while (waitpid(s->pid, &s->status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "cannot wait for '%s'", s->argv[0]);
	if (s->status == 0)
		return 0;
	if (WIFSIGNALED(s->status))
		return err_set(e, ERR_TOOL, "'%s' was killed by signal %d",
			       s->argv[0], WTERMSIG(s->status));
	return err_set(e, ERR_TOOL, "'%s' failed (exit %d): %.300s", s->argv[0],
		       WEXITSTATUS(s->status), s->out.p);
}

int spawn_wait(struct spawn *s, struct err *e)
{
	while (drain(s))
		;
	return finish(s, e);
}

int spawn_run(struct spawn *s, struct err *e)
{
	int rc = spawn_start(s, e);

	return rc ? rc : spawn_wait(s, e);
}

int spawn_run_all(struct spawn *s, size_t n, unsigned int jobs, struct err *e)
{
	struct pollfd *pfd;
	size_t *who, started = 0, live = 0, i;
	size_t bad = n;
	int first = 0;

	if (!jobs)
		jobs = spawn_jobs();
	pfd = xcalloc(jobs, sizeof(*pfd));
	who = xcalloc(jobs, sizeof(*who));
	while (started < n || live) {
		while (live < jobs && started < n) {
			struct err se;
			int rc = spawn_start(&s[started], &se);

			if (rc < 0) {
				if (started < bad) {
					bad = started;
					first = rc;
					if (e)
						*e = se;
				}
				started++;
				continue;
			}
			pfd[live] = (struct pollfd){ s[started].fd, POLLIN, 0 };
			who[live++] = started++;
		}
		if (!live || (poll(pfd, live, -1) < 0 && errno != EINTR))
			continue;
		for (i = 0; i < live; i++) {
			struct err se;
			int rc;

			if (!pfd[i].revents || drain(&s[who[i]]))
				continue;
			rc = finish(&s[who[i]], &se);
			if (rc < 0 && who[i] < bad) {
				bad = who[i];
				first = rc;
				if (e)
					*e = se;
			}
			pfd[i] = pfd[--live];
			who[i] = who[live];
			i--;
		}
	}
	free(pfd);
	free(who);
	return first;
}
