// SPDX-License-Identifier: GPL-2.0-only
/* The text of a pattern: POSIX extended syntax and (?: ), without surprises. */
#include "build/regex/rx.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct reader {
	struct rx_pattern *p;
	size_t at;
	unsigned int depth;
};

static struct rx_node *read_alt(struct reader *r);

bool rx_fail(struct rx_pattern *p, bool too_big, size_t off, size_t len,
	     const char *fmt, ...)
{
	va_list ap;

	p->f->too_big = too_big;
	p->f->off = off;
	p->f->len = len;
	va_start(ap, fmt);
	vsnprintf(p->f->text, sizeof(p->f->text), fmt, ap);
	va_end(ap);
	return false;
}

static struct rx_node *node_new(struct reader *r, enum rx_kind kind, size_t off)
{
	struct rx_node *n = arena_new(r->p->a, struct rx_node);

	n->kind = kind;
	n->off = off;
	n->len = r->at - off;
	return n;
}

/* NULL, with the mistake from @off up to where we are. */
static struct rx_node *bad(struct reader *r, size_t off, const char *what)
{
	rx_fail(r->p, false, off, r->at > off ? r->at - off : 1, "%s", what);
	return NULL;
}

/* The next byte, or -1 at the end. */
static int peek(const struct reader *r)
{
	return r->at < r->p->n ? (unsigned char)r->p->text[r->at] : -1;
}

static bool looking_at(const struct reader *r, const char *s)
{
	size_t n = strlen(s);

	return r->p->n - r->at >= n && !memcmp(r->p->text + r->at, s, n);
}

/* ---- sets ---------------------------------------------------------------- */

/* Not ctype.h: the classes of the C locale, wherever the builder runs. */
static bool in_range(int c, int lo, int hi)
{
	return c >= lo && c <= hi;
}

static bool is_alpha(int c)
{
	return in_range(c | 0x20, 'a', 'z');
}

static bool is_digit(int c)
{
	return in_range(c, '0', '9');
}

static bool is_alnum(int c)
{
	return is_alpha(c) || is_digit(c);
}

static bool is_upper(int c)
{
	return in_range(c, 'A', 'Z');
}

static bool is_lower(int c)
{
	return in_range(c, 'a', 'z');
}

static bool is_space(int c)
{
	return c == ' ' || in_range(c, '\t', '\r');
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static bool is_graph(int c)
{
	return in_range(c, 0x21, 0x7e);
}

static bool is_print(int c)
{
	return in_range(c, 0x20, 0x7e);
}

static bool is_punct(int c)
{
	return is_graph(c) && !is_alnum(c);
}

static bool is_cntrl(int c)
{
	return in_range(c, 0, 0x1f) || c == 0x7f;
}

static bool is_xdigit(int c)
{
	return is_digit(c) || in_range(c | 0x20, 'a', 'f');
}

static const struct {
	const char *name;
	bool (*has)(int c);
} classes[] = {
	{ "[:alnum:]", is_alnum }, { "[:alpha:]", is_alpha },
	{ "[:blank:]", is_blank }, { "[:cntrl:]", is_cntrl },
	{ "[:digit:]", is_digit }, { "[:graph:]", is_graph },
	{ "[:lower:]", is_lower }, { "[:print:]", is_print },
	{ "[:punct:]", is_punct }, { "[:space:]", is_space },
	{ "[:upper:]", is_upper }, { "[:xdigit:]", is_xdigit },
};

static bool read_class(struct reader *r, uint64_t *set)
{
	size_t off = r->at;

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		if (!looking_at(r, classes[i].name))
			continue;
		r->at += strlen(classes[i].name);
		for (int c = 1; c < 256; c++)
			if (classes[i].has(c))
				rx_set_add(set, (unsigned int)c);
		return true;
	}
	r->at += 2;
	bad(r, off,
	    "unknown class of characters; known are alnum alpha blank cntrl "
	    "digit graph lower print punct space upper xdigit");
	return false;
}

/* One character, class or range of a set. */
static bool read_set_item(struct reader *r, uint64_t *set)
{
	size_t off = r->at;
	int lo = peek(r), hi;

	if (looking_at(r, "[:"))
		return read_class(r, set);
	if (looking_at(r, "[.") || looking_at(r, "[=")) {
		r->at += 2;
		return bad(r, off, "collating elements are not supported") !=
		       NULL;
	}
	r->at++;
	hi = lo;
	if (peek(r) == '-' && r->at + 1 < r->p->n &&
	    r->p->text[r->at + 1] != ']') {
		r->at++;
		if (looking_at(r, "[:") || looking_at(r, "[.") ||
		    looking_at(r, "[="))
			return bad(r, off, "a range ends with a character") !=
			       NULL;
		hi = peek(r);
		r->at++;
	}
	if (hi < lo)
		return bad(r, off, "the range ends before it begins") != NULL;
	for (; lo <= hi; lo++)
		rx_set_add(set, (unsigned int)lo);
	return true;
}

