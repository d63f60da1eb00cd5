# shellcheck shell=sh
# The load case on four CPUs: increments, <<<, deletes and iteration of the same
# arrays from each of them; no total may be off.
[ "$(grep -c ^processor /proc/cpuinfo)" = 4 ] || fail "not 4 CPUs"
TAP=/cases/load.tap
. /cases/load.sh
check_kernel
