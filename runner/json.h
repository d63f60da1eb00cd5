/* SPDX-License-Identifier: GPL-2.0-only */
/* One JSON object a line (RFC 8259), from bytes that need not be text. */
#ifndef RUNNER_JSON_H
#define RUNNER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out;

#define JSON_LINE_BYTES 131072

/**
 * struct json - zero-initialise, set @out
 * @is_busy: a line is being written to @out, which may speak of it itself
 * @has_item: a comma comes before the next item
 *
 * A line below JSON_LINE_BYTES is one out_put(): no file ends inside it.
 */
struct json {
	struct out *out;
	bool is_busy, has_item;
	size_t n;
	char buf[JSON_LINE_BYTES];
};

/** json_begin() - {"type":@type */
void json_begin(struct json *j, const char *type);

/** json_end() - } and a newline, to the output */
void json_end(struct json *j);

/**
 * json_text() - a string member of @n bytes that need not be UTF-8
 *
 * Bytes that are no UTF-8 (RFC 3629: no surrogates, nothing longer than needed)
 * become U+FFFD, one for each, and the member @key_base64 with all of the bytes
 * follows: every JSON reader takes that, and nothing is lost.  Worst case of a
 * byte: 6 + 4/3 bytes.  @key_base64 NULL = without it.
 */
void json_text(struct json *j, const char *key, const char *key_base64,
	       const void *p, size_t n);

/** json_str() - json_text() of a C string, without base64; NULL = no member */
void json_str(struct json *j, const char *key, const char *s);
void json_u64(struct json *j, const char *key, uint64_t v);
void json_i64(struct json *j, const char *key, int64_t v);
void json_bool(struct json *j, const char *key, bool v);

/** json_open() - a member (or, with @key NULL, an item) that is '{' or '[' */
void json_open(struct json *j, const char *key, char bracket);
/** json_close() - '}' or ']' */
void json_close(struct json *j, char bracket);

/** json_utf8_len() - bytes of the character at @p, 0 where there is none */
size_t json_utf8_len(const uint8_t *p, size_t n);

#endif
