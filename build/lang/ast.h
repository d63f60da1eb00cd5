/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The syntax tree: what the parser makes, sema annotates and emit prints.
 *
 * Life of a node: the parser fills kind, span and children; sema sets type,
 * binds names to symbols and LOWERS target variables into the EX_ARG …
 * EX_KREAD nodes below, so that emit never sees EX_TARGET, EX_ATCAST, EX_ATENTRY
 * or EX_DEFINED.  All nodes belong to the arena of one (script, target) front-end
 * run.  Lists are arrays with a count, in source order.
 */
#ifndef BUILD_LANG_AST_H
#define BUILD_LANG_AST_H

#include "build/base/src.h"
#include "build/base/vec.h"
#include "runtime/gen.h"

#include <stdbool.h>
#include <stdint.h>

enum ty { TY_UNKNOWN, TY_LONG, TY_STRING, TY_STAT };

enum ex {
	EX_NUMBER, /* num */
	EX_STRING, /* str: bytes with script escapes still in C form (\n, \x41) */
	EX_NAME,   /* name; sym after sema (global or local scalar/stat) */
	EX_INDEX,  /* array element: name, args = keys (NULL key = "*"), sym */
	EX_CALL,   /* name, args; func or intrinsic after sema */
	EX_UNARY,  /* op in - + ! ~ ; a */
	EX_BINARY, /* op; a, b.  Includes && || comparisons and "." (concat) */
	EX_COND,   /* a ? b : c */
	EX_ASSIGN, /* op: OP_SET, OP_FEED, OP_ADD for += …; a lvalue, b */
	EX_INCDEC, /* op OP_ADD or OP_SUB, is_prefix; a lvalue */
	EX_IN, /* args in name (args: keys, NULL = "*"); sym; or a = EX_HIST */
	EX_REGEX,  /* a =~ str; is_not: a !~ str; regex */
	EX_PRINT,  /* print family: print; args */
	EX_STATOP, /* @count(a) …: statop; @variance(a, shift): num */
	EX_HIST, /* @hist_log(a) / @hist_linear(a, lo, hi, step): hist; only in
		      print, [] and foreach */
	EX_HISTIDX,  /* a = EX_HIST, b = bucket number */
	EX_TARGET,   /* $name / @var("…"): target */
	EX_ATCAST,   /* @cast(target->operand, "type"[, "module"]): target */
	EX_AUTOCAST, /* e->m, e[i] on a plain value: target->operand, sel */
	EX_ATENTRY,  /* @entry(a) */
	EX_DEFINED,  /* @defined(a) */
	EX_ATOP,     /* other @word(args): name "@const", "@enum", … */
	EX_EMBEDDED, /* %{ … %}: str, embed; an EX_CALL after sema */

	/* made by sema only; all of type long */
	EX_ARG, /* lowered: entry argument num (0-based), access says width */
	EX_RETVAL, /* lowered: return value, access says width */
	EX_SAVED, /* lowered: snapshot num (index into dprobe.saved), type set */
	EX_KREAD, /* lowered: safe read at address a, access says width/bits/space */
	EX_KNUM, /* lowered: kernel number num (index into program.nums) */
};

/* Operators; two- and three-character ones are named. */
enum op {
	OP_NONE,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_MOD,
	OP_AND,
	OP_OR,
	OP_XOR,
	OP_SHL,
	OP_SHR,
	OP_USHR,
	OP_LAND,
	OP_LOR,
	OP_LT,
	OP_GT,
	OP_LE,
	OP_GE,
	OP_EQ,
	OP_NE,
	OP_CONCAT,
	OP_NOT,
	OP_COMPL,
	OP_NEG,
	OP_PLUS,
	OP_SET,	 /* plain = */
	OP_FEED, /* <<< */
};

enum statop {
	ST_COUNT,
	ST_SUM,
	ST_MIN,
	ST_MAX,
	ST_AVG,
	ST_VARIANCE,
};

/* One suffix of a target expression: ->name, [expr] */
struct ast_sel {
	struct span at;
	const char *member;	/* ->member, or NULL */
	struct ast_expr *index; /* [index], or NULL */
};

