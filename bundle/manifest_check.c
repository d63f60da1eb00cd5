/* SPDX-License-Identifier: GPL-2.0-only */
/* What the lines of a manifest must be to each other; parameters of a script. */
#include "bundle/manifest_int.h"
#include "bundle/base/err.h"
#include "bundle/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int bad(struct man_parse *p, struct err *e, const char *why)
{
	return lines_bad(&p->l, e, "%s: %s", p->l.key, why);
}

static int too_big(struct man_parse *p, struct err *e, uint64_t size,
		   uint64_t max)
{
	return err_set(e, -BERR_LIMIT,
		       "manifest line %u: %s of %llu bytes, limit %llu",
		       p->l.no, p->l.key, (unsigned long long)size,
		       (unsigned long long)max);
}

/* ---- members ------------------------------------------------------------- */

static const struct member_kind {
	const char *name;
	enum manifest_member_kind kind;
	uint64_t max;
} member_kinds[] = {
	{ "tap-1/ksig", MEMBER_KSIG, BUNDLE_KSIG_MAX },
	{ "tap-1/provenance", MEMBER_PROVENANCE, BUNDLE_PROVENANCE_MAX },
	{ "tap-1/source", MEMBER_SOURCE, BUNDLE_SOURCE_MAX },
};

static const struct member_kind *find_kind(const char *name)
{
	for (unsigned int i = 0; i < 3; i++)
		if (!strcmp(member_kinds[i].name, name))
			return &member_kinds[i];
	return NULL;
}

static int pack_member(struct man_parse *p, struct manifest_member *mb,
		       uint32_t index, struct err *e)
{
	uint32_t first = p->first_pack;
	char want[32];

	if (!index || p->m->members[index - 1].kind != MEMBER_PACK)
		first = index;
	snprintf(want, sizeof(want), "tap-1/pack-%04u", index - first);
	if (strcmp(mb->name, want) != 0)
		return bad(p, e, "unknown member, or out of order");
	p->first_pack = first;
	mb->kind = MEMBER_PACK;
	if (mb->size > BUNDLE_PACK_RAW_MAX)
		return too_big(p, e, mb->size, BUNDLE_PACK_RAW_MAX);
	return 0;
}

int man_member(struct man_parse *p, struct manifest_member *mb, struct err *e)
{
	uint32_t index = (uint32_t)(mb - p->m->members);
	const struct member_kind *k = find_kind(mb->name);

	if (!k)
		return pack_member(p, mb, index, e);
	mb->kind = k->kind;
	if (index && p->m->members[index - 1].kind >= mb->kind)
		return bad(p, e, "out of order, or twice");
	if (mb->size > k->max)
		return too_big(p, e, mb->size, k->max);
	return 0;
}

int man_check_head(struct man_parse *p, struct err *e)
{
	const struct manifest *m = p->m;
	uint32_t npacks = 0;
	bool has_ksig = false;

	for (uint32_t i = 0; i < m->nmembers; i++) {
		npacks += m->members[i].kind == MEMBER_PACK;
		has_ksig |= m->members[i].kind == MEMBER_KSIG;
	}
	if (npacks != m->npacks)
		return lines_bad(&p->l, e, "%u pack members, %u pack lines",
				 npacks, m->npacks);
	if (has_ksig != m->has_ksig)
		return lines_bad(&p->l, e,
				 "feature ksig and member tap-1/ksig go "
				 "together");
	if (m->not_before && m->not_after && m->not_before > m->not_after)
		return lines_bad(&p->l, e, "not-before is after not-after");
	return 0;
}

/* ---- targets ------------------------------------------------------------- */

/*
 * Modules lie in packs in target order, each after a tar header; the first of
 * the next pack ends the one before with two zero blocks.
 */
