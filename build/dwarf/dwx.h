/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading a debug index: functions, inlined instances, variables, lines. */
#ifndef BUILD_DWARF_DWX_H
#define BUILD_DWARF_DWX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct btfv;
struct buf;
struct err;
struct kit;

/*
 * Addresses are those of the file: link-time ones in vmlinux (no KASLR slide).  In
 * a module every section has a place of its own, dwx_section_at() says which.
 *
 * Type ids are BTF ids of dwx_types(): those of the kernel and the module as they
 * are in the kit, and behind them what the index adds.
 *
 * Nothing here trusts the file: what is damaged gives ERR_CORRUPT or an empty
 * answer.  Opening reads a page or two; a directory (dwx_dir) is unpacked when it
 * is first asked for, a unit when something in it is.
 */
struct dwx; /* an index, mapped read-only */
struct dwx_unit;
struct dwx_proto;
struct dwx_dir; /* what it has on vmlinux or one module; belongs to its dwx */

/** struct dwx_info - how much there is, over all files */
struct dwx_info {
	const char *release, *build_id;
	uint64_t btf; /* first bytes of the SHA-256 of the kernel's .BTF */
	uint64_t functions, inlined, variables, located, labels, calls, lines;
	size_t files;
	uint64_t bytes;
};

/**
 * dwx_open() - map and check an index file; the caller dwx_close()s
 * Return: 0, ERR_IO, ERR_FORMAT, ERR_TRUNCATED, ERR_UNSUPPORTED.
 */
int dwx_open(const char *path, struct dwx **ret, struct err *e);
/** dwx_open_bytes() - the same over @n borrowed, 8-byte aligned bytes */
int dwx_open_bytes(const void *p, size_t n, struct dwx **ret, struct err *e);
/**
 * dwx_open_kit() - the index of the kernel that @k is of
 * Return: also ERR_NOT_FOUND, with the command that makes one as the hint.
 */
int dwx_open_kit(const struct kit *k, struct dwx **ret, struct err *e);
/**
 * dwx_open_module() - the index of a module that did not come with that kernel
 * @name: file 0 of the index; the newest where there are several
 *
 * Several kernels may have one release string: only an index over the types of
 * this one counts, and none of modules that came with another.
 * Return: also ERR_NOT_FOUND, without a hint.
 */
int dwx_open_module(const struct kit *k, const char *name, struct dwx **ret,
		    struct err *e);
/** dwx_any_module() - can there be such an index at all? */
bool dwx_any_module(const struct kit *k);
void dwx_close(struct dwx *x);
struct dwx_info dwx_info(const struct dwx *x);
/** dwx_id() - 64 hex digits that no other index has */
void dwx_id(const struct dwx *x, char ret[65]);
/** dwx_btf_hash() - dwx_info.btf of the kernel whose types @v is; not those below */
uint64_t dwx_btf_hash(const struct btfv *v);

/* ---- files -------------------------------------------------------------------- */

/** Files are vmlinux, if it is there, then modules by name. */
size_t dwx_nfiles(const struct dwx *x);
const char *dwx_file_name(const struct dwx *x, size_t i);
const char *dwx_file_build_id(const struct dwx *x, size_t i);
/** dwx_find_file() - number of "vmlinux" or a module, or dwx_nfiles() */
size_t dwx_find_file(const struct dwx *x, const char *name);
/**
 * dwx_dir() - the directory of file @i, kept until dwx_close()
 * Return: 0, ERR_CORRUPT.
 */
int dwx_dir(struct dwx *x, size_t i, struct dwx_dir **ret, struct err *e);

/** dwx_dir_name() - the file's name, as dwx_file_name() */
const char *dwx_dir_name(const struct dwx_dir *d);

/**
 * dwx_types() - the types this file's ids are of
 * @base: of the kernel, or of the module where the kit has types of it
 * @bytes: receives blob and index, must outlive @ret; caller buf_deinit()s
 * @ret: @base itself (a copy of the view) when the index adds none
 * Return: 0, ERR_CORRUPT, ERR_FORMAT.
 */
int dwx_types(struct dwx_dir *d, const struct btfv *base, struct buf *bytes,
	      struct btfv *ret, struct err *e);

/** dwx_section_at() - section of a module that holds @addr; false in vmlinux */
bool dwx_section_at(const struct dwx_dir *d, uint64_t addr, const char **name,
		    uint64_t *off);
/** dwx_section_base() - first address of section @name; false: no such */
bool dwx_section_base(const struct dwx_dir *d, const char *name,
		      uint64_t *base);

/* ---- functions ------------------------------------------------------------------ */

#define DWX_FN_EXTERNAL 1
#define DWX_FN_INLINE	2 /* inlined somewhere, or declared inline */
#define DWX_FN_NORETURN 4
#define DWX_FN_VARARGS	8

/**
 * struct dwx_func - one function of the sources
 * @file, @line: where it is declared; @flags: DWX_FN_*
 * @nrefs: places it is compiled to: see dwx_ref()
 */
