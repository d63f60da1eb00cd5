// SPDX-License-Identifier: GPL-2.0-only
/* Types the kernel's BTF does not have: kept once each, written as split BTF. */
#include "build/dwarf/dtype_priv.h"
#include "build/base/arena.h"
#include "build/dwarf/dline.h"

#include <dwarf.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

/* Members of one added type; more are left out. */
#define MAX_MEMBERS 4096

/* What makes two added types the same one; a pool key, so no padding. */
struct ref_key {
	uint32_t kind, ref, arg, name;
};

/* Number of the added type with this key; *is_new: it was not there. */
static uint32_t by_key(struct dtypes *d, const void *key, size_t len,
		       bool *is_new)
{
	uint32_t n = d->keys.n, i = pool_put(&d->keys, key, len);

	*is_new = i == n;
	return i;
}

static uint32_t put(struct dtypes *d, const struct dtype *x, const void *key,
		    size_t len)
{
	bool is_new;
	uint32_t i = by_key(d, key, len, &is_new);

	if (is_new)
		vec_push(&d->x, *x);
	return i | DTYPE_ADDED;
}

static uint32_t put_ref(struct dtypes *d, const struct dtype *x)
{
	struct ref_key key = { x->kind, x->ref, x->arg, x->name };

	return put(d, x, &key, sizeof(key));
}

uint32_t dtype_add_ref(struct dtypes *d, uint32_t kind, const char *name,
		       uint32_t ref, uint32_t arg)
{
	struct dtype x = { .kind = kind,
			   .name = pool_str(&d->names, name),
			   .ref = ref,
			   .arg = arg };

	return put_ref(d, &x);
}

/* Documentation/bpf/btf.rst 2.2.1 */
static uint32_t int_encoding(uint32_t dw)
{
	switch (dw) {
	case DW_ATE_boolean:
		return BTF_INT_BOOL;
	case DW_ATE_signed:
	case DW_ATE_signed_char:
		return BTF_INT_SIGNED;
	default:
		return 0;
	}
}

static uint32_t put_base(struct dtypes *d, const struct dtype *x)
{
	struct ref_key key = { x->kind, x->size, x->arg, x->name };

	return put(d, x, &key, sizeof(key));
}

uint32_t dtype_add_base(struct dtypes *d, uint32_t kind, const char *name,
			uint32_t size, uint32_t encoding)
{
	struct dtype x = { .kind = kind,
			   .name = pool_str(&d->names, name),
			   .size = size,
			   .arg = int_encoding(encoding) };

	return put_base(d, &x);
}

uint32_t dtype_add_proto(struct dtypes *d, uint32_t ret, const uint32_t *type,
			 uint32_t n)
{
	uint32_t key[DTYPE_PARAMS + 2] = { BTF_KIND_FUNC_PROTO, ret }, i, id;
	struct dtype x = { .kind = BTF_KIND_FUNC_PROTO,
			   .ref = ret,
			   .first = (uint32_t)d->m.n,
			   .n = n };
	size_t had = d->x.n;

	for (i = 0; i < n; i++)
		key[i + 2] = type[i];
	id = put(d, &x, key, (n + 2) * sizeof(*key));
	for (i = 0; i < n && d->x.n > had; i++)
		vec_push(&d->m, (struct dtype_memb){ .type = type[i] });
	return id;
}

/* A composite type is the one declared at a certain place. */
uint32_t dtype_add_composite(struct dtypes *d, uint32_t kind, Dwarf_Die *die,
			     uint32_t size, bool *is_new)
{
	const char *file = dlines_decl_file(die), *name = dwarf_diename(die);
	struct buf key = BUF_INIT;
	struct dtype x = { .kind = kind,
			   .name = pool_str(&d->names, name),
			   .size = size };
	Dwarf_Die m;
	int line = 0;
	uint32_t i;

	dwarf_decl_line(die, &line);
	buf_printf(&key, "%u %u %d %s\n%s", kind, size, line, name ? name : "",
		   file ? file : "");
	/* several in one line, or no line at all */
	if (!name && dtype_first_member(die, &m))
		buf_printf(&key, "\n%s", dwarf_diename(&m));
	if (!file)
		buf_printf(&key, "\n%llx",
			   (unsigned long long)dwarf_dieoffset(die));
	i = by_key(d, key.p, key.len, is_new);
	if (*is_new)
		vec_push(&d->x, x);
	buf_deinit(&key);
	return i | DTYPE_ADDED;
}

