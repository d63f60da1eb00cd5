// SPDX-License-Identifier: GPL-2.0-only
/* BTF reading: one validating pass makes an index, everything else is lookup. */
#include "build/debuginfo/btf.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/debuginfo/btf_raw.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

/* Chains of typedef, const, … and nesting of arrays and structs; C has ~12. */
#define DEPTH_MAX 32
#define TYPE_HDR  12 /* name_off, info, size or type */

/* ---- raw access -------------------------------------------------------------- */

struct btf_raw btf_raw_at(const struct btfv *b, uint32_t off)
{
	struct btf_raw r = { .own = b };

	r.rest = cur_init(b->type_data, b->type_len);
	cur_seek(&r.rest, off);
	r.name_off = cur_le32(&r.rest);
	r.info = cur_le32(&r.rest);
	r.size_or_type = cur_le32(&r.rest);
	return r;
}

struct btf_raw btf_raw_type(const struct btfv *b, uint32_t id)
{
	while (b->base && id < b->start_id)
		b = b->base;
	if (id < b->start_id || id - b->start_id >= b->ntypes)
		return (struct btf_raw){ .own = b };
	return btf_raw_at(b, b->types[id - b->start_id]);
}

/* String offsets of a split blob continue those of all its bases. */
static uint32_t strings_before(const struct btfv *b)
{
	uint32_t n = 0;

	for (b = b->base; b; b = b->base)
		n += b->str_len;
	return n;
}

const char *btf_raw_str(const struct btfv *b, uint32_t off)
{
	uint32_t skip = strings_before(b);

	if (off < skip)
		return btf_raw_str(b->base, off);
	/* the section ends with a NUL: open_header() */
	off -= skip;
	return off < b->str_len ? (const char *)b->str_data + off : "";
}

/* ---- opening ------------------------------------------------------------------- */

/* Documentation/bpf/btf.rst section 2: "BTF Type and String Encoding". */
static int open_header(struct btfv *b, const void *data, size_t len,
		       const struct btfv *base, struct err *e)
{
	struct cur c = cur_init(data, len), types, strs;
	uint32_t hdr_len, type_off, str_off;
	uint16_t magic = cur_le16(&c);
	uint8_t version = cur_u8(&c);

	memset(b, 0, sizeof(*b));
	cur_u8(&c); /* flags */
	hdr_len = cur_le32(&c);
	type_off = cur_le32(&c);
	b->type_len = cur_le32(&c);
	str_off = cur_le32(&c);
	b->str_len = cur_le32(&c);
	if (!cur_ok(&c))
		return err_set(e, ERR_TRUNCATED, "BTF header is cut off");
	if (magic != BTF_MAGIC || version != BTF_VERSION || hdr_len < 24)
		return err_set(e, ERR_FORMAT, "not BTF version 1");
	types = cur_sub(&c, (size_t)hdr_len + type_off, b->type_len);
	strs = cur_sub(&c, (size_t)hdr_len + str_off, b->str_len);
	if (!cur_ok(&types) || !cur_ok(&strs))
		return err_set(e, ERR_TRUNCATED,
			       "BTF sections end after the data");
	/* split BTF may have no strings of its own */
	if (b->str_len ? strs.end[-1] || (!base && strs.start[0]) : !base)
		return err_set(e, ERR_FORMAT, "bad BTF string section");
	b->data = data;
	b->len = len;
	b->type_data = types.start;
	b->str_data = strs.start;
	b->base = base;
	b->start_id = base ? base->start_id + base->ntypes : 1;
	return 0;
}

int btf_open(struct btfv *ret, const void *data, size_t len, const void *index,
	     size_t index_len, const struct btfv *base, struct err *e)
{
	struct cur c = cur_init(index, index_len);
	int r = open_header(ret, data, len, base, e);

	if (r)
		return r;
	if ((uintptr_t)index % sizeof(uint32_t))
		return err_set(e, ERR_INVALID, "BTF index is not aligned");
	ret->ntypes = cur_le32(&c);
	ret->nbyname = cur_le32(&c);
	if (!cur_ok(&c) ||
	    cur_left(&c) != ((size_t)ret->ntypes + ret->nbyname) * 4)
		return err_set(e, ERR_FORMAT, "BTF index has a wrong size");
	ret->types = (const uint32_t *)index + 2;
	ret->byname = ret->types + ret->ntypes;
	return 0;
}

