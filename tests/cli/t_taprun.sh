#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# taprun refuses: the code and the sentence of every reason a bundle can give,
# before anything is loaded.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
keys=(--keys "$work/keys")
run=("$runner" "${keys[@]}" --dry-run)
"$builder" -q -r "$k" -o good.tap -m good -e 'global t = 3 probe begin { println(t) exit() }' || { result 1 "a bundle to begin with"; exit 1; }
here=$(uname -r)

# ---- words ------------------------------------------------------------------------
expect 2 "no bundle" '^taprun: no bundle named' -- "$runner"
expect 2 "unknown option" "^taprun: unknown option '--bogus'" -- "$runner" --bogus good.tap
expect 2 "-c and -x" '^taprun: -c and -x exclude' -- "$runner" -c true -x 1 good.tap
expect 2 "-T of nothing" "^taprun: --time takes SECONDS, not '0'" -- "$runner" -T 0 good.tap
expect 3 "-x of no process" '^taprun: -x: there is no process' -- "$runner" "${keys[@]}" -x 2147483647 good.tap
expect 0 "--help" '^usage: taprun' -- "$runner" --help
expect 0 "--version" '^taprun [0-9]' -- "$runner" --version
expect 0 "--info" '^name +good$' '^kernels +1, 1 with a module$' -- "$runner" "${keys[@]}" --info good.tap
expect 0 "--list" "$(re "$k") +x86_64 " -- "$runner" "${keys[@]}" --list good.tap

# ---- kernels ------------------------------------------------------------------------
expect 40 "no module for this kernel: which is nearest, and the command" \
	"^taprun: no module for $(re "$here") .*bundle 'good' has 1 kernel, nearest $(re "$k"), which is another [a-z]+ \(.*, here .*\) \[NO-KERNEL\]$" \
	"^hint: .*tapbuild kit add .*, then tapbuild add -r $(re "$here") good\.tap$" -- \
	"${run[@]}" good.tap

# ---- keys ---------------------------------------------------------------------------
expect 30 "no key directory" 'no key is trusted.*no directory.*\[NO-SIGNATURE\]' '^hint: ' -- "$runner" --keys "$work/nokeys" --dry-run good.tap
mkdir "$work/other"
expect 30 "an empty key directory" 'no key is trusted.*\[NO-SIGNATURE\]' '^hint: ' -- "$runner" --keys "$work/other" --dry-run good.tap
"$builder" keygen -o "$work/k2" >/dev/null
cp "$work/k2.pub" "$work/other/"
expect 30 "signed by a key that is not trusted" 'unknown key [0-9a-f]{8}.*\[NO-SIGNATURE\]' -- "$runner" --keys "$work/other" --dry-run good.tap

bad_keys() { # TEXT PATTERN COMMAND...
	local text=$1 wanted=$2
	shift 2
	rm -rf "$work/bad"
	mkdir "$work/bad"
	cp "$work/key.pub" "$work/bad/"
	"$@"
	expect 19 "$text" "$wanted" '\[CONFIG\]$' -- "$runner" --keys "$work/bad" --dry-run good.tap
}
bad_keys "a key directory that all may write" 'may be written by others \(mode 0777\)' chmod 777 "$work/bad"
bad_keys "a key file that all may write" 'key\.pub may be written by others' chmod 666 "$work/bad/key.pub"
bad_keys "a symbolic link as key" 'link\.pub: is a symbolic link' ln -s key.pub "$work/bad/link.pub"
bad_keys "a secret key among them" 'is a secret key' cp "$work/k2.key" "$work/bad/x.key"
bad_keys "rubbish among them" "x\.pub line 1: not 'key: value'" sh -c "echo hello >$work/bad/x.pub"
bad_keys "a revocation with a typing error" "not 'key: KEYID'" sh -c "printf 'tap-revoked: 1\nkey: 12\n' >$work/bad/x.revoked"
if is_root; then
	bad_keys "a key of another user" 'belongs to user [0-9]+, not to root' chown 65534 "$work/bad/key.pub"
else
	skip taprun/owner "not root"
fi

