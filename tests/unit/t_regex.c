// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patterns against two judges: regexec(3), and the rules of POSIX written down as
 * they stand, tried on every way to split the string.
 *
 * regexec() says what matches and where.  It is not asked about groups inside
 * repetitions: there C libraries differ from the text of the standard and from one
 * another, and some do not return.  The second judge is asked about all of them.
 */
#include "tests/unit/regex_fix.h"

#include "build/regex/rx.h"
#include "tests/tap.h"

#include <regex.h>
#include <stdio.h>

#define MAXLEN 10

/* ---- the second judge ---------------------------------------------------- */

struct judge {
	const char *s;
	int len;
	signed char (*memo)[MAXLEN + 1][MAXLEN + 1]; /* by node */
	int start[RT_GROUPS], end[RT_GROUPS];
};

static bool fits(struct judge *j, struct rx_node *n, int from, int to);

static bool fits_cat(struct judge *j, struct rx_node *n, size_t kid, int from,
		     int to)
{
	if (kid == n->nkids)
		return from == to;
	for (int k = to; k >= from; k--)
		if (fits(j, n->kid[kid], from, k) &&
		    fits_cat(j, n, kid + 1, k, to))
			return true;
	return false;
}

/* @r rounds were made; the rest, with the rule about empty rounds. */
static bool fits_rounds(struct judge *j, struct rx_node *n, int r, int from,
			int to)
{
	if (r >= n->min && from == to)
		return true;
	if (n->max >= 0 && r >= n->max)
		return false;
	for (int k = to; k >= from + (r >= n->min); k--)
		if (fits(j, n->kid[0], from, k) &&
		    fits_rounds(j, n, r + 1, k, to))
			return true;
	return false;
}

static bool fits_node(struct judge *j, struct rx_node *n, int from, int to)
{
	switch (n->kind) {
	case RX_EMPTY:
		return from == to;
	case RX_SET:
		return to == from + 1 &&
		       rx_set_has(n->set, (unsigned char)j->s[from]);
	case RX_BOL:
		return from == to && !from;
	case RX_EOL:
		return from == to && from == j->len;
	case RX_CAT:
		return fits_cat(j, n, 0, from, to);
	case RX_ALT:
		for (size_t i = 0; i < n->nkids; i++)
			if (fits(j, n->kid[i], from, to))
				return true;
		return false;
	case RX_REPEAT:
		return fits_rounds(j, n, 0, from, to);
	default:
		return fits(j, n->kid[0], from, to);
	}
}

static bool fits(struct judge *j, struct rx_node *n, int from, int to)
{
	signed char *m = &j->memo[n->id][from][to];

	if (!*m)
		*m = fits_node(j, n, from, to) ? 1 : -1;
	return *m > 0;
}

static void forget(struct judge *j, const struct rx_node *n)
{
	for (unsigned int g = n->first; g <= n->last; g++)
		j->start[g] = j->end[g] = -1;
}

static void assign(struct judge *j, struct rx_node *n, int from, int to);

static void assign_rounds(struct judge *j, struct rx_node *n, int from, int to)
{
	struct rx_node *kid = n->kid[0];

	if (!n->min && from == to) {
		if (n->max && fits(j, kid, from, from))
			assign(j, kid, from, from);
		return;
	}
	for (int r = 0; r < n->min || from < to; r++) {
		int k = to;

		while (!fits(j, kid, from, k) || (r >= n->min && k == from) ||
		       !fits_rounds(j, n, r + 1, k, to))
			k--;
		forget(j, kid);
		assign(j, kid, from, k);
		from = k;
	}
}

static void assign(struct judge *j, struct rx_node *n, int from, int to)
{
	int k;

	switch (n->kind) {
	case RX_CAT:
		for (size_t i = 0; i < n->nkids; i++, from = k) {
			k = to;
			while (!fits(j, n->kid[i], from, k) ||
			       !fits_cat(j, n, i + 1, k, to))
				k--;
			assign(j, n->kid[i], from, k);
		}
		break;
	case RX_ALT:
		for (size_t i = 0; i < n->nkids; i++)
			if (fits(j, n->kid[i], from, to)) {
				assign(j, n->kid[i], from, to);
				break;
			}
		break;
	case RX_REPEAT:
		assign_rounds(j, n, from, to);
		break;
	case RX_GROUP:
		j->start[n->group] = from;
		j->end[n->group] = to;
		assign(j, n->kid[0], from, to);
		break;
	default:
		break;
	}
}

