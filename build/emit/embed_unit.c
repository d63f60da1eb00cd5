// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of the embedded object, and the way back from the compiler's messages.
 *
 * #line directives name the script's files without directories; whatever stands
 * between pieces of the script belongs to a file "<tap>".  Columns are kept by
 * blanks before each piece (compile with -ftabstop=1).
 */
#include "build/emit/embed.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/emit/em.h"
#include "build/lang/lang.h"
#include "build/sema/limits.h"
#include "build/session.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const struct program *p;
	struct arena *a;
	struct embed_unit *u;
	struct buf *b;
};

void embed_unit_init(struct embed_unit *u)
{
	memset(u, 0, sizeof(*u));
	buf_init(&u->c);
}

void embed_unit_deinit(struct embed_unit *u)
{
	buf_deinit(&u->c);
}

/* ---- places ---------------------------------------------------------------------- */

static const struct embed_src *find_name(const struct embed_unit *u,
					 const char *name, size_t n)
{
	const struct embed_src *s;

	vec_foreach(s, &u->srcs)
		if (strlen(s->name) == n && !memcmp(s->name, name, n))
			return s;
	return NULL;
}

/* The last part of the file's name; a number before it where that is taken. */
static const char *src_name(struct unit *un, struct src *src)
{
	/* C of a script always has a source */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	const char *slash = strrchr(src->name, '/'), *name;
	struct embed_src *s;

	vec_foreach(s, &un->u->srcs)
		if (s->src == src)
			return s->name;
	name = slash ? slash + 1 : src->name;
	if (find_name(un->u, name, strlen(name)) || !*name ||
	    strpbrk(name, ":\"\\\n"))
		name = arena_printf(un->a, "script-%zu", un->u->srcs.n);
	vec_apush(un->a, &un->u->srcs, (struct embed_src){ name, src });
	return name;
}

static void put_place(struct unit *un, struct src *src, uint32_t off,
		      unsigned int skip)
{
	unsigned int line, col;

	src_line_col(src, off, &line, &col);
	buf_printf(un->b, "#line %u \"%s\"\n%*s", line, src_name(un, src),
		   (int)(col - 1 + skip), "");
}

/* The piece @c of the script, on lines of its own; what closes it, @tail, stands
 * where the script has "%}": what is not complete is told there. */
static void put_piece(struct unit *un, const struct embed *c, const char *tail)
{
	struct src *src = c->at.src;

	if (src)
		put_place(un, src, c->at.off, 2);
	buf_adds(un->b, c->text);
	buf_addc(un->b, '\n');
	if (c->is_whole)
		put_place(un, src, c->at.off + 2 + (uint32_t)strlen(c->text),
			  0);
	buf_printf(un->b, "%s\n#line 1 \"<tap>\"\n", tail);
}

/* ---- functions --------------------------------------------------------------------- */

static bool is_unmangled(const struct ast_func *f)
{
	return f->embed->flags & EMBED_UNMANGLED;
}

/* THIS-> of a function that asks for it. */
static void put_this(struct unit *un, const struct ast_func *f)
{
	buf_printf(un->b, "struct tap_this_%d {\n", f->index);
	for (size_t i = 0; i < f->nparams; i++)
		buf_printf(un->b, "\t%s%s;\n",
			   f->params[i]->type == TY_STRING ? "char *"
							   : "int64_t ",
			   f->params[i]->name);
	buf_printf(un->b, "\t%s__retvalue;\n};\n",
		   f->type == TY_STRING ? "char *" : "int64_t ");
	buf_adds(un->b, "#define THIS tap_this\n");
}

static const char *arg_text(struct unit *un, const struct ast_func *f, size_t i)
{
	const char *name = is_unmangled(f) ? arena_printf(un->a, "tap_this->%s",
							  f->params[i]->name)
					   : arena_printf(un->a, "tap_a%zu", i);

	if (f->params[i]->type != TY_STRING ||
	    f->embed->flags & EMBED_UNMODIFIED)
		return arena_printf(un->a, "(%s)", name);
	return arena_printf(un->a, "(*(string_t *)%s)", name);
}

