/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts: written, read, merged; every changed byte and every cut is refused. */
#include "tests/unit/bundle_fix.h"
#include "tests/unit/mkelf.h"

#include "build/base/fs.h"
#include "build/pack/merge.h"
#include "build/pack/part.h"

#include <stdio.h>

#define SHA                                \
	"0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"
#define HEAD                                                          \
	"tap-plan: 1\ntapbuild: 0.1 " SHA                             \
	"\ncreated: 1700000000\nscript: a.stp " SHA "\noptions: " SHA \
	"\ntapset: " SHA "\n"
#define OLD "unit: 0 " SHA " x86_64 5.10.0-46-amd64 unknown #1 old\n"
#define NEW                                               \
	"unit: 1 " SHA " x86_64 6.1.0-56-amd64 " FIX_ID_A \
	" #1 SMP Debian 6.1.1\n"

static char path[64];
static struct buf ko = BUF_INIT;

/* One kernel with a module that says what the manifest says, one without. */
static void set_up(struct fix *f)
{
	static const char info[] = "name=t_00000001\0"
				   "vermagic=6.1.0-56-amd64 SMP mod_unload ";
	const struct mksect s[] = { { .name = ".modinfo",
				      .type = SHT_PROGBITS,
				      .data = info,
				      .len = sizeof(info) } };

	mkelf(&ko, ET_REL, s, 1);
	f->target[0].ko = ko.p;
	f->target[0].ko_len = ko.len;
	f->target[1] = f->target[2];
	f->spec.ntargets = 2;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", f->fd);
}

static int try_open(struct fix *f, const void *p, size_t n, struct err *e)
{
	struct part part;
	struct arena a;
	int r;

	memset(e, 0, sizeof(*e));
	arena_init(&a);
	fix_store(f, p, n);
	r = part_open(&part, path, &a, e);
	part_close(&part);
	arena_deinit(&a);
	return r;
}

static void test_merge(struct fix *f, const struct buf *in)
{
	struct bundle_spec spec;
	struct buf out = BUF_INIT;
	struct part part[2];
	struct err e = { 0 };
	struct arena a;
	int r;

	arena_init(&a);
	fix_store(f, in->p, in->len);
	r = part_open(&part[0], path, &a, &e);
	if (!r)
		r = part_open(&part[1], path, &a, &e);
	ok(!r && part[0].n == 2 && part[0].spec.ntargets == 2, "opened: %s",
	   e.text);
	if (!r)
		r = merge_parts(part, 2, &spec, &a, &e);
	if (!r)
		r = bundle_write(&spec, &f->signer, &out, &e);
	ok(!r && !fix_open_bytes(f, out.p, out.len, &e),
	   "merged with itself: a bundle: %s", e.text);
	part_close(&part[0]);
	part_close(&part[1]);
	buf_deinit(&out);
	arena_deinit(&a);
}

static void test_flips(struct fix *f, struct buf *in)
{
	size_t taken = 0, mute = 0;
	struct err e;

	for (size_t i = 0; i < in->len; i++) {
		char bit = (char)(1 << (i % 8));

		in->p[i] ^= bit;
		taken += try_open(f, in->p, in->len, &e) == 0;
		mute += !e.text[0];
		in->p[i] ^= bit;
	}
	ok(!taken && !mute, "a bit of each of %zu bytes: %zu taken, %zu mute",
	   in->len, taken, mute);
}

static void test_cuts(struct fix *f, const struct buf *in)
{
	size_t taken = 0;
	struct err e;

	for (size_t n = 0; n < in->len; n += 512)
		for (size_t k = 0; k < 3; k++)
			if (n + k)
				taken += !try_open(f, in->p, n + k - 1, &e);
	ok(!taken, "cut at each block and beside it: %zu taken", taken);
}

static void test_plans(struct arena *a)
{
	static const char *const bad[] = {
		"",
		HEAD,
		"tap-plan: 2\n" OLD,
		OLD HEAD,
		HEAD NEW,
		HEAD OLD OLD,
		HEAD OLD "x: y\n",
		HEAD "unit: 0 abc x86_64 r unknown v\n",
		HEAD "unit: 0 " SHA " x86_64 r unknown\n",
		HEAD "unit: 00 " SHA " x86_64 r unknown v\n",
	};
	struct units u;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int r = units_parse(&u, bad[i], strlen(bad[i]), a, &e);

		ok(r < 0, "no plan %zu: %s", i, r < 0 ? e.text : "taken");
	}
}

int main(void)
{
	struct buf in = BUF_INIT, empty = BUF_INIT;
	struct units plan;
	struct arena a;
	struct err e = { 0 };
	struct fix f;

	arena_init(&a);
	fix_init(&f);
	set_up(&f);
	ok(!units_parse(&plan, HEAD OLD NEW, strlen(HEAD OLD NEW), &a, &e) &&
		   plan.n == 2,
	   "plan: %s", e.text);
	ok(!part_write(&plan, 1, 1, &f.spec, &in, &e), "written: %s", e.text);
	test_merge(&f, &in);
	test_flips(&f, &in);
	test_cuts(&f, &in);
	f.spec.ntargets = 0;
	ok(!part_write(&plan, 3, 3, &f.spec, &empty, &e) &&
		   !try_open(&f, empty.p, empty.len, &e),
	   "a shard without units: %s", e.text);
	test_flips(&f, &empty);
	test_cuts(&f, &empty);
	test_plans(&a);
	buf_deinit(&in);
	buf_deinit(&empty);
	buf_deinit(&ko);
	fix_deinit(&f);
	arena_deinit(&a);
	return tap_done();
}
