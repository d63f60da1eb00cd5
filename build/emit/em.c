// SPDX-License-Identifier: GPL-2.0-only
/* What all of the emitter shares: texts, labels, failing calls, frame slots. */
#include "build/emit/em.h"

#include "build/base/diag.h"

#include <ctype.h>
#include <string.h>

const char *em_text(struct em *em, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(&em->arena, fmt, ap);
	va_end(ap);
	return s;
}

void em_refuse(struct em *em, const struct span *at, const char *what)
{
	em->failed = true;
	diag_error(em->d, at, DIAG_UNSUPPORTED, "%s is not supported yet",
		   what);
}

/* ---- near ---------------------------------------------------------------------- */

static const char *const keywords[] = {
	"probe",    "global", "private", "function", "if",     "else",	"for",
	"foreach",  "in",     "limit",	 "return",   "delete", "while", "break",
	"continue", "next",   "string",	 "long",     "try",    "catch",
};

/* Length and kind of the first token of @p; spans may cover a whole operand. */
static size_t near_token(const char *p, size_t n, const char **type)
{
	size_t i = 1;

	if (!n) {
		*type = "operator";
		return 0;
	}
	if (*p == '"') {
		while (i < n && p[i] != '"')
			i += p[i] == '\\' ? 2 : 1;
		*type = "string";
		return i < n ? i + 1 : n;
	}
	if (!isalnum((unsigned char)*p) && !strchr("_$@", *p)) {
		while (i < n && i < 3 && strchr("<>=+-*/%&|^.!~", p[i]))
			i++;
		*type = "operator";
		return i;
	}
	while (i < n &&
	       (isalnum((unsigned char)p[i]) || p[i] == '_' || p[i] == '$'))
		i++;
	*type = isdigit((unsigned char)*p) ? "number"
		: *p == '@'		   ? "operator"
					   : "identifier";
	for (size_t k = 0; k < sizeof(keywords) / sizeof(*keywords); k++)
		if (strlen(keywords[k]) == i && !memcmp(keywords[k], p, i))
			*type = "keyword";
	return i;
}

const char *em_near(struct em *em, const struct span *at)
{
	struct buf t = BUF_INIT, lit = BUF_INIT;
	const char *type, *name, *slash, *ret;
	unsigned int line, col;
	size_t n;

	if (!at->src)
		return "NULL";
	n = at->off <= at->src->len ? at->src->len - at->off : 0;
	if (at->len < n)
		n = at->len;
	n = near_token(at->src->text + at->off, n, &type);
	src_line_col(at->src, at->off, &line, &col);
	/* no directories: the module must not say where it was built */
	slash = strrchr(at->src->name, '/');
	name = slash ? slash + 1 : at->src->name;
	buf_printf(&t, "near %s '", type);
	buf_add(&t, at->src->text + at->off, n);
	buf_printf(&t, "' at %s:%u:%u", name, line, col);
	cw_literal(&lit, t.p, t.len);
	ret = em_text(em, "%s", lit.p);
	buf_deinit(&t);
	buf_deinit(&lit);
	return ret;
}

/* ---- labels and errors ----------------------------------------------------------- */

struct em_label em_label(struct em *em, const char *stem)
{
	return (struct em_label){ em_text(em, "%s%u", stem, em->fn->nlabel++),
				  0 };
}

const char *em_goto(struct em_label *l)
{
	l->used++;
	return l->name;
}

const char *em_fail(struct em *em)
{
	em->fn->can_fail = true;
	return em_goto(em->fn->err);
}

void em_check(struct em *em, const struct span *at)
{
	cw_open(&em->w, "if (unlikely(c->error))");
	cw_line(&em->w, "c->near = %s;", em_near(em, at));
	cw_line(&em->w, "goto %s;", em_fail(em));
	cw_close(&em->w, "");
}

void em_check_call(struct em *em, const struct span *at)
{
	cw_open(&em->w, "if (unlikely(c->error))");
	cw_line(&em->w, "taprt_fail_called(c, %s);", em_near(em, at));
	cw_line(&em->w, "goto %s;", em_fail(em));
	cw_close(&em->w, "");
}

void em_raise(struct em *em, const char *cond, const char *msg,
	      const struct span *at)
{
	cw_open(&em->w, "if (unlikely(%s))", cond);
	cw_line(&em->w, "taprt_fail(c, \"%s\");", msg);
	cw_line(&em->w, "c->near = %s;", em_near(em, at));
	cw_line(&em->w, "goto %s;", em_fail(em));
	cw_close(&em->w, "");
}

/* ---- frame ------------------------------------------------------------------------- */

const char *em_slot(struct em *em, uint32_t bytes)
{
	struct em_fn *fn = em->fn;
	uint32_t at = fn->frame_now;

	fn->frame_now += (bytes + 7) & ~7u;
	if (fn->frame_now > fn->frame_max)
		fn->frame_max = fn->frame_now;
	return at ? em_text(em, "(f + %u)", at) : "f";
}

const char *em_string_slot(struct em *em)
{
	return em_slot(em, em->strsize);
}
