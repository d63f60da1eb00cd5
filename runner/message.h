/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages with descriptors, between the broker and a client. */
#ifndef RUNNER_MESSAGE_H
#define RUNNER_MESSAGE_H

#include <stddef.h>

struct err;

#define MESSAGE_FDS_MAX 2

/**
 * message_send() - @n bytes and @nfds descriptors, at most MESSAGE_FDS_MAX
 * Return: 0, ERR_IO.  Source: unix(7), SCM_RIGHTS.
 */
int message_send(int sock, const void *p, size_t n, const int *fds,
		 unsigned int nfds, struct err *e);

/**
 * message_receive() - one message of at most @cap bytes with exactly @nfds
 *                     descriptors, which are then the caller's (close on exec)
 *
 * A message that is longer, or comes with more or fewer, is refused and every
 * descriptor of it closed.
 * Return: its length, 0 at the end of the connection, ERR_INVALID, ERR_IO.
 */
int message_receive(int sock, void *p, size_t cap, int *fds, unsigned int nfds,
		    struct err *e);

#endif
