/* SPDX-License-Identifier: GPL-2.0-only */
/* Links modules: ld -r, objtool; several at once. */
#include "build/link/module.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/kit/kit.h"
#include "build/link/check.h"
#include "build/link/compile.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define MODULE_MAX_BYTES ((size_t)32 << 20)

/* The rounds, each over all jobs, so that tools run side by side without threads.
 * objtool must see the code before module.lds throws away the annotations that
 * tell it which indirect calls are meant; the kit did that for the runtime. */
enum round { OBJTOOL, OBJTOOL_EMBEDDED, FINISH, ROUNDS };

struct step {
	struct spawn run[ROUNDS];
	const char *ko;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

typedef VEC(const char *) string_vec;

static void add_all(struct arena *a, string_vec *v, const char *const *from)
{
	for (; from && *from; from++)
		vec_apush(a, v, *from);
}

static void add_objtool(struct arena *a, string_vec *v, const struct kit *k,
			const char *tools, const char *file)
{
	vec_apush(a, v, arena_printf(a, "%s/objtool", tools));
	add_all(a, v, kit_objtool(k));
	vec_apush(a, v, file);
}

/* @embedded: NULL: nothing is run in that round. */
static void make_argv(struct arena *a, struct module_job *j, const char *tools,
		      const char *glue, const char *script,
		      const char *embedded, struct step *s)
{
	const struct kit *k = j->glue.kit;
	string_vec v[ROUNDS] = { 0 };

	add_objtool(a, &v[OBJTOOL], k, tools, script);
	if (embedded)
		add_objtool(a, &v[OBJTOOL_EMBEDDED], k, tools, embedded);
	vec_apush(a, &v[FINISH], "ld");
	add_all(a, &v[FINISH], kit_ldflags(k));
	vec_apush(a, &v[FINISH], "-X"); /* no compiler-made local labels */
	vec_apush(a, &v[FINISH], "-T");
	vec_apush(a, &v[FINISH], arena_printf(a, "%s/module.lds", tools));
	vec_apush(a, &v[FINISH], "-o");
	vec_apush(a, &v[FINISH], s->ko);
	vec_apush(a, &v[FINISH], script);
	if (embedded)
		vec_apush(a, &v[FINISH], embedded);
	for (size_t i = 0; i < kit_nparts(k); i++)
		if (j->glue.parts >> i & 1)
			vec_apush(a, &v[FINISH],
				  arena_printf(a, "%s/%s.o", tools,
					       kit_part(k, i).name));
	vec_apush(a, &v[FINISH], glue);
	for (int i = 0; i < ROUNDS; i++) {
		if (!v[i].n)
			continue;
		vec_apush(a, &v[i], NULL);
		s->run[i].argv = v[i].v;
	}
}

/* objtool changes its file: a private copy of the shared object. */
static int copy_object(const struct script_object *o, const char *path,
		       struct err *e)
{
	struct buf code = BUF_INIT;
	int rc = fs_read(o->path, &code, MODULE_MAX_BYTES, e);

