/* SPDX-License-Identifier: GPL-2.0-only */
/* What a module relies on: its text, and BTF that is the same or is not. */
#include "bundle/rely.h"
#include "build/base/buf.h"
#include "bundle/base/err.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ---------------------------------------------------------------- */

#define H "0123456789abcdef"

static void t_text(void)
{
	static const char *const good[] = {
		"function vfs_read",
		"member struct file f_path 128 0 16 " H,
		"member union sigval sival_int 0 3 4 " H,
		"proto vfs_read 4 " H,
		"trace sched_switch 5 " H,
		"type union sigval 8 " H,
		"type struct task_struct 9792 " H,
	};
	static const char *const bad[] = {
		"",
		"function",
		"function a b",
		"function a.b",
		"functions a",
		"member struct file f_path 128 0 16",
		"member struct file f_path 128 0 16 " H " ",
		"member struct file f_path 0128 0 16 " H,
		"member struct file f_path 4294967296 0 16 " H,
		"member class file f_path 128 0 16 " H,
		"member file f_path 128 0 16 " H,
		"proto vfs_read 4 0123456789ABCDEF",
		"proto vfs_read 4 0123456789abcde",
		"proto vfs_read -4 " H,
		"proto  vfs_read 4 " H,
		"type struct task_struct " H,
		"enum a 4",
	};
	char line[RELY_TEXT_MAX], text[RELY_TEXT_MAX];
	struct rely r, prev = { 0 };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(line, sizeof(line), "%s", good[i]);
		ok(rely_parse(line, &r), "parsed: %s", good[i]);
		rely_text(&r, text);
		ok(!strcmp(text, good[i]), "written: %s", text);
		ok(!i || rely_cmp(&prev, &r) < 0, "in order");
		if (i)
			free((void *)prev.name);
		prev = r;
		prev.name = strdup(r.name);
		prev.member = r.member ? "m" : NULL;
	}
	free((void *)prev.name);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "%s", bad[i]);
		ok(!rely_parse(line, &r), "refused: '%s'", bad[i]);
	}
}

/* ---- BTF ----------------------------------------------------------------- */

/** struct maker - BTF being written; type ids count from 1 */
struct maker {
	struct buf types, strs;
	uint32_t n;
};

static void put(struct buf *b, uint32_t v)
{
	buf_add(b, &v, sizeof(v));
}

static uint32_t str(struct maker *m, const char *s)
{
	size_t at = m->strs.len;

	buf_add(&m->strs, s, strlen(s) + 1);
	return (uint32_t)at;
}

static uint32_t type(struct maker *m, const char *name, uint32_t kind,
		     uint32_t vlen, uint32_t size)
{
	put(&m->types, *name ? str(m, name) : 0);
	put(&m->types, kind << 24 | vlen);
	put(&m->types, size);
	return ++m->n;
}

static void member(struct maker *m, const char *name, uint32_t id, uint32_t off)
{
	put(&m->types, *name ? str(m, name) : 0);
	put(&m->types, id);
	put(&m->types, off);
}

enum {
	INT = 1,
	PTR,
	ARRAY,
	STRUCT,
	UNION,
	ENUM,
	FWD,
	TYPEDEF,
	FUNC = 12,
	PROTO
};

/**
 * struct kernel - what two kernels may differ in
 *
 *   struct path { void *mnt; struct dentry *dentry; };
 *   struct file { union { long a; char b[@array]; }; @more struct path f_path;
 *                 unsigned int f_mode : 3; };
 *   struct deep { struct file f; };
 *   ssize_t vfs_read(struct file *file, long @param);
 *   typedef void (*btf_trace_sched)(void *, struct file *);
 */
struct kernel {
	uint32_t array, more;
	const char *param, *dentry;
	bool twice, other; /* struct path there twice; and not the same */
	bool no_func, no_member;
};

static const struct kernel plain = { .array = 8,
				     .param = "count",
				     .dentry = "dentry" };

static void make_path(struct maker *m, const char *dentry, uint32_t off)
{
	uint32_t v = type(m, "", PTR, 0, 0);
	uint32_t d = type(m, dentry, FWD, 0, 0), p = type(m, "", PTR, 0, d);

	type(m, "path", STRUCT, 2, 16 + off);
	member(m, "mnt", v, 0);
	member(m, "dentry", p, 64 + 8 * off);
}

static void make_end(struct buf *out, struct maker *m)
{
	put(out, 1u << 16 | 0xeb9f);
	put(out, 24);
	put(out, 0);
	put(out, (uint32_t)m->types.len);
	put(out, (uint32_t)m->types.len);
	put(out, (uint32_t)m->strs.len);
	buf_add(out, m->types.p, m->types.len);
	buf_add(out, m->strs.p, m->strs.len);
	buf_deinit(&m->types);
	buf_deinit(&m->strs);
}

