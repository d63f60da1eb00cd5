/* SPDX-License-Identifier: GPL-2.0-only */
/* The broker: one connection of a service manager's socket is one run. */
#ifndef RUNNER_SERVE_H
#define RUNNER_SERVE_H

#include "runner/policy.h"

struct err;
struct opts;

/* "exit: N\n", the last message of the broker */
#define SERVE_EXIT    "exit: %d\n"
#define SERVE_END_MAX 32
#define SERVE_WAIT_S  10

/**
 * struct serve - zero-initialise
 * @sock: the connection; its end, or any message on it, is a SIGINT for this process
 * @who: the peer, as the kernel saw it connect
 */
struct serve {
	int sock;
	struct policy_who who;
};

/**
 * serve_open() - standard input is a connected SOCK_SEQPACKET of AF_UNIX
 *
 * Sends the client the reading ends of two new pipes, which become stdout and
 * stderr; stdin becomes /dev/null.  From then on say_err() reaches the client,
 * and nothing is ever written to a descriptor that a client has made.
 * Return: 0, ERR_INVALID, ERR_IO.
 */
int serve_open(struct serve *s, struct err *e);

/**
 * serve_take() - wait for the request: options, and the bundle's descriptor
 * @o: filled, o->bundle_fd is it
 *
 * Context: the first bytes of a stranger: call it with no capability in effect.
 * Return: 0, ERR_INVALID, ERR_IO, -BERR_UNSAFE_FILE.
 * Source: unix(7) SO_PEERCRED and SO_PEERGROUPS, fcntl(2) F_SETSIG.
 */
int serve_take(struct serve *s, struct opts *o, struct err *e);

/** serve_end() - tell the client the exit code; -> @code */
int serve_end(const struct serve *s, int code);

#endif
