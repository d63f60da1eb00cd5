/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON text, piece by piece. */
#ifndef BUILD_BASE_JSON_H
#define BUILD_BASE_JSON_H

struct buf;

/**
 * json_add_string() - "KEY":"TEXT" (RFC 8259)
 * @key: NULL: the text alone
 * @s: bytes outside ASCII as \u00XX; NULL: null
 */
void json_add_string(struct buf *o, const char *key, const char *s);

#endif
