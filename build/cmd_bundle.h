/* SPDX-License-Identifier: GPL-2.0-only */
/* What the commands about finished bundles share: keys, opening, complaints. */
#ifndef BUILD_CMD_BUNDLE_H
#define BUILD_CMD_BUNDLE_H

#include "bundle/reader.h"
#include "bundle/write.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct err;

/**
 * bundle_cmd_fail() - print "tapbuild: TEXT [NAME]" and the hint
 *
 * Return: EXIT_SIGNATURE for signatures and digests, EXIT_ENVIRONMENT for the
 * machine, EXIT_REFUSED for the rest.
 */
int bundle_cmd_fail(const struct err *e);

/**
 * bundle_cmd_usage() - print how a command is called
 * Return: EXIT_DONE where the arguments ask for that (--help, -h), else EXIT_USAGE.
 */
int bundle_cmd_usage(int argc, char **argv, const char *text);

#define BUNDLE_OPTS_MAX 8

/**
 * struct bundle_opt - one option of a command
 * @name: --NAME; @letter: -LETTER too, or 0
 * @flag: set when given; NULL: the option takes a value:
 * @value: where it goes, the last one that was given
 * @count: or all of them, from @value on; at most @max
 */
struct bundle_opt {
	const char *name;
	char letter;
	bool *flag;
	const char **value;
	unsigned int *count, max;
};

/**
 * bundle_cmd_args() - read the options @opt[@n], n <= BUNDLE_OPTS_MAX
 * Return: false when the usage must be shown; getopt's optind is at the operands.
 */
bool bundle_cmd_args(int argc, char **argv, const struct bundle_opt *opt,
		     size_t n);

/**
 * bundle_cmd_trust() - the keys that bundles are checked with
 * @keys: --keys: a directory or one file; NULL = build.pub and the system's
 *
 * Return: 0, -BERR_CONFIG, ERR_NOT_FOUND (no key anywhere), ERR_IO.
 */
int bundle_cmd_trust(struct keyring *ring, const char *keys, struct arena *a,
		     struct err *e);

/**
 * bundle_user - what a command does with a bundle that verified
 * @x: the command's own; @a: freed when the command ends
 *
 * Return: 0 or an exit code of its own; a negative error with @e set.
 */
typedef int bundle_user(void *x, struct bundle *b, struct arena *a,
			struct err *e);

/**
 * bundle_cmd_with() - open @path with those keys, check all digests, use it, close it
 * Return: what @use returns, or the error of opening.
 */
int bundle_cmd_with(const char *path, const char *keys, bundle_user *use,
		    void *x, struct arena *a, struct err *e);

/**
 * bundle_cmd_run() - that as a whole command: complains about what failed
 * Return: exit code.
 */
int bundle_cmd_run(const char *path, const char *keys, bundle_user *use,
		   void *x);

/**
 * bundle_cmd_reread() - the whole file of the open bundle @b again
 *
 * The parser has cut the manifest's text in memory.  Only the manifest is signed, so it
 * alone must be what was verified; members follow from it.
 * Return: 0, -BERR_TRUNCATED when it changed, ERR_IO, ERR_LIMIT.
 */
int bundle_cmd_reread(const struct bundle *b, const char *path, struct buf *ret,
		      struct err *e);

/**
 * bundle_signing - the signature lines of a manifest
 * @x: the command's own; @sigs: empty
 */
typedef int bundle_signing(const void *x, const struct buf *manifest,
			   struct buf *sigs, struct err *e);

/**
 * bundle_cmd_edit() - write @in as file @out with other values in its head
 * @sign: makes all signatures anew: no old one need fit
 *
 * Members stay the same bytes.  The file is replaced as a whole.
 * Return: 0, what @sign returns, -BERR_*, ERR_IO.
 */
int bundle_cmd_edit(const struct buf *in, const struct bundle_edit *edit,
		    bundle_signing *sign, const void *x, const char *out,
		    struct err *e);

/** bundle_cmd_time() - "2026-11-01 12:00:00 UTC" for unix seconds */
void bundle_cmd_time(uint64_t t, char out[40]);

/** bundle_cmd_now() - SOURCE_DATE_EPOCH, else the clock */
uint64_t bundle_cmd_now(void);

#endif
