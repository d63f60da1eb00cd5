/* SPDX-License-Identifier: GPL-2.0-only */
/* Datagrams of sd_notify(3). */
#include "runner/notify.h"
#include "bundle/base/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int notify_open(const char *path, int *ret, struct err *e)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	int fd;

	*ret = 0;
	if (!n)
		return -1; /* not started by a manager that wants to know */
	if ((path[0] != '/' && path[0] != '@') || n >= sizeof(a.sun_path)) {
		*ret = err_set(e, ERR_INVALID,
			       "--notify takes /PATH or @NAME, not '%s'", path);
		return -1;
	}
	memcpy(a.sun_path, path, n);
	if (path[0] == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&a,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) ==
		    0)
		return fd;
	*ret = err_sys(e, "--notify: cannot reach '%s'", path);
	if (fd >= 0)
		close(fd);
	return -1;
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
