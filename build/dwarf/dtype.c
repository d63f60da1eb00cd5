// SPDX-License-Identifier: GPL-2.0-only
/* Looks a DWARF type up by name, size and members; adds it when it is not there. */
#include "build/dwarf/dtype.h"
#include "build/base/map.h"
#include "build/debuginfo/btf.h"
#include "build/debuginfo/btf_raw.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/dtype_priv.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

/* Deeper than any type in C; hostile chains end here as void. */
#define MAX_DEPTH 64

/* ---- what makes a type findable ------------------------------------------------ */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static uint64_t key_name(uint32_t kind, const char *name, uint64_t n)
{
	return mix(hash_bytes(name, strlen(name)), (uint64_t)kind << 32 | n);
}

static uint64_t key_ref(uint32_t kind, uint64_t ref, uint64_t n)
{
	return mix(mix(kind, ref), n);
}

/* Names of enum64 are those of enum in DWARF. */
static uint32_t plain_kind(uint32_t kind)
{
	return kind == BTF_KIND_ENUM64 ? BTF_KIND_ENUM : kind;
}

static const char *raw_name(const struct btf_raw *r)
{
	return btf_raw_str(r->own, r->name_off);
}

/* Name of the first member, enumerator: what tells anonymous types apart. */
static const char *first_name(const struct btf_raw *r)
{
	struct cur c = r->rest;

	return btf_raw_vlen(r) ? btf_raw_str(r->own, cur_le32(&c)) : "";
}

static uint64_t key_proto(uint32_t ret, uint32_t n)
{
	return key_ref(BTF_KIND_FUNC_PROTO, ret, n);
}

/* 0: a type nobody looks for */
static uint64_t raw_key(const struct btf_raw *r)
{
	uint32_t kind = plain_kind(btf_raw_kind(r)), elem;
	struct cur c = r->rest;

	switch (kind) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		return key_name(kind, raw_name(r), r->size_or_type);
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_FWD:
		return key_name(kind, raw_name(r), 0);
	case BTF_KIND_PTR:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
		return key_ref(kind, r->size_or_type, 0);
	case BTF_KIND_ARRAY:
		elem = cur_le32(&c);
		cur_le32(&c); /* type of the index */
		return key_ref(kind, elem, cur_le32(&c));
	case BTF_KIND_FUNC_PROTO:
		return key_proto(r->size_or_type, btf_raw_vlen(r));
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
		if (*raw_name(r))
			return key_name(kind, raw_name(r), 0);
		return key_name(kind, first_name(r),
				(uint64_t)r->size_or_type << 16 |
					btf_raw_vlen(r));
	default:
		return 0;
	}
}

void tindex_init(struct tindex *t, const struct btfv *b)
{
	uint32_t i, n = b->ntypes;

	*t = (struct tindex){ .b = b };
	for (t->mask = 255; t->mask < n; t->mask = t->mask * 2 + 1)
		;
	t->head = xcalloc((size_t)t->mask + 1, sizeof(*t->head));
	t->next = xcalloc((size_t)n + 1, sizeof(*t->next));
	/* chains run from low ids to high ones */
	for (i = n; i-- > 0;) {
		struct btf_raw r = btf_raw_type(b, b->start_id + i);
		uint64_t key = raw_key(&r);
		uint32_t *h = &t->head[(uint32_t)key & t->mask];

		if (!key)
			continue;
		t->next[i] = *h;
		*h = i + 1;
	}
}

void tindex_deinit(struct tindex *t)
{
	free(t->head);
	free(t->next);
	*t = (struct tindex){ 0 };
}

/* Walks the types that may have @key; 0 at the end. */
struct walk {
	const struct tindex *t;
	uint32_t at; /* index + 1 */
};

static struct walk walk_begin(const struct tindex *t, uint64_t key)
{
	return (struct walk){ t,
			      t->head ? t->head[(uint32_t)key & t->mask] : 0 };
}

static bool walk_next(struct walk *w, uint32_t *id, struct btf_raw *r)
{
	if (!w->at)
		return false;
	*id = w->t->b->start_id + w->at - 1;
	*r = btf_raw_type(w->t->b, *id);
	w->at = w->t->next[w->at - 1];
	return true;
}

