// SPDX-License-Identifier: GPL-2.0-only
/* Kernel trees as Debian, Ubuntu, Fedora, SUSE and plain makes lay them out. */
#include "build/kit/ktree.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/vec.h"
#include "bundle/base/err.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL_FILE ((size_t)4 << 20)

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The first of the patterns (NULL-terminated, below @root) that is a file. */
static const char *first_file(struct arena *a, const char *root,
			      const char *const *pat, const char *release)
{
	for (; *pat; pat++) {
		char *path = arena_printf(a, "%s/", root);
		const char *s = *pat, *star = strchr(s, '@');

		path = star ? arena_printf(a, "%s%.*s%s%s", path,
					   (int)(star - s), s, release,
					   star + 1)
			    : arena_printf(a, "%s%s", path, s);
		if (is_file(path))
			return path;
	}
	return NULL;
}

/* The value between quotes after @key in a small text file. */
static const char *quoted_value(struct arena *a, const char *path,
				const char *key)
{
	struct buf b = BUF_INIT;
	const char *ret = NULL, *s, *end;
	struct err e;

	if (fs_read(path, &b, SMALL_FILE, &e) == 0) {
		s = strstr(b.p, key);
		s = s ? strchr(s, '"') : NULL;
		end = s ? strchr(s + 1, '"') : NULL;
		if (end && end > s + 1)
			ret = arena_strndup(a, s + 1, (size_t)(end - s - 1));
	}
	buf_deinit(&b);
	return ret;
}

static const char *read_release(struct arena *a, const char *headers)
{
	static const char *const file[] = {
		"include/generated/utsrelease.h", /* 2.6.33 and later */
		"include/linux/utsrelease.h",
		"include/linux/version.h", /* 2.6.17 and earlier */
	};
	size_t i;

	for (i = 0; i < sizeof(file) / sizeof(*file); i++) {
		const char *r = quoted_value(
			a, arena_printf(a, "%s/%s", headers, file[i]),
			"UTS_RELEASE");

		/* It becomes a file name and part of commands. */
		if (r &&
		    strspn(r, "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789._+~-") == strlen(r) &&
		    strlen(r) < 65 && r[0] != '.')
			return r;
	}
	return NULL;
}

/* The line of @text that starts with @key, without key and newline. */
static const char *line_after(struct arena *a, const char *text,
			      const char *key)
{
	const char *s = text;

	while (s && strncmp(s, key, strlen(key))) {
		s = strchr(s, '\n');
		s = s ? s + 1 : NULL;
	}
	if (!s)
		return NULL;
	s += strlen(key);
	return arena_strndup(a, s, strcspn(s, "\r\n"));
}

/*
 * Debian's flavour tree holds a Makefile that includes the common tree's by an
 * absolute name; we go there directly, because only then can it lie anywhere.
 */
static void find_common(struct arena *a, const char *root, struct ktree *t)
{
	struct buf b = BUF_INIT;
	const char *s, *slash;
	struct err e;

	t->common = t->headers;
	if (fs_read(arena_printf(a, "%s/Makefile", t->headers), &b, SMALL_FILE,
		    &e) == 0) {
		s = line_after(a, b.p, "include ");
		slash = s ? strrchr(s, '/') : NULL;
		if (slash && *s == '/' && slash > s && !strstr(s, "..")) {
			s = arena_printf(a, "%s%.*s", root, (int)(slash - s),
					 s);
			if (is_dir(s))
				t->common = s;
		}
	}
	buf_reset(&b);
	if (fs_read(arena_printf(a, "%s/.kernelvariables", t->headers), &b,
		    SMALL_FILE, &e) == 0) {
		s = line_after(a, b.p, "CC = ");
		s = s ? strrchr(s, ')') : NULL;
		if (s && s[1])
			t->wanted_cc = arena_strdup(a, s + 1);
	}
	buf_deinit(&b);
}

static int find_machine(struct arena *a, struct ktree *t, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	t->config = arena_printf(a, "%s/.config", t->headers);
	rc = fs_read(t->config, &b, SMALL_FILE, e);
	if (rc == 0 && strstr(b.p, "\nCONFIG_X86_64=y")) {
		t->machine = "x86_64";
		t->srcarch = "x86";
	} else if (rc == 0 && strstr(b.p, "\nCONFIG_ARM64=y")) {
		t->machine = "aarch64";
		t->srcarch = "arm64";
	} else if (rc == 0) {
		rc = err_set(
			e, ERR_UNSUPPORTED,
			"kernel %s is for a machine this tapbuild does not know (x86_64 and arm64 are)",
			t->release);
	}
	buf_deinit(&b);
	return rc;
}

