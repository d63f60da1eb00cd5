// SPDX-License-Identifier: GPL-2.0-only
/*
 * foreach: in list order, or sorted.
 *
 * A plain array in list order is walked as it is.  All else runs over a snapshot of
 * references, which what happens in the body does not touch.  Sorting is a heap
 * sort that stops at a small limit; ties keep list order.  Then the array's list is
 * put in that order, at the front what a small limit picked.
 *
 * What is shared by all CPUs (merged values, orders) belongs to one handler at a
 * time: from its first foreach that needs it until none of its foreach does.
 */
#include "runtime/core/cpu.h"

#define ITER_PICK 30 /* a limit up to this is picked, not sorted */

static u64 rt_own_wait_ns =
	1000000; /* for another handler's foreach, at most */

/* ---- ownership ---------------------------------------------------------------- */

static bool rt_map_own(struct taprt_ctx *c, struct taprt_map *m, bool *fresh)
{
	struct rt_cpu *r = rt_of(c);
	u64 t0 = 0;

	*fresh = false;
	if (rt_read_once(m->owner) == r->cpu + 1)
		return true;
	if (r->nheld == RT_HELD_MAX) {
		taprt_fail(c, "foreach over too many arrays");
		return false;
	}
	while (rt_cmpxchg(&m->owner, 0u, r->cpu + 1)) {
		if (!t0)
			t0 = rt_clock_ns();
		else if (rt_clock_ns() - t0 > rt_own_wait_ns)
			goto late;
		rt_relax();
	}
	r->held[r->nheld++] = m;
	*fresh = true;
	return true;
late:
	taprt_give_up(c);
	return false;
}

/* Let go of the array held[@i], whose orders are free. */
static void rt_map_disown(struct rt_cpu *r, u32 i)
{
	struct taprt_map *m = r->held[i];

	r->held[i] = r->held[--r->nheld];
	rt_store_release(&m->owner, 0u);
}

/* End every foreach over held[@i] whose iterator lies in [@from, @to). */
static void rt_orders_drop(struct rt_cpu *r, u32 i, unsigned long from,
			   unsigned long to)
{
	struct taprt_map *m = r->held[i];
	struct rt_order *o;
	bool any = false;
	u32 k;

	for (k = 0; k < m->g->orders; k++) {
		o = &m->order[k];
		if ((unsigned long)o->user >= from &&
		    (unsigned long)o->user < to)
			o->user = NULL;
		any |= o->user != NULL;
	}
	if (!any)
		rt_map_disown(r, i);
}

/* The handler is over: let go of every array it iterates. */
static void rt_maps_release(struct rt_cpu *r)
{
	while (r->nheld)
		rt_orders_drop(r, r->nheld - 1, 0, ~0ul);
}

void taprt_iter_drop(struct taprt_ctx *c, const void *from)
{
	struct rt_cpu *r = rt_of(c);
	u32 i;

	for (i = r->nheld; i--;)
		rt_orders_drop(r, i, (unsigned long)from, ~0ul);
}

/* A free order, or NULL: functions call themselves deeper than was foreseen. */
static struct rt_order *rt_order_take(struct taprt_map *m,
				      struct taprt_iter *it)
{
	u32 k;

	for (k = 0; k < m->g->orders; k++)
		if (!m->order[k].user) {
			m->order[k].user = it;
			return &m->order[k];
		}
	return NULL;
}

/* ---- order --------------------------------------------------------------------- */

/* What a foreach sorts by, decided once. */
struct rt_cmp {
	const struct taprt_map *m;
	u32 off; /* in a node, of what is compared */
	bool str; /* a string, of which ord.key holds the beginning; else a long */
	bool desc;
};

/* Does @a come before @b?  Never both, so that equal ones keep their order. */
static inline bool rt_before(const struct rt_cmp *x, const struct rt_ord *a,
			     const struct rt_ord *b)
{
	s32 d = 0;

	if (a->key != b->key)
		return a->key < b->key;
	if (x->str)
		d = taprt_strcmp(rt_field(rt_at(&x->m->t, a->ref), x->off),
				 rt_field(rt_at(&x->m->t, b->ref), x->off));
	if (!d)
		return a->pos < b->pos;
	return x->desc ? d > 0 : d < 0;
}

static void rt_heap_sink(const struct rt_cmp *x, struct rt_ord *v, u32 i, u32 n)
{
	struct rt_ord tmp = v[i];
	u32 kid;

	for (; (kid = 2 * i + 1) < n; i = kid) {
		if (kid + 1 < n && rt_before(x, &v[kid + 1], &v[kid]))
			kid++;
		if (!rt_before(x, &v[kid], &tmp))
			break;
		v[i] = v[kid];
	}
	v[i] = tmp;
}

