/* SPDX-License-Identifier: GPL-2.0-only */
/* Expressions as program text: every operand that is an operation in parentheses. */
#include "build/lang/print.h"
#include "build/base/buf.h"

#include <string.h>

/* Levels of features.md 1.6, as the parser sees them. */
enum {
	LEVEL_ANY = 1, /* assignment */
	LEVEL_COND,
	LEVEL_LOR,
	LEVEL_IN = 8,
	LEVEL_CMP,
	LEVEL_UNARY = 14,
	LEVEL_INCDEC,
	LEVEL_POSTFIX,
	LEVEL_PRIMARY,
};

static const struct {
	const char *text;
	int level;
} ops[] = {
	[OP_ADD] = { "+", 12 },
	[OP_SUB] = { "-", 12 },
	[OP_MUL] = { "*", 13 },
	[OP_DIV] = { "/", 13 },
	[OP_MOD] = { "%", 13 },
	[OP_AND] = { "&", 7 },
	[OP_OR] = { "|", 5 },
	[OP_XOR] = { "^", 6 },
	[OP_SHL] = { "<<", 10 },
	[OP_SHR] = { ">>", 10 },
	[OP_USHR] = { ">>>", 10 },
	[OP_LAND] = { "&&", 4 },
	[OP_LOR] = { "||", 3 },
	[OP_LT] = { "<", LEVEL_CMP },
	[OP_GT] = { ">", LEVEL_CMP },
	[OP_LE] = { "<=", LEVEL_CMP },
	[OP_GE] = { ">=", LEVEL_CMP },
	[OP_EQ] = { "==", LEVEL_CMP },
	[OP_NE] = { "!=", LEVEL_CMP },
	[OP_CONCAT] = { ".", 11 },
	[OP_NOT] = { "!", LEVEL_UNARY },
	[OP_COMPL] = { "~", LEVEL_UNARY },
	[OP_NEG] = { "-", LEVEL_UNARY },
	[OP_PLUS] = { "+", LEVEL_UNARY },
	[OP_SET] = { "", LEVEL_ANY },
	[OP_FEED] = { "<<<", LEVEL_ANY },
};

static void expr(struct buf *b, const struct ast_expr *e, int min);

static int level(const struct ast_expr *e)
{
	switch (e->kind) {
	case EX_ASSIGN:
		return LEVEL_ANY;
	case EX_COND:
		return LEVEL_COND;
	case EX_BINARY:
		return ops[e->op].level;
	case EX_IN:
		return LEVEL_IN;
	case EX_REGEX:
		return LEVEL_CMP;
	case EX_UNARY:
		return LEVEL_UNARY;
	case EX_INCDEC:
		return LEVEL_INCDEC;
	case EX_TARGET:
	case EX_ATCAST:
	case EX_AUTOCAST:
		return e->target->addressof ? LEVEL_UNARY : LEVEL_POSTFIX;
	case EX_HISTIDX:
		return LEVEL_POSTFIX;
	default:
		return LEVEL_PRIMARY;
	}
}

void lang_print_string(struct buf *b, const char *s)
{
	buf_addc(b, '"');
	for (; *s; s++) {
		if (*s == '"')
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
	buf_addc(b, '"');
}

static void list(struct buf *b, struct ast_expr *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_adds(b, ", ");
		if (v[i])
			expr(b, v[i], LEVEL_ANY);
		else
			buf_addc(b, '*');
	}
}

void lang_print_keys(struct buf *b, struct ast_expr *const *v, size_t n)
{
	buf_addc(b, '[');
	list(b, v, n);
	buf_addc(b, ']');
}

static void print_piece(struct buf *b, const struct fmt_piece *f)
{
	static const char flags[] = "-+ 0#";

	if (f->kind == FMT_LIT) {
		for (const char *s = f->lit; *s; s++) {
			if (*s == '"')
				buf_addc(b, '\\');
			buf_adds(b, *s == '%' ? "%%" : (char[]){ *s, 0 });
		}
		return;
	}
	buf_addc(b, '%');
	for (int i = 0; flags[i]; i++)
		if (f->flags & (1u << i))
			buf_addc(b, flags[i]);
	if (f->width == -2)
		buf_addc(b, '*');
	else if (f->width >= 0)
		buf_printf(b, "%d", f->width);
	if (f->prec == -2)
		buf_adds(b, ".*");
	else if (f->prec >= 0)
		buf_printf(b, ".%d", f->prec);
	buf_addc(b, f->conv);
}

