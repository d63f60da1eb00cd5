// SPDX-License-Identifier: GPL-2.0-only
/* Gives strings and types their final numbers, sorts the directories, writes. */
#include "build/dwarf/dindex.h"
#include "build/base/arena.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dcol.h"
#include "build/dwarf/dwx.h"
#include "build/dwarf/enc.h"
#include "build/dwarf/format.h"
#include "build/kit/kit_file.h"
#include "bundle/base/err.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/*
 * Tables of modules share frames of so many bytes: small ones compress badly.  Of the
 * kernel more is asked than of any module: its frames are unpacked in half the time.
 */
#define FRAME_BYTES	   ((size_t)256 << 10)
#define KERNEL_FRAME_BYTES ((size_t)128 << 10)
#define MAX_THREADS	   16

struct frame {
	uint32_t kind;
	size_t len;
	struct buf raw, packed;
};

struct out {
	struct arena *a;
	struct kf_writer w;
	struct buf bins, doms, blocks;
	struct pool strs;
	struct pool protos; /* of all files: what headers declare is one */
	VEC(struct frame) frames;
	size_t open[DCOL_ROWS]; /* by kind: frame being filled + 1 */
	size_t limit;		/* bytes of a frame */
	size_t next;		/* frame to be packed */
	struct dx_info info;
};

/* One binary while its directory is made. */
struct dir {
	struct out *o;
	const struct dbin *b;
	uint32_t *unit0;  /* first unit of each domain */
	uint32_t *block0; /* first block */
	uint32_t **str;	  /* domain's strings -> file's */
	uint32_t **pstr;  /* those of protos */
	struct dx_unit *unit;
	uint32_t nunits;
	struct dx_sect *sect;
	VEC(struct frow) funcs;
	VEC(struct dx_func) func;
	VEC(struct dx_ref) ref;
	VEC(struct bodyrow) body;
	VEC(struct dx_addr) addr;
	VEC(struct vrow) var;
	VEC(struct filerow) file;
};

struct frow {
	const char *name, *file;
	struct dd_func f; /* strings and units are final */
};

struct bodyrow {
	uint32_t unit, off, ref;
};

struct vrow {
	const char *name, *file;
	struct dx_var v;
};

struct filerow {
	const char *name;
	uint32_t str, unit;
};

static uint32_t add_frame(struct out *o, uint32_t kind)
{
	vec_push(&o->frames, (struct frame){ .kind = kind,
					     .raw = BUF_INIT,
					     .packed = BUF_INIT });
	return (uint32_t)o->frames.n - 1;
}

static struct dx_blob add_blob(struct out *o, uint32_t kind, const void *p,
			       size_t len)
{
	struct dx_blob r = { .len = (uint32_t)len };
	struct buf *raw;

	if (!o->open[kind] ||
	    o->frames.v[o->open[kind] - 1].raw.len + len > o->limit)
		o->open[kind] = (size_t)add_frame(o, kind) + 1;
	r.frame = (uint32_t)o->open[kind] - 1;
	raw = &o->frames.v[r.frame].raw;
	/* units are not read where they lie */
	if (kind != DCOL_UNITS)
		buf_align(raw, 8);
	r.off = (uint32_t)raw->len;
	buf_add(raw, p, len);
	return r;
}

static void add32(struct buf *b, uint32_t v)
{
	buf_add(b, &v, sizeof(v));
}

static void add_lengths(struct buf *b, const struct pool *p, uint32_t from,
			uint32_t to)
{
	for (; from < to; from++)
		enc_u(b, p->ent[from].len);
}

static void add_bytes(struct buf *b, const struct pool *p, uint32_t from,
		      uint32_t to)
{
	for (; from < to; from++)
		buf_add(b, pool_get(p, from), p->ent[from].len);
}

/* ---- protos ------------------------------------------------------------------- */

static uint32_t final_type(const struct dir *d, const uint32_t *map, uint32_t t)
{
	if (!(t & DTYPE_ADDED))
		return t;
	return d->b->first_type + (map[t & ~DTYPE_ADDED] & ~DTYPE_ADDED);
}

