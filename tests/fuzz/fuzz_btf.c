// SPDX-License-Identifier: GPL-2.0-only
/* BTF from a kernel package: index it, then ask everything about every type. */
#include "build/debuginfo/btf.h"
#include "build/base/arena.h"
#include "build/base/buf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Enough types to reach every kind; more only makes inputs slow. */
#define TYPES_MAX 2000
#define EACH_MAX  64

static void visit(const struct btfv *b, uint32_t id, struct arena *a)
{
	struct btft t = btf_type(b, id);
	struct btf_memb m;
	const char *name;
	uint32_t i, type;
	int64_t v;

	for (i = 0; i < t.nmembers && i < EACH_MAX; i++) {
		btf_member(b, &t, i, &m);
		btf_param(b, &t, i, &name, &type);
		btf_enumerator(b, &t, i, &name, &v);
	}
	btf_ret(b, &t);
	if (id % 8 == 0)
		btf_find_member(b, id, "x", &m);
	btf_type_name(b, id, a);
	/* a name that is in the table must be found */
	if (t.name[0] && t.kind == BTFK_FUNC && !btf_find(b, t.kind, t.name))
		abort();
}

/* The first bytes are a kernel's BTF, the rest a module's split BTF. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf index = BUF_INIT, split = BUF_INIT;
	struct arena a = { 0 };
	struct btfv b, m;
	size_t base = size;
	uint32_t id;

	if (size > 2 && data[0] == 's') {
		base = (size_t)data[1] * 16;
		data += 2;
		size -= 2;
		base = base < size ? base : size;
	}
	if (btf_make_index(data, base, NULL, &index, NULL))
		goto out;
	if (btf_open(&b, data, base, index.p, index.len, NULL, NULL))
		abort();
	for (id = 0; id <= b.ntypes && id < TYPES_MAX; id++)
		visit(&b, id, &a);
	if (base == size ||
	    btf_make_index(data + base, size - base, &b, &split, NULL))
		goto out;
	if (btf_open(&m, data + base, size - base, split.p, split.len, &b,
		     NULL))
		abort();
	for (id = 0; id <= m.ntypes && id < TYPES_MAX; id++)
		visit(&m, m.start_id + id, &a);
out:
	buf_deinit(&index);
	buf_deinit(&split);
	arena_deinit(&a);
	return 0;
}
