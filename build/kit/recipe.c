// SPDX-License-Identifier: GPL-2.0-only
/* One run of kbuild, then its log and its .ko are read. */
#include "build/kit/recipe.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/debuginfo/elf.h"
#include "build/kit/ktree.h"
#include "build/kit/tools.h"
#include "bundle/base/err.h"

#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Unlikely to occur in any path, flag or header. */
#define NAME   "taprecipe"
#define KO_MAX ((size_t)32 << 20)

static const char module_c[] = "#include <linux/module.h>\n"
			       "#include <linux/init.h>\n"
			       "static int __init tap_in(void) { return 0; }\n"
			       "static void __exit tap_out(void) { }\n"
			       "module_init(tap_in);\n"
			       "module_exit(tap_out);\n"
			       "MODULE_LICENSE(\"GPL\");\n";

/*
 * What the kernel was configured with may be unknown to the compiler at hand;
 * kbuild decides by configuration, so the answer is given on its command line.
 */
static const struct {
	const char *flag, *override[2];
} overrides[] = {
	{ "-fmin-function-alignment=16",
	  { "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=" } },
	{ "-ftrivial-auto-var-init=zero", { "CONFIG_INIT_STACK_ALL_ZERO=" } },
	{ "-mharden-sls=all", { "CONFIG_SLS=", "CONFIG_MITIGATION_SLS=" } },
};

bool recipe_cc_takes(const char *cc, const char *flag)
{
	const char *const argv[] = { cc,   flag,	"-x",	     "c", "-S",
				     "-o", "/dev/null", "/dev/null", NULL };
	struct spawn s = { .argv = argv };
	struct err e;
	bool ok = spawn_run(&s, &e) == 0;

	buf_deinit(&s.out);
	return ok;
}

static bool runs(const char *prog, const char *arg, struct buf *out)
{
	const char *const argv[] = { prog, arg, NULL };
	struct spawn s = { .argv = argv };
	struct err e;
	bool ok = spawn_run(&s, &e) == 0;

	if (out)
		buf_add(out, s.out.p, s.out.len);
	buf_deinit(&s.out);
	return ok;
}

const char *recipe_cc(struct arena *a, const char *want, struct err *e)
{
	struct buf b = BUF_INIT;
	const char *cc = want, *name;

	if (!cc || !*cc)
		cc = getenv("TAP_CC");
	if (cc && *cc) {
		if (runs(cc, "--version", NULL))
			return cc;
		err_set(e, ERR_NOT_FOUND, "compiler '%s' does not run", cc);
		return NULL;
	}
	if (!runs("gcc", "-dumpversion", &b)) {
		buf_deinit(&b);
		err_set(e, ERR_NOT_FOUND, "no C compiler: 'gcc' does not run");
		err_hint(e, "apt-get install gcc");
		return NULL;
	}
	/* The name with its version says more, and stays the same compiler. */
	name = arena_printf(a, "gcc-%.*s", (int)strcspn(b.p, ".\n"), b.p);
	buf_deinit(&b);
	return runs(name, "--version", NULL) ? name : "gcc";
}

static int write_sources(struct arena *a, const char *dir, struct err *e)
{
	static const char kbuild[] = "obj-m := " NAME ".o\n";
	int rc = fs_mkdirs(dir, e);

	if (rc == 0)
		rc = fs_write_atomic(arena_printf(a, "%s/%s.c", dir, NAME),
				     module_c, sizeof(module_c) - 1, 0644, e);
	/* Kbuild was not known by 2.6.18's external builds; Makefile always. */
	if (rc == 0)
		rc = fs_write_atomic(arena_printf(a, "%s/Makefile", dir),
				     kbuild, sizeof(kbuild) - 1, 0644, e);
	return rc;
}

/* The first line that explains a failed build. */
static const char *first_error(struct arena *a, const char *log)
{
	static const char *const sign[] = { "error: ", "rror: ", "not found",
					    "Error", "*** " };
	size_t i;

	for (i = 0; i < sizeof(sign) / sizeof(*sign); i++) {
		const char *at = strstr(log, sign[i]), *begin = at;

		if (!at)
			continue;
		while (begin > log && begin[-1] != '\n')
			begin--;
		return arena_strndup(a, begin, strcspn(begin, "\n"));
	}
	return "no error message";
}

