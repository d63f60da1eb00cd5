/* SPDX-License-Identifier: GPL-2.0-only */
/* argv -> command table -> exit code; the only exit(). */
#include <stdio.h>

int main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fprintf(stderr, "tapbuild " TAP_VERSION "\n");
	return 2;
}
