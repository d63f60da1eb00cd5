/* SPDX-License-Identifier: GPL-2.0-only */
/* Who runs the session, and how its namespaces number tasks and users. */
#ifndef RUNTIME_COMPAT_KC_RUNNER_H
#define RUNTIME_COMPAT_KC_RUNNER_H

#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "kc_config.h"

/**
 * struct kc_runner - the process that started the session
 * @pid: reference; keeps its pid namespace
 * @cred: reference; keeps its user namespace
 */
struct kc_runner {
	struct pid *pid;
	const struct cred *cred;
};

static inline void kc_runner_get(struct kc_runner *r)
{
	r->pid = get_pid(task_tgid(current));
	r->cred = get_current_cred();
}

static inline void kc_runner_put(struct kc_runner *r)
{
	if (!r->cred)
		return;
	put_pid(r->pid);
	put_cred(r->cred);
	r->pid = NULL;
	r->cred = NULL;
}

static inline int kc_runner_pid(const struct kc_runner *r)
{
	return pid_nr(r->pid);
}

static inline struct pid_namespace *kc_runner_pid_ns(const struct kc_runner *r)
{
	return ns_of_pid(r->pid);
}

static inline bool kc_runner_is_mine(const struct kc_runner *r)
{
	return uid_eq(current_uid(), r->cred->uid);
}

static inline u32 kc_runner_uid(const struct kc_runner *r, kuid_t uid)
{
	return from_kuid_munged(r->cred->user_ns, uid);
}

static inline u32 kc_runner_gid(const struct kc_runner *r, kgid_t gid)
{
	return from_kgid_munged(r->cred->user_ns, gid);
}

#endif
