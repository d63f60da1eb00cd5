/* SPDX-License-Identifier: GPL-2.0-only */
/* A tree as program text that parses to the same tree (-p1). */
#include "build/lang/print.h"
#include "build/base/buf.h"

static void stmt(struct buf *b, const struct ast_stmt *s, int depth);

static void indent(struct buf *b, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_adds(b, "  ");
}

static void block(struct buf *b, const struct ast_stmt *s, int depth)
{
	buf_adds(b, "{\n");
	for (size_t i = 0; i < s->nbody; i++)
		stmt(b, s->body[i], depth + 1);
	indent(b, depth);
	buf_addc(b, '}');
}

/* A body in braces whether the source had them or not. */
static void body(struct buf *b, const struct ast_stmt *s, int depth)
{
	if (s->kind == ST_BLOCK) {
		block(b, s, depth);
		return;
	}
	buf_adds(b, "{\n");
	stmt(b, s, depth + 1);
	indent(b, depth);
	buf_addc(b, '}');
}

static void print_if(struct buf *b, const struct ast_stmt *s, int depth)
{
	for (;;) {
		buf_adds(b, "if (");
		lang_print_expr(b, s->e);
		buf_adds(b, ") ");
		body(b, s->then, depth);
		s = s->otherwise;
		if (!s)
			return;
		buf_adds(b, " else ");
		if (s->kind != ST_IF)
			break;
	}
	body(b, s, depth);
}

static void mark(struct buf *b, const struct ast_foreach *f, uint32_t by)
{
	if (f->sort && f->sort == by)
		buf_addc(b, f->desc ? '-' : '+');
}

static void print_foreach_array(struct buf *b, const struct ast_foreach *f)
{
	static const char *const by[] = {
		[TAPRT_SORT_COUNT] = " @count", [TAPRT_SORT_SUM] = " @sum",
		[TAPRT_SORT_MIN] = " @min",	[TAPRT_SORT_MAX] = " @max",
		[TAPRT_SORT_AVG] = " @avg",
	};

	if (f->hist) {
		lang_print_expr(b, f->hist);
		return;
	}
	buf_adds(b, f->array);
	if (f->slice)
		lang_print_keys(b, f->slice, f->nslice);
	if (!f->value)
		mark(b, f, TAPRT_SORT_VALUE);
	if (f->sort > TAPRT_SORT_VALUE) {
		buf_adds(b, by[f->sort]);
		mark(b, f, f->sort);
	}
}

static void print_foreach(struct buf *b, const struct ast_foreach *f)
{
	buf_adds(b, "foreach (");
	if (f->value) {
		buf_adds(b, f->value);
		if (!f->hist)
			mark(b, f, TAPRT_SORT_VALUE);
		buf_adds(b, " = ");
	}
	buf_adds(b, "[");
	for (size_t i = 0; i < f->nkeys; i++) {
		buf_printf(b, "%s%s", i ? ", " : "", f->keys[i]);
		mark(b, f, TAPRT_SORT_KEY + (uint32_t)i);
	}
	buf_adds(b, "] in ");
	print_foreach_array(b, f);
	if (f->limit) {
		buf_adds(b, " limit ");
		lang_print_expr(b, f->limit);
	}
	buf_adds(b, ") ");
}

static void opt(struct buf *b, const char *before, const struct ast_expr *e)
{
	buf_adds(b, before);
	if (e)
		lang_print_expr(b, e);
}

static void print_for(struct buf *b, const struct ast_stmt *s)
{
	opt(b, "for (", s->init);
	opt(b, "; ", s->e);
	opt(b, "; ", s->step);
	buf_adds(b, ") ");
}

static void print_try(struct buf *b, const struct ast_stmt *s, int depth)
{
	buf_adds(b, "try ");
	body(b, s->then, depth);
	buf_adds(b, " catch ");
	if (s->catch_name)
		buf_printf(b, "(%s) ", s->catch_name);
	body(b, s->otherwise, depth);
}

static void stmt(struct buf *b, const struct ast_stmt *s, int depth)
{
	static const char *const words[] = {
		[ST_EMPTY] = ";",
		[ST_BREAK] = "break;",
		[ST_CONTINUE] = "continue;",
		[ST_NEXT] = "next;",
	};

	indent(b, depth);
	switch (s->kind) {
	case ST_EXPR:
		lang_print_expr(b, s->e);
		buf_addc(b, ';');
		break;
	case ST_BLOCK:
		block(b, s, depth);
		break;
	case ST_IF:
		print_if(b, s, depth);
		break;
	case ST_WHILE:
		opt(b, "while (", s->e);
		buf_adds(b, ") ");
		body(b, s->then, depth);
		break;
	case ST_FOR:
		print_for(b, s);
		body(b, s->then, depth);
		break;
	case ST_FOREACH:
		print_foreach(b, s->foreach);
		body(b, s->then, depth);
		break;
	case ST_RETURN:
		opt(b, s->e ? "return " : "return", s->e);
		buf_addc(b, ';');
		break;
	case ST_DELETE:
		opt(b, "delete ", s->e);
		buf_addc(b, ';');
		break;
	case ST_TRY:
		print_try(b, s, depth);
		break;
	default:
		buf_adds(b, words[s->kind]);
		break;
	}
	buf_addc(b, '\n');
}

