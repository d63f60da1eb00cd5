// SPDX-License-Identifier: GPL-2.0-only
/* BTF reader: a hand-made blob, every truncation of it, and libbpf as a judge. */
#include "build/debuginfo/btf.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "bundle/base/err.h"
#include "tests/tap.h"

#include <bpf/btf.h>
#include <stddef.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- libbpf writes small blobs ------------------------------------------------ */

/* struct blob - bytes and index of one BTF, owned */
struct blob {
	void *data;
	uint32_t len;
	struct buf index;
	struct btfv v;
};

static bool blob_open(struct blob *b, const struct btf *src,
		      const struct btfv *base)
{
	struct err e = { 0 };
	uint32_t len;
	const void *p = btf__raw_data(src, &len);

	memset(b, 0, sizeof(*b));
	buf_init(&b->index);
	b->data = xmalloc(len);
	memcpy(b->data, p, len);
	b->len = len;
	return !btf_make_index(b->data, len, base, &b->index, &e) &&
	       !btf_open(&b->v, b->data, len, b->index.p, b->index.len, base,
			 &e);
}

static void blob_close(struct blob *b)
{
	free(b->data);
	buf_deinit(&b->index);
}

enum {
	T_INT = 1,
	T_CHAR,
	T_PTR_CHAR,
	T_ARR,
	T_INNER,
	T_OUTER,
	T_TYPEDEF,
	T_CONST,
	T_PTR_OUTER,
	T_PROTO,
	T_FUNC,
	T_PTR_PROTO,
	T_ENUM,
	T_ENUM64,
	T_LOOP,
	T_BOOL,
	T_CONST_CHAR,
	T_PTR_CONST_CHAR,
	T_PTR_ARR,
	T_VARARG,
	T_NTYPES
};

static struct btf *small_btf(void)
{
	struct btf *b = btf__new_empty();

	btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	btf__add_int(b, "char", 1, 0);
	btf__add_ptr(b, T_CHAR);
	btf__add_array(b, T_INT, T_CHAR, 16);
	btf__add_union(b, "", 8);
	btf__add_field(b, "in_a", T_INT, 0, 0);
	btf__add_field(b, "in_p", T_PTR_CHAR, 0, 0);
	btf__add_struct(b, "outer", 40);
	btf__add_field(b, "flags", T_INT, 3, 5);
	btf__add_field(b, "", T_INNER, 64, 0);
	btf__add_field(b, "name", T_ARR, 128, 0);
	btf__add_typedef(b, "outer_t", T_OUTER);
	btf__add_const(b, T_TYPEDEF);
	btf__add_ptr(b, T_CONST);
	btf__add_func_proto(b, T_INT);
	btf__add_func_param(b, "o", T_PTR_OUTER);
	btf__add_func_param(b, "cb", T_PTR_PROTO);
	btf__add_func(b, "do_it", BTF_FUNC_STATIC, T_PROTO);
	btf__add_ptr(b, T_PROTO);
	btf__add_enum(b, "e", 4);
	btf__add_enum_value(b, "E_MINUS", -1);
	btf__add_enum64(b, "e64", 8, false);
	btf__add_enum64_value(b, "E_BIG", 0xfedcba9876543210ull);
	btf__add_typedef(b, "loop", T_LOOP);
	btf__add_int(b, "_Bool", 1, BTF_INT_BOOL);
	btf__add_const(b, T_CHAR);
	btf__add_ptr(b, T_CONST_CHAR);
	btf__add_ptr(b, T_ARR);
	btf__add_func_proto(b, 0);
	btf__add_func_param(b, "fmt", T_PTR_CONST_CHAR);
	btf__add_func_param(b, "", 0);
	return b;
}

static void test_types(const struct btfv *b)
{
	struct btft t = btf_type(b, T_CONST);
	struct btf_memb m;

	ok(b->ntypes == T_NTYPES - 1, "%u types", b->ntypes);
	ok(t.kind == BTFK_STRUCT && t.id == T_OUTER && t.size == 40 &&
		   t.nmembers == 3 && !strcmp(t.name, "outer"),
	   "const typedef peels to the struct");
	ok(btf_member(b, &t, 0, &m) && m.bits == 5 && m.bit_off == 3,
	   "bit field");
	ok(!btf_member(b, &t, 3, &m), "no member 3");
	ok(btf_find_member(b, T_TYPEDEF, "in_p", &m) && m.bit_off == 64 &&
		   m.type == T_PTR_CHAR,
	   "member of an anonymous union");
	ok(!btf_find_member(b, T_OUTER, "", &m), "no member called \"\"");
	ok(!btf_find_member(b, T_INT, "x", &m), "int has no members");
	t = btf_type(b, T_ARR);
	ok(t.kind == BTFK_ARRAY && t.size == 16 && t.nelems == 16 &&
		   t.ref == T_CHAR,
	   "array");
	ok(btf_type(b, T_CHAR).is_char && !btf_type(b, T_INT).is_char, "char");
	ok(btf_type(b, T_INT).is_signed && btf_type(b, T_BOOL).is_bool,
	   "encodings");
	ok(btf_type(b, T_LOOP).kind == BTFK_VOID, "typedef of itself is void");
	ok(btf_type(b, 0).kind == BTFK_VOID &&
		   btf_type(b, T_NTYPES).kind == BTFK_VOID &&
		   btf_type(b, UINT32_MAX).kind == BTFK_VOID,
	   "bad ids are void");
}

