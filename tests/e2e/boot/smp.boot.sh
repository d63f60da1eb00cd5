# shellcheck shell=sh
# The load case on four CPUs: increments, <<<, deletes and iteration of the same
# arrays from each of them; no total may be off.
# A CPU that the busy machine did not get to in time while the kernel booted.
for cpu in 1 2 3; do
	[ "$(cat /sys/devices/system/cpu/cpu$cpu/online)" = 1 ] ||
		await sh -c "echo 1 >/sys/devices/system/cpu/cpu$cpu/online"
done
[ "$(grep -c ^processor /proc/cpuinfo)" = 4 ] || fail "not 4 CPUs"
TAP=/cases/load.tap
. /cases/load.sh
check_kernel
