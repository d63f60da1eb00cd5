/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy file: every key, every mistake, and who may run what. */
#include "runner/policy.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <stdlib.h>
#include <sys/stat.h>

static struct policy p;

static int parse(const char *text, struct err *e)
{
	size_t n = strlen(text);

	memset(&p, 0, sizeof(p));
	memset(e, 0, sizeof(*e));
	memcpy(p.text, text, n);
	return policy_parse(&p, "F", p.text, n, e);
}

static void t_good(void)
{
	static const char *const rows[] = {
		"",
		"\n\n",
		"comment: why\ncomment: why again\n",
		"require: release 2\nrequire: build 1\n",
		"keys: /etc/tap/keys.d\n",
		"fleet: prod-eu\n",
		"expiry: enforce\n",
		"expiry: warn\ndowngrade: yes\n",
		"fallback: never\n",
		"fallback: asked\n",
		"fallback: always\n",
		"min-version: a 7\nmin-version: b 18446744073709551615 3\n",
		"allow: *\n",
		"allow: vfs-* user 0 group 4294967294 max-runtime 3600 "
		"max-output 1G guru writes none\n",
		"allow: a system\nallow: b guru system writes none\n",
		"allow: a no-guru writes return\nallow: a writes memory\n",
		"deny: net-*\ndeny: net-*\n",
		"params: a-* t -5 10\nparams: b-* t 0 0\n",
		"require-ksig: always\n",
		"require-ksig: when-enforced\n",
		"audit: syslog\n",
		"audit: /var/log/tap/audit\n",
		"audit: syslog /var/log/tap/audit\n",
		"max-loaded: 3\n",
		"load-mode: memfd\n",
		"load-mode: file /var/lib/tap/load\n",
	};
	struct err e;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(parse(rows[i], &e) == 0, "good: %.*s%s",
		   (int)strcspn(rows[i], "\n"), rows[i], e.text);
}

/* Each is refused with its line and what is wanted instead. */
static void t_bad(void)
{
	static const struct {
		const char *text, *word;
	} rows[] = {
		{ "nonsense: 1\n", "line 1: unknown key 'nonsense'" },
		{ "\nfleet: a\nfleet: a\n", "line 3: 'fleet' is there twice" },
		{ "keys: /a\nkeys: /a\n", "'keys' is there twice" },
		{ "audit: syslog\naudit: /a\n", "'audit' is there twice" },
		{ "# a comment\n", "line 1" },
		{ "fleet: a", "newline" },
		{ "fleet:a\n", "not 'key: value'" },
		{ "fleet: a\r\n", "byte 0x0d" },
		{ "fleet: \xc3\xa4\n", "byte 0xc3" },
		{ "fleet: a b\n", "bad value of 'fleet'" },
		{ "fleet: A\n", "bad value of 'fleet'" },
		{ "require: release 0\n", "bad value of 'require'" },
		{ "require: release 17\n", "bad value" },
		{ "require: release\n", "bad value" },
		{ "require: release 1 build 1\n", "bad value" },
		{ "require: nobody 1\n", "bad value" },
		{ "require: build 1\nrequire: build 1\n", "line 2: bad value" },
		{ "keys: relative\n", "bad value of 'keys'" },
		{ "keys: /a b\n", "bad value" },
		{ "expiry: off\n", "bad value of 'expiry'" },
		{ "fallback: yes\n", "bad value of 'fallback'" },
		{ "fallback: never\nfallback: always\n", "there twice" },
		{ "expiry: no\n", "bad value" },
		{ "downgrade: maybe\n", "bad value" },
		{ "min-version: a\n", "bad value of 'min-version'" },
		{ "min-version: a -1\n", "bad value" },
		{ "min-version: a 1 4294967296\n", "bad value" },
		{ "min-version: a 1 2 3\n", "bad value" },
		{ "min-version: a 18446744073709551616\n", "bad value" },
		{ "min-version: a* 1\n", "bad value" },
		{ "min-version: a 1\nmin-version: a 2\n", "line 2" },
		{ "allow: A\n", "bad value of 'allow'" },
		{ "allow: a user\n", "bad value" },
		{ "allow: a user root\n", "bad value" },
		{ "allow: a user 4294967295\n", "bad value" },
		{ "allow: a user 1 user 2\n", "bad value" },
		{ "allow: a guru no-guru\n", "bad value" },
		{ "allow: a system system\n", "bad value" },
		{ "allow: a system yes\n", "bad value" },
		{ "deny: a system\n", "bad value" },
		{ "allow: a  guru\n", "bad value" },
		{ "allow: a gurus\n", "bad value" },
		{ "allow: a writes\n", "bad value" },
		{ "allow: a writes all\n", "bad value" },
		{ "allow: a max-runtime 0\n", "bad value" },
		{ "allow: a max-runtime 1h\n", "bad value" },
		{ "allow: a max-output 0\n", "bad value" },
		{ "allow: a max-output 1T\n", "bad value" },
		{ "allow: a max-output 18014398509481984K\n", "bad value" },
		{ "deny: a user 1\n", "bad value of 'deny'" },
		{ "params: a t 1\n", "bad value of 'params'" },
		{ "params: a t 2 1\n", "bad value" },
		{ "params: a t 1 2 3\n", "bad value" },
		{ "params: a t-t 1 2\n", "bad value" },
		{ "params: a t 1 2\nparams: a t 1 3\n", "line 2" },
		{ "require-ksig: never\n", "bad value of 'require-ksig'" },
		{ "audit: syslog syslog\n", "bad value of 'audit'" },
		{ "audit: /a /b\n", "bad value" },
		{ "audit: none\n", "bad value" },
		{ "load-mode: file\n", "bad value of 'load-mode'" },
		{ "load-mode: file a\n", "bad value" },
		{ "load-mode: memfd /a\n", "bad value" },
		{ "load-mode: disk /a\n", "bad value" },
		{ "max-loaded: 0\n", "bad value of 'max-loaded'" },
		{ "max-loaded: 4097\n", "bad value" },
	};
	struct err e;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(parse(rows[i].text, &e) == -BERR_CONFIG &&
			   e.code == -BERR_CONFIG &&
			   strncmp(e.text, "F line ", 7) == 0 &&
			   strstr(e.text, rows[i].word) &&
			   (!strstr(e.text, "value of") || e.hint[0]),
		   "bad: %s", e.text);
}