/* ---- DIEs ---------------------------------------------------------------------- */

void dtypes_unit(struct dtypes *d)
{
	ptrmap_clear(&d->memo);
}

uint64_t dtype_udata(Dwarf_Die *die, unsigned int name, uint64_t other)
{
	Dwarf_Attribute a;
	Dwarf_Word v;

	if (!dwarf_attr(die, name, &a) || dwarf_formudata(&a, &v) != 0)
		return other;
	return v;
}

static const char *die_name(Dwarf_Die *die)
{
	const char *s = dwarf_diename(die);

	return s ? s : "";
}

bool dtype_has_children(Dwarf_Die *die, Dwarf_Die *first)
{
	return dwarf_child(die, first) == 0;
}

/* Next sibling with @tag from @at on. */
static bool seek_tag(Dwarf_Die *at, int tag, int tag2)
{
	for (;;) {
		int t = dwarf_tag(at);

		if (t == tag || t == tag2)
			return true;
		if (dwarf_siblingof(at, at) != 0)
			return false;
	}
}

/* Static members of C++ classes are no part of the layout. */
bool dtype_first_member(Dwarf_Die *die, Dwarf_Die *m)
{
	return dtype_has_children(die, m) &&
	       seek_tag(m, DW_TAG_member, DW_TAG_enumerator);
}

bool dtype_next_member(Dwarf_Die *m)
{
	return dwarf_siblingof(m, m) == 0 &&
	       seek_tag(m, DW_TAG_member, DW_TAG_enumerator);
}

static unsigned int count_members(Dwarf_Die *die)
{
	Dwarf_Die m;
	unsigned int n = 0;

	if (dtype_first_member(die, &m))
		do
			n++;
		while (dtype_next_member(&m));
	return n;
}

/* Offset of a DW_AT_data_member_location that is a constant or "plus N". */
static uint64_t member_loc(Dwarf_Die *m)
{
	Dwarf_Attribute a;
	Dwarf_Op *op;
	size_t n;
	Dwarf_Word v;

	if (!dwarf_attr(m, DW_AT_data_member_location, &a))
		return 0;
	if (dwarf_formudata(&a, &v) == 0)
		return v;
	if (dwarf_getlocation(&a, &op, &n) == 0 && n == 1 &&
	    op->atom == DW_OP_plus_uconst)
		return op->number;
	return 0;
}

/* DWARF 5 section 5.7.6; before version 4 bits were counted from the other end. */
uint64_t dtype_member_bit(Dwarf_Die *m, uint64_t *bits)
{
	uint64_t old, size;
	Dwarf_Die t;
	Dwarf_Attribute a;

	*bits = dtype_udata(m, DW_AT_bit_size, 0);
	if (!*bits)
		return member_loc(m) * 8;
	if (dwarf_hasattr(m, DW_AT_data_bit_offset))
		return dtype_udata(m, DW_AT_data_bit_offset, 0);
	if (!dwarf_hasattr(m, DW_AT_bit_offset))
		return member_loc(m) * 8;
	old = dtype_udata(m, DW_AT_bit_offset, 0);
	size = dtype_udata(m, DW_AT_byte_size, 0);
	if (!size && dwarf_attr(m, DW_AT_type, &a) &&
	    dwarf_formref_die(&a, &t)) {
		Dwarf_Word w = 0;

		dwarf_aggregate_size(&t, &w);
		size = w;
	}
	return member_loc(m) * 8 + size * 8 - old - *bits;
}

/* ---- equality -------------------------------------------------------------------- */

static bool same_members(const struct btf_raw *r, Dwarf_Die *die)
{
	bool is_enum = plain_kind(btf_raw_kind(r)) == BTF_KIND_ENUM;
	bool is_wide = btf_raw_kind(r) == BTF_KIND_ENUM64;
	uint32_t i, n = btf_raw_vlen(r);
	struct cur c = r->rest;
	Dwarf_Die m;
	bool more = dtype_first_member(die, &m);

	for (i = 0; i < n && more; i++, more = dtype_next_member(&m)) {
		const char *name = btf_raw_str(r->own, cur_le32(&c));
		uint32_t off, second = cur_le32(&c);
		uint64_t bit, bits;

		if (strcmp(name, die_name(&m)) != 0)
			return false;
		if (is_enum) {
			if (is_wide)
				cur_le32(&c);
			else if (second != (uint32_t)dtype_enum_value(&m))
				return false;
			continue;
		}
		off = cur_le32(&c);
		bit = dtype_member_bit(&m, &bits);
		if (bit !=
		    (btf_raw_kflag(r) ? BTF_MEMBER_BIT_OFFSET(off) : off))
			return false;
	}
	return i == n && !more;
}

