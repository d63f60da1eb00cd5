#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The broker and its client, up to where a kernel would be needed: exit 40 (no module for
# this kernel) is what a request gets that is granted.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# ---- the client alone --------------------------------------------------------------
use_key
head -c 3000 "$runner" >x.ko
"$mktap" make "$work/key.key" a.tap x.ko version=1 name=vfs-latency || result 1 "making a.tap"
expect 3 "no broker" "^taprun: --via: cannot reach '/nosuch': No such file or directory$" \
	'^hint: systemctl status tap-serve.socket$' -- "$runner" --via /nosuch a.tap
expect 2 "a socket that is no path" "^taprun: --via takes /PATH, not 'nosuch'$" -- "$runner" --via nosuch a.tap
expect 3 "no bundle" "cannot open 'nosuch.tap'" -- "$runner" --via /nosuch nosuch.tap
expect 20 "a bundle that is a directory" 'not a regular file \[UNSAFE-FILE\]$' -- "$runner" --via /nosuch .
for o in "-o x" "-S 1 -o x" "-b -o x" "-c true" "-x 1" "-i" "--allow-system" "--keys /k" "--metrics m" "--notify n" \
	"--background -o x" "--list" "--info" "--check" "--dry-run"; do
	# shellcheck disable=SC2086
	expect 2 "with $o" '^taprun: --via excludes --' -- "$runner" --via /nosuch $o a.tap # attack 19
done
expect 2 "a value that is no text" 'more than printable ASCII' -- "$runner" --via /nosuch a.tap "p=$(printf 'a\nb')"
expect 2 "a broker without a client" '^taprun: --serve: standard input is not a connection of a client$' -- "$runner" --serve # attack 19

if ! is_root || ! unshare -m true 2>/dev/null; then
	skip serve "not root: /etc and /var cannot be replaced"
	exit 0
fi

