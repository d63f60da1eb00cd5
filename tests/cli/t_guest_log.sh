#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the guest takes for a complaint of the kernel, and what not.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
. "$top/tests/e2e/guest/lib.sh"

complains() { # LINE
	echo "$1" >log
	kernel_complains log
}
while read -r line; do
	check "complaint: ${line:0:50}" complains "$line"
done <<'END'
[    4.120000] BUG: kernel NULL pointer dereference, address: 0000000000000008
[    4.120000] kernel BUG at mm/slub.c:321!
BUG: unable to handle page fault for address: ffffffffc0000000
[    4.120000] WARNING: CPU: 1 PID: 77 at kernel/kprobes.c:1
[    4.120000] Oops: 0000 [#1] PREEMPT SMP NOPTI
[    4.120000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
[    4.120000] watchdog: BUG: soft lockup - CPU#0 stuck for 22s!
[    4.120000] general protection fault, probably for non-canonical address
END
while read -r line; do
	check "none: ${line:0:50}" not complains "$line"
done <<'END'
[    4.120000] scsi_debug:sdebug_driver_probe: scsi_debug: trim poll_queues to 0. poll_q/nr_hw = (0/1)
[    4.120000] scsi host0: scsi_debug: version 0191 [20210520]
[    4.120000] debug: a message of that name
[    4.120000] loop0: detected capacity change from 0 to 8192
END

# The console has the case's own words as well, and what comes after the last case.
console() { # LINE...
	printf '%s\r\n' 'ls: /proc/tap-*: No such file or directory' \
		'[    3.100000] x_1: loading out-of-tree module taints kernel.' \
		'[    3.200000] fault 1: taprt_alloc_cpu+0xf4/0x140 [fault_eead4b7c] fails' "$@" >console
	console_complains console
}
check "console: nothing of the kernel" not console '# a test said: WARNING'
check "console: the kernel's last words" console '[   99.900000] WARNING: CPU: 0 PID: 1 at kernel/module.c:1'
check "console: what is left of a module" console '[   99.900000] BUG: unable to handle page fault for address: ffffffffc0000000'
