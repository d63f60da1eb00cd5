/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpeeled BTF types, for the files of this room only. */
#ifndef BUILD_DEBUGINFO_BTF_RAW_H
#define BUILD_DEBUGINFO_BTF_RAW_H

#include "bundle/base/cur.h"

#include <linux/btf.h>
#include <stdbool.h>
#include <stdint.h>

struct btfv;

/**
 * struct btf_raw - the fixed part of one type and a cursor over what follows it
 * @own: the blob the type is in: the view asked, or one of its bases
 */
struct btf_raw {
	uint32_t name_off, info, size_or_type;
	const struct btfv *own;
	struct cur rest;
};

static inline uint32_t btf_raw_kind(const struct btf_raw *r)
{
	return BTF_INFO_KIND(r->info);
}

static inline uint32_t btf_raw_vlen(const struct btf_raw *r)
{
	return BTF_INFO_VLEN(r->info);
}

static inline bool btf_raw_kflag(const struct btf_raw *r)
{
	return BTF_INFO_KFLAG(r->info);
}

/** btf_raw_at() - the type at byte @off of the type section of @b itself */
struct btf_raw btf_raw_at(const struct btfv *b, uint32_t off);
/** btf_raw_type() - by id; BTF_KIND_UNKN for void and ids that do not exist */
struct btf_raw btf_raw_type(const struct btfv *b, uint32_t id);
/** btf_raw_str() - string at @off, "" when there is none */
const char *btf_raw_str(const struct btfv *b, uint32_t off);

#endif
