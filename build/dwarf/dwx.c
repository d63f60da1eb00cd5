// SPDX-License-Identifier: GPL-2.0-only
/* Opens an index and its directories; unpacks a blob when something in it is asked. */
#include "build/dwarf/dwx.h"
#include "build/base/fs.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dcol.h"
#include "build/dwarf/dwx_priv.h"
#include "build/dwarf/enc.h"
#include "build/kit/kit_file.h"
#include "bundle/base/err.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* No frame that is written is near. */
#define FRAME_MAX ((uint32_t)128 << 20)

/* A frame once it was asked for; @p: NULL: it is damaged. */
struct mem {
	uint8_t *p;
	bool is_tried;
};

struct dwx {
	struct kf_view f;
	bool is_mapped;
	const struct dx_info *info;
	const struct dx_bin *bin;
	const struct dx_blob *dom, *block;
	const struct dx_frame *frame;
	struct mem *mem;	      /* of each frame */
	struct dwx_list *str, *proto; /* by frame */
	const uint8_t *data;
	size_t nbins, ndoms, nblocks, nframes, ndata;
	struct dwx_dir **dir;
};

/* Are [@at, @at + @n) rows of a table of @all? */
static bool in_table(size_t all, size_t at, size_t n)
{
	return at <= all && n <= all - at;
}

static int open_view(struct dwx *x, struct err *e)
{
	size_t n = 0;
	const uint8_t *info = kf_section(&x->f, DX_INFO, &n);
	uint32_t version = 0;

	/* the row of another version has another size */
	if (info && n >= sizeof(version))
		memcpy(&version, info, sizeof(version));
	if (version && version != DX_VERSION) {
		err_set(e, ERR_UNSUPPORTED,
			"debug index format %u, this tapbuild reads %d",
			version, DX_VERSION);
		return err_hint(e, "tapbuild kit add --debuginfo PACKAGES…");
	}
	x->info = kf_table(&x->f, DX_INFO, sizeof(*x->info), &n);
	if (!x->info || n != 1 || !version)
		return err_set(e, ERR_FORMAT, "not a debug index");
	x->bin = kf_table(&x->f, DX_BINS, sizeof(*x->bin), &x->nbins);
	x->dom = kf_table(&x->f, DX_DOMS, sizeof(*x->dom), &x->ndoms);
	x->block = kf_table(&x->f, DX_BLOCKS, sizeof(*x->block), &x->nblocks);
	x->frame = kf_table(&x->f, DX_FRAMES, sizeof(*x->frame), &x->nframes);
	x->data = kf_section(&x->f, DX_DATA, &x->ndata);
	if (!in_table(x->nframes, x->info->str, x->info->nstr) ||
	    !in_table(x->nframes, x->info->proto, x->info->nproto))
		return err_set(e, ERR_CORRUPT, "damaged debug index");
	x->mem = xcalloc(x->nframes + 1, sizeof(*x->mem));
	x->str = xcalloc((size_t)x->info->nstr + 1, sizeof(*x->str));
	x->proto = xcalloc((size_t)x->info->nproto + 1, sizeof(*x->proto));
	x->dir = xcalloc(x->nbins + 1, sizeof(*x->dir));
	return 0;
}

int dwx_open_bytes(const void *p, size_t n, struct dwx **ret, struct err *e)
{
	struct dwx *x = xcalloc(1, sizeof(*x));
	int rc = kf_open(&x->f, p, n, e);

	if (rc == 0)
		rc = open_view(x, e);
	if (rc < 0) {
		dwx_close(x);
		return rc;
	}
	*ret = x;
	return 0;
}

int dwx_open(const char *path, struct dwx **ret, struct err *e)
{
	const void *p;
	size_t n;
	int rc = fs_map(path, &p, &n, e);

	if (rc < 0)
		return rc;
	rc = dwx_open_bytes(p, n, ret, e);
	if (rc < 0) {
		munmap((void *)(uintptr_t)p, n);
		return err_prefix(e, "'%s'", path);
	}
	(*ret)->is_mapped = true;
	return 0;
}

static void free_unit(struct dwx_unit *u)
{
	free(u->proto);
	free(u);
}

