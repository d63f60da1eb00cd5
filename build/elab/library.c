// SPDX-License-Identifier: GPL-2.0-only
/* The tapset: an index of library files, each read closely only when it is needed. */
#include "build/elab/library.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/map.h"
#include "build/base/vec.h"
#include "build/families/family.h"
#include "build/lang/lang.h"
#include "build/lang/since.h"
#include "build/session.h"
#include "bundle/base/err.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct name_files {
	VEC(struct lib_file *) v;
};

/**
 * struct library - every file, and who defines which name
 * @building: name → struct name_files, while files are read
 * @names, @byname: the same sorted by name, for the life of the process
 */
struct library {
	struct arena *a;
	struct diags *d;
	struct lang_args args;
	uint32_t version; /* of the files being added */
	VEC(struct lib_file *) files, macros;
	struct map building[LIB_KINDS];
	const char **names[LIB_KINDS];
	struct name_files **byname[LIB_KINDS];
	size_t nnames[LIB_KINDS];
};

/* ---- index of one file --------------------------------------------------- */

static void index_name(struct library *lib, enum lib_kind kind,
		       const char *name, struct lib_file *f)
{
	struct name_files *nf = map_get(&lib->building[kind], name);

	if (!nf) {
		nf = arena_new(lib->a, struct name_files);
		map_put(&lib->building[kind], name, nf);
	}
	if (!nf->v.n || nf->v.v[nf->v.n - 1] != f)
		vec_apush(lib->a, &nf->v, f);
}

/* The file that is being looked at. */
struct indexer {
	struct library *lib;
	struct lib_file *f;
};

static void index_found(void *arg, enum outline_kind kind, const char *name)
{
	static const enum lib_kind kinds[] = {
		[OUTLINE_FUNC] = LIB_FUNC,
		[OUTLINE_GLOBAL] = LIB_GLOBAL,
		[OUTLINE_ALIAS] = LIB_ALIAS,
	};
	struct indexer *x = arg;

	index_name(x->lib, kinds[kind], name, x->f);
}

/* ---- directories --------------------------------------------------------- */

static bool is_arch_dir(const char *name)
{
	static const char *const arch[] = { "x86_64",	"i386",	   "arm64",
					    "arm",	"powerpc", "s390",
					    "mips",	"riscv",   "ia64",
					    "loongarch" };
	size_t i;

	for (i = 0; i < sizeof(arch) / sizeof(arch[0]); i++)
		if (!strcmp(name, arch[i]))
			return true;
	return false;
}

static bool has_suffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n > m && !strcmp(s + n - m, suffix);
}

static void add_file(struct library *lib, const char *path, const char *arch,
		     const char *kver)
{
	struct lib_file *f;
	struct indexer x = { lib, NULL };
	struct src *src;
	struct err e;

	if (src_load(lib->a, path, &src, &e) < 0) {
		diag_warn(lib->d, NULL, DIAG_LIBRARY_FILE,
			  "tapset file skipped: %s", e.text);
		return;
	}
	src->is_library = true;
	src->version = lib->version;
	f = arena_new(lib->a, struct lib_file);
	f->path = path;
	f->arch = arch;
	f->kver = kver;
	f->src = src;
	if (has_suffix(path, ".stpm")) {
		f->lexed = lang_lex(lib->a, src, &lib->args, lib->d);
		f->id = lib->macros.n;
		vec_apush(lib->a, &lib->macros, f);
		return;
	}
	f->id = lib->files.n;
	vec_apush(lib->a, &lib->files, f);
	x.f = f;
	lang_outline(src, index_found, &x, lib->d);
}

static int keep_entry(const struct dirent *de)
{
	return de->d_name[0] != '.';
}

/* strcmp order, so that no locale changes what is found first. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void scan_dir(struct library *lib, const char *dir, const char *arch,
		     const char *kver, bool narrow);

static void scan_subdir(struct library *lib, const char *path, const char *name,
			const char *arch, const char *kver, bool narrow)
{
	if (!narrow)
		return;
	if (name[0] >= '0' && name[0] <= '9' && !kver && !arch)
		scan_dir(lib, path, NULL, name, true);
	else if (is_arch_dir(name) && !arch)
		scan_dir(lib, path, name, kver, false);
}

static void scan_dir(struct library *lib, const char *dir, const char *arch,
		     const char *kver, bool narrow)
{
	struct dirent **de = NULL;
	int i, n = scandir(dir, &de, keep_entry, by_bytes);
	int pass;

	/* Narrower directories first: what they define is found first. */
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < n; i++) {
			const char *name = arena_strdup(lib->a, de[i]->d_name);
			const char *path =
				arena_printf(lib->a, "%s/%s", dir, name);
			struct stat st;

			if (stat(path, &st) < 0)
				continue;
			if (!pass && S_ISDIR(st.st_mode))
				scan_subdir(lib, path, name, arch, kver,
					    narrow);
			else if (pass && S_ISREG(st.st_mode) &&
				 (has_suffix(name, ".stp") ||
				  has_suffix(name, ".stpm")))
				add_file(lib, path, arch, kver);
		}
	}
	for (i = 0; i < n; i++)
		free(de[i]);
	free(de);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_names(struct library *lib, enum lib_kind kind)
{
	struct map *m = &lib->building[kind];
	size_t i, n = m->n;

	lib->nnames[kind] = n;
	lib->names[kind] = arena_array(lib->a, const char *, n + 1);
	lib->byname[kind] = arena_array(lib->a, struct name_files *, n + 1);
	for (i = 0; i < n; i++)
		lib->names[kind][i] = m->ent[i].key;
	if (n)
		qsort(lib->names[kind], n, sizeof(char *), by_name);
	for (i = 0; i < n; i++)
		lib->byname[kind][i] = map_get(m, lib->names[kind][i]);
	map_deinit(m);
}