static bool judge(struct judge *j, struct rx_pattern *p, const char *s)
{
	size_t bytes = sizeof(*j->memo) * p->nnodes;

	j->s = s;
	j->len = (int)strlen(s);
	memset(j->memo, 0, bytes);
	for (int i = 0; i < RT_GROUPS; i++)
		j->start[i] = j->end[i] = -1;
	for (int from = 0; from <= j->len; from++)
		for (int to = j->len; to >= from; to--)
			if (fits(j, p->root, from, to)) {
				assign(j, p->root, from, to);
				return true;
			}
	return false;
}

/* ---- random patterns ----------------------------------------------------- */

static unsigned int seed = 1;

static unsigned int rnd(unsigned int n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

struct made {
	char s[256];
	size_t n;
	bool plain; /* regexec() knows the syntax */
	bool clear; /* no group in a repetition */
};

static void put(struct made *m, const char *s)
{
	size_t n = strlen(s);

	if (m->n + n < sizeof(m->s)) {
		memcpy(m->s + m->n, s, n);
		m->n += n;
	}
}

static void make(struct made *m, int depth, bool repeated)
{
	static const char *const atoms[] = { "a",  "b",	   "a",	   "b",
					     "ab", "[ab]", "[^a]", "." };
	static const char *const counts[] = { "*",   "+",     "?",     "*",
					      "{2}", "{1,2}", "{0,2}", "{2,}" };
	bool repeat = false;

	switch (rnd(depth > 0 ? 9 : 3)) {
	case 0:
	case 1:
	case 2:
		put(m, atoms[rnd(8)]);
		break;
	case 3:
	case 4:
		make(m, depth - 1, repeated);
		make(m, depth - 1, repeated);
		break;
	case 5:
		put(m, rnd(4) ? "(" : "(?:");
		if (m->s[m->n - 1] == ':')
			m->plain = false;
		else if (repeated)
			m->clear = false;
		make(m, depth - 1, repeated);
		put(m, "|");
		if (rnd(4))
			make(m, depth - 1, repeated);
		put(m, ")");
		repeat = rnd(2);
		break;
	case 6:
	case 7:
		put(m, "(");
		make(m, depth - 1, true);
		put(m, ")");
		m->clear = false;
		repeat = true;
		break;
	default:
		put(m, atoms[4 + rnd(4)]);
		repeat = true;
		break;
	}
	if (repeat) {
		m->clear &= m->s[m->n - 1] != ')';
		put(m, counts[rnd(8)]);
	}
}

static void make_pattern(struct made *m, int depth)
{
	*m = (struct made){ .plain = true, .clear = true };
	if (!rnd(10))
		put(m, "^");
	make(m, depth, false);
	if (!rnd(3)) {
		put(m, "|");
		make(m, depth - 1, false);
	}
	if (!rnd(10))
		put(m, "$");
	m->s[m->n] = 0;
}

static void make_string(char *s)
{
	unsigned int n = rnd(MAXLEN);

	for (unsigned int i = 0; i < n; i++)
		s[i] = "abc"[rnd(20) ? rnd(2) : 2];
	s[n] = 0;
}

/* ---- the comparison ------------------------------------------------------ */

struct tried {
	struct made m;
	struct taprt_regex test, match;
	struct rx_pattern p;
	regex_t posix;
	struct judge j;
	struct rt_cpu *r;
	bool has_posix;
};

static bool same_groups(struct tried *t, const char *s)
{
	const struct rt_match *m = t->r->match;

	for (unsigned int g = 0; g <= t->p.ngroups; g++) {
		int from = m->end[g] < 0 ? -1 : m->start[g];

		if (from == t->j.start[g] && m->end[g] == t->j.end[g])
			continue;
		printf("# %s on '%s': group %u is %d-%d, not %d-%d\n", t->m.s,
		       s, g, t->j.start[g], t->j.end[g], from, m->end[g]);
		return false;
	}
	return true;
}

static bool same_posix(struct tried *t, const char *s, bool matches)
{
	regmatch_t v[RT_GROUPS];
	const struct rt_match *m = t->r->match;
	unsigned int n = t->m.clear ? t->p.ngroups + 1 : 1;

	if (!t->has_posix)
		return true;
	if (!regexec(&t->posix, s, n, v, 0) != matches) {
		printf("# %s on '%s': regexec differs\n", t->m.s, s);
		return false;
	}
	for (unsigned int g = 0; matches && g < n; g++) {
		int from = m->end[g] < 0 ? -1 : m->start[g];

		if (from == v[g].rm_so && m->end[g] == v[g].rm_eo)
			continue;
		printf("# %s on '%s': regexec says group %u is %d-%d, not %d-%d\n",
		       t->m.s, s, g, v[g].rm_so, v[g].rm_eo, from, m->end[g]);
		return false;
	}
	return true;
}

static bool try_string(struct tried *t, const char *s)
{
	bool want = judge(&t->j, &t->p, s);
	bool got = taprt_regex_match(&t->r->c, &t->match, s);

	if (taprt_regex_test(&t->test, s) != want || got != want) {
		printf("# %s on '%s': should be %d\n", t->m.s, s, want);
		return false;
	}
	if (want && !same_groups(t, s))
		return false;
	return same_posix(t, s, want);
}

static bool try_pattern(struct tried *t, int strings)
{
	struct arena a;
	struct regex_fault f;
	struct regex *plain, *tags;
	char s[MAXLEN + 1];
	bool good = true;

	arena_init(&a);
	plain = regex_compile(&a, t->m.s, t->m.n, false, &f);
	tags = regex_compile(&a, t->m.s, t->m.n, true, &f);
	t->p = (struct rx_pattern){
		.a = &a, .text = t->m.s, .n = t->m.n, .f = &f
	};
	if (!plain || !tags || !rx_parse(&t->p)) {
		printf("# %s: %s\n", t->m.s, f.text);
		arena_deinit(&a);
		return f.too_big;
	}
	t->test = fix_tables(plain);
	t->match = fix_tables(tags);
	t->j.memo = arena_alloc(&a, sizeof(*t->j.memo) * t->p.nnodes);
	t->has_posix = t->m.plain && !regcomp(&t->posix, t->m.s, REG_EXTENDED);
	while (good && strings--) {
		make_string(s);
		good = try_string(t, s);
	}
	if (t->has_posix)
		regfree(&t->posix);
	arena_deinit(&a);
	return good;
}

static void test_random(struct rt_cpu *r, int depth, int n)
{
	struct tried t = { .r = r };
	int wrong = 0, posix = 0;

	for (int i = 0; i < n && wrong < 5; i++) {
		make_pattern(&t.m, depth);
		wrong += !try_pattern(&t, 25);
		posix += t.has_posix;
	}
	ok(!wrong, "%d random patterns of depth %d", n, depth);
	ok(posix > n / 4, "of which regexec judged many");
}

/* ---- known cases --------------------------------------------------------- */

static const struct known {
	const char *pat, *s, *want; /* groups as "from-to", "-" = none */
} known[] = {
	/* what stands before a match is passed over */
	{ "(n)(ee)dle", "z needl nneedle", "9-15 9-10 10-12" },
	{ "(a*)b", "zzaab", "2-5 2-4" },
	{ "(a*)b$", "zbzaab", "3-6 3-5" },
	{ "(x)$", "zzzzx", "4-5 4-5" },
	{ "(z)x", "zzzz", NULL },
	{ "()$", "zzzz", "4-4 4-4" },
	{ "(a|ab)(c|bcd)(d*)", "abcd", "0-4 0-2 2-3 3-4" },
	{ "(a|ab)(bcd|c)(d*)", "abcd", "0-4 0-2 2-3 3-4" },
	{ "(ab|a)(c|bcd)?", "abcd", "0-4 0-1 1-4" },
	{ "(a*)*", "", "0-0 0-0" },
	{ "(a*)*", "b", "0-0 0-0" },
	{ "(a*)*", "aa", "0-2 0-2" },
	{ "(a*)+", "aa", "0-2 0-2" },
	{ "(a*){2}", "aa", "0-2 2-2" },
	{ "(a|b)*", "abab", "0-4 3-4" },
	{ "((a)|b)*", "ab", "0-2 1-2 -" },
	{ "(a(b)?)+", "aba", "0-3 2-3 -" },
	{ "(.*)(.*)", "ab", "0-2 0-2 2-2" },
	{ "x*", "axx", "0-0" },
	{ "(x+)$", "xaxx", "2-4 2-4" },
	{ "^(b)", "ab", NULL },
	{ "(a){0}b", "ab", "1-2 -" },
	{ "(aba|ab|a)*", "ababa", "0-5 2-5" },
	{ "(^|b)(a)", "ba", "0-2 0-1 1-2" },
	{ "((..)|(.))((..)|(.))", "aaa", "0-3 0-2 0-2 - 2-3 - 2-3" },
	{ "((..)|(.)){3}", "aaaa", "0-4 3-4 - 3-4" },
	{ "()", "", "0-0 0-0" },
	{ "(|a)+", "aaa", "0-3 2-3" },
	{ "[]a]([^]b]+)", "x]ccb", "1-4 2-4" },
	{ "\\[(\\d)", "", "bad" },
};

static void show_groups(char *to, size_t size, const struct rt_match *m,
			unsigned int n)
{
	size_t at = 0;

	*to = 0;
	for (unsigned int g = 0; g <= n; g++) {
		const char *gap = g ? " " : "";

		if (m->end[g] < 0)
			at += (size_t)snprintf(to + at, size - at, "%s-", gap);
		else
			at += (size_t)snprintf(to + at, size - at, "%s%d-%d",
					       gap, m->start[g], m->end[g]);
	}
}

static void test_known(struct rt_cpu *r)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const struct known *k = &known[i];
		struct arena a;
		struct regex_fault f;
		struct regex *re;
		struct taprt_regex t;
		char got[512] = "bad";

		arena_init(&a);
		re = regex_compile(&a, k->pat, strlen(k->pat), true, &f);
		if (re) {
			t = fix_tables(re);
			if (taprt_regex_match(&r->c, &t, k->s))
				show_groups(got, sizeof(got), r->match,
					    re->ngroups);
			else
				strcpy(got, "none");
		}
		ok(!strcmp(got, k->want ? k->want : "none"), "%s on '%s': %s",
		   k->pat, k->s, got);
		arena_deinit(&a);
	}
}

