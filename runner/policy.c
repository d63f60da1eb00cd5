/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy file: one table of keys, then questions about what was read.
 *
 * What no policy can do: less than one good signature, another order of
 * checks, flags for the kernel, or larger limits than those of the bundle.
 */
#include "runner/policy.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"
#include "bundle/line.h"
#include "bundle/sig.h"
#include "bundle/trust.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- values -------------------------------------------------------------- */

static bool policy_path(const char *v)
{
	return v && v[0] == '/' &&
	       text_only(v, "a-zA-Z0-9._/+@-", POLICY_PATH_MAX);
}

static bool policy_glob(const char *v)
{
	return v && text_only(v, "a-z0-9*-", BUNDLE_NAME_MAX);
}

/* "no" or "yes" and the like: *@ret is whether it is @second. */
static bool policy_either(const char *v, const char *first, const char *second,
			  bool *ret)
{
	*ret = strcmp(v, second) == 0;
	return *ret || strcmp(v, first) == 0;
}

static bool policy_id(const char *v, uint32_t *ret)
{
	uint64_t n;

	/* the last one means "no user" to the kernel */
	if (!num_u64(v, UINT32_MAX - 1, &n))
		return false;
	*ret = (uint32_t)n;
	return true;
}

static bool policy_count(const char *v, unsigned int max, unsigned int *ret)
{
	uint64_t n;

	if (!num_u64(v, max, &n) || n == 0)
		return false;
	*ret = (unsigned int)n;
	return true;
}

/* "4096", "64K", "1G": never 0, which would mean "no limit" */
static bool policy_bytes(char *v, uint64_t *ret)
{
	static const char units[] = "KMG";
	size_t n = v ? strlen(v) : 0;
	const char *u = n ? strchr(units, v[n - 1]) : NULL;
	unsigned int shift = u ? 10 * (unsigned int)(u - units + 1) : 0;

	if (u)
		v[n - 1] = '\0';
	if (!num_u64(v, UINT64_MAX >> shift, ret) || *ret == 0)
		return false;
	*ret <<= shift;
	return true;
}

/* ---- keys ---------------------------------------------------------------- */

static bool on_require(struct policy *p, unsigned int line, char *v)
{
	char *role = word_next(&v);
	unsigned int *n;

	(void)line;
	if (!role || !v)
		return false;
	if (strcmp(role, "release") == 0)
		n = &p->need_release;
	else if (strcmp(role, "build") == 0)
		n = &p->need_build;
	else
		return false;
	/* each role once, and never none */
	return *n == 0 && policy_count(v, BUNDLE_SIG_LINES_MAX, n);
}

static bool on_keys(struct policy *p, unsigned int line, char *v)
{
	(void)line;
	p->keys = v;
	return policy_path(v);
}

static bool on_fleet(struct policy *p, unsigned int line, char *v)
{
	(void)line;
	p->fleet = v;
	return text_only(v, "a-z0-9.-", 63);
}

static bool on_expiry(struct policy *p, unsigned int line, char *v)
{
	(void)line;
	return policy_either(v, "enforce", "warn", &p->expiry_warn);
}

static bool on_downgrade(struct policy *p, unsigned int line, char *v)
{
	(void)line;
	return policy_either(v, "no", "yes", &p->allow_downgrade);
}

static bool on_fallback(struct policy *p, unsigned int line, char *v)
{
	(void)line;
	p->fallback = strcmp(v, "never") == 0	 ? FALLBACK_NEVER
		      : strcmp(v, "always") == 0 ? FALLBACK_ALWAYS
						 : FALLBACK_ASKED;
	return p->fallback != FALLBACK_ASKED || strcmp(v, "asked") == 0;
}

static bool on_min_version(struct policy *p, unsigned int line, char *v)
{
	struct policy_floor *f = &p->floors[p->nfloors];
	const char *version, *epoch;
	uint64_t n = 0;

	if (p->nfloors == POLICY_FLOORS_MAX)
		return false;
	f->line = line;
	f->name = word_next(&v);
	version = word_next(&v);
	epoch = v ? word_next(&v) : NULL;
	if (v || !f->name || !text_only(f->name, "a-z0-9-", BUNDLE_NAME_MAX) ||
	    policy_floor(p, f->name) ||
	    !num_u64(version, UINT64_MAX, &f->version) ||
	    (epoch && !num_u64(epoch, UINT32_MAX, &n)))
		return false;
	f->epoch = (uint32_t)n;
	p->nfloors++;
	return true;
}

