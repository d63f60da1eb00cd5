/* SPDX-License-Identifier: GPL-2.0-only */
/* What the steps of build/regex/ share: the tree, the NFA, the limits. */
#ifndef BUILD_REGEX_RX_H
#define BUILD_REGEX_RX_H

#include "build/base/arena.h"
#include "build/base/vec.h"
#include "build/regex/regex.h"

#define RX_MAX_PATTERN 4096
#define RX_MAX_DEPTH   200
#define RX_MAX_STATES  16384
#define RX_MAX_THREADS 255
#define RX_MAX_WORK    (1u << 23) /* steps of building: some 50 ms */

enum rx_kind {
	RX_EMPTY,
	RX_SET,
	RX_BOL,
	RX_EOL,
	RX_CAT,
	RX_ALT,
	RX_REPEAT, /* kid 0, min to max times; max -1: no limit */
	RX_GROUP,  /* kid 0, capture number group */
};

/**
 * struct rx_node - one subpattern
 * @off, @len: place in the pattern; of a repetition: its operator
 * @id: preorder number: of two alternatives the left one is lower
 * @first, @last: capture groups in it, none if @first > @last
 * @nullable: may match nothing
 * @is_kept: where it begins and ends may decide what some group is
 */
struct rx_node {
	enum rx_kind kind;
	size_t off, len;
	uint64_t set[4];
	struct rx_node **kid;
	size_t nkids;
	int min, max;
	unsigned int group, id, first, last;
	bool nullable, is_kept;
};

/** struct rx_pattern - a parsed pattern; @root is a group of number 0 */
struct rx_pattern {
	struct arena *a;
	const char *text;
	size_t n;
	struct rx_node *root;
	unsigned int ngroups, nnodes;
	struct rx_node *biggest; /* the repetition that counts most, or NULL */
	struct regex_fault *f;
};

/* NFA states; all but RXS_SET go on without a byte. */
enum rxs_kind { RXS_SET, RXS_SPLIT, RXS_TAG, RXS_BOL, RXS_EOL, RXS_ACCEPT };

/**
 * struct rx_state - one NFA state
 * @to: RXS_SPLIT: where to, any number of them
 * @next: all others
 * @node, @is_close, @height, @locks: RXS_TAG: this node begins or ends here; at
 *	height 0 the root, its parts one higher; @locks: it is a round of a loop
 * @rank: lower than that of every state it leads to without a byte
 */
struct rx_state {
	enum rxs_kind kind;
	const uint64_t *set;
	struct rx_node *node;
	uint32_t *to;
	uint32_t nto, next, rank;
	uint16_t height;
	bool is_close, locks;
};

/** struct rx_nfa - @by_rank: states in the order of their ranks */
struct rx_nfa {
	struct rx_pattern *p;
	VEC(struct rx_state) s;
	uint32_t start, accept;
	uint32_t *by_rank;
	unsigned int work; /* done so far, of RX_MAX_WORK */
	uint8_t col[256];
	uint8_t byte[256]; /* of each column: one of its bytes */
	unsigned int first_col, ncols;
};

/** struct rx_keys - numbers 0, 1, … for byte strings, by first sight */
struct rx_keys {
	VEC(struct rx_key {
		const void *p;
		size_t n;
		uint32_t hash;
		uint32_t next;
	})
	v;
	uint32_t *bucket;
	uint32_t nbuckets;
};

/** rx_fail() - refuse the pattern; false */
bool rx_fail(struct rx_pattern *p, bool too_big, size_t off, size_t len,
	     const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/** rx_too_big() - the automaton is; @what says in which respect */
bool rx_too_big(struct rx_pattern *p, const char *what);
/** rx_spend() - count @n steps; false when there were too many */
bool rx_spend(struct rx_nfa *m, size_t n);

/** rx_keys_put() - the number of @n bytes @p; *@is_new: it is a new one, copied */
uint32_t rx_keys_put(struct arena *a, struct rx_keys *k, const void *p,
		     size_t n, bool *is_new);

/** rx_parse() - set p->root from p->text */
bool rx_parse(struct rx_pattern *p);

/**
 * rx_build() - the NFA of a pattern
 * @tags: with RXS_TAG states, and no loop without a byte in it
 * @first_col: columns below are not for bytes
 */
bool rx_build(struct rx_nfa *m, bool tags, unsigned int first_col);

/**
 * rx_columns() - which columns lead to the same from a state
 * @s: the @n RXS_SET states that wait in it
 * @like: set, for columns from m->first_col on: the first that every one of
 *	their sets treats alike
 */
void rx_columns(const struct rx_nfa *m, const uint32_t *s, size_t n,
		uint8_t like[256]);

/**
 * rx_minimize() - which rows of a table say the same of every string
 * @next: @nrows times m->ncols row numbers; rows 0 and 1 differ from all others
 * @part: set, for each row: the number of its part, by first row
 *
 * Return: the number of parts, 0: it takes too long.
 * Source: J. Hopcroft, An n log n algorithm for minimizing states in a finite
 * automaton (1971).
 */
uint32_t rx_minimize(struct rx_nfa *m, const uint16_t *next, uint32_t nrows,
		     uint32_t *part);

/** rx_dfa(), rx_tdfa() - fill @re without, with captures */
bool rx_dfa(struct rx_nfa *m, struct regex *re);
bool rx_tdfa(struct rx_nfa *m, struct regex *re);

static inline bool rx_set_has(const uint64_t *set, unsigned int b)
{
	return set[b / 64] >> (b % 64) & 1;
}

static inline void rx_set_add(uint64_t *set, unsigned int b)
{
	set[b / 64] |= 1ULL << (b % 64);
}

#endif
