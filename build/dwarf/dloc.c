// SPDX-License-Identifier: GPL-2.0-only
/* Location lists of every version, entry by entry. */
#include "build/dwarf/dloc.h"
#include "build/dwarf/dloc_priv.h"
#include "build/dwarf/enc.h"

#include <dwarf.h>
#include <gelf.h>
#include <string.h>

/* Source: GCC's -gvariable-location-views=incompat5 */
#define LLE_VIEW_PAIR 9

static int bad(struct dloc_unit *u, const char *what, uint64_t off)
{
	if (!u->err)
		u->err = what;
	u->err_sect = u->lists.name;
	u->err_off = off;
	return -1;
}

/* ---- sections ------------------------------------------------------------------ */

struct dloc_sect dloc_section(Dwarf *dw, const char *name)
{
	struct dloc_sect s = { .name = name };
	Elf *elf = dwarf_getelf(dw);
	Elf_Scn *scn = NULL;
	size_t names;
	GElf_Shdr sh;
	Elf_Data *d;

	if (!elf || elf_getshdrstrndx(elf, &names) != 0)
		return s;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *n;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type == SHT_NOBITS)
			continue;
		n = elf_strptr(elf, names, sh.sh_name);
		if (!n || strcmp(n, name) != 0)
			continue;
		/* only in .dwo files: dfile.c has unpacked the others */
		if (sh.sh_flags & SHF_COMPRESSED && elf_compress(scn, 0, 0) < 0)
			return s;
		d = elf_getdata(scn, NULL);
		if (d && d->d_buf) {
			s.p = d->d_buf;
			s.len = d->d_size;
		}
		break;
	}
	return s;
}

static uint64_t base_attr(Dwarf_Die *die, unsigned int name, unsigned int gnu)
{
	Dwarf_Attribute a;
	Dwarf_Word v;

	if (!dwarf_attr(die, name, &a) && (!gnu || !dwarf_attr(die, gnu, &a)))
		return UINT64_MAX;
	return dwarf_formudata(&a, &v) == 0 ? v : UINT64_MAX;
}

void dloc_unit_init(struct dloc_unit *u, Dwarf_Die *cu, Dwarf_Die *skel)
{
	Dwarf_Half version = 0;
	uint8_t addr = 8, off = 4;
	Dwarf_Addr low = 0;
	uint64_t b;
	bool v5;

	*u = (struct dloc_unit){ .dw = dwarf_cu_getdwarf(cu->cu) };
	dwarf_cu_die(cu->cu, &(Dwarf_Die){ 0 }, &version, NULL, &addr, &off,
		     NULL, NULL);
	u->version = (uint8_t)version;
	u->addr_size = addr;
	u->off_size = off;
	u->is_split = cu->cu != skel->cu;
	u->cu_off = dwarf_dieoffset(cu) - dwarf_cuoffset(cu);
	if (dwarf_lowpc(skel, &low) == 0)
		u->low_pc = low;
	v5 = version >= 5;
	u->lists = dloc_section(u->dw, u->is_split ? v5 ? ".debug_loclists.dwo"
							: ".debug_loc.dwo"
				       : v5	   ? ".debug_loclists"
						   : ".debug_loc");
	u->addrs = dloc_section(dwarf_cu_getdwarf(skel->cu), ".debug_addr");
	b = base_attr(skel, DW_AT_addr_base, DW_AT_GNU_addr_base);
	u->addr_base = b == UINT64_MAX ? v5 ? 8 : 0 : b;
	b = base_attr(cu, DW_AT_loclists_base, 0);
	u->lists_base = b == UINT64_MAX ? off == 8 ? 20 : 12 : b;
}

/* ---- lists ------------------------------------------------------------------------- */

/* One list while it is read. */
struct list {
	struct dloc_unit *u;
	struct cur c;
	struct pool *exprs;
	struct buf out;
	uint64_t base, last, hi, n;
};

static int put_expr(struct dloc_unit *u, const uint8_t *p, size_t len,
		    struct pool *exprs, struct buf *out)
{
	struct buf b = BUF_INIT;
	int rc = dloc_expr(u, p, len, &b);

