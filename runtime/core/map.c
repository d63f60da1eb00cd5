// SPDX-License-Identifier: GPL-2.0-only
/*
 * Associative arrays: preallocated hash tables with an insertion-ordered list.
 *
 * Memory of a table: (entries + 1) * node + 4 * 2^ceil(log2(1.5 * entries)),
 * node = 16 + keys (8 each, strings strsize) + value, rounded up to 8.  An array
 * is one table; an array of statistics is one table per possible CPU and one
 * into which they are merged to be read.  Each array has two sort orders of 16
 * bytes an entry.
 *
 * Nodes refer to each other by offset / 8 from the table's memory; 0 = none.
 */
#include "runtime/core/core.h"

#define MAP_MIX	    0x9e3779b97f4a7c15ULL /* 2^64 / golden ratio, odd */
#define MAP_ORDERS  2
#define MAP_ANY_ALL (~0u)

struct rt_node {
	u32 next;	  /* hash chain, or free list */
	u32 hash;	  /* upper half */
	u32 lprev, lnext; /* insertion list */
	s64 data[];	  /* keys, then the value at map->voff */
};

struct rt_table {
	u32 lock; /* statistics only */
	u32 count;
	u32 fresh; /* nodes from here on were never used */
	u32 limit; /* end of @mem */
	u32 step;  /* node size / 8 */
	u32 shift; /* bucket = hash >> shift */
	u32 free;
	u32 head, tail; /* insertion list: oldest, newest */
	char *mem;
	u32 *bucket;
} RT_ALIGNED;

/* One element of a sorted foreach, core/iter.c. */
struct rt_ord {
	s64 key;
	u32 ref, pos;
};

struct rt_order {
	struct taprt_iter *user; /* NULL = free */
	u64 used;		 /* tick of the last use */
	struct rt_ord *v;
};

struct taprt_map {
	const struct taprt_global *g;
	u32 nkeys, keystr;
	u32 strsize, max_entries;
	u32 voff; /* bytes into a node */
	u32 vsize;
	struct rt_shape shape;
	u32 koff[TAPRT_MAXKEYS];
	u64 seed;
	struct rt_table *cpu; /* statistics: rt_ncpus tables, else NULL */
	u32 owner;	      /* CPU + 1 whose handler iterates */
	u64 tick;
	struct rt_order order[MAP_ORDERS];
	char full[64]; /* the overflow error */
	struct rt_table t;
};

static inline struct rt_node *rt_at(const struct rt_table *t, u32 ref)
{
	return (struct rt_node *)(t->mem + ((size_t)ref << 3));
}

static inline u32 rt_ref(const struct rt_table *t, const struct rt_node *n)
{
	return ((const char *)n - t->mem) >> 3;
}

static inline void *rt_field(const struct rt_node *n, u32 off)
{
	return (char *)n + off;
}

/* ---- tables ------------------------------------------------------------------ */

static void rt_table_clear(struct rt_table *t)
{
	t->count = t->head = t->tail = t->free = 0;
	t->fresh =
		t->step; /* reference 0 means none, so node 0 is never used */
	memset(t->bucket, 0, sizeof(u32) << (64 - t->shift));
}

static void rt_table_free(struct rt_table *t)
{
	kc_free(t->mem);
	kc_free(t->bucket);
}

static int rt_table_init(struct rt_table *t, u32 entries, u32 node_bytes,
			 u32 cpu)
{
	u32 bits = 2;

	while (bits < 31 && (1ULL << bits) < entries + (u64)entries / 2)
		bits++;
	t->step = (node_bytes + 7) >> 3;
	if (((u64)entries + 1) * t->step > 0xffffffffu)
		return -1;
	t->shift = 64 - bits;
	t->limit = (entries + 1) * t->step;
	t->bucket = rt_alloc_cpu(sizeof(u32) << bits, cpu);
	t->mem = rt_alloc_cpu((size_t)t->limit << 3, cpu);
	if (!t->bucket || !t->mem)
		return -1;
	rt_table_clear(t);
	return 0;
}

static void rt_list_add(struct rt_table *t, struct rt_node *n)
{
	u32 ref = rt_ref(t, n);

	n->lnext = 0;
	n->lprev = t->tail;
	if (t->tail)
		rt_at(t, t->tail)->lnext = ref;
	else
		t->head = ref;
	t->tail = ref;
}

