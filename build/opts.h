/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of a build: SystemTap's letters, so that fingers and scripts work. */
#ifndef BUILD_OPTS_H
#define BUILD_OPTS_H

#include "build/base/vec.h"
#include "build/session.h"

#include <stdbool.h>

/**
 * struct opts - the command line, checked for form only
 * @script: -e text, or NULL; @file: script path ("-" = stdin), or NULL
 * @last_pass: -p1 … -p4; 5 = not given
 * @kernels: -r patterns; @manifest: --manifest FILE
 */
struct opts {
	const char *script, *file;
	VEC(const char *) args;
	VEC(const char *) kernels;
	VEC(const char *) include;
	VEC(const char *) define;
	VEC(const char *) global_set;
	const char *manifest, *output, *name, *sign_key, *audience;
	const char *description;
	uint64_t version;
	unsigned int last_pass, jobs;
	int verbose;
	bool guru, unoptimized, no_warnings, warnings_are_errors;
	bool strict, keep, quiet, all, help;
};

/**
 * opts_parse() - read argv[1..]
 * Return: 0, or ERR_INVALID with text and hint.
 */
int opts_parse(struct opts *o, int argc, char **argv, struct err *e);
void opts_deinit(struct opts *o);
void opts_usage(void);

#endif
