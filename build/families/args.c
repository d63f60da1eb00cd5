// SPDX-License-Identifier: GPL-2.0-only
/* The x86-64 calling convention, as far as integers and pointers go. */
#include "build/families/args.h"

int args_place(const struct btfv *b, uint32_t type, struct arg_slots *s)
{
	struct btft t = btf_type(b, type);
	unsigned int words = (t.size + 7) / 8;
	bool composite = t.kind == BTFK_STRUCT || t.kind == BTFK_UNION;

	if (t.kind == BTFK_FLOAT)
		return ARG_NONE_AVAILABLE;
	if (!words) /* an empty struct takes no place at all */
		return ARG_NONE_AVAILABLE;
	if ((composite && t.size > 16) || s->regs + words > 6) {
		int at = 6 + (int)s->stack;

		s->stack += words;
		return words == 1 && !composite ? at : ARG_NONE_AVAILABLE;
	}
	s->regs += words;
	return words == 1 && !composite ? (int)(s->regs - 1)
					: ARG_NONE_AVAILABLE;
}
