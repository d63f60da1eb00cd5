/* SPDX-License-Identifier: GPL-2.0-only */
/* taprun: verify, pick, unpack, load, drop every privilege, relay, unload. */
#include "runner/run.h"
#include "runner/priv.h"
#include "runner/say.h"
#include "runner/via.h"
#include "bundle/base/err.h"

#include <fcntl.h>
#include <unistd.h>

/* Static, because the stack is for calls. */
static struct run run;

/* A closed stdin, stdout or stderr must not become the number of a file. */
static void run_fill_std_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_NOCTTY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static void run_on_warning(const char *text)
{
	if (run_may_record(&run))
		record_own(&run.record, "warning", text);
}

static void run_on_err(const struct err *e)
{
	if (run_may_record(&run))
		record_err(&run.record, e, run_exit_code(e->code));
}

static void run_set_words(const struct opts *o)
{
	say_conf.verbose = o->verbose;
	say_conf.is_quiet = o->is_quiet;
	say_conf.no_warnings = o->no_warnings;
	if (o->mode == OPTS_RUN && o->json) {
		say_conf.on_warning = run_on_warning;
		say_conf.on_err = run_on_err;
	}
}

/* A run like any other, for somebody else. */
static int run_serve(struct run *r)
{
	struct err e;
	int n = serve_open(&r->serve, &e);

	say_init(); /* stderr is another one now */
	/* nothing in effect while a stranger's request is read */
	if (n == 0)
		n = priv_drop(PRIV_ALL, 0, &e);
	if (n == 0)
		n = serve_take(&r->serve, &r->opts, &e);
	if (n == 0)
		n = priv_drop(PRIV_ALL, PRIV_ALL, &e);
	if (n < 0) {
		say_err(&e);
		return serve_end(&r->serve, run_exit_code(n));
	}
	r->gate.peer = &r->serve.who;
	run_set_words(&r->opts);
	return serve_end(&r->serve, run_all(r));
}

static int run_via(struct run *r)
{
	struct err e;
	int n = via_run(&r->opts, &e);

	if (n < 0)
		say_err(&e);
	return n < 0 ? run_exit_code(n) : n;
}

int main(int argc, char **argv)
{
	struct err e;
	int n;

	run_mark(&run, MARK_EXEC);
	run.notify = -1;
	run_fill_std_fds();
	n = opts_parse(&run.opts, argc, argv, &e);
	if (n == 0)
		n = priv_init(&e);
	if (n < 0) {
		say_err(&e);
		return run_exit_code(n);
	}
	say_init();
	if (run.opts.via)
		return run_via(&run);
	if (run.opts.mode == OPTS_SERVE)
		return run_serve(&run);
	run_set_words(&run.opts);
	if (run.opts.mode == OPTS_RUN)
		return run_all(&run);
	return run_other(&run);
}
