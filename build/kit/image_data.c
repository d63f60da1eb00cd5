// SPDX-License-Identifier: GPL-2.0-only
/* Image to tables. */
#include "build/kit/image_data.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "build/kit/ktree.h"
#include "build/kit/symvers.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static int read_symbols(struct arena *a, const struct ktree *t,
			struct image_data *d, struct err *e)
{
	struct buf map = BUF_INIT;
	struct err map_err;
	int rc = ERR_NOT_FOUND;

	/* Packages carry a one-line stub; a self-built kernel the real thing. */
	if (t->system_map &&
	    fs_read(t->system_map, &map, IMAGE_MAX_BYTES, &map_err) == 0)
		rc = ksym_from_system_map(a, map.p, map.len, &d->f, &d->syms,
					  &map_err);
	buf_deinit(&map);
	if (rc < 0)
		rc = ksym_decode(a, &d->f, &d->syms, e);
	return rc;
}

static int read_types(struct image_data *d, struct err *e)
{
	const struct efile_sect *s = efile_section(&d->f, ".BTF");
	int rc;

	if (!s || !s->data)
		return 0;
	rc = btf_make_index(s->data, s->len, NULL, &d->index, e);
	if (rc == 0)
		rc = btf_open(&d->btf, s->data, s->len, d->index.p,
			      d->index.len, NULL, e);
	if (rc == 0)
		d->btf_sect = s;
	return rc;
}

static int decode(struct arena *a, const struct ktree *t, struct image_data *d,
		  struct err *e)
{
	int rc = image_banner(&d->f, a, &d->banner, e);

	if (rc < 0)
		return rc;
	if (strcmp(d->banner.release, t->release))
		return err_set(e, ERR_CORRUPT,
			       "the image is of kernel %s, the headers of %s",
			       d->banner.release, t->release);
	efile_build_id(&d->f, d->build_id);
	rc = read_symbols(a, t, d, e);
	if (rc == 0)
		rc = ksites_ftrace(a, &d->f, &d->syms, &d->sites, &d->nsites,
				   e);
	if (rc == 0)
		rc = ksites_blacklist(a, &d->f, &d->syms, &d->black, &d->nblack,
				      e);
	if (rc == 0)
		rc = read_types(d, e);
	if (rc == 0 && d->btf_sect)
		rc = ksites_reserved(a, &d->f, &d->syms, &d->btf, &d->reserved,
				     &d->nreserved, e);
	if (rc == 0)
		ktracepoint_collect(a, &d->f, &d->syms,
				    d->btf_sect ? &d->btf : NULL, &d->tp,
				    &d->ntp);
	return rc;
}

int idata_read(struct arena *a, const struct ktree *t, struct image_data *ret,
	       struct err *e)
{
	const void *p;
	size_t len;
	int rc;

	memset(ret, 0, sizeof(*ret));
	buf_init(&ret->elf);
	buf_init(&ret->index);
	rc = fs_map(t->image, &p, &len, e);
	if (rc < 0)
		return rc;
	rc = image_extract(p, len, &ret->elf, e);
	munmap((void *)(uintptr_t)p, len);
	if (rc == 0)
		rc = efile_open(&ret->f, ret->elf.p, ret->elf.len, e);
	if (rc == 0) {
		ret->is_open = true;
		rc = decode(a, t, ret, e);
	}
	if (rc < 0)
		err_prefix(e, "image of kernel %s", t->release);
	return rc;
}

void idata_deinit(struct image_data *d)
{
	if (d->is_open)
		efile_close(&d->f);
	buf_deinit(&d->elf);
	buf_deinit(&d->index);
}

/* Padding before functions: not functions, and as many as those. */
static bool is_padding(const char *name)
{
	return !strncmp(name, "__pfx_", 6) || !strncmp(name, "__cfi_", 6);
}

static bool is_function(const struct ksym *s)
{
	const char *cold = strstr(s->name, ".cold");

	return (s->flags & KSYM_TEXT) && !is_padding(s->name) &&
	       !(cold && (!cold[5] || cold[5] == '.'));
}

/**
 * struct func_rows - which symbols are rows of the kit, in its order
 * @sym: index into the symbols by address; @is_dup: other rows have the name
 * @row: by that index: the row plus 1, or 0
 */
struct func_rows {
	uint32_t *sym, *row;
	bool *is_dup;
	size_t n;
};

