// SPDX-License-Identifier: GPL-2.0-only
/* Compile, assemble, ld -r, objtool: the core and every part of parts.def. */
#include "build/kit/rtobj.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/kit/facts.h"
#include "build/kit/recipe.h"
#include "build/kit/rtcc.h"
#include "bundle/base/err.h"

#include <fts.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Changes whenever the same sources are made into another object or kit. */
#define RTOBJ_RECIPE "parts"

#define OBJ_MAX ((size_t)64 << 20)

static int run(struct arena *a, struct words *argv, const char *what,
	       struct err *e)
{
	struct spawn s = { .argv = words_end(a, argv) };
	int rc = spawn_run(&s, e);

	if (rc == ERR_TOOL)
		rc = rtcc_failed(a, &s, what, e);
	buf_deinit(&s.out);
	return rc;
}

/* ---- the list ------------------------------------------------------------- */

static int list_objects(struct arena *a, const char *parts, struct rtobjs *ret,
			struct err *e)
{
	const char *s = parts;
	char name[RTOBJ_NAME_MAX + 1], file[80];

	ret->v = arena_array(a, struct rtobj, RTOBJ_MAX);
	ret->v[0] = (struct rtobj){ .name = "runtime", .file = "module.c" };
	ret->n = 1;
	for (; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		if (strncmp(s, "PART(", 5))
			continue;
		if (sscanf(s, "PART(%24[a-z_0-9], %79[a-z_0-9/.])", name,
			   file) != 2 ||
		    ret->n == RTOBJ_MAX)
			return err_set(e, ERR_FORMAT,
				       "parts.def: bad line '%.*s'",
				       (int)strcspn(s, "\n"), s);
		ret->v[ret->n++] = (struct rtobj){
			.name = arena_strdup(a, name),
			.file = arena_strdup(a, file),
		};
	}
	for (size_t i = 0; i < ret->n; i++)
		buf_init(&ret->v[i].obj);
	return 0;
}

/* ---- making --------------------------------------------------------------- */

/* The core is compiled to module.o: what join() makes is runtime.o. */
static char *object_path(struct arena *a, const char *dir,
			 const struct rtobjs *l, size_t i, bool joined)
{
	return arena_printf(a, "%s/%s.o", dir,
			    i || joined ? l->v[i].name : "module");
}

static int compile_all(struct arena *a, const struct rtcc *cc,
		       const struct rtobjs *l, struct err *e)
{
	struct spawn *s = arena_array(a, struct spawn, l->n);
	int rc;

	for (size_t i = 0; i < l->n; i++)
		s[i] = rtcc_object(a, cc, l->v[i].file,
				   object_path(a, cc->dir, l, i, false));
	rc = spawn_run_all(s, l->n, 0, e);
	for (size_t i = 0; i < l->n; i++) {
		if (rc == ERR_TOOL && s[i].status)
			rc = rtcc_failed(a, &s[i], "compiling the runtime", e);
		buf_deinit(&s[i].out);
	}
	return rc;
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

/* The core, and the sections that every module of this kernel has once. */
static int join(struct arena *a, const struct recipe *r, const char *dir,
		const struct rtobjs *l, struct err *e)
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
	words_add(a, &ld, object_path(a, dir, l, 0, true));
	words_add(a, &ld, object_path(a, dir, l, 0, false));
	words_add(a, &ld, arena_printf(a, "%s/consts.o", dir));
	return run(a, &ld, "linking the runtime", e);
}

/* Once here instead of once per script: what objtool adds stays right when the
 * objects are linked further, and whatever it says of our own code is a bug. */
static int annotate_all(struct arena *a, const struct recipe *r,
			const char *dir, const struct rtobjs *l, struct err *e)
{
	static const char *const env[] = { "SRCARCH=x86", NULL };
	struct spawn *s = arena_array(a, struct spawn, l->n);
	int rc;

	if (!r->objtool_cmd)
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		struct words argv = { 0 };

		words_add(a, &argv, r->objtool_cmd);
		for (size_t k = 0; k < r->objtool.n; k++)
			words_add(a, &argv, r->objtool.v[k]);
		words_add(a, &argv, object_path(a, dir, l, i, true));
		s[i] = (struct spawn){ .argv = words_end(a, &argv),
				       .env = env };
	}
	rc = spawn_run_all(s, l->n, 0, e);
	for (size_t i = 0; i < l->n; i++) {
		const char *line = strstr(s[i].out.p, "warning:");

		if (rc == 0 && line)
			rc = err_set(e, ERR_TOOL,
				     "objtool on the runtime: %.*s",
				     (int)strcspn(line, "\n"), line);
		buf_deinit(&s[i].out);
	}
	return rc;
}

int rtobj_build(struct arena *a, const struct rtcc *cc, const struct recipe *r,
		const struct facts *facts, const struct symvers *sv,
		struct rtobjs *ret, struct err *e)
{
	const char *dir = cc->dir;
	struct buf text = BUF_INIT;
	int rc;

	*ret = (struct rtobjs){ 0 };
	facts_header(facts, &text);
	rc = fs_write_atomic(arena_printf(a, "%s/kc_config.h", dir), text.p,
			     text.len, 0644, e);
	buf_reset(&text);
	if (rc == 0)
		rc = fs_read(arena_printf(a, "%s/parts.def", cc->runtime),
			     &text, OBJ_MAX, e);
	if (rc == 0)
		rc = list_objects(a, text.p, ret, e);
	buf_deinit(&text);
	if (rc == 0)
		rc = compile_all(a, cc, ret, e);
	if (rc == 0)
		rc = join(a, r, dir, ret, e);
	if (rc == 0)
		rc = annotate_all(a, r, dir, ret, e);
	for (size_t i = 0; i < ret->n && rc == 0; i++)
		rc = fs_read(object_path(a, dir, ret, i, true), &ret->v[i].obj,
			     OBJ_MAX, e);
	if (rc == 0)
		rc = rtobj_resolve(a, ret, sv, e);
	return rc;
}

void rtobj_deinit(struct rtobjs *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_deinit(&l->v[i].obj);
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
