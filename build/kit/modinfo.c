// SPDX-License-Identifier: GPL-2.0-only
/* A module's own name and what it depends on, by libkmod. */
#include "build/kit/modinfo.h"
#include "build/base/arena.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"

#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int take_info(struct arena *a, struct kmod_module *m, const char **name,
		     const char **deps, struct err *e)
{
	struct kmod_list *info = NULL, *l;
	int rc = kmod_module_get_info(m, &info);

	if (rc == -ENOENT || rc == -ENODATA) /* it has no .modinfo */
		return 0;
	if (rc < 0)
		return err_set(e, ERR_CORRUPT, "libkmod cannot read it: %s",
			       strerror(-rc));
	kmod_list_foreach(l, info)
	{
		const char *key = kmod_module_info_get_key(l);
		const char *value = kmod_module_info_get_value(l);

		if (!*name && !strcmp(key, "name"))
			*name = arena_strdup(a, value);
		else if (!*deps && !strcmp(key, "depends"))
			*deps = arena_strdup(a, value);
	}
	kmod_module_info_free_list(info);
	return 0;
}

int modinfo_read(struct arena *a, const void *ko, size_t n, const char **name,
		 const char **deps, struct err *e)
{
	const char *no_config = NULL;
	struct kmod_ctx *ctx = NULL;
	struct kmod_module *m = NULL;
	char path[40];
	int fd = memfd_create("module", MFD_CLOEXEC), rc;

	*name = *deps = NULL;
	if (fd < 0)
		return err_sys(e, "cannot make a file in memory");
	rc = io_write_full(fd, ko, n, e);
	if (rc == 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		/* One context for each: libkmod tells modules by file name. */
		ctx = kmod_new("/nonexistent", &no_config);
		if (!ctx || kmod_module_new_from_path(ctx, path, &m) < 0)
			rc = err_sys(e, "libkmod cannot open it");
	}
	if (rc == 0)
		rc = take_info(a, m, name, deps, e);
	kmod_module_unref(m);
	kmod_unref(ctx);
	close(fd);
	return rc;
}
