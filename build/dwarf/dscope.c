// SPDX-License-Identifier: GPL-2.0-only
/* The inside of a function: scopes, inlined functions, variables, labels, calls. */
#include "build/dwarf/dunit.h"
#include "build/dwarf/ddom.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/enc.h"
#include "build/dwarf/format.h"
#include "bundle/base/err.h"

#include <dwarf.h>
#include <string.h>

/* Inlining is some twenty deep at most. */
#define MAX_DEPTH 100

struct part {
	struct buf b;
	uint64_t n;
};

/*
 * What is collected of one scope.  Numbers count from those of the neighbour
 * before, because they are small then.
 */
struct parts {
	struct part vars, labels, calls, children;
	uint64_t last_call, last_child;
	int64_t last_line;
};

static struct parts parts_init(const struct du *u)
{
	return (struct parts){
		.vars = { BUF_INIT, 0 },
		.labels = { BUF_INIT, 0 },
		.calls = { BUF_INIT, 0 },
		.children = { BUF_INIT, 0 },
		.last_call = u->in.lo,
		.last_child = u->in.lo,
		.last_line = u->proto.v[u->owner].line,
	};
}

static void parts_write(struct parts *p, struct buf *out)
{
	struct part *v[] = { &p->vars, &p->labels, &p->calls, &p->children };
	size_t i;

	for (i = 0; i < 4; i++) {
		enc_u(out, v[i]->n);
		buf_add(out, v[i]->b.p, v[i]->b.len);
	}
}

static void parts_deinit(struct parts *p)
{
	buf_deinit(&p->vars.b);
	buf_deinit(&p->labels.b);
	buf_deinit(&p->calls.b);
	buf_deinit(&p->children.b);
}

static bool ref_die(Dwarf_Die *die, unsigned int name, Dwarf_Die *ret)
{
	Dwarf_Attribute a;

	return dwarf_attr(die, name, &a) && dwarf_formref_die(&a, ret);
}

static uint32_t var_flags(Dwarf_Die *die)
{
	uint32_t f =
		dwarf_tag(die) == DW_TAG_formal_parameter ? DX_VAR_PARAM : 0;

	return f |
	       (dwarf_hasattr(die, DW_AT_artificial) ? DX_VAR_ARTIFICIAL : 0);
}

static int add_var(struct du *u, Dwarf_Die *die, struct part *p, struct err *e)
{
	Dwarf_Die origin = *die;
	uint64_t known;
	int line = 0, rc;
	size_t at;

	ref_die(die, DW_AT_abstract_origin, &origin);
	if (ptrmap_get(&u->vars, origin.addr, &known) &&
	    known >> 32 == u->owner) {
		enc_u(&p->b, (known & 0xffffffff) << 1 | 1);
	} else {
		const char *name = dwarf_diename(die);

		if (!name)
			return 0; /* what has no name is not asked for */
		dwarf_decl_line(die, &line);
		enc_u(&p->b, 0);
		enc_u(&p->b, pool_str(&u->d->strs, name));
		enc_u(&p->b, du_type(u, &origin));
		enc_u(&p->b, (uint64_t)(unsigned int)line);
		enc_u(&p->b, var_flags(&origin));
	}
	p->n++;
	u->d->counts.vars++;
	at = p->b.len;
	rc = du_loc(u, die, DW_AT_location, &p->b, e);
	u->d->counts.located += p->b.p[at] != DLOC_NONE;
	return rc;
}

static void add_label(struct du *u, Dwarf_Die *die, struct part *p)
{
	const char *name = dwarf_diename(die);
	Dwarf_Addr pc;

	if (!name || dwarf_lowpc(die, &pc) != 0)
		return;
	enc_u(&p->b, pool_str(&u->d->strs, name));
	enc_s(&p->b, (int64_t)(pc - u->in.lo));
	p->n++;
	u->d->counts.labels++;
}

