// SPDX-License-Identifier: GPL-2.0-only
/*
 * $variables, @cast, @entry, @defined to reads a program can do.
 *
 * The walk follows the order of execution, so that the type of "v = $p" is
 * known at "v->m", and looks at the arms of a condition only after it: what
 * @defined() rules out is never resolved.
 */
#include "build/elab/target.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/debuginfo/btf.h"
#include "build/elab/atop.h"
#include "build/elab/atvar.h"
#include "build/elab/counter.h"
#include "build/elab/place.h"
#include "build/elab/poke.h"
#include "build/elab/pretty.h"
#include "build/elab/resolve.h"
#include "build/elab/target_priv.h"
#include "build/lang/lang.h"
#include "build/sema/tree.h"
#include "build/session.h"
#include "bundle/base/err.h"

#include <string.h>

/* ---- what a pointer points to --------------------------------------------- */

static bool autocast_place(struct tgt *t, struct ast_expr *e, struct place *pl)
{
	struct ast_expr *o = e->target->operand;

	if (!o->btf_type) {
		diag_error(t->sm->d, &e->at, DIAG_UNKNOWN_TYPE,
			   "unknown type in dereference%s%s%s: use @cast",
			   o->name ? " of '" : "", o->name ? o->name : "",
			   o->name ? "'" : "");
		return false;
	}
	*pl = (struct place){ .kind = PLACE_PTR, .e = o, .type = o->btf_type };
	return true;
}

/* ---- $variables ---------------------------------------------------------- */

static void add_name(void *arg, const char *name)
{
	similar_add(arg, name);
}

struct name_list {
	struct arena *a;
	const char *text;
	unsigned int n;
};

static void list_name(void *arg, const char *name)
{
	struct name_list *l = arg;

	if (l->n++ < 12)
		l->text = arena_printf(l->a, "%s%s%s", l->text,
				       *l->text ? ", " : "", name);
}

static void no_variable(struct tgt *t, const char *name, const struct span *at)
{
	struct name_list l = { t->sm->a, "", 0 };
	struct similar sim;

	if (!t->fam || !t->fam->var) {
		diag_error(t->sm->d, at, DIAG_TARGET_CONTEXT,
			   "unresolved target-symbol expression '%s': there "
			   "are no such variables %s",
			   name,
			   t->fam ? "in this kind of probe"
				  : "where this function is called");
		return;
	}
	similar_init(&sim, diags_near(t->sm->d, name));
	t->fam->names(t->sm, t->p, t->fp, add_name, &sim);
	t->fam->names(t->sm, t->p, t->fp, list_name, &l);
	if (t->fam->locals) {
		t->fam->locals(t->sm, t->p, t->fp, add_name, &sim);
		t->fam->locals(t->sm, t->p, t->fp, list_name, &l);
	}
	diag_error(t->sm->d, at, DIAG_UNKNOWN_VAR,
		   "unable to find variable '%s' in %s%s", name,
		   t->fp && t->fp->dp.func ? t->fp->dp.func : "this probe",
		   sim.n     ? similar_text(t->sm->a, &sim, "alternatives")
		   : *l.text ? arena_printf(t->sm->a, " (alternatives: %s)",
					    l.text)
			     : "");
	atvar_note_missing(t, at);
}

bool tgt_variable(struct tgt *t, const char *name, const struct span *at,
		  struct fam_value *v)
{
	enum fam_result r = FAM_NOT_MINE;

	memset(v, 0, sizeof(*v));
	if (t->fam && t->fam->var)
		r = t->fam->var(t->sm, t->p, t->fp, *at, name, v);
	if (r == FAM_OK && v->at_entry && t->in_return && !t->at_entry)
		*v = (struct fam_value){ .type = v->type }; /* snapshot */
	if (r == FAM_NOT_MINE)
		no_variable(t, name, at);
	if (r == FAM_OK && !v->at_entry && t->at_entry) {
		diag_error(t->sm->d, at, DIAG_ENTRY_CONTEXT,
			   "the value of '%s' is not known at entry", name);
		return false;
	}
	return r == FAM_OK;
}

/* Only at entry, but this is a return probe: keep the whole expression. */
static bool is_entry_only(struct tgt *t, const struct ast_expr *e)
{
	struct fam_value v = { 0 };
	const char *name = e->target->name;
	struct diags quiet, *d = t->sm->d;
	enum fam_result r;

	if (e->kind != EX_TARGET || !t->in_return || t->at_entry)
		return false;
	if (e->target->is_atvar)
		name = atvar_as_name(t, e->target);
	if (!name)
		return false;
	if (!strcmp(name, "$$parms") || !strcmp(name, "$$vars"))
		return true;
	if (!t->fam || !t->fam->var)
		return false;
	diags_init_quiet(&quiet);
	t->sm->d = &quiet;
	r = t->fam->var(t->sm, t->p, t->fp, e->at, name, &v);
	t->sm->d = d;
	diags_deinit(&quiet);
	return r == FAM_OK && v.at_entry;
}