static void t_many(void)
{
	static char text[POLICY_BYTES_MAX];
	size_t n = 0;
	struct err e;
	int i;

	for (i = 0; i < POLICY_RULES_MAX; i++)
		n += (size_t)sprintf(text + n, "deny: a%d\n", i);
	ok(parse(text, &e) == 0 && p.nrules == POLICY_RULES_MAX, "rules: all");
	sprintf(text + n, "deny: z\n");
	ok(parse(text, &e) == -BERR_CONFIG, "rules: one more");
}

static void t_values(void)
{
	struct err e;

	parse("require: release 2\nfleet: lab\nmax-loaded: 3\n"
	      "allow: a-* user 7 max-output 3M max-runtime 60 guru\n"
	      "audit: /a/b syslog\nmin-version: x 5 2\n"
	      "params: * t -9223372036854775808 1\n",
	      &e);
	ok(p.need_release == 2 && p.need_build == 0 &&
		   strcmp(p.fleet, "lab") == 0 && p.max_loaded == 3,
	   "numbers and words");
	ok(p.rules[0].line == 4 && p.rules[0].has_user &&
		   p.rules[0].user == 7 && !p.rules[0].has_group &&
		   p.rules[0].output_bytes == 3u << 20 &&
		   p.rules[0].runtime_s == 60 && p.rules[0].guru &&
		   p.rules[0].writes == WRITES_NONE,
	   "an allow line");
	ok(p.audit_syslog && strcmp(p.audit_file, "/a/b") == 0, "audit");
	ok(policy_floor(&p, "x") && policy_floor(&p, "x")->epoch == 2 &&
		   !policy_floor(&p, "y"),
	   "a floor");
	ok(p.ranges[0].min == INT64_MIN, "a range");
}

/* ---- decisions ------------------------------------------------------------- */

struct ask {
	const char *policy, *name;
	uint32_t uid, login, group;
	bool guru;
	enum manifest_writes writes;
	int code;
	unsigned int line, epoch;
};

#define NOBODY POLICY_NO_LOGINUID

