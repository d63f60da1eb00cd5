// SPDX-License-Identifier: GPL-2.0-only
/* One module's functions, read when a script names its file. */
#include "build/kit/modfile.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/image.h"
#include "build/debuginfo/modfunc.h"
#include "build/kit/kit.h"
#include "build/kit/modinfo.h"
#include "bundle/base/err.h"

#include <string.h>

#define KO_MAX	 ((size_t)256 << 20)
#define VERMAGIC "vermagic="

static const char *release_of(struct arena *a, const struct efile *f)
{
	const size_t n = sizeof(VERMAGIC) - 1;
	const char *s;
	size_t pos = 0;

	while ((s = efile_modinfo_next(f, &pos)))
		if (!strncmp(s, VERMAGIC, n))
			return arena_strndup(a, s + n, strcspn(s + n, " "));
	return "";
}

static int read_functions(struct arena *a, const struct efile *f,
			  struct modfile *ret, struct err *e)
{
	struct modfunc *v;
	struct kit_func *to;
	size_t i, n;
	int rc = modfunc_read(a, f, &v, &n, e);

	to = arena_array(a, struct kit_func, n);
	for (i = 0; i < n; i++)
		to[i] = (struct kit_func){ .name = v[i].name,
					   .shown = v[i].name,
					   .addr = v[i].off,
					   .size = v[i].size,
					   .flags = v[i].flags };
	ret->funcs = to;
	ret->nfuncs = n;
	return rc;
}

int modfile_read(struct arena *a, const char *path, struct modfile *ret,
		 struct err *e)
{
	struct buf file = BUF_INIT, ko = BUF_INIT;
	const char *deps;
	struct efile f;
	int rc;

	memset(ret, 0, sizeof(*ret));
	rc = fs_read(path, &file, KO_MAX, e);
	if (rc == 0)
		rc = image_decompress(file.p, file.len, &ko, KO_MAX, e);
	if (rc == 0)
		rc = efile_open(&f, ko.p, ko.len, e);
	if (rc == 0) {
		ret->release = release_of(a, &f);
		rc = read_functions(a, &f, ret, e);
		if (rc == 0)
			rc = modinfo_read(a, &f, ko.p, ko.len, &ret->name,
					  &deps, e);
		efile_close(&f);
	}
	if (rc == 0 && !ret->name)
		rc = err_set(e, ERR_FORMAT, "it does not say its name");
	buf_deinit(&file);
	buf_deinit(&ko);
	return rc < 0 ? err_prefix(e, "module '%s'", path) : 0;
}
