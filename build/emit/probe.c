// SPDX-License-Identifier: GPL-2.0-only
/* Handlers: one C function per probe, one more for what a return probe saves. */
#include "build/emit/em.h"

#include "build/families/family.h"
#include "build/sema/limits.h"
#include "build/session.h"

#include <inttypes.h>
#include <string.h>

/* Print "static void NAME(…) { head body tail }" once frame and labels are known. */
static void handler_close(struct em *em, struct buf *unit,
			  const struct buf *head, struct buf *body,
			  struct em_label *out)
{
	struct em_fn *fn = em->fn;
	bool falls;

	em->w.out = unit;
	em->w.indent = 0;
	buf_add(unit, fn->parts.p, fn->parts.len);
	buf_deinit(&fn->parts);
	cw_line(&em->w, "static void %s(struct taprt_ctx *c)", fn->name);
	cw_brace(&em->w);
	if (fn->frame_max)
		cw_line(&em->w, "char *const f = c->frame;");
	buf_add(unit, head->p, head->len);
	if (head->len || fn->frame_max)
		cw_blank(&em->w);
	if (fn->frame_max)
		cw_line(&em->w, "c->frame = f + %u;", fn->frame_max);
	out->used -= cw_drop_goto(body, out->name);
	falls = cw_drop_goto(body, fn->unlock.name);
	buf_add(unit, body->p, body->len);
	if (fn->unlock.used) {
		if (!falls)
			cw_line(&em->w, "goto %s;", em_goto(out));
		cw_label(&em->w, fn->unlock.name);
		cw_line(&em->w, "taprt_unlock(c, %s, %u);", fn->locks,
			fn->nlocks);
	}
	if (out->used)
		cw_label(&em->w, out->name);
	if (fn->frame_max)
		cw_line(&em->w, "c->frame = f;");
	if (fn->switches)
		cw_line(&em->w, "taprt_cond_changed();");
	cw_close(&em->w, "");
	cw_blank(&em->w);
}

static struct em_fn handler_fn(struct em *em, const char *name,
			       struct dprobe *p, const struct effect *fx,
			       struct em_label *out)
{
	return (struct em_fn){ .name = name,
			       .parts = BUF_INIT,
			       .probe = p,
			       .fx = fx,
			       .err = out,
			       .leave = out,
			       .out = out,
			       .unlock = { "unlock", 0 },
			       .counts_actions = fx->loops || em->strict };
}

static void handler_body(struct em *em, struct dprobe *p)
{
	struct ast_stmt filter = {
		.kind = ST_IF, .at = p->at, .e = p->cond, .then = p->body
	};

	em_locked_body(em, p->cond ? &filter : p->body);
}

static void handler_print(struct em *em, size_t i)
{
	struct dprobe *p = em->p->probes.v[i];
	const char *name = em_text(em, "h%zu", i);
	struct em_label out = { "out", 0 };
	struct em_fn fn = handler_fn(em, name, p, &em->handler[i], &out);
	struct buf head = BUF_INIT, body = BUF_INIT, *unit = em->w.out;

	em->fn = &fn;
	lock_list(em, name, &em->handler[i], &fn);
	em->w.indent = 1;
	em->w.out = &body;
	fn.outlined = em_outline_plan(em, p->body);
	fn.switches = effect_switches(em, &em->handler[i]);
	em_vars(em, NULL, p->locals.v, p->locals.n, &head);
	handler_body(em, p);
	handler_close(em, unit, &head, &body, &out);
	em_frame_need(em, &em->handler[i], fn.frame_max);
	buf_deinit(&head);
	buf_deinit(&body);
	em->fn = NULL;
}

/* ---- what a return probe saves at entry ---------------------------------------- */

static void entry_save(struct em *em, const struct saved *s)
{
	uint32_t frame = em->fn->frame_now;
	struct val v;

	if (s->e->type == TY_STRING) {
		/* an error drops the whole instance: half a string is fine */
		em_str_into(em, s->e, em_text(em, "(c->saved + %u)", s->off),
			    NULL, true);
	} else {
		v = em_expr(em, s->e);
		cw_line(&em->w, "*(s64 *)(c->saved + %u) = %s;", s->off, v.c);
	}
	em->fn->frame_now = frame;
	em->fn->stats.n = 0;
}

