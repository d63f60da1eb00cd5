// SPDX-License-Identifier: GPL-2.0-only
/* The rows of a listing: what -L lists, as it is kept. */
#include "build/elab/lst_priv.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/base/map.h"
#include "build/base/src.h"
#include "build/dwarf/dwkit.h"
#include "build/elab/listing_priv.h"
#include "build/kit/kit.h"
#include "build/lang/lang.h"
#include "build/sema/sema.h"
#include "bundle/base/err.h"

#include <string.h>

/* ---- which rows ---------------------------------------------------------------------- */

/* Any file, but not "*": that is no file at all (fam_function.c). */
#define AT_ANY ".function(\"*@**\")"

/* Functions by debug information, which what names a file asks. */
static const struct lst_source at_call = { .args = AT_ANY ".call",
					   .head = ".function(\"",
					   .tail = "\").call",
					   .is_merged = true };
static const struct lst_source at_return = { .args = AT_ANY ".return",
					     .head = ".function(\"",
					     .tail = "\").return",
					     .is_merged = true };

const struct lst_source lst_sources[LST_TABLES] = {
	[LST_FUNCTION] = { .args = ".function(\"*\").return",
			   .head = ".function(\"",
			   .tail = "\").return" },
	[LST_KPROBE] = { .word = "kprobe",
			 .args = ".function(\"*\").return",
			 .head = ".function(\"",
			 .tail = "\").return",
			 .is_debug = true,
			 .is_kernel = true },
	[LST_INLINE] = { .args = ".function(\"*\").inline",
			 .head = ".function(\"",
			 .tail = "\").inline",
			 .is_merged = true,
			 .is_debug = true },
	[LST_LABEL] = { .args = ".function(\"*\").label(\"*\")",
			.head = ".function(\"",
			.mid = "\").label(\"",
			.tail = "\")",
			.is_merged = true,
			.is_debug = true },
	[LST_CALLEE] = { .args = ".function(\"*\").callees",
			 .head = ".function(\"*\").callee(\"",
			 .tail = "\")",
			 .is_merged = true,
			 .is_debug = true },
};

/* All that the point of a table lists in vmlinux ("") or a module. */
static void list_bin(const struct lst_of *m, const struct lst_source *from,
		     const char *bin, struct lister *x)
{
	const char *word = from->word ? from->word : "kernel", *text;
	struct lang_args args = { NULL, 0, NULL };
	struct pp_env env = { 0 };
	struct sema_in in = {
		.s = m->s, .kit = m->k, .env = &env, .dw = m->dw
	};
	struct diags quiet;

	if (*bin)
		word = arena_printf(x->a, "module(\"%s\")", bin);
	text = arena_printf(x->a, "probe %s%s {}", word, from->args);
	diags_init_quiet(&quiet);
	in.user = lang_parse(
		x->a,
		lang_lex(x->a,
			 src_from_text(x->a, "<input>", text, strlen(text)),
			 &args, &quiet),
		&env, &quiet);
	diags_deinit(&quiet);
	if (!in.user)
		return;
	x->in = &in;
	lister_point(x, &in.user->probes.v[0]->points[0], NULL);
	if (from->is_merged)
		lines_sort(&x->lines);
	x->in = NULL;
}

/* ---- rows ------------------------------------------------------------------------------ */

/**
 * struct place - a function that debug information has
 * @func, @at: "f" and "f.c:10"; @n: with its variables
 * @flags: LST_ROW_CALL, LST_ROW_RET
 * @before: another of that name, one more than its number; 0: there is none
 * @is_taken: a symbol's row says it
 */
struct place {
	const char *func, *at;
	const struct line *n;
	unsigned int flags;
	size_t before;
	bool is_taken;
};

/**
 * struct rows - rows of one bin being written
 * @at: the function of the kit that the last row was of, of those in order
 * @places: of the table of functions; @by_func: the last of each name, one more
 */
struct rows {
	const struct lst_of *m;
	const struct lst_source *from;
	const char *bin, *head;
	struct arena *a;
	const struct kit_func *funcs;
	size_t nfuncs, at;
	VEC(struct place) places;
	struct map by_func;
	struct buf *out;
};

static void put_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s) + 1);
}

static void put_vars(struct buf *b, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(b, v[i]);
	buf_addc(b, '\0');
}

static bool is_return(const char *var)
{
	static const char name[] = " $return:";

	return !strncmp(var, name, sizeof(name) - 1);
}

