# shellcheck shell=sh disable=SC2086
# A minute of as many lines as every CPU can print, taken as fast as can be and then
# slowly; a reader that is stopped for a minute.  tests/slow/minute.sh boots it.
. /guest/load.sh
deluge 60 0 # attack 20
deluge 60 200000 # attack 20
[ "$lost" -gt 0 ] || fail "nothing was lost: the test is none"
rm -f /tmp/out
TAP=/cases/boot/stalled.tap
pause 60 # attack 20
[ "${lost:-0}" -gt 0 ] || fail "nothing was lost: the test is none"
echo "# a reader stopped for 60 s: $delivered handlers delivered, ${lost:-0} lost of $all"
check_kernel
