// SPDX-License-Identifier: GPL-2.0-only
/* Locations by hand: what their trees give with known registers and memory. */
#include "build/base/buf.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/enc.h"
#include "build/elab/dwloc.h"
#include "build/families/dwplace.h"
#include "tests/dwloc_eval.h"
#include "tests/tap.h"
#include "tests/unit/dwarf_fix.h"
#include "tests/unit/kit_fix.h"

#include <dwarf.h>

static struct arena a;
static struct kit kernel;
static struct dwx_dir
	*dir; /* of a relocatable file: its addresses have sections */

#define ENTRY 0x4000
#define LATER 0x4010

/* ---- putting expressions together ------------------------------------------------ */

static struct buf out;

static void op0(uint8_t op)
{
	buf_addc(&out, (char)op);
}

static void op_u(uint8_t op, uint64_t v)
{
	op0(op);
	enc_u(&out, v);
}

static void op_s(uint8_t op, int64_t v)
{
	op0(op);
	enc_s(&out, v);
}

static void op_jump(uint8_t op, uint16_t to)
{
	op0(op);
	buf_add(&out, &to, 2);
}

static void op_addr(uint64_t v)
{
	op0(DW_OP_addr);
	buf_add(&out, &v, 8);
}

static void op_bytes(uint8_t op, const void *p, size_t n)
{
	op_u(op, n);
	buf_add(&out, p, n);
}

#define T_S32  (4 << 8 | DW_ATE_signed)
#define T_UINT (4 << 8 | DW_ATE_unsigned)
#define T_U64  (8 << 8 | DW_ATE_unsigned)
#define T_F64  (8 << 8 | DW_ATE_float)

/* ---- asking ----------------------------------------------------------------------- */

static struct sema sm;
static struct program prog;
static const char *why;
static bool in_module; /* what is asked for is of @dir */

/* The frame is at register 6 + 16 from LATER on, and as CFI has it before. */
static struct dwplace *place(uint64_t pc)
{
	static const uint8_t later[] = { DW_OP_breg6, 32 };
	static struct dwx_loc_entry entry = { { LATER, LATER + 16 },
					      { later, 2 } };
	static struct dwx_scope top = { .kind = DWX_SCOPE_FUNC,
					.entry = ENTRY };
	static struct dwx_body body = { .top = &top };
	static struct dwplace pl;
	static const uint8_t cfa[] = { DW_OP_call_frame_cfa };
	static struct dwx_loc_entry first = { { ENTRY, LATER }, { cfa, 1 } };
	static struct dwx_loc_entry both[2];

	both[0] = first;
	both[1] = entry;
	body.frame_base = (struct dwx_loc){ .kind = DWX_LOC_LIST,
					    .entry = both,
					    .nentries = 2 };
	pl = (struct dwplace){ .pc = pc, .scope = &top, .body = &body };
	return &pl;
}

static bool compile(uint64_t pc, struct dwloc_env *env, struct dwloc *l)
{
	static struct dwx_loc_entry entry;
	struct dwx_loc loc = { .kind = DWX_LOC_EXPR,
			       .entry = &entry,
			       .nentries = 1 };
	uint8_t *copy = arena_memdup(&a, out.p ? out.p : "", out.len + 1);

	/* one past the end is nobody's: ASan sees what reads there */
	entry = (struct dwx_loc_entry){ { ENTRY, LATER + 16 },
					{ copy, out.len } };
	buf_reset(&out);
	*env = (struct dwloc_env){ .sm = &sm,
				   .dir = in_module ? dir : NULL,
				   .pl = pc ? place(pc) : NULL };
	sm = (struct sema){
		.a = &a, .kit = &kernel, .btf = &kernel.btf, .prog = &prog
	};
	why = "";
	return dwloc_compile(env, &loc, l, &why);
}

static void gives_at(uint64_t pc, uint32_t bits, bool is_signed, int64_t want,
		     const char *what)
{
	struct dwloc_env env;
	struct dwloc l = { 0 };
	struct ast_expr *e = NULL;

	if (compile(pc, &env, &l))
		e = dwloc_bits(&env, &l, 0, bits, is_signed, &why);
	if (!e)
		ok(false, "%s: %s", what, why);
	else
		ok(eval(&sm, e) == want, "%s: 0x%llx is 0x%llx", what,
		   (long long)eval(&sm, e), (long long)want);
}

static void gives(uint64_t want, const char *what)
{
	gives_at(LATER, 64, false, (int64_t)want, what);
}