static void put_access(struct unit *un, const struct embed_use *u)
{
	const char *what = u->is_write ? "SET" : "GET";

	if (!u->sym)
		return;
	buf_printf(un->b,
		   "#define STAP_GLOBAL_%s_%s(...) taprt_global_%d_%s"
		   "(CONTEXT->tap, ##__VA_ARGS__)\n",
		   what, u->name, u->sym->index, u->is_write ? "set" : "get");
}

/* The names that the body of @f knows besides its own, which may be any: ours
 * start with "tap"; put_undefs() takes them back. */
static void put_defines(struct unit *un, const struct ast_func *f)
{
	const struct embed_use *u;

	for (size_t i = 0; i < f->nparams; i++)
		buf_printf(un->b, "#define STAP_ARG_%s %s\n",
			   f->params[i]->name, arg_text(un, f, i));
	if (f->type == TY_STRING)
		buf_printf(un->b,
			   "#define STAP_RETVALUE (*(string_t *)%s)\n"
			   "#define STAP_RETURN TAP_RETURN_STRING\n",
			   is_unmangled(f) ? "tap_this->__retvalue"
					   : "tap_ret");
	else
		buf_printf(un->b,
			   "#define STAP_RETVALUE %s\n"
			   "#define STAP_RETURN TAP_RETURN_%s\n",
			   is_unmangled(f) ? "(tap_this->__retvalue)"
					   : "(*tap_ret)",
			   f->type == TY_LONG ? "LONG" : "VOID");
	vec_foreach(u, &f->embed->uses)
		put_access(un, u);
}

static void put_undefs(struct unit *un, const struct ast_func *f)
{
	const struct embed_use *u;

	for (size_t i = 0; i < f->nparams; i++)
		buf_printf(un->b, "#undef STAP_ARG_%s\n", f->params[i]->name);
	buf_adds(un->b, "#undef STAP_RETVALUE\n#undef STAP_RETURN\n");
	if (is_unmangled(f))
		buf_adds(un->b, "#undef THIS\n");
	vec_foreach(u, &f->embed->uses)
		buf_printf(un->b, "#undef STAP_GLOBAL_%s_%s\n",
			   u->is_write ? "SET" : "GET", u->name);
}

static const char *ret_decl(const struct ast_func *f)
{
	return f->type == TY_STRING ? "char *" : "int64_t *";
}

static void put_body(struct unit *un, const struct ast_func *f)
{
	buf_printf(
		un->b,
		"static void tap_body_%d(struct context *tap_context, %stap_ret",
		f->index, ret_decl(f));
	for (size_t i = 0; i < f->nparams && !is_unmangled(f); i++)
		buf_printf(un->b, ", %stap_a%zu",
			   f->params[i]->type == TY_STRING ? "char *"
							   : "int64_t ",
			   i);
	if (is_unmangled(f))
		buf_printf(un->b, ", struct tap_this_%d *tap_this", f->index);
	buf_adds(un->b, ")\n{\n");
	if (f->embed->is_expr && f->type == TY_STRING)
		buf_adds(un->b, "taprt_strcpy(tap_ret,\n");
	else if (f->embed->is_expr)
		buf_adds(un->b, "*tap_ret = (int64_t)(\n");
	put_piece(un, f->embed,
		  !f->embed->is_expr	 ? "}"
		  : f->type == TY_STRING ? ", MAXSTRINGLEN); }"
					 : "); }");
}

/* What the script object calls. */
static void put_entry(struct unit *un, const struct ast_func *f)
{
	struct buf *b = un->b;

	em_embed_head(b, f);
	buf_adds(b, ";\n");
	em_embed_head(b, f);
	buf_adds(b, "\n{\n\tstruct context x;\n");
	if (is_unmangled(f)) {
		buf_printf(b, "\tstruct tap_this_%d this = {", f->index);
		for (size_t i = 0; i < f->nparams; i++)
			buf_printf(b, " .%s = a%zu,", f->params[i]->name, i);
		buf_printf(b, " .__retvalue = %s };\n",
			   f->type == TY_STRING ? "ret" : "0");
	}
	buf_printf(b,
		   "\n\ttap_enter(&x, c, errbuf);\n"
		   "\ttap_body_%d(&x, (%s)ret",
		   f->index, ret_decl(f));
	for (size_t i = 0; i < f->nparams && !is_unmangled(f); i++)
		buf_printf(b, ", a%zu", i);
	buf_adds(b, is_unmangled(f) ? ", &this);\n" : ");\n");
	if (is_unmangled(f) && f->type != TY_STRING)
		buf_adds(b, "\t*ret = this.__retvalue;\n");
	buf_adds(b, "\treturn tap_leave(&x);\n}\n\n");
}

