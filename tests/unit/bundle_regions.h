/* SPDX-License-Identifier: GPL-2.0-only */
/* The regions of a bundle, and what an altered bit in each may give. */
#ifndef TESTS_UNIT_BUNDLE_REGIONS_H
#define TESTS_UNIT_BUNDLE_REGIONS_H

#include "bundle/limits.h"
#include "bundle/reader.h"
#include "bundle/tar.h"

enum region {
	R_HEAD,
	R_MANIFEST,
	R_SIGHEAD,
	R_SIGS,
	R_OTHER_HEAD,
	R_MEMBER,
	R_PADDING,
	R_COUNT
};

static const struct {
	const char *name;
	int codes[4]; /* what a flip there may give */
} regions[R_COUNT] = {
	{ "first header", { BERR_FORMAT } },
	{ "manifest", { BERR_NO_SIGNATURE } },
	{ "header of signatures", { BERR_CONTAINER } },
	{ "signatures", { BERR_NO_SIGNATURE, BERR_FORMAT } },
	{ "other header", { BERR_CONTAINER } },
	{ "member", { BERR_PACK_HASH } },
	{ "padding", { BERR_CONTAINER } },
};

static inline enum region region_of(const struct bundle *b, uint64_t off)
{
	uint64_t sig = TAR_BLOCK + tar_padded(b->manifest_len);

	if (off < TAR_BLOCK)
		return R_HEAD;
	if (off < TAR_BLOCK + b->manifest_len)
		return R_MANIFEST;
	if (off < sig)
		return R_PADDING;
	if (off < sig + TAR_BLOCK)
		return R_SIGHEAD;
	if (off < sig + TAR_BLOCK + b->signatures_len)
		return R_SIGS;
	for (uint32_t i = 0; i < b->man.nmembers; i++) {
		const struct manifest_member *m = &b->man.members[i];

		if (off < m->offset - TAR_BLOCK)
			return R_PADDING;
		if (off < m->offset)
			return R_OTHER_HEAD;
		if (off < m->offset + m->size)
			return R_MEMBER;
	}
	return R_PADDING;
}

static inline bool is_expected(enum region r, int code)
{
	for (int i = 0; i < 4; i++)
		if (code < 0 && regions[r].codes[i] == -code)
			return true;
	return false;
}

#endif
