# The capabilities and seccomp filters of each phase of a run, exactly; what it opens.
# Loader and relay are one process that only ever loses; the keeper is another.
none=0000000000000000
caps() { # LIST FILE: "PERMITTED EFFECTIVE FILTERS" each time one of them changes
	awk '$2 " " $3 " " $4 != was { was = $2 " " $3 " " $4; print was }' "$1"
}
wanted() { # TEXT LINE...: caps() of /tmp/calls ends with them
	text=$1
	shift
	for line; do echo "$line"; done >/tmp/want
	caps /tmp/calls | tail -n $# >/tmp/have
	cmp -s /tmp/want /tmp/have || fail "$text: $(caps /tmp/calls | tr '\n' ';')"
}
at() { # CALL WANTED TEXT: what the process has when it makes CALL
	have=$(awk -v call="$1" '$1 == call { print $2, $3, $4; exit }' /tmp/calls)
	[ "$have" = "$2" ] || fail "$3: $have" # attack 24
}
# without DAC_READ_SEARCH a directory of root's own is closed to the service
rm -rf /var/lib/tap && mkdir -p /var/lib/tap/user && chown 1234 /var/lib/tap/user
chmod 755 /var/lib/tap
chmod 644 "$TAP"

# another user than root, with SYS_MODULE and SYSLOG and nothing else
two=0000000400010000
killat show /tmp/calls work with $two 1234 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "two capabilities: exit $?: $(cat /tmp/err)"
expect /tmp/out '^begun$' '^ended 1$'
wanted "two capabilities" "$two $two 0" "$two $none 0" "$two $none 1" "$two $two 1" "$two $two 2" \
	"$none $none 2" "$none $none 3" # attack 24
at finit_module "$two $two 2" "a load" # attack 24
# root itself cannot change the file any more that the kernel is about to read
expect /tmp/calls '^finit_module .* open: ok write: Operation not permitted cut: Operation not permitted$' # attack 13
# the bundle is opened with nothing in effect, under the first filter
[ "$(grep "^open.* $TAP\$" /tmp/calls | cut -d' ' -f2-4)" = "$two $none 1" ] ||
	fail "the bundle is opened: $(grep " $TAP\$" /tmp/calls)" # attack 24

# every path that is opened; what is not here has no business there # attack 19
sed -n 's/^open\(at2\{0,1\}\)\{0,1\} [^ ]* [^ ]* [1-9] //p' /tmp/calls | sort -u >/tmp/paths
m=$(sed -n 's,^/proc/tap-\(.*\)/ctl$,\1,p' /tmp/paths)
grep -vx -e /keys -e '[a-z0-9.-]*\.pub' -e '[a-z0-9-]*\.key' -e /etc/tap/revoked.d -e "$TAP" \
	-e /sys/kernel/notes -e '/proc/[0-9]*/fd' -e /proc -e "/proc/tap-$m/\(ctl\|data\)" \
	-e /proc/self/uid_map -e /proc/self/fd/1 -e /proc/self/stat -e /proc/keys -e /proc/cmdline \
	-e /proc/sys/kernel/modules_disabled -e /proc/sys/kernel/random/boot_id \
	-e /proc/sys/kernel/loadpin/enforce -e /sys/module/module/parameters/sig_enforce \
	-e /sys/fs/selinux/enforce -e /sys/kernel/security/lockdown -e /dev/kmsg \
	-e "/sys/module/$m/initstate" -e '\.lock' -e '\.new' -e phases.ran -e clock /tmp/paths >/tmp/odd &&
	fail "also opened: $(tr '\n' ' ' </tmp/odd)"

# root, who has them all, and the relay with files
killat show /tmp/calls $TAPRUN -o /tmp/phases.out --metrics /tmp/phases.prom "$TAP" >/tmp/out 2>/tmp/err || fail "root: exit $?: $(cat /tmp/err)"
expect /tmp/phases.out '^begun$' '^ended 1$'
five=0000000400090006 four=0000000400090002
wanted "root" "$five 0000000000000004 0" "$five 0000000000000004 1" "$four $four 1" "$two $two 1" "$two $two 2" \
	"$none $none 2" "$none $none 3" # attack 24
at finit_module "$two $two 2" "root's load" # attack 24
# and no other files: landlock_restrict_self, where the kernel has it
mount -t securityfs none /sys/kernel/security
if grep -q landlock /sys/kernel/security/lsm; then
	at call_446 "$none $none 2" "root's fence" # attack 24
else
	echo "# no Landlock in $(cat /sys/kernel/security/lsm)"
fi
umount /sys/kernel/security
killat show /tmp/calls $TAPRUN -b -S 1,2 -o /tmp/phases.bulk "$TAP" >/tmp/out 2>/tmp/err || fail "-b: exit $?: $(cat /tmp/err)"
grep -q '^begun$' /tmp/phases.bulk_cpu*.0 || fail "-b: no output"

# without CAP_SYSLOG it loads as well; without CAP_SYS_MODULE nothing does
work with 10000 1234 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "one capability: exit $?: $(cat /tmp/err)"
work with 400000000 1234 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 60 ] || fail "without CAP_SYS_MODULE: exit $rc" # attack 24
expect /tmp/err 'needs CAP_SYS_MODULE; this is uid 1234 without it \[NOT-PERMITTED\]$'

# a command has what the caller has, as ever, and is not confined
work with $two 1234 $TAPRUN -c 'cat /proc/self/status' "$TAP" >/tmp/out 2>/tmp/err || fail "-c: exit $?: $(cat /tmp/err)"
expect /tmp/out "^CapPrm:.$two\$" "^CapEff:.$two\$" '^CapBnd:.0*[1-9a-f][0-9a-f]*$' '^NoNewPrivs:.0$' '^Seccomp:.0$'

# the keeper: one capability, one filter, nothing open but its pipe and stderr
: >/tmp/out # what the last run wrote is not this one's
work with $two 1234 $TAPRUN -c 'sleep 600' "$TAP" stay=1 >/tmp/out 2>/tmp/err &
pid=$!
await grep -q '^begun$' /tmp/out
keeper=
kept() { # it is what it wants to be
	for p in $(pidof taprun); do
		grep -q '^Name:.taprun-keeper$' "/proc/$p/status" && grep -q '^Seccomp:.2$' "/proc/$p/status" && keeper=$p
	done
	[ -n "$keeper" ]
}
await kept
expect "/proc/$keeper/status" '^CapPrm:.0000000000010000$' '^CapEff:.0000000000010000$' '^CapBnd:.0' '^Seccomp:.2$' \
	'^NoNewPrivs:.1$' # attack 24
[ "$(ls "/proc/$keeper/fd" | wc -l)" = 2 ] || fail "the keeper has open: $(ls -l "/proc/$keeper/fd")"
kill -INT $pid
wait $pid
no_module || fail "a module stays"
rm -rf /var/lib/tap /tmp/phases.*
