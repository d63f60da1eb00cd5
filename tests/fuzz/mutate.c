// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutations that know words and statements, so that much of what they make still
 * parses and reaches what comes behind the parser.  libFuzzer only.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *x, size_t nx, const uint8_t *y,
				 size_t ny, uint8_t *out, size_t max,
				 unsigned int seed);

#define WORDS_MAX 1024
#define COUNT(v)  (sizeof(v) / sizeof(*(v)))

enum kind { W_NAME, W_NUMBER, W_STRING, W_OP, W_BRACKET, W_KINDS };

static const char *const names[] = {
	"s",	     "x",
	"a",	     "g",
	"k",	     "f",
	"begin",     "end",
	"println",   "print",
	"printf",    "sprintf",
	"sprint",    "printd",
	"exit",	     "error",
	"strlen",    "@count",
	"@sum",	     "@min",
	"@avg",	     "@hist_log",
	"@variance", "next",
	"return",    "break",
	"continue",  "delete",
	"foreach",   "if",
	"global",    "private",
	"function",  "probe",
	"in",	     "limit",
	"long",	     "string",
	"try",	     "matched",
	"$x",	     "$$vars",
	"@defined",  "@entry",
	"@cast",     "@choose_defined",
};
static const char *const numbers[] = {
	"0",
	"1",
	"2",
	"-1",
	"63",
	"64",
	"10",
	"97",
	"4096",
	"65536",
	"9223372036854775807",
	"0x8000000000000000",
};
static const char *const strings[] = {
	"\"\"",	     "\"a\"",	  "\"%d %s\\n\"",  "\"%5.2s|%-4d\"",
	"\"%*d\"",   "\"%m %p\"", "\"^a(b|c)*$\"", "\"[[:alpha:]]+\"",
	"\"\\x41\"",
};
static const char *const ops[] = {
	"+",  "-",  "*",  "/",	"%",  "<<",  ">>",  "&",  "|",	"^",
	"&&", "||", "<",  ">=", "==", "!=",  "=",   "+=", ".=", "<<<",
	".",  "=~", "!~", "++", "--", "!",   "~",   "?",  ":",	",",
	"->", ";",  "in", "/=", "%=", "<<=", ">>=", "&=", "^=", "|=",
};
static const struct table {
	const char *const *v;
	size_t n;
} tables[W_KINDS] = {
	[W_NAME] = { names, COUNT(names) },
	[W_NUMBER] = { numbers, COUNT(numbers) },
	[W_STRING] = { strings, COUNT(strings) },
	[W_OP] = { ops, COUNT(ops) },
};

/* What an operand becomes: '\1' stands for it. */
static const char *const wraps[] = {
	"(\1)",
	"!\1",
	"-\1",
	"\1+1",
	"\1 . \"\"",
	"@count(\1)",
	"g[\1]",
	"g[\1,1]",
	"f(\1)",
	"\1?\1:0",
	"\1++",
	"--\1",
	"sprint(\1)",
	"strlen(\1)",
	"[\1] in g",
	"\1 =~ \"a(b)*\"",
	"(x = \1)",
	"s[\1] <<< 1",
	"sprintf(\"%d\",\1)",
	"@defined(\1)",
	"@hist_log(\1)",
	"@hist_linear(\1,0,9,2)[1]",
	"\1 / \1",
	"\1 && \1",
	"{\1}",
	"@entry(\1)",
};
static const char *const statements[] = {
	"g[1]++;",
	"g[\"a\",1] <<< 2;",
	"foreach (k in g) println(k);",
	"foreach (v = [k+,j] in g limit 3) println(v);",
	"foreach ([k,j] in g[1,*]) { }",
	"foreach (b in @hist_log(g)) println(b);",
	"delete g;",
	"delete g[1];",
	"delete g[1,*];",
	"if (x) y = 1; else y = 2;",
	"while (x--) next;",
	"for (i = 0; i < 3; i++) ;",
	"try { error(\"x\") } catch (e) { println(e) }",
	"return x;",
	"next;",
	"x = y;",
	"s .= \"a\";",
	"x <<< 1;",
	"println(@hist_log(g));",
	"printf(\"%d %s\", x, s);",
	"if (s =~ \"(a)\") println(matched(1));",
	"f(1, \"\");",
	"{ }",
};
static const char *const tops[] = {
	"global g;",
	"global g[10], s;",
	"global g%[4];",
	"private global p = 1;",
	"function f(a, b) { return a }",
	"function f(a) { next }",
	"function f:string(a:long) { return \"\" }",
	"function f:long(a:string):2 %{ STAP_RETURN(1); %}",
	"probe end { }",
	"probe timer.s(1) { }",
	"probe begin(1), never ? { println(1) }",
	"probe a = begin { x = 1 }",
	"probe a { println(x) }",
	"@define m(a) %( @a + 1 %)",
	"%( systemtap_v >= \"4\" %? global s %: global t %)",
};

