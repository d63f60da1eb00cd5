// SPDX-License-Identifier: GPL-2.0-only
/*
 * @enum, @enumname, @const, @kderef, @uderef, @kregister, @uregister, @probewrite to
 * plain trees.
 */
#include "build/elab/atop.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/base/intern.h"
#include "build/debuginfo/btf.h"
#include "build/elab/counter.h"
#include "build/elab/resolve.h"
#include "build/elab/target_priv.h"
#include "build/lang/lang.h"
#include "build/lang/tok.h"
#include "build/sema/intrinsic.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- enumerators --------------------------------------------------------- */

static bool find_enumerator(const struct btfv *b, const char *want,
			    int64_t *value)
{
	const char *name;

	for (uint32_t id = b->start_id; id < b->start_id + b->ntypes; id++) {
		struct btft t = btf_type(b, id);

		if (t.kind != BTFK_ENUM || t.id != id)
			continue;
		for (uint32_t i = 0; i < t.nmembers; i++)
			if (btf_enumerator(b, &t, i, &name, value) &&
			    !strcmp(name, want))
				return true;
	}
	return false;
}

static const char *enumerators_near(struct tgt *t, const char *want)
{
	const struct btfv *b = t->sm->btf;
	struct similar sim;
	const char *name;
	int64_t value;

	similar_init(&sim, diags_near(t->sm->d, want));
	for (uint32_t id = b->start_id;
	     sim.want && id < b->start_id + b->ntypes; id++) {
		struct btft ty = btf_type(b, id);

		if (ty.kind != BTFK_ENUM || ty.id != id)
			continue;
		for (uint32_t i = 0; i < ty.nmembers; i++)
			if (btf_enumerator(b, &ty, i, &name, &value))
				similar_add(&sim, name);
	}
	return similar_text(t->sm->a, &sim, "similar");
}

static const char *literal(struct tgt *t, const struct ast_expr *e, size_t i)
{
	if (e->args[i]->kind == EX_STRING)
		return e->args[i]->str;
	diag_error(t->sm->d, &e->args[i]->at, DIAG_UNKNOWN_TYPE,
		   "%s wants a literal string here", e->name);
	return NULL;
}

static void lower_enum(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;
	const char *name = literal(t, e, 0);
	int64_t value;

	if (!name || !tgt_need_btf(t, &e->at))
		return;
	sema_bind(t->sm, "it uses @enum");
	if (find_enumerator(t->sm->btf, name, &value))
		*ep = sema_knum(t->sm, e->at, value);
	else
		diag_error(t->sm->d, &e->at, DIAG_UNKNOWN_TYPE,
			   "unresolved @enum(\"%s\") expression: the kernel's "
			   "types have no such enumerator%s",
			   name, enumerators_near(t, name));
}

/* A function of the script language that gives the names of one type. */
static const char *name_function(struct tgt *t, const struct btft *type)
{
	struct sema *sm = t->sm;
	const char *fn = intern(arena_printf(sm->a, "__enumname_%u", type->id));
	struct pp_env env = { 0 };
	struct buf b = BUF_INIT;
	struct ast_file *f;
	const char *name;
	struct src *src;
	int64_t v;

	if (map_get(&sm->fsets, fn))
		return fn;
	buf_printf(&b, "function %s:string(v:long) {\n", fn);
	for (uint32_t i = 0; i < type->nmembers; i++)
		if (btf_enumerator(sm->btf, type, i, &name, &v))
			buf_printf(&b, "if (v == %lld) return \"%s\"\n",
				   (long long)v, name);
	buf_adds(&b, "return sprint(v) }\n");
	src = src_from_text(sm->a, "<enumerators>", b.p, b.len);
	src->is_library = true;
	f = lang_parse(sm->a, lang_lex(sm->a, src, NULL, sm->d), &env, sm->d);
	buf_deinit(&b);
	if (!f)
		return NULL;
	f->is_library = true;
	resolve_add_file(sm, f);
	return fn;
}

/* @enumname(value[, "enum type"[, "module"]]) */
static void lower_enumname(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;
	const char *want = e->nargs > 1 ? literal(t, e, 1) : NULL, *fn;
	const char *module = e->nargs > 2 ? literal(t, e, 2) : NULL;
	struct btft type;

	walk_expr(&t->w, &e->args[0]);
	if ((e->nargs > 1 && !want) || (e->nargs > 2 && !module) ||
	    !tgt_need_btf(t, &e->at))
		return;
	type = btf_type(t->sm->btf,
			want ? tgt_find_type(t->sm->btf, want, module)
			     : e->args[0]->btf_type);
	if (type.kind != BTFK_ENUM) {
		diag_error(t->sm->d, &e->at, DIAG_UNKNOWN_TYPE,
			   want ? "enum type '%s' not found in '%s'"
				: "the type of this value is not known: "
				  "@enumname(value, \"enum type\")",
			   want, module ? module : "kernel");
		return;
	}
	sema_bind(t->sm, "it uses @enumname");
	fn = name_function(t, &type);
	if (!fn)
		return;
	e->kind = EX_CALL;
	e->name = fn;
	e->nargs = 1;
}

