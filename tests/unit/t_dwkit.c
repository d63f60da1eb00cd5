// SPDX-License-Identifier: GPL-2.0-only
/* Which index of the store is taken for a module that came with no kernel. */
#include "build/kit/kit.h"
#include "build/kit/store.h"
#include "tests/tap.h"
#include "tests/unit/dwarf_fix.h"

/* Two kernels of one release string; links instead of build/kit/kit.c. */
struct kit {
	struct kit_info info;
	struct btfv btf;
};

static struct arena a;
static struct dwarf_fix fix[2]; /* over the types of one kernel and the other */

const struct kit_info *kit_info(const struct kit *k)
{
	return &k->info;
}

const struct btfv *kit_btf(const struct kit *k)
{
	return &k->btf;
}

/* The store is the directory of the first fixture. */
char *store_debug_path(struct arena *to, const char *release,
		       const char *build_id)
{
	return arena_printf(to, "%s/%s_%.12s.dwi", fix[0].dir, release,
			    build_id);
}

static void put(const struct buf *index, const char *build_id)
{
	struct err e = { 0 };

	fs_write_scratch(store_debug_path(&a, "1.0", build_id), index->p,
			 index->len, &e);
}

static bool finds(const struct kit *k, const char *name)
{
	struct err e = { 0 };
	struct dwx *x = NULL;
	int rc = dwx_open_module(k, name, &x, &e);

	dwx_close(x);
	return rc == 0;
}

int main(void)
{
	static const char *const flags[] = { "-g", NULL };
	struct kit k[2] = { 0 };
	struct err e = { 0 };
	size_t i;

	arena_init(&a);
	for (i = 0; i < 2; i++) {
		/* an index of a module alone has the module's build-id */
		dwarf_fix_build_id = "00";
		ok(dwarf_fix_make(&a, &fix[i], "gcc", flags, i, &e) == 0,
		   "an index over the types of kernel %zu %s", i, e.text);
		k[i].info.release = "1.0";
		k[i].btf = fix[i].btf;
	}
	k[0].info.build_id = "aaaaaaaaaaaaaaaa";
	k[1].info.build_id = "bbbbbbbbbbbbbbbb";
	ok(!finds(&k[0], "work"), "an empty store has none");
	put(&fix[0].file, "00");
	ok(finds(&k[0], "work"), "one over the kernel's types is found");
	ok(!finds(&k[0], "other"), "by its name only");
	ok(!finds(&k[1], "work"), "not for a kernel of other types");
	put(&fix[1].file, "00");
	ok(!finds(&k[0], "work") && finds(&k[1], "work"),
	   "nor the other way round");

	/* the types may be the same, the module is another kernel's own */
	dwarf_fix_build_id = k[1].info.build_id;
	buf_reset(&fix[0].file);
	ok(dwarf_fix_read(&a, &fix[0], "work.o", &e) == 0,
	   "an index of a kernel that has only a module %s", e.text);
	put(&fix[0].file, dwarf_fix_build_id);
	ok(!finds(&k[0], "work"), "what came with another kernel is not found");

	dwarf_fix_free(&fix[1]);
	dwarf_fix_free(&fix[0]);
	arena_deinit(&a);
	return tap_done();
}
