/* SPDX-License-Identifier: GPL-2.0-only */
/* All that is known of another run is in /proc: its module, its process, its file. */
#include "runner/attach.h"
#include "runner/instances.h"
#include "runner/out.h"
#include "runner/say.h"
#include "runner/signals.h"
#include "runner/sys.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ATTACH_LOOK_NS INT64_C(200000000)
#define STOP_NOTE_NS   INT64_C(5000000000)
#define STOP_AGAIN \
	"its end probes may take long; --stop again does not wait for them"
#define HASH_CHARS 9 /* "_3f9ac1d2" at the end of a module's name */

/* ---- which one ----------------------------------------------------------- */

/* In names of modules '-' is '_'. */
static bool attach_is_called(const char *module, const char *name)
{
	size_t n = strlen(name), m = strlen(module), i;

	for (i = 0; i < n && i < m; i++)
		if (module[i] != (name[i] == '-' ? '_' : name[i]))
			return false;
	return i == n && (m == n || (m == n + HASH_CHARS && module[n] == '_'));
}

/* @ret: also a descriptor of the process in *@fd, which no other one can become. */
static int attach_find(const char *name, struct instances *ret, int *fd,
		       struct err *e)
{
	struct instances in;
	unsigned int found = 0;
	int r = instances_open(&in, e);

	if (r < 0)
		return r;
	while (instances_next(&in))
		if (attach_is_called(in.name, name) && ++found == 1)
			*ret = in;
	instances_close(&in);
	if (found == 1 && ret->pid) {
		*fd = (int)syscall(SYS_pidfd_open, ret->pid, 0);
		/* looked at again: until now it could have been another's */
		if (*fd >= 0 && instances_reader(ret->name) == ret->pid)
			return 0;
		if (*fd >= 0)
			close(*fd);
		else if (errno != ESRCH)
			return err_sys(e, "pid %d", (int)ret->pid);
		ret->pid = 0;
	}
	if (found == 1 && ret->is_used && geteuid()) {
		err_set(e, ERR_NOT_FOUND,
			"'%s' is in use by a process that user %u cannot see",
			ret->name, (unsigned int)geteuid());
		err_hint(e, "ask root");
		return ERR_NOT_FOUND;
	}
	if (found > 1)
		err_set(e, ERR_NOT_FOUND, "'%s' is the name of %u runs", name,
			found);
	else if (found)
		err_set(e, ERR_NOT_FOUND, "the taprun of '%s' is gone",
			ret->name);
	else
		err_set(e, ERR_NOT_FOUND, "no run is called '%s'", name);
	err_hint(e, found == 1 ? "taprun --reap unloads its module"
			       : "taprun --list-running shows them");
	return ERR_NOT_FOUND;
}

/* ---- its file ------------------------------------------------------------ */

/* Is @fd of process @pid open for writing?  Source: proc_pid_fdinfo(5). */
static bool attach_is_written(pid_t pid, const char *fd)
{
	char path[64], text[256];
	const char *flags;
	unsigned int v = 0;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.20s", (int)pid, fd);
	if (sys->read_file(path, text, sizeof(text)) < 0)
		return false;
	flags = strstr(text, "flags:");
	return flags && sscanf(flags, "flags: %o", &v) == 1 &&
	       (v & O_ACCMODE) == O_WRONLY;
}

/* The regular file that process @pid writes, opened for reading; -1: none. */
static int attach_open(pid_t pid)
{
	struct sys_dir fds;
	struct stat st;
	char path[64];
	int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	if (sys_dir_open(&fds, path) < 0)
		return -1;
	while (fd < 0 && sys_dir_next(&fds)) {
		if (fds.name[0] == '.' || !strcmp(fds.name, "2"))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/fd/%.20s", (int)pid,
			 fds.name);
		if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
		    !attach_is_written(pid, fds.name))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	sys_dir_close(&fds);
	return fd;
}

static bool attach_is_same(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static void attach_copy(int fd, struct out *out)
{
	static char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		out_put(out, buf, (size_t)n);
	out_flush(out);
}

/* Rotated: what is left of the old file, then the next one from its beginning. */
static int attach_next(pid_t pid, int fd, struct out *out)
{
	int next = attach_open(pid);

	if (next >= 0 && !attach_is_same(fd, next)) {
		attach_copy(fd, out);
		close(fd);
		return next;
	}
	if (next >= 0)
		close(next);
	return fd;
}

int attach_follow(const char *name, struct out *out, struct err *e)
{
	struct instances in = { 0 };
	struct pollfd run = { .events = POLLIN };
	int fd, r = attach_find(name, &in, &run.fd, e);

	if (r < 0)
		return r;
	fd = attach_open(in.pid);
	if (fd < 0) {
		close(run.fd);
		err_set(e, ERR_INVALID,
			"the output of '%s' is not a file that can be read",
			in.name);
		return err_hint(e, "taprun -o FILE starts a run that others "
				   "can look at");
	}
	lseek(fd, 0, SEEK_END);
	while (!signals_stops) {
		bool ends = poll(&run, 1, 0) > 0;

		attach_copy(fd, out);
		if (ends)
			break;
		fd = attach_next(in.pid, fd, out);
		signals_ppoll(&run, 1, ATTACH_LOOK_NS);
	}
	close(fd);
	close(run.fd);
	if (signals_stops)
		say_note("'%s' goes on (pid %d); taprun --stop ends it",
			 in.name, (int)in.pid);
	return 0;
}

/* 1: it has ended; 0: not within @ns, which is negative for ever. */
static int attach_wait(int pidfd, int64_t ns)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	struct timespec ts = { ns / 1000000000, ns % 1000000000 };

	return ppoll(&p, 1, ns < 0 ? NULL : &ts, NULL) > 0;
}

static int attach_end(const struct instances *in, int pidfd, int64_t wait,
		      struct err *e)
{
	int64_t first = wait < 0 || wait > STOP_NOTE_NS ? STOP_NOTE_NS : wait;

	if (syscall(SYS_pidfd_send_signal, pidfd, SIGINT, NULL, 0) < 0 &&
	    errno != ESRCH)
		return err_sys(e, "cannot end '%s' (pid %d)", in->name,
			       (int)in->pid);
	if (attach_wait(pidfd, first))
		return 0;
	if (first != wait) {
		say_note("waiting for '%s' (pid %d): " STOP_AGAIN, in->name,
			 (int)in->pid);
		if (attach_wait(pidfd, wait < 0 ? wait : wait - first))
			return 0;
	}
	err_set(e, ERR_IO, "'%s' (pid %d) has not ended in the time of -T",
		in->name, (int)in->pid);
	return err_hint(e, STOP_AGAIN);
}

int attach_stop(const char *name, uint64_t wait_ns, struct err *e)
{
	struct instances in = { 0 };
	int pidfd, r = attach_find(name, &in, &pidfd, e);

	if (r < 0)
		return r;
	r = attach_end(&in, pidfd, wait_ns ? (int64_t)wait_ns : -1, e);
	close(pidfd);
	if (r == 0)
		say_note("ended %s", in.name);
	return r;
}