struct dwx_func {
	const char *name, *file;
	uint32_t line, flags, nrefs;
};

/**
 * struct dwx_ref - a function's body in a unit, or all places of the unit where it
 *                  is inlined (@is_inline)
 */
struct dwx_ref {
	uint32_t unit, off;
	bool is_inline;
};

/** Functions are sorted by (name, file, line). */
size_t dwx_nfuncs(const struct dwx_dir *d);
struct dwx_func dwx_func(const struct dwx_dir *d, size_t i);
/** dwx_ref() - reference @k of function @i, ordered by unit */
struct dwx_ref dwx_ref(const struct dwx_dir *d, size_t i, size_t k);
/**
 * dwx_find_funcs() - functions by name and file
 * @name, @file: glob; @file also fits behind any directory ("read_write.c",
 *               "fs/ext?/inode.c"); NULL: any
 * @ret: numbers for dwx_func(), ascending, in @a
 */
size_t dwx_find_funcs(const struct dwx_dir *d, const char *name,
		      const char *file, struct arena *a, uint32_t **ret);
/** dwx_file_matches() - does @glob name the source file @path, as above? */
bool dwx_file_matches(const char *glob, const char *path);
/** dwx_unit_name() - source file of unit @i, "" when there is none */
const char *dwx_unit_name(const struct dwx_dir *d, uint32_t i);
size_t dwx_nunits(const struct dwx_dir *d);
/**
 * dwx_func_at() - the function whose code is at @addr
 * @ret: its body
 */
bool dwx_func_at(const struct dwx_dir *d, uint64_t addr, struct dwx_ref *ret);
/** dwx_unit_at() - unit that has code at @addr, functions or not */
bool dwx_unit_at(const struct dwx_dir *d, uint64_t addr, uint32_t *unit);

/* ---- bodies ------------------------------------------------------------------------ */

struct dwx_range {
	uint64_t lo, hi; /* hi is behind */
};

enum dwx_loc_kind {
	DWX_LOC_NONE,  /* optimised out everywhere */
	DWX_LOC_EXPR,  /* entry[0].expr holds in all of the scope */
	DWX_LOC_CONST, /* value */
	DWX_LOC_BYTES, /* the value's bytes are entry[0].expr */
	DWX_LOC_LIST   /* entries; outside them it is optimised out */
};

/** struct dwx_expr - bytes in the form of dloc.h, borrowed from the index */
struct dwx_expr {
	const uint8_t *p;
	size_t n;
};

struct dwx_loc_entry {
	struct dwx_range range; /* of a list */
	struct dwx_expr expr;
};

struct dwx_loc {
	enum dwx_loc_kind kind;
	int64_t value;
	struct dwx_loc_entry *entry;
	size_t nentries;
};

#define DWX_VAR_PARAM	   1
#define DWX_VAR_ARTIFICIAL 2
#define DWX_VAR_EXTERNAL   4

struct dwx_var {
	const char *name;
	uint32_t type, line, flags;
	struct dwx_loc loc;
};

struct dwx_label {
	const char *name;
	uint64_t pc;
};

/** struct dwx_call - @callee: "" for a call through a pointer */
struct dwx_call {
	const char *callee;
	uint64_t return_pc;
	bool is_tail;
};

enum dwx_scope_kind { DWX_SCOPE_FUNC, DWX_SCOPE_BLOCK, DWX_SCOPE_INLINE };

/**
 * struct dwx_scope - a function, an inlined function, or a block with variables
 * @entry: first address (FUNC, INLINE)
 * @name, @linkage, @file, @line, @flags, @type: of FUNC and INLINE: the function,
 *        where it is declared, DWX_FN_*, what it returns (0: void)
 * @call_file, @call_line: of INLINE: where it was called
 * @ordinal: of INLINE: its number in the body
 * @body, @proto, @vars_at: private: variables that nobody has asked for yet
 */
struct dwx_scope {
	enum dwx_scope_kind kind;
	struct dwx_scope *parent, *child, *next;
	struct dwx_range *range;
	size_t nranges;
	uint64_t entry;
	const char *name, *linkage, *file, *call_file;
	uint32_t line, flags, type, call_line, ordinal;
	struct dwx_var *var;
	struct dwx_label *label;
	struct dwx_call *call;
	size_t nvars, nlabels, ncalls;
	struct dwx_body *body;
	struct dwx_proto *proto;
	uint32_t vars_at;
};

/**
 * struct dwx_body - a function that has code
 * @prologue_end: by the line table: first address of another line than the
 *                entry's, or the entry
 * @frame_base: what DW_OP_fbreg counts from
 * @dir, @image, @a: private: where it was read from, and into
 */
struct dwx_body {
	uint64_t prologue_end;
	struct dwx_loc frame_base;
	struct dwx_scope *top;
	struct dwx_scope **inlined; /* by ordinal */
	size_t ninlined;
	uint32_t unit;
	struct dwx_dir *dir;
	const struct dwx_unit *image;
	struct arena *a;
};

