/* SPDX-License-Identifier: GPL-2.0-only */
/* Is the unpacked file the module that the manifest speaks of? */
#ifndef RUNNER_KOID_H
#define RUNNER_KOID_H

#include <stddef.h>

struct err;

/**
 * koid_check() - compare a module's .modinfo with what is expected
 * @ko, @n: the module file
 * @name: its name; compared when .modinfo has one (kernels since 4.13)
 * @vermagic: as in the manifest, or NULL to leave it to the kernel
 *
 * Every module in `depends` must be loaded: taprun loads no other module.
 * Return: 0, -BERR_KO_IDENTITY, -BERR_SYMBOLS (a needed module is missing).
 * Source: System V ABI chapter 4; modinfo(8).
 */
int koid_check(const void *ko, size_t n, const char *name, const char *vermagic,
	       struct err *e);

#endif
