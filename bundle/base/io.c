/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole reads and writes. */
#include "bundle/base/io.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <unistd.h>

int io_read_full(int fd, void *buf, size_t n, struct err *e)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = read(fd, (char *)buf + done, n - done);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(e, "cannot read");
		if (r == 0)
			return err_set(e, ERR_TRUNCATED, "%zu of %zu bytes",
				       done, n);
		done += (size_t)r;
	}
	return 0;
}

int io_write_full(int fd, const void *buf, size_t n, struct err *e)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = write(fd, (const char *)buf + done, n - done);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(e, "cannot write");
		done += (size_t)r;
	}
	return 0;
}
