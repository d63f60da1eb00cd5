// SPDX-License-Identifier: GPL-2.0-only
/* Walks the top of a unit: functions with code, variables at file scope, lines. */
#include "build/dwarf/dunit.h"
#include "build/dwarf/dcol.h"
#include "build/dwarf/ddom.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/enc.h"
#include "build/dwarf/format.h"
#include "bundle/base/err.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

/* Namespaces (the kernel's Rust), and blocks within abstract functions. */
#define MAX_DEPTH 100

int du_bad(const struct du *u, Dwarf_Die *die, const char *what, struct err *e)
{
	return err_set(e, ERR_CORRUPT,
		       "'%s': section '.debug_info', offset 0x%llx: %s",
		       u->file, (unsigned long long)dwarf_dieoffset(die),
		       what ? what : "damaged");
}

int du_loc(struct du *u, Dwarf_Die *die, unsigned int name, struct buf *out,
	   struct err *e)
{
	struct dloc_unit *l = &u->loc;

	if (dloc_attr(l, die, name, &u->in, &u->d->exprs, out) == 0)
		return 0;
	if (!l->err_sect)
		return du_bad(u, die, l->err, e);
	return err_set(e, ERR_CORRUPT, "'%s': section '%s', offset 0x%llx: %s",
		       u->file, l->err_sect, (unsigned long long)l->err_off,
		       l->err);
}

int du_first(struct du *u, Dwarf_Die *die, Dwarf_Die *child, struct err *e)
{
	int rc = dwarf_child(die, child);

	return rc < 0 ? du_bad(u, die, dwarf_errmsg(-1), e) : !rc;
}

int du_next(struct du *u, Dwarf_Die *die, struct err *e)
{
	const char *was = die->addr;
	int rc = dwarf_siblingof(die, die);

	if (rc == 0 && (const char *)die->addr <= was)
		return du_bad(u, die, "a sibling lies before", e);
	return rc < 0 ? du_bad(u, die, dwarf_errmsg(-1), e) : !rc;
}

uint32_t du_type(struct du *u, Dwarf_Die *die)
{
	uint32_t type = dtypes_of(&u->d->types, die);

	return pool_put(&u->d->typeref, &type, sizeof(type));
}

int du_ranges(struct du *u, Dwarf_Die *die, uint64_t from,
	      const struct dloc_scope *parent, struct buf *out,
	      struct dloc_scope *ret, unsigned int *n, struct err *e)
{
	struct buf b = BUF_INIT;
	Dwarf_Addr base, start, end;
	ptrdiff_t off = 0;

	*n = 0;
	*ret = *parent;
	while ((off = dwarf_ranges(die, off, &base, &start, &end)) > 0) {
		if (start >= end)
			continue;
		enc_s(&b, (int64_t)(start - from));
		enc_u(&b, end == parent->hi ? 0 : end - start);
		from = end;
		if (!(*n)++)
			ret->lo = start;
		ret->hi = end;
	}
	enc_u(out, *n);
	buf_add(out, b.p, b.len);
	buf_deinit(&b);
	return off < 0 ? du_bad(u, die, dwarf_errmsg(-1), e) : 0;
}

/* ---- functions ------------------------------------------------------------------- */

static void proto_var(struct du *u, Dwarf_Die *die, uint32_t proto, uint32_t *n,
		      struct buf *out)
{
	const char *name = dwarf_diename(die);
	int line = 0;
	uint32_t flags =
		dwarf_tag(die) == DW_TAG_formal_parameter ? DX_VAR_PARAM : 0;

	if (!name)
		return;
	if (dwarf_hasattr(die, DW_AT_artificial))
		flags |= DX_VAR_ARTIFICIAL;
	dwarf_decl_line(die, &line);
	enc_u(out, pool_str(&u->d->pstrs, name));
	enc_u(out, dtypes_of(&u->d->types, die));
	enc_u(out, (uint64_t)(unsigned int)line);
	enc_u(out, flags);
	ptrmap_put(&u->vars, die->addr, (uint64_t)proto << 32 | *n);
	++*n;
}

