/* SPDX-License-Identifier: GPL-2.0-only */
/* -l, -L, --dump-probe-types, --dump-probe-aliases, --dump-functions. */
#include "build/run.h"
#include "build/cmd.h"
#include "build/elab/library.h"
#include "build/elab/listing.h"
#include "build/sema/sema.h"

#include <stdio.h>
#include <string.h>

/* -E texts are part of the library here: their aliases can be listed. */
static bool find_points(struct run *r, struct target *t, struct buf *out,
			const char **hint)
{
	const struct opts *o = &r->opts;
	const char *point = o->list ? o->list : o->list_vars;
	const char *text = arena_printf(&r->perm, "probe %s {}", point);
	struct src *src =
		src_from_text(&r->perm, "<input>", text, strlen(text));
	struct lang_args args = { o->args.v, o->args.n, NULL };
	VEC(struct lexed *) scripts = { 0 };
	struct ast_file **more;
	struct src **extra;
	struct sema_in in;

	vec_apush(&r->perm, &scripts,
		  lang_lex(&r->perm, src, &args, &r->diags));
	vec_foreach(extra, &r->sources)
		vec_apush(&r->perm, &scripts,
			  lang_lex(&r->perm, *extra, &args, &r->diags));
	if (!target_parse(t, &r->s, scripts.v, scripts.n, r->lib) ||
	    !t->files.v[0]->probes.n) {
		run_print_diags(r, &t->diags);
		return false;
	}
	target_join(t);
	vec_foreach(more, &t->files.v[0]->more)
		(*more)->probes.n = 0;
	in = (struct sema_in){ .s = &r->s,
			       .lib = r->lib,
			       .user = t->files.v[0],
			       .kit = t->kit,
			       .env = &t->env,
			       .dw = t->dw };
	t->diags.suppress_warnings = true;
	listing_points(&in, &t->arena, o->list_vars != NULL, o->level[1] > 0,
		       hint, &t->diags, out);
	if (!out->len)
		run_print_diags(r, &t->diags);
	return out->len > 0;
}

/* What was asked before is not found out again. */
static bool list_points(struct run *r, struct target *t, struct buf *out)
{
	const char *hint = NULL;
	struct answer known;
	bool found = run_answer_find(r, t, &known);

	if (found) {
		buf_add(out, known.text, known.len);
		hint = *known.hint ? arena_strdup(&r->perm, known.hint) : NULL;
	} else {
		found = find_points(r, t, out, &hint);
		if (found)
			run_answer_keep(&known, hint, out);
	}
	buf_deinit(&known.file);
	if (hint && !r->s.no_warnings)
		fprintf(stderr, "hint: %s\n", hint);
	return found;
}

int run_list(struct run *r)
{
	const struct opts *o = &r->opts;
	struct target *t = &r->target[r->ntargets - 1];
	struct sema_in in = {
		.s = &r->s, .kit = t->kit, .env = &t->env, .dw = t->dw
	};
	struct buf out = BUF_INIT;
	bool found = true;

	r->diags.suppress_warnings = true;
	r->lib = library_open(&r->s, &r->diags);
	in.lib = r->lib;
	if (o->list || o->list_vars) {
		found = list_points(r, t, &out);
	} else {
		target_parse(t, &r->s, NULL, 0, r->lib);
		if (o->dump_types)
			listing_types(&t->arena, &out);
		else if (o->dump_aliases)
			listing_aliases(&in, &t->arena, &out);
		else
			listing_functions(&in, &t->arena, o->level[0] > 0,
					  &out);
	}
	fwrite(out.p, 1, out.len, stdout);
	buf_deinit(&out);
	if (!found && !t->kit)
		fprintf(stderr, "hint: without a kernel there are no kernel "
				"functions: -r RELEASE\n");
	return found ? EXIT_DONE : EXIT_REFUSED;
}
