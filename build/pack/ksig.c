/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel module signatures: detached PKCS#7 by libcrypto. */
#include "build/pack/ksig.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"
#include "bundle/line.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX (1u << 20) /* of a key or certificate file */
#define MAGIC	 "~Module signature appended~\n"
#define TRAILER	 12 /* struct module_signature */

struct ksig_key {
	EVP_PKEY *pkey;
	X509 *cert;
	const EVP_MD *md;
	struct ksig_certs *self; /* its own certificate, to check with */
	char skid[KSIG_SKID_MAX];
};

struct ksig_certs {
	STACK_OF(X509) * x;
};

/* What every kernel since 3.7 can have; sha224 and less are not for new keys. */
static const struct hash {
	const char *name;
	int nid;
} hashes[] = {
	{ "sha256", NID_sha256 },
	{ "sha384", NID_sha384 },
	{ "sha512", NID_sha512 },
};

#define NHASHES (sizeof(hashes) / sizeof(hashes[0]))

/* libcrypto's own words for its last failure. */
static const char *why(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *s = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return s ? s : "no reason is given";
}

/* ---- files --------------------------------------------------------------- */

static int read_file(const char *path, struct buf *b, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0 && errno == ENOENT)
		return err_set(e, ERR_NOT_FOUND, "there is no file '%s'", path);
	return fs_read(path, b, FILE_MAX, e);
}

/* A passphrase is never asked for: this runs where nobody types. */
static int no_passphrase(char *buf, int size, int rw, void *arg)
{
	(void)buf;
	(void)size;
	(void)rw;
	*(bool *)arg = true;
	return -1;
}

static int check_secrecy(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, "cannot read '%s'", path);
	if (!(st.st_mode & 007))
		return 0;
	err_set(e, -BERR_CONFIG,
		"module key '%s' may be read by all (mode %04o)", path,
		(unsigned int)st.st_mode & 07777);
	return err_hint(e,
			"chmod o= %s; if others could read it, make a new key",
			path);
}

static int load_pkey(struct ksig_key *k, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	bool is_locked = false;
	int type, r = read_file(path, &text, e);
	BIO *in;

	if (r < 0)
		return r;
	in = BIO_new_mem_buf(text.p, (int)text.len);
	k->pkey = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, &is_locked);
	BIO_free(in);
	OPENSSL_cleanse(text.p, text.len);
	buf_deinit(&text);
	if (k->pkey) {
		type = EVP_PKEY_get_base_id(k->pkey);
		if (type == EVP_PKEY_RSA || type == EVP_PKEY_EC)
			return check_secrecy(path, e);
		return err_set(
			e, -BERR_CONFIG,
			"module key '%s' is %s; kernels check RSA and EC", path,
			OBJ_nid2sn(type));
	}
	if (!is_locked)
		return err_set(e, -BERR_CONFIG, "no private key in '%s': %s",
			       path, why());
	ERR_clear_error();
	err_set(e, -BERR_CONFIG, "module key '%s' has a passphrase", path);
	return err_hint(e,
			"openssl pkey -in %s -out PLAIN, or sign elsewhere: "
			"tapbuild tbs",
			path);
}

/* All certificates of PEM text; other parts are passed over. */
static void read_pem_certs(const struct buf *text, STACK_OF(X509) * out)
{
	BIO *in = BIO_new_mem_buf(text->p, (int)text->len);
	X509 *x;

	while ((x = PEM_read_bio_X509(in, NULL, NULL, NULL)))
		sk_X509_push(out, x);
	BIO_free(in);
	ERR_clear_error();
}

int ksig_certs_add(struct ksig_certs *c, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	int before = sk_X509_num(c->x), r = read_file(path, &text, e);
	const unsigned char *p;
	X509 *x;

	if (r < 0)
		return r;
	read_pem_certs(&text, c->x);
	if (sk_X509_num(c->x) == before) {
		p = (const unsigned char *)text.p;
		x = d2i_X509(NULL, &p, (long)text.len);
		if (x)
			sk_X509_push(c->x, x);
	}
	buf_deinit(&text);
	if (sk_X509_num(c->x) > before)
		return 0;
	return err_set(e, -BERR_CONFIG,
		       "no X.509 certificate (PEM or DER) in '%s': %s", path,
		       why());
}

