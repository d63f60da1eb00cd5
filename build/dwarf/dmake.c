// SPDX-License-Identifier: GPL-2.0-only
/* Reads files as they come and indexes them on all CPUs; keeps nothing on disk. */
#include "build/dwarf/dmake.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/map.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/debuginfo/image.h"
#include "build/dwarf/dindex.h"
#include "build/kit/kit.h"
#include "build/kit/make.h"
#include "build/kit/package.h"
#include "build/kit/store.h"
#include "bundle/base/err.h"

#include <fcntl.h>
#include <fts.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 16
/* Parts of a file that are read on their own; the bytes depend on it. */
#define PART_BYTES ((uint64_t)8 << 20)
/* Files that wait may hold this much memory. */
#define WAIT_BYTES ((uint64_t)1 << 30)
#define FILE_MAX   ((size_t)4 << 30)

/* One index: of a kernel and its modules, or of a module that came without them. */
struct target {
	struct kit *kit;
	const char *path;     /* of the kit */
	const char *build_id; /* of such a module; NULL: the kernel's */
	struct tindex kernel;
	bool is_used;
	VEC(struct entry *) files;
};

/* One file of a kernel. */
struct entry {
	struct maker *m;
	struct target *t;
	const char *path, *dir;
	struct dfile f;
	struct dbin bin;
	struct buf mod_bytes;
	struct btfv mod_btf;
	struct tindex mod;
	bool has_mod;
	uint64_t *cut;
	size_t left, seq; /* parts not read yet; order of arrival */
	uint64_t bytes;
};

struct work {
	struct entry *f;
	size_t part; /* SIZE_MAX: the file is to be prepared first */
};

struct maker {
	struct arena *a;
	const struct kit_maker *km;
	VEC(struct target) targets;
	VEC(struct target *) strangers;
	struct map by_id; /* build-id -> struct owner */
	size_t nfiles;
	const char *bare; /* a file of a kit that had no debug information */
	/* below the lock */
	pthread_mutex_t lock;
	pthread_cond_t some, fewer;
	VEC(struct work) queue;
	size_t first;
	uint64_t waiting;
	bool is_closed;
	size_t bad; /* seq of the file that failed first in order */
	struct err err;
	int rc;
};

struct owner {
	size_t target;
	struct target *stranger; /* NULL: that of number @target */
	const char *module;	 /* NULL: the kernel */
};

static void fail(struct maker *m, size_t seq, int rc, const struct err *e)
{
	pthread_mutex_lock(&m->lock);
	if (!m->rc || seq < m->bad) {
		m->bad = seq;
		m->rc = rc;
		m->err = *e;
	}
	pthread_cond_broadcast(&m->fewer);
	pthread_mutex_unlock(&m->lock);
}

/* ---- workers -------------------------------------------------------------------- */

static void push(struct maker *m, struct entry *f, size_t part)
{
	pthread_mutex_lock(&m->lock);
	vec_push(&m->queue, (struct work){ f, part });
	pthread_cond_signal(&m->some);
	pthread_mutex_unlock(&m->lock);
}

/* A file's memory is given back as soon as its last part is read. */
static void part_done(struct entry *f)
{
	struct maker *m = f->m;
	bool is_last;

	pthread_mutex_lock(&m->lock);
	is_last = --f->left == 0;
	pthread_mutex_unlock(&m->lock);
	if (!is_last)
		return;
	dfile_close(&f->f);
	tindex_deinit(&f->mod);
	buf_deinit(&f->mod_bytes);
	free(f->cut);
	f->cut = NULL;
	pthread_mutex_lock(&m->lock);
	m->waiting -= f->bytes;
	pthread_cond_broadcast(&m->fewer);
	pthread_mutex_unlock(&m->lock);
}

static void read_part(struct entry *f, size_t i)
{
	struct maker *m = f->m;
	struct err e = { 0 };
	int rc = m->rc;

	if (rc == 0)
		rc = ddom_read(&f->bin.dom[i], &f->f, f->dir, f->cut[i],
			       f->cut[i + 1], &e);
	if (rc < 0 && e.code)
		fail(m, f->seq, rc, &e);
	part_done(f);
}

