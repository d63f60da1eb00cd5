// SPDX-License-Identifier: GPL-2.0-only
/* The table of probe families and how a point is matched against their forms. */
#include "build/families/family.h"

#include "build/base/arena.h"

#include <string.h>

#define FAMILY(v) extern const struct family v;
#include "build/families/families.def"

static const struct family *const families[] = {
#define FAMILY(v) &v,
#include "build/families/families.def"
};

#define KIND(v, f) const struct probe_kind kind_##v = { #v, f };
#include "build/families/families.def"

const struct family *family_at(size_t i)
{
	return i < sizeof(families) / sizeof(families[0]) ? families[i] : NULL;
}

/* One component of a form's text. */
struct form_comp {
	const char *word;
	size_t len;
	char arg; /* 'N', 'S' or 0 */
};

static const char *next_comp(const char *p, struct form_comp *c)
{
	c->word = p;
	while (*p && *p != '.' && *p != '(')
		p++;
	c->len = (size_t)(p - c->word);
	c->arg = 0;
	if (*p == '(') {
		c->arg = p[1];
		p += 3;
	}
	return *p == '.' ? p + 1 : p;
}

bool family_word_match(const char *pattern, const char *word)
{
	const char *star = NULL, *back = NULL;

	while (*word) {
		if (*pattern == '*') {
			star = pattern++;
			back = word;
		} else if (*pattern == *word) {
			pattern++;
			word++;
		} else if (star) {
			pattern = star + 1;
			word = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool comp_match(const struct ast_comp *c, const struct form_comp *f)
{
	char word[64];

	if (f->len >= sizeof(word))
		return false;
	memcpy(word, f->word, f->len);
	word[f->len] = 0;
	if (!family_word_match(c->name, word))
		return false;
	switch (f->arg) {
	case 'N':
		return c->arg_kind == ARG_NUM;
	case 'S':
		return c->arg_kind == ARG_STR;
	default:
		return c->arg_kind == ARG_NONE;
	}
}

int family_match(const struct fam_form *form, const struct ast_point *pt,
		 size_t *depth)
{
	const char *p = form->text;
	size_t i = 0;

	while (*p) {
		struct form_comp f;

		p = next_comp(p, &f);
		if (i >= pt->ncomp || !comp_match(&pt->comp[i], &f)) {
			*depth = i;
			return 0;
		}
		i++;
	}
	*depth = i;
	return i == pt->ncomp;
}

struct ast_point family_concrete(const struct fam_form *form,
				 const struct ast_point *pt, struct arena *a)
{
	const char *p = form->text;
	struct ast_point r = *pt;
	struct form_comp f;
	size_t i;

	r.comp = arena_memdup(a, pt->comp, pt->ncomp * sizeof(*pt->comp));
	for (i = 0; i < r.ncomp; i++) {
		p = next_comp(p, &f);
		r.comp[i].name = arena_strndup(a, f.word, f.len);
	}
	return r;
}

const char *family_form_word(const struct fam_form *form, size_t i,
			     struct arena *a)
{
	const char *p = form->text;
	struct form_comp f = { "", 0, 0 };

	do {
		if (!*p)
			return "";
		p = next_comp(p, &f);
	} while (i--);
	if (f.arg)
		return arena_printf(a, "%.*s(%s)", (int)f.len, f.word,
				    f.arg == 'N' ? "number" : "string");
	return arena_strndup(a, f.word, f.len);
}

const struct ast_comp *family_comp(const struct ast_point *pt, const char *name)
{
	size_t i;

	for (i = 0; i < pt->ncomp; i++)
		if (!strcmp(pt->comp[i].name, name))
			return &pt->comp[i];
	return NULL;
}
