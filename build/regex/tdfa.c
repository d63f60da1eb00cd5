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

/**
 * struct tstate - threads, in the order of their NFA states
 * @bol: nothing was read yet
 * @key: @nkey words that say all of it: 2 * n + bol, @at, @start, @o
 * @at: NFA states, ascending, SEARCH last
 * @start: 0 for those that began first, and so on: the earlier one is better,
 *	and only those that began together need more to be compared
 * @o: for each start its threads against one another, squared
 * @row, @nth: of each thread: its row in @o, its column in the rows of others
 */
struct tstate {
	uint32_t n;
	bool bol;
	const uint32_t *key, *at, *start;
	const struct order *o;
	size_t nkey;
	uint32_t *row, *nth;
};

/** struct draft - the memory of a state that may turn out to be known */
struct draft {
	struct tstate t;
	VEC(uint32_t) w;
	uint32_t row[RX_MAX_THREADS + 1], nth[RX_MAX_THREADS + 1];
};

/** struct path - from thread @from, over tag states tags[off … off + n) whose
 * lowest height is @low */
struct path {
	uint32_t from, off, n;
	int16_t low;
};

/**
 * struct closure - where the threads of a state come without a byte
 * @tags: on the paths
 * @best: the best path to each NFA state
 * @visited, @reached: by rank: those that have one; those that wait for a byte
 * @todo: bits by rank: to be visited
 */
struct closure {
	VEC(uint32_t) tags;
	struct path *best;
	VEC(uint32_t) visited;
	VEC(uint32_t) reached;
	uint64_t *todo;
};

/** struct threads - where a byte leads to, ascending, and by which paths */
struct threads {
	uint32_t n, at[RX_MAX_THREADS + 1];
	const struct path *from[RX_MAX_THREADS + 1];
};

struct tdfa {
	struct rx_nfa *m;
	struct arena *a;
	VEC(struct tstate *) v;
	struct rx_keys keys, links, oplists;
	VEC(uint32_t) state_of; /* by key */
	VEC(uint16_t) next, link, pool;
	VEC(uint8_t) ops;
	VEC(uint32_t) link_at;	   /* by number in links */
	VEC(uint32_t) ops_at;	   /* by number in oplists */
	struct closure *c;	   /* the one that is looked at */
	struct closure rows, cuts; /* of the state of a row; of one to be cut */
	struct draft made, less;   /* by a step; what cutting it leaves */
	bool searches; /* something can begin behind the first byte */
	bool has_end;  /* somewhere the end of the string is asked for */
};

/* ---- order --------------------------------------------------------------- */

static const struct rx_state *tag(const struct tdfa *d, const struct path *p,
				  uint32_t i)
{
	/* a path's tags were put there when the path was made */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	return &d->m->s.v[d->c->tags.v[p->off + i]];
}

/* The lowest height of @h and of the tags from number @i on. */
static int16_t lowest(const struct tdfa *d, const struct path *p, uint32_t i,
		      int16_t h)
{
	if (!i)
		return h < p->low ? h : p->low;
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
	struct order pq = { LATER, -1 }, qp = { LATER, 1 };
	uint32_t i = 0;

	if (t->start[p->from] != t->start[q->from]) {
		bool is_later = t->start[p->from] > t->start[q->from];

		*back = is_later ? pq : qp;
		return is_later ? qp : pq;
	}
	pq = t->o[t->row[p->from] + t->nth[q->from]];
	qp = t->o[t->row[q->from] + t->nth[p->from]];
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
	uint32_t rank = d->m->s.v[s].rank;
	struct order back;

	if (d->c->best[s].from == NOWAY)
		d->c->todo[rank / 64] |= 1ULL << rank % 64;
	else if (compare(d, t, p, &d->c->best[s], &back).d >= 0)
		return;
	d->c->best[s] = *p;
}

static struct path longer(struct tdfa *d, const struct path *p, uint32_t s)
{
	struct path q = { p->from, (uint32_t)d->c->tags.n, p->n + 1, p->low };
	int16_t h = (int16_t)d->m->s.v[s].height;

	if (h < q.low)
		q.low = h;
	for (uint32_t i = 0; i < p->n; i++)
		vec_push(&d->c->tags, d->c->tags.v[p->off + i]);
	vec_push(&d->c->tags, s);
	return q;
}

