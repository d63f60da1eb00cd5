# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What a probe adds to a cheap system call, in turns with the yardsticks.
calls=2000
rounds=250
want=$((calls * rounds))
loop="/cases/bin/calls $calls $rounds"
hand=/cases/bin/hand-$(uname -r).ko

by_hand() { # NAME parameters
	name=$1
	shift
	insmod "$hand" "$@" || fail "insmod $hand"
	echo "| hit.$name $($loop)"
	rmmod hand_kprobe
	n=$(dmesg | sed -n 's/.*hand_kprobe: \([0-9]*\) hits.*/\1/p' | tail -1)
	[ "${n:-0}" -ge $want ] || fail "$name: $n hits of $want"
}

ours() { # NAME
	$TAPRUN -v -o /tmp/out -c "$loop" "/cases/hit/$1.tap" >/tmp/ns 2>/tmp/err ||
		fail "$1: exit $?"
	echo "| hit.$1 $(cat /tmp/ns)"
	n=$(sed -n 's/.* \([0-9]*\) hits.*/\1/p' /tmp/err)
	[ "${n:-0}" -ge $want ] || fail "$1: $n hits of $want: $(cat /tmp/err)"
}

for turn in 1 2 3 4 5 6 7; do
	echo "| hit.bare $($loop)"
	if [ -f "$hand" ]; then
		by_hand hand
		by_hand hand_return at_return=1
	fi
	for tap in /cases/hit/*.tap; do
		ours "$(basename "$tap" .tap)"
	done
done