int64_t dtype_enum_value(Dwarf_Die *m)
{
	Dwarf_Attribute a;
	int64_t v;

	return dwarf_attr(m, DW_AT_const_value, &a) && dloc_const(&a, &v) ? v
									  : 0;
}

/* A struct, union or enum that @die defines; 0 when there is none. */
static uint32_t find_composite(const struct dtypes *d, uint32_t kind,
			       Dwarf_Die *die, uint64_t size)
{
	const char *name = die_name(die);
	uint32_t id, only = 0, n = 0;
	struct btf_raw r;
	uint64_t key;
	Dwarf_Die m;
	size_t i;

	if (*name)
		key = key_name(kind, name, 0);
	else
		key = key_name(kind,
			       dtype_first_member(die, &m) ? die_name(&m) : "",
			       size << 16 | (count_members(die) & 0xffff));
	for (i = 0; i < d->nin; i++) {
		struct walk w = walk_begin(d->in[i], key);

		while (walk_next(&w, &id, &r)) {
			if (plain_kind(btf_raw_kind(&r)) != kind ||
			    r.size_or_type != size ||
			    strcmp(raw_name(&r), name) != 0)
				continue;
			only = id;
			n++;
		}
	}
	if (n == 1 && *name && !d->strict)
		return only;
	for (i = 0; i < d->nin && n; i++) {
		struct walk w = walk_begin(d->in[i], key);

		while (walk_next(&w, &id, &r))
			if (plain_kind(btf_raw_kind(&r)) == kind &&
			    r.size_or_type == size &&
			    !strcmp(raw_name(&r), name) &&
			    same_members(&r, die))
				return id;
	}
	return 0;
}

/* First type with @key that has this kind, name and (unless ~0) third word. */
static uint32_t find_named(const struct dtypes *d, uint64_t key, uint32_t kind,
			   const char *name, uint32_t third)
{
	struct btf_raw r;
	uint32_t id;
	size_t i;

	for (i = 0; i < d->nin; i++) {
		struct walk w = walk_begin(d->in[i], key);

		while (walk_next(&w, &id, &r))
			if (plain_kind(btf_raw_kind(&r)) == kind &&
			    (third == UINT32_MAX || r.size_or_type == third) &&
			    !strcmp(raw_name(&r), name))
				return id;
	}
	return 0;
}

static uint32_t find_array(const struct dtypes *d, uint32_t elem, uint32_t n)
{
	struct btf_raw r;
	uint32_t id;
	size_t i;

	for (i = 0; i < d->nin; i++) {
		struct walk w =
			walk_begin(d->in[i], key_ref(BTF_KIND_ARRAY, elem, n));

		while (walk_next(&w, &id, &r)) {
			struct cur c = r.rest;

			if (btf_raw_kind(&r) != BTF_KIND_ARRAY ||
			    cur_le32(&c) != elem)
				continue;
			cur_le32(&c);
			if (cur_le32(&c) == n)
				return id;
		}
	}
	return 0;
}

static bool same_params(const struct btf_raw *r, const uint32_t *type)
{
	uint32_t i, n = btf_raw_vlen(r);
	struct cur c = r->rest;

	for (i = 0; i < n; i++) {
		cur_le32(&c); /* name */
		if (cur_le32(&c) != type[i])
			return false;
	}
	return cur_ok(&c);
}

static uint32_t find_proto(const struct dtypes *d, uint32_t ret,
			   const uint32_t *type, uint32_t n)
{
	struct btf_raw r;
	uint32_t id;
	size_t i;

	for (i = 0; i < d->nin; i++) {
		struct walk w = walk_begin(d->in[i], key_proto(ret, n));

		while (walk_next(&w, &id, &r))
			if (btf_raw_kind(&r) == BTF_KIND_FUNC_PROTO &&
			    r.size_or_type == ret && btf_raw_vlen(&r) == n &&
			    same_params(&r, type))
				return id;
	}
	return 0;
}

