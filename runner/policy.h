/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host allows beyond a good signature: the file /etc/tap/policy. */
#ifndef RUNNER_POLICY_H
#define RUNNER_POLICY_H

#include "bundle/manifest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct lines;

#define POLICY_FILE	   "/etc/tap/policy"
#define POLICY_BYTES_MAX   (64u << 10)
#define POLICY_RULES_MAX   256
#define POLICY_FLOORS_MAX  256
#define POLICY_RANGES_MAX  256
#define POLICY_PATH_MAX	   200
#define POLICY_LOADED_MAX  4096
#define POLICY_GROUPS_MAX  256
#define POLICY_NO_LOGINUID UINT32_MAX

/**
 * struct policy_rule - an allow or deny line
 * @runtime_s, @output_bytes: 0 = no limit
 * @writes: the most that a bundle may change
 * @system: commands of its script may be run (--allow-system)
 */
struct policy_rule {
	unsigned int line;
	bool is_deny, has_user, has_group, guru, system;
	uint32_t user, group;
	uint64_t runtime_s, output_bytes;
	enum manifest_writes writes;
	const char *names;
};

/** struct policy_floor - a min-version line */
struct policy_floor {
	unsigned int line;
	const char *name;
	uint64_t version;
	uint32_t epoch;
};

/** struct policy_range - a params line */
struct policy_range {
	unsigned int line;
	const char *names, *param;
	int64_t min, max;
};

/* May a module of a sibling kernel run?  Only where --fallback asks for it. */
enum policy_fallback { FALLBACK_ASKED, FALLBACK_NEVER, FALLBACK_ALWAYS };

/**
 * struct policy - zero-initialise; all zero is the default policy
 * @is_there: the file exists
 * @seen: keys that were given, by their place in the table of policy.c
 * @keys, @fleet, @audit_file, @load_dir: NULL = not given
 * @max_loaded: 0 = no limit
 * @text: what the strings point into
 */
struct policy {
	bool is_there;
	enum policy_fallback fallback;
	bool expiry_warn, allow_downgrade, ksig_always;
	bool audit_syslog;
	unsigned int seen;
	unsigned int need_release, need_build, max_loaded;
	const char *keys, *fleet, *audit_file, *load_dir;
	unsigned int nrules, nallow, nfloors, nranges;
	struct policy_rule rules[POLICY_RULES_MAX];
	struct policy_floor floors[POLICY_FLOORS_MAX];
	struct policy_range ranges[POLICY_RANGES_MAX];
	char text[POLICY_BYTES_MAX];
};

/**
 * struct policy_who - who asks
 * @uid: real user id
 * @login: who logged in, which sudo and su keep; POLICY_NO_LOGINUID = nobody
 * @groups: real and supplementary groups of the process
 */
struct policy_who {
	uint32_t uid, login;
	unsigned int ngroups;
	uint32_t groups[POLICY_GROUPS_MAX];
};

/**
 * policy_load() - read a policy; without the file @p stays the default
 *
 * The file and its directory must pass trust_owner(), and the paths that it names
 * trust_way(); symbolic links are refused.
 * Return: 0, -BERR_CONFIG ("FILE line N: ..." and what is wanted), ERR_IO.
 * Source: runner/POLICY.md.
 */
int policy_load(struct policy *p, const char *path, struct err *e);

/** policy_parse() - the same for @n bytes of @text, which is modified and must
 *  stay; @name is for messages */
int policy_parse(struct policy *p, const char *name, char *text, size_t n,
		 struct err *e);

/** policy_who_read() - fill @w with this process; never fails */
void policy_who_read(struct policy_who *w);

/** policy_caller() - the one user id that user words are compared with */
uint32_t policy_caller(const struct policy_who *w);

/**
 * policy_decide() - may @w run the bundle of @m?
 * @rule: the line that decided, or NULL when there is no allow line
 *
 * Return: 0, -BERR_POLICY, -BERR_ROLLBACK (min-version).
 */
int policy_decide(const struct policy *p, const struct manifest *m,
		  const struct policy_who *w, const struct policy_rule **rule,
		  struct err *e);

/**
 * policy_check_param() - may parameter @name of bundle @m be @value?
 * @value: decimal for numbers, or NULL for the bundle's default
 *
 * Return: 0, -BERR_POLICY.
 */
int policy_check_param(const struct policy *p, const struct manifest *m,
		       const char *name, const char *value, struct err *e);

/** policy_check_system() - may commands of the script of @m be run, where @rule,
 *  or no line, allows the bundle?  0, -BERR_POLICY */
int policy_check_system(const struct policy_rule *rule,
			const struct manifest *m, struct err *e);

/** policy_floor() - the min-version line of bundle @name, or NULL */
const struct policy_floor *policy_floor(const struct policy *p,
					const char *name);

/**
 * policy_keys() - the directory of trusted keys
 * @asked: of --keys
 *
 * Where there is a policy, it alone says which keys are trusted.
 * Return: a path, or NULL with -BERR_POLICY in @e.
 */
const char *policy_keys(const struct policy *p, const char *asked,
			struct err *e);

#endif
