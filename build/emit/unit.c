// SPDX-License-Identifier: GPL-2.0-only
/* The generated unit from top to bottom, and the table the runtime starts from. */
#include "build/emit/emit.h"

#include "build/base/diag.h"
#include "build/emit/em.h"
#include "build/sema/intrinsic.h"
#include "build/sema/limits.h"
#include "build/sema/tree.h"
#include "build/session.h"
#include "bundle/base/err.h"

#include <inttypes.h>
#include <string.h>

/* ---- how much string stack one context needs ---------------------------------- */

/* Deepest stack of frames from function @i on; the call graph has no cycle. */
static uint32_t frame_path(struct em *em, size_t i, uint32_t *memo)
{
	uint32_t deepest = 0;

	if (memo[i])
		return memo[i] - 1;
	for (size_t k = 0; k < em->p->funcs.n; k++) {
		uint32_t d;

		if (!effect_calls(&em->func[i].fx, k))
			continue;
		d = frame_path(em, k, memo);
		if (d > deepest)
			deepest = d;
	}
	memo[i] = deepest + em->func[i].frame + 1;
	return memo[i] - 1;
}

void em_frame_need(struct em *em, const struct effect *fx, uint32_t own)
{
	uint32_t below = 0;

	if (!em->frame_memo)
		em->frame_memo =
			arena_array(&em->arena, uint32_t, em->p->funcs.n + 1);
	for (size_t i = 0; i < em->p->funcs.n; i++) {
		uint32_t d =
			em->recursive ? em->func[i].frame * em->maxnesting : 0;

		if (!effect_calls(fx, i))
			continue;
		if (!em->recursive)
			d = frame_path(em, i, em->frame_memo);
		if (d > below)
			below = d;
	}
	if (own + below > em->frame_size)
		em->frame_size = own + below;
}

/* ---- parts ---------------------------------------------------------------------- */

static void unit_prologue(struct em *em)
{
	struct cw *w = &em->w;

	cw_line(w,
		"/* Made by tapbuild from a script; compile with -fwrapv. */");
	cw_line(w, "#include <gen.h>");
	cw_blank(w);
	cw_line(w, "enum { STRSIZE = %u };", em->strsize);
	cw_blank(w);
	/* the hardware traps on INT64_MIN / -1; zero is tested by the caller */
	cw_line(w, "static inline s64 tap_div(s64 a, s64 b)");
	cw_brace(w);
	cw_line(w, "return b == -1 ? -a : a / b;");
	cw_close(w, "");
	cw_blank(w);
	cw_line(w, "static inline s64 tap_mod(s64 a, s64 b)");
	cw_brace(w);
	cw_line(w, "return b == -1 ? 0 : a %% b;");
	cw_close(w, "");
	cw_blank(w);
	if (!em->need_maxaction)
		return;
	cw_line(w, "static void __attribute__((noinline, cold))");
	cw_line(w, "tap_maxaction(struct taprt_ctx *c, const char *near)");
	cw_brace(w);
	cw_line(w, "taprt_fail(c, \"MAXACTION exceeded\");");
	cw_line(w, "c->aborted = true;");
	cw_line(w, "c->near = near;");
	cw_close(w, "");
	cw_blank(w);
}

static bool regs_expr(struct walk *w, struct ast_expr **e)
{
	bool *found = w->arg;

	*found |= (*e)->kind == EX_CALL && (*e)->intrinsic &&
		  (*e)->intrinsic->flags & IN_REGS;
	return !*found;
}

/* Whole registers cost an ftrace handler a slower entry: only where asked for. */
static bool unit_wants_regs(struct em *em)
{
	bool found = false;
	struct walk w = { regs_expr, NULL, &found };

	for (size_t i = 0; i < em->p->funcs.n; i++) {
		struct ast_func *f = em->p->funcs.v[i];

		walk_stmt(&w, &f->body);
		found |= f->embed && strstr(f->embed->text, "regs");
	}
	for (size_t i = 0; i < em->p->blocks.n; i++)
		found |= strstr(em->p->blocks.v[i]->text, "regs") != NULL;
	for (size_t i = 0; i < em->p->probes.n; i++)
		walk_dprobe(&w, em->p->probes.v[i]);
	return found;
}

static void unit_field(struct em *em, const char *name, int64_t v)
{
	if (v)
		cw_line(&em->w, ".%s = %" PRId64 ",", name, v);
}

/* Buckets of the largest histogram, as runtime/core/hist.c counts them. */
static int64_t unit_buckets(struct em *em)
{
	int64_t max = 0;

	for (size_t i = 0; i < em->p->globals.n; i++) {
		const struct taprt_hist *h = &em->p->globals.v[i]->hist;
		int64_t n = 0;

		if (h->kind == TAPRT_HIST_LOG)
			n = 128;
		else if (h->kind == TAPRT_HIST_LINEAR && h->step > 0)
			n = (int64_t)(((uint64_t)h->hi - (uint64_t)h->lo) /
				      (uint64_t)h->step) +
			    3;
		if (n > max)
			max = n;
	}
	return max;
}

