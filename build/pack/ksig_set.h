/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel signatures of all modules of a bundle. */
#ifndef BUILD_PACK_KSIG_SET_H
#define BUILD_PACK_KSIG_SET_H

#include "bundle/limits.h"

#include <stddef.h>

struct arena;
struct bundle;
struct bundle_target;
struct err;
struct ksig_certs;
struct ksig_key;
struct manifest_target;

/** struct ksig_files - what the command line names; pairs in order */
struct ksig_files {
	const char *const *key, *const *cert;
	size_t nkeys, ncerts; /* no certificates: they are in the key files */
	const char *hash;     /* NULL = sha256 */
};

/** struct ksig_set - keys that sign every module */
struct ksig_set {
	struct ksig_key *key[BUNDLE_TARGET_KSIGS_MAX];
	size_t n;
};

/**
 * ksig_set_load() - read all of them, or none
 * Return: 0, ERR_INVALID (pairs do not match, a key twice), as ksig_key_load().
 */
int ksig_set_load(struct ksig_set *s, const struct ksig_files *f,
		  struct err *e);
void ksig_set_free(struct ksig_set *s);

/**
 * ksig_set_sign() - a signature by each key for each module of @t[@n]
 * @a: owns them
 *
 * Return: 0, ERR_EXISTS (a module has one of that key), -BERR_LIMIT, ERR_TOOL.
 */
int ksig_set_sign(const struct ksig_set *s, struct bundle_target *t, size_t n,
		  struct arena *a, struct err *e);

/**
 * ksig_set_add() - one signature more for @t
 * @skid, @p: copied into @a
 *
 * Return: 0, ERR_EXISTS, -BERR_LIMIT.
 */
int ksig_set_add(struct bundle_target *t, const char *skid, const void *p,
		 size_t len, struct arena *a, struct err *e);

/**
 * ksig_set_check() - has a module of a bundle a good signature by one of @c?
 * @ko: the module of @t, unpacked
 *
 * Those of other signers cannot be checked and do not count; one that is said to be
 * of @c must be good.
 * Return: 0, -BERR_BAD_KSIG, as bundle_read_ksig().
 */
int ksig_set_check(const struct ksig_certs *c, struct bundle *b,
		   const struct manifest_target *t, const void *ko,
		   struct err *e);

#endif