/* ---- resolving -------------------------------------------------------------------- */

static uint32_t resolve(struct dtypes *d, Dwarf_Die *die);

uint32_t dtypes_of(struct dtypes *d, Dwarf_Die *die)
{
	Dwarf_Attribute a;
	Dwarf_Die t;

	if (!dwarf_attr(die, DW_AT_type, &a) || !dwarf_formref_die(&a, &t))
		return 0;
	return resolve(d, &t);
}

static uint32_t modifier(struct dtypes *d, uint32_t kind, uint32_t ref)
{
	uint32_t id = 0;

	if (!(ref & DTYPE_ADDED))
		id = find_named(d, key_ref(kind, ref, 0), kind, "", ref);
	return id ? id : dtype_add_ref(d, kind, "", ref, 0);
}

static uint32_t base_type(struct dtypes *d, Dwarf_Die *die)
{
	uint64_t enc = dtype_udata(die, DW_AT_encoding, 0);
	uint32_t size = (uint32_t)dtype_udata(die, DW_AT_byte_size, 0);
	uint32_t kind = enc == DW_ATE_float ? BTF_KIND_FLOAT : BTF_KIND_INT;
	const char *name = die_name(die);
	uint32_t id =
		find_named(d, key_name(kind, name, size), kind, name, size);

	return id ? id : dtype_add_base(d, kind, name, size, (uint32_t)enc);
}

static uint32_t typedef_type(struct dtypes *d, Dwarf_Die *die)
{
	const char *name = die_name(die);
	uint32_t ref = dtypes_of(d, die), id = 0;

	if (!(ref & DTYPE_ADDED))
		id = find_named(d, key_name(BTF_KIND_TYPEDEF, name, 0),
				BTF_KIND_TYPEDEF, name, ref);
	return id ? id : dtype_add_ref(d, BTF_KIND_TYPEDEF, name, ref, 0);
}

/* Number of elements of one DW_TAG_subrange_type; 0 when it is open. */
static uint32_t dimension(Dwarf_Die *sub)
{
	uint64_t n = dtype_udata(sub, DW_AT_count, UINT64_MAX), up;

	if (n != UINT64_MAX)
		return (uint32_t)n;
	up = dtype_udata(sub, DW_AT_upper_bound, UINT64_MAX);
	return (uint32_t)(up + 1); /* none, and the -1 of GCC, are 0 */
}

/* The last dimension is the innermost array. */
static uint32_t array_type(struct dtypes *d, Dwarf_Die *die)
{
	uint32_t dim[8], n = 0, elem = dtypes_of(d, die), id;
	Dwarf_Die sub;

	if (dtype_has_children(die, &sub))
		do
			if (dwarf_tag(&sub) == DW_TAG_subrange_type && n < 8)
				dim[n++] = dimension(&sub);
		while (dwarf_siblingof(&sub, &sub) == 0);
	if (!n)
		dim[n++] = 0;
	while (n--) {
		id = elem & DTYPE_ADDED ? 0 : find_array(d, elem, dim[n]);
		elem = id ? id
			  : dtype_add_ref(d, BTF_KIND_ARRAY, "", elem, dim[n]);
	}
	return elem;
}

static uint32_t proto_type(struct dtypes *d, Dwarf_Die *die)
{
	uint32_t type[DTYPE_PARAMS], n = 0, ret = dtypes_of(d, die), id = 0, i;
	bool is_added = ret & DTYPE_ADDED;
	Dwarf_Die p;

	if (dtype_has_children(die, &p))
		do {
			if (n == DTYPE_PARAMS)
				break;
			if (dwarf_tag(&p) == DW_TAG_formal_parameter)
				type[n++] = dtypes_of(d, &p);
			else if (dwarf_tag(&p) == DW_TAG_unspecified_parameters)
				type[n++] = 0;
		} while (dwarf_siblingof(&p, &p) == 0);
	for (i = 0; i < n; i++)
		is_added |= (type[i] & DTYPE_ADDED) != 0;
	if (!is_added)
		id = find_proto(d, ret, type, n);
	return id ? id : dtype_add_proto(d, ret, type, n);
}