	enc_u(out, pool_put(exprs, b.p, b.len));
	buf_deinit(&b);
	return rc;
}

static int put_entry(struct list *l, uint64_t start, uint64_t end, uint64_t len)
{
	const uint8_t *p = cur_take(&l->c, len);

	if (!p)
		return -1;
	/* nothing can be inside; or nothing is said */
	if (start >= end || !len)
		return 0;
	enc_s(&l->out, (int64_t)(start - l->last));
	enc_u(&l->out, end == l->hi ? 0 : end - start);
	l->last = end;
	l->n++;
	return put_expr(l->u, p, len, l->exprs, &l->out);
}

static uint64_t list_addrx(struct list *l)
{
	uint64_t v = 0;

	if (!dloc_addrx(l->u, cur_uleb(&l->c), &v))
		l->c.failed = true;
	return v;
}

static uint64_t list_addr(struct list *l)
{
	return l->u->addr_size == 4 ? cur_le32(&l->c) : cur_le64(&l->c);
}

/* 1: go on; 0: the end; -1.  DWARF 5 section 7.7.3. */
static int read_lle(struct list *l)
{
	uint64_t a, b;

	switch (cur_u8(&l->c)) {
	case DW_LLE_end_of_list:
		return 0;
	case DW_LLE_base_addressx:
		l->base = list_addrx(l);
		return 1;
	case DW_LLE_startx_endx:
		a = list_addrx(l);
		b = list_addrx(l);
		break;
	case DW_LLE_startx_length:
		a = list_addrx(l);
		b = a + cur_uleb(&l->c);
		break;
	case DW_LLE_offset_pair:
		a = l->base + cur_uleb(&l->c);
		b = l->base + cur_uleb(&l->c);
		break;
	case DW_LLE_default_location:
		a = 0;
		b = 0; /* what holds elsewhere: nowhere we would look */
		break;
	case DW_LLE_base_address:
		l->base = list_addr(l);
		return 1;
	case DW_LLE_start_end:
		a = list_addr(l);
		b = list_addr(l);
		break;
	case DW_LLE_start_length:
		a = list_addr(l);
		b = a + cur_uleb(&l->c);
		break;
	case LLE_VIEW_PAIR:
		cur_uleb(&l->c);
		cur_uleb(&l->c);
		return 1;
	default:
		return -1;
	}
	return put_entry(l, a, b, cur_uleb(&l->c)) < 0 ? -1 : 1;
}

/* DWARF 2 to 4, section 2.6.2 of the last. */
static int read_pair(struct list *l)
{
	uint64_t a = list_addr(l), b = list_addr(l), len;
	uint64_t max = l->u->addr_size == 4 ? UINT32_MAX : UINT64_MAX;

	if (a == max) {
		l->base = b;
		return 1;
	}
	if (!a && !b)
		return 0;
	len = cur_le16(&l->c);
	return put_entry(l, l->base + a, l->base + b, len) < 0 ? -1 : 1;
}

/* GNU's split DWARF 4: gcc.gnu.org/wiki/DebugFission */
static int read_gnu(struct list *l)
{
	uint64_t a, b, len;

	switch (cur_u8(&l->c)) {
	case DW_LLE_GNU_end_of_list_entry:
		return 0;
	case DW_LLE_GNU_base_address_selection_entry:
		l->base = list_addrx(l);
		return 1;
	case DW_LLE_GNU_start_end_entry:
		a = list_addrx(l);
		b = list_addrx(l);
		break;
	case DW_LLE_GNU_start_length_entry:
		a = list_addrx(l);
		b = a + cur_le32(&l->c);
		break;
	default:
		return -1;
	}
	len = cur_le16(&l->c);
	return put_entry(l, a, b, len) < 0 ? -1 : 1;
}

static int read_list(struct dloc_unit *u, uint64_t off,
		     const struct dloc_scope *in, struct pool *exprs,
		     struct buf *out)
{
	struct list l = { .u = u,
			  .exprs = exprs,
			  .out = BUF_INIT,
			  .base = u->low_pc,
			  .last = in->lo,
			  .hi = in->hi };
	int more = 1;