/* The module's own types, when the kit has them. */
static int module_types(struct entry *f, struct err *e)
{
	const struct kit *k = f->t->kit;
	size_t i = kit_find_module(k, f->bin.name);

	if (!f->bin.nsect || i == kit_nmodules(k) || !kit_module(k, i).has_btf)
		return 0;
	if (kit_module_btf(k, i, &f->mod_bytes, &f->mod_btf, e) < 0)
		return e->code;
	tindex_init(&f->mod, &f->mod_btf);
	f->has_mod = true;
	return 0;
}

static int prepare(struct entry *f, struct err *e)
{
	const struct btfv *types = kit_btf(f->t->kit);
	size_t i, n = 0;
	int rc = module_types(f, e);

	if (rc == 0)
		rc = dfile_prepare(&f->f, e);
	if (rc == 0)
		rc = ddom_plan(&f->f, f->dir,
			       f->bin.nsect ? UINT64_MAX : PART_BYTES, &f->cut,
			       &n, e);
	if (rc < 0)
		return rc;
	dindex_set_base(&f->bin, f->has_mod ? &f->mod_btf : types);
	f->bin.dom = xcalloc(n, sizeof(*f->bin.dom));
	f->bin.ndom = n;
	for (i = 0; i < n; i++) {
		ddom_init(&f->bin.dom[i], &f->t->kernel,
			  f->has_mod ? &f->mod : NULL);
		f->bin.dom[i].types.strict = f->bin.nsect && !f->has_mod;
	}
	f->left = n;
	return 0;
}

static void prepare_and_share(struct entry *f)
{
	struct err e = { 0 };
	size_t i, n;
	int rc = prepare(f, &e);

	if (rc < 0) {
		fail(f->m, f->seq, rc, &e);
		f->left = 1;
		part_done(f);
		return;
	}
	n = f->left;
	for (i = 1; i < n; i++)
		push(f->m, f, i);
	read_part(f, 0);
}

static void *worker(void *arg)
{
	struct maker *m = arg;
	struct work w;

	for (;;) {
		pthread_mutex_lock(&m->lock);
		while (m->first == m->queue.n && !(m->is_closed && !m->waiting))
			pthread_cond_wait(&m->some, &m->lock);
		if (m->first == m->queue.n) {
			pthread_cond_broadcast(&m->some);
			pthread_mutex_unlock(&m->lock);
			return NULL;
		}
		w = m->queue.v[m->first++];
		pthread_mutex_unlock(&m->lock);
		if (w.part == SIZE_MAX)
			prepare_and_share(w.f);
		else
			read_part(w.f, w.part);
		pthread_mutex_lock(&m->lock);
		if (m->is_closed && !m->waiting)
			pthread_cond_broadcast(&m->some);
		pthread_mutex_unlock(&m->lock);
	}
}

/* ---- which kit a file is of -------------------------------------------------------- */

static void add_owner(struct maker *m, const char *id, size_t target,
		      const char *module)
{
	struct owner *o;

	if (!*id || map_get(&m->by_id, id))
		return;
	o = arena_new(m->a, struct owner);
	o->target = target;
	o->module = module;
	map_put(&m->by_id, id, o);
}

static int open_kits(struct maker *m, struct err *e)
{
	const char **paths;
	int i, n = kit_find(m->a, "*", &paths, e);
	size_t k;

	for (i = 0; i < n; i++) {
		struct target t = { .path = paths[i] };
		int rc = kit_open(paths[i], &t.kit, e);

		if (rc < 0)
			return rc;
		vec_push(&m->targets, t);
		add_owner(m, kit_info(t.kit)->build_id, m->targets.n - 1, NULL);
		for (k = 0; k < kit_nmodules(t.kit); k++) {
			struct kit_module mod = kit_module(t.kit, k);

			add_owner(m, mod.build_id, m->targets.n - 1, mod.name);
		}
	}
	return n < 0 ? n : 0;
}

