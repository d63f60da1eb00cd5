/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild resign: other signatures, other end, version or fleets; same packs. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/base/when.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "bundle/base/err.h"
#include "bundle/line.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                      \
	"resign [--key FILE]... [--drop KEYID]... [--not-before TIME]\n"           \
	"       [--not-after TIME] [--version N] [--audience FLEETS]\n"            \
	"       [--keys DIR] [-o OUT.tap] BUNDLE.tap\n\n"                          \
	"Replaces all signatures, or with --drop those of keys whose id begins\n"  \
	"so, by one of each secret key FILE (default ~/.config/tap/build.key,\n"   \
	"with --drop none).  The other options change the manifest, to which no\n" \
	"old signature fits; 'none' takes a limit away.  TIME is " WHEN_FORMS      \
	".\nModules are not touched.  The bundle must have a good signature by\n"  \
	"a key in DIR; it may be past its end.  Without -o it is replaced."

#define DROP_MIN 8 /* digits of a key id */

struct resign {
	const char *key[BUNDLE_SIG_LINES_MAX], *drop[BUNDLE_SIG_LINES_MAX];
	unsigned int nkeys, ndrops;
	const char *keys, *out, *bundle;
	const char *not_before, *not_after, *version, *audience;
	const struct bundle *b;
	struct bundle_edit edit;
	struct signer signer[BUNDLE_SIG_LINES_MAX];
};

static bool parse_args(struct resign *s, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "key", .value = s->key, .count = &s->nkeys,
		  .max = BUNDLE_SIG_LINES_MAX },
		{ "drop", .value = s->drop, .count = &s->ndrops,
		  .max = BUNDLE_SIG_LINES_MAX },
		{ "not-before", .value = &s->not_before },
		{ "not-after", .value = &s->not_after },
		{ "version", .value = &s->version },
		{ "audience", .value = &s->audience },
		{ "keys", .value = &s->keys },
		{ "output", 'o', .value = &s->out },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 1 != argc)
		return false;
	s->bundle = argv[optind];
	return true;
}

/* ---- what changes -------------------------------------------------------- */

static int edit_time(struct arena *a, const char *option, const char *text,
		     bool is_end, const char **ret, struct err *e)
{
	uint64_t t;

	if (!text)
		return 0;
	*ret = "";
	if (!strcmp(text, "none"))
		return 0;
	if (!when_parse(text, is_end, &t))
		return err_set(e, ERR_INVALID, "%s wants %s, not '%s'", option,
			       WHEN_FORMS, text);
	*ret = arena_printf(a, "%llu", (unsigned long long)t);
	return 0;
}

static int edit_values(struct resign *s, struct arena *a, struct err *e)
{
	uint64_t n;
	int r = edit_time(a, "--not-before", s->not_before, false,
			  &s->edit.not_before, e);

	if (!r)
		r = edit_time(a, "--not-after", s->not_after, true,
			      &s->edit.not_after, e);
	if (r < 0)
		return r;
	if (s->version && !num_u64(s->version, UINT64_MAX, &n))
		return err_set(e, ERR_INVALID,
			       "--version wants a number, not '%s'",
			       s->version);
	s->edit.version = s->version;
	if (s->audience)
		s->edit.audience =
			strcmp(s->audience, "none") ? s->audience : "";
	return 0;
}

static bool is_edit(const struct resign *s)
{
	return s->edit.version || s->edit.not_before || s->edit.not_after ||
	       s->edit.audience;
}

static int check_values(struct resign *s, struct err *e)
{
	if (s->ndrops && is_edit(s))
		return err_set(e, ERR_INVALID,
			       "--drop keeps signatures, and none fits a "
			       "changed manifest: leave it out");
	for (unsigned int i = 0; i < s->ndrops; i++) {
		size_t n = strlen(s->drop[i]);

		if (n < DROP_MIN || n > 2 * SIG_KEYID_BYTES ||
		    s->drop[i][strspn(s->drop[i], "0123456789abcdef")])
			return err_set(e, ERR_INVALID,
				       "--drop wants %d or more digits of a "
				       "key id, not '%s'",
				       DROP_MIN, s->drop[i]);
	}
	return 0;
}

/* ---- signatures ---------------------------------------------------------- */

static bool is_dropped(const struct resign *s, const struct sig_line *l,
		       bool used[])
{
	char hex[2 * SIG_KEYID_BYTES + 1];
	bool dropped = false;

	hex_text(l->keyid, SIG_KEYID_BYTES, hex);
	for (unsigned int i = 0; i < s->ndrops; i++) {
		if (strncmp(hex, s->drop[i], strlen(s->drop[i])) != 0)
			continue;
		used[i] = dropped = true;
	}
	return dropped;
}

