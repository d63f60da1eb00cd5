// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest needs to be an NFS server and its own client, without nfs-utils.
 *
 *   nfs portmap              answers the kernel's calls of the port mapper, each with
 *                            "yes", till it is killed; returns when it listens
 *   nfs clients PIPE         answers the server that knows of no client before its start,
 *                            so that nothing is to be waited for; till it is killed
 *   nfs handle DOMAIN PATH   the server's handle of an exported directory, in hex
 *   nfs mount3 HANDLE DIR    mounts it as NFS version 3, with no mountd to ask
 *   nfs mount4 DIR OPTIONS   mounts the server's root as NFS version 4
 *   nfs use DIR              makes, writes, reads, locks, maps, renames, lists and
 *                            removes files there
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/nfs_mount.h>
#include <linux/nfsd/cld.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, WRITTEN = 5000 };

static int die(const char *what)
{
	perror(what);
	return 1;
}

static int read_all(int fd, void *to, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = read(fd, (char *)to + done, size - done);
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

/* True in the process that stays; the other one has printed its number. */
static int background(void)
{
	pid_t pid = fork();

	if (pid) {
		printf("%d\n", (int)pid);
		return 0;
	}
	setsid();
	close(0);
	close(1);
	return 1;
}

/* One record is one call; of a call only its number matters. */
static void portmap_answer(int fd)
{
	uint32_t head, call[1024], reply[8] = { htonl(0x80000000u | 28) };

	while (!read_all(fd, &head, 4)) {
		head = ntohl(head) & 0x7fffffff;
		if (head < 4 || head > sizeof(call) || read_all(fd, call, head))
			return;
		reply[1] = call[0];
		reply[2] =
			htonl(1); /* a reply; accepted, no verifier, success */
		reply[7] = htonl(1); /* true */
		if (write(fd, reply, sizeof(reply)) != sizeof(reply))
			return;
	}
}

static int nfs_portmap(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(111),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1, fd, s = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(s, (struct sockaddr *)&at, sizeof(at)) || listen(s, 8))
		return die("port 111");
	if (!background())
		return 0;
	signal(SIGCHLD, SIG_IGN);
	while ((fd = accept(s, NULL, NULL)) >= 0) {
		if (!fork()) {
			portmap_answer(fd);
			_exit(0);
		}
		close(fd);
	}
	return 1;
}

/* The pipe is there while the server is, which waits a second for somebody at it. */
static int nfs_clients(const char *pipe)
{
	struct cld_msg_v2 msg;
	struct pollfd wait = { .events = POLLIN };
	ssize_t n;

	if (!background())
		return 0;
	while ((wait.fd = open(pipe, O_RDWR)) < 0)
		usleep(2000);
	/* read() alone does not wait */
	while (poll(&wait, 1, -1) == 1 &&
	       !(wait.revents & (POLLERR | POLLHUP))) {
		n = read(wait.fd, &msg, sizeof(msg));
		if (n <= 0)
			continue;
		msg.cm_status = 0;
		if (msg.cm_cmd == Cld_GetVersion)
			msg.cm_u.cm_version = 2;
		/* as long as the question: each version has its own length */
		if (write(wait.fd, &msg, (size_t)n) != n)
			return 1;
	}
	return 1;
}

static int nfs_handle(const char *domain, const char *path)
{
	int fd = open("/proc/fs/nfsd/filehandle", O_RDWR);
	char line[512];
	ssize_t n;

	n = snprintf(line, sizeof(line), "%s %s 64\n", domain, path);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		return die("/proc/fs/nfsd/filehandle");
	n = read(fd, line, sizeof(line) - 1);
	if (n <= 2)
		return die("handle");
	line[n] = 0;
	/* \x0100... */
	fputs(line + 2, stdout);
	return 0;
}