	if (rc == 0)
		rc = fs_write_scratch(path, code.p, code.len, e);
	buf_deinit(&code);
	return rc;
}

/* C of the script is an object of its own. */
static bool embed_defines(const char *symbol)
{
	return !strncmp(symbol, "taprt_embed_", 12);
}

static int old_runtime(struct module_job *j, const char *lacks)
{
	err_set(j->e, ERR_UNSUPPORTED,
		"the kit of %s has an older runtime, without %s",
		kit_info(j->glue.kit)->release, lacks);
	return err_hint(j->e, "tapbuild kit refresh");
}

/*
 * Which of the runtime's objects the module needs.  We decide and not the linker,
 * because the glue lists the symbols that these need of the kernel.
 */
int module_choose_parts(struct module_job *j)
{
	const struct kit *k = j->glue.kit;
	const char *const *c;

	if (!kit_nparts(k))
		return old_runtime(j, "parts");
	j->glue.parts = kit_part(k, 0).needs;
	vec_foreach(c, &j->object->calls) {
		uint64_t parts = kit_parts_for(k, *c);

		if (!parts && !glue_defines(*c) && !embed_defines(*c))
			return old_runtime(j, *c);
		j->glue.parts |= parts;
	}
	/* without it, the flag of the glue means nothing to the function part */
	if (j->glue.by_name && !kit_parts_for(k, "taprt_fn_named"))
		return old_runtime(j, "taprt_fn_named");
	if (!j->embedded)
		return 0;
	vec_foreach(c, &j->embedded->calls)
		j->glue.parts |= kit_parts_for(k, *c);
	return 0;
}

static int prepare(struct arena *a, struct module_job *j, const char *scratch,
		   size_t index, struct step *s)
{
	struct buf glue = BUF_INIT;
	const char *file = arena_printf(a, "%s/glue-%zu.o", scratch, index);
	const char *script = arena_printf(a, "%s/script-%zu.o", scratch, index);
	const char *embedded =
		j->embedded
			? arena_printf(a, "%s/embedded-%zu.o", scratch, index)
			: NULL;
	const char *tools;
	int rc;

	s->ko = arena_printf(a, "%s/%s-%zu.ko", scratch, j->glue.module, index);
	rc = module_choose_parts(j);
	if (rc == 0)
		rc = kit_tools_dir(j->glue.kit, a, &tools, j->e);
	if (rc == 0)
		rc = glue_make(&j->glue, &glue, j->e);
	if (rc == 0)
		rc = fs_write_scratch(file, glue.p, glue.len, j->e);
	if (rc == 0)
		rc = copy_object(j->object, script, j->e);
	if (rc == 0 && embedded)
		rc = copy_object(j->embedded, embedded, j->e);
	if (rc == 0)
		make_argv(a, j, tools, file, script, embedded, s);
	buf_deinit(&glue);
	return rc;
}

/* objtool reports trouble that it survives on its output: none is acceptable.
 * That our input is linked, which 6.1's objtool calls an error, is no trouble. */
static int check_output(struct spawn *s, struct err *e)
{
	const char *line = s->out.p;

	while (*line) {
		size_t n = strcspn(line, "\n");
		char text[300];

		snprintf(text, sizeof(text), "%.*s", (int)n, line);
		if ((strstr(text, "warning:") || strstr(text, "error:")) &&
		    !strstr(text, "forcing --link"))
			return err_set(e, ERR_TOOL, "%s: %s", s->argv[0], text);
		line += n + (line[n] == '\n');
	}
	return 0;
}

/* As compile.c: 127 says that the program could not be started. */
static int no_tool(const char *tool, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "'%s' does not run", tool);
	return strchr(tool, '/') ? ERR_NOT_FOUND
				 : err_hint(e, "apt-get install binutils");
}

static void run_round(struct module_job *job, struct step *step, size_t n,
		      enum round round, unsigned int jobs)
{
	VEC(struct spawn) run = { 0 };
	VEC(size_t) who = { 0 };
	struct err ignored;

	for (size_t i = 0; i < n; i++) {
		if (job[i].rc < 0 || !step[i].run[round].argv)
			continue;
		vec_push(&run, step[i].run[round]);
		vec_push(&who, i);
	}
	if (run.n)
		spawn_run_all(run.v, run.n, jobs, &ignored);
	for (size_t k = 0; k < run.n; k++) {
		struct module_job *j = &job[who.v[k]];

		if (WIFEXITED(run.v[k].status) &&
		    WEXITSTATUS(run.v[k].status) == 127)
			j->rc = no_tool(run.v[k].argv[0], j->e);
		else if (run.v[k].status != 0)
			j->rc = err_set(j->e, ERR_TOOL, "%s failed: %.300s",
					run.v[k].argv[0], run.v[k].out.p);
		else
			j->rc = check_output(&run.v[k], j->e);
		buf_deinit(&run.v[k].out);
	}
	vec_deinit(&run);
	vec_deinit(&who);
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
	for (enum round r = OBJTOOL; r < ROUNDS; r++)
		run_round(job, step, n, r, jobs);
	for (size_t i = 0; i < n; i++) {
		if (job[i].rc == 0)
			job[i].rc = module_check(step[i].ko, job[i].glue.module,
						 job[i].glue.kit, job[i].e);
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