/* Where in a node that foreach merged into the value is that it sorts @by. */
static u32 rt_sort_merged(const struct taprt_map *m, u32 by)
{
	if (m->g->type != TAPRT_STAT)
		return offsetof(struct taprt_statval, sum);
	switch (by) {
	case TAPRT_SORT_SUM:
		return offsetof(struct taprt_statval, sum);
	case TAPRT_SORT_MIN:
		return offsetof(struct taprt_statval, min);
	case TAPRT_SORT_MAX:
		return offsetof(struct taprt_statval, max);
	case TAPRT_SORT_AVG:
		return offsetof(struct taprt_statval, avg);
	}
	return offsetof(struct taprt_statval, count);
}

static struct rt_cmp rt_cmp_of(const struct taprt_map *m, u32 by, bool desc)
{
	struct rt_cmp x = { .m = m, .off = m->voff, .desc = desc };
	u32 key = by - TAPRT_SORT_KEY;

	if (by < TAPRT_SORT_VALUE) {
		x.off = m->koff[key];
		x.str = m->keystr >> key & 1;
	} else if (m->cpu) {
		x.off += rt_sort_merged(m, by);
	} else {
		x.str = m->g->type == TAPRT_STRING;
	}
	return x;
}

/* Ascends in the order that is asked for; of a string, its first eight bytes. */
static inline s64 rt_sort_key(const struct rt_cmp *x, const struct rt_node *n)
{
	u64 w = *(u64 *)rt_field(n, x->off), z;

	if (x->str) {
		z = rt_zero_byte(w);
		if (z) /* nothing counts behind the end */
			w &= (z & -z) - 1;
		w = __builtin_bswap64(w) ^ 1ULL << 63;
	}
	return (s64)(x->desc ? ~w : w);
}

/* The first @want of the whole list of a plain array, sorted; how many there are. */
static u32 rt_pick(const struct rt_cmp *x, struct rt_ord *v, u32 want)
{
	const struct rt_table *t = &x->m->t;
	struct rt_ord one = { .pos = 0 };
	const struct rt_node *n;
	u32 got = 0, i;

	for (one.ref = t->head; one.ref; one.ref = n->lnext, one.pos++) {
		n = rt_at(t, one.ref);
		one.key = rt_sort_key(x, n);
		if (got == want) {
			if (one.key > v[got - 1].key ||
			    !rt_before(x, &one, &v[got - 1]))
				continue;
			got--;
		}
		for (i = got++; i && rt_before(x, &one, &v[i - 1]); i--)
			v[i] = v[i - 1];
		v[i] = one;
	}
	return got;
}

/* Sort @v, or only find its first @want. */
static void rt_sort(const struct rt_cmp *x, struct rt_ord *v, u32 n, u32 want)
{
	struct rt_ord tmp;
	u32 i, left = n, end = n > want ? n - want : 0;

	for (i = n / 2; i--;)
		rt_heap_sink(x, v, i, n);
	/* the heap's root, which comes first, goes to the end of the array */
	while (left > end && left > 1) {
		tmp = v[0];
		v[0] = v[--left];
		v[left] = tmp;
		rt_heap_sink(x, v, 0, left);
	}
	for (i = 0; i < n / 2; i++) {
		tmp = v[i];
		v[i] = v[n - 1 - i];
		v[n - 1 - i] = tmp;
	}
}

static bool rt_iter_wants(const struct taprt_iter *it, const struct rt_node *n)
{
	return it->any == MAP_ANY_ALL ||
	       rt_key_eq(it->map, n, it->match, it->any);
}

/* The references of the array's nodes, @all or those a slice wants. */
static bool rt_iter_list(struct taprt_ctx *c, struct taprt_iter *it,
			 struct rt_ord *v, bool all)
{
	struct taprt_map *m = it->map;
	struct rt_node *n;
	u32 ref, i = 0;

	if (m->cpu && !rt_spin(&m->t.lock)) {
		taprt_give_up(c);
		return false;
	}
	for (ref = m->t.head; ref; ref = n->lnext) {
		n = rt_at(&m->t, ref);
		if (!all && !rt_iter_wants(it, n))
			continue;
		v[i].ref = ref;
		v[i].pos = i;
		i++;
	}
	if (m->cpu)
		rt_unspin(&m->t.lock);
	it->at = 0;
	it->n = i;
	return true;
}

/* Put the first @n nodes of @v at the front of the list, in that order. */
static void rt_iter_relink(struct taprt_map *m, const struct rt_ord *v, u32 n)
{
	struct rt_node *node;

	if (m->cpu && !rt_spin(&m->t.lock))
		return; /* only an order */
	while (n--) {
		node = rt_at(&m->t, v[n].ref);
		rt_list_del(&m->t, node);
		rt_list_add_first(&m->t, node);
	}
	if (m->cpu)
		rt_unspin(&m->t.lock);
}

/* Is only a short beginning of the order wanted? */
static bool rt_iter_picks(const struct taprt_iter *it)
{
	return it->left <= ITER_PICK && it->any == MAP_ANY_ALL;
}

