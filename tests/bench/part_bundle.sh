# SPDX-License-Identifier: GPL-2.0-only
# The numbers of bundle and runner, 1 to 15 of the specification, each beside what the
# anchors have: RAUC, kpatch, Falco's driverkit, SystemTap's staprun.  PROOFS= leaves out
# those that are shown by tests (minutes).
# shellcheck shell=bash
bd=$work/bundle
rm -rf "$bd" && mkdir -p "$bd/keys"
cp "$work/bench.pub" "$bd/keys/bench.key"
make --no-print-directory -s O="${O#"$PWD"/}" cli-bins bench-bins >/dev/null 2>&1
[ -n "$(find "$TAP_CACHE/kits" -name '*.kit' 2>/dev/null)" ] || . tests/bench/part_kit.sh
three=()
for flavour in amd64 cloud-amd64 rt-amd64; do
	compgen -G "$TAP_CACHE/kits/${main%-amd64}-${flavour}_*.kit" >/dev/null && three+=(-r "${main%-amd64}-$flavour")
done

anchor() {
	printf '    anchor: %s\n' "$1"
}

size_of() {
	stat -c %s "$1"
}

# many FROM.tap TO.tap N [ID]: siblings made of the kernels of FROM (siblings.c)
many() {
	"$O/bench/siblings" "$work/bench.key" "$@"
}

# ---- 1, 2: size ------------------------------------------------------------------------
section "bundle 1: 18 sibling kernels, each with an RSA-4096 kernel signature"
openssl req -new -x509 -newkey rsa:4096 -nodes -keyout "$bd/module.pem" -out "$bd/module.crt" \
	-subj /CN=bench -days 9999 >/dev/null 2>&1
if "${tapbuild[@]}" -q "${three[@]}" --module-key "$bd/module.pem" --module-cert "$bd/module.crt" \
	-o "$bd/three.tap" tests/demo/rwlatency.stp >/dev/null; then
	printf '    %d real kernels; the others are made of their modules: release, name, build-id\n' $((${#three[@]} / 2))
	printf '    and the CRCs of 1 of 8 symbols differ.  18 real ones: SIBLINGS=1 make bench PARTS=siblings\n'
	many "$bd/three.tap" "$bd/3.tap" 3 && many "$bd/three.tap" "$bd/18.tap" 18 &&
		figure "18 kernels with kernel signatures" "$(size_of "$bd/18.tap")" B 112640 "110 KB" &&
		figure "  each further kernel" $((($(size_of "$bd/18.tap") - $(size_of "$bd/3.tap")) / 15)) B 3072
	anchor "3.58 MB as separate .ko, 875 KB as separate .ko.zst"
else
	skip "18 sibling kernels" "no kits of ${main%-amd64}"
fi

section "bundle 2: many kernels, many scripts"
shown "${tapbuild[@]}" --all -o all.tap tests/demo/rwlatency.stp
if "${tapbuild[@]}" -q --all -o "$bd/all.tap" tests/demo/rwlatency.stp >/dev/null && many "$bd/all.tap" "$bd/200.tap" 200; then
	figure "200 kernels of one script" "$(size_of "$bd/200.tap")" B 2097152 \
		"made of $(find "$TAP_CACHE/kits" -name '*.kit' | wc -l) real ones, $(size_of "$bd/all.tap") B"
fi
sum=0 scripts=0
for script in tests/demo/rwlatency.stp tests/e2e/cases/{hello,hist,counts,globals,context,headers,requests,strings,trace}.stp; do
	"${tapbuild[@]}" -q "${three[@]}" -o "$bd/s.tap" "$script" >/dev/null 2>&1 && many "$bd/s.tap" "$bd/s18.tap" 18 || continue
	sum=$((sum + $(size_of "$bd/s18.tap"))) scripts=$((scripts + 1))
done
if [ $scripts = 10 ]; then
	figure "10 scripts x 18 kernels, bundles together" $sum B 1048576
else
	skip "10 scripts x 18 kernels" "only $scripts of 10 could be built"
fi
anchor "none makes one file of them"

# ---- 3: the runner ---------------------------------------------------------------------
section "bundle 3: what a security team reads"
shown ls -l taprun
figure "taprun" "$(size_of "$O/taprun")" B 524288 "the specification's 1.4 MB; the issue's 0.5 MB"
figure "  shared objects, interpreters" "$(readelf -dlW "$O/taprun" | grep -Ec 'NEEDED|INTERP')" "" 0
figure "  programs that are set-uid or set-gid" "$(find "$O/taprun" "$O/tapbuild" -perm /6000 | wc -l)" "" 0
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	"${tapbuild[@]}" -q -r "$main" -o "$bd/one.tap" tests/demo/rwlatency.stp >/dev/null
	tar xOf "$bd/one.tap" tap-1/pack-0000 | zstd -dcq >"$bd/pack.tar"
	tar xOf "$bd/pack.tar" "$(tar tf "$bd/pack.tar" | head -1)" >"$bd/m.ko"
	printf '    $ KO=m.ko tests/tools/lines.sh lines     # gcov; its head says what is counted\n'
	while read -r what ran all; do
		case $what in
		signature) figure "  lines before the signature check" "$ran" "" 250 "executed from open(2) of the bundle on; functions entered have $all" ;;
		trust) figure "  lines before the manifest is parsed" "$ran" "" - "functions entered have $all" ;;
		privileged) figure "  lines while privileged" "$ran" "" 1500 "executed while a capability but CAP_DAC_READ_SEARCH is in effect; functions entered have $all" ;;
		zero) figure "  lines before the last capability is gone" "$ran" "" - "functions entered have $all" ;;
		esac
	done < <(KO=$bd/m.ko tests/tools/lines.sh "$bd/lines")
