// SPDX-License-Identifier: GPL-2.0-only
/* Packages through libarchive; every path is checked before it is used. */
#include "build/kit/package.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/map.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/kit/xz.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* vmlinux with its debug information is a tenth of it. */
#define PACKAGE_MAX_FILE ((uint64_t)4 << 30)

struct link {
	const char *path, *target; /* path below root */
};

/* One package; the arena is private to its thread. */
struct job {
	const char *file, *root;
	size_t index;
	struct arena a;
	struct map dirs; /* directories already made */
	VEC(struct link) links;
	uint64_t bytes;
	size_t entries, wanted;
	struct archive *inner_of; /* outer ar while reading data.tar */
	const struct package_visitor *visitor; /* or NULL: unpack */
	struct err err;
	int rc;
};

static const char *base_name(const char *path)
{
	const char *s = strrchr(path, '/');

	return s ? s + 1 : path;
}

/* Leading "./" and "/" mean nothing in a package. */
static const char *entry_path(struct archive_entry *ent)
{
	const char *s = archive_entry_pathname(ent);

	while (s && (*s == '/' || (s[0] == '.' && s[1] == '/')))
		s++;
	return s;
}

/* No empty, "." or ".." component, no control characters. */
static bool is_clean(const char *s)
{
	const char *c;

	if (!*s || strlen(s) > 1024)
		return false;
	for (c = s; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			return false;
	for (;;) {
		size_t n = strcspn(s, "/");

		if (!n || (n == 1 && s[0] == '.') ||
		    (n == 2 && s[0] == '.' && s[1] == '.'))
			return false;
		if (!s[n])
			return true;
		s += n + 1;
		if (!*s)
			return true; /* trailing slash of a directory */
	}
}

/* Does a link at @path pointing to @target stay below the root? */
static bool link_stays(const char *path, const char *target)
{
	int depth = 0;
	const char *s;

	if (*target == '/')
		return false;
	for (s = path; *s; s++)
		depth += *s == '/';
	for (s = target; *s;) {
		size_t n = strcspn(s, "/");

		if (n == 2 && s[0] == '.' && s[1] == '.')
			depth--;
		else if (n && !(n == 1 && s[0] == '.'))
			depth++;
		if (depth < 0)
			return false;
		s += n;
		while (*s == '/')
			s++;
	}
	return true;
}

static bool matches(const char *path, const char *const *pat)
{
	for (; *pat; pat++)
		if (!fnmatch(*pat, path, 0))
			return true;
	return false;
}

/* fnmatch without FNM_PATHNAME: '*' crosses directories. */
static const char *const kernel_paths[] = {
	"usr/src/linux-headers-*",
	"usr/src/linux-kbuild-*",
	"usr/src/kernels/*",
	"usr/lib/linux-kbuild-*",
	"usr/src/linux-*-obj/*",
	"usr/src/linux-[0-9]*",
	"boot/vmlinu[xz]-*",
	"boot/System.map-*",
	"boot/config-*",
	"lib/modules/*.ko",
	"lib/modules/*.ko.[gxz]*",
	"lib/modules/*/vmlinu[xz]*",
	"lib/modules/*/config",
	"lib/modules/*/System.map",
	"lib/modules/*/symvers.*",
	"lib/modules/*/modules.*",
	NULL,
};

static const char *const library_names[] = {
	"ld-linux*.so.*", "ld64.so.*",	"libc.so.6",	 "libelf.so.1",
	"libelf-*.so",	  "libz.so.1*", "libzstd.so.1*", NULL,
};

/* Where @path goes below the root, or NULL when it is not needed. */
static const char *wanted_path(struct job *j, const char *path)
{
	const char *p = strncmp(path, "usr/lib/modules/", 16) ? path : path + 4;

	/* A 7 MB copy of the types, which the image has as well. */
	if (!fnmatch("usr/src/*/vmlinux", path, FNM_PATHNAME))
		return NULL;
	if (matches(p, kernel_paths)) {
		j->wanted++;
		return p;
	}
	if ((!strncmp(path, "lib", 3) || !strncmp(path, "usr/lib", 7)) &&
	    matches(base_name(path), library_names)) {
		j->wanted++;
		return arena_printf(&j->a, ".lib.%zu/%s", j->index,
				    base_name(path));
	}
	return NULL;
}

static int make_parents(struct job *j, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int rc;

	if (!slash)
		return 0;
	dir = arena_strndup(&j->a, path, (size_t)(slash - path));
	if (map_get(&j->dirs, dir))
		return 0;
	map_put(&j->dirs, dir, dir);
	rc = fs_mkdirs(arena_printf(&j->a, "%s/%s", j->root, dir), e);
	return rc;
}

static int archive_failed(struct job *j, struct archive *ar, struct err *e)
{
	const char *why = archive_error_string(ar);
	int code = ERR_FORMAT;

	if (!why)
		why = "damaged";
	if (strstr(why, "runcated") || strstr(why, "unexpected end"))
		code = ERR_TRUNCATED;
	return err_set(e, code, "'%s' cannot be unpacked: %s",
		       base_name(j->file), why);
}

static int write_file(struct job *j, struct archive *ar, const char *path,
		      mode_t mode, struct err *e)
{
	char *full = arena_printf(&j->a, "%s/%s", j->root, path);
	const void *p;
	size_t n;
	la_int64_t off, at = 0;
	int fd, rc;

	unlink(full);
	fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  mode & 0111 ? 0755 : 0644);
	if (fd < 0)
		return err_sys(e, "cannot create '%s'", full);
	for (;;) {
		rc = archive_read_data_block(ar, &p, &n, &off);
		if (rc == ARCHIVE_EOF || rc < ARCHIVE_WARN)
			break;
		j->bytes += n;
		if (j->bytes > PACKAGE_MAX_BYTES) {
			close(fd);
			return err_set(e, ERR_LIMIT,
				       "'%s' unpacks to more than %llu bytes",
				       base_name(j->file),
				       (unsigned long long)PACKAGE_MAX_BYTES);
		}
		if (off != at && lseek(fd, off, SEEK_SET) < 0)
			break;
		at = off + (la_int64_t)n;
		if (io_write_full(fd, p, n, e) < 0) {
			close(fd);
			return err_prefix(e, "'%s'", full);
		}
	}
	close(fd);
	return rc == ARCHIVE_EOF ? 0 : archive_failed(j, ar, e);
}

