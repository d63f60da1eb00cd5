# SPDX-License-Identifier: GPL-2.0-only
# stap, where there is one, and tapbuild: the same script for the same kernel.
# shellcheck shell=bash
. tests/bench/kbuild.sh

# The same text for both; its nonce makes it a script nobody saw before.
beside_stap() {
	local rel=${STAP_RELEASE:-$main} text ours ours_again where
	text=$(sed "s/samples/samples $(date +%s%N)/" tests/bench/both.stp)
	where=${STAP_RELEASE:-$kbuild}
	section "tests/bench/both.stp for $rel: tapbuild, and $("${stap[@]}" --version 2>&1 | sed -n '1s/.*version \([^ ,)]*\).*/stap \1/p')"
	compgen -G "$TAP_CACHE/kits/${rel}_*.kit" >/dev/null ||
		"$O/tapbuild" kit add -q "$packages/$rel/"*.deb >/dev/null || return
	timed "tapbuild, never seen script" "$RUNS" - "${tapbuild[@]}" -q -r "$rel" -m both \
		-o "$work/both.tap" -e "$text" && ours=$median
	timed "tapbuild, the same script again" "$RUNS" - "${tapbuild[@]}" -q -r "$rel" -m both \
		-o "$work/both.tap" -e "${text//@@/}" && ours_again=$median
	timed "stap, never seen script" 3 - "${stap[@]}" -p4 -r "$where" -e "$text" &&
		figure "stap against tapbuild" "$(ratio "$median" "${ours:-0}")" x - "never seen script"
	# once before, so that its cache has it
	"${stap[@]}" -p4 -r "$where" -e "${text//@@/}" >/dev/null 2>&1
	timed "stap, the same script again" 3 - "${stap[@]}" -p4 -r "$where" -e "${text//@@/}" &&
		figure "stap against tapbuild" "$(ratio "$median" "${ours_again:-0}")" x - \
			"the same script again: stap finds its module, tapbuild its object"
}
if ! command -v "${stap[0]}" >/dev/null; then
	section "stap"
	skip "stap beside tapbuild" "${stap[0]} is not installed"
elif [ -z "${STAP_RELEASE:-}" ] && ! kbuild_tree; then
	section "stap"
	skip "stap beside tapbuild" "$kbuild_why"
else
	beside_stap
fi