/* ---- making the index ------------------------------------------------------------ */

/* Bytes after the fixed part; false for kinds we cannot step over. */
static bool tail_len(const struct btf_raw *r, size_t *ret)
{
	size_t n = btf_raw_vlen(r);

	switch (btf_raw_kind(r)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		*ret = 4;
		return true;
	case BTF_KIND_ARRAY:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		*ret = 12 * (btf_raw_kind(r) == BTF_KIND_ARRAY ? 1 : n);
		return true;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		*ret = 8 * n;
		return true;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		*ret = 0;
		return true;
	default:
		return false;
	}
}

static bool is_named_kind(uint32_t kind)
{
	switch (kind) {
	case BTF_KIND_FUNC:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VAR:
		return true;
	default:
		return false;
	}
}

static bool name_ok(const struct btfv *b, uint32_t off)
{
	uint32_t base_len = strings_before(b);

	return off < base_len || off - base_len < b->str_len;
}

static bool id_ok(const struct btfv *b, uint32_t id)
{
	return id < b->start_id + b->ntypes;
}

/* Every id and string a type refers to exists. */
static bool refs_ok(const struct btfv *b, struct btf_raw r)
{
	uint32_t kind = btf_raw_kind(&r), n = btf_raw_vlen(&r), i, id;
	struct cur *c = &r.rest;

	if (!name_ok(b, r.name_off))
		return false;
	switch (kind) {
	case BTF_KIND_PTR:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
	case BTF_KIND_TYPE_TAG:
		return id_ok(b, r.size_or_type);
	case BTF_KIND_ARRAY:
		id = cur_le32(c);
		return id_ok(b, id) && id_ok(b, cur_le32(c));
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (i = 0; i < n; i++) {
			if (!name_ok(b, cur_le32(c)) || !id_ok(b, cur_le32(c)))
				return false;
			cur_le32(c);
		}
		return true;
	case BTF_KIND_FUNC_PROTO:
		if (!id_ok(b, r.size_or_type))
			return false;
		for (i = 0; i < n; i++)
			if (!name_ok(b, cur_le32(c)) || !id_ok(b, cur_le32(c)))
				return false;
		return true;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		for (i = 0; i < n; i++) {
			if (!name_ok(b, cur_le32(c)))
				return false;
			cur_take(c, kind == BTF_KIND_ENUM ? 4 : 8);
		}
		return true;
	default:
		return true;
	}
}

/* struct sort_key - so that sorting does not chase ids through the blob */
struct sort_key {
	const char *name;
	uint32_t kind, id;
};

static int key_cmp(const void *pa, const void *pb)
{
	const struct sort_key *a = pa, *b = pb;
	int r = strcmp(a->name, b->name);

	if (r)
		return r;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* Offsets of all types, appended to @types. */
static int scan_types(struct btfv *b, struct buf *types, struct err *e)
{
	uint32_t off = 0;
	size_t tail;

	while (off < b->type_len) {
		struct btf_raw r = btf_raw_at(b, off);

		if (!cur_ok(&r.rest) || !tail_len(&r, &tail) ||
		    !cur_take(&r.rest, tail))
			return err_set(e, ERR_FORMAT,
				       "bad BTF type at offset %u", off);
		buf_add(types, &off, sizeof(off));
		off += TYPE_HDR + (uint32_t)tail;
		b->ntypes++;
	}
	if (b->start_id > UINT32_MAX - b->ntypes)
		return err_set(e, ERR_FORMAT, "too many BTF types");
	return 0;
}

static size_t collect_keys(const struct btfv *b, struct sort_key *keys)
{
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < b->ntypes; i++) {
		struct btf_raw r = btf_raw_at(b, b->types[i]);
		const char *name = btf_raw_str(r.own, r.name_off);

		if (is_named_kind(btf_raw_kind(&r)) && name[0])
			keys[n++] = (struct sort_key){ name, btf_raw_kind(&r),
						       b->start_id + i };
	}
	qsort(keys, n, sizeof(*keys), key_cmp);
	return n;
}

static int check_refs(const struct btfv *b, struct err *e)
{
	uint32_t i;

	for (i = 0; i < b->ntypes; i++)
		if (!refs_ok(b, btf_raw_at(b, b->types[i])))
			return err_set(e, ERR_FORMAT,
				       "BTF type %u refers to a type or name "
				       "that does not exist",
				       b->start_id + i);
	return 0;
}

