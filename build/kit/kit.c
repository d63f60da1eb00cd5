// SPDX-License-Identifier: GPL-2.0-only
/* Questions about a target, answered straight from the mapped kit. */
#include "build/kit/kit.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/kit/frames.h"
#include "build/kit/hdrtypes.h"
#include "build/kit/kit_file.h"
#include "build/kit/modfuncs.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

#define ROWS(T)             \
	struct {            \
		const T *v; \
		size_t n;   \
	}

struct kit {
	struct kf_view f;
	struct kit_info info;
	struct btfv btf;
	bool has_btf;
	char id[65];
	ROWS(struct kf_pair) config;
	ROWS(struct kf_num) facts, defs;
	ROWS(struct kf_part) parts;
	ROWS(struct kf_need) undefs;
	ROWS(struct kf_func) funcs;
	ROWS(struct kf_sym) syms;
	ROWS(struct kf_export) exports;
	ROWS(struct kf_tp) tps;
	ROWS(struct kf_mtp) mtps;
	ROWS(struct kf_module) mods;
	const char **cflags, **objtool, **ldflags, **hflags;
	struct modtypes **modtypes; /* by module, opened on first use */
	struct frames *types;	    /* of "modbtf" */
	struct modfuncs *modfuncs;
	struct hdrtypes **headers;
};

struct modtypes {
	struct buf index;
	struct btfv btf;
};

/* First row called @name, or the number of rows. */
#define FIND(k, rows, name_member, name)                            \
	find_row(k, (k)->rows.v, (k)->rows.n, sizeof(*(k)->rows.v), \
		 offsetof(__typeof__(*(k)->rows.v), name_member), name)

static size_t find_row(const struct kit *k, const void *v, size_t n, size_t row,
		       size_t name_off, const char *name)
{
	size_t i = kf_lower(&k->f, v, n, row, name_off, name);
	uint32_t off;

	if (i == n)
		return n;
	memcpy(&off, (const char *)v + i * row + name_off, sizeof(off));
	return strcmp(kf_str(&k->f, off), name) ? n : i;
}

static uint32_t info_num(const struct kf_view *f, const char *key)
{
	return (uint32_t)strtoul(kf_info(f, key), NULL, 0);
}

static const char *runtime_id(const struct kf_view *f)
{
	size_t n;
	const struct kf_runtime *r = kf_table(f, KF_RUNTIME, sizeof(*r), &n);

	return n == 1 ? kf_str(f, r->id) : "";
}

static void load_info(struct kit *k)
{
	const struct kf_view *f = &k->f;

	kf_id_hex(f, k->id);
	k->info = (struct kit_info){
		.id = k->id,
		.release = kf_info(f, "release"),
		.version = kf_info(f, "version"),
		.machine = kf_info(f, "machine"),
		.build_id = kf_info(f, "build-id"),
		.distro = kf_info(f, "distro"),
		.flavour = kf_info(f, "flavour"),
		.vermagic = kf_info(f, "vermagic"),
		.cc = kf_info(f, "cc"),
		.cc_text = kf_info(f, "cc-version"),
		.runtime = runtime_id(f),
		.modversions = info_num(f, "modversions"),
		.layout_crc = info_num(f, "layout-crc"),
		.module_size = info_num(f, "module-size"),
		.module_name_off = info_num(f, "module-name-off"),
		.module_init_off = info_num(f, "module-init-off"),
		.module_exit_off = info_num(f, "module-exit-off"),
		.module_align = info_num(f, "module-align"),
	};
}

static const char **load_list(const struct kit *k, const char *name)
{
	size_t n, i;
	const uint32_t *v = kf_table(&k->f, name, sizeof(*v), &n);
	const char **list = xcalloc(n + 1, sizeof(*list));

	for (i = 0; i < n; i++)
		list[i] = kf_str(&k->f, v[i]);
	return list;
}

#define LOAD(k, rows, name) \
	((k)->rows.v =      \
		 kf_table(&(k)->f, name, sizeof(*(k)->rows.v), &(k)->rows.n))

