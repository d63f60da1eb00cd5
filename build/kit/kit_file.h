/* SPDX-License-Identifier: GPL-2.0-only */
/* The store form of a kit: header, section table, aligned sections. */
#ifndef BUILD_KIT_KIT_FILE_H
#define BUILD_KIT_KIT_FILE_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/map.h"
#include "build/base/vec.h"

#include <stddef.h>
#include <stdint.h>

struct err;

#define KF_MAGIC     "TAPKIT\r\n" /* 8 bytes: text-mode copies show at once */
#define KF_VERSION   1
#define KF_NAME_MAX  40
#define KF_MAX_SECTS 128
#define KF_MAX_BYTES ((uint64_t)512 << 20)
#define KF_ID_BYTES  32

/**
 * struct kf_header - start of the file; all numbers little endian
 * @size: of the whole file, bytes
 * @id: SHA-256 of the whole file with these 32 bytes zero
 */
struct kf_header {
	char magic[8];
	uint32_t version, nsect;
	uint64_t size;
	uint64_t reserved;
	uint8_t id[KF_ID_BYTES];
};

/** struct kf_sect - one row of the table after the header, sorted by name */
struct kf_sect {
	char name[KF_NAME_MAX]; /* NUL-padded, at most 39 characters */
	uint64_t off, len;	/* off is a multiple of 8 */
};

/*
 * Sections.  Names of things are offsets into "strings".  Tables are sorted by
 * name unless said otherwise.
 */
#define KF_STRINGS  "strings"  /* NUL-terminated strings; [0] is "" */
#define KF_INFO	    "info"     /* kf_pair: key, value */
#define KF_CONFIG   "config"   /* kf_pair: CONFIG_X, value */
#define KF_FACTS    "facts"    /* kf_num */
#define KF_FUNCS    "funcs"    /* kf_func, by (name, addr) */
#define KF_SYMS	    "syms"     /* kf_sym, by (name, addr) */
#define KF_EXPORTS  "exports"  /* kf_export */
#define KF_TPS	    "tps"      /* kf_tp */
#define KF_MTPS	    "mtps"     /* kf_mtp, by (name, module) */
#define KF_MODULES  "modules"  /* kf_module */
#define KF_MODBTF   "modbtf"   /* zstd frames of several modules' .BTF */
#define KF_MODFUNCS "modfuncs" /* kf_modfuncs, one for each of "modules" */
#define KF_MODFN    "modfn"    /* zstd frames of several modules' functions */
#define KF_BTF	    "btf"      /* the kernel's .BTF */
#define KF_BTFIDX   "btfidx"   /* btf_make_index() */
#define KF_CFLAGS   "cflags"   /* u32 string offsets, in order */
#define KF_OBJTOOL  "objtool"  /* likewise: arguments */
#define KF_LDFLAGS  "ldflags"  /* likewise: of the final ld -r */
#define KF_PARTS    "parts"    /* kf_part: the runtime's objects; core first */
#define KF_DEFS	    "defs" /* kf_num: symbol of the runtime, index of its part */
#define KF_NEEDS    "needs"   /* kf_need */
#define KF_MODINFO  "modinfo" /* raw strings */
#define KF_HFLAGS   "hflags"  /* as cflags: flags of C with kernel headers */
#define KF_HEADERS  "headers" /* headers_pack() */
#define KF_CONSTS   "consts"  /* struct recipe's consts */
#define KF_RUNTIME  "runtime" /* one kf_runtime */
#define KF_TOOL	    "tool."   /* prefix: tool.objtool, tool.module.lds … */
#define KF_LIB	    "lib."    /* prefix: loader and libraries of the tools */

/* Objects of the runtime: KF_TOOL NAME KF_OBJECT; no other tool is called so. */
#define KF_OBJECT ".o"

/*
 * A debug index (build/dwarf) is a file of the same form, beside its kits: with
 * "info" (release, build-id) and this section, and without what a kit needs.
 */
#define KF_DEBUG "dwinfo"
/* And so is what a kit's kernel lists (build/elab/lst.h). */
#define KF_LISTING "lsinfo"

/**
 * struct kf_runtime - which runtime the kit was made with
 * @strings: bytes of the string section that do not depend on it; the sections
 *           that do are this one, "facts", "parts", "defs", "needs", the objects and
 *           the other strings
 * @id: string, rtobj_source_id()
 */
struct kf_runtime {
	uint32_t strings, id;
};

struct kf_pair {
	uint32_t key, val; /* strings */
};

struct kf_num {
	uint32_t name, num;
};

#define KF_PART_HOOKS 1
/** struct kf_part - @needs: bits of the parts that come with it, itself included */
struct kf_part {
	uint32_t name, flags;
	uint64_t needs;
};

/** struct kf_need - a symbol of the kernel; @parts: bits of those that want it */
struct kf_need {
	uint32_t name, crc;
	uint64_t parts;
};

