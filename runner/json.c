/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON text; a line is built in one buffer and written at its end. */
#include "runner/json.h"
#include "runner/out.h"

#include <stdio.h>
#include <string.h>

/* Only a line of --info may be longer than the buffer. */
static void json_put(struct json *j, const char *p, size_t n)
{
	while (n) {
		size_t k = sizeof(j->buf) - j->n;

		if (k > n)
			k = n;
		memcpy(j->buf + j->n, p, k);
		j->n += k;
		p += k;
		n -= k;
		if (j->n == sizeof(j->buf)) {
			out_put(j->out, j->buf, j->n);
			j->n = 0;
		}
	}
}

static void json_puts(struct json *j, const char *s)
{
	json_put(j, s, strlen(s));
}

static void json_key(struct json *j, const char *key)
{
	if (j->has_item)
		json_puts(j, ",");
	j->has_item = true;
	if (!key)
		return;
	json_puts(j, "\"");
	json_puts(j, key);
	json_puts(j, "\":");
}

void json_begin(struct json *j, const char *type)
{
	j->is_busy = true;
	j->n = 0;
	j->has_item = false;
	json_puts(j, "{");
	json_str(j, "type", type);
}

void json_end(struct json *j)
{
	json_puts(j, "}\n");
	out_put(j->out, j->buf, j->n);
	j->n = 0;
	j->is_busy = false;
}

size_t json_utf8_len(const uint8_t *p, size_t n)
{
	/* first byte, then the range of the second: RFC 3629 section 4 */
	static const struct {
		uint8_t first, last, len, lo, hi;
	} rows[] = {
		{ 0x00, 0x7f, 1, 0, 0 },       { 0xc2, 0xdf, 2, 0x80, 0xbf },
		{ 0xe0, 0xe0, 3, 0xa0, 0xbf }, { 0xe1, 0xec, 3, 0x80, 0xbf },
		{ 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
		{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf },
		{ 0xf4, 0xf4, 4, 0x80, 0x8f },
	};
	size_t i, k;

	for (i = 0; n && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (*p < rows[i].first || *p > rows[i].last)
			continue;
		if (rows[i].len > n)
			return 0;
		for (k = 1; k < rows[i].len; k++)
			if (p[k] < (k == 1 ? rows[i].lo : 0x80) ||
			    p[k] > (k == 1 ? rows[i].hi : 0xbf))
				return 0;
		return rows[i].len;
	}
	return 0;
}

/* Characters of one byte that JSON wants escaped. */
static void json_escape(struct json *j, uint8_t c)
{
	static const char from[] = "\"\\\n\t\r\b\f", to[] = "\"\\ntrbf";
	const char *s = c ? strchr(from, c) : NULL;
	char text[8];

	if (s)
		snprintf(text, sizeof(text), "\\%c", to[s - from]);
	else
		snprintf(text, sizeof(text), "\\u%04x", c);
	json_puts(j, text);
}

static void json_base64(struct json *j, const uint8_t *p, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
				    "qrstuvwxyz0123456789+/";
	size_t i;

	for (i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		char q[4];

		if (i + 1 < n)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < n)
			v |= p[i + 2];
		q[0] = digit[v >> 18];
		q[1] = digit[v >> 12 & 63];
		q[2] = i + 1 < n ? digit[v >> 6 & 63] : '=';
		q[3] = i + 2 < n ? digit[v & 63] : '=';
		json_put(j, q, 4);
	}
}

void json_text(struct json *j, const char *key, const char *key_base64,
	       const void *p, size_t n)
{
	const uint8_t *s = p;
	bool is_bad = false;
	size_t i, k;

	json_key(j, key);
	json_puts(j, "\"");
	for (i = 0; i < n; i += k) {
		k = json_utf8_len(s + i, n - i);
		if (!k) {
			json_puts(j, "\xef\xbf\xbd");
			is_bad = true;
			k = 1;
		} else if (s[i] < 0x20 || s[i] == '"' || s[i] == '\\' ||
			   s[i] == 0x7f) {
			json_escape(j, s[i]);
		} else {
			json_put(j, (const char *)s + i, k);
		}
	}
	json_puts(j, "\"");
	if (!is_bad || !key_base64)
		return;
	json_key(j, key_base64);
	json_puts(j, "\"");
	json_base64(j, s, n);
	json_puts(j, "\"");
}

void json_str(struct json *j, const char *key, const char *s)
{
	if (s)
		json_text(j, key, NULL, s, strlen(s));
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	json_key(j, key);
	json_puts(j, text);
}

void json_i64(struct json *j, const char *key, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	json_key(j, key);
	json_puts(j, text);
}

void json_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_puts(j, v ? "true" : "false");
}

void json_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	json_put(j, &bracket, 1);
	j->has_item = false;
}

void json_close(struct json *j, char bracket)
{
	json_put(j, &bracket, 1);
	j->has_item = true;
}
