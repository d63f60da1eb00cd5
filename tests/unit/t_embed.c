// SPDX-License-Identifier: GPL-2.0-only
/* C in scripts: its comments, its unit, and the compiler's words put at the script. */
#include "build/base/diag.h"
#include "build/emit/embed.h"
#include "build/emit/emit.h"
#include "build/sema/limits.h"
#include "build/sema/sema.h"
#include "build/session.h"
#include "tests/tap.h"
#include "tests/unit/lang_fix.h"

#include <stdlib.h>

/* ---- comments ------------------------------------------------------------------ */

static struct embed *embed_of(struct fix *f, const char *text)
{
	struct src *s = src_from_text(&f->a, "t", text, strlen(text));
	struct tok t = { .kind = T_EMBEDDED,
			 .text = text,
			 .at = { .src = s,
				 .len = (uint32_t)strlen(text) + 4 } };

	return embed_new(&f->a, &t);
}

static void test_comments(void)
{
	static const struct {
		const char *text;
		uint32_t flags;
	} t[] = {
		{ "", 0 },
		{ "/* pure */", EMBED_PURE },
		{ "/*pure*/ /*\t stable  */", EMBED_PURE | EMBED_STABLE },
		{ "/* pure stable */ // pure", 0 },
		{ "/* unprivileged *//* myproc-unprivileged */",
		  EMBED_UNPRIVILEGED | EMBED_MYPROC },
		{ "x /* guru */ y /* unmangled */ z",
		  EMBED_GURU | EMBED_UNMANGLED },
		{ "/* unmodified-fnargs */", EMBED_UNMODIFIED },
		{ "/* string *//* long */", EMBED_STRING | EMBED_LONG },
		{ "/* bpf */", EMBED_BPF },
		{ "/* pragma:suffix */", EMBED_SUFFIX },
		{ "/* pragma:vma *//* pragma:unwind *//* pragma:symbols */"
		  "/* pragma:lines *//* pragma:uprobes *//* pragma:tagged_dfa */",
		  EMBED_VMA | EMBED_UNWIND | EMBED_SYMBOLS | EMBED_LINES |
			  EMBED_UPROBES | EMBED_TAGGED_DFA },
		{ "/* pure", 0 },
		{ "/**/", 0 },
		{ "/* purely */ /* pragma:other */", 0 },
	};
	struct fix f;

	fix_init(&f);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct embed *e = embed_of(&f, t[i].text);

		ok(e->flags == t[i].flags, "'%s': %#x", t[i].text, e->flags);
		ok(!e->uses.n, "'%s': no global", t[i].text);
	}
	fix_deinit(&f);
}

static void test_uses(void)
{
	struct fix f;
	struct embed *e;

	fix_init(&f);
	e = embed_of(&f, "a /* pragma:read:x */ /* pragma:write:yy */"
			 "/* pragma:read: */");
	ok(e->uses.n == 2, "two globals, not %zu", e->uses.n);
	ok(!strcmp(e->uses.v[0].name, "x") && !e->uses.v[0].is_write,
	   "x is read");
	ok(!strcmp(e->uses.v[1].name, "yy") && e->uses.v[1].is_write,
	   "yy is written");
	ok(e->uses.v[0].at.off == 2 + 17 && e->uses.v[0].at.len == 1,
	   "where x stands: %u", e->uses.v[0].at.off);
	fix_deinit(&f);
}

/* ---- the unit --------------------------------------------------------------------- */

struct unit_fix {
	struct fix f;
	struct session s;
	struct program *p;
	struct embed_unit u;
	struct buf c;
};