static void test_values(const struct btfv *b)
{
	struct btft t = btf_type(b, T_ENUM);
	const char *name;
	uint32_t type;
	int64_t v;

	ok(btf_enumerator(b, &t, 0, &name, &v) && v == -1 && t.is_signed &&
		   !strcmp(name, "E_MINUS"),
	   "signed enumerator");
	t = btf_type(b, T_ENUM64);
	ok(btf_enumerator(b, &t, 0, &name, &v) &&
		   (uint64_t)v == 0xfedcba9876543210ull,
	   "64-bit enumerator");
	ok(!btf_enumerator(b, &t, 1, &name, &v), "no second enumerator");
	t = btf_type(b, btf_type(b, T_FUNC).ref);
	ok(t.kind == BTFK_PROTO && t.nmembers == 2 && btf_ret(b, &t) == T_INT,
	   "prototype of a function");
	ok(btf_param(b, &t, 1, &name, &type) && !strcmp(name, "cb") &&
		   type == T_PTR_PROTO && !btf_param(b, &t, 2, &name, &type),
	   "parameters");
}

static void test_lookup(const struct btfv *b)
{
	ok(btf_find(b, BTFK_STRUCT, "outer") == T_OUTER, "find struct");
	ok(btf_find(b, BTFK_FUNC, "do_it") == T_FUNC, "find function");
	ok(btf_find(b, BTFK_ENUM, "e64") == T_ENUM64, "find enum64");
	ok(btf_find(b, BTFK_INT, "char") == T_CHAR, "find int");
	ok(btf_find_typedef(b, "outer_t") == T_TYPEDEF, "find typedef");
	ok(!btf_find(b, BTFK_UNION, "outer") && !btf_find(b, BTFK_STRUCT, "") &&
		   !btf_find(b, BTFK_FUNC, "zzz") &&
		   !btf_find(b, BTFK_FUNC, "a"),
	   "absent names");
}

static void test_spelling(const struct btfv *b)
{
	static const struct {
		uint32_t id;
		const char *text;
	} cases[] = {
		{ 0, "void" },
		{ T_INT, "int" },
		{ T_PTR_CHAR, "char *" },
		{ T_PTR_OUTER, "const outer_t *" },
		{ T_ARR, "char [16]" },
		{ T_PTR_ARR, "char (*)[16]" },
		{ T_INNER, "union <anonymous>" },
		{ T_ENUM64, "enum e64" },
		{ T_VARARG, "void (const char *, ...)" },
	};
	struct arena a = { 0 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *s = btf_type_name(b, cases[i].id, &a);

		ok(!strcmp(s, cases[i].text), "%s", s);
	}
	/* a prototype that takes itself: must end */
	ok(strlen(btf_type_name(b, T_PTR_PROTO, &a)) < 100000,
	   "recursive prototype ends");
	arena_deinit(&a);
}

/* Types over a module's over a kernel's, as a debug index has them. */
static void test_third(const struct blob *base, const struct blob *mod,
		       uint32_t mod_thing)
{
	static const char names[] = "\0third\0other";
	struct {
		struct btf_header h;
		struct btf_type t;
		struct btf_member m;
		char names[sizeof(names)];
	} raw = { .h = { .magic = BTF_MAGIC,
			 .version = BTF_VERSION,
			 .hdr_len = sizeof(raw.h),
			 .type_len = sizeof(raw.t) + sizeof(raw.m),
			 .str_off = sizeof(raw.t) + sizeof(raw.m),
			 .str_len = sizeof(names) },
		  .t = { .info = BTF_KIND_STRUCT << 24 | 1, .size = 8 } };
	uint32_t before = base->v.str_len + mod->v.str_len;
	struct buf index = BUF_INIT;
	struct btf_memb m;
	struct err e = { 0 };
	struct btfv v;
	uint32_t id;

	raw.t.name_off = before + 1;
	raw.m.name_off = before + 7;
	raw.m.type = mod_thing;
	memcpy(raw.names, names, sizeof(names));
	ok(btf_make_index(&raw, offsetof(typeof(raw), names) + sizeof(names),
			  &mod->v, &index, &e) == 0 &&
		   btf_open(&v, &raw,
			    offsetof(typeof(raw), names) + sizeof(names),
			    index.p, index.len, &mod->v, &e) == 0,
	   "a third blob opens %s", e.text);
	id = btf_find(&v, BTFK_STRUCT, "third");
	ok(id == mod->v.start_id + mod->v.ntypes &&
		   btf_find_member(&v, id, "other", &m) && m.type == mod_thing,
	   "its own names");
	ok(btf_find_member(&v, mod_thing, "mod_only", &m) &&
		   !strcmp(btf_type(&v, mod_thing).name, "mod_thing") &&
		   btf_find(&v, BTFK_STRUCT, "outer") == T_OUTER,
	   "names of both below it");
	buf_deinit(&index);
}

