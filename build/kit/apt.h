/* SPDX-License-Identifier: GPL-2.0-only */
/* Packages through apt with private lists; this machine's own state is not used. */
#ifndef BUILD_KIT_APT_H
#define BUILD_KIT_APT_H

#include "build/kit/flags.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct manifest;
struct suite;

/**
 * struct apt - one private configuration
 * @dir: its directory; @env: for spawn: APT_CONFIG
 */
struct apt {
	const char *dir;
	const char *env[2];
};

/**
 * apt_setup() - write the configuration of @s below the cache
 *
 * Where an archive ("debian") is comes from "archive:" lines of the manifest,
 * else from this machine's apt sources.
 * Return: 0, ERR_IO, ERR_NOT_FOUND (nobody knows the archive).
 * Source: apt.conf(5), sources.list(5)
 */
int apt_setup(struct arena *a, const struct manifest *m, const struct suite *s,
	      struct apt *ret, struct err *e);

/** apt_age() - seconds since the lists were updated; negative: never */
double apt_age(struct arena *a, const struct apt *apt);
/** apt_update() - apt-get update; ERR_TOOL keeps the lists there were */
int apt_update(struct arena *a, const struct apt *apt, struct err *e);

/**
 * apt_kernels() - releases that match @regex and have headers, newest first
 * Return: 0, ERR_TOOL.
 */
int apt_kernels(struct arena *a, const struct apt *apt, const char *regex,
		struct words *ret, struct err *e);

/**
 * apt_packages() - package names of one kernel: headers, build tools, image
 * Return: 0, ERR_NOT_FOUND (incomplete in this suite), ERR_TOOL.
 */
int apt_packages(struct arena *a, const struct apt *apt, const char *release,
		 struct words *ret, struct err *e);

/**
 * apt_download() - have the packages in @dir; nothing is done when they are
 * @files: paths of the .deb files
 * @bad: NULL: a file of the right size is taken for the package.  Else their digests
 *       are compared with those of the lists, and this many had another; they are new.
 * Return: 0, ERR_IO, ERR_TOOL.
 */
int apt_download(struct arena *a, const struct apt *apt, const char *dir,
		 const struct words *packages, struct words *files, size_t *bad,
		 struct err *e);

#endif