else
	skip "  lines before the signature check" "root and mount namespaces are needed"
fi
anchor "staprun 0.25 MB and 12 libraries, 7.3 MB, set-uid, about 4,900 lines privileged;"
anchor "RAUC 6,700 lines in three files, with GLib and OpenSSL, before or around its check"

# ---- 4: start --------------------------------------------------------------------------
section "bundle 4: exec to finit_module: verify, choose, unpack, seal"
bd_id=0123456789abcdef0123456789abcdef01234567

# A kernel with that build-id and with modules, and one run after the other.
bd_start() { # BUNDLE RUNS
	local i
	mkdir -p "$bd/p/self" "$bd/p/sys/kernel"
	{ printf '\004\0\0\0\024\0\0\0\003\0\0\0GNU\0'; printf "$(printf %s "$bd_id" | sed 's/../\\x&/g')"; } >"$bd/notes"
	cp /proc/self/status /proc/self/uid_map "$bd/p/self/"
	: >"$bd/p/modules"
	: >"$bd/p/cmdline"
	echo 0 >"$bd/p/sys/kernel/modules_disabled"
	mount --make-rprivate / && mount --bind "$bd/notes" /sys/kernel/notes && mount --bind "$bd/p" /proc &&
		mount -t tmpfs none /var/lib || return 1
	"$work/measure" "$2" "$O/taprun" --keys "$bd/keys" --dry-run "$1" | awk '{ print "rss", $4 }'
	strace -f -e trace=open,openat,creat "$O/taprun" --keys "$bd/keys" "$1" 2>&1 |
		grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat' >"$bd/writes.txt"
	for ((i = 0; i < $2; i++)); do
		strace -f --seccomp-bpf -ttt -e trace=execve,finit_module "$O/taprun" --keys "$bd/keys" "$1" 2>&1 | awk '
			{ sub(/^\[pid +[0-9]+\] */, "") }
			/^[0-9.]+ execve\(.*taprun/ { t = $1 }
			/^[0-9.]+ finit_module\(/ && t { printf "ms %.2f\n", ($1 - t) * 1000; exit }'
	done
}
if [ "$(id -u)" != 0 ] || ! command -v strace >/dev/null || ! unshare -m true 2>/dev/null; then
	skip "exec to finit_module" "root, strace and mount namespaces are needed"
else
	export bd bd_id work O
	shown strace -f --seccomp-bpf -ttt -e trace=execve,finit_module taprun --keys keys x.tap
	for row in "three 18 15" "all 1000 60"; do
		read -r from n target <<<"$row"
		many "$bd/$from.tap" "$bd/start.tap" $((n - 1)) $bd_id || { skip "$n kernels" "no such bundle"; continue; }
		unshare -m bash -c "$(declare -f bd_start); bd_start '$bd/start.tap' 15" >"$bd/start.txt" 2>/dev/null
		if [ "$(grep -c '^ms' "$bd/start.txt")" -lt 15 ]; then
			skip "$n kernels" "taprun did not come as far as that"
			continue
		fi
		sed -n 's/^ms //p' "$bd/start.txt" >"$bd/ms.txt"
		value=$(median_of <"$bd/ms.txt") best=$(smallest_of <"$bd/ms.txt")
		verdict "$value" "$target" "$best"
		printf '%-46s %10s ms    %s  (%s B; smallest of 15: %s)\n' "$n kernels, this one the last of them" "$value" "$how" \
			"$(size_of "$bd/start.tap")" "$best"
		figure "  most memory" "$(sed -n 's/^rss //p' "$bd/start.txt")" KiB 24576 "taprun --dry-run"
	done
fi
anchor "none: staprun compiles or is given one .ko; Falco downloads one"

# ---- 5: builds -------------------------------------------------------------------------
bd_cache=$TAP_CACHE bd_kernels=(--all)
if [ "$(find "$work/siblings/kits" -name '6.1.0-*.kit' 2>/dev/null | wc -l)" -ge 18 ]; then
	bd_cache=$work/siblings
fi
n=$(find "$bd_cache/kits" -name '*.kit' | wc -l)
section "bundle 5: tapbuild of $n kernels, kits present"
[ "$n" -ge 18 ] || printf '    18 kernels: SIBLINGS=1 make bench PARTS="siblings bundle"; these are of %s lines, each compiled apart\n' \
	"$(find "$bd_cache/kits" -name '*.kit' | sed 's/.*\///' | cut -d. -f1,2 | sort -u | wc -l)"
bd_old=$TAP_CACHE
export TAP_CACHE=$bd_cache
mkdir -p "$bd/changed"
for i in $(seq 0 $((RUNS - 1))); do
	sed "s/--- in all/--- in all $(date +%s%N)/" tests/demo/rwlatency.stp >"$bd/changed/$i.stp"
done
timed "cold: no object of any build" 3 120000 "${tapbuild[@]}" -q --disable-cache "${bd_kernels[@]}" -o "$bd/cold.tap" tests/demo/rwlatency.stp
timed "one line of the script changed" "$RUNS" 10000 "${tapbuild[@]}" -q "${bd_kernels[@]}" -o "$bd/changed.tap" "$bd/changed/@@.stp"
timed "nothing changed" "$RUNS" 1000 "${tapbuild[@]}" -q "${bd_kernels[@]}" -o "$bd/same.tap" "$bd/changed/0.stp"
export TAP_CACHE=$bd_old
anchor "18 x 23-25 s of stap, 7 min; its kbuild part alone 107 s"

# ---- 6: later --------------------------------------------------------------------------
section "bundle 6: a kernel more, other limits"
modules() { # BUNDLE.tap: release, name, digest
	tar xOf "$1" tap-1/manifest | awk '/^release:/ { r = $2 } /^module:/ { m = $2 } /^ko:/ { print r, m, $5 }' | sort
}
newest=$("$O/tapbuild" kit list | awk 'END { print $1 }')
others=()
for rel in $("$O/tapbuild" kit list | awk 'NR > 0 { print $1 }' | grep -E '^[0-9]' | sort -u); do
	[ "$rel" = "$newest" ] || others+=(-r "$rel")
done
shown tapbuild add -r "$newest" more.tap
if "${tapbuild[@]}" -q "${others[@]}" -o "$bd/less.tap" tests/demo/rwlatency.stp >/dev/null &&
	"$O/tapbuild" add --key "$work/bench.key" --keys "$bd/keys" -r "$newest" -o "$bd/more.tap" "$bd/less.tap" >/dev/null; then
	figure "tapbuild add: modules that changed" "$(comm -23 <(modules "$bd/less.tap") <(modules "$bd/more.tap") | wc -l)" "" 0 \
		"$(modules "$bd/less.tap" | wc -l) before, $(modules "$bd/more.tap" | wc -l) after"
fi
if many "$bd/all.tap" "$bd/1000.tap" 1000; then
	timed "tapbuild resign, 18 kernels" "$RUNS" 50 "$O/tapbuild" resign --key "$work/bench.key" --keys "$bd/keys" \
		--not-after 2240-12-31 -o "$bd/re.tap" "$bd/18.tap"
	figure "  packs that changed" "$(cmp -s <(tar xOf "$bd/18.tap" tap-1/pack-0000) <(tar xOf "$bd/re.tap" tap-1/pack-0000); echo $?)" "" 0
	timed "tapbuild resign, 1000 kernels" "$RUNS" - "$O/tapbuild" resign --key "$work/bench.key" --keys "$bd/keys" \
		--not-after 2240-12-31 -o "$bd/re.tap" "$bd/1000.tap"
fi
anchor "all: build again, upload again"

# ---- 7 to 15: what tests show ------------------------------------------------------------
# least TITLE VALUE MIN [NOTE]: VALUE should be at least MIN
least() {
	how="target >= $3: MISSES"
	if awk -v v="$2" -v m="$3" 'BEGIN { exit v < m }'; then
		how="target >= $3: meets" met=$((met + 1))
	else
		missed=$((missed + 1))
	fi
	printf '%-46s %10s       %s%s\n' "$1" "$2" "$how" "${4:+  ($4)}"
}

# proves TITLE MIN REGEX COMMAND...: at least MIN passed tests fit REGEX, none fails
proves() {
	local title=$1 min=$2 regex=$3 failed
	shift 3
	shown "$@"
	TAP_CACHE=$user_cache O=$O bash "$@" >"$bd/proof.txt" 2>&1 </dev/null
	failed=$(grep -c '^not ok' "$bd/proof.txt")
	if [ "$failed" != 0 ]; then
		grep '^not ok' "$bd/proof.txt" | head -3 | sed 's/^/    /'
		figure "$title: failed tests" "$failed" "" 0
	elif ! grep -q '^ok' "$bd/proof.txt"; then
		skip "$title" "$(sed -n 's/^skip [^#]*# //p' "$bd/proof.txt" | head -1)"
	else
		least "$title" "$(grep '^ok' "$bd/proof.txt" | grep -Ec -- "$regex")" "$min"
	fi
}

# booted TITLE REGEX NOTE: guests of the last make check whose line fits
booted() {
	local log=$O/check.log n
	if ! n=$(grep -cE "^ok .*$2" "$log" 2>/dev/null) || [ "$n" = 0 ]; then
		skip "$1" "no such guest in ${log#"$PWD"/}: make check"
	else
		figure "$1: guests passed, failed" "$n, $(grep -cE "^not ok .*$2" "$log")" "" - "$3"
	fi
}

# install DIR KIT [REVERSE]: program, tapset, runtime and one kit, as files in that order
install_at() {
	local f
	mkdir -p "$1/out" "$1/cache/kits"
	cp "$O/tapbuild" "$1/out/"
	cp "$work/bench.key" "$1/key"
	cp "$2" "$1/cache/kits/"
	find runtime tapset -type f | LC_ALL=C sort ${3:+-r} | while read -r f; do
		mkdir -p "$1/${f%/*}" && cp "$f" "$1/$f"
	done
	cp tests/demo/rwlatency.stp "$1/"
	chmod -R a+rX "$1" && chmod 600 "$1/key"
}

# One thing is other in each of eight builds; the ninth is what they are compared with.
environments() {
	local e kit at name same=0 told=''
	e=$(mktemp -d) && chmod 755 "$e"
	kit=$(find "$TAP_CACHE/kits" -name "${main}_*.kit" | head -1)
	install_at "$e/usr" "$kit"
	install_at "$e/opt/with blank" "$kit" reverse
	install_at "$e/theirs" "$kit" && chown -R nobody "$e/theirs"
	mkdir "$e/deep" && cp tests/demo/rwlatency.stp "$e/deep/"
	for name in first prefix directory user zone locale umask jobs order; do
		local in=$e/usr as=(env TZ=UTC LC_ALL=C) with=(-j 2) script=rwlatency.stp
		case $name in
		prefix) in="$e/opt/with blank" ;;
		directory) script=$e/deep/rwlatency.stp ;;
		user) in=$e/theirs as=(setpriv --reuid=nobody --clear-groups env HOME=/nonexistent TZ=UTC LC_ALL=C) ;;
		zone) as=(env TZ=Asia/Kathmandu LC_ALL=C) ;;
		locale) as=(env TZ=UTC LC_ALL=de_DE.UTF-8 LANG=tr_TR.UTF-8) ;;
		umask) as=(sh -c 'umask 077; exec "$0" "$@"') ;;
		jobs) with=(-j 1) ;;
		order) with=(-j 2 -r "${main%-*}-[a-z]*") ;;
		esac
		at=$e/$name.tap
		[ $name != user ] || at=$in/user.tap
		(cd "$in" && TAP_CACHE=$in/cache "${as[@]}" ./out/tapbuild -q --disable-cache "${with[@]}" -r "$main" \
			--sign-key key -o "$at" "$script" >/dev/null 2>&1)
		[ $name = first ] || { cmp -s "$e/first.tap" "$at" && same=$((same + 1)) || told+=" $name"; }
	done
	rm -rf "$e"
	least "environments with the same bytes, of 8" $same 8 "prefix, directory, user, zone, locale, umask, -j, kernels named otherwise${told:+; differ:$told}"
}