static void t_decide(void)
{
	static const struct ask rows[] = {
		{ "", "a", 0, NOBODY, 0, true, WRITES_RETURN, 0, 0, 0 },
		{ "deny: a\n", "a", 0, NOBODY, 0, false, 0, BERR_POLICY, 1, 0 },
		{ "deny: a\n", "ab", 0, NOBODY, 0, true, 0, 0, 0, 0 },
		{ "deny: a*\nallow: ab\n", "ab", 0, NOBODY, 0, false, 0,
		  BERR_POLICY, 1, 0 },
		{ "allow: ab\ndeny: a*\n", "ab", 0, NOBODY, 0, false, 0, 0, 1,
		  0 },
		{ "allow: b\n", "a", 0, NOBODY, 0, false, 0, BERR_POLICY, 0,
		  0 },
		{ "allow: a\n", "a", 0, NOBODY, 0, true, 0, BERR_POLICY, 1, 0 },
		{ "allow: a no-guru\n", "a", 0, NOBODY, 0, true, 0, BERR_POLICY,
		  1, 0 },
		{ "allow: a guru\n", "a", 0, NOBODY, 0, true, 0, 0, 1, 0 },
		/* the first line that fits decides, a later one cannot help */
		{ "allow: a\nallow: a guru\n", "a", 0, NOBODY, 0, true, 0,
		  BERR_POLICY, 1, 0 },
		{ "allow: a\n", "a", 0, NOBODY, 0, false, WRITES_MEMORY,
		  BERR_POLICY, 1, 0 },
		{ "allow: a writes memory\n", "a", 0, NOBODY, 0, false,
		  WRITES_MEMORY, 0, 1, 0 },
		{ "allow: a writes memory\n", "a", 0, NOBODY, 0, false,
		  WRITES_RETURN, BERR_POLICY, 1, 0 },
		{ "allow: a user 7\n", "a", 7, NOBODY, 0, false, 0, 0, 1, 0 },
		{ "allow: a user 7\n", "a", 8, NOBODY, 0, false, 0, BERR_POLICY,
		  0, 0 },
		/* under sudo the one who logged in counts, and root does not */
		{ "allow: a user 7\n", "a", 0, 7, 0, false, 0, 0, 1, 0 },
		{ "allow: a user 0\n", "a", 0, 7, 0, false, 0, BERR_POLICY, 0,
		  0 },
		{ "allow: a user 0\n", "a", 0, 0, 0, false, 0, 0, 1, 0 },
		{ "allow: a group 5\n", "a", 0, NOBODY, 5, false, 0, 0, 1, 0 },
		{ "allow: a group 5\n", "a", 0, NOBODY, 4, false, 0,
		  BERR_POLICY, 0, 0 },
		{ "allow: a user 1\nallow: * user 2\n", "a", 2, NOBODY, 0,
		  false, 0, 0, 2, 0 },
		{ "min-version: a 4\n", "a", 0, NOBODY, 0, false, 0,
		  BERR_ROLLBACK, 0, 0 },
		{ "min-version: a 3\n", "a", 0, NOBODY, 0, false, 0, 0, 0, 0 },
		{ "min-version: a 0 2\n", "a", 0, NOBODY, 0, false, 0,
		  BERR_ROLLBACK, 0, 0 },
		/* version 3 of epoch 1 is above every version of epoch 0 */
		{ "min-version: a 900 0\n", "a", 0, NOBODY, 0, false, 0, 0, 0,
		  1 },
		{ "min-version: b 4\n", "a", 0, NOBODY, 0, false, 0, 0, 0, 0 },
	};
	static struct manifest m;
	struct err e;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ask *a = &rows[i];
		struct policy_who w = { a->uid, a->login, 2, { 1, a->group } };
		const struct policy_rule *rule;
		int r;

		if (parse(a->policy, &e) < 0)
			abort();
		m.name = a->name;
		m.version = 3;
		m.epoch = a->epoch;
		m.is_guru = a->guru;
		m.writes = a->writes;
		r = policy_decide(&p, &m, &w, &rule, &e);
		ok(r == -a->code && (rule ? rule->line : 0) == a->line &&
			   (!r || e.code == r),
		   "decide %zu: %s", i, r ? e.text : "allowed");
	}
}

