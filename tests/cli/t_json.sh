#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# taprun --json where nothing is loaded: every line is what the schema says.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
keys=(--keys "$work/keys")
"$builder" -q -r "$k" -o good.tap -m good -e 'global t = 3, s = "x" probe begin { println(t, s) exit() }' || { result 1 "a bundle to begin with"; exit 1; }

schema() { # WANTED TYPES: of the output of the last expect
	if ! command -v python3 >/dev/null; then
		skip json/schema "no python3"
		return
	fi
	cp "$work/out" json.out
	check "it is as the schema says: $1" sh -c "python3 '$top/tests/tools/schema.py' '$top/runner/output.schema.json' json.out | tee /dev/stderr | grep -qx '$1'"
}

expect 0 "--list" '"release":"'"$(re "$k")"'"' '"here":(true|false),"ok":true,"module":"good_' -- "$runner" "${keys[@]}" --list --json good.tap
schema kernel=1
expect 0 "--info" '^\{"type":"bundle","name":"good","version":0,' '"name":"t","kind":"int64","default":3' '"trusted":true' -- "$runner" "${keys[@]}" --json --info good.tap
schema bundle=1
expect 0 "--check: no kernel and no root is needed" '^\{"type":"check","ok":true,"bundle":"good"' '!"module"' -- "$runner" "${keys[@]}" --json --check good.tap
schema check=1
expect 0 "--check for people" '^taprun: good.tap is good: every module of 1 kernels ' -- "$runner" "${keys[@]}" --check good.tap
expect 40 "--dry-run of another kernel's" '^\{"type":"check","ok":false,"file":"good.tap","code":40,"name":"NO-KERNEL","text":"no module for ' '"hint":"on the builder: ' -- \
	"$runner" "${keys[@]}" --dry-run --json good.tap
schema check=1
expect 70 "--check of a parameter" '"code":70,"name":"PARAM"' -- "$runner" "${keys[@]}" --json --check good.tap nosuch=1
schema check=1
expect 0 "--list-running" -- "$runner" --json --list-running
check "nothing is running here" test ! -s "$work/out"
expect 30 "a run that is refused" '^\{"type":"error","source":"taprun","code":30,"name":"NO-SIGNATURE"' '"exit_code":30' -- "$runner" --keys "$work/nokeys" --json good.tap
schema 'error=1 summary=1'
expect 3 "a run of no file" '"type":"error"' -- "$runner" "${keys[@]}" --json nosuch.tap
schema 'error=1 summary=1'

# every module of the bundle, not only one that fits
size=$(stat -c %s good.tap)
bad=0
for i in $(seq 1 40); do
	at=$((i * 2654435761 % size))
	cp good.tap flip.tap
	flip flip.tap "$at"
	"$runner" "${keys[@]}" --check flip.tap >/dev/null 2>&1 && { echo "# accepted with byte $at altered"; bad=1; }
done
result $bad "--check: 40 altered bytes, none accepted"

# the schema itself can fail
echo '{"type":"data","time_ns":1,"cpu":0,"seq":1,"text":"a","more":1}' >bad.out
if command -v python3 >/dev/null; then
	check "a member that the schema does not know" sh -c "! python3 '$top/tests/tools/schema.py' '$top/runner/output.schema.json' bad.out"
fi
