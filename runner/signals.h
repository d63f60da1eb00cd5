/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals that end a session, seen only where the runner waits. */
#ifndef RUNNER_SIGNALS_H
#define RUNNER_SIGNALS_H

#include <poll.h>
#include <stdint.h>

/*
 * Number of SIGINT, SIGTERM and SIGHUP so far.  The first asks for a clean
 * end, the second for a quick one.
 */
extern volatile int signals_stops;
/* Non-zero from the second of them on. */
extern volatile int signals_hurry;
/* Set by SIGCHLD and SIGUSR2; the main loop clears it. */
extern volatile int signals_child, signals_rotate;

/**
 * signals_init() - install handlers, block them all, ignore SIGPIPE
 *
 * SIGHUP stays ignored when it was (nohup).
 */
void signals_init(void);

/** signals_reset() - in a forked child: default actions, original mask */
void signals_reset(void);

/** signals_ignore() - in the keeper: only SIGKILL ends it */
void signals_ignore(void);

/**
 * signals_ppoll() - ppoll(2) with the signals let in
 * @timeout_ns: negative = for ever
 *
 * Return: as ppoll(2); -1 with EINTR when a signal came.
 */
int signals_ppoll(struct pollfd *p, unsigned int n, int64_t timeout_ns);

#endif