enum rule_word {
	W_USER,
	W_GROUP,
	W_RUNTIME,
	W_OUTPUT,
	W_GURU,
	W_SYSTEM,
	W_WRITES,
};

/* One option of an allow line, with its value cut off *@v. */
static bool on_allow_word(struct policy_rule *r, const char *w, char **v,
			  unsigned int *seen)
{
	static const struct {
		const char *text;
		enum rule_word id;
	} words[] = {
		{ "user", W_USER },	      { "group", W_GROUP },
		{ "max-runtime", W_RUNTIME }, { "max-output", W_OUTPUT },
		{ "guru", W_GURU },	      { "no-guru", W_GURU },
		{ "system", W_SYSTEM },	      { "writes", W_WRITES },
	};
	const size_t n = sizeof(words) / sizeof(words[0]);
	char *arg;
	size_t i;

	for (i = 0; i < n && strcmp(words[i].text, w) != 0; i++)
		;
	if (i == n || (*seen & 1u << words[i].id))
		return false;
	*seen |= 1u << words[i].id;
	if (words[i].id == W_GURU || words[i].id == W_SYSTEM) {
		r->guru = r->guru || strcmp(w, "guru") == 0;
		r->system = r->system || words[i].id == W_SYSTEM;
		return true;
	}
	arg = word_next(v);
	switch (words[i].id) {
	case W_USER:
		r->has_user = true;
		return policy_id(arg, &r->user);
	case W_GROUP:
		r->has_group = true;
		return policy_id(arg, &r->group);
	case W_RUNTIME:
		return num_u64(arg, INT64_MAX, &r->runtime_s) && r->runtime_s;
	case W_OUTPUT:
		return policy_bytes(arg, &r->output_bytes);
	default:
		for (r->writes = WRITES_NONE; arg && r->writes <= WRITES_RETURN;
		     r->writes++)
			if (!strcmp(arg, manifest_writes_name(r->writes)))
				return true;
		return false;
	}
}

static bool on_rule(struct policy *p, unsigned int line, char *v, bool is_deny)
{
	struct policy_rule *r = &p->rules[p->nrules];
	unsigned int seen = 0;
	const char *w;

	if (p->nrules == POLICY_RULES_MAX)
		return false;
	memset(r, 0, sizeof(*r));
	r->line = line;
	r->is_deny = is_deny;
	r->names = word_next(&v);
	if (!policy_glob(r->names) || (is_deny && v))
		return false;
	while (v) {
		w = word_next(&v);
		if (!w || !on_allow_word(r, w, &v, &seen))
			return false;
	}
	p->nrules++;
	p->nallow += !is_deny;
	return true;
}

static bool on_allow(struct policy *p, unsigned int line, char *v)
{
	return on_rule(p, line, v, false);
}

static bool on_deny(struct policy *p, unsigned int line, char *v)
{
	return on_rule(p, line, v, true);
}

static bool on_params(struct policy *p, unsigned int line, char *v)
{
	struct policy_range *r = &p->ranges[p->nranges];
	const char *min, *max;
	unsigned int i;

	if (p->nranges == POLICY_RANGES_MAX)
		return false;
	r->line = line;
	r->names = word_next(&v);
	r->param = word_next(&v);
	min = word_next(&v);
	max = word_next(&v);
	if (v || !policy_glob(r->names) || !r->param ||
	    !text_only(r->param, "a-zA-Z0-9_", BUNDLE_PARAM_NAME_MAX) ||
	    !num_i64(min, &r->min) || !num_i64(max, &r->max) || r->min > r->max)
		return false;
	for (i = 0; i < p->nranges; i++)
		if (!strcmp(p->ranges[i].names, r->names) &&
		    !strcmp(p->ranges[i].param, r->param))
			return false;
	p->nranges++;
	return true;
}

static bool on_require_ksig(struct policy *p, unsigned int line, char *v)
{
	(void)line;
	return policy_either(v, "when-enforced", "always", &p->ksig_always);
}

