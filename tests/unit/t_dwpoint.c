// SPDX-License-Identifier: GPL-2.0-only
/* Probe points by debug information: a small index, and a kernel with its symbols. */
#include "build/sema/sema.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "runtime/gen.h"
#include "tests/tap.h"
#include "tests/unit/dwarf_fix.h"
#include "tests/unit/script_fix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sorted by name; addresses are those of the index. */
static struct kit_func symbols[] = {
	FUNC("forgotten", 0, 0, 0, KIT_FN_INIT),
	FUNC("lone.isra.0", 0, 0, 0, KIT_FN_FTRACE),
	FUNC("start", 0, 0, 0, KIT_FN_FTRACE | KIT_FN_EXPORTED),
	FUNC("work", 0, 0, 0, KIT_FN_FTRACE),
};

static struct kit kernel;
static struct dwarf_fix fix;
static struct dwfile file;

static bool place_symbols(struct arena *a)
{
	struct dwx_body *b;
	struct err e;
	uint32_t *func;
	size_t i, n;

	for (i = 1; i < 4; i++) {
		const char *name = arena_strndup(a, symbols[i].name,
						 strcspn(symbols[i].name, "."));

		n = dwx_find_funcs(file.dir, name, NULL, a, &func);
		if (n != 1 || dwx_body(file.dir, dwx_ref(file.dir, func[0], 0),
				       a, &b, &e) < 0)
			return false;
		symbols[i].addr = b->top->entry;
		symbols[i].size =
			(uint32_t)(b->top->range[0].hi - b->top->entry);
	}
	return true;
}

#define TWICE(end)                                                        \
	"kernel.function(\"twice@work.c:8" end " twice in lone.isra.0+\n" \
	"kernel.function(\"twice@work.c:8" end " twice in work+\n"        \
	"kernel.function(\"twice@work.c:8" end " twice in work+\n"
#define TWICE_LINE                                                      \
	"kernel.statement(\"twice@work.c:10\") twice in lone.isra.0+\n" \
	"kernel.statement(\"twice@work.c:10\") twice in work+\n"        \
	"kernel.statement(\"twice@work.c:10\") twice in work+\n"
#define WORK_LINE "kernel.statement(\"work@work.c:19\") work+\n"

/* "pp [symbol][+] mech" a point, a line each. */
static void put_points(struct buf *b, const struct program *p)
{
	struct dprobe **dp;
	struct dpoint *pt;

	vec_foreach(dp, &p->probes)
		vec_foreach(pt, &(*dp)->points)
			buf_printf(b, "%s %s%s%s%s%s\n", pt->pp, pt->func,
				   pt->symbol ? " in " : "",
				   pt->symbol ? pt->symbol : "",
				   pt->offset ? "+" : "",
				   pt->mech == TAPRT_MECH_FTRACE ? " ftrace"
				   : pt->mech == TAPRT_MECH_KRETPROBE
					   ? " return"
					   : "");
}

static void run_script(struct run *r, const char *probe)
{
	char script[600];
	bool whole = !strncmp(probe, "probe ", 6);

	snprintf(script, sizeof(script),
		 whole ? "%s" : "probe %s { println(pp()) }", probe);
	run_init(r, &kernel, script);
	buf_reset(&r->out);
	if (r->p)
		put_points(&r->out, r->p);
}

/* Points of @probe, in order; @warning: or NULL */
static void gives(const char *probe, const char *want, const char *warning)
{
	struct run r;

	run_script(&r, probe);
	if (!ok(r.out.len && !strcmp(r.out.p, want) &&
			!r.d.nwarnings == !warning &&
			(!warning || strstr(r.d.text.p, warning)),
		"%s%s%s", probe, warning ? ": " : "", warning ? warning : ""))
		printf("# got:\n%s# %s\n", r.out.p, r.d.text.p);
	run_deinit(&r);
}

static void refuses(const char *probe, const char *tag, const char *text)
{
	struct run r;

	run_script(&r, probe);
	if (!ok(!r.out.len && strstr(r.d.text.p, tag) &&
			strstr(r.d.text.p, text),
		"%s: %s %s", probe, tag, text))
		printf("# got: %s# %s\n", r.out.p, r.d.text.p);
	run_deinit(&r);
}

