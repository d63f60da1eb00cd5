// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics: count, sum, min, max, variance and a histogram, one copy per CPU,
 * of which only what the script reads is kept.
 *
 * Memory of a scalar: possible CPUs * (64 + 8 * buckets) bytes, at load.
 */
#include "runtime/core/cpu.h"
#include "runtime/core/part.h"
#include "runtime/core/stat.h"

struct rt_statcell {
	u32 lock;
	struct rt_statv v;
};

struct taprt_stat {
	struct rt_shape shape;
	struct rt_statcell *cell[]; /* by CPU id; NULL where impossible */
};

void taprt_stat_free(struct taprt_stat *st)
{
	u32 i;

	if (!st)
		return;
	for (i = 0; i < taprt_ncpus; i++)
		taprt_free(st->cell[i]);
	taprt_free(st);
}

struct taprt_stat *taprt_stat_new(const struct taprt_global *g)
{
	struct taprt_stat *st;
	size_t cell;
	u32 i;

	st = taprt_alloc(sizeof(*st) + taprt_ncpus * sizeof(st->cell[0]));
	if (!st)
		return NULL;
	st->shape = rt_shape_of(g);
	cell = offsetof(struct rt_statcell, v) + rt_shape_bytes(&st->shape);
	for (i = 0; i < taprt_ncpus; i++) {
		if (!taprt_cpu_possible(i))
			continue;
		st->cell[i] = taprt_alloc_cpu((cell + 63) & ~(size_t)63, i);
		if (!st->cell[i]) {
			taprt_stat_free(st);
			return NULL;
		}
	}
	return st;
}

/* A lock that is not had in time is passed over: cells never move or vanish. */
void taprt_stat_add(struct taprt_stat *st, s64 v)
{
	struct rt_statcell *cell = st->cell[rt_cpu_id()];
	bool locked = rt_spin(&cell->lock);

	rt_statv_add(&cell->v, v, &st->shape);
	if (locked)
		rt_unspin(&cell->lock);
}

const struct taprt_statval *taprt_stat_get(struct taprt_ctx *c,
					   struct taprt_stat *st)
{
	s64 *bucket = rt_of(c)->hist;
	struct rt_statcell *cell;
	bool locked;
	u32 i;

	rt_statval_init(&c->stat, bucket, st->shape.nbuckets);
	for (i = 0; i < taprt_ncpus; i++) {
		cell = st->cell[i];
		if (!cell || !rt_read_once(cell->v.count))
			continue;
		locked = rt_spin(&cell->lock);
		rt_statv_merge(&c->stat, bucket, &cell->v, &st->shape);
		if (locked)
			rt_unspin(&cell->lock);
	}
	rt_statval_done(&c->stat, &st->shape);
	return &c->stat;
}

void taprt_stat_clear(struct taprt_stat *st)
{
	struct rt_statcell *cell;
	bool locked;
	u32 i;

	for (i = 0; i < taprt_ncpus; i++) {
		cell = st->cell[i];
		if (!cell)
			continue;
		locked = rt_spin(&cell->lock);
		memset(&cell->v, 0, rt_shape_bytes(&st->shape));
		if (locked)
			rt_unspin(&cell->lock);
	}
}

/* ---- scalars of the script -------------------------------------------------------- */

static int rt_stats_init(void)
{
	const struct taprt_global *g = taprt_program.globals;
	u32 i;

	for (i = 0; i < taprt_program.nglobals; i++, g++) {
		if (g->array || g->type != TAPRT_STAT)
			continue;
		if (rt_hist_is_bad(&g->hist))
			return taprt_global_failed(g, -EINVAL);
		*(struct taprt_stat **)g->ptr = taprt_stat_new(g);
		if (!*(struct taprt_stat **)g->ptr)
			return taprt_global_failed(g, -ENOMEM);
	}
	return 0;
}

static void rt_stats_exit(void)
{
	const struct taprt_global *g = taprt_program.globals;
	u32 i;

	for (i = 0; i < taprt_program.nglobals; i++, g++) {
		if (g->array || g->type != TAPRT_STAT)
			continue;
		taprt_stat_free(*(struct taprt_stat **)g->ptr);
		*(struct taprt_stat **)g->ptr = NULL;
	}
}

const struct taprt_part taprt_part_stat = {
	.init = rt_stats_init,
	.exit = rt_stats_exit,
};
