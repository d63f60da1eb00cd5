// SPDX-License-Identifier: GPL-2.0-only
/* Debug information of one kernel of a run, opened when it is first asked for. */
#include "build/dwarf/dwkit.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/map.h"
#include "build/base/vec.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dwx.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>

/* One file, @rc and @e: how opening it went. */
struct opened {
	struct dwfile f;
	struct btfv types;
	struct buf bytes;
	bool is_tried;
	int rc;
	struct err e;
};

/* A module with an index of its own. */
struct alone {
	struct dwx *x;
	struct opened o;
};

/* What was found for a name, @e: why nothing was. */
struct answer {
	char *name;
	struct opened *o;
	int rc;
	struct err e;
};

struct dwkit {
	const struct kit *kit;
	struct dwx *x;
	struct opened *v; /* one of each file */
	VEC(struct alone *) alone;
	struct map answers; /* by name: all places of a module ask the same */
	bool is_tried, has_alone;
	int rc;
	struct err e;
};

struct dwkit *dwkit_new(const struct kit *k)
{
	struct dwkit *w = xcalloc(1, sizeof(*w));

	w->kit = k;
	return w;
}

void dwkit_free(struct dwkit *w)
{
	struct alone **m;
	struct answer *q;
	size_t i;

	if (!w)
		return;
	for (i = 0; i < w->answers.n; i++) {
		q = w->answers.ent[i].val;
		free(q->name);
		free(q);
	}
	map_deinit(&w->answers);
	vec_foreach(m, &w->alone) {
		buf_deinit(&(*m)->o.bytes);
		dwx_close((*m)->x);
		free(*m);
	}
	vec_deinit(&w->alone);
	for (i = 0; w->v && i < dwx_nfiles(w->x); i++)
		buf_deinit(&w->v[i].bytes);
	free(w->v);
	dwx_close(w->x);
	free(w);
}

static const struct btfv *base_types(const struct kit *k, const char *name)
{
	size_t i = kit_find_module(k, name);
	const struct btfv *b = NULL;

	if (i < kit_nmodules(k))
		b = kit_module_types(k, i);
	return b ? b : kit_btf(k);
}

static int file_open(struct dwkit *w, struct dwx *x, size_t i, struct opened *o)
{
	const struct btfv *base;
	int rc;

	buf_init(&o->bytes);
	o->is_tried = true;
	o->f.name = dwx_file_name(x, i);
	base = base_types(w->kit, o->f.name);
	rc = dwx_dir(x, i, &o->f.dir, &o->e);
	if (rc == 0)
		rc = dwx_types(o->f.dir, base, &o->bytes, &o->types, &o->e);
	/* An equal view is the same one: families compare them. */
	o->f.types = o->types.data == base->data ? base : &o->types;
	return rc;
}

static bool same_module(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b &&
		    (*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

static int kit_open_index(struct dwkit *w, struct err *e)
{
	if (!w->is_tried) {
		w->is_tried = true;
		w->has_alone = dwx_any_module(w->kit);
		w->rc = dwx_open_kit(w->kit, &w->x, &w->e);
		if (w->rc == 0)
			w->v = xcalloc(dwx_nfiles(w->x) + 1, sizeof(*w->v));
	}
	if (w->rc < 0 && e)
		*e = w->e;
	return w->rc;
}

/* A file of the kernel's own index; *@ret: NULL when it has none of that name. */
static int find_file(struct dwkit *w, const char *name, struct opened **ret,
		     struct err *e)
{
	int rc = kit_open_index(w, e);
	size_t i;

	*ret = NULL;
	if (rc < 0)
		return rc;
	for (i = 0; i < dwx_nfiles(w->x); i++)
		if (same_module(dwx_file_name(w->x, i), name))
			break;
	if (i == dwx_nfiles(w->x))
		return err_set(e, ERR_NOT_FOUND,
			       "the debug information of kernel %s has no %s",
			       kit_info(w->kit)->release, name);
	*ret = &w->v[i];
	if (!w->v[i].is_tried)
		w->v[i].rc = file_open(w, w->x, i, &w->v[i]);
	return 0;
}

/* The index of its own that a module has, or NULL. */
static struct opened *find_alone(struct dwkit *w, const char *name)
{
	struct alone *new;
	char *plain, *c;
	struct dwx *x = NULL;

	if (!w->has_alone)
		return NULL;
	plain = xstrdup(name);
	for (c = plain; *c; c++)
		if (*c == '-')
			*c = '_';
	dwx_open_module(w->kit, plain, &x, NULL);
	free(plain);
	if (!x)
		return NULL;
	new = xcalloc(1, sizeof(*new));
	new->x = x;
	buf_init(&new->o.bytes);
	vec_push(&w->alone, new);
	new->o.rc = file_open(w, x, 0, &new->o);
	return &new->o;
}

static const struct answer *ask(struct dwkit *w, const char *name)
{
	struct answer *q = map_get(&w->answers, name);

	if (q)
		return q;
	q = xcalloc(1, sizeof(*q));
	q->name = xstrdup(name);
	q->rc = find_file(w, name, &q->o, &q->e);
	if (q->rc == ERR_NOT_FOUND && strcmp(name, "vmlinux") != 0)
		q->o = find_alone(w, name);
	if (q->o) {
		q->rc = q->o->rc;
		q->e = q->o->e;
	}
	map_put(&w->answers, q->name, q);
	return q;
}

int dwkit_file(struct dwkit *w, const char *name, const struct dwfile **ret,
	       struct err *e)
{
	const struct answer *q;

	if (!w)
		return err_set(e, ERR_NOT_FOUND, "there is no kernel");
	q = ask(w, name);
	if (q->rc == 0)
		*ret = &q->o->f;
	else if (e)
		*e = q->e;
	return q->rc;
}

bool dwkit_id(struct dwkit *w, char ret[65])
{
	if (!w || kit_open_index(w, NULL) < 0)
		return false;
	dwx_id(w->x, ret);
	return true;
}
