// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the tree to the NFA, each part built in front of what follows it.
 *
 * With tags no way without a byte leads back to where it was: rounds of a loop
 * beyond the needed number are built so that they cannot be empty, and an empty
 * round is a way of its own.  So the ways from one byte to the next can be
 * compared one after the other, in the order of the ranks.
 */
#include "build/regex/rx.h"

#include <string.h>

#define NONE UINT32_MAX

/* What a part may match where it is being built. */
enum mode { ANY, NONEMPTY, EMPTY };

struct builder {
	struct rx_nfa *m;
	bool tags, failed;
};

static uint32_t build(struct builder *b, struct rx_node *n, enum mode mode,
		      unsigned int h, uint32_t next, bool is_round);

bool rx_too_big(struct rx_pattern *p, const char *what)
{
	const struct rx_node *n = p->biggest;

	if (!n)
		return rx_fail(p, true, 0, p->n, "%s", what);
	return rx_fail(p, true, n->off, n->len,
		       "%s; this count contributes most", what);
}

bool rx_spend(struct rx_nfa *m, size_t n)
{
	if (n > RX_MAX_WORK - m->work)
		return rx_too_big(m->p,
				  "building its automaton takes too long");
	m->work += (unsigned int)n;
	return true;
}

static uint32_t state_new(struct builder *b, enum rxs_kind kind, uint32_t next)
{
	struct rx_state s = { .kind = kind, .next = next };

	if (b->m->s.n == RX_MAX_STATES) {
		b->failed = true;
		return NONE;
	}
	vec_apush(b->m->p->a, &b->m->s, s);
	return (uint32_t)b->m->s.n - 1;
}

/* Either of @x and @y, each of which may be impossible. */
static uint32_t split2(struct builder *b, uint32_t x, uint32_t y)
{
	uint32_t s;

	if (x == NONE || y == NONE || x == y)
		return x == NONE ? y : x;
	s = state_new(b, RXS_SPLIT, NONE);
	if (s == NONE)
		return NONE;
	b->m->s.v[s].to = arena_array(b->m->p->a, uint32_t, 2);
	b->m->s.v[s].to[0] = x;
	b->m->s.v[s].to[1] = y;
	b->m->s.v[s].nto = 2;
	return s;
}

static uint32_t build_alt(struct builder *b, struct rx_node *n, enum mode mode,
			  unsigned int h, uint32_t next)
{
	uint32_t *to = arena_array(b->m->p->a, uint32_t, n->nkids), nto = 0, s;

	for (size_t i = 0; i < n->nkids; i++) {
		uint32_t t = build(b, n->kid[i], mode, h + 1, next, false);

		if (t != NONE)
			to[nto++] = t;
	}
	if (nto < 2)
		return nto ? to[0] : NONE;
	s = state_new(b, RXS_SPLIT, NONE);
	if (s == NONE)
		return NONE;
	b->m->s.v[s].to = to;
	b->m->s.v[s].nto = nto;
	return s;
}

/* All of it behind one another; NONEMPTY: at least one of them is not empty. */
static uint32_t build_cat(struct builder *b, struct rx_node *n, enum mode mode,
			  unsigned int h, uint32_t next)
{
	uint32_t any = next, some = NONE;

	for (size_t i = n->nkids; i > 0 && !b->failed; i--) {
		struct rx_node *k = n->kid[i - 1];

		if (mode == NONEMPTY) {
			uint32_t x = build(b, k, NONEMPTY, h + 1, any, false);
			uint32_t y = build(b, k, EMPTY, h + 1, some, false);

			some = split2(b, x, y);
		}
		any = build(b, k, mode == EMPTY ? EMPTY : ANY, h + 1, any,
			    false);
	}
	return mode == NONEMPTY ? some : any;
}

/*
 * Up to @left more rounds (-1: any number), none of them empty.
 * *@some: the same with at least one.
 */
