/* SPDX-License-Identifier: GPL-2.0-only */
/* bundle_edit(): an edited manifest is the one that would have been written. */
#include "tests/unit/bundle_fix.h"

#include <stdio.h>

static const char *const inputs[] = { "kit aa", "tapbuild x" };

/* Edit the bundle of @f as @ed says; then it must be the bundle of @want. */
static void test_edit(struct fix *f, const struct bundle_edit *ed,
		      const struct bundle_spec *want, const char *text)
{
	struct buf one = fix_write(f), manifest = BUF_INIT, sigs = BUF_INIT;
	struct buf got = BUF_INIT, good = BUF_INIT;
	struct bundle_front front = { 0 };
	struct err e = { 0 };
	int r = bundle_front(one.p, one.len, &front, &e);

	if (!r) {
		bundle_edit(front.manifest, front.manifest_len, ed, &manifest);
		r = bundle_sign_more(&f->signer, &manifest, &sigs, &e);
	}
	if (!r)
		r = bundle_set_front(one.p, one.len, &manifest, &sigs, &got,
				     &e);
	if (!r)
		r = bundle_write(want, &f->signer, &good, &e);
	ok(!r && got.len == good.len && !memcmp(got.p, good.p, good.len),
	   "%s: %s", text, e.text);
	buf_deinit(&one);
	buf_deinit(&manifest);
	buf_deinit(&sigs);
	buf_deinit(&got);
	buf_deinit(&good);
}

static void test_all(struct fix *f, const char *text)
{
	static const struct bundle_edit set = { "9", "1600000000", "1900000000",
						"a b" };
	static const struct bundle_edit clear = { NULL, "", "", "" };
	static const struct bundle_edit end = { .not_after = "1900000001" };
	struct bundle_spec before = f->spec, after = f->spec;
	char name[80];

	after.version = 9;
	after.not_before = 1600000000;
	after.not_after = 1900000000;
	after.audience = "a b";
	snprintf(name, sizeof(name), "%s: all set", text);
	test_edit(f, &set, &after, name);

	f->spec = after;
	after.not_after++;
	snprintf(name, sizeof(name), "%s: one set", text);
	test_edit(f, &end, &after, name);
	after.not_after = after.not_before = 0;
	after.audience = NULL;
	snprintf(name, sizeof(name), "%s: all cleared", text);
	test_edit(f, &clear, &after, name);
	f->spec = before;
}

int main(void)
{
	struct fix f;

	fix_init(&f);
	f.spec.not_before = f.spec.not_after = 0;
	f.spec.audience = NULL;
	f.spec.ninputs = 0;
	test_all(&f, "id of the text");
	f.spec.input = inputs;
	f.spec.ninputs = 2;
	test_all(&f, "id of inputs");
	fix_deinit(&f);
	return tap_done();
}
