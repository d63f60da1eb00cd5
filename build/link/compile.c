/* SPDX-License-Identifier: GPL-2.0-only */
/* Compile generated C into content-addressed objects. */
#include "build/link/compile.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/base/src.h"
#include "build/kit/headers.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <dirent.h>
#include <errno.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int digest_file(const char *path, char ret[DIGEST_HEX], struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = fs_read(path, &b, SRC_MAX_BYTES, e);

	digest_hex(b.p, b.len, ret);
	buf_deinit(&b);
	return rc;
}

int compiler_init(struct compiler *c, struct arena *a, unsigned int cache,
		  struct err *e)
{
	int rc;

	memset(c, 0, sizeof(*c));
	c->arena = a;
	c->cache = fs_cache_dir(a, OBJECT_CACHE);
	c->no_read = cache != COMPILER_CACHE;
	c->runtime = home_dir(a, "runtime");
	rc = digest_file(arena_printf(a, "%s/gen.h", c->runtime), c->gen_h, e);
	if (rc == 0)
		rc = digest_file(arena_printf(a, "%s/embed.h", c->runtime),
				 c->embed_h, e);
	if (rc == 0) {
		c->scratch = fs_tmpdir(a, "tapbuild", e);
		rc = c->scratch ? 0 : ERR_IO;
	}
	if (rc == 0 && cache == COMPILER_NO_CACHE)
		c->cache = arena_printf(a, "%s/obj", c->scratch);
	return rc == 0 ? fs_mkdirs(c->cache, e) : rc;
}

int compiler_clean_cache(struct arena *a, size_t *n, size_t *bytes,
			 struct err *e)
{
	const char *cache = fs_cache_dir(a, OBJECT_CACHE);
	DIR *d = opendir(cache);
	struct dirent *de;
	struct stat st;

	if (!d && errno == ENOENT)
		return 0;
	if (!d)
		return err_sys(e, "cannot open '%s'", cache);
	while ((de = readdir(d))) {
		const char *dot = strrchr(de->d_name, '.');

		if (!dot || (strcmp(dot, ".o") && strcmp(dot, ".list")))
			continue;
		if (fstatat(dirfd(d), de->d_name, &st, 0) < 0 ||
		    unlinkat(dirfd(d), de->d_name, 0) < 0)
			continue;
		*bytes += (size_t)st.st_size;
		++*n;
	}
	closedir(d);
	return 0;
}

void compiler_deinit(struct compiler *c)
{
	struct script_object **o;

	vec_foreach(o, &c->objects) {
		buf_deinit(&(*o)->spawn.out);
		vec_deinit(&(*o)->undefs);
		vec_deinit(&(*o)->calls);
	}
	vec_deinit(&c->objects);
	if (c->scratch)
		fs_rmtree(c->scratch, NULL);
}

/* Name, size and times of the compiler's file stand for its version: asking it
 * costs as much as a small compile. */
static void add_compiler(struct digest *d, const char *cc)
{
	const char *path = getenv("PATH");
	struct stat st;
	char file[4096];

	digest_adds(d, cc);
	while (path && *path) {
		size_t n = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, cc);
		if (stat(strchr(cc, '/') ? cc : file, &st) == 0) {
			digest_add(d, &st.st_size, sizeof(st.st_size));
			digest_add(d, &st.st_mtim, sizeof(st.st_mtim));
			return;
		}
		path += n + (path[n] == ':');
	}
}

static struct script_object *find_object(struct compiler *c, const char *key)
{
	struct script_object **o;

	vec_foreach(o, &c->objects)
		if (!strcmp((*o)->key, key))
			return *o;
	return NULL;
}

static bool is_cached(struct compiler *c, const char *key)
{
	return !c->no_read &&
	       fs_exists(arena_printf(c->arena, "%s/%s.o", c->cache, key));
}

static struct script_object *new_object(struct compiler *c, const char *key,
					const char *text, size_t len)
{
	struct script_object *n = arena_new(c->arena, struct script_object);

	snprintf(n->key, sizeof(n->key), "%s", key);
	n->path = arena_printf(c->arena, "%s/%s.o", c->cache, key);
	n->c_text = text;
	n->c_len = len;
	n->cached = is_cached(c, key);
	buf_init(&n->spawn.out);
	vec_push(&c->objects, n);
	return n;
}

/*
 * Handlers call the runtime, which its kit has compiled with -O2.  Of what is
 * left to them -O1 makes printf 1.13 and a loop of additions 1.08 times as slow
 * (tests/bench/lang_ops.stp in a guest); -O2 without the passes of light[] only
 * the loop, for 65 ms of the compiler's time instead of 81.  And -O2 takes a
 * time that grows with the square of a function's length, and more: 15 s for a
 * chain of 500 else-ifs that -O1 compiles in 0.1 s.  Programs of much C text
 * are compiled with less effort still.
 */
