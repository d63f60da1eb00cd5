// SPDX-License-Identifier: GPL-2.0-only
/* $x$, $x$$, $$parms, $$vars, $$return: formatted values, as a sprintf. */
#include "build/elab/pretty.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/debuginfo/btf.h"
#include "build/elab/atvar.h"
#include "build/lang/lang.h"
#include "build/sema/intrinsic.h"

#include <string.h>

#define PRETTY_MAX_ARGS	 32 /* features.md 1.8 */
#define PRETTY_MAX_DEPTH 8 /* "$$" means all; types may be recursive by value */

/**
 * struct pretty - a sprintf under construction
 * @lit: literal text not yet a piece
 * @is_full: no argument fits any more
 */
struct pretty {
	struct tgt *t;
	struct span at;
	struct buf lit;
	VEC(struct fmt_piece) fmt;
	VEC(struct ast_expr *) args;
	bool is_full;
};

static void flush(struct pretty *b)
{
	struct fmt_piece p = { .kind = FMT_LIT, .width = -1, .prec = -1 };

	if (!b->lit.len)
		return;
	p.lit = arena_strdup(b->t->sm->a, b->lit.p);
	vec_apush(b->t->sm->a, &b->fmt, p);
	buf_reset(&b->lit);
}

static bool room(struct pretty *b)
{
	if (b->args.n < PRETTY_MAX_ARGS)
		return true;
	if (!b->is_full)
		buf_adds(&b->lit, "...");
	b->is_full = true;
	return false;
}

static void conv(struct pretty *b, char c, uint32_t flags, struct ast_expr *e)
{
	struct fmt_piece p = { .kind = FMT_CONV,
			       .conv = c,
			       .flags = flags,
			       .width = -1,
			       .prec = -1 };

	flush(b);
	vec_apush(b->t->sm->a, &b->fmt, p);
	vec_apush(b->t->sm->a, &b->args, e);
}

static struct ast_expr *finish(struct pretty *b)
{
	struct sema *sm = b->t->sm;
	struct ast_expr *e;

	flush(b);
	buf_deinit(&b->lit);
	if (!b->args.n)
		return tree_str(sm->a, b->at, b->fmt.n ? b->fmt.v[0].lit : "");
	e = tree_expr(sm->a, EX_PRINT, b->at);
	e->type = TY_STRING;
	e->print = arena_new(sm->a, struct ast_print);
	e->print->kind = PR_PRINTF;
	e->print->to_string = true;
	e->print->fmt = b->fmt.v;
	e->print->nfmt = b->fmt.n;
	e->args = b->args.v;
	e->nargs = b->args.n;
	return e;
}

/* ---- values -------------------------------------------------------------- */

/* What cannot be read is shown as such and does not end the handler. */
static struct ast_expr *string_at(struct pretty *b, struct ast_expr *addr)
{
	struct arena *a = b->t->sm->a;

	return intrinsic_call(a, b->at, "kernel_string", 2, addr,
			      tree_str(a, b->at, "<unknown>"));
}

static void quoted(struct pretty *b, struct ast_expr *addr)
{
	buf_addc(&b->lit, '"');
	conv(b, 's', TAPRT_F_ALT, string_at(b, addr));
	buf_addc(&b->lit, '"');
}

static bool is_char_type(struct pretty *b, uint32_t id)
{
	struct btft t = btf_type(b->t->sm->btf, id);

	return t.kind == BTFK_INT && t.is_char && t.size == 1;
}

/* What is gone in part, or of a type that no long holds, is "?" and no error. */
static struct ast_expr *load(struct pretty *b, struct place *pl)
{
	struct sema *sm = b->t->sm;
	struct diags quiet, *d = sm->d;
	struct ast_expr *e;

	diags_init_quiet(&quiet);
	sm->d = &quiet;
	e = place_load(sm, pl, &b->at);
	sm->d = d;
	diags_deinit(&quiet);
	if (!e)
		buf_addc(&b->lit, '?');
	return e;
}

static void scalar(struct pretty *b, struct place pl, const struct btft *t)
{
	struct ast_expr *e;

	if (!room(b))
		return;
	if (t->kind == BTFK_FLOAT || t->size > 8) {
		buf_addc(&b->lit, '?');
		return;
	}
	e = load(b, &pl);
	if (!e)
		return;
	if (t->kind == BTFK_INT && t->is_char && t->size == 1) {
		buf_addc(&b->lit, '\'');
		conv(b, 'c', TAPRT_F_ALT, e);
		buf_addc(&b->lit, '\'');
	} else {
		conv(b, t->is_signed ? 'd' : 'u', 0, e);
	}
}