/* Hand the bytes of one file to the visitor. */
static int visit_file(struct job *j, struct archive *ar,
		      struct archive_entry *ent, const char *path,
		      struct err *e)
{
	la_int64_t size = archive_entry_size(ent), got;
	uint8_t *p;

	if (archive_entry_filetype(ent) != AE_IFREG ||
	    archive_entry_hardlink(ent) ||
	    !j->visitor->wants(j->visitor->arg, path))
		return 0;
	j->wanted++;
	if (size < 0 || (uint64_t)size > PACKAGE_MAX_FILE)
		return err_set(e, ERR_LIMIT, "'%s': '%.128s' is too large",
			       base_name(j->file), path);
	p = malloc((size_t)size + 1);
	if (!p)
		return err_set(e, ERR_LIMIT,
			       "'%s': no memory for the %lld bytes of '%.128s'",
			       base_name(j->file), (long long)size, path);
	got = archive_read_data(ar, p, (size_t)size);
	if (got != size) {
		free(p);
		return got < 0 ? archive_failed(j, ar, e)
			       : err_set(e, ERR_TRUNCATED,
					 "'%s' ends within '%.128s'",
					 base_name(j->file), path);
	}
	return j->visitor->take(j->visitor->arg, path, p, (size_t)size, e);
}

static int take_entry(struct job *j, struct archive *ar,
		      struct archive_entry *ent, struct err *e)
{
	const char *path = entry_path(ent), *to, *target;
	int rc;

	if (++j->entries > PACKAGE_MAX_ENTRIES)
		return err_set(e, ERR_LIMIT, "'%s' has more than %d files",
			       base_name(j->file), PACKAGE_MAX_ENTRIES);
	if (!path || !*path)
		return 0;
	if (!is_clean(path))
		return err_set(e, ERR_FORMAT,
			       "'%s' holds an unsafe path, nothing was used",
			       base_name(j->file));
	if (archive_entry_filetype(ent) == AE_IFDIR)
		return 0;
	if (j->visitor)
		return visit_file(j, ar, ent, path, e);
	to = wanted_path(j, path);
	if (!to)
		return 0;
	rc = make_parents(j, to, e);
	if (rc < 0)
		return rc;
	if (archive_entry_filetype(ent) == AE_IFREG &&
	    !archive_entry_hardlink(ent))
		return write_file(j, ar, to, archive_entry_perm(ent), e);
	target = archive_entry_symlink(ent);
	if (target && link_stays(to, target)) {
		struct link l = { arena_strdup(&j->a, to),
				  arena_strdup(&j->a, target) };

		vec_push(&j->links, l);
	}
	return 0;
}

