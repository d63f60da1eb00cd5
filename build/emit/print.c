// SPDX-License-Identifier: GPL-2.0-only
/* print, printf and their string forms: one runtime call per piece. */
#include "build/emit/em.h"

#include "build/lang/lang.h"

#include <string.h>

/**
 * struct out - where the pieces of one print go
 * @sink: C expression, struct taprt_sink *
 * @lit: literal bytes not printed yet; neighbours join
 */
struct out {
	struct em *em;
	const char *sink;
	struct buf lit;
};

static void out_flush(struct out *o)
{
	struct buf lit = BUF_INIT;

	if (!o->lit.len)
		return;
	cw_literal(&lit, o->lit.p, o->lit.len);
	cw_line(&o->em->w, "taprt_put_lit(%s, %s, %zu);", o->sink, lit.p,
		o->lit.len);
	buf_deinit(&lit);
	buf_reset(&o->lit);
}

/* A string value: it ends at its first NUL. */
static void out_const(struct out *o, const char *str)
{
	struct buf b = BUF_INIT;
	size_t n;

	lang_unescape(&b, str);
	n = strlen(b.p);
	if (n > o->em->strsize - 1)
		n = o->em->strsize - 1;
	buf_add(&o->lit, b.p, n);
	buf_deinit(&b);
}

static void out_hist(struct out *o, struct ast_expr *e)
{
	struct em *em = o->em;
	const char *v;

	out_flush(o);
	v = em_stat_read(em, e->a);
	cw_line(&em->w, "taprt_put_hist(c, %s, %s, &globals[%d].hist);",
		o->sink, v, e->a->sym->index);
	em_check(em, &e->at);
}

/* print(), println(), printd(): a value as it is */
static void out_plain(struct out *o, struct ast_expr *e, struct val v)
{
	if (e->kind == EX_HIST) {
		out_hist(o, e);
	} else if (e->kind == EX_STRING) {
		out_const(o, e->str);
	} else {
		out_flush(o);
		cw_line(&o->em->w,
			e->type == TY_STRING
				? "taprt_put_str(%s, %s, 0, 0, -1);"
				: "taprt_put_dec(%s, %s);",
			o->sink, v.c);
	}
}

/* ---- formats -------------------------------------------------------------------- */

/* Width or precision: a number, or the next argument. */
static const char *fmt_size(struct out *o, int n, const struct val *v,
			    size_t *arg, int none)
{
	if (n == -2)
		return em_text(o->em, "(s32)%s", v[(*arg)++].c);
	return em_text(o->em, "%d", n < 0 ? none : n);
}

static unsigned int fmt_bytes(const struct fmt_piece *p)
{
	int n = p->prec > 0 ? p->prec : p->width;

	return n == 1 || n == 2 || n == 4 ? (unsigned int)n : 8;
}

static void fmt_memory(struct out *o, const struct fmt_piece *p,
		       const struct ast_expr *e, const char *addr,
		       const char *len)
{
	struct em *em = o->em;

	cw_line(&em->w, "taprt_put_mem(c, %s, %s, %s, %s, %s);", o->sink, addr,
		len, p->conv == 'M' ? "true" : "false",
		p->flags & TAPRT_F_ALT ? "true" : "false");
	em_check(em, &e->at);
}

static void fmt_conv(struct out *o, const struct fmt_piece *p,
		     struct ast_expr **args, const struct val *v, size_t *arg)
{
	struct em *em = o->em;
	const char *width = fmt_size(o, p->width, v, arg, 0);
	const char *prec = fmt_size(o, p->prec, v, arg,
				    p->conv == 'm' || p->conv == 'M' ? 1 : -1);
	struct ast_expr *e = args[*arg];
	const char *x = v[(*arg)++].c;
	bool plain = !p->flags && p->width == -1 && p->prec == -1;