static void rt_list_del(struct rt_table *t, struct rt_node *n)
{
	if (n->lprev)
		rt_at(t, n->lprev)->lnext = n->lnext;
	else
		t->head = n->lnext;
	if (n->lnext)
		rt_at(t, n->lnext)->lprev = n->lprev;
	else
		t->tail = n->lprev;
}

static inline u32 *rt_bucket(const struct rt_table *t, u64 h)
{
	return &t->bucket[h >> t->shift];
}

/* Take @n out of its chain and list; the caller reuses or frees it. */
static void rt_node_unlink(struct rt_table *t, struct rt_node *n)
{
	u32 *at = rt_bucket(t, (u64)n->hash << 32), ref = rt_ref(t, n);

	while (*at != ref)
		at = &rt_at(t, *at)->next;
	*at = n->next;
	rt_list_del(t, n);
	t->count--;
}

static void rt_node_del(struct rt_table *t, struct rt_node *n)
{
	rt_node_unlink(t, n);
	n->next = t->free;
	t->free = rt_ref(t, n);
}

static struct rt_node *rt_node_take(struct rt_table *t, bool wrap)
{
	struct rt_node *n;

	if (t->free) {
		n = rt_at(t, t->free);
		t->free = n->next;
		return n;
	}
	if (t->fresh < t->limit) {
		n = rt_at(t, t->fresh);
		t->fresh += t->step;
		return n;
	}
	if (!wrap || !t->head)
		return NULL;
	n = rt_at(t, t->head);
	rt_node_unlink(t, n);
	return n;
}

/* ---- keys ------------------------------------------------------------------- */

static inline u64 rt_hash_long(const struct taprt_map *m, s64 k)
{
	return (m->seed ^ (u64)k) * MAP_MIX;
}

static u64 rt_hash_str(u64 h, const char *s, u32 max)
{
	u32 n = rt_strnlen(s, max);
	u64 w;

	for (; n >= 8; n -= 8, s += 8)
		h = (h ^ *(const rt_word *)s) * MAP_MIX, h ^= h >> 32;
	for (w = n; n; n--)
		w = w << 8 | (u8)*s++;
	return (h ^ w) * MAP_MIX;
}

static u64 rt_hash(const struct taprt_map *m, const union taprt_key *k)
{
	u64 h = m->seed;
	u32 i;

	for (i = 0; i < m->nkeys; i++) {
		if (i)
			h ^= h >> 32;
		if (m->keystr >> i & 1)
			h = rt_hash_str(h, k[i].s, m->strsize - 1);
		else
			h = (h ^ (u64)k[i].i) * MAP_MIX;
	}
	return h;
}

/* Is @stored (cut to strsize - 1 when stored) the key @s? */
static bool rt_key_str_eq(const char *stored, const char *s, u32 max)
{
	u32 i;

	for (i = 0; i < max; i++) {
		if (stored[i] != s[i])
			return false;
		if (!s[i])
			return true;
	}
	return true;
}

/* Bits of @any: keys that match whatever they are. */
static bool rt_key_eq(const struct taprt_map *m, const struct rt_node *n,
		      const union taprt_key *k, u32 any)
{
	u32 i;

	for (i = 0; i < m->nkeys; i++) {
		if (any >> i & 1)
			continue;
		if (m->keystr >> i & 1) {
			if (!rt_key_str_eq(rt_field(n, m->koff[i]), k[i].s,
					   m->strsize - 1))
				return false;
		} else if (*(s64 *)rt_field(n, m->koff[i]) != k[i].i) {
			return false;
		}
	}
	return true;
}

static void rt_key_store(const struct taprt_map *m, struct rt_node *n,
			 const union taprt_key *k)
{
	u32 i;

	for (i = 0; i < m->nkeys; i++)
		if (m->keystr >> i & 1)
			taprt_strcpy(rt_field(n, m->koff[i]), k[i].s,
				     m->strsize);
		else
			*(s64 *)rt_field(n, m->koff[i]) = k[i].i;
}

static void rt_node_keys(const struct taprt_map *m, const struct rt_node *n,
			 union taprt_key *k)
{
	u32 i;

	for (i = 0; i < m->nkeys; i++)
		if (m->keystr >> i & 1)
			k[i].s = rt_field(n, m->koff[i]);
		else
			k[i].i = *(s64 *)rt_field(n, m->koff[i]);
}

/* ---- lookup ------------------------------------------------------------------ */

