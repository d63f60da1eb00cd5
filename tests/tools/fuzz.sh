#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Coverage-guided fuzzing with clang's libFuzzer: fuzz.sh TARGET SECONDS
set -eu
cd "$(dirname "$0")/../.."
t=${1:-}
secs=${2:-60}
if [ ! -f "tests/fuzz/$t.c" ]; then
	echo "usage: make fuzz T=NAME [SECS=60]; names:" >&2
	find tests/fuzz -name 'fuzz_*.c' -printf '  %f\n' | sed 's/\.c$//' | sort >&2
	exit 2
fi
command -v clang >/dev/null || { echo "fuzz.sh: clang and libclang-rt-14-dev are needed" >&2; exit 3; }
make --no-print-directory -j"$(nproc)" O=out-fuzz CC=clang SAN=address,undefined,fuzzer-no-link DEV=0 out-fuzz/libtap.a
clang -std=gnu11 -D_GNU_SOURCE -I. -g -O1 -fsanitize=address,undefined,fuzzer -o "out-fuzz/$t" \
	"tests/fuzz/$t.c" out-fuzz/libtap.a \
	-lelf -ldw -larchive -lkmod -lzstd -lsodium -lbpf -lcrypto -lz -llzma
mkdir -p "out-fuzz/corpus/$t"
exec "out-fuzz/$t" -max_total_time="$secs" -rss_limit_mb=4096 -artifact_prefix=out-fuzz/ \
	"out-fuzz/corpus/$t" "tests/fuzz/corpus/$t"