int man_place_ko(struct man_parse *p, struct err *e)
{
	struct manifest_target *t = p->t;
	const struct manifest *m = p->m;

	if (t->ko_size > BUNDLE_KO_MAX)
		return too_big(p, e, t->ko_size, BUNDLE_KO_MAX);
	if (!t->ko_size)
		return bad(p, e, "size 0");
	if (p->pack_end && t->pack == p->pack + 1) {
		if (m->packs[p->pack].raw_size != p->pack_end + TAR_END)
			return bad(p, e, "pack before it has another size");
		p->pack++;
		p->pack_end = 0;
	}
	if (t->pack != p->pack || t->pack >= m->npacks)
		return bad(p, e, "no such pack, or out of order");
	if (t->ko_offset != p->pack_end + TAR_BLOCK)
		return bad(p, e, "offset is not where the module lies");
	p->pack_end = t->ko_offset + tar_padded(t->ko_size);
	if (p->pack_end + TAR_END > m->packs[p->pack].raw_size)
		return bad(p, e, "larger than its pack");
	return 0;
}

int man_check_target(struct man_parse *p, struct err *e)
{
	const struct manifest_target *t = p->t;

	if (p->m->has_fallback && t->is_ok && !t->bound && !t->nrelies)
		return lines_bad(&p->l, e,
				 "feature fallback, but target %u has neither "
				 "'rely' nor 'bound'",
				 t->index);
	if (t->index && target_cmp(t - 1, t) >= 0)
		return lines_bad(&p->l, e,
				 "targets %u and %u not sorted, or the same",
				 t->index - 1, t->index);
	return 0;
}

int man_check_end(struct man_parse *p, struct err *e)
{
	const struct manifest *m = p->m;
	uint64_t ksig_size = 0;

	if (!m->ntargets)
		return lines_bad(&p->l, e, "no target");
	if (m->npacks && (p->pack + 1 != m->npacks || !p->pack_end ||
			  m->packs[p->pack].raw_size != p->pack_end + TAR_END))
		return lines_bad(&p->l, e, "packs hold more than the modules");
	if (m->has_ksig)
		ksig_size = m->members[0].size;
	if (ksig_size != p->ksig_end)
		return lines_bad(&p->l, e,
				 "member tap-1/ksig has %llu bytes, its parts "
				 "%llu",
				 (unsigned long long)ksig_size,
				 (unsigned long long)p->ksig_end);
	return 0;
}

void manifest_ko_path(const struct manifest_target *t, char *buf, size_t n)
{
	snprintf(buf, n, "%04u-%.36s/%s.ko", t->index, t->release, t->module);
}

/* ---- parameters ---------------------------------------------------------- */

static int int64_param(struct man_parse *p, struct manifest_param *pa, char *v,
		       struct err *e)
{
	char *def = word_next(&v), *min = word_next(&v);

	pa->type = PARAM_INT64;
	pa->def_str = NULL;
	pa->len = 0;
	if (!def || !min || !v || !num_i64(def, &pa->def) ||
	    !num_i64(min, &pa->min) || !num_i64(v, &pa->max))
		return bad(p, e, "not 'NAME int64 DEFAULT MIN MAX'");
	if (pa->min > pa->def || pa->def > pa->max)
		return bad(p, e, "default outside its limits");
	return 0;
}

/* Undo "%20" in place; only bytes that need it may be written so. */
static bool decode(char *s)
{
	static const char plain[] = "A-Za-z0-9._/:,+@-";
	char *out = s;

	for (; *s; s++) {
		char one[2] = { *s, '\0' };

		if (*s != '%') {
			if (!text_only(one, plain, 1))
				return false;
		} else {
			char hex[3] = { s[1], '\0', '\0' };
			uint8_t c;

			if (s[1])
				hex[1] = s[2];
			if (!hex_bytes(hex, &c, 1) || !c)
				return false;
			one[0] = (char)c;
			if (text_only(one, plain, 1))
				return false;
			s += 2;
		}
		*out++ = one[0];
	}
	*out = '\0';
	return true;
}

