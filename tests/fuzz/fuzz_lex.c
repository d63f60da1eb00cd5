/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes: the tokens lie in the source, in its order, and end with T_EOF; what
 * the outline says is defined stands there.
 */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/lang/lang.h"
#include "build/lang/lex.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct lexed *lx)
{
	size_t at = 0;

	if (!lx->n || lx->tok[lx->n - 1].kind != T_EOF)
		abort();
	for (size_t i = 0; i < lx->n; i++) {
		const struct span *s = &lx->tok[i].at;

		if (s->src != lx->src)
			continue; /* out of a script argument */
		if (s->off < at || s->off > s->src->len ||
		    s->len > s->src->len - s->off)
			abort();
		at = s->off;
	}
}

static void found(void *arg, enum outline_kind kind, const char *name)
{
	const struct src *s = arg;

	if (kind > OUTLINE_ALIAS || !*name ||
	    !memmem(s->text, s->len, name, strlen(name)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *v[2] = { "5", "" };
	bool used[2];
	struct lang_args args = { v, 2, used };
	const uint8_t *nul = memchr(data, 0, size);
	struct arena a;
	struct diags d;
	struct src *src;

	arena_init(&a);
	diags_init(&d);
	/* Bytes before the first NUL are the second script argument. */
	if (nul) {
		v[1] = arena_strndup(&a, (const char *)data,
				     (size_t)(nul - data));
		size -= (size_t)(nul + 1 - data);
		data = nul + 1;
	}
	src = src_from_text(&a, "fuzz", (const char *)data, size);
	check(lang_lex(&a, src, &args, &d));
	lang_outline(src, found, src, &d);
	diags_deinit(&d);
	arena_deinit(&a);
	return 0;
}