static void add_saved(struct tgt *t, struct ast_expr **ep)
{
	struct sema *sm = t->sm;
	struct saved sv = { .e = *ep };
	struct ast_expr *e;
	size_t i;

	for (i = 0; i < t->p->saved.n; i++)
		if (tree_equal_expr(t->p->saved.v[i].e, sv.e, sm->nums.v))
			break;
	if (i == t->p->saved.n)
		vec_apush(sm->a, &t->p->saved, sv);
	e = tree_expr(sm->a, EX_SAVED, sv.e->at);
	e->num = (int64_t)i;
	e->type = sv.e->type;
	e->btf_type = sv.e->btf_type;
	*ep = e;
}

static bool snapshot(struct tgt *t, struct ast_expr **ep)
{
	unsigned int before = t->sm->d->nerrors;

	/* A snapshot belongs to the handler; functions do not see it. */
	if (t->in_function) {
		diag_error(t->sm->d, &(*ep)->at, DIAG_ENTRY_CONTEXT,
			   "values at entry cannot be used in functions: pass "
			   "them as arguments");
		return false;
	}

	t->at_entry = true;
	walk_expr(&t->w, ep);
	t->at_entry = false;
	if (t->sm->d->nerrors > before)
		return false;
	sema_fold(t->sm, ep);
	add_saved(t, ep);
	return true;
}

static bool target_place(struct tgt *t, struct ast_expr *e, struct place *pl)
{
	const struct ast_target *tg = e->target;
	struct fam_value v;

	if (e->kind == EX_ATCAST)
		return tgt_cast_place(t, e, pl);
	if (e->kind == EX_AUTOCAST)
		return autocast_place(t, e, pl);
	if (tg->is_atvar)
		return atvar_place(t, e, pl);
	if (!tgt_variable(t, tg->name, &e->at, &v))
		return false;
	if (v.write_only && !t->probing) {
		diag_error(t->sm->d, &e->at, DIAG_TARGET_CONTEXT,
			   "'%s' can only be written to here", tg->name);
		return false;
	}
	*pl = place_from(&v);
	return true;
}

static bool follow(struct tgt *t, struct ast_target *tg, struct place *pl)
{
	size_t i;

	if (tg->nsel && !tgt_need_btf(t, &tg->sel[0].at))
		return false;
	for (i = 0; i < tg->nsel; i++) {
		struct ast_sel *s = &tg->sel[i];

		if (s->index)
			sema_fold(t->sm, &s->index);
		if (s->member ? !place_member(t->sm, pl, s->member, &s->at)
			      : !place_index(t->sm, pl, s->index, &s->at))
			return false;
	}
	return true;
}

/* Operands and indexes first: they are ordinary expressions. */
static void lower_parts(struct tgt *t, struct ast_target *tg)
{
	size_t i;

	walk_expr(&t->w, &tg->operand);
	for (i = 0; i < tg->nsel; i++)
		walk_expr(&t->w, &tg->sel[i].index);
}

/* What @e, whose parts are lowered, is as an ordinary expression; or NULL. */
static struct ast_expr *target_value(struct tgt *t, struct ast_expr *e)
{
	struct ast_target *tg = e->target;
	struct place pl;

	/* A cast alone only gives its operand a type. */
	if (!target_place(t, e, &pl) || !follow(t, tg, &pl))
		return NULL;
	if (tg->pretty)
		return pretty_place(t, &pl, tg->pretty, &e->at);
	if (tg->addressof)
		return place_address(t->sm, &pl, &e->at);
	return place_load(t->sm, &pl, &e->at);
}

static void lower_target(struct tgt *t, struct ast_expr **ep)
{
	const struct btfv *types = t->sm->btf;
	struct ast_target *tg = (*ep)->target;
	struct ast_expr *e = *ep, *r;

	if (is_entry_only(t, e)) {
		snapshot(t, ep);
		return;
	}
	if (tg->name && !strncmp(tg->name, "$$", 2)) {
		r = pretty_context(t, e);
		if (r)
			*ep = r;
		return;
	}
	lower_parts(t, tg);
	r = target_value(t, e);
	if (r)
		*ep = r;
	/* a module's or a header's own types mean nothing outside of their @cast */
	if (r && t->sm->btf != types && r->btf_type >= t->sm->btf->start_id)
		r->btf_type = 0;
	t->sm->btf = types;
}

