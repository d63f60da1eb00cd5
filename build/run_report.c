/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run says: diagnostics, passes, tables. */
#include "build/run.h"
#include "build/base/fs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- diagnostics ------------------------------------------------------------ */

enum {
	COLOR_ERROR,
	COLOR_WARNING,
	COLOR_SOURCE,
	COLOR_CARET,
	COLOR_TOKEN,
	NCOLORS
};

/* The value of one key of $SYSTEMTAP_COLORS, an SGR sequence. */
static void color_of(int which, char sgr[32])
{
	static const char *const key[] = { "error", "warning", "source",
					   "caret", "token" };
	static const char *const dflt[] = { "01;31", "00;33", "00;34", "01",
					    "01" };
	const char *p = getenv("SYSTEMTAP_COLORS");
	size_t n = strlen(key[which]);

	snprintf(sgr, 32, "%s", dflt[which]);
	for (; p && *p; p += strcspn(p, ":"), p += *p == ':') {
		const char *v = p + n + 1;
		size_t len = strspn(v, "0123456789;");

		if (!strncmp(p, key[which], n) && p[n] == '=' && len < 32)
			snprintf(sgr, 32, "%.*s", (int)len, v);
	}
}

static void put(int color, const char *text, size_t n)
{
	char sgr[32];

	color_of(color, sgr);
	fprintf(stderr, "\033[%sm%.*s\033[m", sgr, (int)n, text);
}

/* "FILE:1:2: error: TEXT [TAG]": the place and the word. */
static bool put_head(const char *line, size_t n)
{
	static const struct {
		const char *word;
		int color;
	} kinds[] = { { ": error:", COLOR_ERROR },
		      { ": warning:", COLOR_WARNING },
		      { ": note:", COLOR_TOKEN } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].word);
		const char *w = memmem(line, n, kinds[i].word, len);

		if (!w || *line == ' ')
			continue;
		fwrite(line, 1, (size_t)(w - line), stderr);
		put(kinds[i].color, w, len);
		fwrite(w + len, 1, n - (size_t)(w - line) - len, stderr);
		return true;
	}
	return false;
}

static void put_colored(const char *p, size_t left)
{
	int after = 0; /* lines since the last head */

	while (left) {
		const char *nl = memchr(p, '\n', left);
		size_t n = nl ? (size_t)(nl - p) : left;

		if (put_head(p, n))
			after = 0;
		else
			put(++after == 1 ? COLOR_SOURCE : COLOR_CARET, p, n);
		fputc('\n', stderr);
		n += nl != NULL;
		p += n;
		left -= n;
	}
}

static bool wants_color(const struct opts *o)
{
	const char *env = getenv("SYSTEMTAP_COLORS"), *term = getenv("TERM");

	if (env && !*env)
		return false;
	if (o->color && strcmp(o->color, "auto"))
		return strcmp(o->color, "never") != 0;
	return isatty(2) && term && strcmp(term, "dumb") != 0;
}

void run_print_diags(const struct run *r, const struct diags *d)
{
	if (wants_color(&r->opts))
		put_colored(d->text.p, d->text.len);
	else
		fwrite(d->text.p, 1, d->text.len, stderr);
	if (d->nerrors > DIAG_MAX_ERRORS)
		fprintf(stderr, "tapbuild: %u more errors not shown\n",
			d->nerrors - DIAG_MAX_ERRORS);
	if (d->nsimilar)
		fprintf(stderr,
			"Number of similar error messages suppressed: %u.\n"
			"Rerun with -v to see them.\n",
			d->nsimilar);
}

/* Warnings are about the script: the first target that has any speaks for all. */
void run_print_warnings(const struct run *r)
{
	run_print_diags(r, &r->diags);
	for (size_t i = 0; i < r->ntargets; i++) {
		const struct diags *d = &r->target[i].diags;

		if (r->target[i].status == TARGET_UNSUPPORTED || !d->nwarnings)
			continue;
		run_print_diags(r, d);
		return;
	}
}

/* Which pass it was, after its errors (features.md 5.8). */
void run_print_failed_pass(const struct run *r, const struct target *t)
{
	static const char *const name[] = { "", "parse", "analysis",
					    "translation", "compilation" };
	unsigned int n = r->diags.nerrors + t->diags.nerrors;

	if (t->failed_pass == 1)
		fprintf(stderr, "%u parse error%s.\n", n, n == 1 ? "" : "s");
	fprintf(stderr, "Pass %u: %s failed.\n", t->failed_pass,
		name[t->failed_pass]);
}

/* ---- passes ------------------------------------------------------------------- */

/* Virtual, resident, shared and data kilobytes, from proc(5) statm. */
static void memory_now(unsigned long kb[4])
{
	unsigned long v[7] = { 0 }, page = (unsigned long)sysconf(_SC_PAGESIZE);
	FILE *f = fopen("/proc/self/statm", "re");

	if (f) {
		for (int i = 0; i < 7; i++)
			if (fscanf(f, "%lu", &v[i]) != 1)
				break;
		fclose(f);
	}
	kb[0] = v[0] * (page / 1024);
	kb[1] = v[1] * (page / 1024);
	kb[2] = v[2] * (page / 1024);
	kb[3] = v[5] * (page / 1024);
}