static void make(struct buf *out, const struct kernel *k)
{
	struct maker m = { BUF_INIT, BUF_INIT, 0 };
	uint32_t lng, chr, arr, u, path, file, ptr, proto;

	buf_addc(&m.strs, '\0');
	lng = type(&m, "long", INT, 0, 8);
	put(&m.types, 1u << 24 | 64);
	chr = type(&m, "char", INT, 0, 1);
	put(&m.types, 8);
	arr = type(&m, "", ARRAY, 0, 0);
	put(&m.types, chr);
	put(&m.types, lng);
	put(&m.types, k->array);
	make_path(&m, k->dentry, 0);
	path = m.n;
	if (k->twice)
		make_path(&m, k->dentry, k->other ? 8 : 0);
	u = type(&m, "", UNION, 2, 8);
	member(&m, "a", lng, 0);
	member(&m, "b", arr, 0);
	file = type(&m, "file", STRUCT | 0x80, k->no_member ? 2 : 3,
		    32 + k->more);
	member(&m, "", u, 0);
	if (!k->no_member)
		member(&m, "f_path", path, (8 + k->more) * 8);
	member(&m, "f_mode", chr, 3u << 24 | (24 + k->more) * 8);
	type(&m, "deep", STRUCT, 1, 32 + k->more);
	member(&m, "f", file, 0);
	ptr = type(&m, "", PTR, 0, file);
	proto = type(&m, "", PROTO, 2, lng);
	put(&m.types, str(&m, "file"));
	put(&m.types, ptr);
	put(&m.types, str(&m, k->param));
	put(&m.types, lng);
	if (!k->no_func)
		type(&m, "vfs_read", FUNC, 0, proto);
	type(&m, "btf_trace_sched", TYPEDEF, 0, m.n + 2);
	type(&m, "", PTR, 0, m.n + 2);
	type(&m, "", PROTO, 2, 0);
	put(&m.types, 0);
	put(&m.types, ptr);
	put(&m.types, 0);
	put(&m.types, ptr);

	make_end(out, &m);
}

enum { MODE, F_PATH, B, DENTRY, READ, SCHED, DEEP, FILE_, PATH, ASKED };

static const struct rely asked[ASKED] = {
	[MODE] = { .kind = RELY_MEMBER, .name = "file", .member = "f_mode" },
	[F_PATH] = { .kind = RELY_MEMBER, .name = "file", .member = "f_path" },
	[B] = { .kind = RELY_MEMBER, .name = "file", .member = "b" },
	[DENTRY] = { .kind = RELY_MEMBER, .name = "path", .member = "dentry" },
	[READ] = { .kind = RELY_PROTO, .name = "vfs_read" },
	[SCHED] = { .kind = RELY_TRACE, .name = "sched" },
	[DEEP] = { .kind = RELY_TYPE, .name = "deep" },
	[FILE_] = { .kind = RELY_TYPE, .name = "file" },
	[PATH] = { .kind = RELY_TYPE, .name = "path" },
};

static int measure(const struct kernel *k, const struct rely *r,
		   struct rely_found *f)
{
	struct buf b = BUF_INIT;
	uint32_t *index;
	struct err e;
	int rc;

	make(&b, k);
	index = malloc(rely_index_entries(b.len) * sizeof(*index));
	rc = rely_measure(b.p, b.len, index, r, ASKED, f, &e);
	if (rc < 0)
		printf("# %s\n", e.text);
	free(index);
	buf_deinit(&b);
	return rc;
}

static void t_same(struct rely *r)
{
	struct rely_found f[ASKED];

	ok(measure(&plain, r, f) == 0, "measured");
	for (size_t i = 0; i < ASKED; i++) {
		ok(f[i].n == 1 && f[i].nhave == 1 && f[i].hash, "%zu is there",
		   i);
		r[i].off = f[i].off;
		r[i].bits = f[i].bits;
		r[i].size = f[i].size;
		r[i].hash = f[i].hash;
	}
	ok(r[MODE].off == 192 && r[MODE].bits == 3, "a bit field");
	ok(r[F_PATH].off == 64 && r[F_PATH].size == 16, "a member");
	ok(r[B].off == 0 && r[B].size == 8, "one of an anonymous union");
	ok(r[READ].size == 2 && r[SCHED].size == 2, "parameters");
	ok(r[DEEP].size == 32, "a type");
	ok(measure(&plain, r, f) == 0, "measured again");
	for (size_t i = 0; i < ASKED; i++)
		ok(f[i].same, "%zu is the same", i);
}