/* Name and label of a line; false: it is not what the point was to list. */
static bool names_of(const struct rows *r, const struct lst_source *from,
		     const struct line *n, const char **shown, const char **sub)
{
	size_t head = strlen(r->head), tail = strlen(from->tail),
	       len = strlen(n->name);
	const char *mid;
	char *s;

	*sub = "";
	if (len <= head + tail || strncmp(n->name, r->head, head) != 0 ||
	    strcmp(n->name + len - tail, from->tail) != 0)
		return false;
	s = arena_strndup(r->a, n->name + head, len - head - tail);
	*shown = s;
	if (!from->mid)
		return true;
	mid = strstr(s, from->mid);
	if (!mid)
		return false;
	s[mid - s] = '\0';
	*sub = mid + strlen(from->mid);
	return true;
}

static struct kit_func func_at(const struct rows *r, size_t i)
{
	return *r->bin ? r->funcs[i] : kit_func(r->m->k, i);
}

/*
 * The symbol that a line is of: both are in one order.  A pattern is matched with its
 * name, which of a copy that the compiler made is not what is shown.
 */
static bool find_func(struct rows *r, const struct line *n, const char *shown,
		      struct kit_func *ret)
{
	size_t len = strlen(shown);

	while (r->at < r->nfuncs) {
		struct kit_func f = func_at(r, r->at++);

		if (f.addr != n->addr ||
		    f.flags & (KIT_FN_INIT | KIT_FN_BLACKLIST) ||
		    strncmp(f.name, shown, len) != 0 ||
		    (f.name[len] && (*r->bin || f.name[len] != '.')))
			continue;
		*ret = f;
		return true;
	}
	return false;
}

/* "f" of "f@file.c:10" */
static const char *func_of(struct arena *a, const char *shown)
{
	return arena_strndup(a, shown, strcspn(shown, "@"));
}

/* @at: "file:line", or NULL */
static void put_row(const struct rows *r, unsigned int flags, const char *key,
		    const char *shown, const char *sub, const char *at,
		    const struct line *n)
{
	const char *const *v = n->vars.v;
	size_t i;

	for (i = 0; i < n->vars.n && !is_return(v[i]); i++)
		;
	flags |= strcmp(key, shown) != 0 ? LST_ROW_SHOWN : 0;
	flags |= *sub ? LST_ROW_SUB : 0;
	flags |= i < n->vars.n ? LST_ROW_RETURN : 0;
	buf_addc(r->out, (char)flags);
	put_str(r->out, key);
	if (flags & LST_ROW_SHOWN)
		put_str(r->out, shown);
	if (*sub)
		put_str(r->out, sub);
	if (at)
		put_str(r->out, at);
	put_vars(r->out, v, i);
	if (flags & LST_ROW_RETURN) {
		put_vars(r->out, v + i, 1);
		put_vars(r->out, v + i + 1, n->vars.n - i - 1);
	}
}

/* ---- functions with their files ---------------------------------------------------------- */

/* Are they the same but for what a .return has? */
static bool same_vars(const struct line *x, const struct line *y,
		      bool but_return)
{
	size_t i = 0, k = 0;

	for (;; i++, k++) {
		if (but_return && i < x->vars.n && is_return(x->vars.v[i]))
			i++;
		if (but_return && k < y->vars.n && is_return(y->vars.v[k]))
			k++;
		if (i == x->vars.n || k == y->vars.n)
			return i == x->vars.n && k == y->vars.n;
		if (strcmp(x->vars.v[i], y->vars.v[k]) != 0)
			return false;
	}
}

static size_t place_of(const struct rows *r, const char *func)
{
	return (size_t)(uintptr_t)map_get(&r->by_func, func);
}

/* That of .call and that of .return are one, where both have the same variables. */
static void add_place(struct rows *r, const char *shown, const struct line *n,
		      unsigned int flag)
{
	struct place p = { .func = func_of(r->a, shown),
			   .n = n,
			   .flags = flag };
	size_t i;

	p.at = shown + strlen(p.func) + 1;
	for (i = place_of(r, p.func); i; i = r->places.v[i - 1].before) {
		struct place *q = &r->places.v[i - 1];

		if (!(q->flags & flag) && !strcmp(q->at, p.at) &&
		    same_vars(q->n, n, true)) {
			q->flags |= flag;
			q->n = n;
			return;
		}
	}
	p.before = place_of(r, p.func);
	vec_apush(r->a, &r->places, p);
	map_put(&r->by_func, p.func, (void *)(uintptr_t)r->places.n);
}

