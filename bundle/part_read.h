/* SPDX-License-Identifier: GPL-2.0-only */
/* A bundle inside a part, before anybody signs it.  Builder only. */
#ifndef BUNDLE_PART_READ_H
#define BUNDLE_PART_READ_H

#include "bundle/reader.h"

/**
 * bundle_open_unsigned() - as bundle_open_fd(), of a bundle without signatures
 *
 * Everything but signatures, times and audience is checked as always.  Who the
 * bytes are from is not known: only for what the operator names himself.
 * Return: 0, -BERR_* (-BERR_CONTAINER where there is a signature), ERR_IO.
 */
int bundle_open_unsigned(struct bundle *b, int fd, const char *name,
			 struct err *e);

#endif
