// SPDX-License-Identifier: GPL-2.0-only
/* %m and %M: memory as it is, or in hexadecimal. */
#include "runtime/core/core.h"

#define PUT_MAX	     4096 /* most bytes of one item */
#define PUT_MEM_STEP 128

static void rt_put_hex(struct taprt_sink *s, const u8 *b, u32 n)
{
	static const char hex[] = "0123456789abcdef";
	u32 i;

	for (i = 0; i < n; i++) {
		taprt_put_lit(s, &hex[b[i] >> 4], 1);
		taprt_put_lit(s, &hex[b[i] & 15], 1);
	}
}

void taprt_put_mem(struct taprt_ctx *c, struct taprt_sink *s, s64 addr, s64 len,
		   bool hex, bool user)
{
	u8 b[PUT_MEM_STEP];
	u32 n;

	if (len < 0)
		len = 1;
	if (len > PUT_MAX) {
		taprt_fail_num(c, "", len,
			       " is too many bytes for a memory dump");
		return;
	}
	for (; len; len -= n, addr += n) {
		n = len < PUT_MEM_STEP ? len : PUT_MEM_STEP;
		if (taprt_read_mem(b, addr, n, user)) {
			taprt_fail_addr(c, "read fault [man error::fault] at ",
					addr, "");
			return;
		}
		if (hex)
			rt_put_hex(s, b, n);
		else
			taprt_put_lit(s, (char *)b, n);
	}
}
