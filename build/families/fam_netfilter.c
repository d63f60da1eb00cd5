// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on their way: netfilter.hook("H").pf("F").priority("P").
 *
 * dprobe.num is the protocol family, the hook's number there and the priority.
 * Source: include/uapi/linux/netfilter*.h, whose numbers are for ever.
 */
#include "build/families/family.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/debuginfo/btf.h"
#include "build/elab/expand.h"
#include "build/elab/place.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"
#include "build/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct fam_form forms[] = {
	{ "netfilter.hook(S).pf(S)", 0 },
	{ "netfilter.hook(S).pf(S).priority(S)", 0 },
	{ "netfilter.pf(S).hook(S)", 0 },
	{ "netfilter.pf(S).hook(S).priority(S)", 0 },
};

/* ---- names --------------------------------------------------------------- */

struct named {
	const char *name;
	int64_t v;
};

enum { PF_IPV4 = 2, PF_ARP = 3, PF_BRIDGE = 7, PF_IPV6 = 10 };

static const struct named families[] = {
	{ "NFPROTO_IPV4", PF_IPV4 },
	{ "NFPROTO_IPV6", PF_IPV6 },
	{ "NFPROTO_ARP", PF_ARP },
	{ "NFPROTO_BRIDGE", PF_BRIDGE },
	{ NULL, 0 },
};

static const struct named ip_hooks[] = {
	{ "PRE_ROUTING", 0 }, { "LOCAL_IN", 1 },     { "FORWARD", 2 },
	{ "LOCAL_OUT", 3 },   { "POST_ROUTING", 4 }, { NULL, 0 },
};

static const struct named arp_hooks[] = {
	{ "IN", 0 },
	{ "OUT", 1 },
	{ "FORWARD", 2 },
	{ NULL, 0 },
};

/* Which hooks a family has, and what their names begin with there. */
static const struct {
	int64_t pf;
	const char *prefix;
	const struct named *hooks;
} hooks[] = {
	{ PF_IPV4, "NF_INET_", ip_hooks }, { PF_IPV4, "NF_IP_", ip_hooks },
	{ PF_IPV6, "NF_INET_", ip_hooks }, { PF_IPV6, "NF_IP6_", ip_hooks },
	{ PF_ARP, "NF_ARP_", arp_hooks },  { PF_BRIDGE, "NF_BR_", ip_hooks },
};

static const struct named priorities[] = {
	{ "FIRST", INT32_MIN },
	{ "RAW_BEFORE_DEFRAG", -450 },
	{ "CONNTRACK_DEFRAG", -400 },
	{ "RAW", -300 },
	{ "SELINUX_FIRST", -225 },
	{ "CONNTRACK", -200 },
	{ "MANGLE", -150 },
	{ "NAT_DST", -100 },
	{ "FILTER", 0 },
	{ "SECURITY", 50 },
	{ "NAT_SRC", 100 },
	{ "SELINUX_LAST", 225 },
	{ "CONNTRACK_HELPER", 300 },
	{ "CONNTRACK_CONFIRM", INT32_MAX },
	{ "LAST", INT32_MAX },
	{ NULL, 0 },
};

static bool find(const struct named *n, const char *name, int64_t *v)
{
	for (; n->name; n++)
		if (!strcmp(n->name, name)) {
			*v = n->v;
			return true;
		}
	return false;
}

static bool find_after(const struct named *n, const char *prefix,
		       const char *name, int64_t *v)
{
	size_t len = strlen(prefix);

	return !strncmp(name, prefix, len) && find(n, name + len, v);
}

static bool find_hook(int64_t pf, const char *name, int64_t *v)
{
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (hooks[i].pf == pf &&
		    find_after(hooks[i].hooks, hooks[i].prefix, name, v))
			return true;
	return false;
}

static bool find_priority(const char *name, int64_t *v)
{
	char *end;

	if (find_after(priorities, "NF_IP_PRI_", name, v) ||
	    find_after(priorities, "NF_IP6_PRI_", name, v))
		return true;
	errno = 0;
	*v = strtoll(name, &end, 0);
	return *name && !*end && !errno && *v >= INT32_MIN && *v <= INT32_MAX;
}

/* ---- points -------------------------------------------------------------- */

static const char *names_of(struct arena *a, const struct named *n,
			    const char *prefix, const char *s)
{
	for (; n->name; n++)
		s = arena_printf(a, "%s%s%s%s", s, *s ? ", " : "", prefix,
				 n->name);
	return s;
}

static const char *hooks_of(struct arena *a, int64_t pf)
{
	const char *s = "";

	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (hooks[i].pf == pf)
			s = names_of(a, hooks[i].hooks, hooks[i].prefix, s);
	return s;
}

