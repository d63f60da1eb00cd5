/* SPDX-License-Identifier: GPL-2.0-only */
/* One run of tapbuild: what the user asked for; shared by all passes. */
#ifndef BUILD_SESSION_H
#define BUILD_SESSION_H

#include "build/base/arena.h"
#include "build/base/src.h"
#include "build/sema/limits.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * struct session - options and inputs that are the same for every target
 * @perm: lives until the program ends (sources, tapset index)
 * @define: -D as given, limits among them: macros of embedded C
 * @kbuild: -B NAME=VALUE as given: for embedded C
 * @compatible: --compatible, or NULL for the newest version
 * @timing: -t
 */
struct session {
	struct arena *perm;
	struct src *script;
	const char
		*script_name; /* as printed, without directories: provenance */
	const char **args;    /* script arguments $1 … */
	size_t nargs;
	const char **include; /* the default tapset, then -I directories */
	size_t ninclude;
	const char **global_set; /* -G name=value */
	size_t nglobal_set;
	const char **define, **kbuild, **modinfo;
	size_t ndefine, nkbuild, nmodinfo;
	const char *compatible;
	struct limits limits;
	bool guru, unoptimized, no_warnings, warnings_are_errors, timing;
	bool skip_badvars, suppress_handler_errors, no_global_display;
	int verbose;
};

#endif