static bool add_places(struct rows *r, const struct lst_source *from,
		       unsigned int flag)
{
	struct lister x = { .a = r->a, .lines.a = r->a, .vars = true };
	struct line *v;
	size_t i, n;
	const char *shown, *sub;
	bool ok = true;

	list_bin(r->m, from, r->bin, &x);
	n = x.lines.v.n;
	v = arena_memdup(r->a, x.lines.v.v, n * sizeof(*v));
	lister_deinit(&x);
	for (i = 0; i < n && ok; i++) {
		ok = names_of(r, from, &v[i], &shown, &sub) &&
		     strchr(shown, '@');
		if (ok)
			add_place(r, shown, &v[i], flag);
	}
	return ok;
}

/* One that has this name and these variables: which of several does not show. */
static struct place *take_place(const struct rows *r, const char *shown,
				const struct line *n)
{
	struct place *p;
	size_t i;

	for (i = place_of(r, shown); i; i = p->before) {
		p = &r->places.v[i - 1];
		if (!p->is_taken && same_vars(p->n, n, false)) {
			p->is_taken = true;
			return p;
		}
	}
	return NULL;
}

/* What no symbol has, or not with these variables. */
static void put_places(const struct rows *r)
{
	const struct place *p;

	vec_foreach(p, &r->places)
		if (!p->is_taken)
			put_row(r, p->flags | LST_ROW_ONLY_AT, p->func, p->func,
				"", p->at, p->n);
}

/* ---- all of a bin -------------------------------------------------------------------------- */

static bool put_line(struct rows *r, const struct line *n)
{
	const struct place *p = NULL;
	const char *shown, *sub;
	struct kit_func f = { 0 };
	unsigned int flags = 0;

	if (!names_of(r, r->from, n, &shown, &sub))
		return false;
	if (r->from->is_merged) {
		f.name = func_of(r->a, shown);
	} else if (r->from->word) {
		f.name = shown;
	} else {
		if (!find_func(r, n, shown, &f))
			return false;
		p = take_place(r, shown, n);
	}
	flags |= f.flags & KIT_FN_EXPORTED ? LST_ROW_EXPORTED : 0;
	flags |= p ? p->flags : 0;
	put_row(r, flags, f.name, shown, sub, p ? p->at : NULL, n);
	return true;
}

/* Does what is looked up find debug information of it? */
static bool has_debug(const struct lst_of *m, const char *bin)
{
	const struct dwfile *f;

	return dwkit_file(m->dw, *bin ? bin : "vmlinux", &f, NULL) !=
	       ERR_NOT_FOUND;
}

static const char *head_of(struct arena *a, const struct lst_source *from,
			   const char *bin)
{
	if (*bin)
		return arena_printf(a, "module(\"%s\")%s", bin, from->head);
	return arena_printf(a, "%s%s", from->word ? from->word : "kernel",
			    from->head);
}

static bool put_rows(struct rows *r, const struct lines *l)
{
	const struct line *n;
	bool debug = has_debug(r->m, r->bin);
	size_t mod;

	r->nfuncs = kit_nfuncs(r->m->k);
	if (*r->bin) {
		mod = kit_find_module(r->m->k, r->bin);
		r->nfuncs = kit_module_funcs(r->m->k, mod, &r->funcs);
	}
	if (r->from == &lst_sources[LST_FUNCTION] && debug &&
	    (!add_places(r, &at_call, LST_ROW_CALL) ||
	     !add_places(r, &at_return, LST_ROW_RET)))
		return false;
	if (!l->v.n && !r->places.n)
		return true;
	buf_addc(r->out, (char)(LST_ROW_BIN | (debug ? LST_ROW_DEBUG : 0)));
	put_str(r->out, r->bin);
	vec_foreach(n, &l->v)
		if (!put_line(r, n))
			return false;
	put_places(r);
	return true;
}

bool lst_put_bin(const struct lst_of *m, enum lst_table t, const char *bin,
		 struct buf *out)
{
	struct arena a;
	struct lister x = { .a = &a, .lines.a = &a, .vars = true };
	struct rows r = { m, &lst_sources[t], bin, .a = &a, .out = out };
	bool ok;

	arena_init(&a);
	r.head = head_of(&a, r.from, bin);
	list_bin(m, r.from, bin, &x);
	ok = put_rows(&r, &x.lines);
	map_deinit(&r.by_func);
	lister_deinit(&x);
	arena_deinit(&a);
	return ok;
}