static int load(struct kit *k, struct err *e)
{
	const void *btf, *idx;
	size_t btf_len, idx_len;

	load_info(k);
	if (!k->info.release[0] || !k->info.vermagic[0])
		return err_set(e, ERR_FORMAT, "kit names no release");
	LOAD(k, config, KF_CONFIG);
	LOAD(k, facts, KF_FACTS);
	LOAD(k, parts, KF_PARTS);
	LOAD(k, defs, KF_DEFS);
	LOAD(k, undefs, KF_NEEDS);
	LOAD(k, funcs, KF_FUNCS);
	LOAD(k, syms, KF_SYMS);
	LOAD(k, exports, KF_EXPORTS);
	LOAD(k, tps, KF_TPS);
	LOAD(k, mtps, KF_MTPS);
	LOAD(k, mods, KF_MODULES);
	k->cflags = load_list(k, KF_CFLAGS);
	k->objtool = load_list(k, KF_OBJTOOL);
	k->ldflags = load_list(k, KF_LDFLAGS);
	k->hflags = load_list(k, KF_HFLAGS);
	k->modtypes = xcalloc(k->mods.n + 1, sizeof(*k->modtypes));
	k->types = xcalloc(1, sizeof(*k->types));
	k->modfuncs = xcalloc(1, sizeof(*k->modfuncs));
	k->headers = xcalloc(1, sizeof(*k->headers));
	btf = kf_section(&k->f, KF_BTF, &btf_len);
	idx = kf_section(&k->f, KF_BTFIDX, &idx_len);
	if (!btf || !idx)
		return 0; /* a kernel without types: kit_btf() is empty */
	k->has_btf = true;
	return btf_open(&k->btf, btf, btf_len, idx, idx_len, NULL, e);
}

int kit_open(const char *path, struct kit **ret, struct err *e)
{
	struct kit *k;
	const void *p;
	size_t len;
	int rc;

	rc = fs_map(path, &p, &len, e);
	if (rc < 0)
		return rc;
	k = xcalloc(1, sizeof(*k));
	rc = kf_open(&k->f, p, len, e);
	if (rc == 0)
		rc = load(k, e);
	if (rc < 0) {
		err_prefix(e, "'%s'", path);
		k->f.p = p;
		k->f.len = len;
		kit_close(k);
		return rc;
	}
	*ret = k;
	return 0;
}

void kit_close(struct kit *k)
{
	size_t i;

	if (!k)
		return;
	for (i = 0; k->modtypes && i < k->mods.n; i++) {
		if (k->modtypes[i])
			buf_deinit(&k->modtypes[i]->index);
		free(k->modtypes[i]);
	}
	free(k->modtypes);
	if (k->modfuncs)
		modfuncs_deinit(k->modfuncs, k->mods.n);
	free(k->modfuncs);
	if (k->headers)
		hdrtypes_deinit(*k->headers);
	free(k->headers);
	if (k->types)
		frames_deinit(k->types);
	free(k->types);
	free(k->cflags);
	free(k->objtool);
	free(k->ldflags);
	free(k->hflags);
	munmap((void *)(uintptr_t)k->f.p, k->f.len);
	free(k);
}

struct hdrtypes **kit_hdrtypes(const struct kit *k)
{
	return k->headers;
}

const struct kf_view *kit_view(const struct kit *k)
{
	return &k->f;
}

const struct kit_info *kit_info(const struct kit *k)
{
	return &k->info;
}

const void *kit_section(const struct kit *k, const char *name, size_t *len)
{
	return kf_section(&k->f, name, len);
}

const char *kit_config(const struct kit *k, const char *name)
{
	size_t i = FIND(k, config, key, name);

	return i < k->config.n ? kf_str(&k->f, k->config.v[i].val) : NULL;
}

int kit_fact(const struct kit *k, const char *name)
{
	size_t i = FIND(k, facts, name, name);

	return i < k->facts.n ? k->facts.v[i].num != 0 : -1;
}

size_t kit_nfuncs(const struct kit *k)
{
	return k->funcs.n;
}

