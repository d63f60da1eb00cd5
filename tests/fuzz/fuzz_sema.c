/* SPDX-License-Identifier: GPL-2.0-only */
/* Any script against a made-up kernel: no crash, and what passes is complete. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/lang/lang.h"
#include "build/sema/intrinsic.h"
#include "build/sema/sema.h"
#include "build/sema/tree.h"
#include "build/session.h"
#include "tests/unit/kit_fix.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	const struct program *p;
	const struct dprobe *probe; /* NULL in functions */
	const struct ast_func *func;
};

static void must(bool cond)
{
	if (!cond)
		abort();
}

static void check_sym(const struct seen *s, const struct sym *v)
{
	if (!v)
		return;
	must(v->index >= 0);
	switch (v->kind) {
	case SYM_GLOBAL:
		must((size_t)v->index < s->p->globals.n &&
		     s->p->globals.v[v->index] == v);
		break;
	case SYM_PARAM:
		must(s->func && (size_t)v->index < s->func->nparams);
		break;
	case SYM_LOCAL:
		must(s->probe ? (size_t)v->index < s->probe->locals.n
			      : (size_t)v->index < s->func->locals.n);
		break;
	}
}

static bool check_expr(struct walk *w, struct ast_expr **ep)
{
	const struct seen *s = w->arg;
	const struct ast_expr *e = *ep;

	switch (e->kind) {
	case EX_TARGET:
	case EX_ATCAST:
	case EX_AUTOCAST:
	case EX_ATENTRY:
	case EX_DEFINED:
	case EX_ATOP:
	case EX_EMBEDDED:
		abort();
	case EX_NAME:
	case EX_INDEX:
		must(e->sym != NULL);
		break;
	case EX_CALL:
		must(e->func ? (size_t)e->func->index < s->p->funcs.n &&
				       e->nargs == e->func->nparams
			     : e->intrinsic && e->nargs == e->intrinsic->nargs);
		break;
	case EX_KNUM:
		must((size_t)e->num < s->p->nums.n);
		break;
	case EX_SAVED:
		must(s->probe && (size_t)e->num < s->probe->saved.n);
		break;
	case EX_KREAD:
		must(e->a &&
		     (e->access.bytes == 1 || e->access.bytes == 2 ||
		      e->access.bytes == 4 || e->access.bytes == 8) &&
		     e->access.bits + e->access.shift <= 8 * e->access.bytes);
		break;
	default:
		break;
	}
	check_sym(s, e->sym);
	return true;
}

static bool check_stmt(struct walk *w, struct ast_stmt **sp)
{
	const struct seen *s = w->arg;
	size_t i;

	check_sym(s, (*sp)->catch_sym);
	if ((*sp)->kind != ST_FOREACH)
		return true;
	check_sym(s, (*sp)->foreach->array_sym);
	check_sym(s, (*sp)->foreach->value_sym);
	for (i = 0; i < (*sp)->foreach->nkeys; i++)
		check_sym(s, (*sp)->foreach->key_syms[i]);
	return true;
}

/* @never: what never fires may be all there is */
static void check_program(struct program *p, bool never)
{
	struct seen s = { .p = p };
	struct walk w = { check_expr, check_stmt, &s };
	size_t i;

	must(p->probes.n > 0 || never);
	for (i = 0; i < p->probes.n; i++) {
		s.probe = p->probes.v[i];
		walk_dprobe(&w, p->probes.v[i]);
	}
	s.probe = NULL;
	for (i = 0; i < p->funcs.n; i++) {
		s.func = p->funcs.v[i];
		walk_stmt(&w, &p->funcs.v[i]->body);
	}
	for (i = 0; i < p->globals.n; i++)
		must(p->globals.v[i]->type != TY_UNKNOWN &&
		     p->globals.v[i]->arity >= 0 &&
		     p->globals.v[i]->arity <= TAPRT_MAXKEYS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit kit;
	struct session s = { 0 };
	struct pp_env env = { .guru = true };
	struct sema_in in = { .s = &s, .kit = &kit, .env = &env };
	struct buf out = BUF_INIT;
	struct program *p = NULL;
	struct arena a;
	struct diags d;
	struct src *src;

	if (!kit.data)
		kit_make(&kit, 0);
	arena_init(&a);
	diags_init(&d);
	s.perm = &a;
	limits_init(&s.limits);
	src = src_from_text(&a, "fuzz", (const char *)data, size);
	in.user = lang_parse(&a, lang_lex(&a, src, NULL, &d), &env, &d);
	if (in.user)
		p = sema_run(&in, &a, &d);
	must(!in.user || !p == !!d.nerrors);
	if (p) {
		/* by its name, or by a pattern */
		check_program(p, memmem(data, size, "never", 5) ||
					 memchr(data, '*', size));
		sema_print(&out, p, 1);
	}
	buf_deinit(&out);
	diags_deinit(&d);
	arena_deinit(&a);
	return 0;
}
