# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Each script by taprun and, where the benchmark put its modules in, by stap's loader;
# sourced by the others.
PATH=$PATH:/usr/bin
sides=ours
if [ -d /cases/stap ]; then
	sides="ours stap"
	[ -e /tmp/peer ] || cp -a /cases/stap/root/. /
	: >/tmp/peer
fi

# by SIDE NAME BUNDLE [-c COMMAND]: its output in /tmp/lines, messages in /tmp/err,
# the command's output in /tmp/ns
by() {
	side=$1 name=$2 tap=$3
	shift 3
	if [ "$side" = ours ]; then
		$TAPRUN -v -o /tmp/lines "$@" "$tap" >/tmp/ns 2>/tmp/err
	else
		rm -f /tmp/lines
		staprun -o /tmp/lines "$@" "/cases/stap/$name"/*.ko >/tmp/ns 2>/tmp/err
	fi || fail "$side $name: exit $?: $(cat /tmp/err)"
}

told() { # TEXT: the number before or after it in the messages
	sed -n "s/.*$1: \([0-9]*\).*/\1/p" /tmp/err | tail -1
}