struct kit_func kit_func(const struct kit *k, size_t i)
{
	const struct kf_func *f = &k->funcs.v[i];
	const char *name = kf_str(&k->f, f->name), *shown = name;
	uint32_t row = f->flags >> KF_FUNC_SHOWN;

	if (row && row <= k->funcs.n)
		shown = kf_str(&k->f, k->funcs.v[row - 1].name);
	return (struct kit_func){
		name,	 shown,	 f->addr,
		f->size, f->btf, f->flags & ((1u << KF_FUNC_SHOWN) - 1)
	};
}

size_t kit_find_func(const struct kit *k, const char *name)
{
	return FIND(k, funcs, name, name);
}

uint64_t kit_symbol(const struct kit *k, const char *name)
{
	size_t i = FIND(k, syms, name, name);

	return i < k->syms.n ? k->syms.v[i].addr : 0;
}

const char *kit_symbol_name(const struct kit *k, size_t i)
{
	return i < k->syms.n ? kf_str(&k->f, k->syms.v[i].name) : NULL;
}

const struct btfv *kit_btf(const struct kit *k)
{
	return &k->btf;
}

bool kit_export(const struct kit *k, const char *name, uint32_t *crc,
		bool *gpl_only)
{
	size_t i = FIND(k, exports, name, name);

	if (i == k->exports.n)
		return false;
	if (crc)
		*crc = k->exports.v[i].crc;
	if (gpl_only)
		*gpl_only = k->exports.v[i].flags & KF_EXPORT_GPL;
	return true;
}

const char *kit_export_module(const struct kit *k, const char *name)
{
	size_t i = FIND(k, exports, name, name);
	const char *path, *slash;

	if (i == k->exports.n)
		return NULL;
	path = kf_str(&k->f, k->exports.v[i].module);
	slash = strrchr(path, '/');
	return strcmp(path, "vmlinux") ? slash ? slash + 1 : path : NULL;
}

const char *const *kit_cflags(const struct kit *k)
{
	return k->cflags;
}

const char *const *kit_objtool(const struct kit *k)
{
	return k->objtool;
}

const char *const *kit_ldflags(const struct kit *k)
{
	return k->ldflags;
}

const char *const *kit_header_flags(const struct kit *k)
{
	return k->hflags;
}

size_t kit_nundefs(const struct kit *k)
{
	return k->undefs.n;
}

struct kit_undef kit_undef(const struct kit *k, size_t i)
{
	return (struct kit_undef){ kf_str(&k->f, k->undefs.v[i].name),
				   k->undefs.v[i].crc, k->undefs.v[i].parts };
}

size_t kit_nparts(const struct kit *k)
{
	return k->parts.n;
}

struct kit_part kit_part(const struct kit *k, size_t i)
{
	const struct kf_part *p = &k->parts.v[i];

	return (struct kit_part){ kf_str(&k->f, p->name),
				  p->flags & KF_PART_HOOKS, p->needs };
}

uint64_t kit_parts_for(const struct kit *k, const char *symbol)
{
	size_t i = FIND(k, defs, name, symbol);
	uint32_t part;

	if (i == k->defs.n)
		return 0;
	part = k->defs.v[i].num;
	return part < k->parts.n ? k->parts.v[part].needs : 0;
}

const char *kit_modinfo(const struct kit *k, size_t *len)
{
	return kf_section(&k->f, KF_MODINFO, len);
}

size_t kit_ntracepoints(const struct kit *k)
{
	return k->tps.n;
}

struct kit_tracepoint kit_tracepoint(const struct kit *k, size_t i)
{
	const struct kf_tp *t = &k->tps.v[i];

	return (struct kit_tracepoint){ kf_str(&k->f, t->name),
					kf_str(&k->f, t->system), t->addr,
					t->proto, t->flags & KF_TP_NAMES };
}

size_t kit_nmod_tracepoints(const struct kit *k)
{
	return k->mtps.n;
}

struct kit_mod_tracepoint kit_mod_tracepoint(const struct kit *k, size_t i)
{
	const struct kf_mtp *t = &k->mtps.v[i];

