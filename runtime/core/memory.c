// SPDX-License-Identifier: GPL-2.0-only
/* One part of the runtime: reading memory, and printing what it holds. */
#include "runtime/core/copy.c"
#include "runtime/core/put_mem.c"
