/* SPDX-License-Identifier: GPL-2.0-only */
/* Every maximum of the bundle format, and every reason to refuse one. */
#ifndef BUNDLE_LIMITS_H
#define BUNDLE_LIMITS_H

/* bytes */
#define BUNDLE_FILE_MAX	      (256u << 20)
#define BUNDLE_MANIFEST_MAX   (1u << 20)
#define BUNDLE_SIGNATURES_MAX (16u << 10)
#define BUNDLE_KSIG_MAX	      (4u << 20)
#define BUNDLE_PROVENANCE_MAX (16u << 20)
#define BUNDLE_SOURCE_MAX     (16u << 20)
#define BUNDLE_SOURCE_RAW_MAX (64u << 20)
#define BUNDLE_PACK_RAW_MAX   (64u << 20)
#define BUNDLE_PACK_RAW_SPLIT (32u << 20) /* writer starts a new pack here */
#define BUNDLE_KO_MAX	      (32u << 20)
#define BUNDLE_WINDOW_LOG_MAX 23
#define BUNDLE_LINE_MAX	      1024 /* with its newline */
#define BUNDLE_SIG_LINE_MAX   8192
#define BUNDLE_KEY_FILE_MAX   4096

/* counts */
#define BUNDLE_SIG_LINES_MAX	 16
#define BUNDLE_TARGETS_MAX	 4096
#define BUNDLE_PACKS_MAX	 256
#define BUNDLE_MEMBERS_MAX	 (3 + BUNDLE_PACKS_MAX) /* after signatures */
#define BUNDLE_SCRIPTS_MAX	 64
#define BUNDLE_PARAMS_MAX	 256
#define BUNDLE_PROBES_MAX	 32 /* probe-summary lines */
#define BUNDLE_NEEDS_MAX	 32
#define BUNDLE_KSIGS_MAX	 8192 /* in all targets */
#define BUNDLE_TARGET_KSIGS_MAX	 8
#define BUNDLE_RELIES_MAX	 65536 /* in all targets */
#define BUNDLE_TARGET_RELIES_MAX 1024
#define BUNDLE_KEYS_MAX		 64 /* trusted keys of one host */
#define BUNDLE_REVOKED_MAX	 256

/* lengths of names */
#define BUNDLE_NAME_MAX	      48
#define BUNDLE_MODULE_MAX     55 /* MODULE_NAME_LEN - 1 on 64 bits */
#define BUNDLE_RELEASE_MAX    64 /* __NEW_UTS_LEN */
#define BUNDLE_PARAM_NAME_MAX 128
#define BUNDLE_BOUND_MAX      200 /* why a module runs on its own kernel only */
#define BUNDLE_BUILD_ID_MAX   64  /* bytes; 20 is usual */

/* The tool versions that read what they do not know: none. */
#define BUNDLE_FORMAT_VERSION 1

/*
 * Why a bundle is refused.  Positive numbers are taprun's exit codes and never
 * change meaning; struct err carries them negative, beside the ERR_* codes.
 */
/* id, exit code, name, and what helps where the place that found it knows nothing better */
/* clang-format off */
#define BUNDLE_REASONS(X) \
	X(CONFIG, 19, "CONFIG", "") /* key or policy file unsafe or wrong */ \
	X(UNSAFE_FILE, 20, "UNSAFE-FILE", "name the bundle itself: a regular file, no link, pipe or device") \
	X(FORMAT, 21, "FORMAT", "it is no bundle, or was changed on its way: copy it again") \
	X(FEATURE, 22, "FEATURE", "") \
	X(TRUNCATED, 23, "TRUNCATED", "copy it again") \
	X(LIMIT, 24, "LIMIT", "no tapbuild makes a bundle like this: copy it again") \
	X(CONTAINER, 25, "CONTAINER", "it was changed after it was built: copy it again") \
	X(NO_SIGNATURE, 30, "NO-SIGNATURE", "") \
	X(THRESHOLD, 31, "THRESHOLD", "") \
	X(REVOKED, 32, "REVOKED", "ask who revoked it for a newer version") \
	X(KEY_SCOPE, 33, "KEY-SCOPE", "sign it with a key that may: tapbuild sign --key FILE") \
	X(EXPIRED, 34, "EXPIRED", "") \
	X(NOT_YET, 35, "NOT-YET", "") \
	X(ROLLBACK, 36, "ROLLBACK", "") \
	X(AUDIENCE, 37, "AUDIENCE", "build it for this fleet: tapbuild --audience=FLEETS") \
	X(NO_KERNEL, 40, "NO-KERNEL", "") \
	X(KERNEL_UNSUPPORTED, 41, "KERNEL-UNSUPPORTED", "") \
	X(BUILD_ID, 42, "BUILD-ID", "") \
	X(POLICY, 43, "POLICY", "ask who keeps /etc/tap/policy") \
	X(PACK_HASH, 50, "PACK-HASH", "it was changed after it was built: copy it again") /* any member's digest */ \
	X(DECOMPRESS, 51, "DECOMPRESS", "it was changed after it was built: copy it again") \
	X(KO_HASH, 52, "KO-HASH", "it was changed after it was built: copy it again") \
	X(KO_IDENTITY, 53, "KO-IDENTITY", "build it again, and report this") \
	X(NOT_PERMITTED, 60, "NOT-PERMITTED", "") \
	X(MODULES_DISABLED, 61, "MODULES-DISABLED", "") /* tap.disable too */ \
	X(LOCKDOWN, 62, "LOCKDOWN", "") \
	X(KEY_REJECTED, 63, "KEY-REJECTED", "") \
	X(BAD_KSIG, 64, "BAD-KSIG", "") \
	X(IMA, 65, "IMA", "") \
	X(LOADPIN, 66, "LOADPIN", "") \
	X(LSM, 67, "LSM", "") \
	X(LOADED, 68, "LOADED", "") \
	X(SYMBOLS, 69, "SYMBOLS", "") \
	X(PARAM, 70, "PARAM", "taprun --info shows the parameters and their limits") \
	X(INIT, 71, "INIT", "") \
	X(RELAY, 80, "RELAY", "") \
	X(KPTR, 81, "KPTR", "") \
	X(INTERNAL, 90, "INTERNAL", "")
/* clang-format on */

enum bundle_reason {
#define X(id, code, text, hint) BERR_##id = (code),
	BUNDLE_REASONS(X)
#undef X
};

/** bundle_reason_name() - "CONTAINER" for 25 or -25; "" for other numbers */
const char *bundle_reason_name(int code);
/** bundle_reason_hint() - what helps, where nothing better is known; or "" */
const char *bundle_reason_hint(int code);

#endif
