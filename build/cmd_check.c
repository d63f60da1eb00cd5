/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild check: which kernels take which scripts; passes 1 and 2, no compiler. */
#include "build/cmd.h"
#include "build/base/fs.h"
#include "build/base/json.h"
#include "build/run.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct cell - what one kernel says to one script
 * @tag: NULL: it takes it; @place: "FILE:1:2", or the script where it has none
 */
struct cell {
	const char *tag, *place, *reason;
};

/**
 * struct matrix - scripts × kernels; @a owns all of it
 * @cell: one row of @nkernels a script
 */
struct matrix {
	struct arena a;
	const char **script, **kernel;
	struct cell *cell;
	size_t nscripts, nkernels, nok;
	bool unreadable;
};

static struct cell *cell_at(const struct matrix *m, size_t s, size_t k)
{
	return &m->cell[s * m->nkernels + k];
}

/* ---- asking ------------------------------------------------------------------- */

static const char *place_of(struct arena *a, const struct diags *d,
			    const char *script)
{
	unsigned int line, col;

	if (!d->first_at.src)
		return script;
	src_line_col(d->first_at.src, d->first_at.off, &line, &col);
	return arena_printf(a, "%s:%u:%u", d->first_at.src->name, line, col);
}

/* One line: what a table can hold.  The column says which kernel it is. */
static const char *one_line(struct arena *a, const char *text,
			    const char *release)
{
	const char *tail = arena_printf(a, " in kernel %s", release);
	char *s = arena_strdup(a, text);
	size_t n = strlen(s), cut = strlen(tail);

	if (n > cut && !strcmp(s + n - cut, tail))
		s[n - cut] = '\0';
	for (char *p = s; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	return s;
}

static void set_cell(struct matrix *m, struct cell *c, const struct run *r,
		     const struct target *t, const char *script)
{
	const struct diags *d = t->diags.nerrors ? &t->diags : &r->diags;

	if (t->status != TARGET_UNSUPPORTED) {
		m->nok++;
		return;
	}
	c->tag = diag_tag_name(d->first_tag);
	c->place = place_of(&m->a, d, script);
	c->reason = one_line(&m->a, t->reason, t->release);
}

static void set_columns(struct matrix *m, const struct run *r, size_t nscripts)
{
	m->nkernels = r->ntargets;
	m->kernel = arena_array(&m->a, const char *, r->ntargets);
	m->cell = arena_array(&m->a, struct cell, nscripts * r->ntargets);
	memset(m->cell, 0, nscripts * r->ntargets * sizeof(*m->cell));
	for (size_t i = 0; i < r->ntargets; i++)
		m->kernel[i] = arena_strdup(&m->a, r->target[i].release);
}

/* A script that cannot be read does not keep the others from being looked at. */
static void set_unreadable(struct matrix *m, size_t s, const struct err *e)
{
	const char *why = one_line(&m->a, e->text, "");

	m->unreadable = true;
	for (size_t k = 0; k < m->nkernels; k++)
		*cell_at(m, s, k) =
			(struct cell){ "NO_FILE", m->script[s], why };
}

/* Kernels that cannot be had are an error of the run, whatever the scripts are. */
static int ask(struct matrix *m, size_t s, struct run *r, struct err *e)
{
	int rc = run_choose_targets(r, e);

	if (rc < 0)
		return rc;
	if (s == 0)
		set_columns(m, r, m->nscripts);
	if (run_make_session(r, e) < 0) {
		set_unreadable(m, s, e);
		return 0;
	}
	run_pass_parse(r);
	if (run_count(r, TARGET_UNSUPPORTED) < r->ntargets)
		run_pass_sema(r);
	for (size_t k = 0; k < r->ntargets; k++) {
		set_cell(m, cell_at(m, s, k), r, &r->target[k], m->script[s]);
		if (r->opts.verbose && r->target[k].diags.text.len) {
			fprintf(stderr, "%s:\n", m->kernel[k]);
			run_print_diags(r, &r->target[k].diags);
		}
	}
	return 0;
}

static int check_script(struct matrix *m, size_t s, const struct opts *o,
			struct err *e)
{
	struct run r = { .opts = *o };
	int rc;

	arena_init(&r.perm);
	diags_init(&r.diags);
	if (!o->script)
		r.opts.file = m->script[s];
	r.begin = target_now_ns();
	rc = ask(m, s, &r, e);
	run_deinit(&r);
	return rc;
}

/* ---- telling ------------------------------------------------------------------ */

static void add_matrix(const struct matrix *m, struct buf *b)
{
	int w = 6;

	for (size_t s = 0; s < m->nscripts; s++)
		if ((int)strlen(m->script[s]) > w)
			w = (int)strlen(m->script[s]);
	buf_printf(b, "%-*s", w, "script");
	for (size_t k = 0; k < m->nkernels; k++)
		buf_printf(b, "  %-16s", m->kernel[k]);
	for (size_t s = 0; s < m->nscripts; s++) {
		buf_printf(b, "\n%-*s", w, m->script[s]);
		for (size_t k = 0; k < m->nkernels; k++) {
			const struct cell *c = cell_at(m, s, k);
			int n = (int)strlen(m->kernel[k]);

			buf_printf(b, "  %-*s", n < 16 ? 16 : n,
				   c->tag ? c->tag : "ok");
		}
	}
	buf_addc(b, '\n');
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return a->tag && b->tag && !strcmp(a->tag, b->tag) &&
	       !strcmp(a->place, b->place) && !strcmp(a->reason, b->reason);
}

/* Each reason once, with the kernels it is of. */
static void add_reasons(const struct matrix *m, struct buf *b)
{
	for (size_t s = 0; s < m->nscripts; s++)
		for (size_t k = 0; k < m->nkernels; k++) {
			const struct cell *c = cell_at(m, s, k);
			size_t i = 0;

			while (i < k && !same_cell(c, cell_at(m, s, i)))
				i++;
			if (!c->tag || i < k)
				continue;
			buf_printf(b, "\n%s: error: %s [%s]\n ", c->place,
				   c->reason, c->tag);
			for (i = k; i < m->nkernels; i++)
				if (same_cell(c, cell_at(m, s, i)))
					buf_printf(b, " %s", m->kernel[i]);
			buf_addc(b, '\n');
		}
}

static void add_tsv(const struct matrix *m, struct buf *b)
{
	buf_adds(b, "script\tkernel\tstatus\ttag\tplace\treason\n");
	for (size_t s = 0; s < m->nscripts; s++)
		for (size_t k = 0; k < m->nkernels; k++) {
			const struct cell *c = cell_at(m, s, k);

			buf_printf(b, "%s\t%s\t%s\t%s\t%s\t%s\n", m->script[s],
				   m->kernel[k], c->tag ? "refused" : "ok",
				   c->tag ? c->tag : "", c->tag ? c->place : "",
				   c->tag ? c->reason : "");
		}
}

static void add_json(const struct matrix *m, struct buf *b)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < m->nscripts * m->nkernels; i++) {
		const struct cell *c = &m->cell[i];

		buf_adds(b, i ? ",\n {" : "\n {");
		json_add_string(b, "script", m->script[i / m->nkernels]);
		buf_addc(b, ',');
		json_add_string(b, "kernel", m->kernel[i % m->nkernels]);
		buf_addc(b, ',');
		json_add_string(b, "status", c->tag ? "refused" : "ok");
		if (c->tag) {
			buf_addc(b, ',');
			json_add_string(b, "tag", c->tag);
			buf_addc(b, ',');
			json_add_string(b, "place", c->place);
			buf_addc(b, ',');
			json_add_string(b, "reason", c->reason);
		}
		buf_addc(b, '}');
	}
	buf_adds(b, "\n]\n");
}

