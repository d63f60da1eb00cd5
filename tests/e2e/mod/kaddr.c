// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints macros for scripts: where each kernel was linked to have its symbols, as
 * their kits say.  A kernel booted with nokaslr has them there.
 *
 *   kaddr SYMBOL... -- RELEASE...       @at_SYMBOL is the address, 1 elsewhere
 */
#include "build/base/arena.h"
#include "build/kit/kit.h"
#include "bundle/base/err.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int put_kernel(struct arena *a, const char *release, const char *symbol,
		      struct err *e)
{
	const char **path;
	struct kit *k;
	int n = kit_find(a, release, &path, e);
	int rc = n > 0 ? kit_open(path[n - 1], &k, e)
		       : err_set(e, ERR_NOT_FOUND, "no kit of %s", release);

	if (rc)
		return rc;
	printf("%%( kernel_vr == \"%s\" %%? 0x%" PRIx64 " %%:\n", release,
	       kit_symbol(k, symbol));
	kit_close(k);
	return 0;
}

int main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	int i, j, first, rc = 0;

	for (first = 1; first < argc && strcmp(argv[first], "--"); first++)
		;
	for (i = 1; i < first && !rc; i++) {
		printf("@define at_%s %%(\n", argv[i]);
		for (j = first + 1; j < argc && !rc; j++)
			rc = put_kernel(&a, argv[j], argv[i], &e);
		printf("1");
		for (j = first + 1; j < argc; j++)
			printf(" %%)");
		printf("\n%%)\n");
	}
	if (rc)
		fprintf(stderr, "kaddr: %s\n", e.text);
	arena_deinit(&a);
	return rc ? 1 : 0;
}
