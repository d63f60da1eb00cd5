/* SPDX-License-Identifier: GPL-2.0-only */
/* Tokens: kinds, places, script arguments, escapes. */
#include "tests/unit/lang_fix.h"
#include "build/base/intern.h"

/* Kinds and texts of all tokens, blank between, glued ones marked with '. */
static const char *shape(struct fix *f, const char *text,
			 const struct lang_args *args)
{
	struct lexed *lx = fix_lex(f, text, args);

	buf_reset(&f->out);
	for (size_t i = 0; i + 1 < lx->n; i++) {
		const struct tok *t = &lx->tok[i];

		if (i)
			buf_addc(&f->out, t->glued ? '\'' : ' ');
		if (t->kind == T_NUMBER)
			buf_printf(&f->out, "%lld", (long long)t->num);
		else if (t->kind == T_STRING)
			buf_printf(&f->out, "<%s>", t->text);
		else if (t->kind == T_EMBEDDED)
			buf_printf(&f->out, "{%s}", t->text);
		else if (t->kind == T_JUNK)
			buf_printf(&f->out, "!%s", diag_tag_name(t->junk));
		else
			buf_adds(&f->out,
				 t->text ? t->text : tok_kind_name(t->kind));
	}
	return f->out.p;
}

static const struct {
	const char *text, *want;
} rows[] = {
	{ "", "" },
	{ " \t\r\n\f\v", "" },
	{ "a b", "a b" },
	{ "a+b", "a'+'b" },
	{ "a<<<b >>>c", "a'<<<'b >>>'c" },
	{ "a<<=b>>=c", "a'<<='b'>>='c" },
	{ "a->b", "a'->'b" },
	{ "a--->b", "a'--'->'b" },
	{ "%( %? %: %) %", "%( %? %: %) %" },
	{ "a.*b", "a'.'*'b" },
	{ "**", "*'*" },
	{ "$x $$y x$z $", "$x $$y x$z $" },
	{ "@foo @_b1", "@foo @_b1" },
	{ "@", "!BAD_CHAR" },
	{ "0 10 0x1F 017 9223372036854775808",
	  "0 10 31 15 -9223372036854775808" },
	{ "18446744073709551615 18446744073709551616", "-1 !BAD_NUMBER" },
	{ "08 0x 1z 1_a", "!BAD_NUMBER !BAD_NUMBER !BAD_NUMBER 1'_a" },
	{ "\"a\" \"\"", "<a> <>" },
	{ "\"a\\n\\\"q\\z\"", "<a\\n\"qz>" },
	{ "\"\\x41 \\x \"", "!BAD_ESCAPE" },
	{ "\"abc\nx", "!OPEN_STRING x" },
	{ "\"abc\\", "!OPEN_STRING" },
	{ "# c\na // d\nb /* e */ c /* f", "a b c" },
	{ "/**/a/**/b", "a b" },
	{ "%{ a }% b %} c", "{ a }% b } c" },
	{ "%{ a", "!OPEN_EMBEDDED" },
	{ "probe global limitx limit", "probe global limitx limit" },
	{ "\x01 \xff", "!BAD_CHAR !BAD_CHAR" },
	{ "$1 @2 $# @#", "!ARG_RANGE !ARG_RANGE 0 <0>" },
};

static void test_rows(struct fix *f)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *got = shape(f, rows[i].text, NULL);

		ok(!strcmp(got, rows[i].want), "row %zu: '%s'", i, got);
	}
}