static void rt_iter_sort(struct taprt_iter *it, struct rt_ord *v, u32 by,
			 bool desc)
{
	struct taprt_map *m = it->map;
	struct rt_cmp x = rt_cmp_of(m, by, desc);
	u32 i, want = it->n;

	if (rt_iter_picks(it))
		want = it->left < want ? it->left : want;
	for (i = 0; i < it->n; i++)
		v[i].key = rt_sort_key(&x, rt_at(&m->t, v[i].ref));
	rt_sort(&x, v, it->n, want);
	rt_iter_relink(m, v, want);
}

/* ---- the generated code's side -------------------------------------------------- */

static void rt_iter_snapshot(struct taprt_ctx *c, struct taprt_iter *it, u32 by,
			     bool desc, s64 limit)
{
	struct taprt_map *m = it->map;
	bool fresh, sorts = by && by != TAPRT_SORT_LIST;
	struct rt_order *o;

	if (!rt_map_own(c, m, &fresh))
		return;
	/* an outer foreach over the same array still uses what was merged */
	if (m->cpu && fresh)
		m->merges++;
	o = rt_order_take(m, it);
	if (!o) {
		taprt_fail(c, "foreach over one array nested too deep");
		return;
	}
	it->left = limit;
	it->node = o;
	if (sorts && !m->cpu && rt_iter_picks(it)) {
		struct rt_cmp x = rt_cmp_of(m, by, desc);

		it->at = 0;
		it->n = rt_pick(&x, o->v, limit);
		rt_iter_relink(m, o->v, it->n);
		return;
	}
	if (rt_iter_list(c, it, o->v, sorts) && m->cpu)
		rt_share_merge(c, m, o->v, it->n);
	if (c->error)
		it->left = 0;
	else if (sorts)
		rt_iter_sort(it, o->v, by, desc);
}

void taprt_iter_begin(struct taprt_ctx *c, struct taprt_iter *it,
		      struct taprt_map *m, u32 by, bool desc, s64 limit,
		      const union taprt_key *match, u32 any)
{
	u32 i;

	it->map = m;
	it->left = 0;
	it->node = NULL;
	it->any = any;
	it->plain = false;
	taprt_iter_end(c, it); /* this statement was left by break before */
	if (limit <= 0 || c->error)
		return;
	if (any != MAP_ANY_ALL)
		for (i = 0; i < m->nkeys; i++)
			it->match[i] = match[i];
	if (m->cpu || by) {
		rt_iter_snapshot(c, it, by, desc, limit);
		return;
	}
	it->left = limit;
	it->at = m->t.head;
	it->plain = any == MAP_ANY_ALL && m->long1 && m->g->type == TAPRT_LONG;
}

static void rt_iter_show(struct taprt_iter *it, struct rt_node *n)
{
	struct taprt_map *m = it->map;
	void *v = rt_field(n, m->voff);

	rt_node_keys(m, n, it->key);
	it->value = 0;
	it->str = "";
	it->stat = NULL;
	if (m->g->type == TAPRT_LONG)
		it->value =
			m->cpu ? ((struct taprt_statval *)v)->sum : *(s64 *)v;
	else if (m->g->type == TAPRT_STRING)
		it->str = v;
	else
		it->stat = v;
}

static struct rt_node *rt_iter_pop(struct taprt_iter *it)
{
	struct taprt_map *m = it->map;
	struct rt_order *o = it->node;
	struct rt_node *n;

	while (it->at < it->n) {
		n = rt_at(&m->t, o->v[it->at++].ref);
		if (rt_iter_wants(it, n))
			return n;
	}
	return NULL;
}

static struct rt_node *rt_iter_walk(struct taprt_iter *it)
{
	struct rt_table *t = &it->map->t;
	struct rt_node *n;

	while (it->at) {
		n = rt_at(t, it->at);
		it->at = n->lnext;
		if (rt_iter_wants(it, n))
			return n;
	}
	return NULL;
}

bool taprt_iter_next(struct taprt_ctx *c, struct taprt_iter *it)
{
	struct rt_node *n = NULL;

	if (likely(it->plain && it->at && it->left > 0 && !c->error)) {
		struct taprt_map *m = it->map;

		n = rt_at(&m->t, it->at);
		it->at = n->lnext;
		it->left--;
		it->key[0].i = *(s64 *)rt_field(n, m->koff[0]);
		it->value = *(s64 *)rt_field(n, m->voff);
		return true;
	}
	if (it->left > 0 && !c->error)
		n = it->node ? rt_iter_pop(it) : rt_iter_walk(it);
	if (!n) {
		taprt_iter_end(c, it);
		return false;
	}
	it->left--;
	rt_iter_show(it, n);
	return true;
}

void taprt_iter_end(struct taprt_ctx *c, struct taprt_iter *it)
{
	struct rt_cpu *r = rt_of(c);
	u32 i;

	it->left = 0;
	for (i = r->nheld; i--;)
		if (r->held[i] == it->map)
			rt_orders_drop(r, i, (unsigned long)it,
				       (unsigned long)it + 1);
}
