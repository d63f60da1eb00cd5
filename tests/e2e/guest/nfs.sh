# SPDX-License-Identifier: GPL-2.0-only
# A guest that serves files to itself over NFS: for cases whose .mods are nfsd, nfs,
# nfsv3 and nfsv4.  What mountd would tell the kernel is written to its caches.

nfs_load() {
	while read -r m; do
		insmod "$mods/$m.ko" || fail "insmod $m"
	done <"$mods/order"
}

nfs_unload() {
	for m in $(sed '1!G;h;$!d' "$mods/order"); do
		await sh -c "rmmod $m || [ ! -d /sys/module/$(echo "$m" | tr - _) ]"
	done
}

nfs_cache() { # NAME LINE
	echo "$2" >"/proc/net/rpc/$1/channel" || fail "cache $1: $2"
}

nfs_serve() {
	mkdir -p /tmp/export
	mount -t nfsd nfsd /proc/fs/nfsd || fail "no /proc/fs/nfsd"
	portmap=$(nfs portmap) || fail "no port mapper"
	# for ever; open to any port, no subtree check, it has an fsid, which is 0: the root
	nfs_cache auth.unix.ip "nfsd 127.0.0.1 2147483647 guest"
	nfs_cache nfsd.export "guest /tmp/export 2147483647 11266 65534 65534 0"
	nfs_cache nfsd.fh "guest 1 \\x00000000 2147483647 /tmp/export"
	mkdir -p /tmp/pipefs
	mount -t rpc_pipefs pipefs /tmp/pipefs || fail "no pipes"
	clients=$(nfs clients /tmp/pipefs/nfsd/cld)
	# nobody had locked anything either, but lockd cannot be told
	echo 1 >/proc/sys/fs/nfs/nlm_grace_period
	echo "tcp 2049" >/proc/fs/nfsd/portlist || fail "no port"
	echo 2 >/proc/fs/nfsd/threads || fail "no threads"
}

nfs_stop() {
	echo 0 >/proc/fs/nfsd/threads
	for c in nfsd.fh nfsd.export auth.unix.ip; do
		echo 2147483647 >/proc/net/rpc/$c/flush
	done
	kill "$portmap" "$clients"
	await umount /tmp/pipefs
	await umount /proc/fs/nfsd
	rmdir /tmp/export
}

nfs_mount() { # VERSION DIR
	mkdir -p "$2"
	case $1 in
	3) nfs mount3 "$(nfs handle guest /tmp/export)" "$2" ;;
	*) nfs mount4 "$2" "vers=$1,rsize=4096,wsize=4096,addr=127.0.0.1,clientaddr=127.0.0.1,sec=sys" ;;
	esac || fail "mount of version $1"
}

# The traffic of both versions under $TAP, which says "ready".  typed: MODULE's types are
# known; modules that do not say theirs have a few of the points only.
nfs_traced() { # MODULE
	nfs_load
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	tap=$!
	await grep -q '^ready$' /tmp/out
	typed=
	[ -e "/sys/kernel/btf/$1" ] && typed=1
	nfs_serve
	for v in 3 4.2; do
		nfs_mount $v /tmp/nfs
		nfs use /tmp/nfs || fail "use of version $v"
		await umount /tmp/nfs
	done
	nfs_stop
	kill -INT $tap
	wait $tap || fail "exit $?"
	nfs_unload
}