int btf_make_index(const void *data, size_t len, const struct btfv *base,
		   struct buf *ret, struct err *e)
{
	struct buf types = BUF_INIT;
	struct sort_key *keys;
	uint32_t head[2];
	struct btfv b;
	size_t n, i;
	int r;

	r = open_header(&b, data, len, base, e);
	if (!r)
		r = scan_types(&b, &types, e);
	/* malloc'd bytes of whole u32s: alignment holds */
	b.types = (const uint32_t *)(const void *)types.p;
	if (!r)
		r = check_refs(&b, e);
	if (r)
		goto out;
	keys = xmalloc(sizeof(*keys) * (b.ntypes + 1ul));
	n = collect_keys(&b, keys);
	head[0] = b.ntypes;
	head[1] = (uint32_t)n;
	buf_add(ret, head, sizeof(head));
	buf_add(ret, types.p, types.len);
	for (i = 0; i < n; i++)
		buf_add(ret, &keys[i].id, sizeof(keys[i].id));
	free(keys);
out:
	buf_deinit(&types);
	return r;
}

/* ---- peeled types -------------------------------------------------------------- */

static bool is_modifier(uint32_t kind)
{
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST ||
	       kind == BTF_KIND_VOLATILE || kind == BTF_KIND_RESTRICT ||
	       kind == BTF_KIND_TYPE_TAG;
}

static uint32_t peel(const struct btfv *b, uint32_t id, struct btf_raw *ret)
{
	int depth;

	for (depth = 0; depth < DEPTH_MAX; depth++) {
		*ret = btf_raw_type(b, id);
		if (!is_modifier(btf_raw_kind(ret)))
			return btf_raw_kind(ret) ? id : 0;
		id = ret->size_or_type;
	}
	*ret = (struct btf_raw){ .own = b };
	return 0;
}

static void fill_int(struct btft *t, struct cur c)
{
	uint32_t enc = BTF_INT_ENCODING(cur_le32(&c));

	t->is_signed = enc & BTF_INT_SIGNED;
	t->is_bool = enc & BTF_INT_BOOL;
	/* gcc and pahole never set BTF_INT_CHAR, so the name decides */
	t->is_char = t->size == 1 &&
		     ((enc & BTF_INT_CHAR) || !strcmp(t->name, "char") ||
		      !strcmp(t->name, "signed char") ||
		      !strcmp(t->name, "unsigned char"));
}

static struct btft type_depth(const struct btfv *b, uint32_t id, int depth);

static void fill_array(const struct btfv *b, struct btft *t, struct cur c,
		       int depth)
{
	struct btft elem = { 0 };
	uint64_t bytes;

	t->ref = cur_le32(&c);
	cur_le32(&c); /* index type */
	t->nelems = cur_le32(&c);
	if (depth < DEPTH_MAX)
		elem = type_depth(b, t->ref, depth + 1);
	bytes = (uint64_t)elem.size * t->nelems;
	t->size = bytes > UINT32_MAX ? 0 : (uint32_t)bytes;
}

static struct btft type_depth(const struct btfv *b, uint32_t id, int depth)
{
	struct btft t = { 0 };
	struct btf_raw r;

	t.id = peel(b, id, &r);
	t.name = t.id ? btf_raw_str(r.own, r.name_off) : "";
	switch (btf_raw_kind(&r)) {
	case BTF_KIND_INT:
		t.kind = BTFK_INT;
		t.size = r.size_or_type;
		fill_int(&t, r.rest);
		break;
	case BTF_KIND_FLOAT:
		t.kind = BTFK_FLOAT;
		t.size = r.size_or_type;
		break;
	case BTF_KIND_PTR:
		t.kind = BTFK_PTR;
		t.size = 8;
		t.ref = r.size_or_type;
		break;
	case BTF_KIND_ARRAY:
		t.kind = BTFK_ARRAY;
		fill_array(b, &t, r.rest, depth);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		t.kind = btf_raw_kind(&r) == BTF_KIND_UNION ? BTFK_UNION
							    : BTFK_STRUCT;
		t.size = r.size_or_type;
		t.nmembers = btf_raw_vlen(&r);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		t.kind = BTFK_ENUM;
		t.size = r.size_or_type;
		t.is_signed = btf_raw_kflag(&r);
		t.nmembers = btf_raw_vlen(&r);
		break;
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		t.kind =
			btf_raw_kind(&r) == BTF_KIND_VAR ? BTFK_VAR : BTFK_FUNC;
		t.ref = r.size_or_type;
		break;
	case BTF_KIND_FUNC_PROTO:
		t.kind = BTFK_PROTO;
		t.nmembers = btf_raw_vlen(&r);
		break;
	case BTF_KIND_FWD:
		t.kind = BTFK_FWD;
		break;
	default:
		t.kind = t.id ? BTFK_OTHER : BTFK_VOID;
		break;
	}
	return t;
}

