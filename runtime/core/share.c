// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arrays whose values are spread: every CPU adds to cells of its own.
 *
 * Statistics, and counters that handlers only add to.  The keys are in the table all
 * CPUs share, which is only read once a key is there; a cell belongs to the node
 * with its index.  What was deleted need not be wiped: a cell counts only while its
 * generation is its node's.  A counter is a statistic of which only the sum is read.
 *
 * Locks: the table's, to insert; then a CPU's, to touch its cells.  Holding its own
 * keeps a CPU's nodes from being evicted.
 *
 * Memory: possible CPUs * (entries + 1) * cell; a cell is 24 bytes and what else is
 * kept, rounded up to a power of two or a multiple of 64.
 */
#include "runtime/core/cpu.h"

struct rt_cell {
	u64 gen;
	struct rt_statv v;
};

struct rt_cells {
	u32 lock;
	bool fed; /* anything was ever added here */
	char *mem;
} RT_ALIGNED;

static inline struct rt_cell *rt_cell(const struct taprt_map *m,
				      const struct rt_cells *cells,
				      struct rt_node *n)
{
	return (struct rt_cell *)(cells->mem +
				  (size_t)rt_spread(n)->cell * m->cell_bytes);
}

/* ---- adding -------------------------------------------------------------------- */

static void rt_cell_reset(struct taprt_map *m, struct rt_cell *cell, u64 gen)
{
	memset(&cell->v, 0, rt_shape_bytes(&m->shape));
	rt_store_release(&cell->gen, gen);
}

static inline void rt_cell_add(struct taprt_map *m, struct rt_cells *cells,
			       struct rt_node *n, s64 v)
{
	struct rt_cell *cell = rt_cell(m, cells, n);

	if (unlikely(cell->gen != rt_spread(n)->gen)) {
		rt_cell_reset(m, cell, rt_spread(n)->gen);
		rt_write_once(cells->fed, true);
	}
	rt_statv_add(&cell->v, v, &m->shape);
}

/* Every CPU's cells, or only @own; false with none locked after a long wait. */
static bool rt_cells_lock(struct taprt_map *m, struct rt_cells *own)
{
	u32 i;

	if (own)
		return rt_spin(&own->lock);
	for (i = 0; i < taprt_ncpus; i++) {
		if (rt_spin(&m->cpu[i].lock))
			continue;
		while (i--)
			rt_unspin(&m->cpu[i].lock);
		return false;
	}
	return true;
}

static void rt_cells_unlock(struct taprt_map *m, struct rt_cells *own)
{
	u32 i;

	if (own)
		rt_unspin(&own->lock);
	for (i = 0; !own && i < taprt_ncpus; i++)
		rt_unspin(&m->cpu[i].lock);
}

/* A key this CPU did not find: insert it, unless another CPU just has. */
static __attribute__((__noinline__)) void
rt_share_add_new(struct taprt_ctx *c, struct taprt_map *m,
		 const union taprt_key *k, u64 h, s64 v)
{
	struct rt_cells *cells = &m->cpu[rt_of(c)->cpu], *own = cells;
	struct rt_table *t = &m->t;
	struct rt_node *n;

	if (!rt_spin(&t->lock)) {
		taprt_give_up(c);
		return;
	}
	n = rt_find(m, t, k, h);
	/* who evicts a node must know that nobody is at it */
	if (!n && m->g->wrap && t->count == m->max_entries)
		own = NULL;
	if (!rt_cells_lock(m, own)) {
		rt_unspin(&t->lock);
		taprt_give_up(c);
		return;
	}
	if (!n)
		n = rt_insert(m, k, h);
	if (n)
		rt_cell_add(m, cells, n, v);
	else
		taprt_fail(c, m->full);
	rt_cells_unlock(m, own);
	rt_unspin(&t->lock);
}

