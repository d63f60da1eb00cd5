// SPDX-License-Identifier: GPL-2.0-only
/* C spelling of BTF types, for messages and generated comments. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/debuginfo/btf.h"
#include "build/debuginfo/btf_raw.h"
#include "bundle/base/cur.h"

#include <linux/btf.h>

/* struct decl - a C declarator grown from the inside out */
struct decl {
	struct arena *a;
	char *text;    /* "(*)[4]" so far */
	bool is_tight; /* an array or parameter list would bind before the '*' */
	uint32_t left; /* types still allowed; ends loops and bombs */
};

static char *spell(const struct btfv *b, uint32_t id, struct decl *d);

/* @word, a space unless nothing follows or it hugs, and the declarator. */
static char *join(struct decl *d, const char *word)
{
	return arena_printf(d->a, "%s%s%s", word, d->text[0] ? " " : "",
			    d->text);
}

static char *spell_params(const struct btfv *b, uint32_t id, struct decl *d)
{
	struct btft proto = btf_type(b, id);
	struct buf out = BUF_INIT;
	const char *name;
	uint32_t i, type;
	char *s;

	for (i = 0; i < proto.nmembers && d->left; i++) {
		struct decl sub = { d->a, arena_strdup(d->a, ""), false,
				    --d->left };

		btf_param(b, &proto, i, &name, &type);
		buf_adds(&out, i ? ", " : "");
		/* pahole encodes "..." as a last nameless void */
		if (!type && i + 1 == proto.nmembers)
			buf_adds(&out, "...");
		else
			buf_adds(&out, spell(b, type, &sub));
		if (sub.left < d->left)
			d->left = sub.left;
	}
	s = arena_strdup(d->a, proto.nmembers ? out.p : "void");
	buf_deinit(&out);
	return s;
}

/* Give way to what binds tighter than the '*' written so far. */
static void tighten(struct decl *d)
{
	if (d->is_tight)
		d->text = arena_printf(d->a, "(%s)", d->text);
	d->is_tight = false;
}

static char *spell_derived(const struct btfv *b, uint32_t id, struct btf_raw *r,
			   struct decl *d)
{
	struct cur c = r->rest;
	uint32_t elem;

	switch (btf_raw_kind(r)) {
	case BTF_KIND_PTR:
		d->text = arena_printf(d->a, "*%s", d->text);
		d->is_tight = true;
		return spell(b, r->size_or_type, d);
	case BTF_KIND_ARRAY:
		tighten(d);
		elem = cur_le32(&c);
		cur_le32(&c);
		d->text = arena_printf(d->a, "%s[%u]", d->text, cur_le32(&c));
		return spell(b, elem, d);
	default: /* FUNC_PROTO */
		tighten(d);
		d->text = arena_printf(d->a, "%s(%s)", d->text,
				       spell_params(b, id, d));
		return spell(b, r->size_or_type, d);
	}
}

/* Qualifiers: after the '*' for pointers, before the name for all others. */
static char *spell_qualified(const struct btfv *b, const struct btf_raw *r,
			     const char *word, struct decl *d)
{
	struct btf_raw to = btf_raw_type(b, r->size_or_type);

	if (btf_raw_kind(&to) == BTF_KIND_PTR) {
		d->text = join(d, word);
		return spell(b, r->size_or_type, d);
	}
	return arena_printf(d->a, "%s %s", word, spell(b, r->size_or_type, d));
}

static char *spell_tagged(const struct btf_raw *r, const char *word,
			  struct decl *d)
{
	const char *name = btf_raw_str(r->own, r->name_off);

	return join(d, arena_printf(d->a, "%s %s", word,
				    name[0] ? name : "<anonymous>"));
}

static char *spell(const struct btfv *b, uint32_t id, struct decl *d)
{
	struct btf_raw r = btf_raw_type(b, id);

	if (!d->left)
		return join(d, "...");
	d->left--;
	switch (btf_raw_kind(&r)) {
	case BTF_KIND_UNKN:
		return join(d, "void");
	case BTF_KIND_PTR:
	case BTF_KIND_ARRAY:
	case BTF_KIND_FUNC_PROTO:
		return spell_derived(b, id, &r, d);
	case BTF_KIND_CONST:
		return spell_qualified(b, &r, "const", d);
	case BTF_KIND_VOLATILE:
		return spell_qualified(b, &r, "volatile", d);
	case BTF_KIND_RESTRICT:
		return spell_qualified(b, &r, "restrict", d);
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		return spell(b, r.size_or_type, d);
	case BTF_KIND_STRUCT:
		return spell_tagged(&r, "struct", d);
	case BTF_KIND_UNION:
		return spell_tagged(&r, "union", d);
	case BTF_KIND_FWD:
		return spell_tagged(&r, btf_raw_kflag(&r) ? "union" : "struct",
				    d);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return spell_tagged(&r, "enum", d);
	default:
		return join(d, btf_raw_str(r.own, r.name_off));
	}
}

const char *btf_type_name(const struct btfv *b, uint32_t id, struct arena *a)
{
	struct decl d = { a, arena_strdup(a, ""), false, 64 };

	return spell(b, id, &d);
}
