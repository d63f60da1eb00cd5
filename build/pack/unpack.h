/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole members of a verified bundle, unpacked and compared with its manifest. */
#ifndef BUILD_PACK_UNPACK_H
#define BUILD_PACK_UNPACK_H

#include <stddef.h>
#include <stdint.h>

struct bundle;
struct err;

/**
 * unpack_member() - the bytes of member @i as they are in the file
 * @ret: man.members[i].size bytes, digest compared; the caller free()s
 */
int unpack_member(struct bundle *b, uint32_t i, uint8_t **ret, struct err *e);

/** unpack_pack() - raw bytes of pack @i, length and digest checked; the
 *  caller free()s */
int unpack_pack(struct bundle *b, uint32_t i, uint8_t **ret, struct err *e);

/**
 * unpack_scripts() - raw bytes of tap-1/source: a tar of the scripts
 * @len: their number; every header and script was compared with the manifest
 * @ret: the caller free()s; NULL when the bundle has no such member
 */
int unpack_scripts(struct bundle *b, uint8_t **ret, size_t *len, struct err *e);

/**
 * unpack_manifest() - the signed text as it is in the file
 *
 * The parser has cut the one in memory; the file is read again and compared with
 * the digest of what was verified.
 * @ret: b->manifest_len bytes and a NUL; the caller free()s
 */
int unpack_manifest(struct bundle *b, char **ret, struct err *e);

#endif
