/* SPDX-License-Identifier: GPL-2.0-only */
/* Make a bundle: same input, same bytes.  Builder only. */
#ifndef BUNDLE_WRITE_H
#define BUNDLE_WRITE_H

#include "bundle/limits.h"
#include "bundle/manifest.h"
#include "bundle/sig.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct err;

/** struct signer - a secret key and how it signs */
struct signer {
	uint8_t pk[SIG_PK_BYTES];
	uint8_t sk[64]; /* libsodium's form: seed, then public key */
	enum sig_role role;
	uint64_t
		signed_at; /* unix s, 0 = not stated; part of the signed bytes */
	char comment[128];
};

/** struct bundle_ksig - a detached kernel signature (PKCS#7, DER) */
struct bundle_ksig {
	const char *skid; /* lower-case hex */
	const void *p;
	size_t len;
};

/**
 * struct bundle_target - one kernel; all strings borrowed
 * @version: uname -v; NULL or "" = "*", which needs a @build_id
 * @build_id: hex, or NULL/"" = unknown
 * @distro, @flavour: for people and for the order in packs; NULL = "-"
 * @status_code: NULL = there is a module; else "E-SYM" and @status_text
 * @module: name inside the module, at most 55 bytes
 * @ko, @ko_len: stripped, unsigned module
 * @wire: TAPW_VERSION it was built with
 * @rely, @nrely: what it relies on in another kernel, in the order of rely_cmp(); with
 *                these or @bound in any target the bundle has the feature fallback
 * @bound: why there is none; NULL = there is
 * @extra: "x-KEY: VALUE" lines, each with its LF, sorted; NULL = none
 */
struct bundle_target {
	const char *machine, *release, *version, *build_id;
	const char *distro, *flavour;
	const char *status_code, *status_text;
	const char *module;
	const void *ko;
	size_t ko_len;
	const char *vermagic;
	uint32_t layout_crc;
	bool has_layout_crc;
	uint32_t wire;
	const struct rely *rely;
	size_t nrely;
	const char *bound;
	const struct bundle_ksig *ksig;
	size_t nksig;
	const char *extra;
};

struct bundle_script {
	const char *name; /* directories are cut, odd characters become '_' */
	const void *p;
	size_t len;
};

/** struct bundle_param - as struct manifest_param, from the builder */
struct bundle_param {
	const char *name;
	enum manifest_param_type type;
	int64_t def, min, max; /* PARAM_INT64 */
	const char *def_str;   /* PARAM_STRING */
	uint32_t len;	       /* PARAM_STRING: most bytes, 1..65535 */
};

struct bundle_probe {
	const char *kind; /* "kprobe", "timer", ... */
	uint32_t count;
};

/**
 * struct bundle_frame - a zstd frame that is used where its content is wanted
 *
 * Another zstd, or another level, would make other bytes of the same content.
 */
struct bundle_frame {
	uint8_t raw_sha256[32];
	const void *p;
	size_t len;
};

/**
 * struct bundle_spec - all of a bundle; the writer sorts what has an order
 * @name: [a-z0-9][a-z0-9-]{0,47}
 * @created: SOURCE_DATE_EPOCH, or 0 when nobody set it: never the clock, so
 *           that the same input gives the same bytes
 * @audience: sorted, space separated fleets, or NULL = any
 * @inputs: "KIND DIGEST" lines of what was built from (kits, compiler, tool);
 *          with the scripts they make the bundle-id; NULL = the id is made from
 *          the contents
 * @bundle_id: 64 hex digits that are used instead; NULL = made as said above
 * @extra: as in a target, for the head
 * @frame: of packs and scripts that were compressed before; may be empty
 * @probes: may be empty: then "none 0" is written
 * @level: zstd; 0 = chosen by size (limits in bundle_write.c)
 */
struct bundle_spec {
	const char *name;
	uint64_t version;
	uint32_t epoch;
	uint64_t created, not_before, not_after;
	const char *audience;
	const char *builder, *description, *contact;
	enum manifest_privilege privilege;
	enum manifest_writes writes;
	bool is_guru;
	uint64_t limit_runtime_s, limit_output_bytes;
	const struct bundle_script *script;
	size_t nscripts;
	const struct bundle_probe *probe;
	size_t nprobes;
	const struct bundle_param *param;
	size_t nparams;
	const char *const *need;
	size_t nneeds;
	const char *const *input;
	size_t ninputs;
	const char *bundle_id, *extra;
	const struct bundle_frame *frame;
	size_t nframes;
	const void *provenance; /* DSSE envelope, or NULL */
	size_t provenance_len;
	const struct bundle_target *target;
	size_t ntargets;
	int level;
};

