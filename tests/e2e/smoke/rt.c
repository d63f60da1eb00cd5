// SPDX-License-Identifier: GPL-2.0-only
/* The runtime, for kbuild. */
#include "runtime/module.c"
