/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild script.stp: the passes, over all targets, into one bundle. */
#include "build/cmd.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/elab/library.h"
#include "build/kit/kit.h"
#include "build/lang/lang.h"
#include "build/link/compile.h"
#include "build/link/module.h"
#include "build/opts.h"
#include "build/pack/plan.h"
#include "build/sema/sema.h"
#include "build/target.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Everything one run of the command holds. */
struct run {
	struct opts opts;
	struct arena perm;
	struct session s;
	struct lexed *script;
	struct library *lib;
	struct diags diags; /* about the run as a whole: lexing, tapset */
	struct compiler compiler;
	struct target *target;
	size_t ntargets;
	uint64_t begin, t_front, t_cc, t_link, t_pack;
	size_t bundle_bytes;
	bool *arg_used;
};

/* ---- inputs ---------------------------------------------------------------- */

static int read_stdin(struct run *r, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = fs_read("/dev/stdin", &b, SRC_MAX_BYTES, e);

	if (rc == 0)
		r->s.script = src_from_text(&r->perm, "<stdin>", b.p, b.len);
	buf_deinit(&b);
	return rc;
}

static int load_script(struct run *r, struct err *e)
{
	const char *slash;

	if (r->opts.script) {
		r->s.script = src_from_text(&r->perm, "<input>", r->opts.script,
					    strlen(r->opts.script));
		r->s.script_name = "input.stp";
		return 0;
	}
	r->s.script_name = "stdin.stp";
	if (!strcmp(r->opts.file, "-"))
		return read_stdin(r, e);
	slash = strrchr(r->opts.file, '/');
	r->s.script_name = slash ? slash + 1 : r->opts.file;
	return src_load(&r->perm, r->opts.file, &r->s.script, e);
}

/* A directory the user named must be there; our own tapset need not. */
static int check_include(const struct opts *o, struct err *e)
{
	struct stat st;

	for (size_t i = 0; i < o->include.n; i++) {
		const char *dir = o->include.v[i];

		if (stat(dir, &st) < 0)
			return err_sys(e, "-I: cannot open '%s'", dir);
		if (!S_ISDIR(st.st_mode))
			return err_set(e, ERR_NOT_FOUND,
				       "-I: '%s' is not a directory", dir);
	}
	return 0;
}

static int make_session(struct run *r, struct err *e)
{
	struct opts *o = &r->opts;
	struct session *s = &r->s;

	s->perm = &r->perm;
	s->args = o->args.v;
	s->nargs = o->args.n;
	if (check_include(o, e) < 0)
		return e->code;
	vec_push(&o->include, home_dir(&r->perm, "tapset"));
	s->include = o->include.v;
	s->ninclude = o->include.n;
	s->global_set = o->global_set.v;
	s->nglobal_set = o->global_set.n;
	s->guru = o->guru;
	s->unoptimized = o->unoptimized;
	s->no_warnings = o->no_warnings;
	s->warnings_are_errors = o->warnings_are_errors;
	s->verbose = o->verbose;
	limits_init(&s->limits);
	for (size_t i = 0; i < o->define.n; i++)
		if (limits_set(&s->limits, o->define.v[i], e) < 0)
			return e->code;
	return load_script(r, e);
}

/* ---- targets --------------------------------------------------------------- */

static int no_kit(const char *what, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "no kit matches '%s'", what);
	return err_hint(e, "tapbuild kit list shows the kits; tapbuild kit add "
			   "PACKAGE... makes one");
}

static int add_targets(struct run *r, const char *pattern, struct err *e)
{
	const char **path;
	int n = kit_find(&r->perm, pattern, &path, e);

	if (n == 0)
		return no_kit(pattern, e);
	for (int i = 0; i < n; i++) {
		size_t k;

		for (k = 0; k < r->ntargets; k++)
			if (!strcmp(r->target[k].kit_path, path[i]))
				break;
		if (k < r->ntargets)
			continue;
		r->target = xrealloc(r->target,
				     (r->ntargets + 1) * sizeof(*r->target));
		target_init(&r->target[r->ntargets++], path[i]);
	}
	return n < 0 ? n : 0;
}