struct btft btf_type(const struct btfv *b, uint32_t id)
{
	return type_depth(b, id, 0);
}

/* ---- members, parameters, enumerators ------------------------------------------- */

/* Cursor at entry @i of @width bytes, if @id is of kind @k1 or @k2. */
static bool entry_at(const struct btfv *b, uint32_t id, uint32_t k1,
		     uint32_t k2, uint32_t i, size_t width, struct btf_raw *ret)
{
	*ret = btf_raw_type(b, id);
	if ((btf_raw_kind(ret) != k1 && btf_raw_kind(ret) != k2) ||
	    i >= btf_raw_vlen(ret))
		return false;
	cur_take(&ret->rest, i * width);
	return cur_ok(&ret->rest);
}

/*
 * Before kind_flag (kernel 5.0, pahole 1.13) the width of a bit field was in
 * the INT it refers to.
 */
static void old_bit_field(const struct btfv *b, struct btf_memb *m)
{
	uint32_t data, bits;
	struct btf_raw r;

	peel(b, m->type, &r);
	if (btf_raw_kind(&r) != BTF_KIND_INT)
		return;
	data = cur_le32(&r.rest);
	bits = BTF_INT_BITS(data);
	if (bits == 8 * r.size_or_type && !BTF_INT_OFFSET(data))
		return;
	m->bits = bits;
	m->bit_off += BTF_INT_OFFSET(data);
}

bool btf_member(const struct btfv *b, const struct btft *t, uint32_t i,
		struct btf_memb *ret)
{
	struct btf_raw r;
	uint32_t off;

	memset(ret, 0, sizeof(*ret));
	ret->name = "";
	if (!entry_at(b, t->id, BTF_KIND_STRUCT, BTF_KIND_UNION, i, 12, &r))
		return false;
	ret->name = btf_raw_str(r.own, cur_le32(&r.rest));
	ret->type = cur_le32(&r.rest);
	off = cur_le32(&r.rest);
	if (!cur_ok(&r.rest))
		return false;
	ret->bit_off = off;
	if (btf_raw_kflag(&r)) {
		ret->bits = BTF_MEMBER_BITFIELD_SIZE(off);
		ret->bit_off = BTF_MEMBER_BIT_OFFSET(off);
	} else {
		old_bit_field(b, ret);
	}
	return true;
}

/* @left bounds the members looked at, for types that contain themselves. */
static bool find_member(const struct btfv *b, uint32_t id, const char *name,
			uint32_t base_bits, int depth, uint32_t *left,
			struct btf_memb *ret)
{
	struct btft t = btf_type(b, id);
	uint32_t i;

	if (t.kind != BTFK_STRUCT && t.kind != BTFK_UNION)
		return false;
	for (i = 0; i < t.nmembers && *left; i++) {
		--*left;
		if (!btf_member(b, &t, i, ret))
			return false;
		ret->bit_off += base_bits;
		if (ret->name[0] ? !strcmp(ret->name, name)
				 : depth < DEPTH_MAX &&
					   find_member(b, ret->type, name,
						       ret->bit_off, depth + 1,
						       left, ret))
			return true;
	}
	return false;
}

bool btf_find_member(const struct btfv *b, uint32_t struct_id, const char *name,
		     struct btf_memb *ret)
{
	uint32_t left = 1u << 16;

	if (name[0] && find_member(b, struct_id, name, 0, 0, &left, ret))
		return true;
	*ret = (struct btf_memb){ .name = "" };
	return false;
}

