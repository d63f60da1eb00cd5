// SPDX-License-Identifier: GPL-2.0-only
/* Wildcards over functions, from what was listed when the kit was made. */
#include "build/elab/listing_priv.h"
#include "build/elab/lst.h"

#include "build/base/arena.h"
#include "build/base/glob.h"
#include "build/dwarf/dwx.h"
#include "build/families/spec.h"
#include "build/kit/kit.h"
#include "build/lang/ast.h"
#include "build/sema/sema.h"

#include <limits.h>
#include <string.h>

/**
 * struct form - a form of points that is known
 * @head, @word: first and second word; @suffix: word behind the function, or NULL
 */
struct form {
	const char *head, *word, *suffix;
	enum lst_table table;
	unsigned int flags;
};

#define FORM_RETURN   1
#define FORM_EXPORTED 2
#define FORM_LABEL    4 /* the suffix takes a string */
#define FORM_CALLEES  8 /* of "*" alone; shown as a callee */
#define FORM_CALLEE   (FORM_CALLEES | FORM_LABEL)
#define FORM_INLINES  16 /* with a file: where it is inlined, too */
#define FORM_AT	      32 /* without a file as with one */
#define FORM_NO_AT    64 /* "@" means nothing */

static const char fn[] = "function", st[] = "statement";

static const struct form forms[] = {
	{ "kernel", fn, NULL, LST_FUNCTION, FORM_INLINES },
	{ "kernel", fn, "call", LST_FUNCTION, 0 },
	{ "kernel", fn, "return", LST_FUNCTION, FORM_RETURN },
	{ "kernel", fn, "exported", LST_FUNCTION, FORM_EXPORTED },
	{ "kernel", fn, "inline", LST_INLINE, 0 },
	{ "kernel", fn, "label", LST_LABEL, FORM_LABEL },
	{ "kernel", fn, "callees", LST_CALLEE, FORM_CALLEES },
	{ "kernel", fn, "callee", LST_CALLEE, FORM_CALLEE },
	{ "kernel", st, NULL, LST_FUNCTION, FORM_INLINES | FORM_AT },
	{ "kernel", st, "nearest", LST_FUNCTION, FORM_INLINES | FORM_AT },
	{ "kprobe", fn, NULL, LST_KPROBE, FORM_NO_AT },
	{ "kprobe", fn, "call", LST_KPROBE, FORM_NO_AT },
	{ "kprobe", fn, "return", LST_KPROBE, FORM_RETURN | FORM_NO_AT },
	{ "module", fn, NULL, LST_FUNCTION, FORM_INLINES },
	{ "module", fn, "call", LST_FUNCTION, 0 },
	{ "module", fn, "return", LST_FUNCTION, FORM_RETURN },
	{ "module", fn, "exported", LST_FUNCTION, FORM_EXPORTED },
	{ "module", fn, "inline", LST_INLINE, 0 },
	{ "module", fn, "label", LST_LABEL, FORM_LABEL },
	{ "module", fn, "callees", LST_CALLEE, FORM_CALLEES },
	{ "module", fn, "callee", LST_CALLEE, FORM_CALLEE },
	{ "module", st, NULL, LST_FUNCTION, FORM_INLINES | FORM_AT },
	{ "module", st, "nearest", LST_FUNCTION, FORM_INLINES | FORM_AT },
};

/**
 * struct asked - what of a point decides which rows are listed, and how
 * @module: pattern, or NULL: the kernel; @func, @label: patterns
 * @callers: as it is written, where @func is of what they call
 * @file: pattern, or NULL: any
 * @by_file: functions are asked of debug information, and shown with their files
 * @is_many: one of what is written stands for many functions
 */
struct asked {
	const struct form *form;
	const char *module, *callers, *func, *file, *label;
	bool by_file, is_many;
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
		    !strcmp(f->word, pt->comp[1].name) &&
		    (f->suffix && suffix ? !strcmp(f->suffix, suffix)
					 : f->suffix == suffix))
			return f;
	}
	return NULL;
}