/* Lines that stay, as they are; @good: how many of them a host could check. */
static int keep_lines(const struct resign *s, const struct bundle *b,
		      struct buf *sigs, unsigned int *good, struct err *e)
{
	bool used[BUNDLE_SIG_LINES_MAX] = { false };
	const char *p = b->signatures;

	for (unsigned int i = 0; s->ndrops && i < b->sigs.n; i++) {
		size_t n = strcspn(p, "\n") + 1;

		if (!is_dropped(s, &b->sigs.line[i], used)) {
			buf_add(sigs, p, n);
			*good += b->sigs.line[i].key >= 0;
		}
		p += n;
	}
	for (unsigned int i = 0; i < s->ndrops; i++)
		if (!used[i])
			return err_set(e, ERR_NOT_FOUND,
				       "%s: no signature by key %s", b->name,
				       s->drop[i]);
	return 0;
}

static int make_signatures(const void *x, const struct buf *manifest,
			   struct buf *sigs, struct err *e)
{
	const struct resign *s = x;
	unsigned int good = s->nkeys;
	int r = keep_lines(s, s->b, sigs, &good, e);

	for (unsigned int i = 0; !r && i < s->nkeys; i++)
		r = bundle_sign_more(&s->signer[i], manifest, sigs, e);
	if (r < 0 || good)
		return r;
	err_set(e, ERR_INVALID,
		"%s: no signature would be left that can be checked here",
		s->b->name);
	return err_hint(e, "sign it with another key: --key FILE");
}

/* ---- the command --------------------------------------------------------- */

static int load_signers(struct resign *s, struct arena *a, struct err *e)
{
	int r = 0;

	if (!s->nkeys && !s->ndrops)
		s->key[s->nkeys++] = home_config(a, "build.key");
	for (unsigned int i = 0; !r && i < s->nkeys; i++) {
		r = signer_load(&s->signer[i], s->key[i], e);
		s->signer[i].signed_at = bundle_cmd_now();
	}
	return r;
}

/* A host that ran the bundle would refuse a lower one as a step back. */
static int check_version(const struct resign *s, const struct bundle *b,
			 struct err *e)
{
	uint64_t n;

	if (!s->version || !num_u64(s->version, UINT64_MAX, &n) ||
	    n >= b->man.version)
		return 0;
	return err_set(e, ERR_INVALID, "%s: version %llu is not lowered to %s",
		       b->name, (unsigned long long)b->man.version, s->version);
}

static int rewrite(const struct resign *s, struct err *e)
{
	struct buf in = BUF_INIT;
	int r = bundle_cmd_reread(s->b, s->bundle, &in, e);

	if (!r)
		r = bundle_cmd_edit(&in, &s->edit, make_signatures, s,
				    s->out ? s->out : s->bundle, e);
	buf_deinit(&in);
	return r;
}

static void report(const struct resign *s)
{
	printf("%s: ", s->out ? s->out : s->bundle);
	if (!s->nkeys)
		printf("signatures dropped\n");
	for (unsigned int i = 0; i < s->nkeys; i++)
		printf("%s'%s'%s", i ? ", " : "signed as ",
		       sig_role_name(s->signer[i].role),
		       i + 1 == s->nkeys ? "\n" : "");
}

static int change(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	struct resign *s = p;
	int r = check_version(s, b, e);

	(void)a;
	s->b = b;
	return r ? r : rewrite(s, e);
}

static int resign(struct resign *s, struct arena *a, struct err *e)
{
	int r = edit_values(s, a, e);

	if (!r)
		r = check_values(s, e);
	if (!r)
		r = load_signers(s, a, e);
	if (!r)
		r = bundle_cmd_with(s->bundle, s->keys, change, s, a, e);
	return r;
}

int cmd_resign(int argc, char **argv)
{
	struct resign s = { 0 };
	struct err e = { 0 };
	struct arena a;
	int code = EXIT_DONE;

	if (!parse_args(&s, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	arena_init(&a);
	if (resign(&s, &a, &e) < 0)
		code = bundle_cmd_fail(&e);
	else
		report(&s);
	for (unsigned int i = 0; i < s.nkeys; i++)
		signer_wipe(&s.signer[i]);
	arena_deinit(&a);
	return code;
}
