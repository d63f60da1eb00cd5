// SPDX-License-Identifier: GPL-2.0-only
/* One part of the runtime: small functions of which most scripts call some. */
#include "runtime/core/fn_ctx.c"
#include "runtime/core/random.c"
#include "runtime/core/task.c"
#include "runtime/core/time.c"
