# shellcheck shell=sh
# The case rounds with 100 of them, not 40.
TAP=/cases/rounds.tap
rounds=100
. /cases/rounds.sh
check_kernel
