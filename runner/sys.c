/* SPDX-License-Identifier: GPL-2.0-only */
/* Thin wrappers of system calls; nothing here decides anything. */
#include "runner/sys.h"
#include "bundle/base/cur.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int host_memfd_create(const char *name, unsigned int flags)
{
	return (int)syscall(SYS_memfd_create, name, flags);
}

static int host_finit_module(int fd, const char *params)
{
	return (int)syscall(SYS_finit_module, fd, params, 0);
}

static int host_init_module(const void *image, size_t n, const char *params)
{
	return (int)syscall(SYS_init_module, image, (unsigned long)n, params);
}

static int host_delete_module(const char *name)
{
	return (int)syscall(SYS_delete_module, name, O_NONBLOCK);
}

static ssize_t host_read_file(const char *path, char *buf, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t done = 0;

	if (fd < 0)
		return -1;
	while (done < cap - 1) {
		ssize_t r = read(fd, buf + done, cap - 1 - done);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			int saved = errno;

			close(fd);
			errno = saved;
			return -1;
		}
		if (r == 0)
			break;
		done += (size_t)r;
	}
	close(fd);
	buf[done] = '\0';
	return (ssize_t)done;
}

static bool host_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int sys_caps(uint64_t *permitted, uint64_t *effective)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };

	if (syscall(SYS_capget, &h, d) < 0) {
		/* before 2.6.26 only the 32-bit form exists */
		h.version = _LINUX_CAPABILITY_VERSION_1;
		if (syscall(SYS_capget, &h, d) < 0)
			return -1;
		d[1].permitted = d[1].effective = 0;
	}
	*permitted = (uint64_t)d[1].permitted << 32 | d[0].permitted;
	*effective = (uint64_t)d[1].effective << 32 | d[0].effective;
	return 0;
}

static int host_caps(uint64_t *effective)
{
	uint64_t permitted;

	return sys_caps(&permitted, effective);
}

const struct sys_ops sys_host = {
	.memfd_create = host_memfd_create,
	.finit_module = host_finit_module,
	.init_module = host_init_module,
	.delete_module = host_delete_module,
	.read_file = host_read_file,
	.exists = host_exists,
	.caps = host_caps,
};

const struct sys_ops *sys = &sys_host;

uint64_t sys_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t sys_real_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (ts.tv_sec < 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void sys_sleep_ns(uint64_t ns)
{
	struct timespec ts = { (time_t)(ns / 1000000000u),
			       (long)(ns % 1000000000u) };

	nanosleep(&ts, NULL);
}

void *sys_map(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void sys_unmap(void *p, size_t n)
{
	if (p)
		munmap(p, n);
}

int sys_set_caps(uint64_t permitted, uint64_t effective)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = {
		{ (uint32_t)effective, (uint32_t)permitted, 0 },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), 0 },
	};

	if (syscall(SYS_capset, &h, d) == 0)
		return 0;
	if (errno != EINVAL)
		return -1;
	h.version = _LINUX_CAPABILITY_VERSION_1;
	return (int)syscall(SYS_capset, &h, d);
}

int sys_connect(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	int fd, was;

	if (n >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, n);
	if (path[0] == '@')
		a.sun_path[0] = '\0';
	n += offsetof(struct sockaddr_un, sun_path);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, (socklen_t)n) < 0) {
		was = errno;
		close(fd);
		errno = was;
		fd = -1;
	}
	return fd;
}

int sys_dir_open(struct sys_dir *d, const char *path)
{
	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d->pos = 0;
	d->len = 0;
	d->name = NULL;
	return d->fd < 0 ? -1 : 0;
}

bool sys_dir_next(struct sys_dir *d)
{
	struct cur c;
	uint16_t reclen;

	if (d->pos >= d->len) {
		long r = syscall(SYS_getdents64, d->fd, d->buf, sizeof(d->buf));

		if (r <= 0)
			return false;
		d->pos = 0;
		d->len = (size_t)r;
	}
	/* u64 inode, s64 offset, u16 length, u8 type, name */
	c = cur_init(d->buf + d->pos, d->len - d->pos);
	cur_take(&c, 16);
	reclen = cur_le16(&c);
	cur_u8(&c);
	d->name = cur_str(&c);
	if (!cur_ok(&c) || reclen < 20 || reclen > d->len - d->pos)
		return false;
	d->pos += reclen;
	return true;
}

void sys_dir_close(struct sys_dir *d)
{
	close(d->fd);
}