if [ "${PROOFS-yes}" ]; then
	section "bundle 7: the same bytes in other environments"
	environments
	proves "  made again from the bundle alone" 8 'rebuild: .*(same|works|time|script|C$|supported|limits|module)' tests/cli/t_rebuild.sh
	anchor "stap: only with -m and the same runtime path; kernels and DKMS mostly not"

	section "bundle 8: attacks"
	shown tests/tools/check-attacks.sh
	tests/tools/check-attacks.sh >"$bd/attacks.txt" 2>&1
	least "named cases" "$(sed -n 's/^\([0-9]*\) named cases$/\1/p' "$bd/attacks.txt")" 400 "tests/attack/README.md"
	least "  classes with cases" "$(awk -F'|' '$2 ~ /^ *[0-9]+ *$/ && $5 > 0 { c[$2 + 0] } END { for (i in c) n++; print n }' tests/attack/README.md)" 28
	proves "  bundles and parameters, code and sentence" 400 ' a[0-9][0-9]: ' tests/cli/t_attack.sh
	flips=$(sed -n 's/^# flips [^:]*: \([0-9]*\) of \([0-9]*\) bits.*/\1 \2/p' "$O/check-slow.log" 2>/dev/null | awk '{ s += $1; n = $2 } END { if (n && s == n) print s }')
	if [ -n "$flips" ] && ! grep -q '^not ok.*flips' "$O/check-slow.log"; then
		least "  single bits altered, each refused" "$flips" 800000 "make check-slow"
	else
		skip "  single bits altered, each refused" "no whole run in check-slow.log: make check-slow"
	fi
	anchor "RAUC: 170 pytest functions, 374 C tests, for everything"

	section "bundle 9: kernel refusals that are told apart"
	shown sed -n '/modload_causes/,/^};/p' runner/modload.c
	least "causes with a sentence of their own" "$(sed -n '/modload_causes\[\]/,/^};/p' runner/modload.c | grep -cE '^\s\{ E')" 12 \
		"EPERM alone: $(sed -n '/modload_causes\[\]/,/^};/p' runner/modload.c | grep -cE '^\s\{ EPERM'); each by tests/unit/t_run_load.c"
	anchor "staprun: 4 errno texts; insmod: 1; EPERM has one"

	section "bundle 10: the locked-down host, Secure Boot, Debian's kernels, TCG"
	booted "Secure Boot, lockdown, sig_enforce" secureboot "tests/e2e/secureboot.sh"
	booted "lockdown" 'lockdown' "tests/e2e/boot/lockdown*.boot.sh"
	anchor "none of them"

	section "bundle 11: what stays on the host"
	if [ -f "$bd/writes.txt" ]; then
		printf '    $ strace -f -e trace=open,openat,creat taprun --keys keys x.tap\n'
		figure "files opened for writing, sysctls among them" \
			"$(grep -vcE '"(/var/lib/tap|/run/tap|/dev/null|/proc/self/fd/[0-9])' "$bd/writes.txt")" "" 0 \
			"up to finit_module; but /var/lib/tap, /run/tap, /dev/null and its own descriptors"
	else
		skip "files opened for writing" "root, strace and mount namespaces are needed"
	fi
	booted "kill -9 at each kind of system call" killpoints "at least 15 kinds, 40 kills; tests/e2e/boot/killpoints.boot.sh"
	anchor "staprun writes 2 sysctls"

	section "bundle 12: capabilities"
	least "at most 3 for a service that is not root: fewer by" "$((3 - $(sed -n 's/^AmbientCapabilities=//p' runner/systemd/*.service | head -1 | wc -w)))" 0 "$(sed -n 's/^\(AmbientCapabilities=.*\)/\1/p' runner/systemd/*.service | head -1)"
	booted "as a user, loads, relays, unloads; relay has none" '/unit( |$)' "tests/e2e/cases/unit.sh"
	anchor "staprun: uid 0"

	section "bundle 13: keys that change, off-line, with any clock"
	proves "policy, thresholds, revocation, memory" 30 '' tests/cli/t_policy.sh
	proves "resign, drop, second signature" 10 '' tests/cli/t_resign.sh
	anchor "RAUC: open (#705, #1802); minisign: none; TUF: needs the network"

	section "bundle 14: fuzzing, branches"
	least "fuzz targets" "$(find tests/fuzz -name 'fuzz_*.c' | wc -l)" 7 "make fuzz T=...; inputs kept: $(find tests/fuzz/corpus -type f | wc -l)"
	shown tests/tools/coverage.sh
	least "branches before the signature that are taken, %" "$(O=$O tests/tools/coverage.sh 2>/dev/null | sed -n 's/.*: \([0-9.]*\) % of those that can$/\1/p')" 100
	anchor "RAUC: 2 targets; the others none for this"

	section "bundle 15: the format read by others"
	proves "members as tar, bsdtar, busybox, Python list them" 20 '' tests/cli/t_attack_tar.sh
	proves "bundles of every version so far" 10 '' tests/cli/t_golden_bundles.sh
	anchor "apk 3: its own tools only"
fi
