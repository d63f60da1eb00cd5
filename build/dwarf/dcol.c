// SPDX-License-Identifier: GPL-2.0-only
/* Columns of a frame: numbers in and out, compressing, and what holds them. */
#include "build/dwarf/dcol.h"
#include "build/dwarf/dcol_priv.h"
#include "build/dwarf/format.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* Ten levels more take three times as long and give 2 %. */
#define LEVEL 12

/* ---- numbers ---------------------------------------------------------------------- */

uint64_t dcol_get_long(struct dcol *x, size_t col)
{
	struct cur *c = &x->in[col];
	uint64_t v = cur_uleb(c);

	if (c->failed)
		x->failed = true;
	return v;
}

void dcol_emit_long(struct dcol *x, uint64_t v)
{
	do {
		if (x->n == x->cap) {
			x->failed = true;
			return;
		}
		x->out[x->n++] = (uint8_t)(v | (v > 0x7f ? 0x80 : 0));
		v >>= 7;
	} while (v);
}

void dcol_emit_bytes(struct dcol *x, const void *p, size_t n)
{
	if (n > x->cap - x->n) {
		x->failed = true;
		return;
	}
	if (n)
		memcpy(x->out + x->n, p, n);
	x->n += n;
}

uint64_t dcol_u_of_raw(struct dcol *x, size_t col)
{
	uint64_t v = cur_uleb(&x->raw);

	if (x->way == DCOL_PACK)
		dcol_put(x, col, v);
	return v;
}

uint64_t dcol_near(struct dcol *x, size_t col, uint64_t expect)
{
	uint64_t v;

	if (x->way == DCOL_UNPACK) {
		v = expect + (uint64_t)dcol_signed(dcol_get(x, col));
		dcol_emit(x, v);
		return v;
	}
	v = cur_uleb(&x->raw);
	if (x->way == DCOL_PACK)
		dcol_put(x, col, dcol_zigzag((int64_t)(v - expect)));
	return v;
}

uint64_t dcol_word(struct dcol *x, size_t col, size_t bytes, uint64_t expect)
{
	uint64_t v = 0;
	const uint8_t *p;

	if (x->way == DCOL_UNPACK) {
		v = expect + (uint64_t)dcol_signed(dcol_get(x, col));
		dcol_emit_bytes(x, &v, bytes);
		return v;
	}
	p = cur_take(&x->raw, bytes);
	if (p)
		memcpy(&v, p, bytes);
	if (x->way == DCOL_PACK)
		dcol_put(x, col, dcol_zigzag((int64_t)(v - expect)));
	return v;
}

uint64_t dcol_new(struct dcol *x, size_t col, bool word)
{
	uint64_t v = word ? dcol_word(x, col, 4, x->seen)
			  : dcol_near(x, col, x->seen);

	if (v >= x->seen)
		x->seen = v + 1;
	return v;
}

void dcol_bytes(struct dcol *x, size_t col, uint64_t n)
{
	const uint8_t *p =
		cur_take(x->way == DCOL_UNPACK ? &x->in[col] : &x->raw, n);

	if (!p && n)
		x->failed = true;
	else if (x->way == DCOL_UNPACK)
		dcol_emit_bytes(x, p, n);
	else if (x->way == DCOL_PACK)
		buf_add(&x->col[col], p, n);
}

bool dcol_more(struct dcol *x, size_t col, const uint8_t *end)
{
	bool more;

	if (!dcol_ok(x))
		return false;
	if (x->way == DCOL_UNPACK)
		return dcol_get(x, col) && !x->failed;
	more = x->raw.pos < end;
	if (x->way == DCOL_PACK)
		dcol_put(x, col, more);
	return more;
}

void dcol_align(struct dcol *x)
{
	static const uint8_t zero[8];
	size_t at = x->way == DCOL_UNPACK ? x->n : cur_off(&x->raw);
	size_t n = (8 - at % 8) % 8;

	if (x->way == DCOL_UNPACK)
		dcol_emit_bytes(x, zero, n);
	else
		cur_take(&x->raw, n);
}

/* ---- places of inlining ------------------------------------------------------------- */

static int inst_cmp(const void *a, const void *b)
{
	const struct dcol_inst *x = a, *y = b;

	if (x->proto != y->proto)
		return x->proto < y->proto ? -1 : 1;
	if (x->body != y->body)
		return x->body < y->body ? -1 : 1;
	return x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

void dcol_sort(struct dcol_inst *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof(*v), inst_cmp);
}

size_t dcol_add_instance(const struct dcol_inst *v, size_t i, size_t n,
			 struct buf *out)
{
	uint32_t proto = v[i].proto, body = 0;
	size_t k;

	for (k = i; k < n && v[k].proto == proto; k++)
		;
	enc_u(out, proto);
	enc_u(out, k - i);
	for (; i < k; i++) {
		enc_u(out, v[i].body - body);
		enc_u(out, v[i].ordinal);
		body = v[i].body;
	}
	return k;
}

/* ---- frames ---------------------------------------------------------------------------- */

static void walk(struct dcol *x, uint32_t kind, uint64_t len)
{
	switch (kind) {
	case DCOL_PLAIN:
		dcol_bytes(x, 0, len);
		break;
	case DCOL_UNITS:
		dcol_units(x);
		break;
	case DCOL_DOMS:
		dcol_doms(x);
		break;
	case DCOL_DIRS:
		dcol_dirs(x);
		break;
	case DCOL_PROTOS:
		dcol_protos(x);
		break;
	default:
		kind -= DCOL_ROWS;
		if (kind < DX_NTABLES)
			dcol_rows(x, kind, len / dx_row_bytes[kind], 0);
		else
			x->failed = true;
	}
}

