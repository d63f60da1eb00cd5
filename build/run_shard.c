/* SPDX-License-Identifier: GPL-2.0-only */
/* A run of one share of a plan. */
#include "build/run.h"
#include "build/elab/library.h"

int run_make_units(struct run *r, struct err *e)
{
	r->lib = library_open(&r->s, &r->diags);
	return units_make(&r->units, r->target, r->ntargets, r->sources.v,
			  r->sources.n, &r->s, &r->opts, r->lib, &r->perm, e);
}

int run_keep_shard(struct run *r, struct err *e)
{
	unsigned int shard, n;
	size_t kept = 0;
	int rc;

	if (!r->opts.shard || !opts_shard(r->opts.shard, &shard, &n))
		return 0;
	rc = run_make_units(r, e);
	for (size_t i = 0; rc == 0 && i < r->ntargets; i++) {
		if (units_in_shard(i, shard, n))
			r->target[kept++] = r->target[i];
		else
			target_deinit(&r->target[i]);
	}
	if (rc == 0)
		r->ntargets = kept;
	return rc;
}
