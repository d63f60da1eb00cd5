/* SPDX-License-Identifier: GPL-2.0-only */
/* $variables of places in functions, for every family that has such places. */
#ifndef BUILD_FAMILIES_FUNCVAR_H
#define BUILD_FAMILIES_FUNCVAR_H

#include "build/families/family.h"

/*
 * What the kernel's own types know comes first: parameters at a function's entry
 * (fam_point.btf) and $return.  The rest is of full debug information: of
 * fam_point.dw, or looked up for the function at fam_point.dp.addr when it is
 * first asked for.  Places that are no entry have a dw; btf does not count there.
 */

/** funcvar_value(), funcvar_names(), funcvar_locals() - as in struct family */
enum fam_result funcvar_value(struct sema *sm, const struct dprobe *p,
			      const struct fam_point *fp, struct span at,
			      const char *name, struct fam_value *ret);
void funcvar_names(struct sema *sm, const struct dprobe *p,
		   const struct fam_point *fp,
		   void (*add)(void *arg, const char *name), void *arg);
void funcvar_locals(struct sema *sm, const struct dprobe *p,
		    const struct fam_point *fp,
		    void (*add)(void *arg, const char *name), void *arg);

#endif
