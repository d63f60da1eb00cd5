// SPDX-License-Identifier: GPL-2.0-only
/* Names of the bits and values in arguments of system calls. */
#include "runtime/core/core.h"

/**
 * struct rt_flag - one name
 * @mask: 0: this is the name of the set that follows
 */
struct rt_flag {
	const char *name;
	u32 mask, value;
};

static const struct rt_flag rt_flags[] = {
#define SET(name)		{ #name, 0, 0 },
#define FLAG(name, mask, value) { #name, mask, value },
#include "runtime/uapi/flags.def"
#undef SET
#undef FLAG
	{ NULL, 0, 0 }
};

static const struct rt_flag *rt_flag_set(const char *set)
{
	const struct rt_flag *f;

	for (f = rt_flags; f->name; f++)
		if (!f->mask && !taprt_strcmp(f->name, set))
			return f + 1;
	return f;
}

void taprt_fn_flags(struct taprt_ctx *c, char *dst, u32 size, const char *set,
		    s64 v)
{
	const struct rt_flag *f = rt_flag_set(set);
	u32 left = v, n = 0, seen = 0;
	struct taprt_sink s;

	(void)c;
	taprt_sink_buf(&s, dst, size);
	for (; f->mask; f++) {
		if ((left & f->mask) != f->value || (seen & f->mask))
			continue;
		if (n++)
			taprt_put_lit(&s, "|", 1);
		taprt_put_lit(&s, f->name, rt_strnlen(f->name, 64));
		left &= ~f->value;
		seen |= f->mask;
	}
	if (left || !n) {
		if (n)
			taprt_put_lit(&s, "|", 1);
		taprt_put_num(&s, left, 'x', TAPRT_F_ALT, 0, -1);
	}
	taprt_sink_end(&s);
}
