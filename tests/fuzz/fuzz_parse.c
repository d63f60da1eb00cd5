/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes: no crash, and what parses prints a program that prints the same. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/lang/lang.h"
#include "build/lang/since.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *config(void *arg, const char *name)
{
	return strlen(name) % 2 ? "y" : arg;
}

/* --compatible, by the length of the input: every eighth is of old */
static uint32_t version;

static struct ast_file *parse(struct arena *a, const char *p, size_t n,
			      const struct lang_args *args, struct diags *d)
{
	static const struct pp_target target = { .kernel_vr = "6.1.0-1-amd64",
						 .arch = "x86_64",
						 .config = config };
	struct pp_env env = { .target = &target, .guru = true };
	struct src *s = src_from_text(a, "fuzz", p, n);

	s->version = version;
	return lang_parse(a, lang_lex(a, s, args, d), &env, d);
}

static void must(int cond, const struct buf *x, const struct buf *y)
{
	if (cond)
		return;
	fwrite(x->p, 1, x->len, stderr);
	fputs("\n---\n", stderr);
	fwrite(y->p, 1, y->len, stderr);
	abort();
}

static void check_print(struct arena *a, const struct ast_file *f)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	struct ast_file *again;
	struct diags d;

	diags_init(&d);
	lang_print(&x, f);
	again = parse(a, x.p, x.len, NULL, &d);
	/* Braces that the printer adds may exceed the depth. */
	if (again || !strstr(d.text.p, "[TOO_DEEP]")) {
		must(again != NULL, &x, &d.text);
		lang_print(&y, again);
		must(!strcmp(x.p, y.p), &x, &y);
	}
	diags_deinit(&d);
	buf_deinit(&x);
	buf_deinit(&y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	const char *v[2] = { "5", "" };
	struct lang_args args = { v, 2, NULL };
	const uint8_t *nul = memchr(data, 0, size);
	struct ast_file *f;
	struct diags d;

	/* Bytes before the first NUL are the second script argument. */
	if (nul) {
		v[1] = arena_strndup(&a, (const char *)data,
				     (size_t)(nul - data));
		size -= (size_t)(nul + 1 - data);
		data = nul + 1;
	}
	version = size % 8 == 7 ? since_version("1.2") : 0;
	diags_init(&d);
	f = parse(&a, (const char *)data, size, &args, &d);
	if (f)
		check_print(&a, f);
	diags_deinit(&d);
	arena_deinit(&a);
	return 0;
}
