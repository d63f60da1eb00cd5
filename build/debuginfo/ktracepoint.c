// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints and the systems of their events.
 *
 * An event is a struct trace_event_call: a list_head, then a pointer to its class
 * and one to its tracepoint (or name); the first member of a class is its system
 * (include/linux/trace_events.h, unchanged from 2.6.31 on but for the tracepoint,
 * which came in 3.15).  What does not lead to a tracepoint is left out.
 */
#include "build/debuginfo/ktracepoint.h"
#include "build/base/arena.h"
#include "build/base/map.h"
#include "build/base/vec.h"
#include "build/debuginfo/btf.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/ksym.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define TP_PREFIX    "__tracepoint_"
#define TPSTR_PREFIX "__tpstrtab_"

enum { CALL_CLASS = 16, CALL_TP = 24, CLASS_SYSTEM = 0 };

/* ---- prototypes ------------------------------------------------------------------ */

/* The id of a prototype that starts with void *__data, or 0. */
static uint32_t checked_proto(const struct btfv *btf, uint32_t id)
{
	struct btft t = btf_type(btf, id);
	const char *name;
	uint32_t type;

	if (t.kind != BTFK_PROTO || !btf_param(btf, &t, 0, &name, &type) ||
	    btf_type(btf, type).kind != BTFK_PTR)
		return 0;
	return t.id;
}

/*
 * The iterator function has names and types; the typedef of a probe function
 * (Documentation/trace/tracepoints.rst) types only.
 */
void ktracepoint_proto(struct arena *tmp, const struct btfv *btf,
		       struct ktracepoint *t)
{
	uint32_t id;

	id = btf_find(btf, BTFK_FUNC,
		      arena_printf(tmp, "__traceiter_%s", t->name));
	if (id)
		t->proto = checked_proto(btf, btf_type(btf, id).ref);
	if (t->proto) {
		t->has_names = true;
		return;
	}
	id = btf_find_typedef(btf, arena_printf(tmp, "btf_trace_%s", t->name));
	if (id)
		t->proto = checked_proto(btf, btf_type(btf, id).ref);
}

/* ---- the kernel image -------------------------------------------------------------- */

static uint64_t image_u64(const struct efile *f, uint64_t addr)
{
	const uint8_t *p = efile_bytes(f, addr, 8);
	struct cur c = cur_init(p, p ? 8 : 0);

	return p ? cur_le64(&c) : 0;
}

/* A string of the image, copied; NULL when it is none. */
static const char *image_str(struct arena *a, const struct efile *f,
			     uint64_t addr)
{
	const struct efile_sect *s = efile_section_at(f, addr);
	size_t off, n;

	if (!s || !s->data)
		return NULL;
	off = (size_t)(addr - s->addr);
	n = strnlen((const char *)s->data + off, s->len - off);
	if (n == s->len - off)
		return NULL;
	return arena_strndup(a, (const char *)s->data + off, n);
}

static int tp_by_addr(const void *pa, const void *pb)
{
	const struct ktracepoint *const *a = pa, *const *b = pb;

	if ((*a)->addr != (*b)->addr)
		return (*a)->addr < (*b)->addr ? -1 : 1;
	return 0;
}

static void image_event(struct arena *a, const struct efile *f, uint64_t call,
			struct ktracepoint **byaddr, size_t n)
{
	struct ktracepoint key = { .addr = image_u64(f, call + CALL_TP) };
	struct ktracepoint *k = &key, **hit;
	uint64_t class = image_u64(f, call + CALL_CLASS);
	const char *system;

	hit = bsearch(&k, byaddr, n, sizeof(*byaddr), tp_by_addr);
	if (!hit || !class)
		return;
	system = image_str(a, f, image_u64(f, class + CLASS_SYSTEM));
	if (system)
		(*hit)->system = system;
}

static void image_systems(struct arena *a, const struct efile *f,
			  const struct ksyms *s, struct ktracepoint *v,
			  size_t n)
{
	const struct ksym *from = ksym_find(s, "__start_ftrace_events");
	const struct ksym *to = ksym_find(s, "__stop_ftrace_events");
	struct ktracepoint **byaddr;
	uint64_t at;
	size_t i;

	if (!from || !to || !n)
		return;
	byaddr = xcalloc(n, sizeof(struct ktracepoint *));
	for (i = 0; i < n; i++)
		byaddr[i] = &v[i];
	qsort(byaddr, n, sizeof(struct ktracepoint *), tp_by_addr);
	for (at = from->addr; at < to->addr && efile_bytes(f, at, 8); at += 8)
		image_event(a, f, image_u64(f, at), byaddr, n);
	free(byaddr);
}