static const char *base_name(const char *path)
{
	const char *s = strrchr(path, '/');

	return s ? s + 1 : path;
}

/* "…/xfs.ko.debug" -> "xfs"; "vmlinux" for the kernel; "" for something else. */
static const char *module_of(struct arena *a, const char *path)
{
	const char *b = base_name(path), *ko = strstr(b, ".ko");
	char *s, *c;

	if (!strncmp(b, "vmlinux", 7))
		return "vmlinux";
	if (!ko)
		return "";
	s = arena_strndup(a, b, (size_t)(ko - b));
	for (c = s; *c; c++)
		if (*c == '-')
			*c = '_';
	return s;
}

/* The build-id that @name has in kit @k, or NULL. */
static const char *id_in_kit(const struct kit *k, const char *name)
{
	size_t i;

	if (!strcmp(name, "vmlinux"))
		return kit_info(k)->build_id;
	i = kit_find_module(k, name);
	return i < kit_nmodules(k) ? kit_module(k, i).build_id : NULL;
}

/* A file of no kit: an error when its place says that it belongs to one. */
static int check_stranger(struct maker *m, const char *path, const char *id,
			  struct err *e)
{
	const char *name = module_of(m->a, path), *want;
	struct target *t;

	vec_foreach(t, &m->targets) {
		const char *release = kit_info(t->kit)->release;
		const char *at = strstr(path, release);
		size_t n = strlen(release);

		if (!*name || !at || (at[n] && at[n] != '/' && at[n] != '.'))
			continue;
		want = id_in_kit(t->kit, name);
		if (!want)
			continue;
		err_set(e, ERR_CORRUPT,
			"'%s' has build-id %s, kit %s is of '%s' with %s", path,
			*id ? id : "(none)", release, name,
			*want ? want : "none");
		return err_hint(
			e,
			"get the debug information of that build, or make the kit of this one");
	}
	return 0;
}

/* "6.1.0-56-amd64" of a module's vermagic, or NULL. */
static const char *release_of(struct maker *m, const struct dfile *d)
{
	const char *s;
	size_t pos = 0;

	while ((s = efile_modinfo_next(&d->f, &pos)))
		if (!strncmp(s, "vermagic=", 9))
			return arena_strndup(m->a, s + 9, strcspn(s + 9, " "));
	return NULL;
}

/*
 * A module that did not come with its kernel, such as one built for it later: it has
 * an index of its own.  NULL: it is of no kernel that has a kit.
 */
static struct owner *add_stranger(struct maker *m, const char *path,
				  const struct dfile *d)
{
	const char *name = module_of(m->a, path), *release;
	struct target *t, *own;
	struct owner *o;

	if (!*name || !strcmp(name, "vmlinux") || strlen(d->build_id) < 12)
		return NULL;
	release = release_of(m, d);
	vec_foreach(t, &m->targets)
		if (release && !strcmp(kit_info(t->kit)->release, release))
			break;
	if (t == m->targets.v + m->targets.n)
		return NULL;
	own = arena_new(m->a, struct target);
	own->kit = t->kit;
	own->build_id = arena_strdup(m->a, d->build_id);
	vec_push(&m->strangers, own);
	add_owner(m, own->build_id, 0, name);
	o = map_get(&m->by_id, own->build_id);
	o->stranger = own;
	return o;
}

static struct target *target_of(struct maker *m, const struct owner *o)
{
	return o->stranger ? o->stranger : &m->targets.v[o->target];
}

/* ---- taking files --------------------------------------------------------------------- */

