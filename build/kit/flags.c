// SPDX-License-Identifier: GPL-2.0-only
/* Shell words, and which compiler flags matter for whom. */
#include "build/kit/flags.h"
#include "build/base/arena.h"
#include "build/base/buf.h"

#include <stdlib.h>
#include <string.h>

void words_add(struct arena *a, struct words *w, const char *s)
{
	vec_apush(a, w, arena_strdup(a, s));
}

const char *const *words_end(struct arena *a, struct words *w)
{
	vec_apush(a, w, NULL);
	w->n--;
	return w->v;
}

bool words_has(const struct words *w, const char *s)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (!strcmp(w->v[i], s))
			return true;
	return false;
}

static bool ends_command(char c)
{
	return c == ';' || c == '&' || c == '|' || c == '<' || c == '>' ||
	       c == '\n';
}

/* One character of a word, quotes resolved; false at the end of the word. */
static bool word_char(const char *s, size_t len, size_t *i, char *quote,
		      struct buf *word)
{
	char c = s[*i];

	if (*quote) {
		if (c == *quote)
			*quote = 0;
		else if (c == '\\' && *quote == '"' && *i + 1 < len &&
			 strchr("\"\\$`", s[*i + 1]))
			buf_addc(word, s[++*i]);
		else
			buf_addc(word, c);
	} else if (c == '\'' || c == '"') {
		*quote = c;
	} else if (c == '\\' && *i + 1 < len) {
		buf_addc(word, s[++*i]);
	} else if (c == ' ' || c == '\t' || ends_command(c)) {
		return false;
	} else {
		buf_addc(word, c);
	}
	++*i;
	return true;
}

bool flags_split(struct arena *a, const char *line, size_t len, size_t *pos,
		 struct words *ret)
{
	struct buf word = BUF_INIT;
	size_t i = *pos;

	*ret = (struct words){ 0 };
	while (i < len) {
		char quote = 0;

		if (line[i] == ' ' || line[i] == '\t') {
			i++;
			continue;
		}
		if (ends_command(line[i])) {
			i++;
			if (ret->n)
				break;
			continue;
		}
		buf_reset(&word);
		while (i < len && word_char(line, len, &i, &quote, &word))
			;
		words_add(a, ret, word.p);
	}
	buf_deinit(&word);
	*pos = i;
	return ret->n > 0;
}

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static bool starts_any(const char *s, const char *const *v)
{
	for (; *v; v++)
		if (starts(s, *v))
			return true;
	return false;
}

/*
 * -fpatchable-function-entry=N,M: with M == N all of it is padding before the
 * function (call thunks), which is layout; with M < N it is the tracing site.
 */
static bool is_patch_site(const char *s)
{
	static const char name[] = "-fpatchable-function-entry=";
	char *end;
	long n, m = 0;

	if (!starts(s, name))
		return false;
	n = strtol(s + sizeof(name) - 1, &end, 10);
	if (*end == ',')
		m = strtol(end + 1, NULL, 10);
	return m < n;
}

/*
 * Never wanted in code that runs inside probes: tracing sites (we would trace
 * ourselves), sanitizers and the stack protector (they need symbols and may
 * call out), plugins (they belong to another compiler).
 */
static bool is_unwanted(const char *s)
{
	static const char *const prefix[] = {
		"-fsanitize",
		"-fstack-protector",
		"-mstack-protector-guard",
		"-ftrivial-auto-var-init",
		"-mrecord-mcount",
		"-mnop-mcount",
		"-mfentry",
		"-fplugin",
		"-fprofile",
		"-ftest-coverage",
		"-fmacro-prefix-map",
		"-ffile-prefix-map",
		"-fdebug-prefix-map",
		"-Wp,",
		"-fdiagnostics",
		"-save-temps",
		NULL,
	};

	return starts_any(s, prefix) || !strcmp(s, "-pg") || !strcmp(s, "-c") ||
	       !strcmp(s, "-pipe") || starts(s, "-g") || is_patch_site(s) ||
	       starts(s, "-fno-sanitize") || starts(s, "-fzero-call-used-regs");
}

static const char *absolute(struct arena *a, const char *cwd, const char *path)
{
	while (starts(path, "./"))
		path += 2;
	if (*path == '/')
		return path;
	return arena_printf(a, "%s/%s", cwd, path);
}