/*
 * Each tracepoint has a string __tpstrtab_NAME.  "__tracepoint_ptr_NAME" and
 * (7.x) "__tracepoint_ext_NAME" are other objects, and have none.
 */
static bool is_tracepoint(struct arena *tmp, const struct ksyms *s,
			  const struct ksym *k)
{
	const char *name = k->name + strlen(TP_PREFIX);

	return !(k->flags & KSYM_TEXT) &&
	       ksym_find(s, arena_printf(tmp, TPSTR_PREFIX "%s", name));
}

void ktracepoint_collect(struct arena *a, const struct efile *f,
			 const struct ksyms *s, const struct btfv *btf,
			 struct ktracepoint **ret, size_t *n)
{
	VEC(struct ktracepoint) v = { 0 };
	struct arena tmp = { 0 };
	size_t i;

	for (i = 0; i < s->n; i++) {
		/* byname order: the result is sorted, repeats are neighbours */
		const struct ksym *k = &s->v[s->byname[i]];
		struct ktracepoint t = { .system = "" };

		if (strncmp(k->name, TP_PREFIX, strlen(TP_PREFIX)) ||
		    !is_tracepoint(&tmp, s, k))
			continue;
		t.name = k->name + strlen(TP_PREFIX);
		t.addr = k->addr;
		if (v.n && !strcmp(v.v[v.n - 1].name, t.name))
			continue;
		if (btf)
			ktracepoint_proto(&tmp, btf, &t);
		vec_push(&v, t);
	}
	image_systems(a, f, s, v.v, v.n);
	*ret = v.n ? arena_memdup(a, v.v, v.n * sizeof(*v.v)) : NULL;
	*n = v.n;
	vec_deinit(&v);
	arena_deinit(&tmp);
}

/* ---- modules ------------------------------------------------------------------------ */

/* Where a relocated word points to: a section and an offset in it. */
struct ko_ref {
	uint32_t sect;
	uint64_t off;
};

/* One relocation of a section, sorted by place. */
struct ko_rela {
	uint64_t at;
	struct ko_ref to;
};

/**
 * struct ko - a relocatable file whose pointers are being followed
 * @rela: per section, read when first asked for
 */
struct ko {
	const struct efile *f;
	const struct efile_sect *symtab, *strtab;
	struct ko_relas {
		VEC(struct ko_rela) v;
		bool is_read;
	} * rela;
};

struct ko_sym {
	const char *name;
	struct ko_ref at;
};

static bool ko_symbol(const struct ko *k, uint32_t i, struct ko_sym *ret)
{
	struct cur c = cur_init(k->symtab->data, k->symtab->len);
	struct cur s = cur_init(k->strtab->data, k->strtab->len);
	uint32_t name;

	cur_seek(&c, (size_t)i * sizeof(Elf64_Sym));
	name = cur_le32(&c);
	cur_le16(&c);
	ret->at.sect = cur_le16(&c);
	ret->at.off = cur_le64(&c);
	cur_seek(&s, name);
	ret->name = cur_str(&s);
	return cur_ok(&c) && ret->name;
}

static int rela_cmp(const void *pa, const void *pb)
{
	const struct ko_rela *a = pa, *b = pb;

	return a->at < b->at ? -1 : a->at > b->at;
}

static void ko_read_rela(struct ko *k, uint32_t sect)
{
	struct ko_relas *r = &k->rela[sect];
	size_t i;

	r->is_read = true;
	for (i = 0; i < k->f->nsect; i++) {
		const struct efile_sect *s = &k->f->sect[i];
		struct cur c = cur_init(s->data, s->data ? s->len : 0);

		if (s->type != SHT_RELA || s->info != sect)
			continue;
		while (cur_left(&c) >= sizeof(Elf64_Rela)) {
			struct ko_rela out = { .at = cur_le64(&c) };
			uint64_t info = cur_le64(&c);
			struct ko_sym sym;

			if (!ko_symbol(k, ELF64_R_SYM(info), &sym))
				break;
			out.to = sym.at;
			out.to.off += cur_le64(&c);
			vec_push(&r->v, out);
		}
	}
	if (r->v.n)
		qsort(r->v.v, r->v.n, sizeof(*r->v.v), rela_cmp);
}

