// SPDX-License-Identifier: GPL-2.0-only
/* Columns of tables: domains, directories, protos. */
#include "build/dwarf/dcol_priv.h"
#include "build/dwarf/format.h"

/* Bytes of each field of a row, of all tables that a directory has. */
static const char *const fields[DX_NTABLES] = {
	[DX_UNITS] = "444444", [DX_FUNCS] = "444444", [DX_REFS] = "44",
	[DX_ADDRS] = "844",    [DX_VARS] = "444444",  [DX_FILES] = "4444",
	[DX_FUNITS] = "4",     [DX_SECTS] = "8844",
};

const uint32_t dx_row_bytes[DX_NTABLES] = {
	[DX_UNITS] = sizeof(struct dx_unit),
	[DX_FUNCS] = sizeof(struct dx_func),
	[DX_REFS] = sizeof(struct dx_ref),
	[DX_ADDRS] = sizeof(struct dx_addr),
	[DX_VARS] = sizeof(struct dx_var),
	[DX_FILES] = sizeof(struct dx_file),
	[DX_FUNITS] = sizeof(uint32_t),
	[DX_SECTS] = sizeof(struct dx_sect),
};

/* Each number as the difference from the row before. */
void dcol_rows(struct dcol *x, uint32_t table, uint64_t n, size_t col)
{
	uint64_t last[8] = { 0 };
	size_t i;

	for (; n && dcol_ok(x); n--)
		for (i = 0; fields[table][i]; i++)
			last[i] = dcol_word(x, col + i,
					    (size_t)(fields[table][i] - '0'),
					    last[i]);
}

/* ---- directories ----------------------------------------------------------------- */

void dcol_dirs(struct dcol *x)
{
	uint64_t n[DX_NTABLES];
	uint32_t at, t;
	size_t col;

	while (dcol_more(x, 0, x->raw.end)) {
		dcol_align(x);
		for (t = 0; t < DX_NTABLES; t++)
			n[t] = dcol_word(x, 1, 4, 0);
		at = sizeof(struct dx_dir);
		for (t = 0; t < DX_NTABLES; t++) {
			/* where it is follows from how much is before */
			if (x->way == DCOL_UNPACK)
				dcol_emit_bytes(x, &at, sizeof(at));
			else
				cur_take(&x->raw, sizeof(at));
			at += (uint32_t)((n[t] * dx_row_bytes[t] + 7) / 8 * 8);
		}
		col = 2;
		for (t = 0; t < DX_NTABLES; t++) {
			dcol_align(x);
			dcol_rows(x, t, n[t], col);
			col += strlen(fields[t]);
		}
	}
}

/* ---- domains ------------------------------------------------------------------------ */

enum { D_MORE, D_N, D_STR, D_TYPE, D_PROTO, D_LEN, D_BYTES };

void dcol_doms(struct dcol *x)
{
	uint64_t n[4], i, bytes, str = 0, proto = 0;

	while (dcol_more(x, D_MORE, x->raw.end)) {
		dcol_align(x);
		for (i = 0; i < 4; i++)
			n[i] = dcol_word(x, D_N, 4, 0);
		x->seen = str;
		for (i = 0; i < n[0] && dcol_ok(x); i++)
			dcol_new(x, D_STR, true);
		str = x->seen;
		for (i = 0; i < n[1] && dcol_ok(x); i++)
			dcol_word(x, D_TYPE, 4, 0);
		x->seen = proto;
		for (i = 0; i < n[3] && dcol_ok(x); i++)
			dcol_new(x, D_PROTO, true);
		proto = x->seen;
		for (bytes = i = 0; i < n[2] && dcol_ok(x); i++)
			bytes += dcol_u(x, D_LEN);
		dcol_bytes(x, D_BYTES, bytes);
	}
}

/* ---- protos --------------------------------------------------------------------------- */

enum {
	P_MORE,
	P_NAME,
	P_LINKAGE,
	P_FILE,
	P_LINE,
	P_FLAGS,
	P_TYPE,
	P_NVAR,
	P_VNAME,
	P_VTYPE,
	P_VLINE,
	P_VFLAGS
};

void dcol_protos(struct dcol *x)
{
	uint64_t file = 0, line, n;

	while (dcol_more(x, P_MORE, x->raw.end)) {
		dcol_new(x, P_NAME, false);
		dcol_u(x, P_LINKAGE);
		file = dcol_near(x, P_FILE, file);
		line = dcol_u(x, P_LINE);
		dcol_u(x, P_FLAGS);
		dcol_u(x, P_TYPE);
		for (n = dcol_u(x, P_NVAR); n && dcol_ok(x); n--) {
			dcol_new(x, P_VNAME, false);
			dcol_u(x, P_VTYPE);
			line = dcol_near(x, P_VLINE, line);
			dcol_u(x, P_VFLAGS);
		}
	}
}
