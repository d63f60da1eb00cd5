/* SPDX-License-Identifier: GPL-2.0-only */
/* What exists: probe points, aliases and functions, as text (features.md 3.3). */
#include "build/elab/listing.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/elab/alias.h"
#include "build/elab/expand.h"
#include "build/elab/library.h"
#include "build/elab/listing_priv.h"
#include "build/elab/lst.h"
#include "build/elab/program.h"
#include "build/elab/resolve.h"
#include "build/families/dwplace.h"
#include "build/families/family.h"
#include "build/lang/lang.h"
#include "build/sema/intrinsic.h"
#include "build/sema/sema.h"
#include "build/sema/tree.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>

/* ---- sorted lines ------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	if (!c)
		c = x->is_inline - y->is_inline;
	return c ? c : x->seq < y->seq ? -1 : x->seq > y->seq;
}

void lines_put(struct lines *l, struct line n)
{
	n.seq = l->v.n;
	if (l->v.n && by_name(&l->v.v[l->v.n - 1], &n) > 0)
		l->is_mixed = true;
	vec_push(&l->v, n);
}

static void line_add(struct lines *l, const char *name)
{
	lines_put(l, (struct line){ .name = name });
}

static bool line_has(const struct line *n, const char *var)
{
	for (size_t i = 0; i < n->vars.n; i++)
		if (!strcmp(n->vars.v[i], var))
			return true;
	return false;
}

/* The variables of @text one by one: each begins with a blank and a dollar. */
static void line_split(struct arena *a, struct line *n)
{
	const char *s = n->text, *next;

	n->text = NULL;
	for (; s && *s; s = next) {
		next = strstr(s + 1, " $");
		if (!next)
			next = s + strlen(s);
		vec_apush(a, &n->vars, arena_strndup(a, s, (size_t)(next - s)));
	}
}

/* What is listed twice has the variables that both have. */
static void line_merge(struct arena *a, struct line *n, struct line *with)
{
	size_t kept = 0;

	line_split(a, n);
	line_split(a, with);
	for (size_t i = 0; i < n->vars.n; i++)
		if (line_has(with, n->vars.v[i]))
			n->vars.v[kept++] = n->vars.v[i];
	n->vars.n = kept;
}

void lines_sort(struct lines *l)
{
	size_t i, n = 0;

	if (l->is_mixed)
		qsort(l->v.v, l->v.n, sizeof(*l->v.v), by_name);
	for (i = 0; i < l->v.n; i++) {
		if (n && !strcmp(l->v.v[n - 1].name, l->v.v[i].name))
			line_merge(l->a, &l->v.v[n - 1], &l->v.v[i]);
		else
			l->v.v[n++] = l->v.v[i];
	}
	l->v.n = n;
}

/* The lines are gone then. */
static void lines_print(struct lines *l, struct buf *out)
{
	struct line *n;
	const char **var;

	lines_sort(l);
	vec_foreach(n, &l->v) {
		buf_adds(out, n->name);
		if (n->text)
			buf_adds(out, n->text);
		vec_foreach(var, &n->vars)
			buf_adds(out, *var);
		buf_addc(out, '\n');
	}
	vec_deinit(&l->v);
}

/* ---- points --------------------------------------------------------------------- */

/* $variables of one place. */
struct names {
	struct lister *x;
	struct sema *sm;
	const struct family *fam;
	const struct dprobe *p;
	const struct fam_point *fp;
	struct line *to;
};

/* "struct file*": no blank before what follows the name of a type. */
static const char *tight_type(const struct names *n, uint32_t id)
{
	struct sema *sm = n->sm;
	char *s = arena_strdup(n->x->a, btf_type_name(sm->btf, id, sm->a));
	char *to = s;

	for (const char *p = s; *p; p++)
		if (*p != ' ' || !strchr("*[", p[1]))
			*to++ = *p;
	*to = '\0';
	return s;
}

static const char *spell_type(const struct names *n, uint32_t id)
{
	const struct btfv *b = n->sm->btf;
	struct spelt *s;

	while (b->base && id < b->start_id)
		b = b->base;
	if (id < b->start_id || id - b->start_id >= b->ntypes)
		return tight_type(n, id);
	s = b->base ? &n->x->split : &n->x->kernel;
	if (s->b != b) {
		free(s->v);
		s->v = xcalloc(b->ntypes, sizeof(*s->v));
		s->b = b;
	}
	if (!s->v[id - b->start_id])
		s->v[id - b->start_id] = tight_type(n, id);
	return s->v[id - b->start_id];
}

