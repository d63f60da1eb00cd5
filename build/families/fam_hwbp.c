// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware watchpoints: kernel.data(ADDRESS), kernel.data("SYMBOL").
 *
 * dprobe.num is the address (where it is no symbol's), the length, and whether
 * reads count too.
 */
#include "build/families/family.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/kit/kit.h"
#include "build/sema/ctx.h"

#define MAX_LENGTH 8 /* bytes; of one debug register */
#define MAX_POINTS 4 /* debug registers */

enum { FORM_WRITE, FORM_RW };

static const struct fam_form forms[] = {
	{ "kernel.data(N).write", FORM_WRITE },
	{ "kernel.data(N).rw", FORM_RW },
	{ "kernel.data(N).length(N).write", FORM_WRITE },
	{ "kernel.data(N).length(N).rw", FORM_RW },
	{ "kernel.data(S).write", FORM_WRITE },
	{ "kernel.data(S).rw", FORM_RW },
	{ "kernel.data(S).length(N).write", FORM_WRITE },
	{ "kernel.data(S).length(N).rw", FORM_RW },
};

/* By its place: a pattern may have matched it. */
static const struct ast_comp *hwbp_len(const struct ast_point *pt)
{
	return pt->ncomp > 3 ? &pt->comp[2] : NULL;
}

static const char *hwbp_name(struct sema *sm, const struct ast_point *pt,
			     bool rw)
{
	const struct ast_comp *c = &pt->comp[1];
	struct arena *a = sm->a;
	const char *s = "";

	if (pt->ncomp > 3)
		s = arena_printf(a, ".length(%lld)",
				 (long long)pt->comp[2].num);
	if (c->arg_kind == ARG_STR)
		return arena_printf(a, "kernel.data(\"%s\")%s.%s", c->str, s,
				    rw ? "rw" : "write");
	return arena_printf(a, "kernel.data(%#llx)%s.%s",
			    (unsigned long long)c->num, s, rw ? "rw" : "write");
}

/* Rounded up to what the hardware can: 1, 2, 4 or 8 bytes. */
static bool hwbp_length(struct sema *sm, const struct ast_point *pt,
			int64_t *ret)
{
	const struct ast_comp *c = hwbp_len(pt);

	*ret = 1;
	if (!c)
		return true;
	if (c->num < 1 || c->num > MAX_LENGTH) {
		diag_error(sm->d, &c->at, DIAG_SPEC,
			   "watchpoint length %lld out of range (1, %d)",
			   (long long)c->num, MAX_LENGTH);
		return false;
	}
	while (*ret < c->num)
		*ret *= 2;
	return true;
}

static enum fam_result no_symbol(struct sema *sm, const struct ast_comp *c)
{
	struct similar sim;
	const char *name;

	similar_init(&sim, diags_near(sm->d, c->str));
	for (size_t i = 0; sim.want && (name = kit_symbol_name(sm->kit, i));
	     i++)
		similar_add(&sim, name);
	diag_error(sm->d, &c->at, DIAG_NO_MATCH,
		   "kernel %s has no symbol '%s'%s", kit_info(sm->kit)->release,
		   c->str, similar_text(sm->a, &sim, "similar symbols"));
	return FAM_REFUSED;
}

static enum fam_result hwbp_symbol(struct sema *sm, const struct ast_comp *c,
				   struct fam_probe *ret)
{
	struct fam_point p = { 0 };

	if (!sm->kit) {
		diag_error(sm->d, &c->at, DIAG_NO_TARGET,
			   "a watchpoint on a symbol needs a target kernel");
		return FAM_REFUSED;
	}
	p.dp.addr = kit_symbol(sm->kit, c->str);
	p.dp.mech = TAPRT_MECH_DATA;
	p.dp.func = c->str;
	p.dp.pp = ret->p->name;
	if (!p.dp.addr)
		return no_symbol(sm, c);
	vec_apush(sm->a, &ret->points, p);
	return FAM_OK;
}

/* An address must lie where its length asks for, or it is another's. */
static enum fam_result hwbp_address(struct sema *sm, const struct ast_comp *c,
				    struct dprobe *p)
{
	p->num[0] = c->num;
	if (!(c->num & (p->num[1] - 1)))
		return FAM_OK;
	diag_error(sm->d, &c->at, DIAG_SPEC,
		   "watchpoint address %#llx is not a multiple of its length, "
		   "%lld",
		   (unsigned long long)c->num, (long long)p->num[1]);
	return FAM_REFUSED;
}

/* One more than there are debug registers: it may still run where others fail. */
static void hwbp_count(struct sema *sm, const struct ast_point *pt)
{
	struct handler **h;
	int n = 1;

	vec_foreach(h, &sm->handlers)
		n += (*h)->p->kind == &kind_hwbp;
	if (n == MAX_POINTS + 1)
		diag_warn(sm->d, &pt->at, DIAG_WATCHPOINTS,
			  "more watchpoints than the %d that the hardware has",
			  MAX_POINTS);
}

static enum fam_result hwbp_expand(struct sema *sm, const struct ast_point *pt,
				   unsigned int form, struct fam_probe *ret)
{
	const struct ast_comp *c = &pt->comp[1];

	ret->p->kind = &kind_hwbp;
	ret->p->name = hwbp_name(sm, pt, form == FORM_RW);
	ret->p->num[2] = form == FORM_RW;
	if (!hwbp_length(sm, pt, &ret->p->num[1]))
		return FAM_REFUSED;
	hwbp_count(sm, pt);
	if (c->arg_kind == ARG_STR)
		return hwbp_symbol(sm, c, ret);
	return hwbp_address(sm, c, ret->p);
}

extern const struct family fam_hwbp;
const struct family fam_hwbp = {
	.name = "hwbp",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = hwbp_expand,
};
