/* SPDX-License-Identifier: GPL-2.0-only */
/* A kit: all the builder needs to know of one target, in one mapped file. */
#ifndef BUILD_KIT_KIT_H
#define BUILD_KIT_KIT_H

#include "build/debuginfo/btf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct err;

/**
 * In the store (fs_cache_dir("kits")) a kit is <release>_<id12>.kit: a header, a
 * section table and uncompressed, 8-byte aligned sections that are used straight
 * from the mapping.  `kit export` writes the same bytes as one zstd frame.
 * id = SHA-256 of the store form, hex; release alone is enough when unambiguous.
 */
struct kit; /* opened, mapped read-only */

/** kit_open() - map and check one kit file; the caller kit_close()s */
int kit_open(const char *path, struct kit **ret, struct err *e);
void kit_close(struct kit *k);

/** struct kit_info - the facts of a target that are plain values */
struct kit_info {
	const char *id;	      /* 64 hex digits */
	const char *release;  /* uname -r: "6.1.0-56-amd64" */
	const char *version;  /* uname -v as in the image's banner, or "" */
	const char *machine;  /* uname -m: "x86_64" */
	const char *build_id; /* hex NT_GNU_BUILD_ID of the kernel, or "" */
	const char *distro, *flavour;
	const char *vermagic; /* full string, with its trailing space if any */
	const char *cc;	      /* compiler the recipe uses, e.g. "gcc-12" */
	const char *cc_text;  /* first line of its --version */
	const char *runtime;  /* id of the runtime's sources */
	bool modversions;
	uint32_t layout_crc; /* CRC of module_layout; 0 without modversions */
	/* struct module, from BTF, checked against kbuild's own module */
	uint32_t module_size, module_name_off, module_init_off, module_exit_off;
	uint32_t module_align;
};
const struct kit_info *kit_info(const struct kit *k);

/** kit_section() - raw section by name; NULL when absent.  Names in kit_file.h */
const void *kit_section(const struct kit *k, const char *name, size_t *len);

/** kit_config() - text after "CONFIG_X=" ("y", "m", "\"str\""), or NULL */
const char *kit_config(const struct kit *k, const char *name);

/** kit_fact() - 1 yes, 0 no, -1 never asked */
int kit_fact(const struct kit *k, const char *name);

/* ---- functions ---------------------------------------------------------- */

#define KIT_FN_FTRACE	 0x01 /* has an ftrace site at its entry */
#define KIT_FN_BLACKLIST 0x02 /* kprobes refuse it: noinstr, a BUG() first … */
#define KIT_FN_INIT	 0x04 /* in an init/exit section: gone after boot */
#define KIT_FN_EXPORTED	 0x08
#define KIT_FN_DUP	 0x10 /* the name occurs more than once in .text */

/**
 * struct kit_func - a text symbol of the kernel image (not of modules)
 * @addr: link-time address; run time = addr + KASLR slide
 * @shown: what the kernel calls the place: the first of several names of one address
 * @btf: id of its FUNC in kit_btf(), or 0.  Names like "f.isra.0" carry the id
 *       of "f" only if the kernel says the parameters are unchanged: so 0.
 */
struct kit_func {
	const char *name, *shown;
	uint64_t addr;
	uint32_t size, btf, flags;
};

/** Functions are sorted by (name, addr). */
size_t kit_nfuncs(const struct kit *k);
struct kit_func kit_func(const struct kit *k, size_t i);
/** kit_find_func() - first function called @name: index, or kit_nfuncs() */
size_t kit_find_func(const struct kit *k, const char *name);
/** kit_symbol() - link-time address of any kernel symbol (text, data), or 0 */
uint64_t kit_symbol(const struct kit *k, const char *name);
/** kit_symbol_name() - of the @i-th symbol that kit_symbol() knows, NULL behind them */
const char *kit_symbol_name(const struct kit *k, size_t i);

const struct btfv *kit_btf(const struct kit *k);

/** kit_export() - is @name exported? *crc is set (0 without modversions) */
bool kit_export(const struct kit *k, const char *name, uint32_t *crc,
		bool *gpl_only);
/** kit_export_module() - name of the module that exports @name; NULL: the kernel */
const char *kit_export_module(const struct kit *k, const char *name);

/* ---- replaying the recipe ------------------------------------------------ */

/**
 * kit_cflags() - NULL-terminated ABI flags for generated C (no -I, -D, -include)
 *
 * Two kits with equal lists and equal cc may share compiled script objects.
 */
const char *const *kit_cflags(const struct kit *k);
/**
 * kit_header_flags() - NULL-terminated flags for C that includes kernel headers
 *
 * With the placeholders of build/kit/headers.h in place of directories.  Empty
 * in a kit that carries no headers.
 */
const char *const *kit_header_flags(const struct kit *k);
/**
 * kit_headers_dir() - directory with this kit's headers, unpacked on first use
 *
 * "headers" below kit_tools_dir().
 * Return: 0, ERR_UNSUPPORTED (the kit carries none), ERR_IO, ERR_CORRUPT.
 */
int kit_headers_dir(const struct kit *k, struct arena *a, const char **ret,
		    struct err *e);
/** kit_objtool() - NULL-terminated arguments after "objtool", before the file */
const char *const *kit_objtool(const struct kit *k);
/**
 * kit_tools_dir() - directory with this kit's unpacked tools, made on first use
 *
 * Files: "objtool" (runs as is: a wrapper around the carried loader when the
 * tool is newer than this machine), "module.lds", and for each of kit_part() its
 * object "NAME.o"; that of the core has the sections common to all modules as well.
 * Lives in fs_cache_dir("tools/<id>").
 */
