// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requirements of a module, then BTF to look them up in: lines up to an empty one,
 * the rest is BTF.  What was measured must be found as it was measured.
 */
#define BTF_VISITS \
	4096 /* as many as a kernel's types need, not half a second's */
#include "bundle/rely.c"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ASKED_MAX 32

static void must(bool is_so)
{
	if (!is_so)
		abort();
}

static int by_order(const void *a, const void *b)
{
	return rely_cmp(a, b);
}

/* What is read is written as it was; none twice, as the manifest's parser has it. */
static size_t read_asked(char *text, struct rely *r)
{
	char was[RELY_TEXT_MAX], now[RELY_TEXT_MAX];
	size_t n = 0, kept = 0;
	char *line, *save = NULL;

	for (line = strtok_r(text, "\n", &save); line && n < ASKED_MAX;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strlen(line) >= sizeof(was))
			continue;
		strcpy(was, line);
		if (!rely_parse(line, &r[n]))
			continue;
		rely_text(&r[n++], now);
		must(!strcmp(was, now));
	}
	qsort(r, n, sizeof(*r), by_order);
	for (size_t i = 0; i < n; i++)
		if (!kept || rely_cmp(&r[kept - 1], &r[i]))
			r[kept++] = r[i];
	return kept;
}

static void measure(const uint8_t *btf, size_t len, struct rely *r, size_t n)
{
	uint32_t *index = malloc(rely_index_entries(len) * sizeof(*index));
	struct rely_found f[ASKED_MAX], again[ASKED_MAX];
	char why[RELY_TEXT_MAX];
	struct err e = { 0 };

	if (rely_measure(btf, len, index, r, n, f, &e) < 0) {
		must(e.text[0]);
		free(index);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (r[i].kind == RELY_FUNCTION)
			continue;
		must(!f[i].same || f[i].n);
		if (!f[i].same)
			rely_differs(&r[i], &f[i], why);
		r[i].off = f[i].off;
		r[i].bits = f[i].bits;
		r[i].size = f[i].size;
		r[i].hash = f[i].hash;
	}
	must(rely_measure(btf, len, index, r, n, again, &e) == 0);
	for (size_t i = 0; i < n; i++)
		if (r[i].kind != RELY_FUNCTION && f[i].hash && f[i].n == 1 &&
		    (r[i].kind != RELY_MEMBER || f[i].nhave == 1))
			must(again[i].same);
	free(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memmem(data, size, "\n\n", 2);
	struct rely r[ASKED_MAX];
	uint8_t *btf;
	char *text;
	size_t n, len;

	if (!end)
		return 0;
	len = (size_t)(end - data);
	text = malloc(len + 1);
	memcpy(text, data, len);
	text[len] = '\0';
	n = read_asked(text, r);
	/* of its own size, so that a byte behind it is seen */
	len = size - len - 2;
	btf = malloc(len ? len : 1);
	memcpy(btf, end + 2, len);
	measure(btf, len, r, n);
	free(btf);
	free(text);
	return 0;
}
