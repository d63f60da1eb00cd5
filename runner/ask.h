/* SPDX-License-Identifier: GPL-2.0-only */
/* What a client asks of the broker, as text: the only bytes of it that are parsed. */
#ifndef RUNNER_ASK_H
#define RUNNER_ASK_H

#include <stddef.h>

struct err;
struct opts;

/* One message holds all of it. */
#define ASK_BYTES_MAX 16384
#define ASK_NAME_MAX  64
#define ASK_HEAD      "tap-serve: 1\n"

/**
 * ask_format() - the request of command line @o
 * @buf: ASK_BYTES_MAX bytes
 *
 * Return: its length, or ERR_INVALID.
 */
int ask_format(char *buf, const struct opts *o, struct err *e);

/**
 * ask_parse() - a request as the options of a run
 * @text: @n bytes, which are cut in place and have to stay
 *
 * Lines "key: value" as in a policy, the first is ASK_HEAD; each key once but
 * "param"; unknown keys refuse.  Nothing that is not here can be asked for: no
 * file, no command, no key directory.
 * Return: 0, or ERR_INVALID ("request line N: ...").
 * Source: runner/POLICY.md, "The broker".
 */
int ask_parse(struct opts *o, char *text, size_t n, struct err *e);

#endif
