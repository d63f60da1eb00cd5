// SPDX-License-Identifier: GPL-2.0-only
/* Globals a script fills but never reads are shown when it ends. */
#include "build/elab/autoprint.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/elab/expand.h"
#include "build/elab/target.h"
#include "build/lang/lang.h"
#include "build/lang/since.h"

static void print_value(struct buf *b, enum ty t)
{
	buf_adds(b, t == TY_STRING ? "\\\"%#s\\\"" : "%#d");
}

/* "x[k1,k2]" as format and as arguments. */
static void print_keys(struct buf *b, const struct sym *g)
{
	int i;

	for (i = 0; i < g->arity; i++) {
		buf_adds(b, i ? "," : "[");
		print_value(b, g->keys[i]);
	}
	if (g->arity)
		buf_addc(b, ']');
}

static void key_names(struct buf *b, int n)
{
	int i;

	for (i = 0; i < n; i++)
		buf_printf(b, "%s__key%d", i ? ", " : "", i);
}

static void element(struct buf *b, const struct sym *g)
{
	buf_adds(b, g->name);
	if (g->arity) {
		buf_addc(b, '[');
		key_names(b, g->arity);
		buf_addc(b, ']');
	}
}

static void print_plain(struct buf *b, const struct sym *g)
{
	buf_printf(b, "printf(\"%s", g->name);
	print_keys(b, g);
	buf_addc(b, '=');
	if (g->arity || g->type == TY_STRING)
		print_value(b, g->type);
	else
		buf_adds(b, g->btf_type && g->btf_type != TGT_NO_TYPE ? "%#x"
								      : "%d");
	buf_adds(b, "\\n\", ");
	if (g->arity) {
		key_names(b, g->arity);
		buf_adds(b, ", ");
	}
	element(b, g);
	buf_addc(b, ')');
}

static void print_stat(struct buf *b, const struct sym *g)
{
	static const char *const op[] = { "count", "min", "max", "sum", "avg" };
	bool decimal = since_has(g->at.src, SINCE_DECIMAL_STATS);
	size_t i;

	buf_adds(b, "if (@count(");
	element(b, g);
	buf_printf(b, ")) printf(\"%s", g->name);
	print_keys(b, g);
	for (i = 0; i < 5; i++)
		buf_printf(b, " @%s=%%#%c", op[i], decimal ? 'd' : 'x');
	buf_adds(b, "\\n\"");
	if (g->arity)
		buf_adds(b, ", ");
	key_names(b, g->arity);
	for (i = 0; i < 5; i++) {
		buf_printf(b, ", @%s(", op[i]);
		element(b, g);
		buf_addc(b, ')');
	}
	buf_adds(b, ")");
	if (!g->arity)
		buf_printf(b, " else println(\"%s @count=0x0\")", g->name);
}

static void print_global(struct buf *b, const struct sym *g)
{
	buf_adds(b, "probe end { ");
	if (g->arity) {
		buf_adds(b, "foreach ([");
		key_names(b, g->arity);
		buf_printf(b, "] in %s-) ", g->name);
	}
	if (g->type == TY_STAT)
		print_stat(b, g);
	else
		print_plain(b, g);
	buf_adds(b, " }\n");
}

/* Probes for the globals of one file; were there any? */
static bool add_file(struct sema *sm, struct scope_file *user)
{
	struct scope_file *sf;
	struct buf b = BUF_INIT;
	struct ast_global **g;
	struct pp_env env = { 0 };
	bool any;

	vec_foreach(g, &user->ast->globals) {
		const struct sym *s = (*g)->sym;

		if (s->index >= 0 && s->is_written && !s->is_read)
			print_global(&b, s);
	}
	any = b.len > 0;
	if (any) {
		struct src *src;

		src = src_from_text(sm->a, "<automatic display>", b.p, b.len);
		src->is_library = true; /* nothing to warn about */
		sf = arena_new(sm->a, struct scope_file);
		sf->globals = user->globals; /* borrowed */
		sf->ast = lang_parse(sm->a, lang_lex(sm->a, src, NULL, sm->d),
				     &env, sm->d);
		if (sf->ast)
			expand_file(sm, sf);
	}
	buf_deinit(&b);
	return any;
}

bool autoprint_add(struct sema *sm)
{
	bool any = false;
	size_t i;

	for (i = 0; i < sm->nuser; i++)
		any |= add_file(sm, sm->files.v[i]);
	return any;
}
