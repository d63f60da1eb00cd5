// SPDX-License-Identifier: GPL-2.0-only
/* Statements: branches, loops, try, return, next; charging MAXACTION. */
#include "build/emit/em.h"

#include "build/base/diag.h"

#include <string.h>

/* How many statements run once when @s is entered. */
static unsigned int stmt_cost(const struct ast_stmt *s)
{
	unsigned int n = 0;

	if (!s || s->kind == ST_EMPTY)
		return 0;
	if (s->kind != ST_BLOCK)
		return 1;
	for (size_t i = 0; i < s->nbody; i++)
		n += stmt_cost(s->body[i]);
	return n;
}

/* Only loops and calls compare the budget with zero, so a straight run charges
 * its statements in one subtraction, and nothing where no loop or call follows.
 * A program with more statements than the budget checks runs too, but not those
 * after which few actions can be unchecked. */
void em_charge(struct em *em, struct ast_stmt *const *v, size_t count)
{
	unsigned int n = 0;

	for (size_t i = 0; i < count; i++)
		n += stmt_cost(v[i]);
	if (!n || !em->fn->counts_actions)
		return;
	em->fn->unchecked += n;
	if (em->strict && em->fn->unchecked > em->slack)
		em_spend(em, n, &v[0]->at);
	else
		cw_line(&em->w, "c->actions -= %u;", n);
}

void em_spend(struct em *em, unsigned int n, const struct span *at)
{
	em->need_maxaction = true;
	em->fn->unchecked = 0;
	if (n)
		cw_open(&em->w, "if (unlikely((c->actions -= %u) < 0))", n);
	else
		cw_open(&em->w, "if (unlikely(c->actions < 0))");
	cw_line(&em->w, "tap_maxaction(c, %s);", em_near(em, at));
	cw_line(&em->w, "goto %s;", em_fail(em));
	cw_close(&em->w, "");
}

static void stmt_branch(struct em *em, struct ast_stmt *s)
{
	if (s && s->outline)
		em_outline(em, &s, 1);
	else if (s)
		em_stmt(em, s);
}

void em_body(struct em *em, struct ast_stmt *s)
{
	em_charge(em, &s, 1);
	stmt_branch(em, s);
}

/* Before a statement of a list: have too many actions gone unchecked? */
static void stmt_check(struct em *em, const struct ast_stmt *s)
{
	const struct em_fn *fn = em->fn;

	if (em->strict && fn->counts_actions && fn->unchecked > em->slack / 2)
		em_spend(em, 0, &s->at);
}

void em_run(struct em *em, struct ast_stmt *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			stmt_check(em, v[i]);
		em_stmt(em, v[i]);
	}
}

void em_stmts(struct em *em, struct ast_stmt *const *v, size_t n)
{
	size_t part;

	for (size_t i = 0; i < n; i += part) {
		stmt_check(em, v[i]);
		part = v[i]->outline;
		if (part > n - i) /* the rest is on the other side of a lock */
			part = n - i;
		if (part) {
			em_outline(em, v + i, part);
			continue;
		}
		while (i + part < n && !v[i + part]->outline)
			part++;
		em_run(em, v + i, part);
	}
}

/* What may be unchecked after a way that need not be taken. */
static void may_skip(struct em_fn *fn, unsigned int before)
{
	if (fn->unchecked < before)
		fn->unchecked = before;
}

/* A condition needs no cast to s64 and no second parentheses. */
static const char *truth(struct em *em, const char *text)
{
	size_t n, depth = 0;

	if (!strncmp(text, "(s64)", 5))
		text += 5;
	n = strlen(text);
	if (*text != '(' || strchr(text, '"'))
		return text;
	for (size_t i = 0; i < n; i++) {
		depth += text[i] == '(';
		depth -= text[i] == ')';
		if (!depth && i + 1 < n)
			return text;
	}
	return em_text(em, "%.*s", (int)(n - 2), text + 1);
}

void em_if(struct em *em, struct ast_stmt *s,
	   void (*branch)(struct em *em, struct ast_stmt *s))
{
	unsigned int before = em->fn->unchecked, after;
	struct val v;

	em->fn->writes_in_stmt = effect_writes(em, s->e);
	v = em_expr(em, s->e);
	cw_open(&em->w, "if (%s)", truth(em, v.c));
	branch(em, s->then);
	after = em->fn->unchecked;
	em->fn->unchecked = before;
	if (s->otherwise) {
		cw_else(&em->w);
		branch(em, s->otherwise);
		may_skip(em->fn, before);
	}
	may_skip(em->fn, after);
	cw_close(&em->w, "");
}

