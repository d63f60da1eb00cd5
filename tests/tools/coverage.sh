#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Branches of the code that runs before a bundle's signature holds, as the unit tests
# of the bundle room take them: coverage.sh [-v]
#
# Those of open_signed() and what it calls up to sig_verify(): steps 1 to 5 of
# bundle/FORMAT.md section 6.  -v lists each branch that is not taken.  Fails when one is
# not taken that is not in the table of branches that cannot be, tests/tools/coverage.tab.
set -eu
cd "$(dirname "$0")/../.."
o=${O:-out}-cov
verbose=${1:-}
mkdir -p "$o"
o=$(cd "$o" && pwd)
libs="-lelf -ldw -larchive -lkmod -lzstd -lsodium -lbpf -lcrypto -lz"
flags=(-std=gnu11 -D_GNU_SOURCE -I. -g -O0 '-DTAP_VERSION="0"')
for f in bundle/*.c bundle/base/*.c build/base/arena.c build/base/buf.c; do
	obj=$o/$(echo "${f%.c}" | tr / _).o
	case $f in
	bundle/reader.c | bundle/sig.c | bundle/tar.c | bundle/line.c) gcc "${flags[@]}" --coverage -c "$PWD/$f" -o "$obj" ;;
	*) gcc "${flags[@]}" -c "$f" -o "$obj" ;;
	esac
done
find "$o" -name '*.gcda' -delete
# shellcheck disable=SC2086
for t in t_bundle_io t_bundle_sig t_bundle_manifest t_bundle_trust; do
	gcc "${flags[@]}" -c "tests/unit/$t.c" -o "$o/$t.o"
	gcc --coverage -o "$o/$t" "$o/$t.o" "$o"/bundle_*.o "$o"/build_base_*.o $libs
	"$o/$t" >"$o/$t.log" 2>&1 || { grep -E '^(not ok|#)' "$o/$t.log"; echo "coverage.sh: $t failed" >&2; exit 1; }
done
cd "$o"
gcov -b -c -o . bundle_reader.o bundle_sig.o bundle_tar.o bundle_line.o >gcov.log 2>&1
cd - >/dev/null
# Functions that run before sig_verify() has said yes.
awk -v verbose="$verbose" -v table=tests/tools/coverage.tab '
BEGIN {
	split("truncated read_at check_padding not_a_bundle read_manifest read_signatures set_name reader_front open_signed " \
	      "sig_key_id sig_role_name put_le64 sig_header take_field parse_line sig_parse find_key is_revoked " \
	      "add_reason count_keys lacking check_one judge report sig_verify put_octal get_octal tar_header " \
	      "tar_peek tar_differs tar_is_zero num_u64 hex_digit hex_bytes hex_text in_set text_only", f, " ")
	for (i in f) want[f[i]] = 1
	while ((getline line < table) > 0)
		if (line !~ /^#/ && split(line, w, "\t") == 4) known[w[1] "\t" w[2]] = w[3]
}
/^function / { on = ($2 in want); fn = $2; seen[fn] = 1; next }
/^ *[0-9#=*-]+\*?: *[0-9]+:/ {
	split($0, p, ":"); no = p[2] + 0; text = $0
	sub(/^[^:]*:[^:]*:[ \t]*/, "", text)
}
/^branch/ && on {
	all++
	if ($0 ~ /taken 0|never/) {
		if (known[fn "\t" text]-- > 0) { excused++; next }
		missed++
		if (verbose) printf "%s: line %d: %s\t%s\n", FILENAME, no, fn, text
	}
}
END {
	for (name in want)
		if (!(name in seen)) { print "no function " name; missed++ }
	printf "before the signature check: %d branches, %d taken, %d cannot be taken, %d missed: %.1f %% of those that can\n",
		all, all - missed - excused, excused, missed, 100 * (all - missed - excused) / (all - excused)
	exit missed > 0
}' "$o"/reader.c.gcov "$o"/sig.c.gcov "$o"/tar.c.gcov "$o"/line.c.gcov
