/* SPDX-License-Identifier: GPL-2.0-only */
/* Does a module say about itself what the manifest says about it? */
#ifndef BUILD_PACK_KO_IDENT_H
#define BUILD_PACK_KO_IDENT_H

#include <stddef.h>

struct err;
struct manifest_target;

/**
 * ko_ident_check() - compare machine, and name and vermagic of .modinfo
 *
 * Return: 0, -BERR_KO_IDENTITY.
 * Source: include/linux/moduleparam.h, __MODULE_INFO ("tag=value" NUL ...).
 */
int ko_ident_check(const struct manifest_target *t, const void *ko, size_t n,
		   struct err *e);

#endif
