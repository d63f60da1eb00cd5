// SPDX-License-Identifier: GPL-2.0-only
/* Pass 2 against a made-up kernel: places, $variables, snapshots, numbers. */
#include "tests/unit/pass2_fix.h"

#include <stdlib.h>
#include <string.h>

static struct kit new_kernel;

#define CALL   "kernel.function(\"do_work\")"
#define RETURN "kernel.function(\"do_work\").return"
#define MORE   "kernel.function(\"do_work_more\")"

/* ---- the tests ----------------------------------------------------------- */

static void test_arguments(void)
{
	lowers(CALL, "println($o)", "println(<argument 0>)");
	lowers(CALL, "println($n)", "println(<argument 1>)");
	lowers(CALL, "println($flag)", "println(<argument 2>)");
	lowers(CALL, "println($a, $b)", "println(<argument 4>, <argument 5>)");
	lowers(CALL, "println($c, $d)", "println(<argument 6>, <argument 7>)");
	lowers(MORE, "println($n, $s)", "println(<argument 0>, <argument 2>)");
	refuses(CALL, "println($pt)", "NO_ACCESS", "not accessible");
	refuses(CALL, "println($pt->x)", "NO_ACCESS", "not accessible");
	refuses(CALL, "println($oo)", "UNKNOWN_VAR", "(alternatives: $o");
	refuses(CALL, "println($zzzzzz)", "UNKNOWN_VAR",
		"(alternatives: $o, $n, $flag, $pt, $a, $b, $c, $d)");
	refuses(CALL, "println($return)", "UNKNOWN_VAR", "$return");
	refuses("kernel.function(\"no_ftrace\")", "println($x)", "UNKNOWN_VAR",
		"no_ftrace");
}

static void test_chains(void)
{
	lowers(CALL, "println($o->id)",
	       "println(<read 8 of <argument 0> + <kernel number 0>>)");
	lowers(CALL, "println($o->next->next->id)",
	       "<read 8 of <read 8 of <read 8 of <argument 0> + <kernel number "
	       "0>> + <kernel number 1>> + <kernel number 2>>");
	lowers(CALL, "println($o->in->a)",
	       "<read 4 of <argument 0> + <kernel number 0>>");
	lowers(CALL, "println($o->in->flag)", "<read 1 of <argument 0> +");
	lowers(CALL, "println($o->in->wide)", "<read 4 of <argument 0> +");
	lowers(CALL, "println($o->name)",
	       "println(<argument 0> + <kernel number 0>)");
	lowers(CALL, "println($o->pts[2]->y)",
	       "<read 4 of <argument 0> + <kernel number 0>>");
	lowers(CALL, "println($o->longs[$n])",
	       "<read 8 of <argument 0> + (<argument 1> * 8) + <kernel");
	lowers(CALL, "println($o->pts[$n]->x)", "<argument 1> * <kernel");
	lowers(CALL, "println($o->all[1]->id)",
	       "<read 8 of <read 8 of <read 8 of");
	lowers(CALL, "println(&$o->in)",
	       "println(<argument 0> + <kernel number 0>)");
	lowers(CALL, "println($o->str[3])", "<read 1 of <read 8 of");
	lowers(CALL, "println($o[1]->id)",
	       "<read 8 of <argument 0> + <kernel number 0>>");
	refuses(CALL, "println($o->in)", "STRUCT_VALUE",
		"'struct inner' is being accessed instead of a member");
	refuses(CALL, "println($o->idd)", "UNKNOWN_FIELD",
		"unable to find member 'idd' for struct outer (alternatives: "
		"id");
	refuses(CALL, "println($n->id)", "UNKNOWN_FIELD", "no struct");
	refuses(MORE, "println($h->x)", "UNKNOWN_FIELD", "not defined");
	refuses(CALL, "println(&$o->in->flag)", "NO_ACCESS", "bit field");
	refuses(CALL, "println(&$n)", "NO_ACCESS", "register");
	refuses(CALL, "println($o->id[1])", "NO_ACCESS", "neither an array");
}

