/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild kit fetch: from a manifest to stored kits. */
#ifndef BUILD_KIT_FETCH_H
#define BUILD_KIT_FETCH_H

#include "build/kit/make.h"

#include <stdbool.h>

/* Lists younger than this many seconds are taken as they are. */
#define FETCH_LISTS_FRESH (12 * 3600)

/**
 * struct fetch_result - what became of one kernel of the manifest
 * @release: or the regular expression when nothing matched
 * @path: of the stored kit, NULL when it failed
 * @was_current: nothing had to be made
 * @has_debug: a debug index was made
 */
struct fetch_result {
	const char *release, *path;
	bool was_current, has_debug;
	struct err *error; /* NULL = fine */
};

/**
 * kit_fetch() - download packages and make the kits that are missing or old
 * @update: renew package lists however young they are
 * @ret: one result for each "kernel:" line, in the order of the manifest
 *
 * With @m->debug, kernels without a debug index get one: their debug package is
 * downloaded, read and removed again, because it is a gigabyte.
 *
 * One kernel's failure does not keep the others from being made.  Without
 * network, what was downloaded before is used.  The releases are recorded
 * (kit_manifest_record()) when all are there.
 * Return: 0, ERR_IO, ERR_FORMAT (manifest), or the first kernel's failure.
 */
int kit_fetch(struct arena *a, const struct kit_maker *m, const char *manifest,
	      bool update, struct fetch_result **ret, size_t *n, struct err *e);

#endif