static bool addr_attr(Dwarf_Die *die, unsigned int name, Dwarf_Addr *ret)
{
	Dwarf_Attribute a;

	return dwarf_attr(die, name, &a) && dwarf_formaddr(&a, ret) == 0;
}

/* DWARF 5 section 3.4.1; before it, GNU's tag had the address as low_pc. */
static void add_call(struct du *u, Dwarf_Die *die, struct parts *all)
{
	struct part *p = &all->calls;
	const char *name = NULL;
	Dwarf_Die to;
	Dwarf_Addr pc;
	bool is_tail = dwarf_hasattr(die, DW_AT_call_tail_call) ||
		       dwarf_hasattr(die, DW_AT_GNU_tail_call);

	if (!addr_attr(die, DW_AT_call_return_pc, &pc) &&
	    !addr_attr(die, DW_AT_low_pc, &pc))
		return;
	if (ref_die(die, DW_AT_call_origin, &to) ||
	    ref_die(die, DW_AT_abstract_origin, &to))
		name = dwarf_diename(&to);
	enc_u(&p->b, pool_str(&u->d->strs, name));
	enc_s(&p->b, (int64_t)((pc - all->last_call) * 2 + is_tail));
	all->last_call = pc;
	p->n++;
	u->d->counts.calls++;
}

/* Where an inlined function begins; DWARF 5 allows an offset. */
static uint64_t entry_pc(Dwarf_Die *die)
{
	Dwarf_Addr pc, base, start, end;
	Dwarf_Attribute a;
	Dwarf_Word off;

	if (addr_attr(die, DW_AT_entry_pc, &pc))
		return pc;
	if (dwarf_lowpc(die, &pc) != 0) {
		if (dwarf_ranges(die, 0, &base, &start, &end) <= 0)
			return 0;
		pc = start;
	}
	if (dwarf_attr(die, DW_AT_entry_pc, &a) &&
	    dwarf_formudata(&a, &off) == 0)
		pc += off;
	return pc;
}

static uint32_t call_file(struct du *u, Dwarf_Die *die)
{
	Dwarf_Attribute a;
	Dwarf_Files *files;
	Dwarf_Word i;
	Dwarf_Die cu;
	size_t n;

	if (!dwarf_attr(die, DW_AT_call_file, &a) ||
	    dwarf_formudata(&a, &i) != 0 ||
	    !dwarf_diecu(die, &cu, NULL, NULL) ||
	    dwarf_getsrcfiles(&cu, &files, &n) != 0 || i >= n)
		return pool_str(&u->d->strs, "");
	return dlines_path(&u->lines, &u->d->strs,
			   dwarf_filesrc(files, i, NULL, NULL));
}

static void add_child(struct parts *p, const struct buf *b)
{
	buf_add(&p->children.b, b->p, b->len);
	p->children.n++;
}

/* Read the inside of @die, whose addresses are @in, as part of function @owner. */
static int inside(struct du *u, Dwarf_Die *die, const struct dloc_scope *in,
		  uint32_t owner, struct buf *b, int depth, struct err *e)
{
	struct dloc_scope was = u->in;
	uint32_t owned = u->owner;
	int rc;

	u->in = *in;
	u->owner = owner;
	rc = du_scope(u, die, b, depth + 1, e);
	u->in = was;
	u->owner = owned;
	return rc;
}

static void put_call_site(struct du *u, Dwarf_Die *die, uint32_t proto,
			  const struct dloc_scope *in, struct parts *p,
			  struct buf *b)
{
	uint32_t file = call_file(u, die);
	Dwarf_Attribute a;
	Dwarf_Word line = 0;

	if (dwarf_attr(die, DW_AT_call_line, &a))
		dwarf_formudata(&a, &line);
	line &= 0xffffffff;
	enc_u(b, proto);
	enc_u(b, file == u->proto.v[u->owner].path ? 0 : (uint64_t)file + 1);
	enc_s(b, (int64_t)line - p->last_line);
	p->last_line = (int64_t)line;
	enc_s(b, (int64_t)(entry_pc(die) - in->lo));
}

