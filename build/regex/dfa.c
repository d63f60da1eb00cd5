// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without captures: the smallest automaton that says yes as soon as it can.
 *
 * A state is the set of NFA states that wait for a byte, and whether the string
 * may end here.  The search goes on from every place: the start of the NFA is in
 * each state.
 */
#include "build/regex/rx.h"

#include <string.h>

enum { ROW_NO, ROW_YES, ROW_FIRST };

/**
 * struct dfa - while states are being found
 * @keys: of the states from ROW_FIRST on: end flag, then waiting NFA states
 * @next: rows * columns: row numbers
 * @seen, @mark: NFA states reached in the closure being made
 * @sees_end: one of them goes on where the string ends
 */
struct dfa {
	struct rx_nfa *m;
	struct arena *a;
	struct rx_keys keys;
	VEC(uint16_t) next;
	uint32_t *seen, *stack, *key;
	uint32_t mark;
	size_t nkey;
	bool accepts, sees_end;
};

static void push(struct dfa *d, size_t *n, uint32_t s)
{
	if (d->seen[s] == d->mark)
		return;
	d->seen[s] = d->mark;
	d->stack[(*n)++] = s;
}

/* All that the states on the stack reach; those that wait go to the key. */
static bool closure(struct dfa *d, size_t n, bool bol, bool eol)
{
	size_t steps = n;

	d->accepts = d->sees_end = false;
	while (n) {
		const struct rx_state *s = &d->m->s.v[d->stack[--n]];
		uint32_t at = d->stack[n];

		steps += 1 + s->nto;
		for (uint32_t i = 0; i < s->nto; i++)
			push(d, &n, s->to[i]);
		if (s->kind == RXS_SET && !eol)
			d->key[d->nkey++] = at;
		else if (s->kind == RXS_ACCEPT)
			d->accepts = true;
		else if ((s->kind == RXS_BOL && bol) ||
			 (s->kind == RXS_EOL && eol))
			push(d, &n, s->next);
		else if (s->kind == RXS_EOL)
			d->sees_end = true;
	}
	return rx_spend(d->m, steps);
}

/* Put the start and what follows the key states of row @from on byte @c on the
 * stack; @from 0: nothing comes before. */
static size_t seed(struct dfa *d, uint32_t from, int c)
{
	const struct rx_key *k;
	const uint32_t *v;
	size_t n = 0;

	d->mark++;
	push(d, &n, d->m->start);
	if (!from)
		return n;
	k = &d->keys.v.v[from - ROW_FIRST];
	v = k->p;
	for (size_t i = 1; i < k->n / sizeof(*v); i++)
		if (rx_set_has(d->m->s.v[v[i]].set, (unsigned int)c))
			push(d, &n, d->m->s.v[v[i]].next);
	return n;
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

/* Put the states of the key in order. */
static void sort_key(struct dfa *d)
{
	size_t n = 1;

	if (d->nkey < d->m->s.n / 16) {
		qsort(d->key + 1, d->nkey - 1, sizeof(*d->key), by_number);
		return;
	}
	for (uint32_t i = 0; n < d->nkey; i++)
		if (d->seen[i] == d->mark && d->m->s.v[i].kind == RXS_SET)
			d->key[n++] = i;
}

/* The row that byte @c leads to from row @from, -1: too much. */
static int step(struct dfa *d, uint32_t from, int c)
{
	bool is_new, bol = !from;
	uint32_t row;

	d->nkey = 1;
	if (!closure(d, seed(d, from, c), bol, false))
		return -1;
	if (d->accepts)
		return ROW_YES;
	sort_key(d);
	if (d->sees_end && !closure(d, seed(d, from, c), bol, true))
		return -1;
	d->key[0] = d->accepts;
	if (d->nkey == 1 && !d->accepts)
		return ROW_NO;
	row = ROW_FIRST + rx_keys_put(d->a, &d->keys, d->key,
				      d->nkey * sizeof(*d->key), &is_new);
	if ((row + 1) * d->m->ncols > REGEX_MAX_ENTRIES) {
		rx_too_big(d->m->p, "its automaton has too many states");
		return -1;
	}
	return (int)row;
}

/* Where each byte leads from row @r; columns that are alike, together. */
static bool put_row(struct dfa *d, uint32_t r)
{
	const struct rx_key *k = &d->keys.v.v[r - ROW_FIRST];
	const uint32_t *key = k->p;
	size_t at = (size_t)r * d->m->ncols;
	uint8_t like[256];

	vec_apush(d->a, &d->next, key[0] ? ROW_YES : ROW_NO);
	rx_columns(d->m, key + 1, k->n / sizeof(*key) - 1, like);
	if (!rx_spend(d->m, d->m->ncols))
		return false;
	for (unsigned int c = 1; c < d->m->ncols; c++) {
		int row = like[c] < c ? d->next.v[at + like[c]]
				      : step(d, r, d->m->byte[c]);

		if (row < 0)
			return false;
		vec_apush(d->a, &d->next, (uint16_t)row);
	}
	return true;
}

static bool find_states(struct dfa *d, uint32_t *start)
{
	int row = step(d, 0, 0);

	if (row < 0)
		return false;
	*start = (uint32_t)row;
	for (uint32_t r = 0; r < ROW_FIRST; r++)
		for (unsigned int c = 0; c < d->m->ncols; c++)
			vec_apush(d->a, &d->next, (uint16_t)r);
	for (uint32_t r = ROW_FIRST; r < ROW_FIRST + d->keys.v.n; r++)
		if (!put_row(d, r))
			return false;
	return true;
}

bool rx_dfa(struct rx_nfa *m, struct regex *re)
{
	struct arena *a = m->p->a;
	struct dfa d = { .m = m, .a = a };
	uint32_t start = 0, n, *part;
	size_t cols = m->ncols;

	d.seen = arena_array(a, uint32_t, m->s.n);
	d.stack = arena_array(a, uint32_t, m->s.n);
	d.key = arena_array(a, uint32_t, m->s.n + 1);
	if (!find_states(&d, &start))
		return false;
	n = (uint32_t)(d.next.n / cols);
	part = arena_array(a, uint32_t, n);
	re->nrows = rx_minimize(m, d.next.v, n, part);
	if (!re->nrows)
		return false;
	re->start = (uint32_t)(part[start] * cols);
	re->next = arena_array(a, uint16_t, re->nrows * cols);
	for (size_t r = 0; r < n; r++)
		for (size_t c = 0; c < cols; c++)
			/* find_states() filled a row for every key */
			re->next[part[r] * cols + c] =
				/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
				(uint16_t)(part[d.next.v[r * cols + c]] * cols);
	return true;
}
