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
 */
struct dfa {
	struct rx_nfa *m;
	struct arena *a;
	struct rx_keys keys;
	VEC(uint16_t) next;
	uint32_t *seen, *stack, *key;
	uint32_t mark;
	size_t nkey;
	bool accepts;
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

	d->accepts = false;
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
	if (!closure(d, seed(d, from, c), bol, true))
		return -1;
	d->key[0] = d->accepts;
	if (d->nkey == 1 && !d->accepts)
		return ROW_NO;
	qsort(d->key + 1, d->nkey - 1, sizeof(*d->key), by_number);
	row = ROW_FIRST + rx_keys_put(d->a, &d->keys, d->key,
				      d->nkey * sizeof(*d->key), &is_new);
	if ((row + 1) * d->m->ncols > REGEX_MAX_ENTRIES) {
		rx_too_big(d->m->p, "its automaton has too many states");
		return -1;
	}
	return (int)row;
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
	for (uint32_t r = ROW_FIRST; r < ROW_FIRST + d->keys.v.n; r++) {
		bool end = *(const uint32_t *)d->keys.v.v[r - ROW_FIRST].p;

		vec_apush(d->a, &d->next, end ? ROW_YES : ROW_NO);
		for (unsigned int c = 1; c < d->m->ncols; c++) {
			row = step(d, r, d->m->byte[c]);
			if (row < 0)
				return false;
			vec_apush(d->a, &d->next, (uint16_t)row);
		}
	}
	return true;
}

/* ---- fewest states ------------------------------------------------------- */

/*
 * Moore's partition: states are the same until something tells them apart.
 * @part: of each row; the parts of rows 0 and 1 are 0 and 1.
 */
static bool partition(struct dfa *d, uint32_t *part, size_t *nparts)
{
	size_t n = ROW_FIRST + d->keys.v.n, cols = d->m->ncols, was;
	uint32_t *sig = arena_array(d->a, uint32_t, cols + 1);

	for (size_t r = 0; r < n; r++)
		part[r] = r < ROW_FIRST ? (uint32_t)r : ROW_FIRST;
	*nparts = 0;
	do {
		struct arena tmp;
		struct rx_keys k = { 0 };
		uint32_t *now = arena_array(d->a, uint32_t, n);
		bool is_new;

		was = *nparts;
		if (!rx_spend(d->m, n * cols / 8 + 1))
			return false;
		arena_init(&tmp);
		for (size_t r = 0; r < n; r++) {
			sig[cols] = part[r];
			for (size_t c = 0; c < cols; c++)
				sig[c] = part[d->next.v[r * cols + c]];
			now[r] =
				rx_keys_put(&tmp, &k, sig,
					    (cols + 1) * sizeof(*sig), &is_new);
		}
		*nparts = k.v.n;
		memcpy(part, now, n * sizeof(*part));
		arena_deinit(&tmp);
	} while (*nparts != was);
	return true;
}

bool rx_dfa(struct rx_nfa *m, struct regex *re)
{
	struct arena *a = m->p->a;
	struct dfa d = { .m = m, .a = a };
	uint32_t start = 0, *part;
	size_t nparts, cols = m->ncols;

	d.seen = arena_array(a, uint32_t, m->s.n);
	d.stack = arena_array(a, uint32_t, m->s.n);
	d.key = arena_array(a, uint32_t, m->s.n + 1);
	if (!find_states(&d, &start))
		return false;
	part = arena_array(a, uint32_t, ROW_FIRST + d.keys.v.n);
	if (!partition(&d, part, &nparts))
		return false;
	re->nrows = (unsigned int)nparts;
	re->start = (uint32_t)(part[start] * cols);
	re->next = arena_array(a, uint16_t, nparts * cols);
	for (size_t r = 0; r < ROW_FIRST + d.keys.v.n; r++)
		for (size_t c = 0; c < cols; c++)
			/* find_states() filled a row for every key */
			re->next[part[r] * cols + c] =
				/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
				(uint16_t)(part[d.next.v[r * cols + c]] * cols);
	return true;
}
