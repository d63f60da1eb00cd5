/* SPDX-License-Identifier: GPL-2.0-only */
/* Command line parsing from one table: short, long, joined, separate. */
#include "runner/opts.h"
#include "runner/outname.h"
#include "bundle/base/err.h"
#include "bundle/sig.h"

#include <stdio.h>
#include <string.h>

enum opt_id {
	OPT_OUT,
	OPT_ROTATE,
	OPT_TIME,
	OPT_CMD,
	OPT_PID,
	OPT_VERBOSE,
	OPT_QUIET,
	OPT_NO_WARNINGS,
	OPT_KEYS,
	OPT_ALLOW_SYSTEM,
	OPT_INPUT,
	OPT_JSON,
	OPT_BULK,
	OPT_METRICS,
	OPT_NOTIFY,
	OPT_BACKGROUND,
	OPT_VIA,
	OPT_FALLBACK,
	OPT_MODE,
};

struct opt {
	enum opt_id id;
	char letter; /* 0 = none */
	const char *name, *arg, *help;
	enum opts_mode mode; /* for OPT_MODE */
};

static const struct opt opt_table[] = {
	{ OPT_OUT, 'o', "output", "FILE",
	  "write script output to FILE; %F %T: time in UTC", 0 },
	{ OPT_BULK, 'b', "bulk", NULL, "a file for each CPU: FILE_cpu0 ...",
	  0 },
	{ OPT_ROTATE, 'S', "rotate", "MB[,N]",
	  "write FILE.0, FILE.1 ... of MB each, keep the last N", 0 },
	{ OPT_JSON, 0, "json", NULL, "output as JSON Lines, each with its type",
	  0 },
	{ OPT_METRICS, 0, "metrics", "FILE",
	  "keep OpenMetrics text in FILE, new every 10 s", 0 },
	{ OPT_NOTIFY, 0, "notify", "SOCKET",
	  "tell systemd: --notify ${NOTIFY_SOCKET}", 0 },
	{ OPT_BACKGROUND, 0, "background", NULL,
	  "print a pid once it runs; needs -o", 0 },
	{ OPT_VIA, 0, "via", "SOCKET", "have a broker run it: /run/tap/serve",
	  0 },
	{ OPT_TIME, 'T', "time", "SECONDS",
	  "end after SECONDS; with --stop, wait no longer", 0 },
	{ OPT_CMD, 'c', "command", "CMD",
	  "start CMD, set target() to it, end with it", 0 },
	{ OPT_PID, 'x', "pid", "PID", "set target() to PID", 0 },
	{ OPT_INPUT, 'i', "input", NULL,
	  "give standard input to the script's input.* probes", 0 },
	{ OPT_ALLOW_SYSTEM, 0, "allow-system", NULL,
	  "run the commands of the script's system()", 0 },
	{ OPT_FALLBACK, 0, "fallback", NULL,
	  "run a sibling kernel's module if it fits this one", 0 },
	{ OPT_VERBOSE, 'v', "verbose", NULL,
	  "say what is done and how long it took", 0 },
	{ OPT_QUIET, 'q', "quiet", NULL, "errors only", 0 },
	{ OPT_NO_WARNINGS, 'w', "no-warnings", NULL, "no WARNING lines", 0 },
	{ OPT_KEYS, 0, "keys", "DIR",
	  "trusted keys (default " KEYRING_DEFAULT_DIR ")", 0 },
	{ OPT_MODE, 0, "list", NULL, "list the kernels in the bundle",
	  OPTS_LIST },
	{ OPT_MODE, 0, "info", NULL, "say what the bundle does, and stop",
	  OPTS_INFO },
	{ OPT_MODE, 0, "check", NULL,
	  "verify all of the bundle, whatever this kernel", OPTS_CHECK },
	{ OPT_MODE, 0, "dry-run", NULL,
	  "do all checks for this kernel, load nothing", OPTS_DRY_RUN },
	{ OPT_MODE, 0, "list-running", NULL, "list loaded modules of taprun",
	  OPTS_LIST_RUNNING },
	{ OPT_MODE, 0, "attach", "RUN",
	  "show what a run writes; Ctrl-C leaves it", OPTS_ATTACH },
	{ OPT_MODE, 0, "stop", "RUN",
	  "end a run, a module or a bundle's name, and wait", OPTS_STOP },
	{ OPT_MODE, 0, "serve", NULL,
	  "be the broker of the client that is standard input", OPTS_SERVE },
	{ OPT_MODE, 0, "reap", NULL, "unload modules whose taprun is gone",
	  OPTS_REAP },
	{ OPT_MODE, 'V', "version", NULL, "print the version", OPTS_VERSION },
	{ OPT_MODE, 'h', "help", NULL, "print this text", OPTS_HELP },
};

