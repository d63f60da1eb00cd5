// SPDX-License-Identifier: GPL-2.0-only
/* Alias definitions: finding the ones a probe point names. */
#include "build/elab/alias.h"

#include "build/base/arena.h"
#include "build/elab/library.h"
#include "build/elab/resolve.h"
#include "build/families/family.h"
#include "build/lang/lang.h"

#include <stdlib.h>
#include <string.h>

static bool same_arg(const struct ast_comp *use, const struct ast_comp *def)
{
	if (use->arg_kind != def->arg_kind)
		return false;
	if (use->arg_kind == ARG_NUM)
		return use->num == def->num;
	return use->arg_kind == ARG_NONE || !strcmp(use->str, def->str);
}

/* "*" in each of its words tells a use apart, not each comparison. */
struct use {
	const struct ast_point *pt;
	enum { PLAIN, STAR, STARS } * word;
};

static void read_use(struct use *u, struct arena *a, const struct ast_point *pt)
{
	size_t i;

	u->pt = pt;
	u->word = arena_alloc(a, (pt->ncomp + 1) * sizeof(*u->word));
	for (i = 0; i < pt->ncomp; i++)
		u->word[i] = strstr(pt->comp[i].name, "**")  ? STARS
			     : strchr(pt->comp[i].name, '*') ? STAR
							     : PLAIN;
}

static bool same_word(const struct use *u, size_t i, const char *def)
{
	const char *name = u->pt->comp[i].name;

	if (u->word[i] == PLAIN)
		return name == def || (*name == *def && !strcmp(name, def));
	return family_word_match(name, def);
}

/*
 * How many components of @use the whole of @def covers, or 0.  "**" in a use
 * stands for one or more components.
 */
static size_t cover(const struct use *u, const struct ast_comp *def,
		    size_t ndef, size_t *depth)
{
	const struct ast_comp *use = u->pt->comp;
	size_t i, used = 0, nuse = u->pt->ncomp;

	for (i = 0; i < ndef; i++, used++) {
		if (used >= nuse)
			return 0;
		if (u->word[used] == STARS) {
			size_t left = nuse - used - 1;

			/* Take as many as leave room for what follows. */
			if (!family_word_match(use[used].name, def[i].name))
				return 0;
			if (ndef - i - 1 > left)
				i += ndef - i - 1 - left;
			continue;
		}
		if (!same_word(u, used, def[i].name) ||
		    !same_arg(&use[used], &def[i]))
			return 0;
		if (used + 1 > *depth)
			*depth = used + 1;
	}
	return used;
}

static void load_aliases(struct sema *sm, const struct ast_point *pt)
{
	const struct lib_file **lf = NULL;
	size_t i, n;

	if (!sm->in->lib || !pt->ncomp)
		return;
	n = library_find(sm->in->lib, LIB_ALIAS, pt->comp[0].name,
			 sm->in->env ? sm->in->env->target : NULL, &lf);
	for (i = 0; i < n; i++)
		resolve_load(sm, lf[i], &pt->at);
	free(lf);
}

/* @second: its second word, or NULL */
struct named {
	struct alias_hit hit;
	const char *second;
};

/* Aliases that begin with one word, and those of all words, in order. */
struct begun {
	VEC(struct named) v;
};

static struct begun *begun_with(struct sema *sm, const char *word)
{
	struct begun *b = map_get(&sm->aliases, word);

	if (!b) {
		b = arena_new(sm->a, struct begun);
		map_put(&sm->aliases, word, b);
	}
	return b;
}

/* Sort in those of the files that came since. */
static void sort_in(struct sema *sm)
{
	size_t j;

	for (; sm->naliased < sm->files.n; sm->naliased++) {
		struct scope_file *sf = sm->files.v[sm->naliased];
		struct ast_probe **al;

		vec_foreach(al, &sf->ast->aliases) {
			for (j = 0; j < (*al)->nalias; j++) {
				const struct ast_point *n = &(*al)->alias[j];
				struct named hit = { { *al, sf, n, 0 }, NULL };
				const char *word =
					n->ncomp ? n->comp[0].name : "";

				if (n->ncomp > 1)
					hit.second = n->comp[1].name;

				if (*word)
					vec_apush(sm->a,
						  &begun_with(sm, word)->v,
						  hit);
				vec_apush(sm->a, &begun_with(sm, "")->v, hit);
			}
		}
	}
}

size_t alias_find(struct sema *sm, const struct ast_point *pt,
		  bool allow_suffix, struct alias_hit **ret, size_t *depth)
{
	VEC(struct alias_hit) hits = { 0 };
	const char *second = NULL;
	struct named *h;
	struct begun *b;
	struct use u;

	load_aliases(sm, pt);
	sort_in(sm);
	read_use(&u, sm->a, pt);
	b = begun_with(sm,
		       pt->ncomp && u.word[0] == PLAIN ? pt->comp[0].name : "");
	if (pt->ncomp > 1 && u.word[0] == PLAIN && u.word[1] == PLAIN)
		second = pt->comp[1].name;
	vec_foreach(h, &b->v) {
		struct alias_hit hit = h->hit;

		/* of a thousand that begin alike most are told apart here */
		if (*depth && second && h->second && h->second != second &&
		    strcmp(h->second, second) != 0)
			continue;
		hit.suffix = cover(&u, hit.name->comp, hit.name->ncomp, depth);
		if (hit.suffix == pt->ncomp || (hit.suffix && allow_suffix))
			vec_push(&hits, hit);
	}
	*ret = hits.v;
	return hits.n;
}

void alias_similar(struct sema *sm, const struct ast_point *pt, size_t i,
		   struct similar *s)
{
	const char *const *names;
	size_t f, j, k, n;

	for (f = 0; f < sm->files.n; f++) {
		struct ast_probe **al;

		vec_foreach(al, &sm->files.v[f]->ast->aliases) {
			for (j = 0; j < (*al)->nalias; j++) {
				const struct ast_point *nm = &(*al)->alias[j];

				if (nm->ncomp <= i)
					continue;
				for (k = 0; k < i; k++)
					if (!family_word_match(
						    pt->comp[k].name,
						    nm->comp[k].name))
						break;
				if (k == i)
					similar_add(s, nm->comp[i].name);
			}
		}
	}
	if (i || !sm->in->lib)
		return;
	n = library_names(sm->in->lib, LIB_ALIAS, &names);
	for (j = 0; j < n; j++)
		similar_add(s, names[j]);
}
