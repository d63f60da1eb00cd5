/* SPDX-License-Identifier: GPL-2.0-only */
/* stderr: the journal's priorities, a reader that has stopped, --notify. */
#include "runner/notify.c"
#include "runner/sys.c"
#include "runner/say.c"
#include "tests/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

static int was, from;

static void redirect(void)
{
	int p[2];

	fflush(stdout);
	if (pipe(p) || dup2(p[1], STDERR_FILENO) < 0)
		exit(70);
	close(p[1]);
	from = p[0];
	fcntl(from, F_SETFL, O_NONBLOCK);
}

static const char *said(void)
{
	static char text[8192];
	ssize_t n = read(from, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void t_journal(void)
{
	struct err e;

	ok(say_is_journal("/run/systemd/journal/stdout") &&
		   say_is_journal("/run/systemd/journal.web/stdout") &&
		   !say_is_journal("/run/systemd/journal/socket") &&
		   !say_is_journal("/run/systemd/journald/stdout") &&
		   !say_is_journal("/tmp/stdout") && !say_is_journal(""),
	   "whose socket it is");
	say_init();
	ok(!say_to_journal, "a pipe is not the journal");
	say_to_journal = true;
	say_warningf("two\nlines\n");
	ok(!strcmp(said(), "<4>WARNING: two\n<4>lines\n\n"), "a warning");
	say_error("bad", 3);
	ok(!strcmp(said(), "<3>ERROR: bad\n"), "an error");
	say_note("note");
	ok(!strcmp(said(), "<6>taprun: note\n"), "a note");
	say_raw("log\n<0>forged\nhalf", 18);
	ok(!strcmp(said(), "<6>log\n<6><0>forged\n<6>half\n"),
	   "log(): a script gives no priorities");
	err_set(&e, -BERR_REVOKED, "revoked");
	say_err(&e);
	ok(!strncmp(said(), "<3>taprun: revoked [REVOKED]\n<6>hint: ", 37),
	   "a refusal");
	say_to_journal = false;
	say_error("a\033[1mb", 6);
	ok(!strcmp(said(), "ERROR: a?[1mb\n"), "as ever elsewhere");
}

static long ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void t_stuck(void)
{
	char line[1000], drop[65536];
	long t0 = ms();
	int i;

	memset(line, 'x', sizeof(line));
	for (i = 0; i < 1000; i++)
		say_error(line, sizeof(line));
	t0 = ms() - t0;
	ok(say_lost() > 900 && say_lost() < 1000 && t0 < 50000,
	   "nobody reads: %lu of 1000 dropped in %ld ms", say_lost(), t0);
	while (read(from, drop, sizeof(drop)) > 0)
		;
	say_error("again", 5);
	ok(!strcmp(said(), "ERROR: again\n"), "when somebody reads again");
}

static void t_notify(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char name[64], got[64] = "";
	struct err e;
	int s, fd, r;

	ok(notify_open("", &r, &e) == -1 && r == 0, "no manager");
	ok(notify_open("x", &r, &e) == -1 && r == ERR_INVALID, "%s", e.text);
	ok(notify_open("/nosuch", &r, &e) == -1 && r == ERR_IO, "%s", e.text);
	snprintf(name, sizeof(name), "@t_run_say.%d", (int)getpid());
	memcpy(a.sun_path + 1, name + 1, strlen(name) - 1);
	s = socket(AF_UNIX, SOCK_DGRAM, 0);
	ok(bind(s, (struct sockaddr *)&a,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			    strlen(name))) == 0,
	   "bind");
	fd = notify_open(name, &r, &e);
	notify_send(fd, "READY=%d", 1);
	ok(fd >= 0 && read(s, got, sizeof(got) - 1) == 7 &&
		   !strcmp(got, "READY=1"),
	   "an abstract socket");
	close(s);
	notify_send(fd, "READY=%d", 1);
	notify_send(-1, "x");
	ok(true, "nobody listens: nothing happens");
	close(fd);
}

int main(void)
{
	was = dup(STDERR_FILENO);
	signal(SIGPIPE, SIG_IGN);
	redirect();
	t_journal();
	t_stuck();
	t_notify();
	dup2(was, STDERR_FILENO);
	return tap_done();
}