#define BIG_TEXT_BYTES ((size_t)64 << 10)

struct script_object *compiler_add(struct compiler *c, const struct kit *kit,
				   const char *text, size_t len)
{
	const char *const *flags = kit_cflags(kit);
	const char *cc = kit_info(kit)->cc;
	struct script_object *n;
	struct digest d;
	char key[DIGEST_HEX];

	digest_init(&d);
	digest_adds(&d, "tap-object-5");
	digest_adds(&d, c->gen_h);
	add_compiler(&d, cc);
	for (size_t i = 0; flags[i]; i++)
		digest_adds(&d, flags[i]);
	digest_add(&d, text, len);
	digest_final_hex(&d, key);
	n = find_object(c, key);
	if (n)
		return n;
	n = new_object(c, key, text, len);
	n->cflags = flags;
	n->cc = cc;
	return n;
}

/* ---- C of the script itself ------------------------------------------------- */

/*
 * The flags of the kernel's own build, without its warnings; what stands for
 * "certainly wrong" stays, and is an error.  The messages are read by
 * embed_report().  No directory may reach the object: WARN() keeps __FILE__.
 */
static const char *const *embed_flags(struct compiler *c, const struct kit *kit,
				      const char *dir, const char *const *more,
				      size_t nmore)
{
	static const char *const extra[] = {
		"-DKBUILD_BASENAME=\"tap\"",
		"-DKBUILD_MODNAME=\"tap\"",
		"-D__KBUILD_MODNAME=kmod_tap",
		"-Werror=implicit-function-declaration",
		"-Werror=implicit-int",
		"-Wformat",
		"-Wreturn-type",
		"-Wframe-larger-than=2048",
		"-g0",
		"-ftabstop=1",
		"-fmessage-length=0",
		"-fno-diagnostics-show-caret",
		"-fno-diagnostics-show-option",
		"-fdiagnostics-color=never",
	};
	struct words v = { 0 };

	headers_place(c->arena, kit_header_flags(kit), dir, kit_info(kit)->cc,
		      &v);
	for (size_t i = 0; i < sizeof(extra) / sizeof(*extra); i++)
		words_add(c->arena, &v, extra[i]);
	for (size_t i = 0; i < nmore; i++)
		words_add(c->arena, &v, more[i]);
	words_add(c->arena, &v,
		  arena_printf(c->arena, "-ffile-prefix-map=%s/=", dir));
	words_add(c->arena, &v,
		  arena_printf(c->arena, "-ffile-prefix-map=%s/=", c->runtime));
	return words_end(c->arena, &v);
}

struct script_object *compiler_add_embedded(struct compiler *c,
					    const struct kit *kit,
					    const char *text, size_t len,
					    const char *const *flags,
					    size_t nflags, struct err *e)
{
	const char *cc = kit_info(kit)->cc, *dir = NULL;
	struct script_object *n;
	struct digest d;
	char key[DIGEST_HEX];

	digest_init(&d);
	digest_adds(&d, "tap-embedded-1");
	digest_adds(&d, c->gen_h);
	digest_adds(&d, c->embed_h);
	add_compiler(&d, cc);
	digest_adds(&d, kit_info(kit)->id);
	for (size_t i = 0; i < nflags; i++)
		digest_adds(&d, flags[i]);
	digest_add(&d, text, len);
	digest_final_hex(&d, key);
	n = find_object(c, key);
	if (n)
		return n;
	if (!is_cached(c, key) && kit_headers_dir(kit, c->arena, &dir, e) < 0)
		return NULL;
	n = new_object(c, key, text, len);
	n->embedded = true;
	n->cc = cc;
	if (!n->cached)
		n->cflags = embed_flags(c, kit, dir, flags, nflags);
	return n;
}

