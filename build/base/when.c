/* SPDX-License-Identifier: GPL-2.0-only */
/* Times as people give them to options. */
#include "build/base/when.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool all_digits(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

/* strptime() takes blanks and single digits; what it read is written again. */
static bool read_form(const char *text, const char *form, time_t *ret)
{
	struct tm tm = { 0 };
	char again[40];
	const char *end = strptime(text, form, &tm);

	if (!end || *end)
		return false;
	*ret = timegm(&tm);
	if (*ret == (time_t)-1 ||
	    !strftime(again, sizeof(again), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return false;
	return !strncmp(again, text, strlen(text));
}

bool when_parse(const char *text, bool is_end, uint64_t *ret)
{
	time_t t;

	if (all_digits(text)) {
		errno = 0;
		*ret = strtoull(text, NULL, 10);
		return !errno && *ret && *ret <= INT64_MAX;
	}
	if (read_form(text, "%Y-%m-%d", &t))
		t += is_end ? 86399 : 0;
	else if (!read_form(text, "%Y-%m-%dT%H:%M:%SZ", &t))
		return false;
	if (t <= 0)
		return false;
	*ret = (uint64_t)t;
	return true;
}