#define OPT_COUNT (sizeof(opt_table) / sizeof(opt_table[0]))

#define USES(id) (1u << OPT_##id)
/* What a wrapper may give always: messages, and the place of the keys. */
#define USES_WORDS \
	(USES(VERBOSE) | USES(QUIET) | USES(NO_WARNINGS) | USES(KEYS))
#define USES_TABLE (USES_WORDS | USES(OUT) | USES(JSON))

/*
 * Which options a mode has a use for; another one is a mistake, not an option
 * without effect.  --dry-run takes the line of the run that it rehearses.
 */
static const unsigned int opts_used[] = {
	[OPTS_RUN] = ~0u,
	[OPTS_DRY_RUN] = ~USES(BACKGROUND),
	[OPTS_CHECK] = USES_TABLE,
	[OPTS_LIST] = USES_TABLE,
	[OPTS_INFO] = USES_TABLE,
	[OPTS_LIST_RUNNING] = USES_TABLE,
	[OPTS_REAP] = USES_WORDS,
	[OPTS_ATTACH] = USES_WORDS | USES(OUT),
	[OPTS_STOP] = USES_WORDS | USES(TIME),
	[OPTS_SERVE] = 0, /* all that it does its client or /etc/tap says */
	[OPTS_VERSION] = ~0u,
	[OPTS_HELP] = ~0u,
};

/* Decimal digits only: no sign, no blank, no other base. */
static bool opts_number(const char **p, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;
	const char *s = *p;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		unsigned int d = (unsigned int)(*s - '0');

		if (v > (max - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*p = s;
	*ret = v;
	return true;
}

bool opts_seconds(const char *s, uint64_t *ns)
{
	uint64_t sec, scale = 100000000u;

	if (!opts_number(&s, 4000000000u, &sec))
		return false;
	*ns = sec * 1000000000u;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9' && scale; s++) {
			*ns += (uint64_t)(*s - '0') * scale;
			scale /= 10;
		}
	}
	return *s == '\0' && *ns > 0;
}

static bool opts_rotate(struct opts *o, const char *s)
{
	uint64_t mb, files = 0;

	if (!opts_number(&s, 1u << 20, &mb) || mb == 0)
		return false;
	if (*s == ',') {
		s++;
		if (!opts_number(&s, 1u << 20, &files) || files == 0)
			return false;
	}
	o->rotate_bytes = mb << 20;
	o->rotate_files = (unsigned int)files;
	return *s == '\0';
}

static bool opts_pid(struct opts *o, const char *s)
{
	uint64_t v;

	if (!opts_number(&s, 0x7fffffff, &v) || v == 0 || *s)
		return false;
	o->target = (pid_t)v;
	return true;
}

static int opts_apply(struct opts *o, const struct opt *t, const char *arg,
		      struct err *e)
{
	bool is_good = true;