static void free_dir(struct dwx_dir *d)
{
	uint32_t i;

	if (!d)
		return;
	for (i = 0; i < d->units.nslot; i++)
		if (d->units.v[i].key)
			free_unit((void *)(uintptr_t)d->units.v[i].val);
	ptrmap_deinit(&d->units);
	free(d->sym);
	for (i = 0; i < d->bin->ndom && d->dom; i++)
		free(d->dom[i].expr);
	free(d->dom);
	free(d);
}

static void free_list(struct dwx_list *l)
{
	uint32_t i;

	for (i = 0; l->proto && i < l->n; i++)
		free(l->proto[i].var);
	free(l->proto);
	free(l->off);
}

void dwx_close(struct dwx *x)
{
	size_t i;

	if (!x)
		return;
	for (i = 0; i < x->nbins && x->dir; i++)
		free_dir(x->dir[i]);
	for (i = 0; x->str && i < x->info->nstr; i++)
		free_list(&x->str[i]);
	for (i = 0; x->proto && i < x->info->nproto; i++)
		free_list(&x->proto[i]);
	for (i = 0; i < x->nframes && x->mem; i++)
		free(x->mem[i].p);
	free(x->str);
	free(x->proto);
	free(x->mem);
	free(x->dir);
	if (x->is_mapped)
		munmap((void *)(uintptr_t)x->f.p, x->f.len);
	free(x);
}

struct dwx_info dwx_info(const struct dwx *x)
{
	const struct dx_info *i = x->info;

	return (struct dwx_info){
		.release = kf_info(&x->f, "release"),
		.build_id = kf_info(&x->f, "build-id"),
		.btf = i->btf,
		.functions = i->bodies,
		.inlined = i->inlined,
		.variables = i->vars,
		.located = i->located,
		.labels = i->labels,
		.calls = i->calls,
		.lines = i->lines,
		.files = x->nbins,
		.bytes = x->f.len,
	};
}

void dwx_id(const struct dwx *x, char ret[65])
{
	kf_id_hex(&x->f, ret);
}

uint64_t dwx_btf_hash(const struct btfv *v)
{
	uint8_t sha[crypto_hash_sha256_BYTES];
	uint64_t h = 0;

	crypto_hash_sha256(sha, v->data, v->data ? v->len : 0);
	memcpy(&h, sha, sizeof(h));
	return h;
}

size_t dwx_nfiles(const struct dwx *x)
{
	return x->nbins;
}

const char *dwx_file_name(const struct dwx *x, size_t i)
{
	return i < x->nbins ? kf_str(&x->f, x->bin[i].name) : "";
}

const char *dwx_file_build_id(const struct dwx *x, size_t i)
{
	return i < x->nbins ? kf_str(&x->f, x->bin[i].build_id) : "";
}

size_t dwx_find_file(const struct dwx *x, const char *name)
{
	size_t i, lo = 0, hi = x->nbins;

	/* vmlinux stands before all others */
	if (x->nbins && !strcmp(dwx_file_name(x, 0), "vmlinux")) {
		if (!strcmp(name, "vmlinux"))
			return 0;
		lo = 1;
	}
	i = lo + kf_lower(&x->f, x->bin + lo, hi - lo, sizeof(*x->bin),
			  offsetof(struct dx_bin, name), name);
	return i < hi && !strcmp(dwx_file_name(x, i), name) ? i : x->nbins;
}

/* ---- frames ------------------------------------------------------------------ */

int dwx_bad(const struct dwx_dir *d, const char *what, struct err *e)
{
	return err_set(e, ERR_CORRUPT,
		       "debug index of '%s' is damaged: %s: make it anew",
		       kf_str(&d->x->f, d->bin->name), what);
}

/* A frame, unpacked when it is first asked for; NULL: damaged. */
static const uint8_t *load_frame(const struct dwx *x, size_t i)
{
	const struct dx_frame *f;
	uint8_t *p;

	if (i >= x->nframes)
		return NULL;
	f = &x->frame[i];
	if (x->mem[i].is_tried)
		return x->mem[i].p;
	x->mem[i].is_tried = true;
	if (f->off > x->ndata || f->zlen > x->ndata - f->off ||
	    f->len > FRAME_MAX)
		return NULL;
	p = malloc((size_t)f->len + 1);
	if (p &&
	    dcol_unpack(f->kind, x->data + f->off, f->zlen, p, f->len) < 0) {
		free(p);
		p = NULL;
	}
	return x->mem[i].p = p;
}

