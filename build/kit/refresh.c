// SPDX-License-Identifier: GPL-2.0-only
/* Unpack headers and tools, compile, copy every section but the runtime's. */
#include "build/kit/refresh.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/kit/headers.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "build/kit/make.h"
#include "build/kit/recipe.h"
#include "build/kit/rtpart.h"
#include "build/kit/store.h"
#include "build/kit/symvers.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>

static int must_be_made(const struct kit *k, const char *why, struct err *e)
{
	err_set(e, ERR_UNSUPPORTED, "the kit of %s cannot be refreshed: %s",
		kit_info(k)->release, why);
	return err_hint(e, "tapbuild kit add PACKAGES... makes it anew");
}

static int check(struct arena *a, const struct kit *k, struct err *e)
{
	const struct kit_info *info = kit_info(k);
	size_t n;

	if (!kit_header_flags(k)[0] || !info->runtime[0] ||
	    !kit_section(k, KF_CONSTS, &n))
		return must_be_made(k, "it carries no headers", e);
	if (strcmp(info->cc_text, recipe_cc_text(a, info->cc)))
		return must_be_made(
			k, "it was made by another version of the compiler", e);
	return 0;
}

static void add_list(struct arena *a, const char *const *v, struct words *ret)
{
	for (; *v; v++)
		words_add(a, ret, *v);
}

/* What recipe_learn() would find out again. */
static int recall(struct arena *a, const struct kit *k, struct recipe *r,
		  struct err *e)
{
	const char *dir = NULL, *tools = NULL, *consts, *objtool;
	size_t n;
	int rc = kit_headers_dir(k, a, &dir, e);

	if (rc == 0)
		rc = kit_tools_dir(k, a, &tools, e);
	if (rc < 0)
		return rc;
	buf_init(&r->consts);
	buf_init(&r->modinfo);
	r->cc = kit_info(k)->cc;
	headers_place(a, kit_header_flags(k), dir, r->cc, &r->headers);
	add_list(a, kit_objtool(k), &r->objtool);
	add_list(a, kit_ldflags(k), &r->ld);
	objtool = arena_printf(a, "%s/objtool", tools);
	if (fs_exists(objtool))
		r->objtool_cmd = objtool;
	consts = kit_section(k, KF_CONSTS, &n);
	buf_add(&r->consts, consts, n);
	return 0;
}

static void recall_exports(struct arena *a, const struct kit *k,
			   struct symvers *sv)
{
	const struct kf_view *f = kit_view(k);
	size_t n, i;
	const struct kf_export *v = kf_table(f, KF_EXPORTS, sizeof(*v), &n);

	for (i = 0; i < n; i++) {
		struct export x = { kf_str(f, v[i].name),
				    kf_str(f, v[i].module), v[i].crc,
				    v[i].flags & KF_EXPORT_GPL };

		vec_apush(a, sv, x);
	}
}

/* "undefs": of kits from before the runtime had parts. */
static bool is_runtimes(const char *name)
{
	static const char *const names[] = { KF_FACTS, KF_PARTS,   KF_DEFS,
					     KF_NEEDS, KF_RUNTIME, KF_STRINGS,
					     "undefs" };
	const size_t len = strlen(name), dot = sizeof(KF_OBJECT) - 1;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return !strncmp(name, KF_TOOL, sizeof(KF_TOOL) - 1) &&
	       !strcmp(name + len - dot, KF_OBJECT);
}

static int rewrite(struct arena *a, const struct kit *k,
		   const struct rtpart *part, const char **ret, struct err *e)
{
	const struct kf_view *f = kit_view(k);
	struct buf file = BUF_INIT;
	struct kf_writer w;
	char id[65];
	size_t n;
	const struct kf_runtime *old =
		kf_table(f, KF_RUNTIME, sizeof(*old), &n);
	int rc;

	kfw_init(&w, a);
	rc = kfw_strings(&w, f, old->strings, e);
	for (size_t i = 0; i < f->nsect; i++)
		if (!is_runtimes(f->sect[i].name))
			buf_add(kfw_section(&w, f->sect[i].name),
				f->p + f->sect[i].off, f->sect[i].len);
	rtpart_write(part, kit_info(k)->modversions, &w);
	if (rc == 0)
		rc = kfw_finish(&w, &file, id, e);
	kfw_deinit(&w);
	if (rc == 0)
		rc = store_put(a, file.p, file.len, ret, e);
	buf_deinit(&file);
	return rc;
}

static int refresh(struct arena *a, const struct kit_maker *m,
		   const struct kit *k, const char *id, const char *scratch,
		   const char **ret, struct err *e)
{
	struct rtpart part = { 0 };
	struct symvers sv = { 0 };
	struct recipe r = { 0 };
	int rc = recall(a, k, &r, e);

	recall_exports(a, k, &sv);
	if (rc == 0)
		rc = rtpart_build(a, m->runtime, id, &r, &sv, scratch, &part,
				  e);
	if (rc == 0)
		rc = rewrite(a, k, &part, ret, e);
	rtpart_deinit(&part);
	recipe_deinit(&r);
	return rc < 0 ? err_prefix(e, "kernel %s", kit_info(k)->release) : 0;
}

int kit_refresh(struct arena *a, const struct kit_maker *m, const char *path,
		const char *id, const char **ret, struct err *e)
{
	char *scratch;
	struct kit *k;
	int rc = kit_open(path, &k, e);

	if (rc < 0)
		return rc;
	rc = check(a, k, e);
	if (rc == 0) {
		scratch = fs_tmpdir(a, "tap-kit", e);
		rc = scratch ? refresh(a, m, k, id, scratch, ret, e) : ERR_IO;
		if (scratch)
			fs_rmtree(scratch, NULL);
	}
	kit_close(k);
	return rc;
}
