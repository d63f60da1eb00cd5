/* SPDX-License-Identifier: GPL-2.0-only */
/* A module file as taprun looks into it: headers, section names, .modinfo. */
#include "runner/koid.c"
#include "runner/sys.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool fake_exists(const char *path)
{
	return strlen(path) == strlen("/sys/module"); /* none is loaded */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct sys_ops fake;
	uint8_t *ko = malloc(n ? n : 1); /* exact: ASan sees over-reads */
	struct err e = { 0 };
	int r;

	fake = sys_host;
	fake.exists = fake_exists;
	sys = &fake;
	memcpy(ko, data, n);
	r = koid_check(ko, n, "demo_1", "6.1.0 SMP", &e);
	if (r && (r != e.code || !e.text[0]))
		abort();
	/* what the kernel would be asked to load says nothing else */
	if (!r && koid_check(ko, n, "demo_1", NULL, &e))
		abort();
	if (r == -BERR_KO_IDENTITY && n < sizeof(Elf64_Ehdr) && e.hint[0])
		abort();
	free(ko);
	return 0;
}
