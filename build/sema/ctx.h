/* SPDX-License-Identifier: GPL-2.0-only */
/* What the passes of one front-end run share. */
#ifndef BUILD_SEMA_CTX_H
#define BUILD_SEMA_CTX_H

#include "build/base/map.h"
#include "build/base/similar.h"
#include "build/base/vec.h"
#include "build/lang/ast.h"
#include "build/sema/sema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btfv;
struct family;

/**
 * struct scope_file - one parsed file and the names only it can see first
 * @globals: name → struct sym; private ones too
 * @is_expanded: its probes have been derived
 */
struct scope_file {
	struct ast_file *ast;
	struct map globals;
	bool is_expanded;
};

/**
 * struct func_info - a function and where its names are looked up
 * @context: does it, or what it calls, use $variables of the place it runs at?
 * @next: may it go on to the next overload?
 * @casting: may what it returns be a pointer to something by its @cast?
 * @returns: what it points to then, once @has_returns
 * @origin: this is a copy, made for one place
 * @at_entry: a copy that runs at function entry for a return probe
 */
struct func_info {
	struct ast_func *f;
	struct scope_file *file;
	struct func_info *origin;
	enum { CONTEXT_UNKNOWN, CONTEXT_NO, CONTEXT_YES } context;
	enum { NEXT_UNKNOWN, NEXT_NO, NEXT_YES } next;
	enum { CASTING_UNKNOWN, CASTING_NO, CASTING_YES } casting;
	uint32_t returns;
	bool has_returns;
	bool is_bound, at_entry;
	bool typed_by_use; /* callers may say what it returns: not if only "return;" */
	bool is_broken; /* an error in it was reported */
};

/**
 * struct func_set - everything called @name, in overload order
 * @is_broken: a library file with this name has errors, which were reported
 * @has_private: some are of one file only
 */
struct func_set {
	const char *name;
	VEC(struct func_info *) v;
	bool is_library_loaded, is_broken, has_private;
};

/**
 * struct body_part - a piece of a handler, from the probe or from an alias
 *
 * All parts of one handler share its locals; globals are looked up in the file
 * the part was written in.
 */
struct body_part {
	struct ast_stmt *s;
	struct scope_file *file;
	bool is_alias;
	const struct ast_probe *def; /* where it stands: the probe or alias */
};

/** struct handler - a dprobe while its names are being bound */
struct handler {
	struct dprobe *p;
	const struct family *fam;
	struct scope_file *file; /* of the probe that was written */
	VEC(struct body_part) parts;
	struct map locals;	   /* name → struct sym */
	bool is_never;		   /* checked, then dropped */
	bool is_broken;		   /* an error in it was reported */
	struct handler *same_hash; /* while one probe is being expanded */
};

/** struct perf_counter - of perf.….counter("NAME"), or only of @perf("NAME") */
struct perf_counter {
	const char *name;
	struct span at; /* where it is defined, else first read */
	bool is_defined;
};

/** struct place_memo - what debug information has of the place asked for last */
struct place_memo {
	const char *module, *func;
	uint64_t addr;
	const struct dwplace *pl; /* NULL: nothing */
};

/**
 * struct sema - one front-end run
 * @btf: of the kit, NULL without one
 * @files: the user's @nuser first, then library files in the order they were needed
 * @funcs: used functions in order of first reference
 * @place: @a is its owner; no function: none was asked for
 * @nums: kernel numbers; EX_KNUM.num indexes this until sema_number() runs
 */
struct sema {
	const struct sema_in *in;
	struct session *s;
	struct arena *a;
	struct diags *d;
	const struct kit *kit;
	const struct btfv *btf;
	struct program *prog;
	VEC(struct scope_file *) files;
	size_t nuser;
	struct map loaded; /* path → struct scope_file */
	struct map aliases; /* first word → those of @naliased files: alias.c */
	size_t naliased;
	struct map fsets; /* name → struct func_set */
	VEC(struct func_info *) funcs;
	VEC(struct func_info *) clones; /* used or not */
	VEC(struct handler *) handlers;
	VEC(int64_t) nums;
	VEC(struct perf_counter) counters; /* by the number the runtime has */
	unsigned int call_depth; /* of calls that a recursive pass is in */
	bool is_too_deep;	 /* that was reported */
	bool is_partial; /* broken parts are gone: what is missing says nothing */
	struct place_memo place;
	struct map warned; /* places that had their warning, by "src:offset" */
};

