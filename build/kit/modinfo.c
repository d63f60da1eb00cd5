// SPDX-License-Identifier: GPL-2.0-only
/* A module's own name and what it depends on, by libkmod. */
#include "build/kit/modinfo.h"
#include "build/base/arena.h"
#include "build/debuginfo/elf.h"
#include "bundle/base/cur.h"
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

/* The bytes of @part where they lie in @whole. */
static int put(int fd, struct cur whole, struct cur part, struct err *e)
{
	if (!cur_ok(&part))
		return err_set(e, ERR_TRUNCATED,
			       "its section table ends after the file");
	if (lseek(fd, (off_t)(part.start - whole.start), SEEK_SET) < 0)
		return err_sys(e, "cannot make a file in memory");
	return io_write_full(fd, part.start, (size_t)(part.end - part.start),
			     e);
}

/*
 * Of a module of megabytes libkmod wants the section table and two sections; the
 * rest is left a hole, the signature at the end with it.
 */
static int put_wanted(int fd, const struct efile *f, const void *ko, size_t n,
		      struct err *e)
{
	const struct efile_sect *s[2] = { NULL, efile_section(f, ".modinfo") };
	struct cur whole = cur_init(ko, n);
	Elf64_Ehdr eh;
	int rc;

	memcpy(&eh, ko, sizeof(eh));   /* efile_open() has seen as much */
	if (eh.e_shstrndx >= f->nsect) /* or the escape for many sections */
		return io_write_full(fd, ko, n, e);
	s[0] = &f->sect[eh.e_shstrndx];
	if (ftruncate(fd, (off_t)n) < 0)
		return err_sys(e, "cannot make a file in memory");
	rc = put(fd, whole, cur_init(ko, sizeof(eh)), e);
	if (rc == 0)
		rc = put(fd, whole,
			 cur_sub(&whole, eh.e_shoff,
				 f->nsect * sizeof(Elf64_Shdr)),
			 e);
	for (size_t i = 0; i < 2 && rc == 0; i++)
		if (s[i] && s[i]->data)
			rc = put(fd, whole, cur_init(s[i]->data, s[i]->len), e);
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
	rc = put_wanted(fd, f, ko, n, e);
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
