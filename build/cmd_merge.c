/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild merge: the parts of a sharded build, as one signed bundle. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/pack/merge.h"
#include "build/pack/part.h"
#include "build/pack/provenance.h"
#include "bundle/base/err.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define USAGE                                                                     \
	"merge [--key FILE] [-q] -o OUT.tap PART...\n\n"                          \
	"Makes the bundle that tapbuild would have made without --shard, byte\n"  \
	"for byte, and signs it with the secret key FILE (default\n"              \
	"~/.config/tap/build.key).  The parts must be of one plan and have all\n" \
	"its units; what two of them have must be the same.  Nobody signed\n"     \
	"them: take them only from machines you would let build the whole."

struct merge {
	const char *key, *out;
	bool is_quiet;
	char **path;
	size_t n;
	struct part *part;
	struct arena a;
};

static bool parse_args(struct merge *m, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "key", .value = &m->key },
		{ "output", 'o', .value = &m->out },
		{ "quiet", 'q', .flag = &m->is_quiet },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind >= argc || !m->out)
		return false;
	m->path = argv + optind;
	m->n = (size_t)(argc - optind);
	return true;
}

static int open_parts(struct merge *m, struct err *e)
{
	int r = 0;

	m->part = xcalloc(m->n, sizeof(*m->part));
	for (size_t i = 0; i < m->n; i++)
		m->part[i].fd = -1;
	for (size_t i = 0; !r && i < m->n; i++)
		r = part_open(&m->part[i], m->path[i], &m->a, e);
	return r;
}

static void report(const struct merge *m, const struct bundle_spec *spec,
		   size_t bytes)
{
	size_t ok = 0;

	for (size_t i = 0; i < spec->ntargets; i++)
		ok += !spec->target[i].status_code;
	if (!m->is_quiet)
		printf("%s: %zu bytes, %zu of %zu kernels, from %zu parts\n",
		       m->out, bytes, ok, spec->ntargets, m->n);
}

static int merge(struct merge *m, const struct signer *signer, struct err *e)
{
	struct bundle_spec spec = { 0 };
	struct buf out = BUF_INIT, envelope = BUF_INIT;
	int r = open_parts(m, e);

	if (!r)
		r = merge_parts(m->part, m->n, &spec, &m->a, e);
	if (!r)
		r = provenance_add(&spec, signer, &m->a, &envelope, e);
	if (!r)
		r = bundle_write(&spec, signer, &out, e);
	if (!r)
		r = fs_write_atomic(m->out, out.p, out.len, 0644, e);
	if (!r)
		report(m, &spec, out.len);
	buf_deinit(&out);
	buf_deinit(&envelope);
	for (size_t i = 0; m->part && i < m->n; i++)
		part_close(&m->part[i]);
	free(m->part);
	return r;
}

/* What cannot work is said before the parts are read. */
static int run(struct merge *m, struct err *e)
{
	struct signer signer;
	int r;

	if (!m->key)
		m->key = home_config(&m->a, "build.key");
	r = signer_load(&signer, m->key, e);
	if (!r)
		r = fs_may_write(m->out, e);
	if (!r)
		r = merge(m, &signer, e);
	signer_wipe(&signer);
	return r;
}

int cmd_merge(int argc, char **argv)
{
	struct merge m = { 0 };
	struct err e = { 0 };
	int code = EXIT_DONE;

	arena_init(&m.a);
	if (!parse_args(&m, argc, argv))
		code = bundle_cmd_usage(argc, argv, USAGE);
	else if (run(&m, &e) < 0)
		code = *bundle_reason_name(e.code) ? bundle_cmd_fail(&e)
						   : cmd_fail(&e);
	arena_deinit(&m.a);
	return code;
}
