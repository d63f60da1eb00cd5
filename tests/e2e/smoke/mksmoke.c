// SPDX-License-Identifier: GPL-2.0-only
/* Builds tapsmoke.ko of gen_smoke.c for one kit, by the builder's own rooms. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/kit/kit.h"
#include "build/lang/ast.h"
#include "build/link/compile.h"
#include "build/link/module.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>

#define SMOKE_PROBES 10 /* of gen_smoke.c */

/* Points by probe: a name, and for one a place that is no function. */
static const struct {
	unsigned int probe;
	enum taprt_mech mech;
	const char *func, *pp;
	unsigned int off;
} points[] = {
	{ 5, TAPRT_MECH_FTRACE, "vfs_read", "pp_vfs_read", 0 },
	{ 5, TAPRT_MECH_FTRACE, "vfs_write", "pp_vfs_write", 0 },
	{ 6, TAPRT_MECH_KRETPROBE, "vfs_read", "pp_vfs_read", 0 },
	{ 7, TAPRT_MECH_KPROBE, "vfs_open", "pp_vfs_open", 0 },
	{ 7, TAPRT_MECH_KPROBE, "vfs_open", "pp_wrong", 16 },
	{ 8, TAPRT_MECH_FTRACE, "vfs_read", "pp_vfs_read", 0 },
	{ 9, TAPRT_MECH_FTRACE, "do_mmap", "pp_do_mmap", 0 },
};

static int make_program(const struct kit *k, struct arena *a, struct program *p,
			struct err *e)
{
	struct dprobe *probe = arena_array(a, struct dprobe, SMOKE_PROBES);
	size_t i, at = 0;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < SMOKE_PROBES; i++) {
		struct dprobe *dp = &probe[i];

		for (; at < sizeof(points) / sizeof(*points) &&
		       points[at].probe == i;
		     at++) {
			struct dpoint pt = { .mech = points[at].mech,
					     .func = points[at].func,
					     .pp = points[at].pp };

			pt.addr = kit_symbol(k, pt.func);
			if (!pt.addr)
				return err_set(e, ERR_NOT_FOUND,
					       "this kernel has no '%s'",
					       pt.func);
			pt.addr += points[at].off;
			vec_apush(a, &dp->points, pt);
		}
		vec_apush(a, &p->probes, dp);
	}
	return 0;
}

static int build(const struct kit *k, struct arena *a, const char *source,
		 const char *out, struct err *e)
{
	struct compiler c = { 0 };
	struct buf text = BUF_INIT;
	struct program p;
	struct module_job job = { .e = e };
	struct script_object *o;
	int rc = compiler_init(&c, a, COMPILER_CACHE, e);

	if (rc == 0)
		rc = fs_read(source, &text, 1 << 20, e);
	if (rc == 0)
		rc = make_program(k, a, &p, e);
	if (rc == 0) {
		o = compiler_add(&c, k, text.p, text.len);
		rc = compiler_run(&c, 1, e);
		if (rc == 0 && o->failed)
			rc = err_set(e, ERR_TOOL, "%.200s", o->spawn.out.p);
	}
	if (rc == 0) {
		job.glue = (struct glue_spec){
			k, &p, "tapsmoke", o->undefs.v, o->undefs.n, NULL, 0
		};
		job.object = o;
		buf_init(&job.ko);
		rc = module_link_all(&job, 1, c.scratch, a, 1, e);
	}
	if (rc == 0)
		rc = fs_write_atomic(out, job.ko.p, job.ko.len, 0644, e);
	buf_deinit(&job.ko);
	buf_deinit(&text);
	compiler_deinit(&c);
	return rc;
}

int main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct kit *k = NULL;
	const char **path;
	struct err e = { 0 };
	int n, rc;

	if (argc != 4) {
		fprintf(stderr, "usage: mksmoke RELEASE gen_smoke.c OUT.ko\n");
		return 2;
	}
	n = kit_find(&a, argv[1], &path, &e);
	rc = n > 0 ? kit_open(path[n - 1], &k, &e)
		   : err_set(&e, ERR_NOT_FOUND, "no kit of '%s'", argv[1]);
	if (rc == 0)
		rc = build(k, &a, argv[2], argv[3], &e);
	if (rc)
		fprintf(stderr, "mksmoke: %s\n", e.text);
	if (k)
		kit_close(k);
	arena_deinit(&a);
	return rc ? 1 : 0;
}
