// SPDX-License-Identifier: GPL-2.0-only
/* Facts first, since the runtime is compiled with them; then the runtime. */
#include "build/kit/rtpart.h"
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/kit/kit_file.h"
#include "build/kit/rtobj.h"
#include "build/kit/symvers.h"

#define DEF_MAX (1 << 20)

int rtpart_build(struct arena *a, const char *runtime, const char *id,
		 const struct recipe *r, const struct symvers *sv,
		 const char *scratch, struct rtpart *ret, struct err *e)
{
	struct buf def = BUF_INIT;
	int rc = fs_read(arena_printf(a, "%s/compat/facts.def", runtime), &def,
			 DEF_MAX, e);

	*ret = (struct rtpart){ .id = id };
	buf_init(&ret->obj);
	if (rc == 0)
		rc = facts_settle(a, def.p, r, sv, scratch, &ret->facts, e);
	buf_deinit(&def);
	if (rc == 0)
		rc = rtobj_build(a, runtime, r, &ret->facts, sv, scratch,
				 &ret->obj, &ret->undef, &ret->nundef, e);
	return rc;
}

void rtpart_deinit(struct rtpart *p)
{
	buf_deinit(&p->obj);
}

static void add_num(struct kf_writer *w, struct buf *b, const char *name,
		    uint32_t num)
{
	struct kf_num row = { kfw_str(w, name), num };

	buf_add(b, &row, sizeof(row));
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
	b = kfw_section(w, KF_UNDEFS);
	for (i = 0; i < p->nundef; i++)
		add_num(w, b, p->undef[i]->name,
			modversions ? p->undef[i]->crc : 0);
	if (p->obj.len)
		buf_add(kfw_section(w, KF_RTOBJ), p->obj.p, p->obj.len);
}
