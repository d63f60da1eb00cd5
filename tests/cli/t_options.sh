#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Options, script arguments, standard input, and what is wrong with them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
hello='probe begin { println("hi") exit() }'

expect 2 "no script" '^tapbuild: A script must be specified\.$' '^hint: ' '^usage: ' -- "$builder"
expect 2 "unknown option" "^tapbuild: unknown option '--bogus'$" '^hint: ' -- "$builder" --bogus -e "$hello"
expect 2 "an option without its argument" '^tapbuild: -r wants RELEASE$' -- "$builder" -e "$hello" -r
expect 2 "a pass that does not exist" '^tapbuild: -p wants 1 to 5' -- "$builder" -p9 -e "$hello"
expect 2 "a number that is none" "^tapbuild: -j wants a number, not 'x'$" -- "$builder" -jx -e "$hello"
expect 0 "--help lists the options" '^ +-r +RELEASE' -- "$builder" --help
expect 0 "help lists the commands" '^ +kit ' -- "$builder" help
expect 0 "--version" '^tapbuild [0-9]' -- "$builder" --version
expect 3 "missing script" "^tapbuild: cannot open 'no\.stp': No such file or directory$" -- "$builder" no.stp
expect 3 "a directory as script" "^tapbuild: cannot read '/tmp': Is a directory$" -- "$builder" /tmp
expect 1 "a program as script" "^tapbuild: '$(re "$builder")' is not a script: it is not text$" '!error' -- "$builder" -r "$k" "$builder"
printf 'tap-1/manifest\0' >b.tap
expect 1 "a bundle as script" "^tapbuild: 'b\.tap' is not a script" '^hint: it is a bundle: taprun b\.tap' -- "$builder" -p1 b.tap
expect 3 "a bundle as script of check" "^b\.tap: error: 'b\.tap' is not a script: it is not text " -- "$builder" check -r "$k" b.tap
rm b.tap
expect 3 "-I of nothing" "^tapbuild: -I: cannot open 'nodir': No such file" -- "$builder" -r "$k" -I nodir -e "$hello"
: >file
expect 3 "-I of a file" "^tapbuild: -I: 'file' is not a directory$" -- "$builder" -r "$k" -I file -e "$hello"
if is_root; then
	echo "$hello" >secret.stp
	chmod 600 secret.stp
	cp "$builder" "$work/tapbuild" # the tree may lie where nobody can look
	expect 3 "a script that may not be read" "^tapbuild: cannot open 'secret.stp': Permission denied$" -- \
		setpriv --reuid=nobody --clear-groups "$work/tapbuild" secret.stp
else
	skip options/unreadable "not root"
fi

expect 3 "-r of no kit" "^tapbuild: no kit matches 'no\.such\.release'$" '^hint: .*kit add' -- "$builder" -r no.such.release -e "$hello"
expect 3 "neither -r nor a kit of this kernel" "^tapbuild: no kit matches '.*', the kernel that runs here$" '^hint: .*-r RELEASE' -- "$builder" -e "$hello"
expect 3 "a manifest that is not there" "^tapbuild: cannot open 'no\.manifest': No such file" -- "$builder" --manifest no.manifest -e "$hello"
cp "$top/manifests/debian.manifest" no.manifest
expect 3 "a manifest that was never fetched" '^tapbuild: no kernels of ' '^hint: tapbuild kit fetch ' -- "$builder" --manifest no.manifest -e "$hello"
mkdir "$work/empty"
expect 3 "no kits at all" '^tapbuild: no kit matches' '^hint: ' -- env TAP_CACHE="$work/empty" "$builder" --all -e "$hello"
expect 0 "kit list of none" '^no kits in ' '^hint: tapbuild kit fetch' -- env TAP_CACHE="$work/empty" "$builder" kit list
expect 2 "-o without a name" "^tapbuild: -o wants a file, not ''$" -- "$builder" -r "$k" -o '' -e "$hello"
expect 0 "pass 1 needs no kit" 'probe begin' -- env TAP_CACHE="$work/empty" "$builder" -p1 -e "$hello"

expect 3 "no signing key" "^tapbuild: no signing key 'no\.key'$" '^hint: tapbuild keygen' -- "$builder" -r "$k" --sign-key no.key -e "$hello"
expect 3 "a public key as signing key" '^tapbuild: .*key' -- "$builder" -r "$k" --sign-key "$work/key.pub" -e "$hello"
cp "$work/key.key" open.key
chmod 644 open.key
expect 3 "a secret key that all can read" '^tapbuild: .*open\.key.*0?644' -- "$builder" -r "$k" --sign-key open.key -e "$hello"
check "nothing was written" test -z "$(ls -- *.tap 2>/dev/null)"

expect 0 "-D of no limit is for embedded C; without any it is said" '^WARNING: -D FOO=1 is no limit but for embedded C' -- "$builder" -r "$k" -p2 -D FOO=1 -e "$hello"
expect 0 "-w: not said" '!WARNING' -- "$builder" -w -r "$k" -p2 -D FOO=1 -e "$hello"
for d in $(sed -n 's/^IDLE("\([^"]*\)".*/\1/p' "$top/build/sema/idle.def"); do
	expect 0 "-D$d: that it changes nothing is said" "^WARNING: -D $d=1 changes nothing here: " '!no limit' -- "$builder" -r "$k" -p2 -D "$d=1" -e "$hello"
