// SPDX-License-Identifier: GPL-2.0-only
/* Manifests: what is read, and each mistake with its line. */
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/kit/manifest.h"
#include "bundle/base/err.h"
#include "tests/tap.h"

#include <string.h>

static struct arena a;
static char *path;

static int parse(const char *text, struct manifest *m, struct err *e)
{
	fs_write_atomic(path, text, strlen(text), 0644, e);
	return manifest_read(&a, path, m, e);
}

static void test_good(void)
{
	struct manifest m;
	struct err e = { 0 };

	ok(parse("# c\n\ntap-manifest: 1\narchive: own file:/x\n\n"
		 "apt: one\nsource: own suite main extra\nkernel: 6\\.1.*\n"
		 "kernel: 7.*\n\napt: two\nsource: debian a/b main\n"
		 "kernel: x\nwith: libc6  zlib1g\n",
		 &m, &e) == 0,
	   "parsed %s", e.text);
	ok(m.n == 2 && m.archives.n == 1, "two stanzas, one archive");
	ok(m.v[0].kernels.n == 2 && m.v[0].sources.n == 1 && !m.v[0].with.n,
	   "the first");
	ok(m.v[1].with.n == 2 && !strcmp(m.v[1].with.v[1], "zlib1g"),
	   "the second");
	ok(manifest_read(&a, "manifests/debian.manifest", &m, &e) == 0 &&
		   m.n == 5,
	   "the one we ship: %s", e.text);
}

static void test_bad(void)
{
	static const struct {
		const char *text, *place, *why;
	} t[] = {
		{ "apt: x\n", ":1:", "tap-manifest" },
		{ "tap-manifest: 2\n", ":1:", "version" },
		{ "tap-manifest: 1\ntap-manifest: 1\n", ":2:", "second" },
		{ "tap-manifest: 1\nkernel: x\n", ":2:", "apt:" },
		{ "tap-manifest: 1\napt: a b\n", ":2:", "name" },
		{ "tap-manifest: 1\napt: ../x\n", ":2:", "name" },
		{ "tap-manifest: 1\napt: a\nsource: debian\n",
		  ":3:", "source" },
		{ "tap-manifest: 1\napt: a\nsource: d s m;x\n",
		  ":3:", "source" },
		{ "tap-manifest: 1\napt: a\nkernel: (\n", ":3:", "expression" },
		{ "tap-manifest: 1\napt: a\nbogus: x\n", ":3:", "unknown" },
		{ "tap-manifest: 1\napt: a\nsource d\n", ":3:", "key: value" },
		{ "tap-manifest: 1\napt: a\napt: b\n", ":3:", "before" },
		{ "tap-manifest: 1\napt: a\n", "", "no kernel" },
		{ "", "", "no kernel" },
	};
	struct manifest m;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct err e = { 0 };

		ok(parse(t[i].text, &m, &e) == ERR_FORMAT &&
			   strstr(e.text, t[i].place) &&
			   strstr(e.text, t[i].why),
		   "mistake %zu: %s", i, e.text);
	}
}

int main(void)
{
	struct err e = { 0 };
	char *dir = fs_tmpdir(&a, "tap-manifest", &e);

	if (!ok(dir != NULL, "scratch %s", e.text))
		return tap_done();
	path = arena_printf(&a, "%s/x.manifest", dir);
	test_good();
	test_bad();
	fs_rmtree(dir, &e);
	arena_deinit(&a);
	return tap_done();
}
