// SPDX-License-Identifier: GPL-2.0-only
/*
 * With captures: states know in which order their threads are.
 *
 * A thread is one way through the NFA up to the last byte.  Two threads in one
 * state are compared by what they did since they parted; of two that come
 * together the worse one ends.  What counts is the lowest height at which each
 * has begun or ended a part since: who keeps deeper has the longer part, and a
 * later difference is one of a lower height, that is of an outer part, so it
 * overrides.  Where the heights are the same the parts end in the same places,
 * and the first mark after the parting decides: beginning before nothing, that
 * before ending, and the left alternative before the right one.
 *
 * Source: S. Okui, T. Suzuki, Disambiguation in regular expression matching via
 * position automata with augmented transitions (CIAA 2010), whose order this is.
 */
#include "build/regex/rx.h"

#include <string.h>

#define SEARCH UINT32_MAX /* the thread that has not begun: last of a state */
#define INF    INT16_MAX
#define LATER  (-1) /* the height of threads that began at different places */
#define NOWAY  UINT32_MAX

/**
 * struct order - thread x against thread y
 * @h: lowest height of x since they parted; LATER: began elsewhere
 * @d: -1: x is better, 1: y is, 0: no difference so far
 */
struct order {
	int16_t h, d;
};

/** struct tstate - @at: NFA states, ascending, SEARCH last; @o: n * n */
struct tstate {
	uint32_t n;
	uint32_t *at;
	struct order *o;
	bool bol;
};

/** struct path - from thread @from, over tag states tags[off … off + n) */
struct path {
	uint32_t from, off, n;
};

struct tdfa {
	struct rx_nfa *m;
	struct arena *a;
	VEC(struct tstate *) v;
	struct rx_keys keys, links, oplists;
	VEC(uint32_t) state_of; /* by key */
	VEC(uint16_t) next, link, pool;
	VEC(uint8_t) ops;
	VEC(uint32_t) link_at; /* by number in links */
	VEC(uint32_t) ops_at;  /* by number in oplists */
	VEC(uint32_t) tags;    /* of the closure being made */
	struct path *best;     /* by NFA state */
	VEC(uint32_t) reached; /* waiting for a byte, by rank */
	bool moved;	       /* a closure was made meanwhile */
	bool searches;	       /* something can begin behind the first byte */
};

/* ---- order --------------------------------------------------------------- */

static const struct rx_state *tag(const struct tdfa *d, const struct path *p,
				  uint32_t i)
{
	/* a path's tags were put there when the path was made */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	return &d->m->s.v[d->tags.v[p->off + i]];
}

static int16_t lowest(const struct tdfa *d, const struct path *p, uint32_t i,
		      int16_t h)
{
	for (; i < p->n; i++)
		if (tag(d, p, i)->height < h)
			h = (int16_t)tag(d, p, i)->height;
	return h;
}

/* The lowest height of what comes next but for ends of what is open. */
static int16_t inside(const struct rx_state *s)
{
	return (int16_t)(s->height + !s->is_close);
}

static bool same_tag(const struct rx_state *x, const struct rx_state *y)
{
	return x->node == y->node && x->is_close == y->is_close;
}

/* The first marks after the parting, at the same lowest height. */
static int16_t first_mark(const struct tdfa *d, const struct path *p,
			  const struct path *q, uint32_t i)
{
	const struct rx_state *x, *y;

	if (i == p->n && i == q->n)
		return 0;
	if (i == p->n)
		return tag(d, q, i)->is_close ? -1 : 1;
	if (i == q->n)
		return tag(d, p, i)->is_close ? 1 : -1;
	x = tag(d, p, i);
	y = tag(d, q, i);
	if (x->is_close != y->is_close)
		return x->is_close ? 1 : -1;
	return x->node->id < y->node->id ? -1 : 1;
}

/* p against q, two paths out of state @t; *@back: q against p. */
static struct order compare(const struct tdfa *d, const struct tstate *t,
			    const struct path *p, const struct path *q,
			    struct order *back)
{
	struct order pq = t->o[p->from * t->n + q->from];
	struct order qp = t->o[q->from * t->n + p->from];
	uint32_t i = 0;

	if (!pq.d) { /* not parted before */
		while (i < p->n && i < q->n &&
		       same_tag(tag(d, p, i), tag(d, q, i)))
			i++;
		pq.d = first_mark(d, p, q, i);
		qp.d = (int16_t)-pq.d;
		/* both are where the last mark they share has put them */
		if (i && pq.d)
			pq.h = qp.h = inside(tag(d, p, i - 1));
	}
	pq.h = lowest(d, p, i, pq.h);
	qp.h = lowest(d, q, i, qp.h);
	if (pq.h != qp.h) {
		pq.d = pq.h > qp.h ? -1 : 1;
		qp.d = (int16_t)-pq.d;
	}
	*back = qp;
	return pq;
}

