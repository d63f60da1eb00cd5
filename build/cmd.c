/* SPDX-License-Identifier: GPL-2.0-only */
/* What all commands have in common. */
#include "build/cmd.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>

int cmd_fail(const struct err *e)
{
	fprintf(stderr, "tapbuild: %s\n", e->text);
	if (e->hint[0])
		fprintf(stderr, "hint: %s\n", e->hint);
	switch (e->code) {
	case ERR_INVALID:
		return EXIT_USAGE;
	case ERR_SIGNATURE:
	case ERR_CORRUPT:
		return EXIT_SIGNATURE;
	case ERR_FORMAT:
	case ERR_UNSUPPORTED:
		return EXIT_REFUSED;
	default:
		return EXIT_ENVIRONMENT;
	}
}

bool cmd_wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}
