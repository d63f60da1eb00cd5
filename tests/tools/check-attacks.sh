#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every class of attack of tests/attack/README.md has cases or says why not; at
# least 400 of them are named.
cd "$(dirname "$0")/../.." || exit 1
table=tests/attack/README.md
bad=0
sum=0
declare -A cases why
complain() {
	echo "$table: $*"
	bad=1
}
while IFS='|' read -r _ class _ file n missing _; do
	class=${class// /} file=${file// /} n=${n// /}
	[[ $class =~ ^[0-9]+$ ]] || continue
	[[ $n =~ ^[0-9]+$ ]] || { complain "class $class: '$n' is not a number of cases"; continue; }
	cases[$class]=$((${cases[$class]:-0} + n))
	sum=$((sum + n))
	[ -n "${missing// /}" ] && why[$class]=1
	[ "$n" = 0 ] && continue
	[ -f "$file" ] || { complain "class $class: no '$file'"; continue; }
	# t_attack.sh compares the numbers of the tables in C itself
	[ "$file" = tests/cli/t_attack.sh ] && continue
	have=$(grep -cE "attack $class([^0-9]|\$)|\"a$(printf %02d "$class"): " "$file")
	[ "$have" -ge "$n" ] || complain "class $class: $file has $have tags, not $n"
done <"$table"
for ((c = 1; c <= 28; c++)); do
	[ -n "${cases[$c]:-}" ] || { complain "class $c is missing"; continue; }
	[ "${cases[$c]}" -gt 0 ] || [ -n "${why[$c]:-}" ] || complain "class $c: no case, and no reason"
done
[ "$sum" -ge 400 ] || complain "$sum cases, not 400"
echo "$sum named cases"
exit $bad
