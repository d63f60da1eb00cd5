// SPDX-License-Identifier: GPL-2.0-only
/* The yardstick: a probe whose handler only counts, as one would write by hand. */
#include <linux/kprobes.h>
#include <linux/module.h>

static char *func = "__x64_sys_getppid";
module_param(func, charp, 0);
static bool at_return;
module_param(at_return, bool, 0);
static unsigned long hits;

static int handler(struct kprobe *p, struct pt_regs *regs)
{
	hits++;
	return 0;
}

static int returned(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	hits++;
	return 0;
}

static struct kprobe kp = { .pre_handler = handler };
static struct kretprobe rp = { .handler = returned, .maxactive = 64 };

static int __init hand_init(void)
{
	kp.symbol_name = func;
	rp.kp.symbol_name = func;
	return at_return ? register_kretprobe(&rp) : register_kprobe(&kp);
}

static void __exit hand_exit(void)
{
	if (at_return)
		unregister_kretprobe(&rp);
	else
		unregister_kprobe(&kp);
	pr_info("hand_kprobe: %lu hits\n", hits);
}

module_init(hand_init);
module_exit(hand_exit);
MODULE_LICENSE("GPL");
