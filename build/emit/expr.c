// SPDX-License-Identifier: GPL-2.0-only
/* Expressions: operators, names, element reads, conditions, strings. */
#include "build/emit/em.h"

#include "build/base/diag.h"
#include "build/lang/lang.h"

#include <inttypes.h>
#include <string.h>

#define VAL_FIXED(text) ((struct val){ (text), true, false, false })
#define VAL_ATOM(text)	((struct val){ (text), true, true, false })

/* ---- temporaries ------------------------------------------------------------- */

struct val em_atom(struct em *em, struct val v)
{
	unsigned int t;

	if (v.atom)
		return v;
	t = em->fn->ntemp++;
	cw_line(&em->w, "s64 t%u = %s;", t, v.c);
	return VAL_ATOM(em_text(em, "t%u", t));
}

struct val em_fix(struct em *em, struct val v, enum ty type)
{
	const char *slot;

	if (v.fixed)
		return v;
	if (type != TY_STRING) {
		v.atom = false;
		return em_atom(em, v);
	}
	slot = em_string_slot(em);
	cw_line(&em->w, "taprt_strcpy(%s, %s, STRSIZE);", slot, v.c);
	return VAL_FIXED(slot);
}

void em_list(struct em *em, struct ast_expr **e, size_t n, struct val *v,
	     bool writes_after)
{
	bool *writes = arena_array(&em->arena, bool, n + 1);

	writes[n] = writes_after;
	for (size_t i = n; i > 0; i--)
		writes[i - 1] =
			writes[i] || (e[i - 1] && effect_writes(em, e[i - 1]));
	for (size_t i = 0; i < n; i++) {
		if (!e[i])
			continue;
		v[i] = em_expr(em, e[i]);
		if (writes[i + 1])
			v[i] = em_fix(em, v[i], e[i]->type);
	}
}

struct val em_capture(struct em *em, struct ast_expr *e, struct buf *pre)
{
	struct buf *out = em->w.out;
	size_t nstats = em->fn->stats.n;
	struct val v;

	em_touch(em); /* not inside: only one branch would hold it */
	em->w.out = pre;
	em->w.indent++;
	v = em_expr(em, e);
	em->w.indent--;
	em->w.out = out;
	/* what was merged there is declared in an inner block */
	em->fn->stats.n = nstats;
	return v;
}

/* ---- constants --------------------------------------------------------------- */

static struct val em_number(struct em *em, int64_t n)
{
	if (n == INT64_MIN)
		return VAL_ATOM("(-9223372036854775807LL - 1)");
	return VAL_ATOM(
		em_text(em, n < 0 ? "(%" PRId64 "LL)" : "%" PRId64 "LL", n));
}

/* A string ends at its first NUL and holds MAXSTRINGLEN - 1 bytes. */
static struct val em_literal(struct em *em, const char *str)
{
	struct buf bytes = BUF_INIT, lit = BUF_INIT;
	const char *text;
	size_t n;

	lang_unescape(&bytes, str);
	n = strlen(bytes.p);
	if (n > em->strsize - 1)
		n = em->strsize - 1;
	cw_literal(&lit, bytes.p, n);
	text = em_text(em, "%s", lit.p);
	buf_deinit(&bytes);
	buf_deinit(&lit);
	return VAL_ATOM(text);
}

/* ---- variables and elements ---------------------------------------------------- */

const char *em_var(struct em *em, const struct sym *sym)
{
	if (sym->kind == SYM_GLOBAL) {
		if (em->guard[sym->index] >= GUARD_LOCK)
			em_touch(em);
		return em->global[sym->index];
	}
	return em_local(em, sym);
}

static struct val em_name(struct em *em, struct ast_expr *e)
{
	const char *name = em_var(em, e->sym);

	if (e->sym->kind == SYM_GLOBAL &&
	    em->guard[e->sym->index] == GUARD_ATOMIC)
		return (struct val){
			em_text(em, "__atomic_load_n(&%s, __ATOMIC_RELAXED)",
				name),
			false, false, false
		};
	return (struct val){ name, false, true, false };
}

bool em_one_long_key(const struct sym *sym)
{
	return sym->arity == 1 && sym->keys[0] != TY_STRING;
}

const char *em_keys(struct em *em, const struct sym *sym, const struct val *v,
		    size_t n)
{
	unsigned int k = em->fn->ntemp++;
	struct buf b = BUF_INIT;
	const char *ret;

	/* gcc -O1 gives each compound literal a place of its own on the stack */
	em->fn->needs_scope = true;
	cw_line(&em->w, "union taprt_key k%u[%zu];", k, n);
	buf_addc(&b, '(');
	for (size_t i = 0; i < n; i++) {
		bool is_str = i < TAPRT_MAXKEYS && sym->keys[i] == TY_STRING;

		if (!v[i].c) /* "*": any */
			buf_printf(&b, "k%u[%zu].i = 0, ", k, i);
		else
			buf_printf(&b, "k%u[%zu].%s = %s, ", k, i,
				   is_str ? "s" : "i", v[i].c);
	}
	ret = em_text(em, "%sk%u)", b.p, k);
	buf_deinit(&b);
	return ret;
}