/* A proto with the file's strings and types instead of the domain's. */
static uint32_t final_proto(struct dir *d, size_t i, uint32_t k,
			    const uint32_t *map)
{
	const struct pool *p = &d->b->dom[i].protos;
	struct cur c = cur_init(pool_get(p, k), p->ent[k].len);
	const uint32_t *s = d->pstr[i];
	struct buf b = BUF_INIT;
	uint64_t n, x;
	uint32_t id;

	for (x = 0; x < 3; x++)
		enc_u(&b, s[cur_uleb(&c)]); /* name, linkage name, file */
	enc_u(&b, cur_uleb(&c));
	enc_u(&b, cur_uleb(&c));
	enc_u(&b, final_type(d, map, (uint32_t)cur_uleb(&c)));
	n = cur_uleb(&c);
	enc_u(&b, n);
	for (x = 0; x < n; x++) {
		enc_u(&b, s[cur_uleb(&c)]);
		enc_u(&b, final_type(d, map, (uint32_t)cur_uleb(&c)));
		enc_u(&b, cur_uleb(&c));
		enc_u(&b, cur_uleb(&c));
	}
	id = pool_put(&d->o->protos, b.p, b.len);
	buf_deinit(&b);
	return id;
}

/* All that was numbered, so many in each frame. */
static uint32_t write_pool(struct out *o, const struct pool *p, uint32_t kind,
			   uint32_t each, size_t behind)
{
	uint32_t i, n = 0;
	struct buf *raw;

	for (i = 0; i < p->n; i++) {
		if (i % each == 0) {
			add_frame(o, kind);
			n++;
		}
		raw = &o->frames.v[o->frames.n - 1].raw;
		buf_add(raw, pool_get(p, i), p->ent[i].len + behind);
	}
	return n;
}

/* ---- domains ----------------------------------------------------------------- */

static void write_dom(struct dir *d, size_t i, const uint32_t *map)
{
	const struct ddom *m = &d->b->dom[i];
	struct buf b = BUF_INIT;
	struct dx_blob blob;
	uint32_t k;

	add32(&b, m->strs.n);
	add32(&b, m->typeref.n);
	add32(&b, m->exprs.n);
	add32(&b, m->protos.n);
	for (k = 0; k < m->strs.n; k++)
		add32(&b, d->str[i][k]);
	for (k = 0; k < m->typeref.n; k++) {
		uint32_t t;

		memcpy(&t, pool_get(&m->typeref, k), sizeof(t));
		add32(&b, final_type(d, map, t));
	}
	for (k = 0; k < m->protos.n; k++)
		add32(&b, final_proto(d, i, k, map));
	add_lengths(&b, &m->exprs, 0, m->exprs.n);
	add_bytes(&b, &m->exprs, 0, m->exprs.n);
	blob = add_blob(d->o, DCOL_DOMS, b.p, b.len);
	buf_add(&d->o->doms, &blob, sizeof(blob));
	buf_deinit(&b);
}

static void write_types(struct dir *d, const struct dtypes *all,
			struct dx_bin *row)
{
	struct buf b = BUF_INIT;

	if (!all->x.n)
		return;
	dtypes_write(all, d->b->first_type, d->b->type_strings, &b);
	row->types = add_blob(d->o, DCOL_PLAIN, b.p, b.len);
	buf_deinit(&b);
}

/* The types that the parts of a binary have added are one set. */
static void finish_doms(struct dir *d, struct dx_bin *row)
{
	struct dtypes all;
	size_t i;

	dtypes_init(&all, NULL, NULL);
	for (i = 0; i < d->b->ndom; i++) {
		const struct dtypes *t = &d->b->dom[i].types;
		uint32_t *map = xcalloc(t->x.n + 1, sizeof(*map));

		dtypes_merge(&all, t, map);
		write_dom(d, i, map);
		free(map);
	}
	write_types(d, &all, row);
	dtypes_deinit(&all);
}

/* ---- tables of the directory --------------------------------------------------- */

static const char *str(const struct dir *d, uint32_t off)
{
	return pool_get(&d->o->strs, off);
}

static void take_units(struct dir *d, size_t i)
{
	const struct ddom *m = &d->b->dom[i];
	size_t k;

	for (k = 0; k < m->units.n; k++) {
		const struct dd_unit *u = &m->units.v[k];

		d->unit[d->unit0[i] + k] = (struct dx_unit){
			.name = d->str[i][u->name],
			.lang = u->lang,
			.dom = (uint32_t)i,
			.block = d->block0[i] + u->block,
			.off = u->off,
			.len = u->len,
		};
	}
}