/* " name:type"; printf took a third of the time of a long list. */
static const char *name_and_type(struct arena *a, const char *name,
				 const char *type)
{
	size_t n = strlen(name), t = strlen(type);
	char *s = arena_alloc(a, n + t + 3);

	*s = ' ';
	memcpy(s + 1, name, n);
	s[n + 1] = ':';
	memcpy(s + n + 2, type, t);
	return s;
}

static void add_name(void *arg, const char *name)
{
	struct names *n = arg;
	struct span at = { 0 };
	struct fam_value v = { 0 };
	const char *own;

	if (n->fam->var(n->sm, n->p, n->fp, at, name, &v) != FAM_OK)
		return;
	own = v.e && v.e->type == TY_STRING ? "string" : "long";
	vec_apush(n->x->a, &n->to->vars,
		  name_and_type(n->x->a, name,
				v.type ? spell_type(n, v.type) : own));
}

static void add_names(struct lister *x, struct sema *sm,
		      const struct handler *h, const struct dpoint *dp,
		      struct line *to)
{
	struct fam_point fp = { 0 };
	struct names n = { x, sm, h->fam, h->p, dp ? &fp : NULL, to };
	const struct btfv *kernel = sm->btf;
	__typeof__(sm->nums) nums = sm->nums;
	struct arena *keep = sm->a, own;

	if (dp)
		fp = (struct fam_point){ .dp = *dp,
					 .btf = dp->btf,
					 .dw = dp->dw };
	if (dp && h->fam->types)
		h->fam->types(sm, &fp);
	if (fp.dp.types)
		sm->btf = fp.dp.types;
	/* what functions' variables become is of no use after their names */
	arena_init(&own);
	if (h->fam->locals)
		sm->a = &own;
	if (h->fam->names)
		h->fam->names(sm, h->p, n.fp, add_name, &n);
	if (h->fam->locals)
		h->fam->locals(sm, h->p, n.fp, add_name, &n);
	sm->btf = kernel;
	sm->a = keep;
	sm->nums = nums;
	sm->place = (struct place_memo){ 0 };
	arena_deinit(&own);
}

static void add_locals(struct arena *a, const struct handler *h,
		       struct line *to)
{
	struct sym **s;

	vec_foreach(s, &h->p->locals)
		vec_apush(a, &to->vars,
			  arena_printf(a, " %s:%s", (*s)->name,
				       ty_name((*s)->type)));
}

void lister_lacks(struct lister *x, const char *module)
{
	const struct dwfile *f;
	struct err e = { 0 };

	if (x->missing || !x->in->dw ||
	    dwkit_file(x->in->dw, module ? module : "vmlinux", &f, &e) !=
		    ERR_NOT_FOUND)
		return;
	x->missing = arena_printf(x->a,
				  "locals and globals are in full debug "
				  "information only, and %s%s%s",
				  e.text, *e.hint ? ": " : "", e.hint);
}

static const char *with_place(struct lister *x, const struct sema *sm,
			      const struct dpoint *dp, const char *name)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, name);
	sema_print_place(&b, sm->prog, dp);
	name = arena_strdup(x->a, b.p);
	buf_deinit(&b);
	return name;
}

static bool is_inlined(const struct dpoint *dp)
{
	const struct dwx_scope *s = dp && dp->dw ? dp->dw->scope : NULL;

	while (s && s->kind == DWX_SCOPE_BLOCK)
		s = s->parent;
	return s && s->kind == DWX_SCOPE_INLINE;
}

/*
 * A point, or with @name every place under that name.  The line outlives @sm,
 * whose memory each run gives back.
 */
static void list_place(struct lister *x, struct sema *sm,
		       const struct handler *h, const struct dpoint *dp,
		       const char *name)
{
	struct line n = { .name = name,
			  .addr = dp ? dp->addr : 0,
			  .is_inline = is_inlined(dp) };

	if (!n.name)
		n.name = dp ? dp->pp : h->p->name;
	n.name = dp && x->verbose ? with_place(x, sm, dp, n.name)
				  : arena_strdup(x->a, n.name);
	if (x->vars) {
		add_locals(x->a, h, &n);
		add_names(x, sm, h, dp, &n);
		/* of functions only debug information has all variables */
		if (dp && h->fam->locals)
			lister_lacks(x, dp->module);
	}
	lines_put(&x->lines, n);
}

static void list_handlers(struct lister *x, struct sema *sm, const char *name)
{
	struct handler **h;
	struct dpoint *dp;

	vec_foreach(h, &sm->handlers) {
		/* Only what the listed point derives, no probe of a library. */
		if ((*h)->file != sm->files.v[0])
			continue;
		vec_foreach(dp, &(*h)->p->points)
			list_place(x, sm, *h, dp, name);
		if (!(*h)->p->points.n)
			list_place(x, sm, *h, NULL, name);
	}
}

