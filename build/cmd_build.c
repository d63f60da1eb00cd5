/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild script.stp: the passes, over all targets, into one bundle. */
#include "build/cmd.h"
#include "build/cmd_embed.h"
#include "build/base/fs.h"
#include "build/elab/library.h"
#include "build/kit/kit.h"
#include "build/lang/lang.h"
#include "build/link/module.h"
#include "build/pack/plan.h"
#include "build/pack/relies.h"
#include "build/pack/recipe.h"
#include "build/run.h"
#include "build/sema/sema.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- front end --------------------------------------------------------------- */

/* Whoever reads argc or argv[] means all of them. */
static bool uses_argv(const struct target *t)
{
	struct sym **g;

	if (!t || !t->program)
		return false;
	vec_foreach(g, &t->program->globals)
		if ((*g)->is_library && !strncmp((*g)->name, "arg", 3))
			return true;
	return false;
}

/* With -W as an error of pass 1, which is where arguments are put in. */
static void refuse_unused_args(struct run *r, bool any)
{
	if (!any || !r->opts.warnings_are_errors)
		return;
	r->diags.nerrors++;
	for (size_t i = 0; i < r->ntargets; i++)
		target_refuse(&r->target[i], 1, "unused command line option");
}

static void warn_unused_args(struct run *r, const struct target *t)
{
	bool is_error = r->opts.warnings_are_errors, any = false;

	if (uses_argv(t) || (r->opts.no_warnings && !is_error))
		return;
	for (size_t i = 0; i < r->opts.args.n; i++) {
		if (r->arg_used[i])
			continue;
		any = true;
		fprintf(stderr, "%s: unused command line option $%zu/@%zu\n",
			is_error ? "ERROR" : "WARNING", i + 1, i + 1);
	}
	refuse_unused_args(r, any);
}

/* Said of what SystemTap has and a user may count on. */
static void warn_idle_flags(const struct run *r)
{
	const char **d, *why;

	if (r->opts.no_warnings)
		return;
	vec_foreach(d, &r->opts.define)
		if ((why = limits_idle(*d)))
			fprintf(stderr,
				"WARNING: -D %s changes nothing here: %s\n", *d,
				why);
}

static void warn_unused_flag(const char *option, const char *text)
{
	fprintf(stderr,
		"WARNING: %s %s is %sfor embedded C, and the script has none\n",
		option, text, option[1] == 'D' ? "no limit but " : "");
}

/* A -D that is no limit is for embedded C; without any, it was mistyped. */
static void warn_unused_flags(struct run *r, const struct target *t)
{
	const char **d;

	warn_idle_flags(r);
	if (r->opts.no_warnings || !t->program || target_nembeds(t))
		return;
	vec_foreach(d, &r->opts.define)
		if (!limits_known(*d) && !limits_idle(*d))
			warn_unused_flag("-D", *d);
	vec_foreach(d, &r->opts.kbuild)
		warn_unused_flag("-B", *d);
}

static void emit_pass(struct run *r)
{
	run_pass_begin(r);
	for (size_t i = 0; i < r->ntargets; i++)
		if (r->target[i].status != TARGET_UNSUPPORTED)
			target_emit(&r->target[i], &r->s);
	if (!run_all_refused(r))
		run_pass_done(r, 3, "translated to C into \"script.c\"");
}

/* --semantic-keep-going (features.md 3.1): for editors, one error a line. */
static void print_catalogue(const struct target *t)
{
	fprintf(stderr, "SEMANTIC_ERRORS: %u\n", t->diags.nerrors);
	fwrite(t->diags.catalogue.p, 1, t->diags.catalogue.len, stderr);
	fprintf(stderr, "SEMANTIC_ERRORS_END\n");
}