/* ---- ways without a byte ------------------------------------------------- */

static void offer(struct tdfa *d, const struct tstate *t, uint32_t s,
		  const struct path *p)
{
	struct order back;

	if (d->best[s].from == NOWAY ||
	    compare(d, t, p, &d->best[s], &back).d < 0)
		d->best[s] = *p;
}

static struct path longer(struct tdfa *d, const struct path *p, uint32_t s)
{
	struct path q = { p->from, (uint32_t)d->tags.n, p->n + 1 };

	for (uint32_t i = 0; i < p->n; i++)
		vec_push(&d->tags, d->tags.v[p->off + i]);
	vec_push(&d->tags, s);
	return q;
}

/* The best path to every NFA state, d->best[], and d->reached. */
static bool closure(struct tdfa *d, const struct tstate *t, bool eol)
{
	struct rx_nfa *m = d->m;

	d->tags.n = d->reached.n = 0;
	for (size_t i = 0; i < m->s.n; i++)
		d->best[i].from = NOWAY;
	for (uint32_t i = 0; i < t->n; i++) {
		struct path p = { i, 0, 0 };

		offer(d, t, t->at[i] == SEARCH ? m->start : t->at[i], &p);
	}
	for (size_t i = 0; i < m->s.n; i++) {
		uint32_t at = m->by_rank[i];
		const struct rx_state *s = &m->s.v[at];
		struct path p = d->best[at];

		if (p.from == NOWAY)
			continue;
		for (uint32_t k = 0; k < s->nto; k++)
			offer(d, t, s->to[k], &p);
		if (s->kind == RXS_SET) {
			vec_push(&d->reached, at);
		} else if (s->kind == RXS_TAG) {
			p = longer(d, &p, at);
			offer(d, t, s->next, &p);
		} else if ((s->kind == RXS_BOL && t->bol) ||
			   (s->kind == RXS_EOL && eol)) {
			offer(d, t, s->next, &p);
		}
	}
	return rx_spend(m, m->s.n + d->tags.n * 2);
}

/* ---- tables -------------------------------------------------------------- */

/* Where the operations of @p are in ops[], last one first; -1: too many. */
static int ops_of(struct tdfa *d, const struct path *p)
{
	VEC(uint8_t) v = { 0 };
	uint32_t n;
	bool is_new;
	int at;

	for (uint32_t i = p->n; i > 0; i--) {
		const struct rx_state *s = tag(d, p, i - 1);

		if (s->node->kind == RX_GROUP)
			vec_push(&v,
				 (uint8_t)(s->node->group * 2 + s->is_close));
		if (!s->locks)
			continue;
		vec_push(&v, REGEX_OP_LOCK);
		vec_push(&v, (uint8_t)s->node->first);
		vec_push(&v, (uint8_t)s->node->last);
	}
	vec_push(&v, REGEX_OP_END);
	n = rx_keys_put(d->a, &d->oplists, v.v, v.n, &is_new);
	if (is_new) {
		vec_push(&d->ops_at, (uint32_t)d->ops.n);
		for (size_t i = 0; i < v.n; i++)
			vec_push(&d->ops, v.v[i]);
	}
	vec_deinit(&v);
	at = (int)d->ops_at.v[n];
	return d->ops.n > REGEX_MAX_POOL ? -1 : at;
}

/* 1 + where these pairs are in pool[], 0: nowhere; -1: too many. */
static int link_of(struct tdfa *d, const uint16_t *pairs, size_t n)
{
	uint32_t k;
	bool is_new;

	if (!n)
		return 0;
	k = rx_keys_put(d->a, &d->links, pairs, n * sizeof(*pairs), &is_new);
	if (is_new) {
		vec_push(&d->link_at, (uint32_t)d->pool.n + 1);
		for (size_t i = 0; i < n; i++)
			vec_push(&d->pool, pairs[i]);
	}
	return d->pool.n > REGEX_MAX_POOL ? -1 : (int)d->link_at.v[k];
}

static bool too_many_ops(struct tdfa *d)
{
	return rx_too_big(d->m->p, "its captures need too much memory");
}

static bool put_pair(struct tdfa *d, const struct tstate *t,
		     const struct path *p, uint16_t *pair)
{
	int ops = ops_of(d, p);

	if (ops < 0)
		return too_many_ops(d);
	/* every state that was kept has the path it was reached by */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	pair[0] = t->at[p->from] == SEARCH ? REGEX_SEARCH : (uint16_t)p->from;
	pair[1] = (uint16_t)ops;
	return true;
}

