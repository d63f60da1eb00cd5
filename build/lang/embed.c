// SPDX-License-Identifier: GPL-2.0-only
/* Comments in embedded C that speak to us. */
#include "build/lang/lang.h"
#include "build/base/arena.h"
#include "build/base/intern.h"
#include "build/lang/tok.h"

#include <ctype.h>
#include <string.h>

static const char *const words[] = {
#define EMBED(name, text) text,
#include "build/lang/embed.def"
#undef EMBED
};

#define NWORDS (sizeof(words) / sizeof(*words))

_Static_assert(NWORDS <= 32, "flags are a u32");

const char *embed_flag_text(uint32_t flag)
{
	return words[__builtin_ctz(flag)];
}

/* "pragma:read:NAME", "pragma:write:NAME" */
static void add_use(struct arena *a, struct embed *em, const char *p, size_t n)
{
	static const char *const key[] = { "pragma:read:", "pragma:write:" };

	for (int w = 0; w < 2; w++) {
		size_t k = strlen(key[w]);
		struct embed_use u = { .at = em->at, .is_write = w };

		if (n <= k || memcmp(p, key[w], k))
			continue;
		u.name = intern_n(p + k, n - k);
		/* behind the "%{" that the text does not have */
		if (em->is_whole) {
			u.at.off += 2 + (uint32_t)(p + k - em->text);
			u.at.len = (uint32_t)(n - k);
		}
		vec_apush(a, &em->uses, u);
	}
}

static void read_comment(struct arena *a, struct embed *em, const char *p,
			 size_t n)
{
	while (n && isspace((unsigned char)*p))
		p++, n--;
	while (n && isspace((unsigned char)p[n - 1]))
		n--;
	for (size_t i = 0; i < NWORDS; i++)
		if (strlen(words[i]) == n && !memcmp(words[i], p, n))
			em->flags |= 1u << i;
	add_use(a, em, p, n);
}

struct embed *embed_new(struct arena *a, const struct tok *t)
{
	struct embed *em = arena_new(a, struct embed);
	const char *p = t->text, *end;

	em->at = t->at;
	em->text = t->text;
	em->is_whole = t->at.src && t->at.len == strlen(t->text) + 4;
	while ((p = strstr(p, "/*")) && (end = strstr(p + 2, "*/"))) {
		read_comment(a, em, p + 2, (size_t)(end - p - 2));
		p = end + 2;
	}
	return em;
}