scoped() { # CODE TEXT PATTERN LINE: the key file with one line more
	rm -rf "$work/bad"
	mkdir "$work/bad"
	{ grep -v ^comment "$work/key.pub"; echo "$4"; } >"$work/bad/key.pub"
	expect "$1" "$2" "$3" -- "$runner" --keys "$work/bad" --dry-run good.tap
}
scoped 33 "a key for other names" "may sign only names 'net-\*'.*\[KEY-SCOPE\]" 'names: net-*'
scoped 40 "a key for these names" 'NO-KERNEL' 'names: go* net-*'
id=$("$builder" info "${keys[@]}" good.tap | awk '/^manifest/ { print $2 }')
revoke() { # TEXT LINE
	rm -rf "$work/bad"
	mkdir "$work/bad"
	cp "$work/key.pub" "$work/bad/"
	printf 'tap-revoked: 1\n%s\n' "$2" >"$work/bad/x.revoked"
	expect 32 "$1" '\[REVOKED\]$' -- "$runner" --keys "$work/bad" --dry-run good.tap
}
revoke "a revoked bundle" "manifest: $id"
revoke "a revoked version" "below: good 1"

# ---- files --------------------------------------------------------------------------
expect 3 "no such file" 'no\.tap' -- "${run[@]}" no.tap
expect 20 "a directory" '\[UNSAFE-FILE\]$' '^hint: .*a regular file' -- "${run[@]}" .
ln -s good.tap link.tap
expect 20 "a symbolic link" '\[UNSAFE-FILE\]$' -- "${run[@]}" link.tap
mkfifo fifo.tap
expect 20 "a pipe nobody writes to" '\[UNSAFE-FILE\]$' -- timeout 60 "${run[@]}" fifo.tap
expect 20 "a device" '\[UNSAFE-FILE\]$' -- "${run[@]}" /dev/zero
head -c 100000 /dev/zero >zero.tap
expect 21 "zeros" '\[FORMAT\]$' '^hint: .*copy it again$' -- "${run[@]}" zero.tap
expect 21 "a program" '\[FORMAT\]$' -- "${run[@]}" "$runner"
: >empty.tap
expect 23 "an empty file" '\[TRUNCATED\]$' -- "${run[@]}" empty.tap

# ---- output: nothing is made or emptied for a bundle that is refused -------------------------
echo kept >keep.txt
for mode in --list --info --; do
	expect 30 "$mode -o FILE of a bundle that is not trusted" '\[NO-SIGNATURE\]$' -- "$runner" --keys "$work/other" -o keep.txt "$mode" good.tap
	check "$mode -o: it kept what was in it" grep -qx kept keep.txt
done
expect 30 "-o of a new FILE" '\[NO-SIGNATURE\]$' -- "$runner" --keys "$work/other" -o new.txt good.tap
check "-o: it is not there" test ! -e new.txt
mkfifo out.fifo
expect 30 "-o of a FIFO that nobody reads" '\[NO-SIGNATURE\]$' -- timeout 60 "$runner" --keys "$work/other" -o out.fifo good.tap
expect 40 "-S: no file for another kernel's bundle" '\[NO-KERNEL\]$' -- "$runner" "${keys[@]}" -S 1,2 -o rot good.tap
check "-S: there is none" test ! -e rot.0
sum=$(sha256sum good.tap)
expect 2 "-o of the bundle itself" "^taprun: -o: 'good\.tap' is the bundle itself" -- "$runner" "${keys[@]}" --info -o good.tap good.tap
check "-o: the bundle is as it was" test "$sum" = "$(sha256sum good.tap)"
expect 0 "--info -o FILE" -- "$runner" "${keys[@]}" --info -o info.txt good.tap
check "--info -o: it is in the file" grep -q '^name  *good$' info.txt
for o in "--metrics m" "-S 1 -o x" "-b -o x" "-T 1" "--notify n" "--allow-system" "--background -o x"; do
	# shellcheck disable=SC2086
	expect 2 "--list with $o" '^taprun: --list has no use for --[a-z-]*$' '^hint: leave --[a-z-]* away$' -- "$runner" "${keys[@]}" $o --list good.tap
done
expect 2 "a broker with options" '^taprun: --serve has no use for --keys$' -- "$runner" --serve "${keys[@]}" # attack 19