static bool unit_as_of(struct unit_fix *x, const char *text,
		       const char *version)
{
	struct pp_env env = { .guru = true, .systemtap_v = version };
	struct sema_in in = { .s = &x->s, .env = &env };
	struct ast_file *file;
	struct lexed *lx;

	memset(x, 0, sizeof(*x));
	fix_init(&x->f);
	buf_init(&x->c);
	embed_unit_init(&x->u);
	limits_init(&x->s.limits);
	x->s.guru = true;
	x->s.compatible = version;
	lx = fix_lex(&x->f, text, NULL);
	lx->src->version = since_version(version);
	file = lang_parse(&x->f.a, lx, &env, &x->f.d);
	in.user = file;
	x->p = file ? sema_run(&in, &x->f.a, &x->f.d) : NULL;
	if (!x->p) {
		ok(false, "refused: %s", x->f.d.first);
		return false;
	}
	emit_program(x->p, &x->s, &x->c, &x->f.d);
	emit_embedded(x->p, &x->s, &x->f.a, &x->u);
	return true;
}

static bool unit_make(struct unit_fix *x, const char *text)
{
	return unit_as_of(x, text, NULL);
}

static void unit_free(struct unit_fix *x)
{
	embed_unit_deinit(&x->u);
	buf_deinit(&x->c);
	fix_deinit(&x->f);
}

static void has(const char *text, const char *part, bool want, const char *what)
{
	if (!ok((strstr(text, part) != NULL) == want, "%s", what))
		printf("# %s '%s'\n", want ? "no" : "there is", part);
}

static void test_unit(void)
{
	struct unit_fix x;

	if (!unit_make(
		    &x,
		    "global g, a\n"
		    "%{ first %}\n"
		    "%{ /* pragma:suffix */ last %}\n"
		    "function f:string (n:long, s:string)\n"
		    "  %{ /* pragma:read:g */ /* pragma:write:a */ body %}\n"
		    "function u (s) %{ /* unmangled */ ubody %}\n"
		    "probe begin { g = 1; a[g, \"k\"] = 2\n"
		    "  println(f(1, \"x\"), %{ 7 %}, a[1, \"k\"]); u(\"y\") }"))
		goto out;
	has(x.u.c.p, "#line 2 \"t.stp\"\n   first ", true,
	    "a block with its line and column");
	has(x.u.c.p, "#line 5 \"t.stp\"\n     /* pragma:read:g */", true,
	    "a body with its line and column");
	ok(strstr(x.u.c.p, "last") > strstr(x.u.c.p, "taprt_embed_0"),
	   "a suffix comes last");
	ok(strstr(x.u.c.p, "first") < strstr(x.u.c.p, "taprt_embed_0"),
	   "a block comes first");
	has(x.u.c.p, "#define STAP_GLOBAL_GET_g(", true, "g can be read");
	has(x.u.c.p, "#define STAP_GLOBAL_SET_g(", false, "but not written");
	has(x.u.c.p, "#define STAP_GLOBAL_SET_a(", true, "a can be written");
	has(x.u.c.p, "#define THIS ", true, "unmangled: THIS");
	has(x.u.c.p, "#define STAP_COMPAT_VERSION STAP_VERSION(5, 6)\n", true,
	    "the newest version");
	has(x.c.p, "long long taprt_global_0_get", false, "our own types");
	has(x.c.p, "s64 taprt_global_0_get(struct taprt_ctx *c)", true,
	    "an accessor in the script object");
	has(x.c.p,
	    "taprt_global_1_set(struct taprt_ctx *c, s64 k0, "
	    "const char *k1, s64 v)",
	    true, "one with keys");
	has(x.c.p, "taprt_strcpy(f, a1, STRSIZE)", true,
	    "a string argument is a copy");
out:
	unit_free(&x);
}

