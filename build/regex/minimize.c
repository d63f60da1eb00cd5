// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fewest rows that say the same: parts are split until nothing tells the
 * rows of one apart.
 *
 * Hopcroft's way: what a part is left for tells rows apart; of the two halves of
 * a part only the smaller one is looked at again, so that each row is looked at
 * a logarithmic number of times, also in a long chain.
 */
#include "build/regex/rx.h"

#include <string.h>

/**
 * struct split - rows by part
 * @row, @at: the rows, those of a part together; where each is
 * @part: of each row
 * @first, @n: of each part: where its rows begin in @row, how many; the first
 *	@met of them lead to the part that splits
 * @from, @from_at: by target row and column: the rows that lead there
 * @todo: parts that may still split others
 * @hit: parts with rows met
 */
struct split {
	uint32_t *row, *at, *part, *first, *n, *met, nparts;
	uint32_t *from, *from_at;
	uint32_t *todo, ntodo, *hit, nhit;
	size_t cols;
};

/* Sort the entries of the table by where they lead and by column. */
static void turn_around(struct split *s, const uint16_t *next, uint32_t nrows)
{
	size_t n = nrows * s->cols;

	for (size_t i = 0; i < n; i++)
		s->from_at[next[i] * s->cols + i % s->cols]++;
	for (size_t i = 1; i <= n; i++)
		s->from_at[i] += s->from_at[i - 1];
	/* from the end, so that the places become those of the first ones */
	for (size_t i = n; i > 0; i--) {
		size_t k = next[i - 1] * s->cols + (i - 1) % s->cols;

		s->from[--s->from_at[k]] = (uint32_t)((i - 1) / s->cols);
	}
}

static void put_part(struct split *s, uint32_t first, uint32_t n)
{
	s->first[s->nparts] = first;
	s->n[s->nparts] = n;
	for (uint32_t i = first; i < first + n; i++)
		s->part[s->row[i]] = s->nparts;
	s->todo[s->ntodo++] = s->nparts++;
}

/* Row @r leads to what splits: it goes to the front of its part. */
static void meet(struct split *s, uint32_t r)
{
	uint32_t p = s->part[r], to = s->first[p] + s->met[p];
	uint32_t other = s->row[to];

	if (s->at[r] < to)
		return; /* it is there already */
	if (!s->met[p]++)
		s->hit[s->nhit++] = p;
	s->row[s->at[r]] = other;
	s->at[other] = s->at[r];
	s->row[to] = r;
	s->at[r] = to;
}

/* Those met and those not part; the smaller half is the new part. */
static void split_hit(struct split *s)
{
	while (s->nhit) {
		uint32_t p = s->hit[--s->nhit];
		uint32_t met = s->met[p], rest = s->n[p] - met;
		uint32_t first = s->first[p];

		s->met[p] = 0;
		if (!rest)
			continue;
		s->n[p] = met > rest ? met : rest;
		s->first[p] = met > rest ? first : first + met;
		put_part(s, met > rest ? first + met : first,
			 met > rest ? rest : met);
	}
}

/* @rows: those of a part, as they are now: it may be split by itself. */
static bool split_by(struct rx_nfa *m, struct split *s, const uint32_t *rows,
		     uint32_t n)
{
	size_t steps = n * s->cols;

	for (size_t c = 0; c < s->cols; c++) {
		for (uint32_t i = 0; i < n; i++) {
			size_t k = rows[i] * s->cols + c;

			steps += s->from_at[k + 1] - s->from_at[k];
			for (uint32_t j = s->from_at[k]; j < s->from_at[k + 1];
			     j++)
				meet(s, s->from[j]);
		}
		split_hit(s);
	}
	return rx_spend(m, steps);
}

/* Number the parts by their first rows. */
static void number_parts(const struct split *s, uint32_t nrows, uint32_t *part)
{
	uint32_t n = 0, *name = s->met;

	for (uint32_t r = 0; r < nrows; r++) {
		if (!name[s->part[r]])
			name[s->part[r]] = ++n;
		part[r] = name[s->part[r]] - 1;
	}
}

uint32_t rx_minimize(struct rx_nfa *m, const uint16_t *next, uint32_t nrows,
		     uint32_t *part)
{
	struct arena *a = m->p->a;
	size_t entries = (size_t)nrows * m->ncols;
	struct split s = { .cols = m->ncols };
	uint32_t *rows = arena_array(a, uint32_t, nrows);

	s.row = arena_array(a, uint32_t, nrows);
	s.at = arena_array(a, uint32_t, nrows);
	s.part = arena_array(a, uint32_t, nrows);
	s.first = arena_array(a, uint32_t, nrows);
	s.n = arena_array(a, uint32_t, nrows);
	s.met = arena_array(a, uint32_t, nrows);
	s.todo = arena_array(a, uint32_t, nrows);
	s.hit = arena_array(a, uint32_t, nrows);
	s.from = arena_array(a, uint32_t, entries);
	s.from_at = arena_array(a, uint32_t, entries + 1);
	turn_around(&s, next, nrows);
	for (uint32_t r = 0; r < nrows; r++)
		s.row[r] = s.at[r] = r;
	put_part(&s, 0, 1);
	put_part(&s, 1, 1);
	if (nrows > 2)
		put_part(&s, 2, nrows - 2);
	while (s.ntodo) {
		uint32_t p = s.todo[--s.ntodo], n = s.n[p];

		memcpy(rows, s.row + s.first[p], n * sizeof(*rows));
		if (!split_by(m, &s, rows, n))
			return 0;
	}
	number_parts(&s, nrows, part);
	return s.nparts;
}
