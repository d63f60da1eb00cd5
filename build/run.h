/* SPDX-License-Identifier: GPL-2.0-only */
/* One run of the build command: what its files share. */
#ifndef BUILD_RUN_H
#define BUILD_RUN_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/base/vec.h"
#include "build/link/compile.h"
#include "build/opts.h"
#include "build/pack/units.h"
#include "build/session.h"
#include "build/target.h"

#include <sys/resource.h>

struct err;
struct library;

/** struct pass_clock - when a pass began */
struct pass_clock {
	struct rusage used, children;
	uint64_t ns;
};

/**
 * struct run - everything one run of the command holds
 * @scripts: the script, then the -E texts
 * @diags: about the run as a whole: lexing, tapset
 * @arg_used: per script argument
 * @clock: of the pass that is going on
 * @units: with --shard, and for tapbuild plan
 */
struct run {
	struct opts opts;
	struct arena perm;
	struct session s;
	VEC(struct src *) sources;
	VEC(struct lexed *) scripts;
	struct library *lib;
	struct diags diags;
	struct compiler compiler;
	struct target *target;
	size_t ntargets;
	uint64_t begin, t_front, t_cc, t_link, t_pack;
	size_t bundle_bytes;
	bool *arg_used;
	struct pass_clock clock;
	struct units units;
};

/* ---- run_inputs.c ---- */

/** run_make_session() - options to session, scripts read */
int run_make_session(struct run *r, struct err *e);
/** run_choose_targets() - open the kits; without any, a target without kernel */
int run_choose_targets(struct run *r, struct err *e);
/** run_limits() - --rlimit-… and --tmpdir, for this process */
int run_limits(const struct opts *o, struct err *e);

/* ---- run_shard.c ---- */

/** run_make_units() - the plan of all chosen targets, into @r->units */
int run_make_units(struct run *r, struct err *e);
/** run_keep_shard() - with --shard: the plan, then only the shard's targets */
int run_keep_shard(struct run *r, struct err *e);

/* ---- run_front.c ---- */

/**
 * run_pass_parse(), run_pass_sema() - passes 1 and 2 over all targets
 *
 * A target that refuses the script is out of the run with its reason; the others go
 * on.
 */
void run_pass_parse(struct run *r);
void run_pass_sema(struct run *r);
/** run_first_good() - the first target still in the run, for -p1 … -p3 */
struct target *run_first_good(struct run *r);
bool run_all_refused(const struct run *r);
/** run_deinit() - free all but the options */
void run_deinit(struct run *r);

/* ---- run_report.c ---- */

size_t run_count(const struct run *r, enum target_status st);
/** run_print_diags() - to stderr, in colours if they are wanted */
void run_print_diags(const struct run *r, const struct diags *d);
void run_print_warnings(const struct run *r);
/** run_print_failed_pass() - "Pass 2: analysis failed." */
void run_print_failed_pass(const struct run *r, const struct target *t);
/** run_print_table() - kernels, modules, sizes, states; run_print_times() - -v */
void run_print_table(const struct run *r);
void run_print_times(const struct run *r);
void run_explain_unsupported(const struct run *r);
/** run_explain_failed() - why tools failed, each reason once, and what helps */
void run_explain_failed(struct run *r);
double run_ms(uint64_t ns);

/** run_pass_begin() - start the clock of a pass */
void run_pass_begin(struct run *r);
/** run_pass_done() - with verbosity of that pass: "Pass N: TEXT using … in … ms." */
void run_pass_done(struct run *r, int pass, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- run_answer.c ---- */

/**
 * struct answer - of -l or -L, as the same question had before
 * @path: where it is kept, in @dir; NULL: it is not
 * @hint: "" where there was none; @text: @len bytes; both in @file
 * @began_ns: when it was asked
 */
struct answer {
	const char *dir, *path, *hint, *text;
	size_t len;
	uint64_t began_ns;
	struct buf file;
};

/** run_answer_find() - is it known?  buf_deinit() @ret->file in any case */
bool run_answer_find(struct run *r, struct target *t, struct answer *ret);
/** run_answer_keep() - keep what was found out, if that took a while */
void run_answer_keep(const struct answer *x, const char *hint,
		     const struct buf *text);

/* ---- run_list.c ---- */

/** run_list() - -l, -L, --dump-…: print and return the exit code */
int run_list(struct run *r);

#endif
