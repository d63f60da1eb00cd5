/* SPDX-License-Identifier: GPL-2.0-only */
/* Requirements of a module: their text, and their comparison with BTF. */
#include "bundle/rely.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"
#include "bundle/line.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* ---- text ---------------------------------------------------------------- */

static const char *const rely_words[] = { "function", "member", "proto",
					  "trace", "type" };

#define RELY_KINDS (sizeof(rely_words) / sizeof(rely_words[0]))

static bool rely_name(const char *s)
{
	return s && text_only(s, "A-Za-z0-9_", RELY_NAME_MAX);
}

static bool rely_hash(const char *s, uint64_t *ret)
{
	uint8_t b[8];

	if (!s || !hex_bytes(s, b, sizeof(b)))
		return false;
	*ret = 0;
	for (size_t i = 0; i < sizeof(b); i++)
		*ret = *ret << 8 | b[i];
	return true;
}

static bool rely_u32(const char *s, uint32_t *ret)
{
	uint64_t n;

	if (!s || !num_u64(s, UINT32_MAX, &n))
		return false;
	*ret = (uint32_t)n;
	return true;
}

bool rely_parse(char *v, struct rely *r)
{
	const char *kind = word_next(&v), *of = NULL;
	size_t i = 0;

	*r = (struct rely){ 0 };
	while (kind && i < RELY_KINDS && strcmp(rely_words[i], kind) != 0)
		i++;
	if (!kind || i == RELY_KINDS)
		return false;
	r->kind = (enum rely_kind)i;
	if (r->kind == RELY_MEMBER || r->kind == RELY_TYPE) {
		of = word_next(&v);
		if (!of || (strcmp(of, "struct") && strcmp(of, "union")))
			return false;
		r->is_union = *of == 'u';
	}
	r->name = word_next(&v);
	if (!rely_name(r->name))
		return false;
	if (r->kind == RELY_FUNCTION)
		return !v;
	if (r->kind == RELY_MEMBER) {
		r->member = word_next(&v);
		if (!rely_name(r->member) ||
		    !rely_u32(word_next(&v), &r->off) ||
		    !rely_u32(word_next(&v), &r->bits))
			return false;
	}
	return rely_u32(word_next(&v), &r->size) &&
	       rely_hash(word_next(&v), &r->hash) && !v;
}

void rely_text(const struct rely *r, char *buf)
{
	const char *of = r->is_union ? "union" : "struct";
	const char *kind = rely_words[r->kind];
	unsigned long long hash = r->hash;

	switch (r->kind) {
	case RELY_FUNCTION:
		snprintf(buf, RELY_TEXT_MAX, "%s %s", kind, r->name);
		break;
	case RELY_MEMBER:
		snprintf(buf, RELY_TEXT_MAX, "%s %s %s %s %u %u %u %016llx",
			 kind, of, r->name, r->member, r->off, r->bits, r->size,
			 hash);
		break;
	case RELY_TYPE:
		snprintf(buf, RELY_TEXT_MAX, "%s %s %s %u %016llx", kind, of,
			 r->name, r->size, hash);
		break;
	default:
		snprintf(buf, RELY_TEXT_MAX, "%s %s %u %016llx", kind, r->name,
			 r->size, hash);
		break;
	}
}

int rely_cmp(const struct rely *a, const struct rely *b)
{
	int c = (int)a->kind - (int)b->kind;

	if (!c)
		c = strcmp(a->name, b->name);
	if (!c)
		c = strcmp(a->member ? a->member : "",
			   b->member ? b->member : "");
	return c ? c : a->is_union - b->is_union;
}

/* ---- BTF ----------------------------------------------------------------- */

#define BTF_MAGIC      0xeb9f
#define BTF_HEADER     24
#define BTF_DEPTH      48 /* nested by value; the kernel's deepest have about 20 */
#define BTF_PEEL       64 /* typedefs and qualifiers in a row */
#define BTF_TYPE_SMALL 12
#define TRACE_TYPEDEF  "btf_trace_"
/* A large type takes 3,000; the fuzzer, which finds many that never end, has less. */
#ifndef BTF_VISITS
#define BTF_VISITS (1u << 17)
#endif

