/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests to the broker: there and back, and messages with descriptors. */
#include "runner/ask.c"
#include "runner/message.c"
#include "runner/opts.c"
#include "runner/outname.c"
#include "tests/tap.h"

#include <fcntl.h>
#include <stdlib.h>

/* The command line @argv as the broker gets it; false: not told or not taken. */
static bool there_and_back(char **argv, struct opts *back, struct err *e)
{
	static char text[ASK_BYTES_MAX];
	struct opts o;
	int argc = 0, n;

	while (argv[argc])
		argc++;
	*e = (struct err){ 0 };
	if (opts_parse(&o, argc, argv, e) < 0)
		return false;
	n = ask_format(text, &o, e);
	return n > 0 && ask_parse(back, text, (size_t)n, e) == 0;
}

#define ARGV(...)                                                             \
	(char *[])                                                            \
	{                                                                     \
		(char *)"taprun", (char *)"--via", (char *)"/s", __VA_ARGS__, \
			NULL                                                  \
	}

static void t_round(void)
{
	char word[] = "a=1", text[] = "s=a b=c", none[] = "e=";
	struct opts o;
	struct err e;

	ok(there_and_back(ARGV((char *)"/x/y.tap"), &o, &e) &&
		   !strcmp(o.bundle, "y.tap") && !o.run_ns && !o.nparams &&
		   !o.json && !o.verbose && !o.is_quiet && !o.no_warnings &&
		   o.mode == OPTS_RUN && o.bundle_fd < 0 && !o.out && !o.cmd,
	   "a bundle alone");
	ok(there_and_back(ARGV((char *)"-T", (char *)"1.25", (char *)"-v",
			       (char *)"-q", (char *)"-w", (char *)"--json",
			       (char *)"b.tap", word, text, none),
			  &o, &e) &&
		   o.run_ns == 1250000000 && o.json && o.verbose == 1 &&
		   o.is_quiet && o.no_warnings && o.nparams == 3,
	   "all that can be asked for");
	ok(!strcmp(o.params[0].name, "a") && !strcmp(o.params[0].value, "1") &&
		   !strcmp(o.params[1].value, "a b=c") &&
		   !strcmp(o.params[2].value, ""),
	   "parameters are as they were");
	ok(there_and_back(
		   ARGV((char *)"-T", (char *)"0.000000001", (char *)"b.tap"),
		   &o, &e) &&
		   o.run_ns == 1,
	   "a nanosecond");
	ok(there_and_back(ARGV((char *)"/x/.a b\n.tap"), &o, &e) &&
		   !strcmp(o.bundle, "_a_b_.tap"),
	   "a name that cannot be said");
	ok(there_and_back(ARGV((char *)"/x/"), &o, &e) &&
		   !strcmp(o.bundle, "_"),
	   "no name");
}

static void t_refused(void)
{
	char newline[] = "a=1\n2", blank[] = "a=1 ", big[9000] = "a=";
	char more[9000] = "b=";
	struct opts o;
	struct err e;

	ok(!there_and_back(ARGV((char *)"b.tap", newline), &o, &e) &&
		   e.code == ERR_INVALID && strstr(e.text, "'a'"),
	   "a value with a newline");
	ok(!there_and_back(ARGV((char *)"b.tap", blank), &o, &e),
	   "a value with a blank at its end");
	memset(big + 2, 'x', sizeof(big) - 3);
	memset(more + 2, 'x', sizeof(more) - 3);
	ok(!there_and_back(ARGV((char *)"b.tap", big, more), &o, &e) &&
		   strstr(e.text, "16384"),
	   "more than a message");
	ok(!there_and_back(ARGV((char *)"-o", (char *)"x", (char *)"b.tap"), &o,
			   &e) &&
		   !strcmp(e.text, "--via excludes --output"),
	   "an option that stays here");
}

