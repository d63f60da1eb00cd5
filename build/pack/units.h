/* SPDX-License-Identifier: GPL-2.0-only */
/* The plan of a build that many machines share: one unit of work a kernel. */
#ifndef BUILD_PACK_UNITS_H
#define BUILD_PACK_UNITS_H

#include "build/base/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct library;
struct opts;
struct session;
struct src;
struct target;

/**
 * struct unit - one kernel
 * @kit: id of its kit, 64 hex digits
 * @build_id, @version: "unknown" and "*" as in the bundle's manifest
 */
struct unit {
	const char *kit, *machine, *release, *build_id, *version;
};

/**
 * struct units - a plan: what is built from, then its units in their order
 * @text: @len bytes; equal texts are equal plans
 * @digest: SHA-256 of them
 * @head_len: bytes before the first unit
 * @builder: version of tapbuild; @created: SOURCE_DATE_EPOCH, or 0
 */
struct units {
	const char *text;
	size_t len, head_len;
	char digest[DIGEST_HEX];
	const char *builder;
	uint64_t created;
	struct unit *unit;
	size_t n;
};

/**
 * units_make() - the plan of a build of @n targets, which keep their order
 * @script: the script and what -E adds
 *
 * The plan has everything that the bundle's bytes depend on: this program,
 * scripts, arguments, options, tapset, kits, SOURCE_DATE_EPOCH; nothing of the
 * machine it is made on.  Of the compilers for embedded C it has nothing.
 * Return: 0, -BERR_LIMIT, ERR_INVALID, ERR_IO (this program cannot be read).
 */
int units_make(struct units *u, const struct target *target, size_t n,
	       struct src *const *script, size_t nscripts,
	       const struct session *s, const struct opts *o,
	       const struct library *lib, struct arena *a, struct err *e);

/** units_parse() - read a plan's text; -BERR_FORMAT, -BERR_LIMIT */
int units_parse(struct units *u, const char *text, size_t n, struct arena *a,
		struct err *e);

/** units_id() - of a unit: stays the same in another plan of the same inputs */
void units_id(const struct units *u, size_t i, char hex[DIGEST_HEX]);

/** units_differ() - key of the first line that differs, "unit" for any unit */
const char *units_differ(const struct units *a, const struct units *b,
			 struct arena *arena);

/** units_in_shard() - units are dealt out like cards, neighbours apart */
bool units_in_shard(size_t unit, unsigned int i, unsigned int n);

#endif
