/* SPDX-License-Identifier: GPL-2.0-only */
/* Which kernels a manifest stood for when it was fetched last. */
#include "build/kit/kit.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/vec.h"
#include "bundle/base/err.h"

#include <string.h>

#define RECORD_MAX_BYTES ((size_t)1 << 20)

static char *record_path(struct arena *a, const char *manifest)
{
	const char *slash = strrchr(manifest, '/');

	return arena_printf(a, "%s/%s.releases", fs_cache_dir(a, "manifests"),
			    slash ? slash + 1 : manifest);
}

int kit_manifest_record(const char *manifest, const char *const *release,
			size_t n, struct err *e)
{
	struct arena a = { 0 };
	struct buf b = BUF_INIT;
	int rc = fs_mkdirs(fs_cache_dir(&a, "manifests"), e);

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s\n", release[i]);
	if (rc == 0)
		rc = fs_write_atomic(record_path(&a, manifest), b.p, b.len,
				     0644, e);
	buf_deinit(&b);
	arena_deinit(&a);
	return rc;
}

int kit_manifest_releases(struct arena *a, const char *manifest,
			  const char ***ret, struct err *e)
{
	VEC(const char *) v = { 0 };
	struct buf b = BUF_INIT;
	char *p, *nl;

	if (!fs_exists(record_path(a, manifest))) {
		if (!fs_exists(manifest))
			return err_sys(e, "cannot open '%s'", manifest);
		err_set(e, ERR_NOT_FOUND, "no kernels of '%s' were fetched yet",
			manifest);
		return err_hint(e, "tapbuild kit fetch %s", manifest);
	}
	if (fs_read(record_path(a, manifest), &b, RECORD_MAX_BYTES, e) < 0) {
		buf_deinit(&b);
		return e->code;
	}
	for (p = b.p; (nl = strchr(p, '\n')); p = nl + 1)
		if (nl > p)
			vec_apush(a, &v, arena_strndup(a, p, (size_t)(nl - p)));
	buf_deinit(&b);
	*ret = v.v;
	return (int)v.n;
}
