/* SPDX-License-Identifier: GPL-2.0-only */
/* A made-up kernel for tests of pass 2: included once, instead of build/kit/. */
#ifndef TESTS_UNIT_KIT_FIX_H
#define TESTS_UNIT_KIT_FIX_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/kit/hdrtypes.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

/* What this test links instead of build/kit/kit.c. */
struct kit {
	struct btfv btf;
	struct buf index;
	void *data;
	struct kit_info info;
};

/* A function that has one name only. */
#define FUNC(n, a, s, b, f)                                          \
	{                                                            \
		.name = (n), .shown = (n), .addr = (a), .size = (s), \
		.btf = (b), .flags = (f)                             \
	}

static struct kit_func funcs[] = {
	FUNC("__pfx_do_work", 0x0ff0, 16, 0, 0),
	FUNC("boot_only", 0x5000, 16, 0, KIT_FN_INIT),
	FUNC("do_work", 0x1000, 64, 0, KIT_FN_FTRACE | KIT_FN_EXPORTED),
	FUNC("do_work.cold", 0x8000, 16, 0, 0),
	FUNC("do_work_more", 0x2000, 64, 0, KIT_FN_FTRACE),
	FUNC("forbidden", 0x6000, 16, 0, KIT_FN_BLACKLIST),
	FUNC("no_ftrace", 0x3000, 64, 0, 0),
	FUNC("quiet", 0x4000, 64, 0, KIT_FN_FTRACE),
};

#define NFUNCS (sizeof(funcs) / sizeof(funcs[0]))

/* The table in use: that one, or a test's own, by name. */
static struct kit_func *kit_funcs = funcs;
static size_t kit_funcs_n = NFUNCS;

/* Debug information; NULL: none.  With KIT_FIX_INDEX it is in kit_fix_index. */
#ifndef KIT_FIX_INDEX
static const struct dwfile *kit_debug;

int dwkit_file(struct dwkit *w, const char *name, const struct dwfile **ret,
	       struct err *e)
{
	(void)w;
	if (!kit_debug)
		return err_set(e, ERR_NOT_FOUND, "no debug information of %s",
			       name);
	*ret = kit_debug;
	return 0;
}
#endif

const struct kit_info *kit_info(const struct kit *k)
{
	return &k->info;
}

/* Where the per-CPU data of the made-up kernel is. */
static uint64_t kit_percpu_start, kit_percpu_end;

uint64_t kit_symbol(const struct kit *k, const char *name)
{
	(void)k;
	if (!strcmp(name, "__per_cpu_start"))
		return kit_percpu_start;
	return strcmp(name, "__per_cpu_end") ? 0 : kit_percpu_end;
}

const char *kit_symbol_name(const struct kit *k, size_t i)
{
	(void)k;
	return i ? NULL : "jiffies";
}

size_t kit_nfuncs(const struct kit *k)
{
	(void)k;
	return kit_funcs_n;
}

struct kit_func kit_func(const struct kit *k, size_t i)
{
	(void)k;
	return kit_funcs[i];
}

size_t kit_find_func(const struct kit *k, const char *name)
{
	size_t i;

	(void)k;
	for (i = 0; i < kit_funcs_n; i++)
		if (!strcmp(kit_funcs[i].name, name))
			return i;
	return kit_funcs_n;
}

const struct btfv *kit_btf(const struct kit *k)
{
	return &k->btf;
}

/* Sorted by name; the types of their arguments are put in by kit_make(). */
static struct kit_tracepoint tracepoints[] = {
	{ "work_end", "work", 0x9000, 0, false },
	{ "work_start", "work", 0x9040, 0, true },
};

#define NTRACEPOINTS (sizeof(tracepoints) / sizeof(tracepoints[0]))

size_t kit_ntracepoints(const struct kit *k)
{
	(void)k;
	return NTRACEPOINTS;
}

struct kit_tracepoint kit_tracepoint(const struct kit *k, size_t i)
{
	(void)k;
	return tracepoints[i];
}

size_t kit_find_tracepoint(const struct kit *k, const char *name)
{
	size_t i;

	(void)k;
	for (i = 0; i < NTRACEPOINTS; i++)
		if (!strcmp(tracepoints[i].name, name))
			return i;
	return NTRACEPOINTS;
}

/* One module, whose types are not known. */
size_t kit_nmod_tracepoints(const struct kit *k)
{
	(void)k;
	return 1;
}