# ---- altered bytes: no offset is without a guard ----------------------------------------
size=$(stat -c %s good.tap)
altered() { # OFFSET: flip.tap, with one bit of it another
	cp good.tap flip.tap
	flip flip.tap "$1"
}
pack_at=$(grep -abo 'tap-1/pack-0000' good.tap | tail -1 | cut -d: -f1)
sig_at=$(grep -abo 'tap-1/signatures' good.tap | head -1 | cut -d: -f1)
altered 0
expect 21 "altered: first byte" '\[FORMAT\]$' -- "${run[@]}" flip.tap
altered 600
expect 30 "altered: manifest" '\[NO-SIGNATURE\]$' -- "${run[@]}" flip.tap
altered $((sig_at + 100))
expect 25 "altered: header of the signatures" '\[CONTAINER\]$' -- "${run[@]}" flip.tap
cp good.tap flip.tap
at=$((sig_at + 512 + 150)) # a digit of the signature: another digit
[ "$(tail -c +$((at + 1)) good.tap | head -c 1)" = 0 ] && digit=1 || digit=0
printf $digit | dd of=flip.tap bs=1 seek=$at conv=notrunc status=none
expect 30 "altered: signature" '\[NO-SIGNATURE\]$' -- "${run[@]}" flip.tap
# The rest of the file is read after the kernel is known: --info reads all of it.
altered $((pack_at + 3))
expect 25 "altered: header of the pack" '\[CONTAINER\]$' -- "$runner" "${keys[@]}" --info flip.tap
altered $((pack_at + 512 + 5000))
expect 50 "altered: pack" '\[PACK-HASH\]$' -- "$runner" "${keys[@]}" --info flip.tap
altered $((size - 5))
expect 25 "altered: end" '\[CONTAINER\]$' -- "$runner" "${keys[@]}" --info flip.tap
bad=0
for i in $(seq 1 60); do
	at=$((i * 2654435761 % size))
	altered $at
	"$runner" "${keys[@]}" --info flip.tap >/dev/null 2>&1 && { echo "# accepted with bit 0 of byte $at altered"; bad=1; }
done
result $bad "altered: 60 places all over the file, none accepted"
for cut in 1 512 1024 $((size / 2)) $((size - 600)); do
	head -c $((size - cut)) good.tap >cut.tap
	expect 23 "truncated by $cut" '[0-9]+ of [0-9]+ bytes.*\[TRUNCATED\]$' -- "$runner" "${keys[@]}" --info cut.tap
done
{ cat good.tap; printf x; } >long.tap
expect 25 "one byte more" '\[CONTAINER\]$' '^hint: .*changed after it was built' -- "$runner" "${keys[@]}" --info long.tap
cat good.tap good.tap >long.tap
expect 25 "two bundles end to end" '\[CONTAINER\]$' -- "$runner" "${keys[@]}" --info long.tap
truncate -s 300M big.tap
dd if=good.tap of=big.tap conv=notrunc status=none
expect 24 "larger than any bundle" '\[LIMIT\]$' -- "${run[@]}" big.tap
rm big.tap
"$builder" -q -r "$k" -o two.tap -m good -e 'global t = 4 probe begin { println(t) exit() }'
p2=$(grep -abo 'tap-1/pack-0000' two.tap | tail -1 | cut -d: -f1)
{ head -c "$pack_at" good.tap; tail -c +$((p2 + 1)) two.tap; } >splice.tap
check "the two packs differ" sh -c "! cmp -s good.tap two.tap"
"$runner" "${keys[@]}" --info splice.tap >"$work/out" 2>&1
case $? in 23 | 25 | 50) rc=0 ;; *) rc=1; sed 's/^/# /' "$work/out" ;; esac
result $rc "spliced: manifest of one, pack of another"