static void t_params(void)
{
	static struct manifest m;
	struct err e;

	m.name = "vfs-latency";
	m.nparams = 2;
	m.params[0] = (struct manifest_param){ .name = "threshold",
					       .type = PARAM_INT64,
					       .def = 5000 };
	m.params[1] = (struct manifest_param){ .name = "label",
					       .type = PARAM_STRING };
	parse("params: vfs-* threshold 1 1000\nparams: * threshold 0 500\n"
	      "params: * nosuch 1 2\n",
	      &e);
	ok(!policy_check_param(&p, &m, "threshold", "1", &e), "in both ranges");
	ok(!policy_check_param(&p, &m, "threshold", "500", &e), "at the end");
	ok(policy_check_param(&p, &m, "threshold", "501", &e) == -BERR_POLICY &&
		   strstr(e.text, "line 2"),
	   "%s", e.text);
	ok(policy_check_param(&p, &m, "threshold", "-1", &e) == -BERR_POLICY,
	   "%s", e.text);
	ok(policy_check_param(&p, &m, "threshold", NULL, &e) == -BERR_POLICY &&
		   strstr(e.text, "by default 5000"),
	   "%s", e.text);
	ok(!policy_check_param(&p, &m, "label", "x", &e) &&
		   !policy_check_param(&p, &m, "nosuch", "9", &e),
	   "others");
	parse("params: * label 1 2\n", &e);
	ok(policy_check_param(&p, &m, "label", "x", &e) == -BERR_POLICY, "%s",
	   e.text);
	parse("params: net-* threshold 1 2\n", &e);
	ok(!policy_check_param(&p, &m, "threshold", "9", &e), "other bundles");
}

static void t_keys(void)
{
	struct err e;

	memset(&p, 0, sizeof(p));
	ok(!strcmp(policy_keys(&p, "/mine", &e), "/mine"),
	   "without a policy --keys says");
	parse("", &e);
	ok(!policy_keys(&p, "/mine", &e) && e.code == -BERR_POLICY, "%s",
	   e.text);
	ok(!strcmp(policy_keys(&p, KEYRING_DEFAULT_DIR, &e),
		   KEYRING_DEFAULT_DIR),
	   "an empty policy trusts the usual place");
	parse("keys: /site\n", &e);
	ok(!strcmp(policy_keys(&p, KEYRING_DEFAULT_DIR, &e), "/site") &&
		   !strcmp(policy_keys(&p, "/site", &e), "/site") &&
		   !policy_keys(&p, "/mine", &e),
	   "the policy's directory, and no other");
}

/* ---- files ----------------------------------------------------------------- */

static void put(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	if (!f)
		abort();
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static int load(const char *path, struct err *e)
{
	memset(&p, 0, sizeof(p));
	memset(e, 0, sizeof(*e));
	return policy_load(&p, path, e);
}

static void t_files(void)
{
	char dir[] = "/tmp/t_run_policy.XXXXXX", path[64], link[64];
	static char big[POLICY_BYTES_MAX + 2];
	struct err e;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/policy", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	ok(load(path, &e) == 0 && !p.is_there, "no file is the default");
	put(path, "fleet: lab\n", 0644);
	ok(load(path, &e) == 0 && p.is_there && !strcmp(p.fleet, "lab"),
	   "a file");
	put(path, "fleet: lab\nfleet: lab\n", 0644);
	ok(load(path, &e) == -BERR_CONFIG && strstr(e.text, "policy line 2:"),
	   "%s", e.text);
	put(path, "", 0664);
	ok(load(path, &e) == -BERR_CONFIG && strstr(e.hint, "chmod"), "%s",
	   e.text);
	chmod(path, 0666);
	ok(load(path, &e) == -BERR_CONFIG, "%s", e.text);
	chmod(path, 0644);
	if (symlink("policy", link) < 0)
		abort();
	ok(load(link, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(link);
	if (!geteuid() && !chown(path, 65534, (gid_t)-1)) {
		ok(load(path, &e) == -BERR_CONFIG && strstr(e.hint, "chown"),
		   "%s", e.text);
		if (chown(path, 0, (gid_t)-1) < 0)
			abort();
	}
	chmod(dir, 0777);
	ok(load(path, &e) == -BERR_CONFIG, "%s", e.text);
	chmod(dir, 0700);
	memset(big, '\n', sizeof(big) - 1);
	put(path, big, 0644);
	ok(load(path, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(path);
	mkdir(path, 0755);
	ok(load(path, &e) == -BERR_CONFIG, "%s", e.text);
	rmdir(path);
	rmdir(dir);
	ok(load(path, &e) == 0 && !p.is_there, "no directory either");
}

int main(void)
{
	struct policy_who w;

	t_good();
	t_bad();
	t_many();
	t_values();
	t_decide();
	t_params();
	t_keys();
	t_files();
	policy_who_read(&w);
	ok(w.uid == getuid() && w.ngroups >= 1 && w.groups[0] == getgid(),
	   "this process");
	return tap_done();
}