static void test_plain(void)
{
	struct unit_fix x;

	if (unit_make(&x, "probe begin { println(1) }"))
		ok(!x.u.c.len, "no C: no unit");
	unit_free(&x);
	if (unit_make(&x, "function f:long (s:string) %{ "
			  "/* unmodified-fnargs */ /* pure */ "
			  "/* not_an_error */ %}"
			  "probe begin { println(f(\"a\")) }")) {
		has(x.c.p, "taprt_strcpy", false,
		    "what is not modified "
		    "is not copied");
		has(x.c.p, "c->error", false, "what cannot fail is not asked");
	}
	unit_free(&x);
	if (unit_as_of(&x, "function f:long (a) %{ %} probe begin { f(1) }",
		       "1.7")) {
		has(x.u.c.p, "#define THIS ", true, "THIS as of 1.7");
		has(x.u.c.p, "STAP_VERSION(1, 7)\n", true,
		    "the version asked for");
	}
	unit_free(&x);
	if (unit_as_of(&x, "function f:long (a) %{ %} probe begin { f(1) }",
		       "1.10")) {
		has(x.u.c.p, "#define THIS ", false, "no more as of 1.10");
		has(x.u.c.p, "STAP_VERSION(1, 10)\n", true,
		    "the version asked for");
	}
	unit_free(&x);
	if (unit_make(&x, "function f:long () %{ STAP_ERROR(\"x\"); %}"
			  "probe begin { println(f()) }"))
		has(x.c.p, "c->error", true, "what can fail is");
	unit_free(&x);
}

/* ---- what the compiler says ----------------------------------------------------------- */

static const char script[] = "probe begin { f() }\n"
			     "function f()\n"
			     "%{\n"
			     "\tint x = nosuch + printk_x();\n"
			     "%}\n";

static void test_report(void)
{
	struct unit_fix x;
	struct diags d;

	if (!unit_make(&x, script)) {
		unit_free(&x);
		return;
	}
	diags_init(&d);
	embed_report(&x.u,
		     "t.stp: In function 'tap_body_0':\n"
		     "t.stp:4:10: error: 'nosuch' undeclared\n"
		     "t.stp:4:10: note: each undeclared identifier\n"
		     "t.stp:4:2: warning: unused variable 'x'\n"
		     "src/include/linux/x.h:12:3: warning: not ours\n"
		     "src/include/linux/x.h:13:3: error: a header's\n"
		     "t.stp:999:1: error: no such line\n"
		     "t.stp:4:999: error: no such column\n"
		     "cc1: some text\n",
		     "6.1", true, &d);
	ok(d.nerrors == 4 && d.nwarnings == 1, "%u errors, %u warnings",
	   d.nerrors, d.nwarnings);
	has(d.text.p,
	    "t.stp:4:10: error: 'nosuch' undeclared (kernel 6.1) "
	    "[EMBEDDED_C]\n  \tint x = nosuch + printk_x();\n"
	    "  \t        ^~~~~~\n",
	    true, "place, kernel, tag, line, caret");
	has(d.text.p, "t.stp:4:10: note: each", true, "its note");
	has(d.text.p, "t.stp:4:2: warning: unused variable", true,
	    "a warning about the script");
	has(d.text.p, "not ours", false, "none about headers");
	has(d.text.p, "src/include/linux/x.h:13: a header's (kernel 6.1)", true,
	    "an error in a header names it");
	diags_deinit(&d);

	diags_init(&d);
	embed_report(&x.u, "cc1: out of memory\n", "6.1", true, &d);
	has(d.text.p, "does not compile for kernel 6.1: cc1: out of memory",
	    true, "a failure without a place is one all the same");
	embed_report(&x.u, "nothing\n:::\n:1:1: \nt.stp:x\nt.stp:1\n", "6.1",
		     false, &d);
	ok(d.nerrors == 1, "other lines say nothing");
	diags_deinit(&d);

	diags_init(&d);
	embed_report_symbol(x.p, "printk_x", "6.1", &d);
	embed_report_symbol(x.p, "printk_", "6.1", &d);
	has(d.text.p,
	    "t.stp:4:19: error: kernel 6.1 does not export 'printk_x'", true,
	    "a symbol at its first mention");
	has(d.text.p, "does not export 'printk_', which the script's C needs",
	    true, "one that a header's code needs");
	ok(!strcmp(diag_tag_name(DIAG_EMBEDDED_C), "EMBEDDED_C"), "the tag");
	diags_deinit(&d);
	unit_free(&x);
}

int main(void)
{
	test_comments();
	test_uses();
	test_unit();
	test_plain();
	test_report();
	return tap_done();
}