/* Variables of a function, those in its blocks too. */
static int proto_vars(struct du *u, Dwarf_Die *die, uint32_t proto, uint32_t *n,
		      struct buf *out, int depth, struct err *e)
{
	Dwarf_Die at;
	int more = du_first(u, die, &at, e), rc = 0;

	if (depth > MAX_DEPTH)
		return du_bad(u, die, "scopes are nested too deep", e);
	while (more > 0) {
		int tag = dwarf_tag(&at);

		if (tag == DW_TAG_formal_parameter || tag == DW_TAG_variable)
			proto_var(u, &at, proto, n, out);
		else if (tag == DW_TAG_lexical_block)
			rc = proto_vars(u, &at, proto, n, out, depth + 1, e);
		if (rc < 0)
			return rc;
		more = du_next(u, &at, e);
	}
	return more;
}

static bool has_flag(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute a;
	bool on;

	return dwarf_attr_integrate(die, name, &a) &&
	       dwarf_formflag(&a, &on) == 0 && on;
}

static uint32_t proto_flags(Dwarf_Die *die)
{
	uint32_t f = 0;
	Dwarf_Die at;

	if (has_flag(die, DW_AT_external))
		f |= DX_FUNC_EXTERNAL;
	if (has_flag(die, DW_AT_noreturn))
		f |= DX_FUNC_NORETURN;
	if (dwarf_func_inline(die))
		f |= DX_FUNC_INLINE;
	if (dwarf_child(die, &at) == 0)
		do
			if (dwarf_tag(&at) == DW_TAG_unspecified_parameters)
				f |= DX_FUNC_VARARGS;
		while (dwarf_siblingof(&at, &at) == 0);
	return f;
}

static const char *linkage_name(Dwarf_Die *die)
{
	Dwarf_Attribute a;

	if (!dwarf_attr_integrate(die, DW_AT_linkage_name, &a) &&
	    !dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &a))
		return NULL;
	return dwarf_formstring(&a);
}

int du_proto(struct du *u, Dwarf_Die *die, uint32_t *ret, struct err *e)
{
	struct pool *strs = &u->d->pstrs;
	struct buf vars = BUF_INIT, b = BUF_INIT;
	struct du_proto p = { 0 };
	uint64_t known;
	uint32_t n = 0;
	int line = 0, rc;

	if (ptrmap_get(&u->protos, die->addr, &known)) {
		*ret = (uint32_t)known;
		return 0;
	}
	*ret = (uint32_t)u->proto.n;
	p.name = pool_str(strs, dwarf_diename(die));
	rc = proto_vars(u, die, *ret, &n, &vars, 0, e);
	dwarf_decl_line(die, &line);
	p.path = dlines_path(&u->lines, &u->d->strs, dlines_decl_file(die));
	p.file = pool_str(strs, pool_get(&u->d->strs, p.path));
	p.line = (uint32_t)line;
	p.flags = proto_flags(die);
	enc_u(&b, p.name);
	enc_u(&b, pool_str(strs, linkage_name(die)));
	enc_u(&b, p.file);
	enc_u(&b, p.line);
	enc_u(&b, p.flags);
	enc_u(&b, dtypes_of(&u->d->types, die));
	enc_u(&b, n);
	buf_add(&b, vars.p, vars.len);
	/* what a header declares is the same in every unit */
	p.id = pool_put(&u->d->protos, b.p, b.len);
	buf_deinit(&vars);
	buf_deinit(&b);
	vec_push(&u->proto, p);
	ptrmap_put(&u->protos, die->addr, *ret);
	return rc;
}

static void add_func(struct du *u, uint32_t proto, uint32_t off)
{
	const struct du_proto *p = &u->proto.v[proto];

	vec_push(&u->d->funcs, (struct dd_func){ p->name, p->file, p->line,
						 p->flags, u->unit, off });
}

/* Every range of the function, for questions by address. */
static uint64_t add_addrs(struct du *u, Dwarf_Die *die, uint32_t off)
{
	Dwarf_Addr base, start, end;
	uint64_t hot_end = u->in.lo;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &start, &end)) > 0) {
		if (start >= end)
			continue;
		vec_push(&u->d->addrs,
			 (struct dd_addr){ start, end - start, u->unit, off });
		if (u->in.lo >= start && u->in.lo < end)
			hot_end = end;
	}
	return hot_end;
}

