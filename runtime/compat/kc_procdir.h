/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A directory of procfs that several modules share: whoever comes first makes it,
 * and whoever goes last takes it away.
 *
 * To make what is there already is a warning of the kernel, and to remove what is
 * not empty takes away what is in it.  So the modules look, with a lock held that
 * every kernel exports and that nobody holds for long.
 */
#ifndef RUNTIME_COMPAT_KC_PROCDIR_H
#define RUNTIME_COMPAT_KC_PROCDIR_H

#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/stat.h>

#include "kc_config.h"

static inline void kc_procdir_lock(void)
{
#if KC_HAVE_RTNL_LOCK
	rtnl_lock();
#endif
}

static inline void kc_procdir_unlock(void)
{
#if KC_HAVE_RTNL_LOCK
	rtnl_unlock();
#endif
}

/* Number of links of /proc/@name: 2 and its directories; 0: it is not there. */
static inline u32 kc_procdir_links(const char *name)
{
	u32 n = 3; /* there, and better left there */
#if KC_HAVE_KERN_PATH
	struct path p;
	char full[64];

	snprintf(full, sizeof(full), "/proc/%s", name);
	if (kern_path(full, LOOKUP_FOLLOW, &p))
		return 0;
#if KC_HAVE_VFS_GETATTR_MASK
	{
		struct kstat s;

		if (!vfs_getattr(&p, &s, STATX_NLINK, AT_STATX_SYNC_AS_STAT))
			n = s.nlink;
	}
#endif
	path_put(&p);
#endif
	return n;
}

/* /proc/@name/@mine, or NULL; @name as well if need be */
static inline struct proc_dir_entry *kc_procdir_make(const char *name,
						     const char *mine)
{
	struct proc_dir_entry *d = NULL;
	char full[128];

	snprintf(full, sizeof(full), "%s/%s", name, mine);
	kc_procdir_lock();
	if (kc_procdir_links(name) || proc_mkdir(name, NULL))
		d = proc_mkdir(full, NULL);
	if (!d && kc_procdir_links(name) == 2)
		remove_proc_entry(name, NULL);
	kc_procdir_unlock();
	return d;
}

/*
 * Take /proc/@name away where nobody has anything in it.  The path is looked up: not
 * for a process that exits, which has no root any more.
 */
static inline void kc_procdir_tidy(const char *name)
{
	kc_procdir_lock();
	if (kc_procdir_links(name) == 2)
		remove_proc_entry(name, NULL);
	kc_procdir_unlock();
}

#endif
