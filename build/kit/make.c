// SPDX-License-Identifier: GPL-2.0-only
/* The order of work: unpack; then image and modules beside recipe and runtime. */
#include "build/kit/make.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/guard.h"
#include "build/base/vec.h"
#include "build/kit/headers.h"
#include "build/kit/image_data.h"
#include "build/kit/kit_file.h"
#include "build/kit/ktree.h"
#include "build/kit/mods.h"
#include "build/kit/package.h"
#include "build/kit/recipe.h"
#include "build/kit/rtobj.h"
#include "build/kit/rtpart.h"
#include "build/kit/store.h"
#include "build/kit/symvers.h"
#include "bundle/base/err.h"

#include <ctype.h>
#include <dirent.h>
#include <libelf.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define TOOL_MAX ((size_t)64 << 20)

/* One kernel on its way to a kit. */
struct job {
	const struct kit_maker *m;
	const struct ktree *t;
	struct arena a;	      /* the main thread's */
	struct arena image_a; /* the image thread's */
	struct arena head_a;  /* the header thread's */
	const char *scratch, *cc, *runtime_id;
	struct recipe recipe;
	struct symvers sv;
	struct image_data image;
	struct mods mods;
	struct rtpart runtime;
	struct buf headers;
	struct words hflags;
	struct err image_err, mods_err, head_err;
	int image_rc, mods_rc, head_rc;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void kit_say(const struct kit_maker *m, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (!m->say)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	m->say(m->arg, line);
}

static double step(const struct kit_maker *m, const char *name, double since)
{
	double t = now();

	if (m->step)
		m->step(m->arg, name, t - since);
	return t;
}

static void *image_thread(void *arg)
{
	struct job *j = arg;
	double t = now();

	j->image_rc = idata_read(&j->image_a, j->t, &j->image, &j->image_err);
	step(j->m, "image", t);
	return NULL;
}

static void *mods_thread(void *arg)
{
	struct job *j = arg;
	double t = now();

	j->mods_rc =
		mods_read(j->t->modules, j->m->jobs, &j->mods, &j->mods_err);
	step(j->m, "modules", t);
	return NULL;
}

static void *headers_thread(void *arg)
{
	struct job *j = arg;
	double t = now();

	j->head_rc = headers_pack(&j->head_a, j->t, &j->hflags, &j->headers,
				  &j->head_err);
	step(j->m, "headers", t);
	return NULL;
}

/* What needs the compiler: recipe, facts, runtime, and then the headers. */
static int compile_part(struct job *j, struct err *e)
{
	struct arena *a = &j->a;
	pthread_t head;
	bool has_head = false;
	double t = now();
	int rc = symvers_read(a, j->t->symvers, &j->sv, e);

	if (rc == 0)
		rc = recipe_learn(a, j->t, j->cc, j->scratch, &j->recipe, e);
	step(j->m, "recipe", t);
	if (rc == 0) {
		headers_flags(a, j->t, &j->recipe.headers,
			      headers_cc_include(a, j->cc), &j->hflags);
		has_head = !pthread_create(&head, NULL, headers_thread, j);
		if (!has_head)
			headers_thread(j);
		t = now();
		/* headers are packed meanwhile */
		rc = rtpart_build(a, j->m->runtime, j->runtime_id, &j->recipe,
				  &j->sv, j->scratch, &j->runtime, e);
		step(j->m, "runtime", t);
	}
	if (has_head)
		pthread_join(head, NULL);
	if (rc == 0 && j->head_rc < 0) {
		rc = j->head_rc;
		*e = j->head_err;
	}
	return rc < 0 ? err_prefix(e, "kernel %s", j->t->release) : 0;
}

/* ---- writing ----------------------------------------------------------------- */

struct info {
	const char *key, *val;
};

static int info_cmp(const void *a, const void *b)
{
	const struct info *x = a, *y = b;

	return strcmp(x->key, y->key);
}

/* "6.1.0-56-cloud-amd64" -> "cloud-amd64": after the first "-" and a letter */
static const char *flavour(const char *release)
{
	const char *s = release;

	while ((s = strchr(s, '-')))
		if (isalpha((unsigned char)*++s))
			return s;
	return "";
}

static const char *distro(const struct job *j)
{
	static const struct {
		const char *sign, *name;
	} known[] = {
		{ "Debian", "debian" }, { "debian", "debian" },
		{ "Ubuntu", "ubuntu" }, { "fedora", "fedora" },
		{ "redhat", "rhel" },	{ "suse", "suse" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strstr(j->image.banner.text, known[i].sign))
			return known[i].name;
	return "";
}

static uint32_t layout_crc(const struct job *j)
{
	const struct export *x = symvers_find(&j->sv, "module_layout");

	return x ? x->crc : 0;
}

/* __versions is written exactly when the vermagic promises it. */
static bool has_modversions(const struct job *j)
{
	return strstr(j->recipe.vermagic, "modversions") != NULL;
}

static void write_info(struct job *j, struct kf_writer *w)
{
	struct arena *a = &j->a;
	const struct recipe *r = &j->recipe;
	bool mv = has_modversions(j);
	struct info v[] = {
		{ "release", j->t->release },
		{ "version", j->image.banner.version },
		{ "banner", j->image.banner.text },
		{ "machine", j->t->machine },
		{ "build-id", j->image.build_id },
		{ "distro", distro(j) },
		{ "flavour", flavour(j->t->release) },
		{ "vermagic", r->vermagic },
		{ "cc", r->cc },
		{ "cc-version", r->cc_text },
		{ "modversions", mv ? "1" : "0" },
		{ "layout-crc",
		  arena_printf(a, "0x%08x", mv ? layout_crc(j) : 0) },
		{ "module-size", arena_printf(a, "%u", r->size) },
		{ "module-name-off", arena_printf(a, "%u", r->name_off) },
		{ "module-init-off", arena_printf(a, "%u", r->init_off) },
		{ "module-exit-off", arena_printf(a, "%u", r->exit_off) },
		{ "module-align", arena_printf(a, "%u", r->align) },
	};
	struct buf *b;
	size_t i, n = sizeof(v) / sizeof(*v);

	qsort(v, n, sizeof(*v), info_cmp);
	b = kfw_section(w, KF_INFO);
	for (i = 0; i < n; i++) {
		struct kf_pair row = { kfw_str(w, v[i].key),
				       kfw_str(w, v[i].val) };

		buf_add(b, &row, sizeof(row));
	}
}

static int write_config(struct job *j, struct kf_writer *w, struct err *e)
{
	struct buf text = BUF_INIT, *b;
	VEC(struct info) v = { 0 };
	struct info *p;
	char *s, *end;
	int rc = fs_read(j->t->config, &text, 16 << 20, e);

	for (s = text.p; rc == 0 && *s; s = end) {
		char *eq;

		end = s + strcspn(s, "\n");
		if (*end)
			*end++ = '\0';
		eq = strchr(s, '=');
		if (strncmp(s, "CONFIG_", 7) || !eq)
			continue;
		*eq = '\0';
		vec_push(&v, (struct info){ s, eq + 1 });
	}
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), info_cmp);
	b = kfw_section(w, KF_CONFIG);
	vec_foreach(p, &v) {
		struct kf_pair row = { kfw_str(w, p->key), kfw_str(w, p->val) };

		buf_add(b, &row, sizeof(row));
	}
	vec_deinit(&v);
	buf_deinit(&text);
	return rc;
}