static int by_release(const void *a, const void *b)
{
	const struct target *x = a, *y = b;
	int d = strverscmp(x->release, y->release);

	return d ? d : strcmp(x->kit_path, y->kit_path);
}

static int choose_targets(struct run *r, struct err *e)
{
	struct opts *o = &r->opts;
	struct utsname u;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->kernels.n; i++)
		rc = add_targets(r, o->kernels.v[i], e);
	if (rc == 0 && o->all)
		rc = add_targets(r, "*", e);
	if (rc == 0 && o->manifest) {
		const char **release;
		int n = kit_manifest_releases(&r->perm, o->manifest, &release,
					      e);

		for (int i = 0; i < n && rc == 0; i++)
			rc = add_targets(r, release[i], e);
		rc = n < 0 ? n : rc;
	}
	if (rc < 0 || r->ntargets)
		goto open;
	if (o->last_pass <= 3) {
		r->target = xcalloc(1, sizeof(*r->target));
		target_init(&r->target[r->ntargets++], NULL);
		return 0;
	}
	/* As stap: without -r the running kernel is meant. */
	uname(&u);
	rc = add_targets(r, u.release, e);
	if (rc < 0)
		err_hint(e, "name the kernels: -r RELEASE, --all, or "
			    "--manifest FILE; tapbuild kit list shows them");
open:
	for (size_t i = 0; rc == 0 && i < r->ntargets; i++)
		rc = target_open(&r->target[i], e);
	/* realloc moved the arenas' owners, never their chunks. */
	if (rc == 0)
		qsort(r->target, r->ntargets, sizeof(*r->target), by_release);
	return rc;
}

/* ---- passes ---------------------------------------------------------------- */

static void print_diags(struct diags *d)
{
	fwrite(d->text.p, 1, d->text.len, stderr);
	if (d->nerrors > DIAG_MAX_ERRORS)
		fprintf(stderr, "tapbuild: %u more errors not shown\n",
			d->nerrors - DIAG_MAX_ERRORS);
	if (d->nsimilar)
		fprintf(stderr,
			"Number of similar error messages suppressed: %u.\n"
			"Rerun with -v to see them.\n",
			d->nsimilar);
}

static size_t count(const struct run *r, enum target_status st)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ntargets; i++)
		n += r->target[i].status == st;
	return n;
}

/* Warnings are about the script: the first target that has any speaks for all. */
static void print_warnings(struct run *r)
{
	print_diags(&r->diags);
	for (size_t i = 0; i < r->ntargets; i++) {
		struct diags *d = &r->target[i].diags;

		if (r->target[i].status == TARGET_UNSUPPORTED || !d->nwarnings)
			continue;
		print_diags(d);
		return;
	}
}

static void warn_unused_args(struct run *r)
{
	for (size_t i = 0; i < r->opts.args.n && !r->opts.no_warnings; i++)
		if (!r->arg_used[i])
			fprintf(stderr,
				"WARNING: unused command line option $%zu/@%zu\n",
				i + 1, i + 1);
}

/* Which pass it was, after its errors (features.md 5.8). */
static void print_failed_pass(const struct target *t)
{
	static const char *const name[] = { "", "parse", "analysis",
					    "translation" };
	unsigned int n = t->diags.nerrors;

	if (t->failed_pass == 1)
		fprintf(stderr, "%u parse error%s.\n", n, n == 1 ? "" : "s");
	fprintf(stderr, "Pass %u: %s failed.\n", t->failed_pass,
		name[t->failed_pass]);
}

