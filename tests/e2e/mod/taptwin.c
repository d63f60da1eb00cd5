// SPDX-License-Identifier: GPL-2.0-only
/* A second module with a function of the same name: echo N >…/taptwin/parameters/poke */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

noinline int tt_both(int n)
{
	barrier();
	return n + 20;
}

static int tw_poke(const char *text, const struct kernel_param *kp)
{
	long n;
	int rc = kstrtol(text, 0, &n);

	if (!rc)
		tt_both((int)n);
	return rc;
}

static const struct kernel_param_ops tw_poke_ops = { .set = tw_poke };
module_param_cb(poke, &tw_poke_ops, NULL, 0200);

static int __init tw_init(void)
{
	return 0;
}

static void __exit tw_exit(void)
{
}

module_init(tw_init);
module_exit(tw_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("twin of taptarget");