static void take_rows(struct dir *d, size_t i)
{
	const struct ddom *m = &d->b->dom[i];
	const uint32_t *s = d->str[i], u0 = d->unit0[i], *ps = d->pstr[i];
	size_t k;

	for (k = 0; k < m->funcs.n; k++) {
		struct frow r = { .f = m->funcs.v[k] };

		r.f.name = ps[r.f.name];
		r.f.file = ps[r.f.file];
		r.f.unit += u0;
		vec_push(&d->funcs, r);
	}
	for (k = 0; k < m->vars.n; k++) {
		const struct dd_var *v = &m->vars.v[k];
		struct vrow r = { .v = { s[v->name], s[v->file], v->line,
					 v->unit + u0, v->off, 0 } };

		vec_push(&d->var, r);
	}
	for (k = 0; k < m->files.n; k++)
		vec_push(&d->file,
			 (struct filerow){ NULL, s[m->files.v[k].file],
					   m->files.v[k].unit + u0 });
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int func_cmp(const void *a, const void *b)
{
	const struct frow *x = a, *y = b;
	int c = x->f.name == y->f.name ? 0 : strcmp(x->name, y->name);

	if (!c && x->f.file != y->f.file)
		c = strcmp(x->file, y->file);
	if (!c)
		c = order(x->f.line, y->f.line);
	if (!c)
		c = order(x->f.unit, y->f.unit);
	return c ? c : order(x->f.off, y->f.off);
}

static int body_cmp(const void *a, const void *b)
{
	const struct bodyrow *x = a, *y = b;
	int c = order(x->unit, y->unit);

	return c ? c : order(x->off, y->off);
}

static int addr_cmp(const void *a, const void *b)
{
	const struct dx_addr *x = a, *y = b;
	int c = order(x->lo, y->lo);

	return c ? c : order(x->ref, y->ref);
}

static int var_cmp(const void *a, const void *b)
{
	const struct vrow *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	if (!c)
		c = strcmp(x->file, y->file);
	if (!c)
		c = order(x->v.line, y->v.line);
	if (!c)
		c = order(x->v.unit, y->v.unit);
	return c ? c : order(x->v.off, y->v.off);
}

static int file_cmp(const void *a, const void *b)
{
	const struct filerow *x = a, *y = b;
	int c = x->str == y->str ? 0 : strcmp(x->name, y->name);

	return c ? c : order(x->unit, y->unit);
}

#define SORT(vec, cmp)                                                     \
	do {                                                               \
		if ((vec)->n)                                              \
			qsort((vec)->v, (vec)->n, sizeof(*(vec)->v), cmp); \
	} while (0)

static void make_funcs(struct dir *d)
{
	const struct dd_func *last = NULL;
	struct frow *f;
	size_t i;

	vec_foreach(f, &d->funcs) {
		f->name = str(d, f->f.name);
		f->file = str(d, f->f.file);
	}
	SORT(&d->funcs, func_cmp);
	for (i = 0; i < d->funcs.n; i++) {
		const struct dd_func *x = &d->funcs.v[i].f;

		if (!last || last->name != x->name || last->file != x->file ||
		    last->line != x->line)
			vec_push(&d->func,
				 (struct dx_func){ x->name, x->file, x->line, 0,
						   (uint32_t)d->ref.n, 0 });
		d->func.v[d->func.n - 1].flags |= x->flags;
		d->func.v[d->func.n - 1].nref++;
		vec_push(&d->body, (struct bodyrow){ x->unit, x->off,
						     (uint32_t)d->ref.n });
		vec_push(&d->ref, (struct dx_ref){ x->unit, x->off });
		last = x;
	}
	SORT(&d->body, body_cmp);
}

static void take_addrs(struct dir *d, size_t i)
{
	const struct ddom *m = &d->b->dom[i];
	size_t k;

	for (k = 0; k < m->addrs.n; k++) {
		const struct dd_addr *x = &m->addrs.v[k];
		struct bodyrow key = { x->unit + d->unit0[i], x->off, 0 };
		const struct bodyrow *r =
			d->body.n ? bsearch(&key, d->body.v, d->body.n,
					    sizeof(key), body_cmp)
				  : NULL;

		if (!r) {
			/* a reference to the unit alone */
			vec_push(&d->ref,
				 (struct dx_ref){ key.unit, DX_REF_NONE });
			key.ref = (uint32_t)d->ref.n - 1;
			r = &key;
		}
		vec_push(&d->addr, (struct dx_addr){ x->lo,
						     x->len > UINT32_MAX
							     ? UINT32_MAX
							     : (uint32_t)x->len,
						     r->ref });
	}
}

static void make_tables(struct dir *d)
{
	struct filerow *f;
	struct vrow *v;
	size_t i;

	for (i = 0; i < d->b->ndom; i++) {
		take_units(d, i);
		take_rows(d, i);
	}
	make_funcs(d);
	for (i = 0; i < d->b->ndom; i++)
		take_addrs(d, i);
	SORT(&d->addr, addr_cmp);
	vec_foreach(v, &d->var) {
		v->name = str(d, v->v.name);
		v->file = str(d, v->v.file);
	}
	SORT(&d->var, var_cmp);
	vec_foreach(f, &d->file)
		f->name = str(d, f->str);
	SORT(&d->file, file_cmp);
}

/* ---- writing -------------------------------------------------------------------- */

struct table {
	const void *p;
	size_t n;
};

/* The kernel's tables are large: only what is asked for is unpacked. */
static void write_pieces(struct out *o, const struct table *t, struct dx_dir *h,
			 struct dx_bin *row)
{
	uint32_t i, k;

	for (i = 0; i < DX_NTABLES; i++) {
		size_t bytes = dx_row_bytes[i];

		h->at[i] = (uint32_t)o->frames.n;
		for (k = 0; k < t[i].n; k += DX_ROWS) {
			size_t n = t[i].n - k < DX_ROWS ? t[i].n - k : DX_ROWS;
			uint32_t f = add_frame(o, DCOL_ROWS + i);

			buf_add(&o->frames.v[f].raw,
				(const char *)t[i].p + k * bytes, n * bytes);
		}
	}
	row->pieces = 1;
	row->dir = add_blob(o, DCOL_PLAIN, h, sizeof(*h));
}

static void write_whole(struct out *o, const struct table *t, struct dx_dir *h,
			struct dx_bin *row)
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_zero(&b, sizeof(*h));
	for (i = 0; i < DX_NTABLES; i++) {
		buf_align(&b, 8);
		h->at[i] = (uint32_t)b.len;
		buf_add(&b, t[i].p, t[i].n * dx_row_bytes[i]);
	}
	buf_align(&b, 8);
	memcpy(b.p, h, sizeof(*h));
	row->dir = add_blob(o, DCOL_DIRS, b.p, b.len);
	buf_deinit(&b);
}

