// SPDX-License-Identifier: GPL-2.0-only
/*
 * A long handler or function becomes several C functions.
 *
 * The compiler's passes take more than twice the time for a function twice as
 * long, so runs of statements become parts: C functions that the rest calls.
 * Temporaries die with their statement, so nothing but the variables outlives a
 * run, and those stand in a struct then (vars.c).  Where to cut is decided before
 * anything is printed and from the inside out: a list whose statements are too
 * much together is cut into runs, and what has long branches loses the longest.
 */
#include "build/emit/em.h"

#include "build/sema/limits.h"
#include "build/sema/tree.h"

/* ---- where ------------------------------------------------------------------------ */

/* A function just too long becomes so many parts. */
#define PARTS 4

/* What stays of a part: the call, and a test or two after it. */
#define CALL_WEIGHT 4

/* Parts within parts: each has a frame on the kernel's stack. */
#define MAX_DEPTH 4

/**
 * struct size - what a piece of the script adds to the C function it is in
 * @weight: statements and expressions that stay there
 * @depth: how deep parts are nested below it
 */
struct size {
	size_t weight;
	unsigned int depth;
};

/** struct cutter - @most: weight of one C function; @cuts: parts so far */
struct cutter {
	size_t most, cuts;
};

struct weigh {
	size_t weight;
	bool inside;
};

static bool weigh_expr(struct walk *w, struct ast_expr **pe)
{
	struct weigh *q = w->arg;

	(void)pe;
	q->weight++;
	return true;
}

/* The statement itself; those inside it are weighed for themselves. */
static bool weigh_stmt(struct walk *w, struct ast_stmt **ps)
{
	struct weigh *q = w->arg;
	bool outer = !q->inside;

	(void)ps;
	q->inside = true;
	return outer;
}

static struct size size_own(struct ast_stmt *s)
{
	struct weigh q = { 1, false };
	struct walk w = { weigh_expr, weigh_stmt, &q };

	walk_stmt(&w, &s);
	return (struct size){ q.weight, 0 };
}

static struct size size_add(struct size a, struct size b)
{
	return (struct size){ a.weight + b.weight,
			      a.depth > b.depth ? a.depth : b.depth };
}

/* Make a part of @n statements from @s on, unless it is hardly worth a call. */
static struct size cut_here(struct cutter *c, struct ast_stmt *s, size_t n,
			    struct size run)
{
	if (run.weight <= c->most / 16 || run.depth >= MAX_DEPTH)
		return run;
	s->outline = (uint32_t)n;
	c->cuts++;
	return (struct size){ CALL_WEIGHT, run.depth + 1 };
}

static struct size cut_runs(struct cutter *c, struct ast_stmt **v, size_t n,
			    const struct size *each)
{
	struct size run = { 0 }, ret = { 0 };
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > from && run.weight + each[i].weight > c->most) {
			ret = size_add(ret,
				       cut_here(c, v[from], i - from, run));
			run = (struct size){ 0 };
			from = i;
		}
		run = size_add(run, each[i]);
	}
	return size_add(ret, cut_here(c, v[from], n - from, run));
}

static struct size cut_stmt(struct cutter *c, struct ast_stmt *s);

static struct size cut_list(struct cutter *c, struct ast_stmt **v, size_t n)
{
	struct size *each = xcalloc(n, sizeof(*each)), all = { 0 };

	for (size_t i = 0; i < n; i++) {
		each[i] = cut_stmt(c, v[i]);
		all = size_add(all, each[i]);
	}
	if (all.weight > c->most)
		all = cut_runs(c, v, n, each);
	free(each);
	return all;
}

static struct size cut_stmt(struct cutter *c, struct ast_stmt *s)
{
	struct size own = size_own(s), size[2] = { 0 }, all;
	struct ast_stmt *const branch[] = { s->then, s->otherwise };

	s->outline = 0;
	if (s->kind == ST_BLOCK)
		return cut_list(c, s->body, s->nbody);
	for (int i = 0; i < 2; i++)
		if (branch[i])
			size[i] = cut_stmt(c, branch[i]);
	all = size_add(own, size_add(size[0], size[1]));
	for (int k = 0; k < 2 && all.weight > c->most; k++) {
		int i = (size[0].weight < size[1].weight) ^ k;

		if (branch[i])
			size[i] = cut_here(c, branch[i], 1, size[i]);
		all = size_add(own, size_add(size[0], size[1]));
	}
	return all;
}

bool em_outline_plan(struct em *em, struct ast_stmt *body)
{
	struct cutter c = { SIZE_MAX, 0 };
	size_t limit = (size_t)em->p->limits->outline;

	/* bodies are shared: what was decided for another handler must go */
	if (!body || cut_stmt(&c, body).weight <= limit)
		return false;
	c.most = limit / PARTS;
	cut_stmt(&c, body);
	return c.cuts > 0;
}

