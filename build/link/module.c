/* SPDX-License-Identifier: GPL-2.0-only */
/* Links modules: ld -r, objtool; several at once. */
#include "build/link/module.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/kit/kit.h"
#include "build/link/compile.h"
#include "bundle/base/err.h"

#include <string.h>
#include <time.h>

#define MODULE_MAX_BYTES ((size_t)32 << 20)

/* Two rounds over all jobs, so that tools run side by side without threads. */
struct step {
	struct spawn ld, objtool;
	const char *ko;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void ld_argv(struct arena *a, struct module_job *j, const char *tools,
		    const char *glue, struct step *s)
{
	VEC(const char *) v = { 0 };
	const char *const *arg;

	vec_apush(a, &v, "ld");
	for (arg = kit_ldflags(j->glue.kit); arg && *arg; arg++)
		vec_apush(a, &v, *arg);
	vec_apush(a, &v, "-X"); /* compiler-made local labels */
	vec_apush(a, &v, "-T");
	vec_apush(a, &v, arena_printf(a, "%s/module.lds", tools));
	vec_apush(a, &v, "-o");
	vec_apush(a, &v, s->ko);
	vec_apush(a, &v, j->object->path);
	vec_apush(a, &v, arena_printf(a, "%s/runtime.o", tools));
	vec_apush(a, &v, glue);
	vec_apush(a, &v, NULL);
	s->ld.argv = v.v;

	memset(&v, 0, sizeof(v));
	vec_apush(a, &v, arena_printf(a, "%s/objtool", tools));
	for (arg = kit_objtool(j->glue.kit); arg && *arg; arg++)
		vec_apush(a, &v, *arg);
	vec_apush(a, &v, s->ko);
	vec_apush(a, &v, NULL);
	s->objtool.argv = v.v;
}

static int prepare(struct arena *a, struct module_job *j, const char *scratch,
		   size_t index, struct step *s)
{
	struct buf glue = BUF_INIT;
	const char *file = arena_printf(a, "%s/glue-%zu.o", scratch, index);
	const char *tools;
	int rc;

	s->ko = arena_printf(a, "%s/%s-%zu.ko", scratch, j->glue.module, index);
	rc = kit_tools_dir(j->glue.kit, a, &tools, j->e);
	if (rc == 0)
		rc = glue_make(&j->glue, &glue, j->e);
	if (rc == 0)
		rc = fs_write_scratch(file, glue.p, glue.len, j->e);
	if (rc == 0)
		ld_argv(a, j, tools, file, s);
	buf_deinit(&glue);
	return rc;
}

/* objtool reports trouble it survives on its output: none is acceptable. */
static int check_output(struct spawn *s, struct err *e)
{
	if (strstr(s->out.p, "warning:") || strstr(s->out.p, "error:"))
		return err_set(e, ERR_TOOL, "%s: %.300s", s->argv[0],
			       s->out.p);
	return 0;
}

static int round_of(struct module_job *job, struct step *step, size_t n,
		    bool objtool, unsigned int jobs)
{
	VEC(struct spawn) run = { 0 };
	VEC(size_t) who = { 0 };
	struct err ignored;

	for (size_t i = 0; i < n; i++) {
		if (job[i].rc < 0)
			continue;
		vec_push(&run, objtool ? step[i].objtool : step[i].ld);
		vec_push(&who, i);
	}
	if (run.n)
		spawn_run_all(run.v, run.n, jobs, &ignored);
	for (size_t k = 0; k < run.n; k++) {
		struct module_job *j = &job[who.v[k]];

		if (run.v[k].status != 0)
			j->rc = err_set(j->e, ERR_TOOL, "%s failed: %.300s",
					run.v[k].argv[0], run.v[k].out.p);
		else
			j->rc = check_output(&run.v[k], j->e);
		buf_deinit(&run.v[k].out);
	}
	vec_deinit(&run);
	vec_deinit(&who);
	return 0;
}

int module_link_all(struct module_job *job, size_t n, const char *scratch,
		    struct arena *a, unsigned int jobs, struct err *e)
{
	struct step *step = arena_array(a, struct step, n);
	uint64_t begin = now_ns();
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		if (job[i].rc == 0)
			job[i].rc = prepare(a, &job[i], scratch, i, &step[i]);
	round_of(job, step, n, false, jobs);
	round_of(job, step, n, true, jobs);
	for (size_t i = 0; i < n; i++) {
		if (job[i].rc == 0)
			job[i].rc = fs_read(step[i].ko, &job[i].ko,
					    MODULE_MAX_BYTES, job[i].e);
		job[i].ns = (now_ns() - begin) / (n ? n : 1);
		if (job[i].rc < 0 && rc == 0) {
			rc = job[i].rc;
			*e = *job[i].e;
		}
	}
	return rc;
}
