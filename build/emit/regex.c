// SPDX-License-Identifier: GPL-2.0-only
/* =~ and !~: calls of the matcher, and the tables it is given. */
#include "build/emit/em.h"

#include "build/regex/regex.h"

static size_t regex_number(struct em *em, const struct regex *re)
{
	for (size_t i = 0; i < em->regexes.n; i++)
		if (em->regexes.v[i] == re)
			return i;
	vec_apush(&em->arena, &em->regexes, re);
	return em->regexes.n - 1;
}

struct val em_regex(struct em *em, struct ast_expr *e)
{
	const struct regex *re = e->regex ? e->regex->re : NULL;
	struct val v;
	unsigned int t;
	size_t n;

	if (!re) {
		em_refuse(em, &e->at, "a regular expression made by hand");
		return (struct val){ "0LL", true, true, false };
	}
	v = em_expr(em, e->a);
	n = regex_number(em, re);
	if (!re->has_tags)
		return (struct val){
			em_text(em, "(s64)%staprt_regex_test(&r%zu, %s)",
				e->is_not ? "!" : "", n, v.c),
			v.fixed, false, false
		};
	/* it acts, so it has to run where it stands */
	t = em->fn->ntemp++;
	cw_line(&em->w, "s64 t%u = taprt_regex_match(c, &r%zu, %s);", t, n,
		v.c);
	return (struct val){ em_text(em, "t%u", t), true, true, false };
}

static void numbers(struct em *em, size_t i, const char *what,
		    const uint16_t *words, const uint8_t *bytes, size_t n)
{
	struct buf b = BUF_INIT;

	cw_open(&em->w, "static const %s r%zu_%s[%zu] =", words ? "u16" : "u8",
		i, what, n);
	for (size_t k = 0; k < n; k++) {
		buf_printf(&b, "%u,", words ? words[k] : bytes[k]);
		if (b.len < 64 && k + 1 < n)
			continue;
		cw_line(&em->w, "%s", b.p);
		buf_reset(&b);
	}
	cw_close(&em->w, ";");
	buf_deinit(&b);
}

static void tables(struct em *em, size_t i, const struct regex *re)
{
	size_t n = (size_t)re->nrows * re->ncols;

	numbers(em, i, "col", NULL, re->col, sizeof(re->col));
	numbers(em, i, "next", re->next, NULL, n);
	if (re->wait)
		numbers(em, i, "skip", NULL, re->skip, sizeof(re->skip));
	if (re->has_tags) {
		numbers(em, i, "link", re->link, NULL, n);
		numbers(em, i, "pool", re->pool, NULL, re->npool);
		numbers(em, i, "ops", NULL, re->ops, re->nops);
	}
	cw_open(&em->w, "static const struct taprt_regex r%zu =", i);
	cw_line(&em->w, ".col = r%zu_col, .next = r%zu_next,", i, i);
	if (re->has_tags)
		cw_line(&em->w,
			".link = r%zu_link, .pool = r%zu_pool, .ops = r%zu_ops,",
			i, i, i);
	if (re->wait)
		cw_line(&em->w, ".skip = r%zu_skip, .wait = %u,", i, re->wait);
	cw_line(&em->w, ".start = %u, .ncols = %u, .ngroups = %u,", re->start,
		re->ncols, re->ngroups);
	cw_close(&em->w, ";");
	cw_blank(&em->w);
}

void em_regexes(struct em *em)
{
	for (size_t i = 0; i < em->regexes.n; i++)
		tables(em, i, em->regexes.v[i]);
}

bool em_keeps_groups(const struct em *em)
{
	for (size_t i = 0; i < em->regexes.n; i++)
		if (em->regexes.v[i]->has_tags)
			return true;
	return false;
}