static void test_split(const struct blob *base, struct btf *base_btf)
{
	struct btf *s = btf__new_empty_split(base_btf);
	int32_t mine = btf__add_struct(s, "mod_thing", 8), fn;
	struct blob b;
	struct btf_memb m;

	btf__add_field(s, "name", T_PTR_CHAR, 0, 0); /* name from the base */
	btf__add_field(s, "mod_only", T_INT, 64, 0);
	fn = btf__add_func(s, "mod_func", BTF_FUNC_STATIC, T_PROTO);
	ok(blob_open(&b, s, &base->v), "split BTF opens");
	ok(btf_find(&b.v, BTFK_STRUCT, "mod_thing") == (uint32_t)mine &&
		   btf_find(&b.v, BTFK_FUNC, "mod_func") == (uint32_t)fn,
	   "own names");
	ok(btf_find(&b.v, BTFK_STRUCT, "outer") == T_OUTER &&
		   !btf_find(&base->v, BTFK_STRUCT, "mod_thing"),
	   "names of the base");
	ok(btf_find_member(&b.v, (uint32_t)mine, "name", &m) &&
		   m.type == T_PTR_CHAR &&
		   btf_find_member(&b.v, (uint32_t)mine, "mod_only", &m),
	   "strings across the border");
	ok(btf_type(&b.v, btf_type(&b.v, (uint32_t)fn).ref).kind == BTFK_PROTO,
	   "types across the border");
	test_third(base, &b, (uint32_t)mine);
	blob_close(&b);
	btf__free(s);
}

/* No cut or changed byte may crash; cuts must be refused. */
static void test_damage(const struct blob *good)
{
	uint8_t *copy = xmalloc(good->len);
	struct arena a = { 0 };
	bool refused = true;
	uint32_t i, id;

	for (i = 0; i < good->len; i++) {
		struct buf index = BUF_INIT;
		void *cut = xmalloc(i + 1);

		memcpy(cut, good->data, i);
		refused &= btf_make_index(cut, i, NULL, &index, NULL) < 0;
		free(cut);
		buf_deinit(&index);
	}
	ok(refused, "every truncation is refused");
	for (i = 0; i < good->len * 8; i++) {
		struct buf index = BUF_INIT;
		struct btfv v;

		memcpy(copy, good->data, good->len);
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
		if (!btf_make_index(copy, good->len, NULL, &index, NULL) &&
		    !btf_open(&v, copy, good->len, index.p, index.len, NULL,
			      NULL))
			for (id = 0; id <= v.ntypes; id++) {
				struct btf_memb m;

				btf_find_member(&v, id, "nothing", &m);
				btf_type_name(&v, id, &a);
			}
		buf_deinit(&index);
		arena_deinit(&a);
		arena_init(&a);
	}
	ok(true, "no changed bit crashes");
	arena_deinit(&a);
	free(copy);
}

/* ---- a whole kernel, against libbpf ---------------------------------------------- */

static uint32_t lib_peel(const struct btf *lib, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(lib, id);

	while (btf_is_mod(t) || btf_is_typedef(t)) {
		id = t->type;
		t = btf__type_by_id(lib, id);
	}
	return id;
}

static bool same_members(const struct btf *lib, const struct btf_type *lt,
			 const struct btfv *v, const struct btft *t)
{
	uint32_t i;

	for (i = 0; i < btf_vlen(lt); i++) {
		const struct btf_member *lm = btf_members(lt) + i;
		struct btf_memb m;

		if (!btf_member(v, t, i, &m) || m.type != lm->type ||
		    m.bit_off != btf_member_bit_offset(lt, i) ||
		    m.bits != btf_member_bitfield_size(lt, i) ||
		    strcmp(m.name, btf__name_by_offset(lib, lm->name_off)))
			return false;
	}
	return t->nmembers == btf_vlen(lt) && t->size == lt->size;
}

