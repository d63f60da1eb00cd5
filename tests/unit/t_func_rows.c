/* SPDX-License-Identifier: GPL-2.0-only */
/* Which symbols become functions of a kit, and which name of several is shown. */
#include "build/kit/image_data.c"
#include "tests/tap.h"

/* By address; ties in the table's own order, which is not that of names. */
static struct ksym v[] = {
	{ "_stext", 0x1000, 0, 't', 0 },
	{ "__do_sys_getppid", 0x1000, 16, 't', KSYM_TEXT },
	{ "__x64_sys_getppid", 0x1000, 16, 'T', KSYM_TEXT },
	{ "__pfx_read", 0x1010, 16, 't', KSYM_TEXT },
	{ "vfs_write", 0x1020, 16, 'T', KSYM_TEXT },
	{ "__vfs_write", 0x1020, 16, 'T', KSYM_TEXT },
	{ "read", 0x1030, 16, 't', KSYM_TEXT },
	{ "ksys_read", 0x1030, 16, 't', KSYM_TEXT },
	{ "read", 0x1040, 16, 't', KSYM_TEXT },
};
enum { N = sizeof(v) / sizeof(v[0]) };
static uint32_t byname[N];

static int by_text(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int c = strcmp(v[x].name, v[y].name);

	return c ? c : x < y ? -1 : x > y;
}

int main(void)
{
	static const struct {
		const char *name, *shown;
		bool is_dup;
	} want[] = {
		/* what comes first there is no function: nothing is said */
		{ "__do_sys_getppid", NULL, false },
		{ "__vfs_write", "vfs_write", false },
		{ "__x64_sys_getppid", NULL, false },
		/* "read" is there twice: the name alone would not find it */
		{ "ksys_read", NULL, false },
		{ "read", NULL, true },
		{ "read", NULL, true },
		{ "vfs_write", NULL, false },
	};
	struct ksyms k = { v, byname, N };
	struct func_rows r;
	size_t i;

	for (i = 0; i < N; i++)
		byname[i] = (uint32_t)i;
	qsort(byname, N, sizeof(*byname), by_text);
	find_rows(&k, &r);
	ok(r.n == sizeof(want) / sizeof(want[0]), "%zu rows", r.n);
	for (i = 0; i < r.n && i < sizeof(want) / sizeof(want[0]); i++) {
		uint32_t row = shown_row(&k, &r, r.sym[i]);
		const char *s = row ? v[r.sym[row - 1]].name : NULL;

		ok(!strcmp(v[r.sym[i]].name, want[i].name) &&
			   r.is_dup[i] == want[i].is_dup &&
			   (s ? want[i].shown && !strcmp(s, want[i].shown)
			      : !want[i].shown),
		   "%s, shown as %s", v[r.sym[i]].name, s ? s : "itself");
	}
	rows_deinit(&r);
	return tap_done();
}