done
expect 2 "-D with a value that is no number" '^tapbuild: MAXACTION .*number' -- "$builder" -r "$k" -DMAXACTION=abc -e "$hello"
expect 0 "-D of a limit" -- "$builder" -r "$k" -DMAXMAPENTRIES=10 -p3 -e 'global a probe begin { a[1]=2 println(a[1]) exit() }'
cp "$work/out" limited.c
expect 0 "without -D" -- "$builder" -r "$k" -p3 -e 'global a probe begin { a[1]=2 println(a[1]) exit() }'
check "-D changed the C text" sh -c "! cmp -s limited.c '$work/out'"
expect 1 "-G of no global" 'error: .*nosuch' -- "$builder" -r "$k" -G nosuch=1 -e 'global a probe begin { println(a) exit() }'
expect 1 "-G with the wrong type" 'error: ' -- "$builder" -r "$k" -G a=text -e 'global a = 5 probe begin { println(a+1) exit() }'
expect 0 "-G of a global" '4711' -- "$builder" -r "$k" -G a=4711 -p3 -e 'global a probe begin { println(a) exit() }'
expect 2 "-m that is no name" "^tapbuild: -m wants a name" -- "$builder" -r "$k" -m '../x' -e "$hello"
expect 2 "-m that is empty" "^tapbuild: -m wants a name" -- "$builder" -r "$k" -m '' -e "$hello"
expect 0 "-m names bundle and modules" '^[^ ]+ +my_name_[0-9a-f]{8} ' '^my-name\.tap: ' -- "$builder" -r "$k" -m my_name -e "$hello"
check "-m: the file is there" test -s my-name.tap
expect 0 "-o names the file" '^other\.tap: ' -- "$builder" -r "$k" -o other.tap -e "$hello"
expect 0 "-q says nothing" '!.' -- "$builder" -q -r "$k" -o quiet.tap -e "$hello"
expect 0 "-v tells the times" 'front end [0-9.]+ ms' -- "$builder" -v -r "$k" -o v.tap -e "$hello"
expect 0 "-k keeps the C text" "^kept-$(re "$k")\.c: [0-9]+ bytes$" -- "$builder" -k -r "$k" -o kept.tap -e "$hello"
kept=$(sed -n 's/^Keeping temporary directory "\(.*\)"$/\1/p' "$work/err")
check "-k says which directory it keeps, with the C text" sh -c "test -d '$kept' && cmp '$kept'/*/script.c 'kept-$k.c'"
rm -rf "${kept:-$TMPDIR/none}"
check "-k: it includes our header only" sh -c "test \$(grep -c '#include' kept-$k.c) = 1 && grep -q gen.h kept-$k.c"

echo "$hello" >hello.stp
expect 0 "a file" '^hello\.tap: ' -- "$builder" -r "$k" hello.stp
expect 0 "standard input" '^stdin\.tap: ' -- bash -c "'$builder' -r '$k' - <hello.stp"
expect 1 "empty standard input" 'no probes' -- "$builder" -r "$k" -
# shellcheck disable=SC2016
args='probe begin { printf("%d %s\n", $1, @2) exit() }'
expect 0 "arguments" 'printf\("%d %s\\n", 42, "a b"\)' -- "$builder" -p1 -e "$args" 42 'a b'
expect 1 "too few arguments" '<input>:1:[0-9]+: error: .*\[ARG' -- "$builder" -p1 -e "$args" 42
# shellcheck disable=SC2016
expect 1 "\$1 that is no number and no word" 'error: ' -- "$builder" -r "$k" -p2 -e 'probe begin { println($1) exit() }' '1 2 ('
expect 0 "an argument that nobody reads" '^WARNING: unused command line option \$1/@1' -- "$builder" -p1 -e "$hello" 42
expect 1 "with -W it is an error" '^ERROR: unused command line option \$3/@3' -- "$builder" -r "$k" -W -p2 -e "$args" 1 2 3
expect 0 "with -w nothing is said of it" '!unused' -- "$builder" -w -p1 -e "$hello" 42
expect 0 "after -- a script may look like an option" -- bash -c "cp hello.stp ./-x.stp && '$builder' -p1 -- -x.stp"

for p in 1 2 3; do
	for run in a b c; do
		LC_ALL=$([ $run = b ] && echo tr_TR.UTF-8 || echo C) \
			"$builder" -r "$k" -p$p "$top/tests/demo/rwlatency.stp" >p$p.$run 2>/dev/null
	done
	check "-p$p says something" test -s p$p.a
	check "-p$p says the same each time" cmp p$p.a p$p.b
	check "-p$p says the same each time, again" cmp p$p.a p$p.c
done
expect 3 "standard output is full" '^tapbuild: cannot write the standard output$' -- bash -c "'$builder' -p1 -e '$hello' >/dev/full"
check "no scratch is left" no_scratch