static struct val em_element(struct em *em, struct ast_expr *e)
{
	struct val k[TAPRT_MAXKEYS] = { 0 };
	bool is_str = e->type == TY_STRING;
	const char *map, *text;

	em_list(em, e->args, e->nargs, k, false);
	map = em_var(em, e->sym);
	if (!is_str && em_one_long_key(e->sym))
		text = em_text(em, "taprt_map_get_long1(%s, %s)", map, k[0].c);
	else
		text = em_text(em, "taprt_map_get_%s(%s, %s)",
			       is_str ? "str" : "long", map,
			       em_keys(em, e->sym, k, e->nargs));
	return (struct val){ text, false, false, is_str };
}

static struct val em_in(struct em *em, struct ast_expr *e)
{
	struct val k[TAPRT_MAXKEYS] = { 0 };
	const char *map, *text;
	unsigned int any = 0;

	em_list(em, e->args, e->nargs, k, false);
	map = em_var(em, e->sym);
	for (size_t i = 0; i < e->nargs; i++)
		if (!e->args[i])
			any |= 1u << i;
	if (any)
		text = em_text(em, "(s64)taprt_map_has_slice(%s, %s, %#x)", map,
			       em_keys(em, e->sym, k, e->nargs), any);
	else if (em_one_long_key(e->sym))
		text = em_text(em, "(s64)taprt_map_has1(%s, %s)", map, k[0].c);
	else
		text = em_text(em, "(s64)taprt_map_has(%s, %s)", map,
			       em_keys(em, e->sym, k, e->nargs));
	return (struct val){ text, false, false, false };
}

/* ---- arithmetic ------------------------------------------------------------------ */

static const char *const op_text[] = {
	[OP_ADD] = "+",	 [OP_SUB] = "-",  [OP_MUL] = "*",   [OP_DIV] = "/",
	[OP_MOD] = "%",	 [OP_AND] = "&",  [OP_OR] = "|",    [OP_XOR] = "^",
	[OP_SHL] = "<<", [OP_SHR] = ">>", [OP_USHR] = ">>", [OP_LAND] = "&&",
	[OP_LOR] = "||", [OP_LT] = "<",	  [OP_GT] = ">",    [OP_LE] = "<=",
	[OP_GE] = ">=",	 [OP_EQ] = "==",  [OP_NE] = "!=",
};

static bool op_compares(enum op op)
{
	return op >= OP_LT && op <= OP_NE;
}

const char *em_arith(struct em *em, enum op op, const char *a, const char *b,
		     const struct ast_expr *count)
{
	switch (op) {
	case OP_SHL:
	case OP_SHR:
	case OP_USHR:
		/* the hardware masks the same way: this costs nothing */
		b = count && count->kind == EX_NUMBER
			    ? em_text(em, "%d", (int)(count->num & 63))
			    : em_text(em, "(%s & 63)", b);
		if (op == OP_USHR)
			return em_text(em, "(s64)((u64)%s >> %s)", a, b);
		return em_text(em, "(%s %s %s)", a, op_text[op], b);
	default:
		return em_text(em, "(%s %s %s)", a, op_text[op], b);
	}
}

/* A constant other than 0 and -1 needs no care; a variable one needs a test. */
struct val em_division(struct em *em, enum op op, struct val a, struct val b,
		       struct ast_expr *divisor, const struct span *at)
{
	bool fixed;

	if (divisor->kind == EX_NUMBER && divisor->num && divisor->num != -1)
		return (struct val){ em_text(em, "(%s %s %s)", a.c, op_text[op],
					     b.c),
				     a.fixed, false, false };
	b = em_atom(em, b);
	em_raise(em, em_text(em, "!%s", b.c), "division by 0", at);
	fixed = a.fixed && b.fixed;
	return (struct val){ em_text(em, "tap_%s(%s, %s)",
				     op == OP_DIV ? "div" : "mod", a.c, b.c),
			     fixed, false, false };
}

static void em_pair(struct em *em, struct ast_expr *e, struct val *v)
{
	struct ast_expr *both[] = { e->a, e->b };

	em_list(em, both, 2, v, false);
}