static int load_blob(const struct dwx *x, const struct dx_blob *b,
		     struct dwx_raw *ret)
{
	const uint8_t *p = load_frame(x, b->frame);

	if (!p || !in_table(x->frame[b->frame].len, b->off, b->len))
		return -1;
	*ret = (struct dwx_raw){ p + b->off, b->len };
	return 0;
}

static const struct dwx_list *load_strings(const struct dwx *x, uint32_t i)
{
	struct dwx_list *l = &x->str[i];
	const struct dx_frame *f = &x->frame[x->info->str + i];
	const uint8_t *p;
	uint32_t k;

	if (l->is_tried)
		return l;
	l->is_tried = true;
	l->p = p = load_frame(x, x->info->str + i);
	if (!p || !f->len || p[f->len - 1])
		return l;
	l->off = xcalloc(DX_STRS + 1, sizeof(*l->off));
	for (k = 0; k < f->len && l->n < DX_STRS; k++)
		if (!k || !p[k - 1])
			l->off[l->n++] = k;
	return l;
}

const char *dwx_str(const struct dwx_dir *d, uint32_t i)
{
	const struct dwx *x = d->x;
	const struct dwx_list *l;

	if (i / DX_STRS >= x->info->nstr)
		return "";
	l = load_strings(x, i / DX_STRS);
	return i % DX_STRS < l->n ? (const char *)l->p + l->off[i % DX_STRS]
				  : "";
}

/* ---- directories --------------------------------------------------------------- */

static const void *row_of_piece(const struct dwx *x, uint32_t frame, uint64_t i,
				size_t bytes)
{
	size_t at = frame + i / DX_ROWS;
	const uint8_t *p = load_frame(x, at);

	i %= DX_ROWS;
	return p && i < x->frame[at].len / bytes ? p + i * bytes : NULL;
}

const void *dwx_row(const struct dwx_dir *d, enum dx_table t, uint64_t i)
{
	static const uint64_t none[8];
	size_t bytes = dx_row_bytes[t];
	const void *p;

	if (i >= d->h.n[t])
		return none;
	if (!d->bin->pieces)
		return d->raw.p + d->h.at[t] + i * bytes;
	p = row_of_piece(d->x, d->h.at[t], i, bytes);
	return p ? p : none;
}

/* All rows there can be, before one is looked at. */
static bool check_table(const struct dwx_dir *d, enum dx_table t)
{
	uint32_t at = d->h.at[t], n = d->h.n[t];

	if (d->bin->pieces)
		return in_table(d->x->nframes, at,
				n / DX_ROWS + (n % DX_ROWS != 0));
	return at % 8 == 0 && at <= d->raw.n &&
	       n <= (d->raw.n - at) / dx_row_bytes[t];
}

static int open_dir(struct dwx *x, struct dwx_dir *d, struct err *e)
{
	const struct dx_bin *b = d->bin;
	unsigned int t;

	if (!in_table(x->ndoms, b->dom, b->ndom) ||
	    !in_table(x->nblocks, b->block, b->nblock))
		return dwx_bad(d, "its row", e);
	if (load_blob(x, &b->dir, &d->raw) < 0 || d->raw.n < sizeof(d->h) ||
	    b->dir.off % 8)
		return dwx_bad(d, "its directory", e);
	memcpy(&d->h, d->raw.p, sizeof(d->h));
	for (t = 0; t < DX_NTABLES; t++)
		if (!check_table(d, t))
			return dwx_bad(d, "a table of its directory", e);
	d->dom = xcalloc((size_t)b->ndom + 1, sizeof(*d->dom));
	return 0;
}

int dwx_dir(struct dwx *x, size_t i, struct dwx_dir **ret, struct err *e)
{
	struct dwx_dir *d;
	int rc;

	if (i >= x->nbins)
		return err_set(e, ERR_INVALID, "no file %zu in the index", i);
	if (!x->dir[i]) {
		d = xcalloc(1, sizeof(*d));
		d->x = x;
		d->bin = &x->bin[i];
		rc = open_dir(x, d, e);
		if (rc < 0) {
			free_dir(d);
			return rc;
		}
		x->dir[i] = d;
	}
	*ret = x->dir[i];
	return 0;
}