static void usage_now(struct pass_clock *c)
{
	getrusage(RUSAGE_SELF, &c->used);
	getrusage(RUSAGE_CHILDREN, &c->children);
	c->ns = target_now_ns();
}

static long since_ms(const struct timeval *now, const struct timeval *then)
{
	return (now->tv_sec - then->tv_sec) * 1000 +
	       (now->tv_usec - then->tv_usec) / 1000;
}

static void print_usage(const struct pass_clock *then)
{
	struct pass_clock now;

	usage_now(&now);
	fprintf(stderr, " in %ldusr/%ldsys/%ldreal ms.\n",
		since_ms(&now.used.ru_utime, &then->used.ru_utime) +
			since_ms(&now.children.ru_utime,
				 &then->children.ru_utime),
		since_ms(&now.used.ru_stime, &then->used.ru_stime) +
			since_ms(&now.children.ru_stime,
				 &then->children.ru_stime),
		(long)((now.ns - then->ns) / 1000000));
}

void run_pass_begin(struct run *r)
{
	usage_now(&r->clock);
}

void run_pass_done(struct run *r, int pass, const char *fmt, ...)
{
	unsigned long kb[4];
	va_list ap;

	if (!r->opts.level[pass - 1])
		return;
	memory_now(kb);
	fprintf(stderr, "Pass %d: ", pass);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (pass < 4)
		fprintf(stderr, " using %luvirt/%lures/%lushr/%ludata kb,",
			kb[0], kb[1], kb[2], kb[3]);
	print_usage(&r->clock);
}

size_t run_count(const struct run *r, enum target_status st)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ntargets; i++)
		n += r->target[i].status == st;
	return n;
}

/* ---- results --------------------------------------------------------------- */

double run_ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

void run_print_table(const struct run *r)
{
	printf("%-26s %-28s %8s %8s  %s\n", "kernel", "module", "size", "ms",
	       "status");
	for (size_t i = 0; i < r->ntargets; i++) {
		const struct target *t = &r->target[i];
		uint64_t ns = t->ns_open + t->ns_parse + t->ns_sema +
			      t->ns_emit + t->ns_link;

		printf("%-26s %-28s %8zu %8.1f  %s%s%s%s%s%s\n", t->release,
		       t->module[0] ? t->module : "-", t->ko.len, run_ms(ns),
		       t->status == TARGET_OK		 ? "ok"
		       : t->status == TARGET_UNSUPPORTED ? "unsupported"
							 : "FAILED",
		       t->reason[0] ? ": " : "", t->reason,
		       t->bound ? " (bound: " : "", t->bound ? t->bound : "",
		       t->bound ? ")" : "");
	}
}

/* A place is full, and nothing of the script or the kernel is at fault. */
static bool is_full(const struct target *t)
{
	return strstr(t->reason, strerror(ENOSPC)) ||
	       strstr(t->reason, strerror(EDQUOT));
}

void run_explain_failed(struct run *r)
{
	const char *last = NULL, *tmp = getenv("TMPDIR");
	bool full = false;

	for (size_t i = 0; i < r->ntargets; i++) {
		const struct target *t = &r->target[i];

		if (t->status != TARGET_FAILED)
			continue;
		full |= is_full(t);
		if (!last || strcmp(last, t->reason))
			fprintf(stderr, "tapbuild: %s: %s\n", t->release,
				t->reason);
		last = t->reason;
	}
	if (full)
		fprintf(stderr,
			"hint: make room: temporary files are in %s (--tmpdir "
			"or TMPDIR names another place), the cache of objects "
			"in %s (TAP_CACHE)\n",
			tmp && *tmp ? tmp : "/tmp",
			fs_cache_dir(&r->perm, "obj"));
}

void run_print_times(const struct run *r)
{
	size_t objects = r->compiler.objects.n, cached = 0;

	for (size_t i = 0; i < objects; i++)
		cached += r->compiler.objects.v[i]->cached;
	fprintf(stderr,
		"tapbuild: front end %.1f ms, compile %.1f ms (%zu objects, %zu "
		"cached), link %.1f ms, pack %.1f ms, all %.1f ms\n",
		run_ms(r->t_front - r->begin), run_ms(r->t_cc - r->t_front),
		objects, cached, run_ms(r->t_link - r->t_cc),
		run_ms(r->t_pack - r->t_link), run_ms(r->t_pack - r->begin));
}

void run_explain_unsupported(const struct run *r)
{
	for (size_t i = 0; i < r->ntargets; i++)
		if (r->target[i].status == TARGET_UNSUPPORTED &&
		    (r->opts.verbose || r->opts.strict)) {
			fprintf(stderr, "tapbuild: %s:\n",
				r->target[i].release);
			run_print_diags(r, &r->target[i].diags);
		}
}