/**
 * struct ast_target - $x->a[i]$$, @var("x")->…, @cast(p, "t")->…
 * @name: "$x" with its dollar ("$return", "$$parms"), without pretty suffix;
 *        @var: "x"; @cast and autocast: NULL
 * @addressof: &$x…
 * @pretty: number of trailing $ (0, 1, 2)
 */
struct ast_target {
	const char *name;
	struct ast_expr *operand;	/* @cast pointer, autocast value */
	const char *cast_type, *module; /* @cast / @var module, may be NULL */
	bool is_atvar;
	bool addressof;
	unsigned int pretty;
	struct ast_sel *sel;
	size_t nsel;
};

/** struct access - width and place of a lowered load */
struct access {
	uint8_t bytes; /* 1, 2, 4, 8 */
	bool is_signed;
	bool is_user;	     /* user address space */
	uint8_t bits, shift; /* bit field: width (0 = whole) and low bit */
};

enum print_kind {
	PR_PRINT,
	PR_PRINTLN,
	PR_PRINTD,
	PR_PRINTDLN,
	PR_PRINTF,
	PR_CHAR
};

/* One piece of a parsed format string. */
struct fmt_piece {
	enum { FMT_LIT, FMT_CONV } kind;
	const char *lit; /* FMT_LIT: C-escaped bytes, as in EX_STRING */
	char conv;	 /* d i u o x X p c s b m M */
	uint32_t flags;	 /* TAPRT_F_* */
	int width, prec; /* -1 = none; -2 = from the argument list (*) */
};

struct ast_print {
	enum print_kind kind;
	bool to_string;	       /* s… form */
	const char *delim;     /* printd/printdln */
	struct fmt_piece *fmt; /* printf/sprintf: pieces */
	size_t nfmt;
};

/* Numbers of build/lang/embed.def; flags are 1 << number. */
enum embed_number {
#define EMBED(name, text) EMBED_NR_##name,
#include "build/lang/embed.def"
#undef EMBED
};

enum embed_flag {
#define EMBED(name, text) EMBED_##name = 1 << EMBED_NR_##name,
#include "build/lang/embed.def"
#undef EMBED
};

/** struct embed_use - a global that C reads or writes; sym after sema */
struct embed_use {
	const char *name;
	struct span at;
	bool is_write;
	struct sym *sym;
};

/**
 * struct embed - C in a script: a function's body, an expression or a block
 * @at: of the token, "%{" included; @text: what stands between the marks
 * @flags: enum embed_flag
 * @is_expr: sema made the function for an expression
 * @is_whole: @at covers marks and text, byte for byte: not from an argument
 */
struct embed {
	struct span at;
	const char *text;
	uint32_t flags;
	bool is_expr, is_whole;
	VEC(struct embed_use) uses;
};

struct regex; /* build/regex/regex.h */

/**
 * struct ast_regex - the pattern of a =~ or !~
 * @at: its literal, or the first of those that stand side by side
 * @re: compiled by sema
 */
struct ast_regex {
	struct span at;
	struct regex *re;
};

struct ast_func;
struct sym;
struct intrinsic; /* build/sema/intrinsic.h */

struct ast_expr {
	enum ex kind;
	enum ty type;
	enum op op;
	bool is_prefix, is_not;
	enum statop statop;
	struct span at;
	int64_t num;
	const char *name; /* interned: compare with == only after intern() */
	const char *str;
	struct ast_expr *a, *b, *c;
	struct ast_expr **args;
	size_t nargs;
	struct sym *sym;
	struct ast_func *func;
	const struct intrinsic *intrinsic;
	struct taprt_hist hist;
	struct access access;
	struct ast_target *target;
	struct ast_print *print;
	struct embed *embed;
	struct ast_regex *regex;
	uint32_t btf_type; /* sema: what this long points to (autocast), or 0 */
	uint32_t height;   /* parser: levels below, bounded (LANG_MAX_HEIGHT) */
};

/* No expression or statement tree is higher: walking it recursively is safe. */
#define LANG_MAX_HEIGHT 1000

