// SPDX-License-Identifier: GPL-2.0-only
/* Wrappers around a carried loader; kit_tools_dir(). */
#include "build/kit/tools.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "bundle/base/err.h"

#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool tools_can_run(const char *path)
{
	const char *const argv[] = { path, NULL };
	const char *const env[] = { "LD_TRACE_LOADED_OBJECTS=1", NULL };
	struct spawn s = { .argv = argv, .env = env };
	struct err e;
	bool ok = spawn_run(&s, &e) == 0 && !strstr(s.out.p, "not found");

	buf_deinit(&s.out);
	return ok;
}

const char *tools_loader(struct arena *a, const char *libs)
{
	glob_t g = { 0 };
	const char *ret = NULL;

	if (!libs)
		return NULL;
	glob(arena_printf(a, "%s/ld-linux*.so.*", libs), 0, NULL, &g);
	glob(arena_printf(a, "%s/ld64.so.*", libs), GLOB_APPEND, NULL, &g);
	if (g.gl_pathc)
		ret = arena_strdup(a, g.gl_pathv[0]);
	globfree(&g);
	return ret;
}

/* In single quotes for the shell. */
static void quote(struct buf *b, const char *s)
{
	buf_addc(b, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, *s);
	}
	buf_addc(b, '\'');
}

static int write_script(const char *path, const char *ld, const char *libs,
			const char *tool, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	buf_adds(&b, "#!/bin/sh\nexec ");
	quote(&b, ld);
	buf_adds(&b, " --library-path ");
	quote(&b, libs);
	buf_addc(&b, ' ');
	quote(&b, tool);
	buf_adds(&b, " \"$@\"\n");
	rc = fs_write_atomic(path, b.p, b.len, 0755, e);
	buf_deinit(&b);
	return rc;
}

int tools_write_wrapper(struct arena *a, const char *path, const char *libs,
			const char *tool, struct err *e)
{
	const char *ld = tools_loader(a, libs);

	if (!ld)
		return err_set(e, ERR_NOT_FOUND, "no program loader in '%s'",
			       libs);
	return write_script(path, ld, libs, tool, e);
}

static bool is_program(const char *path)
{
	unsigned char head[20];
	struct stat st;
	FILE *f;
	bool ok;

	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    !(st.st_mode & 0100))
		return false;
	f = fopen(path, "rbe");
	if (!f)
		return false;
	ok = fread(head, sizeof(head), 1, f) == 1 &&
	     !memcmp(head, "\177ELF", 4) && head[16] >= 2; /* ET_EXEC, ET_DYN */
	fclose(f);
	return ok;
}

static bool runs_wrapped(struct arena *a, const char *path, const char *libs)
{
	const char *const argv[] = { tools_loader(a, libs),
				     "--list",
				     "--library-path",
				     libs,
				     path,
				     NULL };
	struct spawn s = { .argv = argv };
	struct err e;
	bool ok = argv[0] && spawn_run(&s, &e) == 0 &&
		  !strstr(s.out.p, "not found");

	if (argv[0])
		buf_deinit(&s.out);
	return ok;
}

static int adapt_one(struct arena *a, const char *path, const char *libs,
		     struct err *e)
{
	char *orig;

	/* Trees hold tools nobody starts (extract-cert): those stay broken. */
	if (!is_program(path) || tools_can_run(path) ||
	    !runs_wrapped(a, path, libs))
		return 0;
	orig = arena_printf(a, "%s.orig", path);
	if (rename(path, orig) < 0)
		return err_sys(e, "cannot rename '%s'", path);
	return tools_write_wrapper(a, path, libs, orig, e);
}