struct ksig_certs *ksig_certs_new(void)
{
	struct ksig_certs *c = xcalloc(1, sizeof(*c));

	c->x = sk_X509_new_null();
	return c;
}

void ksig_certs_free(struct ksig_certs *c)
{
	if (!c)
		return;
	sk_X509_pop_free(c->x, X509_free);
	free(c);
}

/* ---- keys ---------------------------------------------------------------- */

static void name_of(X509 *x, char skid[KSIG_SKID_MAX])
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(x);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	const ASN1_STRING *s = id ? id : serial;
	const uint8_t *p = ASN1_STRING_get0_data(s);
	int n = ASN1_STRING_length(s);
	uint8_t raw[KSIG_SKID_MAX / 2] = { 0 };
	size_t at = 0;

	/* a serial number as in DER: a zero keeps it positive */
	if (!id && n && p[0] & 0x80)
		at = 1;
	if (n < 0 || (size_t)n > sizeof(raw) - at)
		n = (int)(sizeof(raw) - at);
	memcpy(raw + at, p, (size_t)n);
	hex_text(raw, at + (size_t)n, skid);
}

bool ksig_certs_has(const struct ksig_certs *c, const char *skid)
{
	char name[KSIG_SKID_MAX];

	for (int i = 0; i < sk_X509_num(c->x); i++) {
		name_of(sk_X509_value(c->x, i), name);
		if (!strcmp(name, skid))
			return true;
	}
	return false;
}

static const EVP_MD *find_hash(const char *name, struct err *e)
{
	for (size_t i = 0; i < NHASHES; i++)
		if (!strcmp(hashes[i].name, name))
			return EVP_get_digestbynid(hashes[i].nid);
	err_set(e, ERR_INVALID, "no module signature with hash '%.40s'", name);
	err_hint(e, "sha256, sha384 or sha512");
	return NULL;
}

int ksig_key_load(struct ksig_key **ret, const char *key, const char *cert,
		  const char *hash, struct err *e)
{
	struct ksig_key *k = xcalloc(1, sizeof(*k));
	int r = 0;

	k->self = ksig_certs_new();
	k->md = find_hash(hash ? hash : "sha256", e);
	if (!k->md)
		r = ERR_INVALID;
	if (!r)
		r = load_pkey(k, key, e);
	if (!r)
		r = ksig_certs_add(k->self, cert ? cert : key, e);
	if (!r) {
		k->cert = sk_X509_value(k->self->x, 0);
		name_of(k->cert, k->skid);
		if (X509_check_private_key(k->cert, k->pkey) != 1) {
			r = err_set(e, -BERR_CONFIG,
				    "certificate '%s' is not that of key '%s'",
				    cert ? cert : key, key);
			ERR_clear_error();
		}
	}
	if (r < 0)
		ksig_key_free(k);
	else
		*ret = k;
	return r;
}

void ksig_key_free(struct ksig_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	ksig_certs_free(k->self);
	free(k);
}

const char *ksig_key_skid(const struct ksig_key *k)
{
	return k->skid;
}

/* ---- sign ---------------------------------------------------------------- */

static int sign_bio(const struct ksig_key *k, BIO *ko, struct buf *out)
{
	unsigned int flags = CMS_NOCERTS | CMS_BINARY;
	CMS_ContentInfo *cms =
		CMS_sign(NULL, NULL, NULL, NULL,
			 flags | CMS_PARTIAL | CMS_DETACHED | CMS_STREAM);
	unsigned char *der = NULL;
	int n = -1;

	if (cms &&
	    CMS_add1_signer(cms, k->cert, k->pkey, k->md,
			    flags | CMS_NOATTR | CMS_NOSMIMECAP) &&
	    CMS_final(cms, ko, NULL, flags) == 1)
		n = i2d_CMS_ContentInfo(cms, &der);
	CMS_ContentInfo_free(cms);
	if (n <= 0)
		return -1;
	buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	return 0;
}

