/* SPDX-License-Identifier: GPL-2.0-only */
/* argv -> command table -> exit code; the only exit(). */
#include "build/cmd.h"
#include "build/lang/lang.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int cmd_help(int argc, char **argv);

static const struct cmd cmds[] = {
	{ "kit", cmd_kit, "make and manage kits, one per target kernel" },
	{ "keygen", cmd_keygen, "make a key pair for signing bundles" },
	{ "sign", cmd_sign, "add a signature to a bundle" },
	{ "tbs", cmd_tbs, "write what is to be signed elsewhere" },
	{ "attach", cmd_attach, "put in signatures that were made elsewhere" },
	{ "resign", cmd_resign,
	  "replace signatures, end, version or fleets; nothing is built" },
	{ "verify", cmd_verify, "check a bundle's signatures and contents" },
	{ "info", cmd_info, "describe a bundle" },
	{ "diff", cmd_diff, "tell what differs between two bundles" },
	{ "check", cmd_check, "tell which kernels take which scripts" },
	{ "plan", cmd_plan, "list the units of a build, one a kernel" },
	{ "merge", cmd_merge,
	  "make one bundle of the parts of a sharded build" },
	{ "extract", cmd_extract, "take modules and sources out of a bundle" },
	{ "rebuild", cmd_rebuild, "make a bundle again and compare" },
	{ "add", cmd_add, "build a bundle for more kernels" },
	{ "help", cmd_help, "this text" },
	{ "--version", cmd_version, "print the version" },
};

#define NCMDS (sizeof(cmds) / sizeof(cmds[0]))

static int cmd_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("usage: tapbuild [options] SCRIPT.stp [ARG...]   build a bundle\n"
	       "       tapbuild [options] -e SCRIPT [ARG...]\n"
	       "       tapbuild COMMAND ...\n\ncommands:\n");
	for (size_t i = 0; i < NCMDS; i++)
		printf("  %-10s %s\n", cmds[i].name, cmds[i].help);
	printf("\ntapbuild --help lists the options of a build.\n");
	return EXIT_DONE;
}

int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("tapbuild " TAP_VERSION "\n"
	       "script language: that of SystemTap " LANG_SYSTEMTAP_V "\n"
	       "enabled features: kits, signed bundles, BTF\n"
	       "tested kernels: 5.10 ... 7.3\n"
	       "This is free software (GPL-2.0-only), without any warranty.\n");
	return EXIT_DONE;
}

/* What was printed and could not be written was not done. */
static _Noreturn void finish(int code)
{
	if ((fflush(stdout) == EOF || ferror(stdout)) && code <= EXIT_REFUSED) {
		fprintf(stderr, "tapbuild: cannot write the standard output\n");
		code = EXIT_ENVIRONMENT;
	}
	exit(code);
}

/* As "stap" there are no commands, and one code for all that went wrong. */
static int run_as_stap(int argc, char **argv)
{
	return cmd_build(argc, argv) == EXIT_DONE ? EXIT_DONE : EXIT_REFUSED;
}

int main(int argc, char **argv)
{
	if (sodium_init() < 0) {
		fprintf(stderr, "tapbuild: cannot start libsodium\n");
		exit(EXIT_ENVIRONMENT);
	}
	if (!strcmp(basename(argv[0]), "stap"))
		finish(run_as_stap(argc, argv));
	for (size_t i = 0; argc > 1 && i < NCMDS; i++)
		if (!strcmp(argv[1], cmds[i].name))
			finish(cmds[i].fn(argc - 1, argv + 1));
	finish(cmd_build(argc, argv));
}
