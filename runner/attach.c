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
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ATTACH_LOOK_NS INT64_C(200000000)
#define STOP_LOOK_NS   INT64_C(50000000)
#define STOP_WAIT_NS   UINT64_C(60000000000)
#define HASH_CHARS     9 /* "_3f9ac1d2" at the end of a module's name */

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

static int attach_find(const char *name, struct instances *ret, struct err *e)
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
	if (found == 1 && ret->pid)
		return 0;
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
	int fd, r = attach_find(name, &in, e);

	if (r < 0)
		return r;
	fd = attach_open(in.pid);
	if (fd < 0) {
		err_set(e, ERR_INVALID,
			"the output of '%s' is not a file that can be read",
			in.name);
		return err_hint(e, "taprun -o FILE starts a run that others "
				   "can look at");
	}
	lseek(fd, 0, SEEK_END);
	while (!signals_stops) {
		bool ends = kill(in.pid, 0) < 0 && errno == ESRCH;

		attach_copy(fd, out);
		if (ends)
			break;
		fd = attach_next(in.pid, fd, out);
		signals_ppoll(NULL, 0, ATTACH_LOOK_NS);
	}
	close(fd);
	if (signals_stops)
		say_note("'%s' goes on (pid %d); taprun --stop ends it",
			 in.name, (int)in.pid);
	return 0;
}

int attach_stop(const char *name, struct err *e)
{
	uint64_t end = sys_now_ns() + STOP_WAIT_NS;
	struct instances in = { 0 };
	int r = attach_find(name, &in, e);

	if (r < 0)
		return r;
	if (kill(in.pid, SIGINT) < 0 && errno != ESRCH)
		return err_sys(e, "cannot end '%s' (pid %d)", in.name,
			       (int)in.pid);
	while (kill(in.pid, 0) == 0 || errno == EPERM) {
		if (sys_now_ns() > end) {
			err_set(e, ERR_IO,
				"'%s' (pid %d) has not ended in 60 s", in.name,
				(int)in.pid);
			return err_hint(e, "its end probes may take long; "
					   "--stop again does not wait for "
					   "them");
		}
		sys_sleep_ns(STOP_LOOK_NS);
	}
	say_note("ended %s", in.name);
	return 0;
}
