/* SPDX-License-Identifier: GPL-2.0-only */
/* Times in the name of an output file: -o trace-%F-%H%M.log */
#ifndef RUNNER_OUTNAME_H
#define RUNNER_OUTNAME_H

#include <stddef.h>
#include <stdint.h>

struct err;

/** outname_check() - 0, or ERR_INVALID: a conversion that is none of them */
int outname_check(const char *pattern, struct err *e);

/**
 * outname_expand() - the conversions of strftime(3) that outname.c lists, in UTC
 * @unix_s: the time; before 1970 is 1970
 *
 * UTC because a time zone is a file or a variable of the host, and taprun reads
 * neither.  No conversion gives a '/'.
 * Return: the length, or -1 with errno ENAMETOOLONG.
 */
int outname_expand(char *buf, size_t cap, const char *pattern, uint64_t unix_s);

#endif