enum {
	K_INT = 1,
	K_PTR,
	K_ARRAY,
	K_STRUCT,
	K_UNION,
	K_ENUM,
	K_FWD,
	K_TYPEDEF,
	K_VOLATILE,
	K_CONST,
	K_RESTRICT,
	K_FUNC,
	K_FUNC_PROTO,
	K_VAR,
	K_DATASEC,
	K_FLOAT,
	K_DECL_TAG,
	K_TYPE_TAG,
	K_ENUM64,
	KINDS,
};

/* Bytes after struct btf_type: once, and for each of vlen. */
static const struct {
	uint8_t once, each;
} btf_tail[KINDS] = {
	[K_INT] = { 4, 0 },	 [K_ARRAY] = { 12, 0 },
	[K_STRUCT] = { 0, 12 },	 [K_UNION] = { 0, 12 },
	[K_ENUM] = { 0, 8 },	 [K_FUNC_PROTO] = { 0, 8 },
	[K_VAR] = { 4, 0 },	 [K_DATASEC] = { 0, 12 },
	[K_DECL_TAG] = { 4, 0 }, [K_ENUM64] = { 0, 12 },
};

/**
 * struct blob - a view of BTF
 * @index: where type N begins in @types; type 0 is void
 */
struct blob {
	struct cur types, strs;
	const uint32_t *index;
	uint32_t n;
};

/** struct type - one, with a cursor on what follows its head */
struct type {
	const char *name;
	unsigned int kind, vlen;
	bool kflag;
	uint32_t size; /* or type */
	struct cur tail;
};

/** struct member - of a struct or union; @off, @bits in bits */
struct member {
	const char *name;
	uint32_t type, off, bits;
};

static const char *blob_str(const struct blob *b, uint32_t off)
{
	struct cur c = b->strs;
	const char *s = cur_seek(&c, off) ? cur_str(&c) : NULL;

	return s ? s : "";
}

static bool type_read(const struct blob *b, struct cur *c, struct type *t)
{
	uint32_t name = cur_le32(c), info = cur_le32(c);

	t->size = cur_le32(c);
	t->vlen = info & 0xffff;
	t->kind = info >> 24 & 0x1f;
	t->kflag = info >> 31;
	t->name = blob_str(b, name);
	t->tail = *c;
	return cur_ok(c) && t->kind && t->kind < KINDS;
}

/* Type 0 and what is not there are void: kind 0. */
static struct type type_get(const struct blob *b, uint32_t id)
{
	struct type t = { .name = "" };
	struct cur c = b->types;

	if (!id || id >= b->n || !cur_seek(&c, b->index[id]) ||
	    !type_read(b, &c, &t))
		return (struct type){ .name = "" };
	return t;
}

static struct type type_peel(const struct blob *b, uint32_t id)
{
	struct type t = type_get(b, id);

	for (unsigned int i = 0; i < BTF_PEEL; i++) {
		if (t.kind != K_TYPEDEF && t.kind != K_CONST &&
		    t.kind != K_VOLATILE && t.kind != K_RESTRICT &&
		    t.kind != K_TYPE_TAG)
			return t;
		t = type_get(b, t.size);
	}
	return (struct type){ .name = "" };
}

static bool is_record(const struct type *t)
{
	return t->kind == K_STRUCT || t->kind == K_UNION;
}

static struct member member_next(const struct blob *b, const struct type *t,
				 struct cur *c)
{
	struct member m = { .name = blob_str(b, cur_le32(c)) };

	m.type = cur_le32(c);
	m.off = cur_le32(c);
	if (t->kflag) {
		m.bits = m.off >> 24;
		m.off &= 0xffffff;
	}
	return m;
}

static int blob_open(struct blob *b, const void *p, size_t len, uint32_t *index,
		     struct err *e)
{
	struct cur c = cur_init(p, len);
	uint32_t head, toff, tlen, soff, slen;

	if (cur_le16(&c) != BTF_MAGIC)
		return err_set(e, ERR_FORMAT, "BTF: not of this machine");
	cur_le16(&c);
	head = cur_le32(&c);
	toff = cur_le32(&c);
	tlen = cur_le32(&c);
	soff = cur_le32(&c);
	slen = cur_le32(&c);
	if (!cur_ok(&c) || head < BTF_HEADER || head > len ||
	    toff > len - head || soff > len - head ||
	    tlen > len - head - toff || slen > len - head - soff)
		return err_set(e, ERR_TRUNCATED, "BTF: cut off");
	b->types = cur_sub(&c, (size_t)head + toff, tlen);
	b->strs = cur_sub(&c, (size_t)head + soff, slen);
	b->index = index;
	b->n = 1;
	index[0] = 0;
	c = b->types;
	while (cur_left(&c)) {
		uint32_t at = (uint32_t)cur_off(&c);
		struct type t;

		if (!type_read(b, &c, &t))
			return err_set(e, ERR_FORMAT, "BTF: type %u", b->n);
		cur_take(&c, btf_tail[t.kind].once +
				     (size_t)btf_tail[t.kind].each * t.vlen);
		index[b->n++] = at;
	}
	return cur_ok(&c) ? 0 : err_set(e, ERR_TRUNCATED, "BTF: cut off");
}

