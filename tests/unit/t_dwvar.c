// SPDX-License-Identifier: GPL-2.0-only
/* $variables and @var() of functions whose debug information gcc has made. */
#include "tests/unit/dwarf_fix.h"
#define KIT_FIX_INDEX
#include "tests/unit/pass2_fix.h"

#include <stdlib.h>

/*
 * no_ftrace() is where kit_fix.h has a function without types; do_work() is typed
 * by BTF in another way than here, to tell which of the two was asked.
 */
static const char source[] =
	"struct inner { union { int a; unsigned b; };\n"
	"	unsigned flag : 3; int wide : 20; };\n"
	"struct box { struct box *next; struct inner in; int v[4]; char *s; };\n"
	"int shared = 7;\n"
	"static struct box boxes[3];\n"
	"struct box *first = boxes, **list = &first;\n"
	"unsigned long gone;\n"
	"extern void use(void *);\n"
	"int __attribute__((noinline, section(\"fa\"))) no_ftrace(\n"
	"	struct box *b, long n, struct inner in)\n"
	"{\n"
	"	struct box local = { b };\n"
	"	int unused = 5;\n"
	"	int gone_here = b->v[1];\n"
	"	__int128 huge = n;\n"
	"	use(&local);\n"
	"	use(&huge);\n"
	"	return local.v[n] + in.a + boxes[1].v[0];\n"
	"}\n"
	"long __attribute__((section(\"fb\"))) do_work(int *other, long x)\n"
	"{\n"
	"	return *other + x;\n"
	"}\n";

static struct arena a;

#define PLAIN  "kernel.function(\"no_ftrace\")"
#define TYPED  "kernel.function(\"do_work\")"
#define RETURN "kernel.function(\"no_ftrace\").return"

/* ---- the tests ------------------------------------------------------------------- */

static void test_parameters(void)
{
	lowers(PLAIN, "println($b)", "println(__kregister(5))");
	lowers(PLAIN, "println($n)", "println(__kregister(4))");
	lowers(PLAIN, "println($b->v[2])",
	       "<read 4 of __kregister(5) + <kernel number ");
	lowers(PLAIN, "println($b->v[$n])", "__kregister(4) * 4");
	lowers(PLAIN, "println($in->a)", "__kregister(1)");
	lowers(PLAIN, "println($in->flag)", "__kregister(1) >>> 32");
	lowers(PLAIN, "println($in->wide)", "<< 44");
	lowers(PLAIN, "println($b->next->s$)", "kernel_string(");
	lowers(PLAIN, "println(&$b->in)", "__kregister(5) + <kernel number ");
	refuses(PLAIN, "println(&$n)", "NO_ACCESS", "register");
	refuses(PLAIN, "println(&$in)", "NO_ACCESS", "register");
	refuses(PLAIN, "println($in)", "STRUCT_VALUE", "");
	refuses(PLAIN, "println($b->none)", "UNKNOWN_FIELD", "struct box");
	lowers(RETURN, "println($b, $return)",
	       "println(<saved 0>, <return value>)");
}

static void test_locals(void)
{
	lowers(PLAIN, "println($local->s)", "<read 8 of __kregister(7) + ");
	lowers(PLAIN, "println(&$local->s)", "println(__kregister(7) + ");
	refuses(PLAIN, "println($gone_here)", "NO_ACCESS",
		"not accessible at this address (pc: 0x3000): optimised out");
	lowers(PLAIN, "println(@defined($gone_here))", "println(0)");
	lowers(PLAIN, "println($$locals)", "gone_here=?");
	lowers(PLAIN, "println($unused)", "println(5)");
	/* one that cannot be read spoils no other */
	lowers(PLAIN, "println($$locals)", "huge=?");
	lowers(PLAIN, "println($$vars$)", "huge=?");
	refuses(PLAIN, "println($huge)", "NO_ACCESS", "cannot be read");
	refuses(PLAIN, "println($nothing)", "UNKNOWN_VAR", "$local");
	lowers(PLAIN, "println($$locals)", "unused=0x%x");
	lowers(PLAIN, "println($$parms)", "b=0x%x n=0x%x in={...}");
	lowers(PLAIN, "println($$vars)", "n=0x%x in={...} ");
	lowers(PLAIN, "println($in$)", "{.<union>={...}, .flag=%u, .wide=%d}");
}

