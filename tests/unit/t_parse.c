/* SPDX-License-Identifier: GPL-2.0-only */
/* Trees: fields that printing does not show, spans, clones, limits. */
#include "tests/unit/lang_fix.h"
#include "build/base/intern.h"

static const struct pp_env env;

static struct ast_file *parse(struct fix *f, const char *text)
{
	return lang_parse(&f->a, fix_lex(f, text, NULL), &env, &f->d);
}

static void test_globals(struct fix *f)
{
	struct ast_file *t =
		parse(f, "global a, b%[7], c = -1\nprivate d = \"x\"");
	struct sym *s;

	if (!ok(t && t->globals.n == 4, "four globals"))
		return;
	s = t->globals.v[0]->sym;
	ok(s->kind == SYM_GLOBAL && s->name == intern("a") && s->arity == -1,
	   "a: arity not known");
	s = t->globals.v[1]->sym;
	ok(s->wrap && s->max_entries == 7, "b: wrapping array of 7");
	s = t->globals.v[2]->sym;
	ok(s->arity == 0 && s->init->kind == EX_NUMBER && s->init->num == -1 &&
		   s->init->type == TY_LONG,
	   "c: scalar -1");
	s = t->globals.v[3]->sym;
	ok(s->is_private && s->init->type == TY_STRING, "d: private string");
	ok(s->at.off == 32 && s->at.len == 1, "d: place %u+%u", s->at.off,
	   s->at.len);
}

static void test_function(struct fix *f)
{
	struct ast_file *t =
		parse(f, "function f:string (a:long, b):5 { return \"\" }");
	struct ast_func *fn;

	if (!ok(t && t->funcs.n == 1, "one function"))
		return;
	fn = t->funcs.v[0];
	ok(fn->type == TY_STRING && fn->type_declared && fn->priority == 5 &&
		   fn->nparams == 2,
	   "its declaration");
	ok(fn->params[0]->kind == SYM_PARAM && fn->params[0]->type == TY_LONG &&
		   fn->params[0]->type_at.src &&
		   fn->params[1]->type == TY_UNKNOWN &&
		   fn->params[1]->index == 1,
	   "its parameters");
	ok(fn->body->kind == ST_BLOCK && fn->body->nbody == 1 &&
		   fn->body->body[0]->kind == ST_RETURN,
	   "its body");
}

static struct ast_expr *expr(struct fix *f, const char *text)
{
	struct ast_file *t =
		parse(f, arena_printf(&f->a, "probe p { %s }", text));

	return t ? t->probes.v[0]->body->body[0]->e : NULL;
}

static void test_exprs(struct fix *f)
{
	struct ast_expr *e = expr(f, "a[b, c] += 2 * $x->y[1]$$");

	ok(e && e->kind == EX_ASSIGN && e->op == OP_ADD &&
		   e->a->kind == EX_INDEX && e->a->nargs == 2 &&
		   e->b->op == OP_MUL,
	   "compound assignment");
	e = e->b->b;
	ok(e->kind == EX_TARGET && e->target->nsel == 2 &&
		   e->target->pretty == 2 && e->target->name == intern("$x") &&
		   e->target->sel[0].member == intern("y") &&
		   e->target->sel[1].index->num == 1,
	   "target variable");
	e = expr(f, "s <<< 1");
	ok(e->kind == EX_ASSIGN && e->op == OP_FEED, "feed");
	e = expr(f, "--x");
	ok(e->kind == EX_INCDEC && e->op == OP_SUB && e->is_prefix, "prefix");
	e = expr(f, "[a, *] in b");
	ok(e->kind == EX_IN && e->nargs == 2 && e->args[0] && !e->args[1] &&
		   e->name == intern("b"),
	   "in");
	e = expr(f, "@hist_linear(s, -1, 9, 2)[3]");
	ok(e->kind == EX_HISTIDX && e->a->kind == EX_HIST &&
		   e->a->hist.kind == TAPRT_HIST_LINEAR &&
		   e->a->hist.lo == -1 && e->a->hist.hi == 9 &&
		   e->a->hist.step == 2,
	   "histogram");
	e = expr(f, "@variance(s, 4)");
	ok(e->kind == EX_STATOP && e->statop == ST_VARIANCE && e->num == 4,
	   "variance");
	e = expr(f, "&@cast(p, \"t\", \"m\")->x");
	ok(e->kind == EX_ATCAST && e->target->addressof &&
		   !strcmp(e->target->cast_type, "t") &&
		   !strcmp(e->target->module, "m") &&
		   e->target->operand->kind == EX_NAME,
	   "cast");
	e = expr(f, "aa + bb");
	ok(e->at.off == 13 && e->at.len == 1, "an operator's place is itself");
	e = expr(f, "a !~ \"x\" \"y\"");
	ok(e->kind == EX_REGEX && e->is_not && !strcmp(e->str, "xy"), "regex");
}

