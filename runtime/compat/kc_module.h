/* SPDX-License-Identifier: GPL-2.0-only */
/* Loaded modules: where their text is. */
#ifndef RUNTIME_COMPAT_KC_MODULE_H
#define RUNTIME_COMPAT_KC_MODULE_H

#include <linux/module.h>

#include "kc_config.h"

/* One range became two with 7523e4dc5057 (4.5) and many with ac3b43283923 (6.4) */
static inline unsigned long kc_module_text(const struct module *mod)
{
#if KC_HAVE_MODULE_MEM
	return (unsigned long)mod->mem[MOD_TEXT].base;
#elif KC_HAVE_MODULE_CORE_LAYOUT
	return (unsigned long)mod->core_layout.base;
#else
	return (unsigned long)mod->module_core;
#endif
}

#endif
