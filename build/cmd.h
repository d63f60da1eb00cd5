/* SPDX-License-Identifier: GPL-2.0-only */
/* The command table of tapbuild: one file per command. */
#ifndef BUILD_CMD_H
#define BUILD_CMD_H

#include <stdbool.h>

/* What both programs exit with when they did not do what was asked. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* the script or bundle was refused */
	EXIT_USAGE = 2,
	EXIT_ENVIRONMENT = 3, /* file, memory, kernel, tool */
	EXIT_SIGNATURE = 4,
	EXIT_BUG = 70,
};

struct err;

/**
 * struct cmd - one sub-command
 * @fn: gets its own name as argv[0]; returns the exit code
 */
struct cmd {
	const char *name;
	int (*fn)(int argc, char **argv);
	const char *help;
};

/** cmd_build() - tapbuild without a sub-command: script -> bundle */
int cmd_build(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_kit(int argc, char **argv);
int cmd_keygen(int argc, char **argv);
int cmd_sign(int argc, char **argv);
/** cmd_diff() - exit code 1: they differ */
int cmd_diff(int argc, char **argv);
int cmd_resign(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_info(int argc, char **argv);
/** cmd_check() - which scripts which kernels take */
int cmd_check(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_rebuild(int argc, char **argv);
int cmd_add(int argc, char **argv);

/** cmd_tbs() - what is to be signed elsewhere; cmd_attach() - and what comes back */
int cmd_tbs(int argc, char **argv);
int cmd_attach(int argc, char **argv);

/** cmd_wants_help() - is there a --help or -h among the arguments, before "--"? */
bool cmd_wants_help(int argc, char **argv);

/** cmd_fail() - print "tapbuild: TEXT" and the hint; returns the exit code */
int cmd_fail(const struct err *e);

#endif
