# SPDX-License-Identifier: GPL-2.0-only
# Sizes: modules, bundles, the runner.
# shellcheck shell=bash
section "sizes"
shown "${tapbuild[@]}" -r "$main" -o one.tap tests/demo/rwlatency.stp
"${tapbuild[@]}" -r "$main" -o "$work/one.tap" tests/demo/rwlatency.stp >"$work/one.table" &&
	figure "module of $main" "$(awk 'NR == 2 { print $3 }' "$work/one.table")" B - &&
	figure "bundle of 1 kernel" "$(stat -c %s "$work/one.tap")" B -
shown "${tapbuild[@]}" --all -o all.tap tests/demo/rwlatency.stp
if "${tapbuild[@]}" --all -o "$work/all.tap" tests/demo/rwlatency.stp >"$work/all.table"; then
	n=$(awk '$5 == "ok"' "$work/all.table" | wc -l)
	bytes=$(stat -c %s "$work/all.tap")
	figure "bundle of $n kernels" "$bytes" B -
	figure "  per kernel" "$((bytes / n))" B - "modules are $(awk '$5 == "ok" { s += $3 } END { print s }' "$work/all.table") bytes in all"
fi
shown ls -l taprun
figure "taprun" "$(stat -c %s "$O/taprun")" B 524288 "0.5 MB"
dynamic=$(readelf -dW "$O/taprun" | grep -c NEEDED)
interp=$(readelf -lW "$O/taprun" | grep -c INTERP)
figure "taprun: shared libraries and interpreters" "$((dynamic + interp))" "" 0 "readelf -dl taprun"
