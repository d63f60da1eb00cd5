/* SPDX-License-Identifier: GPL-2.0-only */
/* Which function of the kernel has code at an address. */
#ifndef BUILD_FAMILIES_SYMAT_H
#define BUILD_FAMILIES_SYMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kit;
struct kit_func;

/**
 * struct symat - asks one kit, a few times or very often
 * @row: all functions by address, made when it has been asked often
 */
struct symat {
	const struct kit *k;
	struct symat_row *row;
	size_t nrows, asked;
};

void symat_deinit(struct symat *s);

/** symat_find() - of the functions with code at @addr the first by name */
bool symat_find(struct symat *s, uint64_t addr, struct kit_func *ret);
/** symat_holds() - is @addr in @f? */
bool symat_holds(const struct kit_func *f, uint64_t addr);

#endif
