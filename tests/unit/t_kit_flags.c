// SPDX-License-Identifier: GPL-2.0-only
/* Shell words of kbuild logs, and which flags reach whom. */
#include "build/base/arena.h"
#include "build/kit/flags.h"
#include "tests/tap.h"

#include <string.h>

static struct arena a;

/* All words of all commands of @line, "|" between words, "/" between commands. */
static const char *split(const char *line)
{
	const char *s = "";
	struct words w;
	size_t pos = 0, i;

	while (flags_split(&a, line, strlen(line), &pos, &w)) {
		if (*s)
			s = arena_printf(&a, "%s/", s);
		for (i = 0; i < w.n; i++)
			s = arena_printf(&a, "%s%s%s", s, i ? "|" : "", w.v[i]);
	}
	return s;
}

static const char *join(const struct words *w)
{
	const char *s = "";
	size_t i;

	for (i = 0; i < w->n; i++)
		s = arena_printf(&a, "%s%s%s", s, i ? " " : "", w->v[i]);
	return s;
}

static struct words words(const char *line)
{
	struct words w;
	size_t pos = 0;

	flags_split(&a, line, strlen(line), &pos, &w);
	return w;
}

static void test_split(void)
{
	static const struct {
		const char *line, *want;
	} t[] = {
		{ "", "" },
		{ "  ;; ", "" },
		{ "  gcc -c  a.c", "gcc|-c|a.c" },
		{ "a -DX='\"tap\"' b", "a|-DX=\"tap\"|b" },
		{ "a \"b c\\\"d\\e\" f", "a|b c\"d\\e|f" },
		{ "a 'b c' d\\ e", "a|b c|d e" },
		{ "cc a.c ; objtool --x a.o", "cc|a.c/objtool|--x|a.o" },
		{ "a && b || c", "a/b/c" },
		{ "a ''", "a|" },
		{ "a 'open", "a|open" },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(*t); i++)
		ok(!strcmp(split(t[i].line), t[i].want), "split %zu: %s", i,
		   split(t[i].line));
	ok(!strcmp(split("a\\"), "a\\"), "a backslash at the end stays");
}

static void test_headers(void)
{
	struct words in = words(
		"gcc -Wp,-MMD,x.d -nostdinc -I./include -I/abs/inc "
		"-include ./include/linux/kconfig.h -D__KERNEL__ -Wall -O2 -g "
		"-pg -mfentry -mrecord-mcount -DCC_USING_FENTRY "
		"-fstack-protector-strong -fsanitize=shift -fno-common "
		"-fpatchable-function-entry=16,16 "
		"-DKBUILD_MODNAME='\"x\"' -c -o x.o x.c");
	struct words out = { 0 };

	flags_headers(&a, &in, "/k", &out);
	ok(!strcmp(join(&out),
		   "-nostdinc -I/k/include -I/abs/inc -include "
		   "/k/include/linux/kconfig.h -D__KERNEL__ -O2 "
		   "-DCC_USING_FENTRY -fno-common "
		   "-fpatchable-function-entry=16,16 -fno-stack-protector"),
	   "headers: %s", join(&out));
}

static void test_abi(void)
{
	struct words in = words(
		"gcc -I./include -include x.h -DX -O2 -O1 -fno-common -fcommon "
		"-mno-sse -mno-sse2 -mno-red-zone -fpatchable-function-entry=4,2 "
		"-mtune=generic -mtune=core2 -std=gnu89 -fplugin=x -c -o x.o x.c");
	struct words same = words(
		"gcc -mtune=core2 -fcommon -O1 -mno-red-zone -mno-sse -fms-extensions");
	struct words out = { 0 }, out2 = { 0 };

	flags_abi(&a, &in, &out);
	ok(!strcmp(join(&out),
		   "-O1 -fcommon -fno-PIE -fno-stack-protector -funsigned-char "
		   "-march=x86-64 -mno-red-zone -mno-sse -mtune=core2 "
		   "-std=gnu11"),
	   "abi: %s", join(&out));
	flags_abi(&a, &same, &out2);
	ok(!strcmp(join(&out), join(&out2)),
	   "equal ABIs give equal lists whatever the order and dialect");
	ok(out.v[out.n] == NULL, "the list ends with NULL");
}

int main(void)
{
	test_split();
	test_headers();
	test_abi();
	arena_deinit(&a);
	return tap_done();
}
