// SPDX-License-Identifier: GPL-2.0-only
/* A module's own name and what it depends on, by libkmod. */
#include "build/kit/modinfo.h"
#include "build/base/arena.h"
#include "build/debuginfo/elf.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"

#include <elf.h>
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

static int put(int fd, const void *ko, const void *p, size_t len, struct err *e)
{
	off_t at = (off_t)((const char *)p - (const char *)ko);

	return lseek(fd, at, SEEK_SET) < 0 ? err_sys(e, "lseek")
					   : io_write_full(fd, p, len, e);
}

/*
 * Of a module of megabytes libkmod wants the section table and two sections; the
 * rest is left a hole, the signature at the end with it.
 */
static int put_wanted(int fd, const struct efile *f, const void *ko, size_t n,
		      struct err *e)
{
	const struct efile_sect *names, *info = efile_section(f, ".modinfo");
	Elf64_Ehdr eh;
	int rc;

	memcpy(&eh, ko, sizeof(eh));
	if (eh.e_shstrndx >= f->nsect) /* or the escape for many sections */
		return io_write_full(fd, ko, n, e);
	names = &f->sect[eh.e_shstrndx];
	if (ftruncate(fd, (off_t)n) < 0)
		return err_sys(e, "cannot make a file in memory");
	rc = put(fd, ko, ko, sizeof(eh), e);
	if (rc == 0)
		rc = put(fd, ko, (const char *)ko + eh.e_shoff,
			 f->nsect * sizeof(Elf64_Shdr), e);
	if (rc == 0 && names->data)
		rc = put(fd, ko, names->data, names->len, e);
	if (rc == 0 && info && info->data)
		rc = put(fd, ko, info->data, info->len, e);
	return rc;
}

int modinfo_read(struct arena *a, const struct efile *f, const void *ko,
		 size_t n, const char **name, const char **deps, struct err *e)
{
	const char *no_config = NULL;
	struct kmod_ctx *ctx = NULL;
	struct kmod_module *m = NULL;
	char path[40];
	int fd = memfd_create("module", MFD_CLOEXEC), rc;

	*name = *deps = NULL;
	if (fd < 0)
		return err_sys(e, "cannot make a file in memory");
	rc = f ? put_wanted(fd, f, ko, n, e) : io_write_full(fd, ko, n, e);
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