static void pointer(struct pretty *b, struct place pl, const struct btft *t)
{
	struct btft to = btf_type(b->t->sm->btf, t->ref);
	struct ast_expr *e;

	if (!room(b))
		return;
	e = load(b, &pl);
	if (!e)
		return;
	if (is_char_type(b, t->ref)) {
		quoted(b, e);
		return;
	}
	if (to.kind == BTFK_PROTO)
		buf_adds(&b->lit, "<function>:");
	conv(b, 'p', 0, e);
}

static void value(struct pretty *b, struct place pl, unsigned int depth);

static struct place copy_place(struct pretty *b, const struct place *pl)
{
	struct place r = *pl;

	r.e = lang_clone_expr(b->t->sm->a, pl->e);
	return r;
}

static void array(struct pretty *b, struct place pl, const struct btft *t,
		  unsigned int depth)
{
	struct sema *sm = b->t->sm;
	struct ast_expr *addr;

	if (is_char_type(b, t->ref) && pl.kind == PLACE_MEM) {
		addr = room(b) ? place_load(sm, &pl, &b->at) : NULL;
		if (addr)
			quoted(b, addr);
		return;
	}
	if (!depth || !t->nelems) {
		buf_adds(&b->lit, t->nelems ? "[...]" : "[]");
		return;
	}
	buf_addc(&b->lit, '[');
	if (place_index(sm, &pl, tree_num(sm->a, b->at, 0), &b->at))
		value(b, pl, depth - 1);
	buf_adds(&b->lit, t->nelems > 1 ? ", ...]" : "]");
}

static void members(struct pretty *b, const struct place *pl,
		    const struct btft *t, unsigned int depth)
{
	struct sema *sm = b->t->sm;
	struct btf_memb m;
	struct place in;
	uint32_t i;

	if (!depth) {
		buf_adds(&b->lit, "{...}");
		return;
	}
	buf_addc(&b->lit, '{');
	sema_rely_type(sm, t);
	for (i = 0; i < t->nmembers && !b->is_full; i++) {
		if (!btf_member(sm->btf, t, i, &m))
			break;
		in = *pl;
		place_enter(&in, &m);
		in.e = lang_clone_expr(sm->a, pl->e);
		if (i)
			buf_adds(&b->lit, ", ");
		if (*m.name) {
			buf_printf(&b->lit, ".%s=", m.name);
		} else {
			struct btft mt = btf_type(sm->btf, m.type);

			buf_adds(&b->lit, mt.kind == BTFK_UNION ? ".<union>="
								: ".<class>=");
		}
		value(b, in, depth - 1);
	}
	buf_addc(&b->lit, '}');
}

static void value(struct pretty *b, struct place pl, unsigned int depth)
{
	struct btft t = btf_type(b->t->sm->btf, pl.type);

	switch (t.kind) {
	case BTFK_INT:
	case BTFK_ENUM:
	case BTFK_FLOAT:
		scalar(b, pl, &t);
		break;
	case BTFK_PTR:
		pointer(b, pl, &t);
		break;
	case BTFK_ARRAY:
		array(b, pl, &t, depth);
		break;
	case BTFK_STRUCT:
	case BTFK_UNION:
		if (pl.kind == PLACE_MEM || pl.kind == PLACE_PARTS) {
			members(b, &pl, &t, depth);
			break;
		}
		buf_adds(&b->lit, "?");
		break;
	default:
		buf_adds(&b->lit, "?");
		break;
	}
}

/* A pointer to a struct shows the struct; other pointers show themselves. */
static void top_value(struct pretty *b, struct place pl, unsigned int depth)
{
	struct btft t = btf_type(b->t->sm->btf, pl.type), to;

	if (depth > 1)
		depth = PRETTY_MAX_DEPTH;
	if (pl.kind != PLACE_PTR && t.kind == BTFK_PTR) {
		to = btf_type(b->t->sm->btf, t.ref);
		if (to.kind != BTFK_STRUCT && to.kind != BTFK_UNION) {
			value(b, pl, depth);
			return;
		}
	}
	if (place_deref(b->t->sm, &pl, &b->at))
		value(b, pl, depth);
}