static void write_dir(struct dir *d, struct dx_bin *row)
{
	VEC(struct dx_file) file = { 0 };
	VEC(struct dx_var) var = { 0 };
	VEC(uint32_t) unit = { 0 };
	struct dx_dir h = { 0 };
	const struct vrow *v;
	size_t i;

	for (i = 0; i < d->file.n; i++) {
		const struct filerow *f = &d->file.v[i];

		if (!i || f->str != f[-1].str)
			vec_push(&file,
				 (struct dx_file){ f->str, (uint32_t)unit.n, 0,
						   0 });
		file.v[file.n - 1].nunit++;
		vec_push(&unit, f->unit);
	}
	vec_foreach(v, &d->var)
		vec_push(&var, v->v);
	const struct table t[DX_NTABLES] = {
		[DX_UNITS] = { d->unit, d->nunits },
		[DX_FUNCS] = { d->func.v, d->func.n },
		[DX_REFS] = { d->ref.v, d->ref.n },
		[DX_ADDRS] = { d->addr.v, d->addr.n },
		[DX_VARS] = { var.v, var.n },
		[DX_FILES] = { file.v, file.n },
		[DX_FUNITS] = { unit.v, unit.n },
		[DX_SECTS] = { d->sect, d->b->nsect },
	};
	for (i = 0; i < DX_NTABLES; i++)
		h.n[i] = (uint32_t)t[i].n;
	if (d->b->nsect)
		write_whole(d->o, t, &h, row);
	else
		write_pieces(d->o, t, &h, row);
	vec_deinit(&file);
	vec_deinit(&var);
	vec_deinit(&unit);
}