static void lower_entry(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;

	if (!t->in_return || t->at_entry) {
		diag_error(t->sm->d, &e->at, DIAG_ENTRY_CONTEXT,
			   "@entry is only valid in .return probes");
		return;
	}
	*ep = e->a;
	snapshot(t, ep);
}

/* ---- @defined ------------------------------------------------------------ */

static bool defined(struct tgt *t, const struct ast_expr *e)
{
	struct ast_expr *copy = lang_clone_expr(t->sm->a, e);
	size_t saved = t->p ? t->p->saved.n : 0;
	struct diags quiet, *d = t->sm->d;
	bool ok, probing = t->probing;

	diags_init_quiet(&quiet);
	t->sm->d = &quiet;
	t->probing = true;
	walk_expr(&t->w, &copy);
	t->probing = probing;
	ok = !quiet.nerrors;
	t->sm->d = d;
	diags_deinit(&quiet);
	if (t->p)
		t->p->saved.n = saved;
	return ok;
}

static bool tgt_expr(struct walk *w, struct ast_expr **ep);
static bool tgt_stmt(struct walk *w, struct ast_stmt **sp);

void tgt_init(struct tgt *t, struct sema *sm)
{
	memset(t, 0, sizeof(*t));
	t->w.expr = tgt_expr;
	t->w.stmt = tgt_stmt;
	t->w.arg = t;
	t->sm = sm;
}

/* ---- the walk ------------------------------------------------------------ */

/* "$value = e" where the family has a variable of its own to write to. */
static bool assign_own(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;
	const struct ast_target *tg = e->a->target;

	if (e->a->kind != EX_TARGET || tg->is_atvar || tg->nsel ||
	    tg->addressof || tg->pretty || !t->fam || !t->fam->assign)
		return false;
	walk_expr(&t->w, &e->b);
	return t->fam->assign(t->sm, t->p, e, ep) != FAM_NOT_MINE;
}

/* A global that only such pointers are put in is printed as one. */
static void type_global(struct tgt *t, const char *name, uint32_t id)
{
	struct sym *g = t->file ? map_get(&t->file->globals, name) : NULL;

	if (g)
		g->btf_type = id && (!g->btf_type || g->btf_type == id)
				      ? id
				      : TGT_NO_TYPE;
}

static void lower_assign(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;
	const char *name;
	void *was;

	if (assign_own(t, ep))
		return;
	if (poke_is_target(e->a)) {
		poke_lower(t, ep);
		return;
	}
	walk_expr(&t->w, &e->b);
	walk_expr(&t->w, &e->a);
	if (e->op != OP_SET || !e->b || e->a->kind != EX_NAME)
		return;
	/* a pointer that is set to 0 stays one */
	if (e->b->kind == EX_NUMBER)
		return;
	name = e->a->name;
	type_global(t, name, e->b->btf_type);
	was = map_get(&t->types, name);
	/* Two pointed-to types in one variable: it has none. */
	if (was && was != tgt_type_box(e->b->btf_type))
		map_put(&t->types, name, tgt_type_box(0));
	else
		map_put(&t->types, name, tgt_type_box(e->b->btf_type));
	e->btf_type = e->b->btf_type;
}

/* True when *@ep was replaced by one of its arms, or decided. */
static bool lower_choice(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;

	walk_expr(&t->w, &e->a);
	sema_fold(t->sm, &e->a);
	if (e->a->kind != EX_NUMBER)
		return false;
	if (e->kind == EX_COND) {
		*ep = e->a->num ? e->b : e->c;
		walk_expr(&t->w, ep);
		return true;
	}
	if (!e->a->num == (e->op == OP_LAND)) {
		*ep = tree_num(t->sm->a, e->at, e->op == OP_LOR);
		return true;
	}
	return false;
}

/* What both arms point to; of a literal number that is any type. */
static uint32_t arms_type(const struct ast_expr *a, const struct ast_expr *b)
{
	if (a->kind == EX_NUMBER || a->btf_type == b->btf_type)
		return b->btf_type;
	return b->kind == EX_NUMBER ? a->btf_type : 0;
}

/* --skip-badvars: a $variable that cannot be had here is 0. */
static bool skip_badvar(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;

	if (!t->sm->s->skip_badvars || t->probing || e->kind != EX_TARGET ||
	    defined(t, e))
		return false;
	diag_warn(t->sm->d, &e->at, DIAG_UNKNOWN_VAR,
		  "'%s' cannot be had here and is 0 (--skip-badvars)",
		  e->target->name);
	*ep = tree_num(t->sm->a, e->at, 0);
	return true;
}

