/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run reads: options, scripts, kits. */
#include "build/run.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/kit/kit.h"
#include "build/lang/since.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

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

/* A program, a bundle, a package: one line, not the parser's thousands. */
static int check_text(const char *file, const struct src *s, struct err *e)
{
	static const char bundle[] = "tap-1/manifest";

	if (!memchr(s->text, '\0', s->len))
		return 0;
	err_set(e, ERR_FORMAT, "'%s' is not a script: it is not text", file);
	if (s->len >= sizeof(bundle) &&
	    !memcmp(s->text, bundle, sizeof(bundle)))
		return err_hint(
			e, "it is a bundle: taprun %s, or tapbuild info %s",
			file, file);
	return e->code;
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
	if (src_load(&r->perm, r->opts.file, &r->s.script, e) < 0)
		return e->code;
	return check_text(r->opts.file, r->s.script, e);
}

/* The script first, then what -E adds. */
static int load_scripts(struct run *r, struct err *e)
{
	const char **text;
	struct src **src;

	if (!opts_is_listing(&r->opts)) {
		if (load_script(r, e) < 0)
			return e->code;
		vec_apush(&r->perm, &r->sources, r->s.script);
	}
	vec_foreach(text, &r->opts.extra)
		vec_apush(&r->perm, &r->sources,
			  src_from_text(&r->perm, "<input>", *text,
					strlen(*text)));
	vec_foreach(src, &r->sources)
		(*src)->version = since_version(r->opts.compatible);
	return 0;
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

/* Options that are short for limits. */
static void implied_limits(struct limits *l, const struct opts *o)
{
	uint32_t mb = 1;

	if (o->suppress_handler_errors) {
		l->maxerrors = INT32_MAX;
		l->maxskipped = UINT32_MAX;
	}
	if (o->suppress_time_limits) {
		l->maxaction_interruptible = INT64_MAX;
		l->no_overload = 1;
		/* Ten seconds: a CPU that spins for longer is lost. */
		l->maxtrylock = 1000000;
	}
	/* The ring is a power of two; the largest that 32 bits count is 2 GB. */
	while (mb < o->buffer_mb && mb < 2048)
		mb *= 2;
	if (o->buffer_mb)
		l->ring_bytes = (int64_t)mb << 20;
}

static int set_limits(struct session *s, const struct opts *o, struct err *e)
{
	limits_init(&s->limits);
	for (size_t i = 0; i < o->define.n; i++) {
		int rc = limits_set(&s->limits, o->define.v[i], e);

		/* Any other name is a macro for embedded C. */
		if (rc < 0 && rc != ERR_NOT_FOUND)
			return rc;
	}
	implied_limits(&s->limits, o);
	return 0;
}

/* The default tapset is searched before -I (features.md 3.1). */
static const char **search_path(struct run *r)
{
	const struct opts *o = &r->opts;
	const char **v = arena_array(&r->perm, const char *, o->include.n + 1);

	v[0] = home_dir(&r->perm, "tapset");
	for (size_t i = 0; i < o->include.n; i++)
		v[i + 1] = o->include.v[i];
	return v;
}

int run_make_session(struct run *r, struct err *e)
{
	struct opts *o = &r->opts;
	struct session *s = &r->s;

	if (check_include(o, e) < 0)
		return e->code;
	*s = (struct session){
		.perm = &r->perm,
		.args = o->args.v,
		.nargs = o->args.n,
		.include = search_path(r),
		.ninclude = o->include.n + 1,
		.global_set = o->global_set.v,
		.nglobal_set = o->global_set.n,
		.define = o->define.v,
		.ndefine = o->define.n,
		.kbuild = o->kbuild.v,
		.nkbuild = o->kbuild.n,
		.modinfo = o->modinfo.v,
		.nmodinfo = o->modinfo.n,
		.compatible = o->compatible,
		.guru = o->guru,
		.unoptimized = o->unoptimized,
		.no_warnings = o->no_warnings,
		.warnings_are_errors = o->warnings_are_errors,
		.timing = o->timing,
		.skip_badvars = o->skip_badvars,
		.suppress_handler_errors = o->suppress_handler_errors,
		.no_global_display = o->no_global_display,
		.verbose = o->verbose,
	};
	if (set_limits(s, o, e) < 0)
		return e->code;
	return load_scripts(r, e);
}

static int set_rlimit(__rlimit_resource_t what, const char *name,
		      const char *text, struct err *e)
{
	struct rlimit l;

	if (!text)
		return 0;
	l.rlim_cur = l.rlim_max = strtoull(text, NULL, 10);
	if (setrlimit(what, &l) < 0)
		return err_sys(e, "--rlimit-%s: cannot set %s", name, text);
	return 0;
}

int run_limits(const struct opts *o, struct err *e)
{
	struct stat st;

	if (set_rlimit(RLIMIT_AS, "as", o->rlimit_as, e) < 0 ||
	    set_rlimit(RLIMIT_CPU, "cpu", o->rlimit_cpu, e) < 0 ||
	    set_rlimit(RLIMIT_NPROC, "nproc", o->rlimit_nproc, e) < 0 ||
	    set_rlimit(RLIMIT_STACK, "stack", o->rlimit_stack, e) < 0 ||
	    set_rlimit(RLIMIT_FSIZE, "fsize", o->rlimit_fsize, e) < 0)
		return e->code;
	if (o->tmpdir && (stat(o->tmpdir, &st) < 0 || !S_ISDIR(st.st_mode)))
		return err_set(e, ERR_NOT_FOUND,
			       "--tmpdir: '%s' is not a directory", o->tmpdir);
	if (o->tmpdir)
		setenv("TMPDIR", o->tmpdir, 1);
	/* The guard that removes temporary directories asks for this. */
	if (o->keep)
		setenv("TAP_KEEP", "1", 1);
	return 0;
}

/* ---- targets --------------------------------------------------------------- */

static int no_kit(const char *what, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "no kit matches '%s'", what);
	return err_hint(e,
			"tapbuild kit list shows the kits; tapbuild kit fetch "
			"MANIFEST or kit add PACKAGE... makes some");
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

static int named_targets(struct run *r, struct err *e)
{
	struct opts *o = &r->opts;
	const char **release;
	int rc = 0, n;

	for (size_t i = 0; rc == 0 && i < o->kernels.n; i++)
		rc = add_targets(r, o->kernels.v[i], e);
	if (rc == 0 && o->all)
		rc = add_targets(r, "*", e);
	if (rc < 0 || !o->manifest)
		return rc;
	n = kit_manifest_releases(&r->perm, o->manifest, &release, e);
	for (int i = 0; i < n && rc == 0; i++)
		rc = add_targets(r, release[i], e);
	return n < 0 ? n : rc;
}

/* As in stap the running kernel is meant; before pass 4 there may be none. */
static int default_target(struct run *r, struct err *e)
{
	struct opts *o = &r->opts;
	struct utsname u;
	int rc;

	uname(&u);
	rc = add_targets(r, u.release, e);
	if (rc != ERR_NOT_FOUND)
		return rc;
	if (opts_is_listing(o) || (o->last_pass && o->last_pass <= 3)) {
		r->target = xcalloc(1, sizeof(*r->target));
		target_init(&r->target[r->ntargets++], NULL);
		return 0;
	}
	err_set(e, ERR_NOT_FOUND,
		"no kit matches '%s', the kernel that runs here", u.release);
	return err_hint(e, "name the kernels: -r RELEASE, --all, or "
			   "--manifest FILE; tapbuild kit list shows them");
}

/* -a: the kernels of other machines are not meant. */
static int keep_machine(struct run *r, struct err *e)
{
	const char *arch = r->opts.arch;
	size_t n = 0;

	for (size_t i = 0; i < r->ntargets; i++) {
		struct target *t = &r->target[i];

		if (arch && t->kit && strcmp(arch, kit_info(t->kit)->machine))
			target_deinit(t);
		else
			r->target[n++] = *t;
	}
	r->ntargets = n;
	if (!n)
		return err_set(e, ERR_NOT_FOUND, "no kit is of machine '%s'",
			       arch);
	return 0;
}

int run_choose_targets(struct run *r, struct err *e)
{
	int rc = named_targets(r, e);

	if (rc == 0 && !r->ntargets)
		rc = default_target(r, e);
	for (size_t i = 0; rc == 0 && i < r->ntargets; i++)
		if (r->target[i].kit_path)
			rc = target_open(&r->target[i], e);
	if (rc == 0)
		rc = keep_machine(r, e);
	/* realloc moved the arenas' owners, never their chunks. */
	if (rc == 0)
		qsort(r->target, r->ntargets, sizeof(*r->target), by_release);
	return rc;
}
