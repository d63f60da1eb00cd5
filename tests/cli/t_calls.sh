#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What taprun asks of the kernel: system calls and files up to the check of a signature and
# in a whole --dry-run, against lists that are fixed here; nothing of its surroundings
# changes them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
if ! command -v strace >/dev/null || ! strace -o /dev/null true 2>/dev/null; then
	skip calls "strace is not installed, or may not trace"
	exit 0
fi
use_key
head -c 5000 /dev/urandom >ko
"$mktap" make "$work/key.key" good.tap ko version=1 || result 1 "a bundle to begin with"
python3 - <<'P'
b = bytearray(open("good.tap", "rb").read())
b[700] ^= 1
open("bad.tap", "wb").write(b)
P
run=("$runner" --keys "$work/keys")

# calls TRACE: their names; opened TRACE: the files, as they are named
calls() {
	sed -nE 's/^([0-9]+ +)?([a-z0-9_]+)\(.*/\2/p' "$1" | sort -u
}
opened() {
	grep -oE '(open|openat|openat2|creat|execve|stat|lstat|access|readlink|newfstatat|faccessat|faccessat2|readlinkat)\([^"]*"[^"]*"' "$1" |
		sed 's/.*"\(.*\)"/\1/' | sort -u
}
none_but() { # LIST: of the lines that come in, those that are not in LIST
	grep -vxFf <(tr ' ' '\n' <<<"$1") || true
}

# ---- up to the signature ------------------------------------------------------------
# The second line is for dropping privileges and for the process that unloads, the third
# for the system log.
before='execve arch_prctl set_tid_address open openat openat2 fstat fcntl read pread64 getdents64 close mmap munmap clock_gettime ioctl
rt_sigaction rt_sigprocmask sigaltstack prctl capget capset seccomp fork vfork clone pipe2 setsid chdir getpid gettid getppid getuid geteuid getgid getegid getgroups kill getpeername uname close_range umask dup2 dup3 exit_group
socket connect'
before=$(tr '\n' ' ' <<<"$before")
strace -ff -o bad "${run[@]}" bad.tap >/dev/null 2>said
rc=$?
check "an altered bundle is refused under strace too" test $rc = 30
main=$(grep -l 'pread64(' bad.[0-9]*)
cat bad.[0-9]* >bad.trace
# taprun itself up to the last byte before the check, and the process beside it
{ sed "$(grep -n 'pread64(' "$main" | tail -1 | cut -d: -f1)q" "$main"; for f in bad.[0-9]*; do [ "$f" = "$main" ] || cat "$f"; done; } >until.trace
check "the trace has what it is about" test "$(calls until.trace | grep -cxE 'execve|pread64|open')" = 3
check "up to the signature: no call that is not in the list" test -z "$(calls until.trace | none_but "$before")"
calls until.trace | none_but "$before" | sed 's/^/# /'
files="$runner /dev/null /proc/self/loginuid /etc/tap /etc/tap/policy /etc/tap/revoked.d /var/lib/tap $work/keys key.pub bad.tap"
check "up to the signature: no file that is not in the list" test -z "$(opened until.trace | none_but "$files")"
opened until.trace | none_but "$files" | sed 's/^/# /'
check "up to the signature: nothing is opened for writing but /dev/null" sh -c \
	"! grep -E 'open.*(O_WRONLY|O_RDWR|O_CREAT)' until.trace | grep -v '\"/dev/null\"'"
