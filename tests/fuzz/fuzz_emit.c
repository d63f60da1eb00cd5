/* SPDX-License-Identifier: GPL-2.0-only */
/* What passes the type pass gives C whose brackets and quotes are in order. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/emit/embed.h"
#include "build/emit/emit.h"
#include "build/lang/lang.h"
#include "build/sema/sema.h"
#include "build/session.h"
#include "tests/unit/kit_fix.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The byte after a literal that begins at @p, or NULL: it does not end. */
static const char *skip_literal(const char *p)
{
	char quote = *p++;

	for (; *p && *p != quote; p++) {
		if (*p == '\n' || (*p == '\\' && !*++p))
			return NULL;
	}
	return *p ? p + 1 : NULL;
}

static void check_c(const char *p)
{
	char open[4096];
	size_t n = 0;

	while (*p) {
		if (*p == '"' || *p == '\'') {
			p = skip_literal(p);
			if (!p)
				abort();
			continue;
		}
		if (p[0] == '/' && p[1] == '*') {
			p = strstr(p, "*/");
			if (!p)
				abort();
			p += 2;
			continue;
		}
		if (strchr("([{", *p)) {
			if (n == sizeof(open))
				return; /* deeper than this is not checked */
			open[n++] = *p == '(' ? ')' : *p == '[' ? ']' : '}';
		} else if (strchr(")]}", *p)) {
			if (!n || open[--n] != *p)
				abort();
		}
		p++;
	}
	if (n)
		abort();
}

/* The script's C, and the input once more as what a compiler says about it. */
static void embed(struct arena *a, struct session *s, struct src *src,
		  const struct program *p)
{
	struct embed_unit u;
	struct diags d;

	diags_init(&d);
	embed_unit_init(&u);
	emit_embedded(p, s, a, &u);
	embed_report(&u, src->text, "1", true, &d);
	embed_report(&u, "fuzz:1:1: error: x\nfuzz:2:9: warning: y\n", "1",
		     true, &d);
	embed_report_symbol(p, "x", "1", &d);
	if (!d.nerrors)
		abort();
	embed_unit_deinit(&u);
	diags_deinit(&d);
}

static void emit(struct arena *a, struct session *s, struct src *src,
		 struct kit *kit)
{
	struct pp_env env = { .guru = true };
	struct sema_in in = { .s = s, .kit = kit, .env = &env };
	struct buf out = BUF_INIT;
	struct program *p = NULL;
	struct diags d;

	diags_init(&d);
	in.user = lang_parse(a, lang_lex(a, src, NULL, &d), &env, &d);
	if (in.user)
		p = sema_run(&in, a, &d);
	if (p) {
		bool good = emit_program(p, s, &out, &d) == 0;

		if (good != !d.nerrors)
			abort();
		if (good)
			embed(a, s, src, p);
		if (good)
			check_c(out.p);
	}
	buf_deinit(&out);
	diags_deinit(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit kit;
	struct session s = { .guru = true };
	struct arena a;

	if (!kit.data)
		kit_make(&kit, 0);
	arena_init(&a);
	s.perm = &a;
	limits_init(&s.limits);
	emit(&a, &s, src_from_text(&a, "fuzz", (const char *)data, size), &kit);
	arena_deinit(&a);
	return 0;
}
