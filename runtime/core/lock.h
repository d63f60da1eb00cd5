/* SPDX-License-Identifier: GPL-2.0-only */
/* The locks of script globals, for who reports about them. */
#ifndef RUNTIME_CORE_LOCK_H
#define RUNTIME_CORE_LOCK_H

#include "runtime/core/core.h"

struct rt_shared {
	u32 held;
} RT_ALIGNED;

struct rt_rwlock {
	s32 v;		       /* readers, or LOCK_WRITER */
	u32 timeouts;	       /* handlers that gave up waiting for it */
	u32 contended;	       /* that had to wait at all */
	struct rt_shared *cpu; /* shared often: who shares; @v is 0 or writer */
} RT_ALIGNED;

extern struct rt_rwlock *taprt_locks; /* by global */

#endif
