/* SPDX-License-Identifier: GPL-2.0-only */
/* What values options take, and which options do not go together. */
#include "build/opts_check.h"
#include "build/base/when.h"
#include "build/lang/lang.h"
#include "build/opts.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/limits.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE(name, pattern, want) \
	const struct value_check value_##name = { pattern, want }

VALUE(any, NULL, NULL);
VALUE(path, "^.+$", "a file");
VALUE(word, "^[a-z0-9_]+$", "a word");
VALUE(name, "^[a-z0-9][a-z0-9_-]*(\\.ko)?$",
      "a name of letters, digits, '-' and '_'");
VALUE(pass, "^[1-5]$", "1 to 5");
VALUE(buffer, "^0*([1-9]|[1-9][0-9]{1,2}|[1-3][0-9]{3}|40[0-8][0-9]|409[0-5])$",
      "1 to 4095");
VALUE(modinfo, "^[a-z_][a-z0-9_]*=.+$", "NAME=VALUE");
VALUE(define, "^[a-z_][a-z_0-9]*(=-?[a-z_0-9]+)?$", "NAME or NAME=VALUE");
VALUE(kbuild, "^(CFLAGS|EXTRA_CFLAGS|KCFLAGS|CFLAGS_MODULE)=.*$",
      "CFLAGS=..., EXTRA_CFLAGS=..., KCFLAGS=... or CFLAGS_MODULE=...");
VALUE(global, "^[a-z_][a-z0-9_]*=[a-z0-9_.-]+$",
      "NAME=VALUE of letters, digits, '_', '.' and '-'");
VALUE(version, "^[0-9]+(\\.[0-9]+)*$", "a version such as 4.8");
VALUE(privilege, "^stapdev$", "stapdev, for what root runs");
VALUE(runtime, "^kernel$", "kernel: only kernel modules are built");
VALUE(digits, "^[0-9]{1,5}$", "1 to 5 digits");
VALUE(when, "^(never|always|auto)$", "never, always or auto");
VALUE(date,
      "^([0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)$",
      WHEN_FORMS);
VALUE(number, "^[0-9]+$", "a number");
VALUE(shard, "^[1-9][0-9]{0,3}/[1-9][0-9]{0,3}$", "I/N, as 2/5");
VALUE(rotate, "^[0-9]+(,[0-9]+)?$", "SIZE or SIZE,N");
VALUE(seconds, "^[0-9]*(\\.[0-9]+)?$", "seconds, 0.001 or more");

int value_fits(const struct value_check *c, const char *option,
	       const char *text, struct err *e)
{
	regex_t re;
	int no;

	if (!c->pattern)
		return 0;
	if (regcomp(&re, c->pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB))
		return err_set(e, ERR_INVALID, "%s: bad pattern", option);
	no = regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	/* "$" also fits before a newline at the end. */
	if (no || strchr(text, '\n'))
		return err_set(e, ERR_INVALID, "%s wants %s, not '%s'", option,
			       c->want, text);
	return 0;
}

bool opts_is_listing(const struct opts *o)
{
	return o->list || o->list_vars || o->dump_types || o->dump_aliases ||
	       o->dump_functions;
}

bool opts_only_asks(const struct opts *o)
{
	return o->help || o->show_version || o->clean_cache;
}

static int check_listing(const struct opts *o, struct err *e)
{
	int n = !!o->list + !!o->list_vars + o->dump_types + o->dump_aliases +
		o->dump_functions;

	if (n > 1)
		return err_set(
			e, ERR_INVALID,
			"only one of -l, -L and --dump-... can be given");
	if (n && (o->script || o->file))
		return err_set(e, ERR_INVALID,
			       "-l, -L and --dump-... take no script");
	if (n && o->last_pass)
		return err_set(e, ERR_INVALID,
			       "-p does not go with -l, -L and --dump-...");
	return 0;
}

/* What a run would be started with, as a packager's user must do it. */
static int check_run(const struct opts *o, struct err *e)
{
	if (o->command && o->pid)
		return err_set(e, ERR_INVALID, "-c and -x do not go together");
	if (o->rotate && !o->output)
		return err_set(e, ERR_INVALID, "-S needs -o FILE");
	if (o->seconds && strtod(o->seconds, NULL) < 0.001)
		return err_set(e, ERR_INVALID, "-T wants %s, not '%s'",
			       value_seconds.want, o->seconds);
	return 0;
}

