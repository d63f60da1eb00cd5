// SPDX-License-Identifier: GPL-2.0-only
/* The rows of a listing: what -L lists, as it is kept. */
#include "build/elab/lst_priv.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/base/src.h"
#include "build/dwarf/dwkit.h"
#include "build/elab/listing_priv.h"
#include "build/kit/kit.h"
#include "build/lang/lang.h"
#include "build/sema/sema.h"
#include "bundle/base/err.h"

#include <string.h>

/* ---- which rows ---------------------------------------------------------------------- */

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
	struct sema_in in = { .s = m->s,
			      .kit = m->k,
			      .env = &env,
			      .dw = m->dw };
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
 * struct rows - rows of one bin being written
 * @at: the function of the kit that the last row was of, of those in order
 */
struct rows {
	const struct lst_of *m;
	const struct lst_source *from;
	const char *bin, *head, *tail;
	struct arena *a;
	const struct kit_func *funcs;
	size_t nfuncs, at;
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
static bool names_of(const struct rows *r, const struct line *n,
		     const char **shown, const char **sub)
{
	size_t head = strlen(r->head), tail = strlen(r->tail),
	       len = strlen(n->name);
	const char *mid;
	char *s;

	*sub = "";
	if (len <= head + tail || strncmp(n->name, r->head, head) != 0 ||
	    strcmp(n->name + len - tail, r->tail) != 0)
		return false;
	s = arena_strndup(r->a, n->name + head, len - head - tail);
	*shown = s;
	if (!r->from->mid)
		return true;
	mid = strstr(s, r->from->mid);
	if (!mid)
		return false;
	s[mid - s] = '\0';
	*sub = mid + strlen(r->from->mid);
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

static bool put_row(struct rows *r, const struct line *n)
{
	const char *const *v = n->vars.v;
	const char *shown, *sub, *key;
	struct kit_func f = { 0 };
	unsigned int flags = 0;
	size_t i;

	if (!names_of(r, n, &shown, &sub))
		return false;
	key = shown;
	if (r->from->is_merged) {
		key = func_of(r->a, shown);
	} else if (!r->from->word) {
		if (!find_func(r, n, shown, &f))
			return false;
		key = f.name;
	}
	for (i = 0; i < n->vars.n && !is_return(v[i]); i++)
		;
	flags |= strcmp(key, shown) != 0 ? LST_ROW_SHOWN : 0;
	flags |= *sub ? LST_ROW_SUB : 0;
	flags |= i < n->vars.n ? LST_ROW_RETURN : 0;
	flags |= f.flags & KIT_FN_EXPORTED ? LST_ROW_EXPORTED : 0;
	buf_addc(r->out, (char)flags);
	put_str(r->out, key);
	if (flags & LST_ROW_SHOWN)
		put_str(r->out, shown);
	if (*sub)
		put_str(r->out, sub);
	put_vars(r->out, v, i);
	if (flags & LST_ROW_RETURN) {
		put_vars(r->out, v + i, 1);
		put_vars(r->out, v + i + 1, n->vars.n - i - 1);
	}
	return true;
}

/* Does what is looked up find debug information of it? */
static bool has_debug(const struct lst_of *m, const char *bin)
{
	const struct dwfile *f;

	return dwkit_file(m->dw, *bin ? bin : "vmlinux", &f, NULL) !=
	       ERR_NOT_FOUND;
}

static bool put_rows(const struct lst_of *m, const struct lst_source *from,
		     const char *bin, struct lister *x, struct buf *out)
{
	struct rows r = { m, from, bin, .a = x->a, .out = out };
	const struct line *n;
	size_t mod;

	r.tail = from->tail;
	r.head = *bin ? arena_printf(x->a, "module(\"%s\")%s", bin, from->head)
		      : arena_printf(x->a, "%s%s",
				     from->word ? from->word : "kernel",
				     from->head);
	r.nfuncs = kit_nfuncs(m->k);
	if (*bin) {
		mod = kit_find_module(m->k, bin);
		r.nfuncs = kit_module_funcs(m->k, mod, &r.funcs);
	}
	buf_addc(out,
		 (char)(LST_ROW_BIN | (has_debug(m, bin) ? LST_ROW_DEBUG : 0)));
	put_str(out, bin);
	vec_foreach(n, &x->lines.v)
		if (!put_row(&r, n))
			return false;
	return true;
}

bool lst_put_bin(const struct lst_of *m, enum lst_table t, const char *bin,
		 struct buf *out)
{
	const struct lst_source *from = &lst_sources[t];
	struct arena a;
	struct lister x = { .a = &a, .lines.a = &a, .vars = true };
	bool ok = true;

	arena_init(&a);
	list_bin(m, from, bin, &x);
	if (x.lines.v.n)
		ok = put_rows(m, from, bin, &x, out);
	lister_deinit(&x);
	arena_deinit(&a);
	return ok;
}