static void put_func(struct unit *un, const struct ast_func *f)
{
	if (is_unmangled(f))
		put_this(un, f);
	put_defines(un, f);
	put_body(un, f);
	put_undefs(un, f);
	put_entry(un, f);
}

static void put_blocks(struct unit *un, bool suffix)
{
	struct embed **c;

	vec_foreach(c, &un->p->blocks)
		if (((*c)->flags & EMBED_SUFFIX ? true : false) == suffix)
			put_piece(un, *c, "");
}

/* Prototypes of the accessors, once each: functions may share globals. */
static void put_accessors(struct unit *un)
{
	bool *done = arena_array(un->a, bool, un->p->globals.n * 2 + 1);
	struct ast_func **f;
	struct embed_use *u;

	vec_foreach(f, &un->p->funcs) {
		if (!(*f)->embed)
			continue;
		vec_foreach(u, &(*f)->embed->uses) {
			bool *d;

			if (!u->sym)
				continue;
			d = &done[u->sym->index * 2 + u->is_write];
			if (*d)
				continue;
			*d = true;
			em_embed_access(un->b, u->sym, u->is_write);
			buf_adds(un->b, ";\n");
		}
	}
}

/* -D: limits are the runtime's, all else is for the script's own C. */
static void put_macros(struct unit *un, const struct session *s)
{
	for (size_t i = 0; i < s->ndefine; i++) {
		const char *d = s->define[i];
		size_t n = strcspn(d, "=");

		if (!limits_known(d))
			buf_printf(un->b, "#define %.*s %s\n", (int)n, d,
				   d[n] ? d + n + 1 : "1");
	}
}