static void test_functions(void)
{
	gives("kernel.function(\"work\")",
	      "kernel.function(\"work\") work ftrace\n", NULL);
	gives("kernel.function(\"work@work.c\")",
	      "kernel.function(\"work@work.c:14\") work ftrace\n", NULL);
	gives("kernel.function(\"*@work.c:19\").call",
	      "kernel.function(\"work@work.c:14\").call work ftrace\n", NULL);
	gives("kernel.function(\"*@work.c\").exported",
	      "kernel.function(\"start@work.c:33\").exported start ftrace\n",
	      NULL);
	gives("kernel.function(\"work@work.c\").return",
	      "kernel.function(\"work@work.c:14\").return work return\n", NULL);
	/* a copy by the compiler is the function */
	gives("kernel.function(\"lone\")",
	      "kernel.function(\"lone\") lone in lone.isra.0 ftrace\n", NULL);
	gives("kernel.function(\"l?ne\")",
	      "kernel.function(\"lone\") lone in lone.isra.0 ftrace\n", NULL);
	/* only inlined */
	gives("kernel.function(\"twice\")", TWICE("\")"), NULL);
	gives("kernel.function(\"twice\").inline", TWICE("\").inline"), NULL);
	refuses("kernel.function(\"twice\").call", "NO_MATCH",
		"no code of its own: it is inlined in 3 places (try .inline)");
	refuses("kernel.function(\"twice@work.c\").return", "INLINED",
		"cannot probe .return of 3 inlined function(s) twice");
}

/* A function that has a symbol and is inlined as well: the same program, a word. */
static void test_also_inlined(void)
{
	struct kit_func all[] = { symbols[0], symbols[1], symbols[2],
				  FUNC("twice", 1, 1, 0, 0), symbols[3] };

	kit_funcs = all;
	kit_funcs_n++;
	gives("kernel.function(\"twice\")",
	      "kernel.function(\"twice\") twice\n",
	      "function 'twice' is inlined in 3 places");
	gives("kernel.function(\"twice\").call",
	      "kernel.function(\"twice\").call twice\n", NULL);
	gives("kernel.function(\"tw*\")", "kernel.function(\"twice\") twice\n",
	      NULL);
	kit_funcs = symbols;
	kit_funcs_n--;
}

/* A copy beside the function: left out only where its parameters are read. */
static void test_copies(void)
{
	struct kit_func all[] = { symbols[0], symbols[1], symbols[2],
				  symbols[3],
				  FUNC("work.constprop.0", 9, 1, 0, 0) };

	kit_funcs = all;
	kit_funcs_n++;
	all[3].btf = T_DO_WORK;
	gives("kernel.function(\"work\")",
	      "kernel.function(\"work\") work ftrace\n"
	      "kernel.function(\"work\") work in work.constprop.0\n",
	      NULL);
	gives("probe kernel.function(\"work\") { println($o) }",
	      "kernel.function(\"work\") work ftrace\n", "CLONE");
	kit_funcs = symbols;
	kit_funcs_n--;
}

/* Code of one symbol may be a function that has none. */
static void test_other_symbol(void)
{
	struct kit_func all[] = { symbols[0], symbols[1], symbols[2],
				  symbols[3] };

	kit_funcs = all;
	all[1].name = all[1].shown = "load";
	all[1].addr -= 4;
	all[1].size += 4;
	gives("kernel.function(\"lone@work.c\").call",
	      "kernel.function(\"lone@work.c:29\").call lone in load+\n", NULL);
	refuses("kernel.function(\"lone@work.c\").return", "NO_MATCH",
		"function 'lone' has no symbol of its own");
	kit_funcs = symbols;
}

static void test_exported(void)
{
	refuses("kernel.function(\"work@work.c\").exported", "NO_MATCH",
		"function 'work' is not exported");
	refuses("module(\"disk\").function(\"work@work.c\").exported",
		"NO_MATCH", "function 'work' is not exported");
	refuses("module(\"other\").function(\"start@work.c\").exported",
		"NO_MATCH", "function 'start' is not known to be exported");
}