int ksig_sign(const struct ksig_key *k, const void *ko, size_t n,
	      struct buf *out, struct err *e)
{
	BIO *in = BIO_new_mem_buf(ko, (int)n);
	char skid[KSIG_SKID_MAX];
	size_t from = out->len;
	int r = in ? sign_bio(k, in, out) : -1;

	BIO_free(in);
	if (r < 0)
		return err_set(e, ERR_TOOL,
			       "libcrypto cannot sign a module: %s", why());
	r = ksig_verify(k->self, out->p + from, out->len - from, ko, n, skid,
			e);
	if (r < 0) {
		err_prefix(e, "the signature just made is wrong");
		return ERR_TOOL;
	}
	return 0;
}

/* ---- verify -------------------------------------------------------------- */

static int bad(struct err *e, const char *text)
{
	ERR_clear_error();
	return err_set(e, -BERR_BAD_KSIG, "%s", text);
}

static int bad_hint(struct err *e, const char *text, const char *hint)
{
	bad(e, text);
	return err_hint(e, "%s", hint);
}

#define HOW "openssl cms -sign -binary -noattr -nocerts -outform DER -md sha256"

static int check_shape(CMS_ContentInfo *cms, struct err *e)
{
	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
		return bad(e, "it is no signed PKCS#7 data");
	if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
		return bad(e, "it signs another type than data");
	if (CMS_is_detached(cms) != 1)
		return bad_hint(e, "the module is inside: it must be detached",
				HOW);
	if (sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) != 1)
		return bad_hint(e, "it must have one signer",
				"attach one file for each signer");
	return 0;
}

static int check_signer(CMS_SignerInfo *si, struct err *e)
{
	const ASN1_OBJECT *obj;
	X509_ALGOR *dig, *sig;
	int nid, type;

	if (CMS_signed_get_attr_count(si) > 0)
		return bad_hint(
			e, "it has signed attributes, which kernels refuse",
			HOW);
	CMS_SignerInfo_get0_algs(si, NULL, NULL, &dig, &sig);
	X509_ALGOR_get0(&obj, NULL, NULL, dig);
	nid = OBJ_obj2nid(obj);
	for (size_t i = 0; i <= NHASHES; i++) {
		if (i == NHASHES)
			return bad_hint(e,
					"it has a hash that is weak, or that "
					"kernels may not have",
					HOW);
		if (hashes[i].nid == nid)
			break;
	}
	X509_ALGOR_get0(&obj, NULL, NULL, sig);
	nid = OBJ_obj2nid(obj);
	if (nid != NID_rsaEncryption && nid != NID_X9_62_id_ecPublicKey &&
	    (!OBJ_find_sigid_algs(nid, NULL, &type) ||
	     (type != NID_rsaEncryption && type != NID_X9_62_id_ecPublicKey)))
		return bad(e, "it is neither RSA (PKCS#1 v1.5) nor ECDSA");
	return 0;
}

/* "O=x,CN=y, serial 1234" or "key id abcd": who signed, for messages. */
static void signer_text(CMS_SignerInfo *si, char *out, size_t n)
{
	ASN1_OCTET_STRING *id = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_NAME *issuer = NULL;
	char *hex = NULL, *text = NULL;
	BIGNUM *bn;

	CMS_SignerInfo_get0_signer_id(si, &id, &issuer, &serial);
	if (id) {
		hex = OPENSSL_buf2hexstr(id->data, id->length);
		snprintf(out, n, "key id %.90s", hex ? hex : "?");
	} else {
		bn = ASN1_INTEGER_to_BN(serial, NULL);
		hex = bn ? BN_bn2hex(bn) : NULL;
		text = X509_NAME_oneline(issuer, NULL, 0);
		snprintf(out, n, "%.100s, serial %.50s", text ? text : "?",
			 hex ? hex : "?");
		BN_free(bn);
	}
	OPENSSL_free(hex);
	OPENSSL_free(text);
}