struct library *library_open(struct session *s, struct diags *d)
{
	struct library *lib = arena_new(s->perm, struct library);
	size_t i;

	lib->a = s->perm;
	lib->d = d;
	lib->args = (struct lang_args){ s->args, s->nargs, NULL };
	for (i = 0; i < s->ninclude; i++) {
		const char *dir = s->include[i];

		/* our own tapset is of our own version */
		lib->version = i ? since_version(s->compatible) : 0;
		scan_dir(lib, arena_printf(lib->a, "%s/linux", dir), NULL, NULL,
			 true);
		scan_dir(lib, arena_printf(lib->a, "%s/base", dir), NULL, NULL,
			 false);
		scan_dir(lib, dir, NULL, NULL, true);
	}
	for (i = 0; i < LIB_KINDS; i++)
		sort_names(lib, (enum lib_kind)i);
	lib->d = NULL;
	return lib;
}

/* ---- answers ------------------------------------------------------------- */

bool library_applies(const struct lib_file *f, const struct pp_target *t)
{
	size_t n;

	if (f->arch && (!t || !t->arch || strcmp(f->arch, t->arch)))
		return false;
	if (!f->kver)
		return true;
	if (!t || !t->kernel_vr)
		return false;
	n = strlen(f->kver);
	return !strncmp(t->kernel_vr, f->kver, n) &&
	       (!t->kernel_vr[n] || t->kernel_vr[n] == '.' ||
		t->kernel_vr[n] == '-');
}

const struct lexed *library_lexed(struct library *lib, const struct lib_file *f)
{
	struct lib_file *mine = lib->files.v[f->id];
	struct diags told; /* when the library was opened */

	if (!mine->lexed) {
		diags_init(&told);
		mine->lexed = lang_lex(lib->a, mine->src, &lib->args, &told);
		diags_deinit(&told);
	}
	return mine->lexed;
}

/* What is wrong with a macro file is shown; only -W makes it matter. */
static void add_macros(struct pp_macros *m, const struct lib_file *f,
		       const struct pp_env *env, struct diags *d)
{
	struct diags mine;

	diags_init(&mine);
	mine.suppress_warnings = d->suppress_warnings;
	if (lang_macros_add(m, f->lexed, env, &mine)) {
		d->nwarnings += mine.nwarnings;
		buf_add(&d->text, mine.text.p, mine.text.len);
	} else if (!d->suppress_warnings) {
		buf_add(&d->text, mine.text.p, mine.text.len);
		diag_warn(d, NULL, DIAG_LIBRARY_FILE,
			  "macro tapset \"%s\" has errors, and will be skipped",
			  f->path);
	}
	diags_deinit(&mine);
}

struct pp_macros *library_macros(struct library *lib, struct arena *a,
				 const struct pp_env *env, struct diags *d)
{
	struct pp_macros *m = lang_macros_new(a);
	struct lib_file **f;

	vec_foreach(f, &lib->macros) {
		if (!library_applies(*f, env->target))
			continue;
		add_macros(m, *f, env, d);
	}
	return m;
}

static int by_id(const void *a, const void *b)
{
	const struct lib_file *const *x = a, *const *y = b;

	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

struct hits {
	VEC(const struct lib_file *) v;
};

static void add_hits(struct hits *h, const struct name_files *nf,
		     const struct pp_target *t)
{
	size_t i;

	for (i = 0; i < nf->v.n; i++)
		if (library_applies(nf->v.v[i], t))
			vec_push(&h->v, nf->v.v[i]);
}

size_t library_find(const struct library *lib, enum lib_kind kind,
		    const char *name, const struct pp_target *t,
		    const struct lib_file ***ret)
{
	const char **names = lib->names[kind], **hit;
	struct hits h = { 0 };
	size_t i, n = 0;

	if (strchr(name, '*')) {
		for (i = 0; i < lib->nnames[kind]; i++)
			if (family_word_match(name, names[i]))
				add_hits(&h, lib->byname[kind][i], t);
	} else {
		hit = bsearch(&name, names, lib->nnames[kind], sizeof(*names),
			      by_name);
		if (hit)
			add_hits(&h, lib->byname[kind][hit - names], t);
	}
	if (h.v.n)
		qsort(h.v.v, h.v.n, sizeof(*h.v.v), by_id);
	for (i = 0; i < h.v.n; i++)
		if (!n || h.v.v[n - 1] != h.v.v[i])
			h.v.v[n++] = h.v.v[i];
	*ret = h.v.v;
	return n;
}

size_t library_names(const struct library *lib, enum lib_kind kind,
		     const char *const **ret)
{
	*ret = (const char *const *)lib->names[kind];
	return lib->nnames[kind];
}

size_t library_nfiles(const struct library *lib)
{
	return lib->files.n;
}

const struct lib_file *library_file(const struct library *lib, size_t i)
{
	return lib->files.v[i];
}

void library_each(const struct library *lib,
		  void (*fn)(void *arg, const struct lib_file *f), void *arg)
{
	for (size_t i = 0; i < lib->macros.n; i++)
		fn(arg, lib->macros.v[i]);
	for (size_t i = 0; i < lib->files.n; i++)
		fn(arg, lib->files.v[i]);
}