/* Apart, so that rt_share_add1() needs no stack of its own. */
static __attribute__((__noinline__)) void
rt_share_add_new1(struct taprt_ctx *c, struct taprt_map *m, s64 k, u64 h, s64 v)
{
	union taprt_key key;

	key.i = k;
	rt_share_add_new(c, m, &key, h, v);
}

void taprt_map_add(struct taprt_ctx *c, struct taprt_map *m,
		   const union taprt_key *k, s64 v)
{
	struct rt_cells *cells = &m->cpu[rt_of(c)->cpu];
	u64 h = rt_hash(m, k);
	struct rt_node *n;

	if (unlikely(!rt_spin(&cells->lock))) {
		taprt_give_up(c);
		return;
	}
	n = rt_find(m, &m->t, k, h);
	if (likely(n))
		rt_cell_add(m, cells, n, v);
	rt_unspin(&cells->lock);
	if (unlikely(!n))
		rt_share_add_new(c, m, k, h, v);
}

void taprt_map_add1(struct taprt_ctx *c, struct taprt_map *m, s64 k, s64 v)
{
	struct rt_cells *cells = &m->cpu[rt_of(c)->cpu];
	u64 h = rt_hash_long(m, k);
	struct rt_node *n;

	if (unlikely(!rt_spin(&cells->lock))) {
		taprt_give_up(c);
		return;
	}
	n = rt_find_long(&m->t, m->koff[0], k, h);
	if (likely(n))
		rt_cell_add(m, cells, n, v);
	rt_unspin(&cells->lock);
	if (unlikely(!n))
		rt_share_add_new1(c, m, k, h, v);
}

/* ---- reading ------------------------------------------------------------------- */

/* The cell of @n on CPU @i, or NULL when nothing is in it. */
static struct rt_cell *rt_cell_of(struct taprt_map *m, u32 i, struct rt_node *n)
{
	struct rt_cells *cells = &m->cpu[i];
	struct rt_cell *cell;

	if (!rt_read_once(cells->fed))
		return NULL;
	cell = rt_cell(m, cells, n);
	return rt_load_acquire(&cell->gen) == rt_spread(n)->gen ? cell : NULL;
}

const struct taprt_statval *taprt_map_get_stat(struct taprt_ctx *c,
					       struct taprt_map *m,
					       const union taprt_key *k)
{
	struct rt_node *n = rt_lookup(m, k);
	s64 *bucket = rt_of(c)->hist;
	struct rt_cell *cell;
	u32 i;

	rt_statval_init(&c->stat, bucket, m->shape.nbuckets);
	for (i = 0; n && i < taprt_ncpus; i++) {
		cell = rt_cell_of(m, i, n);
		if (!cell)
			continue;
		if (!rt_spin(&m->cpu[i].lock)) {
			taprt_give_up(c);
			break;
		}
		rt_statv_merge(&c->stat, bucket, &cell->v, &m->shape);
		rt_unspin(&m->cpu[i].lock);
	}
	rt_statval_done(&c->stat, &m->shape);
	return &c->stat;
}

/* A counter's value. */
static s64 rt_share_sum(struct taprt_map *m, struct rt_node *n)
{
	struct rt_cell *cell;
	u64 sum = 0;
	u32 i;

	for (i = 0; i < taprt_ncpus; i++) {
		cell = rt_cell_of(m, i, n);
		if (cell)
			sum += (u64)rt_read_once(cell->v.sum);
	}
	return (s64)sum;
}

/* A counter's value gathered on this CPU, to be changed at will: for handlers that
 * run alone. */
