/* SPDX-License-Identifier: GPL-2.0-only */
/* --via: the client of the broker, which needs no privilege. */
#ifndef RUNNER_VIA_H
#define RUNNER_VIA_H

struct err;
struct opts;

/**
 * via_run() - hand the bundle to the broker at o->via and relay its two pipes
 *
 * Each signal that would end a run is passed on as a message; the end of this
 * process ends the run as well.
 * Return: the run's exit code, or < 0: ERR_INVALID, ERR_IO, -BERR_UNSAFE_FILE.
 */
int via_run(const struct opts *o, struct err *e);

#endif
