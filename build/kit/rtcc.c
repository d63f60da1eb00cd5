// SPDX-License-Identifier: GPL-2.0-only
/* The compiler's command line, and the header that it reads once for all. */
#include "build/kit/rtcc.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/kit/recipe.h"
#include "bundle/base/err.h"

#include <string.h>

int rtcc_failed(struct arena *a, const struct spawn *s, const char *what,
		struct err *e)
{
	const char *at = strstr(s->out.p, "rror: ");

	while (at && at > s->out.p && at[-1] != '\n')
		at--;
	if (!at)
		at = s->out.p;
	return err_set(e, ERR_TOOL, "%s failed: %s", what,
		       arena_strndup(a, at, strcspn(at, "\n")));
}

/* The files that the kernel's build puts before every source, one after another. */
static const char *forced_include(const struct recipe *r, size_t *i)
{
	for (; *i + 1 < r->headers.n; ++*i)
		if (!strcmp(r->headers.v[*i], "-include")) {
			*i += 2;
			return r->headers.v[*i - 1];
		}
	return NULL;
}

/* The kernel's flags; what it has included before every source, prefix.h has. */
static void add_flags(struct arena *a, const struct recipe *r,
		      struct words *argv)
{
	/* headers.v is NULL only where headers.n is 0 */
	for (size_t i = 0; i < r->headers.n; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
		if (strcmp(r->headers.v[i], "-include"))
			words_add(a, argv, r->headers.v[i]);
		else
			i++;
}

/* No path of this machine may reach the kit: WARN() keeps __FILE__. */
static void add_prefix_maps(struct arena *a, const struct recipe *r,
			    const char *home, struct words *argv)
{
	words_add(a, argv, arena_printf(a, "-ffile-prefix-map=%s/=", home));
	for (size_t i = 0; i < r->headers.n; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
		if (!strncmp(r->headers.v[i], "-I/", 3))
			words_add(a, argv,
				  arena_printf(a, "-ffile-prefix-map=%s/=",
					       r->headers.v[i] + 2));
}

static void command(struct arena *a, const struct recipe *r, struct rtcc *cc)
{
	static const char *const extra[] = {
		"-DKBUILD_BASENAME=\"tap\"",
		"-DKBUILD_MODNAME=\"tap\"",
		"-D__KBUILD_MODNAME=kmod_tap",
		"-Wframe-larger-than=1024",
		"-Wundef",
		"-Werror=implicit-function-declaration",
		"-Werror=incompatible-pointer-types",
		"-g0",
		"-frandom-seed=tap",
	};
	const char *slash = strrchr(cc->runtime, '/');
	const char *home =
		arena_strndup(a, cc->runtime, (size_t)(slash - cc->runtime));

	words_add(a, &cc->argv, r->cc);
	add_flags(a, r, &cc->argv);
	words_add(a, &cc->argv, arena_printf(a, "-I%s", home));
	words_add(a, &cc->argv, arena_printf(a, "-I%s", cc->dir));
	add_prefix_maps(a, r, home, &cc->argv);
	for (size_t i = 0; i < sizeof(extra) / sizeof(*extra); i++)
		words_add(a, &cc->argv, extra[i]);
}

/*
 * What many parts and the facts include is parsed once: they take 12.5 s of processor
 * time with it and 22.8 without (6.1).  A compiler that does not take the result reads
 * the text instead.
 */
static int precompile(struct arena *a, const struct recipe *r, struct rtcc *cc,
		      const char *path, struct err *e)
{
	struct words argv = { 0 };
	struct buf text = BUF_INIT;
	const char *file;
	struct spawn s;
	size_t i = 0;
	int rc;

	while ((file = forced_include(r, &i)))
		buf_printf(&text, "#include \"%s\"\n", file);
	buf_printf(&text, "#include \"runtime/prefix.h\"\n");
	rc = fs_write_atomic(path, text.p, text.len, 0644, e);
	buf_deinit(&text);
	if (rc < 0)
		return rc;
	for (i = 0; i < cc->argv.n; i++)
		words_add(a, &argv, cc->argv.v[i]);
	words_add(a, &argv, "-o");
	words_add(a, &argv, arena_printf(a, "%s.gch", path));
	words_add(a, &argv, "-x");
	words_add(a, &argv, "c-header");
	words_add(a, &argv, path);
	s = (struct spawn){ .argv = words_end(a, &argv) };
	rc = spawn_run(&s, e);
	if (rc == ERR_TOOL)
		rc = rtcc_failed(a, &s, "compiling the kernel's headers", e);
	buf_deinit(&s.out);
	return rc;
}

int rtcc_init(struct arena *a, const char *runtime, const struct recipe *r,
	      const char *scratch, struct rtcc *ret, struct err *e)
{
	char *dir = arena_printf(a, "%s/runtime", scratch);
	char *prefix = arena_printf(a, "%s/prefix.h", dir);
	int rc = fs_mkdirs(dir, e);

	*ret = (struct rtcc){ .runtime = runtime, .dir = dir };
	command(a, r, ret);
	if (rc == 0)
		rc = precompile(a, r, ret, prefix, e);
	words_add(a, &ret->argv, "-include");
	words_add(a, &ret->argv, prefix);
	return rc;
}

struct spawn rtcc_object(struct arena *a, const struct rtcc *cc,
			 const char *source, const char *object)
{
	struct words argv = { 0 };

	for (size_t i = 0; i < cc->argv.n; i++)
		words_add(a, &argv, cc->argv.v[i]);
	words_add(a, &argv, "-c");
	words_add(a, &argv, "-o");
	words_add(a, &argv, object);
	words_add(a, &argv, arena_printf(a, "%s/%s", cc->runtime, source));
	return (struct spawn){ .argv = words_end(a, &argv) };
}