static struct entry *new_entry(struct maker *m, const struct owner *o,
			       const char *path)
{
	struct entry *f = xcalloc(1, sizeof(*f));
	struct target *t = target_of(m, o);

	f->m = m;
	f->t = t;
	f->seq = m->nfiles++;
	f->path = path;
	buf_init(&f->mod_bytes);
	f->bin.name = o->module ? o->module : "vmlinux";
	if (!t->is_used)
		tindex_init(&t->kernel, kit_btf(t->kit));
	t->is_used = true;
	vec_push(&t->files, f);
	return f;
}

static bool has_entry(const struct target *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->files.n; i++)
		if (!strcmp(t->files.v[i]->bin.name, name))
			return true;
	return false;
}

static void wait_for_room(struct maker *m, uint64_t bytes)
{
	pthread_mutex_lock(&m->lock);
	while (m->waiting && m->waiting + bytes > WAIT_BYTES && !m->rc)
		pthread_cond_wait(&m->fewer, &m->lock);
	m->waiting += bytes;
	pthread_mutex_unlock(&m->lock);
}

static void copy_sections(struct maker *m, struct entry *f)
{
	size_t i;

	f->bin.nsect = f->f.nsect;
	f->bin.sect = arena_array(m->a, struct dfile_sect, f->f.nsect + 1);
	for (i = 0; i < f->f.nsect; i++) {
		f->bin.sect[i] = f->f.sect[i];
		f->bin.sect[i].name = arena_strdup(m->a, f->f.sect[i].name);
	}
	f->bin.build_id = arena_strdup(m->a, f->f.build_id);
}

/* Take over the bytes of one file; what is of no kit is let go. */
static int take(struct maker *m, const char *path, const char *dir, uint8_t *p,
		size_t n, bool is_mapped, struct err *e)
{
	char *name = arena_strdup(m->a, path);
	const struct owner *o;
	struct entry *f;
	struct dfile d;
	int rc = dfile_open(&d, name, p, n, is_mapped, e);

	/* such as a 32-bit vdso: nothing of ours */
	if (rc < 0 && !*module_of(m->a, path)) {
		*e = (struct err){ 0 };
		return 0;
	}
	if (rc < 0)
		return rc;
	o = map_get(&m->by_id, d.build_id);
	if (o && !d.has_dwarf)
		m->bare = name;
	if (!o)
		rc = check_stranger(m, path, d.build_id, e);
	if (!o && rc == 0)
		o = add_stranger(m, name, &d);
	if (!o || !d.has_dwarf ||
	    has_entry(target_of(m, o), o->module ? o->module : "vmlinux")) {
		dfile_close(&d);
		return rc;
	}
	f = new_entry(m, o, name);
	f->f = d;
	f->dir = dir ? arena_strdup(m->a, dir) : NULL;
	f->bytes = n + 1;
	copy_sections(m, f);
	wait_for_room(m, f->bytes);
	push(m, f, SIZE_MAX);
	return m->rc;
}

static bool wants(void *arg, const char *path)
{
	const char *b = base_name(path), *dot = strrchr(b, '.');

	(void)arg;
	return !strncmp(b, "vmlinux", 7) || strstr(b, ".ko") ||
	       (dot && !strcmp(dot, ".debug"));
}

/* Unpack what came compressed (xfs.ko.xz); @p is owned, and so is *ret. */
static int plain(uint8_t *p, size_t n, uint8_t **ret, size_t *len,
		 struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = image_decompress(p, n, &b, FILE_MAX, e);

	free(p);
	if (rc < 0) {
		buf_deinit(&b);
		return rc;
	}
	*ret = (uint8_t *)buf_detach(&b, len);
	return 0;
}

static int take_packed(void *arg, const char *path, uint8_t *p, size_t n,
		       struct err *e)
{
	struct maker *m = arg;
	int rc;

	if (n < 4 || memcmp(p, "\177ELF", 4) != 0) {
		rc = plain(p, n, &p, &n, e);
		if (rc < 0)
			return err_prefix(e, "'%s'", path);
		if (n < 4 || memcmp(p, "\177ELF", 4) != 0) {
			free(p);
			return 0; /* a script, a list */
		}
	}
	rc = take(m, path, NULL, p, n, false, e);
	return rc < 0 && !e->code ? ERR_INTERRUPTED : rc;
}

