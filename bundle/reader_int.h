/* SPDX-License-Identifier: GPL-2.0-only */
/* The reader's steps, for what only the builder reads: parts nobody signed. */
#ifndef BUNDLE_READER_INT_H
#define BUNDLE_READER_INT_H

#include "bundle/reader.h"

/** reader_front() - steps 1 to 4 and the syntax of step 5; @off is behind them */
int reader_front(struct bundle *b, int fd, const char *name, uint64_t *off,
		 struct err *e);
/** reader_parse() - step 7 */
int reader_parse(struct bundle *b, struct err *e);
/** reader_container() - step 9, from @off */
int reader_container(struct bundle *b, uint64_t off, struct err *e);

#endif