static void write_exports(struct job *j, struct kf_writer *w)
{
	struct buf *b;
	size_t i;

	b = kfw_section(w, KF_EXPORTS);
	for (i = 0; i < j->sv.n; i++) {
		const struct export *x = &j->sv.v[i];
		struct kf_export row = {
			kfw_str(w, x->name),
			has_modversions(j) ? x->crc : 0,
			x->gpl_only ? KF_EXPORT_GPL : 0,
			kfw_str(w, x->module),
		};

		buf_add(b, &row, sizeof(row));
	}
}

/* A soname: one number after ".so." ("libz.so.1", not "libz.so.1.3.1"). */
static bool is_soname(const char *name)
{
	const char *s = strstr(name, ".so.");

	return s && s[4] && s[4 + strspn(s + 4, "0123456789")] == '\0' &&
	       strlen(name) < KF_NAME_MAX - sizeof(KF_LIB);
}

static int write_libs(struct job *j, struct kf_writer *w, struct err *e)
{
	struct dirent **v;
	int n, i, rc = 0;

	/* Symbolic links are followed: the kit holds each library once. */
	n = j->t->libs ? scandir(j->t->libs, &v, NULL, alphasort) : 0;
	for (i = 0; i < n; i++) {
		const char *name = v[i]->d_name;
		char *path = arena_printf(&j->a, "%s/%s", j->t->libs, name);
		char *sect = arena_printf(&j->a, "%s%s", KF_LIB, name);

		if (rc == 0 && is_soname(name))
			rc = fs_read(path, kfw_section(w, sect), TOOL_MAX, e);
		free(v[i]);
	}
	if (n > 0)
		free(v);
	return rc;
}

