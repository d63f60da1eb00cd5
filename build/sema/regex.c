// SPDX-License-Identifier: GPL-2.0-only
/* The patterns of =~ and !~: compiled once each, mistakes shown where they are. */
#include "build/regex/regex.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/lang/lang.h"
#include "build/lang/str.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"

#include <string.h>

/**
 * struct rgx - one walk over the program
 * @keeps: some call asks for the groups of the last match
 * @done: compiled patterns by what they are for and their text
 */
struct rgx {
	struct sema *sm;
	struct map done;
	bool keeps;
};

static void walk_all(struct sema *sm, struct walk *w)
{
	struct func_info **f;
	struct handler **h;

	vec_foreach(h, &sm->handlers) {
		struct saved *sv;

		walk_expr(w, &(*h)->p->cond);
		vec_foreach(sv, &(*h)->p->saved)
			walk_expr(w, &sv->e);
		walk_stmt(w, &(*h)->p->body);
	}
	vec_foreach(f, &sm->funcs)
		walk_stmt(w, &(*f)->f->body);
}

static bool find_keeper(struct walk *w, struct ast_expr **ep)
{
	struct rgx *x = w->arg;
	const struct ast_expr *e = *ep;

	x->keeps |= e->kind == EX_CALL && e->intrinsic &&
		    (e->intrinsic->flags & IN_GROUPS);
	return true;
}

bool sema_keeps_groups(struct sema *sm)
{
	struct rgx x = { .sm = sm };
	struct walk w = { .expr = find_keeper, .arg = &x };
	struct func_info **f;

	walk_all(sm, &w);
	/* C that says it looks at them */
	vec_foreach(f, &sm->funcs)
		x.keeps |= (*f)->f->embed &&
			   (*f)->f->embed->flags & EMBED_TAGGED_DFA;
	return x.keeps;
}

/* The part of the literal that @f is about; all of it when that cannot be told. */
static struct span fault_place(const struct ast_regex *r,
			       const struct regex_fault *f)
{
	struct span at = r->at;
	const char *p = at.src ? at.src->text + at.off : NULL;
	size_t from, to, len;

	if (!p || at.len < 2 || *p != '"' || p[at.len - 1] != '"')
		return at;
	from = str_place(p + 1, at.len - 2, f->off, &len);
	to = str_place(p + 1, at.len - 2, f->off + (f->len ? f->len - 1 : 0),
		       &len);
	if (from == at.len - 2 && !len)
		return at; /* in a literal behind the first, or at the end */
	at.off += 1 + (uint32_t)from;
	at.len = (uint32_t)(to + len - from);
	return at;
}

static struct regex *compile(struct rgx *x, const struct ast_expr *e, bool tags)
{
	struct sema *sm = x->sm;
	struct regex_fault f;
	struct buf b = BUF_INIT;
	struct regex *re;
	struct span at;

	lang_unescape(&b, e->str);
	re = regex_compile(sm->a, b.p, b.len, tags, &f);
	buf_deinit(&b);
	if (re)
		return re;
	at = fault_place(e->regex, &f);
	if (f.too_big)
		diag_error(sm->d, &at, DIAG_REGEX_TOO_BIG,
			   "this regular expression is too big: %s", f.text);
	else
		diag_error(sm->d, &at, DIAG_REGEX_SYNTAX, "%s", f.text);
	return NULL;
}

static bool compile_expr(struct walk *w, struct ast_expr **ep)
{
	struct rgx *x = w->arg;
	struct ast_expr *e = *ep;
	bool tags = x->keeps && !e->is_not;
	const char *key;

	if (e->kind != EX_REGEX || e->regex->re)
		return true;
	key = arena_printf(x->sm->a, "%d%s", tags, e->str);
	e->regex->re = map_get(&x->done, key);
	if (e->regex->re)
		return true;
	e->regex->re = compile(x, e, tags);
	if (e->regex->re)
		map_put(&x->done, key, e->regex->re);
	return true;
}

void sema_regex(struct sema *sm)
{
	struct rgx x = { .sm = sm, .keeps = sema_keeps_groups(sm) };
	struct walk w = { .expr = compile_expr, .arg = &x };

	walk_all(sm, &w);
	map_deinit(&x.done);
}
