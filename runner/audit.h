/* SPDX-License-Identifier: GPL-2.0-only */
/* A line for every decision: who wanted which module, and what became of it. */
#ifndef RUNNER_AUDIT_H
#define RUNNER_AUDIT_H

#include "runner/load.h"
#include "runner/policy.h"

#include <stdbool.h>
#include <stdint.h>

struct err;

#define AUDIT_LINE_MAX 6000 /* with its newline */
#define AUDIT_LOCK_MS  10000
#define AUDIT_DEV_LOG  "/dev/log"

enum audit_event {
	AUDIT_REFUSED, /* nothing was given to the kernel */
	AUDIT_LOADING, /* about to be */
	AUDIT_LOADED,
	AUDIT_FAILED, /* the kernel, or what comes right after, said no */
};

/**
 * struct audit - where lines go
 * @path: of the file, for messages; NULL = no file
 * @file, @sock: descriptors, or -1
 * @must_log: the policy names syslog: a line that it does not take is an error
 */
struct audit {
	const char *path;
	int file, sock;
	bool must_log;
};

/**
 * struct audit_facts - what a line is about; borrowed
 * @file: the bundle as the user named it
 * @load: what is known of it so far
 * @policy: NULL = it could not be read
 * @rule: the line of the policy that decided, or NULL
 * @has_commands: --allow-system was asked for
 */
struct audit_facts {
	const char *file;
	const struct load *load;
	const struct policy *policy;
	const struct policy_who *who;
	const struct policy_rule *rule;
	bool has_commands;
};

/**
 * audit_open() - open what the policy names
 * @p: NULL = the default: syslog, where there is one
 * @log: the socket of syslog
 *
 * The file is made with mode 0600; it and its directory must pass
 * trust_owner().
 * Return: 0, -BERR_CONFIG.
 */
int audit_open(struct audit *a, const struct policy *p, const char *log,
	       struct err *e);

/**
 * audit_write() - one line to all places
 * @code: exit code of a refusal or failure, 0
 * @sys_errno: what the kernel answered, 0
 *
 * Each line of a file begins with the SHA-256 of the line before it; the file is
 * locked meanwhile.  A line has no text of the kernel or of a script, so no
 * address either.
 * Return: 0, -BERR_CONFIG when it was not written.
 */
int audit_write(struct audit *a, enum audit_event ev,
		const struct audit_facts *f, int code, int sys_errno,
		struct err *e);

void audit_close(struct audit *a);

#endif