/**
 * bundle_write() - append the whole signed bundle to @out
 * @s: one signature; more are added with bundle_add_signature(); NULL = none,
 *     which no reader takes: for the inside of a part
 *
 * Return: 0, ERR_INVALID (a text that the format cannot hold; says which),
 * -BERR_LIMIT, ERR_UNSUPPORTED (zstd failed).
 */
int bundle_write(const struct bundle_spec *spec, const struct signer *s,
		 struct buf *out, struct err *e);

/**
 * bundle_add_signature() - the bundle @in with one signature more
 * @in: @n bytes that bundle_open() and bundle_check_rest() accepted
 * @out: the new file is appended; packs and manifest are the same bytes
 *
 * Return: 0, ERR_EXISTS (this key signed in this role), -BERR_LIMIT,
 * -BERR_FORMAT, -BERR_CONTAINER.
 */
int bundle_add_signature(const void *in, size_t n, const struct signer *s,
			 struct buf *out, struct err *e);

/** write_script_name() - what the writer calls a script: the last part of a path, in
 *  the characters of the format; owned by @a or part of @name */
const char *write_script_name(struct arena *a, const char *name);

/**
 * struct made_signature - one that was made, here or elsewhere
 * @signed_at: unix s; part of the signed bytes, as @role
 */
struct made_signature {
	uint8_t pk[SIG_PK_BYTES];
	enum sig_role role;
	uint64_t signed_at;
	uint8_t sig[SIG_BYTES];
};

/**
 * bundle_add_made() - bundle_add_signature() with one that was made elsewhere
 *
 * Return: as bundle_add_signature(); -BERR_NO_SIGNATURE when it is not a
 * signature of this manifest by that key.
 */
int bundle_add_made(const void *in, size_t n, const struct made_signature *m,
		    struct buf *out, struct err *e);

/**
 * struct bundle_front - the two texts at the beginning of a bundle; borrowed
 * @rest: where the other members begin
 */
struct bundle_front {
	const char *manifest, *sigs;
	size_t manifest_len, sigs_len, rest;
	uint64_t mtime;
};

/** bundle_front() - find them; -BERR_CONTAINER, -BERR_TRUNCATED */
int bundle_front(const void *in, size_t n, struct bundle_front *f,
		 struct err *e);

/**
 * bundle_set_front() - the bundle @in with other texts; the rest is the same bytes
 *
 * Return: 0, ERR_INVALID (a manifest that the format cannot hold), -BERR_LIMIT,
 * as bundle_front().
 */
int bundle_set_front(const void *in, size_t n, const struct buf *manifest,
		     const struct buf *sigs, struct buf *out, struct err *e);

/** bundle_sign_more() - append a line to @sigs; ERR_EXISTS, -BERR_LIMIT */
int bundle_sign_more(const struct signer *s, const struct buf *manifest,
		     struct buf *sigs, struct err *e);

/**
 * struct bundle_edit - values of the head as they stand in the manifest
 *
 * NULL: as it was; "": without that line (not for @version).
 */
struct bundle_edit {
	const char *version, *not_before, *not_after, *audience;
};

/**
 * bundle_edit() - append the manifest @in of @n bytes with other values
 *
 * A bundle-id of the inputs stays; one of the text is made again.
 * Context: @in was parsed; bundle_set_front() judges the result.
 */
void bundle_edit(const char *in, size_t n, const struct bundle_edit *ed,
		 struct buf *out);

/* ---- keys ---------------------------------------------------------------- */

/** signer_generate() - a new key pair; ERR_UNSUPPORTED without randomness */
int signer_generate(struct signer *s, enum sig_role role, const char *comment,
		    struct err *e);

/**
 * signer_load() - read a secret key file
 *
 * Only its owner may read it (mode 0600), it must be ours, no symbolic link.
 * Return: 0, ERR_NOT_FOUND, -BERR_CONFIG, ERR_IO.
 */
int signer_load(struct signer *s, const char *path, struct err *e);

/** signer_write_secret(), signer_write_public() - text of the key files */
void signer_write_secret(const struct signer *s, struct buf *out);
void signer_write_public(const struct signer *s, struct buf *out);

/** signer_make() - a signature over a manifest; signer_text() - append its line */
void signer_make(const struct signer *s, const void *manifest, size_t n,
		 struct made_signature *m);
void signer_text(const struct made_signature *m, struct buf *out);

/** signer_check() - is @m a signature over this manifest?  -BERR_NO_SIGNATURE */
int signer_check(const struct made_signature *m, const void *manifest, size_t n,
		 struct err *e);

/** signer_line() - append "ed25519 ROLE TIME KEYID SIG\n" over a manifest */
void signer_line(const struct signer *s, const void *manifest, size_t n,
		 struct buf *out);

/** signer_wipe() - forget the secret */
void signer_wipe(struct signer *s);

#endif