static void test_casts(void)
{
	lowers("begin", "println(@cast(pid(), \"struct outer\")->id)",
	       "<read 8 of pid() + <kernel number 0>>");
	lowers("begin", "println(@cast(pid(), \"outer_t\", \"kernel\")->id)",
	       "<read 8 of pid() + <kernel number 0>>");
	lowers("begin", "println(&@cast(0, \"outer\")[1])",
	       "println(0 + <kernel number 0>)");
	lowers("begin", "println(@kderef(4, pid()), @uderef(2 * 4, 16))",
	       "println(<read 4 of pid()>, <read 8 of 16>)");
	refuses("begin", "println(@uderef(3, 16))", "NO_ACCESS", "1, 2, 4");
	lowers(CALL, "p = $o->next; println(p->id)",
	       "println(<read 8 of p + <kernel number 1>>)");
	lowers(CALL, "p = $n ? $o : $o->next; q = p; println(q->in->b)",
	       "println(<read 4 of q + <kernel number 1>>)");
	lowers(CALL, "p = $n ? $o : 0; println(p->id)",
	       "println(<read 8 of p + <kernel number 0>>)");
	lowers(CALL, "p = $o; if ($n) p = 0; println(p->id)",
	       "println(<read 8 of p + <kernel number 0>>)");
	refuses(CALL, "p = $o; p = $n; println(p->id)", "UNKNOWN_TYPE",
		"unknown type in dereference of 'p'");
	lowers("begin", "println(@cast(pid(), \"int\")[2])",
	       "println(<read 4 of pid() + 8>)");
	lowers("begin", "println(@cast(pid(), \"long int\", \"kernel\")[1])",
	       "println(<read 8 of pid() + 8>)");
	lowers("begin", "println(&@cast(0, \"signed  long\")[1])",
	       "println(8)");
	refuses("begin", "println(@cast(1, \"long char\")[1])", "UNKNOWN_TYPE",
		"type definition 'long char' not found");
	refuses("begin", "println(@cast(1, \"long short\")[1])", "UNKNOWN_TYPE",
		"'long short' not found");
	refuses("begin", "println(@cast(1, \"int int\")[1])", "UNKNOWN_TYPE",
		"'int int' not found");
	refuses("begin", "println(@cast(1, \"int\")->x)", "UNKNOWN_FIELD",
		"'int', which is no struct");
	refuses("begin", "println(@cast(1, \"struct nope\")->x)",
		"UNKNOWN_TYPE", "type definition 'struct nope' not found");
	refuses("begin", "println(@cast(1, \"struct outr\")->x)",
		"UNKNOWN_TYPE", "'kernel' (similar types: outer");
	refuses("begin", "println(@enum(\"GREAN\"))", "UNKNOWN_TYPE",
		"no such enumerator (similar: GREEN");
	refuses("begin", "println(@cast(1, \"outer\", \"ext4\")->id)",
		"UNKNOWN_TYPE", "not found in 'ext4'");
	refuses(CALL, "println(@var(\"jiffies\"))", "NO_DEBUGINFO", "@var");
}

static void test_defined(void)
{
	lowers(CALL, "println(@defined($o->id) ? $o->id : $nope)",
	       "println(<read 8 of <argument 0> + <kernel number 0>>)");
	lowers(CALL, "if (@defined($nope)) println($nope) else println($n)",
	       "println(<argument 1>);");
	lowers(CALL, "println(@defined($nope) && $nope, !@defined($n))",
	       "println(0, 0)");
	lowers(CALL,
	       "if (@defined(@cast(0, \"nope\"))) println($nope->x); "
	       "println(\"end\")",
	       "println(\"end\")");
}

static void test_return(void)
{
	lowers(RETURN, "println($return)", "println(<return value>)");
	lowers(RETURN, "println($o->id, $n)", "println(<saved 0>, <saved 1>)");
	lowers(RETURN, "println($o->id)",
	       "# at entry\n  long <read 8 of <argument 0> +");
	lowers(RETURN, "println($n, @entry($n), $n)",
	       "println(<saved 0>, <saved 0>, <saved 0>)");
	lowers(RETURN, "println(@entry(execname()), @entry($n + 1))",
	       "  string execname()\n  long <argument 1> + 1\n");
	lowers(RETURN, "p = @entry($o); println(p->id)",
	       "println(<read 8 of p + <kernel number 0>>)");
	lowers(RETURN, "println($$parms)", "  string sprintf(\"o=0x%x n=0x%x");
	lowers(RETURN, "if (0) println($n); println(1)",
	       "/* kretprobe */ /* <- " RETURN " */\n  {");
	refuses(RETURN, "i = 1; println($o->longs[i])", "LOCAL_SCOPE",
		"cannot use locals: 'i'");
	refuses(RETURN, "println(@entry($return))", "ENTRY_CONTEXT",
		"'$return' is not known at entry");
	refuses(RETURN, "println(@entry(@entry(1)))", "ENTRY_CONTEXT",
		".return probes");
	refuses("kernel.function(\"quiet\").return", "println($return)",
		"UNKNOWN_VAR", "$return");
}

