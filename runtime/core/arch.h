/* SPDX-License-Identifier: GPL-2.0-only */
/* This machine's registers and addresses. */
#ifndef RUNTIME_CORE_ARCH_H
#define RUNTIME_CORE_ARCH_H

#ifdef CONFIG_X86_64
#include "runtime/arch/x86_64/regs.h"
#else
#error "no runtime/arch for this machine"
#endif

#endif