/* Those of @bad differ, a mask, and the first says so; all others are the same. */
static void differ(const struct rely *r, const char *what, struct kernel k,
		   unsigned int bad, const char *says)
{
	struct rely_found f[ASKED];
	char text[RELY_TEXT_MAX] = "";
	unsigned int got = 0;

	if (measure(&k, r, f) < 0) {
		ok(false, "%s", what);
		return;
	}
	for (unsigned int i = ASKED; i--;)
		if (!f[i].same) {
			got |= 1u << i;
			rely_differs(&r[i], &f[i], text);
		}
	if (!ok(got == bad && !strcmp(text, says), "%s: %s", what, says))
		printf("# got %x, wanted %x: %s\n", got, bad, text);
}

#define BIT(x) (1u << (x))

static void t_other(const struct rely *r)
{
	struct kernel k = plain;

	k.more = 8;
	differ(r, "a member more", k,
	       BIT(MODE) | BIT(F_PATH) | BIT(DEEP) | BIT(FILE_),
	       "struct file.f_mode is bit 192, 3 wide, here bit 256, 3 wide");
	k = plain;
	k.array = 4;
	differ(r, "a smaller array", k, BIT(B) | BIT(DEEP) | BIT(FILE_),
	       "struct file.b has 8 bytes, here 4");
	k = plain;
	k.dentry = "dentry2";
	differ(r, "a pointer to something else", k,
	       BIT(DENTRY) | BIT(DEEP) | BIT(FILE_) | BIT(PATH),
	       "struct path.dentry has another type here");
	k = plain;
	k.param = "size";
	differ(r, "a parameter with another name", k, BIT(READ),
	       "function vfs_read has other parameters or results here");
	k = plain;
	k.no_func = true;
	differ(r, "a function without a type", k, BIT(READ),
	       "there is no function vfs_read here");
	k = plain;
	k.no_member = true;
	differ(r, "no such member", k, BIT(F_PATH) | BIT(DEEP) | BIT(FILE_),
	       "struct file has no member 'f_path' here");
	k = plain;
	k.twice = true;
	differ(r, "a struct twice, the same", k, 0, "");
	k.other = true;
	differ(r, "a struct twice, not the same", k, BIT(DENTRY) | BIT(PATH),
	       "struct path.dentry is at 8, here at 16");
}

/* ---- rubbish ------------------------------------------------------------- */

static void t_rubbish(const struct rely *r)
{
	struct rely_found f[ASKED];
	struct buf b = BUF_INIT;
	unsigned int cut = 0;
	uint32_t *index;
	struct err e;

	make(&b, &plain);
	index = malloc(rely_index_entries(b.len) * sizeof(*index));
	for (size_t n = 0; n < b.len; n++) {
		char *copy = malloc(n + 1);

		memcpy(copy, b.p, n);
		cut += rely_measure(copy, n, index, r, ASKED, f, &e) < 0;
		free(copy);
	}
	ok(cut == b.len, "cut off anywhere: %u of %zu refused", cut, b.len);
	for (size_t i = 0; i < b.len; i++)
		for (unsigned int v = 0; v < 256; v += 5) {
			char was = b.p[i];

			b.p[i] = (char)v;
			rely_measure(b.p, b.len, index, r, ASKED, f, &e);
			b.p[i] = was;
		}
	ok(true, "each byte altered: nothing is read that is not there");
	free(index);
	buf_deinit(&b);
}

/* Forty structs, each with the next one in it twice: more ways than there is time. */
static void t_ways(void)
{
	static const struct rely way[] = {
		{ .kind = RELY_MEMBER, .name = "top", .member = "none" },
		{ .kind = RELY_TYPE, .name = "top" },
	};
	struct maker m = { BUF_INIT, BUF_INIT, 0 };
	struct rely_found f[2];
	struct buf b = BUF_INIT;
	uint32_t *index, next;
	struct err e;

	buf_addc(&m.strs, '\0');
	type(&m, "long", INT, 0, 8);
	put(&m.types, 1u << 24 | 64);
	for (int i = 0; i < 40; i++) {
		next = m.n;
		type(&m, i == 39 ? "top" : "", STRUCT, 2, 8);
		member(&m, "", next, 0);
		member(&m, "", next, 0);
	}
	make_end(&b, &m);
	index = malloc(rely_index_entries(b.len) * sizeof(*index));
	ok(rely_measure(b.p, b.len, index, way, 2, f, &e) == 0,
	   "many ways are measured");
	ok(f[0].n == 1 && !f[0].nhave, "no such member");
	ok(f[1].n == 1 && !f[1].hash, "a type that nothing is the same as");
	free(index);
	buf_deinit(&b);
}

int main(void)
{
	struct rely r[ASKED];

	memcpy(r, asked, sizeof(r));
	t_text();
	t_same(r);
	t_other(r);
	t_rubbish(r);
	t_ways();
	return tap_done();
}
