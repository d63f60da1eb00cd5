/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patterns of =~ and !~: from text to the tables of a deterministic automaton.
 *
 * A row of the table is one state, a column one class of bytes.  Column 0 is
 * the end of the string; byte b is in column col[b].  What is not possible leads
 * to row 0.
 *
 * Without captures row 1 says yes: what leads there has matched.
 *
 * With captures the automaton runs until it is in row 0 and remembers the entries
 * it went through, next[] indexes.  Column 1 belongs to no byte: link[row + 1]
 * says that a match may end in front of the next byte, link[row + 0] that it may
 * end where the string does.  A link is 0 or 1 + an index into pool[].  There, an
 * entry that leads on has a pair for each thread of the state it leads to: which
 * thread of the state before it came from, and ops[] to do at this place; an
 * accepting link has one such pair.  Thread 0xffff is the search itself: the
 * match began here.  So the groups are found by walking back from the last
 * accepting link, in one pass over what was remembered.
 */
#ifndef BUILD_REGEX_REGEX_H
#define BUILD_REGEX_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

#define REGEX_MAX_GROUPS  63	 /* and the whole match */
#define REGEX_MAX_COUNT	  12344	 /* {n}: features.md 1.7 */
#define REGEX_MAX_ENTRIES 0x8000 /* states times columns */
#define REGEX_MAX_POOL	  0xfff0 /* words of links, bytes of operations */
#define REGEX_SEARCH	  0xffff /* the thread that is the search itself */

/* What ops[] holds, each list from the end of the match to its beginning. */
enum regex_op {
	REGEX_OP_END = 0xff, /* of the list */
	REGEX_OP_LOCK =
		0x80, /* + two bytes: groups from … to keep what they have */
	/* less than 0x80: 2 * group begins here, 2 * group + 1 ends here */
};

/**
 * struct regex - a compiled pattern; everything belongs to the arena
 * @skip: does this byte leave the automaton where it is, with nothing begun?  In
 *	row @wait it may be passed without a look at the other tables
 * @ngroups: parenthesised groups, the whole match not counted
 * @has_tags: compiled for captures; else link, pool and ops are NULL
 */
struct regex {
	unsigned int ncols, nrows, ngroups;
	uint32_t start; /* index of the first entry of the start row */
	bool has_tags;
	uint32_t
		wait; /* first entry of the row that skip[] is about; 0 = none */
	uint8_t skip[256];
	uint8_t col[256];
	uint16_t *next; /* nrows * ncols: index of the next row's first entry */
	uint16_t *link;
	uint16_t *pool;
	uint8_t *ops;
	size_t npool, nops;
};

/** struct regex_fault - why a pattern was refused; @off bytes into it */
struct regex_fault {
	bool too_big; /* else: not well-formed */
	size_t off, len;
	char text[120];
};

/**
 * regex_compile() - parse @pat and build its automaton
 * @a: owns the result
 * @n: bytes of @pat
 * @tags: where groups begin and end will be asked for
 *
 * Unanchored, leftmost, and longest from there.  With @tags the groups are those
 * of POSIX (1003.1-2017, Base Definitions 9.1): each subpattern from left to right
 * is as long as possible, outer ones before the ones in them; a group in a
 * repetition has what it had in the last round, and nothing when that round went
 * by it; a round beyond the needed number is not empty, unless it is the only one.
 * Time and memory are bounded whatever @pat is.
 *
 * Return: the automaton, or NULL with @f set.
 */
struct regex *regex_compile(struct arena *a, const char *pat, size_t n,
			    bool tags, struct regex_fault *f);

#endif