/* x == "" is one load; no other comparison is special. */
static const char *em_strcmp(struct em *em, struct ast_expr *e,
			     const struct val *v)
{
	if (e->op == OP_EQ || e->op == OP_NE) {
		bool is_ne = e->op == OP_NE;

		if (e->b->kind == EX_STRING && !*e->b->str)
			return em_text(em, "(s64)(*%s %s 0)", v[0].c,
				       is_ne ? "!=" : "==");
		if (e->a->kind == EX_STRING && !*e->a->str)
			return em_text(em, "(s64)(*%s %s 0)", v[1].c,
				       is_ne ? "!=" : "==");
	}
	return em_text(em, "(s64)(taprt_strcmp(%s, %s) %s 0)", v[0].c, v[1].c,
		       op_text[e->op]);
}

/* a && b, a || b: b runs only if a did not decide */
static struct val em_logic(struct em *em, struct ast_expr *e)
{
	struct buf pre = BUF_INIT;
	struct val a = em_expr(em, e->a), b;
	unsigned int t;

	if (effect_writes(em, e->b))
		a = em_fix(em, a, TY_LONG);
	b = em_capture(em, e->b, &pre);
	if (!pre.len) {
		buf_deinit(&pre);
		return (struct val){ em_text(em, "(s64)(%s %s %s)", a.c,
					     op_text[e->op], b.c),
				     a.fixed && b.fixed, false, false };
	}
	t = em->fn->ntemp++;
	cw_line(&em->w, "s64 t%u = %d;", t, e->op == OP_LOR);
	cw_open(&em->w, "if (%s(%s))", e->op == OP_LOR ? "!" : "", a.c);
	buf_add(em->w.out, pre.p, pre.len);
	cw_line(&em->w, "t%u = !!%s;", t, b.c);
	cw_close(&em->w, "");
	buf_deinit(&pre);
	return VAL_ATOM(em_text(em, "t%u", t));
}

static struct val em_binary(struct em *em, struct ast_expr *e)
{
	struct val v[2] = { 0 };
	const char *text;
	bool fixed;

	if (e->op == OP_LAND || e->op == OP_LOR)
		return em_logic(em, e);
	if (e->op == OP_CONCAT) {
		text = em_string_slot(em);
		em_str_into(em, e, text, NULL, true);
		return VAL_FIXED(text);
	}
	em_pair(em, e, v);
	if (e->op == OP_DIV || e->op == OP_MOD)
		return em_division(em, e->op, v[0], v[1], e->b, &e->at);
	fixed = v[0].fixed && v[1].fixed;
	if (op_compares(e->op) && e->a->type == TY_STRING)
		text = em_strcmp(em, e, v);
	else if (op_compares(e->op))
		text = em_text(em, "(s64)(%s %s %s)", v[0].c, op_text[e->op],
			       v[1].c);
	else
		text = em_arith(em, e->op, v[0].c, v[1].c, e->b);
	return (struct val){ text, fixed, false, false };
}

static struct val em_unary(struct em *em, struct ast_expr *e)
{
	struct val a = em_expr(em, e->a);
	const char *open = e->op == OP_NOT     ? "(s64)!("
			   : e->op == OP_COMPL ? "(~("
			   : e->op == OP_NEG   ? "(-("
					       : NULL;

	if (open) {
		a.c = em_text(em, "%s%s%s", open, a.c,
			      e->op == OP_NOT ? ")" : "))");
		a.atom = false;
	}
	return a;
}

/* ---- conditions -------------------------------------------------------------------- */

static struct val em_cond(struct em *em, struct ast_expr *e)
{
	struct buf pb = BUF_INIT, pc = BUF_INIT;
	struct val a = em_expr(em, e->a), b, c;
	unsigned int t;
	bool is_str = e->type == TY_STRING;

	/* the texts of the arms are evaluated after the condition is */
	if (effect_writes(em, e->b) || effect_writes(em, e->c))
		a = em_fix(em, a, TY_LONG);
	b = em_capture(em, e->b, &pb);
	c = em_capture(em, e->c, &pc);
	if (!pb.len && !pc.len)
		return (struct val){ em_text(em, "(%s ? %s : %s)", a.c, b.c,
					     c.c),
				     a.fixed && b.fixed && c.fixed, false,
				     b.in_map || c.in_map };
	t = em->fn->ntemp++;
	cw_line(&em->w, is_str ? "const char *t%u;" : "s64 t%u;", t);
	cw_open(&em->w, "if (%s)", a.c);
	buf_add(em->w.out, pb.p, pb.len);
	cw_line(&em->w, "t%u = %s;", t, b.c);
	cw_else(&em->w);
	buf_add(em->w.out, pc.p, pc.len);
	cw_line(&em->w, "t%u = %s;", t, c.c);
	cw_close(&em->w, "");
	buf_deinit(&pb);
	buf_deinit(&pc);
	return (struct val){ em_text(em, "t%u", t),
			     !is_str || (b.fixed && c.fixed), true,
			     b.in_map || c.in_map };
}

