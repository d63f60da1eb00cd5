#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The host's own files: /etc/tap/policy, /etc/tap/revoked.d, /var/lib/tap.  Exit 40
# (no module for this kernel) is what a bundle gets that all of them let pass.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
if ! is_root || ! unshare -m true 2>/dev/null; then
	skip policy "not root: /etc and /var cannot be replaced"
	exit 0
fi
use_key
cp "$runner" "$work/taprun" # the tree may lie where nobody can look
chmod 755 "$work/taprun" "$work/keys"
chmod 644 "$work/keys"/*
head -c 3000 "$runner" >x.ko
make() { # OUT NAME=VALUE...
	"$mktap" make "$work/key.key" "$1" x.ko version=1 "${@:2}" || result 1 "making $1"
}
soon=$(($(date +%s) + 40000))
make a.tap name=vfs-latency bundle-version=7
make fleet.tap audience=prod-eu
make old.tap not-after=1000000000
make soon.tap "not-after=$soon"
chmod 755 "$work/w"
chmod 644 ./*.tap

# What /etc/tap, /var/lib/tap are in the namespace; a function before host, or none.
reset() {
	rm -rf "${work:?}/etc" "${work:?}/var"
	mkdir -p "$work/etc/tap" "$work/var/lib"
}
policy() { # LINE...
	reset
	printf '%s\n' "keys: $work/keys" "$@" >"$work/etc/tap/policy"
}
host() { # COMMAND...
	unshare -m sh -c 'mount --make-rprivate / && mount --bind "$1/etc" /etc && mount --bind "$1/var" /var && shift && exec "$@"' \
		sh "$work" "$@"
}
info=(host "$work/taprun" --info)
dry=(host "$work/taprun" --dry-run)

# ---- the file itself ---------------------------------------------------------------
reset
expect 40 "no policy" 'NO-KERNEL' -- "${dry[@]}" --keys "$work/keys" a.tap
policy
expect 40 "a policy with nothing but keys" 'NO-KERNEL' -- "${dry[@]}" a.tap
expect 40 "--keys of the policy" 'NO-KERNEL' -- "${dry[@]}" --keys "$work/keys" a.tap
expect 43 "--keys of the caller" "^taprun: --keys /tmp: the policy of this host trusts the keys of $(re "$work/keys") \[POLICY\]$" \
	'^hint: leave --keys away$' -- "${dry[@]}" --keys /tmp a.tap
bad() { # TEXT PATTERN COMMAND...: what spoils the file
	policy
	"${@:3}"
	expect 19 "$1" "$2" '\[CONFIG\]$' '^hint: ' -- "${dry[@]}" a.tap
	expect 19 "$1: --info" "$2" -- "${info[@]}" a.tap
}
bad "a policy that all may write" '/etc/tap/policy may be written by others \(mode 0666\)' chmod 666 "$work/etc/tap/policy" # attack 23
bad "a policy that a group may write" 'may be written by others \(mode 0664\)' chmod 664 "$work/etc/tap/policy" # attack 23
bad "a directory that all may write" '/etc/tap may be written by others' chmod 777 "$work/etc/tap" # attack 23
bad "a policy of another user" 'belongs to user 65534, not to root' chown 65534 "$work/etc/tap/policy" # attack 23
bad "an unknown key: which there are" '/etc/tap/policy line 2: unknown key .expire. \[CONFIG\]$|^hint: the keys are: require keys fleet ' \
	sh -c "echo 'expire: warn' >>$work/etc/tap/policy"
bad "a wrong value: what is wanted" "line 2: bad value of 'downgrade' \[CONFIG\]$" sh -c "echo 'downgrade: maybe' >>$work/etc/tap/policy" # attack 23
expect 19 "and how it is said" "^hint: downgrade: 'no' or 'yes'$" -- "${dry[@]}" a.tap # attack 23
bad "a key twice" "line 3: 'fleet' is there twice" sh -c "printf 'fleet: a\nfleet: a\n' >>$work/etc/tap/policy" # attack 23
policy
mv "$work/etc/tap/policy" "$work/etc/elsewhere"
ln -s ../elsewhere "$work/etc/tap/policy"
expect 19 "a policy that is a symbolic link" 'is a symbolic link \[CONFIG\]$' -- "${dry[@]}" a.tap # attack 23
reset
mkdir "$work/etc/tap/policy"
expect 19 "a policy that is a directory" 'not a regular file \[CONFIG\]$' -- "${dry[@]}" a.tap # attack 23

# the last name is a directory of root's, but who owns the link chooses which
mkdir "$work/was" "$work/theirs"
cp -r "$work/keys" "$work/was/"
ln -s ../was "$work/theirs/tap"
policy
printf 'keys: %s\n' "$work/theirs/tap/keys" >"$work/etc/tap/policy"
expect 19 "keys behind a symbolic link" "^taprun: $(re "$work/theirs/tap/keys"): a symbolic link on the way \[CONFIG\]$" '^hint: ' -- "${dry[@]}" a.tap # attack 23
expect 19 "the same of --keys" 'a symbolic link on the way \[CONFIG\]$' -- "$work/taprun" --info --keys "$work/theirs/tap/keys" a.tap # attack 23

# who may write a directory on the way could put another one of root's there
mkdir -p "$work/up/mid"
cp -r "$work/keys" "$work/up/mid/"
way() { # TEXT MODE OWNER PATTERN: of up, for what each line names; PATTERN -: it is good
	local line
	chown "$3" "$work/up" && chmod "$2" "$work/up"
	for line in "keys: $work/up/mid/keys" "audit: $work/up/mid/keys/log" "load-mode: file $work/up/mid/keys"; do
		policy
		[ "${line%% *}" = keys: ] && reset
		echo "$line" >>"$work/etc/tap/policy"
		if [ "$4" = - ]; then
			expect 40 "$1: ${line%% *}" 'NO-KERNEL' -- "${dry[@]}" a.tap
		else
			expect 19 "$1: ${line%% *}" "^taprun: on the way to $(re "${line##* }"): $(re "$work/up") $4 \[CONFIG\]$" '^hint: ch' -- "${dry[@]}" a.tap # attack 23
		fi
	done
}
way "a way of another user" 755 65534 'belongs to user 65534, not to root'
way "a way that a group may write" 775 0 'may be written by others \(mode 0775\)'
way "a way that all may write" 777 0 'may be written by others \(mode 0777\)'
way "a way with the sticky bit of another user" 1755 65534 'belongs to user 65534, not to root'
way "a way with the sticky bit" 1777 0 -
way "a way of root's" 711 0 -

# ---- what it says ------------------------------------------------------------------
policy 'fleet: prod-eu'
expect 0 "this fleet" '^audience +prod-eu$' -- "${info[@]}" fleet.tap # attack 9
policy 'fleet: lab-1'
expect 37 "another fleet" 'for fleets prod-eu; this host is lab-1 \[AUDIENCE\]$' -- "${info[@]}" fleet.tap # attack 9
policy
expect 37 "no fleet" 'belongs to none \[AUDIENCE\]$' -- "${info[@]}" fleet.tap # attack 9
expect 34 "expired" '\[EXPIRED\]$' -- "${info[@]}" old.tap
policy 'expiry: warn'
expect 0 "expired, and the policy only warns" '^WARNING: old\.tap: expired .* \(policy expiry=warn\)$' -- "${info[@]}" old.tap
policy 'require: release 2'
expect 31 "two signatures wanted" 'release signatures: 1 of 2 needed.*\[THRESHOLD\]$' -- "${dry[@]}" a.tap
policy 'require: release 1'
expect 40 "one wanted" 'NO-KERNEL' -- "${dry[@]}" a.tap
policy 'deny: vfs-*'
expect 43 "denied" "^taprun: the policy denies bundle 'vfs-latency' \(line 2, 'deny: vfs-\*'\) \[POLICY\]$" '^hint: ' -- "${dry[@]}" a.tap
expect 0 "denied: --info still describes it" '^name +vfs-latency$' -- "${info[@]}" a.tap
policy 'allow: net-*' 'allow: vfs-* user 0'
expect 40 "allowed" 'allowed by line 3' 'NO-KERNEL' -- "${dry[@]}" -v a.tap
expect 43 "not for this user" "no allow line of the policy fits bundle 'vfs-latency' for user 65534 \[POLICY\]$" -- \
	host setpriv --reuid=65534 --clear-groups "$work/taprun" --dry-run a.tap
policy 'allow: vfs-* group 4242'
expect 40 "this group" 'NO-KERNEL' -- host setpriv --groups=4242 "$work/taprun" --dry-run a.tap
expect 43 "not this group" '\[POLICY\]$' -- host setpriv --groups=4243 "$work/taprun" --dry-run a.tap
policy 'allow: vfs-*'
expect 43 "commands of a script, where an allow line does not give them" \
	"^taprun: the policy does not allow the commands of bundle 'vfs-latency' \(--allow-system; line 2, 'allow: vfs-\*'\) \[POLICY\]$" '^hint: ' -- "${dry[@]}" --allow-system a.tap
expect 40 "the same without them" 'NO-KERNEL' -- "${dry[@]}" a.tap
policy 'allow: vfs-* system'
expect 40 "commands of a script are allowed" 'NO-KERNEL' -- "${dry[@]}" --allow-system a.tap
policy
expect 40 "no allow line: whoever starts taprun decides" 'NO-KERNEL' -- "${dry[@]}" --allow-system a.tap
policy 'min-version: vfs-latency 8'
expect 36 "below the floor" "^taprun: version 7 .*wants 8 .*\(policy line 2, min-version\) \[ROLLBACK\]$" -- "${dry[@]}" a.tap
policy 'min-version: vfs-latency 7'
expect 40 "at the floor" 'NO-KERNEL' -- "${dry[@]}" a.tap

# ---- memory ------------------------------------------------------------------------
check "nothing was made by --dry-run" test ! -e "$work/var/lib/tap"
ran() { # VERSION [EPOCH]
	[ -d "$work/var/lib/tap" ] || mkdir -m 700 "$work/var/lib/tap"
	printf 'tap-ran: 1\nname: vfs-latency\nepoch: %s\nversion: %s\nmanifest: %064d\n' "${2-0}" "$1" 0 >"$work/var/lib/tap/vfs-latency.ran"
}
ran 6
expect 40 "an older one ran" 'NO-KERNEL' -- "${dry[@]}" a.tap # attack 7
ran 8
expect 36 "a newer one ran" "^taprun: version 7 of 'vfs-latency', this host has run 8 \(policy downgrade=no\) \[ROLLBACK\]$" -- "${dry[@]}" a.tap # attack 7
ran 1 1
expect 36 "one of a later epoch ran" 'has run 1 of epoch 1' -- "${dry[@]}" a.tap # attack 7
ran 7
expect 36 "another one of that version ran" 'version 7 .* has other content' '^hint: .*--bundle-version=N$' -- "${dry[@]}" a.tap # attack 7
ran 18446744073709551615
expect 36 "the highest version ran: the way out" '^hint: .*--bundle-epoch=1$' -- "${dry[@]}" a.tap # attack 7
echo >"$work/var/lib/tap/vfs-latency.ran"
expect 40 "damaged, but there is a floor" '^WARNING: .*vfs-latency\.ran line 1' 'NO-KERNEL' -- "${dry[@]}" a.tap # attack 7
policy
ran 7x
expect 19 "damaged" "/var/lib/tap/vfs-latency\.ran line 4: bad value of 'version' \[CONFIG\]$" '^hint: restore it' -- "${dry[@]}" a.tap # attack 7
ran 6
chmod 777 "$work/var/lib/tap"
expect 19 "a memory that all may write" '/var/lib/tap may be written by others' -- "${dry[@]}" a.tap # attack 7
policy 'downgrade: yes'
ran 8
expect 40 "an older one, as the policy allows" '^WARNING: an older version' 'NO-KERNEL' -- "${dry[@]}" a.tap # attack 7
policy
expect 0 "valid by this clock" '^name' -- "${info[@]}" soon.tap # attack 8
mkdir -m 700 "$work/var/lib/tap"
printf 'tap-clock: 1\ncreated: %s\n' $((soon + 1)) >"$work/var/lib/tap/clock"
expect 34 "a clock that was turned back: not before the newest bundle that ran" '\[EXPIRED\]$' -- "${info[@]}" soon.tap # attack 8
printf 'tap-clock: 1\ncreated: now\n' >"$work/var/lib/tap/clock"
expect 19 "a damaged clock" "/var/lib/tap/clock line 2: bad value of 'created' \[CONFIG\]$" '^hint: ' -- "${info[@]}" soon.tap # attack 8

printf 'tap-clock: 1\ncreated: %s\n' $((soon + 1)) >"$work/var/lib/tap/clock"
expect 34 "it is said whose time that is, and what to do" "^taprun: soon\.tap: expired [0-9-]+ \(newest bundle that ran here: [0-9-]+, host clock [0-9-]+\) \[EXPIRED\]$" \
	'^hint: .*remove .clock. from /var/lib/tap' -- "${info[@]}" soon.tap
rm "$work/var/lib/tap/clock"
make future.tap created=7258118400
chmod 644 future.tap
expect 35 "made in 2200: it would make all others look expired" "^taprun: future\.tap: made 2200-01-01 \(host clock [0-9-]+\) \[NOT-YET\]$" '^hint: ' -- "${info[@]}" future.tap # attack 8
make today.tap "created=$(($(date +%s) + 3600))"
chmod 644 today.tap
expect 0 "made in an hour: clocks differ" '^name' -- "${info[@]}" today.tap
mv "$work/var/lib/tap" "$work/var/lib/elsewhere"
ln -s elsewhere "$work/var/lib/tap"
expect 19 "a memory that is a symbolic link" '/var/lib/tap: not a directory \[CONFIG\]$' -- "${dry[@]}" a.tap # attack 7
rm "$work/var/lib/tap"
mv "$work/var/lib/elsewhere" "$work/var/lib/tap"
for f in clock vfs-latency.ran; do
	echo x >"$work/var/lib/tap/else"
	ln -s else "$work/var/lib/tap/$f"
	expect 19 "a link in place of $f" "/var/lib/tap/$f: is a symbolic link \[CONFIG\]$" -- "${dry[@]}" a.tap # attack 7
	rm "$work/var/lib/tap/$f"
done

# ---- revocations -------------------------------------------------------------------
id=$("$builder" info --keys "$work/keys" a.tap | awk '/^manifest/ { print $2 }')
policy
mkdir "$work/etc/tap/revoked.d"
expect 40 "no revocations" 'NO-KERNEL' -- "${dry[@]}" a.tap
printf 'tap-revoked: 1\nmanifest: %s\n' "$id" >"$work/etc/tap/revoked.d/2026-11"
expect 32 "a revoked bundle, whatever the file is called" '\[REVOKED\]$' -- "${dry[@]}" a.tap
printf 'tap-revoked: 1\nbelow: vfs-latency 8\n' >"$work/etc/tap/revoked.d/2026-11"
expect 32 "a revoked version" 'below 8 are revoked, this is 7 \[REVOKED\]$' -- "${dry[@]}" a.tap
reset
mkdir "$work/etc/tap/revoked.d"
printf 'tap-revoked: 1\nmanifest: %s\n' "$id" >"$work/etc/tap/revoked.d/x"
expect 32 "with --keys as well" '\[REVOKED\]$' -- "${dry[@]}" --keys "$work/keys" a.tap
echo oops >"$work/etc/tap/revoked.d/x"
expect 19 "a revocation with a mistake" '/etc/tap/revoked\.d/x line 1' '\[CONFIG\]$' -- "${dry[@]}" --keys "$work/keys" a.tap # attack 23
rm "$work/etc/tap/revoked.d/x"
"$builder" keygen -o "$work/k2" >/dev/null
cp "$work/k2.pub" "$work/etc/tap/revoked.d/"
expect 19 "a key among them" 'a key among revocations \[CONFIG\]$' -- "${dry[@]}" --keys "$work/keys" a.tap # attack 23