static void says(uint64_t pc, const char *want, const char *what)
{
	struct dwloc_env env;
	struct dwloc l = { 0 };
	bool found = compile(pc, &env, &l);

	ok(!found && why && strstr(why, want), "%s: %s", what,
	   found ? "found" : why);
}

/* ---- the tests --------------------------------------------------------------------- */

static void test_registers(void)
{
	op0(DW_OP_reg5);
	gives(EVAL_REG(5), "a register");
	op_u(DW_OP_regx, 12);
	gives(EVAL_REG(12), "a register by number");
	op0(DW_OP_reg3);
	gives_at(LATER, 32, true, (int32_t)EVAL_REG(3), "its low half, signed");
	op0(DW_OP_reg3);
	gives_at(LATER, 8, false, (uint8_t)EVAL_REG(3), "its low byte");
	op_u(DW_OP_regx, 17);
	says(LATER, "probes do not see", "a vector register");
	op0(DW_OP_reg5);
	says(0, "in a register", "without a place");
}

static void test_memory(void)
{
	op_s(DW_OP_breg7, -24);
	gives(eval_read(EVAL_REG(7) - 24, 8), "memory at a register");
	op_s(DW_OP_breg7, 8);
	gives_at(LATER, 16, true, (int16_t)eval_read(EVAL_REG(7) + 8, 2),
		 "two bytes of it");
	op_s(DW_OP_fbreg, -40);
	gives(eval_read(EVAL_REG(6) + 16 - 40, 8), "in the frame");
	op_s(DW_OP_fbreg, -40);
	gives_at(ENTRY, 64, false, (int64_t)eval_read(EVAL_REG(7) + 8 - 40, 8),
		 "in the frame, at the entry");
	op_s(DW_OP_fbreg, -40);
	says(ENTRY + 4, "stack frame", "in the frame, which nothing tells");
	op_s(DW_OP_fbreg, -40);
	says(LATER + 100, "stack frame", "behind what the frame covers");
	op_s(DW_OP_breg5, 0);
	op0(DW_OP_deref);
	gives(eval_read(eval_read(EVAL_REG(5), 8), 8), "a pointer followed");
	op_u(DW_OP_bregx, 9);
	enc_s(&out, 4);
	op_u(DW_OP_deref_size, 2);
	op0(DW_OP_stack_value);
	gives(eval_read(EVAL_REG(9) + 4, 2), "two bytes as a value");
}

static void test_addresses(void)
{
	op_addr(0xffffffff81234560);
	gives_at(0, 32, false,
		 (int64_t)eval_read(0xffffffff81234560 + EVAL_SLIDE, 4),
		 "the kernel's data");
	op_addr(0xffffffff81234560);
	op0(DW_OP_stack_value);
	gives(0xffffffff81234560 + EVAL_SLIDE, "an address as a value");
	kit_percpu_end = 0x1000;
	op_addr(0x120);
	gives(eval_read(0x120 + EVAL_CPU, 8), "per-CPU data is this CPU's");
	op_addr(0x120);
	op_u(DW_OP_plus_uconst, 8);
	op0(DW_OP_deref);
	op0(DW_OP_stack_value);
	gives(eval_read(0x128 + EVAL_CPU, 8), "also where it is read from");
	op_addr(0x120);
	op_u(DW_OP_plus_uconst, 8);
	op0(DW_OP_stack_value);
	gives(0x128, "a pointer to it is no CPU's");
	op_addr(0x120);
	op_u(DW_OP_piece, 8);
	op0(DW_OP_lit0);
	op0(DW_OP_stack_value);
	op_u(DW_OP_piece, 8);
	gives(eval_read(0x120 + EVAL_CPU, 8), "as the first of two pieces");
	kit_percpu_start = 0xffffffff83000000;
	kit_percpu_end = 0xffffffff83001000;
	op_addr(kit_percpu_start);
	op0(DW_OP_stack_value);
	gives(kit_percpu_start + EVAL_SLIDE,
	      "but moves with a kernel it is linked into");
	kit_percpu_start = kit_percpu_end = 0;
	in_module = true;
	op_addr(DFILE_BASE);
	says(LATER, "has no name there", "what a module has no name for");
	op_addr(16);
	op0(DW_OP_stack_value);
	says(LATER, "in another module", "what a module only refers to");
	op_addr(DFILE_ELSEWHERE + DFILE_BASE);
	op0(DW_OP_stack_value);
	says(LATER, "in another module", "and behind its begin");
	in_module = false;
	op_u(DW_OP_constu, 8);
	op0(DW_OP_form_tls_address);
	says(LATER, "thread-local", "thread-local data");
}