/* "-": to the standard output, which then has nothing else. */
static int write_table(const char *path, const struct matrix *m,
		       void (*add)(const struct matrix *, struct buf *),
		       struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	if (!path)
		return 0;
	add(m, &b);
	if (strcmp(path, "-") != 0)
		rc = fs_write_atomic(path, b.p, b.len, 0644, e);
	else
		fwrite(b.p, 1, b.len, stdout);
	buf_deinit(&b);
	return rc;
}

static void print_matrix(const struct matrix *m, uint64_t begin)
{
	struct buf b = BUF_INIT;

	add_matrix(m, &b);
	add_reasons(m, &b);
	buf_printf(&b, "\n%zu of %zu ok: %zu scripts, %zu kernels, %.0f ms\n",
		   m->nok, m->nscripts * m->nkernels, m->nscripts, m->nkernels,
		   run_ms(target_now_ns() - begin));
	fwrite(b.p, 1, b.len, stdout);
	buf_deinit(&b);
}

static bool is_stdout(const char *path)
{
	return path && !strcmp(path, "-");
}

static int tell(const struct matrix *m, const struct opts *o, uint64_t begin,
		struct err *e)
{
	if (write_table(o->tsv, m, add_tsv, e) < 0 ||
	    write_table(o->json, m, add_json, e) < 0)
		return cmd_fail(e);
	if (!o->quiet && !is_stdout(o->tsv) && !is_stdout(o->json))
		print_matrix(m, begin);
	if (m->unreadable)
		return EXIT_ENVIRONMENT;
	return m->nok == m->nscripts * m->nkernels ? EXIT_DONE : EXIT_REFUSED;
}

/* ---- the command --------------------------------------------------------------- */

static int check_all(struct matrix *m, const struct opts *o, struct err *e)
{
	uint64_t begin = target_now_ns();
	const char *text = "<input>";
	int rc = run_limits(o, e);

	m->nscripts = o->script ? 1 : o->scripts.n;
	m->script = arena_array(&m->a, const char *, m->nscripts);
	for (size_t s = 0; s < m->nscripts; s++)
		m->script[s] = o->script ? text : o->scripts.v[s];
	for (size_t s = 0; rc == 0 && s < m->nscripts; s++)
		rc = check_script(m, s, o, e);
	return rc < 0 ? cmd_fail(e) : tell(m, o, begin, e);
}

int cmd_check(int argc, char **argv)
{
	struct matrix m = { 0 };
	struct opts o;
	struct err e = { 0 };
	int rc;

	arena_init(&m.a);
	rc = opts_parse(&o, &m.a, argc, argv, &e);
	if (rc < 0)
		rc = cmd_fail(&e);
	else if (o.help)
		opts_usage(&o);
	else
		rc = check_all(&m, &o, &e);
	opts_deinit(&o);
	arena_deinit(&m.a);
	return rc;
}