static int run_kbuild(struct arena *a, const struct ktree *t, const char *cc,
		      const char *dir, struct buf *log, struct err *e)
{
	struct words argv = { 0 };
	struct spawn s = { 0 };
	size_t i, k;
	int rc;

	words_add(a, &argv, "make");
	words_add(a, &argv, "-C");
	words_add(a, &argv, t->common);
	if (strcmp(t->common, t->headers))
		words_add(a, &argv, arena_printf(a, "O=%s", t->headers));
	words_add(a, &argv, arena_printf(a, "M=%s", dir));
	words_add(a, &argv, arena_printf(a, "CC=%s", cc));
	words_add(a, &argv, "V=1");
	/* We make no BTF for modules, so pahole is not needed either. */
	words_add(a, &argv, "CONFIG_DEBUG_INFO_BTF_MODULES=");
	for (i = 0; i < sizeof(overrides) / sizeof(*overrides); i++)
		if (!recipe_cc_takes(cc, overrides[i].flag))
			for (k = 0; k < 2 && overrides[i].override[k]; k++)
				words_add(a, &argv, overrides[i].override[k]);
	words_add(a, &argv, "modules");
	s.argv = words_end(a, &argv);
	s.cwd = dir;
	rc = spawn_run(&s, e);
	buf_add(log, s.out.p, s.out.len);
	buf_deinit(&s.out);
	if (rc == 0 && fs_exists(arena_printf(a, "%s/%s.ko", dir, NAME)))
		return 0;
	if (rc == ERR_IO)
		return rc;
	err_set(e, ERR_TOOL, "kbuild of %s cannot build a module: %.300s",
		t->release, first_error(a, log->p));
	if (strstr(log->p, "GLIBC_"))
		err_hint(
			e,
			"its tools need a newer C library: add libc6, libelf1t64, zlib1g and libzstd1 of the kernel's distribution");
	return ERR_TOOL;
}

static const char *base_name(const char *path)
{
	const char *s = strrchr(path, '/');

	return s ? s + 1 : path;
}

/* Where the last "Entering directory" before @at says a command ran. */
static const char *dir_at(struct arena *a, const char *log, const char *at,
			  const char *dflt)
{
	static const char sign[] = "Entering directory '";
	const char *s = log, *last = NULL;

	while ((s = strstr(s, sign)) && s < at) {
		s += sizeof(sign) - 1;
		last = s;
	}
	return last ? arena_strndup(a, last, strcspn(last, "'\n")) : dflt;
}

struct reader {
	struct arena *a;
	const struct ktree *t;
	const char *log, *dir; /* dir: of the module */
	struct recipe *r;
	struct words cc;
	const char *cwd;
};

/* objtool ARGS FILE */
static void read_objtool(struct reader *rd, const struct words *w)
{
	size_t i;

	if (rd->r->objtool_path || w->n < 2)
		return;
	for (i = 1; i + 1 < w->n; i++)
		words_add(rd->a, &rd->r->objtool, w->v[i]);
	rd->r->objtool_path = w->v[0];
}

/* ld -r FLAGS -T LDS -o FILE FILES */
static void read_ld(struct reader *rd, const struct words *w)
{
	size_t i;

	for (i = 1; i < w->n; i++) {
		const char *s = w->v[i];

		if (!strcmp(s, "-T") && i + 1 < w->n)
			rd->r->lds = w->v[++i];
		else if (!strncmp(s, "-T", 2))
			rd->r->lds = s + 2;
		else if (!strcmp(s, "-o"))
			break;
		else
			words_add(rd->a, &rd->r->ld, s);
	}
}

static void read_command(struct reader *rd, const struct words *w,
			 const char *at)
{
	const char *prog = base_name(w->v[0]);
	const char *last = base_name(w->v[w->n - 1]);

	if (!strcmp(last, NAME ".c") && words_has(w, "-c") && !rd->cc.n) {
		rd->cc = *w;
		rd->cwd = dir_at(rd->a, rd->log, at, rd->t->headers);
	} else if (!strcmp(prog, "objtool") && strstr(last, NAME)) {
		read_objtool(rd, w);
	} else if (words_has(w, "-r") && strstr(prog, "ld")) {
		size_t i;

		for (i = 1; i + 1 < w->n; i++)
			if (!strcmp(w->v[i], "-o") &&
			    !strcmp(base_name(w->v[i + 1]), NAME ".ko"))
				read_ld(rd, w);
	}
}

