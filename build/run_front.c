/* SPDX-License-Identifier: GPL-2.0-only */
/* Passes 1 and 2 over all targets. */
#include "build/run.h"
#include "build/elab/library.h"
#include "build/lang/lang.h"
#include "build/sema/sema.h"

#include <stdlib.h>

static void lex_inputs(struct run *r)
{
	struct lang_args args = { r->opts.args.v, r->opts.args.n, NULL };
	struct src **src;

	r->arg_used = xcalloc(r->opts.args.n, sizeof(bool));
	args.used = r->arg_used;
	r->diags.suppress_warnings = r->opts.no_warnings;
	r->diags.warnings_are_errors = r->opts.warnings_are_errors;
	vec_foreach(src, &r->sources)
		vec_apush(&r->perm, &r->scripts,
			  lang_lex(&r->perm, *src, &args, &r->diags));
	r->diags.warnings_are_errors = false; /* those of the library are not */
	r->s.args = r->opts.args.v;
	r->s.nargs = r->opts.args.n;
	if (!r->lib)
		r->lib = library_open(&r->s, &r->diags);
}

struct target *run_first_good(struct run *r)
{
	for (size_t i = 0; i < r->ntargets; i++)
		if (r->target[i].status != TARGET_UNSUPPORTED)
			return &r->target[i];
	return &r->target[0];
}

bool run_all_refused(const struct run *r)
{
	return run_count(r, TARGET_UNSUPPORTED) == r->ntargets;
}

void run_pass_parse(struct run *r)
{
	run_pass_begin(r);
	lex_inputs(r);
	for (size_t i = 0; i < r->ntargets; i++)
		target_parse(&r->target[i], &r->s, r->scripts.v, r->scripts.n,
			     r->lib);
	if (r->diags.nerrors) /* -W: the lexer only warns */
		for (size_t i = 0; i < r->ntargets; i++)
			target_refuse(&r->target[i], 1, r->diags.first);
	if (!run_all_refused(r))
		run_pass_done(r, 1,
			      "parsed user script and %zu library scripts",
			      library_nfiles(r->lib));
}

void run_pass_sema(struct run *r)
{
	const struct program *p;

	run_pass_begin(r);
	for (size_t i = 0; i < r->ntargets; i++) {
		struct target *t = &r->target[i];

		if (t->status == TARGET_UNSUPPORTED)
			continue;
		if (r->opts.keep_going)
			diags_catalogue(&t->diags);
		target_sema(t, &r->s, r->lib);
	}
	if (run_all_refused(r))
		return;
	p = run_first_good(r)->program;
	run_pass_done(r, 2,
		      "analyzed script: %zu probe(s), %zu function(s), %zu "
		      "embed(s), %zu global(s)",
		      p->probes.n, p->funcs.n,
		      target_nembeds(run_first_good(r)), p->globals.n);
}

void run_deinit(struct run *r)
{
	for (size_t i = 0; i < r->ntargets; i++)
		target_deinit(&r->target[i]);
	if (r->opts.keep)
		r->compiler.scratch = NULL; /* stays */
	compiler_deinit(&r->compiler);
	free(r->target);
	free(r->arg_used);
	diags_deinit(&r->diags);
	arena_deinit(&r->perm);
}
