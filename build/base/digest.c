/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256 by libsodium. */
#include "build/base/digest.h"

#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(struct digest) >= sizeof(crypto_hash_sha256_state),
	       "struct digest holds libsodium's state");

static crypto_hash_sha256_state *state(struct digest *d)
{
	/* Only the address is taken; digest_init() fills what is there. */
	/* cppcheck-suppress ctuuninitvar */
	return (crypto_hash_sha256_state *)(void *)d->state;
}

void digest_init(struct digest *d)
{
	crypto_hash_sha256_init(state(d));
}

void digest_add(struct digest *d, const void *p, size_t n)
{
	crypto_hash_sha256_update(state(d), p, n);
}

void digest_adds(struct digest *d, const char *s)
{
	digest_add(d, s, strlen(s) + 1);
}

void digest_final(struct digest *d, uint8_t out[DIGEST_BYTES])
{
	crypto_hash_sha256_final(state(d), out);
}

void digest_final_hex(struct digest *d, char out[DIGEST_HEX])
{
	uint8_t raw[DIGEST_BYTES];

	digest_final(d, raw);
	sodium_bin2hex(out, DIGEST_HEX, raw, sizeof(raw));
}

void digest_hex(const void *p, size_t n, char out[DIGEST_HEX])
{
	struct digest d;

	digest_init(&d);
	digest_add(&d, p, n);
	digest_final_hex(&d, out);
}
