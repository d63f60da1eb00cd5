# SPDX-License-Identifier: GPL-2.0-only
# The language at run time: what an operation takes, and hits on every CPU at once;
# with a stap, the same scripts by both, in turns in the same guest.
#
#   LANG_CPUS="1 2 4"
# shellcheck shell=bash
. tests/bench/kbuild.sh
LANG_CPUS=${LANG_CPUS:-1 2 4}
lang_stage=$work/lang
lang_rel=${STAP_RELEASE:-$main}
lang_limits=(-DMAXACTION=100000000 -DSTP_NO_OVERLOAD)
load_limits=(-DSTP_NO_OVERLOAD -DMAXSKIPPED=100000000)
hit='probe kprobe.function("__x64_sys_getppid")'
show='probe end { foreach (p in a)'
# What an end probe prints begins with the number of hits that it holds.
lang_load=(
	"empty|one <<< 1|global one $hit { one <<< 1 } probe end { println(@count(one)) }"
	"count|n++|global n $hit { n++ } probe end { println(n) }"
	"feed|a[pid()] <<< 1|global a $hit { a[pid()] <<< 1 } $show println(@count(a[p])) }"
	"named|a[execname(), pid()] <<< 1|global a $hit { a[execname(), pid()] <<< 1 }
		probe end { foreach ([e, p] in a) println(@count(a[e, p])) }"
	"spread|a[pid()]++|global a $hit { a[pid()]++ } $show println(a[p]) }"
	"locked|a[pid()] = a[pid()] + 1|global a $hit { a[pid()] = a[pid()] + 1 }
		$show println(a[p]) }"
	"lookup|one <<< a[pid()]|global a, one probe begin { for (i = 0; i < 1000; i++) a[i] = 1 }
		$hit { one <<< a[pid()] } probe end { println(@count(one)) }"
	"syscall|syscall.getppid { calls[pid(), execname()]++ }|global calls
		probe syscall.getppid { calls[pid(), execname()]++ }
		probe end { foreach ([p, e] in calls) println(calls[p, e]) }"
	"print|printf(\"1 %s %d\\n\", execname(), pid())|$hit { printf(\"1 %s %d\\n\", execname(), pid()) }"
)
lang_ops='
	loop for with an addition
	insert array[long] = long, new key
	lookup array[long]
	in long in array
	update array[long] += long
	delete delete array[long]
	walk foreach, an element
	sort foreach sorted by value, of 10,000, an element
	sort10 the same with limit 10, an element
	feed statistic <<< long
	feed_hist the same with @hist_log
	feed_array array[long] <<< long
	extract @count(array[long])
	merge_sort foreach by @sum, an element
	insert_string array[string, long] = string, new key
	lookup_string array[string, long]
	delete_string delete array[string, long]
	concat string . string . string
	append string .= string
	compare string == string
	strlen strlen
	substr substr
	isinstr isinstr
	strtol strtol
	regex_literal !~ "needle", a byte
	regex_class !~ "[a-z]+[0-9][0-9]", a byte
	regex_groups =~ "([a-z]+) = ([0-9]+)\$", a byte
	sprintf sprintf of three
	printf printf of three, a line'

# Words of $STAP before the program: what runs something where it is.
stap_there=(env)
for word in "${stap[@]}"; do
	[ "${word##*/}" = stap ] && break
	stap_there+=("$word")
done

# peer_module NAME SCRIPT options...
peer_module() {
	local name=$1 text=$2 where=$STAP_RELEASE made
	shift 2
	where=${where:-$kbuild}
	made=$("${stap[@]}" -w -p4 -r "$where" "$@" -e "$text" 2>>"$work/lang.log" | tail -1)
	mkdir -p "$lang_stage/stap/$name"
	[ -n "$made" ] && "${stap_there[@]}" cat "$made" \
		>"$lang_stage/stap/$name/$(basename "$made")"
}

