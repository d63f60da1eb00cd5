// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generated C: golden texts, determinism, and what sema lowers target variables
 * to (arguments, reads, snapshots), built by hand and run in user space.
 */
#include "build/base/spawn.h"
#include "build/families/family.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"
#include "tests/tap.h"
#include "tests/unit/run_fix.h"

#include <glob.h>

static struct arena arena;
static struct span at;

/* ---- golden ------------------------------------------------------------------ */

static void golden_one(const char *path)
{
	const char *out =
		arena_printf(&arena, "%.*s.c", (int)strlen(path) - 4, path);
	struct buf c = BUF_INIT, again = BUF_INIT;
	struct diags d;

	diags_init(&d);
	if (!ok(run_fix_emit(path, NULL, &c, &d), "%s: emitted", path))
		printf("# %s\n", d.text.p);
	ok(run_fix_same(out, c.p, c.len), "%s: as expected", path);
	run_fix_emit(path, NULL, &again, &d);
	ok(again.len == c.len && !memcmp(again.p, c.p, c.len),
	   "%s: the same again", path);
	diags_deinit(&d);
	buf_deinit(&c);
	buf_deinit(&again);
}

static void golden_all(void)
{
	glob_t g = { 0 };

	ok(glob("tests/golden/emit/*.stp", 0, NULL, &g) == 0,
	   "there are golden files");
	for (size_t i = 0; i < g.gl_pathc; i++)
		golden_one(g.gl_pathv[i]);
	globfree(&g);
}

/* ---- trees by hand ------------------------------------------------------------- */

static struct ast_expr *node(enum ex kind, int64_t num, struct access acc)
{
	struct ast_expr *e = tree_expr(&arena, kind, at);

	e->type = TY_LONG;
	e->num = num;
	e->access = acc;
	return e;
}

static struct ast_expr *arg(int64_t n, uint8_t bytes, bool is_signed)
{
	return node(EX_ARG, n,
		    (struct access){ .bytes = bytes, .is_signed = is_signed });
}

static struct ast_expr *plus(struct ast_expr *a, struct ast_expr *b)
{
	struct ast_expr *e = tree_binary(&arena, OP_ADD, a, b);

	e->type = TY_LONG;
	return e;
}

static struct ast_expr *load(struct ast_expr *addr, struct access acc)
{
	struct ast_expr *e = node(EX_KREAD, 0, acc);

	e->a = addr;
	return e;
}

static struct ast_expr *call1(const char *name, struct ast_expr *a)
{
	struct ast_expr *e = tree_expr(&arena, EX_CALL, at);

	e->name = name;
	e->args = arena_array(&arena, struct ast_expr *, 1);
	e->args[0] = a;
	e->nargs = 1;
	e->intrinsic = intrinsic_find(name, 1);
	e->type = e->intrinsic->type;
	return e;
}

static struct ast_stmt *stmt(struct ast_expr *e)
{
	struct ast_stmt *s = tree_stmt(&arena, ST_EXPR, at);

	s->e = e;
	return s;
}

/* printdln(" ", e...) */
static struct ast_stmt *show(struct ast_expr **e, size_t n)
{
	struct ast_expr *p = tree_expr(&arena, EX_PRINT, at);

	p->type = TY_LONG;
	p->print = arena_new(&arena, struct ast_print);
	p->print->kind = PR_PRINTDLN;
	p->print->delim = " ";
	p->args = arena_memdup(&arena, e, n * sizeof(*e));
	p->nargs = n;
	return stmt(p);
}

static struct dprobe *function_probe(struct program *p, uint32_t flags)
{
	struct dprobe *d = arena_new(&arena, struct dprobe);

	d->at = at;
	d->kind = &kind_function;
	d->flags = flags;
	d->name = "kernel.function(\"f\")";
	vec_apush(&arena, &p->probes, d);
	return d;
}

#define EXPRS(...)                                             \
	(struct ast_expr *[]){ __VA_ARGS__ },                  \
		sizeof((struct ast_expr *[]){ __VA_ARGS__ }) / \
			sizeof(struct ast_expr *)

/* Registers hold 0x1000, 0x1010 …; the byte at address A is A & 0xff. */
static void entry_probe(struct program *p)
{
	struct dprobe *d = function_probe(p, TAPRT_P_ARGS);
	struct ast_expr *num1 = node(EX_KNUM, 1, (struct access){ 0 });
	struct ast_stmt **body = arena_array(&arena, struct ast_stmt *, 4);
	struct ast_stmt *try = tree_stmt(&arena, ST_TRY, at);

	body[0] =
		show(EXPRS(arg(0, 8, false), arg(1, 1, true), arg(5, 2, false),
			   arg(6, 8, false), arg(7, 4, true)));
	body[1] = show(EXPRS(
		load(plus(arg(0, 8, false), num1),
		     (struct access){ .bytes = 4 }),
		load(tree_num(&arena, at, 0x1080),
		     (struct access){ .bytes = 1, .is_signed = true }),
		load(tree_num(&arena, at, 0x10f0),
		     (struct access){
			     .bytes = 2, .is_signed = true, .is_user = true }),
		load(load(tree_num(&arena, at, 0x1010),
			  (struct access){ .bytes = 2, .bits = 13 }),
		     (struct access){ .bytes = 8 })));
	/* byte 0xb6 = 10110110: bits 1..3 are 011, bits 4..7 are 1011 */
	body[2] = show(EXPRS(
		load(tree_num(&arena, at, 0x10b6),
		     (struct access){ .bytes = 1, .bits = 3, .shift = 1 }),
		load(tree_num(&arena, at, 0x10b6),
		     (struct access){ .bytes = 1, .bits = 4, .shift = 4 }),
		load(tree_num(&arena, at, 0x10b6),
		     (struct access){ .bytes = 1,
				      .bits = 4,
				      .shift = 4,
				      .is_signed = true })));
	try->then = show(EXPRS(
		load(tree_num(&arena, at, 16), (struct access){ .bytes = 8 })));
	try->otherwise = show(EXPRS(tree_str(&arena, at, "caught")));
	body[3] = try;
	d->body = tree_block(&arena, at, body, 4);
}

