// SPDX-License-Identifier: GPL-2.0-only
/*
 * A location from somewhere: compile it at a place, take scalars out of it, and run
 * what came out.  Trees stay small whatever the bytes are.
 *
 * Input: a byte that chooses the place, one for the bits that are wanted, the length
 * of the frame base, it, and the location.
 */
#include "build/base/buf.h"
#include "build/dwarf/dwx.h"
#include "build/elab/dwloc.h"
#include "build/families/dwplace.h"
#include "build/lang/lang.h"
#include "tests/dwloc_eval.h"
#include "tests/unit/kit_fix.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_TREE 20000 /* 16 conditions of DWCOMP_NODES, and then some */

static void must(bool ok)
{
	if (!ok)
		abort();
}

static size_t nodes(const struct ast_expr *e)
{
	size_t n = 1;

	if (!e)
		return 0;
	for (size_t i = 0; i < e->nargs; i++)
		n += nodes(e->args[i]);
	return n + nodes(e->a) + nodes(e->b) + nodes(e->c);
}

static void use(const struct sema *sm, const struct ast_expr *e)
{
	struct buf b = BUF_INIT;

	if (!e)
		return;
	must(nodes(e) <= MAX_TREE);
	eval(sm, e);
	lang_print_expr(&b, e);
	must(b.len > 0);
	buf_deinit(&b);
}

/* The bytes alone in a block of their own: ASan sees what reads behind them. */
static struct dwx_expr copy(struct arena *a, const uint8_t *p, size_t n)
{
	uint8_t *q = arena_alloc(a, n ? n : 1);

	if (n)
		memcpy(q, p, n);
	return (struct dwx_expr){ q, n };
}

static void visit(const struct dwloc_env *env, const struct dwx_loc *loc,
		  unsigned int bits)
{
	const char *why = NULL;
	struct dwloc l = { 0 };
	uint64_t lo;

	if (!dwloc_compile(env, loc, &l, &why)) {
		must(why && *why);
		return;
	}
	for (size_t i = 0; i < l.nparts; i++)
		must(l.part[i].kind == DWPART_LOST ? l.part[i].why != NULL
						   : l.part[i].e != NULL);
	for (lo = 0; lo < 256; lo += 1 + bits / 2) {
		why = NULL;
		struct ast_expr *e =
			dwloc_bits(env, &l, lo, 1 + bits % 64, bits & 64, &why);

		must(e || why);
		use(env->sm, e);
		use(env->sm, dwloc_address(env, &l, lo / 8));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit kit;
	struct dwx_loc_entry frame = { { 0x1000, 0x2000 }, { 0 } };
	struct dwx_loc_entry entry = frame;
	struct dwx_loc loc = { .entry = &entry, .nentries = 1 };
	struct dwx_scope top = { .entry = 0x1000 };
	struct dwx_body body = { .top = &top };
	struct dwplace pl = { .scope = &top, .body = &body };
	struct arena a;
	struct program prog = { 0 };
	struct sema sm = { .a = &a, .kit = &kit, .prog = &prog };
	struct dwloc_env env = { .sm = &sm };
	size_t n;

	if (size < 3 || size > 4096)
		return 0;
	arena_init(&a);
	n = data[2] < size - 3 ? data[2] : size - 3;
	frame.expr = copy(&a, data + 3, n);
	entry.expr = copy(&a, data + 3 + n, size - 3 - n);
	body.frame_base = (struct dwx_loc){ .kind = DWX_LOC_EXPR,
					    .entry = &frame,
					    .nentries = 1 };
	pl.pc = data[0] & 1 ? 0x1000 : 0x1234;
	env.pl = data[0] & 2 ? NULL : &pl;
	loc.kind = data[0] & 4	 ? DWX_LOC_LIST
		   : data[0] & 8 ? DWX_LOC_BYTES
				 : DWX_LOC_EXPR;
	visit(&env, &loc, data[1]);
	arena_deinit(&a);
	return 0;
}
