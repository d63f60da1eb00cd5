/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256 names for content: caches, kits, modules. */
#ifndef BUILD_BASE_DIGEST_H
#define BUILD_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32
#define DIGEST_HEX   65 /* with NUL */

/** struct digest - running SHA-256; digest_add*() length-prefix nothing */
struct digest {
	uint64_t state[32]; /* crypto_hash_sha256_state, checked in digest.c */
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, const void *p, size_t n);
/** digest_adds() - a string with its NUL, so that neighbours cannot run together */
void digest_adds(struct digest *d, const char *s);
void digest_final(struct digest *d, uint8_t out[DIGEST_BYTES]);
void digest_final_hex(struct digest *d, char out[DIGEST_HEX]);
/** digest_hex() - SHA-256 of @n bytes as lower-case hex */
void digest_hex(const void *p, size_t n, char out[DIGEST_HEX]);

#endif
