// SPDX-License-Identifier: GPL-2.0-only
/* The store form: round trip, order, every damage noticed. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/kit/kit_file.h"
#include "bundle/base/err.h"
#include "tests/tap.h"

#include <stdlib.h>
#include <string.h>

static struct arena a;

/* A small kit; @swap: sections are added in another order. */
static void make(struct buf *out, char *id, bool swap)
{
	static const char *const list[] = { "-O2", "-m64" };
	struct kf_writer w;
	struct err e;
	struct kf_num row[2];
	struct buf *b;

	kfw_init(&w, &a);
	row[0] = (struct kf_num){ kfw_str(&w, "alpha"), 1 };
	row[1] = (struct kf_num){ kfw_str(&w, "beta"), 2 };
	kfw_str(&w, "-O2");
	kfw_str(&w, "-m64");
	if (swap)
		kfw_list(&w, KF_CFLAGS, list, 2);
	b = kfw_section(&w, KF_FACTS);
	buf_add(b, row, sizeof(row));
	if (!swap)
		kfw_list(&w, KF_CFLAGS, list, 2);
	buf_adds(kfw_section(&w, "odd"), "xyz");
	ok(kfw_finish(&w, out, id, &e) == 0, "written");
	kfw_deinit(&w);
}

static void test_round(const struct buf *f, const char *id)
{
	struct kf_view v;
	struct err e;
	char hex[65];
	const struct kf_num *n;
	const uint32_t *list;
	size_t len;

	ok(kf_open(&v, f->p, f->len, &e) == 0, "opened");
	ok(kf_check(&v, &e) == 0, "the id fits");
	kf_id_hex(&v, hex);
	ok(!strcmp(hex, id) && strlen(id) == 64, "the id is the header's");
	n = kf_table(&v, KF_FACTS, sizeof(*n), &len);
	ok(len == 2 && !strcmp(kf_str(&v, n[1].name), "beta") && n[1].num == 2,
	   "a table");
	ok(kf_lower(&v, n, 2, sizeof(*n), 0, "beta") == 1 &&
		   kf_lower(&v, n, 2, sizeof(*n), 0, "az") == 1 &&
		   kf_lower(&v, n, 2, sizeof(*n), 0, "z") == 2,
	   "found by name");
	list = kf_table(&v, KF_CFLAGS, sizeof(*list), &len);
	ok(len == 2 && !strcmp(kf_str(&v, list[0]), "-O2"), "a list");
	ok(!kf_section(&v, "none", &len) && !len, "no such section");
	ok(!kf_table(&v, "odd", 8, &len) && !len,
	   "a table of odd size is none");
	ok(!strcmp(kf_str(&v, 1 << 30), ""), "a string outside is empty");
}

/* Any single-bit flip: refused at once, or found by kf_check(). */
static void test_damage(const struct buf *f)
{
	char *p = aligned_alloc(8, (f->len + 7) & ~(size_t)7);
	size_t i, missed = 0, n;
	struct kf_view v;
	struct err e;

	for (i = 0; i < f->len * 8; i++) {
		memcpy(p, f->p, f->len);
		p[i / 8] ^= (char)(1 << i % 8);
		if (kf_open(&v, p, f->len, &e) == 0 && kf_check(&v, &e) == 0)
			missed++;
	}
	ok(missed == 0, "%zu of %zu bit flips missed", missed, f->len * 8);
	for (n = 0, missed = 0; n < f->len; n++) {
		memcpy(p, f->p, n);
		missed += kf_open(&v, p, n, &e) == 0;
	}
	ok(missed == 0, "%zu truncations missed", missed);
	free(p);
}

int main(void)
{
	struct buf f = BUF_INIT, g = BUF_INIT;
	char id[65], id2[65];

	make(&f, id, false);
	make(&g, id2, true);
	ok(f.len == g.len && !memcmp(f.p, g.p, f.len) && !strcmp(id, id2),
	   "the order of adding does not show");
	test_round(&f, id);
	test_damage(&f);
	buf_deinit(&f);
	buf_deinit(&g);
	arena_deinit(&a);
	return tap_done();
}
