// SPDX-License-Identifier: GPL-2.0-only
/*
 * Following $a->b[c] through BTF types to an address and a width.
 *
 * Every offset and size of a struct depends on the kernel and becomes a kernel
 * number; sizes of C's own types are the same everywhere and stay constants.
 */
#include "build/elab/place.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/debuginfo/btf.h"
#include "build/elab/dwloc.h"
#include "build/families/family.h"
#include "build/sema/tree.h"

/* Pointers to pointers that one "->" follows; more is a mistake. */
#define PLACE_MAX_DEREF 4

bool place_access(const struct btfv *b, uint32_t type, struct access *ret)
{
	struct btft t = btf_type(b, type);

	*ret = (struct access){ 0 };
	switch (t.kind) {
	case BTFK_INT:
	case BTFK_ENUM:
	case BTFK_FLOAT:
		ret->is_signed = t.is_signed && t.kind != BTFK_FLOAT;
		break;
	case BTFK_PTR:
		break;
	default:
		return false;
	}
	if (t.size != 1 && t.size != 2 && t.size != 4 && t.size != 8)
		return false;
	ret->bytes = (uint8_t)t.size;
	return true;
}

struct place place_from(const struct fam_value *v)
{
	struct place p = { .e = v->e, .type = v->type };

	if (v->parts) {
		p.kind = PLACE_PARTS;
		p.parts = v->parts;
	} else {
		p.kind = v->is_mem ? PLACE_MEM : PLACE_VALUE;
	}
	return p;
}

/* @e + @off, as one addition. */
static struct ast_expr *address(struct sema *sm, const struct place *p)
{
	struct ast_expr *off;

	if (!p->is_knum && !p->off)
		return p->e;
	off = p->is_knum ? sema_knum(sm, p->e->at, p->off)
			 : tree_num(sm->a, p->e->at, p->off);
	return tree_binary(sm->a, OP_ADD, p->e, off);
}

/* As addresses do, an offset goes round: an index may be any number. */
static void move(struct place *p, uint64_t by)
{
	p->off = (int64_t)((uint64_t)p->off + by);
}

static void set_mem(struct place *p, struct ast_expr *e, uint32_t type)
{
	*p = (struct place){ .kind = PLACE_MEM, .e = e, .type = type };
}

/* A pointer, wherever it is, becomes PLACE_PTR; anything else stays. */
static bool decay(struct sema *sm, struct place *p, const struct span *at)
{
	struct btft t = btf_type(sm->btf, p->type);
	struct ast_expr *e;

	if (p->kind == PLACE_PTR || t.kind != BTFK_PTR)
		return true;
	e = place_load(sm, p, at);
	if (!e)
		return false;
	*p = (struct place){ .kind = PLACE_PTR, .e = e, .type = t.ref };
	return true;
}

bool place_deref(struct sema *sm, struct place *p, const struct span *at)
{
	int i;

	for (i = 0; i < PLACE_MAX_DEREF; i++) {
		if (!decay(sm, p, at))
			return false;
		if (p->kind != PLACE_PTR)
			return true;
		set_mem(p, p->e, p->type);
	}
	return true;
}

/* ---- members ------------------------------------------------------------- */

static void add_members(struct sema *sm, const struct btft *t,
			struct similar *sim, unsigned int depth)
{
	struct btf_memb m;
	uint32_t i;

	for (i = 0; depth < 8 && i < t->nmembers; i++) {
		if (!btf_member(sm->btf, t, i, &m))
			return;
		if (*m.name) {
			similar_add(sim, m.name);
		} else {
			struct btft in = btf_type(sm->btf, m.type);

			add_members(sm, &in, sim, depth + 1);
		}
	}
}

static const char *first_members(struct sema *sm, const struct btft *t)
{
	const char *s = "";
	struct btf_memb m;
	uint32_t i;

	for (i = 0; i < t->nmembers && i < 8; i++)
		if (btf_member(sm->btf, t, i, &m) && *m.name)
			s = arena_printf(sm->a, "%s%s%s", s, *s ? ", " : "",
					 m.name);
	if (!*s)
		return s;
	return arena_printf(sm->a, " (alternatives: %s%s)", s,
			    i < t->nmembers ? ", ..." : "");
}

