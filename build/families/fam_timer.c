// SPDX-License-Identifier: GPL-2.0-only
/* Timers: timer.s(N) … timer.ns(N), timer.hz(N), timer.jiffies(N). */
#include "build/families/family.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/sema/ctx.h"

#define NS_PER_S    1000000000LL
#define MIN_NS	    100000LL /* features.md 2.2: 100 us to one day */
#define MAX_NS	    (86400LL * NS_PER_S)
#define MAX_JIFFIES 1000000LL

enum { FORM_S, FORM_MS, FORM_US, FORM_NS, FORM_HZ, FORM_JIFFIES };

static const struct fam_form forms[] = {
	{ "timer.s(N)", FORM_S },
	{ "timer.s(N).randomize(N)", FORM_S },
	{ "timer.sec(N)", FORM_S },
	{ "timer.sec(N).randomize(N)", FORM_S },
	{ "timer.ms(N)", FORM_MS },
	{ "timer.ms(N).randomize(N)", FORM_MS },
	{ "timer.msec(N)", FORM_MS },
	{ "timer.msec(N).randomize(N)", FORM_MS },
	{ "timer.us(N)", FORM_US },
	{ "timer.us(N).randomize(N)", FORM_US },
	{ "timer.usec(N)", FORM_US },
	{ "timer.usec(N).randomize(N)", FORM_US },
	{ "timer.ns(N)", FORM_NS },
	{ "timer.ns(N).randomize(N)", FORM_NS },
	{ "timer.nsec(N)", FORM_NS },
	{ "timer.nsec(N).randomize(N)", FORM_NS },
	{ "timer.hz(N)", FORM_HZ },
	{ "timer.jiffies(N)", FORM_JIFFIES },
	{ "timer.jiffies(N).randomize(N)", FORM_JIFFIES },
};

/* What one unit is worth, and the limits in that unit. */
static void timer_unit(unsigned int form, int64_t *unit, int64_t *lo,
		       int64_t *hi)
{
	switch (form) {
	case FORM_S:
		*unit = NS_PER_S;
		break;
	case FORM_MS:
		*unit = 1000000;
		break;
	case FORM_US:
		*unit = 1000;
		break;
	default:
		*unit = 1;
		break;
	}
	*lo = form == FORM_JIFFIES ? 1 : (MIN_NS + *unit - 1) / *unit;
	*hi = form == FORM_JIFFIES ? MAX_JIFFIES : MAX_NS / *unit;
}

static const char *timer_name(struct sema *sm, const struct ast_point *pt)
{
	const char *s = arena_printf(sm->a, "timer.%s(%lld)", pt->comp[1].name,
				     (long long)pt->comp[1].num);

	if (pt->ncomp > 2)
		s = arena_printf(sm->a, "%s.randomize(%lld)", s,
				 (long long)pt->comp[2].num);
	return s;
}

static enum fam_result timer_hz(struct sema *sm, const struct ast_comp *c,
				struct dprobe *p)
{
	if (c->num <= 0 || NS_PER_S / c->num < MIN_NS) {
		diag_error(sm->d, &c->at, DIAG_INTERVAL,
			   "timer frequency out of range (1, %lld)",
			   NS_PER_S / MIN_NS);
		return FAM_REFUSED;
	}
	p->interval = (uint64_t)((NS_PER_S + c->num - 1) / c->num);
	return FAM_OK;
}

static enum fam_result timer_expand(struct sema *sm, const struct ast_point *pt,
				    unsigned int form, struct fam_probe *ret)
{
	const struct ast_comp *n = &pt->comp[1];
	const struct ast_comp *r = pt->ncomp > 2 ? &pt->comp[2] : NULL;
	struct dprobe *p = ret->p;
	int64_t unit, lo, hi;

	p->kind = &kind_timer;
	p->name = timer_name(sm, pt);
	if (form == FORM_HZ)
		return timer_hz(sm, n, p);
	timer_unit(form, &unit, &lo, &hi);
	if (n->num < lo || n->num > hi) {
		diag_error(sm->d, &n->at, DIAG_INTERVAL,
			   "interval value out of range (%lld, %lld)",
			   (long long)lo, (long long)hi);
		return FAM_REFUSED;
	}
	if (r && (r->num < 0 || r->num > n->num)) {
		diag_error(sm->d, &r->at, DIAG_INTERVAL,
			   "randomize value out of range (0, %lld)",
			   (long long)n->num);
		return FAM_REFUSED;
	}
	p->interval = (uint64_t)(n->num * unit);
	p->randomize = r ? (uint64_t)(r->num * unit) : 0;
	if (form == FORM_JIFFIES)
		p->flags |= TAPRT_P_JIFFIES;
	return FAM_OK;
}

extern const struct family fam_timer;
const struct family fam_timer = {
	.name = "timer",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = timer_expand,
};