static void unit_program(struct em *em)
{
	const struct limits *l = em->p->limits;
	struct cw *w = &em->w;

	cw_open(w, "const struct taprt_program taprt_program =");
	cw_line(w, ".abi = &TAPRT_ABI,");
	if (em->p->probes.n)
		cw_line(w, ".nprobes = %zu, .probes = probes,",
			em->p->probes.n);
	if (em->p->globals.n)
		cw_line(w, ".nglobals = %zu, .globals = globals,",
			em->p->globals.n);
	cw_line(w, ".strsize = STRSIZE,");
	unit_field(em, "frame_size", em->frame_size);
	unit_field(em, "captures", em_keeps_groups(em));
	if (em->switches)
		cw_line(w, ".wanted = wanted, "
			   ".cond_changed = taprt_cond_changed,");
	unit_field(em, "regs", unit_wants_regs(em));
	unit_field(em, "maxerrors", l->maxerrors);
	unit_field(em, "maxskipped", l->maxskipped);
	unit_field(em, "maxnesting", em->maxnesting);
	unit_field(em, "ring_bytes", l->ring_bytes);
	unit_field(em, "maxmemory", l->maxmemory * 1024);
	unit_field(em, "trylock_tries", l->maxtrylock);
	unit_field(em, "trylock_delay_us", l->trylockdelay);
	unit_field(em, "minstack", l->minstackspace);
	unit_field(em, "maxbacktrace", l->maxbacktrace);
	unit_field(em, "kretactive", l->kretactive);
	if (!l->no_overload) {
		unit_field(em, "overload_interval", l->overload_interval);
		unit_field(em, "overload_threshold", l->overload_threshold);
	}
	if (unit_buckets(em)) {
		unit_field(em, "hist_buckets", unit_buckets(em));
		unit_field(em, "hist_width", l->hist_width);
		unit_field(em, "hist_elision", l->hist_elision);
	}
	if (l->alibi) {
		unit_field(em, "timing", TAPRT_TIMING_HITS);
		cw_line(w, ".timed = taprt_alibi,");
	} else if (em->s->timing) {
		unit_field(em, "timing",
			   l->timing_nsecs ? TAPRT_TIMING_NS
					   : TAPRT_TIMING_CYCLES);
		cw_line(w, ".timed = taprt_timed,");
	}
	if (l->fault)
		cw_line(w, ".fault = taprt_fault,");
	cw_close(w, ";");
}

/* A check costs the compiler as much as a statement. */
static unsigned int em_slack(struct em *em)
{
	int64_t n = em_budget(em->p->limits) / 64;

	return n < 64 ? (unsigned int)n : 64;
}

static void unit_print(struct em *em, struct buf *out)
{
	struct buf rest = BUF_INIT;

	em_global_names(em);
	em_func_names(em);
	effect_compute(em);
	em->strict = effect_statements(em) > (uint64_t)em_budget(em->p->limits);
	em->slack = em_slack(em);
	lock_decide(em);
	em_nesting(em);
	em_orders(em);
	/* bodies first: they decide what the prologue must define */
	em->w.out = &rest;
	em_globals(em);
	em_global_table(em);
	em_embed_decls(em);
	em_embed_globals(em);
	em_func_decls(em);
	em_funcs(em);
	em_handlers(em);
	em_probe_table(em);
	unit_program(em);
	em->w.out = out;
	unit_prologue(em);
	em_regexes(em);
	buf_add(out, rest.p, rest.len);
	buf_deinit(&rest);
}

uint32_t em_strsize(const struct limits *l)
{
	int64_t n = l->maxstringlen;

	return n < 16 ? 16 : n > 1 << 20 ? 1 << 20 : (uint32_t)n;
}

int emit_program(const struct program *p, const struct session *s,
		 struct buf *out, struct diags *d)
{
	struct program with = *p; /* limits may be the session's */
	struct em em = { .p = &with, .s = s, .d = d };

	if (!with.limits)
		with.limits = (struct limits *)&s->limits;
	arena_init(&em.arena);
	em.strsize = em_strsize(with.limits);
	em.func = arena_array(&em.arena, struct em_func, p->funcs.n + 1);
	em.handler = arena_array(&em.arena, struct effect, p->probes.n + 1);
	em.entry = arena_array(&em.arena, struct effect, p->probes.n + 1);
	em.cond = arena_array(&em.arena, struct effect, p->probes.n + 1);
	em.in_cond = arena_array(&em.arena, bool, p->globals.n + 1);
	em.guard = arena_array(&em.arena, enum guard, p->globals.n + 1);
	em.spread = arena_array(&em.arena, bool, p->globals.n + 1);
	em.orders = arena_array(&em.arena, unsigned int, p->globals.n + 1);
	em.global = arena_array(&em.arena, const char *, p->globals.n + 1);
	unit_print(&em, out);
	arena_deinit(&em.arena);
	return em.failed ? ERR_UNSUPPORTED : 0;
}