int dwx_types(struct dwx_dir *d, const struct btfv *base, struct buf *bytes,
	      struct btfv *ret, struct err *e)
{
	struct buf idx = BUF_INIT;
	struct dwx_raw raw;
	int rc;

	if (!d->bin->types.len) {
		*ret = *base;
		return 0;
	}
	if (load_blob(d->x, &d->bin->types, &raw) < 0)
		return dwx_bad(d, "its types", e);
	buf_reset(bytes);
	buf_add(bytes, raw.p, raw.n);
	rc = btf_make_index(bytes->p, bytes->len, base, &idx, e);
	if (rc == 0) {
		size_t n = bytes->len, at;

		buf_align(bytes, 8);
		at = bytes->len;
		buf_add(bytes, idx.p, idx.len);
		rc = btf_open(ret, bytes->p, n, bytes->p + at, idx.len, base,
			      e);
	}
	buf_deinit(&idx);
	return rc;
}

const char *dwx_dir_name(const struct dwx_dir *d)
{
	return kf_str(&d->x->f, d->bin->name);
}

/* ---- domains and units ---------------------------------------------------------- */

static bool read_lengths(struct cur *c, uint32_t n, uint32_t **ret)
{
	uint64_t at = 0, len;
	uint32_t i, *v;

	if (n > cur_left(c))
		return false;
	v = xcalloc((size_t)n + 1, sizeof(*v));
	*ret = v;
	for (i = 0; i < n; i++) {
		len = cur_uleb(c);
		if (len > FRAME_MAX || at + len > FRAME_MAX)
			return false;
		at += len;
		v[i + 1] = (uint32_t)at;
	}
	return cur_ok(c);
}

static bool read_dom(struct dwx_dom *m)
{
	struct cur c = cur_init(m->raw.p, m->raw.n);

	m->nstr = cur_le32(&c);
	m->ntype = cur_le32(&c);
	m->nexpr = cur_le32(&c);
	m->nproto = cur_le32(&c);
	m->str = cur_take(&c, (size_t)m->nstr * 4);
	m->type = cur_take(&c, (size_t)m->ntype * 4);
	m->proto = cur_take(&c, (size_t)m->nproto * 4);
	if (!read_lengths(&c, m->nexpr, &m->expr))
		return false;
	m->expr_p = cur_take(&c, m->expr[m->nexpr]);
	return cur_ok(&c);
}

/* Where each of them begins. */
static const struct dwx_list *load_protos(const struct dwx *x, uint32_t i)
{
	struct dwx_list *l = &x->proto[i];
	struct cur c;
	uint64_t n;

	if (l->is_tried)
		return l;
	l->is_tried = true;
	l->p = load_frame(x, x->info->proto + i);
	if (!l->p)
		return l;
	c = cur_init(l->p, x->frame[x->info->proto + i].len);
	l->off = xcalloc(DX_PROTOS + 1, sizeof(*l->off));
	while (cur_ok(&c) && l->n < DX_PROTOS && cur_left(&c)) {
		for (n = 0; n < 6; n++)
			cur_uleb(&c);
		for (n = cur_uleb(&c); n && cur_ok(&c); n--) {
			cur_uleb(&c);
			cur_uleb(&c);
			cur_uleb(&c);
			cur_uleb(&c);
		}
		if (cur_ok(&c))
			l->off[++l->n] = (uint32_t)cur_off(&c);
	}
	l->proto = xcalloc((size_t)l->n + 1, sizeof(*l->proto));
	return l;
}

struct dwx_proto *dwx_proto(struct dwx_dir *d, const struct dwx_dom *m,
			    uint32_t i)
{
	const struct dwx_list *l;
	uint32_t id;

	if (i >= m->nproto)
		return NULL;
	memcpy(&id, m->proto + (size_t)i * 4, sizeof(id));
	if (id / DX_PROTOS >= d->x->info->nproto)
		return NULL;
	l = load_protos(d->x, id / DX_PROTOS);
	id %= DX_PROTOS;
	if (id >= l->n)
		return NULL;
	l->proto[id].bytes = (struct dwx_expr){ l->p + l->off[id],
						l->off[id + 1] - l->off[id] };
	return &l->proto[id];
}