static void return_probe(struct program *p)
{
	struct dprobe *d = function_probe(p, TAPRT_P_RETURN | TAPRT_P_ARGS);
	struct ast_expr *s0 = node(EX_SAVED, 0, (struct access){ 0 });
	struct ast_expr *s1 = node(EX_SAVED, 1, (struct access){ 0 });
	struct ast_expr *ret = node(
		EX_RETVAL, 0, (struct access){ .bytes = 4, .is_signed = true });
	struct saved a = { .e = arg(2, 8, false) };
	struct saved b = { .e = call1("kernel_string",
				      plus(arg(3, 8, false),
					   tree_num(&arena, at, 0x1fda))),
			   .off = 8 };

	s1->type = TY_STRING;
	vec_apush(&arena, &d->saved, a);
	vec_apush(&arena, &d->saved, b);
	d->saved_size = 8 + 512;
	d->body = show(EXPRS(ret, s0, s1));
}

static bool run_program(struct program *p, struct buf *out)
{
	struct session s = { 0 };
	struct buf c = BUF_INIT;
	struct diags d;
	struct err e = { 0 };
	const char *dir = fs_tmpdir(&arena, "t_emit", &e);
	const char *src = arena_printf(&arena, "%s/p.c", dir);
	const char *exe = arena_printf(&arena, "%s/p", dir);
	const char *const cc[] = { "gcc",
				   "-std=gnu11",
				   "-D_GNU_SOURCE",
				   "-I.",
				   "-Iruntime",
				   "-fwrapv",
				   "-fsanitize=address,undefined",
				   "-fno-sanitize=shift",
				   "-w",
				   "-o",
				   exe,
				   src,
				   "tests/tools/urun/urun.c",
				   NULL };
	const char *const run[] = { exe, NULL };
	struct spawn sp = { .argv = cc, .inherit = true };
	bool good;

	diags_init(&d);
	limits_init(&s.limits);
	good = emit_program(p, &s, &c, &d) == 0 &&
	       fs_write_atomic(src, c.p, c.len, 0644, &e) == 0 &&
	       spawn_run(&sp, &e) == 0;
	if (good) {
		buf_deinit(&sp.out);
		sp = (struct spawn){ .argv = run, .inherit = true };
		spawn_run(&sp, &e);
	}
	buf_add(out, sp.out.p, sp.out.len);
	buf_deinit(&sp.out);
	buf_deinit(&c);
	diags_deinit(&d);
	fs_rmtree(dir, &e);
	return good;
}

static void lowered(void)
{
	static const char want[] = "4096 16 4176 262 263\n"
				   "185207048 -128 -3600 1663540288323457296\n"
				   "3 11 -5\n"
				   "caught\n"
				   "-7 4128 one\n";
	struct program p = { .arena = &arena };
	struct buf out = BUF_INIT;

	entry_probe(&p);
	return_probe(&p);
	ok(run_program(&p, &out), "a program of lowered nodes builds");
	ok(!strncmp(out.p, want, sizeof(want) - 1), "and reads what it should");
	if (strncmp(out.p, want, sizeof(want) - 1))
		printf("# %s\n", out.p);
	buf_deinit(&out);
}

/* ---- refusals ---------------------------------------------------------------------- */

static void refusals(void)
{
	struct program p = { .arena = &arena };
	struct session s = { 0 };
	struct buf c = BUF_INIT;
	struct diags d;
	struct dprobe *probe = function_probe(&p, 0);
	struct ast_expr *e = tree_expr(&arena, EX_REGEX, at);

	e->type = TY_LONG;
	probe->body = show(EXPRS(e));
	limits_init(&s.limits);
	diags_init(&d);
	ok(emit_program(&p, &s, &c, &d) == ERR_UNSUPPORTED && d.nerrors == 1,
	   "what cannot be expressed is refused");
	ok(strstr(d.text.p, "[UNSUPPORTED]") != NULL, "with its tag");
	diags_deinit(&d);
	buf_deinit(&c);
}

int main(void)
{
	arena_init(&arena);
	at.src = src_from_text(&arena, "hand.stp", "x", 1);
	at.len = 1;
	golden_all();
	lowered();
	refusals();
	arena_deinit(&arena);
	return tap_done();
}
