# shellcheck shell=sh disable=SC2086
# The kernel is where it was linked to: raw addresses from its kit are places of it.
cat >/tmp/calls.sh <<'S'
until grep -q '^put' /tmp/out; do
	cat /proc/version >/dev/null
	work calls
done
S
timeout 600 $TAPRUN -c "sh /tmp/calls.sh" /cases/boot/absolute.tap >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^open /proc/version$' '^put __put_user_4$'
not grep WARNING /tmp/err || fail "said: $(cat /tmp/err)"
check_kernel
