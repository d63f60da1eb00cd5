/* SPDX-License-Identifier: GPL-2.0-only */
/* Public keys of others: a key file of ours, or PEM. */
#include "build/pack/pubkey.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "bundle/base/err.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

static int from_pem(const struct buf *text, const char *path,
		    uint8_t pk[SIG_PK_BYTES], struct err *e)
{
	BIO *in = BIO_new_mem_buf(text->p, (int)text->len);
	EVP_PKEY *key = PEM_read_bio_PUBKEY(in, NULL, NULL, NULL);
	size_t n = SIG_PK_BYTES;
	int r = 0;

	BIO_free(in);
	if (!key)
		r = err_set(e, -BERR_CONFIG,
			    "no public key in '%s': neither a key file nor PEM",
			    path);
	else if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519)
		r = err_set(e, -BERR_CONFIG,
			    "key '%s' is %s; bundles are signed by ED25519",
			    path, OBJ_nid2sn(EVP_PKEY_get_base_id(key)));
	else if (!EVP_PKEY_get_raw_public_key(key, pk, &n) || n != SIG_PK_BYTES)
		r = err_set(e, -BERR_CONFIG, "cannot read key '%s'", path);
	ERR_clear_error();
	EVP_PKEY_free(key);
	return r;
}

int pubkey_load(const char *path, uint8_t pk[SIG_PK_BYTES], struct err *e)
{
	static const char ours[] = "tap-key: ";
	struct buf text = BUF_INIT;
	struct keyring *ring;
	int r = fs_read(path, &text, BUNDLE_KEY_FILE_MAX, e);

	if (!r && strncmp(text.p, ours, strlen(ours)) != 0) {
		r = from_pem(&text, path, pk, e);
	} else if (!r) {
		ring = xcalloc(1, sizeof(*ring));
		r = keyring_parse(ring, path, text.p, text.len, e);
		if (!r && !ring->nkeys)
			r = err_set(e, -BERR_CONFIG, "no key in '%s'", path);
		if (!r)
			memcpy(pk, ring->keys[0].pk, SIG_PK_BYTES);
		free(ring);
	}
	buf_deinit(&text);
	return r;
}
