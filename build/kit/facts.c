// SPDX-License-Identifier: GPL-2.0-only
/* All questions in one file; each error line names the question it answers. */
#include "build/kit/facts.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/map.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/kit/flags.h"
#include "build/kit/symvers.h"
#include "bundle/base/err.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct question {
	const char *kind, *name, *arg, *code;
};

struct reader {
	struct arena *a;
	const char *p;
	size_t line;
	VEC(struct question) q;
};

static void skip_blank(struct reader *r)
{
	for (;;) {
		const char *end;

		while (isspace((unsigned char)*r->p))
			r->line += *r->p++ == '\n';
		if (r->p[0] == '/' && r->p[1] == '*')
			end = strstr(r->p, "*/");
		else if (r->p[0] == '/' && r->p[1] == '/')
			end = strchr(r->p, '\n');
		else
			return;
		if (!end)
			end = r->p + strlen(r->p) - 2;
		for (end += *end == '\n' ? 1 : 2; r->p < end; r->p++)
			r->line += *r->p == '\n';
	}
}

static bool take(struct reader *r, char c)
{
	skip_blank(r);
	if (*r->p != c)
		return false;
	r->p++;
	return true;
}

static const char *take_word(struct reader *r)
{
	const char *s;

	skip_blank(r);
	s = r->p;
	while (isalnum((unsigned char)*r->p) || *r->p == '_')
		r->p++;
	return r->p > s ? arena_strndup(r->a, s, (size_t)(r->p - s)) : NULL;
}

/* "…" "…": adjacent strings are one, as in C; \n \t \" \\ are known. */
static const char *take_string(struct reader *r)
{
	struct buf b = BUF_INIT;
	const char *ret = NULL;

	while (take(r, '"')) {
		for (; *r->p && *r->p != '"' && *r->p != '\n'; r->p++) {
			char c = *r->p;

			if (c == '\\' && r->p[1]) {
				c = *++r->p;
				c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
			}
			buf_addc(&b, c);
		}
		if (*r->p != '"')
			break;
		r->p++;
		ret = arena_strndup(r->a, b.p, b.len);
	}
	buf_deinit(&b);
	return ret;
}

/* One KIND(NAME, …) line; false when it is malformed. */
static bool read_one(struct reader *r)
{
	struct question q = { .kind = take_word(r) };

	if (!q.kind || !take(r, '(') || !(q.name = take_word(r)) ||
	    !take(r, ','))
		return false;
	if (!strcmp(q.kind, "CALL"))
		q.arg = take_word(r);
	else if (!strcmp(q.kind, "FACT") || !strcmp(q.kind, "HEADER"))
		q.arg = take_string(r);
	if (!q.arg)
		return false;
	if (!strcmp(q.kind, "FACT") &&
	    (!take(r, ',') || !(q.code = take_string(r))))
		return false;
	vec_apush(r->a, &r->q, q);
	return take(r, ')');
}

static int read_def(struct reader *r, struct err *e)
{
	for (skip_blank(r); *r->p; skip_blank(r))
		if (!read_one(r))
			return err_set(
				e, ERR_FORMAT,
				"facts.def, line %zu: not a FACT, HEADER or CALL",
				r->line + 1);
	return 0;
}

/* Every header once, guarded, in the order of first mention. */
static void emit_headers(struct reader *r, struct buf *b)
{
	struct map seen = { 0 };
	struct question *q;

	buf_adds(b, "#include <linux/module.h>\n");
	vec_foreach(q, &r->q) {
		const char *s = q->arg;

		if (strcmp(q->kind, "FACT"))
			continue;
		while (*s) {
			size_t n = strcspn(s, " ,");
			char *h = arena_strndup(r->a, s, n);

			s += n + strspn(s + n, " ,");
			if (!n || map_put(&seen, h, h))
				continue;
			buf_printf(b,
				   "#if __has_include(<%s>)\n"
				   "#include <%s>\n#endif\n",
				   h, h);
		}
	}
	map_deinit(&seen);
}

static void emit_fact(struct buf *b, const char *name, const char *code)
{
	const char *s;

	buf_printf(b,
		   "#line 1 \"fact:%s\"\n"
		   "static void __attribute__((unused)) tap_fact_%s(void) {",
		   name, name);
	/* Any number of lines in the source is line 1 of the question. */
	for (s = code; *s; s++) {
		buf_addc(b, *s);
		if (*s == '\n')
			buf_printf(b, "#line 1 \"fact:%s\"\n", name);
	}
	buf_adds(b, "\n}\n");
}

