/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs of other taprun processes: look on, and end them. */
#ifndef RUNNER_ATTACH_H
#define RUNNER_ATTACH_H

#include <stdint.h>

struct err;
struct out;

/**
 * attach_follow() - copy what the run @name writes from now on to @out
 * @name: a module (--list-running), or the name of its bundle
 *
 * Until the run ends, or a signal does this process (signals_init()); the run goes on
 * then.  Its output must be a file.
 * Return: 0, ERR_NOT_FOUND, ERR_INVALID (no file), ERR_IO.
 */
int attach_follow(const char *name, struct out *out, struct err *e);

/**
 * attach_stop() - ask the run @name to end, as Ctrl-C does, and wait until it has
 * @wait_ns: no longer than that; 0 = however long its end probes take
 *
 * Return: 0, ERR_NOT_FOUND, ERR_IO (not allowed; it takes longer).
 */
int attach_stop(const char *name, uint64_t wait_ns, struct err *e);

#endif