static int write_tools(struct job *j, struct kf_writer *w, struct err *e)
{
	const struct recipe *r = &j->recipe;
	int rc = 0;

	if (r->lds)
		rc = fs_read(r->lds, kfw_section(w, KF_TOOL "module.lds"),
			     TOOL_MAX, e);
	if (rc == 0 && r->objtool_path) {
		rc = fs_read(r->objtool_path, kfw_section(w, KF_TOOL "objtool"),
			     TOOL_MAX, e);
		if (rc == 0)
			rc = write_libs(j, w, e);
	}
	return rc;
}

static int write_kit(struct job *j, struct arena *out, const char **path,
		     struct err *e)
{
	const struct recipe *r = &j->recipe;
	struct buf file = BUF_INIT;
	struct kf_writer w;
	char id[65];
	int rc;

	kfw_init(&w, &j->a);
	write_info(j, &w);
	idata_write(&j->image, &j->sv, &w);
	write_exports(j, &w);
	mods_write(&j->mods, &w);
	kfw_list(&w, KF_CFLAGS, r->abi.v, r->abi.n);
	kfw_list(&w, KF_OBJTOOL, r->objtool.v, r->objtool.n);
	kfw_list(&w, KF_LDFLAGS, r->ld.v, r->ld.n);
	kfw_list(&w, KF_HFLAGS, j->hflags.v, j->hflags.n);
	if (j->headers.len)
		buf_add(kfw_section(&w, KF_HEADERS), j->headers.p,
			j->headers.len);
	buf_add(kfw_section(&w, KF_MODINFO), r->modinfo.p, r->modinfo.len);
	buf_add(kfw_section(&w, KF_CONSTS), r->consts.p, r->consts.len);
	rc = write_config(j, &w, e);
	if (rc == 0)
		rc = write_tools(j, &w, e);
	rtpart_write(&j->runtime, has_modversions(j), &w);
	if (rc == 0)
		rc = kfw_finish(&w, &file, id, e);
	kfw_deinit(&w);
	if (rc == 0)
		rc = store_put(out, file.p, file.len, path, e);
	buf_deinit(&file);
	return rc;
}

