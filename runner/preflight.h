/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host allows: read before loading, used to explain a refusal. */
#ifndef RUNNER_PREFLIGHT_H
#define RUNNER_PREFLIGHT_H

#include <stdbool.h>

struct err;

enum preflight_lockdown {
	LOCKDOWN_UNKNOWN, /* before 5.4, or securityfs is not mounted */
	LOCKDOWN_NONE,
	LOCKDOWN_INTEGRITY,
	LOCKDOWN_CONFIDENTIALITY,
};

/**
 * struct preflight - facts about the host; what cannot be read is false
 * @has_cap: CAP_SYS_MODULE is effective
 * @in_userns: capabilities are those of a container's user namespace
 * @has_modules: the kernel can load modules at all
 * @has_proc: /proc is mounted
 * @is_disabled: kernel.modules_disabled=1
 * @is_killed: the word tap.disable is on the kernel command line
 * @is_mute: that command line may not be read here
 * @is_enforced: module signatures are required (sig_enforce)
 * @has_ima: an IMA appraisal policy may cover modules
 * @has_loadpin, @has_selinux: that security module is enforcing
 */
struct preflight {
	bool has_cap, in_userns, has_modules, has_proc;
	bool is_disabled, is_killed, is_mute, is_enforced;
	bool has_ima, has_loadpin, has_selinux;
	unsigned int uid;
	enum preflight_lockdown lockdown;
};

/** preflight_read() - fill @p through sys->read_file(); never fails */
void preflight_read(struct preflight *p);

/**
 * preflight_check() - refuse what the kernel would certainly refuse
 *
 * Return: 0, -BERR_NOT_PERMITTED, -BERR_MODULES_DISABLED, -BERR_RELAY.
 */
int preflight_check(const struct preflight *p, struct err *e);

/**
 * preflight_has_key() - has the kernel a key of the signer @skid?
 * @keys: text of /proc/keys
 * @skid: hex
 *
 * That file shows only keys this process may see, and also those that users
 * added for themselves: only asymmetric keys of root count.
 * Source: proc_keys(5) "serial flags usage timeout perm uid gid type text".
 */
bool preflight_has_key(const char *keys, const char *skid);

/** preflight_lockdown_name() - "integrity" ... */
const char *preflight_lockdown_name(enum preflight_lockdown l);

#endif