	return (struct kit_mod_tracepoint){ kf_str(&k->f, t->name),
					    kf_str(&k->f, t->system),
					    kf_str(&k->f, t->module) };
}

size_t kit_find_tracepoint(const struct kit *k, const char *name)
{
	return FIND(k, tps, name, name);
}

size_t kit_nmodules(const struct kit *k)
{
	return k->mods.n;
}

struct kit_module kit_module(const struct kit *k, size_t i)
{
	const struct kf_module *m = &k->mods.v[i];

	return (struct kit_module){
		kf_str(&k->f, m->name), kf_str(&k->f, m->path),
		kf_str(&k->f, m->deps), kf_str(&k->f, m->build_id),
		m->raw_len != 0,
	};
}

size_t kit_find_module(const struct kit *k, const char *name)
{
	return FIND(k, mods, name, name);
}

int kit_module_btf(const struct kit *k, size_t i, struct buf *bytes,
		   struct btfv *ret, struct err *e)
{
	const struct kf_module *m = &k->mods.v[i];
	const char *name = kf_str(&k->f, m->name);
	size_t len, got;
	const uint8_t *z = kf_section(&k->f, KF_MODBTF, &len), *blob;
	struct buf idx = BUF_INIT;
	int rc;

	if (!m->raw_len || !z)
		return err_set(e, ERR_NOT_FOUND, "module '%s' has no types",
			       name);
	if (m->off > len || m->zlen > len - m->off ||
	    m->group_len > KF_MAX_BYTES || m->raw_off > m->group_len ||
	    m->raw_len > m->group_len - m->raw_off || m->raw_off % 8)
		return err_set(e, ERR_FORMAT, "types of '%s' are out of range",
			       name);
	buf_reset(bytes);
	buf_zero(bytes, m->group_len);
	got = ZSTD_decompress(bytes->p, m->group_len, z + m->off, m->zlen);
	if (ZSTD_isError(got) || got != m->group_len)
		return err_set(e, ERR_CORRUPT, "types of '%s' do not unpack",
			       name);
	blob = (const uint8_t *)bytes->p + m->raw_off;
	rc = btf_make_index(blob, m->raw_len, &k->btf, &idx, e);
	if (rc == 0) {
		size_t at;

		buf_align(bytes, 8);
		at = bytes->len;
		buf_add(bytes, idx.p, idx.len);
		blob = (const uint8_t *)bytes->p + m->raw_off;
		rc = btf_open(ret, blob, m->raw_len, bytes->p + at, idx.len,
			      &k->btf, e);
	}
	buf_deinit(&idx);
	return rc;
}

size_t kit_module_funcs(const struct kit *k, size_t i,
			const struct kit_func **ret)
{
	return modfuncs_get(k->modfuncs, &k->f, i, k->mods.n, ret);
}

bool kit_has_module_funcs(const struct kit *k)
{
	size_t n;

	return !k->mods.n || kf_section(&k->f, KF_MODFUNCS, &n);
}

const struct btfv *kit_module_types(const struct kit *k, size_t i)
{
	const struct kf_module *m = &k->mods.v[i];
	struct modtypes *t = k->modtypes[i];
	const struct buf *b;
	const uint8_t *blob;
	struct err e;

	if (t || !m->raw_len)
		return t ? &t->btf : NULL;
	b = frames_get(k->types, &k->f, KF_MODBTF, m->off, m->zlen,
		       m->group_len);
	if (!b || m->raw_off > b->len || m->raw_len > b->len - m->raw_off ||
	    m->raw_off % 8)
		return NULL;
	blob = (const uint8_t *)b->p + m->raw_off;
	t = xcalloc(1, sizeof(*t));
	buf_init(&t->index);
	if (btf_make_index(blob, m->raw_len, &k->btf, &t->index, &e) < 0 ||
	    btf_open(&t->btf, blob, m->raw_len, t->index.p, t->index.len,
		     &k->btf, &e) < 0) {
		buf_deinit(&t->index);
		free(t);
		return NULL;
	}
	k->modtypes[i] = t;
	return &t->btf;
}