static void test_pretty(void)
{
	lowers(CALL, "println($$parms)",
	       "sprintf(\"o=0x%x n=0x%x flag=0x%x pt=? a=0x%x b=0x%x c=0x%x "
	       "d=0x%x\", <argument 0>");
	lowers(CALL, "println($$vars, $$locals)", ", \"\");");
	lowers(RETURN, "println($$return)",
	       "sprintf(\"return=0x%x\", <return value>)");
	lowers("kernel.function(\"quiet\").return", "println($$return)",
	       "println(\"\")");
	lowers(CALL, "println($n$)", "sprintf(\"%d\", <argument 1>)");
	lowers(CALL, "println($o$)",
	       "sprintf(\"{.id=%d, .in={...}, .next=%p, .name=\\\"%#s\\\", "
	       ".pts=[...], .longs=[...], .str=\\\"%#s\\\", .color=%u, "
	       ".all=%p}\"");
	lowers(CALL, "println($o$$)",
	       ".in={.<union>={.a=%d, .b=%u}, .flag=%u, .wide=%d}");
	lowers(CALL, "println($o$$)", ".pts=[{.x=%d, .y=%d}, ...]");
	lowers(MORE, "println($s$)", "\"\\\"%#s\\\"\", kernel_string(");
}

static void test_points(void)
{
	struct run r;

	lowers("kernel.function(\"do_work*\")", "println(1)",
	       CALL " /* pc=_stext+0x1000 */ /* ftrace */ "
		    "/* <- kernel.function(\"do_work*\") */\n" MORE
		    " /* pc=_stext+0x2000 */ /* ftrace */ "
		    "/* <- kernel.function(\"do_work*\") */\n");
	lowers("kernel.function(\"no_ftrace\")", "println(1)", "/* kprobe */");
	lowers("kprobe.function(\"do_work\").return", "println(probefunc())",
	       "kprobe.function(\"do_work\").return /* pc=_stext+0x1000 */ "
	       "/* kretprobe */");
	lowers(CALL ".exported", "println(1)",
	       ".exported /* pc=_stext+0x1000 */ /* ftrace */");
	lowers("kernel.function(\"do_work@*\")", "println(1)", "\"do_work\")");
	lowers("kprobe.function(\"{do_work,no_{ftrace,such}}\")", "println(1)",
	       "/* ftrace */ /* <- "
	       "kprobe.function(\"{do_work,no_{ftrace,such}}\") */\n"
	       "kprobe.function(\"no_ftrace\") /* pc=_stext+0x3000 */ "
	       "/* kprobe */ /* <- ");
	refuses("kprobe.function(\"do_work\")", "println($o)", "UNKNOWN_VAR",
		"$o");
	refuses("kernel.function(\"boot_only\")", "println(1)", "NO_MATCH",
		"while the kernel boots");
	refuses("kernel.function(\"forbidden\")", "println(1)", "NO_MATCH",
		"forbids");
	refuses(MORE ".exported", "println(1)", "NO_MATCH",
		"no match: function 'do_work_more' is not exported by kernel "
		"1.2.3-test [");
	refuses("kernel.data(\"jifies\").write", "println(1)", "NO_MATCH",
		"has no symbol 'jifies' (similar symbols: jiffies)");
	refuses("kernel.function(\"do_wrk\")", "println(1)", "NO_MATCH",
		"similar functions: do_work");
	refuses("kernel.function(\"do_work@fs/a.c:3\")", "println(1)",
		"NO_DEBUGINFO", "linux-image-1.2.3-test-dbg");
	refuses("kernel.function(\"do_work@fs/a.c:x\")", "println(1)", "SPEC",
		"line number is missing");
	refuses("kernel.function(\"\")", "println(1)", "SPEC", "malformed");
	refuses(RETURN ".maxactive(65536)", "println(1)", "INTERVAL",
		"maxactive");

	/* $n is argument 1 of one and 0 of the other: two handlers. */
	run_init(&r, &kernel,
		 "probe kernel.function(\"do_work*\") { println($n) }");
	ok(r.p && r.p->probes.n == 2, "places that differ have own handlers");
	run_deinit(&r);
	run_init(&r, &kernel, "probe kernel.function(\"*\") ? { println($n) }");
	ok(r.p && r.p->probes.n == 2,
	   "optional: places without $n are left out");
	run_deinit(&r);
	run_init(&r, &kernel, "probe kernel.function(\"*\") { println(1) }");
	ok(r.p && r.p->probes.n == 1 && r.p->probes.v[0]->points.n == 4,
	   "one handler for all places, pieces and forbidden ones left out");
	run_deinit(&r);
}

