/* SPDX-License-Identifier: GPL-2.0-only */
/* Symbols of loaded modules: kernels tell modules of no other way to their data. */
#ifndef RUNTIME_COMPAT_KC_MODSYM_H
#define RUNTIME_COMPAT_KC_MODSYM_H

#include <linux/module.h>
#include <linux/rculist.h>

/*
 * @pos walks the struct list_head of every module but this one, in an RCU-sched
 * read side.  The kernel's list has no name that a module may use, but we are on it;
 * its head is among what is seen, as a module with no sensible name.
 */
#define kc_for_each_other_module(pos)                   \
	for ((pos) = READ_ONCE(THIS_MODULE->list.next); \
	     (pos) != &THIS_MODULE->list; (pos) = READ_ONCE((pos)->next))

/**
 * kc_module_symbols() - a module's symbols, with run-time addresses, in an RCU-sched
 *                       read side; the first is none
 *
 * One table became two, of which the second comes with the end of loading, with
 * 8244062ef1e5 (4.5).
 */
static inline const Elf_Sym *kc_module_symbols(const struct module *mod, u32 *n,
					       const char **names)
{
	const struct mod_kallsyms *k = rcu_dereference_sched(mod->kallsyms);

	*n = k ? k->num_symtab : 0;
	*names = k ? k->strtab : NULL;
	return k ? k->symtab : NULL;
}

#endif