struct kit_mod_tracepoint kit_mod_tracepoint(const struct kit *k, size_t i)
{
	(void)k;
	(void)i;
	return (struct kit_mod_tracepoint){ "disk_start", "disk", "disk" };
}

size_t kit_nmodules(const struct kit *k)
{
	(void)k;
	return 1;
}

struct kit_module kit_module(const struct kit *k, size_t i)
{
	(void)k;
	(void)i;
	return (struct kit_module){ "disk", "kernel/disk.ko", "", "", false };
}

size_t kit_find_module(const struct kit *k, const char *name)
{
	(void)k;
	return strcmp(name, "disk") ? 1 : 0;
}

static const struct kit_func module_funcs[] = {
	FUNC("disk_init", 0, 16, 0, KIT_FN_INIT),
	FUNC("disk_read", 0x40, 16, 0, KIT_FN_FTRACE | KIT_FN_EXPORTED),
	FUNC("disk_read.part.0", 0x20, 16, 0, KIT_FN_FTRACE),
	FUNC("disk_reset", 0x80, 16, 0, 0),
	FUNC("disk_trap", 0x60, 16, 0, KIT_FN_BLACKLIST),
	FUNC("do_work", 0x100, 16, 0, KIT_FN_FTRACE),
	FUNC("lone", 0x180, 16, 0, KIT_FN_BLACKLIST),
	FUNC("start", 0x140, 16, 0, KIT_FN_FTRACE | KIT_FN_EXPORTED),
};

/* Its types are those of the kernel, or not known; neither are its functions. */
static bool kit_disk_has_types, kit_disk_is_old;

size_t kit_module_funcs(const struct kit *k, size_t i,
			const struct kit_func **ret)
{
	(void)k;
	(void)i;
	*ret = module_funcs;
	return kit_disk_is_old ? 0
			       : sizeof(module_funcs) / sizeof(*module_funcs);
}

bool kit_has_module_funcs(const struct kit *k)
{
	(void)k;
	return !kit_disk_is_old;
}

const struct btfv *kit_module_types(const struct kit *k, size_t i)
{
	(void)i;
	return kit_disk_has_types ? &k->btf : NULL;
}

const struct btfv *kit_header_types(const struct kit *k, const char *header,
				    bool is_user, struct err *e)
{
	if (!strcmp(header, "disk.h"))
		return &k->btf;
	err_set(e, ERR_TOOL, "<%s>: no such %sheader", header,
		is_user ? "" : "kernel ");
	return NULL;
}

/* The debug information of the made-up kernel: what a test puts here, or none. */
static struct buf kit_fix_index;

bool dwx_any_module(const struct kit *k)
{
	(void)k;
	return true;
}

int dwx_open_module(const struct kit *k, const char *name, struct dwx **ret,
		    struct err *e)
{
	(void)k;
	(void)ret;
	return err_set(e, ERR_NOT_FOUND, "no debug information of %s", name);
}

int dwx_open_kit(const struct kit *k, struct dwx **ret, struct err *e)
{
	if (kit_fix_index.len)
		return dwx_open_bytes(kit_fix_index.p, kit_fix_index.len, ret,
				      e);
	err_set(e, ERR_NOT_FOUND, "kit %s has no debug information",
		k->info.release);
	err_hint(e, "tapbuild kit add --debuginfo FILE");
	return ERR_NOT_FOUND;
}

/* Type ids; libbpf counts from 1 in the order of the calls below. */
enum {
	T_INT = 1,
	T_LONG,
	T_CHAR,
	T_U32,
	T_BOOL,
	T_NAME,
	T_POINT,
	T_POINTS,
	T_LONGS,
	T_STR,
	T_POUTER,
	T_ANON,
	T_INNER,
	T_OUTER,
	T_OUTER_T,
	T_PROTO,
	T_DO_WORK,
	T_PROTO_VOID,
	T_QUIET,
	T_HIDDEN,
	T_PHIDDEN,
	T_PROTO_MORE,
	T_MORE,
	T_COLOR,
	T_PPOUTER,
};

static void add_scalars(struct btf *b)
{
	btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	btf__add_int(b, "long", 8, BTF_INT_SIGNED);
	btf__add_int(b, "char", 1, BTF_INT_SIGNED);
	btf__add_int(b, "u32", 4, 0);
	btf__add_int(b, "bool", 1, BTF_INT_BOOL);
	btf__add_array(b, T_U32, T_CHAR, 16);
	btf__add_struct(b, "point", 8);
	btf__add_field(b, "x", T_INT, 0, 0);
	btf__add_field(b, "y", T_INT, 32, 0);
	btf__add_array(b, T_U32, T_POINT, 4);
	btf__add_array(b, T_U32, T_LONG, 4);
	btf__add_ptr(b, T_CHAR);
	btf__add_ptr(b, T_OUTER);
}