	if (!arg)
		arg = "";
	o->given |= 1u << t->id;
	switch (t->id) {
	case OPT_OUT:
		o->out = arg;
		is_good = *arg != '\0';
		break;
	case OPT_ROTATE:
		is_good = opts_rotate(o, arg);
		break;
	case OPT_TIME:
		is_good = opts_seconds(arg, &o->run_ns);
		break;
	case OPT_CMD:
		o->cmd = arg;
		break;
	case OPT_PID:
		is_good = opts_pid(o, arg);
		break;
	case OPT_VERBOSE:
		o->verbose++;
		break;
	case OPT_QUIET:
		o->is_quiet = true;
		break;
	case OPT_NO_WARNINGS:
		o->no_warnings = true;
		break;
	case OPT_ALLOW_SYSTEM:
		o->allow_system = true;
		break;
	case OPT_INPUT:
		o->input = true;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_BULK:
		o->bulk = true;
		break;
	case OPT_METRICS:
		o->metrics = arg;
		is_good = *arg != '\0';
		break;
	case OPT_NOTIFY:
		o->notify = arg;
		break;
	case OPT_BACKGROUND:
		o->background = true;
		break;
	case OPT_FALLBACK:
		o->fallback = true;
		break;
	case OPT_KEYS:
		o->keys = arg;
		break;
	case OPT_VIA:
		o->via = arg;
		break;
	case OPT_MODE:
		if (o->mode != OPTS_RUN && o->mode != t->mode)
			return err_set(e, ERR_INVALID,
				       "--%s contradicts another option",
				       t->name);
		o->mode = t->mode;
		if (t->arg)
			o->run = arg;
		break;
	}
	if (!is_good)
		return err_set(e, ERR_INVALID, "--%s takes %s, not '%s'",
			       t->name, t->arg, arg);
	return 0;
}

/* --name, --name=ARG, --name ARG; *i moves when the next word is used */
static int opts_long(struct opts *o, int argc, char **argv, int *i,
		     struct err *e)
{
	const char *word = argv[*i] + 2;
	size_t n = strcspn(word, "="), k;

	for (k = 0; k < OPT_COUNT; k++) {
		const struct opt *t = &opt_table[k];
		const char *arg = word[n] ? word + n + 1 : NULL;

		if (strlen(t->name) != n || memcmp(t->name, word, n) != 0)
			continue;
		if (!t->arg && arg)
			return err_set(e, ERR_INVALID, "--%s takes no value",
				       t->name);
		if (t->arg && !arg) {
			if (*i + 1 >= argc)
				return err_set(e, ERR_INVALID, "--%s needs %s",
					       t->name, t->arg);
			arg = argv[++*i];
		}
		return opts_apply(o, t, arg, e);
	}
	return err_set(e, ERR_INVALID, "unknown option '--%.*s'", (int)n, word);
}

/* -v, -vq, -oFILE, -o FILE */
static int opts_short(struct opts *o, int argc, char **argv, int *i,
		      struct err *e)
{
	const char *p = argv[*i] + 1;

	for (; *p; p++) {
		const struct opt *t = NULL;
		size_t k;
		int r;

		for (k = 0; k < OPT_COUNT && !t; k++)
			if (opt_table[k].letter == *p)
				t = &opt_table[k];
		if (!t)
			return err_set(e, ERR_INVALID, "unknown option '-%c'",
				       *p);
		if (!t->arg) {
			r = opts_apply(o, t, NULL, e);
			if (r < 0)
				return r;
			continue;
		}
		if (p[1])
			return opts_apply(o, t, p + 1, e);
		if (*i + 1 >= argc)
			return err_set(e, ERR_INVALID, "-%c needs %s", *p,
				       t->arg);
		return opts_apply(o, t, argv[++*i], e);
	}
	return 0;
}

static int opts_word(struct opts *o, char *word, struct err *e)
{
	char *eq;

	if (!o->bundle) {
		o->bundle = word;
		return 0;
	}
	eq = strchr(word, '=');
	if (!eq || eq == word)
		return err_set(e, ERR_INVALID,
			       "'%s' is not of the form var=value", word);
	if (o->nparams == BUNDLE_PARAMS_MAX)
		return err_set(e, ERR_INVALID, "more than %d var=value words",
			       BUNDLE_PARAMS_MAX);
	*eq = '\0';
	o->params[o->nparams++] = (struct opts_param){ word, eq + 1 };
	return 0;
}

static int opts_background(const struct opts *o, struct err *e)
{
	if (!o->out)
		return err_set(e, ERR_INVALID, "--background needs -o FILE");
	if (o->input || o->notify)
		return err_set(e, ERR_INVALID, "--background excludes %s",
			       o->input ? "-i" : "--notify");
	return outname_check(o->out, e);
}

/* The broker's own rules say the same again (runner/ask.c). */
static int opts_via(const struct opts *o, struct err *e)
{
	const unsigned int may = 1u << OPT_VIA | 1u << OPT_TIME |
				 1u << OPT_VERBOSE | 1u << OPT_QUIET |
				 1u << OPT_NO_WARNINGS | 1u << OPT_JSON;
	size_t k;

	for (k = 0; k < OPT_COUNT; k++)
		if (o->given & ~may & 1u << opt_table[k].id &&
		    (opt_table[k].id != OPT_MODE ||
		     opt_table[k].mode == o->mode))
			return err_set(e, ERR_INVALID, "--via excludes --%s",
				       opt_table[k].name);
	return 0;
}

