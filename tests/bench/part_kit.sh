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