int kit_tools_dir(const struct kit *k, struct arena *a, const char **ret,
		  struct err *e);

/**
 * struct kit_part - an object of the runtime; the first is the core, in every module
 * @has_hooks: it defines taprt_part_NAME for the session (runtime/core/part.h)
 * @needs: bits of the parts that come with it, itself included
 */
struct kit_part {
	const char *name;
	bool has_hooks;
	uint64_t needs;
};
/** Parts are in the order of runtime/parts.def: at most 64. */
size_t kit_nparts(const struct kit *k);
struct kit_part kit_part(const struct kit *k, size_t i);
/** kit_parts_for() - bits of the parts that come with a symbol of the runtime, or 0 */
uint64_t kit_parts_for(const struct kit *k, const char *symbol);

/**
 * struct kit_undef - a symbol the runtime needs from the kernel, with its CRC
 * @parts: bits of the parts that need it
 */
struct kit_undef {
	const char *name;
	uint32_t crc;
	uint64_t parts;
};
/** Sorted by name. */
size_t kit_nundefs(const struct kit *k);
struct kit_undef kit_undef(const struct kit *k, size_t i);
/** kit_modinfo() - extra .modinfo strings beyond name/vermagic/license/depends
 *  ("retpoline=Y"), each NUL-terminated, @len bytes in all */
const char *kit_modinfo(const struct kit *k, size_t *len);

/** kit_ldflags() - NULL-terminated flags of the kernel's final "ld -r" (no -T, -o) */
const char *const *kit_ldflags(const struct kit *k);

/* ---- tracepoints and modules ---------------------------------------------- */

/** struct kit_tracepoint - as struct ktracepoint of build/debuginfo/ktracepoint.h */
struct kit_tracepoint {
	const char *name, *system;
	uint64_t addr;
	uint32_t proto; /* FUNC_PROTO in kit_btf(), or 0 */
	bool has_names;
};
/** Tracepoints are sorted by name. */
size_t kit_ntracepoints(const struct kit *k);
struct kit_tracepoint kit_tracepoint(const struct kit *k, size_t i);
/** kit_find_tracepoint() - index, or kit_ntracepoints() */
size_t kit_find_tracepoint(const struct kit *k, const char *name);

/** struct kit_mod_tracepoint - a tracepoint that some module brings */
struct kit_mod_tracepoint {
	const char *name, *system, *module;
};
/** Sorted by name, then module. */
size_t kit_nmod_tracepoints(const struct kit *k);
struct kit_mod_tracepoint kit_mod_tracepoint(const struct kit *k, size_t i);

/** struct kit_module - a module that came with the kernel */
struct kit_module {
	const char *name;     /* "xfs", as in /proc/modules */
	const char *path;     /* "kernel/fs/xfs/xfs.ko" */
	const char *deps;     /* "libcrc32c,…", direct ones, or "" */
	const char *build_id; /* hex, or "" */
	bool has_btf;
};
/** Modules are sorted by name. */
size_t kit_nmodules(const struct kit *k);
struct kit_module kit_module(const struct kit *k, size_t i);
/** kit_find_module() - index, or kit_nmodules() */
size_t kit_find_module(const struct kit *k, const char *name);
/**
 * kit_module_btf() - unpack the split BTF of module @i over kit_btf()
 * @bytes: receives blob and index, must outlive @ret; caller buf_deinit()s
 * Return: 0, ERR_NOT_FOUND (it has none), ERR_CORRUPT, ERR_FORMAT.
 */
int kit_module_btf(const struct kit *k, size_t i, struct buf *bytes,
		   struct btfv *ret, struct err *e);

/**
 * kit_module_funcs() - functions of module @i, sorted by (name, addr)
 * @ret: kept until kit_close(); @addr counts from the start of the module's text
 *       in memory, and is 0 with KIT_FN_INIT; @btf is 0: ask kit_module_types()
 * Return: how many; 0 also where the kit does not know, see kit_has_module_funcs()
 */
size_t kit_module_funcs(const struct kit *k, size_t i,
			const struct kit_func **ret);
/** kit_has_module_funcs() - kits of earlier versions know none of any module */
bool kit_has_module_funcs(const struct kit *k);

/**
 * kit_module_types() - as kit_module_btf(), kept open until kit_close()
 * Return: NULL when the module has none, or they are damaged.
 */
const struct btfv *kit_module_types(const struct kit *k, size_t i);

/* ---- the store ------------------------------------------------------------ */

/**
 * kit_find() - paths of stored kits that match @pattern (glob on release, or an
 *              id prefix of at least 8 digits), sorted by strverscmp(release)
 * Return: number of paths (0 is not an error); paths belong to @a
 */
int kit_find(struct arena *a, const char *pattern, const char ***ret,
	     struct err *e);

/**
 * kit_manifest_record() - remember which releases a manifest stood for when its
 *                         packages were fetched
 * kit_manifest_releases() - those releases, in order; ERR_NOT_FOUND before the
 *                           first `kit fetch`
 *
 * Kept beside the kits, one release a line, by the manifest's file name: a build
 * names its targets by the manifest and needs no network.
 * Return: number of releases / 0; paths and strings belong to @a.
 */
int kit_manifest_record(const char *manifest, const char *const *release,
			size_t n, struct err *e);
int kit_manifest_releases(struct arena *a, const char *manifest,
			  const char ***ret, struct err *e);

#endif