/* What a script's C tells the --compatible versions apart with. */
static void put_version(struct unit *un, const struct session *s)
{
	const char *v = s->compatible ? s->compatible : LANG_SYSTEMTAP_V;
	char *end;
	unsigned long major = strtoul(v, &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	buf_printf(un->b,
		   "#define STAP_VERSION(major, minor) (((major) << 8) + "
		   "(minor))\n"
		   "#define STAP_COMPAT_VERSION STAP_VERSION(%lu, %lu)\n",
		   major & 0xffff, minor & 0xff);
}

void emit_embedded(const struct program *p, const struct session *s,
		   struct arena *a, struct embed_unit *u)
{
	struct unit un = { p, a, u, &u->c };
	const struct limits *l = p->limits ? p->limits : &s->limits;
	struct ast_func **f;
	bool any = p->blocks.n > 0;

	vec_foreach(f, &p->funcs)
		any |= (*f)->embed != NULL;
	if (!any)
		return;
	buf_adds(un.b, "/* Made by tapbuild from the C of a script. */\n");
	put_macros(&un, s);
	put_version(&un, s);
	buf_printf(un.b,
		   "#define MAXSTRINGLEN %u\n"
		   "#include <embed.h>\n\n",
		   em_strsize(l));
	put_blocks(&un, false);
	put_accessors(&un);
	vec_foreach(f, &p->funcs)
		if ((*f)->embed)
			put_func(&un, *f);
	put_blocks(&un, true);
}

/* ---- what the compiler says ------------------------------------------------------------ */

/* "file:line:col: word: text" of one line; false for anything else. */
struct message {
	const char *file, *word, *text;
	size_t nfile, nword, ntext;
	unsigned int line, col;
};

static bool read_number(const char **p, const char *end, unsigned int *ret)
{
	unsigned long v = 0;
	const char *s = *p;

	for (; s < end && isdigit((unsigned char)*s) && v < 100000000; s++)
		v = v * 10 + (unsigned long)(*s - '0');
	if (s == *p || s == end || *s != ':')
		return false;
	*ret = (unsigned int)v;
	*p = s + 1;
	return true;
}

static bool read_message(const char *p, size_t n, struct message *m)
{
	const char *end = p + n, *q = memchr(p, ':', n);

	m->file = p;
	m->nfile = q ? (size_t)(q - p) : 0;
	if (!m->nfile)
		return false;
	q++;
	if (!read_number(&q, end, &m->line) || !read_number(&q, end, &m->col) ||
	    q == end || *q++ != ' ')
		return false;
	m->word = q;
	q = memmem(q, (size_t)(end - q), ": ", 2);
	if (!q)
		return false;
	m->nword = (size_t)(q - m->word);
	m->text = q + 2;
	m->ntext = (size_t)(end - m->text);
	return true;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_word(const struct message *m, const char *word)
{
	return m->nword == strlen(word) && !memcmp(m->word, word, m->nword);
}

/* The bytes of an identifier or number at the place, so that they are underlined. */
static struct span place(const struct embed_src *s, const struct message *m)
{
	struct span at = { .src = s->src };
	size_t n = 0, k;
	const char *l;

	if (!m->line || m->line > src_nlines(s->src))
		return (struct span){ 0 };
	l = src_line(s->src, m->line, &n);
	k = m->col && m->col - 1 <= n ? m->col - 1 : 0;
	at.off = (uint32_t)(l + k - s->src->text);
	while (k + at.len < n && is_name_char(l[k + at.len]))
		at.len++;
	at.len += !at.len;
	return at;
}

static void report_at(const struct embed_unit *u, const struct message *m,
		      const char *release, struct diags *d)
{
	const struct embed_src *s = find_name(u, m->file, m->nfile);
	bool is_error = is_word(m, "error") || is_word(m, "fatal error");
	struct span at;

	if (s) {
		at = place(s, m);
		if (is_error)
			diag_error(d, &at, DIAG_EMBEDDED_C, "%.*s (kernel %s)",
				   (int)m->ntext, m->text, release);
		else if (is_word(m, "warning"))
			diag_warn(d, &at, DIAG_EMBEDDED_C, "%.*s (kernel %s)",
				  (int)m->ntext, m->text, release);
		else if (is_word(m, "note") && d->text.len)
			diag_note(d, &at, "%.*s", (int)m->ntext, m->text);
	} else if (is_error) {
		/* A header, or what we put around: no place of the script. */
		diag_error(d, NULL, DIAG_EMBEDDED_C,
			   "%.*s:%u: %.*s (kernel %s)", (int)m->nfile, m->file,
			   m->line, (int)m->ntext, m->text, release);
	}
}

void embed_report(const struct embed_unit *u, const char *text,
		  const char *release, bool failed, struct diags *d)
{
	unsigned int before = d->nerrors;
	const char *line = text;

	for (; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		struct message m = { 0 };

		if (read_message(line, strcspn(line, "\n"), &m))
			report_at(u, &m, release, d);
	}
	if (failed && d->nerrors == before)
		diag_error(d, NULL, DIAG_EMBEDDED_C,
			   "embedded C does not compile for kernel %s: %.*s",
			   release, (int)strcspn(text, "\n"), text);
}

/* ---- symbols ------------------------------------------------------------------------------ */

static bool find_symbol(const struct embed *c, const char *name,
			struct span *ret)
{
	const char *p = c->text;
	size_t n = strlen(name);

	while ((p = strstr(p, name))) {
		if ((p == c->text || !is_name_char(p[-1])) &&
		    !is_name_char(p[n])) {
			*ret = c->at;
			if (c->is_whole) {
				ret->off += 2 + (uint32_t)(p - c->text);
				ret->len = (uint32_t)n;
			}
			return true;
		}
		p += n;
	}
	return false;
}

void embed_report_symbol(const struct program *p, const char *symbol,
			 const char *release, struct diags *d)
{
	struct span at = { 0 };
	struct ast_func **f;
	struct embed **c;
	bool found = false;

	vec_foreach(c, &p->blocks)
		found = found || find_symbol(*c, symbol, &at);
	vec_foreach(f, &p->funcs)
		found = found ||
			((*f)->embed && find_symbol((*f)->embed, symbol, &at));
	diag_error(d, found ? &at : NULL, DIAG_EMBEDDED_C,
		   "kernel %s does not export '%s'%s", release, symbol,
		   found ? "" : ", which the script's C needs");
}
