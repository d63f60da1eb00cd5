// SPDX-License-Identifier: GPL-2.0-only
/* Frames as columns: what goes in comes out, and what is damaged says so. */
#include "build/base/buf.h"
#include "build/dwarf/dcol.h"
#include "build/dwarf/enc.h"
#include "build/dwarf/format.h"
#include "tests/tap.h"
#include "tests/unit/dwarf_fix.h"

static struct arena a;

/* Pack, unpack, compare; the kind it was packed as. */
static uint32_t there_and_back(uint32_t kind, const void *p, size_t len,
			       struct buf *z, bool *same)
{
	uint8_t *back = xmalloc(len + 1);
	uint32_t as;

	buf_reset(z);
	as = dcol_pack(kind, p, len, z);
	*same = dcol_unpack(as, (const uint8_t *)z->p, z->len, back, len) ==
			0 &&
		!memcmp(back, p, len);
	free(back);
	return as;
}

static void test_rows(void)
{
	struct dx_addr row[1000];
	struct buf z = BUF_INIT;
	uint8_t back[64];
	bool same;
	size_t i;

	for (i = 0; i < 1000; i++)
		row[i] = (struct dx_addr){ 0xffffffff81000000 + i * 64, 60,
					   (uint32_t)i };
	ok(there_and_back(DCOL_ROWS + DX_ADDRS, row, sizeof(row), &z, &same) ==
			   DCOL_ROWS + DX_ADDRS &&
		   same,
	   "rows of a table");
	ok(z.len < sizeof(row) / 50, "they are small: %zu bytes of %zu", z.len,
	   sizeof(row));
	ok(there_and_back(DCOL_ROWS + DX_ADDRS, row, 7, &z, &same) ==
			   DCOL_PLAIN &&
		   same,
	   "what is no row is kept as it is");
	ok(there_and_back(DCOL_ROWS + DX_NTABLES, row, 16, &z, &same) ==
			   DCOL_PLAIN &&
		   same,
	   "so is what is no table");
	dcol_pack(DCOL_PLAIN, (const uint8_t *)"abc", 3, &z);
	ok(dcol_unpack(DCOL_ROWS + DX_NTABLES, (const uint8_t *)z.p, z.len,
		       back, 3) < 0,
	   "a kind there is not");
	buf_deinit(&z);
}

static void test_bytes(void)
{
	static const uint32_t kind[] = { DCOL_UNITS, DCOL_DOMS, DCOL_DIRS,
					 DCOL_PROTOS };
	struct buf z = BUF_INIT;
	uint8_t p[512];
	bool same, all = true;
	uint32_t seed = 1;
	size_t i, k;

	for (i = 0; i < 2000; i++) {
		for (k = 0; k < sizeof(p); k++) {
			seed = seed * 1664525 + 1013904223;
			p[k] = (uint8_t)(seed >> 24) & (i & 1 ? 3 : 0xff);
		}
		there_and_back(kind[i % 4], p, i % sizeof(p), &z, &same);
		all &= same;
	}
	ok(all, "bytes of which nothing is known come back");
	buf_deinit(&z);
}

/* Every frame of a real index, as it is and damaged. */
static void test_index(void)
{
	static const char *const flags[] = { "-g", "-O2", NULL };
	uint32_t kinds[DCOL_ROWS + DX_NTABLES] = { 0 };
	const struct dx_frame *f;
	struct dwarf_fix fix;
	struct err e = { 0 };
	const uint8_t *data;
	struct kf_view v;
	size_t n = 0, len, i, k;
	uint8_t *out, *bad;

	if (dwarf_fix_make(&a, &fix, "gcc", flags, false, &e) < 0 ||
	    kf_open(&v, fix.file.p, fix.file.len, &e) < 0) {
		ok(false, "made: %s", e.text);
		return;
	}
	f = kf_table(&v, DX_FRAMES, sizeof(*f), &n);
	data = kf_section(&v, DX_DATA, &len);
	for (i = 0; f && i < n; i++) {
		kinds[f[i].kind]++;
		out = xmalloc(f[i].len + 1);
		bad = xmalloc(f[i].zlen + 1);
		for (k = 0; k < f[i].zlen; k++) {
			memcpy(bad, data + f[i].off, f[i].zlen);
			bad[k] ^= (uint8_t)(1 + k % 255);
			dcol_unpack(f[i].kind, bad, f[i].zlen, out, f[i].len);
			dcol_unpack(f[i].kind, data + f[i].off, k, out,
				    f[i].len);
			dcol_unpack(f[i].kind, data + f[i].off, f[i].zlen, out,
				    f[i].len * k / f[i].zlen);
		}
		ok(dcol_unpack(f[i].kind, data + f[i].off, f[i].zlen, out,
			       f[i].len) == 0,
		   "frame %zu, kind %u, after many damaged ones", i, f[i].kind);
		free(out);
		free(bad);
	}
	ok(kinds[DCOL_UNITS] == 1 && kinds[DCOL_DOMS] == 1 &&
		   kinds[DCOL_DIRS] == 1 && kinds[DCOL_PROTOS] == 1,
	   "each was understood");
	dwarf_fix_free(&fix);
}

/* An index of before, whose first row was shorter, is refused by its version. */
static void test_version(void)
{
	static const uint32_t old[20] = { 1 };
	struct buf out = BUF_INIT;
	struct err e = { 0 };
	struct kf_writer w;
	struct dwx *x;
	char id[65];

	kfw_init(&w, &a);
	buf_add(kfw_section(&w, DX_INFO), old, sizeof(old));
	ok(kfw_finish(&w, &out, id, &e) == 0 &&
		   dwx_open_bytes(out.p, out.len, &x, &e) == ERR_UNSUPPORTED &&
		   strstr(e.text, "format 1,"),
	   "%s", e.text);
	kfw_deinit(&w);
	buf_deinit(&out);
}

int main(void)
{
	arena_init(&a);
	test_version();
	test_rows();
	test_bytes();
	test_index();
	arena_deinit(&a);
	return tap_done();
}
