// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds a module of one C file for one kernel, from nothing but its kit.
 *
 *   mkmod RELEASE SOURCE.c OUT.ko [COMPILER FLAG...]
 *
 * The module has ftrace sites, and with -g debug information.  Its name is that of
 * the source.
 */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/debuginfo/elf.h"
#include "build/kit/headers.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECT_MAX ((size_t)32 << 20)

struct job {
	struct arena a;
	struct kit *k;
	const char *source, *out, *name, *tools;
	const char *object, *mod_c, *mod_o; /* in @dir */
	char *dir;
	struct words flags; /* of C with the kernel's headers */
};

static void add_all(struct job *j, struct words *w, const char *const *from)
{
	for (; *from; from++)
		words_add(&j->a, w, *from);
}

static int run(struct job *j, struct words *w, struct err *e)
{
	struct spawn s = { .argv = words_end(&j->a, w) };
	int rc = spawn_run(&s, e);

	if (rc < 0)
		fprintf(stderr, "%s\n", s.out.len ? s.out.p : "");
	buf_deinit(&s.out);
	return rc;
}

static int compile(struct job *j, const char *from, const char *to, char **more,
		   struct err *e)
{
	struct words w = { 0 };

	words_add(&j->a, &w, kit_info(j->k)->cc);
	add_all(j, &w, words_end(&j->a, &j->flags));
	for (; more && *more; more++)
		words_add(&j->a, &w, *more);
	words_add(&j->a, &w, "-c");
	words_add(&j->a, &w, from);
	words_add(&j->a, &w, "-o");
	words_add(&j->a, &w, to);
	return run(j, &w, e);
}

static int find_flags(struct job *j, struct err *e)
{
	const char *dir;
	int rc = kit_headers_dir(j->k, &j->a, &dir, e);

	if (rc == 0)
		rc = kit_tools_dir(j->k, &j->a, &j->tools, e);
	if (rc < 0)
		return rc;
	headers_place(&j->a, kit_header_flags(j->k), dir, kit_info(j->k)->cc,
		      &j->flags);
	words_add(&j->a, &j->flags,
		  arena_printf(&j->a, "-DKBUILD_BASENAME=\"%s\"", j->name));
	words_add(&j->a, &j->flags,
		  arena_printf(&j->a, "-DKBUILD_MODNAME=\"%s\"", j->name));
	words_add(&j->a, &j->flags,
		  arena_printf(&j->a, "-D__KBUILD_MODNAME=kmod_%s", j->name));
	return 0;
}

/* What the kernel's own modules are traced by; a kit leaves it out of its flags. */
static int compile_source(struct job *j, char **more, struct err *e)
{
	static const char *const trace[] = { "-pg", "-mfentry",
					     "-mrecord-mcount", NULL };
	struct words w = { 0 };
	int rc;

	add_all(j, &j->flags, trace);
	rc = compile(j, j->source, j->object, more, e);
	j->flags.n -= 3;
	if (rc < 0)
		return rc;
	words_add(&j->a, &w, arena_printf(&j->a, "%s/objtool", j->tools));
	add_all(j, &w, kit_objtool(j->k));
	words_add(&j->a, &w, j->object);
	return run(j, &w, e);
}

/* ---- what modpost adds ------------------------------------------------------- */

static void write_modinfo(struct job *j, struct buf *c)
{
	size_t len, at, i = 0;
	const char *extra = kit_modinfo(j->k, &len);

	buf_printf(
		c,
		"#define INFO(n, s) static const char n[] __attribute__("
		"(used, section(\".modinfo\"), aligned(1))) = s\n"
		"INFO(i_depends, \"depends=\");\nINFO(i_name, \"name=%s\");\n"
		"INFO(i_magic, \"vermagic=%s\");\n",
		j->name, kit_info(j->k)->vermagic);
	for (at = 0; extra && at < len; at += strlen(extra + at) + 1)
		if (extra[at])
			buf_printf(c, "INFO(i_%zu, \"%s\");\n", i++,
				   extra + at);
}

