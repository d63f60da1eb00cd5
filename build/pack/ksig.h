/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel module signatures: detached PKCS#7, as the kernel's sign-file makes. */
#ifndef BUILD_PACK_KSIG_H
#define BUILD_PACK_KSIG_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/* hex digits of a key's name in the manifest, and the NUL */
#define KSIG_SKID_MAX 65

/** struct ksig_key - a private key with its certificate and a hash */
struct ksig_key;

/**
 * ksig_key_load() - read a key that signs modules
 * @key: PEM file of an RSA or EC key without a passphrase, not readable by all
 * @cert: PEM or DER file of its X.509 certificate; NULL = in @key too
 * @hash: "sha256", "sha384", "sha512"; NULL = "sha256"
 * @ret: set on success; ksig_key_free() it
 *
 * Return: 0, ERR_NOT_FOUND, ERR_IO, -BERR_CONFIG, ERR_INVALID (the hash).
 */
int ksig_key_load(struct ksig_key **ret, const char *key, const char *cert,
		  const char *hash, struct err *e);
void ksig_key_free(struct ksig_key *k);

/**
 * ksig_key_skid() - what the kernel's list of keys calls the key
 *
 * The certificate's subject key identifier in hex, or without one its serial
 * number, as in /proc/keys.  Valid as long as @k.
 * Source: crypto/asymmetric_keys/x509_public_key.c, x509_key_preparse().
 */
const char *ksig_key_skid(const struct ksig_key *k);

/**
 * ksig_sign() - append the signature of a module to @out
 * @ko: @n bytes of unsigned module
 *
 * Exactly what `sign-file -d` writes: signer by issuer and serial number, no
 * certificates, no attributes.  With RSA the same key gives the same bytes, with
 * EC it never does.  It was verified before it is returned.
 * Return: 0, ERR_TOOL.
 * Source: Documentation/admin-guide/module-signing.rst, RFC 5652.
 */
int ksig_sign(const struct ksig_key *k, const void *ko, size_t n,
	      struct buf *out, struct err *e);

/** struct ksig_certs - certificates that signatures are checked with */
struct ksig_certs;

struct ksig_certs *ksig_certs_new(void);
void ksig_certs_free(struct ksig_certs *c);
/** ksig_certs_add() - every certificate of a PEM file, or the one of a DER file;
 *  ERR_NOT_FOUND, ERR_IO, -BERR_CONFIG */
int ksig_certs_add(struct ksig_certs *c, const char *path, struct err *e);

/** ksig_certs_has() - is one of them called @skid in a manifest? */
bool ksig_certs_has(const struct ksig_certs *c, const char *skid);

/**
 * ksig_verify() - would a kernel that trusts @c take this signature?
 * @sig: @sig_len bytes that came from elsewhere
 * @ko: the module without a signature
 * @skid: set to the signer's name, as ksig_key_skid()
 *
 * Refused is what the kernel refuses: other content types, content inside, signed
 * attributes, several signers, bytes after the end, weak or unknown hashes.
 * Return: 0, -BERR_BAD_KSIG.
 * Source: crypto/asymmetric_keys/pkcs7_verify.c, kernel/module/signing.c.
 */
int ksig_verify(const struct ksig_certs *c, const void *sig, size_t sig_len,
		const void *ko, size_t n, char skid[KSIG_SKID_MAX],
		struct err *e);

/**
 * ksig_split() - find the signature that is appended to a module file
 * @ko_len: of the module before it
 * @sig_len: of the PKCS#7 bytes after the module; 0 = the file has none
 *
 * Return: 0, -BERR_BAD_KSIG (it ends as if signed, and is not right).
 * Source: include/linux/module_signature.h.
 */
int ksig_split(const void *file, size_t n, size_t *ko_len, size_t *sig_len,
	       struct err *e);

#endif