static int front_end(struct run *r)
{
	static void (*const pass[])(
		struct run *) = { run_pass_parse, run_pass_sema, emit_pass };
	unsigned int last = r->opts.last_pass;

	for (unsigned int i = 0; i < 3 && (!last || i < last); i++)
		if (!i || !run_all_refused(r))
			pass[i](r);
	r->t_front = target_now_ns();
	if (run_all_refused(r)) {
		/* No kernel takes it: that is the script's fault. */
		run_print_diags(r, &r->diags);
		run_print_diags(r, &r->target[0].diags);
	} else {
		run_print_warnings(r);
		warn_unused_args(r, run_first_good(r));
		warn_unused_flags(r, run_first_good(r));
	}
	if (r->opts.keep_going && last != 1 && r->target[0].failed_pass != 1)
		print_catalogue(&r->target[0]);
	if (!run_all_refused(r))
		return EXIT_DONE;
	run_print_failed_pass(r, &r->target[0]);
	return EXIT_REFUSED;
}

static int print_pass(struct run *r)
{
	struct target *t = run_first_good(r);
	struct buf b = BUF_INIT;
	struct ast_file **f;
	int rc = EXIT_DONE;

	if (r->opts.last_pass == 1)
		vec_foreach(f, &t->files)
			lang_print(&b, *f);
	else if (r->opts.last_pass == 2)
		sema_print(&b, t->program, r->opts.level[1]);
	else
		buf_printf(&b, "%s%s", t->c.p, t->unit.c.p);
	if (fwrite(b.p, 1, b.len, stdout) != b.len || fflush(stdout) == EOF) {
		fprintf(stderr, "tapbuild: cannot write the standard output\n");
		rc = EXIT_ENVIRONMENT;
	}
	buf_deinit(&b);
	return rc;
}

/* ---- back end ------------------------------------------------------------------ */

static int compile(struct run *r, struct err *e)
{
	const struct opts *o = &r->opts;
	/* A kept directory without the C text would be of no use. */
	unsigned int cache = o->disable_cache		  ? COMPILER_NO_CACHE
			     : o->poison_cache || o->keep ? COMPILER_WRITE_ONLY
							  : COMPILER_CACHE;
	int rc = compiler_init(&r->compiler, &r->perm, cache, e);

	for (size_t i = 0; rc == 0 && i < r->ntargets; i++) {
		struct target *t = &r->target[i];

		if (t->status == TARGET_OK)
			t->object = compiler_add(&r->compiler, t->kit, t->c.p,
						 t->c.len);
		if (t->status == TARGET_OK)
			rc = embed_add(&r->compiler, t, &r->s, e);
	}
	if (rc == 0)
		rc = compiler_run(&r->compiler, r->opts.jobs, e);
	r->t_cc = target_now_ns();
	for (size_t i = 0; rc == 0 && i < r->ntargets; i++) {
		struct target *t = &r->target[i];

		embed_finish(t);
		if (!t->object || !t->object->failed)
			continue;
		t->status = TARGET_FAILED;
		snprintf(t->reason, sizeof(t->reason), "%s failed: %.180s",
			 t->object->cc, t->object->spawn.out.p);
		t->reason[strcspn(t->reason, "\n")] = '\0';
	}
	return rc;
}

static int link_modules(struct run *r, struct err *e)
{
	struct module_job *job =
		arena_array(&r->perm, struct module_job, r->ntargets);
	struct err *je = arena_array(&r->perm, struct err, r->ntargets);
	struct target **who =
		arena_array(&r->perm, struct target *, r->ntargets);
	struct err first;
	size_t n = 0;

	for (size_t i = 0; i < r->ntargets; i++) {
		struct target *t = &r->target[i];

		if (t->status != TARGET_OK)
			continue;
		plan_module_name(t, &r->opts, r->s.script_name);
		job[n].glue = (struct glue_spec){
			t->kit,	      t->program,    t->module, NULL, 0,
			r->s.modinfo, r->s.nmodinfo, 0,		false
		};
		job[n].glue.undefs =
			embed_undefs(&r->perm, t, &job[n].glue.nundefs);
		job[n].embedded = t->embedded;
		job[n].object = t->object;
		job[n].e = &je[n];
		if (r->opts.fallback)
			relies_make(&r->perm, t, &job[n]);
		buf_init(&job[n].ko);
		who[n++] = t;
	}
	/* A missing linker is not the fault of any one kernel. */
	if (module_link_all(job, n, r->compiler.scratch, &r->perm, r->opts.jobs,
			    &first) == ERR_NOT_FOUND) {
		*e = first;
		return e->code;
	}
	for (size_t i = 0; i < n; i++) {
		who[i]->ko = job[i].ko;
		who[i]->ns_link = job[i].ns;
		if (job[i].rc == 0)
			continue;
		who[i]->status = TARGET_FAILED;
		snprintf(who[i]->reason, sizeof(who[i]->reason),
			 "%.160s%s%.60s", job[i].e->text,
			 job[i].e->hint[0] ? "; try: " : "", job[i].e->hint);
		who[i]->reason[strcspn(who[i]->reason, "\n")] = '\0';
	}
	r->t_link = target_now_ns();
	return 0;
}