static int prepare(struct compiler *c, struct script_object *o, struct err *e)
{
	static const char *const light[] = {
		"-fno-schedule-insns2",
		"-fno-rerun-cse-after-loop",
		"-fno-expensive-optimizations",
		"-fno-cse-follow-jumps",
		"-fno-gcse",
		"-fno-tree-pre",
		"-fno-tree-vrp",
		"-fno-tree-vectorize",
		"-fno-ipa-cp",
		"-fno-ipa-sra",
		"-fno-code-hoisting",
		NULL,
	};
	static const char *const big[] = {
		"-O1",
		"-fno-tree-dominator-opts",
		"-fno-tree-pta",
		"-fno-dce",
		"-fno-dse",
		"-fno-forward-propagate",
		"-fno-cprop-registers",
		"-fno-compare-elim",
		"-fno-if-conversion",
		"-fno-if-conversion2",
		"-fno-shrink-wrap",
		NULL,
	};
	static const char *const own_tmpdir[] = { "TMPDIR=.", NULL };
	VEC(const char *) v = { 0 };
	const char *const *less = o->c_len > BIG_TEXT_BYTES ? big : light;
	const char *file;
	size_t i;

	o->dir = arena_printf(c->arena, "%s/%.16s", c->scratch, o->key);
	file = arena_printf(c->arena, "%s/script.c", o->dir);
	o->tmp = arena_printf(c->arena, "%s/script.o", o->dir);
	if (mkdir(o->dir, 0700) < 0)
		return err_sys(e, "cannot create '%s'", o->dir);
	if (fs_write_scratch(file, o->c_text, o->c_len, e) < 0)
		return e->code;
	vec_apush(c->arena, &v, o->cc);
	for (i = 0; o->cflags[i]; i++)
		vec_apush(c->arena, &v, o->cflags[i]);
	for (i = 0; !o->embedded && less[i]; i++)
		vec_apush(c->arena, &v, less[i]);
	if (!o->embedded)
		vec_apush(c->arena, &v, "-w");
	vec_apush(c->arena, &v, "-frandom-seed=tap");
	vec_apush(c->arena, &v, "-I");
	vec_apush(c->arena, &v, c->runtime);
	vec_apush(c->arena, &v, "-c");
	vec_apush(c->arena, &v, "script.c");
	vec_apush(c->arena, &v, "-o");
	vec_apush(c->arena, &v, "script.o");
	vec_apush(c->arena, &v, NULL);
	o->argv = v.v;
	o->spawn.argv = v.v;
	o->spawn.cwd = o->dir;
	/* What a killed compiler leaves is in our own directory, which a guard removes. */
	o->spawn.env = own_tmpdir;
	return 0;
}

/* Part of the interface every module has: not the kernel's business. */
static bool is_ours(const char *name)
{
	return !strncmp(name, "taprt_", 6) || !strcmp(name, "__this_module");
}

static int read_undefs(struct compiler *c, struct script_object *o,
		       struct err *e)
{
	const void *map;
	size_t len;
	Elf *elf;
	Elf_Scn *scn = NULL;
	int rc = fs_map(o->path, &map, &len, e);

	if (rc < 0)
		return rc;
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)(uintptr_t)map, len);
	while (elf && (scn = elf_nextscn(elf, scn))) {
		GElf_Shdr sh;
		Elf_Data *d = elf_getdata(scn, NULL);
		GElf_Sym s;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB || !d)
			continue;
		for (int i = 1; gelf_getsym(d, i, &s); i++) {
			const char *name =
				elf_strptr(elf, sh.sh_link, s.st_name);

			if (s.st_shndx != SHN_UNDEF || !name || !*name)
				continue;
			name = arena_strdup(c->arena, name);
			if (is_ours(name))
				vec_push(&o->calls, name);
			else
				vec_push(&o->undefs, name);
		}
	}
	elf_end(elf);
	munmap((void *)(uintptr_t)map, len);
	return 0;
}

/* The shell's code for "cannot be started", which child() of spawn.c uses too. */
static bool was_missing(const struct spawn *s)
{
	return WIFEXITED(s->status) && WEXITSTATUS(s->status) == 127;
}

static int no_compiler(const char *cc, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "no C compiler: '%s' does not run", cc);
	return err_hint(e, "the kit was made with it: apt-get install %s", cc);
}

int compiler_run(struct compiler *c, unsigned int jobs, struct err *e)
{
	VEC(struct spawn) run = { 0 };
	VEC(struct script_object *) who = { 0 };
	struct script_object **o;
	struct err ignored;
	int rc = 0;

	vec_foreach(o, &c->objects) {
		if ((*o)->cached || rc < 0)
			continue;
		rc = prepare(c, *o, e);
		vec_push(&run, (*o)->spawn);
		vec_push(&who, *o);
	}
	if (rc == 0 && run.n)
		spawn_run_all(run.v, run.n, jobs, &ignored);
	for (size_t i = 0; rc == 0 && i < run.n; i++) {
		who.v[i]->spawn = run.v[i];
		who.v[i]->failed = run.v[i].status != 0;
		if (was_missing(&run.v[i]))
			rc = no_compiler(who.v[i]->cc, e);
		if (!who.v[i]->failed &&
		    rename(who.v[i]->tmp, who.v[i]->path) < 0) {
			/* The cache may be on another file system. */
			struct buf b = BUF_INIT;

			rc = fs_read(who.v[i]->tmp, &b, SRC_MAX_BYTES, e);
			if (rc == 0)
				rc = fs_write_atomic(who.v[i]->path, b.p, b.len,
						     0644, e);
			buf_deinit(&b);
		}
	}
	vec_foreach(o, &c->objects)
		if (rc == 0 && !(*o)->failed)
			rc = read_undefs(c, *o, e);
	vec_deinit(&run);
	vec_deinit(&who);
	return rc;
}