static void test_values(void)
{
	op0(DW_OP_lit0 + 21);
	op0(DW_OP_stack_value);
	gives(21, "a constant");
	op_s(DW_OP_consts, -3);
	op0(DW_OP_stack_value);
	gives_at(LATER, 32, true, -3, "a negative one");
	op_bytes(DW_OP_implicit_value, "\1\2\3\4\5\6\7\10\11\12", 10);
	gives(0x0807060504030201, "a value's bytes");
	op_bytes(DW_OP_implicit_value, "\1\2", 2);
	gives_at(LATER, 16, false, 0x0201, "two of them");
	says(LATER, "optimised out", "nothing at all");
	op0(DLOC_LOST);
	says(LATER, "cannot be followed", "what the index does not keep");
	op_s(DW_OP_implicit_pointer, 0);
	says(LATER, "optimised out", "a pointer to nothing");
	op0(DW_OP_reg5);
	op0(DW_OP_reg5);
	says(LATER, "damaged", "two places");
	op0(DW_OP_deref);
	says(LATER, "damaged", "an empty stack");
	op0(DW_OP_call_frame_cfa);
	op0(DW_OP_stack_value);
	gives(EVAL_REG(6) + 16, "the frame's address");
	op0(0x01);
	says(LATER, "damaged", "no operation of that number");
}

static void binary(uint8_t op, int64_t x, int64_t y, uint64_t want,
		   const char *what)
{
	op_s(DW_OP_consts, x);
	op_s(DW_OP_consts, y);
	op0(op);
	op0(DW_OP_stack_value);
	gives(want, what);
}

static void test_arithmetic(void)
{
	uint64_t r5 = EVAL_REG(5);

	binary(DW_OP_minus, 5, 9, (uint64_t)-4, "minus");
	binary(DW_OP_div, -9, 2, (uint64_t)-4, "div is signed");
	binary(DW_OP_mod, -1, 10, UINT64_MAX % 10, "mod is not");
	binary(DW_OP_mod, 17, 5, 2, "mod");
	binary(DW_OP_shr, -1, 60, 15, "shr");
	binary(DW_OP_shra, -16, 2, (uint64_t)-4, "shra");
	binary(DW_OP_shl, 3, 4, 48, "shl");
	binary(DW_OP_lt, -1, 1, 1, "lt is signed");
	binary(DW_OP_ge, 1, 1, 1, "ge");
	binary(DW_OP_ne, 1, 1, 0, "ne");
	binary(DW_OP_swap, 7, 9, 7, "swap");
	binary(DW_OP_over, 7, 9, 7, "over");
	binary(DW_OP_drop, 7, 9, 7, "drop");
	op_s(DW_OP_breg5, 3);
	op0(DW_OP_dup);
	op0(DW_OP_mul);
	op_u(DW_OP_plus_uconst, 7);
	op0(DW_OP_stack_value);
	gives((r5 + 3) * (r5 + 3) + 7, "dup, mul, plus_uconst");
	op_s(DW_OP_consts, -5);
	op0(DW_OP_abs);
	op0(DW_OP_neg);
	op0(DW_OP_not);
	op0(DW_OP_stack_value);
	gives(4, "abs, neg, not");
	op0(DW_OP_lit1);
	op0(DW_OP_lit2);
	op0(DW_OP_lit3);
	op0(DW_OP_rot);
	op0(DW_OP_minus);
	op0(DW_OP_stack_value);
	gives((uint64_t)-1, "rot brings the top to the third place");
	op0(DW_OP_lit4);
	op0(DW_OP_lit5);
	op_u(DW_OP_pick, 1);
	op0(DW_OP_stack_value);
	gives(4, "pick");
}