/*
 * Not by CMS_verify(): where it cannot start (a digest it does not know) it loses the
 * stream it made, which a fuzzer sees.
 */
static bool is_of_content(CMS_ContentInfo *cms, CMS_SignerInfo *si,
			  const void *ko, size_t n)
{
	BIO *in = BIO_new_mem_buf(ko, (int)n), *chain;
	char part[16384];
	bool good;

	chain = in ? CMS_dataInit(cms, in) : NULL;
	if (!chain) {
		BIO_free(in);
		return false;
	}
	while (BIO_read(chain, part, sizeof(part)) > 0)
		;
	good = CMS_SignerInfo_verify_content(si, chain) == 1;
	BIO_free_all(chain);
	return good;
}

static int check_digest(CMS_ContentInfo *cms, CMS_SignerInfo *si, X509 *cert,
			const void *ko, size_t n, struct err *e)
{
	bool good;

	CMS_SignerInfo_set1_signer_cert(si, cert);
	good = is_of_content(cms, si, ko, n);
	ERR_clear_error();
	return good ? 0
		    : bad(e, "it is not a signature of this module by the key "
			     "of that certificate");
}

static int verify(CMS_ContentInfo *cms, const struct ksig_certs *c,
		  const void *ko, size_t n, char skid[KSIG_SKID_MAX],
		  struct err *e)
{
	CMS_SignerInfo *si;
	char who[200];
	int r = check_shape(cms, e);

	if (r < 0)
		return r;
	si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	r = check_signer(si, e);
	if (r < 0)
		return r;
	for (int i = 0; i < sk_X509_num(c->x); i++) {
		X509 *x = sk_X509_value(c->x, i);

		if (CMS_SignerInfo_cert_cmp(si, x) != 0)
			continue;
		name_of(x, skid);
		return check_digest(cms, si, x, ko, n, e);
	}
	signer_text(si, who, sizeof(who));
	err_set(e, -BERR_BAD_KSIG,
		"its signer (%s) has none of the certificates", who);
	return err_hint(e, "--module-cert FILE names the signer's certificate");
}

int ksig_verify(const struct ksig_certs *c, const void *sig, size_t sig_len,
		const void *ko, size_t n, char skid[KSIG_SKID_MAX],
		struct err *e)
{
	const unsigned char *p = sig, *end = p + sig_len;
	CMS_ContentInfo *cms = NULL;
	int r;

	if (sig_len && sig_len <= BUNDLE_KSIG_MAX)
		cms = d2i_CMS_ContentInfo(NULL, &p, (long)sig_len);
	if (!cms)
		return bad(e, "it is no PKCS#7 (DER)");
	r = p == end ? verify(cms, c, ko, n, skid, e)
		     : bad(e, "there are bytes after the PKCS#7");
	CMS_ContentInfo_free(cms);
	return r;
}

/* ---- appended ------------------------------------------------------------ */

int ksig_split(const void *file, size_t n, size_t *ko_len, size_t *sig_len,
	       struct err *e)
{
	static const uint8_t pkcs7[8] = { 0, 0, 2, 0, 0, 0, 0, 0 };
	const size_t magic = strlen(MAGIC);
	struct cur c = cur_init(file, n);
	const uint8_t *head;
	uint32_t len;

	*ko_len = n;
	*sig_len = 0;
	if (n < magic ||
	    memcmp((const uint8_t *)file + n - magic, MAGIC, magic) != 0)
		return 0;
	if (n < magic + TRAILER || !cur_seek(&c, n - magic - TRAILER))
		return bad(e, "its signature is cut off");
	head = cur_take(&c, sizeof(pkcs7));
	len = cur_be32(&c);
	if (!cur_ok(&c) || memcmp(head, pkcs7, sizeof(pkcs7)) != 0)
		return bad(e, "its signature is not a PKCS#7 one");
	if (!len || len > n - magic - TRAILER)
		return bad(e, "its signature is longer than the file");
	*ko_len = n - magic - TRAILER - len;
	*sig_len = len;
	return 0;
}