static void test_inside(void)
{
	gives("kernel.function(\"work\").label(\"d*\")",
	      "kernel.function(\"work@work.c:14\").label(\"done\") work+\n",
	      NULL);
	gives("kernel.function(\"start\").callees",
	      "kernel.function(\"start\").callee(\"lone@work.c:29\") "
	      "lone in lone.isra.0 ftrace\n",
	      NULL);
	gives("kernel.function(\"start\").callees(3)",
	      "kernel.function(\"start\").callee(\"lone@work.c:29\") "
	      "lone in lone.isra.0 ftrace\n",
	      NULL);
	gives("kernel.function(\"st*\").callee(\"lo*@work.c\").return",
	      "kernel.function(\"st*\").callee(\"lone@work.c:29\").return "
	      "lone in lone.isra.0 return\n",
	      NULL);
	refuses("kernel.function(\"start\").callees(0)", "INTERVAL", "depth");
	refuses("kernel.function(\"start\").callee(\"x\")", "NO_MATCH",
		"callee 'x' in function 'start' (callees there: ");
	refuses("kernel.function(\"start\").callee(\"lon\")", "NO_MATCH",
		"in function 'start' (similar callees: lone)");
	refuses("kernel.function(\"work\").label(\"doen\")", "NO_MATCH",
		"in function 'work' (similar labels: done)");
	refuses("kernel.function(\"start\").label(\"x\")", "NO_MATCH",
		"label 'x' in function 'start': there is no other label");
}

static void test_statements(void)
{
	gives("kernel.statement(\"*@work.c:10\")", TWICE_LINE, NULL);
	gives("kernel.statement(\"twice@work.c+2\")", TWICE_LINE, NULL);
	gives("kernel.statement(\"work@work.c:19\")", WORK_LINE, NULL);
	gives("kernel.statement(\"work@work.c:19,100\")", WORK_LINE, NULL);
	gives("kernel.statement(\"w*@work.c:19-21\")",
	      WORK_LINE "kernel.statement(\"work@work.c:20\") work+\n", NULL);
	gives("kernel.statement(\"work@work.c+1\")",
	      "kernel.statement(\"work@work.c:15\") work ftrace\n", NULL);
	gives("kernel.statement(\"work\")",
	      "kernel.statement(\"work@work.c:14\") work ftrace\n", NULL);
	gives("kernel.statement(\"work@work.c:21\").nearest",
	      "kernel.statement(\"work@work.c:22\").nearest work+\n", NULL);
	gives("kernel.statement(\"*@work.c:21\").nearest",
	      "kernel.statement(\"work@work.c:22\").nearest work+\n", NULL);
	refuses("kernel.statement(\"*@work.c:21\")", "NO_MATCH",
		"(try :20 or :22)");
	refuses("kernel.statement(\"start@work.c:19\")", "NO_MATCH",
		"of such a function");
	refuses("kernel.statement(\"work@work.c:12\")", "NO_MATCH",
		"of such a function (try :15)");
	refuses("kernel.statement(\"*@wrk.c:10\")", "NO_MATCH",
		"similar files: work.c");
	refuses("kernel.statement(\"wrk@work.c+1\")", "NO_MATCH",
		"similar functions: work");
	refuses("kernel.statement(\"work@work.c+900\")", "NO_MATCH",
		"try .nearest");
	refuses("kernel.statement(\"work:3\")", "SPEC", "needs a file");
}

static void test_addresses(void)
{
	uint64_t work = symbols[3].addr;
	char text[200];

	snprintf(text, sizeof(text), "kernel.function(%llu)",
		 (unsigned long long)work + 5);
	gives(text, "kernel.function(\"work@work.c:14\") work ftrace\n", NULL);
	snprintf(text, sizeof(text), "kernel.statement(%llu)",
		 (unsigned long long)work);
	gives(text, "kernel.statement(\"work@work.c:15\") work ftrace\n", NULL);
	snprintf(text, sizeof(text), "kernel.statement(%llu)",
		 (unsigned long long)work + 1);
	refuses(text, "NO_MATCH", "no statement begins at address");
	snprintf(text, sizeof(text), "kernel.statement(%llu).nearest",
		 (unsigned long long)work + 1);
	gives(text,
	      "kernel.statement(\"work@work.c:15\").nearest work ftrace\n",
	      NULL);
	refuses("kernel.statement(0x7777777777)", "NO_MATCH", "no function");
	refuses("kernel.function(0x7777777777)", "NO_MATCH", "no function");
	gives("kernel.statement(0xffffffffc0000010).absolute",
	      "kernel.statement(0xffffffffc0000010).absolute \n", NULL);
	gives("kprobe.statement(4096).absolute",
	      "kprobe.statement(0x1000).absolute \n", NULL);
}

