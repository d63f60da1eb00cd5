/* SPDX-License-Identifier: GPL-2.0-only */
/* The plan of a build that many machines share: one unit of work a kernel. */
#include "build/pack/units.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/src.h"
#include "build/elab/library.h"
#include "build/kit/kit.h"
#include "build/opts.h"
#include "build/pack/plan.h"
#include "build/session.h"
#include "build/target.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/limits.h"
#include "bundle/write_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define UNITS_MAX_BYTES (4u << 20)

/* ---- what is built from -------------------------------------------------- */

/* Two programs of one version may write other code. */
static int digest_self(char hex[DIGEST_HEX], struct err *e)
{
	const void *p = NULL;
	size_t n = 0;
	int r = fs_map("/proc/self/exe", &p, &n, e);

	if (r < 0)
		return r;
	digest_hex(p, n, hex);
	munmap((void *)(uintptr_t)p, n);
	return 0;
}

static void digest_scripts(struct src *const *script, size_t n,
			   const struct session *s, char hex[DIGEST_HEX])
{
	struct digest d;

	digest_init(&d);
	for (size_t i = 0; i < n; i++) {
		digest_add(&d, &script[i]->len, sizeof(script[i]->len));
		digest_add(&d, script[i]->text, script[i]->len);
	}
	for (size_t i = 0; i < s->nargs; i++)
		digest_adds(&d, s->args[i]);
	digest_final_hex(&d, hex);
}

/* By their names alone: where the directories lie is each machine's own. */
static void digest_library(const struct library *lib, char hex[DIGEST_HEX])
{
	struct digest d;

	digest_init(&d);
	for (size_t i = 0; i < library_nfiles(lib); i++) {
		const struct lib_file *f = library_file(lib, i);
		const char *slash = strrchr(f->path, '/');

		digest_adds(&d, slash ? slash + 1 : f->path);
		digest_adds(&d, f->arch ? f->arch : "");
		digest_adds(&d, f->kver ? f->kver : "");
		digest_add(&d, &f->src->len, sizeof(f->src->len));
		digest_add(&d, f->src->text, f->src->len);
	}
	digest_final_hex(&d, hex);
}

static int add_head(struct buf *b, struct src *const *script, size_t nscripts,
		    const struct session *s, const struct opts *o,
		    const struct library *lib, struct arena *a, struct err *e)
{
	char self[DIGEST_HEX], text[DIGEST_HEX], options[DIGEST_HEX];
	char tapset[DIGEST_HEX];
	struct digest d;
	int r = digest_self(self, e);

	if (r < 0)
		return r;
	digest_scripts(script, nscripts, s, text);
	digest_library(lib, tapset);
	digest_init(&d);
	opts_digest(o, &d);
	digest_final_hex(&d, options);
	buf_printf(b,
		   "tap-plan: 1\ntapbuild: %s %s\ncreated: %llu\n"
		   "script: %s %s\noptions: %s\ntapset: %s\n",
		   TAP_VERSION, self, (unsigned long long)plan_created(),
		   s->script_name ? write_script_name(a, s->script_name) : "-",
		   text, options, tapset);
	return 0;
}

static void add_unit(struct buf *b, size_t i, const struct target *t,
		     struct arena *a)
{
	const struct kit_info *ki = kit_info(t->kit);

	buf_printf(b, "unit: %zu %s %s %s %s %s\n", i, ki->id, ki->machine,
		   ki->release, *ki->build_id ? ki->build_id : "unknown",
		   write_clean(a, ki->version, "*"));
}

int units_make(struct units *u, const struct target *target, size_t n,
	       struct src *const *script, size_t nscripts,
	       const struct session *s, const struct opts *o,
	       const struct library *lib, struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;
	int r = add_head(&b, script, nscripts, s, o, lib, a, e);

	for (size_t i = 0; !r && i < n; i++)
		add_unit(&b, i, &target[i], a);
	if (!r)
		r = units_parse(u, b.p, b.len, a, e);
	buf_deinit(&b);
	return r;
}

/* ---- the text ------------------------------------------------------------ */

