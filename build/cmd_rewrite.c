/* SPDX-License-Identifier: GPL-2.0-only */
/* A finished bundle with more kernel signatures: written and signed anew. */
#include "build/cmd_rewrite.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/pack/respec.h"
#include "bundle/base/err.h"
#include "bundle/reader.h"
#include "bundle/write.h"

#include <stdio.h>

int rewrite_begin(struct bundle_spec *spec, struct bundle_target **t,
		  struct bundle *b, struct arena *a, struct err *e)
{
	int r = respec(spec, b, a, e);

	if (r < 0)
		return r;
	*t = arena_memdup(a, spec->target,
			  spec->ntargets * sizeof(*spec->target));
	spec->target = *t;
	return 0;
}

static void say(const struct bundle_spec *spec, const struct bundle *b,
		const struct signer *s, const char *path)
{
	size_t modules = 0, with = 0, n = 0;

	for (size_t i = 0; i < spec->ntargets; i++) {
		modules += !spec->target[i].status_code;
		with += spec->target[i].nksig > 0;
		n += spec->target[i].nksig;
	}
	printf("%s: %zu of %zu modules have a kernel signature (%zu more)\n"
	       "%s: the manifest has changed: %u old signature%s dropped, "
	       "signed anew as '%s'\n",
	       path, with, modules, n - b->man.nksigs, path, b->sigs.n,
	       b->sigs.n == 1 ? "" : "s", sig_role_name(s->role));
}

int rewrite_end(const struct bundle_spec *spec, const struct bundle *b,
		const struct signer *s, const char *path, struct err *e)
{
	struct buf out = BUF_INIT;
	int r = bundle_write(spec, s, &out, e);

	if (!r)
		r = fs_write_atomic(path, out.p, out.len, 0644, e);
	if (!r)
		say(spec, b, s, path);
	buf_deinit(&out);
	return r;
}