static void test_globals(void)
{
	lowers(PLAIN, "println($shared)",
	       "println(<read 4 of __kaddr(<kernel number ");
	lowers(PLAIN, "println(&$shared)", "println(__kaddr(<kernel number ");
	lowers(PLAIN, "println($boxes[1]->v[0])",
	       "<read 4 of __kaddr(<kernel number ");
	lowers(PLAIN, "println($boxes[tid() & 1]->in->a)", "__kaddr(");
	lowers(PLAIN, "println($list[0]->next->v[1])",
	       "<read 8 of <read 8 of <read 8 of __kaddr(");
	lowers("begin", "println(@var(\"shared\"))", "<read 4 of __kaddr(");
	lowers("begin", "println(@var(\"boxes@work.c\")[2]->s)",
	       "<read 8 of __kaddr(");
	lowers("begin", "println(@var(\"shared\", \"kernel\"))",
	       "<read 4 of __kaddr(");
	lowers("begin", "println(&@var(\"first\")->v[1])", "<read 8 of ");
	lowers("begin", "println(@defined(@var(\"shared@other.c\")))",
	       "println(0)");
	refuses("begin", "println(@var(\"shared@other.c\"))", "NO_ACCESS",
		"no such variable in a file other.c");
	refuses("begin", "println(@var(\"x\", \"disk\"))", "NO_DEBUGINFO",
		"has no disk");
	lowers(PLAIN, "println(@var(\"n\"))", "println(__kregister(4))");
	lowers(RETURN, "println(@var(\"n\"))", "println(<saved 0>)");
}

/* What BTF tells is taken from there. */
static void test_typed(void)
{
	struct run with, without;
	static const char script[] =
		"probe " TYPED " { println($o->id, $n, $$parms) }\n"
		"probe " TYPED ".return { println($return, $n) }\n";

	run_init(&with, &kernel, script);
	with_index = false;
	run_init(&without, &kernel, script);
	with_index = true;
	ok(with.p && without.p && !strcmp(with.out.p, without.out.p),
	   "debug information changes no program of typed functions");
	run_deinit(&with);
	run_deinit(&without);
	lowers(TYPED, "println($n)", "println(<argument 1>)");
	lowers(TYPED, "println($other)", "println(__kregister(5))");
	lowers(TYPED, "println($shared)", "<read 4 of __kaddr(");
}

/* Without an index what is missing says so. */
static void test_without(void)
{
	struct buf kept = kit_fix_index;

	buf_init(&kit_fix_index);
	refuses(TYPED, "println($shared)", "UNKNOWN_VAR",
		"full debug information only: kit 1.2.3-test has no debug "
		"information: tapbuild kit add --debuginfo");
	refuses("begin", "println(@var(\"shared\"))", "NO_DEBUGINFO",
		"tapbuild kit add --debuginfo");
	lowers(TYPED, "println(@defined($shared))", "println(0)");
	lowers(TYPED, "println($$locals)", "println(\"\")");
	kit_fix_index = kept;
}

/* Link @source so that its functions are where the kit has them; 0, or an error. */
static int make_index(const char *dir, struct err *e)
{
	static const char *const flags[] = { "-g", "-fno-pic",
					     "-fno-asynchronous-unwind-tables",
					     NULL };
	static const char *const argv[] = {
		"gcc",
		"-nostdlib",
		"-static",
		"-no-pie",
		"-o",
		"work",
		"work.o",
		"-Wl,-e0",
		"-Wl,--unresolved-symbols=ignore-all",
		"-Wl,--section-start=fa=0x3000",
		"-Wl,--section-start=fb=0x1000",
		"-Wl,-n",
		NULL
	};
	struct spawn s = { .argv = argv, .cwd = dir };
	struct buf b = BUF_INIT;
	uint8_t *p;
	size_t n;
	int rc = dwarf_fix_compile(&a, dir, "gcc", flags, source, e);

	if (rc == 0)
		rc = spawn_run(&s, e);
	buf_deinit(&s.out);
	if (rc == 0)
		rc = fs_read(arena_printf(&a, "%s/work", dir), &b, 1 << 24, e);
	if (rc != 0)
		return rc;
	p = (uint8_t *)buf_detach(&b, &n);
	return dwarf_fix_index(&a, dir, p, n, &kernel.btf, UINT64_MAX,
			       &kit_fix_index, e);
}

int main(void)
{
	struct err e = { 0 };
	const char *dir;

	arena_init(&a);
	buf_init(&kit_fix_index);
	kit_make(&kernel, 0);
	dir = fs_tmpdir(&a, "t-dwvar", &e);
	if (ok(make_index(dir, &e) == 0, "an index %s", e.text)) {
		test_parameters();
		test_locals();
		test_globals();
		test_typed();
		test_without();
	}
	fs_rmtree(dir, NULL);
	kit_drop(&kernel);
	buf_deinit(&kit_fix_index);
	arena_deinit(&a);
	return tap_done();
}