void dtype_fill_composite(struct dtypes *d, uint32_t id, Dwarf_Die *die)
{
	VEC(struct dtype_memb) v = { 0 };
	uint32_t at = id & ~DTYPE_ADDED;
	bool is_enum = d->x.v[at].kind == BTF_KIND_ENUM;
	bool is_signed = false;
	Dwarf_Die m;
	size_t i;

	if (dtype_first_member(die, &m))
		do {
			struct dtype_memb one = {
				.name = pool_str(&d->names, dwarf_diename(&m))
			};
			uint64_t bits = 0;

			if (is_enum) {
				one.val = dtype_enum_value(&m);
				is_signed |= one.val < 0;
			} else {
				one.type = dtypes_of(d, &m);
				one.bit_off =
					(uint32_t)dtype_member_bit(&m, &bits);
				one.bits = (uint32_t)bits;
			}
			vec_push(&v, one);
		} while (v.n < MAX_MEMBERS && dtype_next_member(&m));
	d->x.v[at].first = (uint32_t)d->m.n;
	d->x.v[at].n = (uint32_t)v.n;
	d->x.v[at].arg = is_signed;
	for (i = 0; i < v.n; i++)
		vec_push(&d->m, v.v[i]);
	vec_deinit(&v);
}

/* ---- merging ------------------------------------------------------------------------ */

static uint32_t mapped(const uint32_t *map, uint32_t n, uint32_t type)
{
	uint32_t i = type & ~DTYPE_ADDED;

	if (!(type & DTYPE_ADDED))
		return type;
	return i < n ? map[i] : 0;
}

static bool is_composite(uint32_t kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION ||
	       kind == BTF_KIND_ENUM;
}

static uint32_t merge_one(struct dtypes *d, const struct dtypes *from,
			  uint32_t i, const uint32_t *map)
{
	struct dtype x = from->x.v[i];
	uint32_t type[DTYPE_PARAMS], k, n = (uint32_t)from->x.n;

	x.name = pool_str(&d->names, pool_get(&from->names, x.name));
	x.ref = mapped(map, n, x.ref);
	if (is_composite(x.kind)) {
		x.first = x.n = 0;
		return put(d, &x, pool_get(&from->keys, i),
			   from->keys.ent[i].len);
	}
	if (x.kind == BTF_KIND_INT || x.kind == BTF_KIND_FLOAT)
		return put_base(d, &x);
	if (x.kind != BTF_KIND_FUNC_PROTO)
		return put_ref(d, &x);
	for (k = 0; k < x.n && k < DTYPE_PARAMS; k++)
		type[k] = mapped(map, n, from->m.v[x.first + k].type);
	return dtype_add_proto(d, x.ref, type, k);
}

void dtypes_merge(struct dtypes *d, const struct dtypes *from, uint32_t *map)
{
	uint32_t i, k, had = (uint32_t)d->x.n, n = (uint32_t)from->x.n;

	/* what a type refers to comes before it, but for members */
	for (i = 0; i < n; i++)
		map[i] = merge_one(d, from, i, map);
	for (i = 0; i < n; i++) {
		const struct dtype *x = &from->x.v[i];
		uint32_t at = map[i] & ~DTYPE_ADDED;

		if (!is_composite(x->kind) || at < had || d->x.v[at].n)
			continue;
		d->x.v[at].first = (uint32_t)d->m.n;
		d->x.v[at].n = x->n;
		d->x.v[at].arg = x->arg;
		for (k = 0; k < x->n; k++) {
			struct dtype_memb m = from->m.v[x->first + k];

			m.name = pool_str(&d->names,
					  pool_get(&from->names, m.name));
			m.type = mapped(map, n, m.type);
			vec_push(&d->m, m);
		}
	}
}