static void print_print(struct buf *b, const struct ast_expr *e)
{
	const struct ast_print *pr = e->print;

	buf_printf(b, "%s(", lang_print_name(pr));
	if (pr->kind == PR_PRINTF) {
		buf_addc(b, '"');
		for (size_t i = 0; i < pr->nfmt; i++)
			print_piece(b, &pr->fmt[i]);
		buf_addc(b, '"');
	} else if (pr->delim) {
		lang_print_string(b, pr->delim);
	}
	if (e->nargs && (pr->kind == PR_PRINTF || pr->delim))
		buf_adds(b, ", ");
	list(b, e->args, e->nargs);
	buf_addc(b, ')');
}

static void print_module(struct buf *b, const struct ast_target *t)
{
	if (t->module) {
		buf_adds(b, ", ");
		lang_print_string(b, t->module);
	}
	buf_addc(b, ')');
}

/* Something that "->" or "[" binds to as a value of its own. */
static void print_operand(struct buf *b, const struct ast_expr *e)
{
	bool wrap = level(e) < LEVEL_POSTFIX || e->kind == EX_TARGET ||
		    e->kind == EX_ATCAST || e->kind == EX_AUTOCAST ||
		    e->kind == EX_NUMBER || e->kind == EX_STRING ||
		    e->kind == EX_HISTIDX || e->kind == EX_HIST;

	if (wrap)
		buf_addc(b, '(');
	expr(b, e, LEVEL_ANY);
	if (wrap)
		buf_addc(b, ')');
}

static void print_target(struct buf *b, const struct ast_expr *e)
{
	const struct ast_target *t = e->target;

	if (t->addressof)
		buf_addc(b, '&');
	if (e->kind == EX_ATCAST) {
		buf_adds(b, "@cast(");
		expr(b, t->operand, LEVEL_ANY);
		buf_adds(b, ", ");
		lang_print_string(b, t->cast_type);
		print_module(b, t);
	} else if (e->kind == EX_AUTOCAST) {
		print_operand(b, t->operand);
	} else if (t->is_atvar) {
		buf_adds(b, "@var(");
		lang_print_string(b, t->name);
		print_module(b, t);
	} else {
		buf_adds(b, t->name);
	}
	for (size_t i = 0; i < t->nsel; i++) {
		if (t->sel[i].member) {
			buf_printf(b, "->%s", t->sel[i].member);
		} else {
			buf_addc(b, '[');
			expr(b, t->sel[i].index, LEVEL_ANY);
			buf_addc(b, ']');
		}
	}
	for (unsigned int i = 0; i < t->pretty; i++)
		buf_addc(b, '$');
}

static void print_stat(struct buf *b, const struct ast_expr *e)
{
	static const char *const names[] = {
		[ST_COUNT] = "@count", [ST_SUM] = "@sum",
		[ST_MIN] = "@min",     [ST_MAX] = "@max",
		[ST_AVG] = "@avg",     [ST_VARIANCE] = "@variance",
	};

	if (e->kind == EX_STATOP) {
		buf_printf(b, "%s(", names[e->statop]);
		expr(b, e->a, LEVEL_ANY);
		if (e->num)
			buf_printf(b, ", %lld", (long long)e->num);
	} else {
		bool linear = e->hist.kind == TAPRT_HIST_LINEAR;

		buf_adds(b, linear ? "@hist_linear(" : "@hist_log(");
		expr(b, e->a, LEVEL_ANY);
		if (linear)
			buf_printf(b, ", %lld, %lld, %lld",
				   (long long)e->hist.lo, (long long)e->hist.hi,
				   (long long)e->hist.step);
	}
	buf_addc(b, ')');
}

static void print_in(struct buf *b, const struct ast_expr *e)
{
	if (e->nargs == 1 && e->args[0])
		expr(b, e->args[0], LEVEL_POSTFIX);
	else
		lang_print_keys(b, e->args, e->nargs);
	buf_adds(b, " in ");
	if (e->a)
		expr(b, e->a, LEVEL_PRIMARY);
	else
		buf_adds(b, e->name);
}

/*
 * Chains such as "a + b - c" are printed as written: parentheses there would
 * make a nest of them that the parser must refuse.
 */
static void print_left(struct buf *b, const struct ast_expr *e)
{
	bool chain = e->a->kind == EX_BINARY &&
		     ops[e->a->op].level == ops[e->op].level;

	expr(b, e->a, chain ? ops[e->op].level : LEVEL_POSTFIX);
}

static void print_call(struct buf *b, const char *name,
		       const struct ast_expr *e)
{
	buf_printf(b, "%s(", name);
	if (e->a)
		expr(b, e->a, LEVEL_ANY);
	list(b, e->args, e->nargs);
	buf_addc(b, ')');
}

