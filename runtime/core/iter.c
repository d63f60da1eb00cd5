// SPDX-License-Identifier: GPL-2.0-only
/*
 * foreach: in list order, or sorted by a heap that gives up one element a step.
 *
 * Work is bounded by the array's size: n to begin, log n a step, so that a
 * limit of 10 never pays for a full sort.  Ties keep list order.
 *
 * What is shared by all CPUs (merged statistics, sort orders) belongs to one
 * handler at a time: from its first foreach that needs it until it ends.
 */
#include "runtime/core/core.h"

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
	m->order[0].user = m->order[1].user = NULL;
	*fresh = true;
	return true;
late:
	rt_give_up(c);
	return false;
}

/* The handler is over: let go of every array it iterated. */
static void rt_maps_release(struct rt_cpu *r)
{
	while (r->nheld)
		rt_store_release(&r->held[--r->nheld]->owner, 0u);
}

/* A free sort order; else the one unused longest, of a foreach left by break. */
static struct rt_order *rt_order_take(struct taprt_map *m,
				      struct taprt_iter *it)
{
	struct rt_order *a = &m->order[0], *b = &m->order[1], *o;

	if (a->user == it || (!a->user && b->user != it))
		o = a;
	else if (b->user == it || !b->user)
		o = b;
	else
		o = a->used < b->used ? a : b;
	o->user = it;
	o->used = ++m->tick;
	return o;
}

/* ---- merging statistics -------------------------------------------------------- */

static bool rt_merge_table(struct taprt_map *m, struct rt_table *t)
{
	struct taprt_statval *v;
	union taprt_key k[TAPRT_MAXKEYS];
	struct rt_node *n, *to;
	u32 ref;
	u64 h;

	for (ref = t->head; ref; ref = n->lnext) {
		n = rt_at(t, ref);
		rt_node_keys(m, n, k);
		h = rt_hash(m, k);
		to = rt_find(m, &m->t, k, h);
		if (!to) {
			if (m->t.count == m->max_entries)
				return false;
			to = rt_insert(m, &m->t, k, h, 0);
			v = rt_field(to, m->voff);
			rt_statval_init(v, (s64 *)(v + 1), m->shape.nbuckets);
		}
		v = rt_field(to, m->voff);
		rt_statv_merge(v, (s64 *)(v + 1), rt_field(n, m->voff),
			       &m->shape);
	}
	return true;
}

/* All CPUs of a statistics array into m->t, whose values are statvals. */
static void rt_merge(struct taprt_ctx *c, struct taprt_map *m)
{
	struct rt_table *t;
	bool ok = true;
	u32 i;

	rt_table_clear(&m->t);
	for (i = 0; i < rt_ncpus && ok; i++) {
		t = &m->cpu[i];
		if (!t->mem || !rt_read_once(t->count))
			continue;
		if (!rt_spin(&t->lock)) {
			rt_give_up(c);
			return;
		}
		ok = rt_merge_table(m, t);
		rt_unspin(&t->lock);
	}
	if (!ok) {
		rt_fail_str(c, "aggregation overflow in ", m->g->name);
		return;
	}
	for (i = m->t.head; i; i = rt_at(&m->t, i)->lnext)
		rt_statval_done(rt_field(rt_at(&m->t, i), m->voff), &m->shape);
}

/* ---- order --------------------------------------------------------------------- */

/* What a foreach sorts by, decided once. */
struct rt_cmp {
	const struct taprt_map *m;
	u32 str; /* offset of the string in a node, or 0: compare ord.key */
	bool desc;
};