/* ---- writing ------------------------------------------------------------------------- */

struct out {
	const struct dtypes *d;
	struct buf *b;
	uint32_t first, strings;
};

static void put32(struct out *o, uint32_t v)
{
	buf_add(o->b, &v, sizeof(v));
}

static uint32_t out_type(const struct out *o, uint32_t type)
{
	return type & DTYPE_ADDED ? o->first + (type & ~DTYPE_ADDED) : type;
}

static uint32_t out_name(const struct out *o, uint32_t name)
{
	return name ? o->strings + o->d->names.ent[name].off : 0;
}

static void write_head(struct out *o, const struct dtype *x, uint32_t kind,
		       bool kflag, uint32_t third)
{
	put32(o, out_name(o, x->name));
	put32(o, (uint32_t)kflag << 31 | kind << 24 | (x->n & 0xffff));
	put32(o, third);
}

static void write_members(struct out *o, const struct dtype *x)
{
	const struct dtype_memb *m = &o->d->m.v[x->first];
	bool has_bits = false;
	uint32_t i;

	for (i = 0; i < x->n; i++)
		has_bits |= m[i].bits != 0;
	write_head(o, x, x->kind, has_bits, x->size);
	for (i = 0; i < x->n; i++) {
		put32(o, out_name(o, m[i].name));
		put32(o, out_type(o, m[i].type));
		put32(o, has_bits ? m[i].bits << 24 | (m[i].bit_off & 0xffffff)
				  : m[i].bit_off);
	}
}

static void write_enum(struct out *o, const struct dtype *x)
{
	const struct dtype_memb *m = &o->d->m.v[x->first];
	bool is_wide = x->size == 8;
	uint32_t i;

	write_head(o, x, is_wide ? BTF_KIND_ENUM64 : BTF_KIND_ENUM, x->arg,
		   x->size);
	for (i = 0; i < x->n; i++) {
		put32(o, out_name(o, m[i].name));
		put32(o, (uint32_t)m[i].val);
		if (is_wide)
			put32(o, (uint32_t)((uint64_t)m[i].val >> 32));
	}
}

static void write_type(struct out *o, const struct dtype *x)
{
	uint32_t i;

	switch (x->kind) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		write_members(o, x);
		break;
	case BTF_KIND_ENUM:
		write_enum(o, x);
		break;
	case BTF_KIND_INT:
		write_head(o, x, x->kind, false, x->size);
		put32(o, x->arg << 24 | (x->size * 8 & 0xff));
		break;
	case BTF_KIND_FLOAT:
		write_head(o, x, x->kind, false, x->size);
		break;
	case BTF_KIND_FWD:
		write_head(o, x, x->kind, x->arg, 0);
		break;
	case BTF_KIND_ARRAY:
		write_head(o, x, x->kind, false, 0);
		put32(o, out_type(o, x->ref));
		put32(o, 1); /* BTF's first type is an integer */
		put32(o, x->arg);
		break;
	default:
		write_head(o, x, x->kind, false, out_type(o, x->ref));
		for (i = 0; x->kind == BTF_KIND_FUNC_PROTO && i < x->n; i++) {
			put32(o, 0);
			put32(o, out_type(o, o->d->m.v[x->first + i].type));
		}
	}
}

void dtypes_write(const struct dtypes *d, uint32_t first, uint32_t strings,
		  struct buf *out)
{
	struct btf_header h = { .magic = BTF_MAGIC,
				.version = BTF_VERSION,
				.hdr_len = sizeof(h) };
	struct out o = { d, out, first, strings };
	size_t at = out->len, i;

	buf_add(out, &h, sizeof(h));
	for (i = 0; i < d->x.n; i++)
		write_type(&o, &d->x.v[i]);
	h.type_len = h.str_off = (uint32_t)(out->len - at - sizeof(h));
	h.str_len = (uint32_t)d->names.bytes.len;
	buf_add(out, d->names.bytes.p, d->names.bytes.len);
	memcpy(out->p + at, &h, sizeof(h));
}