static uint32_t *file_strings(struct out *o, const struct pool *p)
{
	uint32_t *v = xcalloc((size_t)p->n + 1, sizeof(*v)), k;

	for (k = 0; k < p->n; k++)
		v[k] = pool_str(&o->strs, pool_get(p, k));
	return v;
}

static void dir_init(struct dir *d, struct out *o, const struct dbin *b)
{
	size_t i;
	uint32_t blocks = 0;

	*d = (struct dir){ .o = o, .b = b };
	d->unit0 = xcalloc(b->ndom + 1, sizeof(*d->unit0));
	d->block0 = xcalloc(b->ndom + 1, sizeof(*d->block0));
	d->str = xcalloc(b->ndom + 1, sizeof(*d->str));
	d->pstr = xcalloc(b->ndom + 1, sizeof(*d->pstr));
	for (i = 0; i < b->ndom; i++) {
		const struct ddom *m = &b->dom[i];

		d->unit0[i] = d->nunits;
		d->nunits += (uint32_t)m->units.n;
		d->block0[i] = blocks;
		blocks += (uint32_t)m->blocks.n;
		d->str[i] = file_strings(o, &m->strs);
		d->pstr[i] = file_strings(o, &m->pstrs);
	}
	d->unit = xcalloc(d->nunits + 1, sizeof(*d->unit));
	d->sect = xcalloc(b->nsect + 1, sizeof(*d->sect));
	for (i = 0; i < b->nsect; i++)
		d->sect[i] = (struct dx_sect){
			.base = b->sect[i].base,
			.size = b->sect[i].size,
			.name = pool_str(&o->strs, b->sect[i].name),
		};
}

static void dir_deinit(struct dir *d)
{
	size_t i;

	for (i = 0; i < d->b->ndom; i++) {
		free(d->str[i]);
		free(d->pstr[i]);
	}
	free(d->str);
	free(d->pstr);
	free(d->unit0);
	free(d->block0);
	free(d->unit);
	free(d->sect);
	vec_deinit(&d->funcs);
	vec_deinit(&d->func);
	vec_deinit(&d->ref);
	vec_deinit(&d->body);
	vec_deinit(&d->addr);
	vec_deinit(&d->var);
	vec_deinit(&d->file);
}

static void count(struct out *o, const struct dd_counts *c)
{
	o->info.bodies += c->bodies;
	o->info.inlined += c->inlined;
	o->info.vars += c->vars;
	o->info.located += c->located;
	o->info.labels += c->labels;
	o->info.calls += c->calls;
	o->info.lines += c->lines;
	o->info.scopes += c->scopes;
}

static void write_bin(struct out *o, const struct dbin *b)
{
	struct dx_bin row = {
		.name = kfw_str(&o->w, b->name),
		.build_id = kfw_str(&o->w, b->build_id),
		.dom = (uint32_t)(o->doms.len / sizeof(struct dx_blob)),
		.ndom = (uint32_t)b->ndom,
		.block = (uint32_t)(o->blocks.len / sizeof(struct dx_blob)),
	};
	struct dir d;
	size_t i, k;

	o->limit = b->nsect ? FRAME_BYTES : KERNEL_FRAME_BYTES;
	dir_init(&d, o, b);
	finish_doms(&d, &row);
	for (i = 0; i < b->ndom; i++) {
		count(o, &b->dom[i].counts);
		for (k = 0; k < b->dom[i].blocks.n; k++) {
			struct dd_block *x = &b->dom[i].blocks.v[k];
			struct dx_blob blob =
				add_blob(o, DCOL_UNITS, x->p, x->len);

			free(x->p);
			x->p = NULL;
			buf_add(&o->blocks, &blob, sizeof(blob));
			row.nblock++;
		}
	}
	make_tables(&d);
	write_dir(&d, &row);
	buf_add(&o->bins, &row, sizeof(row));
	dir_deinit(&d);
}

