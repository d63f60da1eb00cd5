// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf counters of a script by name: a probe makes one, @perf() reads it, and
 * either may be seen first.
 */
#include "build/base/diag.h"
#include "build/sema/ctx.h"

#include <string.h>

static size_t counter_find(const struct sema *sm, const char *name)
{
	size_t i;

	for (i = 0; i < sm->counters.n; i++)
		if (!strcmp(sm->counters.v[i].name, name))
			break;
	return i;
}

size_t sema_counter_use(struct sema *sm, const char *name, struct span at)
{
	size_t i = counter_find(sm, name);
	struct perf_counter c = { .name = name, .at = at };

	if (i == sm->counters.n)
		vec_apush(sm->a, &sm->counters, c);
	return i;
}

bool sema_counter_known(const struct sema *sm, const char *name)
{
	size_t i = counter_find(sm, name);

	return i < sm->counters.n && sm->counters.v[i].is_defined;
}

bool sema_counter_define(struct sema *sm, const char *name, struct span at,
			 int64_t *id)
{
	size_t i = sema_counter_use(sm, name, at);
	struct perf_counter *c = &sm->counters.v[i];

	if (c->is_defined) {
		diag_error(sm->d, &at, DIAG_SPEC,
			   "perf counter '%s' is defined twice", name);
		diag_note(sm->d, &c->at, "the other one is defined here");
		return false;
	}
	c->is_defined = true;
	c->at = at;
	*id = (int64_t)i;
	return true;
}

void sema_counters_check(struct sema *sm)
{
	struct perf_counter *c;

	vec_foreach(c, &sm->counters)
		if (!c->is_defined)
			diag_error(sm->d, &c->at, DIAG_TARGET_CONTEXT,
				   "perf counter '%s' not defined", c->name);
}
