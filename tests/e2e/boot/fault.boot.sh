# shellcheck shell=sh
# The case fault with every call, not some of them.
TAP=/cases/fault.tap
mods=/lib/modules/$(uname -r)
. /cases/fault.sh
check_kernel