/* ---- strings into storage ------------------------------------------------------------ */

void em_copy(struct em *em, const char *dst, struct val v,
	     const struct ast_expr *e)
{
	if (e && e->kind == EX_STRING && !*e->str)
		cw_line(&em->w, "*%s = 0;", dst);
	else if (strcmp(dst, v.c) != 0)
		cw_line(&em->w, "taprt_strcpy(%s, %s, STRSIZE);", dst, v.c);
}

/* The operands of a . b . c, left to right; @list may be NULL to count them. */
static size_t concat_flatten(struct ast_expr *e, struct ast_expr **list)
{
	size_t n;

	if (e->kind != EX_BINARY || e->op != OP_CONCAT) {
		if (list)
			*list = e;
		return 1;
	}
	n = concat_flatten(e->a, list);
	return n + concat_flatten(e->b, list ? list + n : NULL);
}

static void em_concat(struct em *em, struct ast_expr *e, const char *dst,
		      const struct sym *sym)
{
	size_t n = concat_flatten(e, NULL);
	struct ast_expr **list = arena_array(&em->arena, struct ast_expr *, n);
	struct val *v = arena_array(&em->arena, struct val, n);
	const char *to = dst;

	concat_flatten(e, list);
	em_list(em, list, n, v, false);
	for (size_t i = 1; sym && i < n; i++)
		if (effect_mentions(list[i], sym))
			to = NULL; /* a later operand still reads dst */
	if (!to)
		to = em_string_slot(em);
	em_copy(em, to, v[0], list[0]); /* x = x . …: nothing to copy */
	for (size_t i = 1; i < n; i++)
		cw_line(&em->w, "taprt_strcat(%s, %s, STRSIZE);", to, v[i].c);
	if (to != dst)
		cw_line(&em->w, "taprt_strcpy(%s, %s, STRSIZE);", dst, to);
}

void em_str_into(struct em *em, struct ast_expr *e, const char *dst,
		 const struct sym *sym, bool direct)
{
	bool clear = !sym || !effect_mentions(e, sym);

	switch (e->kind) {
	case EX_BINARY: /* operands are evaluated before dst is touched */
		em_concat(em, e, dst, sym);
		return;
	case EX_CALL:
		if (clear && direct) {
			em_call(em, e, dst, true);
			return;
		}
		break;
	case EX_PRINT:
		if (clear && direct) {
			em_print(em, e, dst);
			return;
		}
		break;
	default:
		break;
	}
	em_copy(em, dst, em_expr(em, e), e);
}

/* ---- everything ------------------------------------------------------------------------ */

struct val em_expr(struct em *em, struct ast_expr *e)
{
	switch (e->kind) {
	case EX_NUMBER:
		return em_number(em, e->num);
	case EX_STRING:
		return em_literal(em, e->str);
	case EX_NAME:
		return em_name(em, e);
	case EX_INDEX:
		return em_element(em, e);
	case EX_CALL:
		return em_call(em, e, NULL, true);
	case EX_UNARY:
		return em_unary(em, e);
	case EX_BINARY:
		return em_binary(em, e);
	case EX_COND:
		return em_cond(em, e);
	case EX_ASSIGN:
		return em_assign(em, e, true);
	case EX_INCDEC:
		return em_incdec(em, e, true);
	case EX_IN:
		return e->a ? em_hist_in(em, e) : em_in(em, e);
	case EX_PRINT:
		return em_print(em, e, NULL);
	case EX_STATOP:
		return em_statop(em, e);
	case EX_HISTIDX:
		return em_hist_index(em, e);
	case EX_ARG:
	case EX_RETVAL:
	case EX_SAVED:
	case EX_KREAD:
	case EX_KNUM:
		return em_lowered(em, e);
	case EX_REGEX:
		return em_regex(em, e);
	case EX_EMBEDDED:
		em_refuse(em, &e->at, "embedded C");
		break;
	default:
		em_refuse(em, &e->at, "this expression");
		break;
	}
	return e->type == TY_STRING ? VAL_ATOM("\"\"") : VAL_ATOM("0LL");
}

void em_expr_void(struct em *em, struct ast_expr *e)
{
	struct val v;

	switch (e->kind) {
	case EX_ASSIGN:
		em_assign(em, e, false);
		return;
	case EX_INCDEC:
		em_incdec(em, e, false);
		return;
	case EX_CALL:
		em_call(em, e, NULL, false);
		return;
	default:
		v = em_expr(em, e); /* what has an effect is printed already */
		(void)v;
		return;
	}
}
