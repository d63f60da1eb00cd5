# shellcheck shell=sh disable=SC2086
# The examples of the tapset (tests/e2e/examples.sh): each is reached, none fails.
for tap in /cases/boot/examples-*.tap; do
	name=$(basename "$tap" .tap)
	timeout 600 $TAPRUN "$tap" </dev/null >/tmp/out 2>/tmp/err || fail "$name: exit $?"
	grep -q '^all of them ran$' /tmp/out || fail "$name: ended early"
	grep ERROR /tmp/err && fail "$name: an example fails"
	check_kernel
	[ -z "$failed" ] || break
done