static bool on_load_mode(struct policy *p, unsigned int line, char *v)
{
	const char *mode = word_next(&v);

	(void)line;
	if (mode && strcmp(mode, "memfd") == 0)
		return !v;
	p->load_dir = v;
	return mode && strcmp(mode, "file") == 0 && policy_path(v);
}

static bool on_audit(struct policy *p, unsigned int line, char *v)
{
	(void)line;
	while (v) {
		const char *w = word_next(&v);

		if (!w)
			return false;
		if (strcmp(w, "syslog") == 0 && !p->audit_syslog)
			p->audit_syslog = true;
		else if (policy_path(w) && !p->audit_file)
			p->audit_file = w;
		else
			return false;
	}
	return true;
}

static bool on_max_loaded(struct policy *p, unsigned int line, char *v)
{
	(void)line;
	return policy_count(v, POLICY_LOADED_MAX, &p->max_loaded);
}

static bool on_comment(struct policy *p, unsigned int line, char *v)
{
	(void)p;
	(void)line;
	(void)v;
	return true;
}

/* A key is one line here.  @form is what a wrong value is answered with. */
static const struct policy_key {
	const char *name;
	bool (*on)(struct policy *p, unsigned int line, char *v);
	bool is_once;
	const char *form;
} policy_keys_table[] = {
	{ "require", on_require, false,
	  "'release N' or 'build N', N from 1 to 16, each once" },
	{ "keys", on_keys, true, "an absolute path" },
	{ "fleet", on_fleet, true, "one name of a-z 0-9 . -" },
	{ "expiry", on_expiry, true, "'enforce' or 'warn'" },
	{ "downgrade", on_downgrade, true, "'no' or 'yes'" },
	{ "fallback", on_fallback, true, "'never', 'asked' or 'always'" },
	{ "min-version", on_min_version, false,
	  "'NAME VERSION' or 'NAME VERSION EPOCH', each name once" },
	{ "allow", on_allow, false,
	  "NAME-GLOB [user UID] [group GID] [max-runtime SECONDS] [max-output "
	  "BYTES] [guru|no-guru] [system] [writes none|memory|return]" },
	{ "deny", on_deny, false, "NAME-GLOB" },
	{ "params", on_params, false,
	  "'NAME-GLOB PARAM MIN MAX', each pair of names once" },
	{ "require-ksig", on_require_ksig, true,
	  "'when-enforced' or 'always'" },
	{ "load-mode", on_load_mode, true,
	  "'memfd' or 'file DIR', DIR an absolute path" },
	{ "audit", on_audit, true, "'syslog', an absolute path, or both" },
	{ "max-loaded", on_max_loaded, true, "a number from 1 to 4096" },
	{ "comment", on_comment, false, "text" },
};

#define POLICY_KEYS (sizeof(policy_keys_table) / sizeof(policy_keys_table[0]))

static int policy_unknown(const struct lines *l, struct err *e)
{
	char list[200] = "";
	size_t i, n = 0;

	lines_bad(l, e, "unknown key '%.40s'", l->key);
	for (i = 0; i < POLICY_KEYS && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, " %s",
				      policy_keys_table[i].name);
	return err_hint(e, "the keys are:%s", list);
}

static int policy_line(struct policy *p, struct lines *l, struct err *e)
{
	const struct policy_key *k;
	size_t i;

	if (!*l->key)
		return 0;
	for (i = 0; i < POLICY_KEYS; i++)
		if (strcmp(policy_keys_table[i].name, l->key) == 0)
			break;
	if (i == POLICY_KEYS)
		return policy_unknown(l, e);
	k = &policy_keys_table[i];
	if (k->is_once && (p->seen & 1u << i))
		return lines_bad(l, e, "'%s' is there twice", k->name);
	p->seen |= 1u << i;
	if (k->on(p, l->no, l->value))
		return 0;
	lines_bad(l, e, "bad value of '%s'", k->name);
	return err_hint(e, "%s: %s", k->name, k->form);
}

int policy_parse(struct policy *p, const char *name, char *text, size_t n,
		 struct err *e)
{
	struct lines l;
	int r;

