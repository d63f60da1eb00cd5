/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the emitter: one run's state and what the files of build/emit/ ask
 * of each other.
 *
 * An expression becomes statements (written at once) and a struct val: a C
 * expression without side effects that its user writes exactly once.  What can
 * fail or has an effect is a statement; what a later operand may change is copied
 * to a temporary first.  Thus everything happens once, from left to right, and
 * the common case stays one plain C expression.
 */
#ifndef BUILD_EMIT_EM_H
#define BUILD_EMIT_EM_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/vec.h"
#include "build/emit/cw.h"
#include "build/lang/ast.h"

#include <stdbool.h>
#include <stdint.h>

struct diags;
struct limits;
struct session;

/**
 * struct val - what an expression evaluated to
 * @c: C text; long: s64 or narrower, string: const char *
 * @fixed: nothing that runs later can change it
 * @atom: a name or constant: may be written more than once
 * @in_map: string inside an array node, which an insertion may evict
 */
struct val {
	const char *c;
	bool fixed, atom, in_map;
};

/* How one handler or function uses one global. */
enum use {
	USE_READ = 1,
	USE_WRITE = 2,	 /* any change but those below */
	USE_ADD = 4,	 /* long += as a statement: commutes */
	USE_FEED = 8,	 /* <<< : per CPU, commutes */
	USE_DELETE = 16, /* of elements, an array or a statistic */
	USE_SORT = 32,	 /* foreach that puts the array in order */
};

/** struct effect_use - @use: a set of enum use, of the global of this @index */
struct effect_use {
	uint32_t index;
	uint8_t use;
};

/**
 * struct effect - what running a function or handler may do, calls included
 * @uses: of globals, by index; most use few of many
 * @calls: per function: may it be called (transitively)?
 * @writes: changes some global
 * @loops: has a loop or a recursive call
 * @embeds: runs C of the script
 */
struct effect {
	VEC(struct effect_use) uses;
	uint64_t *calls; /* bits: effect_calls() */
	bool writes, loops, embeds;
};

/** effect_calls() - may @fx call function @i? */
static inline bool effect_calls(const struct effect *fx, size_t i)
{
	return fx->calls[i / 64] >> (i % 64) & 1;
}

/* How handlers that run concurrently keep one global consistent. */
enum guard {
	GUARD_NONE,   /* never written while probes run */
	GUARD_ATOMIC, /* relaxed atomic adds and plain loads */
	GUARD_LOCK,   /* one writes, or many read */
	GUARD_SHARED, /* one deletes (counters: or reads), or many add */
};

/* One function's facts that its callers need. */
struct em_func {
	struct effect fx;
	bool counts_depth; /* in a call cycle, or a chain above MAXNESTING */
	bool cannot_fail;  /* known once it is printed: callers need no check */
	uint32_t frame;	   /* bytes, after the function is printed */
	const char *name;  /* C name */
};

/* A label and how many gotos name it. */
struct em_label {
	const char *name;
	unsigned int used;
};

/*
 * A foreach over an array of statistics whose key variables its body leaves
 * alone: an extractor of the current element needs no lookup and no merge.
 */
struct em_loop {
	const struct ast_foreach *fe;
	const char *it;
	const struct em_loop *outer;
};

/* A merged statistic whose fields sit in temporaries tN_count, tN_sum, … */
struct em_stat {
	const struct ast_expr *of;
	unsigned int temp;
};

/**
 * struct em_fn - the C function being printed
 * @err: where a pending error goes; @leave: where next and return go
 * @frame_now: next free byte of the string stack frame; @frame_max: its high mark
 * @name: C name; @parts: C functions for parts of it, printed before it
 * @outlined: it has such parts, and its variables are in a struct
 * @break_to, @continue_to: labels of the innermost loop, NULL = plain "break" and
 *                          "continue"
 * @loop: innermost foreach over statistics
 * @writes_in_stmt: the statement being printed changes variables, so merged
 *                  statistics are not reused in it
 */
