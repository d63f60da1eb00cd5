// SPDX-License-Identifier: GPL-2.0-only
/* Symbols, ftrace sites and the kprobe blacklist of a module's file. */
#include "build/debuginfo/modfunc.h"
#include "build/base/arena.h"
#include "build/base/vec.h"
#include "build/debuginfo/elf.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* No module's text is that large; what says so is damaged. */
#define TEXT_MAX     ((uint64_t)1 << 30)
#define ENDBR_BYTES  4
#define EXPORT_START "__ksymtab_"

/* A place in the file: section and offset there. */
struct place {
	uint32_t sect;
	uint64_t off;
};

typedef VEC(struct place) place_vec;

struct reader {
	const struct efile *f;
	struct arena a; /* of this module only */
	struct efile_sym *sym;
	size_t nsym;
	uint64_t *text; /* by section: where it goes, or UINT64_MAX */
	place_vec sites, black;
	VEC(const char *) exports;
};

/* ---- sections ----------------------------------------------------------------- */

static bool is_code(const struct efile_sect *s)
{
	return (s->flags & SHF_EXECINSTR) && (s->flags & SHF_ALLOC);
}

static bool is_init(const struct efile_sect *s)
{
	return !strncmp(s->name, ".init", 5);
}

static int lay_out(struct reader *r, struct err *e)
{
	uint64_t at = 0;
	size_t i;

	r->text = arena_array(&r->a, uint64_t, r->f->nsect + 1);
	for (i = 0; i < r->f->nsect; i++) {
		const struct efile_sect *s = &r->f->sect[i];
		uint64_t align = s->align ? s->align : 1;

		r->text[i] = UINT64_MAX;
		if (!i || !is_code(s) || is_init(s))
			continue;
		if (align > 4096 || (align & (align - 1)) || s->len > TEXT_MAX)
			return err_set(e, ERR_FORMAT, "bad section '%.64s'",
				       s->name);
		at = (at + align - 1) & ~(align - 1);
		r->text[i] = at;
		at += s->len;
		if (at > TEXT_MAX)
			return err_set(e, ERR_FORMAT, "the text is too large");
	}
	return 0;
}

/* ---- tables of places ------------------------------------------------------------ */

static int place_cmp(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;

	if (a->sect != b->sect)
		return a->sect < b->sect ? -1 : 1;
	return a->off < b->off ? -1 : a->off > b->off;
}

static bool has_place(const place_vec *v, uint32_t sect, uint64_t off)
{
	const struct place p = { sect, off };

	return v->n && bsearch(&p, v->v, v->n, sizeof(p), place_cmp);
}

/* Symbols by their number in the table; nameless ones too, so not r->sym. */
static bool symbol_place(const struct efile *f, const struct efile_sect *tab,
			 uint32_t sym, struct place *ret)
{
	struct cur c = cur_init(tab->data, tab->len);

	if (!cur_seek(&c, sym * sizeof(Elf64_Sym) + 6))
		return false;
	ret->sect = cur_le16(&c);
	ret->off = cur_le64(&c);
	return cur_ok(&c) && ret->sect && ret->sect < f->nsect;
}

/* What the addresses in section @name will point to, sorted. */
static void read_places(struct reader *r, const char *name, place_vec *ret)
{
	const struct efile *f = r->f;
	const struct efile_sect *s = efile_section(f, name);
	size_t i;

	for (i = 1; s && i < f->nsect; i++) {
		const struct efile_sect *rel = &f->sect[i];
		struct cur c;

		if (rel->type != SHT_RELA || rel->info != s->index ||
		    !rel->data || rel->link >= f->nsect ||
		    !f->sect[rel->link].data)
			continue;
		c = cur_init(rel->data, rel->len);
		while (cur_left(&c) >= sizeof(Elf64_Rela)) {
			uint64_t info, addend;
			struct place p;

			cur_le64(&c);
			info = cur_le64(&c);
			addend = cur_le64(&c);
			if (!symbol_place(f, &f->sect[rel->link],
					  (uint32_t)ELF64_R_SYM(info), &p))
				continue;
			p.off += addend;
			vec_push(ret, p);
		}
	}
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), place_cmp);
}