/* ---- declarations ----------------------------------------------------------- */

static const char *type_suffix(enum ty t)
{
	return t == TY_LONG ? ":long" : t == TY_STRING ? ":string" : "";
}

void lang_print_stmt(struct buf *b, const struct ast_stmt *s, int depth)
{
	stmt(b, s, depth);
}

static void print_global(struct buf *b, const struct sym *s)
{
	buf_printf(b, "%sglobal %s", s->is_private ? "private " : "", s->name);
	if (s->wrap)
		buf_addc(b, '%');
	if (s->max_entries)
		buf_printf(b, "[%lld]", (long long)s->max_entries);
	if (s->init && s->init->kind == EX_STRING) {
		buf_adds(b, " = ");
		lang_print_string(b, s->init->str);
	} else if (s->init) {
		buf_printf(b, " = %lld", (long long)s->init->num);
	}
	buf_addc(b, '\n');
}

static void print_func(struct buf *b, const struct ast_func *f)
{
	buf_printf(b, "\n%sfunction %s%s (", f->is_private ? "private " : "",
		   f->name, f->type_declared ? type_suffix(f->type) : "");
	for (size_t i = 0; i < f->nparams; i++) {
		const struct sym *s = f->params[i];

		buf_printf(b, "%s%s%s", i ? ", " : "", s->name,
			   s->type_at.src ? type_suffix(s->type) : "");
	}
	buf_adds(b, ")");
	if (f->priority)
		buf_printf(b, ":%d", f->priority);
	buf_addc(b, ' ');
	if (f->embedded)
		buf_printf(b, "%%{%s%%}", f->embedded);
	else
		body(b, f->body, 0);
	buf_addc(b, '\n');
}

void lang_print_point(struct buf *b, const struct ast_point *p)
{
	for (size_t i = 0; i < p->ncomp; i++) {
		const struct ast_comp *c = &p->comp[i];

		buf_printf(b, "%s%s", i ? "." : "", c->name);
		if (c->arg_kind == ARG_NUM) {
			buf_printf(b, "(%lld)", (long long)c->num);
		} else if (c->arg_kind == ARG_STR) {
			buf_addc(b, '(');
			lang_print_string(b, c->str);
			buf_addc(b, ')');
		}
	}
	if (p->optional)
		buf_addc(b, '?');
	if (p->sufficient)
		buf_addc(b, '!');
}

static void print_probe(struct buf *b, const struct ast_probe *p)
{
	buf_adds(b, "\nprobe ");
	for (size_t i = 0; i < p->nalias; i++) {
		lang_print_point(b, &p->alias[i]);
		buf_adds(b, p->epilogue && i + 1 == p->nalias ? " += " : " = ");
	}
	for (size_t i = 0; i < p->npoints; i++) {
		if (i)
			buf_adds(b, ",\n      ");
		lang_print_point(b, &p->points[i]);
		if (p->points[i].cond) {
			buf_adds(b, " if (");
			lang_print_expr(b, p->points[i].cond);
			buf_addc(b, ')');
		}
	}
	body(b, p->body, 0);
	if (p->body2) {
		buf_adds(b, ", ");
		body(b, p->body2, 0);
	}
	buf_addc(b, '\n');
}

void lang_print(struct buf *b, const struct ast_file *f)
{
	const char *name = f->src->name;

	buf_adds(b, "# parse tree dump\n# file ");
	for (; *name; name++)
		buf_addc(b, *name == '\n' ? '?' : *name);
	buf_addc(b, '\n');
	for (size_t i = 0; i < f->embedded.n; i++)
		buf_printf(b, "%%{%s%%}\n", f->embedded.v[i]->str);
	for (size_t i = 0; i < f->globals.n; i++)
		print_global(b, f->globals.v[i]->sym);
	for (size_t i = 0; i < f->aliases.n; i++)
		print_probe(b, f->aliases.v[i]);
	for (size_t i = 0; i < f->probes.n; i++)
		print_probe(b, f->probes.v[i]);
	for (size_t i = 0; i < f->funcs.n; i++)
		print_func(b, f->funcs.v[i]);
}
