# shellcheck shell=sh disable=SC2086
# More lines than the reader can take, on every CPU: each is delivered or counted as lost.
# A minute of it: minute.boot.sh.
. /guest/load.sh
deluge 5 0
for s in 5 20 60; do
	deluge $s 200000 # attack 20
	[ "$lost" = 0 ] || break
done
[ "$lost" -gt 0 ] || fail "nothing was lost: the test is none"
check_kernel