static int read_entries(struct job *j, struct archive *ar, struct err *e)
{
	struct archive_entry *ent;
	int rc;

	while ((rc = archive_read_next_header(ar, &ent)) != ARCHIVE_EOF) {
		if (rc < ARCHIVE_WARN)
			return archive_failed(j, ar, e);
		rc = take_entry(j, ar, ent, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static la_ssize_t inner_read(struct archive *ar, void *arg, const void **p)
{
	struct job *j = arg;
	la_int64_t off;
	size_t n;
	int rc = archive_read_data_block(j->inner_of, p, &n, &off);

	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc < ARCHIVE_WARN) {
		archive_set_error(ar, EIO, "%s",
				  archive_error_string(j->inner_of));
		return -1;
	}
	return (la_ssize_t)n;
}

static struct archive *new_reader(void)
{
	struct archive *ar = archive_read_new();

	archive_read_support_filter_all(ar);
	archive_read_support_format_tar(ar);
	archive_read_support_format_cpio(ar);
	archive_read_support_format_ar(ar);
	return ar;
}

static int read_data(struct job *j, struct archive *outer, const char *name,
		     struct err *e)
{
	struct archive *ar = new_reader();
	struct xz_reader *xz = NULL;
	int rc;

	if (!strcmp(name, "data.tar.xz")) {
		xz = xz_reader_new(outer, spawn_jobs());
		rc = xz_reader_open(xz, ar);
	} else {
		j->inner_of = outer;
		rc = archive_read_open(ar, j, NULL, inner_read, NULL);
	}
	rc = rc < 0 ? archive_failed(j, ar, e) : read_entries(j, ar, e);
	archive_read_free(ar);
	xz_reader_free(xz);
	return rc;
}

/* A .deb is an ar with one data.tar.* in it. Source: deb(5). */
static int read_deb(struct job *j, struct archive *outer, struct err *e)
{
	struct archive_entry *ent;
	int rc;

	while ((rc = archive_read_next_header(outer, &ent)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(ent);

		if (name && !strncmp(name, "data.tar", 8))
			return read_data(j, outer, name, e);
	}
	if (rc != ARCHIVE_EOF)
		return archive_failed(j, outer, e);
	return err_set(e, ERR_TRUNCATED,
		       "'%s' has no data part: it is truncated",
		       base_name(j->file));
}

static int unpack(struct job *j, struct err *e)
{
	struct archive *ar = new_reader();
	struct archive_entry *ent;
	int rc;

	if (archive_read_open_filename(ar, j->file, 1 << 17) < 0) {
		if (archive_errno(ar) == ENOENT || archive_errno(ar) == EACCES)
			rc = err_set(e, ERR_IO, "cannot open '%s': %s", j->file,
				     strerror(archive_errno(ar)));
		else
			rc = archive_failed(j, ar, e);
		goto out;
	}
	rc = archive_read_next_header(ar, &ent);
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN) {
		rc = err_set(e, ERR_FORMAT, "'%s' is not a package",
			     base_name(j->file));
	} else if ((archive_format(ar) & ARCHIVE_FORMAT_BASE_MASK) ==
		   ARCHIVE_FORMAT_AR) {
		rc = read_deb(j, ar, e);
	} else {
		rc = take_entry(j, ar, ent, e);
		if (rc == 0)
			rc = read_entries(j, ar, e);
	}
	if (rc == 0 && !j->wanted)
		rc = err_set(e, ERR_FORMAT, "'%s' holds nothing of a kernel%s",
			     base_name(j->file),
			     j->visitor ? "'s debug information" : "");
out:
	archive_read_free(ar);
	return rc;
}

struct pool {
	struct job **order;
	size_t n, next;
	pthread_mutex_t lock;
};

static void *worker(void *arg)
{
	struct pool *p = arg;

	for (;;) {
		struct job *j;

		pthread_mutex_lock(&p->lock);
		j = p->next < p->n ? p->order[p->next++] : NULL;
		pthread_mutex_unlock(&p->lock);
		if (!j)
			return NULL;
		j->rc = unpack(j, &j->err);
	}
}

static off_t file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : st.st_size;
}

/* Largest first, so that one long job does not start last. */
static void sort_jobs(struct job **v, size_t n)
{
	size_t i, k;

	for (i = 1; i < n; i++)
		for (k = i;
		     k && file_size(v[k]->file) > file_size(v[k - 1]->file);
		     k--) {
			struct job *t = v[k];

			v[k] = v[k - 1];
			v[k - 1] = t;
		}
}

static void run_pool(struct pool *p, unsigned int jobs)
{
	pthread_t t[16];
	unsigned int i, n = 0;

	if (!jobs)
		jobs = spawn_jobs();
	if (jobs > 16)
		jobs = 16;
	for (i = 0; i + 1 < jobs && i + 1 < p->n; i++)
		if (!pthread_create(&t[n], NULL, worker, p))
			n++;
	worker(p);
	for (i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

static int make_links(struct job *j, struct err *e)
{
	size_t i;

	for (i = 0; i < j->links.n; i++) {
		const struct link *l = &j->links.v[i];
		char *full = arena_printf(&j->a, "%s/%s", j->root, l->path);

		if (symlink(l->target, full) < 0 && errno != EEXIST)
			return err_sys(e, "cannot create '%s'", full);
	}
	return 0;
}

/*
 * Libraries of this package replace those of the ones before: kernels of two
 * suites bring two C libraries, and the newer one serves both.
 */
static int merge_libs(struct job *j, struct err *e)
{
	char *from = arena_printf(&j->a, "%s/.lib.%zu", j->root, j->index);
	char *to = arena_printf(&j->a, "%s/.libs", j->root);
	struct dirent *ent;
	DIR *d = opendir(from);
	int rc;

	if (!d)
		return 0;
	rc = fs_mkdirs(to, e);
	while (rc == 0 && (ent = readdir(d))) {
		const char *name = ent->d_name;

		if (*name != '.' &&
		    rename(arena_printf(&j->a, "%s/%s", from, name),
			   arena_printf(&j->a, "%s/%s", to, name)) < 0)
			rc = err_sys(e, "cannot rename '%s'", name);
	}
	closedir(d);
	rmdir(from);
	return rc;
}

static int by_version(const void *a, const void *b)
{
	const struct job *const *x = a, *const *y = b;

	return strverscmp(base_name((*x)->file), base_name((*y)->file));
}

/* What is done when every file of every package is written. */
static int finish(struct pool *p, struct err *e)
{
	size_t i;
	int rc = 0;

	qsort(p->order, p->n, sizeof(*p->order), by_version);
	for (i = 0; i < p->n && rc == 0; i++)
		rc = make_links(p->order[i], e);
	for (i = 0; i < p->n && rc == 0; i++)
		rc = merge_libs(p->order[i], e);
	return rc;
}

int package_unpack_all(const char *const *files, size_t n, const char *root,
		       unsigned int jobs, struct err *e)
{
	struct job *job = xcalloc(n, sizeof(*job));
	struct pool pool = { .n = n };
	size_t i;
	int rc = 0;

	pool.order = xcalloc(n, sizeof(struct job *));
	pthread_mutex_init(&pool.lock, NULL);
	for (i = 0; i < n; i++) {
		job[i].file = files[i];
		job[i].root = root;
		job[i].index = i;
		arena_init(&job[i].a);
		pool.order[i] = &job[i];
	}
	sort_jobs(pool.order, n);
	run_pool(&pool, jobs);
	for (i = 0; i < n && rc == 0; i++) {
		rc = job[i].rc;
		if (rc < 0 && e)
			*e = job[i].err;
	}
	if (rc == 0)
		rc = finish(&pool, e);
	for (i = 0; i < n; i++) {
		vec_deinit(&job[i].links);
		map_deinit(&job[i].dirs);
		arena_deinit(&job[i].a);
	}
	pthread_mutex_destroy(&pool.lock);
	free(pool.order);
	free(job);
	return rc;
}

int package_visit(const char *file, const struct package_visitor *v,
		  struct err *e)
{
	struct job j = { .file = file, .visitor = v };
	int rc;

	arena_init(&j.a);
	rc = unpack(&j, e);
	arena_deinit(&j.a);
	return rc;
}
