// SPDX-License-Identifier: GPL-2.0-only
/* Compile, assemble, ld -r; then see what is undefined. */
#include "build/kit/rtobj.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/debuginfo/elf.h"
#include "build/kit/facts.h"
#include "build/kit/recipe.h"
#include "build/kit/symvers.h"
#include "bundle/base/err.h"

#include <elf.h>
#include <fts.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Changes whenever the same sources are made into another object or kit. */
#define RTOBJ_RECIPE "refreshable-kit"

#define OBJ_MAX ((size_t)64 << 20)

static int run(struct arena *a, struct words *argv, const char *what,
	       struct err *e)
{
	struct spawn s = { .argv = words_end(a, argv) };
	int rc = spawn_run(&s, e);

	if (rc == ERR_TOOL) {
		const char *at = strstr(s.out.p, "rror: ");

		while (at && at > s.out.p && at[-1] != '\n')
			at--;
		if (!at)
			at = s.out.p;
		rc = err_set(e, ERR_TOOL, "%s failed: %.*s", what,
			     (int)strcspn(at, "\n"), at);
	}
	buf_deinit(&s.out);
	return rc;
}

static int compile(struct arena *a, const char *runtime, const struct recipe *r,
		   const char *dir, struct err *e)
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
		"-c",
		"-o",
	};
	const char *slash = strrchr(runtime, '/');
	const char *home = arena_strndup(a, runtime, (size_t)(slash - runtime));
	struct words argv = { 0 };
	size_t i;

	words_add(a, &argv, r->cc);
	for (i = 0; i < r->headers.n; i++)
		words_add(a, &argv, r->headers.v[i]);
	words_add(a, &argv, arena_printf(a, "-I%s", home));
	words_add(a, &argv, arena_printf(a, "-I%s", dir));
	/* No path of this machine may reach the kit: WARN() keeps __FILE__. */
	words_add(a, &argv, arena_printf(a, "-ffile-prefix-map=%s/=", home));
	for (i = 0; i < r->headers.n; i++)
		if (!strncmp(r->headers.v[i], "-I/", 3))
			words_add(a, &argv,
				  arena_printf(a, "-ffile-prefix-map=%s/=",
					       r->headers.v[i] + 2));
	for (i = 0; i < sizeof(extra) / sizeof(*extra); i++)
		words_add(a, &argv, extra[i]);
	words_add(a, &argv, arena_printf(a, "%s/module.o", dir));
	words_add(a, &argv, arena_printf(a, "%s/module.c", runtime));
	return run(a, &argv, "compiling the runtime", e);
}

/* The kernel's own -m elf_… of ld, so that another machine's objects link too. */
static void add_emulation(struct arena *a, const struct recipe *r,
			  struct words *argv)
{
	size_t i;

	for (i = 0; i + 1 < r->ld.n; i++)
		if (!strcmp(r->ld.v[i], "-m")) {
			words_add(a, argv, "-m");
			words_add(a, argv, r->ld.v[i + 1]);
		}
}

static int join(struct arena *a, const struct recipe *r, const char *dir,
		struct err *e)
{
	struct words as = { 0 }, ld = { 0 };
	char *consts = arena_printf(a, "%s/consts.s", dir);
	int rc = fs_write_atomic(consts, r->consts.p, r->consts.len, 0644, e);

	if (rc < 0)
		return rc;
	words_add(a, &as, r->cc);
	words_add(a, &as, "-c");
	words_add(a, &as, "-o");
	words_add(a, &as, arena_printf(a, "%s/consts.o", dir));
	words_add(a, &as, consts);
	rc = run(a, &as, "assembling", e);
	if (rc < 0)
		return rc;
	words_add(a, &ld, "ld");
	words_add(a, &ld, "-r");
	add_emulation(a, r, &ld);
	words_add(a, &ld, "-z");
	words_add(a, &ld, "noexecstack");
	words_add(a, &ld, "-o");
	words_add(a, &ld, arena_printf(a, "%s/runtime.o", dir));
	words_add(a, &ld, arena_printf(a, "%s/module.o", dir));
	words_add(a, &ld, arena_printf(a, "%s/consts.o", dir));
	return run(a, &ld, "linking the runtime", e);
}

/* Once here instead of once per script: what objtool adds stays right when the
 * object is linked further, and whatever it says of our own code is a bug. */
static int annotate(struct arena *a, const struct recipe *r, const char *dir,
		    struct err *e)
{
	static const char *const env[] = { "SRCARCH=x86", NULL };
	struct words argv = { 0 };
	struct spawn s = { .env = env };
	const char *line;
	int rc;