void dindex_set_base(struct dbin *b, const struct btfv *v)
{
	b->first_type = v && v->ntypes ? v->start_id + v->ntypes : 1;
	b->type_strings = 0;
	for (; v; v = v->base)
		b->type_strings += v->str_len;
}

static void add_section(struct out *o, const char *name, const void *p,
			size_t n)
{
	buf_add(kfw_section(&o->w, name), p, n);
}

static void add_pairs(struct out *o, const char *release, const char *build_id)
{
	struct kf_pair v[] = {
		{ kfw_str(&o->w, "build-id"), kfw_str(&o->w, build_id) },
		{ kfw_str(&o->w, "release"), kfw_str(&o->w, release) },
	};

	add_section(o, KF_INFO, v, sizeof(v));
}

/* ---- frames ---------------------------------------------------------------------- */

static void *pack_frames(void *arg)
{
	struct out *o = arg;
	struct frame *f;
	size_t i;

	while ((i = __atomic_fetch_add(&o->next, 1, __ATOMIC_RELAXED)) <
	       o->frames.n) {
		f = &o->frames.v[i];
		f->len = f->raw.len;
		f->kind = dcol_pack(f->kind, (const uint8_t *)f->raw.p, f->len,
				    &f->packed);
		buf_deinit(&f->raw);
	}
	return NULL;
}

/* What comes of it does not depend on how many do it. */
static void pack_all(struct out *o, unsigned int jobs)
{
	pthread_t t[MAX_THREADS];
	unsigned int i, n = 0;

	for (i = 1; i < jobs && i <= MAX_THREADS; i++)
		if (!pthread_create(&t[n], NULL, pack_frames, o))
			n++;
	pack_frames(o);
	for (i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

static void write_frames(struct out *o, unsigned int jobs)
{
	struct buf rows = BUF_INIT, data = BUF_INIT;
	struct frame *f;

	pack_all(o, jobs);
	vec_foreach(f, &o->frames) {
		struct dx_frame row = { .off = data.len,
					.zlen = (uint32_t)f->packed.len,
					.len = (uint32_t)f->len,
					.kind = f->kind };

		buf_add(&rows, &row, sizeof(row));
		buf_add(&data, f->packed.p, f->packed.len);
		buf_deinit(&f->packed);
	}
	add_section(o, DX_FRAMES, rows.p, rows.len);
	add_section(o, DX_DATA, data.p, data.len);
	buf_deinit(&rows);
	buf_deinit(&data);
}

int dindex_write(struct arena *a, const char *release, const char *build_id,
		 const struct btfv *btf, struct dbin *bin, size_t nbin,
		 unsigned int jobs, struct buf *out, char id[65], struct err *e)
{
	struct out o = {
		.a = a, .bins = BUF_INIT, .doms = BUF_INIT, .blocks = BUF_INIT
	};
	size_t i;
	int rc;

	pool_init(&o.strs);
	pool_str(&o.strs, "");
	pool_init(&o.protos);
	kfw_init(&o.w, a);
	o.info.version = DX_VERSION;
	o.info.btf = dwx_btf_hash(btf);
	for (i = 0; i < nbin; i++)
		write_bin(&o, &bin[i]);
	o.info.str = (uint32_t)o.frames.n;
	o.info.nstr = write_pool(&o, &o.strs, DCOL_PLAIN, DX_STRS, 1);
	o.info.proto = (uint32_t)o.frames.n;
	o.info.nproto = write_pool(&o, &o.protos, DCOL_PROTOS, DX_PROTOS, 0);
	add_pairs(&o, release, build_id);
	add_section(&o, DX_INFO, &o.info, sizeof(o.info));
	add_section(&o, DX_BINS, o.bins.p, o.bins.len);
	add_section(&o, DX_DOMS, o.doms.p, o.doms.len);
	add_section(&o, DX_BLOCKS, o.blocks.p, o.blocks.len);
	write_frames(&o, jobs);
	rc = kfw_finish(&o.w, out, id, e);
	kfw_deinit(&o.w);
	buf_deinit(&o.bins);
	buf_deinit(&o.doms);
	buf_deinit(&o.blocks);
	vec_deinit(&o.frames);
	pool_deinit(&o.strs);
	pool_deinit(&o.protos);
	return rc;
}