# ---- signed, and wrong all the same ---------------------------------------------------
tar xOf good.tap tap-1/manifest >"man"
resigned() { # CODE TEXT PATTERN SED-SCRIPT
	sed "$4" man >"man2"
	cmp -s man man2 && { echo "# '$4' changed nothing"; result 1 "$2"; return; }
	"$mktap" resign "$work/key.key" good.tap man2 re.tap || { result 1 "$2"; return; }
	expect "$1" "$2" "$3" -- "$runner" "${keys[@]}" --info re.tap
}
resigned 22 "an unknown feature" 'pack-delta.*\[FEATURE\]$' 's/^features: .*/features: pack-delta pack-zstd/'
resigned 21 "an unknown key" '\[FORMAT\]$' 's/^epoch: 0$/&\nsurprise: 1/'
resigned 21 "another version" '\[FORMAT\]$' '1s/1$/2/'
resigned 34 "expired" 'expired .*\[EXPIRED\]$' 's/^created: 0$/&\nnot-after: 1000000000/'
resigned 35 "not yet" '\[NOT-YET\]$' 's/^created: 0$/&\nnot-before: 9000000000/'
resigned 37 "for another fleet" 'prod-eu.*\[AUDIENCE\]$' 's/^created: 0$/&\naudience: prod-eu/'
resigned 50 "a pack with another digest" '\[PACK-HASH\]$' '/^member: tap-1\/pack/s/[0-9a-f]\{8\}$/00000000/'
resigned 24 "a pack that is too large" '\[LIMIT\]$' 's/^pack: 0 [0-9]*/pack: 0 99999999/'

# ---- a module for this very machine ------------------------------------------------------
tar xOf good.tap tap-1/pack-0000 | zstd -dcq >pack.tar
tar tf pack.tar >names
tar xOf pack.tar "$(head -1 names)" >m.ko
module=$(basename "$(head -1 names)" .ko)
vermagic=$(sed -n 's/^vermagic: //p' man)
make() { # OUT NAME=VALUE...
	local out=$1
	shift
	# The first of a name counts.
	"$mktap" make "$work/key.key" "$out" m.ko "$@" "machine=$(uname -m)" "release=$here" \
		"module=$module" "vermagic=$vermagic" || result 1 "making $out"
}
id=0123456789abcdef0123456789abcdef01234567
make unsup.tap "build-id=$id" status=E-SYM
make here.tap "version=$(uname -v)"
make other.tap "build-id=$id"
make gone.tap "version=$(uname -v)" not-after=1000000000
expect 34 "expired comes before anything about kernels" '\[EXPIRED\]$' -- "${run[@]}" gone.tap
if ! is_root || ! unshare -m true 2>/dev/null; then
	skip taprun/host "not root: /sys/kernel/notes and /proc cannot be replaced"
	exit 0
fi

# host BUILD-ID DISABLED COMMAND...: a mount namespace in which the kernel has this
# build-id ("": none), has modules, and modules_disabled as told
cat >host.sh <<'HOST'
id=$1 disabled=$2
shift 2
mount --make-rprivate /
if [ -n "$id" ]; then
	{ printf '\004\0\0\0\024\0\0\0\003\0\0\0GNU\0'; printf "$(printf '%s' "$id" | sed 's/../\\x&/g')"; } >notes
else
	: >notes
fi
mount --bind notes /sys/kernel/notes
mkdir -p p/self p/sys/kernel
cp /proc/self/status /proc/self/uid_map p/self/
: >p/modules
: >p/cmdline
echo "$disabled" >p/sys/kernel/modules_disabled
chmod -R a+rX p
mount --bind p /proc
exec "$@"
HOST
host() {
	local a=$1 b=$2
	shift 2
	unshare -m bash host.sh "$a" "$b" "$@"
}
expect 41 "a kernel that was left out, with the signed reason" 'E-SYM there is no such function \[KERNEL-UNSUPPORTED\]$' '^hint: .*tapbuild check -r ' -- \
	host $id 0 "${run[@]}" unsup.tap
# attack 14
expect 42 "same release, other build" "bundle 0123456789abcdef\.\., running fedcba98.*; bundle .* has 1 kernel, none of this build \[BUILD-ID\]$" \
	"^hint: .*tapbuild kit add the packages of the running build, then tapbuild add -r $(re "$here") " -- \
	host fedcba9876543210fedcba9876543210fedcba98 0 "${run[@]}" other.tap