	if (!u->lists.p || off >= u->lists.len)
		return bad(u, "location list outside its section", off);
	l.c = cur_init(u->lists.p, u->lists.len);
	cur_seek(&l.c, off);
	while (more > 0 && cur_ok(&l.c))
		more = u->version >= 5 ? read_lle(&l)
		       : u->is_split   ? read_gnu(&l)
				       : read_pair(&l);
	if (!cur_ok(&l.c))
		more = -1;
	enc_u(out, l.n ? DLOC_LIST + l.n - 1 : DLOC_NONE);
	buf_add(out, l.out.p, l.out.len);
	buf_deinit(&l.out);
	return more < 0 ? bad(u, "bad location list", off) : 0;
}

/* Number of a list -> where it is. */
static int list_offset(struct dloc_unit *u, uint64_t i, uint64_t *ret)
{
	struct cur c = cur_init(u->lists.p, u->lists.p ? u->lists.len : 0);

	if (i > u->lists.len)
		return bad(u, "bad number of a location list", i);
	cur_seek(&c, u->lists_base + i * u->off_size);
	*ret = u->lists_base + (u->off_size == 8 ? cur_le64(&c) : cur_le32(&c));
	return cur_ok(&c) ? 0 : bad(u, "bad number of a location list", i);
}

/* ---- attributes ---------------------------------------------------------------------- */

bool dloc_const(Dwarf_Attribute *a, int64_t *ret)
{
	unsigned int form = dwarf_whatform(a);
	Dwarf_Sword s;
	Dwarf_Word u;

	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(a, &s) != 0)
			return false;
		*ret = s;
	} else {
		if (dwarf_formudata(a, &u) != 0)
			return false;
		*ret = (int64_t)u;
	}
	return true;
}

static int put_const(struct dloc_unit *u, Dwarf_Die *die, struct pool *exprs,
		     struct buf *out)
{
	Dwarf_Attribute a;
	Dwarf_Block block;
	const char *str;
	int64_t v;

	if (!dwarf_attr_integrate(die, DW_AT_const_value, &a)) {
		enc_u(out, DLOC_NONE);
	} else if (dloc_const(&a, &v)) {
		enc_u(out, DLOC_CONST);
		enc_s(out, v);
	} else if (dwarf_formblock(&a, &block) == 0) {
		enc_u(out, DLOC_BYTES);
		enc_u(out, pool_put(exprs, block.data, block.length));
	} else {
		str = dwarf_formstring(&a);
		if (!str)
			return bad(u, "bad constant", 0);
		enc_u(out, DLOC_BYTES);
		enc_u(out, pool_put(exprs, str, strlen(str) + 1));
	}
	return 0;
}

static int put_block(struct dloc_unit *u, const Dwarf_Block *b,
		     struct pool *exprs, struct buf *out)
{
	if (!b->length) {
		enc_u(out, DLOC_NONE); /* optimised out */
		return 0;
	}
	enc_u(out, DLOC_EXPR);
	return put_expr(u, b->data, b->length, exprs, out);
}

int dloc_attr(struct dloc_unit *u, Dwarf_Die *die, unsigned int name,
	      const struct dloc_scope *in, struct pool *exprs, struct buf *out)
{
	Dwarf_Attribute a;
	Dwarf_Block b;
	Dwarf_Word off;

	u->err = u->err_sect = NULL;
	if (!dwarf_attr_integrate(die, name, &a))
		return put_const(u, die, exprs, out);
	if (dwarf_formblock(&a, &b) == 0)
		return put_block(u, &b, exprs, out);
	if (dwarf_whatform(&a) == DW_FORM_loclistx) {
		struct cur c = cur_init(a.valp, 10);

		/* libdw has checked that the attribute is inside */
		if (list_offset(u, cur_uleb(&c), &off) < 0)
			return -1;
		return read_list(u, off, in, exprs, out);
	}
	if (dwarf_formudata(&a, &off) != 0)
		return bad(u, "bad location", 0);
	return read_list(u, off, in, exprs, out);
}