static void test_format(struct fix *f)
{
	struct ast_expr *e = expr(f, "printf(\"a%%%-5.3s\\n%0*d%#lx%.*s\", 1)");
	struct fmt_piece *p;

	if (!ok(e && e->print->nfmt == 6, "six pieces"))
		return;
	p = e->print->fmt;
	ok(p[0].kind == FMT_LIT && !strcmp(p[0].lit, "a%"), "literal");
	ok(p[1].conv == 's' && p[1].flags == TAPRT_F_MINUS && p[1].width == 5 &&
		   p[1].prec == 3,
	   "%%-5.3s");
	ok(!strcmp(p[2].lit, "\\n"), "escape stays");
	ok(p[3].conv == 'd' && p[3].flags == TAPRT_F_ZERO && p[3].width == -2 &&
		   p[3].prec == -1,
	   "%%0*d");
	ok(p[4].conv == 'x' && p[4].flags == TAPRT_F_ALT && p[4].width == -1,
	   "%%#lx");
	ok(p[5].prec == -2, "%%.*s");
	ok(lang_fmt_nargs(e->print) == 6, "arguments with stars");
	ok(!strcmp(lang_print_name(e->print), "printf"), "name");
}

static void test_foreach(struct fix *f)
{
	struct ast_file *t = parse(
		f, "probe p { foreach (v = [a, b-] in A[*, 1] limit 3) ; }");
	struct ast_foreach *fe;

	if (!ok(t != NULL, "foreach"))
		return;
	fe = t->probes.v[0]->body->body[0]->foreach;
	ok(fe->nkeys == 2 && fe->key_syms && !strcmp(fe->value, "v") &&
		   fe->sort == TAPRT_SORT_KEY + 1 && fe->desc &&
		   fe->nslice == 2 && !fe->slice[0] && fe->slice[1] &&
		   fe->limit->num == 3 && fe->array_at.off == 34,
	   "its parts");
}

static void test_points(struct fix *f)
{
	struct ast_file *t =
		parse(f, "probe a.{b, c(3)?}, d(\"x\")! if (g) {}");
	struct ast_point *p;

	if (!ok(t && t->probes.v[0]->npoints == 3, "braces give points"))
		return;
	p = t->probes.v[0]->points;
	ok(p[0].ncomp == 2 && !p[0].optional &&
		   p[0].comp[1].name == intern("b"),
	   "a.b");
	ok(p[1].optional && p[1].comp[1].arg_kind == ARG_NUM &&
		   p[1].comp[1].num == 3 && p[0].comp != p[1].comp,
	   "a.c(3)?");
	ok(p[2].sufficient && p[2].cond && p[2].comp[0].arg_kind == ARG_STR,
	   "d(\"x\")!");
	t = parse(f, "probe {a, b} if (x) {}");
	ok(t->probes.v[0]->points[0].cond != t->probes.v[0]->points[1].cond,
	   "each point has its own condition");
}

static void test_clone(struct fix *f)
{
	static const char text[] =
		"probe p { foreach (v = [a] in A[1] limit f(2)) { try { x = "
		"$y->z[i] } catch (m) { printf(\"%d\", @count(s)) } } "
		"for (i = 0; i < 3; i++) delete B[*, 2] }";
	struct ast_file *t = parse(f, text);
	struct ast_stmt *body = t->probes.v[0]->body, *copy;
	struct buf b = BUF_INIT;

	lang_print(&b, t);
	copy = lang_clone_stmt(&f->a, body);
	t->probes.v[0]->body = copy;
	buf_reset(&f->out);
	lang_print(&f->out, t);
	ok(!strcmp(b.p, f->out.p), "a copy prints the same");
	copy->body[0]->foreach->limit->args[0]->num = 77;
	copy->body[0]->then->body[0]->then->body[0]->e->b->target->name = "$q";
	t->probes.v[0]->body = body;
	buf_reset(&f->out);
	lang_print(&f->out, t);
	ok(!strcmp(b.p, f->out.p), "and shares nothing with the original");
	buf_deinit(&b);
}

static void test_limits(struct fix *f)
{
	struct buf b = BUF_INIT;

	for (int i = 0; i < 20; i++)
		buf_adds(&b, i ? ".{a, b}" : "probe {a, b}");
	buf_adds(&b, " {}");
	ok(!parse(f, b.p), "a million points are refused");
	buf_reset(&b);
	for (int i = 0; i < 5000; i++)
		buf_adds(&b, i ? "else if (x) y " : "probe p { if (x) y ");
	buf_adds(&b, "}");
	ok(!parse(f, b.p), "five thousand else-ifs are refused");
	buf_reset(&b);
	buf_adds(&b, "probe p { x = $y");
	for (int i = 0; i < 5000; i++)
		buf_adds(&b, "->z");
	buf_adds(&b, " }");
	ok(!parse(f, b.p), "five thousand members are refused");
	ok(!parse(f, "global") && !parse(f, "probe") &&
		   !parse(f, "function f(") && parse(f, "") && parse(f, ";"),
	   "ends of file");
	buf_deinit(&b);
}

int main(void)
{
	struct fix f;

	fix_init(&f);
	test_globals(&f);
	test_function(&f);
	test_exprs(&f);
	test_format(&f);
	test_foreach(&f);
	test_points(&f);
	test_clone(&f);
	test_limits(&f);
	fix_deinit(&f);
	return tap_done();
}