static bool body_entry(Dwarf_Die *die, Dwarf_Addr *ret)
{
	Dwarf_Addr base, start, end;

	if (dwarf_entrypc(die, ret) == 0 && *ret)
		return true;
	if (dwarf_ranges(die, 0, &base, &start, &end) <= 0)
		return false;
	*ret = start;
	return start != 0; /* 0: the linker threw it away */
}

/* Is the location that @b holds "the frame is where CFI says"? */
static bool is_cfa(const struct du *u, const struct buf *b)
{
	struct cur c = cur_init(b->p, b->len);
	uint64_t i;

	if (cur_uleb(&c) != DLOC_EXPR)
		return false;
	i = cur_uleb(&c);
	return i < u->d->exprs.n && u->d->exprs.ent[i].len == 1 &&
	       (uint8_t)*pool_get(&u->d->exprs, (uint32_t)i) ==
		       DW_OP_call_frame_cfa;
}

/* What CFI says of the function's ranges, as a location list; false: nothing. */
static bool add_cfa(struct du *u, Dwarf_Die *die)
{
	struct buf x = BUF_INIT;
	Dwarf_Addr base, start, end;
	uint64_t last = u->in.lo;
	struct dcfi_row *r;
	ptrdiff_t at = 0;

	u->cfi.row.n = 0;
	while ((at = dwarf_ranges(die, at, &base, &start, &end)) > 0)
		dcfi_rows(&u->cfi, start, end);
	if (!u->cfi.row.n)
		return false;
	enc_u(&u->bb, DLOC_LIST + u->cfi.row.n - 1);
	vec_foreach(r, &u->cfi.row) {
		buf_reset(&x);
		buf_addc(&x, (char)(DW_OP_breg0 + r->reg));
		enc_s(&x, r->off);
		enc_s(&u->bb, (int64_t)(r->lo - last));
		enc_u(&u->bb, r->hi - r->lo);
		enc_u(&u->bb, pool_put(&u->d->exprs, x.p, x.len));
		last = r->hi;
	}
	buf_deinit(&x);
	return true;
}

static int add_frame(struct du *u, Dwarf_Die *die, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = du_loc(u, die, DW_AT_frame_base, &b, e);

	if (rc == 0 && !(is_cfa(u, &b) && add_cfa(u, die)))
		buf_add(&u->bb, b.p, b.len);
	buf_deinit(&b);
	return rc;
}

static int add_body(struct du *u, Dwarf_Die *die, struct err *e)
{
	Dwarf_Die origin = *die;
	uint64_t end, prologue;
	Dwarf_Attribute a;
	struct dloc_scope all;
	Dwarf_Addr entry;
	uint32_t proto;
	unsigned int n;
	int rc;

	if (!body_entry(die, &entry))
		return 0;
	if (dwarf_attr(die, DW_AT_abstract_origin, &a))
		dwarf_formref_die(&a, &origin);
	rc = du_proto(u, &origin, &proto, e);
	if (rc < 0)
		return rc;
	if (!u->base)
		u->base = entry;
	u->in = (struct dloc_scope){ entry, 0 };
	u->body = (uint32_t)u->bb.len;
	u->ordinal = 0;
	u->owner = proto;
	add_func(u, proto, u->body);
	end = add_addrs(u, die, u->body);
	prologue = dlines_prologue_end(&u->lines, entry, end);
	enc_u(&u->bb, proto);
	enc_s(&u->bb, (int64_t)(entry - u->base));
	rc = du_ranges(u, die, entry, &u->in, &u->bb, &all, &n, e);
	if (rc < 0)
		return rc;
	u->in.hi = all.hi;
	enc_u(&u->bb, prologue - entry);
	rc = add_frame(u, die, e);
	if (rc < 0)
		return rc;
	u->d->counts.bodies++;
	return du_scope(u, die, &u->bb, 0, e);
}

/* ---- variables --------------------------------------------------------------------- */