static int add_inlined(struct du *u, Dwarf_Die *die, struct parts *p, int depth,
		       struct err *e)
{
	struct buf b = BUF_INIT;
	struct dloc_scope in = { 0 };
	Dwarf_Die origin;
	uint32_t proto = 0;
	unsigned int n = 0;
	int rc;

	if (!ref_die(die, DW_AT_abstract_origin, &origin))
		return 0;
	enc_u(&b, DX_CHILD_INLINE);
	rc = du_ranges(u, die, p->last_child, &u->in, &b, &in, &n, e);
	if (rc == 0 && n)
		rc = du_proto(u, &origin, &proto, e);
	if (rc < 0 || !n) {
		buf_deinit(&b);
		return rc;
	}
	p->last_child = in.lo;
	vec_push(&u->inst, (struct dcol_inst){ proto, u->body, u->ordinal++ });
	u->d->counts.inlined++;
	put_call_site(u, die, proto, &in, p, &b);
	rc = inside(u, die, &in, proto, &b, depth, e);
	add_child(p, &b);
	buf_deinit(&b);
	return rc;
}

static int collect(struct du *u, Dwarf_Die *die, struct parts *p, int depth,
		   struct err *e);

/* A block that declares nothing is no scope of its own. */
static bool declares(Dwarf_Die *die)
{
	Dwarf_Die at;

	if (dwarf_child(die, &at) != 0)
		return false;
	do {
		switch (dwarf_tag(&at)) {
		case DW_TAG_formal_parameter:
		case DW_TAG_variable:
		case DW_TAG_label:
			return true;
		default:
			break;
		}
	} while (dwarf_siblingof(&at, &at) == 0);
	return false;
}

static int add_block(struct du *u, Dwarf_Die *die, struct parts *p, int depth,
		     struct err *e)
{
	struct buf b = BUF_INIT;
	struct dloc_scope in;
	unsigned int n;
	int rc;

	if (!declares(die))
		return collect(u, die, p, depth + 1, e);
	enc_u(&b, DX_CHILD_BLOCK);
	rc = du_ranges(u, die, p->last_child, &u->in, &b, &in, &n, e);
	if (n)
		p->last_child = in.lo;
	if (rc == 0)
		rc = inside(u, die, &in, u->owner, &b, depth, e);
	add_child(p, &b);
	u->d->counts.scopes++;
	buf_deinit(&b);
	return rc;
}

static int collect_one(struct du *u, Dwarf_Die *die, struct parts *p, int depth,
		       struct err *e)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_formal_parameter:
	case DW_TAG_variable:
		return add_var(u, die, &p->vars, e);
	case DW_TAG_label:
		add_label(u, die, &p->labels);
		return 0;
	case DW_TAG_call_site:
	case DW_TAG_GNU_call_site:
		add_call(u, die, p);
		return 0;
	case DW_TAG_lexical_block:
		return add_block(u, die, p, depth, e);
	case DW_TAG_inlined_subroutine:
		return add_inlined(u, die, p, depth, e);
	default:
		return 0;
	}
}

static int collect(struct du *u, Dwarf_Die *die, struct parts *p, int depth,
		   struct err *e)
{
	Dwarf_Die at;
	int more;

	if (depth > MAX_DEPTH)
		return du_bad(u, die, "scopes are nested too deep", e);
	more = du_first(u, die, &at, e);
	while (more > 0) {
		int rc = collect_one(u, &at, p, depth, e);

		if (rc < 0)
			return rc;
		more = du_next(u, &at, e);
	}
	return more;
}

int du_scope(struct du *u, Dwarf_Die *die, struct buf *out, int depth,
	     struct err *e)
{
	struct parts p = parts_init(u);
	int rc = collect(u, die, &p, depth, e);

	parts_write(&p, out);
	parts_deinit(&p);
	return rc;
}
