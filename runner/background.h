/* SPDX-License-Identifier: GPL-2.0-only */
/* A run that its caller does not wait for. */
#ifndef RUNNER_BACKGROUND_H
#define RUNNER_BACKGROUND_H

struct err;

/**
 * background_start() - the rest of the run is a process of its own
 * @notify: set to where notify_send() tells that the probes are in place
 *
 * Returns in the new process only, which has no terminal and reads and writes
 * nothing of the caller's but stderr.  The caller's process stays until the run has
 * started and prints its pid, or until it has failed, and ends with its exit code.
 * Return: 0, ERR_IO.
 */
int background_start(int *notify, struct err *e);

/**
 * background_open_log() - where messages go once the run has started
 *
 * A file or the journal that stderr is stays; what else it is (a terminal, a pipe
 * of ssh) must not be kept open, and syslog takes its place.  Closes all other files
 * that were inherited, so it comes first.
 * Return: 0, ERR_INVALID where there is neither.
 */
int background_open_log(struct err *e);

/** background_close_others() - keep standard input, output and error alone */
void background_close_others(void);

/**
 * background_detach() - let go of the caller's stderr
 * @pid: of this process, for its lines in syslog; 0: its stderr is some command's
 *
 * The run does so when it has started, its other processes at once: whoever keeps a
 * pipe of ssh open keeps ssh waiting.  Nothing without --background.
 */
void background_detach(int pid);

#endif
