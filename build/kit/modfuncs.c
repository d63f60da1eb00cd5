// SPDX-License-Identifier: GPL-2.0-only
/* Tables of functions, several modules to a zstd frame; unpacked when asked for. */
#include "build/kit/modfuncs.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/debuginfo/modfunc.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "bundle/base/cur.h"

#include <stdlib.h>
#include <string.h>

/* The flags of a module's function are those of a kernel's. */
_Static_assert(MODFUNC_FTRACE == KIT_FN_FTRACE &&
		       MODFUNC_BLACKLIST == KIT_FN_BLACKLIST &&
		       MODFUNC_INIT == KIT_FN_INIT &&
		       MODFUNC_EXPORTED == KIT_FN_EXPORTED &&
		       MODFUNC_DUP == KIT_FN_DUP,
	       "flags of functions");

/*
 * One module: this, then all offsets, all sizes, all flags and all names with their
 * NULs: like lies beside like, which compresses a third better than rows.
 */
struct head {
	uint32_t n, names_len;
};

#define FUNC_BYTES (sizeof(uint32_t) + sizeof(uint32_t) + sizeof(uint8_t))

struct modfuncs_list {
	struct kit_func *v;
	size_t n;
};

void modfuncs_encode(const struct modfunc *v, size_t n, struct buf *out)
{
	struct head h = { .n = (uint32_t)n };
	size_t i;

	for (i = 0; i < n; i++)
		h.names_len += (uint32_t)strlen(v[i].name) + 1;
	buf_add(out, &h, sizeof(h));
	for (i = 0; i < n; i++)
		buf_add(out, &v[i].off, sizeof(v[i].off));
	for (i = 0; i < n; i++)
		buf_add(out, &v[i].size, sizeof(v[i].size));
	for (i = 0; i < n; i++)
		buf_addc(out, (char)v[i].flags);
	for (i = 0; i < n; i++)
		buf_add(out, v[i].name, strlen(v[i].name) + 1);
	buf_align(out, 8);
}

static void decode(const char *p, size_t len, struct modfuncs_list *ret)
{
	struct head h;
	struct cur off, size, flags, names;
	struct cur c = cur_init(p, len);
	size_t i;

	h.n = cur_le32(&c);
	h.names_len = cur_le32(&c);
	if (!cur_ok(&c) || h.n > cur_left(&c) / FUNC_BYTES)
		return;
	off = cur_sub(&c, sizeof(h), h.n * sizeof(uint32_t));
	size = cur_sub(&c, sizeof(h) + h.n * sizeof(uint32_t),
		       h.n * sizeof(uint32_t));
	flags = cur_sub(&c, sizeof(h) + 2 * h.n * sizeof(uint32_t), h.n);
	names = cur_sub(&c, sizeof(h) + h.n * FUNC_BYTES, h.names_len);
	ret->v = xcalloc(h.n + 1, sizeof(*ret->v));
	for (i = 0; i < h.n; i++) {
		ret->v[i].name = cur_str(&names);
		ret->v[i].addr = cur_le32(&off);
		ret->v[i].size = cur_le32(&size);
		ret->v[i].flags = cur_u8(&flags);
		if (!ret->v[i].name)
			return;
		ret->n++;
	}
}

size_t modfuncs_get(struct modfuncs *m, const struct kf_view *f, size_t i,
		    size_t nmodules, const struct kit_func **ret)
{
	const struct kf_modfuncs *rows;
	struct modfuncs_list *l;
	const struct buf *b;
	size_t n;

	*ret = NULL;
	rows = kf_table(f, KF_MODFUNCS, sizeof(*rows), &n);
	if (n != nmodules || i >= n || !rows[i].raw_len)
		return 0;
	if (!m->list)
		m->list = xcalloc(nmodules, sizeof(*m->list));
	l = &m->list[i];
	if (!l->v) {
		b = frames_get(&m->frames, f, KF_MODFN, rows[i].off,
			       rows[i].zlen, rows[i].group_len);
		if (!b || rows[i].raw_off > b->len ||
		    rows[i].raw_len > b->len - rows[i].raw_off)
			return 0;
		decode(b->p + rows[i].raw_off, rows[i].raw_len, l);
	}
	*ret = l->v;
	return l->n;
}

void modfuncs_deinit(struct modfuncs *m, size_t nmodules)
{
	size_t i;

	for (i = 0; m->list && i < nmodules; i++)
		free(m->list[i].v);
	free(m->list);
	frames_deinit(&m->frames);
	memset(m, 0, sizeof(*m));
}