void lister_point(struct lister *x, const struct ast_point *pt,
		  const char *name)
{
	struct ast_probe probe = *x->in->user->probes.v[0];
	struct ast_file file = *x->in->user;
	struct sema_in in = *x->in;
	struct ast_probe *only = &probe;
	struct ast_point plain = *pt;
	struct arena own = { 0 };
	struct diags quiet;
	struct sema sm;

	diags_init_quiet(&quiet);
	plain.optional = plain.sufficient = false;
	probe.points = &plain;
	probe.npoints = 1;
	file.probes.v = &only;
	file.probes.n = 1;
	in.user = &file;
	/* an alias may read variables, and is listed where it can */
	in.names_only = !name && !x->vars && !x->verbose;
	in.is_listed = !x->vars;
	program_init(&sm, &in, &own, &quiet);
	resolve_add_user(&sm);
	if (x->vars)
		program_elaborate(&sm);
	else
		expand_file(&sm, sm.files.v[0]);
	if (!quiet.nerrors) {
		if (x->vars)
			sema_infer(&sm);
		list_handlers(x, &sm, name);
	} else if (quiet.first_tag != DIAG_NO_DEBUGINFO) {
		x->is_refused = true;
	} else if (!x->missing) {
		x->missing = arena_strdup(x->a, quiet.first);
	}
	program_deinit(&sm);
	diags_deinit(&quiet);
	arena_deinit(&own);
}

/* Of what matches nothing, what a probe of it would be told. */
static void explain(struct lister *x, struct diags *d)
{
	const struct ast_probe *asked = x->in->user->probes.v[0];
	struct ast_probe probe = *asked;
	struct ast_file file = *x->in->user;
	struct sema_in in = *x->in;
	struct ast_probe *only = &probe;
	struct arena own = { 0 };
	struct sema sm;
	size_t i;

	probe.points = arena_memdup(x->a, asked->points,
				    asked->npoints * sizeof(*asked->points));
	for (i = 0; i < probe.npoints; i++)
		probe.points[i].optional = probe.points[i].sufficient = false;
	file.probes.v = &only;
	file.probes.n = 1;
	in.user = &file;
	program_init(&sm, &in, &own, d);
	resolve_add_user(&sm);
	if (x->vars)
		program_elaborate(&sm);
	else
		expand_file(&sm, sm.files.v[0]);
	program_deinit(&sm);
	arena_deinit(&own);
	if (!d->nerrors)
		diag_error(d, &asked->at, DIAG_NO_MATCH,
			   "nothing matches on this kernel");
}

/* One alias as a probe of its own; false: it cannot be had on this kernel. */
static bool expand_alone(struct sema *sm, struct ast_file *file,
			 struct ast_probe *probe)
{
	unsigned int before = sm->d->nerrors;
	size_t first = sm->handlers.n, i;

	file->probes.v = &probe;
	file->probes.n = 1;
	expand_file(sm, sm->files.v[0]);
	file->probes.v = NULL;
	file->probes.n = 0;
	if (sm->d->nerrors == before)
		return true;
	sm->d->nerrors = before;
	for (i = first; i < sm->handlers.n; i++)
		map_deinit(&sm->handlers.v[i]->locals);
	sm->handlers.n = first;
	return false;
}

/* A run of aliases: what it reads of the library it reads once. */
struct alias_run {
	struct ast_file file; /* the script's, without its probes */
	struct sema_in in;
	struct arena own;
	struct diags quiet;
	struct sema sm;
};

static void run_init(struct alias_run *r, const struct lister *x)
{
	r->file = *x->in->user;
	r->file.probes.v = NULL;
	r->file.probes.n = 0;
	r->in = *x->in;
	r->in.user = &r->file;
	r->in.is_listed = !x->vars;
	arena_init(&r->own);
	diags_init_quiet(&r->quiet);
	program_init(&r->sm, &r->in, &r->own, &r->quiet);
	resolve_add_user(&r->sm);
}

static void run_deinit(struct alias_run *r)
{
	program_deinit(&r->sm);
	diags_deinit(&r->quiet);
	arena_deinit(&r->own);
}

/*
 * All in the run @r; each handler knows the alias it came from.
 * Return: false when something went wrong that may be of one only.
 */