static enum fam_result netfilter_expand(struct sema *sm,
					const struct ast_point *pt,
					unsigned int form,
					struct fam_probe *ret)
{
	const struct ast_comp *pf = family_comp(pt, "pf");
	const struct ast_comp *hook = family_comp(pt, "hook");
	const struct ast_comp *prio = family_comp(pt, "priority");
	struct dprobe *p = ret->p;

	(void)form;
	p->kind = &kind_netfilter;
	p->name = expand_point_text(sm, pt);
	if (!find(families, pf->str, &p->num[0])) {
		diag_error(sm->d, &pf->at, DIAG_NETFILTER,
			   "unsupported netfilter protocol family \"%s\" "
			   "(there are: %s)",
			   pf->str, names_of(sm->a, families, "", ""));
		return FAM_REFUSED;
	}
	if (!find_hook(p->num[0], hook->str, &p->num[1])) {
		diag_error(sm->d, &hook->at, DIAG_NETFILTER,
			   "unsupported netfilter hook \"%s\" for protocol "
			   "family \"%s\" (there are: %s)",
			   hook->str, pf->str, hooks_of(sm->a, p->num[0]));
		return FAM_REFUSED;
	}
	if (prio && !find_priority(prio->str, &p->num[2])) {
		diag_error(sm->d, &prio->at, DIAG_NETFILTER,
			   "unsupported netfilter priority \"%s\": a number of "
			   "32 bits, or NF_IP_PRI_ and one of %s",
			   prio->str, names_of(sm->a, priorities, "", ""));
		return FAM_REFUSED;
	}
	return FAM_OK;
}

/* ---- variables ----------------------------------------------------------- */

/* In the order of the hook's context: argument 0 and so on. */
static const char *const vars[] = { "$hooknum", "$skb", "$in", "$out",
				    "$okfn" };

/*
 * BTF type of variable @i, or 0 where the kernel's types are not at hand.  All of them
 * are in typedef unsigned int nf_hookfn(void *, struct sk_buff *,
 *					 const struct nf_hook_state *).
 */
static uint32_t var_type(const struct btfv *b, size_t i)
{
	struct btft fn, state;
	struct btf_memb m;
	const char *name;
	uint32_t type;

	if (!b || !i)
		return 0;
	fn = btf_type(b, btf_find_typedef(b, "nf_hookfn"));
	if (fn.kind != BTFK_PROTO ||
	    !btf_param(b, &fn, i == 1 ? 1 : 2, &name, &type))
		return 0;
	if (i == 1)
		return type;
	state = btf_type(b, btf_type(b, type).ref);
	if (state.kind != BTFK_STRUCT ||
	    !btf_find_member(b, state.id, vars[i] + 1, &m))
		return 0;
	return m.type;
}

static enum fam_result netfilter_var(struct sema *sm, const struct dprobe *p,
				     const struct fam_point *fp, struct span at,
				     const char *name, struct fam_value *ret)
{
	(void)p;
	(void)fp;
	if (!strcmp(name, "$verdict")) {
		ret->e = intrinsic_call(sm->a, at, "__netfilter_verdict", 0);
		return FAM_OK;
	}
	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++) {
		if (strcmp(vars[i], name))
			continue;
		ret->e = tree_expr(sm->a, EX_ARG, at);
		ret->e->type = TY_LONG;
		ret->e->num = (int64_t)i;
		ret->type = var_type(sm->btf, i);
		return FAM_OK;
	}
	return FAM_NOT_MINE;
}

static enum fam_result netfilter_assign(struct sema *sm, const struct dprobe *p,
					const struct ast_expr *e,
					struct ast_expr **ret)
{
	(void)p;
	if (strcmp(e->a->target->name, "$verdict"))
		return FAM_NOT_MINE;
	if (!sm->s->guru) {
		diag_error(sm->d, &e->at, DIAG_NEED_GURU,
			   "write to target variable not permitted; need stap "
			   "-g");
		return FAM_REFUSED;
	}
	if (e->op != OP_SET) {
		diag_error(sm->d, &e->at, DIAG_TARGET_WRITE,
			   "only = can write to '$verdict'");
		return FAM_REFUSED;
	}
	*ret = intrinsic_call(sm->a, e->at, "__netfilter_set", 1, e->b);
	return FAM_OK;
}

static void netfilter_names(struct sema *sm, const struct dprobe *p,
			    const struct fam_point *fp,
			    void (*add)(void *arg, const char *name), void *arg)
{
	(void)sm;
	(void)p;
	(void)fp;
	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i++)
		add(arg, vars[i]);
	add(arg, "$verdict");
}

extern const struct family fam_netfilter;
const struct family fam_netfilter = {
	.name = "netfilter",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = netfilter_expand,
	.var = netfilter_var,
	.assign = netfilter_assign,
	.names = netfilter_names,
};