static bool tgt_expr(struct walk *w, struct ast_expr **ep)
{
	struct tgt *t = w->arg;
	struct ast_expr *e = *ep;

	switch (e->kind) {
	case EX_DEFINED:
		*ep = tree_num(t->sm->a, e->at, defined(t, e->a));
		return false;
	case EX_COND:
		if (lower_choice(t, ep))
			return false;
		walk_expr(w, &e->b);
		walk_expr(w, &e->c);
		e->btf_type = arms_type(e->b, e->c);
		return false;
	case EX_BINARY:
		if (e->op != OP_LAND && e->op != OP_LOR)
			return true;
		if (!lower_choice(t, ep))
			walk_expr(w, &e->b);
		return false;
	case EX_ASSIGN:
		lower_assign(t, ep);
		return false;
	case EX_INCDEC:
		if (!poke_is_target(e->a))
			return true;
		poke_lower(t, ep);
		return false;
	case EX_NAME:
		e->btf_type = (uint32_t)(uintptr_t)map_get(&t->types, e->name);
		return false;
	case EX_TARGET:
	case EX_ATCAST:
	case EX_AUTOCAST:
		if (!skip_badvar(t, ep))
			lower_target(t, ep);
		return false;
	case EX_ATENTRY:
		lower_entry(t, ep);
		return false;
	case EX_ATOP:
		return !atop_lower(t, ep);
	case EX_CALL:
		tgt_lower_call(t, e);
		return false;
	default:
		return true;
	}
}

static bool tgt_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct tgt *t = w->arg;
	struct ast_stmt *s = *sp;

	if (s->kind == ST_RETURN) {
		walk_expr(w, &s->e);
		tgt_returned(t, s->e);
		return false;
	}
	if (s->kind != ST_IF)
		return true;
	walk_expr(w, &s->e);
	sema_fold(t->sm, &s->e);
	if (s->e->kind != EX_NUMBER) {
		walk_stmt(w, &s->then);
		walk_stmt(w, &s->otherwise);
	} else if (s->e->num) {
		*sp = s->then;
		walk_stmt(w, sp);
	} else if (s->otherwise) {
		*sp = s->otherwise;
		walk_stmt(w, sp);
	} else {
		*sp = tree_stmt(t->sm->a, ST_EMPTY, s->at);
	}
	return false;
}

/* ---- entry points -------------------------------------------------------- */

struct needed {
	struct sema *sm;
	struct scope_file *file;
	bool found;
};

static bool needed_expr(struct walk *w, struct ast_expr **e)
{
	struct needed *n = w->arg;

	switch ((*e)->kind) {
	case EX_TARGET:
	case EX_ATCAST:
	case EX_AUTOCAST:
	case EX_ATENTRY:
	case EX_DEFINED:
	case EX_ATOP:
		n->found = true;
		break;
	case EX_CALL:
		n->found |=
			resolve_context_function(n->sm, n->file, *e) != NULL;
		break;
	default:
		break;
	}
	return !n->found;
}

bool target_needed(struct sema *sm, const struct body_part *part, size_t n)
{
	struct needed nd = { .sm = sm };
	struct walk w = { .expr = needed_expr, .arg = &nd };
	size_t i;

	for (i = 0; i < n && !nd.found; i++) {
		struct ast_stmt *s = part[i].s;

		nd.file = part[i].file;
		walk_stmt(&w, &s);
	}
	return nd.found;
}

bool target_lower(struct sema *sm, const struct family *fam, struct dprobe *p,
		  const struct fam_point *fp, struct body_part *part, size_t n)
{
	unsigned int before = sm->d->nerrors;
	struct tgt t;
	size_t i;

	tgt_init(&t, sm);
	t.fam = fam;
	t.p = p;
	t.fp = fp;
	t.in_return = p->flags & TAPRT_P_RETURN;
	for (i = 0; i < n; i++) {
		t.file = part[i].file;
		walk_stmt(&t.w, &part[i].s);
	}
	counter_prologue(&t, part);
	map_deinit(&t.types);
	return sm->d->nerrors == before;
}

void target_lower_function(struct sema *sm, struct func_info *fi)
{
	const struct btfv *kernel = sm->btf;
	struct tgt t;

	tgt_init(&t, sm);
	walk_stmt(&t.w, &fi->f->body);
	map_deinit(&t.types);
	sm->btf = kernel;
}
