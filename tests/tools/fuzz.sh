#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Coverage-guided fuzzing: fuzz.sh TARGET SECONDS [libfuzzer|afl]
#
# FUZZ_ARGS: more options for the engine, e.g. -runs=10000000
set -eu
cd "$(dirname "$0")/../.."
t=${1:-}
secs=${2:-60}
engine=${3:-libfuzzer}
if [ ! -f "tests/fuzz/$t.c" ]; then
	echo "usage: make fuzz T=NAME [SECS=60] [ENGINE=afl]; names:" >&2
	find tests/fuzz -name 'fuzz_*.c' -printf '  %f\n' | sed 's/\.c$//' | sort >&2
	exit 2
fi
need() {
	command -v "$1" >/dev/null || { echo "fuzz.sh: $1 is needed: apt-get install $2" >&2; exit 3; }
}

# Targets that take a script start from every script in the tree.
seeds=("tests/fuzz/corpus/$t")
words=()
case $t in
fuzz_lex | fuzz_pp | fuzz_parse | fuzz_sema | fuzz_emit)
	seeds+=(tests/golden/parse tests/golden/sema tests/golden/run)
	words=(tests/fuzz/script.dict)
	;;
esac
libs="-lelf -ldw -larchive -lkmod -lzstd -lsodium -lbpf -lcrypto -lz -llzma"

run_libfuzzer() {
	# The dictionary knows the words that comparing is traced for; untraced, it
	# runs twice as fast.  A finding is replayed with all of ASan's memory.
	local o=out-fuzz opt="-O2 -fno-sanitize-coverage=trace-cmp"
	export ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=8:malloc_context_size=2}
	need clang "clang libclang-rt-14-dev"
	make --no-print-directory -s -j"$(nproc)" O=$o CC=clang SAN=address,undefined,fuzzer-no-link \
		OPT="$opt" DEV=0 $o/libtap.a
	# Automata are what fuzz_regex is for: elsewhere they would take most of the
	# time, and most of the corpus.
	local more=() longest=
	case $t in
	fuzz_sema | fuzz_emit)
		mkdir -p "$o/regex"
		(cd "$o/regex" && clang -std=gnu11 -D_GNU_SOURCE -I../.. -O2 -c ../../build/regex/*.c)
		more=("$o"/regex/*.o)
		;;
	esac
	case $t in
	fuzz_parse | fuzz_sema | fuzz_emit) more+=(tests/fuzz/mutate.c) ;;
	fuzz_bundle) # signs again what it changes, which may grow
		more+=(tests/fuzz/resign.c)
		longest=-max_len=32768
		;;
	esac
	# shellcheck disable=SC2086
	clang -std=gnu11 -D_GNU_SOURCE -I. -g $opt -fsanitize=address,undefined,fuzzer -o "$o/$t" \
		"tests/fuzz/$t.c" ${more[@]+"${more[@]}"} $o/libtap.a $libs
	mkdir -p "$o/corpus/$t"
	# shellcheck disable=SC2086
	exec "$o/$t" -max_total_time="$secs" -rss_limit_mb=4096 -timeout=20 -artifact_prefix=$o/ \
		${words:+-dict="${words[0]}"} $longest ${FUZZ_ARGS:-} "$o/corpus/$t" "${seeds[@]}"
}

run_afl() {
	local o=out-afl
	need afl-clang-fast afl++
	make --no-print-directory -s -j"$(nproc)" O=$o CC=afl-clang-fast DEV=0 $o/libtap.a
	# shellcheck disable=SC2086
	afl-clang-fast -std=gnu11 -D_GNU_SOURCE -I. -g -O2 -o "$o/$t" \
		"tests/fuzz/$t.c" tests/fuzz/driver.c $o/libtap.a $libs
	mkdir -p "$o/in/$t" "$o/findings"
	for d in "${seeds[@]}"; do
		# AFL wants small seeds, and no expectations among them
		find "$d" -type f ! -name '*.out' ! -name '*.err' -size -8k -exec cp -t "$o/in/$t" {} +
	done
	# Seeds at the limits take long where the machine is busy.
	# shellcheck disable=SC2086
	AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
		exec afl-fuzz -V "$secs" -t 10000+ -i "$o/in/$t" -o "$o/findings/$t" \
		${words:+-x "${words[0]}"} ${FUZZ_ARGS:-} -- "$o/$t"
}

case $engine in
libfuzzer) run_libfuzzer ;;
afl) run_afl ;;
*) echo "fuzz.sh: unknown engine '$engine': libfuzzer or afl" >&2; exit 2 ;;
esac