/* @shift: bytes in front of every member, as another kernel might have. */
static void add_structs(struct btf *b, uint32_t shift)
{
	uint32_t s = shift * 8;

	btf__add_union(b, NULL, 4);
	btf__add_field(b, "a", T_INT, 0, 0);
	btf__add_field(b, "b", T_U32, 0, 0);
	btf__add_struct(b, "inner", 8);
	btf__add_field(b, NULL, T_ANON, 0, 0);
	btf__add_field(b, "flag", T_U32, 32, 3);
	btf__add_field(b, "wide", T_INT, 35, 20);
	btf__add_struct(b, "outer", 160 + shift);
	btf__add_field(b, "id", T_LONG, s, 0);
	btf__add_field(b, "in", T_INNER, s + 64, 0);
	btf__add_field(b, "next", T_POUTER, s + 128, 0);
	btf__add_field(b, "name", T_NAME, s + 192, 0);
	btf__add_field(b, "pts", T_POINTS, s + 320, 0);
	btf__add_field(b, "longs", T_LONGS, s + 576, 0);
	btf__add_field(b, "str", T_STR, s + 832, 0);
	btf__add_field(b, "color", T_COLOR, s + 896, 0);
	btf__add_field(b, "all", T_PPOUTER, s + 960, 0);
	btf__add_typedef(b, "outer_t", T_OUTER);
}

static void add_functions(struct btf *b)
{
	btf__add_func_proto(b, T_LONG);
	btf__add_func_param(b, "o", T_POUTER);
	btf__add_func_param(b, "n", T_INT);
	btf__add_func_param(b, "flag", T_BOOL);
	btf__add_func_param(b, "pt", T_POINT);
	btf__add_func_param(b, "a", T_LONG);
	btf__add_func_param(b, "b", T_LONG);
	btf__add_func_param(b, "c", T_LONG);
	btf__add_func_param(b, "d", T_INT);
	btf__add_func(b, "do_work", BTF_FUNC_STATIC, T_PROTO);
	btf__add_func_proto(b, 0);
	btf__add_func(b, "quiet", BTF_FUNC_STATIC, T_PROTO_VOID);
	btf__add_fwd(b, "hidden", BTF_FWD_STRUCT);
	btf__add_ptr(b, T_HIDDEN);
	btf__add_func_proto(b, T_INT);
	btf__add_func_param(b, "n", T_INT);
	btf__add_func_param(b, "h", T_PHIDDEN);
	btf__add_func_param(b, "big", T_OUTER);
	btf__add_func_param(b, "s", T_STR);
	btf__add_func(b, "do_work_more", BTF_FUNC_STATIC, T_PROTO_MORE);
	btf__add_enum(b, "color", 4);
	btf__add_enum_value(b, "RED", 0);
	btf__add_enum_value(b, "GREEN", 7);
	btf__add_ptr(b, T_POUTER);
}

__attribute__((unused)) static void kit_make(struct kit *k, uint32_t shift)
{
	struct btf *b = btf__new_empty();
	struct err e = { 0 };
	const void *raw;
	uint32_t len;

	memset(k, 0, sizeof(*k));
	buf_init(&k->index);
	k->info.release = "1.2.3-test";
	k->info.machine = "x86_64";
	add_scalars(b);
	add_structs(b, shift);
	add_functions(b);
	raw = btf__raw_data(b, &len);
	k->data = xmalloc(len);
	memcpy(k->data, raw, len);
	if (btf_make_index(k->data, len, NULL, &k->index, &e) ||
	    btf_open(&k->btf, k->data, len, k->index.p, k->index.len, NULL, &e))
		abort();
	funcs[kit_find_func(k, "do_work")].btf = T_DO_WORK;
	funcs[kit_find_func(k, "do_work_more")].btf = T_MORE;
	funcs[kit_find_func(k, "quiet")].btf = T_QUIET;
	tracepoints[kit_find_tracepoint(k, "work_start")].proto = T_PROTO;
	btf__free(b);
}

__attribute__((unused)) static void kit_drop(struct kit *k)
{
	free(k->data);
	buf_deinit(&k->index);
}

#endif
