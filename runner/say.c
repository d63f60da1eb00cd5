/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages on stderr: whole lines in one write, so that none interleave. */
#include "runner/say.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "bundle/limits.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SAY_SEEN 1024 /* different warnings remembered; a power of two */

struct say_conf say_conf;

static void say_line(const char *prefix, const char *text, size_t n)
{
	char line[2048];
	size_t i, o = strlen(prefix);

	memcpy(line, prefix, o);
	for (i = 0; i < n && o < sizeof(line) - 1; i++) {
		unsigned char c = (unsigned char)text[i];

		/* a terminal must not be steered by text from elsewhere */
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			c = '?';
		line[o++] = (char)c;
	}
	line[o++] = '\n';
	io_write_full(STDERR_FILENO, line, o, NULL);
}

static void say_fmt(const char *prefix, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void say_fmt(const char *prefix, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	say_line(prefix, text, strlen(text));
}

void say_err(const struct err *e)
{
	const char *name = bundle_reason_name(e->code);
	const char *hint = e->hint[0] ? e->hint : bundle_reason_hint(e->code);
	char text[sizeof(e->text) + 32];

	snprintf(text, sizeof(text), "%s%s%s%s", e->text, *name ? " [" : "",
		 name, *name ? "]" : "");
	say_line("taprun: ", text, strlen(text));
	if (*hint)
		say_line("hint: ", hint, strlen(hint));
	if (say_conf.on_err)
		say_conf.on_err(e);
}

void say_note(const char *fmt, ...)
{
	va_list ap;

	if (say_conf.is_quiet)
		return;
	va_start(ap, fmt);
	say_fmt("taprun: ", fmt, ap);
	va_end(ap);
}

void say_verbose(const char *fmt, ...)
{
	va_list ap;

	if (!say_conf.verbose)
		return;
	va_start(ap, fmt);
	say_fmt("taprun: ", fmt, ap);
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
		say_line("WARNING: ", text, n);
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
	say_line("ERROR: ", text, n);
}

void say_raw(const char *text, size_t n)
{
	io_write_full(STDERR_FILENO, text, n, NULL);
}
