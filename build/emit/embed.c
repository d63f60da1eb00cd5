// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions in C as the script object sees them: a wrapper each, and the
 * accessors of the globals they name.
 *
 * The C itself is in another object (embed_unit.c), compiled against one kernel's
 * headers; what crosses the border is plain: the context, s64, char pointers.
 */
#include "build/emit/em.h"

#include <string.h>

/* ---- what one piece of C may do ---------------------------------------------- */

static bool mentions(const struct embed *c, const char *word)
{
	return strstr(c->text, word) != NULL;
}

/* Blocks may define macros: what one of them does, any function may do. */
static bool may_mention(const struct program *p, const struct embed *c,
			const char *word)
{
	struct embed **b;

	vec_foreach(b, &p->blocks)
		if (mentions(*b, word))
			return true;
	return mentions(c, word);
}

static bool embed_may_fail(const struct program *p, const struct embed *c)
{
	return may_mention(p, c, "STAP_ERROR") ||
	       may_mention(p, c, "CONTEXT") || may_mention(p, c, "STAP_NEXT") ||
	       may_mention(p, c, "STAP_GLOBAL_SET");
}

/* ---- globals ------------------------------------------------------------------- */

/* Which accessors some function needs, by global: 1 get, 2 set. */
static uint8_t *accessors(struct em *em)
{
	size_t n = em->p->globals.n;
	uint8_t *need = arena_array(&em->arena, uint8_t, n + 1);
	struct ast_func **f;
	struct embed_use *u;

	vec_foreach(f, &em->p->funcs) {
		if (!(*f)->embed)
			continue;
		vec_foreach(u, &(*f)->embed->uses)
			if (u->sym && (size_t)u->sym->index < n)
				need[u->sym->index] |= u->is_write ? 2u : 1u;
	}
	return need;
}

static void key_params(struct buf *b, const struct sym *g)
{
	for (int k = 0; k < g->arity && k < TAPRT_MAXKEYS; k++)
		buf_printf(b, ", %sk%d",
			   g->keys[k] == TY_STRING ? "const char *" : "s64 ",
			   k);
}

void em_embed_access(struct buf *b, const struct sym *g, bool set)
{
	bool is_str = g->type == TY_STRING;

	buf_printf(b, "%staprt_global_%d_%s(struct taprt_ctx *c",
		   set	    ? "void "
		   : is_str ? "const char *"
			    : "s64 ",
		   g->index, set ? "set" : "get");
	key_params(b, g);
	if (set)
		buf_adds(b, is_str ? ", const char *v" : ", s64 v");
	buf_addc(b, ')');
}

static const char *keys_text(struct em *em, const struct sym *g)
{
	struct buf b = BUF_INIT;
	const char *ret;

	buf_adds(&b, "(const union taprt_key[]){ ");
	for (int k = 0; k < g->arity && k < TAPRT_MAXKEYS; k++)
		buf_printf(&b, "%s{ .%s = k%d }", k ? ", " : "",
			   g->keys[k] == TY_STRING ? "s" : "i", k);
	buf_adds(&b, " }");
	ret = em_text(em, "%s", b.p);
	buf_deinit(&b);
	return ret;
}

static void access_body(struct em *em, const struct sym *g, bool set)
{
	const char *name = em->global[g->index];
	bool is_str = g->type == TY_STRING;
	struct cw *w = &em->w;

	if (g->arity > 0 && !set) {
		cw_line(w, "return taprt_map_get_%s(%s, %s);",
			is_str ? "str" : "long", name, keys_text(em, g));
	} else if (g->arity > 0) {
		cw_line(w, "%s *p = taprt_map_slot_%s(c, %s, %s);",
			is_str ? "char" : "s64", is_str ? "str" : "long", name,
			keys_text(em, g));
		cw_blank(w);
		cw_line(w, "if (p)");
		cw_line(w, is_str ? "\ttaprt_strcpy(p, v, STRSIZE);"
				  : "\t*p = v;");
	} else if (set) {
		cw_line(w, is_str ? "taprt_strcpy(%s, v, STRSIZE);" : "%s = v;",
			name);
	} else if (em->guard[g->index] == GUARD_ATOMIC) {
		cw_line(w, "return __atomic_load_n(&%s, __ATOMIC_RELAXED);",
			name);
	} else {
		cw_line(w, "return %s;", name);
	}
}

void em_embed_globals(struct em *em)
{
	struct buf head = BUF_INIT;
	const uint8_t *need = accessors(em);

	for (size_t g = 0; g < em->p->globals.n; g++) {
		for (int set = 0; set < 2; set++) {
			if (!(need[g] & (1u << set)))
				continue;
			buf_reset(&head);
			em_embed_access(&head, em->p->globals.v[g], set);
			cw_line(&em->w, "%s", head.p);
			cw_brace(&em->w);
			access_body(em, em->p->globals.v[g], set);
			cw_close(&em->w, "");
			cw_blank(&em->w);
		}
	}
	buf_deinit(&head);
}

