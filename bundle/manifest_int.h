/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the two halves of the manifest parser: lines and cross checks. */
#ifndef BUNDLE_MANIFEST_INT_H
#define BUNDLE_MANIFEST_INT_H

#include "bundle/line.h"
#include "bundle/manifest.h"
#include "bundle/tar.h"

/**
 * struct man_parse - a manifest being read
 * @t: the current target
 * @more: there is a current line in @l
 * @first_pack: index of member tap-1/pack-0000
 * @pack, @pack_end: pack being filled and the end of its last module, padded
 * @ksig_end: end of the last kernel signature
 */
struct man_parse {
	struct lines l;
	struct manifest *m;
	struct manifest_target *t;
	bool more;
	uint32_t first_pack;
	uint32_t pack;
	uint64_t pack_end, ksig_end;
};

/** man_param() - "NAME int64 DEFAULT MIN MAX" or "NAME string[LEN] =DEFAULT" */
int man_param(struct man_parse *p, struct manifest_param *pa, char *v,
	      struct err *e);
/** man_member() - name, place and size of the member just read */
int man_member(struct man_parse *p, struct manifest_member *mb, struct err *e);
/** man_place_ko() - the module must be exactly where the pack's tar has it */
int man_place_ko(struct man_parse *p, struct err *e);
/* After a stanza, and after the text. */
int man_check_head(struct man_parse *p, struct err *e);
int man_check_target(struct man_parse *p, struct err *e);
int man_check_end(struct man_parse *p, struct err *e);

#endif
