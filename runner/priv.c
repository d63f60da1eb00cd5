/* SPDX-License-Identifier: GPL-2.0-only */
/* Capabilities down to a mask, irreversibly. */
#include "runner/priv.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"

#include <sys/auxv.h>
#include <sys/prctl.h>

#define PRIV_CAPS 64

int priv_init(struct err *e)
{
	if (getauxval(AT_SECURE)) {
		err_set(e, -BERR_NOT_PERMITTED,
			"taprun must not be set-uid or have file capabilities");
		return err_hint(e, "chmod u-s; setcap -r");
	}
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return 0;
}

void priv_begin(void)
{
	unsigned long i;

	/* needs CAP_SETPCAP; without it no_new_privs does the same work */
	for (i = 0; i < PRIV_CAPS; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	/* before 3.5 there is no such flag */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int priv_drop(uint64_t keep, uint64_t now, struct err *e)
{
	uint64_t have = 0, effective, left;

	if (sys_caps(&have, &effective) < 0 ||
	    sys_set_caps(have & keep, have & keep & now) < 0) {
		err_sys(e, "cannot drop capabilities");
		return e ? e->code = -BERR_INTERNAL : -BERR_INTERNAL;
	}
	if (sys_caps(&have, &effective) < 0)
		have = effective = UINT64_MAX;
	left = (have & ~keep) | (effective & ~(keep & now));
	if (left)
		return err_set(e, -BERR_INTERNAL,
			       "capabilities %llx are still there",
			       (unsigned long long)left);
	return 0;
}
