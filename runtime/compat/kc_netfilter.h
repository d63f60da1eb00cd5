/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks of the network's packets. */
#ifndef RUNTIME_COMPAT_KC_NETFILTER_H
#define RUNTIME_COMPAT_KC_NETFILTER_H

#include "kc_config.h"

/* The hook's last form, and one for each namespace: 06198b34a3e0, 085db2c04557 (4.4) */
#define KC_NETFILTER (KC_HAVE_NF_HOOK_STATE && KC_HAVE_NF_REGISTER_NET_HOOK)

#if KC_NETFILTER
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#endif

#endif
