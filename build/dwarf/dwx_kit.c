// SPDX-License-Identifier: GPL-2.0-only
/* Which file of the store is the index of a kit. */
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/dwarf/dwx.h"
#include "build/kit/kit.h"
#include "build/kit/store.h"
#include "bundle/base/err.h"

#include <glob.h>
#include <string.h>
#include <sys/stat.h>

int dwx_open_kit(const struct kit *k, struct dwx **ret, struct err *e)
{
	const struct kit_info *i = kit_info(k);
	struct arena a;
	const char *path;
	int rc;

	arena_init(&a);
	path = store_debug_path(&a, i->release, i->build_id);
	if (fs_exists(path)) {
		rc = dwx_open(path, ret, e);
	} else {
		rc = err_set(e, ERR_NOT_FOUND,
			     "kit %s has no debug information", i->release);
		err_hint(
			e,
			"tapbuild kit add --debuginfo linux-image-%s-dbg_*.deb",
			i->release);
	}
	arena_deinit(&a);
	return rc;
}

/* Is it of module @name alone, which came with no kernel, over the types of @k? */
static bool is_of(const struct dwx *x, const char *name, const struct kit *k)
{
	struct dwx_info i = dwx_info(x);

	/* an index of a kernel has the kernel's build-id, whatever is in it */
	return dwx_nfiles(x) == 1 && !strcmp(dwx_file_name(x, 0), name) &&
	       !strcmp(i.build_id, dwx_file_build_id(x, 0)) &&
	       i.btf == dwx_btf_hash(kit_btf(k));
}

/* The newer of *@ret and the index at @path, if that is the module's. */
static void take_newer(const char *path, const char *name, const struct kit *k,
		       struct dwx **ret, struct timespec *newest)
{
	struct stat st;
	struct dwx *x;

	if (stat(path, &st) < 0 || dwx_open(path, &x, NULL) < 0)
		return;
	if (!is_of(x, name, k) ||
	    (*ret && (st.st_mtim.tv_sec < newest->tv_sec ||
		      (st.st_mtim.tv_sec == newest->tv_sec &&
		       st.st_mtim.tv_nsec <= newest->tv_nsec)))) {
		dwx_close(x);
		return;
	}
	dwx_close(*ret);
	*ret = x;
	*newest = st.st_mtim;
}

bool dwx_any_module(const struct kit *k)
{
	const struct kit_info *i = kit_info(k);
	const char *own, *any;
	struct arena a;
	glob_t g = { 0 };
	size_t n, others = 0;

	arena_init(&a);
	own = store_debug_path(&a, i->release, i->build_id);
	any = store_debug_path(&a, i->release, "*");
	if (glob(any, 0, NULL, &g) == 0)
		for (n = 0; n < g.gl_pathc; n++)
			others += strcmp(g.gl_pathv[n], own) != 0;
	globfree(&g);
	arena_deinit(&a);
	return others;
}

int dwx_open_module(const struct kit *k, const char *name, struct dwx **ret,
		    struct err *e)
{
	const struct kit_info *i = kit_info(k);
	struct timespec newest = { 0 };
	const char *own, *plain;
	struct arena a;
	glob_t g = { 0 };
	size_t n;

	*ret = NULL;
	arena_init(&a);
	own = store_debug_path(&a, i->release, i->build_id);
	plain = store_debug_path(&a, i->release, "*");
	if (glob(plain, 0, NULL, &g) == 0)
		for (n = 0; n < g.gl_pathc; n++)
			if (strcmp(g.gl_pathv[n], own) != 0)
				take_newer(g.gl_pathv[n], name, k, ret,
					   &newest);
	globfree(&g);
	arena_deinit(&a);
	return *ret ? 0
		    : err_set(e, ERR_NOT_FOUND,
			      "kit %s has no debug information of module %s",
			      i->release, name);
}
