#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A sharded build by GNU parallel over ssh, and by make; a worker is killed in the
# middle, and the bundle is byte for byte that of one machine.  The ssh is a stub:
# each "host" is this machine with a cache, home and scratch directory of its own.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
if ! command -v parallel >/dev/null || ! parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
	skip farm "no GNU parallel: tests/tools/deps.sh check"
	exit 0
fi
kernels=()
for p in '5.10*' '6.1.0*' '6.12*' '7.*'; do
	k=$(kit_of "$p")
	[ -n "$k" ] && kernels+=(-r "$k")
done
export SOURCE_DATE_EPOCH=1700000000
cp "$top/tests/demo/rwlatency.stp" rw.stp
"$builder" -q "${kernels[@]}" -o whole.tap rw.stp || { result 1 "a bundle to begin with"; exit 1; }

cat >"$work/ssh" <<'X'
#!/bin/bash
# ssh [OPTION...] HOST COMMAND...: here, with the environment that sshd gives.
while [ "${1#-}" != "$1" ]; do
	case $1 in -l | -p | -o | -i | -F) shift ;; esac
	shift
done
host=$1
shift
[ "$1" = -- ] && shift
dir=$FARM/$host
mkdir -p "$dir/home" "$dir/tmp" "$dir/cache"
ln -sfn "$FARM/cache/kits" "$dir/cache/kits"
echo "$host" >>"$FARM/hosts.log"
cd "$dir/home" || exit 255
exec env -i SHELL=/bin/bash PATH="$PATH" FARM="$FARM" HOME="$dir/home" TMPDIR="$dir/tmp" TAP_CACHE="$dir/cache" bash -c "$*"
X
# The job: on the first try of shard 2 its tapbuild is killed once it compiles, which
# takes it longer than anybody waits.
mkdir "$work/slow"
printf '#!/bin/sh\n: >%s\nexec sleep 3000\n' "$work/compiling" >"$work/slow/cc"
chmod +x "$work/slow/cc"
for ((i = 1; i < ${#kernels[@]}; i += 2)); do
	ln -sf cc "$work/slow/$("$builder" kit show "${kernels[i]}" | awk '/^compiler/ { print $2 }')"
done
cat >"$work/job" <<'X'
#!/bin/bash
# job I N DIR COMMAND...
i=$1 n=$2
cd "$3" || exit 1
shift 3
export SOURCE_DATE_EPOCH=1700000000
echo "$i" >>runs.log
if [ "$i" = 2 ] && mkdir "killed" 2>/dev/null; then
	rm -f "$FARM/compiling"
	PATH=$FARM/slow:$PATH "$@" --disable-cache --shard "$i/$n" -o "$i.part" &
	pid=$!
	until [ -e "$FARM/compiling" ] || ! kill -0 $pid 2>/dev/null; do sleep 0.05; done
	kill -9 $pid && echo "killed $pid" >>killed.log
	wait $pid 2>/dev/null
	exit 137
fi
exec "$@" --shard "$i/$n" -o "$i.part"
X
chmod +x "$work/ssh" "$work/job"
export FARM=$work
farm() { # PARALLEL-OPTION...: four shards on two hosts
	parallel --will-cite --ssh "$work/ssh" -S 1/alpha,1/beta --joblog jobs.log "$@" \
		"$work/job" {} 4 "$PWD" "$builder" -q "${kernels[@]}" rw.stp ::: 1 2 3 4
}
start() {
	rm -rf ./*.part jobs.log runs.log killed killed.log m.tap "$FARM/hosts.log"
}
merged() { # TEXT
	expect 0 "$1: merge" -- "$builder" merge -o m.tap 1.part 2.part 3.part 4.part
	check "$1: the bytes of the whole build" cmp m.tap whole.tap
	check "$1: it was killed, once" test "$(wc -l <killed.log)" = 1
	check "$1: nothing half is left" test -z "$(find . -mindepth 1 ! -name '[1-4].part' ! -name '*.log' ! -name killed ! -name '[mw]*.tap' ! -name rw.stp ! -name farm.mk)"
}

# ---- retried by itself ------------------------------------------------------------------
start
expect 0 "parallel --retries" -- farm --retries 3
check "both hosts worked" sh -c "sort -u '$FARM/hosts.log' | tr '\n' ' ' | grep -qx 'alpha beta '"
check "shard 2 ran twice, the others once" test "$(sort runs.log | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" = "1 2 1 1 "
merged "--retries"

# ---- resumed ------------------------------------------------------------------------------
start
expect 1 "parallel without: one job failed" -- farm
check "the log says which, and how" sh -c "awk 'NR > 1 && \$7 != 0 { print \$7, \$NF }' jobs.log | grep -q '^137 '"
check "three parts" test "$(ls -- *.part | wc -l)" = 3
expect 1 "merge refuses" 'unit.* missing: 1 ' -- "$builder" merge -o m.tap 1.part 3.part 4.part
expect 0 "parallel --resume-failed" -- farm --resume-failed
check "only shard 2 ran again" test "$(sort runs.log | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" = "1 2 1 1 "
merged "--resume-failed"

# ---- make ---------------------------------------------------------------------------------
start
cat >farm.mk <<X
N = 4
SHARDS = 1 2 3 4
m.tap: \$(SHARDS:%=%.part)
	$builder merge -o \$@ \$^
%.part: rw.stp
	FARM=$work TMPDIR=$TMPDIR $work/job \$* \$(N) $PWD $builder -q ${kernels[*]} rw.stp
X
expect 2 "make -k: one job failed" 'Error 137' -- make -k -j2 -f farm.mk
check "make has no bundle" test ! -e m.tap
expect 0 "make again" -- make -j2 -f farm.mk
check "only shard 2 ran again" test "$(sort runs.log | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" = "1 2 1 1 "
merged "make"
check "no scratch is left" no_scratch
for h in alpha beta; do
	check "nor on $h" env TMPDIR="$FARM/$h/tmp" bash -c "$(declare -f no_scratch); no_scratch"
done
