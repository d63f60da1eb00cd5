# Policy, memory of versions and audit with a kernel behind them: what is refused is not
# loaded, what runs is remembered and told, before and after.
log=/var/log/tap/audit
mkdir -p /etc/tap /var/log
policy() { # LINE...: beside where the keys are and where the audit goes
	{ echo "keys: /keys"; echo "audit: $log"; for line; do echo "$line"; done; } >/etc/tap/policy
	chmod 644 /etc/tap/policy
}
denied() { # CODE TEXT PATTERN [WORD...]
	code=$1 what=$2 line=$3
	shift 3
	refused "$code" "$what" "$line" $TAPRUN "$TAP" "$@"
	no_module || fail "$what: a module is loaded"
}
runs() { # TEXT [WORD...]
	text=$1
	shift
	$TAPRUN "$TAP" "$@" >/tmp/out 2>/tmp/err || fail "$text: exit $?: $(cat /tmp/err)"
	expect /tmp/out '^threshold [0-9]*$' '^end$'
}
last() { # REGEX...: of the audit's last line
	tail -n 1 $log >/tmp/last
	expect /tmp/last "$@"
}
# each line begins with the digest of the line before
chain() {
	prev=0000000000000000000000000000000000000000000000000000000000000000
	while IFS= read -r line; do
		case $line in "prev=$prev "*) ;; *) fail "the chain breaks at: $line" ;; esac
		prev=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
	done <$log
}
rm -rf /etc/tap/policy /var/lib/tap /var/log/tap

runs "no policy"
[ "$(stat -c %a /var/lib/tap)" = 700 ] || fail "mode of /var/lib/tap"
expect /var/lib/tap/policy.ran '^version: 2$' '^manifest: [0-9a-f]*$'
[ "$(ls -A /var/lib/tap | tr '\n' ' ')" = ".lock policy.ran " ] || fail "there is $(ls -A /var/lib/tap)"

policy
denied 19 "no directory of the audit" 'no audit, no run: no directory .*\[CONFIG\]$' # attack 18
expect /tmp/err '^hint: install -d -m 0700 /var/log/tap$'
mkdir -m 700 /var/log/tap
runs "a policy"
[ "$(wc -l <$log)" = 2 ] || fail "not two lines: $(cat $log)"
expect $log ' event=loading file=/cases/policy.tap bundle=[0-9a-f]{64} name=policy version=2 epoch=0 ' \
	' kernel=[^ ]* build-id=[0-9a-f]* module=policy_[0-9a-f]* params=- policy=default code=0 reason=OK '
grep -Fq " kernel=$(uname -r) " $log || fail "another kernel: $(cat $log)"
last '^prev=[0-9a-f]{64} time=[0-9]* boot=[0-9a-f-]{36} pid=[0-9]* uid=0 ' ' event=loaded '
policy "allow: other" "allow: pol* max-runtime 1"
before=$(uptime_cs)
runs "the policy ends it" stay=1
[ $(($(uptime_cs) - before)) -ge 100 ] || fail "it ended early"
last ' params=stay:1 policy=4 '
policy "params: policy threshold 1 10"
runs "a parameter in its range" threshold=10
last ' params=threshold:10 policy=default code=0 '
denied 43 "a parameter out of it" "'threshold' is 11, the policy allows 1 to 10 \(line 3\) \[POLICY\]$" threshold=11 # attack 22
last ' event=refused .* code=43 reason=POLICY '
mkdir -m 700 /tmp/load
policy "load-mode: file /tmp/load"
runs "from a file"
[ -z "$(ls -A /tmp/load)" ] || fail "in load-mode's directory: $(ls -A /tmp/load)"
policy "load-mode: file /tmp/nowhere"
denied 19 "no directory of load-mode" "no directory '/tmp/nowhere'"
last ' event=failed .* code=19 '
rmdir /tmp/load
policy "deny: p*"
denied 43 "denied" "denies bundle 'policy' \(line 3, 'deny: p\*'\) \[POLICY\]$"
policy "allow: policy user 1"
denied 43 "another user" "no allow line of the policy fits bundle 'policy' for user 0 "
# who logged in counts, whoever sudo made of him; where the kernel keeps that
if sh -c 'echo 1000 >/proc/self/loginuid' 2>/dev/null; then
	policy "allow: policy user 1000"
	sh -c "echo 1000 >/proc/self/loginuid; exec $TAPRUN $TAP" >/tmp/out 2>/tmp/err || fail "login uid: $(cat /tmp/err)"
	last ' uid=0 login=1000 .* event=loaded '
	denied 43 "no login" 'for user 0 '
