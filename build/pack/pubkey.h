/* SPDX-License-Identifier: GPL-2.0-only */
/* Public keys of others: a key file of ours, or PEM. */
#ifndef BUILD_PACK_PUBKEY_H
#define BUILD_PACK_PUBKEY_H

#include "bundle/sig.h"

#include <stdint.h>

struct err;

/**
 * pubkey_load() - the Ed25519 key of a file: NAME.pub, or PEM "PUBLIC KEY"
 * Return: 0, -BERR_CONFIG (no such key in it), ERR_IO.
 */
int pubkey_load(const char *path, uint8_t pk[SIG_PK_BYTES], struct err *e);

#endif