/* ---- loops -------------------------------------------------------------------- */

void em_loop_body(struct em *em, struct ast_stmt *s, const struct span *at)
{
	struct em_label *outer = em->fn->break_to;

	em_spend(em, stmt_cost(s) + 1, at);
	em->fn->break_to = NULL;
	em->fn->loop_depth++;
	stmt_branch(em, s);
	em->fn->loop_depth--;
	em->fn->break_to = outer;
	em->fn->unchecked = em->slack; /* after a "break" anywhere in it */
}

static void em_while(struct em *em, struct ast_stmt *s)
{
	struct em_fn *fn = em->fn;
	struct em_label next = em_label(em, "next"), *outer = fn->continue_to;
	struct buf pre = BUF_INIT;
	struct val v = { "1", true, true, false };

	if (s->init)
		em_expr_void(em, s->init);
	if (s->e)
		v = em_capture(em, s->e, &pre);
	if (pre.len || !s->e) {
		cw_open(&em->w, "for (;;)");
		buf_add(em->w.out, pre.p, pre.len);
		if (s->e)
			cw_line(&em->w, "if (!(%s))", truth(em, v.c));
		if (s->e)
			cw_line(&em->w, "\tbreak;");
	} else {
		cw_open(&em->w, "while (%s)", truth(em, v.c));
	}
	buf_deinit(&pre);
	fn->continue_to = s->step ? &next : NULL;
	em_loop_body(em, s->then, &s->at);
	fn->continue_to = outer;
	if (next.used)
		cw_label(&em->w, next.name);
	fn->stats.n = 0;
	fn->writes_in_stmt = s->step && effect_writes(em, s->step);
	if (s->step)
		em_expr_void(em, s->step);
	cw_close(&em->w, "");
}

static void em_jump(struct em *em, struct ast_stmt *s)
{
	bool is_break = s->kind == ST_BREAK;
	struct em_label *to = is_break ? em->fn->break_to : em->fn->continue_to;
	const char *word = is_break ? "break" : "continue";

	if (!em->fn->loop_depth) {
		em->failed = true;
		diag_error(em->d, &s->at, DIAG_LOOP_CONTEXT,
			   "'%s' outside of a loop", word);
		return;
	}
	if (to)
		cw_line(&em->w, "goto %s;", em_goto(to));
	else
		cw_line(&em->w, "%s;", word);
}

/* ---- leaving -------------------------------------------------------------------- */

static void em_return(struct em *em, struct ast_stmt *s)
{
	struct val v;

	if (s->e && em->fn->func && em->fn->func->type == TY_STRING) {
		em_str_into(em, s->e, em_ret(em), NULL, !em->fn->try_depth);
	} else if (s->e) {
		v = em_expr(em, s->e);
		cw_line(&em->w, "%s = %s;", em_ret(em), v.c);
	}
	cw_line(&em->w, "goto %s;", em_goto(em->fn->leave));
}

/* In a function: the next overload gets the arguments as they were passed. */
static void em_next(struct em *em, struct ast_stmt *s)
{
	struct em_fn *fn = em->fn;
	struct ast_func *next = fn->func ? fn->func->next_overload : NULL;
	struct buf args = BUF_INIT;

	if (!fn->func) {
		cw_line(&em->w, "goto %s;", em_goto(fn->leave));
		return;
	}
	if (!next) {
		cw_line(&em->w, "taprt_fail(c, \"all functions exhausted\");");
		cw_line(&em->w, "c->near = %s;", em_near(em, &s->at));
		cw_line(&em->w, "goto %s;", em_fail(em));
		return;
	}
	if (fn->func->type == TY_STRING)
		buf_printf(&args, ", %s", em_ret(em));
	for (size_t i = 0; i < fn->func->nparams; i++)
		buf_printf(&args, ", %s", em_passed(em, i));
	if (fn->func->type == TY_LONG)
		cw_line(&em->w, "%s = %s(c%s);", em_ret(em),
			em->func[next->index].name, args.p);
	else
		cw_line(&em->w, "%s(c%s);", em->func[next->index].name, args.p);
	/* inside try a failing overload is caught like any other call */
	em_check_call(em, &s->at);
	cw_line(&em->w, "goto %s;", em_goto(fn->leave));
	buf_deinit(&args);
}