static uint32_t build_more(struct builder *b, struct rx_node *kid, int left,
			   unsigned int h, uint32_t next, uint32_t *some)
{
	enum mode mode = b->tags ? NONEMPTY : ANY;
	uint32_t any = next, loop;

	*some = NONE;
	for (int i = 0; i < left && !b->failed; i++) {
		*some = build(b, kid, mode, h + 1, any, true);
		any = split2(b, *some, next);
	}
	if (left >= 0)
		return any;
	loop = state_new(b, RXS_SPLIT, NONE);
	if (loop == NONE)
		return NONE;
	*some = build(b, kid, mode, h + 1, loop, true);
	if (*some == NONE)
		return next;
	b->m->s.v[loop].to = arena_array(b->m->p->a, uint32_t, 2);
	b->m->s.v[loop].to[0] = *some;
	b->m->s.v[loop].to[1] = next;
	b->m->s.v[loop].nto = 2;
	return loop;
}

/* No round is needed: one alone may be empty too, which beats having none. */
static uint32_t build_optional(struct builder *b, struct rx_node *n,
			       enum mode mode, unsigned int h, uint32_t next)
{
	struct rx_node *kid = n->kid[0];
	uint32_t any, some, empty = NONE;

	if (b->tags && n->max && mode != NONEMPTY)
		empty = build(b, kid, EMPTY, h + 1, next, true);
	if (mode == EMPTY)
		return split2(b, empty, next);
	any = build_more(b, kid, n->max, h, next, &some);
	return mode == NONEMPTY ? some : split2(b, any, empty);
}

static uint32_t build_repeat(struct builder *b, struct rx_node *n,
			     enum mode mode, unsigned int h, uint32_t next)
{
	struct rx_node *kid = n->kid[0];
	uint32_t any = next, some = NONE;

	if (!n->min)
		return build_optional(b, n, mode, h, next);
	if (mode != EMPTY)
		any = build_more(b, kid, n->max < 0 ? -1 : n->max - n->min, h,
				 next, &some);
	for (int i = 0; i < n->min && !b->failed; i++) {
		if (mode == NONEMPTY) {
			uint32_t x = build(b, kid, NONEMPTY, h + 1, any, true);
			uint32_t y = build(b, kid, EMPTY, h + 1, some, true);

			some = split2(b, x, y);
		}
		any = build(b, kid, mode == EMPTY ? EMPTY : ANY, h + 1, any,
			    true);
	}
	return mode == NONEMPTY ? some : any;
}

static uint32_t build_leaf(struct builder *b, struct rx_node *n, enum mode mode,
			   uint32_t next)
{
	uint32_t s;

	if (n->kind != RX_SET && mode == NONEMPTY)
		return NONE;
	if (n->kind == RX_EMPTY)
		return next;
	s = state_new(b,
		      n->kind == RX_SET	  ? RXS_SET
		      : n->kind == RX_BOL ? RXS_BOL
					  : RXS_EOL,
		      next);
	if (s != NONE)
		b->m->s.v[s].set = n->set;
	return s;
}

static uint32_t build_inside(struct builder *b, struct rx_node *n,
			     enum mode mode, unsigned int h, uint32_t next)
{
	switch (n->kind) {
	case RX_CAT:
		return build_cat(b, n, mode, h, next);
	case RX_ALT:
		return build_alt(b, n, mode, h, next);
	case RX_REPEAT:
		return build_repeat(b, n, mode, h, next);
	case RX_GROUP:
		return build(b, n->kid[0], mode, h + 1, next, false);
	default:
		return build_leaf(b, n, mode, next);
	}
}

static uint32_t build_tag(struct builder *b, struct rx_node *n, bool is_close,
			  unsigned int h, uint32_t next)
{
	uint32_t s = state_new(b, RXS_TAG, next);

	if (s == NONE)
		return NONE;
	b->m->s.v[s].node = n;
	b->m->s.v[s].is_close = is_close;
	b->m->s.v[s].height = (uint16_t)h;
	return s;
}

/* The state that begins @n with what @mode allows; NONE: there is nothing. */
static uint32_t build(struct builder *b, struct rx_node *n, enum mode mode,
		      unsigned int h, uint32_t next, bool is_round)
{
	bool marks = b->tags && (n->is_kept || n->kind == RX_GROUP);
	uint32_t s;

	b->failed |= !rx_spend(b->m, 1);
	if (next == NONE || b->failed || (mode == EMPTY && !n->nullable))
		return NONE;
	if (!n->nullable)
		mode = ANY;
	if (marks)
		next = build_tag(b, n, true, h, next);
	s = build_inside(b, n, mode, h, next);
	if (!marks || s == NONE)
		return s;
	s = build_tag(b, n, false, h, s);
	if (s != NONE)
		b->m->s.v[s].locks = is_round && n->first <= n->last;
	return s;
}

