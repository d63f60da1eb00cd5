/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The script language: bytes → tokens (once per run) → preprocessor and parser
 * (once per target) → struct ast_file.
 *
 * Names in the tree are interned (build/base/intern.h).  The tree points into
 * the token vector and the source, which must live longer.
 */
#ifndef BUILD_LANG_LANG_H
#define BUILD_LANG_LANG_H

#include "build/base/src.h"
#include "build/base/vec.h"
#include "build/lang/ast.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct diags;
struct lexed;	  /* build/lang/lex.h */
struct pp_macros; /* build/lang/pp.h */
struct tok;

/* What a language version we report as systemtap_v. */
#define LANG_SYSTEMTAP_V "5.6"

/* Points that one line of braces, or one alias, may stand for. */
#define LANG_MAX_POINTS 4096

/**
 * struct lang_args - script arguments $1 @1 … $# @#
 * @used: @n flags, set for each argument some file mentions; may be NULL
 */
struct lang_args {
	const char *const *arg;
	size_t n;
	bool *used;
};

/**
 * lang_lex() - the tokens of a source, for any number of targets
 * @a: owns the result
 * @args: NULL = no arguments
 * @d: gets warnings only; what cannot be a token is kept as an error token and
 *     reported by lang_parse() if it is reached
 *
 * Return: never NULL.
 */
struct lexed *lang_lex(struct arena *a, struct src *s,
		       const struct lang_args *args, struct diags *d);

/* What lang_outline() finds; only the first word of an alias. */
enum outline_kind { OUTLINE_FUNC, OUTLINE_GLOBAL, OUTLINE_ALIAS };
typedef void (*outline_fn)(void *arg, enum outline_kind kind, const char *name);

/**
 * lang_outline() - which names a source defines, some ten times as fast as lang_lex()
 * @found: called for each, in order, for both arms of a condition; names are interned
 * @d: gets the warnings that lang_lex() would give
 *
 * Script arguments are not looked into: none stands where a name is defined.
 */
void lang_outline(struct src *s, outline_fn found, void *arg, struct diags *d);

/**
 * struct pp_target - answers to conditions that ask about the kernel
 * @kernel_vr: full release; @arch: as kit_arch (x86_64, arm64, …)
 * @config: raw text after "CONFIG_X=" or NULL when it is not set
 */
struct pp_target {
	const char *kernel_vr, *arch;
	const char *(*config)(void *arg, const char *name);
	void *arg;
};

/* One answer that depended on the target. */
struct pp_term {
	const struct tok *lhs, *rhs;
	int op; /* enum tokk */
	bool taken;
};

/**
 * struct pp_trace - the answers a parse depended on, in order
 *
 * Two targets that give the same answers have the same tree.  Memory is from
 * the arena given to lang_parse().
 */
struct pp_trace {
	VEC(struct pp_term) terms;
};

/**
 * struct pp_env - everything besides the tokens that a parse depends on
 * @target: NULL = none; a condition about the kernel is then an error
 * @library: macros of the .stpm files, or NULL
 * @systemtap_v: --compatible, or NULL for LANG_SYSTEMTAP_V
 * @runtime: NULL = "kernel"; @privilege: NULL = "stapdev"
 * @guru: -g
 * @trace: collects target-dependent answers, or NULL
 */
struct pp_env {
	const struct pp_target *target;
	const struct pp_macros *library;
	const char *systemtap_v, *runtime, *privilege;
	bool guru;
	struct pp_trace *trace;
};

/** pp_trace_holds() - would a parse with @env give the same answers? */
bool pp_trace_holds(const struct pp_trace *t, const struct pp_env *env);

/**
 * lang_parse() - the tree of one file
 * @a: owns the tree
 *
 * Return: NULL when there were errors; they are in @d.
 */
struct ast_file *lang_parse(struct arena *a, const struct lexed *lx,
			    const struct pp_env *env, struct diags *d);

/** lang_macros_new() - an empty set of library macros */
struct pp_macros *lang_macros_new(struct arena *a);
/**
 * lang_macros_add() - add the @defines of one .stpm file
 *
 * Only @env->target, versions and privileges are used; @env->library is not.
 * Return: false when the file has errors (reported; none of it was added).
 */
bool lang_macros_add(struct pp_macros *m, const struct lexed *lx,
		     const struct pp_env *env, struct diags *d);

/** lang_print() - a program text that parses to the same tree */
void lang_print(struct buf *b, const struct ast_file *f);
void lang_print_expr(struct buf *b, const struct ast_expr *e);
/** lang_print_stmt() - one statement and its newline, @depth levels indented */
void lang_print_stmt(struct buf *b, const struct ast_stmt *s, int depth);
/** lang_print_point() - "kernel.function("x").return?" without condition */
void lang_print_point(struct buf *b, const struct ast_point *p);

/**
 * embed_new() - the C of token @t with what its comments say
 *
 * The comments are searched for as text: C is not lexed.
 */
struct embed *embed_new(struct arena *a, const struct tok *t);
/** embed_flag_text() - the comment that sets @flag, without its marks */
const char *embed_flag_text(uint32_t flag);

/* Deep copies for passes that need one body per probe point.  Symbols,
 * functions and intrinsics already bound are shared, names and spans too. */
struct ast_expr *lang_clone_expr(struct arena *a, const struct ast_expr *e);
struct ast_stmt *lang_clone_stmt(struct arena *a, const struct ast_stmt *s);

/**
 * lang_unescape() - append the bytes that EX_STRING/FMT_LIT text stands for
 *
 * "\0" gives a NUL byte: the value of the string ends there, buf has them all.
 */
void lang_unescape(struct buf *b, const char *str);
/** lang_c_string() - append a C string literal, quotes included, for @str */
void lang_c_string(struct buf *b, const char *str);
/** lang_escape() - append @n plain bytes in EX_STRING form */
void lang_escape(struct buf *b, const char *p, size_t n);

/** lang_print_name() - "printf", "sprintln", … */
const char *lang_print_name(const struct ast_print *pr);
/** lang_fmt_nargs() - how many arguments a format takes ('*' counts) */
size_t lang_fmt_nargs(const struct ast_print *pr);

#endif