static int front_end(struct run *r)
{
	struct lang_args args = { r->opts.args.v, r->opts.args.n, NULL };

	r->arg_used = xcalloc(r->opts.args.n, sizeof(bool));
	args.used = r->arg_used;
	r->diags.suppress_warnings = r->opts.no_warnings;
	r->script = lang_lex(&r->perm, r->s.script, &args, &r->diags);
	r->lib = library_open(&r->s, &r->diags);
	for (size_t i = 0; i < r->ntargets; i++) {
		struct target *t = &r->target[i];

		if (target_parse(t, &r->s, r->script, r->lib) &&
		    r->opts.last_pass > 1 && target_sema(t, &r->s, r->lib) &&
		    r->opts.last_pass > 2)
			target_emit(t, &r->s);
	}
	r->t_front = target_now_ns();
	if (count(r, TARGET_UNSUPPORTED) == r->ntargets) {
		/* No kernel takes it: that is the script's fault. */
		print_diags(&r->diags);
		print_diags(&r->target[0].diags);
		print_failed_pass(&r->target[0]);
		return EXIT_REFUSED;
	}
	print_warnings(r);
	warn_unused_args(r);
	return EXIT_DONE;
}

/* The first target that is still in the run, for -p1 … -p3. */
static struct target *first_good(struct run *r)
{
	for (size_t i = 0; i < r->ntargets; i++)
		if (r->target[i].status != TARGET_UNSUPPORTED)
			return &r->target[i];
	return &r->target[0];
}

static int print_pass(struct run *r)
{
	struct target *t = first_good(r);
	struct buf b = BUF_INIT;
	int rc = EXIT_DONE;

	if (r->opts.last_pass == 1)
		lang_print(&b, t->file);
	else if (r->opts.last_pass == 2)
		sema_print(&b, t->program, r->opts.verbose);
	else
		buf_add(&b, t->c.p, t->c.len);
	if (fwrite(b.p, 1, b.len, stdout) != b.len || fflush(stdout) == EOF) {
		fprintf(stderr, "tapbuild: cannot write the standard output\n");
		rc = EXIT_ENVIRONMENT;
	}
	buf_deinit(&b);
	return rc;
}

static int compile(struct run *r, struct err *e)
{
	int rc = compiler_init(&r->compiler, &r->perm, e);

	for (size_t i = 0; rc == 0 && i < r->ntargets; i++) {
		struct target *t = &r->target[i];

		if (t->status == TARGET_OK)
			t->object = compiler_add(&r->compiler, t->kit, t->c.p,
						 t->c.len);
	}
	if (rc == 0)
		rc = compiler_run(&r->compiler, r->opts.jobs, e);
	r->t_cc = target_now_ns();
	for (size_t i = 0; rc == 0 && i < r->ntargets; i++) {
		struct target *t = &r->target[i];

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
		job[n].glue = (struct glue_spec){ t->kit, t->program, t->module,
						  t->object->undefs.v,
						  t->object->undefs.n };
		job[n].object = t->object;
		job[n].e = &je[n];
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
		snprintf(who[i]->reason, sizeof(who[i]->reason), "%.230s",
			 job[i].e->text);
		who[i]->reason[strcspn(who[i]->reason, "\n")] = '\0';
	}
	r->t_link = target_now_ns();
	return 0;
}

/* ---- results --------------------------------------------------------------- */

static double ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

static void print_table(struct run *r)
{
	printf("%-26s %-28s %8s %8s  %s\n", "kernel", "module", "size", "ms",
	       "status");
	for (size_t i = 0; i < r->ntargets; i++) {
		struct target *t = &r->target[i];
		uint64_t ns = t->ns_open + t->ns_parse + t->ns_sema +
			      t->ns_emit + t->ns_link;

		printf("%-26s %-28s %8zu %8.1f  %s%s%s\n", t->release,
		       t->module[0] ? t->module : "-", t->ko.len, ms(ns),
		       t->status == TARGET_OK		 ? "ok"
		       : t->status == TARGET_UNSUPPORTED ? "unsupported"
							 : "FAILED",
		       t->reason[0] ? ": " : "", t->reason);
	}
}

