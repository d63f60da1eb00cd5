/* SPDX-License-Identifier: GPL-2.0-only */
/* Script object + what it needs of the runtime + target object -> loadable module. */
#ifndef BUILD_LINK_MODULE_H
#define BUILD_LINK_MODULE_H

#include "build/base/buf.h"
#include "build/link/glue.h"

#include <stdint.h>

struct arena;
struct err;
struct script_object;

/**
 * struct module_job - one module to link
 * @glue: everything per target; @object: compiled script
 * @embedded: the script's own C, or NULL
 * @ko: result bytes; the caller buf_deinit()s
 * @rc, @e: outcome of this job alone
 * @ns: its share of the linking: wall time of all jobs divided by their number
 */
struct module_job {
	struct glue_spec glue;
	const struct script_object *object, *embedded;
	struct buf ko;
	int rc;
	struct err *e;
	uint64_t ns;
};

/**
 * module_choose_parts() - set @j->glue.parts: which of the runtime's objects it needs
 *
 * Return: 0, ERR_UNSUPPORTED: the kit's runtime lacks one.
 */
int module_choose_parts(struct module_job *j);

/**
 * module_link_all() - link @n modules, @jobs at a time, in private scratch space
 *
 * Each: ld -r under the kernel's module.lds, then the kernel's own objtool.
 * Return: 0, or the first job's error; the others are still done.
 */
int module_link_all(struct module_job *job, size_t n, const char *scratch,
		    struct arena *a, unsigned int jobs, struct err *e);

#endif
