# shellcheck shell=sh disable=SC2086
# What a host may be: each refusal has its own code and says what to do.
refused 63 "sig_enforce" '\[KEY-REJECTED\]$' $TAPRUN /cases/hello.tap # attack 16
refused 63 "a command is not started" '\[KEY-REJECTED\]$' $TAPRUN -c "touch /tmp/started" /cases/hello.tap # attack 16
[ -e /tmp/started ] && fail "the command of -c was started"
chmod 755 /cases /keys /tmp
chmod 644 /cases/hello.tap
refused 60 "not root" 'needs CAP_SYS_MODULE.*uid 1000.*\[NOT-PERMITTED\]$' work as 1000 $TAPRUN /cases/hello.tap # attack 18
echo 1 >/proc/sys/kernel/modules_disabled
refused 61 "modules_disabled" 'modules_disabled=1.*\[MODULES-DISABLED\]$' $TAPRUN /cases/hello.tap # attack 18
grep -q '^hint: only a reboot' /tmp/err || fail "no hint"
dd if=/cases/hello.tap of=/tmp/cut.tap bs=1000 count=3 2>/dev/null
refused 23 "truncated comes before modules_disabled" '\[TRUNCATED\]$' $TAPRUN /tmp/cut.tap
umount /proc
refused 80 "no procfs" '/proc is not mounted' $TAPRUN /cases/hello.tap # attack 18
grep -q '^hint: mount -t proc' /tmp/err || fail "no hint"
mount -t proc proc /proc
grep -q . /proc/modules && fail "a module is loaded"
