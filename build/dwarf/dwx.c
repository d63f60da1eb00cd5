// SPDX-License-Identifier: GPL-2.0-only
/* Opens an index and its directories; unpacks a blob when something in it is asked. */
#include "build/dwarf/dwx.h"
#include "build/base/fs.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dwx_priv.h"
#include "build/dwarf/enc.h"
#include "build/kit/kit_file.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

/* No blob that is written is near. */
#define BLOB_MAX ((uint32_t)256 << 20)

struct dwx {
	struct kf_view f;
	bool is_mapped;
	const struct dx_info *info;
	const struct dx_bin *bin;
	const struct dx_blob *dom, *block, *pblock;
	struct dwx_protos *protos; /* by block */
	size_t npblocks;
	const uint8_t *data;
	size_t nbins, ndoms, nblocks, ndata;
	struct dwx_dir **dir;
};

static int open_view(struct dwx *x, struct err *e)
{
	size_t n;

	x->info = kf_table(&x->f, DX_INFO, sizeof(*x->info), &n);
	if (!x->info || n != 1)
		return err_set(e, ERR_FORMAT, "not a debug index");
	if (x->info->version != DX_VERSION) {
		err_set(e, ERR_UNSUPPORTED,
			"debug index format %u, this tapbuild reads %d",
			x->info->version, DX_VERSION);
		return err_hint(e, "tapbuild kit add --debuginfo PACKAGES…");
	}
	x->bin = kf_table(&x->f, DX_BINS, sizeof(*x->bin), &x->nbins);
	x->dom = kf_table(&x->f, DX_DOMS, sizeof(*x->dom), &x->ndoms);
	x->block = kf_table(&x->f, DX_BLOCKS, sizeof(*x->block), &x->nblocks);
	x->pblock = kf_table(&x->f, DX_PROTOBLOCKS, sizeof(*x->pblock),
			     &x->npblocks);
	x->protos = xcalloc(x->npblocks + 1, sizeof(*x->protos));
	x->data = kf_section(&x->f, DX_DATA, &x->ndata);
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

static void free_raw(struct dwx_raw *r)
{
	if (r->is_owned)
		free((void *)(uintptr_t)r->p);
}

static void free_dir(struct dwx_dir *d)
{
	uint32_t i;

	if (!d)
		return;
	for (i = 0; i < d->bin->ndom && d->dom; i++) {
		free_raw(&d->dom[i].raw);
		free(d->dom[i].expr);
	}
	for (i = 0; i < d->bin->nblock && d->block; i++)
		free_raw(&d->block[i]);
	free(d->dom);
	free(d->block);
	free_raw(&d->raw);
	free(d);
}

void dwx_close(struct dwx *x)
{
	size_t i;

	if (!x)
		return;
	for (i = 0; i < x->nbins && x->dir; i++)
		free_dir(x->dir[i]);
	for (i = 0; i < x->npblocks && x->protos; i++) {
		free_raw(&x->protos[i].raw);
		free(x->protos[i].off);
	}
	free(x->protos);
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

/* ---- blobs ------------------------------------------------------------------- */

int dwx_bad(const struct dwx_dir *d, const char *what, struct err *e)
{
	return err_set(e, ERR_CORRUPT,
		       "debug index of '%s' is damaged: %s: make it anew",
		       kf_str(&d->x->f, d->bin->name), what);
}

const char *dwx_str(const struct dwx_dir *d, uint32_t off)
{
	return kf_str(&d->x->f, off);
}

static int load_blob(const struct dwx *x, const struct dx_blob *b,
		     struct dwx_raw *ret)
{
	size_t got;
	uint8_t *p;

	*ret = (struct dwx_raw){ 0 };
	if (b->off > x->ndata || b->zlen > x->ndata - b->off ||
	    b->len > BLOB_MAX || b->off % 8)
		return -1;
	ret->n = b->len;
	if (b->zlen == b->len) {
		ret->p = x->data + b->off;
		return 0;
	}
	/* what claims more than it can hold is not worth the memory */
	if (ZSTD_getFrameContentSize(x->data + b->off, b->zlen) != b->len)
		return -1;
	p = malloc((size_t)b->len + 1);
	if (!p)
		return -1;
	got = ZSTD_decompress(p, b->len, x->data + b->off, b->zlen);
	if (ZSTD_isError(got) || got != b->len) {
		free(p);
		return -1;
	}
	ret->p = p;
	ret->is_owned = true;
	return 0;
}

/* A table of @n rows of @row bytes at @off of the directory. */
static const void *table(const struct dwx_dir *d, uint32_t off, uint32_t n,
			 size_t row, bool *ok)
{
	if (off % 8 || off > d->raw.n || n > (d->raw.n - off) / row)
		*ok = false;
	return *ok ? d->raw.p + off : NULL;
}

static bool open_tables(struct dwx_dir *d)
{
	const struct dx_dir *h = &d->h;
	bool ok = true;

	d->unit = table(d, h->units, h->nunits, sizeof(*d->unit), &ok);
	d->func = table(d, h->funcs, h->nfuncs, sizeof(*d->func), &ok);
	d->ref = table(d, h->refs, h->nrefs, sizeof(*d->ref), &ok);
	d->addr = table(d, h->addrs, h->naddrs, sizeof(*d->addr), &ok);
	d->var = table(d, h->vars, h->nvars, sizeof(*d->var), &ok);
	d->file = table(d, h->files, h->nfiles, sizeof(*d->file), &ok);
	d->funit = table(d, h->funits, h->nfunits, sizeof(*d->funit), &ok);
	d->sect = table(d, h->sects, h->nsects, sizeof(*d->sect), &ok);
	return ok;
}

static int open_dir(struct dwx *x, struct dwx_dir *d, struct err *e)
{
	const struct dx_bin *b = d->bin;

	if (b->dom > x->ndoms || b->ndom > x->ndoms - b->dom ||
	    b->block > x->nblocks || b->nblock > x->nblocks - b->block)
		return dwx_bad(d, "its row", e);
	if (load_blob(x, &b->dir, &d->raw) < 0 || d->raw.n < sizeof(d->h))
		return dwx_bad(d, "its directory", e);
	memcpy(&d->h, d->raw.p, sizeof(d->h));
	if (!open_tables(d))
		return dwx_bad(d, "a table of its directory", e);
	d->dom = xcalloc((size_t)b->ndom + 1, sizeof(*d->dom));
	d->block = xcalloc((size_t)b->nblock + 1, sizeof(*d->block));
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
	free_raw(&raw);
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
	return dwx_str(d, d->bin->name);
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
		if (len > BLOB_MAX || at + len > BLOB_MAX)
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
	m->str = (const void *)cur_take(&c, (size_t)m->nstr * 4);
	m->type = (const void *)cur_take(&c, (size_t)m->ntype * 4);
	m->proto = (const void *)cur_take(&c, (size_t)m->nproto * 4);
	if (!read_lengths(&c, m->nexpr, &m->expr))
		return false;
	m->expr_p = cur_take(&c, m->expr[m->nexpr]);
	return cur_ok(&c);
}

static bool read_protos(struct dwx_protos *b)
{
	struct cur c = cur_init(b->raw.p, b->raw.n);
	uint64_t n = cur_uleb(&c);

	if (n > DX_PROTOS || !read_lengths(&c, (uint32_t)n, &b->off))
		return false;
	b->n = (uint32_t)n;
	b->p = cur_take(&c, b->off[n]);
	return cur_ok(&c);
}

struct dwx_expr dwx_proto(struct dwx_dir *d, const struct dwx_dom *m,
			  uint32_t i)
{
	struct dwx_expr none = { NULL, 0 };
	struct dwx_protos *b;
	struct dwx *x = d->x;
	uint32_t id;

	if (i >= m->nproto)
		return none;
	memcpy(&id, m->proto + i, sizeof(id));
	if (id / DX_PROTOS >= x->npblocks)
		return none;
	b = &x->protos[id / DX_PROTOS];
	if (!b->raw.p) {
		if (load_blob(x, &x->pblock[id / DX_PROTOS], &b->raw) < 0)
			return none;
		b->is_ready = read_protos(b);
	}
	id %= DX_PROTOS;
	if (!b->is_ready || id >= b->n)
		return none;
	return (struct dwx_expr){ b->p + b->off[id],
				  b->off[id + 1] - b->off[id] };
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

int dwx_load_block(struct dwx_dir *d, uint32_t i, struct dwx_raw *ret,
		   struct err *e)
{
	if (i >= d->bin->nblock)
		return dwx_bad(d, "number of a block", e);
	if (!d->block[i].p &&
	    load_blob(d->x, &d->x->block[d->bin->block + i], &d->block[i]) < 0)
		return dwx_bad(d, "a block", e);
	*ret = d->block[i];
	return 0;
}

int dwx_load_unit(struct dwx_dir *d, uint32_t i, struct arena *a,
		  struct dwx_unit *ret, struct err *e)
{
	struct cur *part[] = { &ret->bodies, &ret->insts, &ret->vars };
	struct dwx_raw raw = { 0 };
	uint64_t n, len[3];
	struct cur c, all;
	size_t k;
	int rc;

	*ret = (struct dwx_unit){ 0 };
	if (i >= d->h.nunits)
		return dwx_bad(d, "number of a unit", e);
	ret->row = &d->unit[i];
	rc = dwx_load_dom(d, ret->row->dom, &ret->dom, e);
	if (rc == 0)
		rc = dwx_load_block(d, ret->row->block, &raw, e);
	if (rc < 0)
		return rc;
	all = cur_init(raw.p, raw.n);
	c = cur_sub(&all, ret->row->off, ret->row->len);
	n = cur_uleb(&c);
	if (!cur_ok(&c) || n > cur_left(&c))
		return dwx_bad(d, "a unit", e);
	ret->proto = arena_array(a, uint32_t, n + 1);
	ret->nprotos = n;
	for (k = 0; k < n; k++)
		ret->proto[k] = (uint32_t)cur_uleb(&c);
	for (k = 0; k < 3; k++)
		len[k] = cur_uleb(&c);
	for (k = 0; k < 3; k++) {
		const uint8_t *p = cur_take(&c, len[k]);

		if (p)
			*part[k] = cur_init(p, len[k]);
	}
	return cur_ok(&c) ? 0 : dwx_bad(d, "a unit", e);
}

const char *dwx_dom_str(const struct dwx_dir *d, const struct dwx_dom *m,
			uint64_t i)
{
	uint32_t off;

	if (i >= m->nstr)
		return "";
	memcpy(&off, m->str + i, sizeof(off));
	return dwx_str(d, off);
}

uint32_t dwx_dom_type(const struct dwx_dom *m, uint64_t i)
{
	uint32_t t = 0;

	if (i < m->ntype)
		memcpy(&t, m->type + i, sizeof(t));
	return t;
}

struct dwx_expr dwx_dom_expr(const struct dwx_dom *m, uint64_t i)
{
	if (i >= m->nexpr)
		return (struct dwx_expr){ NULL, 0 };
	return (struct dwx_expr){ m->expr_p + m->expr[i],
				  m->expr[i + 1] - m->expr[i] };
}