static void test_types(void)
{
	op_u(DW_OP_regval_type, 3);
	enc_u(&out, T_S32);
	op_u(DW_OP_convert, 0);
	op0(DW_OP_stack_value);
	gives((uint64_t)(int64_t)(int32_t)EVAL_REG(3), "an int in a register");
	op_u(DW_OP_const_type, T_UINT);
	enc_u(&out, 4);
	buf_add(&out, "\377\377\377\377", 4);
	op_u(DW_OP_const_type, T_UINT);
	enc_u(&out, 4);
	buf_add(&out, "\2\0\0\0", 4);
	op0(DW_OP_plus);
	op0(DW_OP_stack_value);
	gives(1, "unsigned ints go round at 32 bits");
	op_s(DW_OP_consts, -1);
	op_u(DW_OP_convert, T_S32);
	op0(DW_OP_lit4);
	op_u(DW_OP_convert, T_S32);
	op0(DW_OP_shr);
	op0(DW_OP_stack_value);
	gives(0x0fffffff, "shr brings zeros into an int");
	op_s(DW_OP_consts, -1);
	op_u(DW_OP_convert, T_U64);
	op0(DW_OP_lit1);
	op_u(DW_OP_convert, T_U64);
	op0(DW_OP_gt);
	op0(DW_OP_stack_value);
	gives(1, "unsigned longs are compared as such");
	op_s(DW_OP_breg5, 0);
	op_u(DW_OP_deref_type, 4);
	enc_u(&out, T_S32);
	op0(DW_OP_stack_value);
	gives((uint64_t)(int64_t)(int32_t)eval_read(EVAL_REG(5), 4),
	      "an int in memory");
	op_u(DW_OP_regval_type, 3);
	enc_u(&out, T_F64);
	op0(DW_OP_stack_value);
	says(LATER, "no long holds", "a double");
	op_u(DW_OP_regval_type, 3);
	enc_u(&out, 16 << 8 | DW_ATE_unsigned);
	op0(DW_OP_stack_value);
	says(LATER, "no long holds", "16 bytes");
}

static void test_jumps(void)
{
	op_s(DW_OP_breg5, 0);
	op0(DW_OP_lit0);
	op0(DW_OP_lt);
	op_jump(DW_OP_bra, 6);
	op0(DW_OP_lit1);
	op_jump(DW_OP_skip, 7);
	op0(DW_OP_lit2);
	op0(DW_OP_stack_value);
	gives(1, "a condition that does not hold");
	op_s(DW_OP_breg5, 0);
	op_jump(DW_OP_bra, 4);
	op0(DW_OP_lit1);
	op_jump(DW_OP_skip, 5);
	op0(DW_OP_lit2);
	op0(DW_OP_stack_value);
	gives(2, "one that does");
	op0(DW_OP_lit1);
	op_jump(DW_OP_skip, 0);
	says(LATER, "loop", "a jump back");
	op0(DW_OP_lit1);
	op_jump(DW_OP_bra, 0);
	says(LATER, "loop", "one that depends");
	op0(DW_OP_lit1);
	op_jump(DW_OP_skip, 99);
	says(LATER, "loop", "a jump out of it");
}

static void nested(uint8_t op, const void *p, size_t n)
{
	op_bytes(op, p, n);
	op0(DW_OP_stack_value);
}

static void test_entry_values(void)
{
	static const uint8_t rdi[] = { DW_OP_reg5 };
	static const uint8_t deep[] = { DW_OP_entry_value, 6,
					DW_OP_entry_value, 4,
					DW_OP_entry_value, 2,
					DW_OP_entry_value, 0 };

	nested(DW_OP_entry_value, rdi, 1);
	gives_at(ENTRY, 64, false, (int64_t)EVAL_REG(5),
		 "a value at entry, at the entry");
	nested(DW_OP_entry_value, rdi, 1);
	says(LATER, "at the function's entry", "later");
	nested(DW_OP_entry_value, deep, sizeof(deep));
	says(ENTRY, "damaged", "entries within entries");
}

/* Two registers, a hole, memory. */
static void pieces(void)
{
	op0(DW_OP_reg0);
	op_u(DW_OP_piece, 4);
	op0(DW_OP_reg1);
	op_u(DW_OP_piece, 8);
	op_u(DW_OP_piece, 4);
	op_s(DW_OP_breg7, 16);
	op_u(DW_OP_piece, 8);
}

static void part_is(uint64_t lo, uint32_t n, bool is_signed, int64_t want,
		    const char *what)
{
	struct dwloc_env env;
	struct dwloc l = { 0 };
	struct ast_expr *e = NULL;

	pieces();
	if (compile(LATER, &env, &l))
		e = dwloc_bits(&env, &l, lo, n, is_signed, &why);
	ok(e && eval(&sm, e) == want, "%s: %s", what, e ? "" : why);
}

