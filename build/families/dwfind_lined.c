// SPDX-License-Identifier: GPL-2.0-only
/* Which functions cannot have code of a line, without decoding them. */
#include "build/families/dwfind_priv.h"

#include "build/base/arena.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"

/* Files of a unit that it has code of, in lines that are asked for. */
struct lined {
	VEC(const char *) file;
};

static void note_lines(struct dwfind *w, const struct spec *s,
		       const struct dwx_row *row, size_t n, struct lined *ret)
{
	const char *last = NULL; /* of a row before, and noted */
	const char **known;

	for (; n; n--, row++) {
		if (row->file == last || row->is_end || !row->is_stmt ||
		    !spec_has_line(s, row->line, 0))
			continue;
		last = row->file;
		vec_foreach(known, &ret->file)
			if (*known == last)
				break;
		if (known == ret->file.v + ret->file.n)
			vec_apush(w->a, &ret->file, last);
	}
}

static int lined_files(struct dwfind *w, const struct spec *s, uint32_t unit,
		       const struct lined **ret, struct err *e)
{
	const void *key = ptrmap_pair(unit, 0);
	struct dwx_row *row;
	struct lined *l;
	uint64_t known;
	struct arena a;
	size_t n;
	int rc;

	if (ptrmap_get(&w->lined, key, &known)) {
		*ret = (const void *)(uintptr_t)known;
		return 0;
	}
	*ret = l = arena_new(w->a, struct lined);
	arena_init(&a);
	rc = dwx_rows(w->f->dir, unit, &a, &row, &n, e);
	if (rc == 0) {
		note_lines(w, s, row, n, l);
		ptrmap_put(&w->lined, key, (uintptr_t)l);
	}
	arena_deinit(&a);
	return rc;
}

int dwfind_may_have_line(struct dwfind *w, const struct spec *s,
			 const struct dwx_func *f, uint32_t unit, bool *ret,
			 struct err *e)
{
	const struct lined *l;
	const char *const *file;
	int rc;

	*ret = true;
	if (s->lines != SPEC_LINES || spec_has_line(s, f->line, f->line))
		return 0;
	rc = lined_files(w, s, unit, &l, e);
	if (rc < 0)
		return rc;
	/* strings are in the index once: the pointer is the name */
	vec_foreach(file, &l->file)
		if (*file == f->file)
			return 0;
	*ret = false;
	return 0;
}