/* ---- try ---------------------------------------------------------------------------- */

static void em_try(struct em *em, struct ast_stmt *s)
{
	struct em_fn *fn = em->fn;
	struct em_label caught = em_label(em, "catch"), done, *outer = fn->err;
	unsigned int niter = fn->niter, frame = fn->frame_now;

	fn->err = &caught;
	fn->try_depth++;
	em_body(em, s->then);
	fn->try_depth--;
	fn->err = outer;
	if (!caught.used) /* nothing in it can fail */
		return;
	done = em_label(em, "done");
	cw_line(&em->w, "goto %s;", em_goto(&done));
	cw_label(&em->w, caught.name);
	cw_line(&em->w, "if (unlikely(c->aborted%s))",
		fn->counts_actions ? " || c->actions < 0" : "");
	cw_line(&em->w, "\tgoto %s;", em_goto(outer));
	if (s->catch_sym)
		cw_line(&em->w, "taprt_catch(c, %s, STRSIZE);",
			em_var(em, s->catch_sym));
	else
		cw_line(&em->w, "taprt_catch(c, NULL, 0);");
	/* it may have come from anywhere in there */
	if (fn->niter != niter)
		cw_line(&em->w, "taprt_iter_drop(c, f + %u);", frame);
	fn->unchecked = em->slack;
	em_body(em, s->otherwise);
	fn->unchecked = em->slack;
	cw_label(&em->w, done.name);
}

/* ---- dispatch -------------------------------------------------------------------------- */

static bool stmt_writes(struct em *em, struct ast_stmt *s)
{
	return (s->e && effect_writes(em, s->e)) ||
	       (s->init && effect_writes(em, s->init)) ||
	       (s->step && effect_writes(em, s->step));
}

static void stmt_print(struct em *em, struct ast_stmt *s)
{
	switch (s->kind) {
	case ST_EMPTY:
		break;
	case ST_EXPR:
		em_expr_void(em, s->e);
		break;
	case ST_BLOCK:
		em_stmts(em, s->body, s->nbody);
		break;
	case ST_IF:
		em_if(em, s, em_body);
		break;
	case ST_WHILE:
	case ST_FOR:
		em_while(em, s);
		break;
	case ST_FOREACH:
		em_foreach(em, s);
		break;
	case ST_RETURN:
		em_return(em, s);
		break;
	case ST_BREAK:
	case ST_CONTINUE:
		em_jump(em, s);
		break;
	case ST_NEXT:
		em_next(em, s);
		break;
	case ST_DELETE:
		em_delete(em, s);
		break;
	case ST_TRY:
		em_try(em, s);
		break;
	}
}

/* Put @text, printed one level up, into a block of its own. */
static void stmt_scope(struct em *em, const struct buf *text)
{
	const char *p = text->p, *end = text->p + text->len;

	cw_brace(&em->w);
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = nl ? (size_t)(nl - p) + 1 : (size_t)(end - p);

		if (*p == '\t') /* labels stay at the edge */
			buf_addc(em->w.out, '\t');
		buf_add(em->w.out, p, n);
		p += n;
	}
	cw_close(&em->w, "");
}

/*
 * Keys and sinks live on the kernel's stack, each as long as its C block: a
 * statement that has some gets a block, so that all statements share the space.
 */
void em_stmt(struct em *em, struct ast_stmt *s)
{
	struct em_fn *fn = em->fn;
	struct buf text = BUF_INIT, *out = em->w.out;
	bool outer = fn->needs_scope;
	uint32_t frame = fn->frame_now;

	fn->stats.n = 0;
	fn->writes_in_stmt = stmt_writes(em, s);
	fn->needs_scope = false;
	em->w.out = &text;
	stmt_print(em, s);
	em->w.out = out;
	if (fn->needs_scope)
		stmt_scope(em, &text);
	else
		buf_add(out, text.p, text.len);
	buf_deinit(&text);
	fn->needs_scope = outer;
	/* temporaries die with their statement */
	fn->frame_now = frame;
	fn->stats.n = 0;
}