static void test_pieces(void)
{
	uint64_t r0 = EVAL_REG(0), r1 = EVAL_REG(1);
	struct dwloc_env env;
	struct dwloc l = { 0 };

	part_is(0, 32, false, (int64_t)(uint32_t)r0, "the first piece");
	part_is(32, 64, false, (int64_t)r1, "the second");
	part_is(0, 64, false, (int64_t)((uint64_t)(uint32_t)r0 | r1 << 32),
		"a long across two");
	part_is(48, 16, true, (int16_t)(r1 >> 16), "inside one");
	part_is(37, 3, false, (int64_t)(r1 >> 5 & 7), "a bit field");
	part_is(160, 32, false, (int64_t)eval_read(EVAL_REG(7) + 16 + 4, 4),
		"in memory");
	pieces();
	ok(compile(LATER, &env, &l) &&
		   !dwloc_bits(&env, &l, 96, 32, false, &why) &&
		   strstr(why, "only in part"),
	   "the hole: %s", why);
	ok(!dwloc_bits(&env, &l, 192, 32, false, &why), "behind the end");
	ok(!dwloc_address(&env, &l, 0) && dwloc_address(&env, &l, 20),
	   "only memory has an address");
	op0(DW_OP_reg0);
	ok(compile(LATER, &env, &l) &&
		   !dwloc_bits(&env, &l, 64, 64, false, &why) &&
		   strstr(why, "only in part"),
	   "the second half of 16 bytes in a register: %s", why);
	op0(DW_OP_reg0);
	op_u(DW_OP_bit_piece, 64);
	enc_u(&out, 32);
	ok(compile(LATER, &env, &l) &&
		   dwloc_bits(&env, &l, 0, 32, false, &why) &&
		   !dwloc_bits(&env, &l, 0, 64, false, &why),
	   "more bits than a register has");
	op_bytes(DW_OP_implicit_value, "\x12\x34\x56", 3);
	op_u(DW_OP_bit_piece, 16);
	enc_u(&out, 4);
	gives_at(LATER, 16, false, 0x6341, "bytes from a bit on");
	op_bytes(DW_OP_implicit_value, "\x12\x34\x56", 3);
	op_u(DW_OP_bit_piece, 24);
	enc_u(&out, 8);
	ok(compile(LATER, &env, &l) &&
		   dwloc_bits(&env, &l, 0, 16, false, &why) &&
		   !dwloc_bits(&env, &l, 0, 24, false, &why),
	   "and no more of them than there are");
	op0(DW_OP_lit3);
	op0(DW_OP_stack_value);
	op_u(DW_OP_piece, 4);
	op0(DW_OP_deref);
	op_u(DW_OP_piece, 4);
	ok(compile(LATER, &env, &l) && l.nparts == 2 &&
		   l.part[0].kind == DWPART_VALUE &&
		   l.part[1].kind == DWPART_LOST,
	   "what is wrong with a piece leaves the others");
	op0(DW_OP_reg0);
	op_u(DW_OP_bit_piece, 3);
	enc_u(&out, 0);
	says(LATER, "whole bytes", "a piece of three bits");
}

/* A tree that doubles at every step would fill the machine. */
static void test_bounds(void)
{
	int i;

	op_s(DW_OP_breg5, 0);
	for (i = 0; i < 400; i++) {
		op0(DW_OP_dup);
		op0(DW_OP_plus);
	}
	op0(DW_OP_stack_value);
	says(LATER, "too involved", "four hundred doublings");
	for (i = 0; i < 100; i++)
		op0(DW_OP_lit1);
	says(LATER, "too involved", "a deep stack");
	for (i = 0; i < 40; i++) {
		op_s(DW_OP_breg5, 0);
		op_jump(DW_OP_bra, (uint16_t)(2 * i + 2));
	}
	op0(DW_OP_lit1);
	says(LATER, "too involved", "forty conditions");
}

static void test_lists(void)
{
	static const uint8_t rdi[] = { DW_OP_reg5 };
	struct dwx_loc_entry entry = { { LATER, LATER + 4 }, { rdi, 1 } };
	struct dwx_loc l = { .kind = DWX_LOC_LIST,
			     .entry = &entry,
			     .nentries = 1 };
	struct dwloc_env env = { .sm = &sm, .dir = dir, .pl = place(LATER) };
	struct dwloc ret = { 0 };

	sm = (struct sema){
		.a = &a, .kit = &kernel, .btf = &kernel.btf, .prog = &prog
	};
	ok(dwloc_compile(&env, &l, &ret, &why) && ret.nparts == 1,
	   "a list where it has an entry");
	env.pl = place(LATER + 4);
	ok(!dwloc_compile(&env, &l, &ret, &why) &&
		   !strcmp(why, "optimised out here"),
	   "and where not: %s", why);
	l = (struct dwx_loc){ .kind = DWX_LOC_NONE };
	ok(!dwloc_compile(&env, &l, &ret, &why) &&
		   !strcmp(why, "optimised out"),
	   "nowhere: %s", why);
	l = (struct dwx_loc){ .kind = DWX_LOC_CONST, .value = -7 };
	ok(dwloc_compile(&env, &l, &ret, &why) &&
		   eval(&sm, dwloc_bits(&env, &ret, 0, 32, true, &why)) == -7,
	   "a constant");
}