static int add_file_var(struct du *u, Dwarf_Die *die, struct err *e)
{
	struct pool *strs = &u->d->strs;
	const char *name = dwarf_diename(die);
	struct dd_var v = { .unit = u->unit, .off = (uint32_t)u->vb.len };
	struct buf loc = BUF_INIT;
	Dwarf_Attribute a;
	Dwarf_Die type = *die;
	int line = 0, rc;

	/* what MODULE_*() and the like leave behind is nobody's variable */
	if (!name || dwarf_hasattr(die, DW_AT_declaration) ||
	    !strncmp(name, "__UNIQUE_ID_", 12))
		return 0;
	/* nor are the constants that each unit has from its headers */
	v.file = dlines_path(&u->lines, strs, dlines_decl_file(die));
	if (!dwarf_hasattr(die, DW_AT_location) && v.file != u->main_file)
		return 0;
	u->in = (struct dloc_scope){ 0, 0 };
	rc = du_loc(u, die, DW_AT_location, &loc, e);
	if (rc < 0 || loc.p[0] == DLOC_NONE) {
		buf_deinit(&loc);
		return rc;
	}
	if (dwarf_attr_integrate(die, DW_AT_type, &a) &&
	    !dwarf_hasattr(die, DW_AT_type) &&
	    dwarf_attr(die, DW_AT_specification, &a))
		dwarf_formref_die(&a, &type);
	dwarf_decl_line(die, &line);
	v.name = pool_str(strs, name);
	v.line = (uint32_t)line;
	enc_u(&u->vb, v.name);
	enc_u(&u->vb, du_type(u, &type));
	enc_u(&u->vb, has_flag(die, DW_AT_external) ? DX_VAR_EXTERNAL : 0);
	buf_add(&u->vb, loc.p, loc.len);
	buf_deinit(&loc);
	vec_push(&u->d->vars, v);
	u->d->counts.vars++;
	u->d->counts.located++;
	return 0;
}

/* ---- the unit ------------------------------------------------------------------------ */

static int walk(struct du *u, Dwarf_Die *die, int depth, struct err *e)
{
	Dwarf_Die at;
	int rc = 0, more = du_first(u, die, &at, e);

	while (more > 0) {
		switch (dwarf_tag(&at)) {
		case DW_TAG_subprogram:
			rc = add_body(u, &at, e);
			break;
		case DW_TAG_variable:
			rc = add_file_var(u, &at, e);
			break;
		case DW_TAG_namespace:
		case DW_TAG_module:
			rc = depth < MAX_DEPTH ? walk(u, &at, depth + 1, e) : 0;
			break;
		default:
			break;
		}
		if (rc < 0)
			return rc;
		more = du_next(u, &at, e);
	}
	return more;
}

static void write_instances(struct du *u)
{
	size_t i = 0, n = u->inst.n;

	dcol_sort(u->inst.v, n);
	while (i < n) {
		add_func(u, u->inst.v[i].proto,
			 (uint32_t)u->ib.len | DX_REF_INLINE);
		i = dcol_add_instance(u->inst.v, i, n, &u->ib);
	}
}

/* Code that no function is declared for: assembly. */
static void add_unit_addrs(struct du *u)
{
	const struct drow *r;
	uint64_t from = 0;

	vec_foreach(r, &u->lines.row) {
		if (r->flags & DLINE_END) {
			if (from && r->addr > from)
				vec_push(&u->d->addrs,
					 (struct dd_addr){ from, r->addr - from,
							   u->unit,
							   DX_REF_NONE });
			from = 0;
		} else if (!from) {
			from = r->addr;
		}
	}
}

static int file_cmp(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void add_files(struct du *u)
{
	VEC(uint32_t) v = { 0 };
	uint32_t last = UINT32_MAX;
	const struct drow *r;
	size_t i;

	vec_foreach(r, &u->lines.row) {
		if (r->file != last)
			vec_push(&v, r->file);
		last = r->file;
	}
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), file_cmp);
	for (i = 0; i < v.n; i++)
		if (!i || v.v[i] != v.v[i - 1])
			vec_push(&u->d->files,
				 (struct dd_file){ v.v[i], u->unit });
	vec_deinit(&v);
}