static struct rt_node *rt_find(const struct taprt_map *m,
			       const struct rt_table *t,
			       const union taprt_key *k, u64 h)
{
	u32 ref = *rt_bucket(t, h);
	struct rt_node *n;

	for (; ref; ref = n->next) {
		n = rt_at(t, ref);
		if (n->hash == h >> 32 && rt_key_eq(m, n, k, 0))
			return n;
	}
	return NULL;
}

static inline struct rt_node *rt_find_long(const struct rt_table *t, s64 k,
					   u64 h)
{
	u32 ref = *rt_bucket(t, h);
	struct rt_node *n;

	for (; ref; ref = n->next) {
		n = rt_at(t, ref);
		if (n->data[0] == k)
			return n;
	}
	return NULL;
}

/* A new node with its keys and an empty value of @vsize bytes; NULL = full. */
static struct rt_node *rt_insert(struct taprt_map *m, struct rt_table *t,
				 const union taprt_key *k, u64 h, u32 vsize)
{
	struct rt_node *n = rt_node_take(t, m->g->wrap);
	u32 *b;

	if (!n)
		return NULL;
	n->hash = h >> 32;
	rt_key_store(m, n, k);
	memset(rt_field(n, m->voff), 0, vsize);
	b = rt_bucket(t, h);
	n->next = *b;
	*b = rt_ref(t, n);
	rt_list_add(t, n);
	t->count++;
	return n;
}

static void *rt_slot(struct taprt_ctx *c, struct taprt_map *m,
		     const union taprt_key *k)
{
	u64 h = rt_hash(m, k);
	struct rt_node *n = rt_find(m, &m->t, k, h);

	if (!n)
		n = rt_insert(m, &m->t, k, h, m->vsize);
	if (!n) {
		taprt_fail(c, m->full);
		return NULL;
	}
	return rt_field(n, m->voff);
}

/* ---- the generated code's side ------------------------------------------------ */

s64 taprt_map_get_long(struct taprt_map *m, const union taprt_key *k)
{
	struct rt_node *n = rt_find(m, &m->t, k, rt_hash(m, k));

	return n ? *(s64 *)rt_field(n, m->voff) : 0;
}

s64 taprt_map_get_long1(struct taprt_map *m, s64 k)
{
	struct rt_node *n = rt_find_long(&m->t, k, rt_hash_long(m, k));

	return n ? *(s64 *)rt_field(n, m->voff) : 0;
}

const char *taprt_map_get_str(struct taprt_map *m, const union taprt_key *k)
{
	struct rt_node *n = rt_find(m, &m->t, k, rt_hash(m, k));

	return n ? rt_field(n, m->voff) : "";
}

s64 *taprt_map_slot_long(struct taprt_ctx *c, struct taprt_map *m,
			 const union taprt_key *k)
{
	return rt_slot(c, m, k);
}

s64 *taprt_map_slot_long1(struct taprt_ctx *c, struct taprt_map *m, s64 k)
{
	struct rt_node *n = rt_find_long(&m->t, k, rt_hash_long(m, k));
	union taprt_key key;

	if (likely(n))
		return rt_field(n, m->voff);
	key.i = k;
	return rt_slot(c, m, &key);
}

char *taprt_map_slot_str(struct taprt_ctx *c, struct taprt_map *m,
			 const union taprt_key *k)
{
	return rt_slot(c, m, k);
}

/* ---- statistics --------------------------------------------------------------- */

static void rt_add_new(struct taprt_ctx *c, struct taprt_map *m,
		       struct rt_table *t, const union taprt_key *k, u64 h,
		       s64 v)
{
	struct rt_node *n = rt_insert(m, t, k, h, rt_shape_bytes(&m->shape));

	if (n)
		rt_statv_add(rt_field(n, m->voff), v, &m->shape);
	else
		taprt_fail(c, m->full);
}

/* Apart, so that taprt_map_add1() needs no stack of its own. */
static __attribute__((__noinline__)) void rt_add_new1(struct taprt_ctx *c,
						      struct taprt_map *m,
						      struct rt_table *t, s64 k,
						      u64 h, s64 v)
{
	union taprt_key key;

	key.i = k;
	rt_add_new(c, m, t, &key, h, v);
}

