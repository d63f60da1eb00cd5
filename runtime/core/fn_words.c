// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words that a process keeps one after the other, each with its NUL: its command
 * line and its environment (tapset/base/context.stp).
 */
#include "runtime/core/core.h"

#define RT_WORDS_MAX   65536 /* bytes looked at, at most */
#define RT_WORDS_BLOCK 64

/**
 * struct rt_words - reads words byte by byte, a block at a time
 * @at: the next byte; @end: one past the last
 * @have: bytes of @block not given out yet, the last ones
 */
struct rt_words {
	u64 at, end;
	u32 have, size;
	char block[RT_WORDS_BLOCK];
};

static void rt_words_begin(struct rt_words *w, u64 start, u64 end)
{
	w->at = start;
	w->end = end < start		      ? start
		 : end - start > RT_WORDS_MAX ? start + RT_WORDS_MAX
					      : end;
	w->have = 0;
}

/* The next byte, or -1 at the end and where memory cannot be read. */
static int rt_words_next(struct rt_words *w)
{
	u64 left = w->end - w->at;

	if (!w->have) {
		if (!left)
			return -1;
		/* blocks never reach into a page that the words do not */
		w->size = RT_WORDS_BLOCK - (w->at & (RT_WORDS_BLOCK - 1));
		if (w->size > left)
			w->size = left;
		if (rt_read_mem(w->block, w->at, w->size, true))
			return -1;
		w->at += w->size;
		w->have = w->size;
	}
	return (u8)w->block[w->size - w->have--];
}

/* Words @first to @last (negative: to the end) with @delim between them. */
static void rt_words_join(char *dst, u32 size, u64 start, u64 end, s64 first,
			  s64 last, const char *delim)
{
	u32 n = rt_strnlen(delim, size);
	struct taprt_sink s;
	struct rt_words w;
	bool gap = false;
	s64 i = 0;
	char b;
	int ch;

	taprt_sink_buf(&s, dst, size);
	rt_words_begin(&w, start, end);
	while ((last < 0 || i <= last) && s.p < s.end &&
	       (ch = rt_words_next(&w)) >= 0) {
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
	struct rt_words w;
	u32 i = 0;
	char b;
	int ch;

	taprt_sink_buf(&s, dst, size);
	rt_words_begin(&w, start, end);
	while ((ch = rt_words_next(&w)) >= 0) {
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
