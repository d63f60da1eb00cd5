/* SPDX-License-Identifier: GPL-2.0-only */
/* Output: files, rotation, closed pipes, full disks, stuck readers. */
#include "runner/out.c"
#include "runner/outname.c"
#include "runner/say.c"
#include "runner/signals.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <stdlib.h>

static char dir[] = "/tmp/t_run_out.XXXXXX";
static struct err e;

static const char *path(const char *name)
{
	static char p[256];

	snprintf(p, sizeof(p), "%s/%s", dir, name);
	return p;
}

static long size_of(const char *name)
{
	struct stat st;

	return stat(path(name), &st) < 0 ? -1 : (long)st.st_size;
}

static void t_file(void)
{
	static struct out o;
	static char line[1000];
	char target[256];
	int i;

	memset(line, 'x', sizeof(line));
	snprintf(target, sizeof(target), "%s", path("plain"));
	ok(out_open(&o, target, 0, 0, &e) == 0, "open");
	for (i = 0; i < 300; i++)
		out_put(&o, line, sizeof(line));
	ok(out_close(&o, &e) == 0 && size_of("plain") == 300000 &&
		   o.total == 300000,
	   "all bytes are there");
	memset(&o, 0, sizeof(o));
	out_open(&o, target, 0, 0, &e);
	ok(size_of("plain") == 300000, "kept until output comes");
	out_begin(&o);
	out_put(&o, "x", 1);
	ok(out_close(&o, &e) == 0 && size_of("plain") == 1, "then emptied");
	unlink(target);
	memset(&o, 0, sizeof(o));
	ok(out_open(&o, path("no/such"), 0, 0, &e) == ERR_IO, "%s", e.text);
}

static void t_rotate(void)
{
	static struct out o;
	static char line[1000];
	char target[256];
	int i;

	snprintf(target, sizeof(target), "%s", path("rot"));
	ok(out_open(&o, target, 10500, 2, &e) == 0, "open with -S");
	for (i = 0; i < 45; i++)
		out_put(&o, line, sizeof(line));
	ok(out_close(&o, &e) == 0, "close");
	ok(size_of("rot.0") == -1 && size_of("rot.1") == -1 &&
		   size_of("rot.2") == -1 && size_of("rot.3") == 10000 &&
		   size_of("rot.4") == 5000,
	   "whole records, the last two files are kept");
	unlink(path("rot.3"));
	unlink(path("rot.4"));
	memset(&o, 0, sizeof(o));
	ok(out_open(&o, "/dev/null", 10, 2, &e) == 0 && !o.rotate_bytes,
	   "a device is never rotated");
	out_close(&o, &e);
}

/* The names: times in UTC, CPU, number; -S removes files by the names they had. */
static void t_names(void)
{
	static struct out o;
	char name[64], target[256];
	uint64_t now;
	int i;

	/* date -u -d @1700000000: Tue Nov 14 22:13:20 */
	ok(outname_expand(name, sizeof(name), "%Y%m%d-%H%M%S.%j.%s%%",
			  1700000000) > 0 &&
		   !strcmp(name, "20231114-221320.318.1700000000%"),
	   "%s", name);
	ok(outname_expand(name, sizeof(name),
			  "%F %T %R %a %b %I%p %u%w %y %Z%z", 1700000000) > 0 &&
		   !strcmp(name,
			   "2023-11-14 22:13:20 22:13 Tue Nov 10PM 22 23 UTC+0000"),
	   "%s", name);
	ok(outname_expand(name, sizeof(name), "%F", 0) > 0 &&
		   !strcmp(name, "1970-01-01"),
	   "a clock at 1970");
	ok(outname_expand(name, 10, "%F", 0) < 0 && errno == ENAMETOOLONG,
	   "no room");
	ok(outname_check("a%%b%s", &e) == 0 &&
		   outname_check("%q", &e) == ERR_INVALID &&
		   outname_check("x%", &e) == ERR_INVALID && e.hint[0],
	   "%s", e.text);

	now = sys_real_ns() / 1000000000u;
	snprintf(target, sizeof(target), "%s", path("t-%s"));
	ok(out_open(&o, target, 10, 2, &e) == 0, "open with -S and %%s");
	for (i = 0; i < 5; i++)
		out_put(&o, "0123456789", 10);
	ok(out_close(&o, &e) == 0, "close");
	for (i = 0; i < 5; i++) {
		uint64_t s;
		bool is_there = false;

		for (s = now; s < now + 60 && !is_there; s++) {
			snprintf(name, sizeof(name), "t-%llu.%d",
				 (unsigned long long)s, i);
			is_there = size_of(name) == 10;
			unlink(path(name));
		}
		ok(is_there == (i >= 3), "file %d of 5 with -S 10,2", i);
	}
	memset(&o, 0, sizeof(o));
	o.has_cpu = true;
	o.cpu = 12;
	ok(out_open(&o, path("per"), 10, 0, &e) == 0, "open for a CPU");
	out_close(&o, &e);
	ok(size_of("per_cpu12.0") == 0, "its name");
	unlink(path("per_cpu12.0"));
}

static void t_full(void)
{
	static struct out o;

	ok(out_open(&o, "/dev/full", 0, 0, &e) == 0, "open");
	out_put(&o, "x", 1);
	out_flush(&o);
	ok(out_is_dead(&o), "a full disk is noticed");
	ok(out_close(&o, &e) == ERR_IO && e.sys_errno == ENOSPC, "%s", e.text);
}

static void t_pipe(void)
{
	static struct out o;
	int p[2];

	ok(pipe(p) == 0, "pipe");
	o.fd = p[1];
	o.can_block = true;
	o.chunk = OUT_CHUNK;
	close(p[0]);
	out_put(&o, "x", 1);
	out_flush(&o);
	ok(o.is_closed && out_close(&o, &e) == 0,
	   "a closed pipe ends output quietly");
}

static int waits;
static volatile int hurry;

static void on_wait(void *arg)
{
	(void)arg;
	if (++waits == 3)
		hurry = 1;
}

static void t_stuck(bool is_blocking)
{
	char target[64];
	static struct out o;
	static char big[200000];
	int p[2];

	waits = 0;
	hurry = 0;
	memset(&o, 0, sizeof(o));
	ok(pipe(p) == 0, "pipe");
	snprintf(target, sizeof(target), "/proc/self/fd/%d", p[1]);
	if (is_blocking) { /* as for a socket */
		o.fd = p[1];
		o.can_block = true;
		o.chunk = OUT_CHUNK;
	} else {
		ok(out_open(&o, target, 0, 0, &e) == 0 && o.can_block &&
			   (fcntl(o.fd, F_GETFL) & O_NONBLOCK) &&
			   !(fcntl(p[1], F_GETFL) & O_NONBLOCK),
		   "our way to the pipe does not block, the shell's does");
		close(p[1]);
	}
	o.on_wait = on_wait;
	o.give_up = &hurry;
	out_put(&o, big, sizeof(big));
	out_flush(&o);
	ok(waits == 3 && o.is_closed && o.total >= 4096,
	   "a stuck reader does not keep the session: %llu bytes taken",
	   (unsigned long long)o.total);
	close(p[0]);
	out_close(&o, &e);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	signals_init();
	t_file();
	t_rotate();
	t_names();
	t_full();
	t_pipe();
	t_stuck(true);
	t_stuck(false);
	rmdir(dir);
	return tap_done();
}
