// SPDX-License-Identifier: GPL-2.0-only
/* What libkmod says of modules: name and dependencies, none, damaged ones. */
#include "build/base/arena.h"
#include "build/debuginfo/elf.h"
#include "build/kit/modinfo.h"
#include "bundle/base/err.h"
#include "tests/tap.h"
#include "tests/unit/mkelf.h"

#include <stdlib.h>
#include <unistd.h>

static struct arena a;

/* As the kit's rooms do: the sections first, then libkmod. */
static int read_bytes(const void *p, size_t n, const char **name,
		      const char **deps, struct err *e)
{
	struct efile f;
	int rc = efile_open(&f, p, n, e);

	if (rc < 0)
		return rc;
	rc = modinfo_read(&a, &f, p, n, name, deps, e);
	efile_close(&f);
	return rc;
}

static int read_with(const char *section, const char *text, size_t n,
		     const char **name, const char **deps, struct err *e)
{
	struct mksect s = {
		.name = section, .type = SHT_PROGBITS, .data = text, .len = n
	};
	struct buf b = BUF_INIT;
	int rc;

	mkelf(&b, ET_REL, &s, 1);
	rc = read_bytes(b.p, b.len, name, deps, e);
	buf_deinit(&b);
	return rc;
}

/* Most of a module is not given to libkmod. */
static void test_parts(void)
{
	static const char text[] = "license=GPL\0depends=mbcache\0name=ext4";
	static const char code[70000] = "code";
	struct mksect s[] = {
		{ .name = ".text",
		  .type = SHT_PROGBITS,
		  .data = code,
		  .len = sizeof(code) },
		{ .name = ".modinfo",
		  .type = SHT_PROGBITS,
		  .data = text,
		  .len = sizeof(text) },
		{ .name = ".data",
		  .type = SHT_PROGBITS,
		  .data = code,
		  .len = sizeof(code) },
	};
	const char *name = NULL, *deps = NULL;
	struct buf b = BUF_INIT;
	struct err e = { 0 };

	mkelf(&b, ET_REL, s, 3);
	ok(read_bytes(b.p, b.len, &name, &deps, &e) == 0 && name &&
		   !strcmp(name, "ext4") && deps && !strcmp(deps, "mbcache"),
	   "name and dependencies between much else %s", e.text);
	buf_deinit(&b);
}

static void test_values(void)
{
	static const char both[] = "license=GPL\0depends=mbcache,jbd2\0"
				   "retpoline=Y\0name=ext4\0vermagic=9 SMP ";
	static const char none[] = "license=GPL\0depends=";
	const char *name, *deps;
	struct err e = { 0 };

	ok(read_with(".modinfo", both, sizeof(both), &name, &deps, &e) == 0 &&
		   name && !strcmp(name, "ext4") && deps &&
		   !strcmp(deps, "mbcache,jbd2"),
	   "name and dependencies %s", e.text);
	ok(read_with(".modinfo", none, sizeof(none), &name, &deps, &e) == 0 &&
		   !name && deps && !*deps,
	   "no name, no dependency %s", e.text);
	ok(read_with(".data", none, sizeof(none), &name, &deps, &e) == 0 &&
		   !name && !deps,
	   "no .modinfo %s", e.text);
}

/* Whatever libkmod makes of it: an answer, no crash, no descriptor kept. */
static void test_damage(void)
{
	static const char text[] = "depends=a,b\0name=x\0vermagic=9 SMP ";
	struct mksect s = { .name = ".modinfo",
			    .type = SHT_PROGBITS,
			    .data = text,
			    .len = sizeof(text) };
	size_t wrong = 0, i, shoff;
	const char *name, *deps;
	struct buf b = BUF_INIT;
	unsigned int seed = 3;
	struct err e = { 0 };
	int fd, was;

	ok(read_bytes("no ELF", 6, &name, &deps, &e) == ERR_FORMAT,
	   "no module: %s", e.text);
	mkelf(&b, ET_REL, &s, 1);
	shoff = b.len - 3 * sizeof(Elf64_Shdr);
	was = dup(0);
	close(was);
	for (i = 0; i < 2000; i++) {
		size_t at = shoff + (size_t)rand_r(&seed) % (b.len - shoff);
		char old = b.p[at];

		b.p[at] = (char)rand_r(&seed);
		if (read_bytes(b.p, b.len, &name, &deps, &e) < 0)
			wrong++;
		b.p[at] = old;
	}
	fd = dup(0);
	ok(fd == was, "no descriptor is kept");
	close(fd);
	ok(wrong > 0 && wrong < i, "%zu of %zu damaged ones refused", wrong, i);
	buf_deinit(&b);
}

int main(void)
{
	test_values();
	test_parts();
	test_damage();
	arena_deinit(&a);
	return tap_done();
}