/* "FUNC[@FILE]", without lines. */
static bool take_func(struct arena *a, const char *text, struct asked *q)
{
	const char *why;
	struct spec s;

	q->func = text;
	q->file = NULL;
	if (is_simple(text))
		return true;
	if (q->form->flags & FORM_NO_AT || !spec_parse(a, text, &s, &why) ||
	    s.scope || s.lines != SPEC_NO_LINE || !s.file || !is_simple(s.func))
		return false;
	q->func = s.func;
	if (strcmp(s.file, "*") != 0)
		q->file = s.file;
	return true;
}

/* What all functions call, directly or not, is called by one of them. */
static bool take_callees(struct arena *a, const char *callers,
			 const struct ast_comp *c, struct asked *q)
{
	if (strcmp(q->func, "*") != 0 || q->file)
		return false;
	q->callers = callers;
	if (q->form->flags & FORM_LABEL)
		return c->arg_kind == ARG_STR && take_func(a, c->str, q);
	return c->arg_kind == ARG_NONE ||
	       (c->arg_kind == ARG_NUM && c->num >= 1 && c->num <= 100);
}

static bool take_suffix(struct arena *a, const char *func,
			const struct ast_comp *c, struct asked *q)
{
	if (q->form->flags & FORM_CALLEES)
		return take_callees(a, func, c, q);
	if (!(q->form->flags & FORM_LABEL))
		return c->arg_kind == ARG_NONE;
	q->label = c->str;
	return c->arg_kind == ARG_STR && is_simple(c->str);
}

/* "HEAD[(S)].function(S)[.SUFFIX[(S)]]"; false: it is none, or it is not known. */
static bool take_apart(struct arena *a, const struct ast_point *pt,
		       struct asked *q)
{
	const struct ast_comp *c = pt->comp;
	bool has_module;

	if (pt->ncomp < 2 || pt->ncomp > 3 || pt->cond)
		return false;
	q->form = find_form(pt);
	if (!q->form || c[1].arg_kind != ARG_STR || !take_func(a, c[1].str, q))
		return false;
	has_module = !strcmp(c[0].name, "module");
	if (c[0].arg_kind != (has_module ? ARG_STR : ARG_NONE) ||
	    (has_module && !is_simple(c[0].str)))
		return false;
	q->module = has_module ? c[0].str : NULL;
	q->is_many =
		is_pattern(q->func) || (q->module && is_pattern(q->module));
	q->by_file = q->form->table == LST_FUNCTION &&
		     (q->file || q->form->flags & FORM_AT);
	/* which symbols are exported, by file, no row says */
	if (q->by_file && q->form->flags & FORM_EXPORTED)
		return false;
	return pt->ncomp == 2 || take_suffix(a, c[1].str, &c[2], q);
}

/* Is it of many functions?  One is found as quickly, and may be told more of. */
static bool is_known(const struct lister *x, const struct ast_point *pt,
		     struct asked *q)
{
	if (x->verbose || !x->in->kit || !take_apart(x->a, pt, q) ||
	    !q->is_many)
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
	const char *in = *bin ? arena_printf(a, "(\"%s\")", bin) : "";
	struct frame r;

	r.head = arena_printf(a, "%s%s.%s(\"%s%s", f->head, in, f->word,
			      q->callers ? q->callers : "",
			      q->callers ? "\").callee(\"" : "");
	r.mid = q->label ? "\").label(\"" : "";
	r.tail = q->callers || !f->suffix || q->label
			 ? "\")"
			 : arena_printf(a, "\").%s", f->suffix);
	r.nhead = strlen(r.head);
	r.nmid = strlen(r.mid);
	r.ntail = strlen(r.tail);
	return r;
}

