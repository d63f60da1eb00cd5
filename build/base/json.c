/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON text, piece by piece. */
#include "build/base/json.h"

#include "build/base/buf.h"

void json_add_string(struct buf *o, const char *key, const char *s)
{
	if (key)
		buf_printf(o, "\"%s\":", key);
	if (!s) {
		buf_adds(o, "null");
		return;
	}
	buf_addc(o, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			buf_printf(o, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			buf_printf(o, "\\u%04x", c);
		else
			buf_addc(o, *s);
	}
	buf_addc(o, '"');
}
