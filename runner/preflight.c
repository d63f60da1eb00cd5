/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts of the host that decide whether a module can be loaded. */
#include "runner/preflight.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"

#include <linux/capability.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* First byte of a small file; 0 when it cannot be read. */
static char preflight_char(const char *path)
{
	char buf[64];

	return sys->read_file(path, buf, sizeof(buf)) > 0 ? buf[0] : '\0';
}

/* Source: security/lockdown/lockdown.c: "none [integrity] confidentiality" */
static enum preflight_lockdown preflight_read_lockdown(void)
{
	char buf[128];

	if (sys->read_file("/sys/kernel/security/lockdown", buf, sizeof(buf)) <
	    0)
		return LOCKDOWN_UNKNOWN;
	if (strstr(buf, "[integrity]"))
		return LOCKDOWN_INTEGRITY;
	if (strstr(buf, "[confidentiality]"))
		return LOCKDOWN_CONFIDENTIALITY;
	if (strstr(buf, "[none]"))
		return LOCKDOWN_NONE;
	return LOCKDOWN_UNKNOWN;
}

/* Is @word a whole word of the kernel's command line? */
static bool preflight_has_word(const char *line, const char *word)
{
	size_t n = strlen(word);
	const char *p;

	for (p = line; (p = strstr(p, word)); p += n)
		if ((p == line || p[-1] == ' ') &&
		    (p[n] == '\0' || p[n] == ' ' || p[n] == '\n' ||
		     p[n] == '='))
			return true;
	return false;
}

/* The first user namespace maps all ids onto themselves.
 * Source: user_namespaces(7). */
static bool preflight_read_userns(void)
{
	static const char *const words[] = { "0", "0", "4294967295" };
	char buf[256];
	const char *p = buf;
	size_t i;

	if (sys->read_file("/proc/self/uid_map", buf, sizeof(buf)) <= 0)
		return false;
	for (i = 0; i < 3; i++) {
		size_t n = strlen(words[i]);

		p += strspn(p, " ");
		if (strncmp(p, words[i], n) != 0 || !strchr(" \n", p[n]))
			return true;
		p += n;
	}
	return false;
}

void preflight_read(struct preflight *p)
{
	/* with a boot configuration it may have 32 KB */
	static char line[65536];
	uint64_t caps = 0;

	memset(p, 0, sizeof(*p));
	p->uid = (unsigned int)geteuid();
	if (sys->caps(&caps) == 0)
		p->has_cap = caps >> CAP_SYS_MODULE & 1;
	p->in_userns = preflight_read_userns();
	p->has_proc = sys->exists("/proc/self/status");
	p->has_modules = sys->exists("/proc/modules");
	p->is_disabled =
		preflight_char("/proc/sys/kernel/modules_disabled") == '1';
	p->is_enforced = preflight_char("/sys/module/module/parameters/"
					"sig_enforce") == 'Y';
	p->has_loadpin =
		preflight_char("/proc/sys/kernel/loadpin/enforce") == '1';
	p->has_selinux = preflight_char("/sys/fs/selinux/enforce") == '1';
	p->lockdown = preflight_read_lockdown();
	errno = 0;
	if (sys->read_file("/proc/cmdline", line, sizeof(line)) < 0) {
		line[0] = '\0';
		p->is_mute = errno == EACCES || errno == EPERM;
	}
	p->is_killed = preflight_has_word(line, "tap.disable");
	p->has_ima = sys->exists("/sys/kernel/security/ima/policy") ||
		     preflight_has_word(line, "ima_appraise") ||
		     preflight_has_word(line, "ima_policy");
}

int preflight_check(const struct preflight *p, struct err *e)
{
	if (!p->has_proc) {
		err_set(e, -BERR_RELAY, "/proc is not mounted");
		return err_hint(e, "mount -t proc proc /proc");
	}
	if (p->is_killed) {
		err_set(e, -BERR_MODULES_DISABLED,
			"tap.disable is on the kernel command line");
		return err_hint(e, "boot without it to allow tracing");
	}
	if (p->is_mute) {
		err_set(e, -BERR_MODULES_DISABLED,
			"cannot read '/proc/cmdline': nobody knows whether "
			"tap.disable is there");
		return err_hint(e, "let taprun's user read it");
	}
	if (!p->has_modules)
		return err_set(e, -BERR_MODULES_DISABLED,
			       "this kernel is built without loadable modules");
	if (!p->has_cap) {
		err_set(e, -BERR_NOT_PERMITTED,
			"loading a module needs CAP_SYS_MODULE; this is uid %u "
			"without it",
			p->uid);
		return err_hint(e, "run taprun as root, or as a service with "
				   "AmbientCapabilities=CAP_SYS_MODULE");
	}
	if (p->in_userns) {
		err_set(e, -BERR_NOT_PERMITTED,
			"CAP_SYS_MODULE of a container's user namespace does "
			"not count");
		return err_hint(e, "run taprun on the host");
	}
	if (p->is_disabled) {
		err_set(e, -BERR_MODULES_DISABLED, "kernel.modules_disabled=1");
		return err_hint(e, "only a reboot clears it");
	}
	return 0;
}

bool preflight_has_key(const char *keys, const char *skid)
{
	const char *line, *end;

	for (line = keys; *line; line = end + (*end == '\n')) {
		const char *f = line, *at;
		int i;

		end = line + strcspn(line, "\n");
		/* serial flags usage timeout perm UID gid TYPE description */
		for (i = 0; i < 5; i++) {
			f += strcspn(f, " \n");
			f += strspn(f, " ");
		}
		if (strncmp(f, "0 ", 2) != 0)
			continue;
		f += 2 + strspn(f + 2, " ");
		f += strcspn(f, " \n");
		f += strspn(f, " ");
		at = strncmp(f, "asymmetri", 9) == 0 ? strstr(f, skid) : NULL;
		if (at && at < end)
			return true;
	}
	return false;
}

const char *preflight_lockdown_name(enum preflight_lockdown l)
{
	static const char *const names[] = { "unknown", "none", "integrity",
					     "confidentiality" };

	return names[l];
}