static bool is_elf(const char *path)
{
	char head[4] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool yes = fd >= 0 && read(fd, head, 4) == 4 &&
		   !memcmp(head, "\177ELF", 4);

	if (fd >= 0)
		close(fd);
	return yes;
}

static int map_private(const char *path, uint8_t **p, size_t *n, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *v;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(e, "cannot open '%s'", path);
		if (fd >= 0)
			close(fd);
		return e->code;
	}
	*n = (size_t)st.st_size;
	v = mmap(NULL, *n, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	if (v == MAP_FAILED)
		return err_sys(e, "cannot map '%s'", path);
	*p = v;
	return 0;
}

static int take_file(struct maker *m, const char *path, struct err *e)
{
	const char *b = base_name(path);
	char *dir = b > path ? arena_strndup(m->a, path, (size_t)(b - path - 1))
			     : NULL;
	struct buf raw = BUF_INIT;
	uint8_t *p = NULL;
	size_t n = 0;
	int rc;

	if (is_elf(path)) {
		rc = map_private(path, &p, &n, e);
		return rc < 0 ? rc : take(m, path, dir, p, n, true, e);
	}
	rc = fs_read(path, &raw, FILE_MAX, e);
	if (rc < 0)
		return rc;
	p = (uint8_t *)buf_detach(&raw, &n);
	return take_packed(m, path, p, n, e);
}

static int name_cmp(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int take_dir(struct maker *m, const char *dir, struct err *e)
{
	char *const roots[] = { arena_strdup(m->a, dir), NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, name_cmp);
	FTSENT *ent;
	int rc = 0;

	if (!fts)
		return err_sys(e, "cannot read '%s'", dir);
	while (rc == 0 && (ent = fts_read(fts)))
		if (ent->fts_info == FTS_F && wants(NULL, ent->fts_path))
			rc = take_file(m, ent->fts_path, e);
	fts_close(fts);
	return rc;
}

static int take_input(struct maker *m, const char *path, struct err *e)
{
	struct package_visitor v = { wants, take_packed, m };
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, "cannot open '%s'", path);
	kit_say(m->km, "reading %s", base_name(path));
	if (S_ISDIR(st.st_mode))
		return take_dir(m, path, e);
	if (is_elf(path) || strstr(base_name(path), ".ko"))
		return take_file(m, path, e);
	return package_visit(path, &v, e);
}

/* ---- results ---------------------------------------------------------------------------- */

static int bin_cmp(const void *a, const void *b)
{
	const struct entry *const *x = a, *const *y = b;
	bool xk = !(*x)->bin.nsect, yk = !(*y)->bin.nsect;

	if (xk != yk)
		return xk ? -1 : 1;
	return strcmp((*x)->bin.name, (*y)->bin.name);
}

static unsigned int jobs_of(const struct maker *m)
{
	unsigned int jobs = m->km->jobs ? m->km->jobs : spawn_jobs();

	return jobs > MAX_THREADS ? MAX_THREADS : jobs;
}

static int write_target(struct maker *m, struct target *t, const char **path,
			struct err *e)
{
	const struct kit_info *info = kit_info(t->kit);
	struct dbin *bin = xcalloc(t->files.n, sizeof(*bin));
	struct buf out = BUF_INIT;
	char id[65];
	size_t i;
	int rc;

	qsort(t->files.v, t->files.n, sizeof(*t->files.v), bin_cmp);
	for (i = 0; i < t->files.n; i++)
		bin[i] = t->files.v[i]->bin;
	rc = dindex_write(
		m->a, info->release, t->build_id ? t->build_id : info->build_id,
		kit_btf(t->kit), bin, t->files.n, jobs_of(m), &out, id, e);
	if (rc == 0)
		rc = store_put_debug(m->a, out.p, out.len, path, e);
	if (rc == 0)
		kit_say(m->km, "%s: debug information of %zu files, %.1f MB",
			info->release, t->files.n, (double)out.len / 1e6);
	buf_deinit(&out);
	free(bin);
	return rc;
}