/* The same script on a kernel with other offsets: only the numbers change. */
#define DISK "module(\"disk\").function("

static void test_modules(void)
{
	lowers(DISK "\"disk_re*\")", "println(1)",
	       DISK "\"disk_read\") /* pc=disk+0x40 */ /* ftrace */ "
		    "/* <- " DISK "\"disk_re*\") */\n" DISK
		    "\"disk_reset\") /* pc=disk+0x80 */ /* kprobe */");
	lowers("module(\"d[a-k]*\").function(\"*\").exported", "println(1)",
	       DISK "\"disk_read\").exported /* pc=disk+0x40 */ /* ftrace */ "
		    "/* <- ");
	lowers(DISK "\"disk_reset@*\").return.maxactive(9)",
	       "println(returnval())", "maxactive(9) /* pc=disk+0x80 */");
	lowers("kprobe.module(\"disk\").function(\"disk_read\").call",
	       "println(1)", ".call /* pc=disk+0x40 */ /* ftrace */");
	/* taken as they are */
	lowers("kprobe.module(\"no-such\").function(\"f*\")", "println(1)",
	       "kprobe.module(\"no_such\").function(\"f*\") /* pc=no_such */");
	kit_disk_has_types = true;
	lowers(DISK "\"do_work\")", "println($n)", "<argument 1>");
	kit_disk_has_types = false;
	refuses(DISK "\"do_work\")", "println($n)", "UNKNOWN_VAR", "$n");
	refuses("kernel.trace(\"disk:disk_start\")", "println($n)",
		"UNKNOWN_VAR",
		"the kit has no types of module 'disk', which tell the "
		"parameters of its tracepoints");
	refuses("module(\"dsik\").function(\"f\")", "println(1)", "NO_MATCH",
		"'dsik' among the 1 of kernel 1.2.3-test (similar modules: disk)");
	refuses("module(\"x*\").function(\"f\")", "println(1)", "NO_MATCH",
		"'x*' among the 1 of kernel");
	refuses(DISK "\"disk_raed\")", "println(1)", "NO_MATCH",
		"'disk_raed' in module 'disk' of kernel 1.2.3-test (similar "
		"functions: disk_read");
	refuses(DISK "\"disk_reset\").exported", "println(1)", "NO_MATCH",
		"no match for exported function 'disk_reset'");
	refuses(DISK "\"disk_init\")", "println(1)", "NO_MATCH",
		"only exists while the module is being loaded");
	refuses(DISK "\"disk_tr*\")", "println(1)", "NO_MATCH", "forbids");
	refuses(DISK "\"\")", "println(1)", "SPEC", "malformed");
	refuses(DISK "\"f@a.c\")", "println(1)", "NO_DEBUGINFO",
		"of module 'disk'");
	refuses(DISK "\"do_work\").return.maxactive(65536)", "println(1)",
		"INTERVAL", "[0, 65535]");
	kit_disk_is_old = true;
	refuses(DISK "\"do_work\")", "println(1)", "NO_MATCH", "too old");
	kit_disk_is_old = false;
}

static void test_writes(void)
{
	refuses(CALL, "$n = 1", "TARGET_WRITE", "it needs -g");
	guru = true;
	lowers(CALL, "$n = 3", "__poke_arg(1, 3)");
	lowers(CALL, "$n += 3", "__poke_arg(1, <argument 1> + 3)");
	lowers(CALL, "println($n++)", "__poke_arg(1, <argument 1> + 1) - 1");
	lowers(CALL, "println(--$n)",
	       "println(__poke_arg(1, <argument 1> - 1))");
	lowers(CALL, "$o->id = 7", "__poke(");
	lowers(CALL, "$o->in->wide = 7", "__poke_bits(");
	lowers(RETURN, "$return = 5", "__poke_return(5)");
	refuses(RETURN, "$n = 1", "TARGET_WRITE", "what it was at entry");
	refuses(CALL, "$c = 1", "TARGET_WRITE", "on the caller's stack");
	refuses(CALL, "$o$ = 1", "TARGET_WRITE", "it has no address");
	refuses(CALL, "$o->name[i++] += 1", "TARGET_WRITE",
		"must not change anything");
	guru = false;
}

