/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the two halves of the writer: bytes and manifest text. */
#ifndef BUNDLE_WRITE_INT_H
#define BUNDLE_WRITE_INT_H

#include "build/base/buf.h"
#include "build/base/vec.h"
#include "bundle/target.h"
#include "bundle/write.h"

/** struct write_target - a target on its way; @m has what the manifest says */
struct write_target {
	struct manifest_target m;
	const struct bundle_target *in;
};

struct write_member {
	enum manifest_member_kind kind;
	const char *name;
	struct buf data;
	uint64_t raw_size; /* packs */
	uint8_t raw_sha256[32];
};

/** struct writer - one bundle being made; targets and scripts are sorted */
struct writer {
	struct arena *a;
	const struct bundle_spec *spec;
	struct bundle_script *scripts;
	size_t nscripts;
	VEC(struct write_target) targets;
	VEC(struct write_member) members;
	uint32_t npacks;
};

/** write_manifest() - the text, with bundle-id */
int write_manifest(struct writer *w, struct buf *out, struct err *e);

/** write_clean() - free text as the format holds it: one line, printable, no
 *  blanks at its ends, at most 400 bytes; @none when nothing is left */
const char *write_clean(struct arena *a, const char *s, const char *none);

#endif
