#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Golden tests: tests/golden/PASS/*.stp against the .out beside each.
#
#   golden.sh [--update] [NAME-PATTERN]
#
# The directory says the pass: parse (-p1), sema (-p2).
#   ok.NAME.stp       exit 0; .out is stdout; stderr is .err, or empty
#   warn.TAG.NAME.stp as ok, and .err holds [TAG]
#   err.TAG.NAME.stp  exit 1; .out is stderr and holds [TAG]; stdout is empty
# A line "# opts: …" gives options, "# args: …" script arguments, shell-quoted.
# What -p1 prints must print the same again, and what fails in sema must parse.
# The lines about the pass that failed are wanted after every error and nowhere
# else; the files leave them out, and so they do the head of -p1.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-out}
case $O in /*) ;; *) O=$PWD/$O ;; esac
tapbuild=${TAPBUILD:-$O/tapbuild}
update=0
[ "${1:-}" = --update ] && { update=1; shift; }
pattern=${1:-*}
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
failed=0
# No kit of the kernel that happens to run here has a say.
export TAP_CACHE=$tmp/cache

# Compare $1 (what came) with $2 (what should); an absent file means empty.
same() {
	if [ "$update" = 1 ]; then
		if [ -s "$1" ] || [ "${2##*.}" = out ]; then cp "$1" "$2"; else rm -f "$2"; fi
		return 0
	fi
	if [ -f "$2" ]; then
		diff -u "$2" "$1" >"$tmp/diff" && return 0
	else
		[ ! -s "$1" ] && return 0
		cp "$1" "$tmp/diff"
	fi
	why="differs from ${2##*/}"
	return 1
}

run() { # pass file → $tmp/stdout $tmp/stderr, exit code
	local dir=${2%/*} file=${2##*/} opts args
	opts=$(sed -n 's/^# opts: //p' "$2")
	args=$(sed -n 's/^# args: //p' "$2")
	eval "set -- $1 $opts $file $args"
	(cd "$dir" && exec "$tapbuild" "$@") >"$tmp/stdout" 2>"$tmp/all" </dev/null
	local rc=$?
	# What -v says of the passes is no two times the same.
	grep -vE '^Pass [1-3]: .* kb, in .* ms\.$' "$tmp/all" >"$tmp/stderr"
	return $rc
}

# Take the lines about the failed pass from the end of $tmp/stderr.
footer() { # pass
	local want=("^Pass $1: analysis failed\.\$")
	[ "$1" = 1 ] && want=('^[1-9][0-9]* parse errors?\.$' '^Pass 1: parse failed\.$')
	tail -n ${#want[@]} "$tmp/stderr" >"$tmp/footer"
	head -n -${#want[@]} "$tmp/stderr" >"$tmp/body"
	mv "$tmp/body" "$tmp/stderr"
	local i=0 line
	while IFS= read -r line; do
		grep -Eq -- "${want[i]}" <<<"$line" || return 1
		i=$((i + 1))
	done <"$tmp/footer"
	[ $i = ${#want[@]} ]
}

# Take "# parse tree dump" and "# file NAME" from the top of $tmp/stdout.
head_of() { # file name
	printf '# parse tree dump\n# file %s\n' "$1" >"$tmp/want"
	head -n 2 "$tmp/stdout" | cmp -s - "$tmp/want" || return 1
	tail -n +3 "$tmp/stdout" >"$tmp/body"
	mv "$tmp/body" "$tmp/stdout"
}

check() { # pass file
	local pass=$1 f=$2 name tag rc
	name=${f##*/}
	: >"$tmp/diff"
	run "-p$pass" "$f"
	rc=$?
	case $name in
	err.*)
		footer "$pass" || { cp "$tmp/footer" "$tmp/diff"; why="does not end with the failed pass"; return 1; }
		;;
	*)
		cp "$tmp/stdout" "$tmp/printed"
		[ "$pass" != 1 ] || head_of "$name" || { cp "$tmp/stdout" "$tmp/diff"; why="no head"; return 1; }
		;;
	esac
	case $name in
	ok.* | warn.*)
		[ $rc -eq 0 ] || { cp "$tmp/stderr" "$tmp/diff"; why="exit $rc"; return 1; }
		same "$tmp/stdout" "${f%.stp}.out" || return 1
		same "$tmp/stderr" "${f%.stp}.err" || return 1
		if [ "${name%%.*}" = warn ]; then
			tag=${name#warn.}
			grep -q "\[${tag%%.*}\]" "$tmp/stderr" ||
				{ why="no [${tag%%.*}] in its output"; return 1; }
		fi
		[ "$pass" = 1 ] || return 0
		mkdir -p "$tmp/again"
		cp "$tmp/printed" "$tmp/again/$name"
		(cd "$tmp/again" && "$tapbuild" -p1 -g "$name") >"$tmp/twice" 2>"$tmp/stderr"
		diff -u "$tmp/printed" "$tmp/twice" >"$tmp/diff" && return 0
		why="what it prints does not print the same again"
		return 1
		;;
	err.*)
		tag=${name#err.}
		tag=${tag%%.*}
		[ $rc -eq 1 ] || { cp "$tmp/stderr" "$tmp/diff"; why="exit $rc, not 1"; return 1; }
		[ ! -s "$tmp/stdout" ] || { why="something on stdout"; return 1; }
		grep -q "\[$tag\]" "$tmp/stderr" ||
			{ cp "$tmp/stderr" "$tmp/diff"; why="no [$tag] in its output"; return 1; }
		same "$tmp/stderr" "${f%.stp}.out" || return 1
		[ "$pass" = 1 ] && return 0
		run -p1 "$f" && return 0
		cp "$tmp/stderr" "$tmp/diff"
		why="it does not even parse"
		return 1
		;;
	*)
		why="name is neither ok.* nor err.*"
		return 1
		;;
	esac
}

for f in tests/golden/*/*.stp; do
	[ -f "$f" ] || continue
	dir=${f%/*}
	# shellcheck disable=SC2254 # the pattern is one
	case ${f##*/} in $pattern) ;; *) continue ;; esac
	case ${dir##*/} in parse) pass=1 ;; sema) pass=2 ;; *) continue ;; esac
	name=${f#tests/}
	if check "$pass" "$f"; then
		echo "ok ${name%.stp}"
	else
		sed 's/^/# /' "$tmp/diff" | head -40
		echo "not ok ${name%.stp} # $why"
		failed=1
	fi
done
exit $failed
