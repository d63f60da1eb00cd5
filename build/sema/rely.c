/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program takes from a kernel's types, noted where it is taken. */
#include "build/base/arena.h"
#include "build/debuginfo/btf.h"
#include "build/kit/kit.h"
#include "build/lang/ast.h"
#include "build/sema/ctx.h"
#include "bundle/limits.h"
#include "bundle/rely.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sema_bind(struct sema *sm, const char *fmt, ...)
{
	char text[BUNDLE_BOUND_MAX + 1];
	va_list ap;

	if (sm->prog->bound)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sm->prog->bound = arena_strdup(sm->a, text);
}

/* Other types than the kernel's own are in no /sys/kernel/btf/vmlinux. */
static bool is_kernels(struct sema *sm, uint32_t id)
{
	const struct btfv *k = sm->kit ? kit_btf(sm->kit) : NULL;

	return k && (sm->btf == k || id < k->start_id + k->ntypes);
}

static void rely_add(struct sema *sm, const struct rely *r)
{
	const struct rely *o;

	vec_foreach(o, &sm->prog->relies)
		if (!rely_cmp(o, r))
			return;
	vec_apush(sm->a, &sm->prog->relies, *r);
}

static void rely_record(struct sema *sm, const struct btft *t,
			enum rely_kind kind, const char *member)
{
	struct rely r = { .kind = kind,
			  .is_union = t->kind == BTFK_UNION,
			  .name = t->name,
			  .member = member };

	if (t->kind != BTFK_STRUCT && t->kind != BTFK_UNION)
		return;
	if (!is_kernels(sm, t->id))
		sema_bind(sm, "it uses types of a module or a header");
	else if (*t->name) /* else it counts with what it is a part of */
		rely_add(sm, &r);
}

void sema_rely_member(struct sema *sm, const struct btft *t, const char *name)
{
	rely_record(sm, t, RELY_MEMBER, name);
}

void sema_rely_type(struct sema *sm, const struct btft *t)
{
	rely_record(sm, t, RELY_TYPE, NULL);
}
