/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys, revocations, policy, state and audit are all opened by these checks. */
#include "bundle/trust.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "bundle/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int trust_owner(const struct stat *st, const char *what, struct err *e)
{
	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		err_set(e, -BERR_CONFIG, "%s belongs to user %u, not to root",
			what, (unsigned int)st->st_uid);
		return err_hint(e, "chown root %s", what);
	}
	if (st->st_mode & 022) {
		err_set(e, -BERR_CONFIG,
			"%s may be written by others (mode "
			"%04o)",
			what, (unsigned int)st->st_mode & 07777);
		return err_hint(e, "chmod go-w %s", what);
	}
	return 0;
}

/*
 * Whoever owns a link in the middle of a path would choose among all that is root's.
 * Before Linux 5.6, and where a container's filter has no openat2(), only the last name
 * is looked at.
 */
static int open_dir(const char *dir)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, dir, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = open(dir, (int)how.flags);
	return fd;
}

static int err_link(const char *dir, struct err *e)
{
	err_set(e, -BERR_CONFIG, "%s: a symbolic link on the way", dir);
	return err_hint(e, "name it without links: realpath %s", dir);
}

/* The next name's owner is looked at too, so in /tmp nobody else can replace it. */
static int trust_step(struct stat *st, const char *dir, struct err *e)
{
	if (st->st_mode & S_ISVTX)
		st->st_mode &= ~(mode_t)022;
	return trust_owner(st, dir, e);
}

int trust_way(const char *path, struct err *e)
{
	char dir[TRUST_PATH_MAX + 1];
	const char *p = path;
	struct stat st;

	/* from above: each name is looked up in what nobody else can change */
	for (; (p = strchr(p, '/')) && p - path <= TRUST_PATH_MAX; p++) {
		snprintf(dir, sizeof(dir), "%.*s",
			 p == path ? 1 : (int)(p - path), path);
		if (lstat(dir, &st) < 0)
			return 0;
		if (S_ISLNK(st.st_mode))
			return err_link(path, e);
		if (trust_step(&st, dir, e) < 0)
			return err_prefix(e, "on the way to %s", path);
	}
	return p ? err_set(e, -BERR_CONFIG, "%s: a path of more than %d bytes",
			   path, TRUST_PATH_MAX)
		 : 0;
}

int trust_open_dir(const char *dir, struct err *e)
{
	int fd = open_dir(dir);
	struct stat st;
	int r;

	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_NOT_FOUND, "no directory '%s'", dir);
	if (fd < 0 && errno == ENOTDIR)
		return err_set(e, -BERR_CONFIG, "%s: not a directory", dir);
	if (fd < 0 && errno == ELOOP)
		return err_link(dir, e);
	if (fd < 0)
		return err_sys(e, "cannot open '%s'", dir);
	r = fstat(fd, &st) < 0 ? err_sys(e, "cannot stat '%s'", dir)
			       : trust_owner(&st, dir, e);
	if (!r)
		return fd;
	close(fd);
	return r;
}

static long read_fd(int fd, const char *path, char *buf, size_t cap,
		    struct err *e)
{
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "cannot stat '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, -BERR_CONFIG, "%s: not a regular file", path);
	r = trust_owner(&st, path, e);
	if (r < 0)
		return r;
	if (st.st_size > (off_t)cap)
		return err_set(e, -BERR_CONFIG,
			       "%s: %lld bytes, such a file has at most %zu",
			       path, (long long)st.st_size, cap);
	r = io_read_full(fd, buf, (size_t)st.st_size, e);
	if (r < 0)
		return err_prefix(e, "cannot read '%s'", path);
	return (long)st.st_size;
}

long trust_read_at(int dirfd, const char *name, const char *path, char *buf,
		   size_t cap, struct err *e)
{
	int fd = openat(dirfd, name,
			O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	long r;

	if (fd < 0 && errno == ELOOP)
		return err_set(e, -BERR_CONFIG, "%s: is a symbolic link", path);
	if (fd < 0 && errno == ENOENT) {
		err_sys(e, "cannot open '%s'", path);
		if (e)
			e->code = ERR_NOT_FOUND;
		return ERR_NOT_FOUND;
	}
	if (fd < 0)
		return err_sys(e, "cannot open '%s'", path);
	r = read_fd(fd, path, buf, cap, e);
	close(fd);
	return r;
}