static const char *name_of(struct arena *a, const struct asked *q,
			   const struct frame *f, const struct lst_row *row)
{
	const char *at = q->by_file ? row->at : "";
	size_t n = strlen(row->shown), k = strlen(row->sub), m = strlen(at);
	char *s = arena_alloc(a, f->nhead + n + 1 + m + f->nmid + k + f->ntail +
					 1);
	char *p = s;

	p = mempcpy(p, f->head, f->nhead);
	p = mempcpy(p, row->shown, n);
	if (m)
		*p++ = '@';
	p = mempcpy(p, at, m);
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

/* "f.c" of "f.c:10" or, without @at, of "f@f.c:10". */
static bool file_fits(const struct asked *q, const struct lst_row *row)
{
	const char *at = *row->at ? row->at : strchr(row->shown, '@');
	const char *colon = at ? strrchr(at, ':') : NULL;
	char file[PATH_MAX];
	size_t n;

	if (!colon)
		return false;
	at += *at == '@';
	n = (size_t)(colon - at);
	if (n >= sizeof(file))
		return false;
	memcpy(file, at, n);
	file[n] = '\0';
	return dwx_file_matches(q->file, file);
}

/* Of debug information a function's name, which is what a symbol's row shows. */
static bool fits_by_file(const struct asked *q, const struct lst_row *row)
{
	unsigned int as =
		q->form->flags & FORM_RETURN ? LST_ROW_RET : LST_ROW_CALL;

	return row->flags & as && glob_match(q->func, row->shown) &&
	       (!q->file || file_fits(q, row));
}

/* As the families match: of the kernel's symbols a copy's own name, and what it is
 * a copy of. */
static bool fits_symbol(const struct asked *q, const struct lst_row *row)
{
	if ((q->form->flags & FORM_EXPORTED) &&
	    !(row->flags & LST_ROW_EXPORTED))
		return false;
	return !(row->flags & LST_ROW_ONLY_AT) &&
	       (glob_match(q->func, row->key) ||
		(row->shown != row->key && glob_match(q->func, row->shown)));
}

static bool fits(const struct asked *q, enum lst_table t,
		 const struct lst_row *row)
{
	if (t == LST_FUNCTION)
		return q->by_file ? fits_by_file(q, row) : fits_symbol(q, row);
	if (q->label && !glob_match(q->label, row->sub))
		return false;
	return glob_match(q->func, row->key) && (!q->file || file_fits(q, row));
}

static void add_row(struct lister *x, const struct asked *q,
		    const struct frame *f, const struct lst_row *row)
{
	struct line n = { .name = name_of(x->a, q, f, row) };

	if (x->vars) {
		n.text = vars_of(row, q->form->flags & FORM_RETURN);
		if (!row->has_debug)
			lister_lacks(x, *row->bin ? row->bin : NULL);
	}
	lines_put(&x->lines, n);
}

/* false: the file is damaged */
static bool add_rows(struct lister *x, const struct asked *q, enum lst_table t)
{
	struct lst_walk w = { .l = x->lst, .table = t };
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
		if (is_in && fits(q, t, &row))
			add_row(x, q, &f, &row);
	}
	return !w.is_bad;
}

/* Of functions by file those that have code of their own, and what is inlined. */
static bool add_tables(struct lister *x, const struct asked *q)
{
	if (!add_rows(x, q, q->form->table))
		return false;
	return !q->by_file || !(q->form->flags & FORM_INLINES) ||
	       add_rows(x, q, LST_INLINE);
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
	if (!x->lst || !add_tables(x, &q))
		return KNOWN_NOT;
	return x->lines.v.n > before ? KNOWN_SOME : KNOWN_NONE;
}

/* "HEAD[(S)].function(S).*" is each form with such a suffix, of which some match; all of
 * them are known, or none is looked for. */
static enum known add_forms(struct lister *x, const struct ast_point *pt)
{
	const struct ast_comp *last = &pt->comp[2];
	const char *suffix[sizeof(forms) / sizeof(forms[0])];
	enum known any = KNOWN_NONE, k;
	struct ast_point one = *pt;
	struct asked q = { 0 };
	size_t i, n = 0;

	if (last->arg_kind != ARG_NONE)
		return KNOWN_NOT;
	one.comp = arena_memdup(x->a, pt->comp, 3 * sizeof(*pt->comp));
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].head, pt->comp[0].name) != 0 ||
		    strcmp(forms[i].word, pt->comp[1].name) != 0 ||
		    !forms[i].suffix || forms[i].flags & FORM_LABEL ||
		    !glob_match(last->name, forms[i].suffix))
			continue;
		suffix[n++] = one.comp[2].name = forms[i].suffix;
		if (!is_known(x, &one, &q))
			return KNOWN_NOT;
	}
	for (i = 0; i < n; i++) {
		one.comp[2].name = suffix[i];
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
