/* SPDX-License-Identifier: GPL-2.0-only */
/* A module of another kernel, where all it relies on is the same here. */
#ifndef RUNNER_FALLBACK_H
#define RUNNER_FALLBACK_H

#include "bundle/manifest.h"

#include <stdbool.h>
#include <stddef.h>

struct err;
struct target_host;

/* So many are looked at, the nearest first: a kernel is a sibling of few. */
#define FALLBACK_TRIES 8

/**
 * fallback_pick() - after target_pick() knew no target for @h
 * @without: @n targets that are not looked at: the kernel refused them
 * @ret: a target whose every requirement holds here, the nearest of those
 * @e: what target_pick() said; why the nearest does not fit is added to its text
 *
 * Reads the kernel's types and, for probed functions, its symbols, some 15 MB that are
 * given back.  What the kernel itself compares when it loads a module, flags of its
 * build and CRCs of the symbols, is left to it.
 * Return: 0, or @e's code.
 * Source: bundle/FORMAT.md section 12; /sys/kernel/btf/vmlinux
 * (Documentation/ABI/testing/sysfs-kernel-btf), /proc/kallsyms.
 */
int fallback_pick(const struct manifest *m, const struct target_host *h,
		  const struct manifest_target *const *without, unsigned int n,
		  const struct manifest_target **ret, struct err *e);

/**
 * fallback_check() - does every requirement of @t hold for these bytes?
 * @btf, @syms: of this kernel; @syms NULL where no function is asked for
 * @index: rely_index_entries(@btf_len) numbers
 * @why: RELY_TEXT_MAX bytes: the first that does not
 */
bool fallback_check(const struct manifest *m, const struct manifest_target *t,
		    const void *btf, size_t btf_len, uint32_t *index,
		    const char *syms, char *why);

/** fallback_flags() - do the flags of a vermagic go with what uname -v tells of them?
 *  @why: as above */
bool fallback_flags(const char *vermagic, const char *version, char *why);

#endif
