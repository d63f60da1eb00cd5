/* SPDX-License-Identifier: GPL-2.0-only */
/* Found through /proc alone, so that nothing has to be remembered on disk. */
#include "runner/instances.h"
#include "runner/modload.h"
#include "bundle/base/err.h"
#include "runtime/uapi/wire.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INSTANCES_SETTLE_NS 300000000u
#define INSTANCES_REAP_MS   5000

static pid_t instances_number(const char *s)
{
	pid_t v = 0;

	if (!*s)
		return 0;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || v > 100000000)
			return 0;
		v = v * 10 + (*s - '0');
	}
	return v;
}

/* Does process @pid have @file open? */
static bool instances_has_open(pid_t pid, const char *file)
{
	struct sys_dir fds;
	char path[64], link[128];
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	if (sys_dir_open(&fds, path) < 0)
		return false;
	while (!found && sys_dir_next(&fds)) {
		ssize_t n;

		if (fds.name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/fd/%.20s", (int)pid,
			 fds.name);
		n = readlink(path, link, sizeof(link) - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		found = strcmp(link, file) == 0;
	}
	sys_dir_close(&fds);
	return found;
}

pid_t instances_reader(const char *name)
{
	struct sys_dir proc;
	char file[128];
	pid_t pid = 0;

	snprintf(file, sizeof(file), "/proc/" TAPW_PROC_PREFIX "%s/ctl", name);
	if (sys_dir_open(&proc, "/proc") < 0)
		return 0;
	while (!pid && sys_dir_next(&proc)) {
		pid = instances_number(proc.name);
		if (pid && !instances_has_open(pid, file))
			pid = 0;
	}
	sys_dir_close(&proc);
	return pid;
}

int instances_open(struct instances *in, struct err *e)
{
	if (sys_dir_open(&in->dir, "/proc") < 0)
		return err_sys(e, "cannot read '/proc'");
	return 0;
}

/* Others' files are hidden from a user, the count of who holds a module is not.
 * Source: kernel/module/sysfs.c, module_refcount(). */
static bool instances_is_held(const char *name)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	return sys->read_file(path, text, sizeof(text)) > 0 && text[0] != '0' &&
	       text[0] != '-';
}

bool instances_next(struct instances *in)
{
	const size_t skip = strlen(TAPW_PROC_PREFIX);

	while (sys_dir_next(&in->dir)) {
		const char *name = in->dir.name;
		char path[128];

		if (strncmp(name, TAPW_PROC_PREFIX, skip) != 0 ||
		    strlen(name + skip) >= sizeof(in->name))
			continue;
		snprintf(in->name, sizeof(in->name), "%s", name + skip);
		snprintf(path, sizeof(path), "/sys/module/%s", in->name);
		if (sys->exists("/sys/module") && !sys->exists(path))
			continue;
		in->pid = instances_reader(in->name);
		in->is_used = in->pid || instances_is_held(in->name);
		return true;
	}
	return false;
}

void instances_close(struct instances *in)
{
	sys_dir_close(&in->dir);
}

int instances_reap(const char *name, struct err *e)
{
	if (instances_reader(name))
		return 0;
	sys_sleep_ns(INSTANCES_SETTLE_NS);
	if (instances_reader(name))
		return 0;
	if (modload_remove(name, INSTANCES_REAP_MS, e) < 0)
		return ERR_IO;
	return 1;
}