# staprun, stapio and what they are linked to, as they lie there
peer_programs() {
	local pack='run=$(command -v staprun) || exit 1
		io=$(ls /usr/lib*/systemtap/stapio /usr/lib/*/systemtap/stapio \
			/usr/libexec/systemtap/stapio 2>/dev/null | head -1)
		tar -chf - "$run" "$io" $(ldd "$run" "$io" | sed -n "s,^[^/]*\(/[^ ]*\) (0x.*,\1,p" | sort -u)'
	mkdir -p "$lang_stage/stap/root"
	"${stap_there[@]}" sh -c "$pack" 2>>"$work/lang.log" |
		tar -xf - -C "$lang_stage/stap/root" 2>>"$work/lang.log"
}

lang_peer() {
	local s name body text
	if ! command -v "${stap[0]}" >/dev/null; then
		skip "the same beside stap" "${stap[0]} is not installed"
		return 1
	elif [ -z "${STAP_RELEASE:-}" ] && ! kbuild_tree; then
		skip "the same beside stap" "$kbuild_why"
		return 1
	fi
	: >"$work/lang.log"
	peer_programs && peer_module lang "$(cat tests/bench/lang_ops.stp)" "${lang_limits[@]}" || return 1
	for s in "${lang_load[@]}"; do
		IFS='|' read -r -d '' name body text <<<"$s"
		peer_module "$name" "$text" "${load_limits[@]}" || return 1
	done
}

build_lang() {
	local s name body text
	rm -rf "$lang_stage"
	mkdir -p "$lang_stage"/{keys,bin,load}
	cp "$work/bench.pub" "$lang_stage/keys/bench.key"
	cp tests/bench/guest/{lang,load,peer}.sh "$lang_stage/"
	compgen -G "$TAP_CACHE/kits/${lang_rel}_*.kit" >/dev/null ||
		"$O/tapbuild" kit add -q "$packages/$lang_rel/"*.deb >/dev/null || return 1
	"$O/tapbuild" kit refresh "$lang_rel" >/dev/null || return 1
	for s in "${lang_load[@]}"; do
		IFS='|' read -r -d '' name body text <<<"$s"
		"${tapbuild[@]}" -w -q "${load_limits[@]}" -r "$lang_rel" -m "load-$name" \
			-o "$lang_stage/load/$name.tap" -e "$text" || return 1
	done
	cp "$lang_stage/load/feed.tap" "$lang_stage/load.tap"
	"${tapbuild[@]}" -w -q "${lang_limits[@]}" -r "$lang_rel" -m lang \
		-o "$lang_stage/lang.tap" tests/bench/lang_ops.stp &&
		musl-gcc -static -O2 -o "$lang_stage/bin/calls" tests/bench/calls.c
}

# The figures of a boot are added to guest.lang.
lang_guest() { # CPUS
	E2E_CPUS=$1 E2E_LIMIT_S=${E2E_LIMIT_S:-1200} TAP_CACHE=$user_cache O=$O tests/e2e/run.sh \
		--dir "$lang_stage" "$lang_rel" >"$work/guest.now"
	grep -E '^(not ok|#)' "$work/guest.now"
	missed=$((missed + $(grep -c '^not ok' "$work/guest.now")))
	cat "$work/guest.now" >>"$work/guest.lang"
}

# lang_of SIDE CPUS NAME: "median smallest" of what the guest printed, of none 0
lang_of() {
	[ "$3" = op.none ] && echo "0 0" && return
	sed -n "s/^| $1\.$2\.$3 \([0-9.]*\)$/\1/p" "$work/guest.lang" | sort -g |
		awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)], v[1]; else print "- -" }'
}

# lang_row TITLE NAME LESS SCALE [SIDE OF LESS [TARGET]]: both sides and their ratio for each
# number of CPUs, less what LESS took; the ratio of the smallest beside that of medians
lang_row() {
	local title=$1 cpus side worst
	printf '    %-46s' "$title"
	worst=$(for cpus in $LANG_CPUS; do
		for side in ours stap; do
			echo "$side $(lang_of $side "$cpus" "$2") $(lang_of "${5:-$side}" "$cpus" "$3")"
		done
	done | awk -v scale="$4" -v beside="${beside:+1}" '
		$1 == "ours" {
			had = $2 != "-"; m = $2 - $4; s = $3 - $5
			if (!beside && had) printf "  %8.1f", m / scale >"/dev/fd/3"
			else if (!beside) printf "  %8s", "-" >"/dev/fd/3"
			next
		}
		!beside { next }
		!had || $2 == "-" { printf "  %8s %8s %5s %5s", "-", "-", "-", "-" >"/dev/fd/3"; next }
		{
			r = m / ($2 - $4); b = s / ($3 - $5)
			printf "  %8.1f %8.1f %5.2f %5.2f", m / scale, ($2 - $4) / scale, r, b >"/dev/fd/3"
			if (r > worst) { worst = r; best = b }
		}
		END { if (worst) printf "%.2f %.2f", worst, best }' 3>&4)
	if [ -n "$worst" ]; then
		# shellcheck disable=SC2086
		verdict ${worst% *} ${6:-1} ${worst#* }
		printf '  %s' "$how"
	fi
	printf '\n'
} 4>&1

lang_head() { # TITLE
	local cpus
	printf '    %-46s' "$1"
	for cpus in $LANG_CPUS; do
		if [ -n "$beside" ]; then
			printf '  %8s %8s %5s %5s' "$cpus CPU" stap ratio best
		else
			printf '  %8s' "$cpus CPU"
		fi
	done
	printf '\n'
}

report_lang() {
	local name title s body text less target
	shown taprun lang.tap "# tests/bench/lang_ops.stp, medians, the ratio of the smallest; less the loop"
	lang_head "ns an operation"
	while read -r name title; do
		[ -n "$name" ] || continue
		case $name in loop | walk | sort* | merge_sort | regex_*) less=none ;; *) less=loop ;; esac
		lang_row "$title" "op.$name" "op.$less" 1000
	done <<<"$lang_ops"
	shown calls 1000 50 CPUS "# under taprun, less the same without"
	lang_head "ns a hit on one CPU while all make hits"
	for s in "${lang_load[@]}"; do
		IFS='|' read -r -d '' name body text <<<"$s"
		[ "$name" = syscall ] && target=0.5 || target=1
		lang_row "$body" "hit.$name" hit.bare 1 bare $target
	done
}

section "language, guest $lang_rel (QEMU $(cat "$user_cache"/accel* 2>/dev/null | tail -1))"
if build_lang; then
	beside=
	if lang_peer; then
		beside=$("${stap[@]}" --version 2>&1 | sed -n '1s/.*version \([^ ,)]*\).*/stap \1/p')
		echo "    beside $beside, the same scripts"
	else
		rm -rf "$lang_stage/stap"
	fi
	: >"$work/guest.lang"
	for cpus in $LANG_CPUS; do lang_guest "$cpus"; done
	report_lang
else
	skip "language" "its bundles did not build"
fi
