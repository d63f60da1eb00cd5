/* SPDX-License-Identifier: GPL-2.0-only */
/* What a kernel's wildcards list, found out once and kept beside its kit. */
#ifndef BUILD_ELAB_LST_H
#define BUILD_ELAB_LST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct dwkit;
struct err;
struct kit;
struct lst;

/*
 * The file has the form of a kit (build/kit/kit_file.h): "info" says which kit and
 * which debug index it is of, and KF_LISTING has struct lst_info.  Rows are in
 * blocks, each a zstd frame of one table: all there is of vmlinux, or of LST_BIN
 * modules.  A row is what lister_point() made of one place, so a listing is made of
 * rows by leaving some out.  What the file is not of (a kit or an index made anew) or
 * does not have is found out again: it is never needed, only quick.
 *
 * Bump LST_VERSION when what is listed of a kernel changes, as well as the form.
 */
#define LST_VERSION 2

#define LST_BLOCKS \
	"lsblocks"	  /* struct lst_block: by table, then vmlinux first */
#define LST_DATA "lsdata" /* what the blocks are in */

#define LST_BIN 256 /* modules of a block */

enum lst_table {
	LST_FUNCTION, /* kernel.function, module.function: symbols, and "f@file" */
	LST_KPROBE, /* kprobe.function; only with debug information */
	LST_INLINE, /* .inline */
	LST_LABEL,  /* .label */
	LST_CALLEE, /* .callees of all functions of a file */
	LST_TABLES
};

struct lst_info {
	uint32_t version, reserved;
};

/** struct lst_block - @first, @last: strings: modules it is about; "": vmlinux */
struct lst_block {
	uint64_t off;
	uint32_t zlen, len, table, first, last, reserved;
};

/*
 * A block, unpacked: a byte of flags and NUL-terminated strings, again and again:
 * LST_ROW_BIN: name of the module that the next rows are of; else a row: key; shown
 * with LST_ROW_SHOWN; sub with LST_ROW_SUB; at with LST_ROW_CALL or LST_ROW_RET;
 * variables; with LST_ROW_RETURN those of a .return and those behind.
 *
 * A function that the symbols have and debug information too, with the same variables,
 * is one row of both.
 */
#define LST_ROW_BIN	 1
#define LST_ROW_DEBUG	 2 /* with LST_ROW_BIN: there is debug information of it */
#define LST_ROW_SHOWN	 4
#define LST_ROW_SUB	 8
#define LST_ROW_RETURN	 16
#define LST_ROW_EXPORTED 32
#define LST_ROW_ONLY_AT \
	2		/* without LST_ROW_BIN: no symbol's, only of "f@file" */
#define LST_ROW_CALL 64 /* what names a file finds it, as .call */
#define LST_ROW_RET  128 /* and as .return */

/**
 * struct lst_row - one place; strings are in the block, until lst_close()
 * @flags: LST_ROW_*
 * @bin: module, "": vmlinux; @has_debug: is there debug information of that?
 * @key: what a pattern of functions is matched with; @shown: what stands for it
 * @sub: name of a label, or ""
 * @at: "file:line" of its declaration, with LST_ROW_CALL or LST_ROW_RET, or ""
 * @vars: " $name:type" each: before $return, $return, behind it
 */
struct lst_row {
	unsigned int flags;
	const char *bin;
	bool has_debug;
	const char *key, *shown, *sub, *at;
	char *vars[3];
};

/**
 * lst_open() - what was listed of @k with the debug information @w
 * Return: NULL when there is none, or it is of another kit, index or version; else
 *         lst_close() it.
 */
struct lst *lst_open(const struct kit *k, struct dwkit *w);
void lst_close(struct lst *l);

/**
 * struct lst_walk - over the rows of a table; zero-initialise, set the first three
 * @bin: a module, "" vmlinux, NULL: all modules
 * @is_bad: the file is damaged: what was read of it is not to be used
 */
struct lst_walk {
	struct lst *l;
	enum lst_table table;
	const char *bin;
	bool is_bad;
	/* private */
	size_t next;
	char *p, *end;
	const char *in;
	bool has_debug;
};

/** lst_next() - the next row; false at the end, and when it is bad */
bool lst_next(struct lst_walk *w, struct lst_row *ret);

/** lst_debug_id() - "debug" of the file with debug information @w: 64 digits or "" */
void lst_debug_id(struct dwkit *w, char ret[65]);

/**
 * lst_make() - list what the kit at @path has, and keep it; nothing if that is there
 * @jobs: processes at a time; 0: one for each CPU
 * @ret: where it is, in @a, or NULL when it was there
 * Return: 0, ERR_*.
 */
int lst_make(struct arena *a, const char *path, unsigned int jobs,
	     const char **ret, struct err *e);

#endif