/* ---- constants of C ------------------------------------------------------ */

/* A C integer constant, suffix included. */
static bool is_c_number(const char *s, int64_t *ret)
{
	char *end;

	errno = 0;
	s += strspn(s, " ");
	*ret = (int64_t)strtoull(s, &end, 0);
	if (end == s || errno || !isdigit((unsigned char)s[*s == '-']))
		return false;
	end += strspn(end, "uUlL");
	end += strspn(end, " ");
	return !*end;
}

/* What is no plain number is asked of the kernel's headers. */
static void lower_const(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep, *r;
	const char *text = literal(t, e, 0);
	struct tok tok = { .at = e->at, .kind = T_EMBEDDED };
	struct buf b = BUF_INIT;
	int64_t value;

	if (!text)
		return;
	lang_unescape(&b, text);
	if (is_c_number(b.p, &value)) {
		*ep = tree_num(t->sm->a, e->at, value);
	} else {
		tok.text = arena_printf(t->sm->a,
					" /* pure */ /* unprivileged */ "
					"/* stable */ (%s) ",
					b.p);
		r = tree_expr(t->sm->a, EX_EMBEDDED, e->at);
		r->str = tok.text;
		r->embed = embed_new(t->sm->a, &tok);
		*ep = r;
	}
	buf_deinit(&b);
}

/* ---- memory -------------------------------------------------------------- */

/* @kderef(size, address), @uderef(size, address) */
static void lower_deref(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep, *r;
	int64_t size;

	sema_fold(t->sm, &e->args[0]);
	size = e->args[0]->kind == EX_NUMBER ? e->args[0]->num : 0;
	if (size != 1 && size != 2 && size != 4 && size != 8) {
		diag_error(t->sm->d, &e->at, DIAG_NO_ACCESS,
			   "%s reads 1, 2, 4 or 8 bytes: the size must be "
			   "one of these numbers",
			   e->name);
		return;
	}
	r = tree_expr(t->sm->a, EX_KREAD, e->at);
	r->type = TY_LONG;
	r->a = e->args[1];
	r->access.bytes = (uint8_t)size;
	r->access.is_user = !strcmp(e->name, "@uderef");
	*ep = r;
	walk_expr(&t->w, &r->a);
}

/* ---- registers ------------------------------------------------------------ */

/* @kregister(n), @uregister(n): the runtime reads them */
static void lower_register(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;

	walk_expr(&t->w, &e->args[0]);
	e->kind = EX_CALL;
	e->type = TY_LONG;
	e->intrinsic = intrinsic_find(
		e->name[1] == 'k' ? "__kregister" : "__uregister", 1);
	e->name = e->intrinsic->name;
}

static void lower_perf(struct tgt *t, struct ast_expr **ep)
{
	const char *name = literal(t, *ep, 0);

	if (name)
		counter_lower(t, ep, name);
}

bool atop_lower(struct tgt *t, struct ast_expr **ep)
{
	static const struct {
		const char *name;
		void (*lower)(struct tgt *t, struct ast_expr **ep);
	} ops[] = {
		{ "@const", lower_const },
		{ "@enum", lower_enum },
		{ "@enumname", lower_enumname },
		{ "@kderef", lower_deref },
		{ "@uderef", lower_deref },
		{ "@kregister", lower_register },
		{ "@uregister", lower_register },
		{ "@perf", lower_perf },
	};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(ops[i].name, (*ep)->name))
			continue;
		ops[i].lower(t, ep);
		return true;
	}
	return false;
}

/* ---- @probewrite --------------------------------------------------------- */

/**
 * struct probewrite - one handler's parts
 * @here: the part being looked at
 */
struct probewrite {
	struct walk w;
	struct sema *sm;
	struct body_part *part;
	size_t n, here;
};

static bool probewrite_expr(struct walk *w, struct ast_expr **ep)
{
	struct probewrite *p = w->arg;
	struct ast_expr *e = *ep;
	bool is_written = false;
	size_t i;

	if (e->kind != EX_ATOP || strcmp(e->name, "@probewrite"))
		return true;
	if (e->args[0]->kind != EX_NAME) {
		diag_error(p->sm->d, &e->args[0]->at, DIAG_SYNTAX,
			   "@probewrite wants the name of a variable");
		return false;
	}
	for (i = 0; i < p->n; i++)
		if (p->part[i].def != p->part[p->here].def)
			is_written |=
				tree_writes(&p->part[i].s, e->args[0]->name);
	*ep = tree_num(p->sm->a, e->at, is_written);
	return false;
}

void atop_probewrite(struct sema *sm, struct body_part *part, size_t n)
{
	struct probewrite p = {
		.w = { .expr = probewrite_expr }, .sm = sm, .part = part, .n = n
	};

	p.w.arg = &p;
	for (p.here = 0; p.here < n; p.here++)
		walk_stmt(&p.w, &part[p.here].s);
}
