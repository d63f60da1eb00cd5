/* SPDX-License-Identifier: GPL-2.0-only */
/* What the commands about finished bundles share: keys, opening, complaints. */
#ifndef BUILD_CMD_BUNDLE_H
#define BUILD_CMD_BUNDLE_H

#include "bundle/reader.h"
#include "bundle/write.h"

struct arena;
struct err;

/**
 * bundle_cmd_fail() - print "tapbuild: TEXT [NAME]" and the hint
 *
 * Return: EXIT_SIGNATURE for signatures and digests, EXIT_ENVIRONMENT for the
 * machine, EXIT_REFUSED for the rest.
 */
int bundle_cmd_fail(const struct err *e);

/** bundle_cmd_usage() - print how a command is called; returns EXIT_USAGE */
int bundle_cmd_usage(const char *text);

/** bundle_cmd_config() - $XDG_CONFIG_HOME/tap/NAME or ~/.config/tap/NAME */
char *bundle_cmd_config(struct arena *a, const char *name);

/**
 * bundle_cmd_trust() - the keys that bundles are checked with
 * @keys: --keys: a directory or one file; NULL = build.pub and the system's
 *
 * Return: 0, -BERR_CONFIG, ERR_NOT_FOUND (no key anywhere), ERR_IO.
 */
int bundle_cmd_trust(struct keyring *ring, const char *keys, struct arena *a,
		     struct err *e);

/**
 * bundle_cmd_open() - bundle_open_signed() with those keys and all digests
 * @b, @ring: storage from the caller, large: allocate them
 */
int bundle_cmd_open(struct bundle *b, struct keyring *ring, const char *path,
		    const char *keys, struct arena *a, struct err *e);

/** bundle_cmd_pack() - raw bytes of pack @i, length and digest checked; the
 *  caller free()s */
int bundle_cmd_pack(struct bundle *b, uint32_t i, uint8_t **ret, struct err *e);

/**
 * bundle_cmd_source() - raw bytes of tap-1/source: a tar of the scripts
 * @len: their number; every header and script was compared with the manifest
 * @ret: the caller free()s; NULL when the bundle has no such member
 */
int bundle_cmd_source(struct bundle *b, uint8_t **ret, size_t *len,
		      struct err *e);

/** bundle_cmd_time() - "2026-11-01 12:00:00 UTC" for unix seconds */
void bundle_cmd_time(uint64_t t, char out[40]);

/** bundle_cmd_now() - SOURCE_DATE_EPOCH, else the clock */
uint64_t bundle_cmd_now(void);

#endif