static s64 *rt_share_slot(struct taprt_ctx *c, struct taprt_map *m,
			  const union taprt_key *k)
{
	u64 h = rt_hash(m, k);
	struct rt_node *n = rt_find(m, &m->t, k, h);
	struct rt_cells *cells = &m->cpu[rt_of(c)->cpu];
	struct rt_cell *cell;
	s64 sum;
	u32 i;

	if (!n)
		n = rt_insert(m, k, h);
	if (!n) {
		taprt_fail(c, m->full);
		return NULL;
	}
	sum = rt_share_sum(m, n);
	for (i = 0; i < taprt_ncpus; i++) {
		cell = rt_cell_of(m, i, n);
		if (cell)
			cell->gen = 0;
	}
	cell = rt_cell(m, cells, n);
	rt_cell_reset(m, cell, rt_spread(n)->gen);
	cells->fed = true;
	cell->v.count = 1;
	cell->v.sum = sum;
	return &cell->v.sum;
}

/* ---- merging for foreach ------------------------------------------------------- */

#define SHARE_BATCH 64 /* elements merged while a CPU cannot add */

static bool rt_merge_cpu(struct taprt_map *m, u32 cpu, const struct rt_ord *v,
			 u32 n)
{
	struct rt_cells *cells = &m->cpu[cpu];
	struct taprt_statval *to;
	struct rt_cell *cell;
	struct rt_node *node;
	u32 i;

	if (!rt_spin(&cells->lock))
		return false;
	for (i = 0; i < n; i++) {
		node = rt_at(&m->t, v[i].ref);
		cell = rt_cell_of(m, cpu, node);
		if (!cell || rt_spread(node)->seen == m->merges)
			continue;
		to = rt_field(node, m->voff);
		rt_statv_merge(to, (s64 *)(to + 1), &cell->v, &m->shape);
	}
	rt_unspin(&cells->lock);
	return true;
}

/* The values of the @n nodes of @v that are not merged yet. */
static void rt_share_merge(struct taprt_ctx *c, struct taprt_map *m,
			   const struct rt_ord *v, u32 n)
{
	struct taprt_statval *to;
	struct rt_node *node;
	u32 i, at;

	for (i = 0; i < n; i++) {
		node = rt_at(&m->t, v[i].ref);
		to = rt_field(node, m->voff);
		if (rt_spread(node)->seen != m->merges)
			rt_statval_init(to, (s64 *)(to + 1), m->shape.nbuckets);
	}
	for (i = 0; i < taprt_ncpus; i++) {
		if (!rt_read_once(m->cpu[i].fed))
			continue;
		for (at = 0; at < n; at += SHARE_BATCH) {
			u32 some = n - at < SHARE_BATCH ? n - at : SHARE_BATCH;

			if (rt_merge_cpu(m, i, v + at, some))
				continue;
			taprt_give_up(c);
			return;
		}
	}
	for (i = 0; i < n; i++) {
		node = rt_at(&m->t, v[i].ref);
		if (rt_spread(node)->seen == m->merges)
			continue;
		rt_statval_done(rt_field(node, m->voff), &m->shape);
		rt_spread(node)->seen = m->merges;
	}
}

/* ---- life ---------------------------------------------------------------------- */

static void rt_share_free(struct taprt_map *m)
{
	u32 i;

	for (i = 0; i < taprt_ncpus; i++)
		taprt_free(m->cpu[i].mem);
	taprt_free(m->cpu);
}

static u32 rt_cell_bytes(const struct rt_shape *d)
{
	u32 n = offsetof(struct rt_cell, v) + rt_shape_bytes(d);

	if (n <= 32)
		return 32;
	return (n + 63) & ~63u;
}

/* 0, or -1 with what was allocated left to rt_share_free() */
static int rt_share_init(struct taprt_map *m)
{
	u32 i;

	m->cell_bytes = rt_cell_bytes(&m->shape);
	m->cpu = taprt_alloc(taprt_ncpus * sizeof(*m->cpu));
	if (!m->cpu)
		return -1;
	for (i = 0; i < taprt_ncpus; i++) {
		if (!taprt_cpu_possible(i))
			continue;
		m->cpu[i].mem = taprt_alloc_cpu(
			((size_t)m->max_entries + 1) * m->cell_bytes, i);
		if (!m->cpu[i].mem)
			return -1;
	}
	return 0;
}
