/* SPDX-License-Identifier: GPL-2.0-only */
/* A bundle to be attacked, and what library and programs must say of it. */
#ifndef TESTS_ATTACK_STAGE_H
#define TESTS_ATTACK_STAGE_H

#include "tests/unit/bundle_fix.h"

#define STAGE_PARTS 8
#define STAGE_ID    "0123456789abcdef0123456789abcdef01234567"

/* Members of the good bundle, in order. */
enum part_no { P_MANIFEST, P_SIGS, P_KSIG, P_PROVENANCE, P_SOURCE, P_PACK };

struct part {
	char name[101];
	struct buf data;
};

/**
 * struct stage - one good bundle, made afresh for each case
 * @f: keys, what the bundle is made of; target 0 is the host of taprun --dry-run
 * @part: its members, taken out of @file
 * @file: what is opened
 * @fleet, @need_release, @need_build: of the host, for the library only
 */
struct stage {
	struct fix f;
	struct part part[STAGE_PARTS];
	unsigned int nparts;
	uint64_t mtime;
	struct buf file, ko, ko2;
	const char *fleet;
};

struct attack;
typedef void attack_fn(struct stage *s, const struct attack *a);

/* Where a case is shown, beside the library. */
enum attack_where {
	W_ALL,	/* taprun --info, --list and, on a made-up host, --dry-run */
	W_DRY,	/* only --dry-run sees it: module, kernel, parameters */
	W_TOOL, /* a threshold or a role: tapbuild verify */
	W_PACK, /* all of the packs, which only tapbuild verify decodes */
	W_LIB,	/* clock and fleet, which taprun takes from its host */
};

/**
 * struct attack - one case
 * @class: 1 to 28, of the table in README.md
 * @name: what is done
 * @make: does it; NULL = nothing
 * @a, @b, @n: for @make
 * @code: BERR_*, or 0
 * @re: what the sentence must fit
 * @words: taprun's arguments after the bundle (W_DRY), space separated
 */
struct attack {
	int class;
	const char *name;
	attack_fn *make;
	const char *a, *b;
	uint64_t n;
	int code;
	const char *re;
	enum attack_where where;
	const char *words;
};

/** attack_run() - make it, open it everywhere, one line of TAP */
void attack_run(const struct attack *a);
void attack_run_all(const struct attack *a, size_t n);
#define ATTACK_RUN(rows) attack_run_all(rows, sizeof(rows) / sizeof((rows)[0]))
/** attack_ok() - a case that is no file: counted and named like the others */
bool attack_ok(int class, bool good, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** attack_spawn() - run @argv[0]; its exit code, 128 + signal; output to @out
 *  @before: in the child, may be NULL */
int attack_spawn(char *const *argv, void (*before)(uint64_t), uint64_t arg,
		 struct buf *out);
/** attack_taprun(), attack_keys(), attack_file() - paths; the last two are
 *  written with what the stage has */
const char *attack_taprun(void);
const char *attack_keys(const struct stage *s);
const char *attack_file(const struct stage *s);
/** attack_host_before() - for attack_spawn(): a kernel with build-id STAGE_ID,
 *  modules, and none loaded; only root can, see attack_is_host() */
void attack_host_before(uint64_t unused);
bool attack_is_host(void);
bool attack_matches(const char *text, const char *re);

/** stage_init() - the good bundle; stage_build() - again, after a change of f */
void stage_init(struct stage *s);
void stage_build(struct stage *s);
void stage_deinit(struct stage *s);
/** stage_split() - parts of the file; stage_join() - the file of the parts */
void stage_split(struct stage *s);
void stage_join(struct stage *s);
/** stage_sign() - one line by f.signer over the manifest, and stage_join() */
void stage_sign(struct stage *s);
/** stage_line() - the signature line of @who over the manifest; free() it */
char *stage_line(const struct stage *s, const struct signer *who);
/** stage_sigs() - other text of tap-1/signatures */
void stage_sigs(struct stage *s, const char *text);
/** stage_part() - other bytes of a member; @fit: the manifest says so too */
void stage_part(struct stage *s, unsigned int i, const void *p, size_t n,
		bool fit);
/** stage_edit() - replace the first @from of the manifest, not signed */
void stage_edit(struct stage *s, const char *from, const char *to);
/** stage_offset() - where the header of part @i lies in the file */
size_t stage_offset(const struct stage *s, unsigned int i);
void stage_hex(const void *p, size_t n, char *out);

void attack_container(void);
void attack_signed(void);
void attack_manifest(void);
void attack_packs(void);
void attack_host(void);

#endif
