# shellcheck shell=sh disable=SC2086
# The word tap.disable on the kernel command line: nothing is loaded, and it is told.
mkdir -p /etc/tap /var/log/tap
printf 'keys: /keys\naudit: /var/log/tap/audit\n' >/etc/tap/policy
$TAPRUN /cases/hello.tap >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 61 ] || fail "exit $rc, wanted 61"
expect /tmp/err '^taprun: tap\.disable is on the kernel command line \[MODULES-DISABLED\]$' '^hint: boot without it'
expect /var/log/tap/audit ' event=refused .* code=61 reason=MODULES-DISABLED '
[ -s /tmp/out ] && fail "output in spite of it"
grep -q . /proc/modules && fail "a module is loaded"
$TAPRUN --info /cases/hello.tap >/tmp/out 2>/tmp/err || fail "--info: exit $?"
expect /tmp/out '^name +hello$'
