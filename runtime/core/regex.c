// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matching: one table lookup a byte, and with groups one more way back.  Where no
 * match has begun, the bytes that cannot begin one are passed faster.
 *
 * Nothing is tried twice, so the time is that of the string's length whatever the
 * pattern is.  build/regex/regex.h says what the tables hold.
 */
#include "runtime/core/part.h"

#define RT_OP_END  0xff
#define RT_OP_LOCK 0x80
#define RT_SEARCH  0xffff

bool taprt_regex_test(const struct taprt_regex *re, const char *s)
{
	u32 at = re->start, yes = re->ncols;

	/* the end of the string, column 0, leads to row 0 or 1 */
	while (at > yes) {
		if (at == re->wait)
			while (re->skip[(u8)*s])
				s++;
		at = re->next[at + re->col[(u8)*s++]];
	}
	return at;
}

static struct rt_match *rt_match_new(u32 cpu)
{
	u32 n = taprt_program.strsize;
	struct rt_match *m = taprt_alloc_cpu(sizeof(*m) + 3 * (size_t)n, cpu);

	if (!m)
		return NULL;
	m->path = (u16 *)(m + 1);
	m->subject = (char *)(m->path + n);
	return m;
}

/* @done: groups whose last round has been seen */
static void rt_match_ops(struct rt_match *m, const u8 *op, s32 pos, u64 *done)
{
	u32 g;

	for (; *op != RT_OP_END; op++) {
		if (*op == RT_OP_LOCK) {
			for (g = op[1]; g <= op[2]; g++)
				*done |= 1ULL << g;
			op += 2;
			continue;
		}
		g = *op / 2;
		if (*done >> g & 1)
			continue;
		if (*op & 1) {
			m->end[g] = pos;
		} else {
			m->start[g] = pos;
			*done |= 1ULL << g;
		}
	}
}

/* Back from the accepting @pair at @pos, to where the match began. */
static void rt_match_groups(struct rt_match *m, const struct taprt_regex *re,
			    const u16 *pair, u32 pos)
{
	u64 done = 0;
	u32 g;

	for (g = 0; g <= re->ngroups; g++)
		m->end[g] = -1;
	for (;;) {
		rt_match_ops(m, re->ops + pair[1], (s32)pos, &done);
		if (pair[0] == RT_SEARCH || !pos)
			return;
		pos--;
		pair = re->pool + re->link[m->path[pos]] - 1 + 2 * pair[0];
	}
}

bool taprt_regex_match(struct taprt_ctx *c, const struct taprt_regex *re,
		       const char *s)
{
	struct rt_match *m = rt_of(c)->match;
	u32 at = re->start, pos = 0, end = 0, link = 0;
	u32 max = taprt_program.strsize - 1;

	c->groups = 0;
	while (at) {
		/* the way back ends before these: they need no entry in path[] */
		if (at == re->wait)
			while (pos < max && re->skip[(u8)s[pos]])
				pos++;
		if (re->link[at + 1]) {
			link = re->link[at + 1];
			end = pos;
		}
		if (!s[pos] || pos >= max) {
			if (re->link[at]) {
				link = re->link[at];
				end = pos;
			}
			break;
		}
		at += re->col[(u8)s[pos]];
		m->path[pos++] = (u16)at;
		at = re->next[at];
	}
	if (!link)
		return false;
	rt_match_groups(m, re, re->pool + link - 1, end);
	rt_copy(m->subject, s, end);
	c->groups = re->ngroups + 1;
	return true;
}

/* ---- script functions ------------------------------------------------------------ */

void taprt_fn_matched(struct taprt_ctx *c, char *dst, u32 size, s64 n)
{
	const struct rt_match *m = rt_of(c)->match;
	u32 len;

	*dst = 0;
	if (!c->groups) {
		taprt_fail_num(c, "Attempted to get subexpression ", n,
			       " from failed match");
		return;
	}
	if (n < 0 || n >= c->groups) {
		taprt_fail_num(c, "Attempted to get nonexistent subexpression ",
			       n, "");
		return;
	}
	if (m->end[n] < 0)
		return;
	len = (u32)(m->end[n] - m->start[n]);
	if (len > size - 1)
		len = size - 1;
	rt_copy(dst, m->subject + m->start[n], len);
	dst[len] = 0;
}

void taprt_fn_matched_str(struct taprt_ctx *c, char *dst, u32 size)
{
	taprt_fn_matched(c, dst, size, 0);
}

s64 taprt_fn_ngroups(struct taprt_ctx *c)
{
	if (!c->groups)
		taprt_fail(
			c,
			"Attempted to get subexpression count from failed match");
	return c->groups;
}

/* ---- a context's match -------------------------------------------------------------- */

static int rt_regex_init(void)
{
	u32 i;

	for (i = 0; taprt_program.captures && i < taprt_ncpus; i++) {
		if (!taprt_cpus[i])
			continue;
		taprt_cpus[i]->match = rt_match_new(i);
		if (!taprt_cpus[i]->match)
			return -ENOMEM;
	}
	return 0;
}

static void rt_regex_exit(void)
{
	u32 i;

	for (i = 0; taprt_cpus && i < taprt_ncpus; i++) {
		if (!taprt_cpus[i])
			continue;
		taprt_free(taprt_cpus[i]->match);
		taprt_cpus[i]->match = NULL;
	}
}

const struct taprt_part taprt_part_regex = {
	.init = rt_regex_init,
	.exit = rt_regex_exit,
};
