/* SPDX-License-Identifier: GPL-2.0-only */
/* Datagrams of sd_notify(3). */
#include "runner/notify.h"
#include "bundle/base/err.h"
#include "runner/sys.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int notify_open(const char *path, int *ret, struct err *e)
{
	int fd;

	*ret = 0;
	if (!*path)
		return -1; /* not started by a manager that wants to know */
	if (path[0] != '/' && path[0] != '@') {
		*ret = err_set(e, ERR_INVALID,
			       "--notify takes /PATH or @NAME, not '%s'", path);
		return -1;
	}
	fd = sys_connect(path, SOCK_DGRAM | SOCK_NONBLOCK);
	if (fd < 0)
		*ret = err_sys(e, "--notify: cannot reach '%s'", path);
	return fd;
}

void notify_send(int fd, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	if (fd < 0)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	if (write(fd, text, (size_t)n) < 0)
		return; /* it is a courtesy */
}