# ---- a host with a broker ----------------------------------------------------------
cc -O1 -o "$work/broker" "$top/tests/e2e/prog/broker.c" || result 1 "building broker"
cp "$runner" "$work/taprun"
mkdir -p "$work/etc/tap" "$work/var/lib"
chmod 755 "$work/taprun" "$work/keys" "$work/w" "$work/broker"
chmod 644 "$work/keys"/* a.tap
sock=$work/serve.sock
policy() { # LINE...
	printf '%s\n' "keys: $work/keys" "$@" >"$work/etc/tap/policy"
}
policy 'allow: vfs-*'
# shellcheck disable=SC2016
unshare -m sh -c 'mount --make-rprivate / && mount --bind "$1/etc" /etc && mount --bind "$1/var" /var &&
	exec "$1/broker" listen "$2" - 0 "$1/taprun" --serve' sh "$work" "$sock" >"$work/ready" &
broker=$!
trap 'kill $broker 2>/dev/null; cleanup' EXIT
for _ in $(seq 6000); do
	grep -q ready "$work/ready" && break
	sleep 0.05
done
via=("$work/taprun" --via "$sock")
as() { # UID COMMAND...
	setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"
}
asks() { # TEXT WHAT FILE...: what the broker says to it
	"$work/broker" ask "$sock" "$@" 2>&1
}
head='tap-serve: 1\n'
good=${head}'name: a.tap\n'

expect 40 "granted" '^taprun: no module for .*\[NO-KERNEL\]$' '^hint: ' -- "${via[@]}" a.tap
expect 40 "granted to a user without any privilege" '\[NO-KERNEL\]$' -- as 65534 "${via[@]}" a.tap
expect 40 "with all options" 'WARNING|NO-KERNEL' '^taprun: no module for' -- "${via[@]}" -T 1.5 -v -w a.tap
expect 40 "-v says which line" 'allowed by line 2 of /etc/tap/policy' -- "${via[@]}" -v a.tap
expect 40 "--json" '^\{"type":"error","source":"taprun","code":40,' -- "${via[@]}" --json a.tap
expect 70 "a parameter" "'nosuch' is not a parameter" '\[PARAM\]$' -- "${via[@]}" a.tap nosuch=1
expect 0 "the same by hand" 'NO-KERNEL' '^exit: 40$' -- asks "$good" a.tap

# ---- requests ----------------------------------------------------------------------
refuses() { # TEXT CODE PATTERN WHAT FILE...
	expect 0 "$1" "$3" "^exit: $2\$" -- asks "${@:4}"
}
bad() { # TEXT PATTERN WHAT: as a request with the right descriptor
	refuses "$1" 2 "^taprun: $2\$" "$3" a.tap
}
v1="request: not that of a version-1 client"
bad "another protocol" "$v1" 'GET / HTTP/1.1\n\n' # attack 19
bad "a later version" "$v1" 'tap-serve: 2\nname: a.tap\n' # attack 19
bad "half a head" "$v1" 'tap-serve: 1' # attack 19
bad "a message that is too long" 'request: a message of more than 16384 bytes' @16385 # attack 19
bad "16384 bytes of nothing" "$v1" @16384 # attack 19
bad "no name" 'request: no name' "$head" # attack 19
bad "no newline at the end" 'request line 2: does not end with a newline' "${head}name: a.tap" # attack 19
bad "a path for a name" "request line 2: 'name' takes up to 64 .*" "${head}name: ../a.tap\n" # attack 19
bad "a name that is hidden" "request line 2: 'name' takes .*" "${head}name: .tap\n" # attack 19
bad "a name of 65 bytes" "request line 2: 'name' takes .*" "${head}name: $(printf 'a%.0s' {1..65})\n" # attack 19
bad "two names" "request line 3: 'name' is there twice" "${good}name: b.tap\n" # attack 19
bad "a control character" 'request line 2: byte 0x1b in column 8' "${head}name: a$(printf '\033')[2J\n" # attack 19
bad "a line of 1100 bytes" 'request line 3: longer than 1024 bytes' "${good}param: a=$(printf 'a%.0s' {1..1100})\n" # attack 19
bad "an output file" "request line 3: 'output' cannot be asked for" "${good}output: /etc/passwd\n" # attack 19
bad "a command" "request line 3: 'command' cannot be asked for" "${good}command: sh\n" # attack 19
bad "other keys" "request line 3: 'keys' cannot be asked for" "${good}keys: /tmp\n" # attack 19
bad "system()" "request line 3: 'allow-system' cannot be asked for" "${good}allow-system: yes\n" # attack 19
bad "a metrics file" "request line 3: 'metrics' cannot be asked for" "${good}metrics: /etc/cron.d/x\n" # attack 19
bad "no time" "request line 3: 'time' takes seconds" "${good}time: 0\n" # attack 19
bad "a time that never ends" "request line 3: 'time' takes seconds" "${good}time: 99999999999\n" # attack 19
bad "a flag that is no yes" "request line 3: 'json' takes 'yes'" "${good}json: no\n" # attack 19
bad "a parameter without a name" "request line 3: 'param' takes NAME=VALUE.*" "${good}param: =1\n" # attack 19
many=$good
for i in {1..257}; do many+="param: p$i=1\n"; done
bad "257 parameters" "request line 259: 'param' takes NAME=VALUE, at most 256 of them" "$many" # attack 19
refuses "nothing" 2 '^taprun: request: the client is gone$' - # attack 19

# ---- descriptors -------------------------------------------------------------------
fd() { # TEXT CODE PATTERN FILE...
	refuses "$1" "$2" "^taprun: $3\$" "$good" "${@:4}"
}
mkfifo f
: >w
fd "no descriptor" 2 'request: a message with 0 descriptors, not 1' # attack 19
fd "two descriptors" 2 'request: a message with 2 descriptors, not 1' a.tap a.tap # attack 19
mapfile -t sixty < <(yes a.tap | head -60)
fd "sixty descriptors" 2 'request: a message with .* or more descriptors, not 1' "${sixty[@]}" # attack 19
fd "a directory" 20 'a.tap: not a regular file \[UNSAFE-FILE\]' /tmp # attack 12
fd "a FIFO" 20 'a.tap: not a regular file \[UNSAFE-FILE\]' f # attack 12
fd "a device" 20 'a.tap: not a regular file \[UNSAFE-FILE\]' /dev/zero # attack 12
fd "a file that cannot be read" 20 'a.tap: the descriptor is not open for reading \[UNSAFE-FILE\]' '>w' # attack 12
fd "a file that is not open at all" 20 'a.tap: the descriptor is not open for reading \[UNSAFE-FILE\]' =a.tap # attack 12
fd "an empty file" 23 'a.tap: 0 of 512 bytes.*\[TRUNCATED\]' w # attack 12
fd "no bundle" 21 'a.tap: not a version-1 bundle .*\[FORMAT\]' x.ko # attack 12
fd "a file of /proc" 23 'a.tap: 0 of 512 bytes.*\[TRUNCATED\]' /proc/self/maps # attack 12
# open for writing by the client, and changed all the time: what was signed, or a refusal
cp a.tap c.tap
while :; do
	cp a.tap c.tap
	dd if=/dev/zero of=c.tap bs=100 seek=20 count=10 conv=notrunc 2>/dev/null
done &
changer=$!
odd=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	asks "$good" +c.tap >"$work/out"
	grep -Eqx 'exit: (40|2[0-9]|3[0-9]|5[0-9])' "$work/out" || odd=1
done
kill $changer
wait $changer 2>/dev/null
result $odd "a bundle that the client changes while it is read" # attack 12

# ---- who ---------------------------------------------------------------------------
policy
expect 43 "no allow line" "^taprun: no allow line of the policy fits bundle 'vfs-latency' for user 65534: a broker runs nothing without one \[POLICY\]$" \
	'^hint: ask who keeps /etc/tap/policy' -- as 65534 "${via[@]}" a.tap # attack 19
policy 'allow: vfs-* user 1000'
expect 43 "another user" "^taprun: no allow line of the policy fits bundle 'vfs-latency' for user 65534 \[POLICY\]$" \
	-- as 65534 "${via[@]}" a.tap # attack 19
expect 40 "that user" 'NO-KERNEL' -- as 1000 "${via[@]}" a.tap
expect 43 "root is nobody special" 'for user 0 \[POLICY\]$' -- "${via[@]}" a.tap # attack 19
policy 'allow: vfs-* group 4242'
expect 43 "not in the group" '\[POLICY\]$' -- as 65534 "${via[@]}" a.tap # attack 19
expect 40 "by its group" 'NO-KERNEL' -- setpriv --reuid 65534 --regid 4242 --clear-groups "${via[@]}" a.tap
expect 40 "by a supplementary group" 'NO-KERNEL' -- setpriv --reuid 65534 --regid 65534 --groups 7,4242 "${via[@]}" a.tap
policy 'deny: vfs-latency' 'allow: *'
expect 43 "denied" "denies bundle 'vfs-latency'" -- as 65534 "${via[@]}" a.tap # attack 19
printf 'nonsense\n' >"$work/etc/tap/policy"
expect 19 "a policy with a mistake" '/etc/tap/policy line 1' '\[CONFIG\]$' -- as 65534 "${via[@]}" a.tap
