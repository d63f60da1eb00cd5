/* SPDX-License-Identifier: GPL-2.0-only */
/* The two files of a loaded module: commands, events, data. */
#ifndef RUNNER_SESSION_H
#define RUNNER_SESSION_H

#include "runtime/uapi/wire.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/**
 * struct session - zero-initialise; session_open() fills it
 * @ctl, @data: /proc/tap-NAME/{ctl,data}
 * @done: read end of a pipe that gets a byte when a command has ended
 * @is_busy: a command runs
 */
struct session {
	int ctl, data;
	int done[2];
	bool is_busy, has_thread;
	pthread_t thread;
	uint8_t msg[sizeof(struct tapw_msg) + sizeof(struct tapw_start)];
	size_t msg_len;
	int result; /* errno of the command that ended, or 0 */
};

/** session_open() - of module @name; 0 or -BERR_RELAY */
int session_open(struct session *s, const char *name, struct err *e);

/**
 * session_format_set() - bytes of one TAPW_SET message
 * Return: length, or -BERR_PARAM when it is above TAPW_MSG_MAX.
 */
int session_format_set(uint8_t *buf, size_t cap, const char *name,
		       const char *value, struct err *e);

/** session_set() - give a global its value before START; 0 or -BERR_PARAM */
int session_set(struct session *s, const char *name, const char *value,
		struct err *e);

/** session_set_known() - the same, or 1: the module has no such global */
int session_set_known(struct session *s, const char *name, const char *value,
		      struct err *e);

/**
 * session_command() - begin TAPW_START or TAPW_STOP
 * @target: of TAPW_START
 *
 * The module runs begin or end probes before it answers, and they may print
 * more than the rings hold: so a thread waits for the answer and the caller
 * goes on relaying.  s->done[0] is readable when it has ended.
 * Return: 0, ERR_IO.
 */
int session_command(struct session *s, enum tapw_cmd cmd, int32_t target,
		    struct err *e);

/**
 * session_finish() - after s->done[0] became readable
 * Return: 0, or the module's errno (positive).
 */
int session_finish(struct session *s);

/**
 * session_look() - ask for an event that says where the counters are now
 *
 * Return: an event is there; false while a command runs, and from a module that is
 * older than the question.
 */
bool session_look(struct session *s);

/**
 * session_event() - take one event
 * Return: 1 when @ev is filled, 0 when there is none, -BERR_RELAY.
 */
int session_event(struct session *s, struct tapw_event *ev, struct err *e);

/** session_close() - a running session is disarmed by this */
void session_close(struct session *s);

#endif