static bool list_in(struct lister *x, struct alias_run *r,
		    struct ast_point *use, size_t n)
{
	struct sema *sm = &r->sm;
	struct diags quiet, *d = sm->d;
	struct handler **h;
	struct dpoint *dp;
	size_t i;
	bool ok;

	diags_init_quiet(&quiet);
	sm->d = &quiet;
	for (i = 0; i < n; i++) {
		struct ast_probe *p = arena_memdup(
			sm->a, x->in->user->probes.v[0], sizeof(*p));

		p->points = &use[i];
		p->npoints = 1;
		expand_alone(sm, &r->file, p);
	}
	if (x->vars) {
		program_elaborate(sm);
		if (!quiet.nerrors)
			sema_infer(sm);
	}
	ok = !quiet.nerrors;
	vec_foreach(h, &sm->handlers) {
		if (!ok || (*h)->file != sm->files.v[0])
			continue;
		vec_foreach(dp, &(*h)->p->points)
			list_place(x, sm, *h, dp, dp->pn);
		if (!(*h)->p->points.n)
			list_place(x, sm, *h, NULL, (*h)->p->pn);
	}
	sm->d = d;
	diags_deinit(&quiet);
	return ok;
}

static void list_halves(struct lister *x, struct ast_point *use,
			const char *const *name, size_t n);

/*
 * As few runs as find the aliases that spoil one: their handlers are looked at
 * together, so who is at fault is known of halves only.
 */
static void list_run(struct lister *x, struct alias_run *r,
		     struct ast_point *use, const char *const *name, size_t n)
{
	size_t half = n / 2;

	if (n == 1) {
		lister_point(x, use, *name);
	} else if (n && !list_in(x, r, use, n)) {
		list_halves(x, use, name, half);
		list_halves(x, use + half, name + half, n - half);
	}
}

static void list_halves(struct lister *x, struct ast_point *use,
			const char *const *name, size_t n)
{
	struct alias_run r;

	run_init(&r, x);
	list_run(x, &r, use, name, n);
	run_deinit(&r);
}

/* Aliases that the point names, each under its own name; how many. */
static size_t list_aliases(struct lister *x, const struct ast_point *pt,
			   bool suffix)
{
	struct alias_run r;
	struct alias_hit *hit;
	struct ast_point *uses;
	const char **names;
	size_t i, n, depth = 0;

	run_init(&r, x);
	n = alias_find(&r.sm, pt, suffix, &hit, &depth);
	uses = arena_array(&r.own, struct ast_point, n + 1);
	names = arena_array(&r.own, const char *, n + 1);
	for (i = 0; i < n; i++) {
		struct ast_point use = *hit[i].name;
		size_t more = pt->ncomp - hit[i].suffix;

		use.ncomp += more;
		use.comp = arena_array(&r.own, struct ast_comp, use.ncomp);
		memcpy(use.comp, hit[i].name->comp,
		       hit[i].name->ncomp * sizeof(*use.comp));
		memcpy(use.comp + hit[i].name->ncomp, pt->comp + hit[i].suffix,
		       more * sizeof(*use.comp));
		uses[i] = use;
		names[i] = expand_point_text(&r.sm, &uses[i]);
	}
	list_run(x, &r, uses, names, n);
	free(hit);
	run_deinit(&r);
	return n;
}

void lister_deinit(struct lister *x)
{
	vec_deinit(&x->lines.v);
	free(x->kernel.v);
	free(x->split.v);
	lst_close(x->lst);
}

void listing_points(const struct sema_in *in, struct arena *a, bool vars,
		    bool verbose, const char **missing, struct diags *d,
		    struct buf *out)
{
	struct lister x = {
		.in = in, .a = a, .lines.a = a, .vars = vars, .verbose = verbose
	};
	const struct ast_probe *p = in->user->probes.v[0];
	size_t i;

	for (i = 0; i < p->npoints; i++)
		if (!list_aliases(&x, &p->points[i], false) &&
		    !list_aliases(&x, &p->points[i], true) &&
		    !lister_known(&x, &p->points[i]))
			lister_point(&x, &p->points[i], NULL);
	lines_print(&x.lines, out);
	if (!out->len && (x.is_refused || !x.missing))
		explain(&x, d);
	*missing = x.missing;
	lister_deinit(&x);
}

/* ---- inventories ------------------------------------------------------------------ */

static const char *spelled_form(const char *text, struct arena *a)
{
	struct buf b = BUF_INIT;
	const char *r;

	for (; *text; text++) {
		if (text[0] == '(' && text[1] == 'N')
			buf_adds(&b, "(number"), text++;
		else if (text[0] == '(' && text[1] == 'S')
			buf_adds(&b, "(string"), text++;
		else
			buf_addc(&b, *text);
	}
	r = arena_strdup(a, b.p);
	buf_deinit(&b);
	return r;
}