static bool same_params(const struct btf *lib, const struct btf_type *lt,
			const struct btfv *v, const struct btft *t)
{
	uint32_t i, type;
	const char *name;

	for (i = 0; i < btf_vlen(lt); i++) {
		const struct btf_param *lp = btf_params(lt) + i;

		if (!btf_param(v, t, i, &name, &type) || type != lp->type ||
		    strcmp(name, btf__name_by_offset(lib, lp->name_off)))
			return false;
	}
	return t->nmembers == btf_vlen(lt) && btf_ret(v, t) == lt->type;
}

static bool same_values(const struct btf *lib, const struct btf_type *lt,
			const struct btfv *v, const struct btft *t)
{
	const char *name;
	int64_t val;
	uint32_t i;

	for (i = 0; i < btf_vlen(lt); i++) {
		const struct btf_enum *le = btf_enum(lt) + i;

		if (!btf_enumerator(v, t, i, &name, &val) ||
		    (btf_kflag(lt) ? val != le->val
				   : (uint64_t)val != (uint32_t)le->val) ||
		    strcmp(name, btf__name_by_offset(lib, le->name_off)))
			return false;
	}
	return t->nmembers == btf_vlen(lt) && t->size == lt->size;
}

static bool same_type(const struct btf *lib, const struct btfv *v, uint32_t id)
{
	uint32_t peeled = lib_peel(lib, id);
	const struct btf_type *lt = btf__type_by_id(lib, peeled);
	struct btft t = btf_type(v, id);

	if (t.id != peeled ||
	    strcmp(t.name, btf__name_by_offset(lib, lt->name_off)))
		return false;
	if (btf_is_composite(lt))
		return same_members(lib, lt, v, &t);
	if (btf_is_func_proto(lt))
		return same_params(lib, lt, v, &t);
	if (btf_is_enum(lt))
		return same_values(lib, lt, v, &t);
	if (btf_is_int(lt) || btf_is_ptr(lt) || btf_is_array(lt) ||
	    btf_is_float(lt))
		return (int64_t)t.size == btf__resolve_size(lib, id) &&
		       (!btf_is_int(lt) ||
			t.is_signed ==
				!!(btf_int_encoding(lt) & BTF_INT_SIGNED));
	return true;
}

static bool same_lookup(const struct btf *lib, const struct btfv *v,
			uint32_t id)
{
	const struct btf_type *lt = btf__type_by_id(lib, id);
	const char *name = btf__name_by_offset(lib, lt->name_off);
	enum btfk kind = btf_is_func(lt)     ? BTFK_FUNC
			 : btf_is_struct(lt) ? BTFK_STRUCT
			 : btf_is_union(lt)  ? BTFK_UNION
			 : btf_is_enum(lt)   ? BTFK_ENUM
			 : btf_is_var(lt)    ? BTFK_VAR
					     : BTFK_VOID;
	struct btft t;

	if (!name[0])
		return true;
	if (btf_is_typedef(lt)) {
		id = btf_find_typedef(v, name);
	} else if (kind != BTFK_VOID) {
		id = btf_find(v, kind, name);
		t = btf_type(v, id);
		return t.kind == kind && !strcmp(t.name, name);
	}
	return id != 0;
}

static void compare(const char *what, const void *p, uint32_t n)
{
	struct btf *lib = btf__new(p, n);
	uint32_t id, total, bad = 0, lost = 0;
	struct blob b;

	if (!ok(lib && blob_open(&b, lib, NULL), "%s opens", what))
		return;
	total = btf__type_cnt(lib);
	for (id = 1; id < total; id++) {
		bad += !same_type(lib, &b.v, id);
		lost += !same_lookup(lib, &b.v, id);
	}
	ok(b.v.ntypes + 1 == total && !bad,
	   "%s: %u types, %u differ from libbpf", what, total - 1, bad);
	ok(!lost, "%s: %u names not found again", what, lost);
	blob_close(&b);
	btf__free(lib);
}

/* The running kernel, or the file that TAP_TEST_BTF names. */
static void test_kernel(void)
{
	const char *path = getenv("TAP_TEST_BTF");
	struct buf b = BUF_INIT;
	struct err e = { 0 };

	if (!path)
		path = "/sys/kernel/btf/vmlinux";
	if (!fs_exists(path) || fs_read(path, &b, 1u << 28, &e))
		ok(true, "# SKIP no kernel BTF to compare with libbpf");
	else
		compare(path, b.p, (uint32_t)b.len);
	buf_deinit(&b);
}

int main(void)
{
	struct btf *src = small_btf();
	struct blob b;

	if (!ok(blob_open(&b, src, NULL), "small BTF opens"))
		return tap_done();
	test_types(&b.v);
	test_values(&b.v);
	test_lookup(&b.v);
	test_spelling(&b.v);
	test_split(&b, src);
	test_damage(&b);
	blob_close(&b);
	btf__free(src);
	test_kernel();
	return tap_done();
}
