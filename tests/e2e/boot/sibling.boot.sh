# shellcheck shell=sh disable=SC2086
# A module of one build of a kernel on another: only asked for, only where all is the same.
b=/cases/boot/sibling.tap
sibling=$(cat /cases/boot/sibling.release) here=$(uname -r)

refused 40 "not asked for" "^taprun: no module for $here .*; the module of $sibling fits in all it relies on \[NO-KERNEL\]$" $TAPRUN $b # attack 15
grep -q '^hint: taprun --fallback' /tmp/err || fail "no hint: $(cat /tmp/err)"
$TAPRUN --dry-run --fallback $b 2>/tmp/err || fail "dry run: $(cat /tmp/err)"

# functions at other addresses, a member, a result, a tracepoint, a system call
mkdir -p /var/log /etc/tap
printf 'keys: /keys\naudit: /var/log/tap-audit\n' >/etc/tap/policy
taprun --fallback -c 'dd if=/etc/tap/policy of=/dev/null' $b >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/err "^WARNING: no module for $here: runs that of $sibling, in all it relies on this kernel is the same$"
expect /tmp/out '^read policy 1$' '^returned 1$' '^switched 1$' '^opened 1$'
expect /var/log/tap-audit "event=loading .* kernel=$sibling .* fallback=$here .* code=0" "event=loaded .* fallback=$here "
grep -v -e '^WARNING: no module for' -e records /tmp/err | grep . && fail "more was said: $(cat /tmp/err)"

# the policy decides
echo 'fallback: never' >>/etc/tap/policy
refused 43 "never" "never takes a module of another kernel .* \[POLICY\]$" taprun --fallback $b # attack 15
refused 40 "never, not asked" "fits in all it relies on \[NO-KERNEL\]$" taprun $b
grep -q -- --fallback /tmp/err && fail "a hint at what the policy forbids"
expect /var/log/tap-audit "event=refused .* code=43 reason=POLICY"
sed -i 's/^fallback: never/fallback: always/' /etc/tap/policy
taprun -c 'dd if=/etc/tap/policy of=/dev/null' $b >/tmp/out 2>/tmp/err || fail "always: exit $?: $(cat /tmp/err)"
expect /tmp/out '^read policy 1$'

if [ -f /cases/boot/sibling-all.tap ]; then
	taprun -c 'dd if=/etc/tap/policy of=/dev/null' /cases/boot/sibling-all.tap >/tmp/out 2>/tmp/err || fail "all: exit $?: $(cat /tmp/err)"
	expect /tmp/out '^read policy 1$'
	grep WARNING /tmp/err | sed 's/^/| /'
fi

# where a type is another, its first difference is told
for t in /cases/boot/sibling-other*.tap; do
	[ -f "$t" ] || continue
	refused 40 "$t" "; the module of .* cannot run here: .*\[NO-KERNEL\]$" taprun --fallback $t
	sed 's/^/| /' /tmp/err
done
if [ -f /cases/boot/sibling-other.tap ]; then
	refused 40 "a member elsewhere" 'cannot run here: struct dentry.d_name is at [0-9]+, here at [0-9]+ \[NO-KERNEL\]$' \
		taprun --fallback /cases/boot/sibling-other.tap # attack 15
fi
# a watchpoint has no name
refused 40 "bound" 'cannot run here: it is bound to it: kernel.data.* is at an address \[NO-KERNEL\]$' taprun --fallback /cases/boot/sibling-bound.tap # attack 15
# no requirements in the bundle: the same as ever
refused 40 "without" 'nearest [^;]*\[NO-KERNEL\]$' taprun --fallback /cases/boot/sibling-without.tap
rm /etc/tap/policy
