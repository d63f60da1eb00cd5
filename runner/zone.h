/* SPDX-License-Identifier: GPL-2.0-only */
/* The time zone that scripts know as tz_gmtoff() and tz_name(). */
#ifndef RUNNER_ZONE_H
#define RUNNER_ZONE_H

struct err;
struct session;

/**
 * zone_set() - tell the module, if its script asks
 *
 * The zone is that of TZ, or of /etc/localtime, as it is now; a host without one
 * has UTC.  Before the confinement: files are read.
 * Return: 0, or -BERR_PARAM when the module does not take it.
 */
int zone_set(struct session *s, struct err *e);

#endif
