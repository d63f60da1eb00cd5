/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocked everywhere but in ppoll(): no look at a counter is too early. */
#include "runner/signals.h"

#include <signal.h>
#include <stddef.h>

volatile int signals_stops, signals_hurry, signals_child, signals_rotate;

static sigset_t signals_ours, signals_before;
static int signals_keep_hup; /* it was ignored at the start */

static void signals_handle(int sig)
{
	switch (sig) {
	case SIGINT:
	case SIGTERM:
	case SIGHUP:
		if (++signals_stops > 1)
			signals_hurry = 1;
		break;
	case SIGCHLD:
		signals_child = 1;
		break;
	default:
		signals_rotate = 1;
		break;
	}
}

void signals_init(void)
{
	static const int list[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGUSR2 };
	struct sigaction a = { .sa_handler = signals_handle }, old;
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	size_t i;

	sigemptyset(&signals_ours);
	sigfillset(&a.sa_mask);
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		sigaddset(&signals_ours, list[i]);
	sigprocmask(SIG_BLOCK, &signals_ours, &signals_before);
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		sigaction(list[i], NULL, &old);
		if (list[i] == SIGHUP && old.sa_handler == SIG_IGN) {
			signals_keep_hup = 1;
			continue;
		}
		sigaction(list[i], &a, NULL);
	}
	sigaction(SIGPIPE, &ignore, NULL);
	/* even when the caller had them blocked */
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		sigdelset(&signals_before, list[i]);
}

static void signals_set_all(void (*handler)(int))
{
	struct sigaction a = { .sa_handler = handler };

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	if (!signals_keep_hup)
		sigaction(SIGHUP, &a, NULL);
	sigaction(SIGUSR2, &a, NULL);
	sigaction(SIGPIPE, &a, NULL);
	sigaction(SIGXFSZ, &a, NULL);
	a.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &a, NULL);
}

void signals_reset(void)
{
	signals_set_all(SIG_DFL);
	sigprocmask(SIG_SETMASK, &signals_before, NULL);
}

void signals_ignore(void)
{
	struct sigaction a = { .sa_handler = SIG_IGN };

	signals_set_all(SIG_IGN);
	sigaction(SIGQUIT, &a, NULL);
	/* it sets a terminal back that may be a shell's again */
	sigaction(SIGTTOU, &a, NULL);
}

int signals_ppoll(struct pollfd *p, unsigned int n, int64_t timeout_ns)
{
	struct timespec ts = { (time_t)(timeout_ns / 1000000000),
			       (long)(timeout_ns % 1000000000) };

	int r = ppoll(p, n, timeout_ns < 0 ? NULL : &ts, &signals_before);

	/* ppoll() delivers no signal when a file was ready at once: a busy
	 * module would keep Ctrl-C out for ever */
	if (r > 0) {
		sigprocmask(SIG_SETMASK, &signals_before, NULL);
		sigprocmask(SIG_BLOCK, &signals_ours, NULL);
	}
	return r;
}
