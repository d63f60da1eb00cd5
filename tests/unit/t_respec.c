/* SPDX-License-Identifier: GPL-2.0-only */
/* A bundle's specification again from the bundle: the same bytes come out. */
#include "tests/unit/bundle_fix.h"

#include "build/pack/respec.h"

#include <stdio.h>

static const char *const needs[] = { "b:two", "a:one" };
static const char *const inputs[] = { "kit aa", "tapbuild x" };

/* Everything that a bundle can have. */
static void fill_all(struct fix *f)
{
	f->ksig[0] = (struct bundle_ksig){ "8963f7", "first", 5 };
	f->ksig[1] = (struct bundle_ksig){ "63b8d5", "2nd", 3 };
	f->target[0].ksig = f->ksig;
	f->target[0].nksig = 2;
	f->target[1].ksig = f->ksig + 1;
	f->target[1].nksig = 1;
	f->target[1].extra = "x-a: 1\nx-b: two words\n";
	f->target[2].extra = "x-why: nobody knows\n";
	f->spec.extra = "x-head: yes\n";
	f->spec.provenance = "{}";
	f->spec.provenance_len = 2;
	f->spec.need = needs;
	f->spec.nneeds = 2;
	f->spec.input = inputs;
	f->spec.ninputs = 2;
	f->spec.epoch = 3;
	f->spec.not_before = 1600000000;
	f->spec.not_after = 1900000000;
	f->spec.contact = "ops@example.org";
	f->spec.limit_runtime_s = 60;
	f->spec.limit_output_bytes = 1 << 20;
	f->spec.is_guru = true;
	f->spec.privilege = PRIV_STAPSYS;
	f->spec.writes = WRITES_MEMORY;
}

/* Write, open, respec, write: the second must be the first. */
static void test_round(struct fix *f, const char *text)
{
	struct buf one = fix_write(f), two = BUF_INIT;
	struct bundle_spec spec;
	struct err e = { 0 };
	struct arena a;
	int r;

	arena_init(&a);
	r = fix_open_bytes(f, one.p, one.len, &e);
	if (!r)
		r = respec(&spec, f->b, &a, &e);
	if (!r)
		r = bundle_write(&spec, &f->signer, &two, &e);
	ok(!r && one.len == two.len && !memcmp(one.p, two.p, one.len),
	   "%s: %zu and %zu bytes: %s", text, one.len, two.len, e.text);
	buf_deinit(&one);
	buf_deinit(&two);
	arena_deinit(&a);
}

/* What is added changes the manifest, not the packs and not the identity. */
static void test_add_ksig(struct fix *f)
{
	struct bundle_ksig k = { "abcd", "signature", 9 };
	struct buf one = fix_write(f), two = BUF_INIT;
	struct bundle_target *t;
	struct bundle_spec spec;
	struct err e = { 0 };
	uint8_t pack[32], got[9];
	struct arena a;
	char id[65];

	arena_init(&a);
	ok(!fix_open_bytes(f, one.p, one.len, &e) &&
		   !respec(&spec, f->b, &a, &e),
	   "respec: %s", e.text);
	memcpy(id, f->b->man.bundle_id, sizeof(id));
	memcpy(pack, f->b->man.members[1].sha256, sizeof(pack));
	t = arena_memdup(&a, spec.target, spec.ntargets * sizeof(*t));
	t[1].ksig = &k;
	t[1].nksig = 1;
	spec.target = t;
	ok(!bundle_write(&spec, &f->signer, &two, &e) &&
		   !fix_open_bytes(f, two.p, two.len, &e),
	   "with a kernel signature: %s", e.text);
	ok(!bundle_read_ksig(f->b, &f->b->man.targets[1], 0, got, 9, &e) &&
		   !memcmp(got, "signature", 9),
	   "it is there: %s", e.text);
	ok(!strcmp(id, f->b->man.bundle_id), "the bundle-id stays");
	ok(!memcmp(pack, f->b->man.members[2].sha256, 32), "the pack stays");
	buf_deinit(&one);
	buf_deinit(&two);
	arena_deinit(&a);
}

static void test_bad_id(struct fix *f)
{
	struct buf out = BUF_INIT;
	struct err e = { 0 };

	f->spec.bundle_id = "12";
	ok(bundle_write(&f->spec, &f->signer, &out, &e) == ERR_INVALID &&
		   !out.len,
	   "a bundle-id of 2 digits: %s", e.text);
	f->spec.bundle_id = NULL;
}

int main(void)
{
	struct fix f;

	fix_init(&f);
	test_round(&f, "a plain bundle");
	test_add_ksig(&f);
	test_bad_id(&f);
	f.spec.level = 19;
	test_round(&f, "another level of compression");
	fill_all(&f);
	test_round(&f, "everything that a bundle can have");
	f.target[0] = f.target[2];
	f.spec.ntargets = 1;
	test_round(&f, "no module at all");
	fix_deinit(&f);
	return tap_done();
}