static int string_param(struct man_parse *p, struct manifest_param *pa,
			char *type, char *v, struct err *e)
{
	char *close = strchr(type, ']');
	uint64_t len;

	pa->type = PARAM_STRING;
	pa->def = pa->min = pa->max = 0;
	if (!close || close[1])
		return bad(p, e, "unknown type");
	*close = '\0';
	if (!num_u64(type + strlen("string["), 65535, &len) || !len)
		return bad(p, e, "bad length");
	pa->len = (uint32_t)len;
	if (!v || v[0] != '=' || !decode(v + 1) || strlen(v + 1) > len)
		return bad(p, e, "not 'NAME string[LEN] =DEFAULT'");
	pa->def_str = v + 1;
	return 0;
}

int man_param(struct man_parse *p, struct manifest_param *pa, char *v,
	      struct err *e)
{
	char *name = word_next(&v), *type = word_next(&v);

	if (!name || !type || (name[0] >= '0' && name[0] <= '9') ||
	    !text_only(name, "A-Za-z0-9_", BUNDLE_PARAM_NAME_MAX))
		return bad(p, e, "not 'NAME TYPE DEFAULT ...'");
	pa->name = name;
	if (!strcmp(type, "int64"))
		return int64_param(p, pa, v, e);
	if (!strncmp(type, "string[", 7))
		return string_param(p, pa, type, v, e);
	return bad(p, e, "unknown type");
}

/* Edit distance, for names of at most BUNDLE_PARAM_NAME_MAX bytes. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[BUNDLE_PARAM_NAME_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > BUNDLE_PARAM_NAME_MAX || nb > BUNDLE_PARAM_NAME_MAX)
		return ~0u;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned int diag = row[0];

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned int d = diag + (a[i - 1] != b[j - 1]);

			diag = row[j];
			if (row[j] + 1 < d)
				d = row[j] + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			row[j] = d;
		}
	}
	return row[nb];
}

static int unknown_param(const struct manifest *m, const char *name,
			 struct err *e)
{
	const struct manifest_param *best = NULL;
	unsigned int least = 4;

	err_set(e, -BERR_PARAM, "'%.64s' is not a parameter", name);
	for (uint32_t i = 0; i < m->nparams; i++) {
		unsigned int d = distance(name, m->params[i].name);

		if (d < least) {
			least = d;
			best = &m->params[i];
		}
	}
	if (best)
		return err_hint(e, "did you mean '%s'?", best->name);
	if (!m->nparams)
		return err_hint(e, "this bundle has no parameters");
	return err_hint(e, "parameters: see taprun --info");
}

static int check_int(const struct manifest_param *pa, const char *value,
		     int64_t *num, struct err *e)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(value, &end, 0);
	if (errno || end == value || *end || *value == ' ' ||
	    (*value >= '\t' && *value <= '\r'))
		return err_set(e, -BERR_PARAM,
			       "%s='%.64s': not a 64-bit number", pa->name,
			       value);
	if (v < pa->min || v > pa->max)
		return err_set(e, -BERR_PARAM, "%s=%lld: outside %lld..%lld",
			       pa->name, v, (long long)pa->min,
			       (long long)pa->max);
	if (num)
		*num = v;
	return 0;
}

int manifest_check_param(const struct manifest *m, const char *name,
			 const char *value, const struct manifest_param **ret,
			 int64_t *num, struct err *e)
{
	const struct manifest_param *pa = NULL;

	for (uint32_t i = 0; i < m->nparams; i++)
		if (!strcmp(m->params[i].name, name))
			pa = &m->params[i];
	if (!pa)
		return unknown_param(m, name, e);
	*ret = pa;
	if (pa->type == PARAM_INT64)
		return check_int(pa, value, num, e);
	if (strlen(value) > pa->len)
		return err_set(e, -BERR_PARAM,
			       "%s: %zu bytes, at most %u are kept", pa->name,
			       strlen(value), pa->len);
	return 0;
}
