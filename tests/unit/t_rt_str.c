// SPDX-License-Identifier: GPL-2.0-only
/* runtime/core/str.c and error.c */
#include "tests/unit/rt_user.h"

#include <sys/mman.h>

#include "tests/tap.h"

static void test_copy(void)
{
	char b[8] = "abcdefg", big[600], src[600];

	taprt_strcpy(b, "xyz", sizeof(b));
	ok(!strcmp(b, "xyz"), "copy");
	taprt_strcpy(b, "123456789", sizeof(b));
	ok(!strcmp(b, "1234567"), "cut to size - 1");
	taprt_strcpy(b, b + 3, sizeof(b));
	ok(!strcmp(b, "4567"), "overlap down");
	taprt_strcpy(b + 2, b, sizeof(b) - 2);
	ok(!strcmp(b, "454567"), "overlap up");
	taprt_strcpy(b, "q", 1);
	ok(!*b, "size 1 leaves the terminator");
	memset(src, 'y', sizeof(src));
	src[sizeof(src) - 1] = 0;
	taprt_strcpy(big, src, 300);
	ok(strlen(big) == 299, "long copy is cut");
}

static void test_cat(void)
{
	char b[8] = "abc";

	taprt_strcat(b, "de", sizeof(b));
	ok(!strcmp(b, "abcde"), "append");
	taprt_strcat(b, b, sizeof(b));
	ok(!strcmp(b, "abcdeab"), "append to itself, cut");
	taprt_strcat(b, "z", sizeof(b));
	ok(!strcmp(b, "abcdeab"), "full stays as it is");
}

static void test_cmp(void)
{
	ok(taprt_strcmp("a", "a") == 0, "equal");
	ok(taprt_strcmp("a", "b") < 0 && taprt_strcmp("b", "a") > 0, "order");
	ok(taprt_strcmp("", "a") < 0, "prefix first");
	ok(taprt_strcmp("\xff", "a") > 0, "bytes are unsigned");
	ok(taprt_fn_strlen(NULL, "four") == 4, "strlen");
}

/* Eight bytes at a time: every alignment, up to the last byte of a page. */
static void test_words(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	static const char text[] = "\x80\x01 some bytes\xff\x7f to end";
	u32 n = sizeof(text), from, cut, off, bad = 0;
	char other[sizeof(text) + 1], *at;

	ok(page != MAP_FAILED && !mprotect(page + 4096, 4096, PROT_NONE),
	   "a page with nothing behind it");
	for (from = 0; from < n; from++)
		for (off = 0; off < 16; off++) {
			at = page + 4096 - (n - from) - off;
			memset(page + 4064 - n, 0x80, 32 + n);
			memcpy(at, text + from, n - from);
			for (cut = 0; cut <= n; cut++) {
				memcpy(other, text, n);
				bad += rt_strnlen(at, cut) != strnlen(at, cut);
				bad += taprt_strcmp(at, other + from) != 0;
				other[cut] ^= cut < n - 1;
				bad += (taprt_strcmp(at, other + from) > 0) !=
				       (strcmp(at, other + from) > 0);
				bad += !rt_strncmp(at, other + from, cut) !=
				       !strncmp(at, other + from, cut);
			}
		}
	ok(!bad, "the same as byte by byte");
	munmap(page, 8192);
}

static void test_error(void)
{
	struct rt_cpu *r = rt_test_context(0);
	struct taprt_ctx *c = &r->c;
	char b[16] = "";

	taprt_fail(c, "first");
	taprt_fail(c, "second");
	c->near = "near x";
	taprt_catch(c, b, sizeof(b));
	ok(!strcmp(b, "first") && !c->error && !c->near,
	   "the first error stays");
	taprt_fail_addr(c, "at ", 0x123, " [x]");
	ok(c->error && !strcmp(c->error, "at 0x123 [x]"), "composed: %s",
	   c->error);
	taprt_catch(c, NULL, 0);
	taprt_give_up(c);
	taprt_catch(c, b, sizeof(b));
	ok(c->error == taprt_skip_lock_msg, "a skip cannot be caught");
	taprt_free(r);
}

int main(void)
{
	test_copy();
	test_cat();
	test_cmp();
	test_words();
	test_error();
	return tap_done();
}
