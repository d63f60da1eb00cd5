/* SPDX-License-Identifier: GPL-2.0-only */
/* Local time by the C library; two globals of tapset/linux/tzinfo.stp. */
#include "runner/zone.h"
#include "runner/session.h"

#include <stdio.h>
#include <time.h>

int zone_set(struct session *s, struct err *e)
{
	time_t now = time(NULL);
	struct tm tm;
	char gmtoff[24];
	int n = session_set_known(s, "__runner_gmtoff", "0", e);
	int m = n < 0 ? n : session_set_known(s, "__runner_zone", "UTC", e);

	if (m < 0)
		return m;
	/* only for a script that asks is TZ or /etc/localtime read */
	if ((n && m) || !localtime_r(&now, &tm))
		return 0;
	/* seconds west, as timezone(3) and tz_gmtoff() count */
	snprintf(gmtoff, sizeof(gmtoff), "%ld", -(long)tm.tm_gmtoff);
	n = session_set_known(s, "__runner_gmtoff", gmtoff, e);
	if (n >= 0)
		n = session_set_known(s, "__runner_zone", tm.tm_zone, e);
	return n < 0 ? n : 0;
}