/**
 * struct kf_func - sorted by (name, addr)
 * @flags: KIT_FN_*; above KF_FUNC_SHOWN bits the row of what the kernel's own table
 *         has first at @addr, plus 1, or 0 for this one
 */
#define KF_FUNC_SHOWN 8
struct kf_func {
	uint64_t addr;
	uint32_t name, size, btf, flags;
};

struct kf_sym {
	uint64_t addr;
	uint32_t name, type;
};

#define KF_EXPORT_GPL 1
struct kf_export {
	uint32_t name, crc, flags;
	uint32_t module; /* string: "vmlinux", "fs/xfs/xfs" */
};

#define KF_TP_NAMES 1
struct kf_tp {
	uint64_t addr;
	uint32_t name, proto, flags, system; /* system: string, "" = none */
};

/** struct kf_mtp - a tracepoint of a module; all strings */
struct kf_mtp {
	uint32_t name, system, module;
};

/**
 * struct kf_module - one module of the packages
 * @deps: string, comma-separated names of the modules it needs directly
 * @off, @zlen: in "modbtf", the zstd frame of its group; 0 when it has no types
 * @group_len: bytes the frame unpacks to
 * @raw_off, @raw_len: its .BTF in there
 */
struct kf_module {
	uint32_t name, path, deps, build_id; /* strings */
	uint64_t off;
	uint32_t zlen, group_len, raw_off, raw_len;
};

/**
 * struct kf_modfuncs - functions of one module (build/kit/modfuncs.c)
 * @off, @zlen: in "modfn", the zstd frame of its group
 * @group_len: bytes the frame unpacks to
 * @raw_off, @raw_len: its table in there; 0 when it has no functions
 */
struct kf_modfuncs {
	uint64_t off;
	uint32_t zlen, group_len, raw_off, raw_len;
};

/* ---- writing -------------------------------------------------------------- */

/**
 * struct kf_writer - collects sections in memory; kfw_deinit() frees
 *
 * The bytes depend on the contents alone: sections are sorted by name, strings
 * keep the order in which they were first asked for.
 */
struct kf_writer {
	struct arena *a;
	struct buf strings;
	struct map index; /* string -> offset + 1 */
	VEC(struct kfw_sect) sect;
};

struct kfw_sect {
	const char *name;
	struct buf data;
};

void kfw_init(struct kf_writer *w, struct arena *a);
void kfw_deinit(struct kf_writer *w);
/** kfw_str() - offset of @s in the string section */
uint32_t kfw_str(struct kf_writer *w, const char *s);
/**
 * kfw_strings() - take over the first @n bytes of another kit's strings
 *
 * For a writer that has none yet.  Return: 0, ERR_FORMAT (they end within one).
 */
struct kf_view;
int kfw_strings(struct kf_writer *w, const struct kf_view *from, size_t n,
		struct err *e);
/** kfw_section() - the (empty, new) buffer of section @name; no other may be open */
struct buf *kfw_section(struct kf_writer *w, const char *name);
/** kfw_list() - a section of string offsets */
void kfw_list(struct kf_writer *w, const char *name, const char *const *v,
	      size_t n);
/** kfw_finish() - the whole file; id as 64 hex digits in @id (65 bytes) */
int kfw_finish(struct kf_writer *w, struct buf *out, char *id, struct err *e);

/* ---- reading -------------------------------------------------------------- */

/** struct kf_view - a checked view of one file; borrows the bytes */
struct kf_view {
	const uint8_t *p;
	size_t len;
	const struct kf_sect *sect;
	size_t nsect;
	const char *str;
	size_t str_len;
};

/**
 * kf_open() - check the header and section table; O(sections)
 * Return: 0, ERR_FORMAT, ERR_TRUNCATED, ERR_UNSUPPORTED (another version).
 */
int kf_open(struct kf_view *v, const void *p, size_t n, struct err *e);
/** kf_check() - recompute the id; ERR_CORRUPT when it differs */
int kf_check(const struct kf_view *v, struct err *e);
/** kf_section() - bytes of a section; NULL (and 0) when there is none */
const void *kf_section(const struct kf_view *v, const char *name, size_t *len);
/** kf_info() - value of @key in the section "info", or "" */
const char *kf_info(const struct kf_view *v, const char *key);
/** kf_table() - a section of fixed-size rows; *n rows, NULL when absent or odd */
const void *kf_table(const struct kf_view *v, const char *name, size_t row,
		     size_t *n);
/** kf_str() - string at @off, "" when outside */
const char *kf_str(const struct kf_view *v, uint32_t off);
/**
 * kf_lower() - first row whose u32 name at @name_off is not below @name
 *
 * @rows: table sorted by that name; @row: its row size in bytes
 */
size_t kf_lower(const struct kf_view *v, const void *rows, size_t n, size_t row,
		size_t name_off, const char *name);
/** kf_id_hex() - the id in the header as 64 digits plus NUL */
void kf_id_hex(const struct kf_view *v, char ret[65]);

struct kit;
/** kit_view() - the file behind an open kit */
const struct kf_view *kit_view(const struct kit *k);

#endif