static void write_image(struct du *u, struct dd_unit *unit)
{
	struct buf *out = &u->d->open_data, *part[DX_PARTS];
	struct buf head = BUF_INIT, lines = BUF_INIT;
	uint32_t len;
	size_t i;

	enc_u(&head, u->base);
	enc_u(&head, u->proto.n);
	for (i = 0; i < u->proto.n; i++)
		enc_u(&head, u->proto.v[i].id);
	dlines_write(&u->lines, u->base, &lines);
	part[DX_PART_HEAD] = &head;
	part[DX_PART_BODIES] = &u->bb;
	part[DX_PART_INSTANCES] = &u->ib;
	part[DX_PART_VARS] = &u->vb;
	part[DX_PART_LINES] = &lines;
	unit->off = (uint32_t)out->len;
	for (i = 0; i < DX_PARTS; i++) {
		len = (uint32_t)part[i]->len;
		buf_add(out, &len, sizeof(len));
	}
	for (i = 0; i < DX_PARTS; i++)
		buf_add(out, part[i]->p, part[i]->len);
	unit->len = (uint32_t)(out->len - unit->off);
	buf_deinit(&head);
	buf_deinit(&lines);
}

static void clear(struct du *u)
{
	ptrmap_clear(&u->protos);
	ptrmap_clear(&u->vars);
	dlines_clear(&u->lines);
	u->proto.n = 0;
	u->inst.n = 0;
	buf_reset(&u->bb);
	buf_reset(&u->ib);
	buf_reset(&u->vb);
	u->base = 0;
	dtypes_unit(&u->d->types);
}

static const char *str_attr(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute a;

	return dwarf_attr(die, name, &a) ? dwarf_formstring(&a) : NULL;
}

int du_read(struct du *u, Dwarf_Die *cu, Dwarf_Die *skel, struct err *e)
{
	struct dd_unit unit = { 0 };
	size_t had = u->d->addrs.n;
	int rc;

	clear(u);
	u->cu = *cu;
	u->unit = (uint32_t)u->d->units.n;
	dloc_unit_init(&u->loc, cu, skel);
	if (!u->has_cfi)
		dcfi_open(&u->cfi, dwarf_cu_getdwarf(skel->cu));
	u->has_cfi = true;
	u->lines.comp_dir = str_attr(skel, DW_AT_comp_dir);
	if (dlines_read(&u->lines, &u->d->strs, skel) < 0)
		return err_set(
			e, ERR_CORRUPT,
			"'%s': section '.debug_line', unit at offset 0x%llx: %s",
			u->file, (unsigned long long)dwarf_dieoffset(skel),
			dwarf_errmsg(-1));
	u->main_file = dlines_path(&u->lines, &u->d->strs, dwarf_diename(cu));
	rc = walk(u, cu, 0, e);
	if (rc < 0)
		return rc;
	write_instances(u);
	add_files(u);
	if (u->d->addrs.n == had)
		add_unit_addrs(u);
	if (u->bb.len + u->ib.len + u->vb.len > DX_REF_NONE / 2)
		return du_bad(u, cu, "the unit is too large", e);
	unit.name = u->main_file;
	unit.lang = (uint32_t)dwarf_srclang(cu);
	u->d->counts.lines += u->lines.row.n;
	write_image(u, &unit);
	vec_push(&u->d->units, unit);
	return 0;
}

void du_init(struct du *u, struct ddom *d, const char *file)
{
	*u = (struct du){ .d = d, .file = file };
	buf_init(&u->bb);
	buf_init(&u->ib);
	buf_init(&u->vb);
}

void du_deinit(struct du *u)
{
	dcfi_close(&u->cfi);
	ptrmap_deinit(&u->protos);
	ptrmap_deinit(&u->vars);
	dlines_deinit(&u->lines);
	vec_deinit(&u->proto);
	vec_deinit(&u->inst);
	buf_deinit(&u->bb);
	buf_deinit(&u->ib);
	buf_deinit(&u->vb);
}
