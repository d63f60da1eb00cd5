/* SPDX-License-Identifier: GPL-2.0-only */
/* Which module of a bundle is for this kernel. */
#ifndef BUNDLE_TARGET_H
#define BUNDLE_TARGET_H

#include "bundle/limits.h"

#include <stddef.h>
#include <stdint.h>

struct err;
struct manifest;
struct manifest_target;

/**
 * struct target_host - the running kernel
 * @machine, @release, @version: uname(2)
 * @build_id: bytes of its NT_GNU_BUILD_ID
 * @build_id_len: 0 when the kernel has none
 */
struct target_host {
	const char *machine, *release, *version;
	uint8_t build_id[BUNDLE_BUILD_ID_MAX];
	size_t build_id_len;
};

/**
 * target_notes_build_id() - find NT_GNU_BUILD_ID in the bytes of
 *                           /sys/kernel/notes (or an ELF note section)
 * @h: build_id and build_id_len are set; length 0 when there is no such note
 *
 * Return: 0, or -BERR_FORMAT when the notes are malformed.
 * Source: System V ABI, chapter 5 "Note Section".
 */
int target_notes_build_id(const void *notes, size_t n, struct target_host *h,
			  struct err *e);

/**
 * target_pick() - the target for host @h
 * @ret: set when 0 is returned; it has a module
 *
 * Build-ids decide.  A target without one is taken only when release and
 * version are the same text.  Text and hint name the nearest kernel.
 * Return: 0, -BERR_NO_KERNEL, -BERR_KERNEL_UNSUPPORTED (with the signed
 * reason), -BERR_BUILD_ID, or -BERR_FORMAT when two targets match.
 */
int target_pick(const struct manifest *m, const struct target_host *h,
		const struct manifest_target **ret, struct err *e);

/** target_nearest() - the target with a module whose release is closest, or
 *  NULL when none has the machine */
const struct manifest_target *target_nearest(const struct manifest *m,
					     const char *machine,
					     const char *release);

/** target_near() - the same, without the @n in @without */
const struct manifest_target *
target_near(const struct manifest *m, const char *machine, const char *release,
	    const struct manifest_target *const *without, unsigned int n);

/**
 * target_release_cmp() - total order of kernel releases
 *
 * Runs of digits compare as numbers, all else byte by byte; equal texts only
 * are equal.  Not strverscmp(3): libraries differ in it, and the order of
 * targets is checked by the reader.
 */
int target_release_cmp(const char *a, const char *b);

/** target_cmp() - order of targets in a manifest: machine, flavour, release,
 *  build-id, version */
int target_cmp(const struct manifest_target *a,
	       const struct manifest_target *b);

#endif