static bool put_entry(struct tdfa *d, size_t row, const uint16_t *pairs,
		      size_t npairs)
{
	int link = link_of(d, pairs, npairs);

	if (link < 0)
		return too_many_ops(d);
	vec_push(&d->next, (uint16_t)(row * d->m->ncols));
	vec_push(&d->link, (uint16_t)link);
	return true;
}

/* ---- states -------------------------------------------------------------- */

static uint32_t key_of(struct tdfa *d, const struct tstate *t, bool *is_new)
{
	VEC(uint32_t) k = { 0 };
	uint32_t ret;

	vec_push(&k, t->bol);
	for (uint32_t i = 0; i < t->n; i++)
		vec_push(&k, t->at[i]);
	for (uint32_t i = 0; i < t->n; i++)
		for (uint32_t j = 0; j < t->n; j++) {
			struct order o = t->o[i * t->n + j];

			vec_push(&k,
				 (uint32_t)(uint16_t)o.h << 16 | (uint16_t)o.d);
		}
	ret = rx_keys_put(d->a, &d->keys, k.v, k.n * sizeof(*k.v), is_new);
	vec_deinit(&k);
	return ret;
}

static struct tstate *state_new(struct tdfa *d, uint32_t n)
{
	struct tstate *t = arena_new(d->a, struct tstate);

	t->n = n;
	t->at = arena_array(d->a, uint32_t, n);
	t->o = arena_array(d->a, struct order, (size_t)n * n);
	for (uint32_t i = 0; i < n; i++)
		t->o[i * n + i].h = INF;
	return t;
}

/*
 * Where a match can end, threads that began later than it have lost; the search
 * too, but for what it begins right here.
 */
static struct tstate *cut(struct tdfa *d, struct tstate *t)
{
	const struct path *w;
	struct tstate *c;
	uint32_t n = 0, *kept;

	d->moved = true;
	if (!closure(d, t, false))
		return NULL;
	w = &d->best[d->m->accept];
	if (w->from == NOWAY)
		return t;
	kept = arena_array(d->a, uint32_t, t->n + 1);
	for (uint32_t i = 0; i < t->n; i++) {
		struct order o = t->o[w->from * t->n + i];

		if (!(o.h == LATER && o.d < 0))
			kept[n++] = i;
	}
	if (n == t->n)
		return t;
	c = state_new(d, n);
	c->bol = t->bol;
	for (uint32_t i = 0; i < n; i++) {
		c->at[i] = t->at[kept[i]];
		for (uint32_t j = 0; j < n; j++)
			c->o[i * n + j] = t->o[kept[i] * t->n + kept[j]];
	}
	return c;
}

/* The number of the state that @t is, once cut; -1: too much. */
static int state_put(struct tdfa *d, struct tstate *t)
{
	bool is_new;
	uint32_t k = key_of(d, t, &is_new), kc;
	struct tstate *c;

	if (!rx_spend(d->m, (size_t)t->n * t->n * 8))
		return -1;
	if (!is_new)
		return (int)d->state_of.v[k];
	vec_push(&d->state_of, 0);
	c = cut(d, t);
	if (!c)
		return -1;
	if (c != t) {
		kc = key_of(d, c, &is_new);
		if (!is_new) {
			d->state_of.v[k] = d->state_of.v[kc];
			return (int)d->state_of.v[k];
		}
		vec_push(&d->state_of, (uint32_t)d->v.n);
	}
	d->state_of.v[k] = (uint32_t)d->v.n;
	vec_push(&d->v, c);
	if ((d->v.n + 1) * d->m->ncols > REGEX_MAX_ENTRIES) {
		rx_too_big(d->m->p,
			   "its automaton has too many states with groups");
		return -1;
	}
	return (int)d->v.n - 1;
}

/* The next state after byte @c, before it is cut; @from[i]: the path to thread i. */
static struct tstate *step(struct tdfa *d, const struct tstate *t, bool search,
			   unsigned int c, const struct path **from)
{
	uint32_t at[RX_MAX_THREADS + 1], n = 0;
	struct order back;
	struct tstate *to;

	for (size_t r = 0; r < d->reached.n; r++) {
		const struct rx_state *s = &d->m->s.v[d->reached.v[r]];
		const struct path *p = &d->best[d->reached.v[r]];
		uint32_t i = 0, k;

		if (!rx_set_has(s->set, c))
			continue;
		while (i < n && at[i] < s->next)
			i++;
		if (i < n && at[i] == s->next) {
			if (compare(d, t, p, from[i], &back).d < 0)
				from[i] = p;
			continue;
		}
		if (n == RX_MAX_THREADS) {
			rx_too_big(
				d->m->p,
				"too many ways lead through it to tell its groups apart");
			return NULL;
		}
		for (k = n++; k > i; k--) {
			at[k] = at[k - 1];
			from[k] = from[k - 1];
		}
		at[i] = s->next;
		from[i] = p;
	}
	to = state_new(d, n + search);
	for (uint32_t i = 0; i < n; i++) {
		to->at[i] = at[i];
		for (uint32_t j = 0; j < i; j++)
			to->o[i * to->n + j] = compare(d, t, from[i], from[j],
						       &to->o[j * to->n + i]);
		if (!search)
			continue;
		to->o[i * to->n + n] = (struct order){ LATER, -1 };
		to->o[n * to->n + i] = (struct order){ LATER, 1 };
	}
	if (search)
		to->at[n] = SEARCH;
	return to;
}

