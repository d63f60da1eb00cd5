// SPDX-License-Identifier: GPL-2.0-only
/*
 * Associative arrays: preallocated hash tables with an insertion-ordered list.
 *
 * Memory: (entries + 1) * node + 4 * 2^ceil(log2(1.5 * entries)), node = 16 + keys
 * (8 each, strings strsize) + value, rounded up to 8; and for foreach up to
 * g->orders orders of 16 bytes an entry.  An array whose values are spread over the CPUs (statistics,
 * counters; core/share.c) has its keys once, 16 bytes more a node, as value what a
 * foreach merges, and on every possible CPU one cell an entry.
 *
 * Who may call what at a time: a spread array is added to and read by any number
 * of handlers; deleting, and evicting while others read, wants it alone.  All else
 * is either many readers or one writer.  The builder's locks see to that.
 *
 * Nodes refer to each other by offset / 8 from the table's memory; 0 = none.
 */
#include "runtime/core/cpu.h"
#include "runtime/core/part.h"
#include "runtime/core/stat.h"

#define MAP_MIX	    0x9e3779b97f4a7c15ULL /* 2^64 / golden ratio, odd */
#define MAP_ANY_ALL (~0u)

struct rt_node {
	u32 next;	  /* hash chain, or free list */
	u32 hash;	  /* upper half */
	u32 lprev, lnext; /* insertion list */
	s64 data[];	  /* keys at map->koff, then the value at map->voff */
};

/* At the start of the data of a node whose values are spread. */
struct rt_spread {
	u64 gen;  /* cells of another generation are empty */
	u32 cell; /* index */
	u32 seen; /* map->merges when the value was merged */
};

struct rt_table {
	u32 lock; /* spread: held to insert or to walk the list */
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
	struct rt_ord *v;
};