void taprt_map_add(struct taprt_ctx *c, struct taprt_map *m,
		   const union taprt_key *k, s64 v)
{
	struct rt_table *t = &m->cpu[rt_of(c)->cpu];
	u64 h = rt_hash(m, k);
	struct rt_node *n;

	if (unlikely(!rt_spin(&t->lock))) {
		rt_give_up(c);
		return;
	}
	n = rt_find(m, t, k, h);
	if (likely(n))
		rt_statv_add(rt_field(n, m->voff), v, &m->shape);
	else
		rt_add_new(c, m, t, k, h, v);
	rt_unspin(&t->lock);
}

void taprt_map_add1(struct taprt_ctx *c, struct taprt_map *m, s64 k, s64 v)
{
	struct rt_table *t = &m->cpu[rt_of(c)->cpu];
	u64 h = rt_hash_long(m, k);
	struct rt_node *n;

	if (unlikely(!rt_spin(&t->lock))) {
		rt_give_up(c);
		return;
	}
	n = rt_find_long(t, k, h);
	if (likely(n))
		rt_statv_add(rt_field(n, m->voff), v, &m->shape);
	else
		rt_add_new1(c, m, t, k, h, v);
	rt_unspin(&t->lock);
}

const struct taprt_statval *taprt_map_get_stat(struct taprt_ctx *c,
					       struct taprt_map *m,
					       const union taprt_key *k)
{
	s64 *bucket = rt_of(c)->hist;
	u64 h = rt_hash(m, k);
	struct rt_table *t;
	struct rt_node *n;
	u32 i;

	rt_statval_init(&c->stat, bucket, m->shape.nbuckets);
	for (i = 0; i < rt_ncpus; i++) {
		t = &m->cpu[i];
		if (!t->mem || !rt_read_once(t->count))
			continue;
		if (!rt_spin(&t->lock)) {
			rt_give_up(c);
			break;
		}
		n = rt_find(m, t, k, h);
		if (n)
			rt_statv_merge(&c->stat, bucket, rt_field(n, m->voff),
				       &m->shape);
		rt_unspin(&t->lock);
	}
	rt_statval_done(&c->stat, &m->shape);
	return &c->stat;
}

/* ---- over all tables of an array --------------------------------------------- */

/* What to do in one table; true ends the walk with that answer. */
typedef bool rt_table_op(struct taprt_map *m, struct rt_table *t,
			 const union taprt_key *k, u32 any, u64 h);

static bool rt_each_table(struct taprt_map *m, rt_table_op *op,
			  const union taprt_key *k, u32 any, u64 h)
{
	struct rt_table *t;
	bool done;
	u32 i;

	if (!m->cpu)
		return op(m, &m->t, k, any, h);
	for (i = 0; i < rt_ncpus; i++) {
		t = &m->cpu[i];
		if (!t->mem || !rt_read_once(t->count) || !rt_spin(&t->lock))
			continue;
		done = op(m, t, k, any, h);
		rt_unspin(&t->lock);
		if (done)
			return true;
	}
	return false;
}

static bool rt_op_has(struct taprt_map *m, struct rt_table *t,
		      const union taprt_key *k, u32 any, u64 h)
{
	(void)any;
	return rt_find(m, t, k, h) != NULL;
}

static bool rt_op_has_slice(struct taprt_map *m, struct rt_table *t,
			    const union taprt_key *k, u32 any, u64 h)
{
	u32 ref;

	(void)h;
	for (ref = t->head; ref; ref = rt_at(t, ref)->lnext)
		if (rt_key_eq(m, rt_at(t, ref), k, any))
			return true;
	return false;
}

static bool rt_op_del(struct taprt_map *m, struct rt_table *t,
		      const union taprt_key *k, u32 any, u64 h)
{
	struct rt_node *n = rt_find(m, t, k, h);

	(void)any;
	if (n)
		rt_node_del(t, n);
	return false;
}

static bool rt_op_del_slice(struct taprt_map *m, struct rt_table *t,
			    const union taprt_key *k, u32 any, u64 h)
{
	u32 ref, next;

	(void)h;
	for (ref = t->head; ref; ref = next) {
		next = rt_at(t, ref)->lnext;
		if (rt_key_eq(m, rt_at(t, ref), k, any))
			rt_node_del(t, rt_at(t, ref));
	}
	return false;
}

static bool rt_op_clear(struct taprt_map *m, struct rt_table *t,
			const union taprt_key *k, u32 any, u64 h)
{
	(void)m, (void)k, (void)any, (void)h;
	rt_table_clear(t);
	return false;
}

bool taprt_map_has(struct taprt_map *m, const union taprt_key *k)
{
	return rt_each_table(m, rt_op_has, k, 0, rt_hash(m, k));
}