static int read_log(struct reader *rd, struct err *e)
{
	const char *line = rd->log;

	while (*line) {
		size_t len = strcspn(line, "\n"), pos = 0;
		struct words w;

		if (memmem(line, len, NAME, strlen(NAME)))
			while (flags_split(rd->a, line, len, &pos, &w))
				read_command(rd, &w, line);
		line += len;
		line += *line == '\n';
	}
	if (!rd->cc.n || !rd->r->ld.n)
		return err_set(
			e, ERR_FORMAT,
			"cannot find the %s command in the build log of %s",
			rd->cc.n ? "link" : "compile", rd->t->release);
	return 0;
}

/* Relative names in the log mean the directory make was in, or the headers. */
static const char *resolve(struct reader *rd, const char *path)
{
	const char *const base[] = { rd->cwd, rd->t->headers, rd->t->common };
	size_t i;

	if (!path || *path == '/')
		return path;
	for (i = 0; i < 3; i++) {
		char *s = arena_printf(rd->a, "%s/%s", base[i], path);

		if (fs_exists(s))
			return s;
	}
	return NULL;
}

static void find_objtool(struct reader *rd)
{
	struct recipe *r = rd->r;
	const char *multi = resolve(rd, r->objtool_path), *real;

	r->objtool_cmd = r->objtool_path = NULL;
	if (!multi)
		return;
	/* Debian's objtool starts objtool.real-$SRCARCH beside it. */
	real = arena_printf(rd->a, "%s.real-%s", multi, rd->t->srcarch);
	r->objtool_cmd = fs_exists(real) ? real : multi;
	real = arena_printf(rd->a, "%s.orig", r->objtool_cmd);
	r->objtool_path = fs_exists(real) ? real : r->objtool_cmd;
}

/* ---- the module ------------------------------------------------------------ */

static void emit_section(struct buf *b, const struct efile_sect *s)
{
	size_t i;

	buf_printf(b, "\t.section \"%s\",\"%s%s\",%s\n", s->name,
		   s->flags & SHF_ALLOC ? "a" : "",
		   s->flags & SHF_WRITE ? "w" : "",
		   s->type == SHT_NOTE ? "@note" : "@progbits");
	buf_printf(b, "\t.balign %d\n", s->type == SHT_NOTE ? 4 : 1);
	for (i = 0; i < s->len; i++)
		buf_printf(b, "%s%u", i % 16 ? "," : "\n\t.byte ", s->data[i]);
	buf_addc(b, '\n');
}

/*
 * Sections every module of this kernel carries unchanged.  Taking them from the
 * finished module needs no knowledge of the macro or release they come from.
 */
static void read_consts(struct recipe *r, const struct efile *f)
{
	static const char *const names[] = { ".orc_header", ".note.Linux" };
	const struct efile_sect *s;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		s = efile_section(f, names[i]);
		if (s && s->data)
			emit_section(&r->consts, s);
	}
	buf_adds(&r->consts, "\t.section .note.GNU-stack,\"\",@progbits\n");
}

static void read_modinfo(struct arena *a, struct recipe *r,
			 const struct efile *f)
{
	static const char *const not_ours[] = { "name=",    "license=",
						"depends=", "srcversion=",
						"intree=",  "description=" };
	const char *s;
	size_t pos = 0, i;

	while ((s = efile_modinfo_next(f, &pos))) {
		bool skip = !*s;

		if (!strncmp(s, "vermagic=", 9)) {
			r->vermagic = arena_strdup(a, s + 9);
			continue;
		}
		for (i = 0; i < sizeof(not_ours) / sizeof(*not_ours); i++)
			skip |= !strncmp(s, not_ours[i], strlen(not_ours[i]));
		if (!skip)
			buf_add(&r->modinfo, s, strlen(s) + 1);
	}
}