/* ---- wrappers --------------------------------------------------------------------- */

void em_embed_head(struct buf *b, const struct ast_func *f)
{
	buf_printf(b,
		   "int taprt_embed_%d(struct taprt_ctx *c, char *errbuf, "
		   "%s *ret",
		   f->index, f->type == TY_STRING ? "char" : "s64");
	for (size_t i = 0; i < f->nparams; i++)
		buf_printf(b,
			   f->params[i]->type == TY_STRING ? ", char *a%zu"
							   : ", s64 a%zu",
			   i);
	buf_addc(b, ')');
}

/* The body may write to its string arguments unless it says that it does not. */
static const char *embed_arg(struct em *em, const struct ast_func *f, size_t i,
			     struct buf *copies)
{
	const char *slot;

	if (f->params[i]->type != TY_STRING)
		return em_text(em, "a%zu", i);
	if (f->embed->flags & EMBED_UNMODIFIED)
		return em_text(em, "(char *)a%zu", i);
	slot = em_string_slot(em);
	buf_printf(copies, "\ttaprt_strcpy(%s, a%zu, STRSIZE);\n", slot, i);
	return slot;
}

/* STAP_NEXT: the next overload gets the arguments as they were passed. */
static void embed_next(struct em *em, const struct ast_func *f)
{
	struct buf args = BUF_INIT;

	if (!f->next_overload) {
		cw_line(&em->w, "taprt_fail(c, \"all functions exhausted\");");
		return;
	}
	if (f->type == TY_STRING)
		buf_adds(&args, ", ret");
	for (size_t i = 0; i < f->nparams; i++)
		buf_printf(&args, ", a%zu", i);
	cw_line(&em->w, "%s%s(c%s);", f->type == TY_LONG ? "ret = " : "",
		em->func[f->next_overload->index].name, args.p);
	buf_deinit(&args);
}

static void embed_call(struct em *em, const struct ast_func *f,
		       const char *errbuf, const char *args)
{
	const char *call =
		em_text(em, "taprt_embed_%d(c, %s, %sret%s)", f->index, errbuf,
			f->type == TY_STRING ? "" : "&", args);

	if (f->type == TY_STRING)
		cw_line(&em->w, "*ret = 0;");
	if (may_mention(em->p, f->embed, "STAP_NEXT")) {
		cw_open(&em->w, "if (%s)", call);
		embed_next(em, f);
		cw_close(&em->w, "");
	} else {
		cw_line(&em->w, "%s;", call);
	}
}

void em_embed_func(struct em *em, struct ast_func *f, const char *head)
{
	struct em_func *ef = &em->func[f->index];
	struct em_fn fn = { .func = f, .fx = &ef->fx };
	struct buf args = BUF_INIT, copies = BUF_INIT;
	const char *errbuf = "NULL";

	em->fn = &fn;
	for (size_t i = 0; i < f->nparams; i++)
		buf_printf(&args, ", %s", embed_arg(em, f, i, &copies));
	if (may_mention(em->p, f->embed, "error_buffer"))
		errbuf = em_string_slot(em);
	ef->frame = fn.frame_max;
	ef->cannot_fail = !embed_may_fail(em->p, f->embed) && !ef->counts_depth;
	/* stable: the compiler may keep the first value */
	if (f->embed->flags & EMBED_STABLE && ef->cannot_fail &&
	    f->type == TY_LONG && !fn.frame_max)
		cw_line(&em->w, "__attribute__((const, noinline))");
	cw_line(&em->w, "%s", head);
	cw_brace(&em->w);
	if (fn.frame_max)
		cw_line(&em->w, "char *const f = c->frame;");
	if (f->type != TY_STRING)
		cw_line(&em->w, "s64 ret = 0;");
	if (fn.frame_max || f->type != TY_STRING)
		cw_blank(&em->w);
	em_count_depth(em, f);
	if (fn.frame_max)
		cw_line(&em->w, "c->frame = f + %u;", fn.frame_max);
	buf_add(em->w.out, copies.p, copies.len);
	embed_call(em, f, errbuf, args.p);
	em_func_end(em, f);
	buf_deinit(&args);
	buf_deinit(&copies);
	em->fn = NULL;
}

void em_embed_decls(struct em *em)
{
	struct buf b = BUF_INIT;
	struct ast_func **f;

	vec_foreach(f, &em->p->funcs) {
		if (!(*f)->embed)
			continue;
		buf_reset(&b);
		em_embed_head(&b, *f);
		cw_line(&em->w, "%s;", b.p);
	}
	if (b.len)
		cw_blank(&em->w);
	buf_deinit(&b);
}
