/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of build/lang share: parse a text, print it, keep messages. */
#ifndef TESTS_UNIT_LANG_FIX_H
#define TESTS_UNIT_LANG_FIX_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/lang/lang.h"
#include "build/lang/lex.h"
#include "tests/tap.h"

#include <string.h>

struct fix {
	struct arena a;
	struct diags d;
	struct buf out;
};

static inline void fix_init(struct fix *f)
{
	memset(f, 0, sizeof(*f));
	diags_init(&f->d);
	buf_init(&f->out);
}

static inline void fix_deinit(struct fix *f)
{
	diags_deinit(&f->d);
	buf_deinit(&f->out);
	arena_deinit(&f->a);
}

static inline struct lexed *fix_lex(struct fix *f, const char *text,
				    const struct lang_args *args)
{
	struct src *s = src_from_text(&f->a, "t.stp", text, strlen(text));

	return lang_lex(&f->a, s, args, &f->d);
}

/* The program printed, without the lines in front of it; or the first message. */
static inline const char *fix_parse(struct fix *f, const char *text,
				    const struct pp_env *env)
{
	struct ast_file *file;

	diags_deinit(&f->d);
	diags_init(&f->d);
	file = lang_parse(&f->a, fix_lex(f, text, NULL), env, &f->d);
	if (!file)
		return f->d.first;
	buf_reset(&f->out);
	lang_print(&f->out, file);
	text = f->out.p;
	while (!strncmp(text, "# ", 2) && strchr(text, '\n'))
		text = strchr(text, '\n') + 1;
	return text + (*text == '\n');
}

#endif
