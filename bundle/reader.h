/* SPDX-License-Identifier: GPL-2.0-only */
/* Open a bundle: nothing is parsed before its signature holds. */
#ifndef BUNDLE_READER_H
#define BUNDLE_READER_H

#include "bundle/limits.h"
#include "bundle/manifest.h"
#include "bundle/sig.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/**
 * struct bundle_opts - what the host demands
 * @keys: trusted keys; borrowed for the call
 * @now: unix s, from the caller (its clock, never below its own build time)
 * @clock: what a clock showed, where @now is later; 0 = @now
 * @fleet: this host's fleet, or NULL when it belongs to none
 * @need_release, @need_build: distinct keys per role; both 0 = any one key
 */
struct bundle_opts {
	const struct keyring *keys;
	uint64_t now, clock;
	const char *fleet;
	unsigned int need_release, need_build;
};

/**
 * struct bundle - an open, verified bundle
 *
 * About 2.3 MB: make it static or allocate it, never on the stack; pages that
 * the bundle does not need stay untouched.  Needs no initialisation.
 * @manifest_sha256: of the signed text; names this bundle in logs
 */
struct bundle {
	int fd;
	bool owns_fd;
	char name[256]; /* for messages: the path's last part */
	uint64_t size;
	uint64_t mtime; /* of all headers, as read from the first */
	size_t manifest_len, signatures_len;
	uint8_t manifest_sha256[32];
	struct sig_set sigs;
	struct manifest man;
	char signatures[BUNDLE_SIGNATURES_MAX + 1];
	/* the signed bytes: sig_header(), then the manifest */
	char text[SIG_HEADER_MAX + BUNDLE_MANIFEST_MAX + 1];
};

/**
 * bundle_open() - steps 1 to 9 of bundle/FORMAT.md section 6
 * @b: storage, filled; on failure nothing needs closing
 *
 * On success: signature, times, audience, key scope, every header, all padding
 * and the file's exact length are right; contents of members are not read yet.
 * Each byte of the file is read once.
 * Context: no allocation.
 * Return: 0, -BERR_*, or ERR_IO.
 */
int bundle_open(struct bundle *b, const char *path, const struct bundle_opts *o,
		struct err *e);
/** bundle_open_fd() - same for an open file, which stays the caller's */
int bundle_open_fd(struct bundle *b, int fd, const char *name,
		   const struct bundle_opts *o, struct err *e);
/**
 * bundle_open_signed() - bundle_open() without bundle_check_host()
 *
 * For the builder's tools, which run nothing: a bundle for another fleet or
 * past its end can still be described, signed and taken apart.
 */
int bundle_open_signed(struct bundle *b, const char *path,
		       const struct bundle_opts *o, struct err *e);
/** bundle_open_signed_fd() - same for an open file, which stays the caller's */
int bundle_open_signed_fd(struct bundle *b, int fd, const char *name,
			  const struct bundle_opts *o, struct err *e);
/** bundle_check_host() - is it for this host and this time?  -BERR_AUDIENCE,
 *  -BERR_EXPIRED, -BERR_NOT_YET */
int bundle_check_host(const struct bundle *b, const struct bundle_opts *o,
		      struct err *e);
/** bundle_date() - "2026-11-01", UTC */
void bundle_date(uint64_t t, char out[32]);
void bundle_close(struct bundle *b);

/**
 * bundle_read_module() - unpack the module of target @t
 * @out: exactly @cap bytes, @cap == t->ko_size
 *
 * Reads the pack, compares its digest, decompresses up to the end of the
 * module, compares the module's header and digest.
 * Context: no heap; compressed pack and decoder (at most 64 + 8.4 MiB, for 18
 * kernels about 1.5 MB) live in private mappings that are gone on return.
 * Return: 0, -BERR_PACK_HASH, -BERR_DECOMPRESS, -BERR_KO_HASH,
 * -BERR_CONTAINER, -BERR_TRUNCATED, ERR_IO.
 */
int bundle_read_module(struct bundle *b, const struct manifest_target *t,
		       void *out, size_t cap, struct err *e);

/**
 * bundle_check_modules() - unpack each pack once and check every module in it
 *
 * Context: no heap; at most 128 + 8.4 MiB in private mappings.
 * Return: as bundle_read_module().
 */
int bundle_check_modules(struct bundle *b, struct err *e);

/** bundle_read_ksig() - detached kernel signature number @i (< t->nksigs) */
int bundle_read_ksig(struct bundle *b, const struct manifest_target *t,
		     uint32_t i, void *out, size_t cap, struct err *e);

/**
 * bundle_check_rest() - hash every member that was not read so far
 *
 * With this, no bit of the file is unchecked.  0.4 ms per 100 KB.
 * Return: 0, -BERR_PACK_HASH, -BERR_TRUNCATED, ERR_IO.
 */
int bundle_check_rest(struct bundle *b, struct err *e);

/**
 * bundle_read_member() - all bytes of member @i into @out, digest compared
 * @out: exactly man.members[i].size bytes
 */
int bundle_read_member(struct bundle *b, uint32_t i, void *out, size_t cap,
		       struct err *e);

#endif
