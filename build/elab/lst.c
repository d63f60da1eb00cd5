// SPDX-License-Identifier: GPL-2.0-only
/* Reads what was listed of a kernel when its kit was made. */
#include "build/elab/lst.h"

#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/vec.h"
#include "build/dwarf/dwkit.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "build/kit/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

/* No block that is written is near. */
#define BLOCK_MAX ((uint32_t)256 << 20)

struct lst {
	struct kf_view f;
	const struct lst_block *block;
	const uint8_t *data;
	size_t nblocks, ndata;
	VEC(char *) unpacked;
};

void lst_debug_id(struct dwkit *w, char ret[65])
{
	if (!dwkit_id(w, ret))
		*ret = '\0';
}

/* Is it of this kit, and of this debug information of it? */
static bool is_of(const struct lst *l, const struct kit *k, struct dwkit *w)
{
	const struct lst_info *i;
	char debug[65];
	size_t n;

	i = kf_table(&l->f, KF_LISTING, sizeof(*i), &n);
	if (!i || n != 1 || i->version != LST_VERSION ||
	    strcmp(kf_info(&l->f, "kit"), kit_info(k)->id) != 0)
		return false;
	lst_debug_id(w, debug);
	return !strcmp(kf_info(&l->f, "debug"), debug);
}

struct lst *lst_open(const struct kit *k, struct dwkit *w)
{
	struct lst *l = xcalloc(1, sizeof(*l));
	const char *path;
	struct arena a;
	const void *p;
	size_t n;
	int rc;

	arena_init(&a);
	path = store_listing_path(&a, kit_info(k)->release,
				  kit_info(k)->build_id);
	rc = fs_exists(path) ? fs_map(path, &p, &n, NULL) : -1;
	arena_deinit(&a);
	if (rc < 0) {
		free(l);
		return NULL;
	}
	rc = kf_open(&l->f, p, n, NULL);
	if (rc == 0 && is_of(l, k, w)) {
		l->block = kf_table(&l->f, LST_BLOCKS, sizeof(*l->block),
				    &l->nblocks);
		l->data = kf_section(&l->f, LST_DATA, &l->ndata);
	}
	if (l->block && l->data)
		return l;
	l->f.p = p;
	l->f.len = n;
	lst_close(l);
	return NULL;
}

void lst_close(struct lst *l)
{
	char **p;

	if (!l)
		return;
	vec_foreach(p, &l->unpacked)
		free(*p);
	vec_deinit(&l->unpacked);
	munmap((void *)(uintptr_t)l->f.p, l->f.len);
	free(l);
}

/* ---- rows ------------------------------------------------------------------------ */

/* Can rows that are asked for be in it? */
static bool is_wanted(const struct lst_walk *w, const struct lst_block *b)
{
	const char *first = kf_str(&w->l->f, b->first);

	if (b->table != w->table)
		return false;
	if (!w->bin)
		return *first != '\0';
	return strcmp(first, w->bin) <= 0 &&
	       strcmp(w->bin, kf_str(&w->l->f, b->last)) <= 0;
}

static bool unpack(struct lst_walk *w, const struct lst_block *b)
{
	struct lst *l = w->l;
	size_t got;

	if (b->off > l->ndata || b->zlen > l->ndata - b->off || !b->len ||
	    b->len > BLOCK_MAX)
		return false;
	w->p = xmalloc(b->len);
	vec_push(&l->unpacked, w->p);
	w->end = w->p + b->len;
	got = ZSTD_decompress(w->p, b->len, l->data + b->off, b->zlen);
	/* so that what a row points to ends in the block */
	return got == b->len && !w->end[-1];
}

/* false: there is none, or it is damaged */
static bool next_block(struct lst_walk *w)
{
	while (w->next < w->l->nblocks) {
		const struct lst_block *b = &w->l->block[w->next++];

		if (!is_wanted(w, b))
			continue;
		w->in = "";
		w->has_debug = false;
		w->is_bad = !unpack(w, b);
		return !w->is_bad;
	}
	return false;
}

static char *take(struct lst_walk *w)
{
	char *s = w->p;

	if (s == w->end) {
		w->is_bad = true;
		return w->end - 1; /* NUL */
	}
	w->p = (char *)memchr(s, 0, (size_t)(w->end - s)) + 1;
	return s;
}

static void take_row(struct lst_walk *w, unsigned int flags,
		     struct lst_row *ret)
{
	char *none;

	ret->flags = flags;
	ret->bin = w->in;
	ret->has_debug = w->has_debug;
	ret->key = take(w);
	ret->shown = flags & LST_ROW_SHOWN ? take(w) : ret->key;
	ret->sub = flags & LST_ROW_SUB ? take(w) : "";
	ret->at = flags & (LST_ROW_CALL | LST_ROW_RET) ? take(w) : "";
	ret->vars[0] = take(w);
	none = w->p - 1;
	ret->vars[1] = flags & LST_ROW_RETURN ? take(w) : none;
	ret->vars[2] = flags & LST_ROW_RETURN ? take(w) : none;
}

bool lst_next(struct lst_walk *w, struct lst_row *ret)
{
	unsigned int flags;

	for (;;) {
		if (w->p == w->end && !next_block(w))
			return false;
		flags = (uint8_t)*w->p++;
		if (flags & LST_ROW_BIN) {
			w->in = take(w);
			w->has_debug = flags & LST_ROW_DEBUG;
			continue;
		}
		take_row(w, flags, ret);
		if (w->is_bad)
			return false;
		if (!w->bin || !strcmp(w->in, w->bin))
			return true;
	}
}