static struct rx_node *read_set(struct reader *r)
{
	size_t off = r->at++;
	uint64_t set[4] = { 0 };
	bool negated = peek(r) == '^', first = true;
	struct rx_node *n;

	r->at += negated;
	while (peek(r) != ']' || first) {
		if (peek(r) < 0)
			return bad(r, off,
				   "this set has no end: ']' is missing");
		if (!read_set_item(r, set))
			return NULL;
		first = false;
	}
	r->at++;
	n = node_new(r, RX_SET, off);
	for (int i = 0; i < 4; i++)
		n->set[i] = negated ? ~set[i] : set[i];
	n->set[0] &= ~1ULL; /* no string has a NUL in it */
	return n;
}

static struct rx_node *one_byte(struct reader *r, size_t off, int c)
{
	struct rx_node *n = node_new(r, RX_SET, off);

	rx_set_add(n->set, (unsigned int)c);
	return n;
}

/* ---- atoms --------------------------------------------------------------- */

static struct rx_node *read_escape(struct reader *r)
{
	size_t off = r->at++;
	int c = peek(r);

	if (c < 0)
		return bad(r, off, "nothing follows the backslash");
	r->at++;
	if (in_range(c, '1', '9'))
		return bad(r, off, "back references are not supported");
	if (is_alnum(c))
		return bad(r, off,
			   "a backslash in front of a letter or digit has no "
			   "meaning; see [[:digit:]], [[:space:]], …");
	return one_byte(r, off, c);
}

static struct rx_node *read_group(struct reader *r)
{
	size_t off = r->at++;
	bool captures = true;
	struct rx_node *n, *in;
	unsigned int group = 0;

	if (looking_at(r, "?:")) {
		r->at += 2;
		captures = false;
	} else if (peek(r) == '?') {
		r->at++;
		return bad(r, off, "of the (? groups only (?: is supported");
	}
	if (captures) {
		if (r->p->ngroups == REGEX_MAX_GROUPS) {
			rx_fail(r->p, true, off, 1, "more than %d groups",
				REGEX_MAX_GROUPS);
			return NULL;
		}
		group = ++r->p->ngroups;
	}
	if (++r->depth > RX_MAX_DEPTH) {
		rx_fail(r->p, true, off, 1, "groups nest deeper than %d levels",
			RX_MAX_DEPTH);
		return NULL;
	}
	in = read_alt(r);
	if (!in)
		return NULL;
	r->depth--;
	if (peek(r) != ')') {
		r->at = off + 1;
		return bad(r, off, "this group has no end: ')' is missing");
	}
	r->at++;
	if (!captures)
		return in;
	n = node_new(r, RX_GROUP, off);
	n->kid = arena_array(r->p->a, struct rx_node *, 1);
	n->kid[0] = in;
	n->nkids = 1;
	n->group = group;
	return n;
}

static struct rx_node *read_atom(struct reader *r)
{
	size_t off = r->at;
	struct rx_node *n;
	int c = peek(r);

	switch (c) {
	case '(':
		return read_group(r);
	case '[':
		return read_set(r);
	case '\\':
		return read_escape(r);
	case '*':
	case '+':
	case '?':
	case '{':
		r->at++;
		return bad(r, off, "nothing to repeat in front of this");
	default:
		break;
	}
	r->at++;
	if (!c)
		return bad(r, off, "no string has a NUL byte in it");
	if (c == '^' || c == '$')
		return node_new(r, c == '^' ? RX_BOL : RX_EOL, off);
	n = one_byte(r, off, c);
	if (c == '.')
		memset(n->set, 0xff, sizeof(n->set));
	n->set[0] &= ~1ULL;
	return n;
}

/* ---- repetitions --------------------------------------------------------- */

/* -1: no digits; -2: too large, and reported. */
static int read_count(struct reader *r)
{
	size_t off = r->at;
	int n = 0;

	while (is_digit(peek(r))) {
		if (n <= REGEX_MAX_COUNT)
			n = n * 10 + peek(r) - '0';
		r->at++;
	}
	if (n > REGEX_MAX_COUNT) {
		rx_fail(r->p, true, off, r->at - off, "a count is at most %d",
			REGEX_MAX_COUNT);
		return -2;
	}
	return r->at == off ? -1 : n;
}

static bool read_braces(struct reader *r, int *min, int *max)
{
	size_t off = r->at++;

	*min = read_count(r);
	if (*min == -2)
		return false;
	if (*min < 0)
		return bad(r, off,
			   "'{' begins a count: {n}, {n,} or {n,m}; "
			   "the character itself is \\\\{") != NULL;
	*max = *min;
	if (peek(r) == ',') {
		r->at++;
		*max = read_count(r);
		if (*max == -2)
			return false;
	}
	if (peek(r) != '}')
		return bad(r, off, "this count has no end: '}' is missing") !=
		       NULL;
	r->at++;
	if (*max >= 0 && *max < *min)
		return bad(r, off, "the most is less than the least") != NULL;
	return true;
}

