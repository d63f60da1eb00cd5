/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild plan: the units of a build, for who deals them out. */
#include "build/cmd.h"
#include "build/run.h"
#include "bundle/base/err.h"

#include <stdio.h>

static void print_plan(const struct units *u, const struct opts *o)
{
	unsigned int shard, n;
	char id[DIGEST_HEX];

	if (!o->shard || !opts_shard(o->shard, &shard, &n))
		shard = n = 1;
	for (size_t i = 0; i < u->n; i++) {
		if (!units_in_shard(i, shard, n))
			continue;
		units_id(u, i, id);
		printf("%zu %s %s %s\n", i, u->unit[i].release, u->unit[i].kit,
		       id);
	}
	if (o->verbose)
		fprintf(stderr, "plan %s, %zu units\n", u->digest, u->n);
}

static int plan(struct run *r, int argc, char **argv, struct err *e)
{
	int rc = opts_parse(&r->opts, &r->perm, argc, argv, e);

	if (rc == 0 && r->opts.help) {
		opts_usage(&r->opts);
		return EXIT_DONE;
	}
	if (rc == 0)
		rc = run_limits(&r->opts, e);
	if (rc == 0)
		rc = run_make_session(r, e);
	if (rc == 0)
		rc = run_choose_targets(r, e);
	if (rc == 0)
		rc = run_make_units(r, e);
	if (rc < 0)
		return cmd_fail(e);
	print_plan(&r->units, &r->opts);
	return EXIT_DONE;
}

int cmd_plan(int argc, char **argv)
{
	static struct run r;
	struct err e = { 0 };
	int rc;

	arena_init(&r.perm);
	diags_init(&r.diags);
	rc = plan(&r, argc, argv, &e);
	run_deinit(&r);
	opts_deinit(&r.opts);
	return rc;
}
