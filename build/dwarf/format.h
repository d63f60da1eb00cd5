/* SPDX-License-Identifier: GPL-2.0-only */
/* The bytes of a debug index: what dindex.c writes and dwx*.c read. */
#ifndef BUILD_DWARF_FORMAT_H
#define BUILD_DWARF_FORMAT_H

#include "build/kit/kit_file.h"

#include <stdint.h>

#define DX_VERSION 2

/*
 * The file is a struct kf_header file (build/kit/kit_file.h) with these sections;
 * "info" has release and build-id.  README.md of this room tells the whole.
 */
#define DX_INFO KF_DEBUG /* struct dx_info */
#define DX_BINS \
	"dwbins" /* struct dx_bin: vmlinux first, then modules by name */
#define DX_DOMS	  "dwdoms"   /* struct dx_blob: of domains */
#define DX_BLOCKS "dwblocks" /* struct dx_blob: of several units each */
#define DX_FRAMES "dwframes" /* struct dx_frame */
#define DX_DATA	  "dwdata"   /* what the frames are in */

/**
 * struct dx_frame - a piece of "dwdata", unpacked as a whole: see dcol.h
 * @kind: enum dcol_kind
 */
struct dx_frame {
	uint64_t off;
	uint32_t zlen, len;
	uint32_t kind, reserved;
};

/** struct dx_blob - a piece of a frame; @off: a multiple of 8 */
struct dx_blob {
	uint32_t frame, off, len;
};

/**
 * struct dx_info - one row
 * @btf: first 8 bytes of the SHA-256 of the kernel's .BTF, which type ids are of
 * @str: first of @nstr frames of DX_STRS strings each, NUL-terminated; the last
 *       may have fewer; string 0 is ""
 * @proto: likewise of DX_PROTOS protos each
 */
struct dx_info {
	uint32_t version, reserved, str, nstr, proto, nproto;
	uint64_t btf;
	uint64_t bodies, inlined, vars, located, labels, calls, lines, scopes;
};

/**
 * struct dx_bin - vmlinux or a module
 * @name, @build_id: in the file's section of strings; all others are numbers
 * @dir: its directory: struct dx_dir; @types: split BTF over its own; or len 0
 * @pieces: 1: tables of the directory have frames of their own
 */
struct dx_bin {
	uint32_t name, build_id;
	struct dx_blob dir, types;
	uint32_t dom, ndom;	/* in "dwdoms" */
	uint32_t block, nblock; /* in "dwblocks" */
	uint32_t pieces, reserved;
};

/** struct dx_sect - a section of a module: [base, base+size) are its addresses */
struct dx_sect {
	uint64_t base, size;
	uint32_t name, reserved;
};

enum dx_table {
	DX_UNITS,
	DX_FUNCS,
	DX_REFS,
	DX_ADDRS,
	DX_VARS,
	DX_FILES,
	DX_FUNITS,
	DX_SECTS,
	DX_NTABLES
};

/**
 * struct dx_dir - head of a directory
 * @n: rows of each table
 * @at: where they are: behind each other, each at a multiple of 8 bytes of the
 *      directory; or, in pieces, the first of its frames, of DX_ROWS rows each
 *
 * funcs by (name, file, line), vars by (name, file, line, unit), files by name,
 * addrs by lo.
 */
struct dx_dir {
	uint32_t n[DX_NTABLES], at[DX_NTABLES];
};

extern const uint32_t dx_row_bytes[DX_NTABLES];

struct dx_unit {
	uint32_t name, lang, dom, block, off, len;
};

#define DX_FUNC_EXTERNAL 1
#define DX_FUNC_INLINE	 2 /* declared or taken for inline: DW_AT_inline 1, 3 */
#define DX_FUNC_NORETURN 4
#define DX_FUNC_VARARGS	 8

/** struct dx_func - one function of the sources: what has this name there */
struct dx_func {
	uint32_t name, file, line, flags;
	uint32_t ref, nref;
};

#define DX_REF_INLINE 0x80000000u /* @off is in the instance part, not bodies */
#define DX_REF_NONE   0x7fffffffu /* an address range of a unit, in no function */
struct dx_ref {
	uint32_t unit, off;
};

struct dx_addr {
	uint64_t lo;
	uint32_t len, ref; /* ref: number in refs, or DX_REF_NONE */
};

struct dx_var {
	uint32_t name, file, line, unit, off, reserved;
};

struct dx_file {
	uint32_t name, unit, nunit, reserved; /* unit: in funits */
};

/*
 * A domain, unpacked: u32 nstr, ntype, nexpr, nproto; then the u32 tables
 * str[nstr] (file's strings), type[ntype] (BTF ids), proto[nproto] (numbers of
 * protos in the file); u length of each expression, and their bytes.  Numbers
 * below are in these.
 *
 * A frame of protos, unpacked: these.  Proto i is number i % DX_PROTOS of frame
 * i / DX_PROTOS.  In them strings and types are the file's, so that what a header
 * declares is there once for all modules.
 *
 * A unit image: u32 lengths of DX_PARTS parts, then these.  u = uleb, s = zigzag;
 * lo and hi: first address of the scope's first range, last of its last.
 *
 *   head      u base, n, n × u proto (of the domain; from here on numbered as
 *             they stand here)
 *   bodies, instances, variables: below
 *   lines     u n; if not 0: s first address - base; n × { u delta << 3 |
 *             DX_LINE_*, u file if it is new, s line - line before }
 *
 *   proto     u name, linkage name, file, line, flags, type, nvars;
 *             nvars × { u name, type, line, flags }
 *   body      u proto, s entry - base, ranges(entry), u prologue - entry,
 *             location (frame base), scope; its lo is the entry
 *   ranges(x) u n; n × { s begin - x, u length; x is then that range's end };
 *             length 0: to the hi of what is around; none: as what is around
 *   scope     u n × var; u n × { u name, s pc - lo };
 *             u n × { u callee, s (return pc - x) << 1 | is tail call; x is lo,
 *             then the return pc before };
 *             u n × child
 *   var       u 2i+1: variable i of the proto, or u 0, name, type, line, flags;
 *             then a location (dloc.h)
 *   child     u 0, ranges(y), scope: a block
 *             u 1, ranges(y), u proto, call file + 1 (0: that of the function
 *             around), s call line - z, s pc - its own lo, scope: inlined
 *             y: lo of the child before, or of the scope; z: call line of the
 *             inlined child before, or line of the function around
 *   instance  u proto, n; n × { u body - body before, u ordinal }: the
 *             ordinal-th inlined function of the body, as they stand there
 *   variable  u name, type, flags; location (lo = hi = 0)
 */
enum dx_part {
	DX_PART_HEAD,
	DX_PART_BODIES,
	DX_PART_INSTANCES,
	DX_PART_VARS,
	DX_PART_LINES,
	DX_PARTS
};

#define DX_LINE_STMT 1
#define DX_LINE_END  2
#define DX_LINE_FILE 4 /* its file is another one than the row's before */

#define DX_ROWS	  4096
#define DX_STRS	  4096
#define DX_PROTOS 1024

#define DX_VAR_PARAM	  1
#define DX_VAR_ARTIFICIAL 2
#define DX_VAR_EXTERNAL	  4 /* visible outside its unit */
#define DX_VAR_STATIC	  8 /* in a function, but with an address of its own */

#define DX_CHILD_BLOCK	0
#define DX_CHILD_INLINE 1

#endif
