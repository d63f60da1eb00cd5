/* SPDX-License-Identifier: GPL-2.0-only */
/* The passes of the front end, for one target. */
#include "build/target.h"
#include "build/dwarf/dwkit.h"
#include "build/elab/library.h"
#include "build/emit/emit.h"
#include "build/kit/kit.h"
#include "build/kit/store.h"
#include "build/sema/sema.h"
#include "build/session.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

uint64_t target_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static const char *config_of(void *kit, const char *name)
{
	return kit_config(kit, name);
}

void target_init(struct target *t, const char *kit_path)
{
	memset(t, 0, sizeof(*t));
	t->kit_path = kit_path;
	t->release = "none";
	arena_init(&t->arena);
	diags_init(&t->diags);
	buf_init(&t->c);
	buf_init(&t->ko);
	embed_unit_init(&t->unit);
}

void target_deinit(struct target *t)
{
	dwkit_free(t->dw);
	kit_close(t->kit);
	diags_deinit(&t->diags);
	buf_deinit(&t->c);
	buf_deinit(&t->ko);
	embed_unit_deinit(&t->unit);
	arena_deinit(&t->arena);
}

int target_open(struct target *t, struct err *e)
{
	uint64_t begin = target_now_ns();
	int rc = kit_open(t->kit_path, &t->kit, e);

	if (rc == 0)
		rc = store_check_name(t->kit_path, kit_info(t->kit)->release,
				      kit_info(t->kit)->id, e);
	if (rc < 0)
		return rc;
	t->dw = dwkit_new(t->kit);
	t->release = kit_info(t->kit)->release;
	t->pp.kernel_vr = t->release;
	t->pp.arch = kit_info(t->kit)->machine;
	t->pp.config = config_of;
	t->pp.arg = t->kit;
	t->ns_open = target_now_ns() - begin;
	return 0;
}

void target_refuse(struct target *t, unsigned int pass, const char *why)
{
	t->failed_pass = pass;
	t->status = TARGET_UNSUPPORTED;
	snprintf(t->reason, sizeof(t->reason), "%s", why);
}

static bool refused(struct target *t, unsigned int pass)
{
	target_refuse(t, pass, t->diags.first);
	return false;
}

bool target_parse(struct target *t, const struct session *s,
		  struct lexed *const *script, size_t n, struct library *lib)
{
	uint64_t begin = target_now_ns();
	bool ok = true;

	t->env.target = t->kit ? &t->pp : NULL;
	t->env.guru = s->guru;
	t->env.systemtap_v = s->compatible;
	t->diags.suppress_warnings = s->no_warnings;
	t->diags.warnings_are_errors = s->warnings_are_errors;
	t->diags.show_all = s->verbose > 0;
	if (lib)
		t->env.library =
			library_macros(lib, &t->arena, &t->env, &t->diags);
	for (size_t i = 0; i < n; i++) {
		struct ast_file *f =
			lang_parse(&t->arena, script[i], &t->env, &t->diags);

		ok &= f != NULL;
		vec_apush(&t->arena, &t->files, f);
	}
	t->ns_parse = target_now_ns() - begin;
	/* with -W a file without errors may have some */
	return (ok && !t->diags.nerrors) || refused(t, 1);
}

/* Of the names that all files of the script share, none may be declared twice. */
static void check_shared(struct target *t, const struct ast_file *a,
			 const struct ast_file *b)
{
	struct ast_global **g, **h;

	vec_foreach(g, &b->globals)
		vec_foreach(h, &a->globals)
			if ((*g)->sym->name == (*h)->sym->name &&
			    !(*g)->sym->is_private && !(*h)->sym->is_private) {
				diag_error(&t->diags, &(*g)->at,
					   DIAG_DUP_GLOBAL,
					   "duplicate global name '%s'",
					   (*g)->sym->name);
				diag_note(&t->diags, &(*h)->at,
					  "first declared here");
			}
}

void target_join(struct target *t)
{
	for (size_t i = 1; i < t->files.n; i++) {
		for (size_t k = 0; k < i; k++)
			check_shared(t, t->files.v[k], t->files.v[i]);
		vec_apush(&t->arena, &t->files.v[0]->more, t->files.v[i]);
	}
}

bool target_sema(struct target *t, struct session *s, struct library *lib)
{
	uint64_t begin = target_now_ns();
	struct sema_in in = { .s = s,
			      .lib = lib,
			      .user = t->files.v[0],
			      .kit = t->kit,
			      .env = &t->env,
			      .dw = t->dw };

	target_join(t);
	t->program = sema_run(&in, &t->arena, &t->diags);
	t->ns_sema = target_now_ns() - begin;
	return (t->program && !t->diags.nerrors) || refused(t, 2);
}

size_t target_nembeds(const struct target *t)
{
	struct ast_func **f;
	struct ast_file **file;
	size_t n = 0;

	vec_foreach(file, &t->files)
		n += (*file)->embedded.n;
	if (t->program)
		vec_foreach(f, &t->program->funcs)
			n += (*f)->embedded != NULL;
	return n;
}

bool target_emit(struct target *t, struct session *s)
{
	uint64_t begin = target_now_ns();
	int rc = emit_program(t->program, s, &t->c, &t->diags);

	if (rc == 0)
		emit_embedded(t->program, s, &t->arena, &t->unit);
	t->ns_emit = target_now_ns() - begin;
	if (rc < 0 || t->diags.nerrors)
		return refused(t, 3);
	t->status = TARGET_OK;
	return true;
}
