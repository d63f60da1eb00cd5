/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of one plan, together what the bundle is made from. */
#include "build/pack/merge.h"
#include "build/base/arena.h"
#include "build/pack/part.h"
#include "build/pack/recipe.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>

#define NAMED_MAX 4 /* missing units that are named */

/** struct holder - who has a unit; @part NULL: nobody */
struct holder {
	const struct part *part;
	const struct bundle_target *target;
	size_t nth; /* of the units of that part */
};

/* ---- one plan ------------------------------------------------------------ */

static int check_plans(const struct part *part, size_t n, struct arena *a,
		       struct err *e)
{
	const struct units *plan = &part[0].plan;

	for (size_t i = 1; i < n; i++) {
		if (!strcmp(part[i].plan.digest, plan->digest))
			continue;
		err_set(e, ERR_FORMAT,
			"%s (plan %.12s) and %s (plan %.12s) are of different "
			"plans: '%s' differs",
			part[0].path, plan->digest, part[i].path,
			part[i].plan.digest,
			units_differ(plan, &part[i].plan, a));
		return err_hint(e, "tapbuild plan must print the same on every "
				   "machine: same tapbuild, kits, script, "
				   "options");
	}
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* What is told of each kernel differs, and is put together from all parts. */
static bool is_joined(const struct bundle_script *s)
{
	return !strcmp(s->name, RECIPE_NAME) || !strcmp(s->name, RECIPE_LOG);
}

static bool same_scripts(const struct bundle_spec *a,
			 const struct bundle_spec *b)
{
	if (a->nscripts != b->nscripts)
		return false;
	for (size_t i = 0; i < a->nscripts; i++)
		if (!same_text(a->script[i].name, b->script[i].name) ||
		    (!is_joined(&a->script[i]) &&
		     (a->script[i].len != b->script[i].len ||
		      memcmp(a->script[i].p, b->script[i].p,
			     a->script[i].len) != 0)))
			return false;
	return true;
}

/* What the plan fixes; parameters and probes are those of the first kernel. */
static const char *head_differs(const struct bundle_spec *a,
				const struct bundle_spec *b)
{
	if (!same_text(a->name, b->name))
		return "name";
	if (a->version != b->version || a->epoch != b->epoch)
		return "version";
	if (a->created != b->created || a->not_before != b->not_before ||
	    a->not_after != b->not_after)
		return "times";
	if (!same_text(a->audience, b->audience))
		return "audience";
	if (!same_text(a->builder, b->builder) ||
	    !same_text(a->description, b->description) ||
	    !same_text(a->contact, b->contact) ||
	    !same_text(a->extra, b->extra))
		return "description";
	if (a->privilege != b->privilege || a->is_guru != b->is_guru ||
	    a->limit_runtime_s != b->limit_runtime_s ||
	    a->limit_output_bytes != b->limit_output_bytes)
		return "privileges or limits";
	return same_scripts(a, b) ? NULL : "scripts";
}

static int check_heads(const struct part *part, size_t n,
		       const struct part *head, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const char *what =
			part[i].n ? head_differs(&head->spec, &part[i].spec)
				  : NULL;

		if (what)
			return err_set(e, ERR_FORMAT,
				       "%s and %s are of one plan, but their "
				       "%s differ",
				       head->path, part[i].path, what);
	}
	return 0;
}

/* ---- units --------------------------------------------------------------- */

static bool same_ksigs(const struct bundle_target *a,
		       const struct bundle_target *b)
{
	if (a->nksig != b->nksig)
		return false;
	for (size_t i = 0; i < a->nksig; i++)
		if (!same_text(a->ksig[i].skid, b->ksig[i].skid) ||
		    a->ksig[i].len != b->ksig[i].len ||
		    memcmp(a->ksig[i].p, b->ksig[i].p, a->ksig[i].len) != 0)
			return false;
	return true;
}

static bool same_relies(const struct bundle_target *a,
			const struct bundle_target *b)
{
	char x[RELY_TEXT_MAX], y[RELY_TEXT_MAX];

	if (a->nrely != b->nrely)
		return false;
	for (size_t i = 0; i < a->nrely; i++) {
		rely_text(&a->rely[i], x);
		rely_text(&b->rely[i], y);
		if (strcmp(x, y) != 0)
			return false;
	}
	return same_text(a->bound, b->bound);
}

/* NULL: as far as the bundle's bytes go these are the same. */
static const char *target_differs(const struct bundle_target *a,
				  const struct bundle_target *b)
{
	if (!same_text(a->status_code, b->status_code) ||
	    !same_text(a->status_text, b->status_text))
		return "status";
	if (a->ko_len != b->ko_len ||
	    (a->ko_len && memcmp(a->ko, b->ko, a->ko_len) != 0))
		return "module";
	if (!same_text(a->module, b->module) ||
	    !same_text(a->distro, b->distro) ||
	    !same_text(a->flavour, b->flavour) ||
	    !same_text(a->vermagic, b->vermagic) ||
	    !same_text(a->extra, b->extra) || a->wire != b->wire ||
	    a->has_layout_crc != b->has_layout_crc ||
	    a->layout_crc != b->layout_crc)
		return "description";
	if (!same_relies(a, b))
		return "requirements";
	return same_ksigs(a, b) ? NULL : "kernel signature";
}

