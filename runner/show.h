/* SPDX-License-Identifier: GPL-2.0-only */
/* The texts of --list, --info and --list-running, on stdout. */
#ifndef RUNNER_SHOW_H
#define RUNNER_SHOW_H

struct err;
struct kernel;
struct load;
struct out;

/** show_list() - one line per kernel of the bundle; '*' marks this one */
void show_list(struct out *o, const struct load *l, const struct kernel *k);

/** show_info() - what the bundle says about itself */
void show_info(struct out *o, const struct load *l);

/** show_running() - loaded modules and their readers; 0 or ERR_IO */
int show_running(struct out *o, struct err *e);

#endif