/* Go on from state @at, all ways to which are known. */
static void visit(struct tdfa *d, const struct tstate *t, uint32_t at, bool eol)
{
	const struct rx_state *s = &d->m->s.v[at];
	struct path p = d->c->best[at];

	vec_push(&d->c->visited, at);
	for (uint32_t k = 0; k < s->nto; k++)
		offer(d, t, s->to[k], &p);
	if (s->kind == RXS_SET) {
		vec_push(&d->c->reached, at);
	} else if (s->kind == RXS_TAG) {
		p = longer(d, &p, at);
		offer(d, t, s->next, &p);
	} else if ((s->kind == RXS_BOL && t->bol) ||
		   (s->kind == RXS_EOL && eol)) {
		offer(d, t, s->next, &p);
	}
}

/* The best path to every NFA state, d->c->best[], and d->c->reached. */
static bool closure(struct tdfa *d, const struct tstate *t, bool eol)
{
	struct rx_nfa *m = d->m;
	size_t words = (m->s.n + 63) / 64;

	for (size_t i = 0; i < d->c->visited.n; i++)
		d->c->best[d->c->visited.v[i]].from = NOWAY;
	d->c->tags.n = d->c->reached.n = d->c->visited.n = 0;
	for (uint32_t i = 0; i < t->n; i++) {
		struct path p = { i, 0, 0, INF };

		offer(d, t, t->at[i] == SEARCH ? m->start : t->at[i], &p);
	}
	/* what is visited leads to higher ranks only */
	for (size_t w = 0; w < words; w++) {
		while (d->c->todo[w]) {
			size_t bit = (size_t)__builtin_ctzll(d->c->todo[w]);

			d->c->todo[w] &= d->c->todo[w] - 1;
			visit(d, t, m->by_rank[w * 64 + bit], eol);
		}
	}
	return rx_spend(m, words + d->c->visited.n * 2 + d->c->tags.n * 2);
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

/* Where the orders of each thread are; returns how many there are. */
static size_t lay_out(const uint32_t *start, uint32_t n, uint32_t *row,
		      uint32_t *nth)
{
	uint32_t size[RX_MAX_THREADS + 1], base[RX_MAX_THREADS + 1], all = 0;

	memset(size, 0, n * sizeof(*size));
	memset(base, 0, n * sizeof(*base));
	for (uint32_t i = 0; i < n; i++)
		nth[i] = size[start[i]]++;
	for (uint32_t g = 0; g < n && size[g]; g++) {
		base[g] = all;
		all += size[g] * size[g];
	}
	for (uint32_t i = 0; i < n; i++)
		row[i] = base[start[i]] + nth[i] * size[start[i]];
	return all;
}

/* The state whose key is @key; @row and @nth are those of lay_out(). */
static struct tstate view(const uint32_t *key, size_t nkey, uint32_t *row,
			  uint32_t *nth)
{
	uint32_t n = key[0] / 2;

	return (struct tstate){ .n = n,
				.bol = key[0] % 2,
				.key = key,
				.at = key + 1,
				.start = key + 1 + n,
				.o = (const struct order *)(key + 1 + 2 * n),
				.nkey = nkey,
				.row = row,
				.nth = nth };
}

/* Begin a state of @n threads; returns where its orders go. */
static struct order *draft(struct draft *f, uint32_t n, bool bol,
			   const uint32_t *at, const uint32_t *start)
{
	size_t size = 1 + 2 * (size_t)n + lay_out(start, n, f->row, f->nth);

	if (f->w.cap < size) {
		f->w.cap = size * 2;
		f->w.v = xrealloc(f->w.v, f->w.cap * sizeof(*f->w.v));
	}
	f->w.v[0] = 2 * n + bol;
	memcpy(f->w.v + 1, at, n * sizeof(*at));
	memcpy(f->w.v + 1 + n, start, n * sizeof(*start));
	f->t = view(f->w.v, size, f->row, f->nth);
	return (struct order *)(f->w.v + 1 + 2 * n);
}

static uint32_t number_of(struct tdfa *d, const struct draft *f, bool *is_new)
{
	return rx_keys_put(d->a, &d->keys, f->t.key,
			   f->t.nkey * sizeof(*f->t.key), is_new);
}

/* The draft as it is kept: its key was new, and is number @k. */
static struct tstate *keep(struct tdfa *d, const struct draft *f, uint32_t k)
{
	struct tstate *t = arena_new(d->a, struct tstate);
	size_t n = f->t.n * sizeof(uint32_t);

	*t = view(d->keys.v.v[k].p, f->t.nkey, arena_memdup(d->a, f->row, n),
		  arena_memdup(d->a, f->nth, n));
	return t;
}

/*
 * Where a match can end, threads that began later than it have lost; the search
 * too, but for what it begins right here.  1: d->less is what is left, 0: all of it; -1: too much.
 */
static int cut(struct tdfa *d, const struct tstate *t)
{
	uint32_t at[RX_MAX_THREADS + 1], start[RX_MAX_THREADS + 1], n = 0;
	const struct path *w = &d->cuts.best[d->m->accept];
	struct order *o;
	bool good;

	d->c = &d->cuts;
	good = closure(d, t, false);
	d->c = &d->rows;
	if (!good)
		return -1;
	if (w->from == NOWAY)
		return 0;
	for (uint32_t i = 0; i < t->n; i++) {
		if (t->start[i] > t->start[w->from])
			continue;
		at[n] = t->at[i];
		start[n++] = t->start[i];
	}
	if (n == t->n)
		return 0;
	o = draft(&d->less, n, t->bol, at, start);
	/* those of later starts were the last ones */
	memcpy(o, t->o, (d->less.t.nkey - 1 - 2 * (size_t)n) * sizeof(*o));
	return 1;
}

/* The number of the state that d->made is, once cut; -1: too much. */
static int state_put(struct tdfa *d)
{
	bool is_new;
	uint32_t k = number_of(d, &d->made, &is_new), kc;
	struct tstate *t;
	int is_cut;

	if (!rx_spend(d->m, d->made.t.nkey))
		return -1;
	if (!is_new)
		return (int)d->state_of.v[k];
	vec_push(&d->state_of, (uint32_t)d->v.n);
	t = keep(d, &d->made, k);
	is_cut = cut(d, t);
	if (is_cut < 0)
		return -1;
	if (is_cut) {
		kc = number_of(d, &d->less, &is_new);
		if (!is_new) {
			d->state_of.v[k] = d->state_of.v[kc];
			return (int)d->state_of.v[k];
		}
		vec_push(&d->state_of, (uint32_t)d->v.n);
		t = keep(d, &d->less, kc);
	}
	vec_push(&d->v, t);
	if ((d->v.n + 1) * d->m->ncols > REGEX_MAX_ENTRIES) {
		rx_too_big(d->m->p,
			   "its automaton has too many states with groups");
		return -1;
	}
	return (int)d->v.n - 1;
}

/* A thread at @s by the path @p, unless a better one is there; false: too many. */
static bool put_thread(struct tdfa *d, const struct tstate *t, uint32_t s,
		       const struct path *p, struct threads *v)
{
	uint32_t i = 0, end = v->n;
	struct order back;

	while (i < end) {
		uint32_t mid = (i + end) / 2;

		if (v->at[mid] < s)
			i = mid + 1;
		else
			end = mid;
	}
	if (i < v->n && v->at[i] == s) {
		if (compare(d, t, p, v->from[i], &back).d < 0)
			v->from[i] = p;
		return true;
	}
	if (v->n == RX_MAX_THREADS)
		return rx_too_big(
			d->m->p,
			"too many ways lead through it to tell its groups apart");
	memmove(v->at + i + 1, v->at + i, (v->n - i) * sizeof(*v->at));
	memmove(v->from + i + 1, v->from + i, (v->n - i) * sizeof(*v->from));
	v->at[i] = s;
	v->from[i] = p;
	v->n++;
	return true;
}

/* The places where threads began, those that are left numbered anew. */
static void find_starts(const struct tstate *t, const struct threads *v,
			bool search, uint32_t *start)
{
	uint32_t name[RX_MAX_THREADS + 1], n = 0;

	memset(name, 0, t->n * sizeof(*name));
	for (uint32_t i = 0; i < v->n; i++)
		name[t->start[v->from[i]->from]] = 1;
	for (uint32_t g = 0; g < t->n; g++)
		if (name[g])
			name[g] = n++;
	for (uint32_t i = 0; i < v->n; i++)
		start[i] = name[t->start[v->from[i]->from]];
	if (search)
		start[v->n] = n;
}

/* d->made: the next state after byte @c, before it is cut; @v: its threads. */
static bool step(struct tdfa *d, const struct tstate *t, bool search,
		 unsigned int c, struct threads *v)
{
	uint32_t start[RX_MAX_THREADS + 1], last[RX_MAX_THREADS + 1];
	uint32_t before[RX_MAX_THREADS + 1];
	const uint32_t *row = d->made.row, *nth = d->made.nth;
	struct order *o;

	v->n = 0;
	for (size_t r = 0; r < d->c->reached.n; r++) {
		const struct rx_state *s = &d->m->s.v[d->c->reached.v[r]];

		if (rx_set_has(s->set, c) &&
		    !put_thread(d, t, s->next, &d->c->best[d->c->reached.v[r]],
				v))
			return false;
	}
	find_starts(t, v, search, start);
	if (search)
		v->at[v->n] = SEARCH;
	o = draft(&d->made, v->n + search, false, v->at, start);
	memset(last, 0xff, sizeof(*last) * (v->n + search));
	for (uint32_t i = 0; i < v->n + search; i++) {
		o[row[i] + nth[i]] = (struct order){ INF, 0 };
		before[i] = last[start[i]];
		last[start[i]] = i;
		for (uint32_t j = before[i]; j != NOWAY; j = before[j])
			o[row[i] + nth[j]] =
				compare(d, t, v->from[i], v->from[j],
					&o[row[j] + nth[i]]);
	}
	return rx_spend(d->m, d->c->reached.n + v->n);
}

/* The entry of state @t for byte @c; its closure has been made. */
static bool put_step(struct tdfa *d, const struct tstate *t, bool search,
		     unsigned int c)
{
	uint16_t pairs[2 * RX_MAX_THREADS];
	const struct tstate *is;
	struct threads v;
	size_t n = 0;
	int row;

	if (!step(d, t, search, c, &v))
		return false;
	if (!d->made.t.n)
		return put_entry(d, 0, NULL, 0);
	row = state_put(d);
	if (row < 0)
		return false;
	is = d->v.v[row];
	for (uint32_t i = 0, k = 0; i < is->n && is->at[i] != SEARCH; i++) {
		/* step() filled it: the state's threads are among these */
		while (v.at[k] != is->at[i]) /* NOLINT(*UndefinedBinary*) */
			k++;
		if (!put_pair(d, t, v.from[k], pairs + n))
			return false;
		n += 2;
	}
	return put_entry(d, (size_t)row + 1, pairs, n);
}

/* Whether a match may end here; the closure has been made. */
static bool put_accept(struct tdfa *d, const struct tstate *t)
{
	uint16_t pair[2];

	if (d->c->best[d->m->accept].from == NOWAY)
		return put_entry(d, 0, NULL, 0);
	return put_pair(d, t, &d->c->best[d->m->accept], pair) &&
	       put_entry(d, 0, pair, 2);
}

/* Columns that are alike are found together. */
static bool put_row(struct tdfa *d, const struct tstate *t)
{
	size_t at = d->next.n;
	uint8_t like[256];
	bool search;

	if (!closure(d, t, d->has_end) || !put_accept(d, t))
		return false;
	if ((d->has_end && !closure(d, t, false)) || !put_accept(d, t))
		return false;
	search = d->searches && t->at[t->n - 1] == SEARCH &&
		 d->c->best[d->m->accept].from == NOWAY;
	rx_columns(d->m, d->c->reached.v, d->c->reached.n, like);
	for (unsigned int c = 2; c < d->m->ncols; c++) {
		if (like[c] < c) {
			vec_push(&d->next, d->next.v[at + like[c]]);
			vec_push(&d->link, d->link.v[at + like[c]]);
		} else if (!put_step(d, t, search, d->m->byte[c])) {
			return false;
		}
	}
	return rx_spend(d->m, d->m->ncols);
}

static bool find_states(struct tdfa *d)
{
	static const uint32_t at = SEARCH, start;
	struct order *o = draft(&d->made, 1, false, &at, &start);

	*o = (struct order){ INF, 0 };
	if (!closure(d, &d->made.t, true))
		return false;
	d->searches = d->c->reached.n || d->c->best[d->m->accept].from != NOWAY;
	o = draft(&d->made, 1, true, &at, &start);
	*o = (struct order){ INF, 0 };
	for (unsigned int c = 0; c < d->m->ncols; c++)
		put_entry(d, 0, NULL, 0);
	if (state_put(d) < 0)
		return false;
	for (size_t i = 0; i < d->v.n; i++)
		if (!put_row(d, d->v.v[i]))
			return false;
	return true;
}

static void closure_init(struct tdfa *d, struct closure *c)
{
	c->best = arena_array(d->a, struct path, d->m->s.n);
	c->todo = arena_array(d->a, uint64_t, d->m->s.n / 64 + 1);
	for (size_t i = 0; i < d->m->s.n; i++)
		c->best[i].from = NOWAY;
	d->c = c;
}

static void closure_deinit(struct closure *c)
{
	vec_deinit(&c->tags);
	vec_deinit(&c->visited);
	vec_deinit(&c->reached);
}

bool rx_tdfa(struct rx_nfa *m, struct regex *re)
{
	struct tdfa d = { .m = m, .a = m->p->a };
	bool good;

	closure_init(&d, &d.cuts);
	closure_init(&d, &d.rows);
	for (size_t i = 0; i < m->s.n; i++)
		d.has_end |= m->s.v[i].kind == RXS_EOL;
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
	vec_deinit(&d.made.w);
	vec_deinit(&d.less.w);
	closure_deinit(&d.cuts);
	closure_deinit(&d.rows);
	return good;
}
