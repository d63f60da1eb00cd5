/* SPDX-License-Identifier: GPL-2.0-only */
/* A table of conversions; libc's strftime() would look for a time zone. */
#include "runner/outname.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define OUTNAME_PIECE 32

static const char *const outname_days[] = { "Sun", "Mon", "Tue", "Wed",
					    "Thu", "Fri", "Sat" };
static const char *const outname_months[] = { "Jan", "Feb", "Mar", "Apr",
					      "May", "Jun", "Jul", "Aug",
					      "Sep", "Oct", "Nov", "Dec" };

/* letter, format and arguments; t: struct tm, s: unix seconds */
#define OUTNAME_CONVERSIONS(X)                                                 \
	X('%', "%%%s", "")                                                     \
	X('Y', "%04d", t->tm_year + 1900)                                      \
	X('y', "%02d", t->tm_year % 100)                                       \
	X('m', "%02d", t->tm_mon + 1)                                          \
	X('d', "%02d", t->tm_mday)                                             \
	X('H', "%02d", t->tm_hour)                                             \
	X('I', "%02d", (t->tm_hour + 11) % 12 + 1)                             \
	X('p', "%s", t->tm_hour < 12 ? "AM" : "PM")                            \
	X('M', "%02d", t->tm_min)                                              \
	X('S', "%02d", t->tm_sec)                                              \
	X('j', "%03d", t->tm_yday + 1)                                         \
	X('u', "%d", (t->tm_wday + 6) % 7 + 1)                                 \
	X('w', "%d", t->tm_wday)                                               \
	X('a', "%s", outname_days[t->tm_wday])                                 \
	X('b', "%s", outname_months[t->tm_mon])                                \
	X('s', "%llu", (unsigned long long)s)                                  \
	X('h', "%s", outname_months[t->tm_mon])                                \
	X('z', "%s", "+0000")                                                  \
	X('Z', "%s", "UTC")                                                    \
	X('F', "%04d-%02d-%02d", t->tm_year + 1900, t->tm_mon + 1, t->tm_mday) \
	X('R', "%02d:%02d", t->tm_hour, t->tm_min)                             \
	X('T', "%02d:%02d:%02d", t->tm_hour, t->tm_min, t->tm_sec)

/* The length, or -1: no such conversion. */
static int outname_piece(char *buf, char letter, const struct tm *t, uint64_t s)
{
	switch (letter) {
#define X(c, ...) \
	case c:   \
		return snprintf(buf, OUTNAME_PIECE, __VA_ARGS__);
		OUTNAME_CONVERSIONS(X)
#undef X
	default:
		return -1;
	}
}

int outname_check(const char *pattern, struct err *e)
{
	struct tm t = { 0 };
	char piece[OUTNAME_PIECE];
	const char *p;

	for (p = pattern; (p = strchr(p, '%')); p += 2) {
		if (p[1] && outname_piece(piece, p[1], &t, 0) >= 0)
			continue;
		err_set(e, ERR_INVALID, "-o: '%.2s' in '%s' is no time", p,
			pattern);
		return err_hint(e, "times are as in strftime(3), like %%F and "
				   "%%T; write %%%% for a '%%'");
	}
	return 0;
}

int outname_expand(char *buf, size_t cap, const char *pattern, uint64_t unix_s)
{
	char piece[OUTNAME_PIECE];
	time_t when = (time_t)unix_s;
	size_t n = 0, k;
	const char *p;
	struct tm t;

	if (!gmtime_r(&when, &t))
		memset(&t, 0, sizeof(t));
	for (p = pattern; *p; p++) {
		int len =
			*p == '%' ? outname_piece(piece, p[1], &t, unix_s) : -1;

		if (len >= 0) {
			p++;
		} else {
			piece[0] = *p;
			len = 1;
		}
		k = (size_t)len;
		if (n + k >= cap) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(buf + n, piece, k);
		n += k;
	}
	buf[n] = '\0';
	return (int)n;
}
