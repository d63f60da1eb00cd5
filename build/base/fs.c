/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and directories. */
#include "build/base/fs.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/guard.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int fs_read(const char *path, struct buf *b, size_t max, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t begin = b->len;
	int rc = 0;

	if (fd < 0)
		return err_sys(e, "cannot open '%s'", path);
	for (;;) {
		ssize_t n;

		buf_reserve(b, 65536);
		n = read(fd, b->p + b->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_sys(e, "cannot read '%s'", path);
		if (n <= 0)
			break;
		b->len += (size_t)n;
		b->p[b->len] = '\0';
		if (b->len - begin > max) {
			rc = err_set(e, ERR_LIMIT,
				     "'%s' is larger than %zu bytes", path,
				     max);
			break;
		}
	}
	close(fd);
	return rc;
}

/* A file without a name in the directory of @path: killed now, it is gone.
 * Some file systems have none (NFS, old overlays): -1. */
static int open_nameless(const char *path)
{
	char dir[4096];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 : 0;

	if (n >= sizeof(dir))
		return -1;
	memcpy(dir, path, n);
	dir[n] = '\0';
	return open(n ? dir : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

/* Give it the name @tmp, a template that is still free. */
static int name_it(int fd, char *tmp)
{
	char proc[32], *x = tmp + strlen(tmp) - 6;

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(x, 7, "%06u",
			 ((unsigned int)getpid() * 1000 + i) % 1000000);
		if (linkat(AT_FDCWD, proc, AT_FDCWD, tmp, AT_SYMLINK_FOLLOW) ==
		    0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

/* A directory or a device in the way is told before anything is written. */
static int check_place(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0 || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return 0;
	return err_set(e, ERR_EXISTS,
		       "cannot write '%s': it exists and is not a file", path);
}

/*
 * Open what becomes @path: nameless where the file system can, else @tmp, which
 * is a template for name_it() then.
 */
static int open_beside(const char *path, char tmp[4096], bool *is_named,
		       struct err *e)
{
	int fd, rc = check_place(path, e);

	if (rc < 0)
		return rc;
	if (snprintf(tmp, 4096, "%s.tmp-XXXXXX", path) >= 4096)
		return err_set(e, ERR_LIMIT, "path '%s' is too long", path);
	fd = open_nameless(path);
	*is_named = fd < 0;
	if (fd < 0)
		fd = mkostemp(tmp, O_CLOEXEC);
	return fd < 0 ? err_sys(e, "cannot create '%s'", path) : fd;
}

int fs_may_write(const char *path, struct err *e)
{
	char tmp[4096];
	bool is_named = false;
	int fd = open_beside(path, tmp, &is_named, e);

	if (fd < 0)
		return fd;
	close(fd);
	if (is_named)
		unlink(tmp);
	return 0;
}

int fs_write_atomic(const char *path, const void *p, size_t n,
		    unsigned int mode, struct err *e)
{
	char tmp[4096];
	mode_t mask = umask(0);
	bool is_named = false;
	int fd = open_beside(path, tmp, &is_named, e), rc;

	umask(mask);
	if (fd < 0)
		return fd;
	rc = io_write_full(fd, p, n, e);
	if (rc < 0)
		err_prefix(e, "'%s'", path);
	if (rc == 0 && (fchmod(fd, mode & ~mask) < 0 || fsync(fd) < 0))
		rc = err_sys(e, "cannot write '%s'", path);
	if (rc == 0 && !is_named) {
		is_named = name_it(fd, tmp) == 0;
		if (!is_named)
			rc = err_sys(e, "cannot create '%s'", path);
	}
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(e, "cannot close '%s'", path);
	if (rc == 0 && rename(tmp, path) < 0)
		rc = err_sys(e, "cannot rename '%s' to '%s'", tmp, path);
	if (rc < 0 && is_named)
		unlink(tmp);
	return rc;
}

int fs_write_scratch(const char *path, const void *p, size_t n, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return err_sys(e, "cannot create '%s'", path);
	rc = io_write_full(fd, p, n, e);
	if (rc < 0)
		err_prefix(e, "'%s'", path);
	close(fd);
	return rc;
}

int fs_mkdirs(const char *path, struct err *e)
{
	char tmp[4096];
	char *p;

	if ((size_t)snprintf(tmp, sizeof(tmp), "%s", path) >= sizeof(tmp))
		return err_set(e, ERR_LIMIT, "path '%s' is too long", path);
	for (p = tmp + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(tmp, 0755) < 0 && errno != EEXIST)
			return err_sys(e, "cannot create '%s'", tmp);
		*p = '/';
	}
	if (mkdir(tmp, 0755) < 0 && errno != EEXIST)
		return err_sys(e, "cannot create '%s'", tmp);
	return 0;
}

char *fs_tmpdir(struct arena *a, const char *label, struct err *e)
{
	const char *base = getenv("TMPDIR");
	char *path = arena_printf(a, "%s/%s-XXXXXX",
				  base && *base ? base : "/tmp", label);
	sigset_t all, was;
	bool is_made;

	/* a signal that ends us comes before the directory or after its guard */
	guard_start();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	is_made = mkdtemp(path);
	if (is_made)
		guard_tree(path);
	else
		err_sys(e, "cannot create '%s'", path);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return is_made ? path : NULL;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int fs_rmtree(const char *path, struct err *e)
{
	if (!fs_exists(path))
		return 0;
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) != 0)
		return err_sys(e, "cannot remove '%s'", path);
	return 0;
}

int fs_dir_begin(struct arena *a, const char *dir, char **ret, struct err *e)
{
	const char *slash = strrchr(dir, '/');

	*ret = arena_printf(a, "%.*s/.new-XXXXXX", (int)(slash - dir), dir);
	if (!mkdtemp(*ret))
		return err_sys(e, "cannot create '%s'", *ret);
	chmod(*ret, 0755);
	return 0;
}

int fs_dir_end(const char *tmp, const char *dir, int rc, struct err *e)
{
	if (rc == 0 && rename(tmp, dir) == 0)
		return 0;
	if (rc == 0 && errno != EEXIST && errno != ENOTEMPTY)
		rc = err_sys(e, "cannot rename '%s'", tmp);
	fs_rmtree(tmp, NULL);
	return rc;
}

bool fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

char *fs_cache_dir(struct arena *a, const char *sub)
{
	const char *tap = getenv("TAP_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (tap && *tap)
		return arena_printf(a, "%s/%s", tap, sub);
	if (xdg && *xdg)
		return arena_printf(a, "%s/tap/%s", xdg, sub);
	return arena_printf(a, "%s/.cache/tap/%s",
			    home && *home ? home : "/root", sub);
}

int fs_map(const char *path, const void **ret, size_t *len, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0)
		return err_sys(e, "cannot open '%s'", path);
	if (fstat(fd, &st) < 0) {
		close(fd);
		return err_sys(e, "cannot stat '%s'", path);
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		close(fd);
		return err_set(e, ERR_TRUNCATED,
			       "'%s' is empty or not a regular file", path);
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return err_sys(e, "cannot map '%s'", path);
	*ret = p;
	*len = (size_t)st.st_size;
	return 0;
}
