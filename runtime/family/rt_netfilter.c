// SPDX-License-Identifier: GPL-2.0-only
/*
 * netfilter probes: hooks of the first network namespace's packets.
 *
 * The verdict is NF_ACCEPT unless the handler says something else and ends well.
 *
 * Memory: 48 bytes a probe.
 */
#include "runtime/core/enter.h"

#include <linux/rcupdate.h>

#include "runtime/compat/kc_netfilter.h"

static const char *rt_netfilter_type(const struct taprt_probe *p)
{
	return "netfilter";
}

const struct taprt_kind taprt_kind_netfilter = { .type = rt_netfilter_type };

/* ---- $verdict --------------------------------------------------------------------- */

s64 taprt_fn_netfilter_verdict(struct taprt_ctx *c)
{
	const u32 *verdict = c->event;

	return *verdict;
}

#if KC_NETFILTER

s64 taprt_fn_netfilter_set(struct taprt_ctx *c, s64 v)
{
	u32 *verdict = c->event, number = v & NF_VERDICT_MASK;

	/*
	 * What the kernel does not expect of a hook makes it forget the packet:
	 * NF_STOLEN is one's promise to free it, NF_REPEAT and NF_STOP are for those
	 * who give queued packets back.
	 */
	if (v < 0 || v > U32_MAX || number > NF_MAX_VERDICT)
		taprt_fail_num(c, "there is no netfilter verdict ", v, "");
	else if (number == NF_STOLEN || number > NF_QUEUE)
		taprt_fail_num(c,
			       "a hook may not return the netfilter verdict ",
			       v, "");
	else
		*verdict = v;
	return 0;
}

/* ---- running handlers ---------------------------------------------------------------- */

static unsigned int rt_netfilter_fn(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	const struct taprt_probe *p = priv;
	u32 verdict = NF_ACCEPT;
	unsigned long flags;
	struct rt_cpu *r;

	if (!rt_running() || rt_counted(p))
		return NF_ACCEPT;
	r = rt_enter(&flags);
	if (!r)
		return NF_ACCEPT;
	rt_ctx_reset(r, p);
	r->c.point = p - taprt_program.probes;
	r->c.func = "";
	r->c.pp = p->name;
	r->c.event = &verdict;
	r->c.arg[0] = state->hook;
	r->c.arg[1] = (unsigned long)skb;
	r->c.arg[2] = (unsigned long)state->in;
	r->c.arg[3] = (unsigned long)state->out;
	r->c.arg[4] = (unsigned long)state->okfn;
	r->c.stack = 0;
	rt_run(r, p);
	if (r->c.error)
		verdict = NF_ACCEPT;
	rt_leave(r, flags);
	return verdict;
}

/* ---- the session's side ----------------------------------------------------------------- */

static struct nf_hook_ops *rt_nf_ops; /* by probe; of other kinds unused */
static u32 rt_nf_armed, rt_nf_failed;

static void rt_netfilter_arm(void)
{
	char text[240];
	u32 i;
	int rc;

	for (i = 0; i < taprt_program.nprobes; i++) {
		const struct taprt_probe *p = &taprt_program.probes[i];
		struct nf_hook_ops *o = &rt_nf_ops[i];

		if (p->kind != &taprt_kind_netfilter)
			continue;
		o->pf = p->num[0];
		o->hooknum = p->num[1];
		o->priority = p->num[2];
		o->priv = (void *)p;
		o->hook = rt_netfilter_fn;
		rc = rt_try(nf_register_net_hook(&init_net, o));
		if (rc) {
			o->hook = NULL;
			rt_nf_failed++;
			snprintf(
				text, sizeof(text),
				"probe %.120s registration error [man warning::pass5] (rc %d)",
				p->name, rc);
			taprt_session_fail(text);
			return;
		}
		rt_nf_armed++;
	}
}

/* Nothing runs, nor will, when this returns. */
static void rt_netfilter_disarm(void)
{
	bool any = false;
	u32 i;

	for (i = 0; i < taprt_program.nprobes; i++) {
		if (!rt_nf_ops[i].hook)
			continue;
		nf_unregister_net_hook(&init_net, &rt_nf_ops[i]);
		rt_nf_ops[i].hook = NULL;
		any = true;
	}
	if (any)
		synchronize_net();
}

static void rt_netfilter_counts(struct tapw_event *ev)
{
	ev->points += rt_nf_armed;
	ev->points_failed += rt_nf_failed;
}

static int rt_netfilter_init(void)
{
	rt_nf_ops =
		taprt_alloc((taprt_program.nprobes + 1) * sizeof(*rt_nf_ops));
	return rt_nf_ops ? 0 : -ENOMEM;
}

static void rt_netfilter_exit(void)
{
	taprt_free(rt_nf_ops);
}

const struct taprt_part taprt_part_netfilter = {
	.init = rt_netfilter_init,
	.exit = rt_netfilter_exit,
	.arm = rt_netfilter_arm,
	.disarm = rt_netfilter_disarm,
	.counts = rt_netfilter_counts,
};

#else

s64 taprt_fn_netfilter_set(struct taprt_ctx *c, s64 v)
{
	u32 *verdict = c->event;

	*verdict = v;
	return 0;
}

static void rt_netfilter_arm(void)
{
	taprt_session_fail("packets of this kernel cannot be probed");
}

const struct taprt_part taprt_part_netfilter = { .arm = rt_netfilter_arm };

#endif
