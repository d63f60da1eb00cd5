/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of a build: SystemTap's letters, so that fingers and scripts work. */
#ifndef BUILD_OPTS_H
#define BUILD_OPTS_H

#include "build/base/vec.h"
#include "build/session.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct digest;
struct err;

#define OPTS_PASSES 5

/**
 * struct opts - the command line, checked for form only
 * @as_stap: called as "stap": its rules where they differ from tapbuild's
 * @script: -e text, or NULL; @file: script path ("-" = stdin), or NULL
 * @as_check: called as "tapbuild check": words are @scripts, those after "--" @args
 * @extra: -E texts
 * @last_pass: -p1 … -p5; 0 = not given
 * @kernels: -r patterns; @manifest: --manifest FILE
 * @level: verbosity of pass 1 …, -v and --vp added up
 * @list, @list_vars: -l and -L
 * @stripped_ko: -m ended in ".ko", which was taken off
 * @none: where refused options would go; never set
 */
struct opts {
	const char *script, *file;
	VEC(const char *) scripts;
	VEC(const char *) args;
	VEC(const char *) extra;
	VEC(const char *) kernels;
	VEC(const char *) include;
	VEC(const char *) define;
	VEC(const char *) global_set;
	VEC(const char *) kbuild;
	VEC(const char *) modinfo;
	VEC(const char *) vp;
	VEC(const char *) module_key;
	VEC(const char *) module_cert;
	const char *manifest, *output, *name, *sign_key, *audience, *arch;
	const char *shard;
	const char *not_before, *not_after;
	const char *description, *compatible, *privilege, *runtime, *tmpdir;
	const char *list, *list_vars, *color;
	const char *module_hash, *tsv, *json;
	const char *command, *pid, *seconds, *rotate;
	const char *rlimit_as, *rlimit_cpu, *rlimit_nproc, *rlimit_stack;
	const char *rlimit_fsize;
	uint64_t version;
	unsigned int epoch;
	unsigned int last_pass, jobs, buffer_mb;
	int verbose, level[OPTS_PASSES];
	bool as_stap, as_check;
	bool guru, unoptimized, no_warnings, warnings_are_errors, timing;
	bool skip_badvars, suppress_handler_errors, suppress_time_limits;
	bool no_global_display, keep_going;
	bool strict, fallback, keep, quiet, all, help, show_version;
	bool dump_types, dump_aliases, dump_functions;
	bool disable_cache, poison_cache, clean_cache;
	bool stripped_ko, none;
};

/**
 * opts_parse() - read argv[0..]
 * @a: owns what comes from the file of default options
 *
 * Options come from $XDG_CONFIG_HOME/tap/rc (~/.config/tap/rc) first, one line
 * after the other in shell words, then from @argv.  As "stap" they end at the
 * first argument that is none; as "tapbuild" some may follow the script's name.
 * Return: 0, ERR_INVALID with text and hint, or what the file cannot be read for.
 */
int opts_parse(struct opts *o, struct arena *a, int argc, char **argv,
	       struct err *e);
void opts_deinit(struct opts *o);

/** opts_shard() - "I/N", 1 <= I <= N <= 9999; false for other text */
bool opts_shard(const char *text, unsigned int *i, unsigned int *n);

/** opts_digest() - all that the bundle's bytes depend on, but for texts, kernels */
void opts_digest(const struct opts *o, struct digest *d);

void opts_usage(const struct opts *o);

/**
 * opts_recipe() - the options that decide what is built, each as one word to give again
 *
 * Without the kernels, texts and directories, which a recipe names by their content, and
 * without keys and times.  @word is owned by @a.
 */
void opts_recipe(const struct opts *o, struct arena *a,
		 void (*fn)(void *arg, const char *word), void *arg);

/** opts_only_asks() - help, version, a list, the cache: nothing is built */
bool opts_only_asks(const struct opts *o);
/** opts_is_listing() - -l, -L or one of --dump-… */
bool opts_is_listing(const struct opts *o);

#endif