static bool no_member(struct sema *sm, const struct btft *t, uint32_t type,
		      const char *name, const struct span *at)
{
	const char *text = btf_type_name(sm->btf, type, sm->a);
	struct similar sim;

	if (t->kind == BTFK_FWD) {
		diag_error(sm->d, at, DIAG_UNKNOWN_FIELD,
			   "'%s' is not defined in this kernel's types, so "
			   "'%s' cannot be found",
			   text, name);
		return false;
	}
	if (t->kind != BTFK_STRUCT && t->kind != BTFK_UNION) {
		diag_error(sm->d, at, DIAG_UNKNOWN_FIELD,
			   "invalid access '->%s' to '%s', which is no struct",
			   name, text);
		return false;
	}
	similar_init(&sim, diags_near(sm->d, name));
	if (sim.want)
		add_members(sm, t, &sim, 0);
	diag_error(sm->d, at, DIAG_UNKNOWN_FIELD,
		   "unable to find member '%s' for %s%s", name, text,
		   sim.n ? similar_text(sm->a, &sim, "alternatives")
			 : first_members(sm, t));
	return false;
}

void place_enter(struct place *p, const struct btf_memb *m)
{
	p->type = m->type;
	p->is_knum = true;
	p->bits = m->bits;
	p->bit_off = m->bits ? m->bit_off : 0;
	if (!m->bits)
		move(p, m->bit_off / 8);
}

bool place_member(struct sema *sm, struct place *p, const char *name,
		  const struct span *at)
{
	struct btf_memb m;
	struct btft t;

	if (!place_deref(sm, p, at))
		return false;
	t = btf_type(sm->btf, p->type);
	if (p->kind == PLACE_VALUE &&
	    (t.kind == BTFK_STRUCT || t.kind == BTFK_UNION)) {
		diag_error(sm->d, at, DIAG_NO_ACCESS,
			   "'%s' is passed by value and not accessible here",
			   btf_type_name(sm->btf, p->type, sm->a));
		return false;
	}
	if ((t.kind != BTFK_STRUCT && t.kind != BTFK_UNION) ||
	    !btf_find_member(sm->btf, t.id, name, &m))
		return no_member(sm, &t, p->type, name, at);
	sema_rely_member(sm, &t, name);
	place_enter(p, &m);
	return true;
}

/* ---- elements ------------------------------------------------------------ */

static bool is_aggregate(const struct btft *t)
{
	return t->kind == BTFK_STRUCT || t->kind == BTFK_UNION ||
	       t->kind == BTFK_ARRAY;
}

bool place_index(struct sema *sm, struct place *p, struct ast_expr *index,
		 const struct span *at)
{
	struct ast_expr *size;
	struct btft t, el;
	uint32_t elem;

	if (!decay(sm, p, at))
		return false;
	t = btf_type(sm->btf, p->type);
	if (p->kind == PLACE_PTR) {
		elem = p->type;
		set_mem(p, p->e, elem);
	} else if ((p->kind == PLACE_MEM ||
		    (p->kind == PLACE_PARTS && index->kind == EX_NUMBER)) &&
		   t.kind == BTFK_ARRAY) {
		elem = t.ref;
	} else {
		diag_error(sm->d, at, DIAG_NO_ACCESS,
			   "'%s' is neither an array nor a pointer",
			   btf_type_name(sm->btf, p->type, sm->a));
		return false;
	}
	el = btf_type(sm->btf, elem);
	if (!el.size) {
		diag_error(sm->d, at, DIAG_NO_ACCESS,
			   "the size of '%s' is not known",
			   btf_type_name(sm->btf, elem, sm->a));
		return false;
	}
	sema_rely_type(sm, &el);
	p->type = elem;
	if (index->kind == EX_NUMBER) {
		p->is_knum |= is_aggregate(&el);
		move(p, (uint64_t)index->num * el.size);
		return true;
	}
	size = is_aggregate(&el) ? sema_knum(sm, *at, el.size)
				 : tree_num(sm->a, *at, el.size);
	p->e = tree_binary(sm->a, OP_ADD, p->e,
			   tree_binary(sm->a, OP_MUL, index, size));
	return true;
}

/* ---- the end of the chain ------------------------------------------------ */

/* The smallest aligned unit that holds the whole field. */
static bool bit_access(struct place *p, struct access *acc)
{
	uint32_t bytes;

	for (bytes = 1; bytes <= 8; bytes *= 2) {
		uint32_t unit = p->bit_off / (bytes * 8);

		if (p->bit_off + p->bits > (unit + 1) * bytes * 8)
			continue;
		acc->bytes = (uint8_t)bytes;
		acc->bits = (uint8_t)p->bits;
		acc->shift = (uint8_t)(p->bit_off - unit * bytes * 8);
		move(p, (uint64_t)unit * bytes);
		return true;
	}
	return false;
}

