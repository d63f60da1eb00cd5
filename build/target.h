/* SPDX-License-Identifier: GPL-2.0-only */
/* The front end for one target: parsed script -> checked program -> C text. */
#ifndef BUILD_TARGET_H
#define BUILD_TARGET_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/base/vec.h"
#include "build/emit/embed.h"
#include "build/lang/lang.h"

#include <stdbool.h>
#include <stdint.h>

struct dwkit;
struct err;
struct kit;
struct library;
struct lexed;
struct script_object;
struct session;

enum target_status {
	TARGET_NEW,
	TARGET_OK,
	TARGET_UNSUPPORTED, /* the front end refused it for this kernel */
	TARGET_FAILED,	    /* compiler, linker or objtool failed */
};

/**
 * struct target - one kernel of this build and how far it got
 * @kit: NULL for a run without any kernel (-p1 … -p3 of a language-only script)
 * @dw: its debug information; nothing opens it before it is needed
 * @arena: owns tree and program
 * @c: generated C; @unit: the C of the script itself, where it has any
 * @object, @embedded: both compiled; @embedded NULL where there is none
 * @reason: why it is not OK
 * @rely, @nrely, @bound: with --fallback: as in struct bundle_target
 * @failed_pass: the pass that refused it, 1 to 3, or 0
 * @ns_*: wall time of the passes
 */
struct target {
	const char *kit_path, *release;
	struct kit *kit;
	struct dwkit *dw;
	struct arena arena;
	struct diags diags;
	struct pp_target pp;
	struct pp_env env;
	VEC(struct ast_file *) files; /* one per script */
	struct program *program;
	struct buf c;
	struct embed_unit unit;
	size_t embed_from; /* where diagnostics about it start */
	struct script_object *object, *embedded;
	enum target_status status;
	unsigned int failed_pass;
	char reason[240];
	char module[56];
	struct buf ko;
	const struct rely *rely;
	size_t nrely;
	const char *bound;
	uint64_t ns_open, ns_parse, ns_sema, ns_emit, ns_link;
};

void target_init(struct target *t, const char *kit_path);
void target_deinit(struct target *t);
/** target_open() - map the kit */
int target_open(struct target *t, struct err *e);

/**
 * target_parse() … target_emit() - the passes, in this order
 *
 * A refusal sets status and reason and leaves the text in @t->diags.
 * Return: true while the target is still in the run.
 */
bool target_parse(struct target *t, const struct session *s,
		  struct lexed *const *script, size_t n, struct library *lib);
bool target_sema(struct target *t, struct session *s, struct library *lib);
bool target_emit(struct target *t, struct session *s);

/** target_refuse() - out of the run: @pass failed for @why; copied */
void target_refuse(struct target *t, unsigned int pass, const char *why);

/** target_join() - -E: the other files go with the first; target_sema() does it */
void target_join(struct target *t);

/** target_nembeds() - pieces of embedded C in the scripts and used functions */
size_t target_nembeds(const struct target *t);

uint64_t target_now_ns(void);

#endif