/* The entry of state @t for byte @c; its closure has been made. */
static bool put_step(struct tdfa *d, const struct tstate *t, bool search,
		     unsigned int c)
{
	const struct path *from[RX_MAX_THREADS + 1] = { NULL };
	uint16_t pairs[2 * RX_MAX_THREADS];
	struct tstate *to = step(d, t, search, c, from);
	const struct tstate *is;
	size_t n = 0;
	int row;

	if (!to)
		return false;
	if (!to->n)
		return put_entry(d, 0, NULL, 0);
	d->moved = false;
	row = state_put(d, to);
	if (row < 0 || (d->moved && !closure(d, t, false)))
		return false;
	is = d->v.v[row];
	for (uint32_t i = 0, k = 0; i < is->n && is->at[i] != SEARCH; i++) {
		while (to->at[k] != is->at[i])
			k++;
		if (!put_pair(d, t, from[k], pairs + n))
			return false;
		n += 2;
	}
	return put_entry(d, (size_t)row + 1, pairs, n);
}

static bool put_accept(struct tdfa *d, const struct tstate *t, bool eol)
{
	uint16_t pair[2];

	if (!closure(d, t, eol))
		return false;
	if (d->best[d->m->accept].from == NOWAY)
		return put_entry(d, 0, NULL, 0);
	return put_pair(d, t, &d->best[d->m->accept], pair) &&
	       put_entry(d, 0, pair, 2);
}

static bool put_row(struct tdfa *d, const struct tstate *t)
{
	bool search;

	if (!put_accept(d, t, true) || !put_accept(d, t, false))
		return false;
	search = d->searches && t->at[t->n - 1] == SEARCH &&
		 d->best[d->m->accept].from == NOWAY;
	for (unsigned int c = 2; c < d->m->ncols; c++)
		if (!put_step(d, t, search, d->m->byte[c]))
			return false;
	return true;
}

static bool find_states(struct tdfa *d)
{
	struct tstate *first = state_new(d, 1);

	first->at[0] = SEARCH;
	if (!closure(d, first, true))
		return false;
	d->searches = d->reached.n || d->best[d->m->accept].from != NOWAY;
	first->bol = true;
	for (unsigned int c = 0; c < d->m->ncols; c++)
		put_entry(d, 0, NULL, 0);
	if (state_put(d, first) < 0)
		return false;
	for (size_t i = 0; i < d->v.n; i++)
		if (!put_row(d, d->v.v[i]))
			return false;
	return true;
}

bool rx_tdfa(struct rx_nfa *m, struct regex *re)
{
	struct tdfa d = { .m = m, .a = m->p->a };
	bool good;

	d.best = arena_array(d.a, struct path, m->s.n);
	good = find_states(&d);
	if (!d.pool.n) /* nothing matches it: C has no empty arrays */
		vec_push(&d.pool, 0);
	if (!d.ops.n)
		vec_push(&d.ops, REGEX_OP_END);
	re->nrows = (unsigned int)d.v.n + 1;
	re->start = m->ncols;
	re->npool = d.pool.n;
	re->nops = d.ops.n;
	re->next = arena_memdup(d.a, d.next.v, d.next.n * sizeof(uint16_t));
	re->link = arena_memdup(d.a, d.link.v, d.link.n * sizeof(uint16_t));
	re->pool = arena_memdup(d.a, d.pool.v, d.pool.n * 2);
	re->ops = arena_memdup(d.a, d.ops.v, d.ops.n);
	vec_deinit(&d.v);
	vec_deinit(&d.state_of);
	vec_deinit(&d.next);
	vec_deinit(&d.link);
	vec_deinit(&d.pool);
	vec_deinit(&d.ops);
	vec_deinit(&d.link_at);
	vec_deinit(&d.ops_at);
	vec_deinit(&d.tags);
	vec_deinit(&d.reached);
	return good;
}
