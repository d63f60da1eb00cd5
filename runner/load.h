/* SPDX-License-Identifier: GPL-2.0-only */
/* From a bundle on disk to the bytes of this kernel's module. */
#ifndef RUNNER_LOAD_H
#define RUNNER_LOAD_H

#include "runner/fallback.h"
#include "runner/kernel.h"
#include "runner/opts.h"
#include "runner/preflight.h"
#include "bundle/reader.h"

#include <stdbool.h>
#include <stdint.h>

struct err;
struct policy;

/** struct load_param - a checked var=value; @value points to @num or to argv */
struct load_param {
	const char *name, *value;
	char num[24];
};

/**
 * struct load - zero-initialise
 * @bundle: in its own mapping, given back by load_release()
 * @target: in @bundle; not valid after load_release()
 * @is_fallback: it is that of another kernel; @refused: such that the kernel refused
 * @image, @image_len: the module with its kernel signature; same
 * @ksig: the bundle's kernel signatures of this module, in the order in which they
 *        are tried: first the @nknown whose signers /proc/keys shows
 * @only_known: no other is tried: a kernel that does not insist would take it unread
 * @name, @release: copies that stay valid
 * @load_dir: of the policy, NULL = load from memory
 * @run_ns, @out_bytes: signed limits of the bundle, 0 = none
 */
struct load {
	struct bundle *bundle;
	const struct manifest_target *target;
	uint8_t *image;
	size_t image_len, image_cap;
	char skids[160];
	uint32_t ksig[BUNDLE_TARGET_KSIGS_MAX], nknown;
	bool only_known, is_fallback;
	const struct manifest_target *refused[FALLBACK_TRIES];
	unsigned int nrefused;
	const char *load_dir;
	struct kernel kernel;
	struct preflight preflight;
	char name[BUNDLE_MODULE_MAX + 1];
	uint64_t run_ns, out_bytes;
	unsigned int nparams;
	struct load_param params[BUNDLE_PARAMS_MAX];
};

/**
 * load_open() - trusted keys, signature, manifest
 * @p: thresholds, fleet, keys and what expiry means
 * @newest: latest `created` of what this host has run: no clock is below it
 *
 * Return: 0, -BERR_* or ERR_*.
 */
int load_open(struct load *l, const struct opts *o, const struct policy *p,
	      uint64_t newest, struct err *e);

/** load_params() - check each var=value against what the script declares */
int load_params(struct load *l, const struct opts *o, struct err *e);

/**
 * load_pick() - this kernel's target, and whether this taprun can serve it
 * @o, @p: may it be that of a sibling?
 *
 * Return: 0, what target_pick() says, -BERR_POLICY, -BERR_FEATURE.
 */
int load_pick(struct load *l, const struct opts *o, const struct policy *p,
	      struct err *e);

/**
 * load_next() - the kernel refused the sibling's module: unpack the next that fits
 *
 * Of two neighbours one may have the kernel's CRCs and the other not, and only the
 * kernel knows its CRCs.
 * Return: 0, or -BERR_NO_KERNEL, or what load_unpack() says.
 */
int load_next(struct load *l, struct err *e);

/** load_unpack() - the module's bytes, every digest of the bundle compared */
int load_unpack(struct load *l, struct err *e);

/**
 * load_check_free() - is no module of that name loaded?
 * Return: 0, or -BERR_LOADED with the process that uses it.
 */
int load_check_free(const struct load *l, struct err *e);

/**
 * load_insert() - into the kernel; -BERR_*
 *
 * Where the kernel takes none of several signatures, the reason is that for the first.
 */
int load_insert(struct load *l, struct err *e);

/** load_release() - give back bundle and image; name and params stay */
void load_release(struct load *l);

#endif
