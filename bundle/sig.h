/* SPDX-License-Identifier: GPL-2.0-only */
/* Who signed a manifest: trusted keys, signature lines, thresholds. */
#ifndef BUNDLE_SIG_H
#define BUNDLE_SIG_H

#include "bundle/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct manifest;

#define SIG_ALG_ED25519 1
#define SIG_PK_BYTES	32
#define SIG_BYTES	64
#define SIG_KEYID_BYTES 32
#define SIG_HEX		((size_t)2 * SIG_BYTES)

#define KEYRING_DEFAULT_DIR "/etc/tap/keys.d"
#define KEYRING_REVOKED_DIR "/etc/tap/revoked.d"

/* A key may have both roles: a mask. */
enum sig_role { SIG_BUILD = 1, SIG_RELEASE = 2 };

/**
 * struct sig_key - one trusted public key
 * @id: SHA-256 of "TAP-KEY-V1" NUL alg pk
 * @roles: mask of enum sig_role
 * @not_before, @not_after: unix s, 0 = no bound
 * @names: space list of patterns ('*' only) of bundle names, "" = any
 * @audience: space list; "" = any
 */
struct sig_key {
	uint8_t pk[SIG_PK_BYTES];
	uint8_t id[SIG_KEYID_BYTES];
	unsigned int roles;
	uint64_t not_before, not_after;
	char names[256], audience[256], comment[128];
};

enum sig_revoked_kind { REVOKED_KEY, REVOKED_MANIFEST, REVOKED_NAME };

/** struct sig_revoked - @id, or bundles called @name with a version < @below */
struct sig_revoked {
	enum sig_revoked_kind kind;
	uint8_t id[32];
	char name[BUNDLE_NAME_MAX + 1];
	uint64_t below;
};

/** struct keyring - what a host trusts (about 50 KB); zero-initialise */
struct keyring {
	unsigned int nkeys, nrevoked;
	struct sig_key keys[BUNDLE_KEYS_MAX];
	struct sig_revoked revoked[BUNDLE_REVOKED_MAX];
};

/**
 * keyring_load_dir() - add every *.key and *.pub of a directory
 *
 * The directory and its files must belong to root or to the effective user and
 * be writable by nobody else; symbolic links are refused.  Files ending in
 * .revoked hold revocations; other names are ignored.
 * Context: no allocation.
 * Return: 0, -BERR_CONFIG (unsafe or malformed), -BERR_LIMIT, ERR_NOT_FOUND
 * (no such directory), ERR_IO.
 * Source: bundle/FORMAT.md section 5.
 */
int keyring_load_dir(struct keyring *k, const char *dir, struct err *e);
/**
 * keyring_load_revoked() - add every file of a directory of revocations
 *
 * Same rules, but each file counts however it is named, and a key among them
 * is -BERR_CONFIG: nothing there may add trust.
 */
int keyring_load_revoked(struct keyring *k, const char *dir, struct err *e);
/** keyring_load_file() - add one key or revocation file, same rules */
int keyring_load_file(struct keyring *k, const char *path, struct err *e);
/** keyring_parse() - add the keys of @n bytes of text (modified); @name is for
 *  messages */
int keyring_parse(struct keyring *k, const char *name, char *text, size_t n,
		  struct err *e);

/** name_match() - is @s matched by @pat of @n bytes, in which '*' is any text? */
bool name_match(const char *pat, size_t n, const char *s);

/** sig_key_id() - KEYID of an Ed25519 public key */
void sig_key_id(const uint8_t pk[SIG_PK_BYTES], uint8_t id[SIG_KEYID_BYTES]);
const char *sig_role_name(enum sig_role r);

/**
 * sig_header() - the bytes signed before the manifest
 * @out: at least SIG_HEADER_MAX bytes
 *
 * "TAP-SIGNATURE-V1" NUL, u8 alg, u8 len(role), role, u64le signed_at,
 * u64le len(manifest).
 * Return: their number.
 */
#define SIG_HEADER_MAX 64
size_t sig_header(enum sig_role role, uint64_t signed_at, size_t manifest_len,
		  uint8_t *out);

/** struct sig_line - one signature as it is in the file */
struct sig_line {
	bool is_known; /* algorithm and role are known to this reader */
	enum sig_role role;
	uint64_t signed_at;
	uint8_t keyid[SIG_KEYID_BYTES];
	uint8_t sig[SIG_BYTES];
	int key; /* index into the keyring of a good signature, or -1 */
};

struct sig_set {
	unsigned int n;
	struct sig_line line[BUNDLE_SIG_LINES_MAX];
};

/**
 * sig_parse() - read the text of member tap-1/signatures
 *
 * @text is not modified.  Unknown algorithms are kept, marked and never count.
 * Return: 0, -BERR_FORMAT, -BERR_LIMIT.
 */
int sig_parse(struct sig_set *s, const char *text, size_t n, struct err *e);

/**
 * sig_verify() - check every line by a trusted key; count distinct keys
 * @signed_text: SIG_HEADER_MAX bytes of room, then the @n bytes of the manifest
 * @now: unix s
 * @need_release, @need_build: thresholds; with both 0 any one key is enough
 *
 * A line of a trusted key that does not verify is an altered bundle, never
 * just skipped.
 * Return: 0, -BERR_NO_SIGNATURE, -BERR_THRESHOLD, -BERR_REVOKED.
 */
int sig_verify(struct sig_set *s, const struct keyring *k, uint8_t *signed_text,
	       size_t n, uint64_t now, unsigned int need_release,
	       unsigned int need_build, struct err *e);

/**
 * sig_check_scope() - count again with the keys that may sign this bundle
 *
 * Return: 0, -BERR_KEY_SCOPE, -BERR_REVOKED (name and version).
 */
int sig_check_scope(const struct sig_set *s, const struct keyring *k,
		    const struct manifest *m, unsigned int need_release,
		    unsigned int need_build, struct err *e);

#endif
