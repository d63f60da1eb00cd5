# SPDX-License-Identifier: GPL-2.0-only
# Making a kit from packages: once per kernel, two CPUs, no debug packages.
# shellcheck shell=bash
section "kits, once per kernel"
for rel in $KITS; do
	rm -f "$TAP_CACHE/kits/$rel"_*.kit
	timed "kit of $rel" "${KIT_RUNS:-1}" 15000 \
		"$O/tapbuild" kit add -q "$packages/$rel/"*.deb || continue
	printf '    kit: %s bytes\n' "$(stat -c %s "$TAP_CACHE/kits/$rel"_*.kit)"
done

# What a nightly job pays when nothing is new, with and without a network.
section "kit fetch of one kernel, nothing new"
one=$work/one.manifest
{
	echo 'tap-manifest: 1'
	sed -n '/^apt: bookworm$/,/^$/p' manifests/debian.manifest | grep -v '^kernel:'
	echo "kernel: ${main//./\\.}"
} >"$one"
if [ -d "$user_cache/apt/bookworm" ]; then
	rm -rf "${TAP_CACHE:?}/apt" "$TAP_CACHE/packages"
	mkdir -p "$TAP_CACHE/apt" "$TAP_CACHE/packages/$main"
	cp -a "$user_cache/apt/bookworm" "$TAP_CACHE/apt/"
	ln "$packages/$main"/*.deb "$TAP_CACHE/packages/$main/" 2>/dev/null ||
		cp "$packages/$main"/*.deb "$TAP_CACHE/packages/$main/"
	timed "packages there, kit missing or old" 1 - "$O/tapbuild" kit fetch -q "$one"
	timed "nothing to do, lists of today" 3 - "$O/tapbuild" kit fetch -q "$one"
	if unshare -rn true 2>/dev/null; then
		timed "the same without a network" 3 - unshare -rn "$O/tapbuild" kit fetch -q "$one"
		timed "lists asked for, no network: the old ones do" 3 - \
			unshare -rn "$O/tapbuild" kit fetch -q -u "$one"
	else
		skip "the same without a network" "unshare -n is not allowed here"
	fi
else
	skip "kit fetch" "no package lists in $user_cache/apt; run: make demo"
fi
