/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of C's number types. */
#ifndef BUILD_ELAB_CNUMBER_H
#define BUILD_ELAB_CNUMBER_H

#include <stdint.h>

struct btfv;

/** cnumber_find() - id of "int", "unsigned long", "long int", "_Bool" …; 0: none in @b
 *  Words may stand in any order, as in C; gcc's and clang's spelling are both found. */
uint32_t cnumber_find(const struct btfv *b, const char *name);

#endif
