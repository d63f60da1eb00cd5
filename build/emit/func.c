// SPDX-License-Identifier: GPL-2.0-only
/*
 * Script functions: names, prototypes, bodies.
 *
 * A function gets strings as pointers that stay valid and unchanged while it
 * runs, and copies those it assigns to.  A string result goes to the caller's
 * storage, which no argument points into.
 */
#include "build/emit/em.h"

#include "build/sema/limits.h"
#include "build/sema/tree.h"

void em_func_names(struct em *em)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < em->p->funcs.n; i++) {
		buf_reset(&b);
		buf_printf(&b, "f%zu_", i);
		cw_ident(&b, em->p->funcs.v[i]->name);
		em->func[i].name = em_text(em, "%s", b.p);
	}
	buf_deinit(&b);
}

static const char *func_head(struct em *em, const struct ast_func *f)
{
	struct buf b = BUF_INIT;
	const char *ret;

	buf_printf(&b, "static %s %s(struct taprt_ctx *c",
		   f->type == TY_LONG ? "s64" : "void",
		   em->func[f->index].name);
	if (f->type == TY_STRING)
		buf_adds(&b, ", char *ret");
	for (size_t i = 0; i < f->nparams; i++)
		buf_printf(&b,
			   f->params[i]->type == TY_STRING
				   ? ", const char *a%zu"
				   : ", s64 a%zu",
			   i);
	buf_addc(&b, ')');
	ret = em_text(em, "%s", b.p);
	buf_deinit(&b);
	return ret;
}

void em_func_decls(struct em *em)
{
	for (size_t i = 0; i < em->p->funcs.n; i++)
		cw_line(&em->w, "%s;", func_head(em, em->p->funcs.v[i]));
	if (em->p->funcs.n)
		cw_blank(&em->w);
}

/* ---- body ---------------------------------------------------------------------------- */

void em_count_depth(struct em *em, const struct ast_func *f)
{
	if (!em->func[f->index].counts_depth)
		return;
	cw_open(&em->w, "if (unlikely(c->depth >= %u))", em->maxnesting);
	cw_line(&em->w, "taprt_fail(c, \"MAXNESTING exceeded\");");
	cw_line(&em->w, "return%s;", f->type == TY_LONG ? " 0" : "");
	cw_close(&em->w, "");
	cw_line(&em->w, "c->depth++;");
}

void em_func_end(struct em *em, const struct ast_func *f)
{
	if (em->func[f->index].counts_depth)
		cw_line(&em->w, "c->depth--;");
	if (em->fn->frame_max)
		cw_line(&em->w, "c->frame = f;");
	if (f->type == TY_LONG)
		cw_line(&em->w, "return %s;", em_ret(em));
	cw_close(&em->w, "");
	cw_blank(&em->w);
}

static void func_enter(struct em *em, const struct ast_func *f,
		       struct buf *head)
{
	struct em_func *ef = &em->func[f->index];

	em_vars(em, f, f->locals.v, f->locals.n, head);
	if (f->type == TY_STRING)
		cw_line(&em->w, "*ret = 0;");
	if (ef->fx.loops)
		em_spend(em, 1, &f->at);
	em_body(em, f->body);
}

static void func_close(struct em *em, const struct ast_func *f,
		       const struct buf *head, const struct buf *body,
		       const struct em_label *out)
{
	struct em_fn *fn = em->fn;

	buf_add(em->w.out, fn->parts.p, fn->parts.len);
	cw_line(&em->w, "%s", func_head(em, f));
	cw_brace(&em->w);
	if (fn->frame_max)
		cw_line(&em->w, "char *const f = c->frame;");
	buf_add(em->w.out, head->p, head->len);
	if (f->type == TY_LONG && !fn->outlined)
		cw_line(&em->w, "s64 ret = 0;");
	if (head->len || fn->frame_max || f->type == TY_LONG)
		cw_blank(&em->w);
	em_count_depth(em, f);
	if (fn->frame_max)
		cw_line(&em->w, "c->frame = f + %u;", fn->frame_max);
	buf_add(em->w.out, body->p, body->len);
	if (out->used)
		cw_label(&em->w, out->name);
	if (fn->niter && out->used) /* left by return or an error */
		cw_line(&em->w, "taprt_iter_drop(c, f);");
	em_func_end(em, f);
}