/* With STP_ALIBI nothing reads what was saved at the entry. */
static bool has_entry(const struct em *em, const struct dprobe *p)
{
	return p->saved.n && !em->p->limits->alibi;
}

static void entry_print(struct em *em, size_t i)
{
	struct dprobe *p = em->p->probes.v[i];
	const char *name = em_text(em, "e%zu", i);
	struct em_label out = { "out", 0 };
	struct em_fn fn = handler_fn(em, name, p, &em->entry[i], &out);
	struct buf head = BUF_INIT, body = BUF_INIT, *unit = em->w.out;

	em->fn = &fn;
	fn.writes_in_stmt = true;
	lock_list(em, name, &em->entry[i], &fn);
	fn.switches = effect_switches(em, &em->entry[i]);
	em->w.indent = 1;
	em->w.out = &body;
	if (fn.locks)
		em_lock(em);
	for (size_t k = 0; k < p->saved.n; k++)
		entry_save(em, &p->saved.v[k]);
	if (fn.locks)
		em_unlock(em);
	handler_close(em, unit, &head, &body, &out);
	em_frame_need(em, &em->entry[i], fn.frame_max);
	buf_deinit(&body);
	em->fn = NULL;
}

/* ---- does the condition hold? ------------------------------------------------- */

static bool is_switched(const struct dprobe *p)
{
	return p->cond && p->kind->flags & KIND_SWITCHED;
}

static void cond_print(struct em *em, size_t i)
{
	struct dprobe *p = em->p->probes.v[i];
	const char *name = em_text(em, "k%zu", i);
	struct em_label out = { "out", 0 };
	struct em_fn fn = handler_fn(em, name, p, &em->cond[i], &out);
	struct buf head = BUF_INIT, body = BUF_INIT, *unit = em->w.out;
	struct val v;

	em->fn = &fn;
	lock_list(em, name, &em->cond[i], &fn);
	em->w.indent = 1;
	em->w.out = &body;
	if (fn.locks)
		em_lock(em);
	v = em_expr(em, p->cond);
	cw_line(&em->w, "c->retval = %s != 0;", v.c);
	if (fn.locks)
		em_unlock(em);
	handler_close(em, unit, &head, &body, &out);
	em_frame_need(em, &em->cond[i], fn.frame_max);
	buf_deinit(&body);
	em->fn = NULL;
}

void em_handlers(struct em *em)
{
	for (size_t i = 0; i < em->p->probes.n; i++) {
		if (has_entry(em, em->p->probes.v[i]))
			entry_print(em, i);
		if (is_switched(em->p->probes.v[i]))
			cond_print(em, i);
		handler_print(em, i);
	}
}

/* ---- table ------------------------------------------------------------------------ */

int64_t em_budget(const struct limits *l)
{
	if (!l->interruptible)
		return l->maxaction;
	if (l->maxaction_interruptible)
		return l->maxaction_interruptible;
	return l->maxaction > INT64_MAX / 10 ? INT64_MAX : l->maxaction * 10;
}

/* "FILE:L:C" without directories, and the way from there to the point: for -t. */
static void probe_origin(struct em *em, const struct dprobe *p)
{
	struct buf at = BUF_INIT, lit = BUF_INIT;
	const char *name = p->at.src ? p->at.src->name : "", *slash;
	unsigned int line = 0, col = 0;

	slash = strrchr(name, '/');
	if (p->at.src)
		src_line_col(p->at.src, p->at.off, &line, &col);
	buf_printf(&at, "%s:%u:%u", slash ? slash + 1 : name, line, col);
	cw_literal(&lit, at.p, at.len);
	buf_adds(&lit, ", .from = ");
	cw_literal(&lit, p->from ? p->from : "", p->from ? strlen(p->from) : 0);
	cw_line(&em->w, ".at = %s,", lit.p);
	buf_deinit(&at);
	buf_deinit(&lit);
}

