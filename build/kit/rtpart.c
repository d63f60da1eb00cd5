// SPDX-License-Identifier: GPL-2.0-only
/* The headers first, then facts, since the runtime is compiled with them; then that. */
#include "build/kit/rtpart.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/base/vec.h"
#include "build/kit/kit_file.h"
#include "build/kit/rtcc.h"
#include "build/kit/symvers.h"

#include <stdlib.h>
#include <string.h>

#define DEF_MAX (1 << 20)

int rtpart_build(struct arena *a, const char *runtime, const char *id,
		 const struct recipe *r, const struct symvers *sv,
		 const char *scratch, struct rtpart *ret, struct err *e)
{
	struct buf def = BUF_INIT;
	int rc = fs_read(arena_printf(a, "%s/compat/facts.def", runtime), &def,
			 DEF_MAX, e);
	struct rtcc cc;

	*ret = (struct rtpart){ .id = id };
	if (rc == 0)
		rc = rtcc_init(a, runtime, r, scratch, &cc, e);
	if (rc == 0)
		rc = facts_settle(a, def.p, &cc.argv, sv, scratch, &ret->facts,
				  e);
	buf_deinit(&def);
	if (rc == 0)
		rc = rtobj_build(a, &cc, r, &ret->facts, sv, &ret->objs, e);
	return rc;
}

void rtpart_deinit(struct rtpart *p)
{
	rtobj_deinit(&p->objs);
}

static void add_num(struct kf_writer *w, struct buf *b, const char *name,
		    uint32_t num)
{
	struct kf_num row = { kfw_str(w, name), num };

	buf_add(b, &row, sizeof(row));
}

static void write_objects(const struct rtobjs *l, struct kf_writer *w)
{
	struct buf *b = kfw_section(w, KF_PARTS);

	for (size_t i = 0; i < l->n; i++) {
		struct kf_part row = { kfw_str(w, l->v[i].name),
				       l->v[i].hooks ? KF_PART_HOOKS : 0,
				       l->v[i].needs };

		buf_add(b, &row, sizeof(row));
	}
	for (size_t i = 0; i < l->n; i++) {
		const struct rtobj *o = &l->v[i];

		b = kfw_section(w, arena_printf(w->a, KF_TOOL "%s.o", o->name));
		buf_add(b, o->obj.p, o->obj.len);
	}
}

struct def {
	const char *name;
	uint32_t part;
};

static int def_cmp(const void *a, const void *b)
{
	const struct def *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void write_defs(const struct rtobjs *l, struct kf_writer *w)
{
	VEC(struct def) v = { 0 };
	struct buf *b;

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->v[i].ndef; k++)
			vec_apush(w->a, &v,
				  (struct def){ l->v[i].def[k], (uint32_t)i });
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), def_cmp);
	b = kfw_section(w, KF_DEFS);
	for (size_t i = 0; i < v.n; i++)
		add_num(w, b, v.v[i].name, v.v[i].part);
}

static int need_cmp(const void *a, const void *b)
{
	const struct export *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* Each symbol of the kernel once, with everybody who wants it. */
static void write_needs(const struct rtobjs *l, bool modversions,
			struct kf_writer *w)
{
	VEC(const struct export *) v = { 0 };
	struct buf *b;

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->v[i].nundef; k++)
			vec_apush(w->a, &v, l->v[i].undef[k]);
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), need_cmp);
	b = kfw_section(w, KF_NEEDS);
	for (size_t j = 0; j < v.n; j++) {
		struct kf_need row = { .crc = modversions ? v.v[j]->crc : 0 };

		if (j && v.v[j] == v.v[j - 1])
			continue;
		row.name = kfw_str(w, v.v[j]->name);
		for (size_t i = 0; i < l->n; i++)
			for (size_t k = 0; k < l->v[i].nundef; k++)
				if (l->v[i].undef[k] == v.v[j])
					row.parts |= 1ull << i;
		buf_add(b, &row, sizeof(row));
	}
}

void rtpart_write(const struct rtpart *p, bool modversions, struct kf_writer *w)
{
	struct kf_runtime head = { .strings = (uint32_t)w->strings.len };
	struct buf *b;
	size_t i;

	head.id = kfw_str(w, p->id);
	buf_add(kfw_section(w, KF_RUNTIME), &head, sizeof(head));
	b = kfw_section(w, KF_FACTS);
	for (i = 0; i < p->facts.n; i++)
		add_num(w, b, p->facts.v[i].name, p->facts.v[i].yes);
	write_objects(&p->objs, w);
	write_defs(&p->objs, w);
	write_needs(&p->objs, modversions, w);
}