/**
 * dwx_body() - decode one function
 * @ref: not an inline one
 * Everything is in @a or in the index.
 * Return: 0, ERR_CORRUPT, ERR_INVALID.
 */
int dwx_body(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
	     struct dwx_body **ret, struct err *e);
/**
 * dwx_body_bare() - the same, but variables are read, into @a, when dwx_vars_at()
 *                   asks for them: a fifth of the memory
 */
int dwx_body_bare(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
		  struct dwx_body **ret, struct err *e);
/** dwx_body_top() - the same of the function alone: as if nothing were in it */
int dwx_body_top(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
		 struct dwx_body **ret, struct err *e);

/**
 * dwx_instances() - all places where a unit has inlined a function
 * @ref: an inline one
 * @ret: scopes of kind DWX_SCOPE_INLINE; their bodies are decoded too
 */
int dwx_instances(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
		  struct dwx_scope ***ret, size_t *n, struct err *e);

/** struct dwx_instance - @body.inlined[@ordinal] */
struct dwx_instance {
	struct dwx_ref body;
	uint32_t ordinal;
};
/** dwx_instance_refs() - the same without decoding; @ret in order of the bodies */
int dwx_instance_refs(struct dwx_dir *d, struct dwx_ref ref, struct arena *a,
		      struct dwx_instance **ret, size_t *n, struct err *e);

/** dwx_scope_at() - innermost scope of @b at @pc, NULL when @pc is not in it */
struct dwx_scope *dwx_scope_at(const struct dwx_body *b, uint64_t pc);
bool dwx_in_ranges(const struct dwx_range *r, size_t n, uint64_t pc);
/**
 * dwx_vars_at() - variables a name can mean at a place, innermost first
 * @s: as from dwx_scope_at(); the caller of an inlined function is not looked at
 * @ret: one of each name, in @a
 */
size_t dwx_vars_at(struct dwx_scope *s, struct arena *a, struct dwx_var ***ret);
/** dwx_loc_at() - expression that holds at @pc; false: none does */
bool dwx_loc_at(const struct dwx_loc *l, uint64_t pc, struct dwx_expr *ret);

/* ---- variables at file scope ----------------------------------------------------------- */

/** struct dwx_gvar - @flags: DWX_VAR_EXTERNAL or it is static; @unit: its file */
struct dwx_gvar {
	const char *name, *file, *unit;
	uint32_t type, line, flags;
	struct dwx_loc loc;
};

/**
 * dwx_find_vars() - variables by name
 * @name: glob; @file: as of dwx_find_funcs(); fits the unit or the declaration
 * Return: 0, ERR_CORRUPT.
 */
int dwx_find_vars(struct dwx_dir *d, const char *name, const char *file,
		  struct arena *a, struct dwx_gvar **ret, size_t *n,
		  struct err *e);

/** dwx_only_address() - the address that a location is, and nothing else */
bool dwx_only_address(const struct dwx_loc *l, uint64_t *ret);
/**
 * dwx_symbol_at() - data of a module by what a kernel can be asked for
 * @name: the variable at file scope that begins last before @addr in its section, or
 *        else first behind: all of a section is loaded as it is.  Those that share
 *        their name with another place are no help.  Belongs to the index.
 * @off: bytes from it on
 * Return: false when there is none; so it is in vmlinux.
 */
bool dwx_symbol_at(struct dwx_dir *d, uint64_t addr, const char **name,
		   int64_t *off);

/* ---- lines -------------------------------------------------------------------------------- */

/** struct dwx_row - [addr, next row's addr) is code of @file:@line */
struct dwx_row {
	uint64_t addr;
	const char *file;
	uint32_t line;
	bool is_stmt, is_end;
};

/** dwx_rows() - line table of a unit by address, in @a; 0, ERR_CORRUPT */
int dwx_rows(struct dwx_dir *d, uint32_t unit, struct arena *a,
	     struct dwx_row **ret, size_t *n, struct err *e);
/** dwx_line_at() - the row that covers @addr; ERR_NOT_FOUND, ERR_CORRUPT */
int dwx_line_at(struct dwx_dir *d, uint64_t addr, struct arena *a,
		struct dwx_row *ret, struct err *e);

/**
 * struct dwx_site - an address a statement begins at
 * @unit: where it is; its function: dwx_func_at()
 */
struct dwx_site {
	uint64_t addr;
	const char *file;
	uint32_t line, unit;
};

/**
 * dwx_find_lines() - statements of source lines
 * @file: as of dwx_find_funcs(), not NULL
 * @first, @last: lines, first <= last
 * @nearest: when there is none, those of the next line that has some
 * @ret: by (file, line, addr), each once, in @a
 * Return: 0 (also when there are none), ERR_CORRUPT.
 */
int dwx_find_lines(struct dwx_dir *d, const char *file, uint32_t first,
		   uint32_t last, bool nearest, struct arena *a,
		   struct dwx_site **ret, size_t *n, struct err *e);

#endif