size_t rely_index_entries(size_t btf_len)
{
	return btf_len / BTF_TYPE_SMALL + 2;
}

/* ---- digests ------------------------------------------------------------- */

/**
 * struct mix - a digest being made of a type
 * @left: types it may still visit: few types that hold each other twice are many ways
 * @bad: deeper or longer than any kernel's: no two such are the same
 */
struct mix {
	const struct blob *b;
	crypto_hash_sha256_state st;
	uint32_t left;
	bool bad;
};

static void mix_num(struct mix *m, uint32_t v)
{
	const uint8_t b[4] = { (uint8_t)v, (uint8_t)(v >> 8),
			       (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	crypto_hash_sha256_update(&m->st, b, sizeof(b));
}

static void mix_str(struct mix *m, const char *s)
{
	crypto_hash_sha256_update(&m->st, (const uint8_t *)s, strlen(s) + 1);
}

static void mix_type(struct mix *m, uint32_t id, bool deep, unsigned int depth);

/* What is pointed to counts by its name, where it has one. */
static void mix_pointee(struct mix *m, uint32_t id, unsigned int depth)
{
	struct type t = type_peel(m->b, id);
	bool is_union = t.kind == K_UNION || (t.kind == K_FWD && t.kflag);

	if ((is_record(&t) || t.kind == K_FWD) && *t.name) {
		mix_num(m, is_union ? K_UNION : K_STRUCT);
		mix_str(m, t.name);
		return;
	}
	mix_type(m, id, false, depth);
}

static void mix_members(struct mix *m, const struct type *t, bool deep,
			unsigned int depth)
{
	struct cur c = t->tail;

	for (unsigned int i = 0; i < t->vlen && !m->bad; i++) {
		struct member mb = member_next(m->b, t, &c);

		mix_str(m, mb.name);
		mix_num(m, mb.off);
		mix_num(m, mb.bits);
		mix_type(m, mb.type, deep, depth);
	}
}

static void mix_params(struct mix *m, const struct type *t, unsigned int depth)
{
	struct cur c = t->tail;

	for (unsigned int i = 0; i < t->vlen && !m->bad; i++) {
		mix_str(m, blob_str(m->b, cur_le32(&c)));
		mix_type(m, cur_le32(&c), false, depth);
	}
	mix_type(m, t->size, false, depth);
}

/* @deep: structs in it count with all they have, not only by name and size. */
static void mix_type(struct mix *m, uint32_t id, bool deep, unsigned int depth)
{
	struct type t = type_peel(m->b, id);
	struct cur c = t.tail;

	if (depth++ == BTF_DEPTH || !m->left-- || m->bad) {
		m->bad = true;
		return;
	}
	mix_num(m, t.kind == K_ENUM64 ? K_ENUM : t.kind);
	switch (t.kind) {
	case K_PTR:
		mix_pointee(m, t.size, depth);
		return;
	case K_ARRAY:
		id = cur_le32(&c);
		cur_le32(&c);
		mix_num(m, cur_le32(&c));
		mix_type(m, id, deep, depth);
		return;
	case K_FUNC_PROTO:
		mix_num(m, t.vlen);
		mix_params(m, &t, depth);
		return;
	case K_INT:
		mix_num(m, cur_le32(&c)); /* bits, and signed, char, bool */
		break;
	case K_STRUCT:
	case K_UNION:
		mix_str(m, t.name);
		if (deep || !*t.name)
			mix_members(m, &t, deep, depth);
		break;
	case K_ENUM:
	case K_ENUM64:
		mix_str(m, t.name);
		mix_num(m, t.kflag);
		break;
	case K_FWD:
		mix_str(m, t.name);
		return;
	default:
		break;
	}
	mix_num(m, t.size);
}

static uint64_t mix_end(struct mix *m)
{
	uint8_t sha[crypto_hash_sha256_BYTES];
	uint64_t v = 0;

	crypto_hash_sha256_final(&m->st, sha);
	for (int i = 0; i < 8; i++)
		v = v << 8 | sha[i];
	return m->bad ? 0 : v;
}

static uint64_t digest(const struct blob *b, uint32_t id, bool deep)
{
	struct mix m = { .b = b, .left = BTF_VISITS };

	crypto_hash_sha256_init(&m.st);
	mix_type(&m, id, deep, 0);
	return mix_end(&m);
}

/* ---- what is asked ------------------------------------------------------- */

static uint32_t type_bytes(const struct blob *b, uint32_t id)
{
	uint64_t n = 1;

	for (unsigned int i = 0; i < BTF_DEPTH; i++) {
		struct type t = type_peel(b, id);
		struct cur c = t.tail;

		if (t.kind == K_PTR)
			return n * 8 > UINT32_MAX ? 0 : (uint32_t)(n * 8);
		if (t.kind != K_ARRAY) {
			if (!t.kind || t.kind == K_FWD ||
			    t.kind == K_FUNC_PROTO)
				return 0;
			n *= t.size;
			return n > UINT32_MAX ? 0 : (uint32_t)n;
		}
		id = cur_le32(&c);
		cur_le32(&c);
		n *= cur_le32(&c);
		if (n > UINT32_MAX)
			return 0;
	}
	return 0;
}

static bool find_member(const struct blob *b, const struct type *t,
			const char *name, uint32_t from, unsigned int depth,
			uint32_t *left, struct member *ret)
{
	struct cur c = t->tail;

	for (unsigned int i = 0; i < t->vlen && *left; i++) {
		struct member m = member_next(b, t, &c);
		struct type in;

		--*left;
		m.off += from;
		if (*m.name && !strcmp(m.name, name)) {
			*ret = m;
			return true;
		}
		if (*m.name || depth == BTF_DEPTH)
			continue;
		in = type_peel(b, m.type);
		if (is_record(&in) &&
		    find_member(b, &in, name, m.off, depth + 1, left, ret))
			return true;
	}
	return false;
}

static void found_add(const struct rely *r, struct rely_found *f,
		      const struct rely_found *one)
{
	bool same = one->hash && one->hash == r->hash && one->off == r->off &&
		    one->bits == r->bits && one->size == r->size;

	if (f->nhave && (one->hash != f->hash || one->off != f->off ||
			 one->bits != f->bits || one->size != f->size))
		f->nother++;
	if (!f->nhave || !same) {
		f->off = one->off;
		f->bits = one->bits;
		f->size = one->size;
		f->hash = one->hash;
	}
	f->same = same && (!f->nhave || f->same);
	f->nhave++;
}

static void measure_record(const struct blob *b, uint32_t id,
			   const struct type *t, const struct rely *r,
			   struct rely_found *f)
{
	struct rely_found one = { 0 };
	uint32_t left = BTF_VISITS;
	struct member m;

	if (r->kind == RELY_TYPE) {
		one.size = t->size;
		one.hash = digest(b, id, true);
	} else if (find_member(b, t, r->member, 0, 0, &left, &m)) {
		one.off = m.off;
		one.bits = m.bits;
		one.size = type_bytes(b, m.type);
		one.hash = digest(b, m.type, false);
	} else {
		return;
	}
	found_add(r, f, &one);
}

static void measure_proto(const struct blob *b, uint32_t id,
			  const struct rely *r, struct rely_found *f)
{
	struct type t = type_peel(b, id);
	struct rely_found one = { .size = t.vlen };

	if (t.kind == K_PTR) {
		id = t.size;
		t = type_peel(b, id);
		one.size = t.vlen;
	}
	if (t.kind != K_FUNC_PROTO)
		return;
	one.hash = digest(b, id, false);
	found_add(r, f, &one);
}

/* Does type @id, @t, have the kind and name that @r asks for? */
static bool is_asked(const struct type *t, const struct rely *r)
{
	const size_t n = sizeof(TRACE_TYPEDEF) - 1;

	switch (r->kind) {
	case RELY_MEMBER:
	case RELY_TYPE:
		return t->kind == (r->is_union ? K_UNION : K_STRUCT) &&
		       !strcmp(t->name, r->name);
	case RELY_PROTO:
		return t->kind == K_FUNC && !strcmp(t->name, r->name);
	case RELY_TRACE:
		return t->kind == K_TYPEDEF &&
		       !strncmp(t->name, TRACE_TYPEDEF, n) &&
		       !strcmp(t->name + n, r->name);
	default:
		return false;
	}
}

static void measure_one(const struct blob *b, uint32_t id, const struct type *t,
			const struct rely *r, struct rely_found *f)
{
	if (!is_asked(t, r))
		return;
	f->n++;
	if (r->kind == RELY_MEMBER || r->kind == RELY_TYPE)
		measure_record(b, id, t, r, f);
	else
		measure_proto(b, t->size, r, f);
}

/* A name's bit in a small set: most of a kernel's types are not asked for. */
static unsigned int name_bit(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return (h ^ h >> 16) & 4095;
}

static unsigned int bit_of(const struct type *t)
{
	const size_t n = sizeof(TRACE_TYPEDEF) - 1;
	bool is_trace =
		t->kind == K_TYPEDEF && !strncmp(t->name, TRACE_TYPEDEF, n);

	return name_bit(t->name + (is_trace ? n : 0));
}

int rely_measure(const void *btf, size_t len, uint32_t *index,
		 const struct rely *r, size_t n, struct rely_found *found,
		 struct err *e)
{
	uint8_t wanted[4096 / 8] = { 0 };
	struct blob b = { 0 };
	int rc = blob_open(&b, btf, len, index, e);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		unsigned int bit = name_bit(r[i].name);

		found[i] = (struct rely_found){ 0 };
		wanted[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	for (uint32_t id = 1; id < b.n; id++) {
		struct type t = type_get(&b, id);
		unsigned int bit;

		if (!*t.name ||
		    !(t.kind == K_FUNC || t.kind == K_TYPEDEF || is_record(&t)))
			continue;
		bit = bit_of(&t);
		if (!(wanted[bit / 8] & 1u << bit % 8))
			continue;
		for (size_t i = 0; i < n; i++)
			measure_one(&b, id, &t, &r[i], &found[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (found[i].nhave != found[i].n)
			found[i].same = false;
	return 0;
}

/* ---- what differs -------------------------------------------------------- */

static void differs_member(const struct rely *r, const struct rely_found *f,
			   const char *of, char *buf)
{
	if (f->nhave < f->n)
		snprintf(buf, RELY_TEXT_MAX, "%s %s has no member '%s' here",
			 of, r->name, r->member);
	else if ((r->off | f->off | r->bits | f->bits) % 8 &&
		 (r->off != f->off || r->bits != f->bits))
		snprintf(buf, RELY_TEXT_MAX,
			 "%s %s.%s is bit %u, %u wide, here bit %u, %u wide",
			 of, r->name, r->member, r->off, r->bits, f->off,
			 f->bits);
	else if (r->off != f->off)
		snprintf(buf, RELY_TEXT_MAX, "%s %s.%s is at %u, here at %u",
			 of, r->name, r->member, r->off / 8, f->off / 8);
	else if (r->size != f->size)
		snprintf(buf, RELY_TEXT_MAX, "%s %s.%s has %u bytes, here %u",
			 of, r->name, r->member, r->size, f->size);
	else
		snprintf(buf, RELY_TEXT_MAX, "%s %s.%s has another type here",
			 of, r->name, r->member);
}

void rely_differs(const struct rely *r, const struct rely_found *f, char *buf)
{
	const char *of = r->kind == RELY_PROTO	 ? "function"
			 : r->kind == RELY_TRACE ? "tracepoint"
			 : r->is_union		 ? "union"
						 : "struct";

	if (!f->n)
		snprintf(buf, RELY_TEXT_MAX, "there is no %s %s here", of,
			 r->name);
	else if (r->kind == RELY_MEMBER)
		differs_member(r, f, of, buf);
	else if (r->kind != RELY_TYPE && r->size != f->size)
		snprintf(buf, RELY_TEXT_MAX, "%s %s has %u parameters, here %u",
			 of, r->name, r->size, f->size);
	else if (r->kind != RELY_TYPE)
		snprintf(buf, RELY_TEXT_MAX,
			 "%s %s has other parameters or results here", of,
			 r->name);
	else if (r->size != f->size)
		snprintf(buf, RELY_TEXT_MAX, "%s %s has %u bytes, here %u", of,
			 r->name, r->size, f->size);
	else
		snprintf(buf, RELY_TEXT_MAX, "%s %s has other members here", of,
			 r->name);
}