/* -k: each C text once, named after the bundle and its first kernel. */
static int keep_c(struct run *r, const char *bundle, struct err *e)
{
	size_t n = strlen(bundle);
	int rc = 0;

	if (n > 4 && !strcmp(bundle + n - 4, ".tap"))
		n -= 4;
	for (size_t i = 0; i < r->ntargets && rc == 0; i++) {
		struct target *t = &r->target[i];
		const char *path;
		size_t k = 0;

		while (k < i && r->target[k].object != t->object)
			k++;
		if (t->status != TARGET_OK || k < i)
			continue;
		path = arena_printf(&r->perm, "%.*s-%s.c", (int)n, bundle,
				    t->release);
		rc = fs_write_atomic(path, t->c.p, t->c.len, 0644, e);
		if (rc == 0 && !r->opts.quiet)
			printf("%s: %zu bytes\n", path, t->c.len);
		if (rc == 0 && t->embedded)
			rc = embed_keep(path, t, r->opts.quiet, e);
	}
	return rc;
}

/* Where nothing is run, say how it is. */
static void say_how_to_run(const struct run *r, const char *path)
{
	const struct opts *o = &r->opts;

	fprintf(stderr,
		"Pass 5: not run here: copy %s to the host and\n  taprun",
		path);
	if (o->command)
		fprintf(stderr, " -c '%s'", o->command);
	if (o->pid)
		fprintf(stderr, " -x %s", o->pid);
	if (o->seconds)
		fprintf(stderr, " -T %s", o->seconds);
	fprintf(stderr, " %s\n", path);
}

/* A run was asked for: as "stap" always, as tapbuild only by -p5. */
static bool wants_run(const struct opts *o)
{
	return o->last_pass == 5 || (o->as_stap && !o->last_pass);
}

static int refuse_failed(struct run *r)
{
	size_t failed = run_count(r, TARGET_FAILED);

	run_print_table(r);
	run_explain_failed(r);
	fprintf(stderr,
		"tapbuild: %zu of %zu kernels failed, nothing was written\n",
		failed + run_count(r, TARGET_UNSUPPORTED), r->ntargets);
	if (failed)
		fprintf(stderr, "Pass 4: compilation failed.\n");
	return failed ? EXIT_ENVIRONMENT : EXIT_REFUSED;
}

static void report_done(struct run *r, const char *path)
{
	const struct opts *o = &r->opts;

	if (o->as_stap) {
		if (o->last_pass == 4)
			printf("%s\n", path);
	} else if (!o->quiet) {
		run_print_table(r);
		printf("%s: %zu bytes, %zu of %zu kernels, %.0f ms\n", path,
		       r->bundle_bytes, run_count(r, TARGET_OK), r->ntargets,
		       run_ms(r->t_pack - r->begin));
	}
	if (o->verbose)
		run_print_times(r);
	if (o->keep)
		fprintf(stderr, "Keeping temporary directory \"%s\"\n",
			r->compiler.scratch);
	if (wants_run(o))
		say_how_to_run(r, path);
}

