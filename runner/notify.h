/* SPDX-License-Identifier: GPL-2.0-only */
/* --notify SOCKET: tell the service manager how far the run is. */
#ifndef RUNNER_NOTIFY_H
#define RUNNER_NOTIFY_H

struct err;

/**
 * notify_open() - a descriptor whose write() is a message; -1 with @ret 0 for ""
 * @path: absolute, or '@' and an abstract name: what systemd has in $NOTIFY_SOCKET
 * @ret: 0, ERR_INVALID, ERR_IO
 *
 * taprun reads no environment: the unit's command line names the socket.
 * Source: sd_notify(3), unix(7).
 */
int notify_open(const char *path, int *ret, struct err *e);

/** notify_send() - "READY=1\nSTATUS=..."; nobody hears of a failure; never waits */
void notify_send(int fd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