/* What the pointer at @at + @off points to. */
static bool ko_follow(struct ko *k, struct ko_ref at, uint64_t off,
		      struct ko_ref *ret)
{
	struct ko_rela key = { .at = at.off + off }, *hit;
	struct ko_relas *r;

	if (!at.sect || at.sect >= k->f->nsect)
		return false;
	r = &k->rela[at.sect];
	if (!r->is_read)
		ko_read_rela(k, at.sect);
	hit = r->v.n ? bsearch(&key, r->v.v, r->v.n, sizeof(key), rela_cmp)
		     : NULL;
	if (hit)
		*ret = hit->to;
	return hit;
}

static const char *ko_str(struct arena *a, const struct ko *k, struct ko_ref at)
{
	const struct efile_sect *s;
	struct cur c;
	const char *text;

	if (!at.sect || at.sect >= k->f->nsect)
		return NULL;
	s = &k->f->sect[at.sect];
	c = cur_init(s->data, s->data ? s->len : 0);
	cur_seek(&c, at.off);
	text = cur_str(&c);
	return text ? arena_strdup(a, text) : NULL;
}

static const char *ref_key(struct arena *a, struct ko_ref r)
{
	return arena_printf(a, "%u:%llx", r.sect, (unsigned long long)r.off);
}

/* Give the tracepoints of @byref the systems of the events in _ftrace_events. */
static void ko_systems(struct arena *a, struct arena *tmp, struct ko *k,
		       const struct map *byref)
{
	const struct efile_sect *ev = efile_section(k->f, "_ftrace_events");
	struct ko_ref call, class, tp, str;
	uint64_t at;

	for (at = 0; ev && at < ev->len; at += 8) {
		struct ktracepoint *t = NULL;
		const char *system;

		if (!ko_follow(k, (struct ko_ref){ ev->index, 0 }, at, &call))
			continue;
		if (ko_follow(k, call, CALL_TP, &tp))
			t = map_get(byref, ref_key(tmp, tp));
		if (!t || !ko_follow(k, call, CALL_CLASS, &class) ||
		    !ko_follow(k, class, CLASS_SYSTEM, &str))
			continue;
		system = ko_str(a, k, str);
		if (system)
			t->system = system;
	}
}

static int tp_by_name(const void *pa, const void *pb)
{
	const struct ktracepoint *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

static void ko_collect(struct arena *a, struct ko *k, struct ktracepoint **ret,
		       size_t *n)
{
	size_t i, nsym = k->symtab->len / sizeof(Elf64_Sym);
	VEC(struct ko_sym) syms = { 0 };
	struct map byref = { 0 };
	struct arena tmp = { 0 };
	struct ktracepoint *v;

	for (i = 1; i < nsym; i++) {
		struct ko_sym s;

		if (ko_symbol(k, (uint32_t)i, &s) && s.at.sect < k->f->nsect &&
		    !strcmp(k->f->sect[s.at.sect].name, "__tracepoints") &&
		    !strncmp(s.name, TP_PREFIX, strlen(TP_PREFIX)))
			vec_push(&syms, s);
	}
	v = arena_array(a, struct ktracepoint, syms.n + 1);
	for (i = 0; i < syms.n; i++) {
		v[i].name = arena_strdup(a, syms.v[i].name + strlen(TP_PREFIX));
		v[i].system = "";
		map_put(&byref, ref_key(&tmp, syms.v[i].at), &v[i]);
	}
	ko_systems(a, &tmp, k, &byref);
	qsort(v, syms.n, sizeof(*v), tp_by_name);
	*ret = v;
	*n = syms.n;
	vec_deinit(&syms);
	map_deinit(&byref);
	arena_deinit(&tmp);
}

int ktracepoint_module(struct arena *a, const struct efile *f,
		       struct ktracepoint **ret, size_t *n, struct err *e)
{
	struct ko k = { .f = f, .symtab = efile_section(f, ".symtab") };
	size_t i;

	*ret = NULL;
	*n = 0;
	if (!efile_section(f, "__tracepoints") || !k.symtab || !k.symtab->data)
		return 0;
	if (k.symtab->link >= f->nsect || !f->sect[k.symtab->link].data)
		return err_set(e, ERR_FORMAT, "the symbols have no names");
	k.strtab = &f->sect[k.symtab->link];
	k.rela = xcalloc(f->nsect, sizeof(*k.rela));
	ko_collect(a, &k, ret, n);
	for (i = 0; i < f->nsect; i++)
		vec_deinit(&k.rela[i].v);
	free(k.rela);
	return 0;
}
