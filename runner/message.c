/* SPDX-License-Identifier: GPL-2.0-only */
/* sendmsg() and recvmsg(); what comes along is counted before it is used. */
#include "runner/message.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union message_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(MESSAGE_FDS_MAX * sizeof(int))];
};

int message_send(int sock, const void *p, size_t n, const int *fds,
		 unsigned int nfds, struct err *e)
{
	struct iovec v = { (void *)(uintptr_t)p, n };
	union message_control c = { 0 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	struct cmsghdr *h;

	if (nfds) {
		m.msg_control = c.bytes;
		m.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(h), fds, nfds * sizeof(int));
	}
	while (sendmsg(sock, &m, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return err_sys(e, "cannot send");
	return 0;
}

/* How many descriptors came; the first @cap of them in @fds, others closed. */
static unsigned int message_fds(struct msghdr *m, int *fds, unsigned int cap)
{
	struct cmsghdr *h;
	unsigned int n = 0;

	for (h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		size_t i, count = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < count; i++, n++) {
			int fd;

			memcpy(&fd, CMSG_DATA(h) + i * sizeof(fd), sizeof(fd));
			if (n < cap)
				fds[n] = fd;
			else
				close(fd);
		}
	}
	return n;
}

int message_receive(int sock, void *p, size_t cap, int *fds, unsigned int nfds,
		    struct err *e)
{
	union message_control c = { 0 };
	struct iovec v = { p, cap };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = c.bytes,
			    .msg_controllen = sizeof(c.bytes) };
	unsigned int have, i;
	ssize_t n;

	do {
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "cannot receive");
	have = message_fds(&m, fds, nfds);
	if (n == 0 && !have)
		return 0;
	if (have == nfds && !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return (int)n;
	for (i = 0; i < have && i < nfds; i++)
		close(fds[i]);
	if (m.msg_flags & MSG_TRUNC)
		return err_set(e, ERR_INVALID,
			       "a message of more than %zu bytes", cap);
	return err_set(e, ERR_INVALID,
		       "a message with %u%s descriptors, not %u", have,
		       m.msg_flags & MSG_CTRUNC ? " or more" : "", nfds);
}