struct word {
	enum kind kind;
	uint32_t off, len;
	char open; /* of a bracket: what closes it, or 0 for a closing one */
};

struct text {
	uint8_t *p;
	size_t n, max;
	struct word w[WORDS_MAX];
	size_t nw;
	uint32_t seed;
};

static uint32_t rnd(struct text *t, size_t n)
{
	t->seed = t->seed * 1664525u + 1013904223u;
	return n ? (uint32_t)(((uint64_t)(t->seed >> 8) * n) >> 24) : 0;
}

/* Where the word that begins at @i ends. */
static size_t word_end(const uint8_t *p, size_t n, size_t i, enum kind *kind)
{
	size_t e = i + 1;

	if (p[i] == '"') {
		*kind = W_STRING;
		while (e < n && p[e] != '"' && p[e] != '\n')
			e += 1 + (p[e] == '\\' && e + 1 < n);
		return e < n ? e + 1 : n;
	}
	if (isalnum(p[i]) || p[i] == '_' || p[i] == '$' || p[i] == '@') {
		*kind = isdigit(p[i]) ? W_NUMBER : W_NAME;
		while (e < n && (isalnum(p[e]) || p[e] == '_' || p[e] == '$'))
			e++;
		return e;
	}
	*kind = memchr("()[]{}", p[i], 6) ? W_BRACKET : W_OP;
	if (*kind == W_OP && p[i] != ',' && p[i] != ';')
		while (e < n && e < i + 3 && memchr("+-<>=&|~.%", p[e], 10))
			e++;
	return e;
}

static void split(struct text *t)
{
	size_t i = 0, e;

	t->nw = 0;
	while (i < t->n && t->nw < WORDS_MAX) {
		struct word *w = &t->w[t->nw];

		if (isspace(t->p[i])) {
			i++;
			continue;
		}
		if (t->p[i] == '#' ||
		    (t->p[i] == '/' && i + 1 < t->n && t->p[i + 1] == '/')) {
			while (i < t->n && t->p[i] != '\n')
				i++;
			continue;
		}
		e = word_end(t->p, t->n, i, &w->kind);
		w->off = (uint32_t)i;
		w->len = (uint32_t)(e - i);
		w->open = w->kind != W_BRACKET ? 0
			  : t->p[i] == '('     ? ')'
			  : t->p[i] == '['     ? ']'
			  : t->p[i] == '{'     ? '}'
					       : 0;
		t->nw++;
		i = e;
	}
}

/* Put @n bytes @s in the place of @len bytes at @off; false: too long. */
static bool splice(struct text *t, size_t off, size_t len, const void *s,
		   size_t n)
{
	if (t->n - len + n > t->max)
		return false;
	memmove(t->p + off + n, t->p + off + len, t->n - off - len);
	memcpy(t->p + off, s, n);
	t->n = t->n - len + n;
	return true;
}

/* The last word of what begins with word @i: an operand, with what is behind it
 * in brackets, or all from an opening bracket to its end. */
static size_t group_end(const struct text *t, size_t i)
{
	size_t depth = 0, k = i;

	if (t->w[i].kind == W_NAME && i + 1 < t->nw && t->w[i + 1].open &&
	    t->w[i + 1].open != '}')
		k = i + 1;
	if (!t->w[k].open)
		return i;
	for (; k < t->nw; k++) {
		if (t->w[k].kind != W_BRACKET)
			continue;
		if (t->w[k].open)
			depth++;
		else if (--depth == 0)
			return k;
	}
	return t->nw - 1;
}

static bool swap_word(struct text *t)
{
	size_t i = rnd(t, t->nw), k;
	const struct word *w = &t->w[i];
	uint8_t copy[64];

	if (w->kind == W_BRACKET)
		return false;
	for (int tries = 0; tries < 8 && rnd(t, 2); tries++) {
		k = rnd(t, t->nw);
		if (k == i || t->w[k].kind != w->kind ||
		    t->w[k].len > sizeof(copy))
			continue;
		memcpy(copy, t->p + t->w[k].off, t->w[k].len);
		return splice(t, w->off, w->len, copy, t->w[k].len);
	}
	k = rnd(t, tables[w->kind].n);
	return splice(t, w->off, w->len, tables[w->kind].v[k],
		      strlen(tables[w->kind].v[k]));
}

static bool is_operand(const struct word *w)
{
	return w->kind == W_NAME || w->kind == W_NUMBER ||
	       w->kind == W_STRING || w->open == ')';
}

