# shellcheck shell=sh disable=SC2086
# kill -9 where taprun enters a system call, alone and with its keeper: the first and the
# last of each kind that it makes once a module may be there, and three before.  Alone:
# the keeper unloads.  Both: the module disarms itself, and --reap unloads it.
TAP=/cases/boot/killpoints.tap
nothing_left() {
	await no_module
	await disarmed
	not grep -q . /sys/kernel/debug/kprobes/list || fail "kprobes stay"
	[ ! -e /proc/systemtap ] || fail "files stay"
}
# the calls of a whole run, and which of them to try; what the first run leaves in the
# host's memory the others find there
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
killat 0 /tmp/calls $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^begun$' '^tick$' '^ended$'
nothing_left
load=$(grep -n '^finit_module$' /tmp/calls | cut -d: -f1)
[ -n "$load" ] || fail "no finit_module among its calls"
points=$(awk -v load="${load:-1}" '
	NR < load && NR % int(load / 3) == 1 { at[NR] }
	NR >= load && !($1 in first) { first[$1] = NR; at[NR] }
	NR >= load { last[$1] = NR }
	END { for (k in last) at[last[k]]; for (k in at) print k }' /tmp/calls | sort -n)
n=0 reaped=0
for at in $points; do
	for who in one all; do # attack 20
		timeout 600 killat $at $who $TAPRUN "$TAP" >/tmp/out 2>/tmp/err
		rc=$?
		grep '^killat: ' /tmp/err >>/tmp/points
		# a run differs by some calls from the one before: the last may not come
		[ $rc = 137 ] || [ $rc = 0 ] || fail "point $at $who: exit $rc"
		if [ $who = all ]; then
			await disarmed
			await not pidof taprun
			$TAPRUN --reap >/tmp/out 2>&1 || fail "reap: exit $?"
			grep -q '^taprun: unloaded killpoints_' /tmp/out && reaped=$((reaped + 1))
		fi
		nothing_left
		[ -z "$failed" ] || { fail "after $(tail -1 /tmp/points), $who"; break 2; }
		n=$((n + 1))
	done
done
sort -u -k3 /tmp/points | awk '{ printf "%s ", $3 } END { print "" }' | sed "s/^/# $n kills, $reaped modules reaped; at: /"
[ "$(sed 's/.* //' /tmp/points | sort -u | wc -l)" -ge 15 ] || fail "too few kinds of points"
[ $reaped -ge 10 ] || fail "too few modules for --reap: $reaped"
[ $n -ge 40 ] || fail "too few points: $n"
check_kernel