/* Flags whose argument is the next word and names a file or directory. */
static bool takes_path(const char *s)
{
	return !strcmp(s, "-include") || !strcmp(s, "-isystem") ||
	       !strcmp(s, "-I") || !strcmp(s, "-idirafter");
}

void flags_headers(struct arena *a, const struct words *recorded,
		   const char *cwd, struct words *ret)
{
	size_t i;

	for (i = 1; i < recorded->n; i++) {
		const char *s = recorded->v[i];

		if (takes_path(s) && i + 1 < recorded->n) {
			words_add(a, ret, s);
			words_add(a, ret, absolute(a, cwd, recorded->v[++i]));
		} else if (!strcmp(s, "-o")) {
			i++;
		} else if (starts(s, "-I")) {
			words_add(a, ret,
				  arena_printf(a, "-I%s",
					       absolute(a, cwd, s + 2)));
		} else if (s[0] != '-' || starts(s, "-W") || is_unwanted(s) ||
			   starts(s, "-DKBUILD_BASENAME") ||
			   starts(s, "-DKBUILD_MODNAME") ||
			   starts(s, "-D__KBUILD_MODNAME")) {
			continue;
		} else {
			words_add(a, ret, s);
		}
	}
	words_add(a, ret, "-fno-stack-protector");
}

/* The name two flags must share for the later one to replace the former. */
static size_t key_len(const char *s)
{
	size_t n = strcspn(s, "=");

	return starts(s, "-O") ? 2 : n;
}

/* "-fno-common" and "-fcommon" are one setting; so are "-mno-sse", "-msse". */
static bool same_setting(const char *a, const char *b)
{
	if (a[0] != '-' || b[0] != '-' || a[1] != b[1])
		return false;
	if (a[1] == 'f' || a[1] == 'm') {
		a += starts(a + 2, "no-") ? 5 : 2;
		b += starts(b + 2, "no-") ? 5 : 2;
	}
	return key_len(a) == key_len(b) && !strncmp(a, b, key_len(a));
}

/*
 * Settings that cannot change the code of a headerless file: dialect switches
 * for headers, and instruction sets already excluded by -mno-sse.
 */
static bool is_moot(const char *s)
{
	static const char *const name[] = {
		"-fms-extensions",
		"-fno-builtin-wcslen",
		"-mno-sse2",
		"-mno-sse4a",
		"-mno-avx",
		"-mno-3dnow",
		"-fno-PIE",
		"-fno-pie",
		NULL,
	};
	size_t i;

	for (i = 0; name[i]; i++)
		if (!strcmp(s, name[i]))
			return true;
	return starts(s, "-std=") || starts(s, "-march=");
}

static void set_flag(struct arena *a, struct words *w, const char *s)
{
	size_t i, keep = 0;

	for (i = 0; i < w->n; i++)
		if (!same_setting(w->v[i], s))
			w->v[keep++] = w->v[i];
	w->n = keep;
	words_add(a, w, s);
}

static int flag_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void flags_abi(struct arena *a, const struct words *recorded, struct words *ret)
{
	const char *march = NULL;
	bool x86 = false;
	size_t i;

	for (i = 1; i < recorded->n; i++) {
		const char *s = recorded->v[i];

		if (takes_path(s) || !strcmp(s, "-o")) {
			i++;
			continue;
		}
		if (starts(s, "-march="))
			march = s;
		x86 |= !strcmp(s, "-mno-red-zone");
		if (is_unwanted(s) || is_moot(s))
			continue;
		if (starts(s, "-m") || starts(s, "-f") || starts(s, "-O"))
			set_flag(a, ret, s);
	}
	/* Ours whatever the kernel uses: one dialect, plain char fixed, and
	 * the baseline a compiler may have been configured away from. */
	set_flag(a, ret, "-std=gnu11");
	set_flag(a, ret, "-funsigned-char");
	set_flag(a, ret, "-fno-PIE");
	set_flag(a, ret, "-fno-stack-protector");
	if (march || x86)
		set_flag(a, ret, march ? march : "-march=x86-64");
	qsort(ret->v, ret->n, sizeof(*ret->v), flag_cmp);
	words_end(a, ret);
}