enum st {
	ST_EMPTY,
	ST_EXPR,    /* e */
	ST_BLOCK,   /* body[] */
	ST_IF,	    /* e, then, otherwise (may be NULL) */
	ST_WHILE,   /* e, then */
	ST_FOR,	    /* init, e (may be NULL), step, then */
	ST_FOREACH, /* foreach */
	ST_RETURN,  /* e or NULL */
	ST_BREAK,
	ST_CONTINUE,
	ST_NEXT,
	ST_DELETE, /* e: EX_NAME (scalar or whole array) or EX_INDEX (NULL keys = *) */
	ST_TRY, /* then, catch_name/sym (may be NULL), otherwise = handler */
};

/**
 * struct ast_foreach - foreach (v = [k1,k2] in A[slice] sort limit N) S
 * @sort: enum taprt_sort_by (+ key number); @desc
 * @slice: nkeys expressions, NULL = "*"; NULL array when there is no slice
 */
struct ast_foreach {
	const char **keys;
	struct sym **key_syms;
	struct span *key_spans;
	size_t nkeys;
	const char *value; /* or NULL */
	struct sym *value_sym;
	const char *array; /* name, or NULL for a histogram */
	struct span array_at;
	struct sym *array_sym;
	struct ast_expr *hist; /* EX_HIST, or NULL */
	struct ast_expr **slice;
	size_t nslice;
	uint32_t sort;
	bool desc;
	struct ast_expr *limit;
};

struct ast_stmt {
	enum st kind;
	struct span at;
	struct ast_expr *e, *init, *step;
	struct ast_stmt *then, *otherwise;
	struct ast_stmt **body;
	size_t nbody;
	struct ast_foreach *foreach;
	const char *catch_name; /* ST_TRY: or NULL */
	struct span catch_at;
	struct sym *catch_sym;
	uint32_t outline; /* emit: so many from here on are a C function */
};

/* ---- declarations ----------------------------------------------------------- */

enum sym_kind { SYM_GLOBAL, SYM_LOCAL, SYM_PARAM };

/**
 * struct sym - a variable
 * @type: of the value (element type for arrays)
 * @index: SYM_GLOBAL: position in program.globals; locals: in their owner's list
 * @arity: number of keys; 0 = scalar, -1 = not known yet
 */
struct sym {
	enum sym_kind kind;
	const char *name;
	struct span at;	     /* declaration or first use */
	struct span type_at; /* where the type came from (for conflict notes) */
	enum ty type;
	int index;
	int arity;
	enum ty keys[TAPRT_MAXKEYS];
	struct span key_at[TAPRT_MAXKEYS];
	bool is_private, wrap, is_library;
	bool is_reported; /* sema: an error about it was shown, say no more */
	bool is_lost; /* sema: what is wrong uses it, its type may be unknown */
	bool is_set;  /* sema: -G names it */
	int64_t max_entries;	/* 0 = default */
	struct ast_expr *init;	/* EX_NUMBER / EX_STRING, or NULL */
	struct taprt_hist hist; /* the one histogram of a statistic */
	struct span shift_at;	/* of the @variance that gave @shift */
	uint8_t keep;		/* what is read: enum taprt_keep */
	uint8_t shift;		/* @variance(s, shift) */
	bool is_read, is_written, is_fed; /* sema: used how */
	uint32_t btf_type;		  /* autocast */
	struct infer_users *users;	  /* sema: what depends on its type */
};

struct ast_global {
	struct span at;
	struct sym *sym;
};

struct ast_func {
	struct span at;
	const char *name;
	bool is_private, is_library;
	int priority; /* :N, 0 = none given */
	enum ty type; /* declared or inferred; TY_UNKNOWN = returns nothing */
	bool type_declared;
	struct span type_at; /* what decided the type, for conflict notes */
	struct sym **params;
	size_t nparams;
	struct ast_stmt *body;
	const char *embedded;	  /* %{ … %}, or NULL */
	struct embed *embed;	  /* likewise */
	VEC(struct sym *) locals; /* sema */
	int index;		  /* sema: in program.funcs */
	bool is_used;
	struct ast_func *next_overload; /* sema: called by `next` */
	struct infer_users *users;	/* sema: what depends on its type */
};

struct ast_comp {
	struct span at;
	const char *name; /* may hold * and ** */
	enum { ARG_NONE, ARG_NUM, ARG_STR } arg_kind;
	int64_t num;
	const char *str;
};