static int find_scripts(struct arena *a, struct ktree *t, struct err *e)
{
	char *real = realpath(arena_printf(a, "%s/scripts", t->headers), NULL);

	if (!real) {
		err_set(e, ERR_NOT_FOUND,
			"headers of kernel %s come without their build scripts",
			t->release);
		return err_hint(e, "add its linux-kbuild package");
	}
	t->kbuild = arena_strndup(a, real, (size_t)(strrchr(real, '/') - real));
	free(real);
	if (!is_file(arena_printf(a, "%s/Makefile", t->common))) {
		err_set(e, ERR_NOT_FOUND,
			"headers of kernel %s come without their common part",
			t->release);
		return err_hint(e, "add its linux-headers-…-common package");
	}
	return 0;
}

static int complete(struct arena *a, const char *root, struct ktree *t,
		    struct err *e)
{
	static const char *const image[] = {
		"usr/lib/modules/@/vmlinuz",
		"lib/modules/@/vmlinuz",
		"usr/lib/modules/@/vmlinuz.unsigned",
		"lib/modules/@/vmlinuz.unsigned",
		"boot/vmlinuz-@",
		"boot/vmlinux-@",
		"usr/lib/modules/@/vmlinux",
		"lib/modules/@/vmlinux",
		NULL,
	};
	static const char *const map[] = { "boot/System.map-@",
					   "usr/lib/modules/@/System.map",
					   "lib/modules/@/System.map", NULL };
	char *dir;
	int rc;

	find_common(a, root, t);
	rc = find_machine(a, t, e);
	if (rc < 0)
		return rc;
	rc = find_scripts(a, t, e);
	if (rc < 0)
		return rc;
	t->symvers = arena_printf(a, "%s/Module.symvers", t->headers);
	t->image = first_file(a, root, image, t->release);
	t->system_map = first_file(a, root, map, t->release);
	if (!t->image) {
		err_set(e, ERR_NOT_FOUND, "no kernel image for %s was given",
			t->release);
		return err_hint(e, "add linux-image-%s (or linux-binary-%s)",
				t->release, t->release);
	}
	dir = arena_printf(a, "%s/lib/modules/%s", root, t->release);
	if (is_dir(dir))
		t->modules = dir;
	dir = arena_printf(a, "%s/usr/lib/modules/%s", root, t->release);
	if (!t->modules && is_dir(dir))
		t->modules = dir;
	dir = arena_printf(a, "%s/.libs", root);
	if (t->is_private && is_dir(dir))
		t->libs = dir;
	return 0;
}

static int none_found(struct arena *a, const char *root, struct err *e)
{
	glob_t g = { 0 };
	bool image;

	glob(arena_printf(a, "%s/boot/vmlinuz-*", root), 0, NULL, &g);
	glob(arena_printf(a, "%s/lib/modules/*/vmlinuz*", root), GLOB_APPEND,
	     NULL, &g);
	image = g.gl_pathc > 0;
	globfree(&g);
	err_set(e, ERR_NOT_FOUND,
		image ? "there is a kernel image but no headers for it"
		      : "no configured kernel headers were given");
	return err_hint(
		e,
		"add linux-headers-RELEASE, its -common and linux-kbuild packages");
}

static int tree_cmp(const void *a, const void *b)
{
	const struct ktree *x = a, *y = b;

	return strverscmp(x->release, y->release);
}

static bool known(const struct ktree *v, size_t n, const char *release)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(v[i].release, release))
			return true;
	return false;
}

int ktree_find(struct arena *a, const char *root, bool is_private,
	       struct ktree **ret, size_t *n, struct err *e)
{
	static const char *const pat[] = { "usr/src/*",
					   "usr/src/kernels/*",
					   "lib/modules/*/build",
					   "usr/lib/modules/*/build",
					   "usr/src/linux-*-obj/*/*",
					   "." };
	VEC(struct ktree) v = { 0 };
	char *real = realpath(root, NULL);
	size_t i, k;
	int rc = 0;

	if (!real)
		return err_sys(e, "cannot open '%s'", root);
	root = strcmp(real, "/") ? arena_strdup(a, real) : "";
	free(real);
	for (i = 0; i < sizeof(pat) / sizeof(*pat); i++) {
		glob_t g = { 0 };

		if (glob(arena_printf(a, "%s/%s", root, pat[i]), 0, NULL, &g))
			continue;
		for (k = 0; k < g.gl_pathc; k++) {
			struct ktree t = { .is_private = is_private };

			t.headers = arena_strdup(a, g.gl_pathv[k]);
			t.release = read_release(a, t.headers);
			if (t.release && !known(v.v, v.n, t.release))
				vec_apush(a, &v, t);
		}
		globfree(&g);
	}
	if (!v.n)
		return none_found(a, root, e);
	qsort(v.v, v.n, sizeof(*v.v), tree_cmp);
	for (i = 0; i < v.n && rc == 0; i++)
		rc = complete(a, root, &v.v[i], e);
	*ret = v.v;
	*n = v.n;
	return rc;
}
