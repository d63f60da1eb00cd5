// SPDX-License-Identifier: GPL-2.0-only
/* Wildcards over functions, from what was listed when the kit was made. */
#include "build/elab/listing_priv.h"
#include "build/elab/lst.h"

#include "build/base/arena.h"
#include "build/base/glob.h"
#include "build/dwarf/dwx.h"
#include "build/kit/kit.h"
#include "build/lang/ast.h"
#include "build/sema/sema.h"

#include <string.h>

/**
 * struct form - a form of points that is known
 * @head: first word; @suffix: word behind the function, or NULL
 */
struct form {
	const char *head, *suffix;
	enum lst_table table;
	unsigned int flags;
};

#define FORM_RETURN   1
#define FORM_EXPORTED 2
#define FORM_LABEL    4 /* the suffix takes a string */
#define FORM_CALLEES  8 /* of "*" alone; shown as a callee */
#define FORM_CALLEE   (FORM_CALLEES | FORM_LABEL)

static const struct form forms[] = {
	{ "kernel", NULL, LST_FUNCTION, 0 },
	{ "kernel", "call", LST_FUNCTION, 0 },
	{ "kernel", "return", LST_FUNCTION, FORM_RETURN },
	{ "kernel", "exported", LST_FUNCTION, FORM_EXPORTED },
	{ "kernel", "inline", LST_INLINE, 0 },
	{ "kernel", "label", LST_LABEL, FORM_LABEL },
	{ "kernel", "callees", LST_CALLEE, FORM_CALLEES },
	{ "kernel", "callee", LST_CALLEE, FORM_CALLEE },
	{ "kprobe", NULL, LST_KPROBE, 0 },
	{ "kprobe", "call", LST_KPROBE, 0 },
	{ "kprobe", "return", LST_KPROBE, FORM_RETURN },
	{ "module", NULL, LST_FUNCTION, 0 },
	{ "module", "call", LST_FUNCTION, 0 },
	{ "module", "return", LST_FUNCTION, FORM_RETURN },
	{ "module", "exported", LST_FUNCTION, FORM_EXPORTED },
	{ "module", "inline", LST_INLINE, 0 },
	{ "module", "label", LST_LABEL, FORM_LABEL },
	{ "module", "callees", LST_CALLEE, FORM_CALLEES },
	{ "module", "callee", LST_CALLEE, FORM_CALLEE },
};

/**
 * struct asked - what of a point decides which rows are listed, and how
 * @module: pattern, or NULL: the kernel; @func, @label: patterns
 * @is_many: one of what is written stands for many functions
 */
struct asked {
	const struct form *form;
	const char *module, *func, *label;
	bool is_many;
};

/* ---- which points ------------------------------------------------------------------ */

/* A name or a plain pattern: nothing that means more than itself, "*" and "?". */
static bool is_simple(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_*?";

	return *s && !s[strspn(s, letters)];
}

static bool is_pattern(const char *s)
{
	return strpbrk(s, "*?") != NULL;
}

static const struct form *find_form(const struct ast_point *pt)
{
	const char *suffix = pt->ncomp == 3 ? pt->comp[2].name : NULL;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *f = &forms[i];

		if (!strcmp(f->head, pt->comp[0].name) &&
		    (f->suffix && suffix ? !strcmp(f->suffix, suffix)
					 : f->suffix == suffix))
			return f;
	}
	return NULL;
}

/* What all functions call, directly or not, is called by one of them. */
static bool take_callees(const struct ast_comp *c, struct asked *q)
{
	if (strcmp(q->func, "*") != 0)
		return false;
	if (q->form->flags & FORM_LABEL) {
		q->func = c->str;
		return c->arg_kind == ARG_STR && is_simple(c->str);
	}
	return c->arg_kind == ARG_NONE ||
	       (c->arg_kind == ARG_NUM && c->num >= 1 && c->num <= 100);
}

static bool take_suffix(const struct ast_comp *c, struct asked *q)
{
	if (q->form->flags & FORM_CALLEES)
		return take_callees(c, q);
	if (!(q->form->flags & FORM_LABEL))
		return c->arg_kind == ARG_NONE;
	q->label = c->str;
	return c->arg_kind == ARG_STR && is_simple(c->str);
}

/* "HEAD[(S)].function(S)[.SUFFIX[(S)]]"; false: it is none, or it is not known. */
static bool take_apart(const struct ast_point *pt, struct asked *q)
{
	const struct ast_comp *c = pt->comp;
	bool has_module;

	if (pt->ncomp < 2 || pt->ncomp > 3 || pt->cond)
		return false;
	q->form = find_form(pt);
	if (!q->form || strcmp(c[1].name, "function") != 0 ||
	    c[1].arg_kind != ARG_STR || !is_simple(c[1].str))
		return false;
	has_module = !strcmp(c[0].name, "module");
	if (c[0].arg_kind != (has_module ? ARG_STR : ARG_NONE) ||
	    (has_module && !is_simple(c[0].str)))
		return false;
	q->module = has_module ? c[0].str : NULL;
	q->func = c[1].str;
	q->is_many =
		is_pattern(q->func) || (q->module && is_pattern(q->module));
	return pt->ncomp == 2 || take_suffix(&c[2], q);
}

/* Is it of many functions?  One is found as quickly, and may be told more of. */
static bool is_known(const struct lister *x, const struct ast_point *pt,
		     struct asked *q)
{
	if (x->verbose || !x->in->kit || !take_apart(pt, q) || !q->is_many)
		return false;
	/* of a module that the kernel's index has not, there may be one later */
	return !q->module || !dwx_any_module(x->in->kit);
}