static void find_rows(const struct ksyms *k, struct func_rows *r)
{
	size_t i, j;

	r->n = 0;
	r->sym = xcalloc(k->n, sizeof(*r->sym));
	r->row = xcalloc(k->n, sizeof(*r->row));
	r->is_dup = xcalloc(k->n, sizeof(*r->is_dup));
	for (i = 0; i < k->n; i = j) {
		const char *name = k->v[k->byname[i]].name;
		uint64_t last = 0;
		size_t n = 0, m;

		for (j = i; j < k->n && !strcmp(k->v[k->byname[j]].name, name);
		     j++)
			n += is_function(&k->v[k->byname[j]]);
		for (m = i; n && m < j; m++) {
			const struct ksym *s = &k->v[k->byname[m]];

			if (!is_function(s) || (last && s->addr == last))
				continue;
			last = s->addr;
			r->sym[r->n] = k->byname[m];
			r->is_dup[r->n++] = n > 1;
			r->row[k->byname[m]] = (uint32_t)r->n;
		}
	}
}

static void rows_deinit(struct func_rows *r)
{
	free(r->sym);
	free(r->row);
	free(r->is_dup);
}

/* The row of what comes first at its address, plus 1, if it is another of one name. */
static uint32_t shown_row(const struct ksyms *k, const struct func_rows *r,
			  uint32_t sym)
{
	uint32_t first = sym, row;

	while (first && k->v[first - 1].addr == k->v[sym].addr)
		first--;
	row = r->row[first];
	return first != sym && row && !r->is_dup[row - 1] ? row : 0;
}

static void write_func(const struct image_data *d, const struct symvers *sv,
		       const struct func_rows *r, size_t i, struct kf_writer *w,
		       struct buf *b)
{
	const struct ksym *s = &d->syms.v[r->sym[i]];
	struct kf_func row = { .addr = s->addr,
			       .name = kfw_str(w, s->name),
			       .size = s->size };

	if (ksites_at_entry(d->sites, d->nsites, s))
		row.flags |= KIT_FN_FTRACE;
	if (ksites_in(d->black, d->nblack, s->addr) ||
	    ksites_begins_reserved(d->reserved, d->nreserved, &d->f, s))
		row.flags |= KIT_FN_BLACKLIST;
	if (s->flags & KSYM_INIT)
		row.flags |= KIT_FN_INIT;
	if (symvers_find(sv, s->name))
		row.flags |= KIT_FN_EXPORTED;
	if (r->is_dup[i])
		row.flags |= KIT_FN_DUP;
	row.flags |= shown_row(&d->syms, r, r->sym[i]) << KF_FUNC_SHOWN;
	if (d->btf_sect)
		row.btf = btf_find(&d->btf, BTFK_FUNC, s->name);
	buf_add(b, &row, sizeof(row));
}

static void write_funcs(const struct image_data *d, const struct symvers *sv,
			struct kf_writer *w)
{
	struct buf b = BUF_INIT;
	struct func_rows r;
	size_t i;

	find_rows(&d->syms, &r);
	for (i = 0; i < r.n; i++)
		write_func(d, sv, &r, i, w, &b);
	buf_add(kfw_section(w, KF_FUNCS), b.p, b.len);
	buf_deinit(&b);
	rows_deinit(&r);
}

static void write_syms(const struct image_data *d, struct kf_writer *w)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < d->syms.n; i++) {
		const struct ksym *s = &d->syms.v[d->syms.byname[i]];
		struct kf_sym row = { s->addr, 0, (uint32_t)s->type };

		if (is_padding(s->name))
			continue;
		row.name = kfw_str(w, s->name);
		buf_add(&b, &row, sizeof(row));
	}
	buf_add(kfw_section(w, KF_SYMS), b.p, b.len);
	buf_deinit(&b);
}

void idata_write(const struct image_data *d, const struct symvers *sv,
		 struct kf_writer *w)
{
	struct buf b = BUF_INIT;
	size_t i;

	write_funcs(d, sv, w);
	write_syms(d, w);
	for (i = 0; i < d->ntp; i++) {
		struct kf_tp row = { d->tp[i].addr, kfw_str(w, d->tp[i].name),
				     d->tp[i].proto,
				     d->tp[i].has_names ? KF_TP_NAMES : 0,
				     kfw_str(w, d->tp[i].system) };

		buf_add(&b, &row, sizeof(row));
	}
	buf_add(kfw_section(w, KF_TPS), b.p, b.len);
	buf_deinit(&b);
	if (!d->btf_sect)
		return;
	buf_add(kfw_section(w, KF_BTF), d->btf_sect->data, d->btf_sect->len);
	buf_add(kfw_section(w, KF_BTFIDX), d->index.p, d->index.len);
}