fi
policy "require-ksig: always"
denied 43 "no kernel signature" "require-ksig.* has none \[POLICY\]$" # attack 16
policy "require: build 1"
denied 31 "no such signature" 'build signatures: 0 of 1 needed'
last ' event=refused file=/cases/policy.tap bundle=- .*reason=THRESHOLD '
policy "min-version: policy 3"
denied 36 "a floor" 'policy line 3, min-version.*\[ROLLBACK\]$' # attack 7
policy "deny p"
denied 19 "a policy with a mistake" "^taprun: /etc/tap/policy line 3: not 'key: value' \[CONFIG\]$" # attack 23
policy
chmod 666 /etc/tap/policy
denied 19 "a policy that all may write" 'may be written by others' # attack 23
policy
TAPRUN="taprun --keys /tmp"
denied 43 "other keys" '^taprun: --keys /tmp: the policy of this host trusts the keys of /keys'
TAPRUN="taprun"
runs "keys of the policy"
TAPRUN="taprun --keys /keys"

policy "max-loaded: 1"
$TAPRUN "$TAP" stay=1 >/tmp/one 2>&1 &
pid=$!
await grep -q threshold /tmp/one
$TAPRUN /cases/policy.tap >/tmp/out 2>/tmp/err
[ $? = 43 ] || fail "a second module: $(cat /tmp/err)"
expect /tmp/err '1 module of taprun is loaded, the policy allows 1'
kill -INT $pid
wait $pid || fail "the first: exit $?"

# what ran is a floor; content and numbers decide, not names of files
sed -i 's/^version: 2/version: 3/' /var/lib/tap/policy.ran
policy
denied 36 "rollback" "version 2 of 'policy', this host has run 3 \(policy downgrade=no\) \[ROLLBACK\]$" # attack 7
last ' reason=ROLLBACK '
policy "downgrade: yes"
runs "downgrade: yes"
expect /tmp/err '^WARNING: an older version'
expect /var/lib/tap/policy.ran '^version: 3$'
policy
sed -i 's/^version: 3/version: 2/; s/^manifest: .*/manifest: 0000000000000000000000000000000000000000000000000000000000000000/' /var/lib/tap/policy.ran
denied 36 "same version, other content" 'has other content' # attack 7
echo rubbish >/var/lib/tap/policy.ran
denied 19 "a memory that is damaged" 'policy\.ran line 1: .*\[CONFIG\]$' # attack 7
expect /tmp/err '^hint: restore it, or '
policy "min-version: policy 1"
runs "a floor makes up for it"
expect /var/lib/tap/policy.ran '^version: 2$'
chain

# a place that cannot be written
rm -rf /etc/tap/policy /var/lib/tap
mkdir /var/lib/tap
mount -t tmpfs none /var/lib/tap
chmod 700 /var/lib/tap
mount -o remount,ro /var/lib/tap
denied 19 "a read-only memory" "^taprun: cannot remember what runs here: '/var/lib/tap': Read-only" # attack 18
mount -o remount,rw /var/lib/tap
runs "it is not any more"
mount -o remount,ro /var/lib/tap
runs "what is known already needs no writing"
umount /var/lib/tap
mount -t tmpfs -o size=4k none /var/log/tap
chmod 700 /var/log/tap
policy
# one page, and it is full
dd if=/dev/zero bs=1k count=4 2>/dev/null | tr '\0' '\n' >$log
chmod 600 $log
denied 19 "a full disk" "no audit, no run: cannot write '$log': No space left" # attack 18
umount /var/log/tap

# no line has an address of the kernel
# as a word: one digest in 1,300 has it within
grep -Ewq '(0x)?ffff[0-9a-f]{12}' $log && fail "an address is in the audit" # attack 25
mkdir -p /etc/tap/revoked.d
id=$(sed -n 's/.* bundle=\([0-9a-f]*\) .*/\1/p' $log | tail -n 1)
printf 'tap-revoked: 1\nmanifest: %s\n' "$id" >/etc/tap/revoked.d/by-hand
denied 32 "revoked on this host" '\[REVOKED\]$'
rm -rf /etc/tap /var/lib/tap /var/log/tap