static struct ast_expr *not_a_value(struct sema *sm, const struct place *p,
				    const struct span *at)
{
	struct btft t = btf_type(sm->btf, p->type);
	const char *text = btf_type_name(sm->btf, p->type, sm->a);
	struct btf_memb m;

	if (t.kind != BTFK_STRUCT && t.kind != BTFK_UNION) {
		diag_error(sm->d, at, DIAG_NO_ACCESS,
			   "a value of type '%s' cannot be read", text);
		return NULL;
	}
	diag_error(sm->d, at, DIAG_STRUCT_VALUE,
		   "'%s' is being accessed instead of a member such as '->%s'",
		   text, btf_member(sm->btf, &t, 0, &m) ? m.name : "...");
	return NULL;
}

/* A scalar out of an object that is not all in memory. */
static struct ast_expr *load_parts(struct sema *sm, const struct place *p,
				   const struct span *at,
				   const struct access *acc)
{
	struct dwloc_env env = { .sm = sm, .at = *at };
	uint64_t lo = (uint64_t)p->off * 8 + (p->bits ? p->bit_off : 0);
	const char *why = "it is there only in part";
	struct ast_expr *e = NULL;

	if (p->off >= 0 && p->off <= UINT32_MAX)
		e = dwloc_bits(&env, p->parts, lo,
			       p->bits ? p->bits : acc->bytes * 8U,
			       acc->is_signed, &why);
	if (!e)
		diag_error(sm->d, at, DIAG_NO_ACCESS,
			   "a value of type '%s' is not accessible at this "
			   "address: %s",
			   btf_type_name(sm->btf, p->type, sm->a), why);
	return e;
}

/* The address of an array that has one. */
static bool parts_to_mem(struct sema *sm, struct place *p,
			 const struct span *at)
{
	struct dwloc_env env = { .sm = sm, .at = *at };
	struct ast_expr *e =
		p->off >= 0 ? dwloc_address(&env, p->parts, (uint64_t)p->off)
			    : NULL;

	if (!e)
		return false;
	set_mem(p, e, p->type);
	return true;
}

struct ast_expr *place_load(struct sema *sm, struct place *p,
			    const struct span *at)
{
	struct ast_expr *e;
	struct access acc;
	struct btft t;

	if (p->kind == PLACE_VALUE && !p->type)
		return p->e; /* a number that has no type in the kernel */
	t = btf_type(sm->btf, p->type);
	if (p->kind == PLACE_PTR) {
		p->e->btf_type = p->type;
		return p->e;
	}
	if (t.kind == BTFK_ARRAY && p->kind == PLACE_PARTS)
		parts_to_mem(sm, p, at);
	if (p->kind == PLACE_MEM && t.kind == BTFK_ARRAY) {
		e = address(sm, p);
		e->btf_type = t.ref;
		return e;
	}
	if (!place_access(sm->btf, p->type, &acc))
		return not_a_value(sm, p, at);
	if (p->kind == PLACE_VALUE) {
		e = p->e;
	} else if (p->kind == PLACE_PARTS) {
		e = load_parts(sm, p, at, &acc);
		if (!e)
			return NULL;
	} else {
		if (p->bits && !bit_access(p, &acc))
			return not_a_value(sm, p, at);
		e = tree_expr(sm->a, EX_KREAD, *at);
		e->type = TY_LONG;
		e->a = address(sm, p);
		e->access = acc;
	}
	e->btf_type = t.kind == BTFK_PTR ? t.ref : 0;
	return e;
}

struct ast_expr *place_address(struct sema *sm, struct place *p,
			       const struct span *at)
{
	struct ast_expr *e;

	if (p->kind == PLACE_PTR)
		return p->e;
	if (p->kind == PLACE_PARTS && !p->bits)
		parts_to_mem(sm, p, at);
	if (p->kind != PLACE_MEM || p->bits) {
		diag_error(sm->d, at, DIAG_NO_ACCESS,
			   p->bits ? "cannot take the address of a bit field"
				   : "cannot take the address of a value in a "
				     "register");
		return NULL;
	}
	e = address(sm, p);
	e->btf_type = p->type;
	return e;
}
