// SPDX-License-Identifier: GPL-2.0-only
/* Calls, and the values of the probed place: arguments, reads, numbers. */
#include "build/emit/em.h"

#include "build/sema/intrinsic.h"

#define VAL_ATOM(text) ((struct val){ (text), true, true, false })

static const char *call_args(struct em *em, const struct val *v, size_t n)
{
	struct buf b = BUF_INIT;
	const char *ret;

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, ", %s", v[i].c);
	ret = em_text(em, "%s", b.p);
	buf_deinit(&b);
	return ret;
}

static struct val call_intrinsic(struct em *em, struct ast_expr *e,
				 const char *dst, bool want)
{
	const struct intrinsic *in = e->intrinsic;
	struct val v[IN_MAXARGS] = { 0 };
	const char *args;
	unsigned int t;

	em_list(em, e->args, e->nargs, v, false);
	args = call_args(em, v, e->nargs);
	if (in->type == TY_STRING) {
		if (!dst)
			dst = em_string_slot(em);
		cw_line(&em->w, "%s(c, %s, STRSIZE%s);", in->cname, dst, args);
		if (in->flags & IN_FAILS)
			em_check(em, &e->at);
		return (struct val){ dst, true, true, false };
	}
	/* what neither fails nor acts can stay part of an expression */
	if ((in->flags & (IN_PURE | IN_FAILS)) == IN_PURE)
		return (struct val){ em_text(em, "%s(c%s)", in->cname, args),
				     true, false, false };
	if (!want || in->type == TY_UNKNOWN) {
		cw_line(&em->w, "%s(c%s);", in->cname, args);
		if (in->flags & IN_FAILS)
			em_check(em, &e->at);
		return VAL_ATOM(e->type == TY_STRING ? "\"\"" : "0LL");
	}
	t = em->fn->ntemp++;
	cw_line(&em->w, "s64 t%u = %s(c%s);", t, in->cname, args);
	if (in->flags & IN_FAILS)
		em_check(em, &e->at);
	return VAL_ATOM(em_text(em, "t%u", t));
}

/* A string argument is a pointer: the callee must not change what it points to.
 * It cannot reach the caller's locals and temporaries, only globals. */
static struct val call_string_arg(struct em *em, struct ast_expr *e,
				  struct val v)
{
	if (v.fixed || (e->kind == EX_NAME && e->sym->kind != SYM_GLOBAL))
		return v;
	return em_fix(em, v, TY_STRING);
}

static void check_call(struct em *em, const struct em_func *f,
		       const struct span *at)
{
	if (!f->cannot_fail)
		em_check_call(em, at);
}

struct val em_call(struct em *em, struct ast_expr *e, const char *dst,
		   bool want)
{
	const struct em_func *f;
	struct val *v;
	const char *args;
	unsigned int t;

	if (e->intrinsic)
		return call_intrinsic(em, e, dst, want);
	f = &em->func[e->func->index];
	v = arena_array(&em->arena, struct val, e->nargs + 1);
	em_list(em, e->args, e->nargs, v, false);
	for (size_t i = 0; i < e->nargs; i++)
		if (e->args[i]->type == TY_STRING && f->fx.writes)
			v[i] = call_string_arg(em, e->args[i], v[i]);
	args = call_args(em, v, e->nargs);
	if (effect_locks(em, &f->fx))
		em_touch(em);
	if (e->func->type == TY_STRING) {
		if (!dst)
			dst = em_string_slot(em);
		cw_line(&em->w, "%s(c, %s%s);", f->name, dst, args);
		check_call(em, f, &e->at);
		return (struct val){ dst, true, true, false };
	}
	if (e->func->type == TY_UNKNOWN || !want) {
		cw_line(&em->w, "%s(c%s);", f->name, args);
		check_call(em, f, &e->at);
		return VAL_ATOM("0LL");
	}
	t = em->fn->ntemp++;
	cw_line(&em->w, "s64 t%u = %s(c%s);", t, f->name, args);
	check_call(em, f, &e->at);
	return VAL_ATOM(em_text(em, "t%u", t));
}

/* ---- the probed place -------------------------------------------------------- */

/* Extend a register or a loaded word as its C type says. */
static const char *widen(struct em *em, const struct access *a, const char *x)
{
	unsigned int bytes = a->bytes ? a->bytes : 8;

	if (a->bits) {
		if (a->is_signed)
			return em_text(em, "((s64)((u64)%s << %u) >> %u)", x,
				       64u - a->shift - a->bits, 64u - a->bits);
		if (a->bits >= 64)
			return em_text(em, "(s64)%s", x);
		return em_text(em, "(s64)(((u64)%s >> %u) & %#llx)", x,
			       a->shift, (1ULL << a->bits) - 1);
	}
	if (bytes == 8)
		return em_text(em, "(s64)%s", x);
	return em_text(em, "(s64)(%c%u)%s", a->is_signed ? 's' : 'u', bytes * 8,
		       x);
}

static struct val read_memory(struct em *em, struct ast_expr *e)
{
	struct val addr = em_expr(em, e->a);
	unsigned int bytes = e->access.bytes ? e->access.bytes : 8;
	unsigned int t = em->fn->ntemp++;
	const char *call =
		em_text(em, "taprt_%cread_u%u(c, (u64)%s)",
			e->access.is_user ? 'u' : 'k', bytes * 8, addr.c);

	cw_line(&em->w, "s64 t%u = %s;", t, widen(em, &e->access, call));
	em_check(em, &e->at);
	return VAL_ATOM(em_text(em, "t%u", t));
}

static struct val read_saved(struct em *em, struct ast_expr *e)
{
	struct dprobe *p = em->fn->probe;
	uint32_t off;

	if (!p || e->num < 0 || (size_t)e->num >= p->saved.n) {
		em_refuse(em, &e->at, "an entry value outside its probe");
		return VAL_ATOM("0LL");
	}
	off = p->saved.v[e->num].off;
	return (struct val){ em_text(em,
				     e->type == TY_STRING
					     ? "(c->saved + %u)"
					     : "*(s64 *)(c->saved + %u)",
				     off),
			     true, false, false };
}

struct val em_lowered(struct em *em, struct ast_expr *e)
{
	const char *x;
	unsigned int t;

	switch (e->kind) {
	case EX_ARG:
		if (e->num < 6) {
			x = em_text(em, "c->arg[%d]", (int)e->num);
			return (struct val){ widen(em, &e->access, x), true,
					     false, false };
		}
		t = em->fn->ntemp++;
		x = em_text(em, "taprt_stack_arg(c, %d)", (int)e->num);
		cw_line(&em->w, "s64 t%u = %s;", t, widen(em, &e->access, x));
		em_check(em, &e->at);
		return VAL_ATOM(em_text(em, "t%u", t));
	case EX_RETVAL:
		return (struct val){ widen(em, &e->access, "c->retval"), true,
				     false, false };
	case EX_SAVED:
		return read_saved(em, e);
	case EX_KREAD:
		return read_memory(em, e);
	default: /* EX_KNUM */
		return (struct val){ em_text(em, "taprt_nums[%d]", (int)e->num),
				     true, false, false };
	}
}