/* Time that can be measured now and then and multiplied (core/enter.h). */
static bool is_steady(const struct em *em, size_t i)
{
	const struct effect *h = &em->handler[i], *e = &em->entry[i];

	return !(h->loops || h->embeds || e->loops || e->embeds);
}

static void probe_row(struct em *em, size_t i)
{
	const struct dprobe *p = em->p->probes.v[i];
	struct buf name = BUF_INIT;

	/* points carry their own names, which differ between kernels */
	if (!p->points.n && p->name)
		cw_literal(&name, p->name, strlen(p->name));
	else
		buf_adds(&name, "\"\"");
	cw_brace(&em->w);
	cw_line(&em->w, ".handler = h%zu,", i);
	if (has_entry(em, p))
		cw_line(&em->w, ".entry = e%zu, .saved_size = %u,", i,
			p->saved_size);
	if (is_switched(p))
		cw_line(&em->w, ".cond = k%zu,", i);
	if (em_adds(em, i))
		cw_line(&em->w, ".adds = a%zu,", i);
	cw_line(&em->w, ".name = %s, .kind = &taprt_kind_%s, .flags = %u,",
		name.p, p->kind->name,
		p->flags | (p->points.n ? TAPRT_P_POINTS : 0) |
			(is_steady(em, i) ? TAPRT_P_STEADY : 0));
	if (!p->points.n && p->pn && p->name && strcmp(p->pn, p->name)) {
		buf_reset(&name);
		cw_literal(&name, p->pn, strlen(p->pn));
		cw_line(&em->w, ".pn = %s,", name.p);
	}
	if (p->order)
		cw_line(&em->w, ".order = (s64)%" PRIu64 "ULL,",
			(uint64_t)p->order);
	if (p->interval)
		cw_line(&em->w,
			".interval = %" PRIu64 "ULL, .randomize = %" PRIu64
			"ULL,",
			p->interval, p->randomize);
	if (p->maxactive)
		cw_line(&em->w, ".maxactive = %u,", p->maxactive);
	if (p->text) {
		buf_reset(&name);
		cw_literal(&name, p->text, strlen(p->text));
		cw_line(&em->w, ".text = %s,", name.p);
	}
	if (p->num[0] || p->num[1] || p->num[2])
		cw_line(&em->w,
			".num = { %" PRId64 "LL, %" PRId64 "LL, %" PRId64
			"LL },",
			p->num[0], p->num[1], p->num[2]);
	if (em->s->timing || em->p->limits->alibi)
		probe_origin(em, p);
	cw_line(&em->w, ".actions = %" PRId64 "LL,", em_budget(em->p->limits));
	cw_close(&em->w, ",");
	buf_deinit(&name);
}

/* Its first use declares a kind; to name it is what links its part. */
static void kind_declare(struct em *em, size_t i)
{
	const struct probe_kind *kind = em->p->probes.v[i]->kind;

	for (size_t k = 0; k < i; k++)
		if (em->p->probes.v[k]->kind == kind)
			return;
	cw_line(&em->w, "extern const struct taprt_kind taprt_kind_%s;",
		kind->name);
}

void em_probe_table(struct em *em)
{
	if (!em->p->probes.n)
		return;
	for (size_t i = 0; i < em->p->probes.n; i++)
		kind_declare(em, i);
	for (size_t i = 0; i < em->p->probes.n; i++)
		em_adds_print(em, i);
	cw_open(&em->w, "static const struct taprt_probe probes[%zu] =",
		em->p->probes.n);
	for (size_t i = 0; i < em->p->probes.n; i++)
		probe_row(em, i);
	cw_close(&em->w, ";");
	cw_blank(&em->w);
	if (!em->switches)
		return;
	cw_line(&em->w, "static u8 wanted[%zu];", em->p->probes.n);
	cw_blank(&em->w);
}