/* ---- printing ------------------------------------------------------------------------ */

/**
 * struct way - one way out of a part besides its end
 * @here: the label inside the part, which returns a number that says so
 * @label: where the caller goes then, or NULL: @word says it
 */
struct way {
	struct em_label here;
	struct em_label *label;
	const char *word;
};

enum { WAY_FAIL, WAY_LEAVE, WAY_BREAK, WAY_CONTINUE, NWAYS };

/* What em_fn says of the place around a part. */
struct around {
	struct em_label *err, *leave, *break_to, *continue_to;
	struct buf *out;
	unsigned int indent;
};

static void part_enter(struct em *em, struct way *ways, struct around *old,
		       struct buf *text)
{
	struct em_fn *fn = em->fn;

	*old = (struct around){ fn->err,	 fn->leave, fn->break_to,
				fn->continue_to, em->w.out, em->w.indent };
	ways[WAY_FAIL] = (struct way){ em_label(em, "fail"), fn->err, NULL };
	ways[WAY_LEAVE] =
		(struct way){ em_label(em, "leave"), fn->leave, NULL };
	ways[WAY_BREAK] =
		(struct way){ em_label(em, "break"), fn->break_to, "break" };
	ways[WAY_CONTINUE] = (struct way){ em_label(em, "continue"),
					   fn->continue_to, "continue" };
	fn->err = &ways[WAY_FAIL].here;
	fn->leave = old->leave == old->err ? fn->err : &ways[WAY_LEAVE].here;
	/* without a loop around, sema or em_jump() refuse the statement */
	fn->break_to = &ways[WAY_BREAK].here;
	fn->continue_to = &ways[WAY_CONTINUE].here;
	em->w.out = text;
	em->w.indent = 1;
}

static void part_leave(struct em *em, const struct around *old)
{
	struct em_fn *fn = em->fn;

	fn->err = old->err;
	fn->leave = old->leave;
	fn->break_to = old->break_to;
	fn->continue_to = old->continue_to;
	em->w.out = old->out;
	em->w.indent = old->indent;
}

/* The part itself; returns how many ways out it has. */
static unsigned int part_print(struct em *em, const char *name,
			       const struct way *ways, const struct buf *text)
{
	unsigned int n = 0;

	em->w.out = &em->fn->parts;
	em->w.indent = 0;
	for (int i = 0; i < NWAYS; i++)
		n += ways[i].here.used > 0;
	cw_line(&em->w, "static %s __attribute__((noinline))",
		n ? "int" : "void");
	cw_line(&em->w, "%s(struct taprt_ctx *c, char *const f)", name);
	cw_brace(&em->w);
	cw_line(&em->w, "struct %s_vars *const v = (void *)f;", em->fn->name);
	cw_blank(&em->w);
	buf_add(em->w.out, text->p, text->len);
	if (n)
		cw_line(&em->w, "return 0;");
	n = 0;
	for (int i = 0; i < NWAYS; i++) {
		if (!ways[i].here.used)
			continue;
		cw_label(&em->w, ways[i].here.name);
		cw_line(&em->w, "return %u;", ++n);
	}
	cw_close(&em->w, "");
	cw_blank(&em->w);
	return n;
}

static void part_call(struct em *em, const char *name, const struct way *ways,
		      unsigned int n)
{
	const char *call = em_text(em, "%s(c, f)", name);
	unsigned int number = 0;

	if (!n)
		cw_line(&em->w, "%s;", call);
	if (n > 1) {
		unsigned int t = em->fn->ntemp++;

		cw_line(&em->w, "int t%u = %s;", t, call);
		call = em_text(em, "t%u", t);
	}
	for (int i = 0; i < NWAYS; i++) {
		const struct way *w = &ways[i];
		const char *go = w->word;

		if (!w->here.used)
			continue;
		if (w->label)
			go = em_text(em, "goto %s", em_goto(w->label));
		if (n == 1)
			cw_line(&em->w, "if (%s)", call);
		else
			cw_line(&em->w, "if (%s == %u)", call, ++number);
		cw_line(&em->w, "\t%s;", go);
	}
}

void em_outline(struct em *em, struct ast_stmt *const *v, size_t n)
{
	const char *name = em_text(em, "%s_%u", em->fn->name, ++em->fn->nparts);
	struct buf text = BUF_INIT;
	struct way ways[NWAYS];
	struct around old;
	unsigned int nways;

	part_enter(em, ways, &old, &text);
	em_run(em, v, n);
	nways = part_print(em, name, ways, &text);
	part_leave(em, &old);
	part_call(em, name, ways, nways);
	buf_deinit(&text);
}