check "the only socket is the system log's" sh -c "! grep -E '(socket|connect)\(' until.trace | grep -vE 'AF_UNIX, SOCK_DGRAM|\"/dev/log\"'"
check "a19: no library, locale, time zone or name service" sh -c "! grep -E '\"(/lib|/usr|/etc/(ld|locale|nsswitch|passwd|group))|zoneinfo' bad.trace | grep -v execve"
# the same of all code that is taprun's own, whichever way it goes
if ls "$O"/musl/runner/*.o >/dev/null 2>&1; then
	check "a19: its code asks for no heap, variable, shell, library or name service" sh -c \
		"! nm -u '$O'/musl/runner/*.o '$O'/musl/bundle/*.o '$O'/musl/bundle/base/*.o |
			grep -E ' (malloc|calloc|realloc|free|strdup|asprintf|fopen|opendir|qsort|secure_getenv|getenv|environ|setlocale|system|popen|dlopen|getpwnam|getpwuid|getgrnam|getgrgid|getaddrinfo|gethostby.*)\$'"
fi
check "nothing is executed" test "$(grep -c 'execve(' bad.trace)" = 1
# attack 12: a second read could see another file
preads() { # TRACE: end of each read of the bundle, in order; "twice" where one begins before it
	sed -nE 's/.*pread64\([0-9]+, .*, ([0-9]+), ([0-9]+)\) = ([0-9]+)$/\2 \3/p' "$1" |
		awk '$1 < end { print "twice", $1 } { end = $1 + $2 }'
}
check "a12: each byte of the bundle is read once, in order" test -z "$(preads bad.trace)"
check "a12: nobody reads it otherwise" sh -c "! grep -E '(mmap|read|sendfile|copy_file_range|splice)\(' until.trace | grep -qE 'tap-(1/|manifest)'"

# ---- a whole --dry-run ----------------------------------------------------------------
strace -ff -o good "${run[@]}" --dry-run good.tap >/dev/null 2>said
cat good.[0-9]* >good.trace
check "a good bundle, of another kernel" grep -q '\[NO-KERNEL\]$' said
check "a12: each byte is read once there too" test -z "$(preads good.trace)"
files="$runner /dev/null /proc/self/loginuid /etc/tap /etc/tap/policy /etc/tap/revoked.d /var/lib/tap $work/keys key.pub good.tap /sys/kernel/notes"
check "a19: a whole --dry-run opens these files alone" test -z "$(opened good.trace | none_but "$files")"
opened good.trace | none_but "$files" | sed 's/^/# /'

# ---- surroundings: attack 19 ------------------------------------------------------------
# Process ids and addresses apart, and what is told of the environment at the start.
shape() {
	sed -E -e 's/^[0-9]+ +//' -e '/^execve|exited with|^---/d' -e 's/0x[0-9a-f]+/ADDR/g' -e 's/\b[0-9]{3,}\b/N/g' "$1"
}
same_as() { # TEXT COMMAND...: the trace of a --dry-run in other surroundings
	local text=$1
	shift
	"$@" strace -o other.trace "${run[@]}" --dry-run good.tap >/dev/null 2>/dev/null
	check "$text" cmp <(shape one.trace) <(shape other.trace)
}
strace -o one.trace "${run[@]}" --dry-run good.tap >/dev/null 2>/dev/null
same_as "a19: the same again" env
same_as "a19: no environment" env -i "PATH=$PATH"
same_as "a19: a hostile environment" env LD_PRELOAD=/tmp/x.so LD_LIBRARY_PATH=/tmp LD_DEBUG=all GCONV_PATH=/tmp \
	LOCPATH=/tmp LC_ALL=de_DE.UTF-8 TZ=../../../tmp/zone TZDIR=/tmp MALLOC_CHECK_=3 IFS=/ TMPDIR=/tmp \
	NLSPATH=/tmp/%N HOSTALIASES=/tmp/h RES_OPTIONS=debug SYSTEMTAP_SYNC=1 STAP_FIPS_OVERRIDE=1 ZSTD_CLEVEL=19 \
	MODPROBE_OPTIONS=-C/tmp TAP_CACHE=/tmp TAP_HOME=/tmp JOURNAL_STREAM=8:1 NOTIFY_SOCKET=/tmp/n
same_as "a19: another umask" sh -c 'umask 777; exec "$@"' sh
same_as "a19: another priority" nice -n 19
long=$(head -c 130000 /dev/zero | tr '\0' a)
expect 70 "a19: an argument of 130,000 bytes" "^taprun: 'a' is not a parameter" -- "${run[@]}" --dry-run good.tap "a=$long"
large=() many=()
for i in {1..14}; do large+=("p$i=$long"); done
for i in {1..60000}; do many+=("p$i=1"); done
expect 70 "a19: arguments of 1.9 MB" "is not a parameter" -- "${run[@]}" --dry-run good.tap "${large[@]}"
expect 2 "a19: 60,000 arguments" "more than 256 var=value words" -- "${run[@]}" --dry-run good.tap "${many[@]}"
expect 3 "a19: a path of 130,000 bytes" '^taprun: cannot open' -- "${run[@]}" --dry-run "$long"
# The refusal itself cannot be written: the exit code is all there is.
expect 40 "a19: no file may grow (RLIMIT_FSIZE 0)" -- prlimit --fsize=0 "${run[@]}" --dry-run good.tap
expect 3 "a19: no file may grow, and output is wanted" -- prlimit --fsize=0 "${run[@]}" --info good.tap
expect 40 "a19: eight descriptors" '\[NO-KERNEL\]$' -- prlimit --nofile=8 "${run[@]}" --dry-run good.tap
expect 40 "a19: a small stack" '\[NO-KERNEL\]$' -- prlimit --stack=131072 "${run[@]}" --dry-run good.tap