	if (plain && p->conv == 's' && e->kind == EX_STRING) {
		out_const(o, e->str);
		return;
	}
	out_flush(o);
	switch (p->conv) {
	case 's':
		cw_line(&em->w, "taprt_put_str(%s, %s, %u, %s, %s);", o->sink,
			x, p->flags, width, prec);
		return;
	case 'c':
		cw_line(&em->w, "taprt_put_chr(%s, %s, %u, %s);", o->sink, x,
			p->flags, width);
		return;
	case 'b':
		cw_line(&em->w, "taprt_put_bin(%s, %s, %u);", o->sink, x,
			fmt_bytes(p));
		return;
	case 'm':
	case 'M':
		fmt_memory(o, p, e, x, prec);
		return;
	default:
		break;
	}
	if (plain && (p->conv == 'd' || p->conv == 'i'))
		cw_line(&em->w, "taprt_put_dec(%s, %s);", o->sink, x);
	else
		cw_line(&em->w, "taprt_put_num(%s, %s, '%c', %u, %s, %s);",
			o->sink, x, p->conv == 'i' ? 'd' : p->conv, p->flags,
			width, prec);
}

static void out_format(struct out *o, struct ast_expr *e, const struct val *v)
{
	size_t arg = 0;

	for (size_t i = 0; i < e->print->nfmt; i++) {
		const struct fmt_piece *p = &e->print->fmt[i];

		if (p->kind == FMT_LIT)
			lang_unescape(&o->lit, p->lit);
		else
			fmt_conv(o, p, e->args, v, &arg);
	}
}

/* ---- the expression --------------------------------------------------------------- */

static void out_values(struct out *o, struct ast_expr *e, const struct val *v)
{
	const struct ast_print *pr = e->print;
	bool delim = pr->kind == PR_PRINTD || pr->kind == PR_PRINTDLN;

	for (size_t i = 0; i < e->nargs; i++) {
		if (i && delim && pr->delim)
			out_const(o, pr->delim);
		out_plain(o, e->args[i], v[i]);
	}
	/* a table brings its own blank line */
	if (e->nargs == 1 && e->args[0]->kind == EX_HIST)
		return;
	if (pr->kind == PR_PRINTLN || pr->kind == PR_PRINTDLN)
		buf_addc(&o->lit, '\n');
}

/* All arguments are evaluated before the first byte is printed; a histogram is
 * merged when its turn comes, since the table is too large to keep. */
static struct val *print_args(struct em *em, struct ast_expr *e)
{
	struct val *v = arena_array(&em->arena, struct val, e->nargs + 1);
	struct ast_expr **list =
		arena_array(&em->arena, struct ast_expr *, e->nargs + 1);

	for (size_t i = 0; i < e->nargs; i++)
		list[i] = e->args[i]->kind == EX_HIST ? NULL : e->args[i];
	em_list(em, list, e->nargs, v, false);
	return v;
}

struct val em_print(struct em *em, struct ast_expr *e, const char *dst)
{
	struct out o = { em, "&c->out", BUF_INIT };
	struct val *v = print_args(em, e);
	unsigned int k = 0;

	if (e->print->to_string) {
		if (!dst)
			dst = em_string_slot(em);
		em->fn->needs_scope = true;
		k = em->fn->ntemp++;
		cw_line(&em->w, "struct taprt_sink k%u;", k);
		cw_line(&em->w, "taprt_sink_buf(&k%u, %s, STRSIZE);", k, dst);
		o.sink = em_text(em, "&k%u", k);
	}
	if (e->print->kind == PR_PRINTF)
		out_format(&o, e, v);
	else if (e->print->kind == PR_CHAR)
		cw_line(&em->w, "taprt_put_chr(%s, %s, 0, 0);", o.sink, v[0].c);
	else
		out_values(&o, e, v);
	out_flush(&o);
	buf_deinit(&o.lit);
	if (e->print->to_string) {
		cw_line(&em->w, "taprt_sink_end(&k%u);", k);
		return (struct val){ dst, true, true, false };
	}
	return (struct val){ "0LL", true, true, false };
}
