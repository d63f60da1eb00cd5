/* SPDX-License-Identifier: GPL-2.0-only */
/* Types of a target, read from BTF (Documentation/bpf/btf.rst) through an index. */
#ifndef BUILD_DEBUGINFO_BTF_H
#define BUILD_DEBUGINFO_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct err;

/**
 * struct btfv - a view of one .BTF blob; borrows its bytes
 *
 * @types: offset of type id N within the type section; made once, when the kit
 *         is made (btf_make_index), so opening costs nothing.
 * @byname: ids of named FUNC, STRUCT, UNION, ENUM, ENUM64, TYPEDEF, VAR sorted
 *         by (name, kind, id)
 * @base: for split BTF of a module: the kernel's, else NULL
 *
 * Every accessor is bounds-checked and answers id 0 / NULL on bad input.
 */
struct btfv {
	const uint8_t *data;
	size_t len;
	const uint8_t *type_data, *str_data;
	uint32_t type_len, str_len;
	const uint32_t *types; /* ntypes entries; index 0 = id start_id */
	uint32_t start_id, ntypes;
	const uint32_t *byname;
	uint32_t nbyname;
	const struct btfv *base;
};

/**
 * btf_make_index() - validate a .BTF blob and append the index to @ret
 *
 * Layout of @ret: u32 ntypes, u32 nbyname, u32 types[ntypes], u32 byname[].
 * Return: 0, ERR_FORMAT, ERR_TRUNCATED.
 */
int btf_make_index(const void *data, size_t len, const struct btfv *base,
		   struct buf *ret, struct err *e);
/** btf_open() - view over a blob and its index; both borrowed */
int btf_open(struct btfv *ret, const void *data, size_t len, const void *index,
	     size_t index_len, const struct btfv *base, struct err *e);

enum btfk {
	BTFK_VOID, /* also: bad id */
	BTFK_INT,  /* integers and bool, char; not float */
	BTFK_FLOAT,
	BTFK_PTR,
	BTFK_ARRAY,
	BTFK_STRUCT,
	BTFK_UNION,
	BTFK_ENUM,
	BTFK_FUNC,
	BTFK_PROTO,
	BTFK_FWD,
	BTFK_VAR,
	BTFK_OTHER
};

/** struct btft - one type with typedef/const/volatile/restrict/type_tag peeled off */
struct btft {
	uint32_t id; /* after peeling */
	enum btfk kind;
	const char *name; /* "" when anonymous */
	uint32_t
		size; /* bytes; PTR 8, ARRAY total, ENUM/INT/STRUCT as stored */
	bool is_signed; /* INT, ENUM */
	bool is_char,
		is_bool; /* INT encodings; is_char also for 1-byte "char" */
	uint32_t
		ref; /* PTR: pointee id; ARRAY: element id; FUNC: proto id; VAR */
	uint32_t nelems;   /* ARRAY */
	uint32_t nmembers; /* STRUCT, UNION, ENUM; PROTO: parameters */
};

/** btf_type() - peeled view of @id */
struct btft btf_type(const struct btfv *b, uint32_t id);

struct btf_memb {
	const char *name; /* "" = anonymous struct/union */
	uint32_t type;
	uint32_t bit_off; /* from the start of the struct */
	uint32_t bits;	  /* bit-field width, 0 = not a bit field */
};
bool btf_member(const struct btfv *b, const struct btft *t, uint32_t i,
		struct btf_memb *ret);
/** btf_find_member() - by name, descending anonymous members; bit_off is total */
bool btf_find_member(const struct btfv *b, uint32_t struct_id, const char *name,
		     struct btf_memb *ret);
/** btf_param() - parameter @i of a PROTO; name may be "" */
bool btf_param(const struct btfv *b, const struct btft *proto, uint32_t i,
	       const char **name, uint32_t *type);
/** btf_ret() - return type id of a PROTO (0 = void) */
uint32_t btf_ret(const struct btfv *b, const struct btft *proto);
bool btf_enumerator(const struct btfv *b, const struct btft *t, uint32_t i,
		    const char **name, int64_t *value);
/** btf_find() - id of the first type of @kind named @name, or 0 */
uint32_t btf_find(const struct btfv *b, enum btfk kind, const char *name);
/** btf_find_typedef() - id of the typedef (unpeeled) named @name, or 0 */
uint32_t btf_find_typedef(const struct btfv *b, const char *name);
/** btf_type_name() - C spelling ("struct file *"), in @a */
const char *btf_type_name(const struct btfv *b, uint32_t id, struct arena *a);

#endif