static int take(struct holder *h, const struct part *p,
		const struct part_unit *pu, struct err *e)
{
	const struct bundle_target *t = &p->spec.target[pu->target];
	const char *what;

	if (!h->part) {
		*h = (struct holder){ p, t, (size_t)(pu - p->unit) };
		return 0;
	}
	what = target_differs(h->target, t);
	if (!what)
		return 0;
	return err_set(
		e, ERR_FORMAT,
		"unit %zu (%s) conflicts: its %s in %s is not that in %s",
		pu->unit, p->plan.unit[pu->unit].release, what, h->part->path,
		p->path);
}

static int check_covered(const struct units *plan, const struct holder *h,
			 struct err *e)
{
	char names[320] = "";
	size_t missing = 0, at = 0;

	for (size_t i = 0; i < plan->n; i++) {
		if (h[i].part)
			continue;
		if (missing++ < NAMED_MAX)
			at += (size_t)snprintf(names + at, sizeof(names) - at,
					       "%s%zu (%.60s)", at ? ", " : "",
					       i, plan->unit[i].release);
	}
	if (!missing)
		return 0;
	err_set(e, ERR_FORMAT, "%zu of %zu units missing: %s%s", missing,
		plan->n, names, missing > NAMED_MAX ? ", ..." : "");
	return err_hint(e, "unit K is in the part of shard K %% N + 1 of N");
}

/* ---- together ------------------------------------------------------------ */

static const struct holder *first_ok(const struct units *plan,
				     const struct holder *h)
{
	for (size_t i = 0; i < plan->n; i++)
		if (!h[i].target->status_code)
			return &h[i];
	return NULL;
}

/* As plan_write() has them. */
static void fill_inputs(struct bundle_spec *spec, const struct units *plan,
			struct arena *a)
{
	const char **line = arena_array(a, const char *, plan->n + 1);

	for (size_t i = 0; i < plan->n; i++)
		line[i] = arena_printf(a, "kit %s", plan->unit[i].kit);
	line[plan->n] = arena_printf(a, "tapbuild %s", plan->builder);
	spec->input = line;
	spec->ninputs = plan->n + 1;
	spec->bundle_id = NULL;
	/* Packs are other packs now, and one program compresses all. */
	spec->frame = NULL;
	spec->nframes = 0;
}

static int join_recipes(const struct holder *h, struct bundle_spec *spec,
			struct arena *a, struct err *e)
{
	struct recipe_piece *piece =
		arena_array(a, struct recipe_piece, spec->ntargets);

	for (size_t i = 0; i < spec->ntargets; i++)
		piece[i] = (struct recipe_piece){ &h[i].part->spec, h[i].nth };
	return recipe_join(piece, spec->ntargets, spec, a, e);
}

static int fill_spec(const struct part *part, size_t n, const struct holder *h,
		     struct bundle_spec *spec, struct arena *a, struct err *e)
{
	const struct units *plan = &part[0].plan;
	struct bundle_target *t = arena_array(a, struct bundle_target, plan->n);
	const struct holder *head = first_ok(plan, h);
	int r;

	if (!head)
		return err_set(e, ERR_UNSUPPORTED,
			       "no kernel of the plan takes the script: %s: "
			       "%.300s",
			       plan->unit[0].release, h[0].target->status_text);
	r = check_heads(part, n, head->part, e);
	if (r < 0)
		return r;
	*spec = head->part->spec;
	for (size_t i = 0; i < n; i++)
		if (spec->writes < part[i].spec.writes)
			spec->writes = part[i].spec.writes;
	for (size_t i = 0; i < plan->n; i++)
		t[i] = *h[i].target;
	spec->target = t;
	spec->ntargets = plan->n;
	fill_inputs(spec, plan, a);
	return join_recipes(h, spec, a, e);
}

int merge_parts(const struct part *part, size_t n, struct bundle_spec *spec,
		struct arena *a, struct err *e)
{
	struct holder *h = arena_array(a, struct holder, part[0].plan.n);
	int r = check_plans(part, n, a, e);

	memset(h, 0, part[0].plan.n * sizeof(*h));
	for (size_t i = 0; !r && i < n; i++)
		for (size_t k = 0; !r && k < part[i].n; k++)
			r = take(&h[part[i].unit[k].unit], &part[i],
				 &part[i].unit[k], e);
	if (!r)
		r = check_covered(&part[0].plan, h, e);
	return r ? r : fill_spec(part, n, h, spec, a, e);
}