	p->is_there = true;
	lines_init(&l, name, text, n, BUNDLE_LINE_MAX);
	while ((r = lines_next(&l, e)) > 0) {
		r = policy_line(p, &l, e);
		if (r < 0)
			break;
	}
	if (r == 0)
		return 0;
	if (e && !e->hint[0])
		err_hint(e, "correct that line; nothing runs before");
	if (e)
		e->code = -BERR_CONFIG;
	return -BERR_CONFIG;
}

/* Where the host's files are: whoever made the way there could choose them. */
static int policy_check_ways(const struct policy *p, struct err *e)
{
	const char *const ways[] = { p->keys, p->audit_file, p->load_dir };
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]) && r == 0; i++)
		if (ways[i])
			r = trust_way(ways[i], e);
	return r;
}

int policy_load(struct policy *p, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char dir[POLICY_PATH_MAX + 1];
	long n;
	int fd;

	if (!slash || (size_t)(slash - path) >= sizeof(dir))
		return err_set(e, ERR_INVALID, "policy '%s'", path);
	memcpy(dir, path, (size_t)(slash - path));
	dir[slash - path] = '\0';
	fd = trust_open_dir(dir, e);
	if (fd == ERR_NOT_FOUND)
		return 0;
	if (fd < 0)
		return fd;
	n = trust_read_at(fd, slash + 1, path, p->text, sizeof(p->text), e);
	close(fd);
	if (n == ERR_NOT_FOUND)
		return 0;
	if (n < 0)
		return (int)n;
	n = policy_parse(p, path, p->text, (size_t)n, e);
	return n < 0 ? (int)n : policy_check_ways(p, e);
}

/* ---- who ----------------------------------------------------------------- */

void policy_who_read(struct policy_who *w)
{
	gid_t groups[POLICY_GROUPS_MAX - 1];
	char buf[32];
	uint64_t v;
	int i, n;

	w->uid = getuid();
	w->login = POLICY_NO_LOGINUID;
	if (sys->read_file("/proc/self/loginuid", buf, sizeof(buf)) > 0 &&
	    num_u64(buf, UINT32_MAX, &v))
		w->login = (uint32_t)v;
	w->ngroups = 0;
	w->groups[w->ngroups++] = getgid();
	/* with more groups than fit, a group line does not allow */
	n = getgroups(POLICY_GROUPS_MAX - 1, groups);
	for (i = 0; i < n; i++)
		w->groups[w->ngroups++] = groups[i];
}

uint32_t policy_caller(const struct policy_who *w)
{
	return w->login == POLICY_NO_LOGINUID ? w->uid : w->login;
}

static bool policy_in_group(const struct policy_who *w, uint32_t group)
{
	unsigned int i;

	for (i = 0; i < w->ngroups; i++)
		if (w->groups[i] == group)
			return true;
	return false;
}

/* ---- decisions ----------------------------------------------------------- */

static bool policy_fits(const struct policy_rule *r, const struct manifest *m,
			const struct policy_who *w)
{
	if (!name_match(r->names, strlen(r->names), m->name))
		return false;
	if (r->has_user && r->user != policy_caller(w))
		return false;
	return !r->has_group || policy_in_group(w, r->group);
}

static const struct policy_rule *policy_find(const struct policy *p,
					     const struct manifest *m,
					     const struct policy_who *w)
{
	unsigned int i;

	for (i = 0; i < p->nrules; i++)
		if (policy_fits(&p->rules[i], m, w))
			return &p->rules[i];
	return NULL;
}

/* What the line that fits says of such a bundle. */
static int policy_judge(const struct policy_rule *r, const struct manifest *m,
			struct err *e)
{
	if (r->is_deny)
		return err_set(e, -BERR_POLICY,
			       "the policy denies bundle '%s' (line %u, "
			       "'deny: %s')",
			       m->name, r->line, r->names);
	if (m->is_guru && !r->guru)
		return err_set(e, -BERR_POLICY,
			       "bundle '%s' has guru code, which the policy "
			       "does not allow (line %u, 'allow: %s')",
			       m->name, r->line, r->names);
	if (m->writes > r->writes)
		return err_set(e, -BERR_POLICY,
			       "bundle '%s' writes %s, the policy allows "
			       "writes %s (line %u, 'allow: %s')",
			       m->name, manifest_writes_name(m->writes),
			       manifest_writes_name(r->writes), r->line,
			       r->names);
	return 0;
}

