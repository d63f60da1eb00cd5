/* SPDX-License-Identifier: GPL-2.0-only */
/* Which question is asked when; the answers are policy.c, state.c, audit.c. */
#include "runner/gate.h"
#include "runner/instances.h"
#include "runner/say.h"
#include "bundle/base/err.h"

#include <string.h>
#include <unistd.h>

int gate_open(struct gate *g, bool is_run, struct err *e)
{
	int r;

	g->is_open = true;
	g->state.fd = g->state.lock = -1;
	g->audit.file = g->audit.sock = -1;
	if (g->peer)
		g->who = *g->peer;
	else
		policy_who_read(&g->who);
	r = policy_load(&g->policy, POLICY_FILE, e);
	g->has_policy = r == 0;
	if (is_run) {
		/* a refusal for a policy that cannot be read is told as well */
		int a = audit_open(&g->audit, g->has_policy ? &g->policy : NULL,
				   AUDIT_DEV_LOG, r < 0 ? NULL : e);

		g->is_audited = a == 0;
		if (r == 0)
			r = a;
	}
	if (r < 0)
		return r;
	return state_open(&g->state, geteuid() ? STATE_USER_DIR : STATE_DIR, e);
}

/* Where both set one, the lower; 0 is no limit. */
static uint64_t gate_lower(uint64_t a, uint64_t b)
{
	if (!a || !b)
		return a + b;
	return a < b ? a : b;
}

static const char *gate_value(const struct load *l, const char *name)
{
	unsigned int i;

	for (i = 0; i < l->nparams; i++)
		if (strcmp(l->params[i].name, name) == 0)
			return l->params[i].value;
	return NULL;
}

int gate_judge(struct gate *g, struct load *l, struct err *e)
{
	const struct manifest *m = &l->bundle->man;
	uint32_t i;
	int r;

	r = policy_decide(&g->policy, m, &g->who, &g->rule, e);
	if (r == 0 && g->peer && !g->rule) {
		err_set(e, -BERR_POLICY,
			"no allow line of the policy fits bundle '%s' for "
			"user %u: a broker runs nothing without one",
			m->name, policy_caller(&g->who));
		return err_hint(e, "ask who keeps " POLICY_FILE
				   " for an allow line");
	}
	if (r == 0 && g->has_commands)
		r = policy_check_system(g->rule, m, e);
	for (i = 0; r == 0 && i < m->nparams; i++)
		r = policy_check_param(&g->policy, m, m->params[i].name,
				       gate_value(l, m->params[i].name), e);
	if (r < 0)
		return r;
	if (g->rule) {
		uint64_t s = g->rule->runtime_s;

		say_verbose("allowed by line %u of " POLICY_FILE,
			    g->rule->line);
		if (s <= UINT64_MAX / 1000000000u)
			l->run_ns = gate_lower(l->run_ns, s * 1000000000u);
		l->out_bytes = gate_lower(l->out_bytes, g->rule->output_bytes);
	}
	r = state_check(&g->state, &g->policy, m, l->bundle->manifest_sha256,
			e);
	if (r == 0 && g->state.is_old)
		say_warningf("an older version of '%s' than this host has run "
			     "(policy downgrade=yes)",
			     m->name);
	return r;
}

static int gate_count(unsigned int *n, struct err *e)
{
	struct instances in;
	int r = instances_open(&in, e);

	if (r < 0)
		return r;
	for (*n = 0; instances_next(&in);)
		(*n)++;
	instances_close(&in);
	return 0;
}

static int gate_check_loaded(struct gate *g, struct err *e)
{
	unsigned int n;
	int r;

	if (!g->policy.max_loaded)
		return 0;
	r = gate_count(&n, e);
	if (r < 0)
		return r;
	if (n < g->policy.max_loaded)
		return 0;
	err_set(e, -BERR_POLICY,
		"%u module%s of taprun %s loaded, the policy allows %u "
		"(max-loaded)",
		n, n == 1 ? "" : "s", n == 1 ? "is" : "are",
		g->policy.max_loaded);
	return err_hint(e, "taprun --list-running; taprun --reap");
}

int gate_check_kernel(struct gate *g, struct load *l, struct err *e)
{
	l->only_known = g->policy.ksig_always;
	if (g->policy.ksig_always && !l->nknown) {
		err_set(e, -BERR_POLICY,
			"the policy wants a kernel signature by a key of this "
			"kernel (require-ksig), module '%s' has %s%s",
			l->name, l->target->nksigs ? "those of " : "none",
			l->skids);
		return err_hint(e, "compare with /proc/keys; only root sees "
				   "all of them");
	}
	return gate_check_loaded(g, e);
}

/* ---- audit --------------------------------------------------------------- */

static int gate_tell(struct gate *g, enum audit_event ev, const struct load *l,
		     const char *file, int code, int sys_errno, struct err *e)
{
	const struct audit_facts f = {
		.file = file,
		.load = l,
		.policy = g->has_policy ? &g->policy : NULL,
		.who = &g->who,
		.rule = g->rule,
		.has_commands = g->has_commands,
	};

	if (!g->is_audited || g->is_told)
		return 0;
	g->is_told = ev != AUDIT_LOADING;
	return audit_write(&g->audit, ev, &f, code, sys_errno, e);
}

int gate_loading(struct gate *g, const struct load *l, const char *file,
		 struct err *e)
{
	const struct bundle *b = l->bundle;
	int r = state_prepare(&g->state, &g->policy, &b->man,
			      b->manifest_sha256, e);

	/* counted again by one taprun at a time, or two might both be last */
	if (r == 0 && g->policy.max_loaded && g->state.fd >= 0) {
		r = state_lock(&g->state, e);
		if (r == 0)
			r = gate_check_loaded(g, e);
	}
	if (r < 0)
		return r;
	r = gate_tell(g, AUDIT_LOADING, l, file, 0, 0, e);
	g->is_loading = r == 0;
	return r;
}

int gate_loaded(struct gate *g, const struct load *l, const char *file,
		struct err *e)
{
	const struct bundle *b = l->bundle;
	int r = state_record(&g->state, &b->man, b->manifest_sha256, e);

	if (r < 0)
		return r;
	return gate_tell(g, AUDIT_LOADED, l, file, 0, 0, e);
}

void gate_refused(struct gate *g, const struct load *l, const char *file,
		  int code, const struct err *why)
{
	struct err e;

	if (gate_tell(g, g->is_loading ? AUDIT_FAILED : AUDIT_REFUSED, l, file,
		      code, why->sys_errno, &e) < 0)
		say_err(&e);
}

void gate_close(struct gate *g)
{
	if (!g->is_open)
		return;
	audit_close(&g->audit);
	state_close(&g->state);
	g->is_open = g->is_audited = false;
}
