/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes: the tokens lie in the source, in its order, and end with T_EOF. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *v[2] = { "5", "" };
	bool used[2];
	struct lang_args args = { v, 2, used };
	const uint8_t *nul = memchr(data, 0, size);
	struct arena a;
	struct diags d;

	arena_init(&a);
	diags_init(&d);
	/* Bytes before the first NUL are the second script argument. */
	if (nul) {
		v[1] = arena_strndup(&a, (const char *)data,
				     (size_t)(nul - data));
		size -= (size_t)(nul + 1 - data);
		data = nul + 1;
	}
	check(lang_lex(&a, src_from_text(&a, "fuzz", (const char *)data, size),
		       &args, &d));
	diags_deinit(&d);
	arena_deinit(&a);
	return 0;
}