static int back_end(struct run *r, struct err *e)
{
	const char *path = NULL;
	int rc;

	run_pass_begin(r);
	rc = plan_check(&r->s, &r->opts, &r->perm, e);
	if (rc == 0)
		rc = compile(r, e);
	if (rc == 0 && run_all_refused(r) && !r->opts.shard) {
		embed_print_refusal(&r->target[0]);
		run_print_failed_pass(r, &r->target[0]);
		return EXIT_REFUSED;
	}
	embed_print_warnings(r->target, r->ntargets);
	if (rc == 0)
		rc = link_modules(r, e);
	if (rc < 0)
		return cmd_fail(e);
	run_explain_unsupported(r);
	if (run_count(r, TARGET_FAILED) ||
	    (r->opts.strict && run_count(r, TARGET_UNSUPPORTED)))
		return refuse_failed(r);
	rc = plan_write(&(struct recipe_in){ &r->s, &r->opts, r->lib, r->target,
					     r->ntargets },
			&r->units, &r->perm, &path, &r->bundle_bytes, e);
	r->t_pack = target_now_ns();
	if (rc == 0 && r->opts.keep)
		rc = keep_c(r, path, e);
	if (rc < 0)
		return cmd_fail(e);
	run_pass_done(r, 4, "compiled C into \"%s\"", path);
	report_done(r, path);
	return wants_run(&r->opts) ? EXIT_REFUSED : EXIT_DONE;
}

/* ---- the command ------------------------------------------------------------------ */

static int clean_cache(struct run *r, struct err *e)
{
	size_t n = 0, bytes = 0;

	if (compiler_clean_cache(&r->perm, &n, &bytes, e) < 0)
		return cmd_fail(e);
	printf("removed %zu objects, %zu bytes\n", n, bytes);
	return EXIT_DONE;
}

static int run_build(struct run *r, struct err *e)
{
	const struct opts *o = &r->opts;
	int rc = run_limits(o, e);

	if (rc == 0)
		rc = run_make_session(r, e);
	if (rc == 0)
		rc = run_choose_targets(r, e);
	if (rc == 0)
		rc = run_keep_shard(r, e);
	if (rc < 0)
		return cmd_fail(e);
	if (opts_is_listing(o))
		return run_list(r);
	/* Shards may be more than kernels: merge wants the part all the same. */
	rc = r->ntargets ? front_end(r) : EXIT_DONE;
	/* That no kernel of a shard takes the script says nothing of the others. */
	if (rc != EXIT_DONE && !o->shard)
		return rc;
	if (o->last_pass && o->last_pass <= 3)
		return print_pass(r);
	return back_end(r, e);
}

/* What only a run has, where no pass is named after which to stop. */
static int check_run_options(const struct opts *o, struct err *e)
{
	const char *name = o->command	? "-c"
			   : o->pid	? "-x"
			   : o->seconds ? "-T"
			   : o->rotate	? "-S"
					: NULL;

	if (!name || o->last_pass || o->as_stap)
		return 0;
	err_set(e, ERR_INVALID, "%s is for a run, and tapbuild does not run",
		name);
	return err_hint(e, "give it to taprun: taprun %s ... BUNDLE", name);
}

static int start(struct run *r, int argc, char **argv, struct err *e)
{
	const struct opts *o = &r->opts;
	int rc = opts_parse(&r->opts, &r->perm, argc, argv, e);

	if (rc == 0)
		rc = check_run_options(o, e);
	if (rc < 0) {
		rc = cmd_fail(e);
		if (!o->script && !o->file && !strncmp(e->text, "A script", 8))
			fprintf(stderr,
				"usage: %s [options] SCRIPT.stp [ARG...]\n",
				o->as_stap ? "stap" : "tapbuild");
		return rc;
	}
	if (o->help) {
		opts_usage(o);
		return EXIT_DONE;
	}
	if (o->stripped_ko)
		fprintf(stderr, "tapbuild: -m %s: '.ko' is not part of it\n",
			o->name);
	if (o->show_version)
		return cmd_version(0, NULL);
	if (o->clean_cache)
		return clean_cache(r, e);
	return run_build(r, e);
}

int cmd_build(int argc, char **argv)
{
	static struct run r;
	struct err e = { 0 };
	int rc;

	r.begin = target_now_ns();
	arena_init(&r.perm);
	diags_init(&r.diags);
	rc = start(&r, argc, argv, &e);
	run_deinit(&r);
	opts_deinit(&r.opts);
	return rc;
}
