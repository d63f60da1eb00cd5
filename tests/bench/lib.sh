# SPDX-License-Identifier: GPL-2.0-only
# What every part of the benchmark prints with: title, command, figure, verdict.
# shellcheck shell=bash

met=0 missed=0 open=0 how=

section() {
	printf '\n== %s\n' "$1"
}

# verdict VALUE TARGET [BEST CPU]: VALUE should be at most TARGET ("-" is no
# target).  What a busy machine inflates less is said where that alone would do:
# BEST is the smallest of the runs, CPU what user and system took.  What was not
# measured is missed.
verdict() {
	how=
	[ "$2" = - ] && return
	how=$(awk -v v="$1" -v t="$2" -v b="${3:-$1}" -v c="${4:-${3:-$1}}" 'BEGIN {
		if (v !~ /^-?[0-9]+(\.[0-9]+)?$/)
			print "MISSES (no figure)"
		else
			print v <= t ? "meets" : b <= t ? "MISSES (the smallest meets)" : \
			c <= t ? "MISSES (its cpu time meets)" : "MISSES" }')
	case $how in meets) met=$((met + 1)) ;; *) missed=$((missed + 1)) ;; esac
	how="target <= $2: $how"
}

# figure TITLE VALUE UNIT TARGET [NOTE]
figure() {
	verdict "$2" "$4"
	printf '%-46s %10s %-5s %s%s\n' "$1" "$2" "$3" "$how" "${5:+  ($5)}"
}

skip() {
	printf '%-46s %10s       skipped: %s\n' "$1" - "$2"
	open=$((open + 1))
}

shown() { # a command as a user would type it
	local s='' word
	for word; do
		case $word in *$'\n'*) word='"$(cat both.stp)"' ;; esac
		s+="${s:+ }$word"
	done
	s=${s//$work\//}
	s=${s//$O\//}
	s=${s//$packages\//packages/}
	# Many packages are one pattern, as a user would type it.
	printf '    $ %s\n' "$(sed -E 's,(packages/[^/]*/)[^ ]*\.deb( packages/[^ ]*\.deb)+,\1*.deb,' <<<"$s")"
}

# timed TITLE RUNS TARGET_MS COMMAND...: leaves min, median, cpu, rss
timed() {
	local title=$1 runs=$2 target=$3
	shift 3
	if ! read -r min median cpu rss < <("$work/measure" "$runs" "$@"); then
		echo "$title: failed: $*"
		missed=$((missed + 1))
		min=0 median=0 cpu=0 rss=0
		return 1
	fi
	verdict "$median" "$target" "$min" "$cpu"
	printf '%-46s %10s ms    %s\n' "$title" "$median" "$how"
	shown "$@"
	printf '    median of %d; smallest %s ms, cpu %s ms, at most %d KiB resident\n' \
		"$runs" "$min" "$cpu" "$rss"
}

ratio() { # ratio A B
	awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else print "-" }'
}

minus() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'
}

median_of() { # numbers, one a line
	sort -g | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'
}

smallest_of() {
	sort -g | head -1
}