static uint32_t forward(struct dtypes *d, uint32_t kind, const char *name)
{
	uint64_t key = key_name(kind, name, 0);
	uint32_t id = find_named(d, key, kind, name, UINT32_MAX);

	if (!id)
		id = find_named(d, key_name(BTF_KIND_FWD, name, 0),
				BTF_KIND_FWD, name, UINT32_MAX);
	return id ? id
		  : dtype_add_ref(d, BTF_KIND_FWD, name, 0,
				  kind == BTF_KIND_UNION);
}

static uint32_t composite(struct dtypes *d, uint32_t kind, Dwarf_Die *die)
{
	uint64_t size = dtype_udata(die, DW_AT_byte_size, 0);
	uint32_t id;
	bool is_new;
	Dwarf_Attribute a;
	Dwarf_Die whole;

	/* DWARF 5 section 3.1.4: what is declared here is in a type unit */
	if (dwarf_attr(die, DW_AT_signature, &a) &&
	    dwarf_formref_die(&a, &whole))
		return resolve(d, &whole);
	if (dwarf_hasattr(die, DW_AT_declaration))
		return forward(d, kind, die_name(die));
	id = find_composite(d, kind, die, size);
	if (id)
		return id;
	id = dtype_add_composite(d, kind, die, (uint32_t)size, &is_new);
	/* its members may point back to what points here */
	if (is_new)
		vec_push(&d->todo, (struct dtype_todo){ id, *die });
	return id;
}

static uint32_t resolve_new(struct dtypes *d, Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_base_type:
		return base_type(d, die);
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		return modifier(d, BTF_KIND_PTR, dtypes_of(d, die));
	case DW_TAG_const_type:
		return modifier(d, BTF_KIND_CONST, dtypes_of(d, die));
	case DW_TAG_volatile_type:
		return modifier(d, BTF_KIND_VOLATILE, dtypes_of(d, die));
	case DW_TAG_restrict_type:
		return modifier(d, BTF_KIND_RESTRICT, dtypes_of(d, die));
	case DW_TAG_atomic_type:
		return dtypes_of(d, die);
	case DW_TAG_typedef:
		return typedef_type(d, die);
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		return composite(d, BTF_KIND_STRUCT, die);
	case DW_TAG_union_type:
		return composite(d, BTF_KIND_UNION, die);
	case DW_TAG_enumeration_type:
		return composite(d, BTF_KIND_ENUM, die);
	case DW_TAG_array_type:
		return array_type(d, die);
	case DW_TAG_subroutine_type:
		return proto_type(d, die);
	default:
		return 0;
	}
}

static uint32_t resolve(struct dtypes *d, Dwarf_Die *die)
{
	uint64_t known;
	uint32_t id;

	if (ptrmap_get(&d->memo, die->addr, &known))
		return (uint32_t)known;
	if (d->depth >= MAX_DEPTH)
		return 0;
	d->depth++;
	ptrmap_put(&d->memo, die->addr,
		   0); /* a chain that comes back here is void */
	id = resolve_new(d, die);
	ptrmap_put(&d->memo, die->addr, id);
	d->depth--;
	while (!d->depth && d->todo.n) {
		struct dtype_todo t = d->todo.v[--d->todo.n];

		dtype_fill_composite(d, t.id, &t.die);
	}
	return id;
}

void dtypes_init(struct dtypes *d, const struct tindex *kernel,
		 const struct tindex *module)
{
	*d = (struct dtypes){ .in = { kernel, module }, .nin = module ? 2 : 1 };
	pool_init(&d->keys);
	pool_init(&d->names);
	pool_str(&d->names, "");
}

void dtypes_deinit(struct dtypes *d)
{
	pool_deinit(&d->keys);
	pool_deinit(&d->names);
	vec_deinit(&d->x);
	vec_deinit(&d->m);
	vec_deinit(&d->todo);
	ptrmap_deinit(&d->memo);
	*d = (struct dtypes){ 0 };
}