static void test_args(struct fix *f)
{
	static const char *const v[] = { "5", "foo.bar", "a\"b\\c\n", "$1",
					 "",  "\"open",	 "0x",	      "*" };
	bool used[8] = { false };
	struct lang_args args = { v, 8, used };
	static const struct {
		const char *text, *want;
	} t[] = {
		{ "$1", "5" },
		{ "$1abc", "!BAD_NUMBER" },
		{ "$1 abc", "5 abc" },
		{ "$1+$1", "5'+'5" },
		{ "$2.baz", "foo'.'bar'.'baz" },
		{ "$2baz(", "foo'.'barbaz'(" },
		{ "@3", "<a\"b\\\\c\\n>" },
		{ "$4", "!ARG_NESTED" },
		{ "x $5 y", "x y" },
		{ "$6 1\" z", "<open 1> z" },
		{ "$7ff;", "255';" },
		{ "vfs.$8$8x", "vfs'.'*'*'x" },
		{ "$# @# $0 $9 @9 $1000", "8 <8> !ARG_RANGE !ARG_RANGE "
					  "!ARG_RANGE !ARG_RANGE" },
		{ "$99999999999999999999", "!ARG_RANGE" },
		{ "x$1 \"$1\" # $1", "x$1 <$1>" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		const char *got = shape(f, t[i].text, &args);

		ok(!strcmp(got, t[i].want), "argument row %zu: '%s'", i, got);
	}
	ok(used[0] && used[7], "used arguments are noted");
	memset(used, 0, sizeof(used));
	shape(f, "$2", &args);
	ok(!used[0] && used[1], "unused ones are not");
}

static void test_long_glue(struct fix *f)
{
	static const char *const v[] = { "x" };
	struct lang_args args = { v, 1, NULL };
	char text[1000] = "$1";
	struct lexed *lx;

	memset(text + 2, 'y', 900);
	lx = fix_lex(f, text, &args);
	ok(lx->n == 2 && strlen(lx->tok[0].text) == 901,
	   "an argument goes on for 900 bytes");
	ok(lx->tok[0].at.off == 0 && lx->tok[0].at.len == 902, "its place");
}

static void test_places(struct fix *f)
{
	struct lexed *lx = fix_lex(f, "ab  \"c\"\n%{x%}", NULL);

	ok(lx->n == 4, "three tokens and the end");
	ok(lx->tok[0].at.off == 0 && lx->tok[0].at.len == 2, "identifier");
	ok(lx->tok[1].at.off == 4 && lx->tok[1].at.len == 3, "string");
	ok(lx->tok[2].at.off == 8 && lx->tok[2].at.len == 5, "embedded");
	ok(lx->tok[3].kind == T_EOF && lx->tok[3].at.off == 13, "end");
	ok(lx->tok[0].text == intern("ab"), "names are interned");
	ok(!lx->has_pp && fix_lex(f, "%( 1", NULL)->has_pp &&
		   fix_lex(f, "@m", NULL)->has_pp &&
		   !fix_lex(f, "@count(a)", NULL)->has_pp,
	   "has_pp tells who needs the preprocessor");
}

static void test_nul(struct fix *f)
{
	struct src *s = src_from_text(&f->a, "t", "a \0 \"x\0y\" b", 12);
	struct lexed *lx = lang_lex(&f->a, s, NULL, &f->d);

	ok(lx->tok[1].kind == T_JUNK && lx->tok[2].kind == T_JUNK,
	   "NUL bytes are junk, in strings too");
}

static void test_escapes(struct fix *f)
{
	struct buf *b = &f->out;

	buf_reset(b);
	lang_unescape(b, "a\\n\\t\\\\\"\\x41\\101\\0z");
	ok(b->len == 9 && !memcmp(b->p, "a\n\t\\\"AA\0z", 9), "unescape");
	buf_reset(b);
	lang_c_string(b, "a\"\\n\\x1z\\x41?\xc3");
	ok(!strcmp(b->p, "\"a\\\"\\n\\001zA\\077\\303\""), "C string: %s",
	   b->p);
	buf_reset(b);
	lang_escape(b, "a\"\n\\\x01", 5);
	ok(!strcmp(b->p, "a\"\\n\\\\\\001"), "escape: %s", b->p);
}

static void found(void *arg, enum outline_kind kind, const char *name)
{
	buf_printf(arg, "%c:%s ", "fga"[kind], name);
}

/* What is defined at the top, and nothing that only looks like it. */
static void test_outline(struct fix *f)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{ "", "" },
		{ "function f(a) { return a } private function g:long () %{ }; { %}",
		  "f:f f:g " },
		{ "global a, b[10], c% d = 5 global e = \"x\"",
		  "g:a g:b g:c g:e " },
		{ "probe a.b(\"x\") = c.d { x = 1 } probe e = f = g, h {}",
		  "a:a a:e a:f " },
		{ "probe x += y { }", "a:x " },
		{ "probe begin { probe = 1 { global z } } function h() {}",
		  "f:h " },
		{ "probe p { s = \"}\\\"{\" # } function no() {}\n"
		  "// } global no\n/* } function no() */ x[1] = %{ } ) ] %} }\n"
		  "function yes() {}",
		  "f:yes " },
		{ "%( kernel_v > \"3)\" %? probe a = x {} %: function b() {} %)\n"
		  "function c() { %( 1 == 1 %? x() %) }",
		  "a:a f:b f:c " },
		{ "function f() { a = b / c; d = \"(\"\n} function g() {}",
		  "f:f f:g " },
		{ "function f() { \"not closed\n} function g() {} /* cut",
		  "f:f f:g " },
		{ "function f() { {", "f:f " },
		{ "function f() %{ cut", "f:f " },
		{ "} ) ] function f() {}", "f:f " },
		{ "global a = %( $# >= 1 %? @1 %: \"\" %)\nglobal b = $1, c",
		  "g:a g:b g:c " },
		{ "global a = %( 1 == 1 %? 1 %: 2 %), b %( 1 == 1 %? , c %)",
		  "g:a g:b g:c " },
		{ "function f() { x = $# { y = @# } } function g() {}",
		  "f:f f:g " },
		{ "function function probe global", "" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		buf_reset(&f->out);
		lang_outline(src_from_text(&f->a, "t.stp", t[i].text,
					   strlen(t[i].text)),
			     found, &f->out, &f->d);
		ok(!strcmp(f->out.len ? f->out.p : "", t[i].want),
		   "outline %zu: '%s'", i, f->out.len ? f->out.p : "");
	}
	ok(f->d.nwarnings == 0, "no warnings");
	buf_reset(&f->out);
	lang_outline(
		src_from_text(&f->a, "t.stp", "function f() %{ a }% %}", 23),
		found, &f->out, &f->d);
	ok(f->d.nwarnings == 1, "but of what is mistyped");
}

int main(void)
{
	struct fix f;

	fix_init(&f);
	test_outline(&f);
	test_rows(&f);
	test_args(&f);
	test_long_glue(&f);
	test_places(&f);
	test_nul(&f);
	test_escapes(&f);
	fix_deinit(&f);
	return tap_done();
}
