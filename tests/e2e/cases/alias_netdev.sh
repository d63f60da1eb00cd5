$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
tap=$!
await grep -q '^ready$' /tmp/out
ip link set lo mtu 1400
ip link set lo mtu 65536
ip link set lo down
ip link set lo up
ip link set lo address 01:02:03:04:05:06 2>/dev/null # no address of one device
ifconfig lo >/dev/null
cat /proc/net/dev >/dev/null
acts promisc lo
unshare -n true
ping -A -c 1 -s 100 127.0.0.1 >/dev/null
# a name space is taken down when nobody waits for it any more
await grep -q '^unregister lo$' /tmp/out
kill -INT $tap
wait $tap || fail "exit $?"
expect /tmp/out '^mtu lo 65536 1400$' '^mtu lo 1400 65536$' '^close lo$' '^open lo$' \
	'^mac lo 6 00:00:00:00:00:00 01:02:03:04:05:06$' '^ioctl 8913 lo$' '^stats lo$' '^promisc lo 1 1 0$' \
	'^promisc lo -1 0 1$' '^register lo$' '^receive lo 0x800 1$' '^transmit lo 0x800 1$' '^hard lo 0x800 1$' '^rx$'
