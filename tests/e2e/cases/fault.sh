# The N-th call that asks the kernel for memory, a file, a hook or an event fails, for
# N = 1, 2, ... until there are fewer.  What cannot be had is told, all else works, and
# nothing stays behind.
mods=/lib/modules/$(uname -r)
cat >/tmp/acts.sh <<F
mods=$mods
F
cat >>/tmp/acts.sh <<'F'
# Makes each probe fire, until it has or is known to have failed.
said() { grep -q "WARNING: .*$1.*(rc -12)" /tmp/err; }
# name of what fires, what a warning calls it
probes="fn vfs_write
ret vfs_read
kp __put_user_4
tp sched_process_exit
sys system.call
sysret system.call
hr no.such.thing
jf no.such.thing
prof timer.profile
cs perf.probe.*counter..cs
pf perf.probe.*counter..pf
line no.such.thing
perf perf.probe
hwbp jiffies_64
nf netfilter
mfn tt_entry
mret tt_loop
mkp tt_notrace
minl tt_inlined
mst tt_both@.*taptarget
mvar no.such.thing
tw taptwin.*tt_both...registration
twr taptwin.*return
cfn vfs_statx
cret do_sys_openat2"
d=$(echo /proc/systemtap/*)
tries=0
until seen=$(cat "$d/dir/seen"); do
	[ -e "$d/dir/seen" ] || exit # the session could not start
	usleep 10000
done
until echo 1 >"$d/on"; do usleep 10000; done
insmod "$mods/taptwin.ko"
work calls
missing=x
while [ -n "$missing" ]; do
	if [ $((tries += 1)) -gt 1000 ]; then
		echo "never fired: $missing"
		break
	fi
	echo 7 >/sys/module/taptarget/parameters/poke
	echo 7 >/sys/module/taptwin/parameters/poke
	read -r line </dev/null
	[ -e /guest ]
	case $missing in *nf*|x) ping -c 1 -W 1 127.0.0.1 >/dev/null ;; esac
	seen=$(cat "$d/dir/seen")
	missing=
	while read -r name text; do
		case " $seen " in
		*" $name "*) ;;
		*) said "$text" || missing="$missing $name" ;;
		esac
	done <<-L
	$probes
	L
done
rmmod taptwin
[ -n "$missing" ] || echo "all that could"
F

# after one run: its exit code, and the call that failed, if any
judge() { # code call
	case $1 in
	71) # no load, no session
		expect /tmp/err 'not enough memory|: Out of memory \[INIT\]$'
		[ ! -s /tmp/out ] || fail "output in spite of the refusal"
		;;
	70 | 80) # no start: what taprun has to tell the module, its own files
		expect /tmp/err '^taprun: .*: Out of memory \[(PARAM|RELAY)\]$'
		[ ! -s /tmp/out ] || fail "output in spite of the refusal"
		;;
	1) # a family that is wanted as a whole
		expect /tmp/err 'ERROR: probe netfilter.*registration error.*\(rc -12\)$'
		;;
	0)
		expect /tmp/out '^all that could$' '^end 1 1$'
		case $2 in
		*rt_procfs_*) expect /tmp/err 'Cannot allocate memory|Out of memory' ;;
		esac
		not=$(sed -n 's/.* \([0-9]*\) could not be armed.*/\1/p' /tmp/err)
		# taptwin takes its failures along when it goes
		warned=$(grep -E 'WARNING.*(registration error|not supported|no such program).*rc -12' /tmp/err |
			grep -vc 'module("taptwin")')
		if [ "${not:-x}" = 0 ]; then
			[ "$warned" = 0 ] || fail "warnings, but nothing that could not be armed"
		else
			[ "$warned" -gt 0 ] || fail "${not:-?} could not be armed and no word of it"
		fi
		;;
	*) fail "exit $1" ;;
	esac
	no_module || fail "a module was left"
	disarmed || fail "functions stay hooked"
	not grep -q . /sys/kernel/debug/kprobes/list || fail "kprobes stay"
	[ ! -e /proc/systemtap ] || fail "files stay"
	grep -v -e 'fault [0-9]*: ' -e 'allocation failed' /tmp/log >/tmp/log2
	! kernel_complains /tmp/log2 || fail "kernel log: $(head -40 /tmp/log2)"
	[ -z "$failed" ] || fail "call $n: $2"
}

ip link set lo up
ip addr add 127.0.0.1/8 dev lo 2>/dev/null
insmod "$mods/taptarget.ko" || fail "insmod taptarget"
n=0
call=x
: >/tmp/calls
dmesg -c | grep -v -e 'out-of-tree' -e 'signature and/or' >/tmp/log
# All of them is minutes: one kernel takes them, tap.all on its command line
# (tests/e2e/boot/fault), the others every third, and differ in where they begin.
step=3
grep -q tap.all /proc/cmdline && step=1
n=$((0x$(uname -r | md5sum | cut -c1-4) % step - step + 1))
while [ -n "$call" ] && [ -z "$failed" ] && [ $n -lt 300 ]; do
	n=$((n + step))
	printf 'one\ntwo\n' | timeout 600 fault $n $TAPRUN -v -i -c "sh /tmp/acts.sh" "$TAP" >/tmp/out 2>/tmp/err
	rc=$?
	dmesg -c | grep -v -e 'out-of-tree' -e 'signature and/or' >/tmp/log
	call=$(sed -n 's/.*fault [0-9]*: \(.*\) fails$/\1/p' /tmp/log)
	echo "$n $rc $call" >>/tmp/calls
	judge $rc "$call"
	rmmod taptwin 2>/dev/null
done
rmmod taptarget || fail "rmmod taptarget"
if [ -z "$failed" ]; then
	# the last run is as if there were no faults
	[ -z "$call" ] || fail "no end of calls that can fail: $n"
	! grep -q WARNING /tmp/err || fail "warnings though nothing failed"
	for f in alloc ctl ftrace k.*probe trace sys perf_new perfs_find hwbp netfilter modfunc modvar procfs_open; do
		[ $step = 1 ] || break # not in each third
		grep -Eq "rt_[a-z_]*$f" /tmp/calls || fail "no call of $f was made to fail"
	done
	[ -z "$failed" ] || cat /tmp/calls >>/tmp/out
fi