struct em_fn {
	struct ast_func *func;
	struct dprobe *probe;
	const struct effect *fx;
	const char *name;
	struct buf parts;
	unsigned int ntemp, nlabel, nparts;
	uint32_t frame_now, frame_max;
	struct em_label *err, *leave;
	struct em_label *out;	/* handlers: leave without a lock held */
	struct em_label unlock; /* handlers: release the locks, then leave */
	struct em_label *break_to, *continue_to;
	const struct em_loop *loop;
	unsigned int loop_depth, try_depth;
	unsigned int unchecked; /* strict: most actions since the last check */
	bool counts_actions, writes_in_stmt, can_fail;
	bool switches; /* what it writes is in conditions that switch probes */
	bool outlined;
	bool needs_scope;   /* the statement put keys or sinks on the stack */
	unsigned int niter; /* foreach over arrays so far */
	VEC(struct em_stat) stats;
	bool lock_pending; /* the lock is to be taken before the first use */
	const char *locks; /* C name of the lock list, or NULL */
	unsigned int nlocks;
};

/** struct em - one emit_program() run; @arena holds texts until it returns */
struct em {
	const struct program *p;
	const struct session *s;
	struct diags *d;
	struct arena arena;
	struct cw w;
	struct em_fn *fn;
	struct em_func *func;	/* per program.funcs */
	struct effect *handler; /* per program.probes */
	struct effect *entry;	/* per program.probes: snapshot expressions */
	struct effect *cond;	/* per program.probes: what switches them */
	bool *in_cond;		/* per program.globals: in one of these */
	bool switches;		/* some probe is switched by a condition */
	enum guard *guard;	/* per program.globals */
	bool *spread;		/* per program.globals: a counter a CPU */
	unsigned int *orders; /* per program.globals: see struct taprt_global */
	const char **global;  /* C names */
	uint32_t strsize, maxnesting;
	uint32_t frame_size;  /* string stack of one context */
	uint32_t *frame_memo; /* by function: deepest stack from there + 1 */
	bool loops;	      /* some handler can loop: MAXACTION is counted */
	bool strict; /* a straight run may exceed MAXACTION: check there too */
	unsigned int slack; /* strict: actions that may go unchecked */
	bool recursive;	    /* some function can call itself */
	bool failed;
	/* helpers the unit's prologue must define */
	bool need_maxaction;
	VEC(const struct regex *) regexes; /* rN is number N */
};

/* ---- cw and texts ------------------------------------------------------------ */