struct ast_expr *pretty_place(struct tgt *t, struct place *pl,
			      unsigned int depth, const struct span *at)
{
	struct pretty b = { .t = t, .at = *at, .lit = BUF_INIT };
	unsigned int before = t->sm->d->nerrors;

	top_value(&b, copy_place(&b, pl), depth);
	if (t->sm->d->nerrors > before) {
		buf_deinit(&b.lit);
		return NULL;
	}
	return finish(&b);
}

/* ---- $$parms and friends ------------------------------------------------- */

struct parms {
	struct pretty *b;
	unsigned int depth;
	const char *only; /* NULL: everything but $return */
};

/* Without "$" only scalars are shown. */
static void plain(struct pretty *b, struct place pl)
{
	struct btft t = btf_type(b->t->sm->btf, pl.type);
	struct ast_expr *e;

	if (t.kind == BTFK_STRUCT || t.kind == BTFK_UNION) {
		buf_adds(&b->lit, "{...}");
	} else if (t.kind == BTFK_ARRAY) {
		buf_adds(&b->lit, "[...]");
	} else {
		e = load(b, &pl);
		if (!e)
			return; /* "name=?" */
		buf_adds(&b->lit, "0x");
		conv(b, 'x', 0, e);
	}
}

/* One "name=value"; what cannot be read is "name=?". */
static void add_parm(void *arg, const char *name)
{
	struct parms *p = arg;
	struct pretty *b = p->b;
	struct sema *sm = b->t->sm;
	struct diags quiet, *d = sm->d;
	struct fam_value v;
	bool ok;

	if (p->only ? strcmp(name, p->only) != 0 : !strcmp(name, "$return"))
		return;
	if (b->is_full || !room(b))
		return;
	diags_init_quiet(&quiet);
	sm->d = &quiet;
	ok = tgt_variable(b->t, name, &b->at, &v) && (v.e || v.parts);
	sm->d = d;
	diags_deinit(&quiet);
	buf_printf(&b->lit, "%s%s=", b->lit.len || b->fmt.n ? " " : "",
		   name + 1);
	if (!ok)
		buf_addc(&b->lit, '?');
	else if (p->depth)
		top_value(b, place_from(&v), p->depth);
	else
		plain(b, place_from(&v));
}

/* Nothing is shown, and that is not because there is nothing. */
static void warn_empty(const struct pretty *b, const char *name)
{
	struct tgt *t = b->t;
	const char *module = t->fp ? t->fp->dp.module : NULL, *lacking;
	bool untyped = atvar_is_untyped(t, module);

	if (b->lit.len || b->fmt.n || t->probing || !t->fp || t->fp->btf ||
	    t->fp->dw || !strcmp(name, "$$locals"))
		return;
	lacking = t->fam->locals ? atvar_lacking(t, module) : NULL;
	if (t->fam->locals ? !lacking : !untyped)
		return;
	if (untyped)
		diag_warn(t->sm->d, &b->at, DIAG_NO_DEBUGINFO,
			  "'%s' is empty: the kit has no types of module '%s'",
			  name, module);
	else
		diag_warn(t->sm->d, &b->at, DIAG_NO_DEBUGINFO,
			  "'%s' is empty where types do not tell the "
			  "parameters: in copies that the compiler changed, "
			  "in assembler",
			  name);
	if (lacking)
		diag_note(t->sm->d, &b->at,
			  "they are in full debug information only: %s",
			  lacking);
}

struct ast_expr *pretty_context(struct tgt *t, struct ast_expr *e)
{
	struct pretty b = { .t = t, .at = e->at, .lit = BUF_INIT };
	struct parms p = { &b, e->target->pretty, NULL };
	const char *name = e->target->name;
	struct fam_value v;

	if (t->fam && t->fam->text && !p.depth) {
		struct ast_expr *own = t->fam->text(t->sm, e->at, name);

		if (own)
			return own;
	}
	if (!t->fam || !t->fam->names ||
	    (strcmp(name, "$$parms") && strcmp(name, "$$vars") &&
	     strcmp(name, "$$locals") && strcmp(name, "$$return"))) {
		tgt_variable(t, name, &e->at, &v);
		return NULL;
	}
	if (!strcmp(name, "$$return"))
		p.only = "$return";
	if (strcmp(name, "$$locals"))
		t->fam->names(t->sm, t->p, t->fp, add_parm, &p);
	/* Locals are in full debug information only. */
	if (t->fam->locals &&
	    (!strcmp(name, "$$locals") || !strcmp(name, "$$vars")))
		t->fam->locals(t->sm, t->p, t->fp, add_parm, &p);
	warn_empty(&b, name);
	return finish(&b);
}