	if (!r->objtool_cmd)
		return 0;
	words_add(a, &argv, r->objtool_cmd);
	for (size_t i = 0; i < r->objtool.n; i++)
		words_add(a, &argv, r->objtool.v[i]);
	words_add(a, &argv, arena_printf(a, "%s/runtime.o", dir));
	s.argv = words_end(a, &argv);
	rc = spawn_run(&s, e);
	line = strstr(s.out.p, "warning:");
	if (rc == 0 && line)
		rc = err_set(e, ERR_TOOL, "objtool on the runtime: %.*s",
			     (int)strcspn(line, "\n"), line);
	buf_deinit(&s.out);
	return rc;
}

static int export_cmp(const void *a, const void *b)
{
	const struct export *x = *(const struct export *const *)a;
	const struct export *y = *(const struct export *const *)b;

	return strcmp(x->name, y->name);
}

static int list_undefs(struct arena *a, const struct buf *obj,
		       const struct symvers *sv, const struct export ***ret,
		       size_t *n, struct err *e)
{
	VEC(const struct export *) v = { 0 };
	struct efile_sym *sym = NULL;
	struct efile f;
	size_t nsym = 0, i;
	int rc = efile_open(&f, obj->p, obj->len, e);

	if (rc < 0)
		return rc;
	rc = efile_symbols(&f, a, &sym, &nsym, e);
	for (i = 0; i < nsym && rc == 0; i++) {
		const struct export *x;

		if (sym[i].sect != SHN_UNDEF || !*sym[i].name ||
		    !strncmp(sym[i].name, "taprt_", 6) ||
		    !strcmp(sym[i].name, "__this_module"))
			continue;
		x = symvers_find(sv, sym[i].name);
		if (x)
			vec_apush(a, &v, x);
		else if (sym[i].bind != STB_WEAK)
			rc = err_set(
				e, ERR_NOT_FOUND,
				"the runtime needs '%s', which this kernel does not export",
				sym[i].name);
	}
	efile_close(&f);
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), export_cmp);
	*ret = v.v;
	*n = v.n;
	return rc;
}

int rtobj_build(struct arena *a, const char *runtime, const struct recipe *r,
		const struct facts *facts, const struct symvers *sv,
		const char *scratch, struct buf *obj,
		const struct export ***undef, size_t *n, struct err *e)
{
	char *dir = arena_printf(a, "%s/runtime", scratch);
	struct buf conf = BUF_INIT;
	int rc = fs_mkdirs(dir, e);

	facts_header(facts, &conf);
	if (rc == 0)
		rc = fs_write_atomic(arena_printf(a, "%s/kc_config.h", dir),
				     conf.p, conf.len, 0644, e);
	buf_deinit(&conf);
	if (rc == 0)
		rc = compile(a, runtime, r, dir, e);
	if (rc == 0)
		rc = join(a, r, dir, e);
	if (rc == 0)
		rc = annotate(a, r, dir, e);
	if (rc == 0)
		rc = fs_read(arena_printf(a, "%s/runtime.o", dir), obj, OBJ_MAX,
			     e);
	if (rc == 0)
		rc = list_undefs(a, obj, sv, undef, n, e);
	return rc;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_source(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (!strcmp(dot, ".c") || !strcmp(dot, ".h") ||
		       !strcmp(dot, ".S") || !strcmp(dot, ".def"));
}

int rtobj_source_id(struct arena *a, const char *runtime,
		    char id[RTOBJ_ID_LEN + 1], struct err *e)
{
	char *const roots[] = { arena_strdup(a, runtime), NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state st;
	struct buf b = BUF_INIT;
	size_t files = 0;
	FTSENT *ent;
	int rc = 0;

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, (const uint8_t *)RTOBJ_RECIPE,
				  sizeof(RTOBJ_RECIPE));
	while (fts && rc == 0 && (ent = fts_read(fts))) {
		const char *name = ent->fts_path + strlen(runtime);

		if (ent->fts_info != FTS_F || !is_source(ent->fts_name))
			continue;
		buf_reset(&b);
		rc = fs_read(ent->fts_path, &b, OBJ_MAX, e);
		crypto_hash_sha256_update(&st, (const uint8_t *)name,
					  strlen(name) + 1);
		buf_printf(&b, "%zu", b.len);
		crypto_hash_sha256_update(&st, (uint8_t *)b.p, b.len);
		files++;
	}
	if (fts)
		fts_close(fts);
	buf_deinit(&b);
	if (rc == 0 && !files) {
		err_set(e, ERR_NOT_FOUND, "there is no runtime in '%s'",
			runtime);
		return err_hint(e, "set TAP_HOME to the directory of runtime/");
	}
	crypto_hash_sha256_final(&st, hash);
	sodium_bin2hex(id, RTOBJ_ID_LEN + 1, hash, RTOBJ_ID_LEN / 2);
	return rc;
}