bool taprt_map_has1(struct taprt_map *m, s64 k)
{
	union taprt_key key;

	if (!m->cpu)
		return rt_find_long(&m->t, k, rt_hash_long(m, k)) != NULL;
	key.i = k;
	return taprt_map_has(m, &key);
}

bool taprt_map_has_slice(struct taprt_map *m, const union taprt_key *k, u32 any)
{
	return rt_each_table(m, rt_op_has_slice, k, any, 0);
}

void taprt_map_del(struct taprt_map *m, const union taprt_key *k)
{
	rt_each_table(m, rt_op_del, k, 0, rt_hash(m, k));
}

void taprt_map_del_slice(struct taprt_map *m, const union taprt_key *k, u32 any)
{
	rt_each_table(m, rt_op_del_slice, k, any, 0);
}

void taprt_map_clear(struct taprt_map *m)
{
	rt_each_table(m, rt_op_clear, NULL, 0, 0);
}

/* ---- life --------------------------------------------------------------------- */

static void rt_map_free(struct taprt_map *m)
{
	u32 i;

	if (!m)
		return;
	for (i = 0; m->cpu && i < rt_ncpus; i++)
		rt_table_free(&m->cpu[i]);
	kc_free(m->cpu);
	rt_table_free(&m->t);
	for (i = 0; i < MAP_ORDERS; i++)
		kc_free(m->order[i].v);
	kc_free(m);
}

/* Offsets of keys and value in a node; returns the bytes before the value. */
static void rt_map_layout(struct taprt_map *m)
{
	u32 i, off = sizeof(struct rt_node);

	for (i = 0; i < m->nkeys; i++) {
		m->koff[i] = off;
		off += m->keystr >> i & 1 ? (m->strsize + 7) & ~7u : 8;
	}
	m->voff = off;
	m->vsize = m->g->type == TAPRT_LONG	? 8
		   : m->g->type == TAPRT_STRING ? m->strsize
						: sizeof(struct taprt_statval);
	m->vsize += m->shape.nbuckets * sizeof(s64);
}

static int rt_map_alloc_cpus(struct taprt_map *m)
{
	u32 i, bytes = m->voff + rt_shape_bytes(&m->shape);

	m->cpu = rt_alloc(rt_ncpus * sizeof(*m->cpu));
	if (!m->cpu)
		return -1;
	bytes = (bytes + 63) & ~63u; /* a one-key node is one cache line */
	for (i = 0; i < rt_ncpus; i++)
		if (rt_cpu_possible(i) &&
		    rt_table_init(&m->cpu[i], m->max_entries, bytes, i))
			return -1;
	return 0;
}

static void rt_map_text(struct taprt_map *m)
{
	struct taprt_sink s;

	taprt_sink_buf(&s, m->full, sizeof(m->full));
	if (m->g->sized) {
		taprt_put_lit(&s, "Array overflow, check size limit (", 34);
		taprt_put_dec(&s, m->max_entries);
		taprt_put_lit(&s, ")", 1);
	} else {
		taprt_put_lit(&s, "Array overflow, check MAXMAPENTRIES", 35);
	}
	taprt_sink_end(&s);
}

/* The array of @g; NULL = no memory, or more than 2 GB in one piece. */
static struct taprt_map *rt_map_new(const struct taprt_global *g, u32 strsize,
				    u64 seed)
{
	struct taprt_map *m = rt_alloc(sizeof(*m));
	u32 i;

	if (!m)
		return NULL;
	m->g = g;
	m->nkeys = g->nkeys;
	m->keystr = g->keystr;
	m->strsize = strsize;
	m->max_entries = g->max_entries ? g->max_entries : 2048;
	m->seed = seed;
	if (g->type == TAPRT_STAT)
		m->shape = rt_shape_of(g);
	rt_map_layout(m);
	rt_map_text(m);
	if (rt_table_init(&m->t, m->max_entries, m->voff + m->vsize,
			  rt_cpu_id()))
		goto err;
	if (g->type == TAPRT_STAT && rt_map_alloc_cpus(m))
		goto err;
	for (i = 0; i < MAP_ORDERS; i++) {
		m->order[i].v =
			rt_alloc(m->max_entries * sizeof(struct rt_ord));
		if (!m->order[i].v)
			goto err;
	}
	return m;
err:
	rt_map_free(m);
	return NULL;
}
