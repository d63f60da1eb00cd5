/* SPDX-License-Identifier: GPL-2.0-only */
/* The signed text that describes a bundle, as C values. */
#ifndef BUNDLE_MANIFEST_H
#define BUNDLE_MANIFEST_H

#include "bundle/limits.h"
#include "bundle/rely.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum manifest_privilege { PRIV_STAPUSR, PRIV_STAPSYS, PRIV_STAPDEV };
enum manifest_writes { WRITES_NONE, WRITES_MEMORY, WRITES_RETURN };
enum manifest_param_type { PARAM_INT64, PARAM_STRING };

struct manifest_script {
	const char *name;
	uint64_t size;
	uint8_t sha256[32];
};

struct manifest_probe {
	const char *kind; /* "kprobe", "timer", ... */
	uint64_t count;
};

/**
 * struct manifest_param - a script variable that `var=value` may set
 * @def, @min, @max: for PARAM_INT64
 * @def_str: for PARAM_STRING, decoded; only its first 240 bytes, for display
 * @len: most bytes a string value may have
 */
struct manifest_param {
	const char *name;
	enum manifest_param_type type;
	int64_t def, min, max;
	const char *def_str;
	uint32_t len;
};

enum manifest_member_kind {
	MEMBER_KSIG,
	MEMBER_PROVENANCE,
	MEMBER_SOURCE,
	MEMBER_PACK
};

/**
 * struct manifest_member - a member after manifest and signatures
 * @offset: of its content in the file; set by the reader, not in the text
 * @checked: its bytes were read and hashed
 */
struct manifest_member {
	const char *name; /* "tap-1/pack-0000" */
	enum manifest_member_kind kind;
	uint64_t size;
	uint8_t sha256[32];
	uint64_t offset;
	bool checked;
};

struct manifest_pack {
	uint64_t raw_size;
	uint8_t raw_sha256[32];
	uint32_t member; /* index into members */
};

/** struct manifest_ksig - a detached kernel signature (PKCS#7) of one module */
struct manifest_ksig {
	const char *skid;      /* hex subject key id of the signer */
	uint64_t offset, size; /* in member tap-1/ksig */
	uint8_t sha256[32];
};

/**
 * struct manifest_target - one kernel build
 * @version: uname -v, or "*"
 * @build_id: hex, or NULL when the text says "unknown"
 * @is_ok: there is a module; else @status_code and @status_text say why not
 * @ko_offset: of the module's bytes in the raw pack
 * @layout_crc: CRC of module_layout; has_layout_crc false when "none"
 * @wire: version of runtime/uapi/wire.h the module speaks
 * @bound: why it runs on no other kernel; NULL: where all of its relies hold, or in a
 *         bundle without has_fallback: on no other
 */
struct manifest_target {
	uint32_t index;
	const char *machine, *release, *version, *build_id;
	const char *distro, *flavour;
	bool is_ok;
	const char *status_code, *status_text;
	const char *module;
	uint32_t pack;
	uint64_t ko_offset, ko_size;
	uint8_t ko_sha256[32];
	const char *vermagic;
	uint32_t layout_crc;
	bool has_layout_crc;
	uint32_t wire;
	const char *bound;
	uint32_t rely_first, nrelies; /* into manifest.relies */
	uint32_t ksig_first, nksigs;  /* into manifest.ksigs */
};

/**
 * struct manifest - the whole text; about 4 MB, for static storage or heap
 *
 * Only entries below the counts are ever written, so unused pages stay
 * untouched.  All strings are NUL-terminated and point into the text given to
 * manifest_parse(); optional ones are NULL when absent, times 0.
 */
struct manifest {
	const char *name;
	uint64_t version;
	uint32_t epoch;
	uint64_t created;		/* unix s; 0 = not stated */
	uint64_t not_before, not_after; /* unix s; 0 = no bound */
	const char *audience;		/* space list, or NULL = any */
	const char *bundle_id;		/* 64 hex */
	const char *builder, *description, *contact;
	enum manifest_privilege privilege;
	enum manifest_writes writes;
	bool is_guru;
	bool has_ksig, has_fallback;		      /* feature words */
	uint64_t limit_runtime_s, limit_output_bytes; /* 0 = none */

	uint32_t nscripts, nprobes, nparams, nneeds;
	uint32_t nmembers, npacks, nksigs, nrelies, ntargets;
	struct manifest_script scripts[BUNDLE_SCRIPTS_MAX];
	struct manifest_probe probes[BUNDLE_PROBES_MAX];
	struct manifest_param params[BUNDLE_PARAMS_MAX];
	const char *needs[BUNDLE_NEEDS_MAX];
	struct manifest_member members[BUNDLE_MEMBERS_MAX];
	struct manifest_pack packs[BUNDLE_PACKS_MAX];
	struct manifest_ksig ksigs[BUNDLE_KSIGS_MAX];
	struct manifest_target targets[BUNDLE_TARGETS_MAX];
	struct rely relies[BUNDLE_RELIES_MAX];
};

/**
 * manifest_parse() - read the strict line text of bundle/FORMAT.md section 3
 * @m: filled; valid as long as @text
 * @text: @n bytes; modified (values are cut in place), so verify it before
 * @n: length, at most BUNDLE_MANIFEST_MAX
 * @e: "manifest line 12: ..." on failure
 *
 * Checks everything that the text alone can show: order and number of keys,
 * members and packs, the exact layout of modules in packs, order of targets.
 * Context: no allocation.  Call only after the signature was verified.
 * Return: 0, -BERR_FORMAT, -BERR_FEATURE or -BERR_LIMIT.
 * Source: bundle/FORMAT.md section 3.
 */
int manifest_parse(struct manifest *m, char *text, size_t n, struct err *e);

/**
 * manifest_check_param() - may the user set @name to @value?
 * @ret: the declared parameter
 * @value: as typed; for PARAM_INT64 decimal, 0x hexadecimal or 0 octal
 * @num: the number, for PARAM_INT64; may be NULL
 *
 * Return: 0, or -BERR_PARAM with "did you mean" in the text.
 */
int manifest_check_param(const struct manifest *m, const char *name,
			 const char *value, const struct manifest_param **ret,
			 int64_t *num, struct err *e);

/** manifest_has_word() - is @word one of the space separated words of @list? */
bool manifest_has_word(const char *list, const char *word);

/* "stapusr", "none", ... */
const char *manifest_privilege_name(enum manifest_privilege p);
const char *manifest_writes_name(enum manifest_writes w);

/**
 * manifest_ko_path() - name of target @t's module inside its raw pack
 * @buf: at least 101 bytes
 *
 * "INDEX-RELEASE/MODULE.ko", INDEX 4 digits, RELEASE cut to 36 bytes: at most
 * 100 bytes, which is what a ustar name holds.
 */
void manifest_ko_path(const struct manifest_target *t, char *buf, size_t n);

#endif