/* ---- order, columns ------------------------------------------------------ */

static void count_in(uint32_t *in, const struct rx_state *s)
{
	for (uint32_t i = 0; i < s->nto; i++)
		in[s->to[i]]++;
	if (s->kind != RXS_SET && s->next != NONE)
		in[s->next]++;
}

/* A state comes when all that lead to it have; there are no circles. */
static void rank(struct rx_nfa *m)
{
	struct arena *a = m->p->a;
	uint32_t *in = arena_array(a, uint32_t, m->s.n), n = 0;

	m->by_rank = arena_array(a, uint32_t, m->s.n);
	for (uint32_t i = 0; i < m->s.n; i++)
		count_in(in, &m->s.v[i]);
	for (uint32_t i = 0; i < m->s.n; i++)
		if (!in[i])
			m->by_rank[n++] = i;
	for (uint32_t i = 0; i < n; i++) {
		struct rx_state *s = &m->s.v[m->by_rank[i]];

		s->rank = i;
		for (uint32_t k = 0; k < s->nto; k++)
			if (!--in[s->to[k]])
				m->by_rank[n++] = s->to[k];
		if (s->kind != RXS_SET && s->next != NONE && !--in[s->next])
			m->by_rank[n++] = s->next;
	}
}

/* Bytes that no set tells apart share a column. */
static bool find_columns(struct rx_nfa *m)
{
	uint16_t c[256] = { 0 };
	const uint64_t *last = NULL;
	unsigned int n = 1;

	for (uint32_t i = 0; i < m->s.n; i++) {
		uint16_t
			part[512]; /* of a column, out and in: its number + 1 */

		/* rounds of a repetition have theirs in common */
		if (m->s.v[i].kind != RXS_SET || m->s.v[i].set == last)
			continue;
		if (!rx_spend(m, 256))
			return false;
		last = m->s.v[i].set;
		memset(part, 0, sizeof(part));
		n = 0;
		for (unsigned int b = 1; b < 256; b++) {
			bool in = rx_set_has(m->s.v[i].set, b);
			uint16_t *k = &part[c[b] * 2 + in];

			if (!*k)
				*k = (uint16_t)++n;
			c[b] = (uint16_t)(*k - 1);
		}
	}
	m->ncols = m->first_col + n;
	if (m->ncols > 256)
		return rx_too_big(m->p, "it tells too many bytes apart");
	for (unsigned int b = 255; b > 0; b--) {
		m->col[b] = (uint8_t)(m->first_col + c[b]);
		m->byte[m->col[b]] = (uint8_t)b;
	}
	return true;
}

void rx_columns(const struct rx_nfa *m, const uint32_t *s, size_t n,
		uint8_t like[256])
{
	const uint64_t *last = NULL;
	uint8_t other
		[256]; /* the first of a part that differs from its first */

	memset(like, (int)m->first_col, 256);
	for (size_t i = 0; i < n; i++) {
		const uint64_t *set = m->s.v[s[i]].set;

		if (set == last)
			continue;
		last = set;
		for (unsigned int c = m->first_col; c < m->ncols; c++) {
			uint8_t k = like[c];

			if (k == c)
				other[c] = 0;
			else if (rx_set_has(set, m->byte[c]) !=
				 rx_set_has(set, m->byte[k]))
				like[c] = other[k] ? other[k]
						   : (other[k] = (uint8_t)c);
		}
	}
}

bool rx_build(struct rx_nfa *m, bool tags, unsigned int first_col)
{
	struct builder b = { .m = m, .tags = tags };

	m->first_col = first_col;
	m->accept = state_new(&b, RXS_ACCEPT, NONE);
	m->start = build(&b, m->p->root, ANY, 0, m->accept, false);
	if (b.failed)
		return rx_too_big(m->p, "it has too many parts");
	if (tags)
		rank(m);
	return find_columns(m);
}
