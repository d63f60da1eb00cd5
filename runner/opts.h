/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of taprun; the usage text comes from the same table. */
#ifndef RUNNER_OPTS_H
#define RUNNER_OPTS_H

#include "bundle/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

enum opts_mode {
	OPTS_RUN,
	OPTS_DRY_RUN,
	OPTS_CHECK,
	OPTS_LIST,
	OPTS_INFO,
	OPTS_LIST_RUNNING,
	OPTS_REAP,
	OPTS_ATTACH,
	OPTS_STOP,
	OPTS_SERVE,
	OPTS_VERSION,
	OPTS_HELP,
};

struct opts_param {
	const char *name, *value;
};

/**
 * struct opts - the parsed command line; strings are those of argv
 * @run_ns: -T, 0 = no limit
 * @rotate_bytes: -S, 0 = one file
 * @rotate_files: how many of them to keep, 0 = all
 * @metrics, @notify: NULL = none
 * @via: socket of a broker that runs it instead, NULL = none
 * @bundle_fd: the bundle, open already; @bundle is its name then; -1 = not
 * @run: of --attach and --stop: a module or the name of a bundle
 * @target: -x, 0 = none
 */
struct opts {
	enum opts_mode mode;
	const char *bundle, *out, *cmd, *keys, *metrics, *notify, *run, *via;
	int bundle_fd;
	unsigned int given; /* by number of the option, for messages */
	pid_t target;
	uint64_t run_ns;
	uint64_t rotate_bytes;
	unsigned int rotate_files;
	int verbose;
	bool is_quiet, no_warnings, allow_system, input, json, bulk;
	bool background, fallback;
	unsigned int nparams;
	struct opts_param params[BUNDLE_PARAMS_MAX];
};

/** opts_init() - all defaults */
void opts_init(struct opts *o);

/** opts_seconds() - "90", "0.25": seconds with up to nine decimals, not 0 */
bool opts_seconds(const char *s, uint64_t *ns);

/**
 * opts_parse() - read argv
 * @argv: `var=value` words are cut at the '=' in place
 *
 * Return: 0, or ERR_INVALID (a usage mistake).
 */
int opts_parse(struct opts *o, int argc, char **argv, struct err *e);

/** opts_usage() - the --help text; number of bytes, at most @cap - 1 */
size_t opts_usage(char *buf, size_t cap);

#endif
