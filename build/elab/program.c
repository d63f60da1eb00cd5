// SPDX-License-Identifier: GPL-2.0-only
/* Pass 2 from end to end: files to handlers to one checked program. */
#include "build/sema/sema.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/elab/autoprint.h"
#include "build/elab/expand.h"
#include "build/elab/program.h"
#include "build/elab/resolve.h"
#include "build/kit/kit.h"
#include "build/sema/ctx.h"
#include "build/sema/tree.h"
#include "build/session.h"

#include <stdlib.h>
#include <string.h>

/*
 * Library files join while names are resolved; their own begin and end probes
 * then count too, which may lead to further files.
 */
void program_elaborate(struct sema *sm)
{
	size_t f = 0, h = 0;

	while (f < sm->files.n || h < sm->handlers.n) {
		for (; f < sm->files.n; f++)
			expand_file(sm, sm->files.v[f]);
		for (; h < sm->handlers.n; h++)
			resolve_handler(sm, sm->handlers.v[h]);
		resolve_functions(sm);
	}
	sema_counters_check(sm);
}

static void program_collect(struct sema *sm)
{
	struct handler **h;

	vec_foreach(h, &sm->handlers)
		if (!(*h)->is_never)
			vec_apush(sm->a, &sm->prog->probes, (*h)->p);
	/* what never runs is a script all the same */
	if (!sm->handlers.n && !sm->d->nerrors)
		diag_error(sm->d, NULL, DIAG_NO_PROBES, "no probes found");
}

/* A global of the script, or else of the files of the library that it uses. */
static struct sym *find_set(struct sema *sm, const char *name)
{
	struct sym *g;

	for (size_t f = 0; f < sm->files.n; f++) {
		g = map_get(&sm->files.v[f]->globals, name);
		if (g && (f < sm->nuser || !g->is_private))
			return g;
	}
	return NULL;
}

/* -G NAME=VALUE must name a scalar that can hold the value. */
static void program_check_set(struct sema *sm)
{
	struct session *s = sm->s;
	size_t i;

	for (i = 0; i < s->nglobal_set; i++) {
		const char *eq = strchr(s->global_set[i], '=');
		size_t n = eq ? (size_t)(eq - s->global_set[i]) : 0;
		char *name = arena_strndup(sm->a, s->global_set[i], n), *end;
		struct sym *g = find_set(sm, name);

		if (g)
			g->is_set = true;
		if (!eq || !g) {
			diag_error(sm->d, NULL, DIAG_GLOBAL_SET,
				   "-G %s: the script has no global '%s'",
				   s->global_set[i],
				   eq ? name : s->global_set[i]);
		} else if (g->index >= 0 &&
			   (g->arity > 0 || g->type == TY_STAT)) {
			diag_error(sm->d, &g->at, DIAG_GLOBAL_SET,
				   "-G %s: '%s' is no number or string",
				   s->global_set[i], name);
		} else if (g->index >= 0 && g->type == TY_LONG) {
			strtoll(eq + 1, &end, 0);
			if (end == eq + 1 || *end)
				diag_error(sm->d, &g->at, DIAG_GLOBAL_SET,
					   "-G %s: '%s' is a number",
					   s->global_set[i], name);
		}
	}
}

/* What was added after the passes goes through them too. */
static void program_autoprint(struct sema *sm)
{
	struct handler **h;

	vec_foreach(h, &sm->handlers)
		if (!(*h)->p->body)
			resolve_handler(sm, *h);
	sema_infer(sm);
	sema_check(sm);
	sema_regex(sm);
}

/*
 * After an error in an earlier step the next one runs on what has none, so that every
 * error is told that no other caused; no warning is true of that.
 */
static void program_go_on(struct sema *sm, unsigned int before)
{
	if (sm->d->nerrors == before)
		return;
	sm->d->suppress_warnings = true;
	sm->d->warnings_are_errors = false;
	sema_drop_broken(sm);
}

static bool program_passes(struct sema *sm)
{
	unsigned int before = sm->d->nerrors;

	resolve_add_user(sm);
	program_elaborate(sm);
	program_go_on(sm, before);
	sema_optimize(sm);
	sema_join(sm);
	program_go_on(sm, before);
	sema_infer(sm);
	program_go_on(sm, before);
	sema_check(sm);
	sema_regex(sm);
	program_check_set(sm);
	if (sm->d->nerrors > before)
		return false;
	if (!sm->s->no_global_display && autoprint_add(sm))
		program_autoprint(sm);
	if (sm->d->nerrors > before)
		return false;
	program_collect(sm);
	if (sm->d->nerrors > before)
		return false;
	sema_number(sm);
	sema_embed_blocks(sm);
	return true;
}

void program_init(struct sema *sm, const struct sema_in *in, struct arena *a,
		  struct diags *d)
{
	*sm = (struct sema){
		.in = in, .s = in->s, .a = a, .d = d, .kit = in->kit
	};
	sm->btf = in->kit ? kit_btf(in->kit) : NULL;
	sm->prog = arena_new(a, struct program);
	sm->prog->arena = a;
	sm->prog->stext = in->kit ? kit_symbol(in->kit, "_stext") : 0;
	sm->prog->limits =
		arena_memdup(a, &in->s->limits, sizeof(in->s->limits));
}

void program_deinit(struct sema *sm)
{
	struct scope_file **sf;
	struct handler **h;

	vec_foreach(sf, &sm->files)
		map_deinit(&(*sf)->globals);
	vec_foreach(h, &sm->handlers)
		map_deinit(&(*h)->locals);
	map_deinit(&sm->loaded);
	map_deinit(&sm->aliases);
	map_deinit(&sm->fsets);
	map_deinit(&sm->warned);
}

struct program *sema_run(const struct sema_in *in, struct arena *a,
			 struct diags *d)
{
	struct sema sm;
	bool ok;

	program_init(&sm, in, a, d);
	diags_defer(d);
	ok = program_passes(&sm);
	diags_sort(d, in->user->src);
	program_deinit(&sm);
	return ok ? sm.prog : NULL;
}