/* No chain of calls is longer: walking it recursively is safe. */
#define SEMA_MAX_CALLS 1000
/** sema_enter_call() - one call deeper; false, reported, when that is too deep */
bool sema_enter_call(struct sema *sm, const struct span *at);

/** ty_name() - "long", "string", "stats", "unknown" */
const char *ty_name(enum ty t);

/** sema_infer() - types of everything reachable; reports conflicts */
void sema_infer(struct sema *sm);
/** sema_check() - what must hold after inference */
void sema_check(struct sema *sm);
/** sema_regex() - compile every pattern; reports what is wrong with them */
void sema_regex(struct sema *sm);
/** sema_keeps_groups() - does the program ask what the last =~ matched? */
bool sema_keeps_groups(struct sema *sm);

/** sema_counter_use() - the number of a counter that is read */
size_t sema_counter_use(struct sema *sm, const char *name, struct span at);
/** sema_counter_define() - the same of one that is made; false, reported, when
 *  there is one of this name */
bool sema_counter_define(struct sema *sm, const char *name, struct span at,
			 int64_t *id);
/** sema_counter_known() - has one of this name been defined so far? */
bool sema_counter_known(const struct sema *sm, const char *name);
/** sema_counters_check() - report those that are read and never defined */
void sema_counters_check(struct sema *sm);

/** sema_check_embed() - what a function in C says of itself can be kept to */
void sema_check_embed(struct sema *sm, struct ast_func *f);
/** sema_check_guru() - is the place of call @e allowed what it calls? */
void sema_check_guru(struct sema *sm, const struct ast_expr *e);
/** sema_embed_blocks() - top-level C into the program, if any C is used */
void sema_embed_blocks(struct sema *sm);

/**
 * sema_optimize() - drop what has no effect, with warnings about user code
 *
 * Names are bound, types need not be known: what is dropped is never checked.
 */
void sema_optimize(struct sema *sm);
/** sema_join() - make one of equal handlers of one probe statement */
void sema_join(struct sema *sm);
/**
 * sema_reach() - number anew the functions and globals that handlers use
 * @never_too: handlers of never probes count as well
 *
 * Return: was any let go?
 */
bool sema_reach(struct sema *sm, bool never_too);

/**
 * sema_drop_broken() - go on without the handlers and functions that have errors
 *
 * For --semantic-keep-going: later steps see only what earlier ones accepted.
 */
void sema_drop_broken(struct sema *sm);

/**
 * sema_fold() - fold constants in *@e in place
 *
 * Dead arms of ?:, && and || disappear.  Division by a constant zero stays and
 * fails at run time.
 */
void sema_fold(struct sema *sm, struct ast_expr **e);
/** sema_fold_stmt() - fold everything below, drop dead branches */
void sema_fold_stmt(struct sema *sm, struct ast_stmt **s);

struct btft;

/**
 * sema_bind() - the program is for this kernel alone: the first reason counts
 * sema_rely_member(), sema_rely_type() - it uses a member of @t, or all of it
 *
 * What is noted may be more than what is left in the end.
 */
void sema_bind(struct sema *sm, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void sema_rely_member(struct sema *sm, const struct btft *t, const char *name);
void sema_rely_type(struct sema *sm, const struct btft *t);

/** sema_knum() - an EX_KNUM node for @value, a number that depends on the kernel */
struct ast_expr *sema_knum(struct sema *sm, struct span at, int64_t value);
/** sema_number() - keep what the probes reach and give it its final numbers */
void sema_number(struct sema *sm);

#endif
