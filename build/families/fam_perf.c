// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf events: perf.type(T).config(C) and what is made of it, timer.profile.
 *
 * dprobe.num is the type, the config, and the period: events between two samples,
 * negative: samples a second, 0: as many as the kernel's ticks; of a counter instead
 * its number, by which @perf() reads it.  dprobe.text: NULL for every program, "" for
 * the target's, else the program's path.
 */
#include "build/families/family.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/sema/ctx.h"

#include <stdint.h>

#define DEFAULT_PERIOD 1000000 /* features.md 2.10; of the CPU clock: 1 ms */
#define TYPE_SOFTWARE  1       /* linux/perf_event.h */
#define CPU_CLOCK      0

enum {
	FORM_SAMPLE = 1,
	FORM_HZ = 2,
	FORM_PROCESS = 4, /* the target */
	FORM_PATH = 8,	  /* a program */
	FORM_COUNTER = 16,
	FORM_PROFILE = 32,
	FORM_TICK = 64,
};

/* Components that a pattern may have matched are known by their places. */
enum { COMP_TYPE = 1, COMP_CONFIG = 2 };

static const struct fam_form forms[] = {
	{ "perf.type(N).config(N)", 0 },
	{ "perf.type(N).config(N).sample(N)", FORM_SAMPLE },
	{ "perf.type(N).config(N).hz(N)", FORM_HZ },
	{ "perf.type(N).config(N).process", FORM_PROCESS },
	{ "perf.type(N).config(N).process(S)", FORM_PATH },
	{ "perf.type(N).config(N).sample(N).process",
	  FORM_SAMPLE | FORM_PROCESS },
	{ "perf.type(N).config(N).sample(N).process(S)",
	  FORM_SAMPLE | FORM_PATH },
	{ "perf.type(N).config(N).hz(N).process", FORM_HZ | FORM_PROCESS },
	{ "perf.type(N).config(N).hz(N).process(S)", FORM_HZ | FORM_PATH },
	{ "perf.type(N).config(N).counter(S)", FORM_COUNTER },
	{ "perf.type(N).config(N).process.counter(S)",
	  FORM_COUNTER | FORM_PROCESS },
	{ "perf.type(N).config(N).process(S).counter(S)",
	  FORM_COUNTER | FORM_PATH },
	{ "timer.profile", FORM_PROFILE },
	{ "timer.profile.tick", FORM_PROFILE | FORM_TICK },
	{ "timer.profile.freq(N)", FORM_PROFILE | FORM_HZ },
	{ "timer.profile.freq.hz(N)", FORM_PROFILE | FORM_HZ },
};

static const char *perf_name(struct sema *sm, const struct ast_point *pt,
			     unsigned int form, const struct dprobe *p)
{
	struct arena *a = sm->a;
	const char *s;

	if (form & FORM_TICK)
		return "timer.profile.tick";
	if (form & FORM_PROFILE && !(form & FORM_HZ))
		return "timer.profile";
	if (form & FORM_PROFILE)
		return arena_printf(a, "timer.profile.freq%s(%lld)",
				    pt->ncomp > 3 ? ".hz" : "",
				    -(long long)p->num[2]);
	s = arena_printf(a, "perf.type(%lld).config(%lld)",
			 (long long)p->num[0], (long long)p->num[1]);
	if (form & FORM_SAMPLE)
		s = arena_printf(a, "%s.sample(%lld)", s, (long long)p->num[2]);
	if (form & FORM_HZ)
		s = arena_printf(a, "%s.hz(%lld)", s, -(long long)p->num[2]);
	if (form & FORM_PROCESS)
		s = arena_printf(a, "%s.process", s);
	if (form & FORM_PATH)
		s = arena_printf(a, "%s.process(\"%s\")", s, p->text);
	if (form & FORM_COUNTER)
		s = arena_printf(a, "%s.counter(\"%s\")", s,
				 pt->comp[pt->ncomp - 1].str);
	return s;
}

/* How often: num[2]. */
static bool perf_period(struct sema *sm, const struct ast_point *pt,
			unsigned int form, int64_t *ret)
{
	const struct ast_comp *c = &pt->comp[COMP_CONFIG + 1];

	if (form & FORM_PROFILE)
		c = &pt->comp[pt->ncomp - 1];
	*ret = form & FORM_TICK ? 0 : DEFAULT_PERIOD;
	if (form & FORM_SAMPLE && c->num < 1) {
		diag_error(
			sm->d, &c->at, DIAG_INTERVAL,
			"invalid perf sample period %lld, must be at least 1",
			(long long)c->num);
		return false;
	}
	if (form & FORM_HZ && (c->num < 1 || c->num > INT32_MAX)) {
		diag_error(sm->d, &c->at, DIAG_INTERVAL,
			   "invalid perf frequency %lld, must be 1 to %d",
			   (long long)c->num, INT32_MAX);
		return false;
	}
	if (form & FORM_SAMPLE)
		*ret = c->num;
	else if (form & FORM_HZ)
		*ret = -c->num;
	return true;
}

/* The program whose samples count, if not all do. */
static bool perf_process(struct sema *sm, const struct ast_point *pt,
			 unsigned int form, const char **ret)
{
	const struct ast_comp *c = &pt->comp[pt->ncomp - 1];

	if (form & FORM_COUNTER)
		c--;
	*ret = NULL;
	if (form & FORM_PROCESS)
		*ret = "";
	if (!(form & FORM_PATH))
		return true;
	*ret = c->str;
	if (*c->str == '/')
		return true;
	diag_error(sm->d, &c->at, DIAG_SPEC,
		   "the program of a perf probe must be a path that begins "
		   "with '/'");
	return false;
}

static bool perf_event(struct sema *sm, const struct ast_point *pt,
		       struct dprobe *p)
{
	const struct ast_comp *type = &pt->comp[COMP_TYPE];

	p->num[0] = type->num;
	p->num[1] = pt->comp[COMP_CONFIG].num;
	if (type->num >= 0 && type->num <= UINT32_MAX)
		return true;
	diag_error(sm->d, &type->at, DIAG_INTERVAL,
		   "perf event type %lld out of range (0, %u)",
		   (long long)type->num, UINT32_MAX);
	return false;
}

static enum fam_result perf_expand(struct sema *sm, const struct ast_point *pt,
				   unsigned int form, struct fam_probe *ret)
{
	const struct ast_comp *last = &pt->comp[pt->ncomp - 1];
	struct dprobe *p = ret->p;

	p->kind = form & FORM_COUNTER ? &kind_counter : &kind_perf;
	p->num[0] = TYPE_SOFTWARE;
	p->num[1] = CPU_CLOCK;
	if ((!(form & FORM_PROFILE) && !perf_event(sm, pt, p)) ||
	    !perf_process(sm, pt, form, &p->text))
		return FAM_REFUSED;
	if (form & FORM_COUNTER
		    ? !sema_counter_define(sm, last->str, last->at, &p->num[2])
		    : !perf_period(sm, pt, form, &p->num[2]))
		return FAM_REFUSED;
	p->name = perf_name(sm, pt, form, p);
	return FAM_OK;
}

extern const struct family fam_perf;
const struct family fam_perf = {
	.name = "perf",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = perf_expand,
};
