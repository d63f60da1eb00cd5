// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words that a process keeps one after the other, each with its NUL: its command
 * line and its environment (tapset/base/context.stp).
 */
#include "runtime/core/bytes.h"

#define RT_WORDS_MAX 65536 /* bytes looked at, at most */

static void rt_words_begin(struct rt_bytes *b, u64 start, u64 end)
{
	u64 n = end < start ? 0 : end - start;

	taprt_bytes_begin(b, start, n < RT_WORDS_MAX ? n : RT_WORDS_MAX, true);
}

/* Words @first to @last (negative: to the end) with @delim between them. */
static void rt_words_join(char *dst, u32 size, u64 start, u64 end, s64 first,
			  s64 last, const char *delim)
{
	u32 n = rt_strnlen(delim, size);
	struct taprt_sink s;
	struct rt_bytes w;
	bool gap = false;
	s64 i = 0;
	char b;
	int ch;

	taprt_sink_buf(&s, dst, size);
	rt_words_begin(&w, start, end);
	while ((last < 0 || i <= last) && s.p < s.end &&
	       (ch = taprt_bytes_next(&w)) >= 0) {
		if (i >= first && gap)
			taprt_put_lit(&s, delim, n);
		gap = !ch && i >= first;
		if (!ch) {
			i++;
			continue;
		}
		b = ch;
		if (i >= first)
			taprt_put_lit(&s, &b, 1);
	}
	taprt_sink_end(&s);
}

/* What follows "@name=" in one of the words. */
static void rt_words_find(char *dst, u32 size, u64 start, u64 end,
			  const char *name)
{
	bool match = true, found = false;
	struct taprt_sink s;
	struct rt_bytes w;
	u32 i = 0;
	char b;
	int ch;

	taprt_sink_buf(&s, dst, size);
	rt_words_begin(&w, start, end);
	while ((ch = taprt_bytes_next(&w)) >= 0) {
		b = ch;
		if (!ch && found)
			break;
		if (found) {
			taprt_put_lit(&s, &b, 1);
		} else if (!ch) {
			match = true;
			i = 0;
		} else if (match && !name[i]) {
			found = ch == '=';
			match = false;
		} else if (match) {
			match = b == name[i++];
		}
	}
	taprt_sink_end(&s);
}
