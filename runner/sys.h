/* SPDX-License-Identifier: GPL-2.0-only */
/* The system calls that unit tests replace, and raw ones libc does not wrap. */
#ifndef RUNNER_SYS_H
#define RUNNER_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct sys_ops - what the runner asks of the kernel
 *
 * All return -1 with errno on failure, like the system calls.
 * @read_file: up to @cap - 1 bytes, NUL-terminated; the number read
 * @exists: true when the path can be looked up
 * @caps: effective capabilities of this process as a bit mask
 * @finit_module: flags are always 0: the kernel's own checks are never lowered
 * @delete_module: never waits for users of the module (O_NONBLOCK)
 * Source: memfd_create(2), finit_module(2), delete_module(2), capget(2).
 */
struct sys_ops {
	int (*memfd_create)(const char *name, unsigned int flags);
	int (*finit_module)(int fd, const char *params);
	int (*init_module)(const void *image, size_t n, const char *params);
	int (*delete_module)(const char *name);
	ssize_t (*read_file)(const char *path, char *buf, size_t cap);
	bool (*exists)(const char *path);
	int (*caps)(uint64_t *effective);
};

extern const struct sys_ops sys_host;
extern const struct sys_ops *sys; /* &sys_host, except in tests */

/** sys_now_ns() - CLOCK_MONOTONIC, the clock of tapw_rec.time_ns */
uint64_t sys_now_ns(void);

/** sys_real_ns() - CLOCK_REALTIME; 0 before 1970 */
uint64_t sys_real_ns(void);

/** sys_sleep_ns() - sleep; a signal ends it early */
void sys_sleep_ns(uint64_t ns);

/**
 * sys_map() - zeroed private memory that is given back with sys_unmap()
 *
 * Return: NULL with errno when there is none.  @n is rounded up to pages.
 */
void *sys_map(size_t n);
void sys_unmap(void *p, size_t n);

/**
 * sys_connect() - a socket whose other end is @path
 * @path: /PATH, or @NAME for an abstract address
 * @type: SOCK_DGRAM or SOCK_SEQPACKET, with SOCK_NONBLOCK or not; it is
 *        close-on-exec always
 *
 * Return: descriptor, or -1 with errno (ENAMETOOLONG: no address is that long).
 * Source: unix(7).
 */
int sys_connect(const char *path, int type);

/**
 * sys_caps() - the capabilities of this process as bit masks
 *
 * Return: 0, or -1 with errno.  Source: capget(2).
 */
int sys_caps(uint64_t *permitted, uint64_t *effective);

/**
 * sys_set_caps() - replace both sets and empty the inheritable one
 *
 * Return: 0, or -1 with errno.  Source: capset(2).
 */
int sys_set_caps(uint64_t permitted, uint64_t effective);

/**
 * struct sys_dir - read a directory without heap
 * @name: of the current entry, valid until the next call
 */
struct sys_dir {
	int fd;
	size_t pos, len;
	const char *name;
	char buf[4096] __attribute__((aligned(8)));
};

/** sys_dir_open() - 0, or -1 with errno; close with sys_dir_close() */
int sys_dir_open(struct sys_dir *d, const char *path);
/** sys_dir_next() - true when @d->name is set, false at the end */
bool sys_dir_next(struct sys_dir *d);
void sys_dir_close(struct sys_dir *d);

#endif