static const char *const head_keys[] = { "tap-plan", "tapbuild", "created",
					 "script",   "options",	 "tapset" };

#define NHEAD (sizeof(head_keys) / sizeof(head_keys[0]))

static int parse_head(struct units *u, struct lines *l, struct err *e)
{
	for (size_t i = 0; i < NHEAD; i++) {
		int r = lines_next(l, e);

		if (r < 0)
			return r;
		if (!r || strcmp(l->key, head_keys[i]) != 0)
			return lines_bad(l, e, "'%s' belongs here",
					 head_keys[i]);
		if (i == 0 && strcmp(l->value, "1") != 0)
			return lines_bad(l, e, "a plan of another version");
		if (i == 1)
			u->builder = word_next(&l->value);
		if (i == 2 && !num_u64(l->value, UINT64_MAX, &u->created))
			return lines_bad(l, e, "not a time");
	}
	return u->builder ? 0 : lines_bad(l, e, "no version");
}

static int parse_unit(struct units *u, struct lines *l, struct err *e)
{
	struct unit *t = &u->unit[u->n];
	char *v = l->value, *no = word_next(&v);
	uint8_t id[DIGEST_BYTES];
	uint64_t index;

	t->kit = word_next(&v);
	t->machine = word_next(&v);
	t->release = word_next(&v);
	t->build_id = word_next(&v);
	t->version = v;
	if (strcmp(l->key, "unit") != 0 || !t->build_id || !v ||
	    !num_u64(no, BUNDLE_TARGETS_MAX, &index) || index != u->n ||
	    !hex_bytes(t->kit, id, sizeof(id)))
		return lines_bad(l, e,
				 "not 'unit: %zu KIT MACHINE RELEASE BUILD-ID "
				 "VERSION'",
				 u->n);
	u->n++;
	return 0;
}

static size_t count_lines(const char *p, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n';
	return lines;
}

int units_parse(struct units *u, const char *text, size_t n, struct arena *a,
		struct err *e)
{
	size_t lines = count_lines(text, n);
	char *copy = arena_strndup(a, text, n);
	struct lines l;
	int r;

	memset(u, 0, sizeof(*u));
	if (n > UNITS_MAX_BYTES || lines > NHEAD + BUNDLE_TARGETS_MAX)
		return err_set(e, -BERR_LIMIT, "plan of %zu units, limit %u",
			       lines > NHEAD ? lines - NHEAD : 0,
			       BUNDLE_TARGETS_MAX);
	u->text = arena_strndup(a, text, n);
	u->len = n;
	digest_hex(text, n, u->digest);
	u->unit = arena_array(a, struct unit, lines + 1);
	lines_init(&l, "plan", copy, n, BUNDLE_LINE_MAX);
	r = parse_head(u, &l, e);
	u->head_len = (size_t)(l.pos - copy);
	while (!r && (r = lines_next(&l, e)) > 0)
		r = parse_unit(u, &l, e);
	return !r && !u->n ? lines_bad(&l, e, "no unit") : r;
}

/* ---- identities ---------------------------------------------------------- */

void units_id(const struct units *u, size_t i, char hex[DIGEST_HEX])
{
	const struct unit *t = &u->unit[i];
	struct digest d;

	digest_init(&d);
	digest_adds(&d, "TAP-UNIT-V1");
	digest_add(&d, u->text, u->head_len);
	digest_adds(&d, t->kit);
	digest_final_hex(&d, hex);
}

const char *units_differ(const struct units *a, const struct units *b,
			 struct arena *arena)
{
	const char *p = a->text, *q = b->text;

	if (!strcmp(p, q))
		return NULL;
	while (*p && *q) {
		size_t n = strcspn(p, "\n"), m = strcspn(q, "\n");

		if (n != m || memcmp(p, q, n) != 0)
			return arena_strndup(arena, p, strcspn(p, ":"));
		p += n + 1;
		q += m + 1;
	}
	return "unit";
}

bool units_in_shard(size_t unit, unsigned int i, unsigned int n)
{
	return unit % n == i - 1;
}