/* ---- their lines --------------------------------------------------------------------- */

/* What stands before a name, between it and a label's, and behind. */
struct frame {
	const char *head, *mid, *tail;
	size_t nhead, nmid, ntail;
};

static struct frame frame_of(struct arena *a, const struct asked *q,
			     const char *bin)
{
	const struct form *f = q->form;
	bool callees = f->flags & FORM_CALLEES;
	const char *in = *bin ? arena_printf(a, "(\"%s\")", bin) : "";
	struct frame r;

	r.head = arena_printf(a, "%s%s.function(\"%s", f->head, in,
			      callees ? "*\").callee(\"" : "");
	r.mid = q->label ? "\").label(\"" : "";
	r.tail = callees || !f->suffix || q->label
			 ? "\")"
			 : arena_printf(a, "\").%s", f->suffix);
	r.nhead = strlen(r.head);
	r.nmid = strlen(r.mid);
	r.ntail = strlen(r.tail);
	return r;
}

static const char *name_of(struct arena *a, const struct frame *f,
			   const struct lst_row *row)
{
	size_t n = strlen(row->shown), k = strlen(row->sub);
	char *s = arena_alloc(a, f->nhead + n + f->nmid + k + f->ntail + 1);
	char *p = s;

	p = mempcpy(p, f->head, f->nhead);
	p = mempcpy(p, row->shown, n);
	p = mempcpy(p, f->mid, f->nmid);
	p = mempcpy(p, row->sub, k);
	memcpy(p, f->tail, f->ntail + 1);
	return s;
}

/* They stand behind each other in the block, with room for nothing more. */
static const char *vars_of(const struct lst_row *row, bool is_return)
{
	char *to = row->vars[0] + strlen(row->vars[0]);
	size_t n;

	if (!(row->flags & LST_ROW_RETURN))
		return row->vars[0];
	if (is_return) {
		n = strlen(row->vars[1]);
		memmove(to, row->vars[1], n);
		to += n;
	}
	memmove(to, row->vars[2], strlen(row->vars[2]) + 1);
	return row->vars[0];
}

/* As the families match: of the kernel's symbols a copy's own name, and what it is
 * a copy of. */
static bool fits(const struct asked *q, const struct lst_row *row)
{
	if ((q->form->flags & FORM_EXPORTED) &&
	    !(row->flags & LST_ROW_EXPORTED))
		return false;
	if (q->label && !glob_match(q->label, row->sub))
		return false;
	return glob_match(q->func, row->key) ||
	       (q->form->table == LST_FUNCTION && row->shown != row->key &&
		glob_match(q->func, row->shown));
}

static void add_row(struct lister *x, const struct asked *q,
		    const struct frame *f, const struct lst_row *row)
{
	struct line n = { .name = name_of(x->a, f, row) };

	if (x->vars) {
		n.text = vars_of(row, q->form->flags & FORM_RETURN);
		if (!row->has_debug)
			lister_lacks(x, *row->bin ? row->bin : NULL);
	}
	lines_put(&x->lines, n);
}

/* false: the file is damaged */
static bool add_rows(struct lister *x, const struct asked *q)
{
	struct lst_walk w = { .l = x->lst, .table = q->form->table };
	const char *in = NULL;
	struct frame f = { 0 };
	struct lst_row row;
	bool is_in = true;

	w.bin = !q->module ? "" : is_pattern(q->module) ? NULL : q->module;
	while (lst_next(&w, &row)) {
		if (!in || row.bin != in) {
			in = row.bin;
			is_in = !q->module || glob_match(q->module, in);
			f = frame_of(x->a, q, in);
		}
		if (is_in && fits(q, &row))
			add_row(x, q, &f, &row);
	}
	return !w.is_bad;
}

enum known { KNOWN_NOT, KNOWN_NONE, KNOWN_SOME };

/* KNOWN_NOT: that has to be found out. */
static enum known add_point(struct lister *x, const struct ast_point *pt)
{
	size_t before = x->lines.v.n;
	struct asked q = { 0 };

	if (!is_known(x, pt, &q))
		return KNOWN_NOT;
	if (!x->is_tried)
		x->lst = lst_open(x->in->kit, x->in->dw);
	x->is_tried = true;
	if (!x->lst || !add_rows(x, &q))
		return KNOWN_NOT;
	return x->lines.v.n > before ? KNOWN_SOME : KNOWN_NONE;
}

/* "HEAD[(S)].function(S).*" is each form with such a suffix, of which some match. */
static enum known add_forms(struct lister *x, const struct ast_point *pt)
{
	const struct ast_comp *last = &pt->comp[2];
	struct ast_point one = *pt;
	enum known any = KNOWN_NONE, k;
	size_t i;

	if (last->arg_kind != ARG_NONE)
		return KNOWN_NOT;
	one.comp = arena_memdup(x->a, pt->comp, 3 * sizeof(*pt->comp));
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].head, pt->comp[0].name) != 0 ||
		    !forms[i].suffix || forms[i].flags & FORM_LABEL ||
		    !glob_match(last->name, forms[i].suffix))
			continue;
		one.comp[2].name = forms[i].suffix;
		k = add_point(x, &one);
		if (k == KNOWN_NOT)
			return k;
		if (k == KNOWN_SOME)
			any = k;
	}
	return any;
}

bool lister_known(struct lister *x, const struct ast_point *pt)
{
	size_t before = x->lines.v.n;
	bool is_any = pt->ncomp == 3 && strchr(pt->comp[2].name, '*');
	enum known k = is_any ? add_forms(x, pt) : add_point(x, pt);

	if (k == KNOWN_SOME)
		return true;
	x->lines.v.n = before;
	return false;
}
