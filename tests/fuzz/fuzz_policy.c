// SPDX-License-Identifier: GPL-2.0-only
/* Policy text: whatever is accepted must be safe to ask, and keep its floor. */
#include "runner/policy.c"
#include "runner/sys.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct policy pol;

static void must(bool is_so)
{
	if (!is_so)
		abort();
}

/* What no text may bring about. */
static void check_floor(void)
{
	const struct policy *p = &pol;
	unsigned int i;

	must(p->need_release <= BUNDLE_SIG_LINES_MAX);
	must(p->need_build <= BUNDLE_SIG_LINES_MAX);
	must(p->nrules <= POLICY_RULES_MAX && p->nallow <= p->nrules);
	must(p->nfloors <= POLICY_FLOORS_MAX);
	must(p->nranges <= POLICY_RANGES_MAX);
	must(p->max_loaded <= POLICY_LOADED_MAX);
	must(!p->keys || p->keys[0] == '/');
	must(!p->load_dir || p->load_dir[0] == '/');
	must(!p->audit_file || p->audit_file[0] == '/');
	for (i = 0; i < p->nrules; i++)
		must(p->rules[i].line && *p->rules[i].names &&
		     p->rules[i].writes <= WRITES_RETURN);
	for (i = 0; i < p->nranges; i++)
		must(p->ranges[i].min <= p->ranges[i].max);
}

/* Each kind of bundle by some users; the answer must be consistent. */
static void ask(const char *name, bool guru, uint32_t user)
{
	static struct manifest m;
	struct policy_who w = { user, POLICY_NO_LOGINUID, 1, { user } };
	const struct policy_rule *rule = NULL;
	struct err e = { 0 };
	int r;

	m.name = name;
	m.version = 3;
	m.is_guru = guru;
	m.writes = guru ? WRITES_RETURN : WRITES_NONE;
	m.nparams = 1;
	m.params[0] = (struct manifest_param){ .name = "t",
					       .type = PARAM_INT64,
					       .def = 5 };
	r = policy_decide(&pol, &m, &w, &rule, &e);
	must(r == 0 || (r == e.code && e.text[0]));
	must(r != 0 || !pol.nallow || (rule && !rule->is_deny));
	must(r != 0 || !rule || rule->guru || !guru);
	policy_check_param(&pol, &m, "t", "7", &e);
	policy_check_param(&pol, &m, "t", NULL, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy;
	struct err e = { 0 };
	int r;

	if (size > POLICY_BYTES_MAX)
		return 0;
	copy = malloc(size ? size : 1);
	memcpy(copy, data, size);
	memset(&pol, 0, offsetof(struct policy, text));
	r = policy_parse(&pol, "policy", copy, size, &e);
	must(r == 0 ||
	     (r == -BERR_CONFIG && e.code == r && e.text[0] && e.hint[0]));
	if (r == 0) {
		check_floor();
		ask("vfs-latency", false, 0);
		ask("a", true, 7);
		ask("net-drop", true, 0);
		policy_keys(&pol, "/mine", &e);
	}
	free(copy);
	return 0;
}