/** em_text() - formatted text in the run's arena */
const char *em_text(struct em *em, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** em_refuse() - report @what at @at as not supported; the run goes on, and fails */
void em_refuse(struct em *em, const struct span *at, const char *what);
/** em_near() - C string literal "near TYPE 'TOK' at FILE:L:C" */
const char *em_near(struct em *em, const struct span *at);
/** em_label() - a fresh label */
struct em_label em_label(struct em *em, const char *stem);
/** em_goto() - the name to go to; counts the use */
const char *em_goto(struct em_label *l);

/** em_fail() - em_goto() of where a pending error goes now */
const char *em_fail(struct em *em);

/* ---- statements that can fail ------------------------------------------------- */

/** em_check() - leave if the call just printed raised an error at @at */
void em_check(struct em *em, const struct span *at);
/** em_check_call() - the same after a script function, which knows its own place */
void em_check_call(struct em *em, const struct span *at);
/** em_raise() - raise @msg if C condition @cond holds */
void em_raise(struct em *em, const char *cond, const char *msg,
	      const struct span *at);

/* ---- frame -------------------------------------------------------------------- */

/** em_slot() - reserve @bytes (8-aligned) of the frame; returns "(f + N)" */
const char *em_slot(struct em *em, uint32_t bytes);
/** em_string_slot() - room for one string; released with its statement */
const char *em_string_slot(struct em *em);

/* ---- analysis (effect.c, lock.c) ------------------------------------------------ */

void effect_compute(struct em *em);
/** effect_switches() - may a condition that switches a probe change by it? */
bool effect_switches(struct em *em, const struct effect *fx);
/** effect_is_add() - is statement @e g += x; or a[k]++; or the like? */
bool effect_is_add(const struct ast_expr *e);
/** effect_statements() - how many statements the program has */
size_t effect_statements(struct em *em);
/** effect_writes() - may evaluating @e change any variable? */
bool effect_writes(struct em *em, struct ast_expr *e);
/** effect_mentions() - does @e name @sym? */
bool effect_mentions(struct ast_expr *e, const struct sym *sym);
/** effect_assigns() - does @s assign to @sym? (anything: = ++ foreach catch delete) */
bool effect_assigns(struct ast_stmt *s, const struct sym *sym);
/** effect_same() - do both name the same element by side-effect-free keys? */
bool effect_same(const struct ast_expr *x, const struct ast_expr *y);
/** effect_sorts() - may running @s sort the array @sym? */
bool effect_sorts(struct em *em, struct ast_stmt *s, const struct sym *sym);
/** effect_locks() - does what has effect @fx, running @s or @e, need the lock? */
bool effect_locks(struct em *em, const struct effect *fx);
bool effect_locks_stmt(struct em *em, struct ast_stmt *s);
bool effect_locks_expr(struct em *em, struct ast_expr *e);

/** em_orders() - em->orders: foreach over one array at a time */
void em_orders(struct em *em);
/** lock_decide() - em->guard and em->spread from all effects */
void lock_decide(struct em *em);
/** lock_mode() - 0: @use of global @g needs no lock, 1: shared, 2: alone */
int lock_mode(struct em *em, size_t g, unsigned int use);
/** lock_list() - print the lock list of a handler; sets fn->locks, fn->nlocks */
void lock_list(struct em *em, const char *name, const struct effect *fx,
	       struct em_fn *fn);

/** em_touch() - what is printed next may use a locked global: lock if pending */
void em_touch(struct em *em);
/** em_lock(), em_unlock() - the calls around the locked part of a handler */
void em_lock(struct em *em);
void em_unlock(struct em *em);

/* ---- expressions ------------------------------------------------------------------ */

/** em_expr() - evaluate; prints what must run first */
struct val em_expr(struct em *em, struct ast_expr *e);
/** em_expr_void() - run for its effects only */
void em_expr_void(struct em *em, struct ast_expr *e);
/** em_spend() - take @n actions; leave at @at when none are left */
void em_spend(struct em *em, unsigned int n, const struct span *at);
/** em_list() - evaluate @n expressions left to right; NULL entries are skipped
 *  @writes_after: something evaluated after the list may change variables */
void em_list(struct em *em, struct ast_expr **e, size_t n, struct val *v,
	     bool writes_after);
/** em_str_into() - evaluate a string into @dst, the storage of @sym (or NULL)
 *  @direct: @dst may be left half-written by an error */
void em_str_into(struct em *em, struct ast_expr *e, const char *dst,
		 const struct sym *sym, bool direct);
/** em_fix() - copy to a temporary unless nothing can change it */
struct val em_fix(struct em *em, struct val v, enum ty type);
/** em_atom() - make it writable more than once (longs) */
struct val em_atom(struct em *em, struct val v);
/** em_copy() - print the copy of string @v to @dst */
void em_copy(struct em *em, const char *dst, struct val v,
	     const struct ast_expr *e);
/** em_capture() - evaluate @e with its statements going to @pre */
struct val em_capture(struct em *em, struct ast_expr *e, struct buf *pre);

struct val em_assign(struct em *em, struct ast_expr *e, bool want);
struct val em_incdec(struct em *em, struct ast_expr *e, bool want);
struct val em_call(struct em *em, struct ast_expr *e, const char *dst,
		   bool want);
struct val em_lowered(struct em *em, struct ast_expr *e);
struct val em_division(struct em *em, enum op op, struct val a, struct val b,
		       struct ast_expr *divisor, const struct span *at);
/** em_arith() - text of a op b for everything but division and logic */
const char *em_arith(struct em *em, enum op op, const char *a, const char *b,
		     const struct ast_expr *count);

/** em_keys() - "(k[0].i = …, k)", an array of evaluated keys */
const char *em_keys(struct em *em, const struct sym *sym, const struct val *v,
		    size_t n);
/** em_one_long_key() - the array has exactly one key, a long */
bool em_one_long_key(const struct sym *sym);
const char *em_var(struct em *em, const struct sym *sym);

/* ---- regular expressions ----------------------------------------------------------- */

struct val em_regex(struct em *em, struct ast_expr *e);
/** em_regexes() - the tables of what em_regex() was asked for */
void em_regexes(struct em *em);
/** em_keeps_groups() - does some =~ keep what its groups matched? */
bool em_keeps_groups(const struct em *em);

/* ---- statistics, printing ------------------------------------------------------------ */

struct val em_statop(struct em *em, struct ast_expr *e);
struct val em_hist_index(struct em *em, struct ast_expr *e);
struct val em_hist_in(struct em *em, struct ast_expr *e);
/** em_stat_read() - call that merges the statistic @e names; checked */
const char *em_stat_read(struct em *em, struct ast_expr *e);
void em_feed(struct em *em, struct ast_expr *lv, struct ast_expr *v,
	     const struct span *at, struct val *result);
/** em_map_add() - add @x to the element @lv, whose evaluated keys are @v */
void em_map_add(struct em *em, struct ast_expr *lv, const struct val *v,
		const char *x, const struct span *at);

/** em_print() - a print-family expression; @dst: sprint result goes there */
struct val em_print(struct em *em, struct ast_expr *e, const char *dst);

/* ---- statements ------------------------------------------------------------------------ */

void em_stmt(struct em *em, struct ast_stmt *s);
/** em_stmts() - statements one after the other, their actions charged already */
void em_stmts(struct em *em, struct ast_stmt *const *v, size_t n);
/** em_run() - the same, all in the C function that is being printed now */
void em_run(struct em *em, struct ast_stmt *const *v, size_t n);
/** em_outline_plan() - decide which parts of @body become C functions; are there any? */
bool em_outline_plan(struct em *em, struct ast_stmt *body);
/** em_outline() - print a part, and the call of it */
void em_outline(struct em *em, struct ast_stmt *const *v, size_t n);
/** em_body() - a block's statements, its actions charged at the start */
void em_body(struct em *em, struct ast_stmt *s);
/** em_charge() - charge what runs once when @count statements are entered */
void em_charge(struct em *em, struct ast_stmt *const *v, size_t count);
/** em_loop_body() - @s as the body of a C loop that is already open */
void em_loop_body(struct em *em, struct ast_stmt *s, const struct span *at);
void em_foreach(struct em *em, struct ast_stmt *s);
void em_delete(struct em *em, struct ast_stmt *s);
/** em_if() - an if statement whose branches @branch prints */
void em_if(struct em *em, struct ast_stmt *s,
	   void (*branch)(struct em *em, struct ast_stmt *s));
/** em_locked_body() - a handler's body, the lock held around as little as possible */
void em_locked_body(struct em *em, struct ast_stmt *s);

/* ---- unit ---------------------------------------------------------------------------------- */

void em_global_names(struct em *em);
void em_globals(struct em *em);
void em_global_table(struct em *em);
/** em_strsize() - MAXSTRINGLEN within what the runtime takes */
uint32_t em_strsize(const struct limits *l);
void em_func_names(struct em *em);
void em_func_decls(struct em *em);
void em_funcs(struct em *em);
/** em_count_depth() - leave @f if it is too deep, before it touches its frame */
void em_count_depth(struct em *em, const struct ast_func *f);
/** em_func_end() - the end of @f, everything being as its caller had it */
void em_func_end(struct em *em, const struct ast_func *f);
/** em_vars() - variables of a handler, or of @f: declare in @head, then set */
void em_vars(struct em *em, const struct ast_func *f, struct sym *const *locals,
	     size_t n, struct buf *head);
/** em_local() - C text of a local or parameter */
const char *em_local(struct em *em, const struct sym *sym);
/** em_ret(), em_passed() - a function's result, and parameter @i as it came */
const char *em_ret(struct em *em);
const char *em_passed(struct em *em, size_t i);
/* embed.c: functions whose body is C */
/** em_embed_decls() - prototypes of the embedded object's functions */
void em_embed_decls(struct em *em);
/** em_embed_func() - the wrapper of @f, whose head is @head */
void em_embed_func(struct em *em, struct ast_func *f, const char *head);
/** em_embed_globals() - accessors of the globals that C names */
void em_embed_globals(struct em *em);
/** em_embed_head(), em_embed_access() - the prototypes, for both sides */
void em_embed_head(struct buf *b, const struct ast_func *f);
void em_embed_access(struct buf *b, const struct sym *g, bool set);
/** em_nesting() - em->maxnesting, and which functions count their depth */
void em_nesting(struct em *em);
/** em_frame_need() - a handler with @own frame bytes and @fx's calls exists */
void em_frame_need(struct em *em, const struct effect *fx, uint32_t own);
void em_handlers(struct em *em);
/** em_budget() - what MAXACTION gives one run of a handler */
int64_t em_budget(const struct limits *l);
/** em_adds() - does handler @i only count? */
bool em_adds(struct em *em, size_t i);
/** em_adds_print() - if so, the list of what it adds, which its row names */
void em_adds_print(struct em *em, size_t i);
void em_probe_table(struct em *em);

#endif