/* What sema made; readable, but no program text. */
static void print_lowered(struct buf *b, const struct ast_expr *e)
{
	switch (e->kind) {
	case EX_ARG:
		buf_printf(b, "<argument %lld>", (long long)e->num);
		break;
	case EX_RETVAL:
		buf_adds(b, "<return value>");
		break;
	case EX_SAVED:
		buf_printf(b, "<saved %lld>", (long long)e->num);
		break;
	case EX_KNUM:
		buf_printf(b, "<kernel number %lld>", (long long)e->num);
		break;
	default:
		buf_printf(b, "<read %u of ", e->access.bytes);
		if (e->a)
			expr(b, e->a, LEVEL_ANY);
		buf_addc(b, '>');
		break;
	}
}

static void print_operator(struct buf *b, const struct ast_expr *e)
{
	const char *op = ops[e->op].text;

	switch (e->kind) {
	case EX_UNARY:
		buf_adds(b, op);
		expr(b, e->a, LEVEL_POSTFIX);
		break;
	case EX_BINARY:
		print_left(b, e);
		buf_printf(b, " %s ", op);
		expr(b, e->b, LEVEL_POSTFIX);
		break;
	case EX_COND:
		expr(b, e->a, LEVEL_POSTFIX);
		buf_adds(b, " ? ");
		expr(b, e->b, LEVEL_POSTFIX);
		buf_adds(b, " : ");
		expr(b, e->c,
		     e->c->kind == EX_COND ? LEVEL_COND : LEVEL_POSTFIX);
		break;
	case EX_ASSIGN:
		expr(b, e->a, LEVEL_POSTFIX);
		buf_printf(b, e->op == OP_FEED ? " %s " : " %s= ", op);
		expr(b, e->b, LEVEL_POSTFIX);
		break;
	case EX_INCDEC:
		op = e->op == OP_ADD ? "++" : "--";
		if (e->is_prefix)
			buf_adds(b, op);
		expr(b, e->a, LEVEL_POSTFIX);
		if (!e->is_prefix)
			buf_adds(b, op);
		break;
	default: /* EX_REGEX */
		expr(b, e->a, LEVEL_POSTFIX);
		buf_adds(b, e->is_not ? " !~ " : " =~ ");
		lang_print_string(b, e->str);
		break;
	}
}

static void print_bare(struct buf *b, const struct ast_expr *e)
{
	switch (e->kind) {
	case EX_NUMBER:
		/* unsigned, so that a wrapped literal is one token again */
		buf_printf(b, "%llu", (unsigned long long)e->num);
		break;
	case EX_STRING:
		lang_print_string(b, e->str);
		break;
	case EX_NAME:
		buf_adds(b, e->name);
		break;
	case EX_INDEX:
		buf_adds(b, e->name);
		lang_print_keys(b, e->args, e->nargs);
		break;
	case EX_CALL:
		if (e->embed) { /* was one before sema */
			buf_printf(b, "%%{%s%%}", e->str);
			break;
		}
		print_call(b, e->name, e);
		break;
	case EX_ATOP:
		print_call(b, e->name, e);
		break;
	case EX_ATENTRY:
		print_call(b, "@entry", e);
		break;
	case EX_DEFINED:
		print_call(b, "@defined", e);
		break;
	case EX_UNARY:
	case EX_BINARY:
	case EX_COND:
	case EX_ASSIGN:
	case EX_INCDEC:
	case EX_REGEX:
		print_operator(b, e);
		break;
	case EX_IN:
		print_in(b, e);
		break;
	case EX_PRINT:
		print_print(b, e);
		break;
	case EX_STATOP:
	case EX_HIST:
		print_stat(b, e);
		break;
	case EX_HISTIDX:
		expr(b, e->a, LEVEL_PRIMARY);
		buf_addc(b, '[');
		expr(b, e->b, LEVEL_ANY);
		buf_addc(b, ']');
		break;
	case EX_TARGET:
	case EX_ATCAST:
	case EX_AUTOCAST:
		print_target(b, e);
		break;
	case EX_EMBEDDED:
		buf_printf(b, "%%{%s%%}", e->str);
		break;
	default:
		print_lowered(b, e);
		break;
	}
}

static void expr(struct buf *b, const struct ast_expr *e, int min)
{
	bool wrap = level(e) < min;

	if (wrap)
		buf_addc(b, '(');
	print_bare(b, e);
	if (wrap)
		buf_addc(b, ')');
}

void lang_print_expr(struct buf *b, const struct ast_expr *e)
{
	expr(b, e, LEVEL_ANY);
}