/* Does @a come before @b? */
static bool rt_before(const struct rt_cmp *x, const struct rt_ord *a,
		      const struct rt_ord *b)
{
	s32 d;

	if (x->str)
		d = taprt_strcmp(rt_field(rt_at(&x->m->t, a->ref), x->str),
				 rt_field(rt_at(&x->m->t, b->ref), x->str));
	else
		d = a->key < b->key ? -1 : a->key > b->key;
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

static s64 rt_sort_key(const struct taprt_map *m, const struct rt_node *n,
		       u32 by)
{
	const struct taprt_statval *v = rt_field(n, m->voff);

	if (by < TAPRT_SORT_VALUE)
		return *(s64 *)rt_field(n, m->koff[by - TAPRT_SORT_KEY]);
	if (m->g->type != TAPRT_STAT)
		return *(s64 *)rt_field(n, m->voff);
	switch (by) {
	case TAPRT_SORT_SUM:
		return v->sum;
	case TAPRT_SORT_MIN:
		return v->min;
	case TAPRT_SORT_MAX:
		return v->max;
	case TAPRT_SORT_AVG:
		return v->avg;
	}
	return v->count;
}

static struct rt_cmp rt_cmp_of(const struct taprt_map *m, u32 by, bool desc)
{
	struct rt_cmp x = { .m = m, .desc = desc };
	u32 key = by - TAPRT_SORT_KEY;

	if (by >= TAPRT_SORT_VALUE)
		x.str = m->g->type == TAPRT_STRING ? m->voff : 0;
	else
		x.str = m->keystr >> key & 1 ? m->koff[key] : 0;
	return x;
}

static bool rt_iter_wants(const struct taprt_iter *it, const struct rt_node *n)
{
	return it->any == MAP_ANY_ALL ||
	       rt_key_eq(it->map, n, it->match, it->any);
}

static void rt_iter_sort(struct taprt_iter *it, u32 by, bool desc)
{
	struct taprt_map *m = it->map;
	struct rt_order *o = rt_order_take(m, it);
	struct rt_cmp x = rt_cmp_of(m, by, desc);
	struct rt_node *n;
	u32 ref, i = 0;

	for (ref = m->t.head; ref; ref = n->lnext) {
		n = rt_at(&m->t, ref);
		if (!rt_iter_wants(it, n))
			continue;
		o->v[i].key = x.str ? 0 : rt_sort_key(m, n, by);
		o->v[i].ref = ref;
		o->v[i].pos = i;
		i++;
	}
	it->node = o;
	it->n = i;
	it->at = by | (desc ? 1u << 31 : 0);
	for (i /= 2; i--;)
		rt_heap_sink(&x, o->v, i, it->n);
}

/* ---- the generated code's side -------------------------------------------------- */

void taprt_iter_begin(struct taprt_ctx *c, struct taprt_iter *it,
		      struct taprt_map *m, u32 by, bool desc, s64 limit,
		      const union taprt_key *match, u32 any)
{
	bool fresh = false;
	u32 i;

	it->map = m;
	it->left = 0;
	it->node = NULL;
	it->any = any;
	taprt_iter_end(c, it); /* this statement was left by break before */
	if (limit <= 0 || c->error)
		return;
	if (any != MAP_ANY_ALL)
		for (i = 0; i < m->nkeys; i++)
			it->match[i] = match[i];
	if ((m->cpu || by) && !rt_map_own(c, m, &fresh))
		return;
	/* an outer foreach over the same array still uses what was merged */
	if (m->cpu && (fresh || (!m->order[0].user && !m->order[1].user)))
		rt_merge(c, m);
	if (c->error)
		return;
	it->left = limit;
	if (by && m->t.count) {
		rt_iter_sort(it, by, desc);
		return;
	}
	if (m->cpu)
		rt_order_take(m, it);
	it->at = m->t.head;
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
		it->value = *(s64 *)v;
	else if (m->g->type == TAPRT_STRING)
		it->str = v;
	else
		it->stat = v;
}

static struct rt_node *rt_iter_pop(struct taprt_ctx *c, struct taprt_iter *it)
{
	struct taprt_map *m = it->map;
	struct rt_order *o = it->node;
	struct rt_cmp x;
	struct rt_node *n;

	if (o->user != it) {
		taprt_fail(c, "more than two foreach over one array");
		return NULL;
	}
	if (!it->n)
		return NULL;
	o->used = ++m->tick;
	n = rt_at(&m->t, o->v[0].ref);
	x = rt_cmp_of(m, it->at & ~(1u << 31), it->at >> 31);
	o->v[0] = o->v[--it->n];
	if (it->n)
		rt_heap_sink(&x, o->v, 0, it->n);
	return n;
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

	if (it->left > 0 && !c->error)
		n = it->node ? rt_iter_pop(c, it) : rt_iter_walk(it);
	if (!n) {
		taprt_iter_end(c, it);
		return false;
	}
	if (it->left != S64_MAX)
		it->left--;
	rt_iter_show(it, n);
	return true;
}

void taprt_iter_end(struct taprt_ctx *c, struct taprt_iter *it)
{
	struct taprt_map *m = it->map;
	u32 i;

	it->left = 0;
	if (m->owner != rt_of(c)->cpu + 1)
		return;
	for (i = 0; i < MAP_ORDERS; i++)
		if (m->order[i].user == it)
			m->order[i].user = NULL;
}