static void print_times(struct run *r)
{
	size_t objects = r->compiler.objects.n, cached = 0;

	for (size_t i = 0; i < objects; i++)
		cached += r->compiler.objects.v[i]->cached;
	fprintf(stderr,
		"tapbuild: front end %.1f ms, compile %.1f ms (%zu objects, %zu "
		"cached), link %.1f ms, pack %.1f ms, all %.1f ms\n",
		ms(r->t_front - r->begin), ms(r->t_cc - r->t_front), objects,
		cached, ms(r->t_link - r->t_cc), ms(r->t_pack - r->t_link),
		ms(r->t_pack - r->begin));
}

static void explain_unsupported(struct run *r)
{
	for (size_t i = 0; i < r->ntargets; i++)
		if (r->target[i].status == TARGET_UNSUPPORTED &&
		    (r->opts.verbose || r->opts.strict)) {
			fprintf(stderr, "tapbuild: %s:\n",
				r->target[i].release);
			print_diags(&r->target[i].diags);
		}
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
	}
	return rc;
}

static int back_end(struct run *r, struct err *e)
{
	const char *path = NULL;
	int rc = plan_check(&r->s, &r->opts, &r->perm, e);

	if (rc == 0)
		rc = compile(r, e);
	if (rc == 0)
		rc = link_modules(r, e);
	if (rc < 0)
		return cmd_fail(e);
	explain_unsupported(r);
	if (count(r, TARGET_FAILED) ||
	    (r->opts.strict && count(r, TARGET_UNSUPPORTED))) {
		print_table(r);
		fprintf(stderr,
			"tapbuild: %zu of %zu kernels failed, nothing "
			"was written\n",
			count(r, TARGET_FAILED) + count(r, TARGET_UNSUPPORTED),
			r->ntargets);
		return count(r, TARGET_FAILED) ? EXIT_ENVIRONMENT
					       : EXIT_REFUSED;
	}
	rc = plan_write(r->target, r->ntargets, &r->s, &r->opts, &r->perm,
			&path, &r->bundle_bytes, e);
	r->t_pack = target_now_ns();
	if (rc == 0 && r->opts.keep)
		rc = keep_c(r, path, e);
	if (rc < 0)
		return cmd_fail(e);
	if (!r->opts.quiet) {
		print_table(r);
		printf("%s: %zu bytes, %zu of %zu kernels, %.0f ms\n", path,
		       r->bundle_bytes, count(r, TARGET_OK), r->ntargets,
		       ms(r->t_pack - r->begin));
	}
	if (r->opts.verbose)
		print_times(r);
	return EXIT_DONE;
}

static int run_build(struct run *r, struct err *e)
{
	int rc = make_session(r, e);

	if (rc == 0)
		rc = choose_targets(r, e);
	if (rc < 0)
		return cmd_fail(e);
	rc = front_end(r);
	if (rc != EXIT_DONE)
		return rc;
	if (r->opts.last_pass <= 3)
		return print_pass(r);
	return back_end(r, e);
}

int cmd_build(int argc, char **argv)
{
	static struct run r;
	struct err e = { 0 };
	int rc;

	r.begin = target_now_ns();
	arena_init(&r.perm);
	diags_init(&r.diags);
	if (opts_parse(&r.opts, argc, argv, &e) < 0)
		return cmd_fail(&e);
	if (r.opts.help) {
		opts_usage();
		return EXIT_DONE;
	}
	rc = run_build(&r, &e);
	for (size_t i = 0; i < r.ntargets; i++)
		target_deinit(&r.target[i]);
	compiler_deinit(&r.compiler);
	free(r.target);
	free(r.arg_used);
	opts_deinit(&r.opts);
	diags_deinit(&r.diags);
	arena_deinit(&r.perm);
	return rc;
}
