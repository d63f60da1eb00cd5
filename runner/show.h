/* SPDX-License-Identifier: GPL-2.0-only */
/* The texts of --list, --info and --list-running, on stdout. */
#ifndef RUNNER_SHOW_H
#define RUNNER_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct kernel;
struct load;
struct manifest_target;
struct out;

/** show_list() - one line per kernel of the bundle; '*' marks this one */
void show_list(struct out *o, const struct load *l, const struct kernel *k);

/** show_info() - what the bundle says about itself */
void show_info(struct out *o, const struct load *l);

/** show_running() - loaded modules and their readers; 0 or ERR_IO */
int show_running(struct out *o, struct err *e);

/** show_is_here() - is it the kernel that runs? */
bool show_is_here(const struct manifest_target *t, const struct kernel *k);

/** show_hex() - 2 * @n digits and a NUL */
void show_hex(char *text, const uint8_t *p, size_t n);

#endif
