#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the test layers and adds up their "ok", "not ok" and "skip" lines.
#
#   check.sh [kits static unit golden lang fuzz cli repro e2e]...   (default: all)
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-out}
case $O in /*) ;; *) O=$PWD/$O ;; esac
export O
log=$O/check.log
mkdir -p "$O"
: >"$log"
layers=${*:-kits static unit golden lang fuzz cli repro e2e}

# Failures and what explains them go to the terminal, everything to the log; that
# the rest goes on is seen by its count.
show() {
	tee -a "$log" | awk '
		/^(not ok|skip|#|==)/ { print; fflush(); next }
		/^ok / && ++n % 100 == 0 { printf "   %d ok, last: %s\n", n, substr($0, 4, 60); fflush() }'
}

layer_static() {
	local c
	for c in layers headers registry attacks tapset aliases awaited format; do
		if "tests/tools/check-$c.sh" >"$O/static.out" 2>&1; then
			grep '^skip ' "$O/static.out"
			echo "ok static/$c"
		else
			sed 's/^/# /' "$O/static.out"
			echo "not ok static/$c"
		fi
	done
	if command -v shellcheck >/dev/null; then
		# Case files are sourced by the guest's busybox sh.
		# shellcheck disable=SC2046
		if shellcheck -S warning -e SC1090,SC2034,SC2154 $(git ls-files '*.sh' ':!tests/e2e/cases' ':!tests/e2e/guest' ':!tests/demo/guest.sh') >"$O/static.out" 2>&1 &&
			shellcheck -S warning -s sh -e SC1090,SC2046,SC2154,SC2034 $(git ls-files 'tests/e2e/cases/*.sh' 'tests/e2e/guest/*.sh' tests/demo/guest.sh) >"$O/static.out" 2>&1; then
			echo "ok static/shellcheck"
		else
			head -30 "$O/static.out" | sed 's/^/# /'
			echo "not ok static/shellcheck"
		fi
	else
		echo "skip static/shellcheck # shellcheck is not installed"
	fi
}

# One TAP line per check inside the program; a crash is a failure of its own.
run_tap() { # name command...
	local name=$1 out rc
	out=$O/tap/${1//[^a-z0-9_]/-}.out
	shift
	timeout 3000 "$@" >"$out" 2>&1
	rc=$?
	sed -n -e "s,^ok [0-9]* *-* *,ok $name: ,p" -e "s,^not ok [0-9]* *-* *,not ok $name: ,p" \
		-e "s,^skip ,skip $name: ,p" "$out"
	# What a failure's "#" lines say is worth seeing only then.
	grep -q '^not ok' "$out" && grep '^#' "$out" | head -40
	if [ $rc -ne 0 ] && ! grep -q '^not ok' "$out"; then
		tail -30 "$out" | sed 's/^/# /'
		echo "not ok $name # exit $rc"
	elif ! grep -qE '^(not )?ok|^skip .*# ' "$out"; then
		echo "not ok $name # it checked nothing"
	fi
}

# As many at once as there are CPUs; what one said stays together.
run_taps() { # LAYER PROGRAM...
	local layer=$1
	shift
	export -f run_tap
	# shellcheck disable=SC2016
	printf '%s\0' "$@" | xargs -0 -r -n 1 -P "$(nproc)" bash -c '
		name=$(basename "$1" .sh)
		case $1 in *.sh) with=bash ;; *) with= ;; esac
		run_tap "$0/$name" $with "$1" >"$O/tap/$0-$name"
		flock "$O/tap" cat "$O/tap/$0-$name"' "$layer"
}

layer_unit() {
	local t bins=()
	echo "# building the unit tests with the sanitizers"
	make --no-print-directory -j"$(nproc)" O=out-asan SAN=address,undefined OPT=-O1 unit-bins \
		>"$O/unit.out" 2>&1 || { tail -30 "$O/unit.out" | sed 's/^/# /'; echo "not ok unit/build"; }
	for t in tests/unit/t_*.c; do
		t=$(basename "$t" .c)
		[ -x "out-asan/unit/$t" ] && bins+=("out-asan/unit/$t")
	done
	run_taps unit "${bins[@]}"
	layer_unit_threads
	if tests/tools/coverage.sh -v >"$O/unit.out" 2>&1; then
		echo "ok unit/coverage # $(tail -1 "$O/unit.out")"
	else
		tail -30 "$O/unit.out" | sed 's/^/# /'
		echo "not ok unit/coverage # $(tail -1 "$O/unit.out")"
	fi
}

# What many CPUs do to the runtime's shared data, as a race detector sees it.
layer_unit_threads() {
	local t
	for t in t_rt_map t_rt_stress; do
		make --no-print-directory O=out-tsan SAN=thread OPT="-O1 -Wno-tsan" "out-tsan/unit/$t" 			>"$O/unit.out" 2>&1 || { tail -30 "$O/unit.out" | sed 's/^/# /'; echo "not ok unit/tsan-build"; }
		[ -x "out-tsan/unit/$t" ] && run_tap "unit/$t (threads)" "out-tsan/unit/$t"
	done
}

layer_golden() {
	tests/tools/golden.sh 2>&1
}

layer_lang() {
	tests/tools/lang.sh 2>&1
	tests/tools/lang.sh --parts 2>&1
}

layer_fuzz() {
	local f n more
	echo "# building the fuzz targets with the sanitizers"
	make --no-print-directory -j"$(nproc)" O=out-asan SAN=address,undefined OPT=-O1 fuzz-bins \
		>"$O/fuzz.out" 2>&1 || { tail -30 "$O/fuzz.out" | sed 's/^/# /'; echo "not ok fuzz/build"; }
	for f in tests/fuzz/fuzz_*.c; do
		f=$(basename "$f" .c)
		more=()
		case $f in # every script of the tree is an input too
		fuzz_lex | fuzz_pp | fuzz_parse | fuzz_sema | fuzz_emit)
			more=(tests/golden/parse tests/golden/sema tests/golden/run)
			;;
		esac
		n=$(find "tests/fuzz/corpus/$f" "${more[@]}" -type f 2>/dev/null | wc -l)
		if [ "$n" -eq 0 ]; then
			echo "not ok fuzz/$f # no corpus in tests/fuzz/corpus/$f"
		elif timeout 3000 "out-asan/fuzz/$f" "tests/fuzz/corpus/$f" "${more[@]}" >"$O/fuzz.out" 2>&1; then
			echo "ok fuzz/$f # $n inputs replayed"
		else
			tail -20 "$O/fuzz.out" | sed 's/^/# /'
			echo "not ok fuzz/$f"
		fi
	done
}

layer_cli() {
	make --no-print-directory O="${O#"$PWD"/}" cli-bins >"$O/cli.out" 2>&1 || {
		tail -30 "$O/cli.out" | sed 's/^/# /'
		echo "not ok cli/build"
	}
	run_taps cli tests/cli/t_*.sh
}

# Every later layer needs kits, static for the examples of the tapset; getting
# packages is the only use of the network.
layer_kits() {
	# minutes where nothing is cached: what it does goes to the terminal as well
	if (set -o pipefail; "$O/tapbuild" kit fetch manifests/debian.manifest 2>&1 | tee "$O/kits.out" >&2); then
		echo "ok kits/fetch # $(wc -l <"$O/kits.out") lines"
	else
		tail -20 "$O/kits.out" | sed 's/^/# /'
		echo "not ok kits/fetch"
	fi
}

layer_repro() {
	run_tap repro bash tests/repro/repro.sh
}

layer_e2e() {
	tests/e2e/all.sh 2>&1
}

start=$SECONDS
mkdir -p "$O/tap"
for l in $layers; do
	echo "== $l" | show
	t=$SECONDS
	failed=$(grep -c '^not ok ' "$log") told=$(grep -cE '^(ok|not ok|skip) ' "$log")
	"layer_$l" | show
	rc=${PIPESTATUS[0]}
	# Silence is a failure, of a layer as of a test.
	if [ "$rc" -ne 0 ] && [ "$(grep -c '^not ok ' "$log")" -eq "$failed" ]; then
		echo "not ok $l # exit $rc" | show
	elif [ "$(grep -cE '^(ok|not ok|skip) ' "$log")" -eq "$told" ]; then
		echo "not ok $l # it checked nothing" | show
	fi
	echo "== $l took $((SECONDS - t)) s" | show
done
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^not ok ' "$log")
skipped=$(grep -c '^skip ' "$log")
echo "== all took $((SECONDS - start)) s; details in $log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
