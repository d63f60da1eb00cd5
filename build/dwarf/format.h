/* SPDX-License-Identifier: GPL-2.0-only */
/* The bytes of a debug index: what dindex.c writes and dwx*.c read. */
#ifndef BUILD_DWARF_FORMAT_H
#define BUILD_DWARF_FORMAT_H

#include "build/kit/kit_file.h"

#include <stdint.h>

#define DX_VERSION 1

/*
 * The file is a struct kf_header file (build/kit/kit_file.h) with these sections.
 * "strings" is shared by all of it; "info" has release and build-id.  README.md of this room tells the whole.
 */
#define DX_INFO KF_DEBUG /* struct dx_info */
#define DX_BINS \
	"dwbins" /* struct dx_bin: vmlinux first, then modules by name */
#define DX_DOMS	       "dwdoms"	  /* struct dx_blob: of domains */
#define DX_BLOCKS      "dwblocks" /* struct dx_blob: of unit and line images */
#define DX_PROTOBLOCKS "dwprotos" /* struct dx_blob: of protos */
#define DX_DATA	       "dwdata"	  /* what the blobs are in */

/**
 * struct dx_blob - a piece of "dwdata"
 * @zlen: bytes there; equal to @len: not compressed
 */
struct dx_blob {
	uint64_t off;
	uint32_t zlen, len;
};

/**
 * struct dx_info - one row
 * @btf: first 8 bytes of the SHA-256 of the kernel's .BTF, which type ids are of
 */
struct dx_info {
	uint32_t version, reserved;
	uint64_t btf;
	uint64_t bodies, inlined, vars, located, labels, calls, lines, scopes;
};

/**
 * struct dx_bin - vmlinux or a module
 * @dir: its directory: struct dx_dir; @types: split BTF over its own; or len 0
 */
struct dx_bin {
	uint32_t name, build_id; /* strings */
	struct dx_blob dir, types;
	uint32_t dom, ndom;	/* in "dwdoms" */
	uint32_t block, nblock; /* in "dwblocks" */
};

/** struct dx_sect - a section of a module: [base, base+size) are its addresses */
struct dx_sect {
	uint64_t base, size;
	uint32_t name, reserved;
};

/**
 * struct dx_dir - head of a directory; tables follow at these byte offsets
 *
 * Strings in it are of the file.  funcs by (name, file, line), vars by (name,
 * file, line, unit), files by name, addrs by lo.
 */
struct dx_dir {
	uint32_t nunits, nfuncs, nrefs, naddrs, nvars, nfiles, nfunits, nsects;
	uint32_t units, funcs, refs, addrs, vars, files, funits, sects;
};

struct dx_unit {
	uint64_t base;
	uint32_t name, lang, dom, block, off, len, lblock, loff, llen, reserved;
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
 * A block of protos, unpacked: u n, n × u length, then their bytes.  Proto i is
 * number i % DX_PROTOS of block i / DX_PROTOS.  In them strings and types are the
 * file's, so that what a header declares is there once for all modules.
 *
 * A unit image: u n, n × u proto (of the domain; from here on numbered as they
 * stand here); u lengths of three parts, then these: bodies, instances,
 * variables.  u = uleb, s = zigzag; lo and hi: first address of the scope's first
 * range, last of its last.
 *
 *   proto     u name, linkage name, file, line, flags, type, nvars;
 *             nvars × { u name, type, line, flags }
 *   body      u proto, s entry - unit.base, ranges(entry), u prologue - entry,
 *             location (frame base), scope; its lo is the entry
 *   ranges(x) u n; n × { s begin - x, u length; x is then that range's end };
 *             length 0: to the hi of what is around; none: as what is around
 *   scope     u n × var; u n × { u name, s pc - lo };
 *             u n × { u callee, s (return pc - x) << 1 | is tail call; x is lo,
 *             then the return pc before };
 *             u n × { u bytes, child }
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
 *
 * A line image: u n, first address; n × { u delta << 3 | new file << 2 |
 * end << 1 | is_stmt, s line - line before; u file if new }.
 */
#define DX_PROTOS 1024

#define DX_VAR_PARAM	  1
#define DX_VAR_ARTIFICIAL 2
#define DX_VAR_EXTERNAL	  4 /* visible outside its unit */
#define DX_VAR_STATIC	  8 /* in a function, but with an address of its own */

#define DX_CHILD_BLOCK	0
#define DX_CHILD_INLINE 1

#endif
