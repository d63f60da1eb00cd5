// SPDX-License-Identifier: GPL-2.0-only
/* What the bytes of a debug index are: dwsize FILE.dwi: bytes before and after. */
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/dwarf/dcol.h"
#include "build/dwarf/format.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>

#define MAX_COLS 64

static const char *const kinds[] = {
	[DCOL_PLAIN] = "types",
	[DCOL_UNITS] = "units",
	[DCOL_DOMS] = "domains",
	[DCOL_DIRS] = "directories of modules",
	[DCOL_PROTOS] = "protos",
	[DCOL_ROWS + DX_UNITS] = "kernel: units",
	[DCOL_ROWS + DX_FUNCS] = "kernel: functions",
	[DCOL_ROWS + DX_REFS] = "kernel: references",
	[DCOL_ROWS + DX_ADDRS] = "kernel: addresses",
	[DCOL_ROWS + DX_VARS] = "kernel: variables",
	[DCOL_ROWS + DX_FILES] = "kernel: files",
	[DCOL_ROWS + DX_FUNITS] = "kernel: units of files",
	[DCOL_ROWS + DX_SECTS] = "kernel: sections",
	[DCOL_ROWS + DX_NTABLES] = "strings",
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

struct sum {
	uint64_t n, len, zlen;
};

static void add(struct sum *s, uint64_t len, uint64_t zlen)
{
	s->n++;
	s->len += len;
	s->zlen += zlen;
}

static void show(const char *name, const struct sum *s)
{
	if (s->n)
		printf("%-24s %6llu %12llu %12llu\n", name,
		       (unsigned long long)s->n, (unsigned long long)s->len,
		       (unsigned long long)s->zlen);
}

static void columns(const uint8_t *p, size_t n, struct sum *col)
{
	struct cur c = cur_init(p, n);
	uint64_t k = cur_uleb(&c), i, len;

	for (i = 0; i < k && i < MAX_COLS && cur_ok(&c); i++) {
		len = cur_uleb(&c);
		add(&col[i], len, cur_uleb(&c));
	}
}

static int index_sizes(const struct kf_view *v)
{
	struct sum kind[NKINDS] = { 0 }, col[MAX_COLS] = { 0 };
	const struct dx_info *info;
	const struct dx_frame *f;
	const uint8_t *data;
	size_t n, one, len, i;

	info = kf_table(v, DX_INFO, sizeof(*info), &one);
	f = kf_table(v, DX_FRAMES, sizeof(*f), &n);
	data = kf_section(v, DX_DATA, &len);
	if (!info || one != 1 || info->version != DX_VERSION || !f)
		return 1;
	for (i = 0; i < n; i++) {
		size_t k = f[i].kind;

		if (i - info->str < info->nstr)
			k = DCOL_ROWS + DX_NTABLES;
		if (k >= NKINDS || f[i].off > len || f[i].zlen > len - f[i].off)
			return 1;
		add(&kind[k], f[i].len, f[i].zlen);
		if (k == DCOL_UNITS)
			columns(data + f[i].off, f[i].zlen, col);
	}
	printf("%-24s %6s %12s %12s\n", "", "frames", "bytes", "packed");
	for (i = 0; i < NKINDS; i++)
		show(kinds[i], &kind[i]);
	printf("\ncolumns of units:\n");
	for (i = 0; i < MAX_COLS && dcol_name(DCOL_UNITS, i); i++)
		show(dcol_name(DCOL_UNITS, i), &col[i]);
	return 0;
}

int main(int argc, char **argv)
{
	struct kf_view v;
	struct err e;
	const void *p;
	size_t n;

	if (argc != 2 || fs_map(argv[1], &p, &n, &e) < 0 ||
	    kf_open(&v, p, n, &e) < 0 || index_sizes(&v) != 0) {
		fprintf(stderr, "usage: dwsize INDEX.dwi\n");
		return 2;
	}
	return 0;
}