bool btf_param(const struct btfv *b, const struct btft *proto, uint32_t i,
	       const char **name, uint32_t *type)
{
	struct btf_raw r;

	*name = "";
	*type = 0;
	if (!entry_at(b, proto->id, BTF_KIND_FUNC_PROTO, BTF_KIND_FUNC_PROTO, i,
		      8, &r))
		return false;
	*name = btf_raw_str(r.own, cur_le32(&r.rest));
	*type = cur_le32(&r.rest);
	return cur_ok(&r.rest);
}

uint32_t btf_ret(const struct btfv *b, const struct btft *proto)
{
	struct btf_raw r = btf_raw_type(b, proto->id);

	return btf_raw_kind(&r) == BTF_KIND_FUNC_PROTO ? r.size_or_type : 0;
}

bool btf_enumerator(const struct btfv *b, const struct btft *t, uint32_t i,
		    const char **name, int64_t *value)
{
	struct btf_raw r = btf_raw_type(b, t->id);
	uint32_t kind = btf_raw_kind(&r), lo, hi;
	bool wide = kind == BTF_KIND_ENUM64;

	*name = "";
	*value = 0;
	if (!entry_at(b, t->id, BTF_KIND_ENUM, BTF_KIND_ENUM64, i,
		      wide ? 12 : 8, &r))
		return false;
	*name = btf_raw_str(r.own, cur_le32(&r.rest));
	lo = cur_le32(&r.rest);
	hi = wide ? cur_le32(&r.rest) : 0;
	if (wide)
		*value = (int64_t)((uint64_t)hi << 32 | lo);
	else
		*value = btf_raw_kflag(&r) ? (int64_t)(int32_t)lo : (int64_t)lo;
	return cur_ok(&r.rest);
}

/* ---- lookup by name --------------------------------------------------------------- */

static uint32_t find_kind(const struct btfv *b, uint32_t kind, const char *name)
{
	uint32_t lo = 0, hi = b->nbyname;
	struct btf_raw r;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c;

		r = btf_raw_type(b, b->byname[mid]);
		c = strcmp(btf_raw_str(r.own, r.name_off), name);
		if (c < 0 || (!c && btf_raw_kind(&r) < kind))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == b->nbyname)
		return 0;
	r = btf_raw_type(b, b->byname[lo]);
	if (btf_raw_kind(&r) != kind ||
	    strcmp(btf_raw_str(r.own, r.name_off), name))
		return 0;
	return b->byname[lo];
}

/* Kinds outside the index (INT, FLOAT, FWD, tags): few callers, so walk. */
static uint32_t walk_kind(const struct btfv *b, uint32_t kind, const char *name)
{
	uint32_t i;

	for (i = 0; i < b->ntypes; i++) {
		struct btf_raw r = btf_raw_at(b, b->types[i]);

		if (btf_raw_kind(&r) == kind &&
		    !strcmp(btf_raw_str(r.own, r.name_off), name))
			return b->start_id + i;
	}
	return 0;
}

static uint32_t find_one(const struct btfv *b, uint32_t kind, const char *name)
{
	uint32_t id = 0;

	for (; b && !id; b = b->base)
		id = is_named_kind(kind) ? find_kind(b, kind, name)
					 : walk_kind(b, kind, name);
	return id;
}

uint32_t btf_find(const struct btfv *b, enum btfk kind, const char *name)
{
	uint32_t id;

	if (!name[0])
		return 0;
	switch (kind) {
	case BTFK_INT:
		return find_one(b, BTF_KIND_INT, name);
	case BTFK_FLOAT:
		return find_one(b, BTF_KIND_FLOAT, name);
	case BTFK_STRUCT:
		return find_one(b, BTF_KIND_STRUCT, name);
	case BTFK_UNION:
		return find_one(b, BTF_KIND_UNION, name);
	case BTFK_ENUM:
		id = find_one(b, BTF_KIND_ENUM, name);
		return id ? id : find_one(b, BTF_KIND_ENUM64, name);
	case BTFK_FUNC:
		return find_one(b, BTF_KIND_FUNC, name);
	case BTFK_FWD:
		return find_one(b, BTF_KIND_FWD, name);
	case BTFK_VAR:
		return find_one(b, BTF_KIND_VAR, name);
	default:
		return 0; /* VOID, PTR, ARRAY, PROTO have no names */
	}
}

uint32_t btf_find_typedef(const struct btfv *b, const char *name)
{
	return name[0] ? find_one(b, BTF_KIND_TYPEDEF, name) : 0;
}
