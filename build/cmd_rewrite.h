/* SPDX-License-Identifier: GPL-2.0-only */
/* A finished bundle with more kernel signatures: written and signed anew. */
#ifndef BUILD_CMD_REWRITE_H
#define BUILD_CMD_REWRITE_H

struct arena;
struct bundle;
struct bundle_spec;
struct bundle_target;
struct err;
struct signer;

/**
 * rewrite_begin() - respec() with targets that can be changed
 * @t: @spec->target, writable
 */
int rewrite_begin(struct bundle_spec *spec, struct bundle_target **t,
		  struct bundle *b, struct arena *a, struct err *e);

/**
 * rewrite_end() - write @spec to @path, signed by @s alone; say what was done
 * @b: what @spec was read from; its signatures are dropped
 */
int rewrite_end(const struct bundle_spec *spec, const struct bundle *b,
		const struct signer *s, const char *path, struct err *e);

#endif
