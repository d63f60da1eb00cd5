// SPDX-License-Identifier: GPL-2.0-only
/* Compile the C of a script and say at the script's lines what is wrong with it. */
#include "build/cmd_embed.h"
#include "build/base/fs.h"
#include "build/base/vec.h"
#include "build/kit/flags.h"
#include "build/kit/kit.h"
#include "build/link/compile.h"
#include "build/session.h"
#include "build/target.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>

static void refuse(struct target *t)
{
	t->status = TARGET_UNSUPPORTED;
	t->failed_pass = 4;
	snprintf(t->reason, sizeof(t->reason), "%s", t->diags.first);
}

/* The variables by which kbuild gives flags to the compiler. */
static const char *const flag_names[] = {
	"CFLAGS=",
	"EXTRA_CFLAGS=",
	"KCFLAGS=",
	"CFLAGS_MODULE=",
};

static void add_flags(struct arena *a, const char *var, struct words *ret)
{
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(*flag_names); i++) {
		size_t n = strlen(flag_names[i]), pos = 0;
		struct words w;

		if (strncmp(var, flag_names[i], n) ||
		    !flags_split(a, var + n, strlen(var + n), &pos, &w))
			continue;
		for (size_t k = 0; k < w.n; k++)
			words_add(a, ret, w.v[k]);
	}
}

int embed_add(struct compiler *c, struct target *t, const struct session *s,
	      struct err *e)
{
	struct words flags = { 0 };

	t->embed_from = t->diags.text.len;
	if (!t->unit.c.len)
		return 0;
	for (size_t i = 0; i < s->nkbuild; i++)
		add_flags(&t->arena, s->kbuild[i], &flags);
	t->embedded = compiler_add_embedded(c, t->kit, t->unit.c.p,
					    t->unit.c.len, flags.v, flags.n, e);
	if (t->embedded)
		return 0;
	if (e->code != ERR_UNSUPPORTED)
		return e->code;
	diag_error(&t->diags, NULL, DIAG_EMBEDDED_C, "%s; %s", e->text,
		   e->hint);
	refuse(t);
	return 0;
}

static void check_symbols(struct target *t)
{
	const char **s;
	uint32_t crc;
	bool gpl; /* the module is, too */

	vec_foreach(s, &t->embedded->undefs)
		if (!kit_export(t->kit, *s, &crc, &gpl))
			embed_report_symbol(t->program, *s, t->release,
					    &t->diags);
}

void embed_finish(struct target *t)
{
	const struct script_object *o = t->embedded;
	unsigned int before = t->diags.nerrors;

	if (!o || t->status != TARGET_OK)
		return;
	if (!o->cached)
		embed_report(&t->unit, o->spawn.out.p, t->release, o->failed,
			     &t->diags);
	if (!o->failed)
		check_symbols(t);
	if (t->diags.nerrors > before)
		refuse(t);
}

/* What was said before the compiler ran has been printed. */
static void print_rest(const struct target *t)
{
	const struct buf *b = &t->diags.text;

	fwrite(b->p + t->embed_from, 1, b->len - t->embed_from, stderr);
}

void embed_print_refusal(const struct target *t)
{
	print_rest(t);
}

int embed_keep(const char *c_path, const struct target *t, bool quiet,
	       struct err *e)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_printf(&path, "%.*s.embed.c", (int)strlen(c_path) - 2, c_path);
	rc = fs_write_atomic(path.p, t->unit.c.p, t->unit.c.len, 0644, e);
	if (rc == 0 && !quiet)
		printf("%s: %zu bytes\n", path.p, t->unit.c.len);
	buf_deinit(&path);
	return rc;
}

void embed_print_warnings(struct target *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (t[i].status != TARGET_OK || !t[i].embedded ||
		    t[i].diags.text.len <= t[i].embed_from)
			continue;
		print_rest(&t[i]);
		return;
	}
}

const char *const *embed_undefs(struct arena *a, const struct target *t,
				size_t *n)
{
	const struct script_object *o = t->object, *em = t->embedded;
	const char **v = arena_array(a, const char *,
				     o->undefs.n + (em ? em->undefs.n : 0) + 1);
	size_t k = 0;

	for (size_t i = 0; i < o->undefs.n; i++)
		v[k++] = o->undefs.v[i];
	for (size_t i = 0; em && i < em->undefs.n; i++) {
		size_t j;

		for (j = 0; j < o->undefs.n; j++)
			if (!strcmp(v[j], em->undefs.v[i]))
				break;
		if (j == o->undefs.n)
			v[k++] = em->undefs.v[i];
	}
	*n = k;
	return v;
}