/* Days that no calendar has passed the pattern. */
static int check_times(const struct opts *o, struct err *e)
{
	uint64_t from = 0, to = UINT64_MAX;

	if (o->not_before && !when_parse(o->not_before, false, &from))
		return err_set(e, ERR_INVALID, "--not-before: no such time: %s",
			       o->not_before);
	if (o->not_after && !when_parse(o->not_after, true, &to))
		return err_set(e, ERR_INVALID, "--not-after: no such time: %s",
			       o->not_after);
	if (from > to)
		return err_set(e, ERR_INVALID,
			       "--not-before is after --not-after");
	return 0;
}

static int check_script(const struct opts *o, struct err *e)
{
	if (o->script || o->file || o->scripts.n || opts_is_listing(o) ||
	    opts_only_asks(o))
		return 0;
	err_set(e, ERR_INVALID, "A script must be specified.");
	return err_hint(e, "tapbuild script.stp, or tapbuild -e 'probe begin "
			   "{ println(\"hi\") exit() }'");
}

static int check_tables(const struct opts *o, struct err *e)
{
	if (!o->as_check && (o->tsv || o->json))
		return err_set(e, ERR_INVALID, "--%s is for tapbuild check",
			       o->tsv ? "tsv" : "json");
	if (!o->as_check)
		return 0;
	if (o->script && o->scripts.n)
		return err_set(e, ERR_INVALID,
			       "check takes -e SCRIPT or files, not both");
	if (opts_is_listing(o) || o->last_pass)
		return err_set(e, ERR_INVALID,
			       "check does not go with -l, -L, --dump-... and "
			       "-p");
	return 0;
}

#define SHARDS_MAX 9999

bool opts_shard(const char *text, unsigned int *i, unsigned int *n)
{
	char copy[16], *slash;
	uint64_t a, b;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return false;
	slash = strchr(copy, '/');
	if (!slash)
		return false;
	*slash = '\0';
	if (!num_u64(copy, SHARDS_MAX, &a) ||
	    !num_u64(slash + 1, SHARDS_MAX, &b) || !a || a > b)
		return false;
	*i = (unsigned int)a;
	*n = (unsigned int)b;
	return true;
}

static int check_shard(const struct opts *o, struct err *e)
{
	unsigned int i, n;

	if (!o->shard)
		return 0;
	if (!opts_shard(o->shard, &i, &n))
		return err_set(e, ERR_INVALID,
			       "--shard wants I/N, I from 1 to N, not '%s'",
			       o->shard);
	if (o->as_stap || o->as_check || opts_is_listing(o) ||
	    (o->last_pass && o->last_pass != 4))
		return err_set(e, ERR_INVALID,
			       "--shard is for making a bundle: it does not go "
			       "with check, -l, -L, --dump-..., -p1 to -p3, "
			       "-p5");
	if (o->module_key.n) {
		err_set(e, ERR_INVALID,
			"--module-key does not go with --shard: keys are for "
			"the machine that merges");
		return err_hint(e, "tapbuild merge, then tapbuild sign "
				   "--module-key");
	}
	return 0;
}

int opts_conflict(const struct opts *o, struct err *e)
{
	int rc = check_run(o, e);

	if (rc == 0)
		rc = check_tables(o, e);

	if (rc == 0)
		rc = check_times(o, e);
	if (rc == 0)
		rc = check_shard(o, e);
	if (rc == 0)
		rc = check_listing(o, e);
	if (rc == 0)
		rc = check_script(o, e);
	if (rc == 0 && o->disable_cache && o->poison_cache)
		rc = err_set(e, ERR_INVALID,
			     "--disable-cache and --poison-cache do not go "
			     "together");
	if (rc == 0 && o->compatible &&
	    strverscmp(o->compatible, LANG_SYSTEMTAP_V) > 0)
		rc = err_set(e, ERR_INVALID,
			     "--compatible %s is newer than the newest, %s",
			     o->compatible, LANG_SYSTEMTAP_V);
	if (rc == 0 && o->name && strlen(o->name) > BUNDLE_NAME_MAX)
		rc = err_set(e, ERR_INVALID, "-m takes %d letters, not %zu",
			     BUNDLE_NAME_MAX, strlen(o->name));
	return rc;
}