int dwx_load_dom(struct dwx_dir *d, uint32_t i, struct dwx_dom **ret,
		 struct err *e)
{
	struct dwx_dom *m;

	if (i >= d->bin->ndom)
		return dwx_bad(d, "number of a domain", e);
	m = &d->dom[i];
	if (!m->raw.p) {
		if (load_blob(d->x, &d->x->dom[d->bin->dom + i], &m->raw) < 0)
			return dwx_bad(d, "a domain", e);
		m->is_ready = read_dom(m);
	}
	if (!m->is_ready)
		return dwx_bad(d, "tables of a domain", e);
	*ret = m;
	return 0;
}

/* Parts and the head of a unit's image. */
static bool read_unit(struct dwx_unit *u, struct cur c)
{
	struct cur *part[] = { &c, &u->bodies, &u->insts, &u->vars, &u->lines };
	uint32_t len[DX_PARTS];
	size_t k;

	for (k = 0; k < DX_PARTS; k++)
		len[k] = cur_le32(&c);
	for (k = 0; k < DX_PARTS; k++) {
		const uint8_t *p = cur_take(&c, len[k]);

		if (k && p)
			*part[k] = cur_init(p, len[k]);
	}
	if (!cur_ok(&c))
		return false;
	cur_seek(&c, sizeof(len));
	u->base = cur_uleb(&c);
	u->nprotos = cur_uleb(&c);
	if (!cur_ok(&c) || u->nprotos > cur_left(&c))
		return false;
	u->proto = xcalloc(u->nprotos + 1, sizeof(*u->proto));
	for (k = 0; k < u->nprotos; k++)
		u->proto[k] = (uint32_t)cur_uleb(&c);
	return cur_ok(&c);
}

static int take_apart(struct dwx_dir *d, uint32_t i, struct dwx_unit *u,
		      struct err *e)
{
	const struct dx_unit *row = dwx_row(d, DX_UNITS, i);
	struct dwx_raw raw;
	struct cur all;
	int rc = dwx_load_dom(d, row->dom, &u->dom, e);

	if (rc < 0)
		return rc;
	if (row->block >= d->bin->nblock)
		return dwx_bad(d, "number of a block", e);
	if (load_blob(d->x, &d->x->block[d->bin->block + row->block], &raw) < 0)
		return dwx_bad(d, "a block", e);
	all = cur_init(raw.p, raw.n);
	if (!read_unit(u, cur_sub(&all, row->off, row->len)))
		return dwx_bad(d, "a unit", e);
	return 0;
}

int dwx_load_unit(struct dwx_dir *d, uint32_t i, const struct dwx_unit **ret,
		  struct err *e)
{
	const void *key = ptrmap_pair(0, i);
	struct dwx_unit *u;
	uint64_t known;
	int rc;

	if (i >= d->h.n[DX_UNITS])
		return dwx_bad(d, "number of a unit", e);
	if (ptrmap_get(&d->units, key, &known)) {
		*ret = (const void *)(uintptr_t)known;
		return 0;
	}
	u = xcalloc(1, sizeof(*u));
	rc = take_apart(d, i, u, e);
	if (rc < 0) {
		free_unit(u);
		return rc;
	}
	ptrmap_put(&d->units, key, (uintptr_t)u);
	*ret = u;
	return 0;
}

const char *dwx_dom_str(const struct dwx_dir *d, const struct dwx_dom *m,
			uint64_t i)
{
	uint32_t off;

	if (i >= m->nstr)
		return "";
	memcpy(&off, m->str + i * 4, sizeof(off));
	return dwx_str(d, off);
}

uint32_t dwx_dom_type(const struct dwx_dom *m, uint64_t i)
{
	uint32_t t = 0;

	if (i < m->ntype)
		memcpy(&t, m->type + i * 4, sizeof(t));
	return t;
}

struct dwx_expr dwx_dom_expr(const struct dwx_dom *m, uint64_t i)
{
	if (i >= m->nexpr)
		return (struct dwx_expr){ NULL, 0 };
	return (struct dwx_expr){ m->expr_p + m->expr[i],
				  m->expr[i + 1] - m->expr[i] };
}