static void emit(struct reader *r, struct buf *b)
{
	struct question *q;

	emit_headers(r, b);
	emit_fact(b, "canary_yes", "struct module *m = THIS_MODULE; (void)m;");
	emit_fact(b, "canary_no", "tap_there_is_no_such_function();");
	vec_foreach(q, &r->q) {
		if (!strcmp(q->kind, "FACT"))
			emit_fact(b, q->name, q->code);
		else if (!strcmp(q->kind, "HEADER"))
			buf_printf(b,
				   "#line 1 \"fact:%s\"\n"
				   "#if !__has_include(<%s>)\n#error absent\n"
				   "#endif\n",
				   q->name, q->arg);
	}
}

static int compile(struct arena *a, const struct words *cc, const char *file,
		   struct buf *log, struct err *e)
{
	static const char *const extra[] = {
		"-fsyntax-only",
		"-fmax-errors=0",
		"-ftrack-macro-expansion=0",
		"-fno-diagnostics-show-caret",
		"-fdiagnostics-color=never",
		"-Werror=implicit-function-declaration",
		"-Werror=implicit-int",
		"-Werror=incompatible-pointer-types",
		"-Werror=int-conversion",
		"-Werror=discarded-qualifiers",
	};
	struct words argv = { 0 };
	struct spawn s = { 0 };
	struct err se;
	size_t i;
	int rc;

	for (i = 0; i < cc->n; i++)
		words_add(a, &argv, cc->v[i]);
	for (i = 0; i < sizeof(extra) / sizeof(*extra); i++)
		words_add(a, &argv, extra[i]);
	words_add(a, &argv, file);
	s.argv = words_end(a, &argv);
	rc = spawn_run(&s, &se);
	buf_add(log, s.out.p, s.out.len);
	buf_deinit(&s.out);
	if (rc != ERR_IO)
		return 0; /* the canary makes it fail: as it should */
	*e = se;
	return rc;
}

/* Collect the questions that error lines name. */
static void read_errors(struct arena *a, const char *log, struct map *no)
{
	const char *s = log;

	for (; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t len = strcspn(s, "\n"), n;
		char *name;

		if (len < 6 || strncmp(s, "fact:", 5) ||
		    !memmem(s, len, " error: ", 8))
			continue;
		n = strcspn(s + 5, ":");
		name = arena_strndup(a, s + 5, n);
		map_put(no, name, name);
	}
}

static int fact_cmp(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* The first complaint that is not the answer to a question. */
static const char *first_complaint(struct arena *a, const char *log)
{
	const char *s = log;

	for (; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t len = strcspn(s, "\n");

		if (strncmp(s, "fact:", 5) && memmem(s, len, "error: ", 7))
			return arena_strndup(a, s, len);
	}
	return arena_strndup(a, log, strcspn(log, "\n"));
}

static int answer(struct reader *r, const struct map *no,
		  const struct symvers *sv, const char *log, struct facts *ret,
		  struct err *e)
{
	struct question *q;
	size_t i;

	if (map_get(no, "canary_yes") || !map_get(no, "canary_no"))
		return err_set(e, ERR_TOOL,
			       "the compile of facts is broken: %.300s",
			       first_complaint(r->a, log));
	vec_foreach(q, &r->q) {
		struct fact f = { q->name, !map_get(no, q->name) };

		if (!strcmp(q->kind, "CALL"))
			f.yes = symvers_find(sv, q->arg) != NULL;
		vec_apush(r->a, ret, f);
	}
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), fact_cmp);
	for (i = 1; i < ret->n; i++)
		if (!strcmp(ret->v[i].name, ret->v[i - 1].name))
			return err_set(e, ERR_FORMAT, "facts.def asks %s twice",
				       ret->v[i].name);
	return 0;
}

int facts_settle(struct arena *a, const char *def, const struct words *cc,
		 const struct symvers *sv, const char *scratch,
		 struct facts *ret, struct err *e)
{
	struct reader rd = { .a = a, .p = def };
	struct buf src = BUF_INIT, log = BUF_INIT;
	struct map no = { 0 };
	char *file = arena_printf(a, "%s/facts.c", scratch);
	int rc;

	*ret = (struct facts){ 0 };
	rc = read_def(&rd, e);
	if (rc == 0) {
		emit(&rd, &src);
		rc = fs_write_atomic(file, src.p, src.len, 0644, e);
	}
	if (rc == 0)
		rc = compile(a, cc, file, &log, e);
	if (rc == 0) {
		read_errors(a, log.p, &no);
		rc = answer(&rd, &no, sv, log.p, ret, e);
	}
	map_deinit(&no);
	buf_deinit(&src);
	buf_deinit(&log);
	return rc;
}

void facts_header(const struct facts *f, struct buf *ret)
{
	size_t i;

	buf_adds(ret, "/* made by tapbuild kit add */\n");
	for (i = 0; i < f->n; i++)
		buf_printf(ret, "#define KC_HAVE_%s %d\n", f->v[i].name,
			   f->v[i].yes);
}