static void func_print(struct em *em, struct ast_func *f)
{
	struct em_func *ef = &em->func[f->index];
	struct em_label out = { "out", 0 };
	struct em_fn fn = { .func = f,
			    .fx = &ef->fx,
			    .err = &out,
			    .leave = &out,
			    .name = ef->name,
			    .parts = BUF_INIT };
	struct buf body = BUF_INIT, *unit = em->w.out;
	struct buf head = BUF_INIT;

	if (f->embed) {
		em_embed_func(em, f, func_head(em, f));
		return;
	}
	em->fn = &fn;
	fn.outlined = em_outline_plan(em, f->body);
	fn.counts_actions = em->loops;
	fn.unchecked = em->slack; /* whatever calls it, and how often */
	em->w.indent = 1;
	em->w.out = &body;
	func_enter(em, f, &head);
	em->w.out = unit;
	em->w.indent = 0;
	ef->frame = fn.frame_max;
	ef->cannot_fail = !fn.can_fail && !ef->counts_depth;
	out.used -= cw_drop_goto(&body, out.name);
	func_close(em, f, &head, &body, &out);
	buf_deinit(&fn.parts);
	buf_deinit(&body);
	buf_deinit(&head);
	em->fn = NULL;
}

void em_funcs(struct em *em)
{
	for (size_t i = 0; i < em->p->funcs.n; i++)
		func_print(em, em->p->funcs.v[i]);
}

/* ---- nesting ---------------------------------------------------------------------------- */

struct chain {
	struct em *em;
	bool *active;
	unsigned int steps;
};

/* Direct calls of @f, for depth; the transitive sets of effect.c are too wide. */
struct direct {
	uint64_t *calls;
};

static bool direct_expr(struct walk *w, struct ast_expr **pe)
{
	struct direct *d = w->arg;

	if ((*pe)->kind == EX_CALL)
		for (struct ast_func *t = (*pe)->func; t; t = t->next_overload)
			d->calls[t->index / 64] |= 1ull << t->index % 64;
	return true;
}

/* Longest chain of calls from @i that visits no function twice.  A recursive
 * program's graph is small; a hostile one stops at the step limit. */
static unsigned int chain_from(struct chain *ch, uint64_t *const *calls,
			       size_t i)
{
	size_t n = ch->em->p->funcs.n;
	unsigned int best = 0;

	ch->active[i] = true;
	for (size_t k = 0; k < n; k++) {
		unsigned int len;

		if (!calls[i][k / 64]) {
			k |= 63; /* none of these */
			continue;
		}
		if (!(calls[i][k / 64] >> (k % 64) & 1) || ch->active[k] ||
		    ++ch->steps > 20000)
			continue;
		len = chain_from(ch, calls, k);
		if (len > best)
			best = len;
	}
	ch->active[i] = false;
	return best + 1;
}

/*
 * MAXNESTING: as set, else what the calls can need: the longest chain and one,
 * and ten more when some function can call itself.  Where no chain can reach the
 * limit, nothing counts at run time.
 */
void em_nesting(struct em *em)
{
	size_t n = em->p->funcs.n;
	uint64_t **calls = arena_array(&em->arena, uint64_t *, n + 1);
	struct chain ch = { em, arena_array(&em->arena, bool, n + 1), 0 };
	unsigned int longest = 0, len;
	bool cyclic = false;
	size_t i;

	for (i = 0; i < n; i++) {
		struct direct d = { arena_array(&em->arena, uint64_t,
						n / 64 + 1) };
		struct walk w = { direct_expr, NULL, &d };

		walk_stmt(&w, &em->p->funcs.v[i]->body);
		calls[i] = d.calls;
		cyclic |= effect_calls(&em->func[i].fx, i);
	}
	for (i = 0; i < n; i++) {
		len = chain_from(&ch, calls, i);
		longest = len > longest ? len : longest;
	}
	em->maxnesting = (uint32_t)em->p->limits->maxnesting;
	if (!em->maxnesting)
		em->maxnesting = longest + 1 + (cyclic ? 10 : 0);
	em->recursive = cyclic;
	em->loops = em->strict;
	for (i = 0; i < em->p->probes.n; i++)
		em->loops |= em->handler[i].loops || em->entry[i].loops;
	for (i = 0; i < n; i++)
		em->func[i].counts_depth = cyclic || longest > em->maxnesting;
}
