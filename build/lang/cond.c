/* SPDX-License-Identifier: GPL-2.0-only */
/* Conditions of %( COND %? … %): comparisons joined by && and ||. */
#include "build/lang/pp.h"
#include "build/base/arena.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct cond - one condition being read
 * @d: NULL = say nothing
 */
struct cond {
	struct arena *a;
	const struct tok *t, *end, *open;
	const struct pp_env *env;
	struct diags *d;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int pp_version_cmp(const char *a, const char *b)
{
	while (*a && *b) {
		if (is_digit(*a) && is_digit(*b)) {
			size_t n, m;
			int c;

			a += strspn(a, "0");
			b += strspn(b, "0");
			n = strspn(a, "0123456789");
			m = strspn(b, "0123456789");
			c = n != m ? (n < m ? -1 : 1) : memcmp(a, b, n);
			if (c)
				return c;
			a += n;
			b += m;
		} else if (*a != *b) {
			break;
		} else {
			a++;
			b++;
		}
	}
	return (int)(unsigned char)*a - (int)(unsigned char)*b;
}

static bool cond_error(const struct cond *c, const struct tok *t,
		       enum diag_tag tag, const char *what)
{
	if (!c->d)
		return false;
	if (t && t->kind == T_JUNK)
		diag_error(c->d, &t->at, t->junk, "%s", t->text);
	else
		diag_error(c->d, t ? &t->at : &c->open->at, tag, "%s", what);
	return false;
}

/* Outcome of the operator @op for a three-way comparison; -1: no such one. */
static int by_order(enum tokk op, int cmp)
{
	switch (op) {
	case T_LT:
		return cmp < 0;
	case T_LE:
		return cmp <= 0;
	case T_EQ:
		return cmp == 0;
	case T_NE:
		return cmp != 0;
	case T_GT:
		return cmp > 0;
	case T_GE:
		return cmp >= 0;
	default:
		return -1;
	}
}

static bool has_wildcard(const char *s)
{
	return strpbrk(s, "*?[") != NULL;
}

/* The value @have against the text of @rhs, a pattern with == and !=. */
static bool match_text(const struct cond *c, const char *have,
		       const struct tok *op, const struct tok *rhs,
		       bool is_version, bool *ret)
{
	bool is_equality = op->kind == T_EQ || op->kind == T_NE;

	if (rhs->kind != T_STRING)
		return cond_error(c, rhs, DIAG_BAD_COND,
				  "expected string literal");
	if (is_equality && has_wildcard(rhs->text)) {
		*ret = (fnmatch(rhs->text, have, 0) == 0) == (op->kind == T_EQ);
		return true;
	}
	if (!is_equality && has_wildcard(rhs->text))
		return cond_error(c, rhs, DIAG_BAD_COND,
				  "wildcard not allowed with order comparison "
				  "operators");
	if (!is_equality && !is_version)
		return cond_error(c, op, DIAG_BAD_COND,
				  "expected '==' or '!='");
	*ret = by_order(op->kind, is_version ? pp_version_cmp(have, rhs->text)
					     : strcmp(have, rhs->text)) == 1;
	return true;
}

static bool to_number(const char *s, int64_t *ret)
{
	char *end;

	*ret = 0;
	if (!*s)
		return true;
	errno = 0;
	*ret = strtoll(s, &end, 0);
	return !*end && !errno;
}

static const char *config(const struct cond *c, const char *name)
{
	const struct pp_target *t = c->env->target;
	const char *v = t->config ? t->config(t->arg, name) : NULL;

	return v ? v : "";
}

static bool is_config(const struct tok *t)
{
	return t->kind == T_IDENT && !strncmp(t->text, "CONFIG_", 7);
}

static bool term_config(const struct cond *c, const struct tok *t, bool *ret)
{
	const char *have = config(c, t[0].text), *other;
	int64_t l, r;

	if (t[2].kind == T_STRING)
		return match_text(c, have, &t[1], &t[2], false, ret);
	if (t[2].kind == T_NUMBER) {
		if (!to_number(have, &l))
			return cond_error(c, &t[0], DIAG_BAD_COND,
					  "Config option value not a number");
		r = t[2].num;
		*ret = by_order(t[1].kind, (l > r) - (l < r)) == 1;
		return true;
	}
	if (!is_config(&t[2]))
		return cond_error(c, &t[2], DIAG_BAD_COND,
				  "expected string, number literal or other "
				  "CONFIG_... to compare with");
	other = config(c, t[2].text);
	if (to_number(have, &l) && to_number(other, &r))
		*ret = by_order(t[1].kind, (l > r) - (l < r)) == 1;
	else
		*ret = by_order(t[1].kind, strcmp(have, other)) == 1;
	return true;
}

static bool term_release(const struct cond *c, const struct tok *t, bool *ret)
{
	const char *vr = c->env->target->kernel_vr;
	size_t n = strcspn(vr, "-");

	if (strcmp(t->text, "kernel_v"))
		n = strlen(vr);
	return match_text(c, arena_strndup(c->a, vr, n), &t[1], &t[2], true,
			  ret);
}

static bool term_guru(const struct cond *c, const struct tok *t, bool *ret)
{
	if (t[2].kind != T_NUMBER || (t[2].num != 0 && t[2].num != 1))
		return cond_error(c, &t[2], DIAG_BAD_COND, "expected 0 or 1");
	if (t[1].kind != T_EQ && t[1].kind != T_NE)
		return cond_error(c, &t[1], DIAG_BAD_COND,
				  "expected '==' or '!='");
	*ret = (t[2].num == c->env->guru) == (t[1].kind == T_EQ);
	return true;
}

static bool term_name(const struct cond *c, const struct tok *t, bool *ret)
{
	const struct pp_env *env = c->env;
	bool is_release =
		!strcmp(t->text, "kernel_v") || !strcmp(t->text, "kernel_vr");
	bool is_arch = !strcmp(t->text, "arch");

	if (is_release || is_arch || is_config(t)) {
		if (!env->target || (is_release && !env->target->kernel_vr) ||
		    (is_arch && !env->target->arch))
			return cond_error(c, t, DIAG_NO_TARGET,
					  "this condition needs a kernel to "
					  "ask: give one with -r");
		if (is_release)
			return term_release(c, t, ret);
		if (is_config(t))
			return term_config(c, t, ret);
		return match_text(c, env->target->arch, &t[1], &t[2], false,
				  ret);
	}
	if (!strcmp(t->text, "systemtap_v"))
		return match_text(c,
				  env->systemtap_v ? env->systemtap_v
						   : LANG_SYSTEMTAP_V,
				  &t[1], &t[2], true, ret);
	if (!strcmp(t->text, "systemtap_privilege"))
		return match_text(c,
				  env->privilege ? env->privilege : "stapdev",
				  &t[1], &t[2], false, ret);
	if (!strcmp(t->text, "runtime"))
		return match_text(c, env->runtime ? env->runtime : "kernel",
				  &t[1], &t[2], false, ret);
	if (!strcmp(t->text, "guru_mode"))
		return term_guru(c, t, ret);
	return cond_error(c, t, DIAG_BAD_COND,
			  "expected 'arch', 'kernel_v', 'kernel_vr', "
			  "'CONFIG_...', 'systemtap_v', 'systemtap_privilege', "
			  "'guru_mode', 'runtime' or a literal");
}

/* LHS op RHS, the three tokens at @t. */
static bool term_value(const struct cond *c, const struct tok *t, bool *ret)
{
	if (t[0].kind == T_JUNK)
		return cond_error(c, &t[0], DIAG_BAD_COND, "");
	if (by_order(t[1].kind, 0) < 0)
		return cond_error(c, &t[1], DIAG_BAD_COND,
				  "expected comparison operator");
	if (t[0].kind == T_IDENT)
		return term_name(c, t, ret);
	if (t[0].kind == T_STRING) {
		if (t[2].kind != T_STRING)
			return cond_error(c, &t[2], DIAG_BAD_COND,
					  "expected string literal");
		*ret = by_order(t[1].kind, strcmp(t[0].text, t[2].text)) == 1;
		return true;
	}
	if (t[0].kind == T_NUMBER) {
		if (t[2].kind != T_NUMBER)
			return cond_error(c, &t[2], DIAG_BAD_COND,
					  "expected number");
		*ret = by_order(t[1].kind, (t[0].num > t[2].num) -
						   (t[0].num < t[2].num)) == 1;
		return true;
	}
	return cond_error(c, &t[0], DIAG_BAD_COND,
			  "expected a name or a literal to compare");
}

static bool asks_target(const struct tok *t)
{
	return t->kind == T_IDENT &&
	       (!strcmp(t->text, "kernel_v") || !strcmp(t->text, "kernel_vr") ||
		!strcmp(t->text, "arch") || is_config(t));
}

/* @live: the outcome matters (the other side has not decided it already). */
static bool cond_term(struct cond *c, bool live, bool *ret)
{
	const struct tok *t = c->t;

	*ret = false;
	if (c->end - t < 3)
		return cond_error(c, t < c->end ? t : NULL, DIAG_BAD_COND,
				  "expected a comparison");
	c->t += 3;
	if (!live)
		return true;
	if (!term_value(c, t, ret))
		return false;
	if (c->env->trace && asks_target(t)) {
		struct pp_term q = { &t[0], &t[2], t[1].kind, *ret };

		vec_apush(c->a, &c->env->trace->terms, q);
	}
	return true;
}

static bool cond_and(struct cond *c, bool live, bool *ret)
{
	bool r;

	if (!cond_term(c, live, ret))
		return false;
	while (c->t < c->end && c->t->kind == T_LAND) {
		c->t++;
		if (!cond_term(c, live && *ret, &r))
			return false;
		*ret = *ret && r;
	}
	return true;
}

bool pp_cond(struct arena *a, const struct tok *t, size_t n,
	     const struct tok *open, const struct pp_env *env, struct diags *d,
	     bool *taken)
{
	struct cond c = { .a = a,
			  .t = t,
			  .end = n ? t + n : t, /* nothing may be NULL */
			  .open = open,
			  .env = env,
			  .d = d };
	bool r;

	if (!cond_and(&c, true, taken))
		return false;
	while (c.t < c.end && c.t->kind == T_LOR) {
		c.t++;
		if (!cond_and(&c, !*taken, &r))
			return false;
		*taken = *taken || r;
	}
	if (c.t < c.end)
		return cond_error(&c, c.t, DIAG_BAD_COND,
				  "expected '&&', '||' or '%?' here");
	return true;
}

bool pp_trace_holds(const struct pp_trace *t, const struct pp_env *env)
{
	struct arena a = { 0 };
	bool same = true;

	for (size_t i = 0; same && i < t->terms.n; i++) {
		const struct pp_term *q = &t->terms.v[i];
		struct tok tok[3] = { *q->lhs,
				      { .kind = (uint8_t)q->op },
				      *q->rhs };
		struct cond c = { .a = &a, .env = env };
		bool r = false;

		same = term_value(&c, tok, &r) && r == q->taken;
	}
	arena_deinit(&a);
	return same;
}