static int write_versions(struct job *j, struct buf *c, struct err *e)
{
	struct buf obj = BUF_INIT;
	struct efile_sym *sym;
	struct efile f;
	size_t n, i;
	int rc = fs_read(j->object, &obj, OBJECT_MAX, e);

	if (rc == 0)
		rc = efile_open(&f, obj.p, obj.len, e);
	if (rc < 0)
		return rc;
	rc = efile_symbols(&f, &j->a, &sym, &n, e);
	buf_printf(c,
		   "static const struct { unsigned long crc; char name[56]; } "
		   "versions[] __attribute__((used, section(\"__versions\"))) "
		   "= {\n{ %#x, \"module_layout\" },\n",
		   kit_info(j->k)->layout_crc);
	for (i = 0; rc == 0 && i < n; i++) {
		uint32_t crc;
		bool gpl;

		if (sym[i].sect != SHN_UNDEF)
			continue;
		if (kit_export(j->k, sym[i].name, &crc, &gpl))
			buf_printf(c, "{ %#x, \"%s\" },\n", crc, sym[i].name);
		else if (strcmp(sym[i].name, "__this_module") != 0)
			rc = err_set(e, ERR_NOT_FOUND, "'%s' is not exported",
				     sym[i].name);
	}
	buf_printf(c, "};\n");
	efile_close(&f);
	buf_deinit(&obj);
	return rc;
}

static int compile_mod(struct job *j, struct err *e)
{
	struct buf c = BUF_INIT;
	int rc;

	buf_printf(&c, "#include <linux/module.h>\n"
		       "struct module __this_module __attribute__((section("
		       "\".gnu.linkonce.this_module\"))) = {\n"
		       ".name = KBUILD_MODNAME, .init = init_module,\n"
		       ".exit = cleanup_module, .arch = MODULE_ARCH_INIT };\n");
	write_modinfo(j, &c);
	rc = kit_info(j->k)->modversions ? write_versions(j, &c, e) : 0;
	if (rc == 0)
		rc = fs_write_atomic(j->mod_c, c.p, c.len, 0644, e);
	if (rc == 0)
		rc = compile(j, j->mod_c, j->mod_o, NULL, e);
	buf_deinit(&c);
	return rc;
}

static int link_module(struct job *j, struct err *e)
{
	struct words w = { 0 };

	words_add(&j->a, &w, "ld");
	add_all(j, &w, kit_ldflags(j->k));
	words_add(&j->a, &w, "-T");
	words_add(&j->a, &w, arena_printf(&j->a, "%s/module.lds", j->tools));
	words_add(&j->a, &w, "-o");
	words_add(&j->a, &w, j->out);
	words_add(&j->a, &w, j->object);
	words_add(&j->a, &w, j->mod_o);
	return run(j, &w, e);
}

static int build(struct job *j, const char *release, char **more, struct err *e)
{
	const char *slash = strrchr(j->source, '/'), **path;
	int n = kit_find(&j->a, release, &path, e);
	int rc = n > 0 ? kit_open(path[n - 1], &j->k, e)
		       : err_set(e, ERR_NOT_FOUND, "no kit of '%s'", release);

	if (rc < 0)
		return rc;
	slash = slash ? slash + 1 : j->source;
	j->name = arena_strndup(&j->a, slash, strcspn(slash, "."));
	j->dir = fs_tmpdir(&j->a, "mkmod", e);
	if (!j->dir)
		return ERR_IO;
	j->object = arena_printf(&j->a, "%s/%s.o", j->dir, j->name);
	j->mod_c = arena_printf(&j->a, "%s/mod.c", j->dir);
	j->mod_o = arena_printf(&j->a, "%s/mod.o", j->dir);
	rc = find_flags(j, e);
	if (rc == 0)
		rc = compile_source(j, more, e);
	if (rc == 0)
		rc = compile_mod(j, e);
	return rc == 0 ? link_module(j, e) : rc;
}

int main(int argc, char **argv)
{
	struct job j = { 0 };
	struct err e = { 0 };
	int rc;

	if (argc < 4) {
		fprintf(stderr,
			"usage: mkmod RELEASE SOURCE.c OUT.ko [FLAG...]\n");
		return 2;
	}
	j.source = argv[2];
	j.out = argv[3];
	rc = build(&j, argv[1], argv + 4, &e);
	if (rc)
		fprintf(stderr, "mkmod: %s\n", e.text);
	if (j.dir)
		fs_rmtree(j.dir, NULL);
	if (j.k)
		kit_close(j.k);
	arena_deinit(&j.a);
	return rc ? 1 : 0;
}