static void end(struct dcol *x)
{
	size_t i;

	for (i = 0; i < DCOL_MAX; i++)
		buf_deinit(&x->col[i]);
	vec_deinit(&x->addr);
	vec_deinit(&x->inst);
	free(x);
}

static struct dcol *begin(enum dcol_way way)
{
	struct dcol *x = xcalloc(1, sizeof(*x));
	size_t i;

	x->way = way;
	x->raw = cur_init("", 0);
	for (i = 0; i < DCOL_MAX; i++) {
		buf_init(&x->col[i]);
		x->in[i] = cur_init("", 0);
	}
	return x;
}

/* The columns behind each other; their sizes before them. */
static void write_columns(struct dcol *x, struct buf *out)
{
	struct buf bytes = BUF_INIT, z = BUF_INIT;
	ZSTD_CCtx *ctx = ZSTD_createCCtx();
	size_t i, n = DCOL_MAX;

	if (!ctx)
		abort();
	while (n && !x->col[n - 1].len)
		n--;
	enc_u(out, n);
	for (i = 0; i < n; i++) {
		const struct buf *c = &x->col[i];
		size_t got;

		buf_reset(&z);
		buf_reserve(&z, ZSTD_compressBound(c->len));
		got = ZSTD_compressCCtx(ctx, z.p, z.cap, c->p, c->len, LEVEL);
		enc_u(out, c->len);
		if (ZSTD_isError(got) || got >= c->len) {
			enc_u(out, c->len);
			buf_add(&bytes, c->p, c->len);
		} else {
			enc_u(out, got);
			buf_add(&bytes, z.p, got);
		}
	}
	buf_add(out, bytes.p, bytes.len);
	ZSTD_freeCCtx(ctx);
	buf_deinit(&bytes);
	buf_deinit(&z);
}

/* Do the columns give back the bytes?  Whatever a compiler wrote, it is not lost. */
static bool is_right(struct dcol *x, uint32_t kind, const uint8_t *p,
		     size_t len)
{
	struct dcol *y = begin(DCOL_UNPACK);
	bool same;
	size_t i;

	for (i = 0; i < DCOL_MAX; i++)
		y->in[i] = cur_init(x->col[i].p, x->col[i].len);
	y->out = xmalloc(len + 1);
	y->cap = len;
	walk(y, kind, len);
	same = dcol_ok(y) && y->n == len && !memcmp(y->out, p, len);
	free(y->out);
	end(y);
	return same;
}

uint32_t dcol_pack(uint32_t kind, const uint8_t *p, size_t len, struct buf *out)
{
	struct dcol *x = begin(DCOL_PACK);

	x->raw = cur_init(p, len);
	walk(x, kind, len);
	if (kind != DCOL_PLAIN && (!dcol_ok(x) || !is_right(x, kind, p, len))) {
		end(x);
		return dcol_pack(DCOL_PLAIN, p, len, out);
	}
	write_columns(x, out);
	end(x);
	return kind;
}

/* Columns of a packed frame, in memory; false: damaged.  @mem is the caller's. */
static bool read_columns(struct dcol *x, struct cur *c, size_t max,
			 uint8_t **mem)
{
	uint64_t n = cur_uleb(c), len[DCOL_MAX], zlen[DCOL_MAX], i, all = 0;
	ZSTD_DCtx *ctx;
	uint8_t *to;

	if (n > DCOL_MAX)
		return false;
	for (i = 0; i < n; i++) {
		len[i] = cur_uleb(c);
		zlen[i] = cur_uleb(c);
		if (len[i] > max || zlen[i] > len[i])
			return false;
		all += len[i];
	}
	if (!cur_ok(c) || all > max)
		return false;
	*mem = to = malloc(all + 1);
	ctx = to ? ZSTD_createDCtx() : NULL;
	for (i = 0; ctx && i < n; i++) {
		const uint8_t *z = cur_take(c, zlen[i]);

		if (!z)
			break;
		x->in[i] = cur_init(zlen[i] == len[i] ? z : to, len[i]);
		if (zlen[i] != len[i] &&
		    ZSTD_decompressDCtx(ctx, to, len[i], z, zlen[i]) != len[i])
			break;
		to += len[i];
	}
	if (!ctx)
		return false;
	ZSTD_freeDCtx(ctx);
	return i == n;
}

int dcol_unpack(uint32_t kind, const uint8_t *p, size_t n, uint8_t *out,
		size_t len)
{
	struct dcol *x = begin(DCOL_UNPACK);
	struct cur c = cur_init(p, n);
	uint8_t *mem = NULL;
	bool ok;

	x->out = out;
	x->cap = len;
	/* columns are not longer than what they are of by much */
	ok = read_columns(x, &c, len * 4 + 65536, &mem);
	if (ok) {
		walk(x, kind, len);
		ok = dcol_ok(x) && x->n == len;
	}
	free(mem);
	end(x);
	return ok ? 0 : -1;
}

const char *dcol_name(uint32_t kind, size_t i)
{
	size_t k;

	if (kind != DCOL_UNITS)
		return NULL;
	for (k = 0; dcol_unit_names[k]; k++)
		if (k == i)
			return dcol_unit_names[k];
	return NULL;
}