int tools_adapt_tree(struct arena *a, const char *dir, const char *libs,
		     struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *ent;
	int rc = 0;

	if (!d)
		return 0;
	while (rc == 0 && (ent = readdir(d))) {
		const char *path;
		struct stat st;

		if (ent->d_name[0] == '.' || strstr(ent->d_name, ".orig"))
			continue;
		path = arena_printf(a, "%s/%s", dir, ent->d_name);
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			rc = tools_adapt_tree(a, path, libs, e);
		else
			rc = adapt_one(a, path, libs, e);
	}
	closedir(d);
	return rc;
}

/* ---- a kit's tools on this machine ----------------------------------------- */

static int write_prefixed(const struct kf_view *f, struct arena *a,
			  const char *prefix, const char *dir, struct err *e)
{
	size_t i, skip = strlen(prefix);
	int rc = fs_mkdirs(dir, e);

	for (i = 0; i < f->nsect && rc == 0; i++) {
		const struct kf_sect *s = &f->sect[i];
		const char *name = s->name + skip;

		if (strncmp(s->name, prefix, skip))
			continue;
		if (strchr(name, '/') || *name == '.' || !*name)
			return err_set(e, ERR_FORMAT, "bad section '%s'",
				       s->name);
		rc = fs_write_atomic(arena_printf(a, "%s/%s", dir, name),
				     f->p + s->off, s->len, 0755, e);
	}
	return rc;
}

/*
 * Everything is made in @tmp, which becomes @dir: the wrapper must name the
 * final place.
 */
static int fill(const struct kf_view *f, struct arena *a, const char *tmp,
		const char *dir, struct err *e)
{
	char *tool = arena_printf(a, "%s/objtool", tmp);
	const char *ld;
	int rc = write_prefixed(f, a, KF_TOOL, tmp, e);

	if (rc < 0 || !fs_exists(tool) || tools_can_run(tool))
		return rc;
	rc = write_prefixed(f, a, KF_LIB, arena_printf(a, "%s/lib", tmp), e);
	if (rc < 0)
		return rc;
	ld = tools_loader(a, arena_printf(a, "%s/lib", tmp));
	if (!ld)
		return err_set(
			e, ERR_UNSUPPORTED,
			"objtool of this kit needs a newer C library than this machine has");
	if (rename(tool, arena_printf(a, "%s.real", tool)) < 0)
		return err_sys(e, "cannot rename '%s'", tool);
	return write_script(tool,
			    arena_printf(a, "%s/lib%s", dir, strrchr(ld, '/')),
			    arena_printf(a, "%s/lib", dir),
			    arena_printf(a, "%s/objtool.real", dir), e);
}

static char *tools_dir(const struct kf_view *f, struct arena *a)
{
	char id[65];

	kf_id_hex(f, id);
	return arena_printf(a, "%s/%s", fs_cache_dir(a, "tools"), id);
}

int tools_unpack(const struct kf_view *f, struct arena *a, const char **ret,
		 struct err *e)
{
	const char *parent = fs_cache_dir(a, "tools");
	char *dir = tools_dir(f, a), *tmp;
	int rc;

	*ret = dir;
	if (fs_exists(dir))
		return 0;
	rc = fs_mkdirs(parent, e);
	if (rc == 0)
		rc = fs_dir_begin(a, dir, &tmp, e);
	if (rc == 0)
		rc = fs_dir_end(tmp, dir, fill(f, a, tmp, dir, e), e);
	return rc;
}

/* A kit that came here by itself is checked as a whole: its types and tables, too, would
 * make modules that nobody wanted. */
int kit_tools_dir(const struct kit *k, struct arena *a, const char **ret,
		  struct err *e)
{
	const struct kf_view *f = kit_view(k);
	int rc = 0;

	*ret = tools_dir(f, a);
	if (fs_exists(*ret))
		return 0;
	rc = kf_check(f, e);
	if (rc == 0)
		return tools_unpack(f, a, ret, e);
	err_prefix(e, "the kit of %s", kit_info(k)->release);
	return err_hint(e, "tapbuild kit rm %s, and make it again",
			kit_info(k)->release);
}