expect 42 "same release, no build-id to compare" '\[BUILD-ID\]$' -- host '' 0 "${run[@]}" other.tap # attack 14
expect 0 "this build" 'is good for this kernel' -- host $id 0 "${run[@]}" other.tap
expect 0 "a kernel without build-id, by its version" 'is good for this kernel' -- host '' 0 "${run[@]}" here.tap
expect 61 "modules_disabled" 'modules_disabled=1.*\[MODULES-DISABLED\]$' '^hint: only a reboot' -- host $id 1 "${run[@]}" other.tap # attack 18
cp "$runner" "$work/taprun" # the tree may lie where nobody can look
# attack 18
expect 60 "no privilege" 'needs CAP_SYS_MODULE.*uid 65534.*\[NOT-PERMITTED\]$' '^hint: ' -- \
	host $id 0 setpriv --reuid=65534 --clear-groups "$work/taprun" --keys "$work/keys" --dry-run other.tap
# attack 18
expect 60 "root without the capability" 'needs CAP_SYS_MODULE.*\[NOT-PERMITTED\]$' -- \
	host $id 0 setpriv --bounding-set=-sys_module --inh-caps=-sys_module "${run[@]}" other.tap
# attack 18
expect 80 "no /proc" '/proc is not mounted \[RELAY\]$' '^hint: mount -t proc' -- host $id 0 unshare -m sh -c \
	'mount -t tmpfs none /proc && exec "$@"' sh "${run[@]}" other.tap
# attack 21
expect 68 "a module that is loaded already" "module '$module' is already loaded and nobody reads it \[LOADED\]$" '^hint: taprun --reap' -- \
	host $id 0 bash -c 'm=$1; shift; mkdir -p "p/tap-$m"; exec "$@"' sh "$module" "${run[@]}" other.tap
expect 70 "an unknown parameter" "'nosuch' is not a parameter.*\[PARAM\]$" -- "$runner" "${keys[@]}" --dry-run good.tap nosuch=1
expect 70 "an unknown parameter of --info" "'nosuch' is not a parameter.*\[PARAM\]$" -- "$runner" "${keys[@]}" --info good.tap nosuch=1
expect 0 "a parameter of --list" -- "$runner" "${keys[@]}" --list good.tap t=1
expect 70 "a parameter with a typing error: which was meant" "did you mean 't'" -- "$runner" "${keys[@]}" --dry-run good.tap tt=1
expect 70 "a parameter of the wrong type" '\[PARAM\]$' -- "$runner" "${keys[@]}" --dry-run good.tap t=abc
make vm.tap "build-id=$id" "vermagic=$here SMP "
expect 53 "a module that says it is for another kernel" '\[KO-IDENTITY\]$' -- host $id 0 "${run[@]}" vm.tap
make name.tap "build-id=$id" module=other_00000000
expect 53 "a module with another name" '\[KO-IDENTITY\]$' -- host $id 0 "${run[@]}" name.tap
head -c 3000 "$runner" >x.ko
"$mktap" make "$work/key.key" x.tap x.ko "machine=$(uname -m)" "release=$here" "build-id=$id" "module=$module" "vermagic=$vermagic"
expect 53 "a file that is no module" '\[KO-IDENTITY\]$' -- host $id 0 "${run[@]}" x.tap
tar xOf other.tap tap-1/manifest >"man"
cp other.tap good.tap
sed 's/^ko: \(.*\)[0-9a-f]\{8\}$/ko: \100000000/' man >"man2"
"$mktap" resign "$work/key.key" other.tap man2 kohash.tap
expect 52 "a module with another digest" '\[KO-HASH\]$' -- host $id 0 "${run[@]}" kohash.tap
# A pack whose digest is right but which is no zstd frame any more.
at=$(grep -abo 'tap-1/pack-0000' other.tap | tail -1 | cut -d: -f1)
altered $((at + 512 + 1000))
len=$(awk '/^member: tap-1\/pack-0000/ { print $3 }' man)
sum=$(tail -c +$((at + 513)) flip.tap | head -c "$len" | sha256sum | cut -d' ' -f1)
sed "s/^\(member: tap-1.pack-0000 [0-9]*\) .*/\1 $sum/" man >"man2"
"$mktap" resign "$work/key.key" flip.tap man2 zstd.tap
expect 51 "a pack that does not decompress" '\[DECOMPRESS\]$' -- host $id 0 "${run[@]}" zstd.tap
check "nothing was left in the temporary directory" no_scratch