void listing_types(struct arena *a, struct buf *out)
{
	struct lines l = { .a = a };
	const struct family *fam;
	size_t i, j;

	for (i = 0; (fam = family_at(i)); i++)
		for (j = 0; j < fam->nforms; j++)
			line_add(&l, spelled_form(fam->forms[j].text, a));
	lines_print(&l, out);
}

static void load_library(struct sema *sm)
{
	const struct library *lib = sm->in->lib;
	size_t i;

	for (i = 0; i < library_nfiles(lib); i++)
		if (library_applies(library_file(lib, i), sm->in->env->target))
			resolve_load(sm, library_file(lib, i), NULL);
}

static void alias_line(struct lines *l, struct sema *sm,
		       const struct ast_probe *def,
		       const struct ast_point *name)
{
	struct buf b = BUF_INIT;
	size_t i;

	lang_print_point(&b, name);
	buf_adds(&b, " = ");
	for (i = 0; i < def->npoints; i++) {
		if (i)
			buf_adds(&b, ", ");
		lang_print_point(&b, &def->points[i]);
	}
	line_add(l, arena_strdup(sm->a, b.p));
	buf_deinit(&b);
}

void listing_aliases(const struct sema_in *in, struct arena *a, struct buf *out)
{
	struct lines l = { .a = a };
	struct ast_probe **al;
	struct diags quiet;
	struct sema sm;
	size_t i, j;

	diags_init_quiet(&quiet);
	program_init(&sm, in, a, &quiet);
	load_library(&sm);
	for (i = 0; i < sm.files.n; i++)
		vec_foreach(al, &sm.files.v[i]->ast->aliases)
			for (j = 0; j < (*al)->nalias; j++)
				alias_line(&l, &sm, *al, &(*al)->alias[j]);
	lines_print(&l, out);
	program_deinit(&sm);
	diags_deinit(&quiet);
}

/* Pragmas stand in comments of embedded code: slash-star word star-slash. */
static void add_pragmas(struct buf *b, const char *text)
{
	const char *p = text, *end;

	if (!text)
		return;
	while ((p = strstr(p, "/* ")) && (end = strstr(p, " */"))) {
		size_t n = strspn(p + 3, "abcdefghijklmnopqrstuvwxyz-_:");

		if (p + 3 + n == end)
			buf_printf(b, " %.*s", (int)(end + 3 - p), p);
		p = end + 3;
	}
}

static void function_line(struct lines *l, const struct ast_func *f)
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_printf(&b, "%s:%s (", f->name, ty_name(f->type));
	for (i = 0; i < f->nparams; i++)
		buf_printf(&b, "%s%s:%s", i ? ", " : "", f->params[i]->name,
			   ty_name(f->params[i]->type));
	buf_addc(&b, ')');
	add_pragmas(&b, f->embedded);
	line_add(l, arena_strdup(l->a, b.p));
	buf_deinit(&b);
}

static void intrinsic_line(struct lines *l, const struct intrinsic *in)
{
	struct buf b = BUF_INIT;
	unsigned int i;

	buf_printf(&b, "%s:%s (", in->name, ty_name(in->type));
	for (i = 0; i < in->nargs; i++)
		buf_printf(&b, "%sarg%u:%s", i ? ", " : "", i + 1,
			   ty_name(in->arg[i]));
	buf_addc(&b, ')');
	if (in->flags & IN_PURE)
		buf_adds(&b, " /* pure */");
	line_add(l, arena_strdup(l->a, b.p));
	buf_deinit(&b);
}

void listing_functions(const struct sema_in *in, struct arena *a, bool all,
		       struct buf *out)
{
	struct lines l = { .a = a };
	const struct intrinsic *fn;
	struct func_info **fi;
	struct diags quiet;
	struct sema sm;
	size_t i;

	diags_init_quiet(&quiet);
	program_init(&sm, in, a, &quiet);
	load_library(&sm);
	resolve_use_library(&sm);
	resolve_functions(&sm);
	sema_infer(&sm);
	vec_foreach(fi, &sm.funcs)
		if (!(*fi)->f->is_private && (all || (*fi)->f->name[0] != '_'))
			function_line(&l, (*fi)->f);
	for (i = 0; (fn = intrinsic_at(i)); i++)
		if (all || fn->name[0] != '_')
			intrinsic_line(&l, fn);
	lines_print(&l, out);
	program_deinit(&sm);
	diags_deinit(&quiet);
}