/* Offsets of init and exit: where the two relocations of the section point. */
static void read_relocs(struct recipe *r, Elf *elf, Elf_Scn *scn,
			const GElf_Shdr *sh)
{
	Elf_Data *rel = elf_getdata(scn, NULL), *sym;
	Elf_Scn *symscn = elf_getscn(elf, sh->sh_link);
	GElf_Shdr symsh;
	GElf_Rela ra;
	GElf_Sym st;
	int i;

	sym = symscn ? elf_getdata(symscn, NULL) : NULL;
	if (!rel || !sym || !gelf_getshdr(symscn, &symsh))
		return;
	for (i = 0; gelf_getrela(rel, i, &ra); i++) {
		const char *name;

		if (!gelf_getsym(sym, (int)GELF_R_SYM(ra.r_info), &st))
			continue;
		name = elf_strptr(elf, symsh.sh_link, st.st_name);
		if (name && !strcmp(name, "init_module"))
			r->init_off = (uint32_t)ra.r_offset;
		if (name && !strcmp(name, "cleanup_module"))
			r->exit_off = (uint32_t)ra.r_offset;
	}
}

static void read_layout(struct recipe *r, struct buf *b, size_t index)
{
	Elf *elf = elf_memory(b->p, b->len);
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while (elf && (scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &sh))
			continue;
		if (elf_ndxscn(scn) == index)
			r->align = (uint32_t)sh.sh_addralign;
		if (sh.sh_type == SHT_RELA && sh.sh_info == index)
			read_relocs(r, elf, scn, &sh);
	}
	elf_end(elf);
}

static int read_module(struct arena *a, struct recipe *r, const char *path,
		       struct err *e)
{
	struct buf b = BUF_INIT;
	const struct efile_sect *s;
	const uint8_t *at;
	struct efile f;
	int rc;

	rc = fs_read(path, &b, KO_MAX, e);
	if (rc == 0)
		rc = efile_open(&f, b.p, b.len, e);
	if (rc < 0) {
		buf_deinit(&b);
		return rc;
	}
	read_modinfo(a, r, &f);
	read_consts(r, &f);
	s = efile_section(&f, ".gnu.linkonce.this_module");
	at = s && s->data ? memmem(s->data, s->len, NAME, sizeof(NAME)) : NULL;
	if (!at || !r->vermagic) {
		rc = err_set(
			e, ERR_FORMAT,
			"the built module has no struct module or vermagic");
	} else {
		r->size = (uint32_t)s->len;
		r->name_off = (uint32_t)(at - s->data);
		read_layout(r, &b, s->index);
	}
	if (rc == 0 && (!r->init_off || !r->exit_off || !r->align))
		rc = err_set(
			e, ERR_FORMAT,
			"struct module of the built module has no init and exit");
	efile_close(&f);
	buf_deinit(&b);
	return rc;
}

const char *recipe_cc_text(struct arena *a, const char *cc)
{
	struct buf b = BUF_INIT;
	const char *ret;

	runs(cc, "--version", &b);
	ret = arena_strndup(a, b.p, strcspn(b.p, "\n"));
	buf_deinit(&b);
	return ret;
}

int recipe_learn(struct arena *a, const struct ktree *t, const char *cc,
		 const char *scratch, struct recipe *ret, struct err *e)
{
	struct reader rd = { .a = a, .t = t, .r = ret, .cwd = t->headers };
	struct buf log = BUF_INIT;
	int rc;

	memset(ret, 0, sizeof(*ret));
	buf_init(&ret->modinfo);
	buf_init(&ret->consts);
	ret->cc = cc;
	ret->cc_text = recipe_cc_text(a, cc);
	rd.dir = arena_printf(a, "%s/recipe", scratch);
	rc = write_sources(a, rd.dir, e);
	if (rc == 0 && t->is_private && t->libs)
		rc = tools_adapt_tree(a, t->kbuild, t->libs, e);
	if (rc == 0)
		rc = run_kbuild(a, t, cc, rd.dir, &log, e);
	rd.log = log.p;
	if (rc == 0)
		rc = read_log(&rd, e);
	if (rc == 0) {
		flags_headers(a, &rd.cc, rd.cwd, &ret->headers);
		flags_abi(a, &rd.cc, &ret->abi);
		find_objtool(&rd);
		ret->lds = resolve(&rd, ret->lds);
		rc = read_module(a, ret,
				 arena_printf(a, "%s/%s.ko", rd.dir, NAME), e);
	}
	buf_deinit(&log);
	return rc;
}

void recipe_deinit(struct recipe *r)
{
	buf_deinit(&r->modinfo);
	buf_deinit(&r->consts);
}
