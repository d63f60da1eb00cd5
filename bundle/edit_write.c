/* SPDX-License-Identifier: GPL-2.0-only */
/* A manifest with other values in its head: what expires is not built again. */
#include "bundle/write.h"
#include "build/base/buf.h"
#include "bundle/line.h"

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ID_HEX 64

/**
 * struct head - a manifest's text while it is copied
 * @out: the copy
 */
struct head {
	const char *text;
	size_t n;
	const struct bundle_edit *ed;
	struct buf *out;
};

/* These follow "created" in this order (bundle/FORMAT.md section 3). */
static const struct edit_key {
	const char *key;
	size_t field;
} keys[] = {
	{ "not-before", offsetof(struct bundle_edit, not_before) },
	{ "not-after", offsetof(struct bundle_edit, not_after) },
	{ "audience", offsetof(struct bundle_edit, audience) },
};

#define NKEYS (sizeof(keys) / sizeof(keys[0]))

static const char *edited(const struct head *h, size_t i)
{
	return *(const char *const *)(const void *)((const char *)h->ed +
						    keys[i].field);
}

static bool is_key(const char *line, size_t n, const char *key)
{
	size_t k = strlen(key);

	return n > k + 2 && !memcmp(line, key, k) && line[k] == ':';
}

static size_t line_len(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return (size_t)((nl ? nl + 1 : end) - p);
}

/* Length of the value of @key in the head, which ends at an empty line; or 0. */
static size_t find(const struct head *h, const char *key, const char **value)
{
	const char *p = h->text, *end = p + h->n;

	for (size_t n; p < end && *p != '\n'; p += n) {
		n = line_len(p, end);
		if (!is_key(p, n, key))
			continue;
		*value = p + strlen(key) + 2;
		return n - strlen(key) - 3;
	}
	return 0;
}

static void add_optional(struct head *h)
{
	for (size_t i = 0; i < NKEYS; i++) {
		const char *v = edited(h, i);
		size_t n = v ? strlen(v) : find(h, keys[i].key, &v);

		if (n)
			buf_printf(h->out, "%s: %.*s\n", keys[i].key, (int)n,
				   v);
	}
}

static bool is_optional(const char *line, size_t n)
{
	for (size_t i = 0; i < NKEYS; i++)
		if (is_key(line, n, keys[i].key))
			return true;
	return false;
}

static void copy_head(struct head *h)
{
	const char *p = h->text, *end = p + h->n;

	for (size_t n; p < end && *p != '\n'; p += n) {
		n = line_len(p, end);
		if (h->ed->version && is_key(p, n, "version"))
			buf_printf(h->out, "version: %s\n", h->ed->version);
		else if (!is_optional(p, n))
			buf_add(h->out, p, n);
		if (is_key(p, n, "created"))
			add_optional(h);
	}
	buf_add(h->out, p, (size_t)(end - p));
}

/* SHA-256 of a text with zeros for its bundle-id at @at. */
static void text_id(const char *text, size_t n, size_t at, char hex[ID_HEX + 1])
{
	struct buf copy = BUF_INIT;
	uint8_t sha[32];

	buf_add(&copy, text, n);
	memset(copy.p + at, '0', ID_HEX);
	crypto_hash_sha256(sha, (const uint8_t *)copy.p, copy.len);
	hex_text(sha, sizeof(sha), hex);
	buf_deinit(&copy);
}

void bundle_edit(const char *in, size_t n, const struct bundle_edit *ed,
		 struct buf *out)
{
	struct head h = { in, n, ed, out }, made;
	const char *was = NULL, *is = NULL;
	size_t from = out->len;
	char hex[ID_HEX + 1];

	copy_head(&h);
	made = (struct head){ out->p + from, out->len - from, ed, out };
	if (find(&h, "bundle-id", &was) != ID_HEX ||
	    find(&made, "bundle-id", &is) != ID_HEX)
		return;
	text_id(in, n, (size_t)(was - in), hex);
	if (memcmp(hex, was, ID_HEX) != 0)
		return;
	text_id(made.text, made.n, (size_t)(is - made.text), hex);
	memcpy(out->p + from + (is - made.text), hex, ID_HEX);
}
