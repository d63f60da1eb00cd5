/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a module relies on in the kernel it was built for: "rely" lines of the
 * manifest, and whether another kernel's BTF says the same.
 *
 * Builder and host measure with the same code, so that a figure can only differ where
 * the kernels do.
 */
#ifndef BUNDLE_RELY_H
#define BUNDLE_RELY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/* In the order of the text. */
enum rely_kind {
	RELY_FUNCTION, /* one function of the kernel itself has this name */
	RELY_MEMBER,   /* a member is where it was, and of the same type */
	RELY_PROTO,    /* a function has these parameters and this result */
	RELY_TRACE,    /* a tracepoint has these arguments */
	RELY_TYPE,     /* a struct is the same all through */
};

/**
 * struct rely - one of them
 * @name: of the function, tracepoint, struct or union; borrowed
 * @member: RELY_MEMBER: its name; one of an anonymous member counts as the struct's
 * @is_union: RELY_MEMBER, RELY_TYPE
 * @off, @bits: RELY_MEMBER: bits from the start; width of a bit field, else 0
 * @size: bytes of member or type; RELY_PROTO, RELY_TRACE: parameters
 * @hash: rely_measure(); 0 in RELY_FUNCTION
 */
struct rely {
	enum rely_kind kind;
	bool is_union;
	const char *name, *member;
	uint32_t off, bits, size;
	uint64_t hash;
};

/**
 * struct rely_found - what BTF has of it
 * @n: types of that name; @nhave: of them with the member; @nother: of these, not like
 *     the first
 * @off, @bits, @size, @hash: of the last that is not like what was asked, else of any
 * @same: all of them are as asked, and there is one
 */
struct rely_found {
	uint32_t n, nhave, nother;
	uint32_t off, bits, size;
	uint64_t hash;
	bool same;
};

/**
 * rely_parse() - the value of a "rely" line, which is cut in place
 *
 * Return: false when it is not exactly what rely_text() writes.
 * Source: bundle/FORMAT.md section 3.
 */
bool rely_parse(char *value, struct rely *ret);

/* Longest text: its names have at most RELY_NAME_MAX bytes. */
#define RELY_NAME_MAX 200
#define RELY_TEXT_MAX 512
/** rely_text() - the value of the line; @buf has RELY_TEXT_MAX bytes */
void rely_text(const struct rely *r, char *buf);

/** rely_cmp() - the order of the lines: by kind, names, struct before union */
int rely_cmp(const struct rely *a, const struct rely *b);

/** rely_index_entries() - how many numbers rely_measure() needs for such a blob */
size_t rely_index_entries(size_t btf_len);

/**
 * rely_measure() - look @n requirements up in a blob of BTF
 * @index: rely_index_entries(@len) numbers of scratch memory
 * @found: @n results; those of RELY_FUNCTION say nothing
 *
 * Where there are several types of a name every one has to be as asked: nothing says
 * which of them a pointer is to.
 * Context: no allocation; BTF need not be well-formed.
 * Return: 0, ERR_FORMAT, ERR_TRUNCATED.
 * Source: Documentation/bpf/btf.rst.
 */
int rely_measure(const void *btf, size_t len, uint32_t *index,
		 const struct rely *r, size_t n, struct rely_found *found,
		 struct err *e);

/**
 * rely_differs() - "struct file.f_path is at 16, here at 24", why @f is not same
 * @buf: at least RELY_TEXT_MAX bytes
 */
void rely_differs(const struct rely *r, const struct rely_found *f, char *buf);

#endif
