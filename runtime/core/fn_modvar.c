// SPDX-License-Identifier: GPL-2.0-only
/*
 * One part of the runtime: where data of modules is.
 *
 * The kernel tells by name only, after a look at every symbol of the module.  So each
 * name is looked up once between two arrivals or departures of modules, by the first
 * handler that wants it, and kept.
 *
 * Memory: RT_MODVARS entries of 32 bytes, in the module itself.
 */
#include "runtime/core/part.h"

#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>

#include "runtime/compat/kc_cpu.h"
#include "runtime/compat/kc_modsym.h"
#include "runtime/core/cpu.h"

#define RT_MODVARS	128 /* names; what does not fit is looked up every time */
#define RT_MODVAR_TRIES 8
#define RT_MODVAR_MANY	1 /* no address: several have the name */

/* @symbol is NULL as long as it is free, then never changes; as does @module. */
struct rt_modvar {
	const char *symbol, *module;
	u64 addr; /* 0: there is none; or RT_MODVAR_MANY */
	u32 when; /* generation that @addr is of; 0: none */
};

static struct rt_modvar rt_modvars[RT_MODVARS];
static u32 rt_modvar_generation = 1;
static bool rt_modvar_notified;

/* "name." stands for "name.123", which is what a static in a function is called. */
static bool rt_symbol_fits(const char *is, const char *want)
{
	size_t n = strlen(want);

	if (!n || want[n - 1] != '.')
		return !strcmp(is, want);
	if (strncmp(is, want, n) || !is[n])
		return false;
	while (is[n] >= '0' && is[n] <= '9')
		n++;
	return !is[n];
}

/* In an RCU-sched read side: handlers run with interrupts off. */
static u64 rt_symbol_in(const struct module *mod, const char *symbol)
{
	const char *names;
	const Elf_Sym *s;
	u64 found = 0;
	u32 i, n;

	s = kc_module_symbols(mod, &n, &names);
	for (i = 1; i < n; i++) {
		if (s[i].st_shndx == SHN_UNDEF ||
		    !rt_symbol_fits(names + s[i].st_name, symbol))
			continue;
		if (found && found != s[i].st_value)
			return RT_MODVAR_MANY;
		found = s[i].st_value;
	}
	return found;
}

static u64 rt_modvar_find(const char *module, const char *symbol)
{
	const struct list_head *pos;

	kc_for_each_other_module(pos)
	{
		const struct module *mod = list_entry(pos, struct module, list);

		if (!strncmp(mod->name, module, MODULE_NAME_LEN) &&
		    mod->state != MODULE_STATE_UNFORMED &&
		    mod->state != MODULE_STATE_GOING)
			return rt_symbol_in(mod, symbol);
	}
	return 0;
}

/* The entry of a name, which is given one if there is room; or NULL. */
static struct rt_modvar *rt_modvar_entry(const char *module, const char *symbol)
{
	unsigned long at = (unsigned long)symbol / 8;
	struct rt_modvar *v;
	u32 i;

	for (i = 0; i < RT_MODVAR_TRIES; i++) {
		v = &rt_modvars[(at + i) % RT_MODVARS];
		if (!READ_ONCE(v->symbol) && !cmpxchg(&v->symbol, NULL, symbol))
			WRITE_ONCE(v->module, module);
		if (READ_ONCE(v->symbol) == symbol &&
		    READ_ONCE(v->module) == module)
			return v;
	}
	return NULL;
}

static u64 rt_modvar(struct taprt_ctx *c, const char *module,
		     const char *symbol)
{
	struct rt_modvar *v = rt_modvar_entry(module, symbol);
	u32 now = kc_load_acquire(&rt_modvar_generation);
	u64 addr;

	if (v && kc_load_acquire(&v->when) == now) {
		addr = READ_ONCE(v->addr);
	} else {
		addr = rt_modvar_find(module, symbol);
		if (v) {
			WRITE_ONCE(v->addr, addr);
			kc_store_release(&v->when, now);
		}
	}
	if (addr > RT_MODVAR_MANY)
		return addr;
	taprt_fail(c, addr ? "several variables of the module have this name"
			   : "variable of a module that is not loaded");
	return 0;
}

s64 taprt_fn_maddr(struct taprt_ctx *c, const char *module, const char *symbol)
{
	return rt_modvar(c, module, symbol);
}

s64 taprt_fn_maddr_cpu(struct taprt_ctx *c, const char *module,
		       const char *symbol)
{
	u64 at = rt_modvar(c, module, symbol);

	return at ? at + per_cpu_offset(rt_cpu_id()) : 0;
}

static int rt_modvar_notify(struct notifier_block *nb, unsigned long what,
			    void *data)
{
	u32 next = rt_modvar_generation + 1;

	kc_store_release(&rt_modvar_generation, next ? next : 1);
	return NOTIFY_DONE;
}

static struct notifier_block rt_modvar_nb = { .notifier_call =
						      rt_modvar_notify };

static int rt_modvar_init(void)
{
	int rc = rt_try(register_module_notifier(&rt_modvar_nb));

	rt_modvar_notified = !rc;
	return rc;
}

static void rt_modvar_exit(void)
{
	if (rt_modvar_notified)
		unregister_module_notifier(&rt_modvar_nb);
}

const struct taprt_part taprt_part_modvar = {
	.init = rt_modvar_init,
	.exit = rt_modvar_exit,
};