static int nfs_mount3(const char *handle, const char *dir)
{
	struct nfs_mount_data data = {
		.version = 4, /* the first that has a handle of NFSv3 */
		.flags = NFS_MOUNT_VER3 | NFS_MOUNT_TCP | NFS_MOUNT_NONLM,
		.addr = { .sin_family = AF_INET,
			  .sin_port = htons(2049),
			  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
		.hostname = "127.0.0.1",
		.rsize = PAGE,
		.wsize = PAGE,
		.namlen = 255,
	};
	unsigned int byte;

	while (sscanf(handle, "%2x", &byte) == 1 &&
	       data.root.size < sizeof(data.root.data)) {
		data.root.data[data.root.size++] = (unsigned char)byte;
		handle += 2;
	}
	if (mount("127.0.0.1:/", dir, "nfs", 0, &data))
		return die("mount of version 3");
	return 0;
}

static int nfs_mount4(const char *dir, const char *options)
{
	if (mount("127.0.0.1:/", dir, "nfs4", 0, options))
		return die("mount of version 4");
	return 0;
}

/* More than one call takes: so they are not stable, and what is to be safe is committed. */
static int write_file(const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = 16, .l_len = 32 };
	int fd = open(path, O_CREAT | O_RDWR, 0640);
	char bytes[WRITTEN];

	memset(bytes, 'x', sizeof(bytes));
	if (fd < 0 || write(fd, bytes, sizeof(bytes)) != sizeof(bytes))
		return die("write");
	if (fsync(fd))
		return die("fsync");
	if (fcntl(fd, F_SETFL, O_NONBLOCK))
		return die("F_SETFL");
	if (lseek(fd, 0, SEEK_END) != WRITTEN)
		return die("lseek");
	if (fcntl(fd, F_SETLK, &lock))
		return die("F_SETLK");
	lock.l_type = F_UNLCK;
	if (fcntl(fd, F_SETLK, &lock) || close(fd))
		return die("close");
	return 0;
}

/* What is read comes from the server: the pages that were written go first. */
static int read_file(const char *path)
{
	int fd = open(path, O_RDWR);
	char bytes[WRITTEN], *p;

	if (fd < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) ||
	    read_all(fd, bytes, sizeof(bytes)) || bytes[WRITTEN - 1] != 'x')
		return die("read");
	/* one page alone, not what may come after it */
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED || madvise(p, PAGE, MADV_RANDOM) || p[0] != 'x')
		return die("mmap");
	p[0] = 'y';
	if (msync(p, PAGE, MS_SYNC) || munmap(p, PAGE))
		return die("msync");
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (pread(fd, bytes, 10, 0) != 10 || bytes[0] != 'y')
		return die("pread");
	return close(fd) ? die("close") : 0;
}

static int nfs_use(const char *dir)
{
	struct dirent *e;
	struct stat st;
	int n = 0;
	DIR *d;

	if (chdir(dir))
		return die(dir);
	if (!stat("missing", &st))
		return die("missing");
	if (write_file("one") || read_file("one"))
		return 1;
	if (rename("one", "another"))
		return die("rename");
	d = opendir(".");
	while (d && (e = readdir(d)))
		n += !strcmp(e->d_name, "another");
	if (n != 1 || closedir(d))
		return die("readdir");
	if (mkdir("dir", 0755) || rmdir("dir") || unlink("another"))
		return die("unlink");
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "portmap"))
		return nfs_portmap();
	if (!strcmp(what, "clients") && argc > 2)
		return nfs_clients(argv[2]);
	if (!strcmp(what, "handle") && argc > 3)
		return nfs_handle(argv[2], argv[3]);
	if (!strcmp(what, "mount3") && argc > 3)
		return nfs_mount3(argv[2], argv[3]);
	if (!strcmp(what, "mount4") && argc > 3)
		return nfs_mount4(argv[2], argv[3]);
	if (!strcmp(what, "use") && argc > 2)
		return nfs_use(argv[2]);
	fprintf(stderr, "nfs: see the top of tests/e2e/prog/nfs.c\n");
	return 2;
}