/* kbuild's struct module and the types must tell the same story. */
static int cross_check(const struct job *j, struct err *e)
{
	const struct btfv *b = &j->image.btf;
	const struct recipe *r = &j->recipe;
	struct btf_memb name, init;
	uint32_t id;
	struct btft t;

	if (!j->image.btf_sect)
		return 0;
	id = btf_find(b, BTFK_STRUCT, "module");
	t = btf_type(b, id);
	if (!id || !btf_find_member(b, id, "name", &name) ||
	    !btf_find_member(b, id, "init", &init))
		return err_set(e, ERR_CORRUPT,
			       "the types of kernel %s have no struct module",
			       j->t->release);
	if (t.size != r->size || name.bit_off / 8 != r->name_off ||
	    init.bit_off / 8 != r->init_off)
		return err_set(
			e, ERR_CORRUPT,
			"image and headers of %s differ: struct module is %u/%u/%u bytes in the image, %u/%u/%u in the headers",
			j->t->release, t.size, name.bit_off / 8,
			init.bit_off / 8, r->size, r->name_off, r->init_off);
	return 0;
}

static int run_job(struct job *j, struct arena *out, const char **path,
		   struct err *e)
{
	pthread_t image, mods;
	bool has_image, has_mods;
	double t;
	int rc;

	elf_version(EV_CURRENT); /* before there are threads */
	buf_init(&j->headers);
	has_mods = !pthread_create(&mods, NULL, mods_thread, j);
	has_image = !pthread_create(&image, NULL, image_thread, j);
	if (!has_mods)
		mods_thread(j);
	if (!has_image)
		image_thread(j);
	rc = compile_part(j, e);
	if (has_image)
		pthread_join(image, NULL);
	if (has_mods)
		pthread_join(mods, NULL);
	if (rc == 0 && j->image_rc < 0) {
		rc = j->image_rc;
		*e = j->image_err;
	}
	if (rc == 0 && j->mods_rc < 0) {
		rc = j->mods_rc;
		*e = j->mods_err;
	}
	t = now();
	if (rc == 0)
		rc = cross_check(j, e);
	if (rc == 0)
		rc = write_kit(j, out, path, e);
	step(j->m, "write", t);
	return rc;
}

static int make_one(struct arena *a, const struct kit_maker *m,
		    const struct ktree *t, const char *scratch, const char *cc,
		    const char *runtime_id, const char **path, struct err *e)
{
	struct job *j = xcalloc(1, sizeof(*j));
	double begin = now();
	int rc;

	j->m = m;
	j->t = t;
	j->cc = cc;
	j->runtime_id = runtime_id;
	j->scratch = arena_printf(a, "%s/work-%s", scratch, t->release);
	kit_say(m, "%s: learning the recipe, reading image and modules",
		t->release);
	rc = fs_mkdirs(j->scratch, e);
	if (rc == 0)
		rc = run_job(j, a, path, e);
	if (rc == 0)
		kit_say(m,
			"%s: %zu modules, %zu tracepoints, %zu facts, %.1f s",
			t->release, j->mods.n, j->image.ntp, j->runtime.facts.n,
			now() - begin);
	recipe_deinit(&j->recipe);
	mods_deinit(&j->mods);
	idata_deinit(&j->image);
	rtpart_deinit(&j->runtime);
	buf_deinit(&j->headers);
	arena_deinit(&j->head_a);
	arena_deinit(&j->image_a);
	arena_deinit(&j->a);
	free(j);
	return rc;
}

/* ---- inputs ------------------------------------------------------------------ */

struct trees {
	struct ktree *v;
	size_t n, cap;
};

static int add_trees(struct arena *a, const char *root, bool is_private,
		     struct trees *ret, struct err *e)
{
	struct ktree *v = NULL;
	size_t n = 0, i;
	int rc = ktree_find(a, root, is_private, &v, &n, e);

	for (i = 0; i < n && rc == 0; i++)
		vec_apush(a, ret, v[i]);
	return rc;
}

static const char *base_name(const char *path)
{
	const char *s = strrchr(path, '/');

	return s ? s + 1 : path;
}

/* Kernels share packages; naming one twice must not unpack it twice. */
static bool has_name(const struct words *w, const char *path)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (!strcmp(base_name(w->v[i]), base_name(path)))
			return true;
	return false;
}