static int text_cmp(const void *pa, const void *pb)
{
	const char *const *a = pa, *const *b = pb;

	return strcmp(*a, *b);
}

static void read_exports(struct reader *r)
{
	const size_t skip = sizeof(EXPORT_START) - 1;
	size_t i;

	for (i = 0; i < r->nsym; i++)
		if (!strncmp(r->sym[i].name, EXPORT_START, skip))
			vec_push(&r->exports, r->sym[i].name + skip);
	if (r->exports.n)
		qsort(r->exports.v, r->exports.n, sizeof(*r->exports.v),
		      text_cmp);
}

/* ---- functions --------------------------------------------------------------------- */

/* Padding before functions and parts of them are none. */
static bool is_function(const struct reader *r, const struct efile_sym *s)
{
	const char *cold;

	if (s->type != STT_FUNC || s->sect >= r->f->nsect ||
	    !is_code(&r->f->sect[s->sect]) || s->value > TEXT_MAX)
		return false;
	if (!strncmp(s->name, "__pfx_", 6) || !strncmp(s->name, "__cfi_", 6))
		return false;
	cold = strstr(s->name, ".cold");
	return !cold || (cold[5] && cold[5] != '.');
}

static struct modfunc make_function(struct reader *r, struct arena *a,
				    const struct efile_sym *s)
{
	const struct efile_sect *sect = &r->f->sect[s->sect];
	struct modfunc f = { arena_strdup(a, s->name), 0, (uint32_t)s->size,
			     0 };

	if (is_init(sect))
		f.flags |= MODFUNC_INIT;
	else
		f.off = (uint32_t)(r->text[s->sect] + s->value);
	if (has_place(&r->sites, s->sect, s->value) ||
	    has_place(&r->sites, s->sect, s->value + ENDBR_BYTES))
		f.flags |= MODFUNC_FTRACE;
	if (has_place(&r->black, s->sect, s->value) ||
	    !strcmp(sect->name, ".noinstr.text") ||
	    !strcmp(sect->name, ".kprobes.text"))
		f.flags |= MODFUNC_BLACKLIST;
	if (r->exports.n && bsearch(&s->name, r->exports.v, r->exports.n,
				    sizeof(*r->exports.v), text_cmp))
		f.flags |= MODFUNC_EXPORTED;
	return f;
}

static int func_cmp(const void *pa, const void *pb)
{
	const struct modfunc *a = pa, *b = pb;
	int c = strcmp(a->name, b->name);

	return c ? c : a->off < b->off ? -1 : a->off > b->off;
}

static void collect(struct reader *r, struct arena *a, struct modfunc **ret,
		    size_t *n)
{
	struct modfunc *v;
	size_t i, k = 0;

	for (i = 0; i < r->nsym; i++)
		k += is_function(r, &r->sym[i]);
	*ret = v = arena_array(a, struct modfunc, k);
	*n = k;
	for (i = 0, k = 0; i < r->nsym; i++)
		if (is_function(r, &r->sym[i]))
			v[k++] = make_function(r, a, &r->sym[i]);
	qsort(v, k, sizeof(*v), func_cmp);
	for (i = 1; i < k; i++)
		if (!strcmp(v[i].name, v[i - 1].name)) {
			v[i].flags |= MODFUNC_DUP;
			v[i - 1].flags |= MODFUNC_DUP;
		}
}

int modfunc_read(struct arena *a, const struct efile *f, struct modfunc **ret,
		 size_t *n, struct err *e)
{
	struct reader r = { .f = f };
	int rc;

	*ret = NULL;
	*n = 0;
	rc = efile_symbols(f, &r.a, &r.sym, &r.nsym, e);
	if (rc == 0)
		rc = lay_out(&r, e);
	if (rc == 0) {
		read_places(&r, "__mcount_loc", &r.sites);
		read_places(&r, "_kprobe_blacklist", &r.black);
		read_exports(&r);
		collect(&r, a, ret, n);
	}
	vec_deinit(&r.sites);
	vec_deinit(&r.black);
	vec_deinit(&r.exports);
	arena_deinit(&r.a);
	return rc;
}