/* One row a request: 0 is taken. */
static const struct {
	const char *text, *re;
} rows[] = {
	{ ASK_HEAD "name: a\n", NULL },
	{ ASK_HEAD "\nname: a\n", "line 2: '' cannot" },
	{ ASK_HEAD "param: a=\nname: a\nparam: a=\n", NULL },
	{ "", "version-1" },
	{ "tap-serve: 1", "version-1" },
	{ "tap-serve: 1\r\nname: a\n", "version-1" },
	{ ASK_HEAD, "no name" },
	{ ASK_HEAD ASK_HEAD, "line 2: 'tap-serve' cannot" },
	{ ASK_HEAD "name: a", "newline" },
	{ ASK_HEAD "name:a\n", "not 'key: value'" },
	{ ASK_HEAD "Name: a\n", "letter" },
	{ ASK_HEAD "name: a/b\n", "'name' takes" },
	{ ASK_HEAD "name: a\nmode: run\n", "'mode' cannot" },
	{ ASK_HEAD "name: a\nverbose: YES\n", "'verbose' takes 'yes'" },
	{ ASK_HEAD "name: a\nquiet: yes\nquiet: yes\n", "twice" },
	{ ASK_HEAD "name: a\ntime: 1e3\n", "'time' takes seconds" },
	{ ASK_HEAD "name: a\nparam: x\n", "'param' takes" },
};

static void t_rows(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *copy = strdup(rows[i].text);
		struct err e = { 0 };
		struct opts o;
		int r = ask_parse(&o, copy, strlen(rows[i].text), &e);

		ok(rows[i].re ? r == ERR_INVALID && e.code == r &&
					strstr(e.text, rows[i].re)
			      : r == 0,
		   "request %zu: %s", i, rows[i].re ? rows[i].re : "taken");
		free(copy);
	}
}

/* How many descriptors this process has. */
static int count_fds(void)
{
	int i, n = 0;

	for (i = 0; i < 64; i++)
		n += fcntl(i, F_GETFD) >= 0;
	return n;
}

static void t_messages(void)
{
	int s[2], fds[2] = { 0, 1 }, got[2] = { -1, -1 }, before, r;
	char buf[8];
	struct err e;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s) < 0)
		abort();
	before = count_fds();
	message_send(s[0], "abc", 3, fds, 2, &e);
	ok(message_receive(s[1], buf, sizeof(buf), got, 2, &e) == 3 &&
		   !memcmp(buf, "abc", 3) && count_fds() == before + 2,
	   "three bytes and two descriptors");
	ok(fcntl(got[0], F_GETFD) == FD_CLOEXEC &&
		   fcntl(got[1], F_GETFD) == FD_CLOEXEC,
	   "closed on exec");
	close(got[0]);
	close(got[1]);
	message_send(s[0], "abc", 3, fds, 2, &e);
	r = message_receive(s[1], buf, sizeof(buf), got, 1, &e);
	ok(r == ERR_INVALID && count_fds() == before &&
		   !strcmp(e.text, "a message with 2 descriptors, not 1"),
	   "one too many: all are closed");
	message_send(s[0], "abc", 3, NULL, 0, &e);
	r = message_receive(s[1], buf, sizeof(buf), got, 1, &e);
	ok(r == ERR_INVALID && count_fds() == before, "none");
	message_send(s[0], "abcdefghi", 9, fds, 1, &e);
	r = message_receive(s[1], buf, sizeof(buf), got, 1, &e);
	ok(r == ERR_INVALID && count_fds() == before &&
		   !strcmp(e.text, "a message of more than 8 bytes"),
	   "too long: its descriptor is closed");
	close(s[0]);
	ok(message_receive(s[1], buf, sizeof(buf), got, 1, &e) == 0,
	   "the end of the connection");
	ok(message_send(s[1], "abc", 3, NULL, 0, &e) == ERR_IO,
	   "nobody there: no signal");
	close(s[1]);
}

int main(void)
{
	t_round();
	t_refused();
	t_rows();
	t_messages();
	return tap_done();
}