static const char *opts_mode_name(enum opts_mode mode)
{
	size_t k;

	for (k = 0; k < OPT_COUNT; k++)
		if (opt_table[k].id == OPT_MODE && opt_table[k].mode == mode)
			return opt_table[k].name;
	return "";
}

static int opts_use(const struct opts *o, struct err *e)
{
	unsigned int idle = o->given & ~opts_used[o->mode] & ~USES(MODE);
	size_t k;

	for (k = 0; k < OPT_COUNT; k++)
		if (idle & 1u << opt_table[k].id)
			break;
	if (k == OPT_COUNT)
		return 0;
	err_set(e, ERR_INVALID, "--%s has no use for --%s",
		opts_mode_name(o->mode), opt_table[k].name);
	return err_hint(e, "leave --%s away", opt_table[k].name);
}

static int opts_check(const struct opts *o, struct err *e)
{
	bool needs_bundle = o->mode == OPTS_RUN || o->mode == OPTS_DRY_RUN ||
			    o->mode == OPTS_CHECK || o->mode == OPTS_LIST ||
			    o->mode == OPTS_INFO;

	if (needs_bundle && !o->bundle) {
		err_set(e, ERR_INVALID, "no bundle named");
		return err_hint(e,
				"taprun [options] bundle.tap [var=value...]");
	}
	if (!needs_bundle && o->bundle && o->mode != OPTS_VERSION &&
	    o->mode != OPTS_HELP)
		return err_set(e, ERR_INVALID, "'%s' is one word too many",
			       o->bundle);
	if (!o->via && opts_use(o, e) < 0)
		return ERR_INVALID;
	if (o->cmd && o->target)
		return err_set(e, ERR_INVALID, "-c and -x exclude each other");
	if (o->rotate_bytes && !o->out)
		return err_set(e, ERR_INVALID, "-S needs -o FILE");
	if (o->bulk && !o->out)
		return err_set(e, ERR_INVALID, "-b needs -o FILE");
	if (o->bulk && o->json)
		return err_set(e, ERR_INVALID,
			       "-b and --json exclude each other");
	if (o->via)
		return opts_via(o, e);
	if (o->background)
		return opts_background(o, e);
	return o->out ? outname_check(o->out, e) : 0;
}

void opts_init(struct opts *o)
{
	memset(o, 0, sizeof(*o));
	o->keys = KEYRING_DEFAULT_DIR;
	o->bundle_fd = -1;
}

int opts_parse(struct opts *o, int argc, char **argv, struct err *e)
{
	bool only_words = false;
	int i, r;

	opts_init(o);
	for (i = 1; i < argc; i++) {
		char *w = argv[i];

		if (only_words || w[0] != '-' || w[1] == '\0') {
			r = opts_word(o, w, e);
		} else if (strcmp(w, "--") == 0) {
			only_words = true;
			r = 0;
		} else if (w[1] == '-') {
			r = opts_long(o, argc, argv, &i, e);
		} else {
			r = opts_short(o, argc, argv, &i, e);
		}
		if (r < 0)
			return r;
	}
	return opts_check(o, e);
}

size_t opts_usage(char *buf, size_t cap)
{
	size_t n, k;

	n = (size_t)snprintf(
		buf, cap,
		"usage: taprun [options] bundle.tap [var=value...]\n"
		"Verify a bundle, load its module for this kernel, "
		"relay its output, unload it.\n\n");
	for (k = 0; k < OPT_COUNT && n < cap; k++) {
		const struct opt *t = &opt_table[k];
		char left[40], dash[8] = "    ";

		if (t->letter)
			snprintf(dash, sizeof(dash), "-%c, ", t->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", dash, t->name,
			 t->arg ? " " : "", t->arg ? t->arg : "");
		n += (size_t)snprintf(buf + n, cap - n, "  %-24s %s\n", left,
				      t->help);
	}
	return n < cap ? n : cap - 1;
}
