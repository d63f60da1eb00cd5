// SPDX-License-Identifier: GPL-2.0-only
/* Stacks, and addresses as text: one part of the runtime of two files. */
#include "runtime/core/fn_stack.c"
#include "runtime/core/fn_sym.c"