/* ---- bounds -------------------------------------------------------------- */

static const struct {
	const char *pat;
	bool tags_fit, plain_fits;
} sizes[] = {
	{ "[ab]*a[ab]{10}x", true, true },
	{ "[ab]*a[ab]{20}x", false, false },
	{ "x{1000}", false, true },
	{ "y|x{2000}", false, true },
	{ "x{10000}", false, false },
	{ "x{200}", true, true },
	{ "(a{50}b{50}){20}", true, true },
	{ "(((((?:a|bc)a)?){3,7}){3,7}){2,}", false, true },
	{ "((a{100}){100}){100}", false, false },
	{ "(((((a*)*)*)*)*)*", true, true },
	{ "(a?){30}a{30}", true, true },
	{ "((a?b?)*(c?d?)*)*", true, true },
	{ "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)", true, true },
};

static void test_sizes(void)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct arena a;
		struct regex_fault f = { 0 }, g = { 0 };
		const char *p = sizes[i].pat;
		struct regex *x, *y;

		arena_init(&a);
		x = regex_compile(&a, p, strlen(p), false, &f);
		y = regex_compile(&a, p, strlen(p), true, &g);
		ok(!!x == sizes[i].plain_fits && (x || f.too_big),
		   "%s: %u rows", p, x ? x->nrows : 0);
		ok(!!y == sizes[i].tags_fit && (y || g.too_big),
		   "%s with groups: %u rows%s", p, y ? y->nrows : 0, g.text);
		arena_deinit(&a);
	}
}

int main(void)
{
	struct rt_cpu *r = fix_context();

	test_known(r);
	test_sizes();
	test_random(r, 2, 1500);
	test_random(r, 3, 1500);
	test_random(r, 4, 700);
	kc_free(r->match);
	kc_free(r);
	return tap_done();
}
