// SPDX-License-Identifier: GPL-2.0-only
/* Signature lines before anything is known of them: what is accepted is one
 * text, and counts no key that did not sign. */
#include "bundle/base/err.h"
#include "bundle/sig.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const struct sig_line *l)
{
	if (l->key != -1)
		abort();
	if (l->is_known && l->role != SIG_BUILD && l->role != SIG_RELEASE)
		abort();
	if (l->signed_at > INT64_MAX)
		abort();
}

/* Nobody signed: a key that a line names makes it an altered bundle. */
static void verify(struct sig_set *s)
{
	static struct keyring k;
	uint8_t text[SIG_HEADER_MAX + 8] = { 0 };
	struct err e = { 0 };
	int r;

	k.nkeys = 0;
	for (unsigned int i = 0; i < s->n && i < 4; i++) {
		struct sig_key *key = &k.keys[k.nkeys++];

		memset(key, 0, sizeof(*key));
		memcpy(key->pk, s->line[i].sig, 32);
		memcpy(key->id, s->line[i].keyid, 32);
		key->roles = SIG_BUILD | SIG_RELEASE;
	}
	r = sig_verify(s, &k, text, 8, 1800000000, s->n % 3, s->n % 2, &e);
	if (!r || r != e.code || !e.text[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct err e = { 0 };
	struct sig_set s;
	size_t lines = 0;
	int r;

	memcpy(copy, data, size);
	r = sig_parse(&s, copy, size, &e);
	if (r && (r != e.code || !e.text[0]))
		abort();
	if (size && memcmp(copy, data, size) != 0)
		abort(); /* it is signed text of others: never modified */
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	if (!r && s.n != lines)
		abort();
	for (unsigned int i = 0; !r && i < s.n; i++)
		check_line(&s.line[i]);
	if (!r)
		verify(&s);
	free(copy);
	return 0;
}
