// SPDX-License-Identifier: GPL-2.0-only
/* Which file of the store is the index of a kit. */
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/dwarf/dwx.h"
#include "build/kit/kit.h"
#include "build/kit/store.h"
#include "bundle/base/err.h"

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
