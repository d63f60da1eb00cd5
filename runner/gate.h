/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's say in a run: policy, memory of versions and audit, in order. */
#ifndef RUNNER_GATE_H
#define RUNNER_GATE_H

#include "runner/audit.h"
#include "runner/load.h"
#include "runner/policy.h"
#include "runner/state.h"

#include <stdbool.h>

struct err;

/**
 * struct gate - zero-initialise
 * @peer: who asks, where that is not this process; then an allow line has to fit
 * @has_commands: those of the script are to be run (--allow-system)
 * @rule: the line of the policy that allows the bundle, or NULL
 * @is_loading: the kernel is asked, or was
 * @is_told: the audit has a line that ends this run's decision
 */
struct gate {
	bool has_commands, is_open, has_policy, is_audited, is_loading, is_told;
	struct policy policy;
	const struct policy_who *peer;
	struct policy_who who;
	const struct policy_rule *rule;
	struct state state;
	struct audit audit;
};

/**
 * gate_open() - read policy and state
 * @is_run: a module is to be loaded, so open the audit too
 *
 * Return: 0, -BERR_CONFIG, ERR_IO.
 */
int gate_open(struct gate *g, bool is_run, struct err *e);

/**
 * gate_judge() - may this caller run this bundle with these parameters?
 * @l: after load_params(); its limits are lowered to those of the policy
 *
 * Return: 0, -BERR_POLICY, -BERR_ROLLBACK, -BERR_CONFIG.
 */
int gate_judge(struct gate *g, struct load *l, struct err *e);

/**
 * gate_check_kernel() - what the policy says once the module is unpacked
 * @l: after load_unpack(); told which kernel signatures may be tried
 *
 * Return: 0, -BERR_POLICY (require-ksig, max-loaded).
 */
int gate_check_kernel(struct gate *g, struct load *l, struct err *e);

/** gate_loading() - the last thing before the kernel is asked: 0, -BERR_CONFIG */
int gate_loading(struct gate *g, const struct load *l, const char *file,
		 struct err *e);

/**
 * gate_loaded() - the module is there but not started: remember and say so
 *
 * Return: 0, or -BERR_CONFIG; then it has to go again.
 */
int gate_loaded(struct gate *g, const struct load *l, const char *file,
		struct err *e);

/** gate_refused() - nothing was loaded, for reason @why */
void gate_refused(struct gate *g, const struct load *l, const char *file,
		  int code, const struct err *why);

/** gate_close() - before privileges are dropped */
void gate_close(struct gate *g);

#endif