struct ast_point {
	struct span at;
	struct ast_comp *comp;
	size_t ncomp;
	bool optional;	       /* ? */
	bool sufficient;       /* ! */
	struct ast_expr *cond; /* if (…) */
};

/**
 * struct ast_probe - probe P { … } or alias definition
 * @alias: names being defined (NULL for a probe); @epilogue: defined with +=
 * @body2: second block of "probe x = y {prologue},{epilogue}"
 */
struct ast_probe {
	struct span at;
	struct ast_point *alias;
	size_t nalias;
	bool epilogue;
	struct ast_point *points;
	size_t npoints;
	struct ast_stmt *body, *body2;
	bool is_library;
};

/** struct ast_file - @more: of the user's script: the files that -E adds to it */
struct ast_file {
	struct src *src;
	bool is_library;
	VEC(struct ast_file *) more;
	VEC(struct ast_global *) globals;
	VEC(struct ast_func *) funcs;
	VEC(struct ast_probe *) probes;
	VEC(struct ast_probe *) aliases;
	VEC(struct ast_expr *) embedded; /* top-level %{ %} */
};

/* ---- what sema hands to emit -------------------------------------------------- */

/**
 * struct dpoint - one place in this target that a handler is attached to
 * @from: the points it was derived from, "inner <- alias <- as written"
 * @pn: pn() text, or NULL where it is @pp
 * @func: name of the function; "SYSTEM:NAME" of a tracepoint
 * @offset: from @addr to where the probe goes
 * @symbol: what is at @addr where that is not @func: of code inlined elsewhere, of
 *          a clone; or NULL
 * @caller, @ncallers: link-time addresses that calls return to which count, of a module
 *          bytes from the point; 0: all do
 */
struct dpoint {
	uint64_t addr; /* as in struct taprt_point */
	uint32_t mech; /* enum taprt_mech */
	uint32_t offset;
	const char *func, *pp, *from, *pn, *symbol;
	const uint64_t *caller;
	size_t ncallers;
	const char *module; /* the module it is in; NULL: the kernel itself */
	uint32_t btf; /* FUNC or PROTO whose parameters are $variables, or 0 */
	const struct btfv *types; /* where @btf is; NULL: the kernel's */
	const struct dwplace *dw; /* build/families/dwplace.h, or NULL */
};

/** struct saved - one value a return probe stores at entry */
struct saved {
	struct ast_expr *e;
	uint32_t off; /* bytes in the snapshot: long 8, string MAXSTRINGLEN */
	struct infer_users *users; /* sema: what depends on its types */
};

struct probe_kind;

/** struct dprobe - one derived probe: a handler and where it runs */
struct dprobe {
	struct span at;
	const struct probe_kind *kind; /* build/families/family.h */
	uint32_t flags;		       /* TAPRT_P_* */
	const char *name; /* pp() text; function families: of the first point */
	const char *from; /* what it was derived from, as in dpoint */
	const char *pn;	  /* pn() text where it has no points */
	int64_t order;
	uint64_t interval, randomize;
	uint32_t maxactive;
	const char *text; /* what else its family tells the runtime, or NULL */
	int64_t num[3];
	struct ast_expr *cond; /* if (…), tested at handler entry */
	struct ast_stmt *body;
	VEC(struct sym *) locals;
	VEC(struct saved) saved;
	VEC(struct dpoint) points;
	uint32_t saved_size;
};

/**
 * struct program - the checked script for one target
 * @relies: what it takes from this kernel's types (bundle/rely.h)
 */
struct program {
	struct arena *arena;
	VEC(struct sym *) globals;    /* used ones, index order */
	VEC(struct ast_func *) funcs; /* used ones, index order */
	VEC(struct dprobe *) probes;  /* in order of definition */
	VEC(int64_t) nums;	      /* taprt_nums, in order of first use */
	uint64_t stext; /* link-time address of _stext, 0 without a kernel */
	VEC(struct embed *) blocks; /* top-level C; none where no C is used */
	struct limits *limits;	    /* build/sema/limits.h */
	VEC(struct rely) relies;    /* names only; in the order they were met */
	const char *bound; /* why it relies on what cannot be told, or NULL */
};

#endif
