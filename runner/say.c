/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages on stderr: whole lines in one write, so that none interleave. */
#include "runner/say.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "bundle/limits.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SAY_WAIT_MS 1000
#define SAY_SEEN    1024 /* different warnings remembered; a power of two */

struct say_conf say_conf;

/* Priorities of syslog(3), as the journal reads them. */
#define SAY_DAEMON 3 /* facility */

enum say_level { SAY_ERROR = 3, SAY_WARNING = 4, SAY_NOTE = 6, SAY_DEBUG = 7 };

static bool say_to_journal;
static int say_syslog_pid; /* 0: stderr is not syslog's */
static unsigned long say_nlost;

/* "/run/systemd/journal/stdout", or that of a namespace "journal.NAME" */
static bool say_is_journal(const char *path)
{
	static const char dir[] = "/run/systemd/journal", end[] = "/stdout";
	size_t n = strlen(path), k = sizeof(end) - 1;

	return strncmp(path, dir, sizeof(dir) - 1) == 0 &&
	       strchr("./", path[sizeof(dir) - 1]) && n > sizeof(dir) &&
	       strcmp(path + n - k, end) == 0;
}

void say_init(void)
{
	struct sockaddr_un a = { 0 };
	socklen_t n = sizeof(a) - 1; /* the name ends with a NUL of ours */
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGXFSZ, &ignore, NULL);
	say_to_journal = false;
	if (getpeername(STDERR_FILENO, (struct sockaddr *)&a, &n) == 0 &&
	    a.sun_family == AF_UNIX)
		say_to_journal = say_is_journal(a.sun_path);
}

bool say_is_to_journal(void)
{
	return say_to_journal;
}

void say_to_syslog(int pid)
{
	say_syslog_pid = pid;
}

unsigned long say_lost(void)
{
	return say_nlost;
}

/*
 * Whoever reads stderr may have stopped.  That must not stop the relay: after the
 * first message that waited in vain, others are dropped until there is room again.
 */
static void say_write(const char *p, size_t n)
{
	static bool is_stuck;
	struct pollfd f = { .fd = STDERR_FILENO, .events = POLLOUT };
	int r;

	do {
		r = poll(&f, 1, is_stuck ? 0 : SAY_WAIT_MS);
	} while (r < 0 && errno == EINTR);
	is_stuck = r == 0;
	if (is_stuck || io_write_full(STDERR_FILENO, p, n, NULL) < 0)
		say_nlost++;
}

/* What a line begins with where its reader is a program. */
static size_t say_head(char *line, size_t cap, enum say_level level)
{
	int n = 0;

	if (say_syslog_pid)
		n = snprintf(line, cap,
			     "<%d>taprun[%d]: ", SAY_DAEMON * 8 + (int)level,
			     say_syslog_pid);
	else if (say_to_journal)
		n = snprintf(line, cap, "<%d>", (int)level);
	return (size_t)n;
}

/* One line of output; a newline in it begins another one of the same level. */
static void say_line(enum say_level level, const char *prefix, const char *text,
		     size_t n)
{
	char line[2048];
	size_t i, o;

	o = say_head(line, sizeof(line), level);
	o += (size_t)snprintf(line + o, sizeof(line) - o, "%s", prefix);
	for (i = 0; i < n && o < sizeof(line) - 5; i++) {
		unsigned char c = (unsigned char)text[i];

		/* a terminal must not be steered by text from elsewhere */
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			c = '?';
		if (c == '\n' && say_syslog_pid)
			c = ' '; /* a datagram is a line */
		line[o++] = (char)c;
		if (c == '\n' && say_to_journal && i + 1 < n) {
			line[o++] = '<';
			line[o++] = (char)('0' + level);
			line[o++] = '>';
		}
	}
	line[o++] = '\n';
	say_write(line, o);
}

static void say_fmt(enum say_level level, const char *prefix, const char *fmt,
		    va_list ap) __attribute__((format(printf, 3, 0)));

static void say_fmt(enum say_level level, const char *prefix, const char *fmt,
		    va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	say_line(level, prefix, text, strlen(text));
}

void say_err(const struct err *e)
{
	const char *name = bundle_reason_name(e->code);
	const char *hint = e->hint[0] ? e->hint : bundle_reason_hint(e->code);
	char text[sizeof(e->text) + 32];

	snprintf(text, sizeof(text), "%s%s%s%s", e->text, *name ? " [" : "",
		 name, *name ? "]" : "");
	say_line(SAY_ERROR, "taprun: ", text, strlen(text));
	if (*hint)
		say_line(SAY_NOTE, "hint: ", hint, strlen(hint));
	if (say_conf.on_err)
		say_conf.on_err(e);
}

void say_note(const char *fmt, ...)
{
	va_list ap;

	if (say_conf.is_quiet)
		return;
	va_start(ap, fmt);
	say_fmt(SAY_NOTE, "taprun: ", fmt, ap);
	va_end(ap);
}

void say_verbose(const char *fmt, ...)
{
	va_list ap;

	if (!say_conf.verbose)
		return;
	va_start(ap, fmt);
	say_fmt(SAY_DEBUG, "taprun: ", fmt, ap);
	va_end(ap);
}

/* With a full table a text is shown again; none is ever hidden. */
static bool say_is_new(const char *text, size_t n)
{
	static uint64_t seen[SAY_SEEN];
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a, 64 bits */
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
	h |= 1; /* 0 marks a free slot */
	for (i = 0; i < 8; i++) {
		uint64_t *slot = &seen[(h / 2 + i) % SAY_SEEN];

		if (*slot == h)
			return false;
		if (!*slot) {
			*slot = h;
			return true;
		}
	}
	return true;
}

void say_warning(const char *text, size_t n)
{
	if (say_conf.is_quiet || say_conf.no_warnings)
		return;
	if (say_conf.verbose || say_is_new(text, n))
		say_line(SAY_WARNING, "WARNING: ", text, n);
}

void say_warningf(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say_warning(text, strlen(text));
	if (say_conf.on_warning)
		say_conf.on_warning(text);
}

void say_error(const char *text, size_t n)
{
	say_line(SAY_ERROR, "ERROR: ", text, n);
}

void say_raw(const char *text, size_t n)
{
	while ((say_to_journal || say_syslog_pid) && n) {
		const char *end = memchr(text, '\n', n);
		size_t k = end ? (size_t)(end - text) : n;

		say_line(SAY_NOTE, "", text, k);
		k += end != NULL;
		text += k;
		n -= k;
	}
	if (n)
		say_write(text, n);
}
