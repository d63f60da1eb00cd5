// SPDX-License-Identifier: GPL-2.0-only
/* Global variables: storage, initial values, the table the runtime reads. */
#include "build/emit/em.h"

#include "build/base/diag.h"
#include "build/lang/lang.h"
#include "build/sema/limits.h"
#include "build/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void em_global_names(struct em *em)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < em->p->globals.n; i++) {
		buf_reset(&b);
		buf_printf(&b, "g%zu_", i);
		cw_ident(&b, em->p->globals.v[i]->name);
		em->global[i] = em_text(em, "%s", b.p);
	}
	buf_deinit(&b);
}

/* ---- initial values -------------------------------------------------------------- */

/* The text after "name=" of the last -G for this global, or NULL. */
static const char *global_set(struct em *em, const struct sym *g)
{
	const char *ret = NULL;
	size_t n = strlen(g->name);

	if (g->is_library && !g->is_set)
		return NULL;
	for (size_t i = 0; i < em->s->nglobal_set; i++) {
		const char *s = em->s->global_set[i];

		if (!strncmp(s, g->name, n) && s[n] == '=')
			ret = s + n + 1;
	}
	return ret;
}

static int64_t init_long(struct em *em, const struct sym *g)
{
	const char *set = global_set(em, g);
	char *end;
	int64_t v;

	if (!set)
		return g->init ? g->init->num : 0;
	errno = 0;
	v = *set == '-' ? strtoll(set, &end, 0)
			: (int64_t)strtoull(set, &end, 0);
	if (errno || end == set || *end) {
		em->failed = true;
		diag_error(em->d, NULL, DIAG_GLOBAL_SET,
			   "-G %s: '%s' is not a number", g->name, set);
		return 0;
	}
	return v;
}

static void print_string(struct em *em, const struct sym *g, const char *name)
{
	const char *set = global_set(em, g);
	struct buf bytes = BUF_INIT, lit = BUF_INIT;
	size_t n;

	if (set)
		buf_adds(&bytes, set);
	else if (g->init)
		lang_unescape(&bytes, g->init->str);
	n = strlen(bytes.p);
	if (n > em->strsize - 1)
		n = em->strsize - 1;
	cw_literal(&lit, bytes.p, n);
	cw_line(&em->w, "static char %s[STRSIZE] = %s;", name, lit.p);
	buf_deinit(&bytes);
	buf_deinit(&lit);
}

static void print_long(struct em *em, size_t i)
{
	int64_t v = init_long(em, em->p->globals.v[i]);

	/* counters that all CPUs add to get a cache line of their own */
	if (em->guard[i] == GUARD_ATOMIC)
		cw_line(&em->w,
			"static s64 %s __attribute__((aligned(64))) = "
			"(s64)%" PRIu64 "ULL;",
			em->global[i], (uint64_t)v);
	else if (v == INT64_MIN)
		cw_line(&em->w, "static s64 %s = -9223372036854775807LL - 1;",
			em->global[i]);
	else
		cw_line(&em->w, "static s64 %s = %" PRId64 "LL;", em->global[i],
			v);
}

void em_globals(struct em *em)
{
	for (size_t i = 0; i < em->p->globals.n; i++) {
		const struct sym *g = em->p->globals.v[i];

		if (g->arity > 0)
			cw_line(&em->w, "static struct taprt_map *%s;",
				em->global[i]);
		else if (g->type == TY_STAT)
			cw_line(&em->w, "static struct taprt_stat *%s;",
				em->global[i]);
		else if (g->type == TY_STRING)
			print_string(em, g, em->global[i]);
		else
			print_long(em, i);
	}
	if (em->p->globals.n)
		cw_blank(&em->w);
}

/* ---- table ----------------------------------------------------------------------- */

/* Those of the library are not for taprun's user; a few are for taprun itself. */
static bool is_settable(const struct sym *g)
{
	if (g->arity > 0 || g->type == TY_STAT)
		return false;
	return !g->is_library || !strncmp(g->name, "__runner_", 9);
}

static void print_row(struct em *em, size_t i)
{
	const struct sym *g = em->p->globals.v[i];
	const char *name = em->global[i];
	static const char *const types[] = {
		[TY_UNKNOWN] = "TAPRT_LONG",
		[TY_LONG] = "TAPRT_LONG",
		[TY_STRING] = "TAPRT_STRING",
		[TY_STAT] = "TAPRT_STAT",
	};
	bool array = g->arity > 0;
	unsigned int keystr = 0;
	int64_t max =
		g->max_entries ? g->max_entries : em->p->limits->maxmapentries;

	for (int k = 0; k < g->arity && k < TAPRT_MAXKEYS; k++)
		keystr |= (g->keys[k] == TY_STRING ? 1u : 0u) << k;
	cw_brace(&em->w);
	cw_line(&em->w, ".name = \"%s\", .ptr = %s%s, .type = %s,", g->name,
		!array && g->type == TY_STRING ? "" : "&", name,
		types[g->type]);
	if (array)
		cw_line(&em->w,
			".array = true, .nkeys = %d, .keystr = %#x, "
			".max_entries = %" PRId64 ",",
			g->arity, keystr, max);
	if (g->max_entries)
		cw_line(&em->w, ".sized = true,");
	if (g->wrap)
		cw_line(&em->w, ".wrap = true,");
	if (is_settable(g))
		cw_line(&em->w, ".settable = true,");
	if (em->orders[i])
		cw_line(&em->w, ".orders = %u,", em->orders[i]);
	if (em->spread[i])
		cw_line(&em->w, ".spread = true,");
	if (em->guard[i] == GUARD_SHARED)
		cw_line(&em->w, ".shared_often = true,");
	if (g->hist.kind)
		cw_line(&em->w,
			".hist = { %u, %" PRId64 "LL, %" PRId64 "LL, %" PRId64
			"LL },",
			g->hist.kind, (int64_t)g->hist.lo, (int64_t)g->hist.hi,
			(int64_t)g->hist.step);
	if (g->keep)
		cw_line(&em->w, ".keep = %u, .shift = %u,", g->keep, g->shift);
	cw_close(&em->w, ",");
}

void em_global_table(struct em *em)
{
	if (!em->p->globals.n)
		return;
	cw_open(&em->w, "static const struct taprt_global globals[%zu] =",
		em->p->globals.n);
	for (size_t i = 0; i < em->p->globals.n; i++)
		print_row(em, i);
	cw_close(&em->w, ";");
	cw_blank(&em->w);
}
