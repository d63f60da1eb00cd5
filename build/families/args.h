/* SPDX-License-Identifier: GPL-2.0-only */
/* Which word of a function's arguments a parameter is. */
#ifndef BUILD_FAMILIES_ARGS_H
#define BUILD_FAMILIES_ARGS_H

#include "build/debuginfo/btf.h"

/**
 * struct arg_slots - places taken so far, of parameters in order
 *
 * System V ABI for x86-64, section 3.2.3.  Kernel code has no floating-point
 * arguments, so every small struct is of class INTEGER.
 */
struct arg_slots {
	unsigned int regs;  /* of 6 */
	unsigned int stack; /* 8-byte words */
};

#define ARG_NONE_AVAILABLE (-1)

/**
 * args_place() - the next parameter, of @type
 * Return: number of its only word (0 to 5: registers, then the stack), or
 * ARG_NONE_AVAILABLE.
 */
int args_place(const struct btfv *b, uint32_t type, struct arg_slots *s);

#endif