/* ---- data of modules ---------------------------------------------------------- */

static const char module_source[] =
	"int ahead = 1;\n"
	"static int before = 2;\n"
	"extern void use(int *);\n"
	"void first(void)\n"
	"{\n"
	"	static int count = 3;\n"
	"	use(&count);\n"
	"	use(&before);\n"
	"}\n"
	"void second(void)\n"
	"{\n"
	"	static int count = 4;\n"
	"	static int alone __attribute__((section(\".data.own\"))) = 5;\n"
	"	use(&count);\n"
	"	use(&alone);\n"
	"}\n"
	"int behind = 6;\n";

/* Variable @name of function @func. */
static const struct dwx_var *static_in(struct dwx_dir *d, const char *func,
				       const char *name)
{
	struct dwx_body *b;
	struct err e;
	uint32_t *v;
	size_t i;

	if (dwx_find_funcs(d, func, NULL, &a, &v) != 1 ||
	    dwx_body(d, dwx_ref(d, v[0], 0), &a, &b, &e) < 0)
		return NULL;
	for (i = 0; i < b->top->nvars; i++)
		if (!strcmp(b->top->var[i].name, name))
			return &b->top->var[i];
	return NULL;
}

/* @name of @func is at symbol @want, @off bytes from it. */
static void is_at(struct dwx_dir *d, const char *func, const char *name,
		  const char *want, int64_t off)
{
	const struct dwx_var *v = static_in(d, func, name);
	struct dwloc_env env = { .sm = &sm, .dir = d, .pl = place(LATER) };
	struct ast_expr *e = NULL;
	struct dwloc l = { 0 };
	int64_t by = 0;

	sm = (struct sema){
		.a = &a, .kit = &kernel, .btf = &kernel.btf, .prog = &prog
	};
	why = "no such variable";
	if (v)
		dwloc_set_local(&env, name, &v->loc);
	if (v && dwloc_compile(&env, &v->loc, &l, &why) && l.nparts == 1)
		e = l.part[0].e;
	if (e && e->kind == EX_BINARY) {
		by = eval(&sm, e->b);
		e = e->a;
	}
	ok(e && e->kind == EX_CALL && !strcmp(e->name, "__maddr") &&
		   !strcmp(e->args[1]->str, want) && by == off,
	   "%s of %s() is at %s + %lld%s%s", name, func, want, (long long)off,
	   e ? "" : ": ", e ? "" : why);
}

static void test_modules(void)
{
	static const char *const flags[] = { "-g", "-fno-toplevel-reorder",
					     NULL };
	struct dwx_dir *d = NULL;
	struct dwarf_fix f;
	struct err e = { 0 };

	ok(dwarf_fix_make_of(&a, &f, "gcc", flags, false, module_source, &e) ==
			   0 &&
		   dwx_dir(f.x, 0, &d, &e) == 0,
	   "a module %s", e.text);
	if (d) {
		is_at(d, "first", "count", "behind", 4);
		is_at(d, "second", "count", "behind", 8);
		/* nothing in front of it */
		is_at(d, "second", "alone", "alone.", 0);
	}
	dwarf_fix_free(&f);
}

int main(void)
{
	static const char *const flags[] = { "-g", NULL };
	struct dwarf_fix f;
	struct err e = { 0 };

	arena_init(&a);
	buf_init(&out);
	kit_make(&kernel, 0);
	ok(dwarf_fix_make(&a, &f, "gcc", flags, false, &e) == 0 &&
		   dwx_dir(f.x, 0, &dir, &e) == 0,
	   "a file %s", e.text);
	if (dir) {
		test_registers();
		test_memory();
		test_addresses();
		test_values();
		test_arithmetic();
		test_types();
		test_jumps();
		test_entry_values();
		test_pieces();
		test_bounds();
		test_lists();
		test_modules();
	}
	dwarf_fix_free(&f);
	kit_drop(&kernel);
	buf_deinit(&out);
	arena_deinit(&a);
	return tap_done();
}