static struct rx_node *read_repeat(struct reader *r)
{
	size_t off;
	struct rx_node *n = read_atom(r), *rep;
	int c = peek(r), min = c == '+', max = c == '?' ? 1 : -1;

	if (!n || c <= 0 || !strchr("*+?{", c))
		return n;
	off = r->at;
	if (n->kind == RX_BOL || n->kind == RX_EOL) {
		r->at++;
		return bad(r, off, "an anchor cannot be repeated");
	}
	if (c != '{')
		r->at++;
	else if (!read_braces(r, &min, &max))
		return NULL;
	rep = node_new(r, RX_REPEAT, off);
	rep->min = min;
	rep->max = max;
	rep->kid = arena_array(r->p->a, struct rx_node *, 1);
	rep->kid[0] = n;
	rep->nkids = 1;
	c = peek(r);
	off = r->at;
	if (c > 0 && strchr("*+?{", c)) {
		r->at++;
		return bad(r, off,
			   c == '?' ? "lazy repetitions are not supported: the "
				      "longest match is taken"
				    : "a repetition of a repetition needs a "
				      "group: (?: )");
	}
	return rep;
}

/* ---- sequences, alternatives --------------------------------------------- */

/* One node of kind @kind for @v, or the only one there is. */
static struct rx_node *join(struct reader *r, enum rx_kind kind, size_t off,
			    struct rx_node **v, size_t n)
{
	struct rx_node *j;

	if (n == 1)
		return v[0];
	j = node_new(r, n ? kind : RX_EMPTY, off);
	j->kid = arena_memdup(r->p->a, v, n * sizeof(struct rx_node *));
	j->nkids = n;
	return j;
}

static struct rx_node *read_cat(struct reader *r)
{
	VEC(struct rx_node *) v = { 0 };
	size_t off = r->at;

	while (peek(r) >= 0 && peek(r) != '|' && peek(r) != ')') {
		struct rx_node *n = read_repeat(r);

		if (!n)
			return NULL;
		vec_apush(r->p->a, &v, n);
	}
	return join(r, RX_CAT, off, v.v, v.n);
}

static struct rx_node *read_alt(struct reader *r)
{
	VEC(struct rx_node *) v = { 0 };
	size_t off = r->at;

	for (;;) {
		struct rx_node *n = read_cat(r);

		if (!n)
			return NULL;
		vec_apush(r->p->a, &v, n);
		if (peek(r) != '|')
			return join(r, RX_ALT, off, v.v, v.n);
		r->at++;
	}
}

/* ---- what is known of each node ------------------------------------------ */

static void number(struct rx_pattern *p, struct rx_node *n)
{
	bool any = n->kind == RX_ALT ? false : true;

	n->id = p->nnodes++;
	n->first = n->kind == RX_GROUP ? n->group : REGEX_MAX_GROUPS + 1;
	n->last = n->kind == RX_GROUP ? n->group : 0;
	for (size_t i = 0; i < n->nkids; i++) {
		struct rx_node *k = n->kid[i];

		number(p, k);
		if (k->first < n->first)
			n->first = k->first;
		if (k->last > n->last)
			n->last = k->last;
		any = n->kind == RX_ALT ? any || k->nullable
					: any && k->nullable;
	}
	n->nullable = n->kind != RX_SET && any;
	if (n->kind == RX_REPEAT) {
		int size = n->max > n->min ? n->max : n->min;
		const struct rx_node *b = p->biggest;

		n->nullable |= !n->min;
		if (size > 1 &&
		    (!b || size > (b->max > b->min ? b->max : b->min)))
			p->biggest = n;
	}
}

static bool has_group(const struct rx_node *n)
{
	return n->first <= n->last;
}

/*
 * What decides nothing about any group needs no marks: parts of a sequence
 * behind its last group, and the inside of what has no group in it.
 */
static void keep(struct rx_node *n)
{
	size_t from = n->nkids;

	if (!has_group(n))
		return;
	if (n->kind == RX_CAT)
		while (from && !has_group(n->kid[from - 1]))
			from--;
	for (size_t i = 0; i < n->nkids; i++) {
		/* a group marks its own place, which is that of its kid */
		n->kid[i]->is_kept = i < from && n->kind != RX_GROUP;
		keep(n->kid[i]);
	}
}

bool rx_parse(struct rx_pattern *p)
{
	struct reader r = { .p = p };
	struct rx_node *all, *root;

	if (p->n > RX_MAX_PATTERN)
		return rx_fail(p, true, 0, p->n, "more than %d bytes",
			       RX_MAX_PATTERN);
	all = read_alt(&r);
	if (!all)
		return false;
	if (r.at < p->n)
		return rx_fail(p, false, r.at, 1,
			       "this ')' closes no group; the character itself "
			       "is \\\\)");
	root = node_new(&r, RX_GROUP, 0);
	root->kid = arena_array(p->a, struct rx_node *, 1);
	root->kid[0] = all;
	root->nkids = 1;
	number(p, root);
	keep(all);
	p->root = root;
	return true;
}