static void test_refused(void)
{
	uint32_t flags = symbols[3].flags;

	refuses("kernel.function(\"forgotten\")", "NO_MATCH",
		"only exists while the kernel boots");
	refuses("kernel.function(\"wrk\").inline", "NO_MATCH",
		"similar functions: work");
	refuses("kernel.function(\"start\").inline", "NO_MATCH",
		"inlined nowhere");
	symbols[3].flags = KIT_FN_BLACKLIST;
	refuses("kernel.function(\"work@work.c\")", "NO_MATCH",
		"the kernel forbids it");
	refuses("kernel.statement(\"work@work.c:19\")", "NO_MATCH",
		"the kernel forbids it");
	gives("kernel.statement(\"twice@work.c:10\")",
	      "kernel.statement(\"twice@work.c:10\") twice in lone.isra.0+\n",
	      NULL);
	symbols[3].flags = flags;
	kit_debug = NULL;
	refuses("kernel.function(\"work\").inline", "NO_DEBUGINFO",
		"linux-image-1.2.3-test-dbg");
	gives("kernel.function(\"start\").*",
	      "kernel.function(\"start\").call start ftrace\n"
	      "kernel.function(\"start\").exported start ftrace\n"
	      "kernel.function(\"start\").return start return\n",
	      NULL);
	kit_debug = &file;
}

/* Any module: the made-up kernel has the same index for all. */
static void test_modules(void)
{
	gives("module(\"other\").function(\"twice\").inline",
	      "module(\"other\").function(\"twice@work.c:8\").inline "
	      "twice in lone+\n"
	      "module(\"other\").function(\"twice@work.c:8\").inline "
	      "twice in work+\n"
	      "module(\"other\").function(\"twice@work.c:8\").inline "
	      "twice in work+\n",
	      NULL);
	/* of a pattern each point says which module it is in */
	gives("module(\"d?sk\").function(\"work@work.c\").return",
	      "module(\"disk\").function(\"work@work.c:14\").return "
	      "work return\n",
	      NULL);
	/* what the kit knows of the module's functions counts */
	gives("module(\"disk\").function(\"*@work.c\").exported",
	      "module(\"disk\").function(\"start@work.c:33\").exported "
	      "start ftrace\n",
	      NULL);
	refuses("module(\"disk\").function(\"lone@work.c\")", "NO_MATCH",
		"the kernel forbids it");
	gives("module(\"other\").function(\"lone\")",
	      "module(\"other\").function(\"lone@work.c:29\") lone ftrace\n",
	      NULL);
	gives("module(\"disk\").statement(\"*@work.c:19\")",
	      "module(\"disk\").statement(\"work@work.c:19\") work+\n", NULL);
	refuses("module(\"x*\").statement(\"*@work.c:19\")", "NO_MATCH",
		"the 0 modules 'x*'");
	kit_debug = NULL;
	refuses("module(\"disk\").statement(\"*@work.c:19\")", "NO_DEBUGINFO",
		"of module 'disk'");
	refuses("module(\"d*\").statement(\"*@work.c:19\")", "NO_DEBUGINFO",
		"of module 'disk'");
	kit_debug = &file;
}

int main(void)
{
	const char *const flags[] = { "-g", "-fno-reorder-functions", NULL };
	struct arena a;
	struct err e = { 0 };

	guru = true;
	arena_init(&a);
	kit_make(&kernel, 0);
	if (dwarf_fix_make(&a, &fix, "gcc", flags, false, &e) < 0 ||
	    dwx_dir(fix.x, 0, &file.dir, &e) < 0) {
		ok(false, "an index: %s", e.text);
		return tap_done();
	}
	file.name = "vmlinux";
	file.types = &kernel.btf;
	kit_funcs = symbols;
	kit_funcs_n = sizeof(symbols) / sizeof(symbols[0]);
	kit_debug = &file;
	ok(place_symbols(&a), "the functions are in the index");

	test_functions();
	test_also_inlined();
	test_copies();
	test_other_symbol();
	test_exported();
	test_inside();
	test_statements();
	test_addresses();
	test_refused();
	test_modules();
	dwarf_fix_free(&fix);
	kit_drop(&kernel);
	arena_deinit(&a);
	return tap_done();
}