static void test_numbers(void)
{
	const char *script =
		"probe " CALL " { println($o->next->id, $o->in->flag, "
		"$o->pts[1]->y, $o[$n]->id, $o$) }";
	struct run x, y;
	size_t i, differ = 0;

	run_init(&x, &kernel, script);
	run_init(&y, &new_kernel, script);
	ok(x.p && y.p && !strcmp(x.out.p, y.out.p), "same text on both");
	ok(x.p && y.p && x.p->nums.n == y.p->nums.n && x.p->nums.n >= 6,
	   "as many numbers");
	for (i = 0; x.p && y.p && i < x.p->nums.n && i < y.p->nums.n; i++)
		differ += x.p->nums.v[i] != y.p->nums.v[i];
	ok(x.p && differ == x.p->nums.n, "every number moved: %zu", differ);
	ok(x.p && x.p->nums.v[0] == 16 && x.p->nums.v[1] == 0 &&
		   x.p->nums.v[2] == 12 && x.p->nums.v[3] == 40 + 8 + 4 &&
		   x.p->nums.v[4] == 160,
	   "offsets of next, id, flag, pts[1].y; size of outer");
	run_deinit(&x);
	run_deinit(&y);
}

/* Functions with $variables are copied for each place. */
static void test_functions(void)
{
	struct run r;

	run_init(&r, &kernel,
		 "function arg() { return $n } function twice() { return 2 * "
		 "arg() } probe kernel.function(\"do_work*\") { "
		 "println(twice()) }");
	ok(r.p && r.p->probes.n == 2 && r.p->funcs.n == 4,
	   "two places, two copies of two functions");
	ok(r.p && strstr(r.out.p, "return <argument 1>") &&
		   strstr(r.out.p, "return <argument 0>"),
	   "each copy reads the argument of its place");
	ok(r.p && r.p->probes.v[0]->flags == TAPRT_P_ARGS,
	   "a function that reads arguments counts for its caller");
	run_deinit(&r);
	run_init(&r, &kernel,
		 "function arg() { return $n } probe " RETURN
		 " { println(@entry(arg())) }");
	ok(r.p && strstr(r.out.p, "  long arg()\n"),
	   "a function may run at entry");
	run_deinit(&r);
	run_init(&r, &kernel,
		 "function arg() { return $n } probe begin { println(arg()) }"
		 " probe " RETURN " { println(arg()) }");
	ok(!r.p && strstr(r.d.text.p, "[TARGET_CONTEXT]") &&
		   strstr(r.d.text.p, "[ENTRY_CONTEXT]"),
	   "refused where there are no variables, and at return");
	run_deinit(&r);
	run_init(&r, &kernel,
		 "function loop(i) { if (i < 1) return $n; return loop(i - 1) }"
		 " probe " CALL " { println(loop(3)) }");
	ok(r.p && r.p->funcs.n == 1, "a recursive function is copied once");
	run_deinit(&r);
}

/* What pointers point to goes into functions and out of them. */
static void test_autocast_functions(void)
{
	static const struct {
		const char *script, *want, *what;
		size_t nfuncs; /* 0: it is refused */
	} tests[] = {
		{ "function id(p) { return p->id } probe " CALL
		  " { println(id($o)) }",
		  "return <read 8 of p + <kernel number 0>>", "a parameter",
		  1 },
		{ "function id(p) { return p->id } probe " CALL
		  " { println(id($o), id($o->next)) }",
		  "println(id(<argument 0>), id(<read 8 of", "once", 1 },
		{ "function a(p) { return p->a } function f(p) { return "
		  "a(&p->in) } probe " CALL " { println(f($o)) }",
		  "return a(p + <kernel number", "of a function's callee", 2 },
		{ "function up(p) { return p->next ? p->next : 0 } probe " CALL
		  " { q = up($o); println(q->id, up(q)->in->b) }",
		  "<read 8 of q + <kernel number", "what is returned", 1 },
		{ "function end(p) { if (p->next) return end(p->next); return "
		  "p } probe " CALL " { println(end($o)->id) }",
		  "<read 8 of end(<argument 0>) +", "of one that calls itself",
		  1 },
		{ "function to(p) { q = @cast(p, \"outer\")->next; return q } "
		  "probe begin { println(to(1)->id) }",
		  "<read 8 of to(1) +", "by a cast in it", 1 },
		{ "function id(p) { return p->id } probe begin { println(id(1))"
		  " }",
		  "unknown type in dereference of 'p'", "of a number", 0 },
		{ "function id(p) { return p->id } probe " CALL
		  " { println(id($o), id(&$o->in)) }",
		  "unable to find member 'id' for struct inner",
		  "each call by its own types", 0 },
		{ "function g(p) { if (p->id) return p; return &p->in } probe " CALL
		  " { println(g($o)->id) }",
		  "unknown type in dereference of 'g'", "two types are none",
		  0 },
	};
	struct run r;

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		run_init(&r, &kernel, tests[i].script);
		ok(tests[i].nfuncs ? r.p && r.p->funcs.n == tests[i].nfuncs &&
					     strstr(r.out.p, tests[i].want)
				   : !r.p && strstr(r.d.text.p, tests[i].want),
		   "autocast: %s", tests[i].what);
		run_deinit(&r);
	}
}