static int write_all(struct maker *m, const char ***ret, size_t *n,
		     struct err *e)
{
	VEC(const char *) v = { 0 };
	struct target *t, **own;
	const char *path;
	int rc = 0;

	vec_foreach(t, &m->targets) {
		if (!t->is_used || rc < 0)
			continue;
		rc = write_target(m, t, &path, e);
		if (rc == 0)
			vec_apush(m->a, &v, path);
	}
	vec_foreach(own, &m->strangers) {
		if (!(*own)->is_used || rc < 0)
			continue;
		rc = write_target(m, *own, &path, e);
		if (rc == 0)
			vec_apush(m->a, &v, path);
	}
	if (rc == 0 && !v.n && m->bare) {
		rc = err_set(e, ERR_NOT_FOUND,
			     "'%s' has no debug information: it is stripped",
			     m->bare);
	} else if (rc == 0 && !v.n) {
		rc = err_set(e, ERR_NOT_FOUND,
			     "no stored kit is of a kernel these files are of");
		err_hint(e, "tapbuild kit add PACKAGES…, then this again");
	}
	*ret = v.v;
	*n = v.n;
	return rc;
}

static void target_deinit(struct target *t)
{
	size_t i, k;

	for (i = 0; i < t->files.n; i++) {
		struct entry *f = t->files.v[i];

		for (k = 0; k < f->bin.ndom; k++)
			ddom_deinit(&f->bin.dom[k]);
		free(f->bin.dom);
		free(f);
	}
	vec_deinit(&t->files);
	tindex_deinit(&t->kernel);
}

static void maker_deinit(struct maker *m)
{
	struct target *t, **own;

	vec_foreach(own, &m->strangers)
		target_deinit(*own);
	vec_deinit(&m->strangers);
	vec_foreach(t, &m->targets) {
		target_deinit(t);
		kit_close(t->kit);
	}
	vec_deinit(&m->targets);
	vec_deinit(&m->queue);
	map_deinit(&m->by_id);
	pthread_cond_destroy(&m->some);
	pthread_cond_destroy(&m->fewer);
	pthread_mutex_destroy(&m->lock);
}

static int read_inputs(struct maker *m, const char *const *inputs, size_t n,
		       struct err *e)
{
	unsigned int jobs = jobs_of(m), started = 0, i;
	pthread_t t[MAX_THREADS];
	size_t k;
	int rc = 0;

	for (i = 0; i < jobs; i++)
		if (!pthread_create(&t[started], NULL, worker, m))
			started++;
	if (!started)
		rc = err_set(e, ERR_LIMIT, "cannot start a thread");
	for (k = 0; k < n && rc == 0; k++)
		rc = take_input(m, inputs[k], e);
	pthread_mutex_lock(&m->lock);
	m->is_closed = true;
	pthread_cond_broadcast(&m->some);
	pthread_mutex_unlock(&m->lock);
	for (i = 0; i < started; i++)
		pthread_join(t[i], NULL);
	/* a worker's failure made the reading end */
	if (m->rc < 0) {
		*e = m->err;
		return m->rc;
	}
	return rc;
}

int dmake_index(struct arena *a, const struct kit_maker *km,
		const char *const *inputs, size_t n, const char ***ret,
		size_t *nret, struct err *e)
{
	struct maker m = { .a = a, .km = km };
	int rc;

	*nret = 0;
	elf_version(EV_CURRENT); /* before there are threads */
	pthread_mutex_init(&m.lock, NULL);
	pthread_cond_init(&m.some, NULL);
	pthread_cond_init(&m.fewer, NULL);
	rc = open_kits(&m, e);
	if (rc == 0)
		rc = read_inputs(&m, inputs, n, e);
	if (rc == 0)
		rc = write_all(&m, ret, nret, e);
	maker_deinit(&m);
	return rc;
}