struct taprt_map {
	const struct taprt_global *g;
	u32 nkeys, keystr;
	bool long1; /* the only key is a long */
	u32 strsize, max_entries;
	u32 voff; /* bytes into a node */
	u32 vsize;
	u32 koff[TAPRT_MAXKEYS];
	u64 seed;
	struct rt_cells *cpu; /* spread: taprt_ncpus of them, else NULL */
	u32 cell_bytes;
	struct rt_shape shape;	/* spread: of a cell */
	u64 gen;		/* of the newest node */
	u32 merges;		/* times a foreach merged from scratch */
	u32 owner;		/* CPU + 1 whose handler iterates */
	struct rt_order *order; /* g->orders */
	char full[128];		/* the overflow error */
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

static inline struct rt_spread *rt_spread(struct rt_node *n)
{
	return (struct rt_spread *)n->data;
}

/* share.c */
static s64 rt_share_sum(struct taprt_map *m, struct rt_node *n);
static s64 *rt_share_slot(struct taprt_ctx *c, struct taprt_map *m,
			  const union taprt_key *k);
static int rt_share_init(struct taprt_map *m);
static void rt_share_free(struct taprt_map *m);

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
	taprt_free(t->mem);
	taprt_free(t->bucket);
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
	t->bucket = taprt_alloc_cpu(sizeof(u32) << bits, cpu);
	t->mem = taprt_alloc_cpu((size_t)t->limit << 3, cpu);
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

static void rt_list_add_first(struct rt_table *t, struct rt_node *n)
{
	u32 ref = rt_ref(t, n);

	n->lprev = 0;
	n->lnext = t->head;
	if (t->head)
		rt_at(t, t->head)->lprev = ref;
	else
		t->tail = ref;
	t->head = ref;
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
	const char *end = s + n;
	u64 w = n;

	if (n < 8) {
		while (s < end)
			w = w << 8 | (u8)*s++;
		return (h ^ w) * MAP_MIX;
	}
	for (h ^= n; s < end - 8; s += 8)
		h = (h ^ *(const rt_word *)s) * MAP_MIX, h ^= h >> 32;
	return (h ^ *(const rt_word *)(end - 8)) * MAP_MIX;
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

/* Bits of @any: keys that match whatever they are.  Strings were cut when stored. */
static bool rt_key_eq(const struct taprt_map *m, const struct rt_node *n,
		      const union taprt_key *k, u32 any)
{
	u32 i;

	for (i = 0; i < m->nkeys; i++) {
		if (any >> i & 1)
			continue;
		if (m->keystr >> i & 1) {
			if (rt_strncmp(rt_field(n, m->koff[i]), k[i].s,
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

/* Chains may grow at their head meanwhile, on another CPU. */
static struct rt_node *rt_find(const struct taprt_map *m,
			       const struct rt_table *t,
			       const union taprt_key *k, u64 h)
{
	u32 ref = rt_load_acquire(rt_bucket(t, h));
	struct rt_node *n;

	for (; ref; ref = n->next) {
		n = rt_at(t, ref);
		if (n->hash == h >> 32 && rt_key_eq(m, n, k, 0))
			return n;
	}
	return NULL;
}

/* The same where the only key is a long, @off bytes into a node. */
static inline struct rt_node *rt_find_long(const struct rt_table *t, u32 off,
					   s64 k, u64 h)
{
	u32 ref = rt_load_acquire(rt_bucket(t, h));
	struct rt_node *n;

	for (; ref; ref = n->next) {
		n = rt_at(t, ref);
		if (*(s64 *)rt_field(n, off) == k)
			return n;
	}
	return NULL;
}

static inline struct rt_node *rt_find_long1(const struct taprt_map *m, s64 k)
{
	return rt_find_long(&m->t, m->koff[0], k, rt_hash_long(m, k));
}

static inline struct rt_node *rt_lookup(const struct taprt_map *m,
					const union taprt_key *k)
{
	if (m->long1)
		return rt_find_long1(m, k->i);
	return rt_find(m, &m->t, k, rt_hash(m, k));
}

/* @n has its keys: give it an empty value and let others find it. */
static void rt_node_add(struct taprt_map *m, struct rt_node *n, u64 h)
{
	struct rt_table *t = &m->t;
	u32 *b = rt_bucket(t, h), ref = rt_ref(t, n);

	n->hash = h >> 32;
	if (m->cpu) { /* what foreach merges into is cleared there */
		rt_spread(n)->gen = ++m->gen;
		rt_spread(n)->cell = ref / t->step;
		rt_spread(n)->seen = 0;
	} else if (m->g->type == TAPRT_STRING) {
		*(char *)rt_field(n, m->voff) = 0;
	} else {
		*(s64 *)rt_field(n, m->voff) = 0;
	}
	n->next = *b;
	rt_store_release(b, ref);
	rt_list_add(t, n);
	t->count++;
}

/* A new node with its keys and an empty value; NULL = full. */
static struct rt_node *rt_insert(struct taprt_map *m, const union taprt_key *k,
				 u64 h)
{
	struct rt_node *n = rt_node_take(&m->t, m->g->wrap);

	if (likely(n)) {
		rt_key_store(m, n, k);
		rt_node_add(m, n, h);
	}
	return n;
}

static void *rt_slot(struct taprt_ctx *c, struct taprt_map *m,
		     const union taprt_key *k)
{
	u64 h = rt_hash(m, k);
	struct rt_node *n = rt_find(m, &m->t, k, h);

	if (!n)
		n = rt_insert(m, k, h);
	if (!n) {
		taprt_fail(c, m->full);
		return NULL;
	}
	return rt_field(n, m->voff);
}

/* ---- the generated code's side ------------------------------------------------ */

static s64 rt_value_long(struct taprt_map *m, struct rt_node *n)
{
	if (!n)
		return 0;
	return m->cpu ? rt_share_sum(m, n) : *(s64 *)rt_field(n, m->voff);
}

s64 taprt_map_get_long(struct taprt_map *m, const union taprt_key *k)
{
	return rt_value_long(m, rt_find(m, &m->t, k, rt_hash(m, k)));
}

s64 taprt_map_get_long1(struct taprt_map *m, s64 k)
{
	return rt_value_long(m, rt_find_long1(m, k));
}

const char *taprt_map_get_str(struct taprt_map *m, const union taprt_key *k)
{
	struct rt_node *n = rt_find(m, &m->t, k, rt_hash(m, k));

	return n ? rt_field(n, m->voff) : "";
}

s64 *taprt_map_slot_long(struct taprt_ctx *c, struct taprt_map *m,
			 const union taprt_key *k)
{
	return m->cpu ? rt_share_slot(c, m, k) : rt_slot(c, m, k);
}

/* Apart, so that taprt_map_slot_long1() needs no stack of its own. */
static __attribute__((__noinline__)) s64 *
rt_slot_new1(struct taprt_ctx *c, struct taprt_map *m, s64 k, u64 h)
{
	union taprt_key key = { .i = k };
	struct rt_node *n;

	if (m->cpu)
		return rt_share_slot(c, m, &key);
	n = rt_node_take(&m->t, m->g->wrap);
	if (unlikely(!n)) {
		taprt_fail(c, m->full);
		return NULL;
	}
	*(s64 *)rt_field(n, m->koff[0]) = k;
	rt_node_add(m, n, h);
	return rt_field(n, m->voff);
}

s64 *taprt_map_slot_long1(struct taprt_ctx *c, struct taprt_map *m, s64 k)
{
	u64 h = rt_hash_long(m, k);
	struct rt_node *n = NULL;

	if (likely(!m->cpu))
		n = rt_find_long(&m->t, m->koff[0], k, h);
	if (likely(n))
		return rt_field(n, m->voff);
	return rt_slot_new1(c, m, k, h);
}

char *taprt_map_slot_str(struct taprt_ctx *c, struct taprt_map *m,
			 const union taprt_key *k)
{
	return rt_slot(c, m, k);
}

bool taprt_map_has(struct taprt_map *m, const union taprt_key *k)
{
	return rt_find(m, &m->t, k, rt_hash(m, k)) != NULL;
}

bool taprt_map_has1(struct taprt_map *m, s64 k)
{
	return rt_find_long1(m, k) != NULL;
}

bool taprt_map_has_slice(struct taprt_map *m, const union taprt_key *k, u32 any)
{
	struct rt_table *t = &m->t;
	bool locked = m->cpu && rt_spin(&t->lock);
	u32 ref;

	for (ref = t->head; ref; ref = rt_at(t, ref)->lnext)
		if (rt_key_eq(m, rt_at(t, ref), k, any))
			break;
	if (locked)
		rt_unspin(&t->lock);
	return ref != 0;
}

void taprt_map_del(struct taprt_map *m, const union taprt_key *k)
{
	struct rt_node *n = rt_lookup(m, k);

	if (n)
		rt_node_del(&m->t, n);
}

void taprt_map_del_slice(struct taprt_map *m, const union taprt_key *k, u32 any)
{
	struct rt_table *t = &m->t;
	u32 ref, next;

	for (ref = t->head; ref; ref = next) {
		next = rt_at(t, ref)->lnext;
		if (rt_key_eq(m, rt_at(t, ref), k, any))
			rt_node_del(t, rt_at(t, ref));
	}
}

void taprt_map_clear(struct taprt_map *m)
{
	if (m->t.count)
		rt_table_clear(&m->t);
}

/* ---- life --------------------------------------------------------------------- */

static void rt_map_free(struct taprt_map *m)
{
	u32 i;

	if (!m)
		return;
	if (m->cpu)
		rt_share_free(m);
	rt_table_free(&m->t);
	for (i = 0; m->order && i < m->g->orders; i++)
		taprt_free(m->order[i].v);
	taprt_free(m->order);
	taprt_free(m);
}

/* Offsets of keys and value in a node. */
static void rt_map_layout(struct taprt_map *m, bool spread)
{
	u32 i, off = sizeof(struct rt_node);

	off += spread ? sizeof(struct rt_spread) : 0;
	for (i = 0; i < m->nkeys; i++) {
		m->koff[i] = off;
		off += m->keystr >> i & 1 ? (m->strsize + 7) & ~7u : 8;
	}
	m->voff = off;
	if (spread)
		m->vsize = sizeof(struct taprt_statval) +
			   m->shape.nbuckets * sizeof(s64);
	else
		m->vsize = m->g->type == TAPRT_STRING ? m->strsize : 8;
}

static bool rt_is_spread(const struct taprt_global *g)
{
	return g->type == TAPRT_STAT || g->spread;
}

static void rt_map_text(struct taprt_map *m)
{
	struct taprt_sink s;

	taprt_sink_buf(&s, m->full, sizeof(m->full));
	if (m->g->type == TAPRT_STAT) {
		taprt_put_lit(&s, "aggregation overflow in ", 24);
		taprt_put_str(&s, m->g->name, 0, -1, -1);
	} else if (m->g->sized) {
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
	struct taprt_map *m = taprt_alloc(sizeof(*m));
	u32 i;

	if (!m)
		return NULL;
	m->g = g;
	m->nkeys = g->nkeys;
	m->keystr = g->keystr;
	m->long1 = m->nkeys == 1 && !m->keystr;
	m->strsize = strsize;
	m->max_entries = g->max_entries ? g->max_entries : 2048;
	m->seed = seed;
	m->shape = rt_shape_of(g);
	rt_map_layout(m, rt_is_spread(g));
	rt_map_text(m);
	if (rt_table_init(&m->t, m->max_entries, m->voff + m->vsize,
			  rt_cpu_id()))
		goto err;
	if (rt_is_spread(g) && rt_share_init(m))
		goto err;
	m->order = taprt_alloc((g->orders + 1) * sizeof(*m->order));
	if (!m->order)
		goto err;
	for (i = 0; i < g->orders; i++) {
		m->order[i].v =
			taprt_alloc(m->max_entries * sizeof(struct rt_ord));
		if (!m->order[i].v)
			goto err;
	}
	return m;
err:
	rt_map_free(m);
	return NULL;
}
