# SPDX-License-Identifier: GPL-2.0-only
# One bundle for 18 builds of one kernel line; fetches their packages one by one.
# shellcheck shell=bash
section "siblings"

sibling_manifest() { # RELEASE
	printf '# made by bench\ntap-manifest: 1\n\napt: bookworm\n'
	printf 'source: debian bookworm main\nsource: debian-security bookworm-security main\n'
	printf 'kernel: %s\n' "${1//./\\.}"
}

siblings=()
for abi in ${SIBLING_ABIS:-47 50 53 54 55 56}; do
	for flavour in amd64 cloud-amd64 rt-amd64; do
		siblings+=("6.1.0-$abi-$flavour")
	done
done
have=() missing=()
cache_of_siblings=$work/siblings
mkdir -p "$cache_of_siblings/kits"
for rel in "${siblings[@]}"; do
	if ! compgen -G "$cache_of_siblings/kits/${rel}_*.kit" >/dev/null && [ -n "${SIBLINGS:-}" ]; then
		sibling_manifest "$rel" >"$work/sibling.manifest"
		TAP_CACHE=$cache_of_siblings "$O/tapbuild" kit fetch -q "$work/sibling.manifest" \
			>"$work/sibling.log" 2>&1 || sed 's/^/    /' "$work/sibling.log"
		rm -rf "$cache_of_siblings/packages/$rel"
	fi
	if compgen -G "$cache_of_siblings/kits/${rel}_*.kit" >/dev/null; then
		have+=(-r "$rel")
	else
		missing+=("$rel")
	fi
done
if [ ${#missing[@]} = 0 ]; then
	for script in tests/demo/rwlatency.stp tests/e2e/cases/hello.stp; do
		shown "${tapbuild[@]}" "${have[@]}" -o siblings.tap "$script"
		TAP_CACHE=$cache_of_siblings "${tapbuild[@]}" "${have[@]}" \
			-o "$work/siblings.tap" "$script" >"$work/siblings.table" || continue
		figure "${#siblings[@]} siblings, $(basename "$script")" \
			"$(stat -c %s "$work/siblings.tap")" B 112640 \
			"110 KB; modules are $(awk '$5 == "ok" { s += $3 } END { print s }' "$work/siblings.table") bytes"
	done
else
	skip "${#siblings[@]} sibling kernels" \
		"no kits of ${#missing[@]} of them; SIBLINGS=1 make bench PARTS=siblings fetches them"
fi