static int read_inputs(struct arena *a, const struct kit_maker *m,
		       const char *const *inputs, size_t n, const char *scratch,
		       struct trees *ret, struct err *e)
{
	char *root = arena_printf(a, "%s/root", scratch);
	struct words files = { 0 };
	struct stat st;
	double t = now();
	size_t i;
	int rc = fs_mkdirs(root, e);

	for (i = 0; i < n && rc == 0; i++) {
		if (stat(inputs[i], &st) < 0)
			rc = err_sys(e, "cannot open '%s'", inputs[i]);
		else if (S_ISDIR(st.st_mode))
			rc = add_trees(a, inputs[i], false, ret, e);
		else if (!has_name(&files, inputs[i]))
			words_add(a, &files, inputs[i]);
	}
	if (rc < 0 || !files.n)
		return rc;
	kit_say(m, "unpacking %zu package%s", files.n, files.n == 1 ? "" : "s");
	rc = package_unpack_all(files.v, files.n, root, m->jobs, e);
	step(m, "unpack", t);
	return rc < 0 ? rc : add_trees(a, root, true, ret, e);
}

/*
 * Half a gigabyte is written, read once and removed: in memory where there is
 * plenty and programs may be started from it (kbuild's tools are).
 */
static bool memory_fits(const char *dir)
{
	const uint64_t need = (uint64_t)3 << 30;
	unsigned long long kb = 0;
	struct buf b = BUF_INIT;
	struct statvfs v;
	const char *s;

	if (statvfs(dir, &v) < 0 || (v.f_flag & (ST_NOEXEC | ST_RDONLY)) ||
	    access(dir, W_OK) < 0 || (uint64_t)v.f_bavail * v.f_bsize < need)
		return false;
	if (fs_read("/proc/meminfo", &b, 65536, NULL) == 0) {
		s = strstr(b.p, "MemAvailable:");
		kb = s ? strtoull(s + 13, NULL, 10) : 0;
	}
	buf_deinit(&b);
	return kb * 1024 >= need;
}

static char *scratch_dir(struct arena *a, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char *path;

	/* make(1) cannot be told of names with blanks or colons in them. */
	if (tmp && strpbrk(tmp, " \t:#$%'\"\\")) {
		err_set(e, ERR_UNSUPPORTED,
			"kbuild cannot work in '%s' because of its name", tmp);
		err_hint(e, "set TMPDIR to another directory");
		return NULL;
	}
	if ((tmp && *tmp) || !memory_fits("/dev/shm"))
		return fs_tmpdir(a, "tap-kit", e);
	path = arena_strdup(a, "/dev/shm/tap-kit-XXXXXX");
	if (!mkdtemp(path))
		return fs_tmpdir(a, "tap-kit", e);
	/* Memory that nobody would miss until it is short. */
	guard_tree(path);
	return path;
}

int kit_make(struct arena *a, const struct kit_maker *m,
	     const char *const *inputs, size_t n, const char ***ret,
	     size_t *nret, struct err *e)
{
	const char *cc = recipe_cc(a, m->cc, e);
	struct trees trees = { 0 };
	VEC(const char *) paths = { 0 };
	char *scratch, id[RTOBJ_ID_LEN + 1];
	size_t i;
	int rc;

	*nret = 0;
	if (!cc)
		return ERR_NOT_FOUND;
	rc = rtobj_source_id(a, m->runtime, id, e);
	if (rc < 0)
		return rc;
	scratch = scratch_dir(a, e);
	if (!scratch)
		return e->code;
	rc = read_inputs(a, m, inputs, n, scratch, &trees, e);
	for (i = 0; i < trees.n && rc == 0; i++) {
		const char *path = NULL;

		rc = make_one(a, m, &trees.v[i], scratch, cc, id, &path, e);
		if (rc == 0)
			vec_apush(a, &paths, path);
	}
	*ret = paths.v;
	*nret = paths.n;
	if (getenv("TAP_KEEP"))
		kit_say(m, "kept %s", scratch);
	else
		fs_rmtree(scratch, NULL);
	return rc;
}