static bool wrap_operand(struct text *t)
{
	size_t i = rnd(t, t->nw), end, off, len, n = 0;
	const char *wrap = wraps[rnd(t, COUNT(wraps))];
	uint8_t out[512];

	if (!is_operand(&t->w[i]))
		return false;
	end = group_end(t, i);
	off = t->w[i].off;
	len = t->w[end].off + t->w[end].len - off;
	for (; *wrap; wrap++) {
		size_t add = *wrap == '\1' ? len : 1;

		if (n + add > sizeof(out))
			return false;
		memcpy(out + n, *wrap == '\1' ? t->p + off : (void *)wrap, add);
		n += add;
	}
	return splice(t, off, len, out, n);
}

/* One operand in the place of another. */
static bool copy_operand(struct text *t)
{
	size_t i = rnd(t, t->nw), k = rnd(t, t->nw), ei, ek, len;
	uint8_t copy[256];

	if (!is_operand(&t->w[i]) || !is_operand(&t->w[k]))
		return false;
	ei = group_end(t, i);
	ek = group_end(t, k);
	len = t->w[ek].off + t->w[ek].len - t->w[k].off;
	if (len > sizeof(copy))
		return false;
	memcpy(copy, t->p + t->w[k].off, len);
	return splice(t, t->w[i].off, t->w[ei].off + t->w[ei].len - t->w[i].off,
		      copy, len);
}

/* A place between statements, as a word number; *@depth: of braces there. */
static size_t boundary(struct text *t, size_t *depth)
{
	size_t i = rnd(t, t->nw), d = 0;

	for (; i < t->nw; i++)
		if (memchr("{};", t->p[t->w[i].off], 3))
			break;
	for (size_t k = 0; k <= i && k < t->nw; k++) {
		if (t->p[t->w[k].off] == '{')
			d++;
		else if (t->p[t->w[k].off] == '}' && d)
			d--;
	}
	*depth = d;
	return i < t->nw ? i + 1 : t->nw;
}

/* The word behind the statement that begins with word @i. */
static size_t statement_end(const struct text *t, size_t i)
{
	while (i < t->nw) {
		char c = (char)t->p[t->w[i].off];

		if (c == '}')
			return i;
		if (c == ';')
			return i + 1;
		if (c == '{')
			return group_end(t, i) + 1;
		i = t->w[i].open ? group_end(t, i) + 1 : i + 1;
	}
	return t->nw;
}

static size_t place(const struct text *t, size_t i)
{
	return i < t->nw ? t->w[i].off : t->n;
}

static bool add_statement(struct text *t)
{
	size_t depth, i = boundary(t, &depth);
	const char *s = depth ? statements[rnd(t, COUNT(statements))]
			      : tops[rnd(t, COUNT(tops))];

	return splice(t, place(t, i), 0, s, strlen(s));
}

static bool move_statement(struct text *t)
{
	size_t depth, from = boundary(t, &depth), end = statement_end(t, from);
	size_t off = place(t, from), len = place(t, end) - off, to;
	uint8_t copy[512];

	if (!len || len > sizeof(copy))
		return false;
	memcpy(copy, t->p + off, len);
	if (rnd(t, 2)) { /* else it is there twice */
		splice(t, off, len, "", 0);
		split(t);
		if (rnd(t, 2))
			return true; /* gone */
	}
	if (!t->nw)
		return false;
	to = boundary(t, &depth);
	return splice(t, place(t, to), 0, copy, len);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	static struct text t;
	static bool (*const ways[])(struct text *) = {
		swap_word,    swap_word,     wrap_operand,
		copy_operand, add_statement, move_statement,
	};
	bool any = false;

	t.p = data;
	t.n = size;
	t.max = max;
	t.seed = seed;
	if (!rnd(&t, 6))
		return LLVMFuzzerMutate(data, size, max);
	for (int tries = 0; tries < 16; tries++) {
		split(&t);
		if (t.nw && ways[rnd(&t, COUNT(ways))](&t)) {
			any = true;
			if (rnd(&t, 2))
				break;
		}
	}
	return any ? t.n : LLVMFuzzerMutate(data, size, max);
}

/* A statement, or all, of @y somewhere in @x. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *x, size_t nx, const uint8_t *y,
				 size_t ny, uint8_t *out, size_t max,
				 unsigned int seed)
{
	static struct text t, u;
	size_t depth, from, off, len;

	if (nx > max)
		return 0;
	memcpy(out, x, nx);
	t = (struct text){ .p = out, .n = nx, .max = max, .seed = seed };
	u = (struct text){ .p = (uint8_t *)(uintptr_t)y,
			   .n = ny,
			   .seed = ~seed };
	split(&t);
	split(&u);
	if (!t.nw || !u.nw)
		return 0;
	from = rnd(&t, 4) ? boundary(&u, &depth) : 0;
	off = place(&u, from);
	len = (from ? place(&u, statement_end(&u, from)) : ny) - off;
	if (!splice(&t, place(&t, boundary(&t, &depth)), 0, y + off, len))
		return 0;
	return t.n;
}