int policy_check_system(const struct policy_rule *rule,
			const struct manifest *m, struct err *e)
{
	if (!rule || rule->system)
		return 0;
	err_set(e, -BERR_POLICY,
		"the policy does not allow the commands of bundle '%s' "
		"(--allow-system; line %u, 'allow: %s')",
		m->name, rule->line, rule->names);
	return err_hint(e, "leave --allow-system away, or have that line say "
			   "'system'");
}

const struct policy_floor *policy_floor(const struct policy *p,
					const char *name)
{
	unsigned int i;

	for (i = 0; i < p->nfloors; i++)
		if (strcmp(p->floors[i].name, name) == 0)
			return &p->floors[i];
	return NULL;
}

static int policy_check_floor(const struct policy *p, const struct manifest *m,
			      struct err *e)
{
	const struct policy_floor *f = policy_floor(p, m->name);

	if (!f || m->epoch > f->epoch ||
	    (m->epoch == f->epoch && m->version >= f->version))
		return 0;
	err_set(e, -BERR_ROLLBACK,
		"version %llu (epoch %u) of '%s', this host wants %llu (epoch "
		"%u) or later (policy line %u, min-version)",
		(unsigned long long)m->version, m->epoch, m->name,
		(unsigned long long)f->version, f->epoch, f->line);
	return err_hint(e, "install the newer bundle");
}

int policy_decide(const struct policy *p, const struct manifest *m,
		  const struct policy_who *w, const struct policy_rule **rule,
		  struct err *e)
{
	int r;

	*rule = policy_find(p, m, w);
	if (!*rule && p->nallow) {
		err_set(e, -BERR_POLICY,
			"no allow line of the policy fits bundle '%s' for "
			"user %u",
			m->name, policy_caller(w));
		return err_hint(e, "ask who keeps " POLICY_FILE
				   " for an allow line");
	}
	r = *rule ? policy_judge(*rule, m, e) : 0;
	if (r < 0)
		return err_hint(e, "ask who keeps " POLICY_FILE);
	return policy_check_floor(p, m, e);
}

/* NULL when @m has no parameter @name. */
static const struct manifest_param *policy_param(const struct manifest *m,
						 const char *name)
{
	uint32_t i;

	for (i = 0; i < m->nparams; i++)
		if (strcmp(m->params[i].name, name) == 0)
			return &m->params[i];
	return NULL;
}

static int policy_check_range(const struct policy_range *g,
			      const struct manifest_param *d, const char *value,
			      struct err *e)
{
	int64_t v = d->def;

	if (d->type != PARAM_INT64)
		return err_set(e, -BERR_POLICY,
			       "parameter '%s' is text, the policy wants a "
			       "number (line %u)",
			       d->name, g->line);
	if ((value && !num_i64(value, &v)) || v < g->min || v > g->max) {
		err_set(e, -BERR_POLICY,
			"parameter '%s' is %s%lld, the policy allows %lld to "
			"%lld (line %u)",
			d->name, value ? "" : "by default ", (long long)v,
			(long long)g->min, (long long)g->max, g->line);
		return err_hint(e, "give %s=%lld", d->name, (long long)g->max);
	}
	return 0;
}

int policy_check_param(const struct policy *p, const struct manifest *m,
		       const char *name, const char *value, struct err *e)
{
	const struct manifest_param *d = policy_param(m, name);
	unsigned int i;
	int r;

	for (i = 0; d && i < p->nranges; i++) {
		const struct policy_range *g = &p->ranges[i];

		if (strcmp(g->param, name) != 0 ||
		    !name_match(g->names, strlen(g->names), m->name))
			continue;
		r = policy_check_range(g, d, value, e);
		if (r < 0)
			return r;
	}
	return 0;
}

const char *policy_keys(const struct policy *p, const char *asked,
			struct err *e)
{
	const char *keys = p->keys ? p->keys : KEYRING_DEFAULT_DIR;

	if (!p->is_there)
		return asked;
	if (strcmp(asked, keys) == 0 || strcmp(asked, KEYRING_DEFAULT_DIR) == 0)
		return keys;
	err_set(e, -BERR_POLICY,
		"--keys %s: the policy of this host trusts the keys of %s",
		asked, keys);
	err_hint(e, "leave --keys away");
	return NULL;
}
