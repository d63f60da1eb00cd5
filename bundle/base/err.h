/* SPDX-License-Identifier: GPL-2.0-only */
/* Failures of the world (files, packages, kernels, bundles) as values. */
#ifndef BUNDLE_BASE_ERR_H
#define BUNDLE_BASE_ERR_H

/*
 * Library codes, always negative.  What a program exits with is decided in its
 * main file only (bundle.md 3.7 for taprun, style.md 6 for tapbuild).
 */
enum err_code {
	ERR_IO = -1,	      /* a system call failed; sys_errno says why */
	ERR_NOT_FOUND = -2,   /* the named thing does not exist */
	ERR_FORMAT = -3,      /* bytes do not have the required shape */
	ERR_LIMIT = -4,	      /* a size or count is above a compiled-in limit */
	ERR_TRUNCATED = -5,   /* input ends before it should */
	ERR_CORRUPT = -6,     /* a digest, checksum or cross check differs */
	ERR_UNSUPPORTED = -7, /* understood, but cannot be done here */
	ERR_TOOL = -8,	      /* a compiler, linker or objtool run failed */
	ERR_EXISTS = -9,
	ERR_SIGNATURE = -10,
	ERR_INTERRUPTED = -11,
	ERR_INVALID = -12, /* the caller's argument is wrong */
};

#define ERR_TEXT_MAX 480

/**
 * struct err - one failure, in the caller's storage
 * @code: an enum err_code, or a room's own code (bundle/limits.h: BERR_*); 0 = none
 * @sys_errno: errno at the failing call, or 0
 * @text: "cannot open 'x': No such file or directory": lower case, no full stop
 * @hint: a command or action that helps, or ""
 */
struct err {
	int code;
	int sys_errno;
	char text[ERR_TEXT_MAX];
	char hint[240];
};

/**
 * err_set() - fill @e and return @code, so that callers can `return err_set(…)`
 * @e: may be NULL when the caller does not want the text
 */
int err_set(struct err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * err_sys() - like err_set() with ERR_IO and ": strerror(errno)" appended
 * Return: ERR_IO. errno is preserved in @e->sys_errno.
 */
int err_sys(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** err_prefix() - put "context: " in front of the text; returns @e->code */
int err_prefix(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** err_hint() - set what the user can try; returns @e->code */
int err_hint(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
