// SPDX-License-Identifier: GPL-2.0-only
/* Units of a file one after the other, in blocks that are unpacked at once. */
#include "build/dwarf/ddom.h"
#include "build/dwarf/dfile.h"
#include "build/dwarf/dunit.h"
#include "bundle/base/err.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

/* At least: no frame of the index is made of less than one. */
#define BLOCK_BYTES ((size_t)96 << 10)

void ddom_init(struct ddom *d, const struct tindex *kernel,
	       const struct tindex *module)
{
	*d = (struct ddom){ 0 };
	pool_init(&d->strs);
	pool_init(&d->exprs);
	pool_init(&d->typeref);
	pool_init(&d->protos);
	pool_init(&d->pstrs);
	pool_str(&d->strs, "");
	pool_str(&d->pstrs, "");
	dtypes_init(&d->types, kernel, module);
	buf_init(&d->open_data);
}

void ddom_deinit(struct ddom *d)
{
	size_t i;

	for (i = 0; i < d->blocks.n; i++)
		free(d->blocks.v[i].p);
	vec_deinit(&d->blocks);
	vec_deinit(&d->units);
	vec_deinit(&d->funcs);
	vec_deinit(&d->addrs);
	vec_deinit(&d->vars);
	vec_deinit(&d->files);
	pool_deinit(&d->strs);
	pool_deinit(&d->exprs);
	pool_deinit(&d->typeref);
	pool_deinit(&d->protos);
	pool_deinit(&d->pstrs);
	dtypes_deinit(&d->types);
	buf_deinit(&d->open_data);
}

static void close_data(struct ddom *d)
{
	struct dd_block b;
	size_t i;

	if (d->first_data == d->units.n)
		return;
	for (i = d->first_data; i < d->units.n; i++)
		d->units.v[i].block = (uint32_t)d->blocks.n;
	b.p = (uint8_t *)buf_detach(&d->open_data, &b.len);
	vec_push(&d->blocks, b);
	d->first_data = d->units.n;
}

static int no_split(const struct dfile *f, Dwarf_Die *cu, struct err *e)
{
	Dwarf_Attribute a;
	const char *name = NULL;

	if (dwarf_attr(cu, DW_AT_dwo_name, &a) ||
	    dwarf_attr(cu, DW_AT_GNU_dwo_name, &a))
		name = dwarf_formstring(&a);
	err_set(e, ERR_NOT_FOUND,
		"'%s': the unit at offset 0x%llx of .debug_info is in '%.128s', which is not there",
		f->name, (unsigned long long)dwarf_dieoffset(cu),
		name ? name : "?");
	return err_hint(e, "keep .dwo files where the compiler wrote them");
}

static int read_unit(struct du *u, const struct dfile *f, Dwarf_Die *cu,
		     Dwarf_Die *sub, uint8_t type, struct err *e)
{
	bool is_split = type == DW_UT_skeleton && sub->addr;
	int rc;

	if (type == DW_UT_type || type == DW_UT_split_type ||
	    dwarf_tag(cu) == DW_TAG_partial_unit)
		return 0;
	if (type == DW_UT_skeleton && !is_split)
		return no_split(f, cu, e);
	rc = du_read(u, is_split ? sub : cu, cu, e);
	if (rc == 0 && u->d->open_data.len >= BLOCK_BYTES)
		close_data(u->d);
	return rc;
}

static int bad_unit(const struct dfile *f, uint64_t off, struct err *e)
{
	return err_set(e, ERR_CORRUPT,
		       "'%s': section '.debug_info', offset 0x%llx: %s",
		       f->name, (unsigned long long)off, dwarf_errmsg(-1));
}

static int read_units(struct ddom *d, struct dhandle *h, const struct dfile *f,
		      uint64_t from, uint64_t to, struct err *e)
{
	Dwarf_Die die, sub;
	Dwarf_CU *cu = NULL;
	uint64_t off = 0;
	uint8_t type;
	struct du u;
	int more, rc = 0;

	du_init(&u, d, f->name);
	for (;;) {
		memset(&sub, 0, sizeof(sub));
		more = dwarf_get_units(h->dw, cu, &cu, NULL, &type, &die, &sub);
		if (more)
			break;
		/* units of .debug_types begin at 0 again */
		if (type == DW_UT_type)
			continue;
		off = dwarf_dieoffset(&die);
		if (off < from)
			continue;
		if (off >= to)
			break;
		rc = read_unit(&u, f, &die, &sub, type, e);
		if (rc < 0)
			break;
	}
	du_deinit(&u);
	return more < 0 ? bad_unit(f, off, e) : rc;
}

int ddom_read(struct ddom *d, const struct dfile *f, const char *dir,
	      uint64_t from, uint64_t to, struct err *e)
{
	struct dhandle h;
	int rc = dhandle_open(&h, f, dir, e);

	if (rc < 0)
		return rc;
	rc = read_units(d, &h, f, from, to, e);
	dhandle_close(&h);
	close_data(d);
	dtypes_unit(&d->types);
	return rc;
}

int ddom_plan(const struct dfile *f, const char *dir, uint64_t bytes,
	      uint64_t **ret, size_t *n, struct err *e)
{
	VEC(uint64_t) v = { 0 };
	uint64_t off = 0, last = 0;
	Dwarf_CU *cu = NULL;
	struct dhandle h;
	Dwarf_Die die;
	uint8_t type;
	int more = 0, rc = dhandle_open(&h, f, dir, e);

	vec_push(&v, 0);
	while (rc == 0) {
		more = dwarf_get_units(h.dw, cu, &cu, NULL, &type, &die, NULL);
		if (more)
			break;
		if (type == DW_UT_type)
			continue;
		off = dwarf_dieoffset(&die);
		if (off - last >= bytes) {
			vec_push(&v, off);
			last = off;
		}
	}
	if (rc == 0 && more < 0)
		rc = bad_unit(f, off, e);
	dhandle_close(&h);
	vec_push(&v, UINT64_MAX);
	*ret = v.v;
	*n = v.n - 1;
	return rc;
}
