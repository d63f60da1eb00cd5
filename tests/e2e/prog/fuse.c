// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuse FILE DIR HOW: mounts DIR with the one file "x.tap", whose content is FILE's, until
 * it is killed.  Each read(2) of it comes here (no page cache).  HOW:
 *
 *   same      as it is
 *   again     bytes that were read before are others
 *   flip N    in the N-th read one bit is another
 *   short N   the N-th read and all after it have come to the end
 *   grow      its size is larger by 512 than what there is
 *   stuck N   the N-th read is never answered
 *
 * "reads N" on the standard output: after the file was closed, how many there were.
 * Source: Documentation/filesystems/fuse.rst, linux/fuse.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NODE 2
#define NAME	  "x.tap"

static unsigned char content[8 << 20], seen[8 << 20];
static size_t size;
static const char *how;
static unsigned long which, reads;
static int dev;

static void answer(unsigned long long unique, int error, const void *p,
		   size_t n)
{
	static char out[sizeof(struct fuse_out_header) + (1 << 20)];
	struct fuse_out_header h = { (unsigned int)(sizeof(h) + n), error,
				     unique };

	memcpy(out, &h, sizeof(h));
	memcpy(out + sizeof(h), p, n);
	if (write(dev, out, h.len) < 0 && errno != ENOENT)
		perror("fuse: answer");
}

static struct fuse_attr attr_of(unsigned long long node)
{
	struct fuse_attr a = { .ino = node, .nlink = 1, .blksize = 4096 };

	a.mode = node == FILE_NODE ? S_IFREG | 0644 : S_IFDIR | 0755;
	if (node == FILE_NODE)
		a.size = size + (strcmp(how, "grow") ? 0 : 512);
	return a;
}

static void answer_read(unsigned long long unique,
			const struct fuse_read_in *in)
{
	static unsigned char data[1 << 20];
	size_t at = in->offset < size ? (size_t)in->offset : size;
	size_t n = in->size < size - at ? in->size : size - at;

	reads++;
	if (n > sizeof(data))
		n = sizeof(data);
	if (!strcmp(how, "short") && reads >= which)
		n = 0;
	if (!strcmp(how, "stuck") && reads == which)
		return;
	memcpy(data, content + at, n);
	for (size_t i = 0; !strcmp(how, "again") && i < n; i++)
		data[i] ^= seen[at + i];
	memset(seen + at, 0x40, n);
	if (!strcmp(how, "flip") && reads == which && n)
		data[n / 2] ^= 4;
	answer(unique, 0, data, n);
}

static void serve(const struct fuse_in_header *h, const void *arg)
{
	switch (h->opcode) {
	case FUSE_INIT: {
		const struct fuse_init_in *in = arg;
		struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION,
					     .minor = in->minor < 31 ? in->minor
								     : 31,
					     .max_write = 65536 };

		answer(h->unique, 0, &out, sizeof(out));
		return;
	}
	case FUSE_LOOKUP: {
		struct fuse_entry_out out = { .nodeid = FILE_NODE,
					      .attr = attr_of(FILE_NODE) };

		answer(h->unique, strcmp(arg, NAME) ? -ENOENT : 0, &out,
		       strcmp(arg, NAME) ? 0 : sizeof(out));
		return;
	}
	case FUSE_GETATTR: {
		struct fuse_attr_out out = { .attr = attr_of(h->nodeid) };

		answer(h->unique, 0, &out, sizeof(out));
		return;
	}
	case FUSE_OPEN: {
		struct fuse_open_out out = { .open_flags = FOPEN_DIRECT_IO };

		answer(h->unique, 0, &out, sizeof(out));
		return;
	}
	case FUSE_READ:
		answer_read(h->unique, arg);
		return;
	case FUSE_RELEASE:
		printf("reads %lu\n", reads);
		fflush(stdout);
		answer(h->unique, 0, "", 0);
		return;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	case FUSE_FLUSH:
		answer(h->unique, 0, "", 0);
		return;
	default:
		answer(h->unique, -ENOSYS, "", 0);
	}
}

int main(int argc, char **argv)
{
	static union {
		struct fuse_in_header h;
		char bytes[1 << 17];
	} in;
	char options[100];
	int fd;

	if (argc < 4)
		return 2;
	how = argv[3];
	which = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (size = (size_t)read(fd, content, sizeof(content))) >
			      sizeof(content)) {
		perror(argv[1]);
		return 1;
	}
	dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40755,user_id=0,group_id=0", dev);
	if (dev < 0 || mount("tap", argv[2], "fuse", MS_NOSUID, options) < 0) {
		perror("fuse: mount");
		return 1;
	}
	while (read(dev, &in, sizeof(in)) >= (ssize_t)sizeof(in.h))
		serve(&in.h, in.bytes + sizeof(in.h));
	return 0;
}
