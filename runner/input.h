/* SPDX-License-Identifier: GPL-2.0-only */
/* Standard input to the script's input.* probes: -i. */
#ifndef RUNNER_INPUT_H
#define RUNNER_INPUT_H

#include <stdbool.h>
#include <termios.h>

struct err;

/**
 * struct input - zero-initialise
 * @fd: the script's file, -1 or 0 = there is none
 * @is_terminal: standard input is one, and @before is how it was
 * @is_over: nothing more comes
 */
struct input {
	int fd;
	bool is_terminal, is_over;
	struct termios before;
};

/** input_init() - is standard input a terminal, and how is it set? */
void input_init(struct input *in);

/**
 * input_open() - open /proc/systemtap/@module/__stdin, and let a terminal give
 *                each character at once
 *
 * Context: with privileges; after the keeper, which sets the terminal back, was
 * started.
 * Return: 0, or -BERR_RELAY: the script reads no input.
 */
int input_open(struct input *in, const char *module, struct err *e);

/**
 * input_relay() - read what there is, once, and pass it on a character at a time
 *
 * What a handler fails at or skips is told by the session; here it is passed over.
 */
void input_relay(struct input *in);

/** input_restore() - a terminal as it was before input_open() */
void input_restore(const struct input *in);

void input_close(struct input *in);

#endif