/* What is shown of a global that is never read. */
static void test_autoprint(void)
{
	static const struct {
		const char *body, *want;
	} tests[] = {
		{ "x = $o", "printf(\"x=%#x\\n\", x)" },
		{ "x = $o; if ($n) x = 0", "printf(\"x=%#x\\n\", x)" },
		{ "x = $n", "printf(\"x=%d\\n\", x)" },
		{ "x = $o; x = $n; x = $o", "printf(\"x=%d\\n\", x)" },
		{ "x = $o; x = &$o->in", "printf(\"x=%d\\n\", x)" },
	};
	char script[200];
	struct run r;

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		snprintf(script, sizeof(script), "global x probe %s { %s }",
			 CALL, tests[i].body);
		run_init(&r, &kernel, script);
		ok(r.p && strstr(r.out.p, tests[i].want), "shown of: %s",
		   tests[i].body);
		run_deinit(&r);
	}
}

static const struct ast_expr *first_arg(const struct program *p)
{
	return p->probes.v[0]->body->body[0]->e->args[0];
}

static void test_access(void)
{
	static const struct {
		const char *expr;
		struct access want;
	} tests[] = {
		{ "$o->id", { 8, true, false, 0, 0 } },
		{ "$o->in->b", { 4, false, false, 0, 0 } },
		{ "$o->in->flag", { 1, false, false, 3, 0 } },
		{ "$o->in->wide", { 4, true, false, 20, 3 } },
		{ "$o->color", { 4, false, false, 0, 0 } },
		{ "$n", { 4, true, false, 0, 0 } },
		{ "$flag", { 1, false, false, 0, 0 } },
		{ "$o", { 8, false, false, 0, 0 } },
	};
	char script[200];
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const struct access *w = &tests[i].want, *got;
		struct run r;

		snprintf(script, sizeof(script),
			 "probe " CALL " { println(%s) }", tests[i].expr);
		run_init(&r, &kernel, script);
		got = r.p ? &first_arg(r.p)->access : w;
		ok(r.p && got->bytes == w->bytes &&
			   got->is_signed == w->is_signed &&
			   got->bits == w->bits && got->shift == w->shift,
		   "width and sign of %s (%u bytes, signed %d, %u bits at %u)",
		   tests[i].expr, got->bytes, got->is_signed, got->bits,
		   got->shift);
		run_deinit(&r);
	}
}

static void test_flags(void)
{
	struct run r;

	run_init(&r, &kernel,
		 "probe " RETURN " { println($n, @entry(execname()), $return) }"
		 " probe " CALL " { println(1) } probe " CALL
		 " { println($n) }");
	ok(r.p && r.p->probes.n == 3, "three handlers");
	if (r.p) {
		const struct dprobe *p = r.p->probes.v[0];

		ok(p->flags == (TAPRT_P_RETURN | TAPRT_P_ARGS),
		   "snapshots read arguments");
		ok(p->saved.n == 2 && p->saved.v[1].off == 8 &&
			   p->saved_size == 8 + 512,
		   "snapshots lie one after the other");
		ok(r.p->probes.v[1]->flags == 0, "nothing reads arguments");
		ok(r.p->probes.v[2]->flags == TAPRT_P_ARGS, "$n does");
	}
	run_deinit(&r);
}

int main(void)
{
	kit_make(&kernel, 0);
	kit_make(&new_kernel, 24);
	test_arguments();
	test_chains();
	test_casts();
	test_defined();
	test_return();
	test_pretty();
	test_points();
	test_modules();
	test_writes();
	test_numbers();
	test_access();
	test_flags();
	test_functions();
	test_autocast_functions();
	test_autoprint();
	kit_drop(&kernel);
	kit_drop(&new_kernel);
	return tap_done();
}
